// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "ledger.hpp"

namespace sim {

namespace {

void must(bool so, const char* what, number n = 0) {
  if (!so) broken("P4", n == 0 ? std::string(what) : what + (" #" + std::to_string(n)));
}

template <class Map, class Key>
auto* find_in(const Map& in, const Key& key) {
  auto at = in.find(key);
  return at == in.end() ? nullptr : &at->second;
}

struct sender_view {
  const ledger& held;
  ledger::line_key line;

  const record::sender_message* message(number n) const {
    return find_in(held.messages, ledger::item_key{line, n});
  }
  const record::sender_conversation* conversation() const {
    return find_in(held.sender_lines, line);
  }
  /// Everything below `low` has its outcome: no record that lives on.
  void check_low(number low) const {
    for (auto at = held.messages.lower_bound({line, 0});
         at != held.messages.end() && at->first.first == line && at->first.second < low; ++at)
      must(at->second.is == record::stage::ended, "low1 is above an unfinished number", low);
  }
  /// A number that ended without delivery, durably; or one whose void is wished for, durably.
  void check_void(number n) const {
    const auto* m = message(n);
    if (m != nullptr && m->is != record::stage::undecided && m->is != record::stage::decided)
      return;
    const auto* c = conversation();
    must(m == nullptr && c != nullptr && c->voids.contains(n), "void told, not durable", n);
  }
};

void check_one(const sender_view& v, const check& e, const payload_ref& payload) {
  const auto* m = v.message(e.at);
  must(m != nullptr, "sent before it is durable", e.at);
  must(m->is != record::stage::ended, "sent after its end", e.at);
  must(m->flags == e.flags && m->lifetime_s == e.lifetime_s && m->how->type == e.type,
       "sent otherwise than stored", e.at);
  const auto* p = find_in(v.held.payloads, ledger::item_key{v.line, e.at});
  must(p != nullptr && payload != nullptr && *p == *payload, "payload not durable", e.at);
}

}  // namespace

void check_sender_claims(const ledger& held, const element& e, const payload_ref& payload) {
  const header& head = header_of(e);
  const sender_view v{held, line_of(head.conversation)};
  const auto* c = v.conversation();
  const auto* ask = std::get_if<vidimus::sync>(&e);
  // the last word of a life is said when its record may already be gone
  if (ask == nullptr || !ask->close) {
    must(c != nullptr, "the conversation is not durable");
    must(c->memory == head.memory || c->memory.empty(), "the memory written to is not durable");
  }
  if (const auto* one = std::get_if<check>(&e)) return check_one(v, *one, payload);
  const auto each = [](const ranges& all, auto what) {
    for (const range& r : all)
      for (number n = r.first; n <= r.last; ++n) what(n);
  };
  if (const auto* go = std::get_if<execute>(&e)) {
    v.check_low(go->low);
    each(go->voids, [&](number n) { v.check_void(n); });
    each(go->numbers, [&](number n) {
      const auto* m = v.message(n);
      must(m != nullptr && m->is == record::stage::decided, "execute before its decision", n);
    });
  } else if (const auto* stop = std::get_if<vidimus::withdraw>(&e)) {
    v.check_low(stop->low);
    each(stop->numbers, [&](number n) { v.check_void(n); });
  } else if (ask != nullptr) {
    v.check_low(ask->low);
    if (!ask->close) each(ask->voids, [&](number n) { v.check_void(n); });
    if (ask->close) v.check_low(number_max);
  } else {
    broken("P4", "a sender sent an element that is not a sender's");
  }
}

namespace {

struct server_view {
  const ledger& held;
  ledger::line_key line;

