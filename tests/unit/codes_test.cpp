// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// What codes cover, which keys they come from, and who may use them.
#include "../support/catch.hpp"
#include "../support/toy.hpp"

using namespace toy;

namespace {

memory_name name_of_octet(octet o) {
  memory_name name;
  name.octets.fill(o);
  return name;
}

template <class Element>
Element with_head() {
  Element e;
  e.head.conversation.along = make_route(alice, bob, relay);
  e.head.conversation.id.octets.fill(7);
  e.head.memory = name_of_octet(9);
  return e;
}

/// Every change in the list makes the code wrong; without a change it is right.
template <class Element, class... Change>
void each_changes_the_code(const Element& base, purpose p, Change... changes) {
  toy::env world;
  REQUIRE(world.keys.add(alice, "k1", code_of("hop one")));
  REQUIRE(world.keys.add(alice, "k2", code_of("hop one")));
  REQUIRE(world.keys.add_end_to_end(alice, "k2", code_of("hop one")));
  verifier<toy::env> codes(world);
  const digest d = toy::crypto::digest_of(content_of("hello").canonical);
  const digest* content = std::is_same_v<Element, check> ? &d : nullptr;
  Element sealed = base;
  REQUIRE(codes.seal(sealed, p, alice, content));
  REQUIRE(codes.verify(sealed, p, alice, content) == finding::valid);
  int at = 0;
  const auto one = [&](auto change) {
    CAPTURE(at++);
    Element changed = sealed;
    change(changed);
    REQUIRE(codes.verify(changed, p, alice, content) == finding::wrong_code);
  };
  (one(changes), ...);
  one([](Element& e) { e.head.key_id = "k1"; });
  one([](Element& e) { e.head.conversation.along = make_route("x@y", bob, relay); });
  one([](Element& e) { e.head.conversation.along = make_route(alice, "x@y", relay); });
  one([](Element& e) { e.head.conversation.along = make_route(alice, bob, "x.y"); });
  one([](Element& e) { e.head.conversation.id.octets[11] ^= 1; });
  one([](Element& e) { e.head.memory.octets[0] ^= 1; });
  one([](Element& e) { e.head.memory = {}; });
  one([](Element& e) { e.code = check_code(e.code.view().first(8)); });
  one([](Element& e) { e.code = {}; });
  for (std::size_t other = 0; other < purpose_names.size(); ++other)
    if (static_cast<purpose>(other) != p)
      REQUIRE(codes.verify(sealed, static_cast<purpose>(other), alice, content) ==
              finding::wrong_code);
}

end_code an_end(std::string key_id, octet filled) {
  return {std::move(key_id), check_rule::hmac_sha_256_128, check_code(octets(16, filled))};
}

ranges range_of(number first, number last) {
  ranges r;
  r.add({first, last});
  return r;
}

}  // namespace

TEST_CASE("a check covers everything it carries but the attempt",
          "[code.header][code.input]"
          "[element.check][code.purpose]") {
  check e = with_head<check>();
  e.at = 5;
  e.type = "chat";
  e.flags = check::report;
  e.lifetime_s = 60;
  each_changes_the_code(
      e, purpose::submit, [](check& c) { c.at = 6; }, [](check& c) { c.type = "headline"; },
      [](check& c) { c.type = ""; }, [](check& c) { c.flags |= check::conditional; },
      [](check& c) { c.flags = 0; }, [](check& c) { c.lifetime_s = 61; },
      [](check& c) { c.cover.listed = true; },
      [](check& c) {
        c.cover = {true, {{"urn:a", "b"}}};
      },
      [](check& c) { c.low = 1; }, [](check& c) { c.voids = range_of(1, 2); },
      [](check& c) { c.second = an_end("e1", 1); });
  toy::env world;
  REQUIRE(world.keys.add(alice, "k1", code_of("hop one")));
  verifier<toy::env> codes(world);
  const digest d = toy::crypto::digest_of(content_of("hello").canonical);
  const digest other = toy::crypto::digest_of(content_of("hellp").canonical);
  REQUIRE(codes.seal(e, purpose::submit, alice, &d));
  REQUIRE(codes.verify(e, purpose::submit, alice, &other) == finding::wrong_code);
  e.attempt = 77;
  REQUIRE(codes.verify(e, purpose::submit, alice, &d) == finding::valid);
}

