// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_SERVER_HOP1_HPP
#define VIDIMUS_ROLE_SERVER_HOP1_HPP

#include "../check/core_only.hpp"
#include "server.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Order of work: shape (by the adapter), scope, key, code, memory; only then state
/// (protocol.md, flood.order).
template <an_environment Env>
void server<Env>::take(const incoming& stanza) {
  if (stanza.malformed) return env_->watch.noticed(notice::malformed);
  if (stanza.copy_or_error) return env_->watch.noticed(notice::copy_or_error);
  if (header_of(stanza.what).brief.empty()) return take_whole(stanza);
  incoming whole = stanza;
  if (!limits_.brief || !resolve(whole)) return env_->watch.noticed(notice::unresolved);
  take_whole(whole);
}

template <an_environment Env>
void server<Env>::take_whole(const incoming& stanza) {
  const route& along = *header_of(stanza.what).conversation.along;
  if (!same_text(along.relay, self_)) return env_->watch.noticed(notice::not_ours);
  const bool from_receiver = std::holds_alternative<receipt>(stanza.what) ||
                             std::holds_alternative<challenge>(stanza.what);
  // mostly one speaks for itself
  const std::string_view from = bare(stanza.from);
  const bool is_end = same_text(from, from_receiver ? along.destination : along.origin);
  if (!is_end && !from_receiver) peer_ = from;
  const std::string& peer = is_end ? along.origin : peer_;
  const bool in_scope = from_receiver ? is_end : env_->keys.speaks_for(peer, along.origin);
  if (!in_scope) return env_->watch.noticed(notice::not_in_scope);
  progress_ = false;
  if (auto* c = std::get_if<check>(&stanza.what)) take_check(stanza, *c, peer);
  if (auto* e = std::get_if<execute>(&stanza.what)) take_execute(stanza, *e, peer);
  if (auto* w = std::get_if<vidimus::withdraw>(&stanza.what)) take_withdraw(stanza, *w, peer);
  if (auto* s = std::get_if<sync>(&stanza.what)) take_sync(stanza, *s, peer);
  if (!from_receiver) {
    // who changes something is no copy (protocol.md, reply.follows)
    conversation* c = progress_ ? find(header_of(stanza.what), peer) : nullptr;
    if (c != nullptr) c->reply_to.set(stanza.from);
    return;
  }
  if (auto* r = std::get_if<receipt>(&stanza.what)) return take_final_receipt(stanza, *r);
  take_final_challenge(stanza, std::get<challenge>(stanza.what));
}

template <an_environment Env>
bool server<Env>::admits(finding said) {
  if (said == finding::unknown_key) env_->watch.noticed(notice::unknown_key);
  if (said == finding::wrong_code) env_->watch.noticed(notice::wrong_code);
  return said == finding::valid;
}

/// Why a message whose code is valid cannot be taken; `none` if it can.
template <an_environment Env>
reason server<Env>::objection(const check& e, const content& body) const {
  const bool sealed = (e.flags & check::sealed) != 0;
  // the second code comes with the command, so there must be one, and not before
  if (sealed && (!e.second.empty() || (e.flags & check::conditional) != 0))
    return reason::malformed;
  // who asks for proof between the ends cannot do without it
  if ((e.flags & check::plain) != 0 && (sealed || !e.second.empty())) return reason::malformed;
  if (e.lifetime_s == 0 || e.lifetime_s > limits_.lifetime_max_s) return reason::not_allowed;
  const std::size_t size = body.whole ? body.whole->size() : 0;
  return size > limits_.payload_octets_max ? reason::too_large : reason::none;
}

