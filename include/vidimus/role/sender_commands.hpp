// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_SENDER_COMMANDS_HPP
#define VIDIMUS_ROLE_SENDER_COMMANDS_HPP

#include "sender.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// The current conversation with a destination takes no more messages.
template <an_environment Env>
void sender<Env>::stop_taking(typename currents::iterator at) {
  conversation& c = conversations_.find(at->second)->second;
  c.closing = true;
  touch(c);
  current_.erase(at);
}

/// Room for one more conversation: one with nothing unfinished ends, and the server is told.
template <an_environment Env>
bool sender<Env>::close_idle() {
  for (auto at = current_.begin(); at != current_.end(); ++at) {
    conversation& c = conversations_.find(at->second)->second;
    if (!c.slots.empty() || (!link_up_ && !c.memory.empty())) continue;
    stop_taking(at);
    return true;
  }
  return false;
}

template <an_environment Env>
auto sender<Env>::open(const std::string& destination) -> conversation* {
  if (conversations_.size() >= limits_.conversations_max && !close_idle()) return nullptr;
  const auto id = fresh_name<conversation_id>(env_->entropy);
  conversation& c = conversations_[id];
  c.name = {make_route(self_, destination, relay_), id};
  c.memory = relay_memory_;
  c.limit = credit_at_first;
  c.vary(id.view());
  current_[destination] = id;
  return &c;
}

template <an_environment Env>
result<submitted> sender<Env>::submit(const outgoing& message, instant now) {
  if (!is_bare_address(message.destination)) return errc::bad_address;
  if (!is_message_type(message.type)) return errc::unsupported;
  if (message.lifetime_s == 0 || message.lifetime_s > limits_.lifetime_max_s)
    return errc::bad_lifetime;
  const std::size_t size = message.body.whole ? message.body.whole->size() : 0;
  if (size > limits_.payload_octets_max) return errc::too_large;
  auto key = env_->keys.current(relay_);
  if (!key) return errc::no_key;
  conversation* c = find_current(message.destination);
  const bool fresh = c == nullptr;
  if (!fresh) {
    if (c->slots.size() >= limits_.unfinished_max) return errc::window_full;
    if (c->octets_max != 0 && size > c->octets_max) return errc::too_large;
  }
  begin(now);
  if (fresh) c = open(message.destination);
  if (c == nullptr) return errc::too_many_conversations;
  used_ = true;
  const number n = c->top();
  slot& s = c->slots.emplace_back(spare_);
  const auto ends = codes_.end_to_end(message.destination);
  s.end_to_end = ends.has_value();  // for good: no later change of keys takes the code away
  const bool sealed = ends && ends->sealed;
  s.flags = static_cast<std::uint8_t>(
      (message.report ? check::report : 0) | (sealed ? check::sealed : 0) |
      (message.plain && !ends ? check::plain : 0) | (message.all ? check::all : 0) |
      (message.conditional && !sealed ? check::conditional : 0));
  s.expires = now + seconds(message.lifetime_s);
  s.content = codes_.digest_of(message.body.canonical);
  s.how = manners_(manner_view{message.type, message.cover, key->key_id, message.lifetime_s});
  s.payload = message.body.whole;
  ++unfinished_;
  touch(*c);
  if (fresh) save(*c);
  persist([&] { return record::payload{'s', {}, c->name, n, s.payload}; });
  save(*c, n, s);
  set_time(*c, n, s, s.expires);
  release_parked(*c);
  message_name name = name_of(*c, n);
  finish();
  return submitted{std::move(name), end_batch()};
}

template <an_environment Env>
result<sender_outputs> sender<Env>::withdraw(const message_name& name, instant now) {
  auto at = conversations_.find(name.in.id);
  if (at == conversations_.end() || !(at->second.name == name.in) || !at->second.owns(name.at))
    return errc::unknown_name;
  conversation& c = at->second;
  if (detail::is_end(c.at(name.at).is)) return errc::already_ended;
  return batch(
      [&] {
        c.at(name.at).why = reason::withdrawn;
        feed(c, name.at, input::withdraw);
      },
      now);
}

/// What was submitted goes on (protocol.md, name.close).
template <an_environment Env>
sender_outputs sender<Env>::close(const std::string& destination, instant now) {
  return batch(
      [&] {
        const auto at = current_.find(destination);
        if (at != current_.end()) stop_taking(at);
      },
      now);
}

template <an_environment Env>
sender_outputs sender<Env>::link_restored(instant now) {
  return batch(
      [&] {
        used_ = true;
        link_up_ = true;
        path_.forget();
        for (auto& [id, c] : conversations_)
          if (!c.slots.empty() || c.is_over()) {
            touch(c);
            c.quiet = 0;
            for (slot& s : c.slots) s.sent_at = long_ago;
            if (!c.slots.empty()) send_sync(c);
          }
      },
      now);
}

template <an_environment Env>
sender_outputs sender<Env>::link_lost(instant now) {
  return batch(
      [&] {
        used_ = true;
        link_up_ = false;
        for (auto& [id, c] : conversations_) {
          touch(c);
          c.asked = {};
        }
      },
      now);
}