TEST_CASE("each part of a code between the ends is covered by the code of the hop",
          "[code.input]") {
  const auto alter = [](end_code& e, int how) {
    if (how == 0) e.key_id = "e2";
    if (how == 1) e.key_id = "";
    if (how == 2) e.code = check_code(octets(16, 2));
    if (how == 3) e.code = check_code(octets(17, 1));
    if (how == 4) e = {};
  };
  check c = with_head<check>();
  c.second = an_end("e1", 1);
  execute x = with_head<execute>();
  x.ends.push_back({1, an_end("e1", 1)});
  receipt r = with_head<receipt>();
  r.ends.push_back({1, an_end("e1", 1)});
  for (int how = 0; how < 5; ++how) {
    CAPTURE(how);
    each_changes_the_code(c, purpose::submit, [&](check& e) { alter(e.second, how); });
    each_changes_the_code(
        x, purpose::execute, [&](execute& e) { alter(e.ends[0].held, how); },
        [](execute& e) { e.ends[0].at = 2; });
    each_changes_the_code(
        r, purpose::final_receipt, [&](receipt& e) { alter(e.ends[0].held, how); },
        [](receipt& e) { e.ends[0].at = 2; });
  }
}

TEST_CASE("a receipt covers everything it carries", "[code.input][receipt.status]") {
  receipt e = with_head<receipt>();
  e.states = {{status::verified, {1, 3}, {1, 2, 3}, reason::none},
              {status::voided, {4, 4}, {}, reason::withdrawn}};
  e.altered = {{9, {}, {}, 1, {{}}}};
  e.limit = 64;
  each_changes_the_code(
      e, purpose::receipt, [](receipt& r) { r.states[0].what = status::executed; },
      [](receipt& r) { r.states[0].span.last = 2; }, [](receipt& r) { r.states[0].bind[7] = 1; },
      [](receipt& r) { r.states[1].why = reason::expired; }, [](receipt& r) { r.states.clear(); },
      [](receipt& r) {
        r.altered.push_back({1, {}, {}, 1});
      },
      [](receipt& r) {
        r.altered.push_back({2, {}, {}, 1, {{}}});
      },
      [](receipt& r) { r.altered[0].parts[0][7] = 1; }, [](receipt& r) { r.altered[0].parts = {}; },
      [](receipt& r) { r.refused.push_back({}); }, [](receipt& r) { r.missing.add(4); },
      [](receipt& r) { r.limit = 65; }, [](receipt& r) { r.octets_max = 1; },
      [](receipt& r) { r.answers.octets[0] = 1; }, [](receipt& r) { r.covered.last = 1; },
      [](receipt& r) { r.body_only = true; },
      [](receipt& r) {
        r.ends.push_back({1, an_end("e1", 1)});
      });
}

TEST_CASE("commands and questions cover everything they carry", "[code.input]") {
  execute e = with_head<execute>();
  e.numbers = range_of(1, 2);
  each_changes_the_code(
      e, purpose::execute, [](execute& x) { x.numbers = range_of(1, 3); },
      [](execute& x) { x.low = 1; }, [](execute& x) { x.voids.add(1); },
      [](execute& x) {
        x.ends.push_back({1, an_end("e1", 1)});
      });
  vidimus::withdraw w = with_head<vidimus::withdraw>();
  w.numbers = range_of(1, 2);
  each_changes_the_code(
      w, purpose::withdraw, [](vidimus::withdraw& x) { x.numbers.add(9); },
      [](vidimus::withdraw& x) { x.low = 1; });
  vidimus::sync s = with_head<vidimus::sync>();
  each_changes_the_code(
      s, purpose::sync, [](vidimus::sync& x) { x.asks.octets[3] = 1; },
      [](vidimus::sync& x) { x.low = 1; }, [](vidimus::sync& x) { x.top = 1; },
      [](vidimus::sync& x) { x.voids.add(1); }, [](vidimus::sync& x) { x.close = true; });
  challenge c = with_head<challenge>();
  each_changes_the_code(c, purpose::challenge, [](challenge& x) { x.cause = purpose::execute; });
}

