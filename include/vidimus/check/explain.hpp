// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_EXPLAIN_HPP
#define VIDIMUS_CHECK_EXPLAIN_HPP

#include "altering.hpp"
#include "differing.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// In which order known changes are tried: what says most comes first.
inline constexpr std::array known_changes{
    alteration::line_ends,
    alteration::blank_text_lost,
    alteration::trimmed,
    alteration::spaces_joined,
    alteration::case_changed,
    alteration::unicode_normalised,
    alteration::byte_order_mark_lost,
    alteration::beyond_bmp_lost,
    alteration::beyond_bmp_replaced,
    alteration::beyond_bmp_cut,
    alteration::beyond_ascii_replaced,
    alteration::read_as_latin_1,
    alteration::empty_attributes_lost,
    alteration::prefixed_attributes_lost,
    alteration::prefixed_attributes_flattened,
    alteration::no_namespace_lost,
    alteration::text_moved,
    alteration::order_changed,
    alteration::one_language_left,
    alteration::attribute_lost,
    alteration::element_lost,
    alteration::emptied,
    alteration::truncated,
};

/// Says what became of the parts of one's own content, from what is known of those that arrived.
/// `Arrived` has `same(part)`: this very part arrived; `named(part)`: one of its name did;
/// `is_whole()`: all parts that arrived are known.
///
/// The kind is found by making the known changes to one's own content and looking whether the
/// part that comes of it arrived. The work is bounded: octets of content times changes tried.
template <class Arrived>
class diagnosing {
 public:
  static constexpr std::size_t octets_tried_max = 4'194'304;

  diagnosing(octets_view own, Arrived& arrived)
      : own_(own), arrived_(arrived), parts_(parts_of(own)) {}

  std::vector<part_change> run() {
    std::size_t last_named = 0;
    std::vector<bool> named(parts_.size());
    for (std::size_t i = 0; i < parts_.size(); ++i)
      if (arrived_.named(parts_[i])) named[i] = true, last_named = i;
    for (std::size_t i = 0; i < parts_.size() && found_.size() < diagnosis_parts_max; ++i) {
      if (named[i] && arrived_.same(parts_[i])) continue;
      // of parts behind the last one named a verdict that is full says nothing
      if (!named[i] && !arrived_.is_whole() && i > last_named) break;
      found_.push_back({i, named[i] ? alteration::changed : alteration::missing, {}});
    }
    for (const auto& f : found_)
      if (f.kind == alteration::changed || parts_[f.at].is_core()) ++open_;
    if (open_ != 0) try_all();
    std::vector<part_change> out;
    for (const auto& f : found_) out.push_back({label_of(parts_[f.at]), f.kind, f.detail});
    return out;
  }

 private:
  struct affected {
    std::size_t at;
    alteration kind;
    std::string detail;
  };

  void try_all() {
    std::size_t left = octets_tried_max;
    for (alteration kind : known_changes)
      for (std::size_t way = 0;; ++way) {
        if (open_ == 0 || left < own_.size()) return;
        left -= own_.size();
        const auto candidate = after(own_, {kind, way}, parts_);
        if (!candidate) break;
        if (!candidate->canonical.empty()) compare(kind, *candidate);
      }
  }

  void compare(alteration kind, const changed_content& candidate) {
    for (const content_part& part : parts_of(candidate.canonical)) {
      if (kind == alteration::one_language_left) {
        if (part.is_core() && !part.language) one_left(part);
        continue;
      }
      for (auto& f : found_) {
        const auto& own = parts_[f.at];
        if (f.kind != alteration::changed || as_text(own.name) != as_text(part.name)) continue;
        if (as_text(own.whole) == as_text(part.whole) || !arrived_.same(part)) continue;
        settle(f, kind, candidate.detail);
      }
    }
  }

  // several of one name became one, which bears no language then
  void one_left(const content_part& part) {
    const auto whole = [&](const content_part& p) {
      return as_text(p.whole) == as_text(part.whole);
    };
    if (std::any_of(parts_.begin(), parts_.end(), whole) || !arrived_.same(part)) return;
    for (auto& f : found_) {
      const auto& own = parts_[f.at];
      const bool known = f.kind != alteration::changed && f.kind != alteration::missing;
      if (own.is_core() && own.local == part.local && !known)
        settle(f, alteration::one_language_left, {});
    }
    arrived_.explained(part);
  }

  void settle(affected& f, alteration kind, const std::string& detail) {
    --open_;
    f.kind = kind;
    f.detail = detail;
  }

  octets_view own_;
  Arrived& arrived_;
  std::vector<content_part> parts_;
  std::vector<affected> found_;
  std::size_t open_ = 0;
};

/// Parts of content that is at hand.
class arrived_content {
 public:
  explicit arrived_content(octets_view canonical) : parts_(parts_of(canonical)) {}

  bool same(const content_part& part) const {
    const auto* found = find(part);
    return found != nullptr && as_text(found->whole) == as_text(part.whole);
  }
  bool named(const content_part& part) const { return find(part) != nullptr; }
  bool is_whole() const noexcept { return true; }
  void explained(const content_part& part) {
    std::erase_if(parts_,
                  [&](const content_part& p) { return as_text(p.name) == as_text(part.name); });
  }
  const content_part* find(const content_part& part) const {
    for (const auto& p : parts_)
      if (as_text(p.name) == as_text(part.name)) return &p;
    return nullptr;
  }
  std::span<const content_part> parts() const noexcept { return parts_; }

 private:
  std::vector<content_part> parts_;
};

/// What became of content on its way, where both are at hand: for tests, tools, and a host that
/// compares. Empty if they are equal; the part is called `content` if one is not canonical content.
inline diagnosis explain(octets_view sent, octets_view received) {
  diagnosis out;
  if (as_text(sent) == as_text(received)) return out;
  if (!content_view::parse(sent) || !content_view::parse(received)) {
    out.parts.push_back({"content", alteration::changed, {}});
    return out;
  }
  arrived_content arrived(received);
  out.parts = diagnosing<arrived_content>(sent, arrived).run();
  const auto own = parts_of(sent);
  for (part_change& one : out.parts) {
    if (one.kind != alteration::changed) continue;
    for (const auto& part : own)
      if (label_of(part) == one.part)
        if (const auto* other = arrived.find(part)) one = first_difference(part, *other);
  }
  const arrived_content sent_parts(sent);
  for (const auto& part : arrived.parts())
    if (!sent_parts.named(part) && out.parts.size() < diagnosis_parts_max)
      out.parts.push_back({label_of(part), alteration::added, {}});
  if (out.parts.empty()) out.parts.push_back({"coverage", alteration::changed, {}});
  return out;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
