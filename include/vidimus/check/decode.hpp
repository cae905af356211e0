// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_DECODE_HPP
#define VIDIMUS_CHECK_DECODE_HPP

#include <optional>

#include "encode.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Reads fields of canonical octets. What was read is only as good as `ok()` says.
class field_reader {
 public:
  explicit field_reader(octets_view in) noexcept : in_(in) {}

  /// The tag of the next field; 0 at the end.
  octet next() const noexcept { return in_.empty() ? octet{0} : in_[0]; }

  /// The value of the next field, which must have this tag.
  octets_view take(octet tag) noexcept {
    std::size_t size = 0;
    if (in_.size() >= octet_buffer::head)
      for (unsigned i = 1; i < octet_buffer::head; ++i) size = size << 8 | in_[i];
    if (next() != tag || in_.size() < octet_buffer::head ||
        size > in_.size() - octet_buffer::head) {
      ok_ = false;
      in_ = {};
      return {};
    }
    auto value = in_.subspan(octet_buffer::head, size);
    in_ = in_.subspan(octet_buffer::head + size);
    return value;
  }
  std::string_view take_text(octet tag) noexcept { return as_text(take(tag)); }
  std::optional<std::string_view> take_text_if(octet tag) noexcept {
    if (next() != tag) return std::nullopt;
    return take_text(tag);
  }
  std::uint32_t take_count() noexcept {
    auto value = take(canonical_tag::count);
    ok_ = ok_ && value.size() == 4;
    std::uint32_t out = 0;
    for (octet o : value) out = out << 8 | o;
    return out;
  }
  xml_attribute take_attribute() noexcept {
    xml_attribute out;
    if (next() == canonical_tag::attribute_space) {
      out.space = take_text(canonical_tag::attribute_space);
      ok_ = ok_ && !out.space.empty();
    }
    out.local = take_text(canonical_tag::attribute_name);
    out.value = take_text(canonical_tag::attribute_value);
    return out;
  }
  bool at_attribute() const noexcept {
    return next() == canonical_tag::attribute_space || next() == canonical_tag::attribute_name;
  }

  octets_view rest() const noexcept { return in_; }
  bool done() const noexcept { return in_.empty(); }
  bool ok() const noexcept { return ok_; }

 private:
  octets_view in_;
  bool ok_ = true;
};

/// The head of a group of children that have one name.
struct content_group {
  std::string_view space, local;
  std::optional<std::string_view> language;
  std::uint32_t count = 0;
};

/// Strict reading of canonical octets: accepts what `canonicaliser` writes and nothing else, so
/// that octets and content are one to one. No recursion; any octets are safe to give.
///
/// `H` has `mode(bool listed)`, `group(content_group)`, `open(open_event)`, `text(string_view)`,
/// `close()`, all void. Events of octets that are refused in the end are worth nothing.
template <class H>
class content_decoder {
 public:
  content_decoder(H& to, const reading_limits& limits) : to_(to), limits_(limits) {}

  /// True if all octets are canonical content.
  [[nodiscard]] bool decode(octets_view in) {
    field_reader fields(in);
    auto mode = fields.take(canonical_tag::mode);
    if (mode.size() != 1 || mode[0] > 1) return false;
    listed_ = mode[0] == 1;
    to_.mode(listed_);
    while (!fields.done()) {
      auto value = fields.take(canonical_tag::group);
      if (!fields.ok() || !group(value)) return false;
    }
    return !lone_language();
  }

 private:
  struct frame {
    field_reader fields;
    std::string_view space;
    bool folds, has_text, has_run, after_text;
  };

  // one body with a language and no other body: the language would not have been written
  bool lone_language() const { return is_core_group_ && last_.language && same_name_ == 1; }

  bool group(octets_view value) {
    field_reader fields(value);
    content_group g;
    g.space = fields.take_text(canonical_tag::space);
    g.local = fields.take_text(canonical_tag::name);
    g.language = fields.take_text_if(canonical_tag::language);
    g.count = fields.take_count();
    if (!fields.ok() || !head(g)) return false;
    to_.group(g);
    for (std::uint32_t i = 0; i < g.count; ++i) {
      auto child_value = fields.take(canonical_tag::child);
      if (!fields.ok() || !child(g, child_value)) return false;
    }
    return fields.done();
  }

  bool head(const content_group& g) {
    bool core = is_core(g.space, g.local);
    if (!space_good(g.space) || fold(g.space) != g.space || !is_ncname(g.local)) return false;
    if (is_never_covered(g.space, g.local)) return false;
    if (core ? g.count != 1 : g.language || (g.count == 0 && !listed_)) return false;
    if (g.language && (g.local == "thread" || !value_good(*g.language))) return false;
    bool same = any_ && g.space == last_.space && g.local == last_.local;
    if (!same && lone_language()) return false;
    if (any_ && !before(last_, g)) return false;
    same_name_ = same ? same_name_ + 1 : 1;
    any_ = true;
    last_ = g;
    is_core_group_ = core;
    return true;
  }

