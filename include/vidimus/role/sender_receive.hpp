// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_SENDER_RECEIVE_HPP
#define VIDIMUS_ROLE_SENDER_RECEIVE_HPP

#include "sender.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Order of work: shape (by the adapter), conversation, key, code, memory; only then state
/// (protocol.md, flood.order).
template <an_environment Env>
void sender<Env>::take(const incoming& stanza) {
  if (stanza.malformed) return env_->watch.noticed(notice::malformed);
  if (stanza.copy_or_error) return env_->watch.noticed(notice::copy_or_error);
  if (!header_of(stanza.what).brief.empty()) {
    incoming whole = stanza;
    if (!resolve(whole)) return env_->watch.noticed(notice::unresolved);
    return take_whole(whole);
  }
  take_whole(stanza);
}

template <an_environment Env>
auto sender<Env>::find(const conversation_id& id) -> conversation* {
  if (latest_.get() != nullptr && latest_.get()->name.id == id) return latest_.get();
  const auto at = conversations_.find(id);
  return at == conversations_.end() ? nullptr : latest_.set(&at->second);
}

/// The one that takes new messages to a destination.
template <an_environment Env>
auto sender<Env>::find_current(const std::string& destination) -> conversation* {
  conversation* const latest = latest_.get();
  if (latest != nullptr && latest->takes_more() &&
      same_text(latest->name.along->destination, destination))
    return latest;
  const auto known = current_.find(destination);
  return known == current_.end() ? nullptr : find(known->second);
}

template <an_environment Env>
void sender<Env>::take_whole(const incoming& stanza) {
  const auto* said = std::get_if<receipt>(&stanza.what);
  const auto* named = std::get_if<challenge>(&stanza.what);
  if (said == nullptr && named == nullptr) return env_->watch.noticed(notice::not_ours);
  const header& head = header_of(stanza.what);
  conversation* const known = find(head.conversation.id);
  if (known == nullptr || !(known->name == head.conversation))
    return env_->watch.noticed(notice::not_ours);
  if (!is_bare_of(relay_, stanza.from)) return env_->watch.noticed(notice::not_in_scope);
  conversation& c = *known;
  const finding found = said != nullptr ? codes_.verify(*said, purpose::receipt, relay_)
                                        : codes_.verify(*named, purpose::challenge, relay_);
  if (found == finding::unknown_key) return env_->watch.noticed(notice::unknown_key);
  if (found == finding::wrong_code) return env_->watch.noticed(notice::wrong_code);
  if (said != nullptr) return take_receipt(c, *said);
  // a challenge changes no belief: it only makes us ask
  if (head.memory != c.memory) want_sync(c);
}

template <an_environment Env>
void sender<Env>::take_receipt(conversation& c, const receipt& r) {
  touch(c);
  const bool snapshot = !r.answers.empty() && r.answers == c.asked;
  if (!r.answers.empty() && !snapshot) env_->watch.noticed(notice::stale_snapshot);
  if (!snapshot && r.head.memory != c.memory) {
    env_->watch.noticed(notice::other_memory);
    return want_sync(c);
  }
  if (snapshot) {
    if (r.covered.last >= c.asked_top) {  // else: more parts follow
      path_.sample(now_ - c.synced_at);
      c.asked = {};
    }
    c.wants_sync = false;
    relay_brief_ = r.brief;
    if (r.head.memory != c.memory) adopt_memory(c, r.head.memory);
  }
  relay_key_ = r.head.key_id;
  if (r.answers.empty() && !r.states.empty()) c.told = true;
  measure(c, r);
  put_off(c, r);
  c.limit = std::max(c.limit, r.limit);
  if (r.octets_max != 0) c.octets_max = r.octets_max;
  ranges named;
  take_states(c, r, snapshot, named);
  if (!r.altered.empty()) take_altered(c, r);
  if (snapshot) take_absent(c, r.covered, named);
  for (const range& gone : r.missing)
    for (number n = std::max(gone.first, c.base); n <= gone.last && n < c.top(); ++n)
      c.at(n).sent_at = long_ago;
  if (!r.missing.empty()) want_sync(c);
  release_parked(c);
}

/// The server has another memory now: what could be executed under the old one is exposed
/// (protocol.md, name.exposed). Durable before anything is sent under the new name.
template <an_environment Env>
void sender<Env>::adopt_memory(conversation& c, const memory_name& memory) {
  const bool first = c.memory.empty();
  c.memory = memory;
  c.told = false;
  relay_memory_ = memory;
  c.limit = 0;
  c.octets_max = 0;
  save(c);
  if (first) return;
  for (slot& s : c.slots) s.sent_at = long_ago;  // it had no effect under this name
  for (number n = c.base; n < c.top(); ++n) feed(c, n, input::renamed);
}