  const record::server_custody* number_at(number n) const {
    return find_in(held.custody, ledger::item_key{line, n});
  }
  const record::server_conversation* conversation() const {
    return find_in(held.server_lines, line);
  }
};

void check_told(const server_view& v, const status_range& s) {
  const auto* c = v.conversation();
  must(c != nullptr, "a status in a conversation that is not durable");
  if (s.what == status::closed)
    return must(s.span.last < std::max(c->low, c->base), "closed told above low1", s.span.last);
  for (number n = s.span.first; n <= s.span.last; ++n) {
    const auto* r = v.number_at(n);
    must(r != nullptr && status_of(*r) == s.what, "a status that is not durable", n);
    if (s.what == status::voided) must(r->why == s.why, "another reason than stored", n);
    if (s.what != status::verified) continue;
    must(v.held.payloads.contains({v.line, n}), "verified told, payload not durable", n);
  }
}

/// What a snapshot covers and does not list is not held.
void check_absent(const server_view& v, const receipt& r) {
  ranges listed;
  for (const status_range& s : r.states) listed.add(s.span);
  for (auto at = v.held.custody.lower_bound({v.line, r.covered.first});
       at != v.held.custody.end() && at->first.first == v.line &&
       at->first.second <= r.covered.last;
       ++at)
    must(!status_of(at->second) || listed.contains(at->first.second),
         "a snapshot leaves out what is durable", at->first.second);
}

void check_receipt(const server_view& v, const receipt& r, std::uint32_t window) {
  for (const status_range& s : r.states) check_told(v, s);
  if (!r.answers.empty()) check_absent(v, r);
  const auto* c = v.conversation();
  if (r.limit == 0 || c == nullptr) return;
  must(r.limit <= std::max(c->limit, c->base + window - 1), "credit is not durable");
}

/// It is for all, and the endpoint is none of those that have to take it.
bool is_for_others(const record::server_custody& r, const memory_name& endpoint) {
  const auto is = [&](const record::sent_to& to) { return to.endpoint == endpoint; };
  return (r.flags & check::all) != 0 && !r.sent.empty() &&
         std::none_of(r.sent.begin(), r.sent.end(), is);
}

void check_low_two(const server_view& v, number low, const ranges& voids,
                   const memory_name& endpoint) {
  const auto* c = v.conversation();
  must(c != nullptr, "a delivery of a conversation that is not durable");
  for (number n = std::max(c->base, c->low); n < low; ++n)
    must(v.number_at(n) != nullptr, "low2 is above a number that is not held", n);
  for (auto at = v.held.custody.lower_bound({v.line, 0});
       at != v.held.custody.end() && at->first.first == v.line && at->first.second < low; ++at) {
    using stage = record::custody_stage;
    const stage is = at->second.is;
    const bool owed = is == stage::executed || is == stage::unwatched;
    must(is != stage::verified && (!owed || is_for_others(at->second, endpoint)),
         "low2 is above an unfinished number", at->first.second);
  }
  for (const range& span : voids)
    for (number n = span.first; n <= span.last; ++n) {
      const auto* r = v.number_at(n);
      must(r != nullptr && r->is == record::custody_stage::voided, "void told, not durable", n);
    }
}

void check_forwarded(const server_view& v, const check& e, const payload_ref& payload) {
  const auto* r = v.number_at(e.at);
  must(r != nullptr &&
           (r->is == record::custody_stage::executed || r->is == record::custody_stage::unwatched),
       "forwarded without a durable command", e.at);
  const bool marked = std::any_of(r->sent.begin(), r->sent.end(),
                                  [&](const auto& to) { return to.endpoint == e.head.memory; });
  must(marked, "forwarded before it is marked as sent", e.at);
  const auto* p = find_in(v.held.payloads, ledger::item_key{v.line, e.at});
  must(p != nullptr && payload != nullptr && *p == *payload, "forwarded otherwise than stored",
       e.at);
  check_low_two(v, e.low, e.voids, e.head.memory);
}

}  // namespace

void check_server_claims(const ledger& held, const element& e, const payload_ref& payload,
                         const std::string& to, std::uint32_t window) {
  const header& head = header_of(e);
  const bool hop_one = std::holds_alternative<receipt>(e) || std::holds_alternative<challenge>(e);
  if (hop_one) {
    const std::string peer(bare(to));
    const auto* memory = find_in(held.memories, peer);
    must(memory != nullptr && *memory == head.memory, "the memory told is not durable");
    if (const auto* r = std::get_if<receipt>(&e))
      check_receipt({held, line_of(peer, head.conversation)}, *r, window);
    return;
  }
  const server_view v{held, line_of(head.conversation)};  // here every origin is its own peer
  if (const auto* m = std::get_if<check>(&e)) return check_forwarded(v, *m, payload);
  if (const auto* s = std::get_if<vidimus::sync>(&e))
    return check_low_two(v, s->low, s->voids, head.memory);
  broken("P4", "a server sent an element that is not a server's");
}

namespace {

/// What an endpoint's record says of a number; nothing: unknown.
std::optional<status> endpoint_status(const record::receiver_conversation& c, number n) {
  for (const auto& one : c.handed)
    if (one.at == n) return status::pending;
  if (c.delivered.contains(n)) return status::delivered;
  for (const auto& one : c.refused)
    if (one.at == n) return status::voided;
  if (c.skipped.contains(n)) return status::voided;
  if (n < c.low || n < c.next) return status::closed;
  return std::nullopt;
}

}  // namespace

void check_receiver_claims(const ledger& held, const element& e, std::uint32_t window) {
  const header& head = header_of(e);
  const auto* memory = find_in(held.memories, head.conversation.along->relay);
  must(memory != nullptr && *memory == head.memory, "the memory told is not durable");
  if (std::holds_alternative<challenge>(e)) return;
  const auto* r = std::get_if<receipt>(&e);
  must(r != nullptr, "a receiver sent an element that is not a receiver's");
  const auto* c = find_in(held.receiver_lines, line_of(head.conversation));
  if (c == nullptr) return must(r->states.empty(), "a status that is not durable");
  ranges listed;
  for (const status_range& s : r->states) {
    listed.add(s.span);
    for (number n = s.span.first; n <= s.span.last; ++n) {
      must(endpoint_status(*c, n) == s.what, "a status that is not durable", n);
      must(s.why != reason::late || c->skipped.contains(n), "late told, not durable", n);
    }
  }
  if (r->limit != 0) must(r->limit <= c->low + window - 1, "credit is not durable");
  if (r->answers.empty()) return;
  // handed before a restart may be left out: it is to be offered again
  for (number n = r->covered.first; n <= std::min(r->covered.last, r->covered.first + 200); ++n) {
    const auto is = endpoint_status(*c, n);
    must(!is || *is == status::pending || *is == status::closed || listed.contains(n) ||
             n >= r->covered.first + window,
         "a snapshot leaves out what is durable", n);
  }
}

}  // namespace sim
