// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// The trust modes end to end and sealed: what the second code covers, who needs it, and that no
// loss, crash or rotation takes it away. What attackers can do stands in attackers_test.cpp.
#include <vidimus/adapt/cryptopp.hpp>
#include <vidimus/adapt/wire.hpp>

#include "../support/catch.hpp"
#include "../support/trio.hpp"

using namespace toy;

namespace {

/// Everything that was ever sent of one kind to one party.
template <class Element>
std::vector<Element> all_to(const trio& t, std::string_view to) {
  std::vector<Element> out;
  for (const flight& f : t.ever)
    if (bare(f.sent.to) == to)
      if (const auto* e = f.as<Element>()) out.push_back(*e);
  return out;
}

/// A check of the first hop, as alice sends it.
check sent_by_alice(bool sealed = false) {
  trio t;
  t.give_ends(sealed);
  t.start();
  (void)t.submit("hello");
  REQUIRE(t.run_to<check>(relay));
  return *t.take().as<check>();
}

digest digest_of_text(std::string_view text) {
  return toy::crypto::digest_of(content_of(text).canonical);
}

}  // namespace

TEST_CASE("end to end: the endpoint's proof travels to the sender",
          "[end.code][end.delivered][end.keep]") {
  trio t;
  t.give_ends();
  t.start();
  const auto name = t.submit("hello");
  t.run();
  REQUIRE(t.outcome_of(name) == outcome::delivered);
  REQUIRE(t.effects == std::vector<std::pair<message_name, std::string>>{{name, "hello"}});
  REQUIRE(t.delivered[0].end_to_end);
  for (const check& c : all_to<check>(t, relay)) REQUIRE_FALSE(c.second.empty());
  for (const check& c : all_to<check>(t, bob)) REQUIRE_FALSE(c.second.empty());
  REQUIRE(all_to<check>(t, relay)[0].second == all_to<check>(t, bob)[0].second);
  std::size_t proofs = 0;
  for (const receipt& r : all_to<receipt>(t, alice)) proofs += r.ends.size();
  REQUIRE(proofs == 1);
  REQUIRE(t.relay_env.watch.count(notice::wrong_second) == 0);
  REQUIRE(t.alice_env.watch.count(notice::wrong_second) == 0);
}

TEST_CASE("sealed: the second code travels with the command, not before", "[end.sealed]") {
  trio t;
  t.give_ends(true);
  t.start();
  const auto name = t.submit("hello");
  t.run();
  REQUIRE(t.outcome_of(name) == outcome::delivered);
  for (const check& c : all_to<check>(t, relay)) {
    REQUIRE(c.second.empty());
    REQUIRE((c.flags & check::sealed) != 0);
  }
  const auto commands = all_to<execute>(t, relay);
  REQUIRE(commands.size() == 1);
  REQUIRE(commands[0].ends.size() == 1);
  REQUIRE(commands[0].ends[0].at == 1);
  REQUIRE(all_to<check>(t, bob)[0].second == commands[0].ends[0].held);
}

TEST_CASE("per hop nothing of it is on the wire", "[end.keys]") {
  trio t;
  t.start();
  const auto name = t.submit("hello");
  t.run();
  REQUIRE(t.outcome_of(name) == outcome::delivered);
  REQUIRE_FALSE(t.delivered[0].end_to_end);
  for (const flight& f : t.ever) {
    if (const auto* c = f.as<check>()) REQUIRE(c->second.empty());
    if (const auto* e = f.as<execute>()) REQUIRE(e->ends.empty());
    if (const auto* r = f.as<receipt>()) REQUIRE((r->ends.empty() && !r->body_only));
  }
}

