// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DUTY_ASKING_HPP
#define VIDIMUS_DUTY_ASKING_HPP

#include <algorithm>

#include "../model/name.hpp"
#include "deadlines.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// When to ask again: after `first`, then twice as long each time without progress, up to `most`.
struct retry_limits {
  span_ms first = seconds(5);
  span_ms most = seconds(600);
  /// Least time between two syncs that a peer's element caused.
  span_ms between_answers = seconds(1);
};

namespace duty {

/// What a party that owes progress has asked, and when it asks again (protocol.md, timer.sync).
struct asking {
  nonce asked;              ///< of the latest sync without answer
  number asked_top = 0;     ///< highest number it asked about
  std::uint32_t syncs = 0;  ///< sent so far
  std::uint32_t quiet = 0;  ///< syncs since the last progress
  bool wants_sync = false;  ///< because of what a peer said
  std::uint32_t timer = 0;
  instant synced_at{INT64_MIN / 2};

  /// A sync goes out now.
  void sent(const nonce& asks, number top, instant now) {
    asked = asks;
    asked_top = top;
    ++syncs;
    ++quiet;
    wants_sync = false;
    synced_at = now;
  }

  /// From when on a sync may leave that a peer's element caused (protocol.md, challenge.one).
  instant may_answer(const retry_limits& limits) const {
    return synced_at + limits.between_answers;
  }

  /// Arms the timer, or leaves it where it is if it falls earlier. `patient`: wait as long as the
  /// limits allow.
  template <class What>
  void set_timer(const retry_limits& limits, bool patient, instant now, deadlines<What>& all,
                 const What& what) {
    const span_ms wait = patient ? limits.most : wait_for(limits);
    instant at = (syncs == 0 ? now : synced_at) + wait;
    if (wants_sync) at = may_answer(limits);
    if (at <= now) at = now + wait;
    if (all.armed(timer) && !wants_sync && all.at(timer) <= at) return;
    all.arm(timer, at, what);
  }

 private:
  span_ms wait_for(const retry_limits& limits) const {
    std::int64_t wait = limits.first.count;
    for (std::uint32_t i = 1; i < quiet && wait < limits.most.count; ++i) wait *= 2;
    return milliseconds(std::min(wait, limits.most.count));
  }
};

}  // namespace duty
}  // namespace vidimus::inline VIDIMUS_ABI

#endif
