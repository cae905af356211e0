// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_SUPPORT_WIRE_SAMPLES_HPP
#define VIDIMUS_TESTS_SUPPORT_WIRE_SAMPLES_HPP

#include "vidimus/adapt/wire.hpp"
#include "vidimus/check/compute.hpp"

/// Elements of each kind from a seed: every field takes its least, default, greatest and other
/// values in turn.
namespace support {

using namespace vidimus;

/// SplitMix64.
struct wire_chance {
  std::uint64_t state;
  std::uint64_t next() {
    std::uint64_t z = state += 0x9e3779b97f4a7c15ull;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return z ^ z >> 31;
  }
  std::uint64_t below(std::uint64_t end) { return next() % end; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  template <class T, std::size_t N>
  const T& pick(const T (&from)[N]) {
    return from[below(N)];
  }
};

/// Two values equal in all that a code covers, and in the rest.
inline bool same(const element& a, const element& b) {
  if (a.index() != b.index()) return false;
  const auto all_of = [](const element& e) {
    octets out;
    std::visit([&](const auto& one) { covered::write_input(out, one, purpose::submit); }, e);
    writer w(out);
    w.raw(header_of(e).brief.view());
    std::visit([&](const auto& one) { w.sized(one.code.view()); }, e);
    if (const auto* c = std::get_if<check>(&e)) w.u32(c->attempt);
    return out;
  };
  return all_of(a) == all_of(b);
}

class element_maker {
 public:
  element_maker(std::uint64_t seed, const wire_place& place) : chance_{seed}, place_(place) {}

  element any(std::size_t kind) {
    switch (kind) {
      case 0: return a_check();
      case 1: return a_receipt();
      case 2: return with_head(execute{{}, some(5), low(), some(3), {}, some_ends()}, 2);
      case 3: return with_head(withdraw{{}, some(5), low(), {}}, 3);
      case 4: return a_sync();
      default: return a_challenge();
    }
  }

 private:
  template <class Name>
  Name name() {
    Name out;
    for (octet& o : out.octets) o = static_cast<octet>(chance_.next());
    out.octets[0] |= 1;
    return out;
  }
  number any_number() {
    const number some[] = {1, 2, 16, 86400, number_max, chance_.below(number_max) + 1};
    return chance_.pick(some);
  }
  number low() { return chance_.one_in(2) ? 1 : any_number(); }
  std::uint32_t word(std::uint32_t least, std::uint32_t usual) {
    const std::uint32_t some[] = {
        least, usual, usual, 5, UINT32_MAX, static_cast<std::uint32_t>(chance_.next() | least)};
    return chance_.pick(some);
  }

  ranges some(std::uint64_t most) {
    ranges out;
    const auto count = chance_.one_in(9) ? ranges_per_element_max : chance_.below(most + 1);
    number at = chance_.below(4);
    for (std::uint64_t i = 0; i < count; ++i) {
      const number first = at + 2 + chance_.below(9), last = first + chance_.below(3);
      if (!out.append_strictly({first, last})) break;
      at = last;
    }
    return out;
  }

  std::string address(std::string_view implied) {
    if (chance_.one_in(2)) return std::string(implied);
    const std::string some[] = {"q&a@example.org",     "\xc3\xa9@example.net",
                                "relay.example.com",   std::string(200, 'x'),
                                std::string(201, 'y'), std::string(3071, 'z')};
    return chance_.pick(some);
  }

  template <class Element>
  element with_head(Element e, std::size_t kind) {
    const auto implied = wire::implied(place_, wire::goes_forward(kind));
    const std::string ids[] = {"k1", "a key", "<&>'\"", std::string(32, 'k'), "\xc3\xa9"};
    e.head.key_id = chance_.pick(ids);
    e.head.conversation = {
        make_route(address(implied.origin), address(implied.destination), address(implied.relay)),
        name<conversation_id>()};
    if (kind != 4 || chance_.one_in(2)) e.head.memory = name<memory_name>();
    octets code(16);
    for (octet& o : code) o = static_cast<octet>(chance_.next());
    e.code = check_code(code);
    if (!chance_.one_in(4)) return e;
    for (octet& o : e.head.brief.octets) o = static_cast<octet>(chance_.next() | 1);
    if (wire::may_be_brief(e))
      e.head = e.head.as_written();  // what is read of it
    else
      e.head.brief = {};
    return e;
  }

