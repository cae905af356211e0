// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DUTY_NUMBER_TIMERS_HPP
#define VIDIMUS_DUTY_NUMBER_TIMERS_HPP

#include <algorithm>
#include <vector>

#include "../model/name.hpp"
#include "deadlines.hpp"

namespace vidimus::inline VIDIMUS_ABI::duty {

/// The deadlines of a conversation's numbers, in the one index of a role: there is one entry for
/// sixteen numbers, at the earliest of their times, so that a number costs a few octets. The time
/// of each stays where the number is held; who holds it tells by `at(n)`, `never` for none.
class number_timers {
 public:
  /// Numbers that share an entry.
  static constexpr number of_group = 16;
  /// The entry is named after the highest number of its group; that is never 0.
  static constexpr number last_of_group(number n) noexcept { return n | (of_group - 1); }
  static constexpr number first_of_group(number n) noexcept { return n & ~(of_group - 1); }

  /// The time of a number was `before`, and is `now`. The numbers held go from `base` to below
  /// `top`; `at(n)` gives their times. `about(last)` makes what the entry of a group is about.
  template <class What, class About, class At>
  void changed(number n, instant before, instant now, number base, number top, deadlines<What>& all,
               About about, At at) {
    if (now == before) return;
    std::uint32_t& timer = of(n);
    const instant armed = all.at(timer);
    instant least = std::min(now, armed);
    if (now > before) {  // the entry may have fallen for this one
      if (armed < before) return;
      least = never;
      const number first = std::max(first_of_group(n), base);
      for (number k = std::min(last_of_group(n) + 1, top); k > first; --k) {
        const instant one = at(k - 1);
        if (one == armed) return;  // it falls for that one as well
        least = std::min(least, one);
      }
    }
    if (least == never) return all.disarm(timer);
    if (armed == least) return;
    if (timer != 0) return all.move(timer, least);
    all.arm(timer, least, about(last_of_group(n)));
  }

  /// Numbers below `base` have no times any more.
  void drop_below(number base) {
    for (; gone_ < timers_.size() && (first_ + 1) * of_group <= base; ++first_) ++gone_;
    if (gone_ == timers_.size() || (gone_ >= 64 && 2 * gone_ >= timers_.size())) close_ranks();
  }

 private:
  std::uint32_t& of(number n) {
    const number group = n / of_group;
    if (gone_ == timers_.size()) first_ = group;
    if (group < first_) begin_at(group);
    const std::size_t at = gone_ + static_cast<std::size_t>(group - first_);
    if (at >= timers_.size()) timers_.resize(at + 1);
    return timers_[at];
  }

  /// After a restore: records come in any order.
  void begin_at(number group) {
    close_ranks();
    timers_.insert(timers_.begin(), static_cast<std::size_t>(first_ - group), 0);
    first_ = group;
  }
  void close_ranks() {
    timers_.erase(timers_.begin(), timers_.begin() + static_cast<std::ptrdiff_t>(gone_));
    gone_ = 0;
  }

  std::vector<std::uint32_t> timers_;
  std::size_t gone_ = 0;  ///< timers at the beginning that are not needed any more
  number first_ = 0;      ///< the group of the first that is
};

}  // namespace vidimus::inline VIDIMUS_ABI::duty

#endif
