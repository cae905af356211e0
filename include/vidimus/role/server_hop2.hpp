// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_SERVER_HOP2_HPP
#define VIDIMUS_ROLE_SERVER_HOP2_HPP

#include "server.hpp"

namespace vidimus::inline VIDIMUS_ABI {

template <an_environment Env>
auto server<Env>::find_delivered(const header& head) -> conversation* {
  conversation* c = delivered_.get();
  if (c != nullptr && c->key.name == head.conversation) return c;
  auto at = conversations_.lower_bound(detail::custody_view{head.conversation, {}});
  if (at == conversations_.end() || !(at->first.name == head.conversation)) return nullptr;
  return delivered_.set(&at->second);
}

template <an_environment Env>
void server<Env>::take_final_receipt(const incoming& stanza, const receipt& r) {
  const std::string& peer = r.head.conversation.along->destination;
  if (!admits(codes_.verify(r, purpose::final_receipt, peer))) return;
  conversation* c = find_delivered(r.head);
  if (c == nullptr) return env_->watch.noticed(notice::not_ours);
  touch(*c);
  endpoint* there = endpoint_at(*c, stanza.from);
  channel* via = there == nullptr ? nullptr : used_with(*c, *there);
  const bool snapshot = !r.answers.empty() && via != nullptr && r.answers == via->asked;
  if (!r.answers.empty() && !snapshot) env_->watch.noticed(notice::stale_snapshot);
  endpoint* from = snapshot ? learn(*c, stanza.from, r) : there;
  if (snapshot && from != nullptr) {
    if (r.covered.last >= via->asked_top) {
      from->path.sample(now_ - via->synced_at);
      via->asked = {};
    }
    via->wants_sync = false;
    via->settled = true;
  }
  if (from != nullptr && from->memory != r.head.memory) {
    env_->watch.noticed(notice::other_memory);
    if (from->attached && c->owed > 0 && (via == nullptr || via->asked.empty())) probe(*c, *from);
  }
  if (from != nullptr && from->memory == r.head.memory) {
    if (*from->key_id != r.head.key_id) from->key_id = key_ids_(r.head.key_id);
    if (r.answers.empty() && !r.states.empty()) c->answered = from->memory;
  }
  const std::size_t owed = c->owed;
  ranges named;
  take_final_states(*c, r, snapshot, named);
  if (!r.altered.empty()) take_final_altered(*c, r);
  if (via != nullptr && !r.refused.empty()) {
    via->refused(r.refused.front().retry_after_s, limits_.retry, now_);
    deadlines_.disarm(via->timer);
  }
  if (snapshot) take_final_absent(*c, r, *via, from, named);
  // while an answer is missing the wait is known to be too short, or the way to be bad
  if (via != nullptr && c->owed < owed && via->asked.empty()) via->quiet = 0;
  if (from == nullptr || via == nullptr || from->memory != r.head.memory) return;
  via->limit = std::max(via->limit, r.limit);
  pump(*c, *from);
  if (snapshot) pump_all(*c);
}

template <an_environment Env>
void server<Env>::take_final_states(conversation& c, const receipt& r, bool snapshot,
                                    ranges& named) {
  for (const status_range& s : r.states) {
    const number first = std::max(s.span.first, c.base);
    const number end = std::min(s.span.last + 1, c.top());
    if (first >= end) continue;
    if (snapshot) named.add(range{first, end - 1});
    const auto letter = duty::delivery::of_status(s.what);
    if (!letter) continue;
    for (number n = first; n < end; ++n) take_final_status(c, n, s, r, snapshot);
  }
}

template <an_environment Env>
void server<Env>::take_final_status(conversation& c, number n, const status_range& s,
                                    const receipt& r, bool snapshot) {
  slot& one = c.at(n);
  const cell to = cell_of(one, r.head.memory, snapshot && one.owed() && !one.to_all());
  const auto letter = duty::delivery::of_status(s.what);
  if (!to || !letter) return;
  const bool late = one.is == duty::custody::state::unconfirmed && !one.to_all();
  if (s.what == status::delivered && one.end_to_end() &&
      (late || (one.owed() && !duty::delivery::table.is_end(to.is())))) {
    // the proof takes the place of the second code, which nobody needs any more
    const end_part* proof = find_end(r.ends, n);
    if (proof == nullptr) return env_->watch.noticed(notice::wrong_second);
    if (one.is_last(to)) one.set_ends(keep(proof->held));
  }
  if (*letter == duty::delivery::input::refused && one.owed()) one.why = s.why;
  // a receipt that comes after the lifetime still is the truth
  if (late && s.what == status::delivered) feed(c, n, input::final_delivered);
  feed_cell(c, n, to, *letter);
}

template <an_environment Env>
void server<Env>::take_final_altered(conversation& c, const receipt& r) {
  for (const altered_part& part : r.altered) {
    if (!c.holds(part.at)) continue;
    const cell to = cell_of(c.at(part.at), r.head.memory, false);
    if (!to) continue;
    auto count = to.altered();
    const auto letter = duty::delivery::of_altered(part, count, limits_.altered_max);
    if (!letter) continue;
    to.set_altered(count);
    tell_altered(c, part, to);
    feed_cell(c, part.at, to, *letter);
  }
}

/// Only for an observer that asks for it: the parts that were altered on the way to an endpoint
/// (protocol.md, altered.parts).
template <an_environment Env>
void server<Env>::tell_altered(const conversation& c, const altered_part& said, cell to) {
  const message_name name{c.key.name, said.at};
  if constexpr (requires(const diagnosis& found) { env_->watch.altered(name, found); }) {
    const slot& s = c.at(said.at);
    const std::string& peer = c.key.name.along->destination;
    check e = check_of(c, said.at, to.endpoint());
    if (!codes_.choose_key(e.head, peer)) return;
    env_->watch.altered(name, diagnose(codes_, e, purpose::deliver, purpose::deliver_altered, peer,
                                       s.payload, s.content, said));
  }
}

template <an_environment Env>
void server<Env>::take_final_absent(conversation& c, const receipt& r, const channel& via,
                                    const endpoint* from, const ranges& named) {
  const number end = std::min(r.covered.last + 1, c.top());
  for (number n = std::max(r.covered.first, c.base); n < end; ++n) {
    const cell to = named.contains(n) ? cell() : cell_of(c.at(n), r.head.memory, false);
    if (!to || to.spoken_since(via.asked_as)) continue;
    if (from != nullptr && !via.tells_of(to.sent_at(), from->path, limits_.retry)) continue;
    // sent when the endpoint said nothing of it: its application may have it, so this is no refusal
    if (from != nullptr && from->body_only && !c.at(n).core_only) continue;
    feed_cell(c, n, to, duty::delivery::input::absent);
  }
}

template <an_environment Env>
void server<Env>::take_final_challenge(const incoming& stanza, const challenge& e) {
  const std::string& peer = e.head.conversation.along->destination;
  if (!admits(codes_.verify(e, purpose::deliver_challenge, peer))) return;
  conversation* c = find_delivered(e.head);
  endpoint* from = endpoint_at(stanza.from);
  if (c == nullptr || from == nullptr) return env_->watch.noticed(notice::not_ours);
  touch(*c);
  if (from->attached && from->memory != e.head.memory && c->owed > 0 &&
      channel_to(*c, *from).asked.empty())
    probe(*c, *from);
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