TEST_CASE("preset codes have a least length, a name, and a name is never given again",
          "[key.preset]") {
  preset_keys keys;
  const octets good = code_of("sixteen octets..");
  REQUIRE_FALSE(keys.add(alice, "k", octets(15)));
  REQUIRE_FALSE(keys.add(alice, "", good));
  REQUIRE_FALSE(keys.add(alice, std::string(33, 'k'), good));
  REQUIRE_FALSE(keys.add("alice@example.org/x", "k", good));
  REQUIRE_FALSE(keys.current(alice));
  REQUIRE(keys.add(alice, "k", good));
  REQUIRE_FALSE(keys.add(alice, "k", code_of("another code....")));
  REQUIRE(keys.add(alice, "l", code_of("the next one....")));
  REQUIRE(keys.current(alice)->key_id == "l");
  REQUIRE(keys.preset_code(alice, "k", check_rule::hmac_sha_256_128).size() == 16);
  REQUIRE(keys.remove(alice, "k"));
  REQUIRE(keys.preset_code(alice, "k", check_rule::hmac_sha_256_128).empty());
  REQUIRE_FALSE(keys.add(alice, "k", good));
  REQUIRE_FALSE(keys.remove(alice, "k"));
  REQUIRE(keys.preset_code(bob, "l", check_rule::hmac_sha_256_128).empty());
}

TEST_CASE("a relay speaks for the addresses and domains it is allowed", "[key.scope]") {
  preset_keys keys;
  REQUIRE(keys.speaks_for(alice, alice));
  REQUIRE_FALSE(keys.speaks_for(relay, alice));
  keys.allow(relay, "@example.org");
  REQUIRE(keys.speaks_for(relay, alice));
  REQUIRE_FALSE(keys.speaks_for(relay, "alice@evil-example.org"));
  REQUIRE_FALSE(keys.speaks_for(relay, "alice@example.org.evil"));
  REQUIRE_FALSE(keys.speaks_for(relay, bob));
}

TEST_CASE("keys differ by everything they are derived from", "[key.derive]") {
  toy::env world;
  REQUIRE(world.keys.add(alice, "k1", code_of("hop one")));
  REQUIRE(world.keys.add_end_to_end(alice, "k1", code_of("hop one")));
  keyring<toy::env> ring;
  const header head = with_head<check>().head;
  const auto code_under = [&](std::string_view peer, header h, purpose p) {
    h.key_id = "k1";
    return ring.find(world, peer, h, p)->key.code(as_octets("x"));
  };
  std::vector<check_code> seen;
  for (std::size_t p = 0; p < purpose_names.size(); ++p)
    seen.push_back(code_under(alice, head, static_cast<purpose>(p)));
  header other = head;
  other.conversation.along = make_route(alice, "carol@example.net", relay);
  seen.push_back(code_under(alice, other, purpose::submit));
  for (std::size_t i = 0; i < seen.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) REQUIRE_FALSE(seen[i] == seen[j]);
  // also right behind one another: what was found last is looked at first
  REQUIRE(world.keys.add(bob, "k1", code_of("hop two")));
  for (int round = 0; round < 2; ++round) {
    CHECK(code_under(alice, head, purpose::submit) == seen.front());
    CHECK(code_under(alice, other, purpose::submit) == seen.back());
    CHECK_FALSE(code_under(bob, head, purpose::submit) == seen.front());
  }
  REQUIRE(world.keys.remove(alice, "k1"));  // at once, also what was derived before
  header again = head;
  again.key_id = "k1";
  REQUIRE(ring.find(world, alice, again, purpose::submit) == nullptr);
}

TEST_CASE("a reference that is known is the one that is computed", "[element.brief]") {
  toy::env world;
  verifier<toy::env> codes(world);
  const auto routes = {make_route(alice, bob, relay), make_route(bob, alice, relay)};
  const auto computed = [](const header& head, purpose p) {
    octets whole;
    covered::builder(whole).head(head, p);
    const digest d = toy::crypto::digest_of(whole);
    head_reference out;
    std::copy_n(head.conversation.id.octets.begin(), 3, out.octets.begin());
    std::copy_n(d.begin(), 3, out.octets.begin() + 3);
    return out;
  };
  std::vector<std::pair<header, purpose>> all;
  for (const octet id : {octet{1}, octet{65}})
    for (const octet memory : {octet{1}, octet{65}})
      for (const auto& along : routes)
        for (const char* key_id : {"k1", "k2"})
          for (const check_rule rule : {check_rule::hmac_sha_256_128, check_rule::ed25519})
            for (const purpose p : {purpose::submit, purpose::execute}) {
              header head{rule, key_id, {along, {}}, name_of_octet(memory)};
              head.conversation.id.octets.fill(id);
              all.emplace_back(head, p);
            }
  for (const auto& [first, first_as] : all)
    for (const auto& [then, then_as] : all) {
      REQUIRE(codes.reference_of(first, first_as) == computed(first, first_as));
      REQUIRE(codes.reference_of(then, then_as) == computed(then, then_as));
    }
}
