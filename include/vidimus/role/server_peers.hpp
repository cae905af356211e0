// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_SERVER_PEERS_HPP
#define VIDIMUS_ROLE_SERVER_PEERS_HPP

#include "server.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// The peer's row; made, and durable, with the first element whose code was valid.
template <an_environment Env>
detail::server_peer& server<Env>::known_peer(const std::string& peer) {
  auto [at, fresh] = peers_.try_emplace(peer);
  if (fresh) {
    at->second.memory = fresh_name<memory_name>(env_->entropy);
    emit(out::persist(record::server_peer{peer, at->second.memory}));
  }
  return at->second;
}

/// The same, by way of the conversation if it is known: rows of peers stay.
template <an_environment Env>
detail::server_peer& server<Env>::peer_of(const header& head, const std::string& peer) {
  const conversation* c = find(head, peer);
  return c != nullptr ? *c->row : known_peer(peer);
}

/// An element whose code is valid, but under another memory than ours, has no effect: it is
/// answered by a challenge (protocol.md, name.memory).
template <an_environment Env>
bool server<Env>::under_memory(const incoming& stanza, const header& head, const std::string& peer,
                               purpose cause) {
  detail::server_peer& known = peer_of(head, peer);
  if (head.memory == known.memory) return true;
  env_->watch.noticed(notice::other_memory);
  if (!known.answers.take(limits_.answers_per_peer, now_)) {
    env_->watch.noticed(notice::rate_limited);
    return false;
  }
  challenge e;
  e.head.conversation = head.conversation;
  e.head.memory = known.memory;
  e.cause = cause;
  transmit(stanza.from, e, purpose::challenge, peer);
  return false;
}

template <an_environment Env>
auto server<Env>::find(const header& head, const std::string& peer) -> conversation* {
  conversation* c = latest_.get();
  if (c != nullptr && c->key.name == head.conversation && same_text(c->key.peer, peer)) return c;
  auto at = conversations_.find(detail::custody_view{head.conversation, peer});
  return at == conversations_.end() ? nullptr : latest_.set(&at->second);
}

/// Something was forgotten that a replay could exploit: the memory gets a new name, durably, before
/// anything else is told (protocol.md, name.memory).
template <an_environment Env>
void server<Env>::rename(const std::string& peer) {
  detail::server_peer& row = known_peer(peer);
  row.memory = fresh_name<memory_name>(env_->entropy);
  emit(out::persist(record::server_peer{peer, row.memory}));
}

/// Room for one more conversation of this peer, by forgetting the oldest in which nothing is in
/// custody. What was forgotten could be replayed: the memory gets a new name. False: nothing can be
/// forgotten.
template <an_environment Env>
bool server<Env>::evict_for(const std::string& peer) {
  conversation* oldest = nullptr;
  const auto order = [](const conversation& c) { return std::pair(!c.closed, c.age); };
  for (auto& [key, c] : conversations_)
    if (key.peer == peer && !in_custody(c) && (oldest == nullptr || order(c) < order(*oldest)))
      oldest = &c;
  if (oldest == nullptr) return false;
  forget_conversation(*oldest);
  return true;
}

/// Nothing of it is in custody.
template <an_environment Env>
void server<Env>::forget_conversation(conversation& c) {
  const detail::custody_key key = c.key;
  rename(key.peer);
  --peers_.find(key.peer)->second.conversations;
  for (number n = c.base; n < c.top(); ++n) {
    drop_payload(c, c.at(n));
    if (c.at(n).is != duty::custody::state::unknown) forget("vr", c.peer, key.name, n);
  }
  forget("vc", c.peer, key.name);
  for (auto& [address, via] : c.channels) deadlines_.disarm(via.timer);
  deadlines_.disarm(c.say_timer);
  std::erase(touched_, &c);
  latest_.forget();
  delivered_.forget();
  conversations_.erase(key);
}

/// Something that must not be forgotten: a message held, or owed to a destination; or that one left
/// plainly, while its sender may submit it again (protocol.md, plain.once).
template <an_environment Env>
bool server<Env>::in_custody(const conversation& c) const {
  using state = duty::custody::state;
  return c.owed > 0 || std::any_of(c.slots.begin(), c.slots.end(), [&](const slot& s) {
           return s.is == state::verified || (s.is == state::passed && now_ < s.expires);
         });
}

/// A number follows its sender to a new key as soon as its own is not current here any more; so a
/// copy of an old element takes it back to none (protocol.md, key.remove).
template <an_environment Env>
void server<Env>::note_key(conversation& c, number n, const key_name& key_id) {
  slot& s = c.at(n);
  if (!s.unfinished() || s.how().key_id == key_id) return;
  const auto now = env_->keys.current(c.key.peer);
  if (now && s.how().key_id == now->key_id) return;
  const manner& how = s.how();
  name_first(s, manners_(manner_view{how.type, how.cover, key_id, how.lifetime_s}),
             s.along->endpoint, s.along->key_id);
  save(c, n, s);
}

template <an_environment Env>
key_uses server<Env>::keys_in_use() const {
  key_uses out;
  for (const auto& [key, c] : conversations_)
    for (const slot& s : c.slots) {
      if (s.unfinished() && !s.how().key_id.empty()) out.insert({key.peer, s.how().key_id});
      if (!s.owed()) continue;
      for (std::size_t i = 0; i < s.deliveries(); ++i) {
        const cell to = s.delivery(i);
        if (to.sent() && !duty::delivery::table.is_end(to.is()) && !to.key_id().empty())
          out.insert({key.name.along->destination, *to.key_id()});
      }
    }
  return out;
}

template <an_environment Env>
bool server<Env>::has_room(const std::string& peer) {
  const detail::server_peer& row = known_peer(peer);
  return row.conversations + row.conversations_elsewhere < limits_.conversations_per_peer;
}

/// The conversation, opened if need be. Null: refused for want of room, or the memory was renamed
/// to make room; then the element is answered like any under another memory.
template <an_environment Env>
auto server<Env>::open(const incoming& stanza, const header& head, const std::string& peer)
    -> conversation* {
  if (conversation* known = find(head, peer)) {
    if (known->reply_to->size() == known->key.peer.size()) known->reply_to.set(stanza.from);
    note_form(*known, head);
    return known;
  }
  detail::server_peer& row = known_peer(peer);
  if (!has_room(peer)) {
    env_->watch.noticed(notice::table_full);
    lacked_room_ = true;
    if (evict_for(peer)) under_memory(stanza, head, peer, purpose::sync);
    return nullptr;
  }
  ++row.conversations;
  const detail::custody_key key{head.conversation, peer};
  delivered_.forget();
  conversation& c = conversations_[key];
  c.key = key;
  c.peer = shared_text(peer);
  c.age = ++ages_;
  c.reply_to.set(stanza.from);
  c.row = &row;
  c.limit = credit_of(c, c.base);
  save(c, c.base);
  return &c;
}

template <an_environment Env>
number server<Env>::credit_of(const conversation& c, number base) const {
  return std::max(c.limit, std::min(base + limits_.window - 1, number_max));
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
