// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_MODEL_RANGES_HPP
#define VIDIMUS_MODEL_RANGES_HPP

#include <algorithm>
#include <utility>

#include "../base/short_list.hpp"
#include "name.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Numbers from `first` to `last`, both included.
struct range {
  number first = 0;
  number last = 0;
  constexpr bool contains(number n) const noexcept { return first <= n && n <= last; }
  constexpr number size() const noexcept { return last - first + 1; }
  friend auto operator<=>(const range&, const range&) = default;
};

/// Most ranges one element may carry (protocol.md, element.ranges).
inline constexpr std::size_t ranges_per_element_max = 64;

/// A set of numbers as ranges: sorted, disjoint, not adjacent.
class ranges {
 public:
  auto begin() const noexcept { return held_.begin(); }
  auto end() const noexcept { return held_.end(); }
  bool empty() const noexcept { return held_.empty(); }
  std::size_t size() const noexcept { return held_.size(); }
  const range& front() const { return held_.front(); }
  const range& back() const { return held_.back(); }

  bool contains(number n) const noexcept {
    auto at = first_ending_at_or_after(n);
    return at != held_.end() && at->first <= n;
  }

  void add(number n) {
    if (!held_.empty() && n <= held_.back().last + 1) {
      if (n <= held_.back().last) return add(range{n, n});
      held_.back().last = n;  // mostly they rise
    } else {
      held_.push_back({n, n});
    }
  }
  void add(range r) {
    const range* from = first_ending_at_or_after(r.first == 0 ? 0 : r.first - 1);
    const range* to = from;
    for (; to != held_.end() && to->first <= r.last + 1; ++to) {
      r.first = std::min(r.first, to->first);
      r.last = std::max(r.last, to->last);
    }
    from = held_.erase(from, to);
    held_.insert(from, r);
  }

  /// Forgets all numbers below `low`.
  void drop_below(number low) {
    if (held_.empty() || held_.front().first >= low) return;
    auto at = first_ending_at_or_after(low);
    held_.erase(held_.begin(), at);
    if (!held_.empty()) held_.front().first = std::max(held_.front().first, low);
  }

  /// Appends a range that a peer sent, in order. False, and nothing is changed, if the rule is
  /// broken: 1 to `number_max`, first <= last, sorted, disjoint, not adjacent, at most 64.
  [[nodiscard]] bool append_strictly(range r) {
    if (r.first < 1 || r.last > number_max || r.first > r.last) return false;
    if (held_.size() >= ranges_per_element_max) return false;
    if (!held_.empty() && r.first <= held_.back().last + 1) return false;
    held_.push_back(r);
    return true;
  }

  /// The set from its beginning, as far as one element may carry it (protocol.md, element.ranges).
  ranges for_element() const {
    ranges out = *this;
    out.held_.cut_to(ranges_per_element_max);
    return out;
  }

  /// The numbers from `first` on and below `end`.
  ranges between(number first, number end) const {
    ranges out;
    if (first >= end) return out;
    for (auto at = first_ending_at_or_after(first); at != held_.end() && at->first < end; ++at)
      out.held_.push_back({std::max(at->first, first), std::min(at->last, end - 1)});
    return out;
  }

  /// How many numbers there are.
  number count() const noexcept {
    number n = 0;
    for (const range& r : held_) n += r.last - r.first + 1;
    return n;
  }

  void clear() noexcept { held_.clear(); }
  friend bool operator==(const ranges&, const ranges&) = default;

 private:
  const range* first_ending_at_or_after(number n) const {
    return std::lower_bound(held_.begin(), held_.end(), n,
                            [](const range& r, number value) { return r.last < value; });
  }

  short_list<range, 1> held_;  // mostly there are no gaps
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
