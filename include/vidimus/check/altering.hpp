// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_ALTERING_HPP
#define VIDIMUS_CHECK_ALTERING_HPP

#include "canonical.hpp"
#include "parts.hpp"
#include "text_changes.hpp"
#include "xml_writer.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// A change that stacks are known to make, in one of the ways it comes in.
struct known_change {
  alteration kind = alteration::changed;
  std::size_t way = 0;
};

/// Takes decoded content and writes it as XML after a known change.
class altering_writer {
 public:
  altering_writer(std::string& out, const known_change& how, std::span<const content_part> parts)
      : writer_(out), how_(how), parts_(parts) {}

  /// False: the kind has no such way, nor one after it.
  bool applies() const noexcept { return !exhausted_; }
  /// The name of what was lost, if one thing was.
  const std::string& detail() const noexcept { return detail_; }
  /// Texts of each element, joined; for `text_moved`, from a pass before.
  std::vector<std::string> joined;

  void mode(bool) {
    // these count things, of which there may be fewer
    using enum alteration;
    const bool counts = how_.kind == attribute_lost || how_.kind == element_lost;
    exhausted_ = counts || how_.way >= ways_of(how_.kind);
    if (altering::concerns_text(how_.kind))
      exhausted_ = !altering::text_after(how_.kind, how_.way, {});
  }
  void group(const content_group& g) {
    group_ = g;
    depth_ = 0;
    spaces_.clear();
    const auto& part = parts_[group_index_++];
    dropped_ = false;
    if (how_.kind != alteration::one_language_left || how_.way >= parts_.size()) return;
    const auto& left = parts_[how_.way];
    dropped_ = left.is_core() && part.is_core() && part.local == left.local &&
               part.name.data() != left.name.data();
  }
  void open(const open_event& e) {
    ++depth_;
    const bool loses = how_.kind == alteration::element_lost && depth_ > 1;
    if (loses && skipped_ == 0 && elements_++ == how_.way) lose(e.local);
    if (skipped_ != 0 || lost_now_) {
      ++skipped_;
      lost_now_ = false;
      return;
    }
    if (dropped_) return;
    auto space = e.space;
    if (how_.kind == alteration::no_namespace_lost && space.empty() && !spaces_.empty())
      space = spaces_.back();
    spaces_.push_back(space);
    filter(e.attributes);
    writer_.open(space, e.local, attributes_);
    if (how_.kind == alteration::text_moved && opened_ < joined.size())
      writer_.text(joined[opened_]);
    ++opened_;
  }
  void text(std::string_view run) {
    if (skipped_ != 0 || dropped_ || how_.kind == alteration::text_moved) return;
    if (!altering::concerns_text(how_.kind)) return writer_.text(run);
    writer_.text(altering::text_after(how_.kind, how_.way, run).value_or(std::string()));
  }
  void close() {
    --depth_;
    if (skipped_ != 0) return void(--skipped_);
    if (dropped_) return;
    spaces_.pop_back();
    writer_.close();
  }

 private:
  std::size_t ways_of(alteration kind) const {
    using enum alteration;
    switch (kind) {
      case prefixed_attributes_lost: return 2;
      case prefixed_attributes_flattened: return 4;
      case one_language_left: return std::min<std::size_t>(parts_.size(), 32);
      default: return 1;
    }
  }
  void lose(std::string_view what) {
    lost_now_ = how_.kind == alteration::element_lost;
    exhausted_ = false;
    detail_ = printable(what);
  }