TEST_CASE("the second code covers what the sender says, and nothing that a server assigns",
          "[end.code][end.keys]") {
  const check sent = sent_by_alice();
  const digest content = digest_of_text("hello");
  trio t;
  t.give_ends();
  verifier<env> codes(t.bob_env);
  const auto found = [&](auto change) {
    check c = sent;
    change(c);
    return codes.verify_second(c, alice, content);
  };
  REQUIRE(found([](check&) {}) == finding::valid);
  // assigned by the server, or of one hop only
  REQUIRE(found([](check& c) { c.head.memory.octets[0] ^= 1; }) == finding::valid);
  REQUIRE(found([](check& c) { c.head.key_id = "other"; }) == finding::valid);
  REQUIRE(found([](check& c) { c.low = 7; }) == finding::valid);
  REQUIRE(found([](check& c) { c.voids.add(3); }) == finding::valid);
  REQUIRE(found([](check& c) { c.attempt = 9; }) == finding::valid);
  REQUIRE(found([](check& c) { c.code = {}; }) == finding::valid);
  // said by the sender
  const auto wrong = finding::wrong_code;
  REQUIRE(found([](check& c) { c.at = 2; }) == wrong);
  REQUIRE(found([](check& c) { c.type = ""; }) == wrong);
  REQUIRE(found([](check& c) { c.flags ^= check::report; }) == wrong);
  REQUIRE(found([](check& c) { c.flags ^= check::sealed; }) == wrong);
  REQUIRE(found([](check& c) { ++c.lifetime_s; }) == wrong);
  REQUIRE(found([](check& c) { c.cover.listed = true; }) == wrong);
  REQUIRE(found([](check& c) { c.head.conversation.id.octets[0] ^= 1; }) == wrong);
  REQUIRE(found([](check& c) {
            c.head.conversation.along = make_route("carol@example.org", bob, relay);
          }) == wrong);
  REQUIRE(found([](check& c) {
            c.head.conversation.along = make_route(alice, "carol@example.net", relay);
          }) == wrong);
  REQUIRE(found([](check& c) {
            c.head.conversation.along = make_route(alice, bob, "other.example.org");
          }) == wrong);
  REQUIRE(found([](check& c) { c.second.code = c.code; }) == wrong);
  REQUIRE(found([](check& c) { c.second.code = {}; }) == wrong);
  REQUIRE(found([](check& c) { c.second.key_id = "e2"; }) == finding::unknown_key);
  const digest other = digest_of_text("hellp");
  REQUIRE(codes.verify_second(sent, alice, other) == wrong);
  // the key of the hop is another, and the relay has none
  REQUIRE(codes.verify_second(sent, relay, content) == finding::unknown_key);
  verifier<env> at_relay(t.relay_env);
  REQUIRE(at_relay.verify_second(sent, alice, content) == finding::unknown_key);
}

TEST_CASE("the worked example of section 5.6",
          "[end.code][end.delivered][code.input][key.derive]") {
  // the values were computed apart, by HMAC and HKDF of Python's hmac and hashlib
  using real = environment<cryptopp, preset_keys, toy::entropy>;
  const auto run = [](int first, std::size_t count) {
    octets out;
    while (out.size() < count) out.push_back(static_cast<octet>(first++));
    return out;
  };
  real at_alice, at_bob;
  REQUIRE(at_alice.keys.add(relay, "k1", run(0, 32)));
  REQUIRE(at_alice.keys.add_end_to_end(bob, "e1", run(0x40, 32)));
  REQUIRE(at_bob.keys.add_end_to_end(alice, "e1", run(0x40, 32)));
  check c;
  c.head.conversation.along = make_route(alice, bob, relay);
  std::copy_n(run(0x10, 12).begin(), 12, c.head.conversation.id.octets.begin());
  std::copy_n(run(0x20, 12).begin(), 12, c.head.memory.octets.begin());
  c.at = 1;
  c.type = "chat";
  c.flags = check::report;
  c.lifetime_s = 86400;
  digest d{};
  const octets content{0x99, 0xab, 0xcc, 0xd9, 0x90, 0x24, 0x52, 0xc1, 0xd4, 0x98, 0xc2,
                       0x26, 0x17, 0x0a, 0x01, 0x1c, 0xd0, 0x09, 0xcb, 0xc0, 0x93, 0x95,
                       0xdb, 0x27, 0x25, 0x64, 0xb8, 0x8f, 0x2a, 0x78, 0x27, 0xee};
  std::copy(content.begin(), content.end(), d.begin());
  verifier<real> codes(at_alice), at_end(at_bob);
  const auto second = codes.second_code(c, c.head.conversation, bob, d);
  REQUIRE(second);
  c.second = *second;
  REQUIRE(to_base64(second->code.view(), base64url_letters) == "cs6riDTwoKeK6b95fGNEPg");
  REQUIRE(codes.seal(c, purpose::submit, relay, &d));
  REQUIRE(to_base64(c.code.view(), base64url_letters) == "uZUBmIanX6PvN9TCl2Qzyg");
  const auto written = write_element(c, {hop::one, alice, relay, "chat"});
  REQUIRE(written);
  REQUIRE(written->text == "zcs6riDTwoKeK6b95fGNEPg/ZTE");
  REQUIRE(at_end.verify_second(c, alice, d) == finding::valid);
  const auto proof = at_end.delivery_proof(c, alice, d);
  REQUIRE(proof);
  REQUIRE(to_base64(proof->code.view(), base64url_letters) == "PGhFB5O-qnBQ-g-KbPIqhg");
  receipt r;
  r.head = c.head;
  r.states.push_back({status::delivered, {1, 1}, {}, reason::none});
  r.ends.push_back({1, *proof});
  r.code = c.code;
  const auto said = write_element(r, {hop::two, bob, relay, {}});
  REQUIRE(said);
  REQUIRE(said->text == "d1 z1/PGhFB5O-qnBQ-g-KbPIqhg/ZTE");
}

