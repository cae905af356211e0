// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_RECEIVER_ORDER_HPP
#define VIDIMUS_ROLE_RECEIVER_ORDER_HPP

#include "receiver.hpp"

/// What an ordered endpoint does more (protocol.md, order.hand). Nothing here runs where the
/// endpoint is not ordered, but for what it tells of numbers that an ordered life skipped.
namespace vidimus::inline VIDIMUS_ABI {

/// Whether a lower number that was handed over before a restart is to be given again first. The
/// application may have it, so it is never skipped: the server sends it again, or passes it.
template <an_environment Env>
bool receiver<Env>::offers_below(const conversation& c, number n) const {
  return std::any_of(c.offered.begin(), c.offered.end(), [n](number one) { return one < n; });
}

/// Whether time changes nothing for what waits: it is the application's turn, or the server's.
template <an_environment Env>
bool receiver<Env>::held_up(const conversation& c) const {
  return offers_below(c, c.early.begin()->first) || c.held.handed.size() >= limits_.window;
}

/// Whether nothing below the number has to come first.
template <an_environment Env>
bool receiver<Env>::in_turn(const conversation& c, number n) const {
  if (offers_below(c, n)) return false;
  for (number m = std::max(c.held.next, c.held.low); m < n; ++m) {
    const state is = state_of(c, m);
    if (is == state::unknown || is == state::waiting) return false;
  }
  return true;
}

/// A check whose codes were valid.
template <an_environment Env>
auto receiver<Env>::letter_of(conversation& c, number n, state is, bool same, bool able,
                              const content& body) -> input {
  const bool to_come = is == state::unknown || is == state::waiting || is == state::offered;
  if (!limits_.ordered || !to_come || in_turn(c, n)) return duty::acceptance::of_check(same, able);
  const bool kept = is == state::unknown && same && able;
  const bool room = !kept || make_room(c, n, detail::early_message::octets_of(body));
  return duty::acceptance::of_early(same, able, room);
}

/// What is higher makes room: lower numbers are needed first.
template <an_environment Env>
bool receiver<Env>::make_room(conversation& c, number n, std::size_t size) {
  while (!c.early.empty() && (c.early.size() >= limits_.early_max ||
                              c.early_octets + size > limits_.early_octets_max)) {
    const number highest = c.early.rbegin()->first;
    if (highest < n) return false;
    feed(c, highest, input::no_room, {});
  }
  return true;
}

template <an_environment Env>
void receiver<Env>::keep(conversation& c, number n, const arrival& at) {
  const auto [kept, fresh] = c.early.try_emplace(
      n, detail::early_message{*at.message, *at.body, at.of_body, at.proof, now_});
  if (fresh) c.early_octets += kept->second.octets_held();
}

template <an_environment Env>
void receiver<Env>::drop_early(conversation& c, number n) {
  const auto at = c.early.find(n);
  if (at == c.early.end()) return;
  c.early_octets -= at->second.octets_held();
  c.early.erase(at);
}

/// What the server says is void is passed, now or when its turn would be. That is not stored: the
/// server says it again as long as it matters.
template <an_environment Env>
void receiver<Env>::note_voids(conversation& c, const ranges& voids) {
  for (const range& within : voids.between(c.held.next, credit_of(c) + 1)) {
    for (auto one = c.early.lower_bound(within.first);
         one != c.early.end() && one->first <= within.last;)
      feed(c, (one++)->first, input::passed, {});
    c.voids.add(within);
  }
}

/// Stored with the message whose turn comes by it.
template <an_environment Env>
void receiver<Env>::skip_below(conversation& c, number n) {
  for (number m = std::max(c.held.next, c.held.low); m < n; ++m)
    if (state_of(c, m) == state::unknown) feed(c, m, input::gap_over, {});
}

/// Hands over what waits, in order, while nothing below has to come first. What is missing below
/// the message number `past` is skipped.
template <an_environment Env>
void receiver<Env>::settle(conversation& c, number past) {
  while (!c.early.empty()) {
    const auto& [n, one] = *c.early.begin();
    if (held_up(c)) break;
    if (n <= past) skip_below(c, n);
    if (!in_turn(c, n)) break;
    arrival at;
    at.message = &one.message;
    at.body = &one.body;
    at.of_body = one.of_body;
    at.proof = one.proof;
    feed(c, n, input::turn, at);
    drop_early(c, number(n));
  }
  c.voids.drop_below(c.held.next);
  set_timer(c);
}

/// What waits longest decides.
template <an_environment Env>
void receiver<Env>::set_timer(conversation& c) {
  if (c.early.empty() || held_up(c)) return deadlines_.disarm(c.timer);
  instant since = never;
  for (const auto& [n, one] : c.early) since = std::min(since, one.since);
  deadlines_.arm(c.timer, since + limits_.gap_wait, c.held.name);
}

/// The message below that still waits for an answer; 0 if there is none. With each message goes
/// what was skipped since that one, so each skipped number is told with one.
template <an_environment Env>
number receiver<Env>::answer_before(const conversation& c, number n) const {
  number before = 0;
  for (const auto& one : c.held.handed)
    if (one.at < n) before = std::max(before, one.at);
  return before;
}

/// The application has answered the message, so it knows what was told with it.
template <an_environment Env>
void receiver<Env>::answered(conversation& c, number n) {
  if (c.held.untold.empty()) return;
  ranges left = c.held.untold.between(0, answer_before(c, n));
  for (const range& r : c.held.untold.between(n, number_max + 1)) left.add(r);
  c.held.untold = std::move(left);
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
