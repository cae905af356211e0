// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "world_carry.hpp"

namespace sim {

/// A copy of something that was sent before, for where its addressee is now.
stanza world::stolen() {
  stanza s = *ever_[attacker_.below(ever_.size())];
  if (endpoint_at(s.to) == nullptr)
    for (const endpoint_party& p : endpoints_)
      if (p.bare == bare(s.to)) s.to = p.full;
  return s;
}

void world::attack() {
  if (ever_.empty() || phase_ != 1) return;
  const fault kinds[] = {fault::replay,  fault::alter,       fault::forge,
                         fault::insider, fault::false_relay, fault::false_endpoint};
  fault kind = kinds[attacker_.below(6)];
  while (!plan_.has(kind)) kind = kinds[attacker_.below(6)];
  hit(kind);
  if (kind == fault::insider) return insider_sends();
  if (kind == fault::false_relay) return false_relay_sends();
  if (kind == fault::false_endpoint) return false_endpoint_sends();
  stanza s = stolen();
  if (kind == fault::alter) alter(s, attacker_);
  if (kind == fault::forge) forge(s);
  if (attacker_.one_in(12)) s.malformed = true;
  launch({std::make_shared<const stanza>(std::move(s))});
}

/// Things that nobody with a key made for this place.
void world::forge(stanza& s) {
  s.invalid = true;
  switch (attacker_.below(4)) {
    case 0: std::swap(s.from, s.to); return;  // back to where it came from
    case 1: return cross_hop(s);
    case 2: {  // under another's code
      const stanza other = stolen();
      const auto code = std::visit([](const auto& e) { return e.code; }, other.what);
      std::visit(
          [&](auto& e) {
            if (e.code == code) s.invalid = false;
            e.code = code;
          },
          s.what);
      return;
    }
    default: break;
  }
  std::string other = "m@s.example/x";
  if (sender_at(s.from) != nullptr)
    for (const sender_party& p : senders_)
      if (p.bare != bare(s.from) && other.starts_with("m@")) other = p.full;
  s.from = other;
}

/// The same element on the other hop, perhaps under the memory that is current there.
void world::cross_hop(stanza& s) {
  const route& along = *header_of(s.what).conversation.along;
  const endpoint_party* there = nullptr;
  for (const endpoint_party& p : endpoints_)
    if (p.bare == along.destination) there = &p;
  const sender_party* origin = sender_at(along.origin);
  if (there == nullptr || origin == nullptr) return std::swap(s.from, s.to);
  const auto rename = [&](const party& p, const std::string& peer) {
    const auto memory = p.held.memories.find(peer);
    if (memory == p.held.memories.end() || attacker_.one_in(2)) return;
    std::visit([&](auto& e) { e.head.memory = memory->second; }, s.what);
  };
  if (bare(s.from) == origin->bare) {
    s.from = relay_.bare;
    s.to = there->full;
    rename(*there, relay_.bare);
  } else if (bare(s.to) == origin->bare) {
    s.from = there->full;
    s.to = relay_.bare;
  } else if (s.from == relay_.bare) {
    s.from = origin->full;
    s.to = relay_.bare;
    rename(relay_, origin->bare);
  } else {
    s.from = relay_.bare;
    s.to = origin->full;
    rename(relay_, origin->bare);
  }
}

namespace {

ranges wild_ranges(chance& c) {
  ranges out;
  for (auto n = c.below(4); n > 0; --n) {
    const number first = c.one_in(8) ? number_max - c.below(3) : 1 + c.below(c.one_in(2) ? 4 : 40);
    if (c.one_in(2)) {
      out.add(first);
      continue;
    }
    out.add({first, c.one_in(8) ? number_max : std::min(number_max, first + c.below(30))});
  }
  return out;
}

number wild_number(chance& c) {
  if (c.one_in(2)) return 1 + c.below(4);
  return c.one_in(6) ? number_max - c.below(2) : 1 + c.below(40);
}

}  // namespace

/// Somebody with a key of its own, and no sense: codes are valid, what they say is not.
void world::insider_sends() {
  const std::string self = "m@s.example";
  header head;
  const stanza s = stolen();
  head.conversation.id = header_of(s.what).conversation.id;
  if (attacker_.one_in(2))
    head.conversation.id.octets.fill(static_cast<octet>(1 + attacker_.below(9)));
  head.conversation.along =
      make_route(self, destinations_[attacker_.below(destinations_.size())], relay_.bare);
  if (auto known = relay_.held.memories.find(self); known != relay_.held.memories.end())
    head.memory = known->second;
  stanza out{self + "/x", relay_.bare, {}, nullptr, ++ids_, {}, false, false, false, true};
  const auto launch_sealed = [&](auto e, purpose p, const digest* content) {
    e.head = head;
    if (!insider_->seal(e, p, relay_.bare, content)) return;
    out.what = std::move(e);
    launch({std::make_shared<const stanza>(out)});
  };
  chance& c = attacker_;
  switch (c.below(4)) {
    case 0: {
      out.payload = make_payload(c.one_in(2) ? "one thing|" : "another|");
      const digest d = verifier<env>::digest_of(read_content(out.payload).canonical);
      check e;
      e.at = wild_number(c);
      e.flags = static_cast<std::uint8_t>(c.one_in(4) ? c.below(256) : c.below(2));
      e.lifetime_s = static_cast<std::uint32_t>(c.one_in(4) ? c.next() : c.below(100));
      return launch_sealed(e, purpose::submit, &d);
    }
    case 1:
      return launch_sealed(execute{{}, wild_ranges(c), wild_number(c), wild_ranges(c), {}},
                           purpose::execute, nullptr);
    case 2:
      return launch_sealed(vidimus::withdraw{{}, wild_ranges(c), wild_number(c), {}},
                           purpose::withdraw, nullptr);
    default: {
      vidimus::sync e;
      e.asks.octets.fill(static_cast<octet>(c.next() | 1));
      e.low = wild_number(c);
      e.top = wild_number(c);
      e.voids = wild_ranges(c);
      e.close = c.one_in(3);
      return launch_sealed(e, purpose::sync, nullptr);
    }
  }
}

namespace {

receipt wild_receipt(chance& c, const stanza& like) {
  receipt r;
  if (const auto* known = std::get_if<receipt>(&like.what)) r = *known;
  const ranges spans = wild_ranges(c);
  for (const range& span : spans) {
    status_range s{static_cast<status>(c.below(7)), span, {}, static_cast<reason>(c.below(14))};
    if (c.one_in(3)) r.states.clear();
    if (r.states.empty() || r.states.back().span.last + 1 < span.first) r.states.push_back(s);
  }
  if (c.one_in(3)) r.altered.push_back({1 + c.below(9), {}, {}, 1});
  if (c.one_in(3)) r.refused.push_back({1 + c.below(9), static_cast<reason>(c.below(14)), 9});
  if (c.one_in(3)) r.missing = wild_ranges(c);
  if (c.one_in(3)) r.limit = wild_number(c);
  if (c.one_in(3)) r.octets_max = static_cast<std::uint32_t>(c.below(200));
  if (c.one_in(3)) r.covered = {1, wild_number(c)};
  return r;
}

}  // namespace

template <class Element>
void world::send_sealed(party& p, const std::string& to, Element e, purpose as) {
  stanza out{p.full, to, {}, nullptr, ++ids_, {}, false, false, false, true};
  const std::string peer(bare(to));
  verifier<env> sealer(p.e);
  digest d{};
  if constexpr (std::is_same_v<Element, check>) {
    out.payload = make_payload(attacker_.one_in(2) ? "false|" : "more|");
    d = verifier<env>::digest_of(read_content(out.payload).canonical);
  }
  if (!sealer.seal(e, as, peer, &d)) return;
  out.what = std::move(e);
  launch({std::make_shared<const stanza>(std::move(out))});
}

/// A server that lies: senders and receivers must stay in one piece.
void world::false_relay_sends() {
  const stanza s = stolen();
  header head = header_of(s.what);
  head.brief = {};
  const sender_party* origin = sender_at(head.conversation.along->origin);
  if (origin == nullptr || head.conversation.along->relay != relay_.bare) return;
  if (auto m = relay_.held.memories.find(origin->bare); m != relay_.held.memories.end())
    head.memory = m->second;
  chance& c = attacker_;
  if (c.one_in(2)) {
    receipt r = wild_receipt(c, s);
    r.head = head;
    return send_sealed(relay_, origin->full, std::move(r), purpose::receipt);
  }
  const endpoint_party& to = endpoints_[c.below(endpoints_.size())];
  if (auto m = to.held.memories.find(relay_.bare); m != to.held.memories.end())
    head.memory = m->second;
  if (c.one_in(2)) {
    check e;
    e.head = head;
    e.at = wild_number(c);
    e.low = c.one_in(2) ? 1 : wild_number(c);
    e.voids = wild_ranges(c);
    return send_sealed(relay_, to.full, std::move(e), purpose::deliver);
  }
  vidimus::sync e;
  e.head = head;
  e.asks.octets.fill(7);
  e.low = c.one_in(2) ? 1 : wild_number(c);
  e.top = wild_number(c);
  e.voids = wild_ranges(c);
  send_sealed(relay_, to.full, std::move(e), purpose::deliver_sync);
}

/// A receiver that lies about itself and about what it never saw.
void world::false_endpoint_sends() {
  const stanza s = stolen();
  endpoint_party& p = endpoints_[attacker_.below(endpoints_.size())];
  receipt r = wild_receipt(attacker_, s);
  r.head = header_of(s.what);
  r.head.brief = {};
  if (auto m = p.held.memories.find(relay_.bare); m != p.held.memories.end())
    r.head.memory = m->second;
  send_sealed(p, relay_.bare, std::move(r), purpose::final_receipt);
}

/// Everything that was ever sent comes once more, long after.
void world::replay_everything() {
  const auto all = ever_;
  for (const stanza_ref& one : all) {
    stanza s = *one;
    if (endpoint_at(s.to) == nullptr)
      for (const endpoint_party& p : endpoints_)
        if (p.bare == bare(s.to)) s.to = p.full;
    hit(fault::replay);
    at(now_ + attacker_.between(0, 60000), [this, s = std::move(s)] { arrive(s); });
  }
}

}  // namespace sim
