// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_SENDER_BATCH_HPP
#define VIDIMUS_ROLE_SENDER_BATCH_HPP

#include "sender.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Octets of the second code that a command for a sealed message carries.
template <an_environment Env>
std::size_t sender<Env>::octets_beside(const conversation& c, const slot& s) const {
  if ((s.flags & check::sealed) == 0) return 0;
  const auto ends = codes_.end_to_end(c.name.along->destination);
  return ends ? duty::octets_of(ends->rule, ends->key_id.size()) : 0;
}

template <an_environment Env>
void sender<Env>::transmit_execute(conversation& c) {
  execute e{{}, {}, c.base, c.voids.for_element(), {}, {}};
  for (const range& r : c.to_execute.numbers)
    for (number n = r.first; n <= r.last; ++n) {
      // what waited may have ended, or be asked back by now
      if (!c.owns(n) || c.at(n).is != duty::submission::state::awaiting_execution) continue;
      if (add_command(c, n, e)) continue;
      if (e.ends.size() < ranges_per_element_max) continue;  // the next snapshot shows it again
      transmit(c, purpose::execute, [&] { return std::move(e); });
      e.numbers.clear();
      e.ends.clear();
      (void)add_command(c, n, e);
    }
  if (!e.numbers.empty()) transmit(c, purpose::execute, [&] { return std::move(e); });
}

/// Execute and withdraw commands that were collected, each in one element.
template <an_environment Env>
void sender<Env>::flush(conversation& c) {
  if (c.to_execute.empty() && c.to_withdraw.empty() && c.command_timer == 0) return;
  const bool pressing = !c.to_withdraw.empty() || !link_up_;
  if (duty::may_wait(limits_.commands, c.to_execute, pressing, now_, deadlines_, c.command_timer,
                     {c.name.id, detail::number_of_commands}))
    return;
  if (link_up_ && !c.memory.empty()) {
    if (!c.to_execute.empty()) transmit_execute(c);
    if (!c.to_withdraw.empty()) {
      // the rest follows after a sync
      transmit(c, purpose::withdraw, [&] {
        return vidimus::withdraw{{}, c.to_withdraw.for_element(), c.base, {}};
      });
    }
  }
  c.to_execute.clear();
  c.to_withdraw.clear();
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
