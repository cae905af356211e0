// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_SERVER_TIMING_HPP
#define VIDIMUS_ROLE_SERVER_TIMING_HPP

#include "server.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// S4 begins, and a lost receipt is repaired, by a sync: bodies are not sent to find out
/// (protocol.md, timer.sync).
template <an_environment Env>
void server<Env>::probe(conversation& c, const endpoint& to, bool at_once) {
  touch(c);
  channel& via = channel_to(c, to);
  if (!at_once && now_ < via.may_answer(limits_.retry)) {
    via.wants_sync = true;
    return;
  }
  via.sent(fresh_name<nonce>(env_->entropy), c.top() - 1, now_);
  via.asked_as = ++c.syncs;
  sync e;
  e.head.conversation = c.key.name;
  e.head.memory = to.memory;
  e.asks = via.asked;
  e.low = via.low_told = low_two(c, to);
  e.top = via.asked_top;
  e.voids = c.voids.between(e.low, c.top()).for_element();
  transmit(to.address, e, purpose::deliver_sync, c.key.name.along->destination);
}

/// An address that never answered is asked at the longest interval (protocol.md, timer.sync).
template <an_environment Env>
retry_limits server<Env>::pace_of(const endpoint& to, const channel& via) const {
  retry_limits out = limits_.retry;
  if (to.memory.empty() && via.quiet >= limits_.probes_max) out.first = out.most;
  return out;
}

template <an_environment Env>
void server<Env>::set_timer(conversation& c, const endpoint& to) {
  channel& via = channel_to(c, to);
  if (!to.attached || c.owed == 0) return deadlines_.disarm(via.timer);
  if (via.settled && !via.is_refused(now_) &&
      via.lacks_credit(via.next, c.top(), via.limit, low_two(c, to)))
    probe(c, to, true);
  via.set_timer(to.path, pace_of(to, via), now_, deadlines_, {due_of(c, via, to.address), 0});
}

/// What waits for its application is with the endpoint: that asks for patience.
template <an_environment Env>
duty::open_since server<Env>::open_since(const conversation& c, const endpoint& to) const {
  using state = duty::delivery::state;
  duty::open_since out;
  for (const slot& s : c.slots)
    for (std::size_t i = 0; i < s.deliveries() && s.owed(); ++i) {
      const cell one = s.delivery(i);
      if (one.endpoint() != to.memory) continue;
      if (one.is() == state::transmitted) out.answer = std::min(out.answer, one.sent_at());
      if (one.is() == state::pending) out.others = std::min(out.others, one.sent_at());
    }
  return out;
}

/// The timer of a channel fell. What was sent since it was armed may still be on its way.
template <an_environment Env>
void server<Env>::ask_if_due(conversation& c, const std::string& address) {
  channel& via = c.channels.find(address)->second;
  deadlines_.disarm(via.timer);
  endpoint* to = endpoint_at(c, address);
  if (to == nullptr || !to->attached || c.owed == 0) return;
  touch(c);
  const instant at = via.due(open_since(c, *to), to->path, pace_of(*to, via), now_);
  if (!via.wants_sync && at > now_)
    return deadlines_.arm(via.timer, at, {due_of(c, via, address), 0});
  probe(c, *to);
  pump_all(c);
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
