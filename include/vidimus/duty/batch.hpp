// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DUTY_BATCH_HPP
#define VIDIMUS_DUTY_BATCH_HPP

#include "../model/ranges.hpp"
#include "deadlines.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// How long a command or receipt may wait for others to go with it (protocol.md, batch.bound). The
/// default waits for nothing: the policy `strict`.
struct batch_limits {
  span_ms delay{};           ///< from the first that waits; zero: nothing waits
  std::uint32_t count = 64;  ///< numbers that wait at most
};

namespace duty {

/// Whether the numbers in `waiting` may wait for more at `now` (protocol.md, batch.bound). True:
/// the deadline of the first, named by `timer` and about `what`, is armed. False: it is not, and
/// all that waits goes. `pressing`: something else says that it has to go.
template <class What>
bool may_wait(const batch_limits& limits, const ranges& waiting, bool pressing, instant now,
              deadlines<What>& all, typename deadlines<What>::handle& timer, const What& what) {
  const bool due = all.armed(timer) && all.at(timer) <= now;
  if (limits.delay <= span_ms{} || due || pressing || waiting.empty() ||
      waiting.count() >= limits.count) {
    all.disarm(timer);
    return false;
  }
  if (!all.armed(timer)) all.arm(timer, now + limits.delay, what);
  return true;
}

}  // namespace duty
}  // namespace vidimus::inline VIDIMUS_ABI

#endif