TEST_CASE("a proof of delivery is of one name and one content", "[end.delivered]") {
  const check sent = sent_by_alice();
  const digest content = digest_of_text("hello");
  trio t;
  t.give_ends();
  verifier<env> at_bob(t.bob_env), at_alice(t.alice_env);
  const auto proof = at_bob.delivery_proof(sent, alice, content);
  REQUIRE(proof);
  const message_name name{sent.head.conversation, sent.at};
  REQUIRE(at_alice.proves_delivery(*proof, name, bob, content));
  REQUIRE_FALSE(at_alice.proves_delivery(*proof, {name.in, 2}, bob, content));
  REQUIRE_FALSE(at_alice.proves_delivery(*proof, name, bob, digest_of_text("hellp")));
  message_name other = name;
  other.in.id.octets[3] ^= 1;
  REQUIRE_FALSE(at_alice.proves_delivery(*proof, other, bob, content));
  REQUIRE_FALSE(at_alice.proves_delivery(sent.second, name, bob, content));  // purposes differ
  REQUIRE_FALSE(at_alice.proves_delivery({}, name, bob, content));
}

TEST_CASE("end to end: a lost element of any kind is repaired", "[end.keep][end.delivered]") {
  for (bool sealed : {false, true})
    for (int lost = 0; lost < 12; ++lost) {
      CAPTURE(sealed, lost);
      trio t;
      t.give_ends(sealed);
      t.start();
      const auto name = t.submit("hello");
      for (int i = 0; i < lost && !t.air.empty(); ++i) t.step();
      if (t.air.empty()) continue;
      (void)t.take();
      t.run();
      t.pass(seconds(120));
      REQUIRE(t.outcome_of(name) == outcome::delivered);
      REQUIRE(t.taken(name) == 1);
    }
}

TEST_CASE("end to end: a crash of any role at any step keeps codes and proofs",
          "[end.keep][end.delivered][restore.again]") {
  for (bool sealed : {false, true})
    for (int who = 0; who < 3; ++who)
      for (int steps = 0; steps < 12; ++steps) {
        CAPTURE(sealed, who, steps);
        trio t;
        t.give_ends(sealed);
        t.start();
        const auto name = t.submit("hello");
        for (int i = 0; i < steps && !t.air.empty(); ++i) t.step();
        if (who == 0) t.crash_sender();
        if (who == 1) t.crash_server();
        if (who == 2) t.crash_receiver();
        if (who == 0) t.link_up();
        if (who == 1) t.attach();
        t.run();
        t.pass(seconds(120));
        std::size_t told = 0;
        for (const out::report& r : t.reports) {
          REQUIRE(r.ended == outcome::delivered);
          told += !r.again;
        }
        REQUIRE(told == 1);
        REQUIRE(t.taken(name) == 1);
      }
}

TEST_CASE("a receipt that the server lost is repeated with its proof, also after a crash of both",
          "[end.keep][s5.repeat]") {
  trio t;
  t.give_ends();
  t.start();
  const auto name = t.submit("hello");
  while (!(t.air.front().as<receipt>() != nullptr && t.air.front().sent.to == relay &&
           t.taken(name) == 1))
    t.step();
  (void)t.take();
  t.crash_receiver();
  t.crash_server();
  t.attach();
  t.run();
  t.pass(seconds(60));
  REQUIRE(t.outcome_of(name) == outcome::delivered);
  REQUIRE(t.taken(name) == 1);
}

