// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_RECEIVER_RECEIVE_HPP
#define VIDIMUS_ROLE_RECEIVER_RECEIVE_HPP

#include "../check/core_only.hpp"
#include "receiver.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Order of work: shape (by the adapter), scope, key, code, memory; only then state
/// (protocol.md, flood.order).
template <an_environment Env>
void receiver<Env>::take(const incoming& stanza) {
  if (stanza.malformed) return env_->watch.noticed(notice::malformed);
  if (stanza.copy_or_error) return env_->watch.noticed(notice::copy_or_error);
  if (header_of(stanza.what).brief.empty()) return take_whole(stanza);
  incoming whole = stanza;
  if (!limits_.brief || !resolve(whole)) return env_->watch.noticed(notice::unresolved);
  take_whole(whole);
}

template <an_environment Env>
void receiver<Env>::take_whole(const incoming& stanza) {
  const route& along = *header_of(stanza.what).conversation.along;
  if (!same_text(along.destination, self_)) return env_->watch.noticed(notice::not_ours);
  if (!is_bare_of(along.relay, stanza.from) || !env_->keys.speaks_for(along.relay, along.origin))
    return env_->watch.noticed(notice::not_in_scope);
  if (auto* c = std::get_if<check>(&stanza.what)) return take_check(stanza, *c);
  if (auto* s = std::get_if<sync>(&stanza.what)) return take_sync(stanza, *s);
  env_->watch.noticed(notice::not_ours);
}

template <an_environment Env>
bool receiver<Env>::admits(finding said) {
  if (said == finding::unknown_key) env_->watch.noticed(notice::unknown_key);
  if (said == finding::wrong_code) env_->watch.noticed(notice::wrong_code);
  return said == finding::valid;
}

/// The relay's row; made, and durable, with the first element whose code was valid.
template <an_environment Env>
detail::receiver_peer& receiver<Env>::known_peer(const std::string& relay) {
  if (latest_peer_.get() != nullptr && same_text(latest_peer_.get()->first, relay))
    return latest_peer_.get()->second;
  auto [at, fresh] = peers_.try_emplace(relay);
  if (fresh) {
    at->second.memory = fresh_name<memory_name>(env_->entropy);
    emit(out::persist(record::receiver_peer{relay, at->second.memory}));
  }
  return latest_peer_.set(&*at)->second;
}

template <an_environment Env>
auto receiver<Env>::find(const conversation_name& name) -> conversation* {
  if (latest_.get() != nullptr && latest_.get()->held.name == name) return latest_.get();
  auto at = conversations_.find(name);
  return at == conversations_.end() ? nullptr : latest_.set(&at->second);
}

/// Room for one more conversation of this relay, by forgetting the oldest in which nothing waits
/// for the application. What was forgotten could be replayed: the memory gets a new name.
template <an_environment Env>
bool receiver<Env>::evict_for(const std::string& relay) {
  conversation* oldest = nullptr;
  for (auto& [name, c] : conversations_) {
    if (*c.held.peer != relay || !c.held.handed.empty()) continue;
    if (oldest == nullptr ||
        std::pair(!c.held.closed, c.age) < std::pair(!oldest->held.closed, oldest->age))
      oldest = &c;
  }
  if (oldest == nullptr) return false;
  say_all(*oldest);  // under the memory that it was taken in
  if (saves_later_) save_changed();
  detail::receiver_peer& row = peers_.find(relay)->second;
  row.memory = fresh_name<memory_name>(env_->entropy);
  --row.conversations;
  emit(out::persist(record::receiver_peer{relay, row.memory}));
  emit(out::forget(oldest->held.row()));
  deadlines_.disarm(oldest->timer);
  latest_.forget();
  conversations_.erase(conversation_name(oldest->held.name));
  front_ = batch_.size();
  return true;
}

template <an_environment Env>
bool receiver<Env>::has_room(const std::string& relay) {
  return known_peer(relay).conversations < limits_.conversations_per_peer;
}

