// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// The check rules: what each makes, what it refuses, and which of them a peer may use.
#include <random>
#include <vidimus/adapt/cryptopp.hpp>

#include "../support/catch.hpp"
#include "../support/trio.hpp"

using namespace vidimus;

namespace {

using real = environment<cryptopp, preset_keys, system_entropy>;

octets random_octets(std::mt19937_64& from, std::size_t size) {
  octets out(size);
  for (octet& one : out) one = static_cast<octet>(from());
  return out;
}

octets joined(octets_view a, octets_view b) {
  octets out(a.begin(), a.end());
  out.insert(out.end(), b.begin(), b.end());
  return out;
}

/// What the two ends of a hop hold under one key id.
struct two_ends {
  octets first, second;
};

two_ends preset_codes(check_rule rule, std::mt19937_64& from) {
  if (facts(rule).derived) {
    const octets code = random_octets(from, 16 + from() % 60);
    return {code, code};
  }
  const octets a = random_octets(from, 32), b = random_octets(from, 32);
  return {joined(a, ed25519_pair(b, a).own_public_key()),
          joined(b, ed25519_pair(a, b).own_public_key())};
}

template <class Element>
Element some(check_rule rule) {
  Element e;
  e.head.rule = rule;
  e.head.key_id = "k";
  e.head.conversation.along = make_route(toy::alice, toy::bob, toy::relay);
  e.head.conversation.id.octets.fill(7);
  e.head.memory.octets.fill(9);
  return e;
}

/// Each element by each end, verified at the other; every changed octet of a code is refused.
template <class Element>
void travels(real& a, real& b, check_rule rule, purpose p) {
  verifier<real> at_a(a), at_b(b);
  const digest d = cryptopp::digest_of(as_octets("content"));
  const digest* content = std::is_same_v<Element, check> ? &d : nullptr;
  Element e = some<Element>(rule);
  REQUIRE(at_a.seal(e, p, toy::bob, content));
  REQUIRE(e.head.rule == rule);
  REQUIRE(e.code.view().size() == facts(rule).code_size);
  // as by a key that was derived just now, over all of the input
  octets info, input;
  covered::write_key_info(info, e.head, p);
  covered::write_input(input, e, p, content);
  const octets_view preset = a.keys.preset_code(toy::bob, e.head.key_id, rule);
  REQUIRE(cryptopp::derive(rule, preset, info).code(input) == e.code);
  REQUIRE(at_b.verify(e, p, toy::alice, content) == finding::valid);
  const octets good(e.code.view().begin(), e.code.view().end());
  for (std::size_t i = 0; i < good.size(); ++i) {
    octets bad = good;
    bad[i] = static_cast<octet>(bad[i] ^ 1u << i % 8);
    e.code = check_code(bad);
    REQUIRE(at_b.verify(e, p, toy::alice, content) == finding::wrong_code);
  }
  for (std::size_t size : {std::size_t{0}, good.size() - 1, std::size_t{16}}) {
    if (size == good.size()) continue;
    e.code = check_code(octets_view(good).first(size));
    REQUIRE(at_b.verify(e, p, toy::alice, content) == finding::wrong_code);
  }
  const auto ours = at_a.short_of(e.head, p, toy::bob, d);
  REQUIRE(ours);
  REQUIRE(ours == at_b.short_of(e.head, p, toy::alice, d));
}

}  // namespace

TEST_CASE("rules are named once, in the order of their values, and fit a code", "[key.rule]") {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    REQUIRE(static_cast<std::size_t>(rules[i].rule) == i);
    REQUIRE(rule_named(rules[i].name) == rules[i].rule);
    REQUIRE(rules[i].code_size >= 16);
    REQUIRE(rules[i].code_size <= check_code::size_max);
  }
  for (const char* name : {"", "hmac-sha-1", "HMAC-SHA-256", "hmac-sha-256-12", "ed25519 "})
    REQUIRE_FALSE(rule_named(name));
}