  void filter(std::span<const xml_attribute> all) {
    attributes_.clear();
    values_.clear();
    values_.reserve(all.size() + 1);  // views into it must not move
    if (depth_ == 1 && group_.language) attributes_.push_back({ns::xml, "lang", *group_.language});
    for (const auto& a : all) {
      if (how_.kind == alteration::attribute_lost && seen_++ == how_.way) {
        lose(a.local);
        continue;
      }
      keep(a);
    }
  }
  void keep(xml_attribute a) {
    using enum alteration;
    const bool prefixed = !a.space.empty();
    if (how_.kind == prefixed_attributes_lost && prefixed && (how_.way == 0 || a.space != ns::xml))
      return;
    const bool no_empty = how_.kind == prefixed_attributes_flattened && how_.way > 1;
    if ((how_.kind == empty_attributes_lost || no_empty) && a.value.empty()) return;
    if (how_.kind == prefixed_attributes_flattened) {
      a.space = {};
      for (auto& b : attributes_)
        if (b.local == a.local) return how_.way % 2 == 0 ? void() : void(b = a);
    }
    if (altering::concerns_values(how_.kind)) {
      values_.push_back(altering::text_after(how_.kind, how_.way, a.value).value_or(""));
      a.value = values_.back();
    }
    attributes_.push_back(a);
  }

  xml_writer writer_;
  known_change how_;
  std::span<const content_part> parts_;
  content_group group_;
  std::size_t group_index_ = 0, depth_ = 0, skipped_ = 0;
  std::size_t elements_ = 0, seen_ = 0, opened_ = 0;
  bool dropped_ = false, lost_now_ = false, exhausted_ = false;
  std::vector<std::string_view> spaces_;
  std::vector<xml_attribute> attributes_;
  std::vector<std::string> values_;
  std::string detail_;
};

/// Collects the texts of each element, in the order in which elements open.
struct text_collector {
  std::vector<std::string> joined;
  std::vector<std::size_t> open_elements;

  void mode(bool) {}
  void group(const content_group&) {}
  void open(const open_event&) {
    open_elements.push_back(joined.size());
    joined.emplace_back();
  }
  void text(std::string_view run) { joined[open_elements.back()] += run; }
  void close() { open_elements.pop_back(); }
};

/// Content after a change: nothing in `canonical` if the change has no effect, or none that could
/// stand in a stanza.
struct changed_content {
  octets canonical;
  std::string detail;
};

/// Children of one name in another order: the first way turns every group round, way n exchanges
/// the two at n. Groups are rebuilt octet by octet.
inline std::optional<changed_content> reorder(octets_view own, std::size_t way,
                                              std::span<const content_part> parts) {
  changed_content out;
  out.canonical.assign(own.begin(), own.end());
  bool any = false;
  for (const auto& part : parts) {
    field_reader fields(part.whole.subspan(octet_buffer::head + part.name.size()));
    const octets_view behind_count = (fields.take_count(), fields.rest());
    std::vector<octets_view> children;
    for (field_reader one(behind_count); !one.done();) {
      const auto from = one.rest();
      one.take(canonical_tag::child);
      children.push_back(from.first(from.size() - one.rest().size()));
    }
    if (children.size() < 2 || (way != 0 && way >= children.size())) continue;
    any = true;
    if (way == 0)
      std::reverse(children.begin(), children.end());
    else
      std::swap(children[way - 1], children[way]);
    auto to = out.canonical.begin() + (behind_count.data() - own.data());
    for (const auto& one : children) to = std::copy(one.begin(), one.end(), to);
  }
  if (!any || way > 16) return std::nullopt;
  return out;
}

/// One's own content as it would be after a known change. Nothing: the kind has no such way.
inline std::optional<changed_content> after(octets_view own, const known_change& how,
                                            std::span<const content_part> parts) {
  if (how.kind == alteration::order_changed) return reorder(own, how.way, parts);
  std::string xml = "<message>";
  altering_writer changing(xml, how, parts);
  if (how.kind == alteration::text_moved) {
    text_collector texts;
    if (!decode_content(own, texts)) return std::nullopt;
    changing.joined = std::move(texts.joined);
  }
  if (!decode_content(own, changing) || !changing.applies()) return std::nullopt;
  xml += "</message>";
  const auto view = content_view::parse(own);
  auto read = canonical_octets(xml, view->covered());
  changed_content out;
  if (read && !std::equal(read->begin(), read->end(), own.begin(), own.end()))
    out.canonical = std::move(*read);
  out.detail = changing.detail();
  return out;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