template <an_environment Env>
auto receiver<Env>::open(const incoming& stanza, const header& head) -> conversation* {
  const conversation_name& name = head.conversation;
  if (conversation* known = find(name)) {
    known->reply_to.set(stanza.from);
    note_form(*known, head);
    return known;
  }
  const std::string& relay = name.along->relay;
  detail::receiver_peer& row = known_peer(relay);
  if (!has_room(relay)) {
    env_->watch.noticed(notice::table_full);
    evict_for(relay);
    return nullptr;
  }
  ++row.conversations;
  conversation& c = conversations_[name];
  c.held.peer = shared_text(relay);
  c.held.name = name;
  c.reply_to.set(stanza.from);
  c.age = ++ages_;
  save(c);
  return &c;
}

/// Low2 and void numbers only close what the application does not have (protocol.md, low.two).
/// True if anything changed.
template <an_environment Env>
bool receiver<Env>::raise_low(conversation& c, number low, const ranges& voids) {
  bool changed = false;
  if (limits_.ordered) note_voids(c, voids);
  while (!c.early.empty() && c.early.begin()->first < low)
    feed(c, c.early.begin()->first, input::passed, {});
  for (number n : std::vector(c.offered))
    if (n < low || voids.contains(n)) {
      feed(c, n, input::passed, {});
      changed = true;
    }
  if (low <= c.held.low || low > number_max) return changed;
  for (const range& r : c.held.delivered)
    if (r.first < low) feed(c, r.first, input::passed, {});
  for (const auto& one : c.held.refused)
    if (one.at < low) feed(c, one.at, input::passed, {});
  for (const auto& one : c.held.handed)
    if (one.at < low) feed(c, one.at, input::passed, {});
  for (const range& r : c.held.skipped)
    if (r.first < low) feed(c, r.first, input::passed, {});
  c.held.low = low;
  if (limits_.ordered) c.held.next = std::max(c.held.next, low);
  c.held.skipped.drop_below(low);
  c.held.delivered.drop_below(low);
  erase_if(c.held.refused, [low](const auto& one) { return one.at < low; });
  erase_if(c.held.ends, [low](const auto& one) { return one.at < low; });
  return true;
}

template <an_environment Env>
void receiver<Env>::take_check(const incoming& stanza, const check& e) {
  const std::string& relay = e.head.conversation.along->relay;
  arrival at;
  finding said;
  const auto body = codes_.admit(e, purpose::deliver, relay, stanza.body, at.of_body, said);
  if (!admits(said)) {
    if (said == finding::wrong_code) say_altered(stanza, e, at.of_body);
    return;
  }
  if (known_peer(relay).memory != e.head.memory) {
    env_->watch.noticed(notice::other_memory);
    return say_challenge(stanza, e.head, purpose::deliver);
  }
  if (!admits_second(e, at)) return say_altered(stanza, e, at.of_body);
  conversation* c = open(stanza, e.head);
  if (c == nullptr) {
    if (known_peer(relay).memory != e.head.memory)
      return say_challenge(stanza, e.head, purpose::deliver);
    receipt r;
    r.refused.push_back({e.at, reason::busy, 30});
    return say(e.head.conversation, stanza.from, std::move(r));
  }
  if (raise_low(*c, e.low, e.voids)) save(*c);
  if (limits_.ordered) settle(*c);
  if (e.at > credit_of(*c)) return env_->watch.noticed(notice::out_of_window);
  const state is = state_of(*c, e.at);
  if (is == state::closed) return say_status(*c, e.at);
  // low2 does not wait for the application: what lies with it is counted as well
  if (is == state::unknown && c->held.handed.size() >= limits_.window)
    return env_->watch.noticed(notice::out_of_window);
  bool same = true;
  if (const auto* one = detail::find_handed(c->held, e.at)) same = one->content == at.of_body;
  if (auto held = c->early.find(e.at); held != c->early.end())
    same = held->second.of_body == at.of_body;
  if (same) note_key(*c, e.at, e.head.key_id);
  at.message = &e;
  at.body = &*body;
  const reason no = objection(e, stanza.body, at);
  if (no != reason::none) at.why = no;
  feed(*c, e.at, is, letter_of(*c, e.at, is, same, no == reason::none, stanza.body), at);
  if (limits_.ordered) settle(*c);
}