TEST_CASE("many messages: proofs come in parts of 64 and cut ranges do no harm",
          "[end.delivered][end.sealed][element.ranges]") {
  for (bool sealed : {false, true}) {
    CAPTURE(sealed);
    trio t;
    t.give_ends(sealed);
    t.start();
    std::vector<message_name> names;
    (void)t.submit("first");
    t.run();
    t.alice_did(t.a->link_lost(t.now));
    for (int i = 0; i < 200; ++i) names.push_back(t.submit("text " + std::to_string(i)));
    t.link_up();
    // the news of every second one is lost: the snapshot has to say it again
    for (int i = 0; !t.air.empty(); ++i) {
      const auto* r = t.air.front().as<receipt>();
      if (r != nullptr && !r->ends.empty() && bare(t.air.front().sent.to) == alice && i % 2 == 0)
        (void)t.take();
      else
        t.step();
    }
    t.pass(seconds(300));
    for (const auto& name : names) {
      REQUIRE(t.outcome_of(name) == outcome::delivered);
      REQUIRE(t.taken(name) == 1);
    }
    for (const receipt& r : all_to<receipt>(t, alice)) REQUIRE(r.ends.size() <= 64);
    for (const execute& e : all_to<execute>(t, relay)) REQUIRE(e.ends.size() <= 64);
  }
}

TEST_CASE("below low2 an endpoint keeps no proof", "[low.two][end.keep]") {
  trio t;
  t.give_ends();
  t.start();
  for (int i = 0; i < 20; ++i) {
    (void)t.submit("text " + std::to_string(i));
    t.run();
  }
  std::size_t kept = 0;
  for (const stored& one : t.bob_store.all())
    if (auto c = image::load<record::receiver_conversation>(one.image)) kept += c->ends.size();
  REQUIRE(kept == 1);  // the next check tells the endpoint that the last one was stored
}

TEST_CASE("keys between the ends change under way", "[end.keys][key.current]") {
  for (bool sealed : {false, true})
    for (int steps = 0; steps < 12; ++steps) {
      CAPTURE(sealed, steps);
      trio t;
      t.give_ends(sealed);
      t.start();
      const auto first = t.submit("under the first");
      for (int i = 0; i < steps && !t.air.empty(); ++i) t.step();
      t.give_ends(sealed, "e2");
      const auto second = t.submit("under the second");
      t.run();
      t.pass(seconds(60));
      REQUIRE(t.outcome_of(first) == outcome::delivered);
      REQUIRE(t.outcome_of(second) == outcome::delivered);
      REQUIRE(t.alice_env.keys.remove_end_to_end(bob, "e1"));
      REQUIRE(t.bob_env.keys.remove_end_to_end(alice, "e1"));
      const auto third = t.submit("the first is gone");
      t.run();
      REQUIRE(t.outcome_of(third) == outcome::delivered);
    }
}

TEST_CASE("a receiver that learns the key later takes the message then", "[end.refuse]") {
  trio t;
  t.give_ends();
  (void)t.alice_env.keys.add_end_to_end(bob, "e2", code_of("a later one"));
  t.start();
  const auto name = t.submit("hello");
  t.run();
  REQUIRE(t.taken(name) == 0);
  REQUIRE(t.bob_env.watch.count(notice::wrong_second) > 0);
  REQUIRE_FALSE(t.outcome_of(name));
  (void)t.bob_env.keys.add_end_to_end(alice, "e2", code_of("a later one"));
  t.pass(seconds(300));
  REQUIRE(t.outcome_of(name) == outcome::delivered);
  REQUIRE(t.taken(name) == 1);
}

TEST_CASE("a sender that lost its key sends nothing rather than less", "[end.code]") {
  for (bool sealed : {false, true}) {
    CAPTURE(sealed);
    trio t;
    t.give_ends(sealed);
    t.start();
    const auto name = t.submit("hello");
    REQUIRE(t.alice_env.keys.remove_end_to_end(bob, "e1"));
    t.run();
    t.pass(seconds(300));
    REQUIRE(t.taken(name) == 0);
    REQUIRE_FALSE(t.outcome_of(name));
    for (const check& c : all_to<check>(t, relay)) REQUIRE((sealed || !c.second.empty()));
    for (const execute& e : all_to<execute>(t, relay))
      for (const range& r : e.numbers) REQUIRE((!sealed || r.size() == e.ends.size()));
    t.pass(seconds(4000));  // the lifetime ends: no command was carried out, and void says so
    REQUIRE(t.outcome_of(name) == outcome::expired);
  }
}

TEST_CASE("an endpoint without the key refuses what asks for it", "[endpoint.able]") {
  for (bool sealed : {false, true}) {
    CAPTURE(sealed);
    trio t;
    (void)t.alice_env.keys.add_end_to_end(bob, "e1", code_of("between the ends"),
                                          check_rule::hmac_sha_256_128, sealed);
    t.start();
    const auto name = t.submit("hello");
    t.run();
    REQUIRE(t.outcome_of(name) == outcome::failed);
    REQUIRE(t.reports[0].why == reason::unsupported);
    REQUIRE(t.taken(name) == 0);
  }
}