/// S2: the re-check code is computed and compared before anything else is believed
/// (protocol.md, s2.verify).
template <an_environment Env>
void server<Env>::take_check(const incoming& stanza, const check& e, const std::string& peer) {
  digest received;
  finding said;
  const auto admitted = codes_.admit(e, purpose::submit, peer, stanza.body, received, said);
  if (!admits(said)) {
    if (said == finding::wrong_code) say_altered(stanza, e, peer, received);
    return;
  }
  if (!under_memory(stanza, e.head, peer, purpose::submit)) return;
  conversation* c = open(stanza, e.head, peer);
  if (c == nullptr) {
    if (known_peer(peer).memory == e.head.memory) say_busy(stanza, e, peer);
    return;
  }
  touch(*c);
  if (e.at < c->low) {  // whether or not something of it is still owed to the destination
    c->to_say.add(e.at);
    return;
  }
  if (e.at > c->limit) {
    env_->watch.noticed(notice::out_of_window);
    return say_busy(stanza, e, peer);
  }
  const bool fresh = !c->holds(e.at) || c->at(e.at).is == duty::custody::state::unknown;
  const reason no = objection(e, **admitted);
  if (fresh && no == reason::none && !has_octets(*c, size_of((*admitted)->whole), limits_)) {
    env_->watch.noticed(notice::table_full);
    return say_busy(stanza, e, peer, reason::no_space);
  }
  reach(*c, e.at);
  slot& s = c->at(e.at);
  const bool same = s.is == duty::custody::state::unknown || s.content == received ||
                    s.is == duty::custody::state::voided;
  const input letter =
      duty::custody::of_check(no == reason::none, same, (e.flags & check::conditional) != 0);
  if (s.is == duty::custody::state::unknown) {
    s.why = no;
    if (no == reason::none) hold(*c, e.at, e, **admitted, received);
  }
  if (same) note_key(*c, e.at, e.head.key_id);
  feed(*c, e.at, letter);
}

/// What custody of a message keeps; stored with the row that takes custody.
template <an_environment Env>
void server<Env>::hold(conversation& c, number n, const check& e, const content& body,
                       const digest& d) {
  slot& s = c.at(n);
  s.flags = e.flags;
  s.expires = now_ + seconds(e.lifetime_s);
  s.time = now_ + limits_.hold_for;
  s.content = d;
  name_first(s, manners_(manner_view{e.type, e.cover, e.head.key_id, e.lifetime_s}), {}, {});
  keep_payload(c, s, body.whole);
  s.set_ends(keep(e.second));
  s.core_only = is_core_only(body.canonical);
  persist([&] { return record::payload{'v', c.peer, c.key.name, n, s.payload}; });
}

template <an_environment Env>
void server<Env>::take_execute(const incoming& stanza, const execute& e, const std::string& peer) {
  if (!admits(codes_.verify(e, purpose::execute, peer))) return;
  if (!under_memory(stanza, e.head, peer, purpose::execute)) return;
  conversation* c = open(stanza, e.head, peer);
  if (c == nullptr) return;
  touch(*c);
  void_all(*c, e.voids);
  for (const range& r : e.numbers)
    for (number n = std::max(r.first, c->low); n <= std::min(r.last, c->limit); ++n) {
      reach(*c, n);
      note_key(*c, n, e.head.key_id);
      if (take_second(*c, n, e))
        feed(*c, n, input::execute);
      else
        tell(*c, n, c->at(n));
    }
  raise_low(*c, e.low);
}

/// The second code that a command carries, stored by the row that carries the command out. False:
/// the message is sealed, and its code is not there (protocol.md, end.sealed).
template <an_environment Env>
bool server<Env>::take_second(conversation& c, number n, const execute& e) {
  slot& s = c.at(n);
  if (s.is != duty::custody::state::verified || (s.flags & check::sealed) == 0) return true;
  const end_part* second = find_end(e.ends, n);
  if (second == nullptr) return false;
  s.set_ends(keep(second->held));
  return true;
}

template <an_environment Env>
void server<Env>::take_withdraw(const incoming& stanza, const vidimus::withdraw& e,
                                const std::string& peer) {
  if (!admits(codes_.verify(e, purpose::withdraw, peer))) return;
  if (!under_memory(stanza, e.head, peer, purpose::withdraw)) return;
  conversation* c = open(stanza, e.head, peer);
  if (c == nullptr) return;
  touch(*c);
  void_all(*c, e.numbers);
  raise_low(*c, e.low);
}

