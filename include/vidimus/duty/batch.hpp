// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DUTY_BATCH_HPP
#define VIDIMUS_DUTY_BATCH_HPP

#include "../model/end_code.hpp"
#include "../model/ranges.hpp"
#include "deadlines.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// How long a command or receipt may wait for others to go with it (protocol.md, batch.bound). The
/// default is the policy `batched`, a delay of zero is `strict`.
struct batch_limits {
  span_ms delay = milliseconds(50);  ///< from the first that waits; zero: nothing waits
  std::uint32_t count = 64;          ///< numbers that wait at most
  /// Octets that they take in the text of an element: what reaches this goes.
  std::uint32_t octets = 4096;
};

namespace duty {

/// Octets of a status, blank and bind included, or of a command: never too few.
constexpr std::size_t octets_of(const range& one) noexcept {
  std::size_t out = sizeof("v-/BBBBBBBBBBB ") - 1;
  for (number n = one.first; n != 0; n /= 10) ++out;
  for (number n = one.first == one.last ? 0 : one.last; n != 0; n /= 10) ++out;
  return out;
}
/// Octets of a code between the ends that goes with a number: never too few.
constexpr std::size_t octets_of(check_rule rule, std::size_t key_id_size) noexcept {
  return sizeof("z9007199254740991/// ") + facts(rule).name.size() +
         (facts(rule).code_size + key_id_size + 4) / 3 * 4;
}

/// Numbers that wait to be told.
struct waiting_numbers {
  ranges numbers;
  std::uint32_t beside = 0;  ///< octets of the codes that go with them
  void add(number n, std::size_t octets_beside = 0) {
    numbers.add(n);
    beside += static_cast<std::uint32_t>(octets_beside);
  }
  bool empty() const noexcept { return numbers.empty(); }
  void clear() noexcept {
    numbers.clear();
    beside = 0;
  }
  /// What was told otherwise needs not be told again.
  void drop(const range& told) {
    if (numbers.empty()) return;
    ranges left = numbers.between(0, told.first);
    for (const range& r : numbers.between(told.last + 1, number_max + 1)) left.add(r);
    numbers = std::move(left);
    if (numbers.empty()) beside = 0;
  }
  bool reach(const batch_limits& limits) const {
    constexpr std::size_t most = octets_of(range{number_max, number_max - 1});
    if (numbers.count() >= limits.count) return true;
    std::size_t octets = beside;
    if (octets + numbers.size() * most < limits.octets) return false;
    for (const range& r : numbers) octets += octets_of(r);
    return octets >= limits.octets;
  }
};

/// Whether the numbers in `waiting` may wait for more at `now` (protocol.md, batch.bound). True:
/// the deadline of the first, named by `timer` and about `what`, is armed. False: it is not, and
/// all that waits goes. `pressing`: something else says that it has to go.
template <class What>
bool may_wait(const batch_limits& limits, const waiting_numbers& waiting, bool pressing,
              instant now, deadlines<What>& all, typename deadlines<What>::handle& timer,
              const What& what) {
  const bool due = all.armed(timer) && all.at(timer) <= now;
  if (limits.delay <= span_ms{} || due || pressing || waiting.empty() || waiting.reach(limits)) {
    all.disarm(timer);
    return false;
  }
  if (!all.armed(timer)) all.arm(timer, now + limits.delay, what);
  return true;
}

}  // namespace duty
}  // namespace vidimus::inline VIDIMUS_ABI

#endif
