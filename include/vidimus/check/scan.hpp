// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_SCAN_HPP
#define VIDIMUS_CHECK_SCAN_HPP

#include "scan_state.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// The strict pass: one element, with white space around it at most, read from octets in one pass
/// without recursion and fed to a handler as events. Whatever is not well-formed by XML 1.0 with
/// namespaces, not allowed in a stream, or beyond the limits is refused at its octet.
///
/// Line ends and white space in attributes are first taken as XML says (CR LF or CR as written is
/// LF in text; CR LF, CR, LF or TAB as written is a space in a value), then what references added
/// is treated alike: CR LF or CR is LF in text; CR LF, CR, LF or TAB is one space in a value.
///
/// Keeps its memory: a reused scanner does not touch the heap. Any octets are safe to give.
class scanner : private scan_state {
 public:
  /// True if all of `in` was read and the handler refused nothing; else `why()` has the reason.
  /// Events end at the fault: a handler's state is worth nothing then. What events refer to stays
  /// valid while `in`, `scope` and this object do, until the next scan.
  template <xml_handler H>
  [[nodiscard]] bool scan(std::string_view in, const stream_scope& scope,
                          const reading_limits& limits, H& to) {
    begin(in, limits);
    if (auto kind = ns_.begin(scope, limits); kind != refusal_kind::none)
      return fail(kind, p_, ns_.what());
    skip_space();
    if (p_ != end_ && *p_ != '<') return text_outside();
    do {
      if (p_ == end_) return cut();
      if (*p_ == '<' ? !markup(to) : !text(to)) return false;
    } while (!open_.empty());
    skip_space();
    if (p_ == end_) return !oversize_ || cut();
    return *p_ == '<' ? second_root() : text_outside();
  }

  /// Why the last stanza was refused.
  const refusal& why() const noexcept { return why_; }

 private:
  template <class H>
  bool markup(H& to) {
    if (end_ - p_ < 2) return cut();
    if (p_[1] == '/') return end_tag(to);
    if (p_[1] == '!' && !open_.empty() && rest().substr(0, 9) == "<![CDATA[") return section(to);
    if (p_[1] == '!' || p_[1] == '?') return special();
    return start_tag(to);
  }

  template <class H>
  VIDIMUS_HOT bool emit(std::string_view piece, const char* at, H& to) {
    if (piece.empty()) return true;
    if (drop_lf_) {
      drop_lf_ = false;
      if (piece.front() == '\n') piece.remove_prefix(1);
      if (piece.empty()) return true;
    }
    auto kind = to.text(piece);
    return kind == refusal_kind::none || fail(kind, at, to.what());
  }

  // CR or CR LF as written
  template <class H>
  bool emit_line_end(const char*& p, H& to) {
    const char* at = p++;
    if (p != end_ && *p == '\n') ++p;
    return emit("\n", at, to);
  }

  template <class H>
  bool emit_reference(const char*& p, H& to) {
    auto ref = read_reference(p, end_);
    if (ref.kind != refusal_kind::none) return bad_reference(ref, p);
    const char* at = p;
    p = ref.end;
    bool cr = ref.point == '\r';
    if (cr) drop_lf_ = false;  // a line end of its own
    char out[4];
    if (!emit({out, encode_utf8(cr ? U'\n' : ref.point, out)}, at, to)) return false;
    drop_lf_ = cr;  // an LF that follows at once belongs to it
    return true;
  }

  // text up to the next tag or section
  template <class H>
  bool text(H& to) {
    const char *from = p_, *p = p_;
    for (;;) {
      p = plain_end<']', '<'>(p, end_);
      if (p == end_) return cut();
      if (*p == '<') break;
      if (*p == ']') {
        if (until_end(p).substr(0, 3) == "]]>")
          return fail(refusal_kind::section_end_in_text, p, "]]>");
        ++p;
      } else if (*p == '&') {
        if (!emit(span_of(from, p), from, to) || !emit_reference(p, to)) return false;
        from = p;
      } else if (*p == '\r') {
        if (!emit(span_of(from, p), from, to) || !emit_line_end(p, to)) return false;
        from = p;
      } else if (!step(p, end_)) {
        return bad_octet(p);
      }
    }
    p_ = p;
    return emit(span_of(from, p), from, to);
  }