TEST_CASE("every rule carries every element from one end to the other",
          "[code.input][code.compare]") {
  std::mt19937_64 from(17);
  for (const auto& one : rules) {
    CAPTURE(one.name);
    real a, b;
    const auto codes = preset_codes(one.rule, from);
    REQUIRE(a.keys.add(toy::bob, "k", codes.first, one.rule));
    REQUIRE(b.keys.add(toy::alice, "k", codes.second, one.rule));
    travels<check>(a, b, one.rule, purpose::submit);
    travels<receipt>(a, b, one.rule, purpose::receipt);
    travels<execute>(a, b, one.rule, purpose::execute);
    travels<withdraw>(a, b, one.rule, purpose::withdraw);
    travels<vidimus::sync>(a, b, one.rule, purpose::sync);
    travels<challenge>(a, b, one.rule, purpose::challenge);
  }
}

TEST_CASE("rules under one preset code give unlike codes", "[key.derive]") {
  const octets preset = toy::code_of("the same for all");
  std::vector<octets> seen;
  for (const auto& one : rules) {
    if (!one.derived) continue;
    const auto code = cryptopp::derive(one.rule, preset, {}).code(as_octets("x"));
    // of the same key, so that only the algorithm differs; the cut rule is a part of the whole one
    seen.emplace_back(code.view().begin(), code.view().begin() + 16);
  }
  REQUIRE(seen.size() == 4);
  CHECK(seen[0] == seen[1]);
  CHECK_FALSE(seen[1] == seen[2]);
  CHECK_FALSE(seen[2] == seen[3]);
  CHECK_FALSE(seen[1] == seen[3]);
}

TEST_CASE("the digest of content is the same whatever rule its code has", "[code.digest]") {
  for (const auto& one : rules) {
    toy::trio t;
    for (preset_keys* keys : {&t.alice_env.keys, &t.relay_env.keys, &t.bob_env.keys})
      for (const std::string* peer : {&toy::alice, &toy::relay, &toy::bob})
        REQUIRE(keys->add(*peer, "k2", octets(64, 7), one.rule));
    t.start();
    const auto name = t.submit("hello");
    t.pass(seconds(60));
    REQUIRE(t.outcome_of(name) == outcome::delivered);
    const auto* sent = t.ever.front().as<check>();
    for (const auto& f : t.ever)
      if (f.as<check>() != nullptr) sent = f.as<check>();
    REQUIRE(sent != nullptr);
    REQUIRE(sent->head.rule == one.rule);
  }
}

TEST_CASE("a code that names another rule with a key id is refused", "[key.rule]") {
  std::mt19937_64 from(3);
  const octets code = random_octets(from, 64);
  for (const auto& held : rules) {
    real a, b;
    const auto codes = preset_codes(held.rule, from);
    REQUIRE(b.keys.add(toy::alice, "k", codes.second, held.rule));
    for (const auto& named : rules) {
      if (named.rule == held.rule) continue;
      CAPTURE(held.name, named.name);
      // the attacker even holds the octets of the key, and the verifier accepts the rule by another
      real c;
      REQUIRE(c.keys.add(toy::bob, "k", joined(codes.first, {}).size() == 64 ? codes.first : code,
                         named.rule));
      const std::string other = "other by " + std::string(named.name);
      (void)b.keys.add(toy::alice, other, preset_codes(named.rule, from).second, named.rule);
      REQUIRE(b.keys.accepts(toy::alice, named.rule));
      verifier<real> at_c(c), at_b(b);
      auto e = some<execute>(named.rule);
      REQUIRE(at_c.seal(e, purpose::execute, toy::bob));
      REQUIRE(e.head.rule == named.rule);
      CHECK(at_b.verify(e, purpose::execute, toy::alice) == finding::unknown_key);
    }
  }
}

