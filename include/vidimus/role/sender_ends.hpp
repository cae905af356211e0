// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_SENDER_ENDS_HPP
#define VIDIMUS_ROLE_SENDER_ENDS_HPP

#include "sender.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Adds a number to a command, a sealed one with its second code (protocol.md, end.sealed). False:
/// the element is full, or there is no key.
template <an_environment Env>
bool sender<Env>::add_command(const conversation& c, number n, execute& to) {
  const bool joins = !to.numbers.empty() && to.numbers.back().last + 1 == n;
  if (!joins && to.numbers.size() >= ranges_per_element_max) return false;
  const slot& s = c.at(n);
  if ((s.flags & check::sealed) != 0) {
    if (to.ends.size() >= ranges_per_element_max) return false;
    auto second = codes_.second_code(check_of(c, n), c.name, c.name.along->destination, s.content);
    if (!second) return false;
    to.ends.push_back({n, std::move(*second)});
  }
  to.numbers.add(n);
  return true;
}

template <an_environment Env>
void sender<Env>::transmit_execute(conversation& c) {
  execute e{{}, {}, c.base, {}, {}, {}};
  for (const range& r : c.voids)
    if (!e.voids.append_strictly(r)) break;
  for (const range& r : c.to_execute)
    for (number n = r.first; n <= r.last; ++n) {
      // what waited may have ended, or be asked back by now
      if (!c.owns(n) || c.at(n).is != duty::submission::state::awaiting_execution) continue;
      if (add_command(c, n, e)) continue;
      if (e.ends.size() < ranges_per_element_max) continue;  // the next snapshot shows it again
      transmit(c, e, purpose::execute, {});
      e.numbers.clear();
      e.ends.clear();
      (void)add_command(c, n, e);
    }
  if (!e.numbers.empty()) transmit(c, e, purpose::execute, {});
}

/// Whether the commands may wait for more (protocol.md, batch.bound).
template <an_environment Env>
bool sender<Env>::may_wait(conversation& c) {
  const bool due = deadlines_.armed(c.command_timer) && deadlines_.at(c.command_timer) <= now_;
  if (limits_.commands.delay <= span_ms{} || due || !c.to_withdraw.empty() || !link_up_ ||
      c.to_execute.empty() || c.to_execute.count() >= limits_.commands.count) {
    deadlines_.disarm(c.command_timer);
    return false;
  }
  if (!deadlines_.armed(c.command_timer))
    deadlines_.arm(c.command_timer, now_ + limits_.commands.delay,
                   {c.name.id, detail::number_of_commands});
  return true;
}

/// Execute and withdraw commands that were collected, each in one element.
template <an_environment Env>
void sender<Env>::flush(conversation& c) {
  if (may_wait(c)) return;
  const auto some = [](const ranges& all) {
    ranges out;
    for (const range& r : all)
      if (!out.append_strictly(r)) break;  // the rest follows after a sync
    return out;
  };
  if (link_up_ && !c.memory.empty()) {
    if (!c.to_execute.empty()) transmit_execute(c);
    if (!c.to_withdraw.empty()) {
      vidimus::withdraw e{{}, some(c.to_withdraw), c.base, {}};
      transmit(c, e, purpose::withdraw, {});
    }
  }
  c.to_execute.clear();
  c.to_withdraw.clear();
}

/// Whether the receipt shows that the number was delivered. End to end the server's word is not
/// enough: the endpoint has to say so, under the key between the ends (protocol.md, end.delivered).
template <an_environment Env>
bool sender<Env>::proved(const conversation& c, number n, const receipt& r) {
  const slot& one = c.at(n);
  if (!one.end_to_end) return true;
  const end_part* said = find_end(r.ends, n);
  const bool holds =
      said != nullptr &&
      codes_.proves_delivery(said->held, name_of(c, n), c.name.along->destination, one.content);
  if (!holds) env_->watch.noticed(notice::wrong_second);
  return holds;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