TEST_CASE("an endpoint that lost the key keeps its word about what it was given",
          "[endpoint.able]") {
  trio t;
  t.give_ends();
  t.accepts = false;
  t.start();
  const auto name = t.submit("hello");
  t.run();
  t.crash_receiver();
  REQUIRE(t.bob_env.keys.remove_end_to_end(alice, "e1"));
  t.pass(seconds(60));  // sent again, and neither handed again nor refused
  REQUIRE(t.delivered.size() == 1);
  REQUIRE_FALSE(t.outcome_of(name));
  t.accept(name);  // the host's records show that it took the name
  t.run();
  REQUIRE(t.outcome_of(name) == outcome::delivered);
}

TEST_CASE("a sealed message that was withdrawn before its command cannot be delivered",
          "[end.sealed][stop.local]") {
  trio t;
  t.give_ends(true);
  t.start();
  const auto name = t.submit("hello");
  REQUIRE(t.run_to<receipt>(alice));
  t.step();
  REQUIRE(t.run_to<receipt>(alice));  // verified: the server has all that it ever gets
  t.withdraw(name);
  REQUIRE(t.outcome_of(name) == outcome::withdrawn);
  t.run();
  for (const execute& e : all_to<execute>(t, relay)) REQUIRE(e.ends.empty());
  for (const check& c : all_to<check>(t, relay)) REQUIRE(c.second.empty());
}

TEST_CASE("a command without the second code of a sealed message has no effect", "[end.sealed]") {
  trio t;
  t.give_ends(true);
  t.start();
  const auto name = t.submit("hello");
  REQUIRE(t.run_to<execute>(relay));
  flight f = t.take();
  const flight true_one = f;
  execute e = *f.as<execute>();
  e.ends.clear();
  verifier<env> codes(t.alice_env);
  REQUIRE(codes.seal(e, purpose::execute, relay));
  f.sent.what = e;
  t.ever.clear();
  t.arrive(f);
  REQUIRE(all_to<receipt>(t, alice).size() == 1);
  REQUIRE(all_to<receipt>(t, alice)[0].states[0].what == status::verified);
  t.run();
  REQUIRE(all_to<check>(t, bob).empty());
  e.ends = {{7, true_one.as<execute>()->ends[0].held}};  // that of another number is none
  REQUIRE(codes.seal(e, purpose::execute, relay));
  f.sent.what = e;
  t.arrive(f);
  t.run();
  REQUIRE(all_to<check>(t, bob).empty());
  t.arrive(true_one);
  t.run();
  REQUIRE(t.outcome_of(name) == outcome::delivered);
}

TEST_CASE("a sealed message with its code beside it is refused", "[end.sealed]") {
  trio t;
  t.give_ends(true);
  t.start();
  const auto name = t.submit("hello");
  REQUIRE(t.run_to<check>(relay));
  flight f = t.take();
  check c = *f.as<check>();
  c.second = {"e1", check_rule::hmac_sha_256_128, check_code(octets(16, 1))};
  verifier<env> codes(t.alice_env);
  const digest content = digest_of_text("hello");
  REQUIRE(codes.seal(c, purpose::submit, relay, &content));
  f.sent.what = c;
  t.arrive(f);
  t.run();
  REQUIRE(t.outcome_of(name) == outcome::failed);
  REQUIRE(t.reports[0].why == reason::malformed);
}

TEST_CASE("images of the format before end to end are read", "[end.keep]") {
  trio t;
  t.start();
  t.submit("hello");
  REQUIRE(t.run_to<check>(bob));
  for (memory_store* store : {&t.alice_store, &t.relay_store, &t.bob_store})
    for (const stored& one : store->all()) {
      const auto now = image::load<record::sender_message>(one.image);
      if (!now) continue;
      octets old = one.image;
      old[1] = 1;
      // the fields that format 2 added, and the checksum
      old.resize(old.size() - 4 - 1 - 4 - now->how->key_id.size());
      writer(old).u32(crc32(old));
      const auto read = image::load<record::sender_message>(old);
      REQUIRE(read);
      REQUIRE_FALSE(read->end_to_end);
      old[1] = image::format + 1;
      REQUIRE((image::kind_of(old).error() == errc::newer_image));
    }
}