/// Whoever holds a key for the origin takes nothing of that origin without a valid second code.
/// The answer is that of an altered message, under the key of the hop: it tells nothing of the key
/// between the ends, changes no state, and lets a later attempt succeed (protocol.md, end.refuse).
template <an_environment Env>
bool receiver<Env>::admits_second(const check& e, arrival& at) {
  const std::string& origin = e.head.conversation.along->origin;
  if (!codes_.end_to_end(origin)) return true;
  if (e.second.empty() || codes_.verify_second(e, origin, at.of_body) != finding::valid) {
    env_->watch.noticed(notice::wrong_second);
    return false;
  }
  at.proof = codes_.delivery_proof(e, origin, at.of_body);
  return at.proof.has_value();
}

/// Why this endpoint cannot take the message: it asks for more than the endpoint verifies
/// (protocol.md, endpoint.able), or is larger than its receipts say. `none` if it can.
template <an_environment Env>
reason receiver<Env>::objection(const check& e, const content& body, const arrival& at) const {
  const bool end_to_end = !e.second.empty() || (e.flags & check::sealed) != 0;
  if (end_to_end && !at.proof) return reason::unsupported;
  if (limits_.body_only && !is_core_only(body.canonical)) return reason::unsupported;
  const std::size_t size = body.whole ? body.whole->size() : 0;
  return size > limits_.payload_octets_max ? reason::too_large : reason::none;
}

/// Under the current memory a sync raises low2; under another, or none, it only asks.
template <an_environment Env>
void receiver<Env>::take_sync(const incoming& stanza, const sync& e) {
  const std::string& relay = e.head.conversation.along->relay;
  if (!admits(codes_.verify(e, purpose::deliver_sync, relay))) return;
  const bool ours = known_peer(relay).memory == e.head.memory;
  // a question never makes room for itself: two that do would chase each other for ever
  const bool opens = ours && has_room(relay);
  conversation* c = opens ? open(stanza, e.head) : find(e.head.conversation);
  if (ours && c != nullptr) {
    if (raise_low(*c, e.low, e.voids)) save(*c);
    if (limits_.ordered) settle(*c);
  }
  shared_text to = c != nullptr ? c->reply_to : shared_text();
  to.set(stanza.from);
  number first = std::max<number>(e.low, 1);
  receipt r;
  const auto send = [&](number last) {
    r.answers = e.asks;
    r.limit = c != nullptr ? credit_of(*c) : credit_from(e.low);
    r.covered = {first, last};
    r.body_only = limits_.body_only;
    say(e.head.conversation, to, std::exchange(r, {}));
    first = last + 1;
  };
  // the window bounds the walk, whatever the peer asks for: beyond it nothing is held
  const number top = std::max(e.top, first);
  const number end = std::min(top + 1, first + limits_.window);
  if (c != nullptr)
    for (number n = first; n < end; ++n) {
      if (r.full()) send(n - 1);
      append_status(*c, n, r);
    }
  send(top);
  if (ours && c != nullptr && *c->reply_to == stanza.from) {
    c->to_say.drop({1, end - 1});
    if (c->to_say.empty()) deadlines_.disarm(c->say_timer);
  }
}

template <an_environment Env>
void receiver<Env>::say_challenge(const incoming& stanza, const header& head, purpose cause) {
  const std::string& relay = head.conversation.along->relay;
  detail::receiver_peer& row = known_peer(relay);
  if (!row.answers.take(limits_.answers_per_peer, now_))
    return env_->watch.noticed(notice::rate_limited);
  challenge e;
  e.head.conversation = head.conversation;
  e.head.memory = row.memory;
  e.cause = cause;
  transmit(stanza.from, e, purpose::deliver_challenge, relay);
}

template <an_environment Env>
void receiver<Env>::say_altered(const incoming& stanza, const check& e, const digest& received) {
  const std::string& relay = e.head.conversation.along->relay;
  auto known = peers_.find(relay);
  if (known == peers_.end()) return;  // nothing is stored for what was not authenticated
  if (!known->second.answers.take(limits_.answers_per_peer, now_) ||
      !answers_.take(limits_.answers_in_all, now_))
    return env_->watch.noticed(notice::rate_limited);
  const auto print =
      codes_.fingerprint(e, purpose::deliver, purpose::deliver_altered, relay, received);
  if (!print) return;
  receipt r;
  r.altered.push_back({e.at, e.code.first_octets(), *print, e.attempt,
                       part_prints(codes_, e, purpose::deliver, purpose::deliver_altered, relay,
                                   stanza.body.canonical)});
  say(e.head.conversation, stanza.from, std::move(r), false);
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