TEST_CASE("an allow-list is a floor: no key brings an excluded rule back", "[key.rule]") {
  preset_keys keys;
  const octets code = toy::code_of("sixteen octets..");
  REQUIRE(keys.add(toy::alice, "strong", code, check_rule::hmac_sha_256));
  REQUIRE(keys.add(toy::alice, "weak", code));
  REQUIRE(keys.current(toy::alice)->key_id == "weak");
  REQUIRE(keys.accepts(toy::alice, check_rule::hmac_sha_256_128));
  keys.accept_only(toy::alice, {check_rule::hmac_sha_256, check_rule::ed25519});
  CHECK_FALSE(keys.accepts(toy::alice, check_rule::hmac_sha_256_128));
  CHECK(keys.preset_code(toy::alice, "weak", check_rule::hmac_sha_256_128).empty());
  CHECK(keys.current(toy::alice)->key_id == "strong");
  REQUIRE_FALSE(keys.add(toy::alice, "weak again", code));
  CHECK(keys.add(toy::alice, "weak again", code).error() == errc::bad_key);
  CHECK(keys.accepts(toy::alice, check_rule::hmac_sha_256));
  CHECK_FALSE(keys.accepts(toy::alice, check_rule::ed25519));  // allowed, but there is no key
  keys.accept_only(toy::alice, {});
  CHECK_FALSE(keys.current(toy::alice));
  keys.accept_only(toy::alice, {check_rule::hmac_sha_256_128});
  CHECK(keys.current(toy::alice)->key_id == "weak");
}

TEST_CASE("a role refuses what is below the floor, and the message gets through above it",
          "[key.rule][key.current]") {
  toy::trio t;
  t.start();
  REQUIRE(t.relay_env.keys.add_accepted(toy::alice, "k2", toy::code_of("stronger"),
                                        check_rule::hmac_sha3_256));
  t.relay_env.keys.accept_only(toy::alice, {check_rule::hmac_sha3_256});
  const auto name = t.submit("hello");
  t.pass(seconds(60));
  CHECK_FALSE(t.outcome_of(name));
  CHECK(t.relay_env.watch.count(notice::unknown_key) > 0);
  CHECK(t.relay_env.watch.count(notice::wrong_code) == 0);
  REQUIRE(
      t.alice_env.keys.add(toy::relay, "k2", toy::code_of("stronger"), check_rule::hmac_sha3_256));
  t.pass(seconds(700));
  CHECK(t.outcome_of(name) == outcome::delivered);
}

TEST_CASE("a key is accepted before it is current", "[key.current]") {
  preset_keys keys;
  const octets code = toy::code_of("sixteen octets..");
  REQUIRE(keys.add(toy::alice, "a", code));
  REQUIRE(keys.add_accepted(toy::alice, "b", code));
  CHECK(keys.current(toy::alice)->key_id == "a");
  CHECK_FALSE(keys.preset_code(toy::alice, "b", check_rule::hmac_sha_256_128).empty());
  REQUIRE(keys.make_current(toy::alice, "b"));
  CHECK(keys.current(toy::alice)->key_id == "b");
  CHECK_FALSE(keys.make_current(toy::alice, "c"));
  CHECK_FALSE(keys.make_current(toy::bob, "a"));
  REQUIRE(keys.remove(toy::alice, "b"));
  CHECK(keys.current(toy::alice)->key_id == "a");
}

TEST_CASE("an element under ed25519 convinces a third party", "[code.input][key.preset]") {
  std::mt19937_64 from(25519);
  real a, r;
  const auto codes = preset_codes(check_rule::ed25519, from);
  REQUIRE(a.keys.add(toy::relay, "k", codes.first, check_rule::ed25519));
  REQUIRE(r.keys.add(toy::alice, "k", codes.second, check_rule::ed25519));
  verifier<real> at_a(a), at_r(r);
  const digest d = cryptopp::digest_of(as_octets("I owe you 5"));
  auto said = some<check>(check_rule::ed25519);
  said.at = 1;
  REQUIRE(at_a.seal(said, purpose::submit, toy::relay, &d));
  auto answered = some<receipt>(check_rule::ed25519);
  answered.states = {{status::executed, {1, 1}, {}, reason::none}};
  REQUIRE(at_r.seal(answered, purpose::receipt, toy::alice));

  // the third party has the public keys, the elements and the canonical octets
  const octets alice_key(public_key_of(codes.second).begin(), public_key_of(codes.second).end());
  const octets relay_key(public_key_of(codes.first).begin(), public_key_of(codes.first).end());
  octets input;
  covered::write_input(input, said, purpose::submit, &d);
  CHECK(ed25519_verifies(alice_key, input, said.code.view()));
  CHECK_FALSE(ed25519_verifies(relay_key, input, said.code.view()));
  const digest other = cryptopp::digest_of(as_octets("I owe you 9"));
  covered::write_input(input, said, purpose::submit, &other);
  CHECK_FALSE(ed25519_verifies(alice_key, input, said.code.view()));
  covered::write_input(input, answered, purpose::receipt);
  CHECK(ed25519_verifies(relay_key, input, answered.code.view()));
  CHECK_FALSE(ed25519_verifies(alice_key, input, answered.code.view()));
}

