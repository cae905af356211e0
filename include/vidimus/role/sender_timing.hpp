// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_SENDER_TIMING_HPP
#define VIDIMUS_ROLE_SENDER_TIMING_HPP

#include "sender.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Something about the number leaves with this call, or as soon as there is a link.
template <an_environment Env>
void sender<Env>::speak(conversation& c, slot& s) {
  s.spoken_in = c.syncs;
  s.sent_at = now_;
}

/// One sample of a receipt, from the first message in it that was sent once, and in no earlier
/// life: of what was sent again nobody knows what the answer is to (protocol.md, timer.adaptive).
template <an_environment Env>
void sender<Env>::measure(conversation& c, const receipt& r) {
  using state = duty::submission::state;
  if (!r.answers.empty() || c.past) return;
  for (const status_range& s : r.states) {
    if (s.what != status::verified && s.what != status::executed) continue;
    const state waits = s.what == status::verified ? state::awaiting_receipt : state::resubmitted;
    for (number n = std::max(s.span.first, c.base); n <= s.span.last && n < c.top(); ++n) {
      const slot& one = c.at(n);
      if (one.is != waits || one.attempts != 1 || one.sent_at == long_ago) continue;
      return path_.sample(now_ - one.sent_at);
    }
  }
}

/// What the server cannot take now is not offered to it for a while (protocol.md, timer.busy).
template <an_environment Env>
void sender<Env>::put_off(conversation& c, const receipt& r) {
  for (const refused_part& part : r.refused) {
    if (!c.owns(part.at) || detail::is_end(c.at(part.at).is)) continue;
    c.refused(part.retry_after_s, limits_.retry, now_);
    deadlines_.disarm(c.timer);
  }
}

/// Whether the snapshot at hand tells of what was last sent about a number.
template <an_environment Env>
bool sender<Env>::told_of(const conversation& c, const slot& s) const {
  return s.spoken_in < c.syncs && c.tells_of(s.sent_at, path_, limits_.retry);
}

template <an_environment Env>
duty::open_since sender<Env>::open_since(const conversation& c) const {
  using state = duty::submission::state;
  duty::open_since out;
  for (const slot& s : c.slots) {
    if (detail::is_end(s.is) || s.is == state::parked) continue;
    instant& since = s.is == state::awaiting_delivery ? out.others : out.answer;
    since = std::min(since, s.sent_at);
  }
  return out;
}

template <an_environment Env>
void sender<Env>::send_sync(conversation& c) {
  if (!link_up_) return;
  c.sent(fresh_name<nonce>(env_->entropy), c.top() - 1, now_);
  transmit(c, purpose::sync, [&] {
    return sync{{}, c.asked, c.base, c.asked_top, c.voids.for_element(), c.is_over(), {}};
  });
}

/// A sync because of what a peer said: one per interval (protocol.md, challenge.one).
template <an_environment Env>
void sender<Env>::want_sync(conversation& c) {
  if (!c.asked.empty()) return;  // an answer is owed; if it is lost, the timer asks again
  c.wants_sync = true;
  touch(c);
}

template <an_environment Env>
bool sender<Env>::lacks_credit(const conversation& c) const {
  if (!link_up_ || c.past || c.memory.empty() || c.is_refused(now_)) return false;
  return c.lacks_credit(std::max(c.next, c.base), c.top(), c.limit, c.base);
}

template <an_environment Env>
void sender<Env>::set_timer(conversation& c) {
  const bool owed = link_up_ && !c.slots.empty();
  if (!owed) return deadlines_.disarm(c.timer);
  c.set_timer(path_, limits_.retry, now_, deadlines_, {c.name.id, 0});
}

/// The timer fell. What was sent since it was armed may still be on its way.
template <an_environment Env>
void sender<Env>::ask_if_due(conversation& c) {
  deadlines_.disarm(c.timer);
  touch(c);
  const instant at = c.due(open_since(c), path_, limits_.retry, now_);
  if (c.wants_sync || at <= now_) return send_sync(c);
  deadlines_.arm(c.timer, at, {c.name.id, 0});
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
