// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_SERVER_ALL_HPP
#define VIDIMUS_ROLE_SERVER_ALL_HPP

#include "server.hpp"

/// How many endpoints have to take a message: one, or all (protocol.md, endpoint.all).
namespace vidimus::inline VIDIMUS_ABI {

/// An endpoint took or refused it. One that took it is enough, or all have to; it is void only if
/// every endpoint that has it, or may get it, has refused (protocol.md, void.refused).
template <an_environment Env>
void server<Env>::settle(conversation& c, number n, bool delivered) {
  const slot& s = c.at(n);
  if (delivered && !s.to_all()) return feed(c, n, input::final_delivered);
  bool taken = false, refused = false;
  for (std::size_t i = 0; i < s.deliveries(); ++i) {
    const duty::delivery::state is = s.delivery(i).is();
    if (!duty::delivery::table.is_end(is)) return;
    (is == duty::delivery::state::refused ? refused : taken) = true;
  }
  feed(c, n, !refused ? input::final_delivered : taken ? input::divided : input::refused_by_all);
}

/// Whether it is settled, durably, who has to take a message for all. It is as soon as each address
/// that is there has answered since it attached, or has been asked often enough.
template <an_environment Env>
bool server<Env>::has_all(conversation& c, number n) {
  slot& s = c.at(n);
  if (s.deliveries() != 0) return true;
  const auto& there = destination_of(c).endpoints;
  bool waits = false;
  for (const endpoint& one : there) {
    if (!one.attached || one.path.measured()) continue;
    channel& via = channel_to(c, one);
    if (via.quiet >= limits_.probes_max) continue;
    if (via.asked.empty()) probe(c, one);
    waits = true;
  }
  if (waits) return false;
  for (const endpoint& one : there) {
    if (!one.attached || one.memory.empty()) continue;
    const cell to = cell_of(s, one.memory, true);
    if (!to) continue;
    to.mark_sent();  // from here on any of them may have it
    name_key(c, n, to);
  }
  save(c, n, s);
  return true;
}

/// Low2 as an endpoint is told it: it does not get what only others have to take.
template <an_environment Env>
number server<Env>::low_two(conversation& c, const endpoint& to) {
  number low = low_two(c);
  for (; !to.memory.empty() && low < c.top(); ++low) {
    slot& s = c.at(low);
    if (s.is == duty::custody::state::unknown || s.is == duty::custody::state::verified) break;
    const bool others = s.to_all() && s.deliveries() != 0 && !cell_of(s, to.memory, false);
    if (s.owed() && !others) break;
  }
  return low;
}

/// An answer that another endpoint's message waited for may have come, or will not.
template <an_environment Env>
void server<Env>::pump_all(conversation& c) {
  bool waits = false;
  for (const slot& s : c.slots) waits = waits || (s.owed() && s.to_all());
  if (!waits) return;
  for (const endpoint& to : destination_of(c).endpoints) pump(c, to);
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
