// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_SERVER_RESTORE_HPP
#define VIDIMUS_ROLE_SERVER_RESTORE_HPP

#include "server.hpp"

namespace vidimus::inline VIDIMUS_ABI {

template <an_environment Env>
void server<Env>::restore_custody(conversation& c, const record::server_custody& r,
                                  payload_ref payload) {
  while (c.top() <= r.at) c.slots.emplace_back(spare_);
  slot& s = c.at(r.at);
  s.is = detail::state_of(r.is);
  s.why = r.why;
  s.flags = r.flags;
  s.expires = r.expires;
  s.time = r.hold_until;
  s.content = r.content;
  name_first(s, manners_(manner_view{r.how->type, r.how->cover, r.how->key_id, r.lifetime_s}), {},
             {});
  keep_payload(c, s, std::move(payload));
  s.set_ends(r.ends);
  s.core_only = r.core_only;
  for (const record::sent_to& to : r.sent) {
    const cell one = cell_of(s, to.endpoint, true);
    if (!one) continue;
    one.mark_sent();
    set_key(s, one, *to.key_id);
    one.set(s.owed() ? duty::delivery::state::asking : duty::delivery::state::dropped);
  }
  if (s.owed()) ++c.owed;
  if (s.is == duty::custody::state::voided && r.at >= c.low) c.voids.add(r.at);
  set_deadline(c, r.at, s, never);
}

namespace detail {
/// A message that may still have to be sent on.
constexpr bool needs_payload(record::custody_stage is) noexcept {
  return is == record::custody_stage::verified || is == record::custody_stage::executed ||
         is == record::custody_stage::unwatched;
}
}  // namespace detail

/// The rows in an order in which each finds what it belongs to.
template <an_environment Env>
struct server<Env>::rows {
  std::map<std::string, payload_ref> payloads;
  std::vector<record::server_peer> peers;
  std::vector<record::server_conversation> lines;
  std::vector<record::server_custody> numbers;
  std::vector<record::session_endpoints> endpoints;
  std::vector<record::session_conversation> sessions;

  /// Whether every number lies within a window of its conversation, as all did that were stored
  /// under these limits.
  bool within(std::uint32_t window) const {
    std::map<detail::custody_key, number> bases;
    for (const auto& line : lines) bases[{line.name, *line.peer}] = line.base;
    for (const auto& one : numbers)
      if (auto at = bases.find({one.name, *one.peer}); at != bases.end())
        if (one.at >= at->second && one.at - at->second >= window) return false;
    return true;
  }

