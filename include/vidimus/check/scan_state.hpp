// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_SCAN_STATE_HPP
#define VIDIMUS_CHECK_SCAN_STATE_HPP

#include <vector>

#include "characters.hpp"
#include "namespaces.hpp"
#include "references.hpp"
#include "scan_names.hpp"
#include "scratch.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// The parts of the scanner that know no handler: the position, faults, names, attributes.
/// Every method that returns bool returns false after it has set `why_`.
class scan_state {
 protected:
  using qname = detail::qname;
  using written_name = detail::written_name;

  void begin(std::string_view in, const reading_limits& limits) {
    limits_ = &limits;
    oversize_ = in.size() > limits.octets;
    begin_ = p_ = in.data();
    end_ = begin_ + std::min(in.size(), limits.octets);
    why_.kind = refusal_kind::none;
    open_.clear();
    arena_.clear();
    elements_ = 0;
    drop_lf_ = false;
  }

  bool fail(refusal_kind kind, const char* at, std::string_view what = {}) {
    why_ = {kind, static_cast<std::size_t>(at - begin_), printable(what)};
    return false;
  }

  // the input ends: in earnest, or because only so much of it was looked at
  bool cut(std::string_view what = {}) {
    if (oversize_) return fail(refusal_kind::too_large, end_, "stanza");
    return fail(refusal_kind::cut, end_,
                what.empty() && !open_.empty() ? open_.back().text() : what);
  }

  std::string_view rest() const noexcept { return until_end(p_); }
  std::string_view until_end(const char* from) const noexcept { return span_of(from, end_); }
  static std::string_view span_of(const char* from, const char* until) noexcept {
    return detail::span_of(from, until);
  }

  VIDIMUS_HOT bool skip_space() noexcept {
    const char* from = p_;
    while (p_ != end_ && is_xml_space(*p_)) ++p_;
    return p_ != from;
  }

  // a character cut off by the limit is no fault of its own
  bool bad_octets(const char* at) {
    if (oversize_ && end_ - at < 4) return cut();
    return fail(refusal_kind::bad_utf8, at, {at, 1});
  }

  bool bad_octet(const char* at) {
    auto c = decode_utf8(at, end_);
    if (c.size == 0) return bad_octets(at);
    return fail(refusal_kind::forbidden_character, at, {at, c.size});
  }

  bool text_outside() {
    auto c = decode_utf8(p_, end_);
    if (c.size == 0 || !is_xml_char(c.point)) return bad_octet(p_);
    return fail(refusal_kind::text_outside, p_, {p_, c.size});
  }

  bool second_root() {
    if (rest().size() < 2) return cut("second element");
    if (p_[1] == '!' || p_[1] == '?') return special();
    if (p_[1] == '/') return fail(refusal_kind::mismatched_end, p_);
    const char* name_end = ncname_end(p_ + 1, end_);
    bool none = name_end == p_ + 1;
    return fail(none ? refusal_kind::bad_markup : refusal_kind::two_roots, p_,
                span_of(p_ + 1, name_end));
  }

  // what begins with <! or <? and is not a CDATA section in an element
  bool special() {
    auto begins = [this](std::string_view with) { return rest().substr(0, with.size()) == with; };
    if (begins("<!--")) return fail(refusal_kind::comment, p_);
    if (begins("<!DOCTYPE")) return fail(refusal_kind::doctype, p_);
    if (begins("<![CDATA[")) return fail(refusal_kind::text_outside, p_, "CDATA");
    if (begins("<?")) return instruction();
    for (std::string_view whole : {"<!--", "<!DOCTYPE", "<![CDATA["})
      if (whole.substr(0, rest().size()) == rest()) return cut();
    return fail(refusal_kind::bad_markup, p_, "<!");
  }

  bool instruction() {
    const char* name_end = ncname_end(p_ + 2, end_);
    auto target = span_of(p_ + 2, name_end);
    bool declaration = target == "xml" && name_end != end_ && is_xml_space(*name_end);
    return fail(declaration ? refusal_kind::xml_declaration : refusal_kind::instruction, p_,
                target);
  }

  bool bad_reference(const reference& ref, const char* at) {
    return ref.kind == refusal_kind::cut ? cut("reference") : fail(ref.kind, at, ref.what);
  }

  // TAB, LF, or characters beyond ASCII
  static bool step(const char*& p, const char* end) noexcept {
    if (*p == '\t' || *p == '\n') return ++p, true;
    do {
      auto c = decode_utf8(p, end);
      if (c.size == 0 || !is_xml_char(c.point)) return false;
      p += c.size;
    } while (p != end && static_cast<unsigned char>(*p) >= 0x80);
    return true;
  }

  // ---- names and attributes ----

  VIDIMUS_HOT bool name(qname& out) {
    const char* const from = p_;
    const char* p = ncname_end(from, end_);
    if (p == from) return bad_name(from, p);
    if (p == end_) return cut();
    const char* colon = nullptr;
    if (*p == ':') {
      colon = p;
      p = ncname_end(p + 1, end_);
      if (p == end_) return cut();
      if (p == colon + 1) return bad_name(from, p);
    }
    // anything but an end would have been part of a lawful name
    if (!has_class(*p, octet_class::name_end)) return bad_name(from, p);
    out.from = from;
    out.colon = colon;
    out.end = p_ = p;
    return true;
  }

  bool bad_name(const char* from, const char* at) {
    if (at == end_) return cut();
    auto c = decode_utf8(at, end_);
    if (c.size == 0 || !is_xml_char(c.point)) return bad_octet(at);
    return fail(refusal_kind::bad_name, from, span_of(from, at + c.size));
  }

