// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "alter.hpp"

namespace sim {

content read_content(const payload_ref& payload) {
  content out;
  out.whole = payload;
  if (payload == nullptr) return out;
  const std::string_view covered = std::string_view(*payload).substr(0, payload->find('|'));
  out.canonical.assign(covered.begin(), covered.end());
  return out;
}

namespace {

void flip(std::span<octet> in, chance& c) {
  in[c.below(in.size())] ^= static_cast<octet>(1 + c.below(255));
}

void change(number& n, chance& c) {
  const number before = n;
  switch (c.below(4)) {
    case 0: ++n; break;
    case 1: n = n > 1 ? n - 1 : n + 1; break;
    case 2: n += c.below(1000) + 1; break;
    default: n = number_max - c.below(3); break;
  }
  if (n == before) ++n;
}

void change(ranges& all, chance& c) {
  const ranges before = all;
  const number n = 1 + c.below(20);
  if (all.contains(n))
    all.drop_below(all.back().last + 1);
  else
    all.add({n, n + c.below(3)});
  if (all == before) all.add(number_max);
}

void change(route_ref& along, chance& c) {
  route r = *along;
  std::string& one = c.one_in(3) ? r.origin : c.one_in(2) ? r.destination : r.relay;
  one = c.one_in(2) ? "x" + one : "a1@s.example" == one ? "a0@s.example" : "a1@s.example";
  along = route_ref(std::move(r));
}

void change_head(header& h, chance& c) {
  if (!h.brief.empty()) return flip(h.brief.octets, c);
  switch (c.below(4)) {
    case 0: h.key_id += "x"; break;
    case 1: change(h.conversation.along, c); break;
    case 2: flip(h.conversation.id.octets, c); break;
    default: flip(h.memory.octets, c); break;
  }
}

void change_code(check_code& code, chance& c) {
  octets raw(code.view().begin(), code.view().end());
  const auto how = c.below(4);
  if (how == 0) raw.clear();
  if (how == 1 && !raw.empty()) raw.pop_back();
  if (how == 2) raw.push_back(0);
  if (how == 3 && !raw.empty()) flip(raw, c);
  code = check_code(raw);
}

void change_fields(check& e, chance& c) {
  switch (c.below(7)) {
    case 0: change(e.at, c); break;
    case 1: e.type += "x"; break;
    case 2: e.flags ^= static_cast<std::uint8_t>(1u << c.below(8)); break;
    case 3: e.lifetime_s += 1 + static_cast<std::uint32_t>(c.below(1000000)); break;
    case 4: e.cover.listed = !e.cover.listed; break;
    case 5: change(e.low, c); break;
    default: change(e.voids, c); break;
  }
}

void change_state(receipt& e, chance& c) {
  if (e.states.empty() || c.one_in(4)) {
    e.states.push_back({static_cast<status>(c.below(7)), {1, 1 + c.below(20)}, {}, reason::none});
    return;
  }
  status_range& s = e.states[c.below(e.states.size())];
  switch (c.below(4)) {
    case 0:
      s.what = static_cast<status>((static_cast<unsigned>(s.what) + 1 + c.below(6)) % 7);
      break;
    case 1: s.span.last += 1 + c.below(3); break;
    case 2: flip(s.bind, c); break;
    default: s.why = s.why == reason::expired ? reason::none : reason::expired; break;
  }
}

void change_fields(receipt& e, chance& c) {
  switch (c.below(8)) {
    case 0: change(e.limit, c); break;
    case 1: e.octets_max += 1; break;
    case 2: flip(e.answers.octets, c); break;
    case 3: e.covered.last += 1 + c.below(20); break;
    case 4: change(e.missing, c); break;
    case 5: e.refused.push_back({1 + c.below(9), reason::refused_by_host, 0}); break;
    case 6: e.altered.push_back({1 + c.below(9), {}, {}, 1}); break;
    default: change_state(e, c); break;
  }
}

void change_fields(execute& e, chance& c) {
  if (c.one_in(3)) return change(e.low, c);
  change(c.one_in(2) ? e.numbers : e.voids, c);
}

void change_fields(vidimus::withdraw& e, chance& c) {
  if (c.one_in(2)) return change(e.low, c);
  change(e.numbers, c);
}

void change_fields(vidimus::sync& e, chance& c) {
  switch (c.below(5)) {
    case 0: flip(e.asks.octets, c); break;
    case 1: change(e.low, c); break;
    case 2: change(e.top, c); break;
    case 3: change(e.voids, c); break;
    default: e.close = !e.close; break;
  }
}

void change_fields(challenge& e, chance& c) {
  e.cause = static_cast<purpose>((static_cast<unsigned>(e.cause) + 1 + c.below(11)) % 12);
}

}  // namespace

void alter(stanza& s, chance& c) {
  s.invalid = true;
  if (s.payload != nullptr && c.one_in(3)) {
    std::string text = *s.payload;
    text[c.below(std::min(text.size(), text.find('|')))] ^= 0x15;
    s.payload = make_payload(std::move(text));
    return;
  }
  std::visit(
      [&](auto& e) {
        const auto where = c.below(6);
        if (where == 0) return change_code(e.code, c);
        if (where <= 2) return change_head(e.head, c);
        change_fields(e, c);
      },
      s.what);
}

void mangle(stanza& s) {
  if (s.payload == nullptr) return;
  std::string text = *s.payload;
  text[0] ^= 0x20;
  s.payload = make_payload(std::move(text));
  s.invalid = true;
}

}  // namespace sim