/// Numbers outside the window have no effect (protocol.md, credit.limit).
template <an_environment Env>
void server<Env>::void_all(conversation& c, const ranges& numbers) {
  for (const range& r : numbers)
    for (number n = std::max(r.first, c.low); n <= std::min(r.last, c.limit); ++n) {
      reach(c, n);
      slot& s = c.at(n);
      if (!s.sent() && s.is != duty::custody::state::voided) s.why = reason::withdrawn;
      feed(c, n, duty::custody::of_void(s.sent()));
    }
}

/// Makes room up to a number. What was never heard of and is below low1 already is closed: nothing
/// else would ever close it, and the window would wait for it.
template <an_environment Env>
void server<Env>::reach(conversation& c, number n) {
  while (c.top() <= n) {
    c.slots.emplace_back(spare_);
    if (const number last = c.top() - 1; last < c.low) feed(c, last, input::low_passed);
  }
}

template <an_environment Env>
void server<Env>::raise_low(conversation& c, number low) {
  if (low <= c.low || low > number_max) return;
  c.low = low;
  progress_ = true;
  // before any record below it goes: without a record a number is closed only below low
  save(c, c.base_at_low());
  for (number n = c.base; n < std::min(low, c.top()); ++n) feed(c, n, input::low_passed);
  c.voids.drop_below(low);
  pop_closed(c);
}

/// Under the current memory a sync raises low and voids; under another it only asks
/// (protocol.md, snapshot.replace).
template <an_environment Env>
void server<Env>::take_sync(const incoming& stanza, const sync& e, const std::string& peer) {
  if (!admits(codes_.verify(e, purpose::sync, peer))) return;
  const bool ours = peer_of(e.head, peer).memory == e.head.memory;
  // a question never makes room for itself: two that do would chase each other for ever
  const bool opens = ours && has_room(peer);
  conversation* c = opens ? open(stanza, e.head, peer) : find(e.head, peer);
  if (ours && c != nullptr) {
    if (c->is_new(e)) c->reply_to.set(stanza.from);
    touch(*c);
    raise_low(*c, e.low);
    void_all(*c, e.voids);
    c->to_say.drop({1, std::max(e.top, e.low)});  // the snapshot says it all
    if (e.close && c->slots.empty() && !c->closed) {
      c->closed = true;
      save(*c, c->base);
    }
  }
  shared_text to = c != nullptr ? c->reply_to : shared_text();
  to.set(stanza.from);
  say_snapshot(to, e, peer, c);
}

/// Computed from the stanza alone; nothing is kept of it (protocol.md, altered.stateless).
template <an_environment Env>
void server<Env>::say_altered(const incoming& stanza, const check& e, const std::string& peer,
                              const digest& received) {
  auto known = peers_.find(peer);
  if (known == peers_.end()) return;  // nothing is stored for what was not authenticated
  if (!known->second.answers.take(limits_.answers_per_peer, now_) ||
      !answers_.take(limits_.answers_in_all, now_))
    return env_->watch.noticed(notice::rate_limited);
  const auto print = codes_.fingerprint(e, purpose::submit, purpose::altered, peer, received);
  if (!print) return;
  receipt r;
  r.head.conversation = e.head.conversation;
  r.head.memory = known->second.memory;
  r.altered.push_back(
      {e.at, e.code.first_octets(), *print, e.attempt,
       part_prints(codes_, e, purpose::submit, purpose::altered, peer, stanza.body.canonical)});
  if (codes_.seal(r, purpose::receipt, peer, nullptr, false))
    emit(stanza.from, {}, std::move(r), nullptr);
}

template <an_environment Env>
void server<Env>::say_busy(const incoming& stanza, const check& e, const std::string& peer,
                           reason why) {
  receipt r;
  r.head.conversation = e.head.conversation;
  r.head.memory = known_peer(peer).memory;
  r.refused.push_back({e.at, why, 30});
  transmit(stanza.from, r, purpose::receipt, peer);
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