  // An attribute as most are written: an ASCII name, '=', a plain value. False, and nothing has
  // happened, if it is not such a one; `attribute` reads it then, or says what is wrong.
  VIDIMUS_HOT bool usual_attribute(const char*& at) {
    const char* const from = at;
    if (!has_class(*from, octet_class::name_start)) return false;
    const char* const name_end = short_name_end(from, end_);
    if (end_ - name_end < 3 || name_end[0] != '=') return false;
    const char quote = name_end[1];
    if (quote != '\'' && quote != '"') return false;
    const char *const value = name_end + 2, *const end = short_value_end(value, end_);
    if (end == end_ || *end != quote || !ns_.may_count()) return false;
    if (static_cast<std::size_t>(end - value) > limits_->attribute_octets) return false;
    if (name_end - from == 5 && std::memcmp(from, "xmlns", 5) == 0) {
      // what is refused once is refused again
      if (ns_.declare({}, span_of(value, end)) != refusal_kind::none) return false;
    } else {
      ns_.add({}, span_of(from, name_end), span_of(value, end));
    }
    (void)ns_.count();
    at = end + 1;
    return true;
  }

  bool attribute() {
    const char* at = p_;
    qname q;
    if (!name(q)) return false;
    if (!ns_.count()) return fail(refusal_kind::too_many_attributes, at, q.all());
    skip_space();
    if (p_ == end_) return cut(q.all());
    if (*p_ != '=') return fail(refusal_kind::bad_markup, p_, q.all());
    ++p_;
    skip_space();
    if (p_ == end_) return cut(q.all());
    if (*p_ != '"' && *p_ != '\'') return fail(refusal_kind::bad_markup, p_, q.all());
    if (!value(q)) return false;
    // "xmlns" alone, or as prefix
    const char* end = q.colon == nullptr ? q.end : q.colon;
    if (end - q.from == 5 && std::memcmp(q.from, "xmlns", 5) == 0) {
      auto kind = ns_.declare(q.colon == nullptr ? std::string_view{} : q.local(),
                              span_of(value_, value_end_));
      return kind == refusal_kind::none || fail(kind, at, q.all());
    }
    ns_.add(q.prefix(), q.local(), span_of(value_, value_end_));
    return true;
  }

  // to `value_`, `value_end_`
  VIDIMUS_HOT bool value(const qname& q) {
    const char quote = *p_++;
    const char *from = p_, *p = p_;
    for (;;) {
      p = plain_end<'"', '\''>(p, end_);
      if (p == end_ || *p == quote) break;
      if (*p == '"' || *p == '\'') {
        ++p;
      } else if (*p == '&' || is_xml_space(*p)) {
        return decoded_value(q, quote, p);
      } else if (*p == '<') {
        return fail(refusal_kind::less_than_in_attribute, p, q.all());
      } else if (!step(p, end_)) {
        return bad_octet(p);
      }
    }
    if (static_cast<std::size_t>(p - from) > limits_->attribute_octets)
      return fail(refusal_kind::attribute_too_long, from, q.all());
    if (p == end_) return cut(q.all());
    value_ = from;
    value_end_ = p;
    p_ = p + 1;
    return true;
  }

  // a value with references or white space: decoded into the arena, never longer than as written
  bool decoded_value(const qname& q, char quote, const char* p) {
    const char* from = p_;
    const auto* found =
        static_cast<const char*>(std::memchr(p, quote, static_cast<std::size_t>(end_ - p)));
    const char* end = found == nullptr ? end_ : found;
    const auto room = static_cast<std::size_t>(end - from);
    char* const to = arena_.room(room);
    std::memcpy(to, from, static_cast<std::size_t>(p - from));
    char* o = to + (p - from);
    while (p != end)
      if (!decode_one(q, p, end, o)) return false;
    const auto size = static_cast<std::size_t>(o - to);
    arena_.give_back(room - size);
    if (size > limits_->attribute_octets)
      return fail(refusal_kind::attribute_too_long, from, q.all());
    if (found == nullptr) return cut(q.all());
    value_ = to;
    value_end_ = o;
    p_ = end + 1;
    return true;
  }

  // one octet that is not plain, or characters beyond ASCII, from `p` to `o`
  bool decode_one(const qname& q, const char*& p, const char* end, char*& o) {
    if (*p == '<') return fail(refusal_kind::less_than_in_attribute, p, q.all());
    bool after_cr = false;
    while (p != end && *p == '&') {
      auto ref = read_reference(p, end_);
      if (ref.kind != refusal_kind::none) return bad_reference(ref, p);
      p = ref.end;
      bool lf = ref.point == '\n', cr = ref.point == '\r';
      if (!(lf && after_cr)) o += encode_utf8(lf || cr || ref.point == '\t' ? U' ' : ref.point, o);
      after_cr = cr;
    }
    if (p == end) return true;
    if (is_xml_space(*p)) {
      *o++ = ' ';
      if (*p++ == '\r' && p != end && *p == '\n') ++p;
      return true;
    }
    const char* begun = p;
    p = plain_end<'"', '\''>(p, end);
    if (p == begun && p != end) {
      if (*p == '"' || *p == '\'')
        ++p;
      else if (*p != '<' && *p != '&' && !step(p, end))
        return bad_octet(p);
    }
    std::memcpy(o, begun, static_cast<std::size_t>(p - begun));
    o += p - begun;
    return true;
  }

  const reading_limits* limits_ = nullptr;
  const char *begin_ = nullptr, *p_ = nullptr, *end_ = nullptr;
  const char *value_ = nullptr, *value_end_ = nullptr;  // of the latest attribute
  bool oversize_ = false;
  bool drop_lf_ = false;  // the last character of the text was CR by reference
  std::size_t elements_ = 0;
  pile<written_name> open_;
  namespaces ns_;
  arena arena_;
  refusal why_;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
