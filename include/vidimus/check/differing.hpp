// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_DIFFERING_HPP
#define VIDIMUS_CHECK_DIFFERING_HPP

#include "../model/diagnosis.hpp"
#include "parts.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Content as a list of things that can be compared one by one.
class thing_list {
 public:
  struct thing {
    enum class sort : std::uint8_t { tag, attribute, text, end } is;
    std::string_view space, local, value;
    friend bool operator==(const thing&, const thing&) = default;
  };

  /// The things of one part: its group, with a mode in front, is content by itself.
  explicit thing_list(const content_part& part) : octets_{canonical_tag::mode, 0, 0, 0, 1, 1} {
    octets_.insert(octets_.end(), part.whole.begin(), part.whole.end());
    if (!part.language) {
      (void)decode_content(octets_, *this);
      return;
    }
    // a language stands only beside another group of the name: leave it out
    field_reader fields(part.whole.subspan(octet_buffer::head + part.name.size()));
    fields.take_count();
    field_reader child(fields.take(canonical_tag::child));
    all.push_back(
        {thing::sort::text, {}, {}, child.take_text_if(canonical_tag::text).value_or("")});
  }
  thing_list(const thing_list&) = delete;

  void mode(bool) {}
  void group(const content_group&) {}
  void open(const open_event& e) {
    all.push_back({thing::sort::tag, e.space, e.local, {}});
    for (const auto& a : e.attributes)
      all.push_back({thing::sort::attribute, a.space, a.local, a.value});
  }
  void text(std::string_view run) { all.push_back({thing::sort::text, {}, {}, run}); }
  void close() { all.push_back({thing::sort::end, {}, {}, {}}); }

  std::vector<thing> all;

 private:
  octets octets_;
};

/// The first difference of two parts of one name, for a person.
inline part_change first_difference(const content_part& sent, const content_part& received) {
  using sort = thing_list::thing::sort;
  const thing_list a(sent), b(received);
  part_change out{label_of(sent), alteration::changed, {}};
  std::size_t i = 0;
  while (i < a.all.size() && i < b.all.size() && a.all[i] == b.all[i]) ++i;
  if (i == a.all.size() || i == b.all.size()) return out;
  const auto &x = a.all[i], &y = b.all[i];
  const auto says = [&](alteration kind, std::string_view name) {
    out.kind = kind;
    out.detail = printable(name);
    return out;
  };
  if (x.is == sort::attribute && y.is == sort::attribute) {
    if (x.space == y.space && x.local == y.local)
      return says(alteration::attribute_changed, x.local);
    const bool lost = std::pair(x.space, x.local) < std::pair(y.space, y.local);
    return says(lost ? alteration::attribute_lost : alteration::attribute_added,
                lost ? x.local : y.local);
  }
  if (x.is == sort::attribute) return says(alteration::attribute_lost, x.local);
  if (y.is == sort::attribute) return says(alteration::attribute_added, y.local);
  if (x.is == sort::text && y.is == sort::text) {
    const bool shorter = y.value.size() < x.value.size();
    if (shorter && x.value.substr(0, y.value.size()) == y.value) out.kind = alteration::truncated;
    return out;
  }
  if (x.is == sort::text && y.is == sort::end) return says(alteration::emptied, {});
  if (x.is == sort::tag && y.is != sort::tag) return says(alteration::element_lost, x.local);
  if (y.is == sort::tag && x.is != sort::tag) return says(alteration::element_added, y.local);
  return out;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