template <an_environment Env>
void sender<Env>::adopt_message(const record::sender_message& r, bool last_durable,
                                payload_ref payload) {
  conversation& c = conversations_.find(r.name.id)->second;
  if (r.is == record::stage::ended) {
    if (r.ended != outcome::delivered && r.ended != outcome::executed && !c.voids.contains(r.at)) {
      c.voids.add(r.at);
      save(c);
    }
    emit(out::report{{c.name, r.at}, r.ended, r.why, true});
    erase(c, r.at);
    if (c.slots.empty()) c.base = r.at + 1;  // records come in order: all below has ended
    return;
  }
  if (c.slots.empty()) c.base = r.at;
  while (c.top() <= r.at) {
    slot& gap = c.slots.emplace_back(spare_);
    gap.is = duty::submission::state::failed;  // ended in an earlier life, and reported then
    gap.known = false;
  }
  slot& s = c.at(r.at);
  s = slot{};
  const bool commands = (r.flags & check::conditional) != 0;
  s.is = detail::state_after(r.is, last_durable, commands);
  s.why = r.why;
  s.exposed = r.exposed || !last_durable;
  s.flags = r.flags;
  s.expires = r.expires;
  s.content = r.content;
  s.how = manners_(manner_view{r.how->type, r.how->cover, r.how->key_id, r.lifetime_s});
  s.end_to_end = r.end_to_end;
  s.payload = std::move(payload);
  // decided from now on: it may have been, or will be with the next transmission
  if (!last_durable || detail::stage_of(s.is) != r.is) save(c, r.at, s);
  ++unfinished_;
  s.in_grace = r.is == record::stage::expiring;
  set_time(c, r.at, s, s.in_grace ? now_ + limits_.grace : s.expires);
}

namespace detail {
/// Whether the unfinished numbers of a conversation lie as close as all did that were stored under
/// these limits.
inline bool within(const std::map<number, record::sender_message>& messages, std::uint32_t most) {
  number first = 0;
  for (const auto& [n, m] : messages) {
    if (m.is == record::stage::ended) continue;
    if (first == 0) first = n;
    if (n - first >= most) return false;
  }
  return true;
}
}  // namespace detail

template <an_environment Env>
result<sender_outputs> sender<Env>::restore(const std::vector<stored>& records, bool last_durable,
                                            instant now) {
  if (used_) return errc::not_fresh;
  std::map<std::string, payload_ref> payloads;
  std::map<std::string, std::map<number, record::sender_message>> messages;
  std::vector<record::sender_conversation> lives;
  for (const stored& one : records) {
    const auto kind = image::kind_of(one.image);
    if (!kind) return kind.error();
    if (auto p = image::load<record::payload>(one.image)) {
      payloads[p->key()] = std::move(p->held);
    } else if (auto m = image::load<record::sender_message>(one.image)) {
      messages[record::row_name{"sc", {}, m->name}.key()].emplace(m->at, std::move(*m));
    } else if (auto c = image::load<record::sender_conversation>(one.image)) {
      lives.push_back(std::move(*c));
    } else {
      return errc::bad_image;
    }
  }
  for (const auto& [key, numbers] : messages)
    if (!detail::within(numbers, limits_.unfinished_max)) return errc::beyond_limits;
  return batch(
      [&] {
        used_ = true;
        for (auto& life : lives) {
          conversation& c = conversations_[life.name.id];
          c.name = life.name;
          c.past = true;
          c.memory = life.memory;
          c.voids = life.voids;
          for (auto& [n, m] : messages[life.key()]) {
            const auto held = payloads.find(record::payload_row('s', {}, m.name, n).key());
            adopt_message(m, last_durable, held == payloads.end() ? nullptr : held->second);
            if (held != payloads.end()) payloads.erase(held);
          }
          touch(c);  // nothing unfinished in it: settled as closed
        }
        // a payload whose message never became durable: the submission was not accepted
        for (auto& [key, payload] : payloads) emit(out::forget(key));
      },
      now);
}

template <an_environment Env>
key_uses sender<Env>::keys_in_use() const {
  key_uses out;
  for (const auto& [id, c] : conversations_)
    for (const slot& s : c.slots)
      if (!detail::is_end(s.is) && !s.how->key_id.empty()) out.insert({relay_, s.how->key_id});
  return out;
}

template <an_environment Env>
void sender<Env>::append_state(octets& to) const {
  writer w(to);
  w.u8(static_cast<octet>(relay_brief_ << 1 | link_up_));
  w.raw(relay_memory_.view());
  w.sized(relay_key_);
  for (const auto& [id, c] : conversations_) {
    w.raw(id.view());
    w.u64(c.commanded);
    w.u8(static_cast<octet>(c.closing << 4 | c.told << 3 | c.past << 2 | (c.timer != 0) << 1 |
                            c.wants_sync));
    w.u64(c.next);
    w.raw(c.memory.view());
    w.u64(c.base);
    w.u64(c.limit);
    w.u64(c.low_told);
    w.raw(c.asked.view());
    w.u32(c.syncs);
    for (const range& r : c.voids) {
      w.u64(r.first);
      w.u64(r.last);
    }
    w.u32(static_cast<std::uint32_t>(c.slots.size()));
    number n = c.base;
    for (const slot& s : c.slots) {
      w.u8(static_cast<octet>(s.is));
      w.u8(static_cast<octet>(s.why));
      w.u8(static_cast<octet>(s.in_grace << 3 | s.exposed << 2 | s.known << 1 | s.timed));
      w.u32(s.spoken_in);
      const auto altered = c.count_of(n++);
      w.u32(altered.attempts);
      w.u32(altered.counted);
      w.u32(altered.last_counted);
      w.raw(octets_view(altered.sent));
      w.raw(octets_view(altered.fingerprint));
      w.raw(octets_view(s.content).first(8));
      w.sized(s.how->key_id);
    }
  }
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