  template <class H>
  bool section(H& to) {
    const char *from = p_ + 9, *p = from;
    for (;;) {
      p = plain_end<']', ']'>(p, end_);
      if (p == end_) return cut("CDATA");
      if (*p == ']') {
        if (until_end(p).substr(0, 3) == "]]>") break;
        ++p;
      } else if (*p == '<' || *p == '&') {
        ++p;
      } else if (*p == '\r') {
        if (!emit(span_of(from, p), from, to) || !emit_line_end(p, to)) return false;
        from = p;
      } else if (!step(p, end_)) {
        return bad_octet(p);
      }
    }
    p_ = p + 3;
    return emit(span_of(from, p), from, to);
  }

  template <class H>
  bool start_tag(H& to) {
    const char* at = p_++;
    qname q;
    if (!name(q)) return false;
    if (open_.size() == limits_->depth) return fail(refusal_kind::too_deep, at, q.all());
    if (++elements_ > limits_->elements) return fail(refusal_kind::too_many_elements, at, q.all());
    drop_lf_ = false;
    ns_.push();
    open_.push() = {q.from, q.end};
    bool empty = false;
    const char* p = p_;
    for (;;) {
      const char* const spaced = p;
      while (p != end_ && is_xml_space(*p)) ++p;
      p_ = p;
      if (p == end_) return cut();
      if (*p == '>') break;
      if (*p == '/') {
        if (++p_ == end_) return cut();
        if (*p_ != '>') return fail(refusal_kind::bad_markup, p_, q.all());
        empty = true;
        break;
      }
      if (p == spaced) return fail(refusal_kind::bad_markup, p_, q.all());
      if (usual_attribute(p)) continue;
      if (!attribute()) return false;
      p = p_;
    }
    ++p_;
    return announce(q, at, to) && (!empty || leave(at, to));
  }

  template <class H>
  VIDIMUS_HOT bool announce(const qname& q, const char* at, H& to) {
    std::string_view space;
    auto kind = ns_.resolve(q.prefix(), space);
    if (kind != refusal_kind::none) {
      if (ns_.where() != nullptr) at = ns_.where();
      while (*at != '<' && !is_xml_space(at[-1])) --at;  // from the name back to its prefix
      return fail(kind, at, ns_.what());
    }
    if constexpr (asks_where<H>) to.begins(ns_.scope(), at);
    kind = to.open(open_event{space, q.local(), ns_.attributes()});
    return kind == refusal_kind::none || fail(kind, at, to.what());
  }

  template <class H>
  bool end_tag(H& to) {
    const char* at = p_;
    if (open_.empty()) return fail(refusal_kind::mismatched_end, at);
    p_ += 2;
    const auto expected = open_.back().text();
    if (rest().size() > expected.size() && p_[expected.size()] == '>' &&
        same_octets(p_, expected.data(), expected.size())) {
      p_ += expected.size() + 1;
      return leave(at, to);
    }
    qname q;
    if (!name(q)) return false;
    if (q.all() != expected) return fail(refusal_kind::mismatched_end, at, q.all());
    skip_space();
    if (p_ == end_) return cut();
    if (*p_ != '>') return fail(refusal_kind::bad_markup, p_, q.all());
    ++p_;
    return leave(at, to);
  }

  template <class H>
  VIDIMUS_HOT bool leave(const char* at, H& to) {
    auto kind = to.close();
    if (kind != refusal_kind::none) return fail(kind, at, to.what());
    if constexpr (asks_where<H>) to.ended(p_);
    drop_lf_ = false;
    ns_.pop();
    open_.pop();
    return true;
  }
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