/// Whether `bind` is what our own records give for the range. Nothing: our records do not reach.
template <an_environment Env>
std::optional<bool> sender<Env>::bind_agrees(conversation& c, const receipt& r,
                                             const status_range& s) {
  if (!c.owns(s.span.first) || !c.owns(s.span.last)) return std::nullopt;
  octets& digests = digests_;
  digests.clear();
  for (number n = s.span.first; n <= s.span.last; ++n) {
    if (!c.at(n).known) return std::nullopt;
    digests.insert(digests.end(), c.at(n).content.begin(), c.at(n).content.end());
  }
  const auto ours = codes_.short_of(r.head, purpose::receipt, relay_, digests);
  if (!ours) return std::nullopt;
  return equal_constant_time(*ours, s.bind);
}

template <an_environment Env>
void sender<Env>::take_states(conversation& c, const receipt& r, bool snapshot, ranges& named) {
  for (const status_range& s : r.states) {
    const number first = std::max(s.span.first, c.base);
    const number end = std::min(s.span.last + 1, c.top());
    if (first >= end) continue;
    const auto agrees =
        s.what == status::verified ? bind_agrees(c, r, s) : std::optional<bool>(true);
    // A number in it ended in an earlier life, and low1 stays below (protocol.md, receipt.bind). So
    // it shows no more than if nothing were held: what is sent again is told of alone.
    if (!agrees && snapshot && s.span.first >= c.base) continue;
    if (snapshot) named.add(range{first, end - 1});
    if (!agrees) {  // it speaks of numbers that have ended here: tell the server so
      want_sync(c);
      continue;
    }
    if (!*agrees) env_->watch.noticed(notice::reused);
    for (number n = first; n < end; ++n) take_status(c, s, n, *agrees, snapshot, r);
  }
}

template <an_environment Env>
void sender<Env>::take_status(conversation& c, const status_range& s, number n, bool agrees,
                              bool snapshot, const receipt& r) {
  slot& one = c.at(n);
  if (detail::is_end(one.is)) return;
  const duty::submission::known known{(one.flags & check::report) != 0,
                                      one.exposed,
                                      snapshot && told_of(c, one),
                                      one.is,
                                      s.what != status::delivered || proved(c, n, r),
                                      (one.flags & check::plain) != 0};
  const auto letter = duty::submission::of_status(s.what, s.why, agrees, known);
  if (!letter) return;
  if (*letter == input::voided || *letter == input::voided_exposed) {
    if (one.is != duty::submission::state::withdrawing) one.why = s.why;
  } else if (*letter == input::verified_other) {
    one.why = reason::reused;
  }
  feed(c, n, *letter);
}

template <an_environment Env>
void sender<Env>::take_altered(conversation& c, const receipt& r) {
  for (const altered_part& part : r.altered) {
    if (!c.owns(part.at) || detail::is_end(c.at(part.at).is)) continue;
    slot& one = c.at(part.at);
    auto count = c.count_of(part.at);
    const auto letter = duty::submission::of_altered(part, count, limits_.altered_max);
    if (!letter) continue;
    c.altered[part.at] = {count.last_counted, count.counted, count.fingerprint,
                          diagnose_verdict(c, part)};
    if (*letter != input::altered && duty::submission::table.at(one.is, *letter).to != one.is)
      one.why = reason::altered_in_transit;
    feed(c, part.at, *letter);
  }
}

/// A hint for a person; nothing is decided by it (protocol.md, altered.parts).
template <an_environment Env>
diagnosis sender<Env>::diagnose_verdict(conversation& c, const altered_part& said) {
  const slot& s = c.at(said.at);
  check e = check_of(c, said.at);
  e.head.conversation = c.name;
  e.head.memory = c.memory;
  if (!codes_.choose_key(e.head, relay_)) return {};
  return diagnose(codes_, e, purpose::submit, purpose::altered, relay_, s.payload, s.content, said);
}

/// What a snapshot covers and does not name, the server does not hold; unless our last word about
/// it was sent after the sync that the snapshot answers.
template <an_environment Env>
void sender<Env>::take_absent(conversation& c, const range& covered, const ranges& named) {
  const number end = std::min(covered.last + 1, c.top());
  for (number n = std::max(covered.first, c.base); n < end; ++n)
    if (!named.contains(n) && told_of(c, c.at(n))) feed(c, n, input::absent);
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