  /// Sorts one image in; why not, if it cannot be read.
  std::optional<errc> add(octets_view in) {
    const auto kind = image::kind_of(in);
    if (!kind) return kind.error();
    if (auto p = image::load<record::payload>(in))
      payloads[p->key()] = std::move(p->held);
    else if (auto peer = image::load<record::server_peer>(in))
      peers.push_back(std::move(*peer));
    else if (auto line = image::load<record::server_conversation>(in))
      lines.push_back(std::move(*line));
    else if (auto n = image::load<record::server_custody>(in))
      numbers.push_back(std::move(*n));
    else if (auto e = image::load<record::session_endpoints>(in))
      endpoints.push_back(std::move(*e));
    else if (auto session = image::load<record::session_conversation>(in))
      sessions.push_back(std::move(*session));
    else
      return errc::bad_image;
    return std::nullopt;
  }
};

template <an_environment Env>
void server<Env>::restore_numbers(rows& from, bool last_durable) {
  for (record::server_custody& n : from.numbers) {
    // void may have been told since: it needs its command anew; endpoints are asked anew too
    const bool again = !last_durable && n.is == record::custody_stage::executed;
    if (again) {
      n.is = record::custody_stage::verified;
      n.sent.clear();
      if (n.hold_until == never) n.hold_until = now_ + limits_.hold_for;
      if ((n.flags & check::sealed) != 0) n.ends = {};  // it comes with the command
    }
    const auto held = from.payloads.find(record::payload_row('v', n.peer, n.name, n.at).key());
    const bool has = held != from.payloads.end();
    const auto line = conversations_.find({n.name, *n.peer});
    const bool known = line != conversations_.end();
    const bool lost = known && !has && detail::needs_payload(n.is);
    if (!known || lost || n.at < line->second.base) {
      emit(out::forget(n.row()));
      if (lost) rename(*n.peer);  // the store kept less than it said: that may be replayed
    } else {
      // the content of what has ended stays in the list of what is forgotten: a batch was cut off
      const bool stays = has && detail::needs_payload(n.is);
      restore_custody(line->second, n, stays ? held->second : nullptr);
      if (again) save(line->second, n.at, line->second.at(n.at));
      if (stays) from.payloads.erase(held);
    }
  }
  for (const auto& [key, payload] : from.payloads) emit(out::forget(key));
}

template <an_environment Env>
result<server_outputs> server<Env>::restore(const std::vector<stored>& records, bool last_durable,
                                            instant now) {
  if (used_) return errc::not_fresh;
  rows from;
  for (const stored& one : records)
    if (auto why = from.add(one.image)) return *why;
  if (!from.within(limits_.window)) return errc::beyond_limits;
  return batch(
      [&] {
        for (const record::server_peer& p : from.peers) {
          peers_[p.peer].memory = p.memory;
          if (!last_durable) rename(p.peer);
        }
        for (const auto& line : from.lines) restore_conversation(line);
        restore_numbers(from, last_durable);
        std::set<detail::custody_key> going_on;
        if (last_durable) {
          for (const auto& e : from.endpoints) restore_endpoints(e);
          for (const auto& s : from.sessions)
            if (restore_session(s)) going_on.insert({s.name, s.peer});
        }
        for (auto& [key, c] : conversations_) {
          note_owed(c);
          if (going_on.contains(key)) continue;
          for (number n = c.base; n < std::min(c.low, c.top()); ++n)
            if (!c.at(n).owed()) feed(c, n, input::low_passed);
          touch(c);
        }
        if (last_durable) return;
        for (const auto& e : from.endpoints)
          for (const auto& one : e.endpoints) {
            if (one.attached) attach(one.address);
            if (one.plain) set_plain(one.address);
          }
      },
      now);
}

template <an_environment Env>
void server<Env>::restore_conversation(const record::server_conversation& line) {
  const detail::custody_key key{line.name, *line.peer};
  delivered_.forget();
  conversation& c = conversations_[key];
  c.key = key;
  c.peer = line.peer;
  c.age = ++ages_;
  c.reply_to.set(line.name.along->origin);
  c.low = line.low;
  c.base = c.low2 = line.base;
  c.limit = line.limit;
  c.closed = line.closed;
  c.limit = credit_of(c, c.base);
  c.row = &known_peer(*line.peer);
  ++c.row->conversations;
}

template <an_environment Env>
void server<Env>::append_state(octets& to) const {
  writer w(to);
  for (const auto& [peer, row] : peers_) {
    w.raw(peer);
    w.raw(row.memory.view());
  }
  for (const auto& [name, d] : destinations_)
    for (const endpoint& one : d.endpoints) {
      w.raw(*one.address);
      w.raw(one.memory.view());
      w.u8(static_cast<octet>(one.path.measured() << 4 | one.plain << 3 | one.brief << 2 |
                              one.body_only << 1 | one.attached));
      w.sized(*one.key_id);
    }
  for (const auto& [key, c] : conversations_) {
    w.raw(key.name.id.view());
    w.raw(*c.reply_to);
    w.raw(c.heard.view());
    w.sized(*c.heard_key);
    w.raw(c.answered.view());
    for (number n : {c.low, c.base, c.limit}) w.u64(n);
    w.u8(c.closed);
    w.u32(c.syncs);
    for (const auto& [address, via] : c.channels) {
      if (!in_use(c, address, via)) continue;
      w.raw(address);
      w.raw(via.asked.view());
      w.u8(static_cast<octet>(via.settled << 2 | via.wants_sync << 1 | (via.timer != 0)));
      w.u64(via.limit);
      w.u64(via.low_told);
      w.u32(via.asked_as);
      w.u8(via.syncs > 0);
    }
    w.u32(static_cast<std::uint32_t>(c.slots.size()));
    for (const slot& s : c.slots) {
      w.u8(static_cast<octet>(s.is));
      w.u8(static_cast<octet>(s.why));
      w.raw(octets_view(s.content).first(8));
      w.sized(s.how().key_id);
      if (s.ends()) w.raw(s.ends()->code.view());
      for (std::size_t i = 0; i < s.deliveries(); ++i) {
        const cell one = s.delivery(i);
        w.raw(one.endpoint().view());
        w.sized(*one.key_id());
        w.u8(static_cast<octet>(static_cast<int>(one.is()) << 1 | one.sent()));
        w.u32(one.spoken_in());
        const auto altered = one.altered();
        for (std::uint32_t n : {altered.attempts, altered.counted, altered.last_counted}) w.u32(n);
        w.raw(octets_view(altered.fingerprint));
      }
    }
  }
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
