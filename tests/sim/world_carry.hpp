// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_SIM_WORLD_CARRY_HPP
#define VIDIMUS_TESTS_SIM_WORLD_CARRY_HPP

#include "world.hpp"

namespace sim {

/// The process dies: what it knew is gone, what is durable stays.
template <class Party>
void world::kill(Party& p) {
  say("! ", p.name, " dies");
  p.role.reset();
  p.up = p.crash_armed = false;
  ++p.life;
  p.wake = INT64_MAX;
  if constexpr (std::is_same_v<Party, endpoint_party>) {
    p.given.clear();
    p.accepting = nullptr;
    detach(p, life_.one_in(2));
  }
  after(life_.between(0, 15000), [this, &p] { restore(p); });
}

/// Carries a batch out in its order; if a crash is due, only the beginning of it, and what was sent
/// of that may be lost with the process.
template <class Party, class Outputs>
void world::carry_out(Party& p, Outputs outs) {
  const bool dies = p.crash_armed && (outs.size() > 1 || (!outs.empty() && life_.one_in(4)));
  const std::size_t end = dies ? life_.below(outs.size() + 1) : outs.size();
  sent_now_ = persisted_now_ = 0;
  for (std::size_t i = 0; i < end; ++i) {
    if (dies && std::holds_alternative<out::transmit>(outs[i]) && life_.one_in(3)) continue;
    carry_one(p, outs[i]);
  }
  if (dies) {
    say("! the batch of ", outs.size(), " was cut off after ", end);
    return kill(p);
  }
  const instant next = p.role->next_deadline();
  const bool woken = p.wake == (next == never ? INT64_MAX : next.at - p.skew);
  if constexpr (!std::is_same_v<Party, endpoint_party>) {
    if (!woken) broken("P8", p.name + " has a deadline that it did not ask to be woken for");
  } else {
    if (next != never && !p.limits.ordered && p.limits.receipts.delay <= span_ms{})
      broken("P8", p.name + " needs a tick");
    if (!woken) set_wake(p, next, [this, &p] { tick(p); });
  }
}

}  // namespace sim

#endif