TEST_CASE("of a signature nobody makes another one", "[code.compare]") {
  // L of RFC 8032, section 5.1, little-endian
  const octets order =
      from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").value();
  std::mt19937_64 from(8032);
  for (int round = 0; round < 20; ++round) {
    const ed25519_pair pair(random_octets(from, 32), octets(32, 9));
    const octets in = random_octets(from, from() % 300);
    auto signature = pair.signature_of(in);
    REQUIRE(ed25519_verifies(pair.own_public_key(), in, signature));
    for (int times = 1; times < 16; ++times) {  // S + n L is the same number to the equation
      unsigned carry = 0;
      for (std::size_t i = 0; i < 32; ++i) {
        carry += signature[32 + i] + unsigned{order[i]};
        signature[32 + i] = static_cast<octet>(carry);
        carry >>= 8;
      }
      if (carry != 0) break;
      REQUIRE_FALSE(ed25519_verifies(pair.own_public_key(), in, signature));
    }
  }
}

TEST_CASE("public keys of small order are refused", "[key.preset]") {
  // the five y of the eight points, and the two of them that are also written above the prime
  const std::array weak{"0000000000000000000000000000000000000000000000000000000000000000",
                        "0100000000000000000000000000000000000000000000000000000000000000",
                        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"};
  preset_keys keys;
  int at = 0;
  for (const char* one : weak)
    for (octet sign : {octet{0}, octet{0x80}}) {
      octets key = from_hex(one).value();
      key[31] |= sign;
      CHECK(is_weak_public_key(key));
      const auto id = std::to_string(++at);
      const auto said = keys.add(toy::alice, id, joined(octets(32, 1), key), check_rule::ed25519);
      REQUIRE_FALSE(said);
      CHECK(said.error() == errc::bad_key);
      // a key source that lets it through does not make the core use it
      CHECK_FALSE(is_usable(check_rule::ed25519, joined(octets(32, 1), key)));
    }
  CHECK_FALSE(keys.current(toy::alice));
  for (std::size_t size : {0u, 16u, 32u, 63u, 65u, 96u})
    CHECK_FALSE(keys.add(toy::alice, "k", octets(size, 3), check_rule::ed25519));
  std::mt19937_64 from(1);
  for (int i = 0; i < 200; ++i) {
    const octets seed = random_octets(from, 32);
    CHECK_FALSE(is_weak_public_key(ed25519_pair(seed, seed).own_public_key()));
  }
}

TEST_CASE("under a key of small order a signature would fit many messages", "[key.preset]") {
  // why they are refused: S = 0 and R the neutral element, under the neutral element as key
  octets neutral(32, 0);
  neutral[0] = 1;
  const octets signature = joined(neutral, octets(32, 0));
  CHECK(ed25519_verifies(neutral, as_octets("one"), signature));
  CHECK(ed25519_verifies(neutral, as_octets("another"), signature));
}

TEST_CASE("a code with octets behind it is no code", "[code.compare]") {
  std::mt19937_64 from(64);
  for (const auto& one : rules) {
    const auto codes = preset_codes(one.rule, from);
    const auto key = cryptopp::derive(one.rule, codes.first, {});
    const auto peer = cryptopp::derive(one.rule, codes.second, {});
    const octets in = random_octets(from, 80);
    const auto made = key.code(in);
    octets code(made.view().begin(), made.view().end());
    REQUIRE(peer.matches(in, check_code(code)));
    for (int i = 0; i < 60; ++i) {
      code.push_back(0);
      CHECK_FALSE(peer.matches(in, check_code(code)));
    }
  }
}