  static bool before(const content_group& a, const content_group& b) {
    if (int c = a.space.compare(b.space); c != 0) return c < 0;
    if (int c = a.local.compare(b.local); c != 0) return c < 0;
    return a.language < b.language;  // none comes before any
  }

  bool child(const content_group& g, octets_view value) {
    open_.clear();
    open_.push_back(
        {field_reader(value), g.space, is_content_namespace(g.space), false, false, false});
    if (!attributes(g, g.local)) return false;
    while (!open_.empty()) {
      switch (open_.back().fields.next()) {
        case 0:
          if (!close()) return false;
          break;
        case canonical_tag::text:
          if (!text()) return false;
          break;
        case canonical_tag::same:
        case canonical_tag::other:
          if (is_core_group_ || !element(g)) return false;
          break;
        default: return false;
      }
    }
    return true;
  }

  bool close() {
    const frame& f = open_.back();
    if (!f.fields.ok() || !f.fields.done() || (f.has_run && !f.has_text)) return false;
    if (is_core_group_ && !f.has_text) return false;
    to_.close();
    open_.pop_back();
    return true;
  }

  bool text() {
    frame& f = open_.back();
    auto run = f.fields.take_text(canonical_tag::text);
    if (!f.fields.ok() || f.after_text || run.empty()) return false;
    if (run.find('\r') != std::string_view::npos || !characters_good(run)) return false;
    f.has_run = f.after_text = true;
    f.has_text = f.has_text || !is_blank(run);
    to_.text(run);
    return true;
  }

  bool element(const content_group& g) {
    frame& parent = open_.back();
    const bool other = parent.fields.next() == canonical_tag::other;
    field_reader fields(parent.fields.take(other ? canonical_tag::other : canonical_tag::same));
    parent.after_text = false;
    auto space = other ? fields.take_text(canonical_tag::space) : parent.space;
    auto local = fields.take_text(canonical_tag::name);
    if (!parent.fields.ok() || !fields.ok()) return false;
    if (other && (!space_good(space) || space == parent.space)) return false;
    bool folds = parent.folds && is_content_namespace(space);
    if (other && folds) return false;
    if (!is_ncname(local) || open_.size() + 1 >= limits_.depth) return false;
    open_.push_back({fields, space, folds, false, false, false});
    return attributes(g, local);
  }

  bool attributes(const content_group& g, std::string_view local) {
    frame& f = open_.back();
    attributes_.clear();
    while (f.fields.at_attribute()) {
      auto a = f.fields.take_attribute();
      if (!f.fields.ok() || attributes_.size() == limits_.attributes) return false;
      if (!is_ncname(a.local) || !value_good(a.value) || !space_good(a.space)) return false;
      if (a.space.empty() && a.local == "xmlns") return false;
      if (!attributes_.empty() && !before(attributes_.back(), a)) return false;
      attributes_.push_back(a);
    }
    bool parent_only =
        attributes_.empty() || (g.local == "thread" && attributes_.size() == 1 &&
                                attributes_[0].space.empty() && attributes_[0].local == "parent");
    if (is_core_group_ && !parent_only) return false;
    to_.open(open_event{f.space, local, attributes_});
    return true;
  }

  static bool before(const xml_attribute& a, const xml_attribute& b) {
    int c = a.space.compare(b.space);
    return c < 0 || (c == 0 && a.local < b.local);
  }

  static bool characters_good(std::string_view text) {
    return check_characters(text).kind == refusal_kind::none;
  }
  bool value_good(std::string_view value) const {
    return value.size() <= limits_.attribute_octets && characters_good(value) &&
           value.find_first_of("\t\n\r") == std::string_view::npos;
  }
  bool space_good(std::string_view space) const {
    return space.size() <= limits_.namespace_octets && space != ns::xmlns && value_good(space);
  }

  H& to_;
  const reading_limits& limits_;
  bool listed_ = false;
  bool any_ = false;
  bool is_core_group_ = false;
  content_group last_;
  std::size_t same_name_ = 0;
  std::vector<frame> open_;
  std::vector<xml_attribute> attributes_;
};

/// Gives canonical octets as events to a handler; false if they are not canonical content.
template <class H>
[[nodiscard]] bool decode_content(octets_view in, H& to, const reading_limits& limits = {}) {
  return content_decoder<H>(to, limits).decode(in);
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
