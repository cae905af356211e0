// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_SERVER_SESSION_HPP
#define VIDIMUS_ROLE_SERVER_SESSION_HPP

#include "server.hpp"

namespace vidimus::inline VIDIMUS_ABI {

namespace detail {

inline record::session_cell session_of(const delivery_cell& one) {
  const auto altered = one.altered();
  short_code sent{};
  std::copy(altered.sent.begin(), altered.sent.end(), sent.begin());
  return {one.endpoint(),     static_cast<std::uint8_t>(one.is()),
          one.spoken_in(),    one.sent_at(),
          altered.attempts,   altered.last_counted,
          altered.counted,    sent,
          altered.fingerprint};
}

/// The cell again; what is durable of it is in the record of its message already.
inline void take_up(const record::session_cell& held, delivery_cell to) {
  using state = duty::delivery::state;
  to.set(held.is <= static_cast<std::uint8_t>(state::dropped) ? static_cast<state>(held.is)
                                                              : state::asking);
  to.set_spoken_in(held.spoken_in);
  to.set_sent_at(held.sent_at);
  to.set_altered(
      {held.attempts, held.last_counted, held.counted, beginning_of(held.sent), held.fingerprint});
}

}  // namespace detail

template <an_environment Env>
std::vector<stored> server<Env>::session() const {
  std::vector<stored> to;
  for (const auto& [name, d] : destinations_) {
    if (d.endpoints.empty()) continue;
    record::session_endpoints r{name, {}};
    for (const endpoint& one : d.endpoints)
      r.endpoints.push_back({one.address, one.memory, one.attached, one.body_only,
                             one.path.measured(), static_cast<std::uint64_t>(one.path.smoothed()),
                             static_cast<std::uint64_t>(one.path.deviation()), one.brief,
                             *one.key_id, one.plain});
    to.push_back({r.key(), image::save(r)});
  }
  for (const auto& [key, c] : conversations_) {
    const record::session_conversation r = session_of(c);
    to.push_back({r.key(), image::save(r)});
  }
  return to;
}

template <an_environment Env>
record::session_conversation server<Env>::session_of(const conversation& c) const {
  record::session_conversation r;
  r.peer = c.key.peer;
  r.name = c.key.name;
  r.age = c.age;
  r.reply_to = c.reply_to;
  r.asked = c.asked;
  r.top = c.top();
  r.syncs = c.syncs;
  r.to_say = c.to_say.numbers;
  r.say_at = deadlines_.at(c.say_timer);
  r.heard = c.heard;
  r.heard_key = *c.heard_key;
  r.answered = c.answered;
  for (const auto& [address, via] : c.channels)
    if (in_use(c, address, via))
      r.channels.push_back({address, via.asked, via.asked_as, via.settled, via.limit, via.syncs,
                            via.quiet, via.asked_top, via.synced_at, via.wants_sync, via.chance,
                            via.later, via.next, deadlines_.at(via.timer), via.low_told});
  for (number n = c.base; n < c.top(); ++n) {
    const slot& s = c.at(n);
    if (!s.owed() || (s.deliveries() == 0 && s.why == reason::none)) continue;
    auto& held = r.slots.emplace_back();
    held.at = n;
    held.why = s.why;
    for (std::size_t i = 0; i < s.deliveries(); ++i)
      held.cells.push_back(detail::session_of(s.delivery(i)));
  }
  return r;
}

template <an_environment Env>
void server<Env>::restore_endpoints(const record::session_endpoints& r) {
  detail::destination& d = destinations_[r.destination];
  for (const record::seen_endpoint& one : r.endpoints)
    d.endpoints.push_back(
        {one.address, one.memory, one.attached, one.body_only,
         duty::round_trip::of(one.measured, static_cast<std::int64_t>(one.smoothed),
                              static_cast<std::int64_t>(one.deviation)),
         one.brief, shared_value(one.key_id), one.plain, ++sessions_});
}

/// The conversation goes on: nothing is asked anew, and no timer begins again.
template <an_environment Env>
bool server<Env>::restore_session(const record::session_conversation& r) {
  auto found = conversations_.find({r.name, r.peer});
  if (found == conversations_.end()) return false;
  conversation& c = found->second;
  c.age = r.age;
  ages_ = std::max(ages_, r.age);
  c.reply_to.set(r.reply_to);
  c.asked = r.asked;
  c.syncs = r.syncs;
  c.heard = r.heard;
  c.heard_key = key_ids_(r.heard_key);
  c.answered = r.answered;
  while (c.top() < r.top && c.slots.size() < limits_.window) c.slots.emplace_back(spare_);
  for (number n = c.base; n < std::min(c.low, c.top()); ++n)
    if (c.at(n).is == duty::custody::state::unknown) c.at(n).is = duty::custody::state::closed;
  for (const range& span : r.to_say)
    for (number n = span.first; n <= span.last; ++n)
      if (c.holds(n))
        tell(c, n, c.at(n));
      else
        c.to_say.add(n);
  if (r.say_at != never) deadlines_.arm(c.say_timer, r.say_at, {due_of(c), 0});
  for (const record::session_channel& held : r.channels) {
    channel& via = c.channels[held.address];
    via.asked = held.asked;
    via.asked_as = held.asked_as;
    via.settled = held.settled;
    via.limit = held.limit;
    via.next = held.next;
    via.syncs = held.syncs;
    via.quiet = held.quiet;
    via.asked_top = held.asked_top;
    via.synced_at = held.synced_at;
    via.wants_sync = held.wants_sync;
    via.chance = held.chance;
    via.later = held.later;
    via.low_told = held.low_told;
    if (const endpoint* to = endpoint_at(c, held.address)) via.session = to->session;
    if (held.due != never) deadlines_.arm(via.timer, held.due, {due_of(c, via, held.address), 0});
  }
  for (const record::session_slot& held : r.slots) {
    if (!c.holds(held.at) || !c.at(held.at).owed()) continue;
    slot& s = c.at(held.at);
    s.why = held.why;
    std::vector<record::sent_to> durable;
    for (std::size_t i = 0; i < s.deliveries(); ++i)
      durable.push_back({s.delivery(i).endpoint(), s.delivery(i).key_id()});
    s.drop_deliveries(shared_value(detail::custody_manner{s.along->how, {}, {}}));
    for (const record::session_cell& one : held.cells)
      if (const cell to = cell_of(s, one.endpoint, true)) detail::take_up(one, to);
    for (const record::sent_to& one : durable) {
      const cell again = cell_of(s, one.endpoint, true);
      if (!again) continue;
      again.mark_sent();
      set_key(s, again, *one.key_id);
    }
  }
  return true;
}

template <an_environment Env>
void server<Env>::peer_is(const std::string& peer, const memory_name& memory,
                          std::uint32_t conversations_elsewhere, std::uint64_t octets_elsewhere) {
  detail::server_peer& row = peers_[peer];
  row.memory = memory;
  row.conversations_elsewhere = conversations_elsewhere;
  row.octets_elsewhere = octets_elsewhere;
}

template <an_environment Env>
void server<Env>::all_hold(std::uint64_t in_all) noexcept {
  octets_elsewhere_ = in_all - std::min(in_all, octets_);
}

template <an_environment Env>
std::map<std::string, std::uint64_t> server<Env>::octets_by_conversation() const {
  std::map<std::string, std::uint64_t> out;
  for (const auto& [key, c] : conversations_)
    out.emplace(record::key_of("vc", key.peer, key.name), c.octets);
  return out;
}

template <an_environment Env>
void server<Env>::swap_answers(const std::string& peer, duty::bucket& with) {
  if (auto known = peers_.find(peer); known != peers_.end()) std::swap(known->second.answers, with);
}

template <an_environment Env>
std::optional<server_outputs> server<Env>::evict(const std::string& peer,
                                                 const conversation_name& name, instant now) {
  auto found = conversations_.find({name, peer});
  now_ = now;
  if (found == conversations_.end() || in_custody(found->second)) return std::nullopt;
  return batch([&] { forget_conversation(found->second); }, now);
}

template <an_environment Env>
void server<Env>::detach_all() {
  std::vector<shared_text> there;
  for (const auto& [name, d] : destinations_)
    for (const endpoint& one : d.endpoints)
      if (one.is_there()) there.push_back(one.address);
  for (const shared_text& address : there) detach(address);
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