  element a_check() {
    check e;
    const std::string types[] = {"", "chat", "groupchat", "headline"};
    e.at = any_number();
    e.type = chance_.pick(types);
    e.flags = static_cast<std::uint8_t>(chance_.one_in(2) ? 2 : chance_.below(16));
    e.lifetime_s = word(1, 86400);
    e.attempt = word(1, 1);
    if (chance_.one_in(3)) {
      e.cover.listed = true;
      const char* spaces[] = {"a b%20", "jabber:client", "urn:x", "urn:y}{"};
      for (const char* space : spaces)
        if (chance_.one_in(2)) e.cover.names.push_back({space, "\xc3\xa9-x"});
    }
    if (place_.on == hop::two) {
      e.low = low();
      e.voids = some(3);
    }
    if (chance_.one_in(3)) e.second = an_end();
    return with_head(std::move(e), 0);
  }

  element a_receipt() {
    receipt e;
    number at = 0;
    for (auto n = chance_.one_in(9) ? 64 : chance_.below(5); n > 0; --n) {
      status_range one{static_cast<status>(chance_.below(8)), {}, {}, reason::none};
      one.span.first = at + 1 + chance_.below(2);
      one.span.last = at = one.span.first + chance_.below(3);
      if (one.what == status::voided) one.why = static_cast<reason>(chance_.below(14));
      if (one.what == status::verified) one.bind = short_of();
      const auto* before = e.states.empty() ? nullptr : &e.states.back();
      if (before != nullptr && before->span.last + 1 == one.span.first &&
          before->what == one.what && before->why == one.why && one.what != status::verified)
        continue;
      e.states.push_back(one);
    }
    for (number n = chance_.below(3); n > 0; --n)
      e.altered.push_back({10 - n, short_of(), short_of(), word(1, 1), parts()});
    for (number n = chance_.below(3); n > 0; --n)
      e.refused.push_back({number_max - n, static_cast<reason>(1 + chance_.below(13)), word(0, 0)});
    e.missing = some(3);
    e.ends = some_ends();
    e.body_only = place_.on == hop::two && chance_.one_in(3);
    e.limit = chance_.one_in(2) ? 0 : any_number();
    e.octets_max = word(0, 262144);
    if (chance_.one_in(2)) {
      e.answers = name<nonce>();
      e.covered = {1 + chance_.below(3), 3 + chance_.below(9)};
      e.brief = chance_.one_in(2);
    }
    return with_head(std::move(e), 1);
  }

  element a_sync() {
    vidimus::sync e;
    e.asks = name<nonce>();
    e.low = low();
    e.top = chance_.one_in(2) ? 0 : any_number();
    e.voids = some(3);
    e.close = chance_.one_in(3);
    return with_head(std::move(e), 4);
  }

  element a_challenge() {
    challenge e;
    const purpose first[] = {purpose::submit, purpose::execute, purpose::withdraw, purpose::sync};
    const purpose second[] = {purpose::deliver, purpose::deliver_sync};
    e.cause = place_.on == hop::one ? chance_.pick(first) : chance_.pick(second);
    return with_head(std::move(e), 5);
  }

  std::vector<short_code> parts() {
    std::vector<short_code> out(chance_.one_in(4) ? 32 : chance_.below(3));
    for (short_code& one : out) one = short_of();
    return out;
  }
  end_code an_end() {
    const std::string ids[] = {"k1", "a key", "<&>'\"", std::string(32, 'k'), "\xc3\xa9"};
    end_code out;
    out.key_id = chance_.pick(ids);
    out.rule = rules[chance_.below(rules.size())].rule;
    octets code(facts(out.rule).code_size);
    for (octet& o : code) o = static_cast<octet>(chance_.next());
    out.code = check_code(code);
    return out;
  }
  rare_list<end_part> some_ends() {
    rare_list<end_part> out;
    number at = 0;
    for (auto n = chance_.one_in(9) ? ranges_per_element_max : chance_.below(4); n > 0; --n)
      out.push_back({at += 1 + chance_.below(9), an_end()});
    return out;
  }

  short_code short_of() {
    short_code out;
    for (octet& o : out) o = static_cast<octet>(chance_.next());
    return out;
  }

  wire_chance chance_;
  wire_place place_;
};

}  // namespace support

#endif
