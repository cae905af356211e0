// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// The table of attackers in docs/protocol.md, section 14. Each attack is written once and mounted
// by each attacker in each trust mode, with the preset codes that this attacker holds and all that
// was ever sent: it has to succeed where the table admits it, and to fail where it does not.
#include <functional>

#include "../support/catch.hpp"
#include "../support/trio.hpp"

using namespace toy;

namespace {

enum mode { shared, per_hop, end_to_end, sealed };
enum attacker { path, user, endpoint, relay_itself };
constexpr std::array mode_names{"shared", "per hop", "end to end", "sealed"};
constexpr std::array attacker_names{"on the path", "another user", "the receiver", "the server"};
const std::string mallory = "mallory@example.org";

struct known_code {
  std::string key_id;
  octets code;
};

/// A trio in a mode, one message delivered, and an attacker who can put any stanza anywhere.
class world {
 public:
  world(mode m, attacker who) {
    t.relay_env.keys.add(mallory, "k1", code_of("mallory's own")).value();
    t.bob_env.keys.add_end_to_end(mallory, "e1", code_of("mallory's and bob's")).value();
    if (m == shared) {
      for (auto* keys : {&t.alice_env.keys, &t.bob_env.keys})
        keys->add(relay, "k2", code_of("known to all three")).value();
      for (const auto& peer : {alice, bob, mallory})
        t.relay_env.keys.add(peer, "k2", code_of("known to all three")).value();
    }
    if (m == end_to_end || m == sealed) t.give_ends(m == sealed);
    learn_codes(m, who);
    t.start();
    first = submit("first");
    t.run();
    VIDIMUS_EXPECT(t.outcome_of(first) == outcome::delivered, "the honest exchange works");
  }

  message_name submit(const std::string& text) {
    const auto name = t.submit(text);
    submitted.emplace_back(name, text);
    return name;
  }

  /// The last element of a kind that was sent to a bare address.
  template <class Element>
  flight last(std::string_view to) const {
    for (auto f = t.ever.rbegin(); f != t.ever.rend(); ++f)
      if (f->as<Element>() != nullptr && bare(f->sent.to) == to) return *f;
    VIDIMUS_EXPECT(false, "there was one");
    return {};
  }

  void inject(const element& e, const std::string& from, const std::string& to,
              const std::string& text = {}) {
    out::transmit sent{to, "chat", e, nullptr};
    if (!text.empty()) sent.payload = make_payload(text);
    t.arrive({from, sent});
  }

  /// Puts an element in under every code of a hop that the attacker can make, with the whole header
  /// and in brief form.
  template <class Element>
  void forge(Element e, purpose p, const std::string& from, const std::string& to,
             const std::string& text = {}) {
    const digest content = toy::crypto::digest_of(content_of(text).canonical);
    inject(e, from, to, text);  // with the code that it has
    for (const known_code& one : hops) {
      env own;
      own.keys.add("x@y", one.key_id, one.code).value();
      Element made = e;
      made.head.brief = {};
      verifier<env> codes(own);
      VIDIMUS_EXPECT(codes.seal(made, p, "x@y", &content), "there is a key");
      inject(made, from, to, text);
      made.head.brief = codes.reference_of(made.head, p);
      inject(made, from, to, text);
    }
  }

  /// A message for bob or the relay, with every second code that the attacker has seen or can make,
  /// and without.
  void forge_message(check e, purpose p, const std::string& from, const std::string& to,
                     const std::string& text) {
    const digest content = toy::crypto::digest_of(content_of(text).canonical);
    std::vector<end_code> seconds = seen_ends();
    seconds.push_back({});
    for (const known_code& one : ends) {
      env own;
      own.keys.add_end_to_end("x@y", one.key_id, one.code).value();
      seconds.push_back(*verifier<env>(own).second_code(e, e.head.conversation, "x@y", content));
      seconds.push_back(seconds.back());
      seconds.back().rule = check_rule::hmac_sha_256;  // as if a later rule had been agreed on
    }
    for (const end_code& second : seconds) {
      e.second = second;
      forge(e, p, from, to, text);
    }
  }

  /// A receipt that says delivered, with every proof that the attacker has seen or can make.
  void forge_delivered(receipt r, number n, purpose p, const std::string& from,
                       const std::string& to, const std::string& text) {
    const digest content = toy::crypto::digest_of(content_of(text).canonical);
    r.states = {{status::delivered, {n, n}, {}, reason::none}};
    std::vector<end_code> proofs;
    for (const known_code& one : ends) {
      env own;
      own.keys.add_end_to_end("x@y", one.key_id, one.code).value();
      check e;
      e.head = r.head;
      e.at = n;
      e.second.key_id = one.key_id;
      proofs.insert(proofs.begin(), *verifier<env>(own).delivery_proof(e, "x@y", content));
    }
    for (const end_code& one : seen_ends()) proofs.push_back(one);
    r.ends.clear();
    forge(r, p, from, to);
    for (const end_code& proof : proofs) {
      r.ends = {{n, proof}};
      forge(r, p, from, to);
    }
  }

  /// Every element ever sent, once more, to every party from every party; or not to alice.
  void replay_all(bool to_alice = true) {
    const auto seen = t.ever;
    for (const flight& f : seen)
      for (const std::string& from : {alice + "/phone", relay, bob_full})
        for (const std::string& to : {alice, relay, bob}) {
          flight again = f;
          again.from = from;
          again.sent.to = to;
          if (to_alice || to != alice) t.arrive(again);
        }
    if (to_alice) t.run();
    t.air.clear();
  }

  /// A message to bob as the relay sends it now, under the memory that bob has.
  check towards_bob(number n) const {
    check e = *last<check>(bob).as<check>();
    e.at = n;
    e.second = {};
    e.head.memory = t.b->memory_towards(relay);
    return e;
  }

  /// True if bob's application was given anything that alice did not submit like that.
  bool bob_was_deceived() const {
    for (const out::deliver& d : t.delivered) {
      const std::pair one(d.name, *d.body->whole);
      if (std::find(submitted.begin(), submitted.end(), one) == submitted.end()) return true;
      if (d.type != "chat") return true;
    }
    return false;
  }
  bool relay_sent_on(std::string_view text) const {
    for (const flight& f : t.ever)
      if (f.as<check>() != nullptr && f.from == relay && f.sent.payload && *f.sent.payload == text)
        return true;
    return false;
  }
  bool ended_as_negative(const message_name& name) const {
    const auto ended = t.outcome_of(name);
    return ended == outcome::failed || ended == outcome::expired || ended == outcome::withdrawn;
  }

  /// Delivers until the next element of a kind to an address, and takes it out.
  template <class Element>
  flight intercept(std::string_view to) {
    VIDIMUS_EXPECT(t.run_to<Element>(to), "the honest parties get as far as this");
    return t.take();
  }
  /// Delivers what is in the air but this; the attacker keeps the kind from its addressee.
  template <class Element>
  void run_without(std::string_view to) {
    while (!t.air.empty()) {
      const flight f = t.take();
      if (f.as<Element>() == nullptr || bare(f.sent.to) != to) t.arrive(f);
    }
  }

  trio t;
  message_name first;
  std::vector<std::pair<message_name, std::string>> submitted;
  std::vector<known_code> hops, ends;

 private:
  void learn_codes(mode m, attacker who) {
    hops.push_back({m == shared ? "k2" : "k1", code_of("a guess")});
    ends.push_back({"e1", code_of("a guess")});
    if (who == path) return;
    if (m == shared) hops.push_back({"k2", code_of("known to all three")});
    if (who == user) hops.push_back({"k1", code_of("mallory's own")});
    if (who == user) ends.push_back({"e1", code_of("mallory's and bob's")});
    if (who == relay_itself) hops.push_back({"k1", code_of("hop one")});
    if (who == relay_itself || who == endpoint) hops.push_back({"k1", code_of("hop two")});
    if (who == relay_itself) hops.push_back({"k1", code_of("mallory's own")});
    if (who == endpoint && (m == end_to_end || m == sealed))
      ends.push_back({"e1", code_of("between the ends, e1")});
  }

  std::vector<end_code> seen_ends() const {
    std::vector<end_code> out;
    const auto add = [&](const end_code& e) {
      if (!e.empty() && std::find(out.begin(), out.end(), e) == out.end()) out.push_back(e);
    };
    for (const flight& f : t.ever) {
      if (const auto* c = f.as<check>()) add(c->second);
      if (const auto* e = f.as<execute>())
        for (const end_part& one : e->ends) add(one.held);
      if (const auto* r = f.as<receipt>())
        for (const end_part& one : r->ends) add(one.held);
    }
    return out;
  }
};

// --- the attacks: each says whether it succeeded ---

/// The relay hands on what alice never wrote.
bool writes_as_sender(world& w) {
  check e = *w.last<check>(relay).as<check>();
  e.at = 2;
  w.replay_all();
  w.forge_message(e, purpose::submit, alice, relay, "forged");
  execute go;
  go.head = e.head;
  go.low = 1;
  go.numbers.add(2);
  w.forge(go, purpose::execute, alice, relay);
  w.t.run();
  return w.relay_sent_on("forged");
}

/// The relay hands on what alice has not commanded.
bool commands_as_sender(world& w) {
  (void)w.submit("not yet");
  const flight s1 = w.intercept<check>(relay);
  w.t.arrive(s1);
  (void)w.intercept<receipt>(alice);
  w.replay_all(false);  // what alice hears she answers, and that is no attack
  execute go;
  go.head = s1.as<check>()->head;
  go.low = 1;
  go.numbers.add(2);
  w.forge(go, purpose::execute, alice, relay);
  return w.relay_sent_on("not yet");
}

/// The relay makes void what alice wants delivered.
bool withdraws_as_sender(world& w) {
  const auto name = w.submit("wanted");
  const flight s1 = w.intercept<check>(relay);
  w.t.arrive(s1);
  const flight verified = w.intercept<receipt>(alice);
  vidimus::withdraw stop;
  stop.head = s1.as<check>()->head;
  stop.low = 1;
  stop.numbers.add(2);
  w.forge(stop, purpose::withdraw, alice, relay);
  w.t.arrive(verified);
  w.t.run();
  return w.ended_as_negative(name);
}

/// Bob is given what alice did not write: invented, altered, or put together from true parts.
bool writes_as_server(world& w) {
  w.replay_all();
  w.forge_message(w.towards_bob(2), purpose::deliver, relay, bob_full, "forged");
  (void)w.submit("pay 10");
  const flight s1 = w.intercept<check>(relay);
  check as_it_came = *s1.as<check>();
  as_it_came.head.memory = w.t.b->memory_towards(relay);
  w.inject(as_it_came, relay, bob_full, "pay 10");  // S1 as S4
  w.inject(*s1.as<check>(), relay, bob_full, "pay 10");
  if (!w.t.delivered.empty() && w.t.delivered.back().name.at == 2) return true;
  w.t.arrive(s1);
  const flight s4 = w.intercept<check>(bob);
  w.forge_message(*s4.as<check>(), purpose::deliver, relay, bob_full, "pay 99");
  const auto spliced = [&](auto change) {
    check e = w.towards_bob(1);
    change(e);
    w.forge_message(e, purpose::deliver, relay, bob_full, "first");
  };
  spliced([](check& e) { e.at = 3; });
  spliced([](check& e) { e.at = 4, e.type = "headline"; });
  spliced([](check& e) { e.at = 5, e.flags = 0; });
  spliced([](check& e) { e.at = 6, e.lifetime_s = 1; });
  spliced([](check& e) { e.at = 7, e.cover.listed = true; });
  spliced([](check& e) { e.head.conversation.id.octets[0] ^= 1; });
  spliced([](check& e) {
    e.head.conversation.id.octets[1] ^= 1;
    e.head.conversation.along = make_route(mallory, bob, relay);
  });
  check as_headline = *s4.as<check>();
  as_headline.type = "headline";
  w.forge_message(as_headline, purpose::deliver, relay, bob_full, "pay 10");
  return w.bob_was_deceived();
}

/// Bob is given what alice withdrew before she commanded it.
bool delivers_withdrawn(world& w) {
  const auto name = w.submit("regretted");
  const flight s1 = w.intercept<check>(relay);
  w.t.arrive(s1);
  (void)w.intercept<receipt>(alice);
  w.t.withdraw(name);
  VIDIMUS_EXPECT(w.t.outcome_of(name) == outcome::withdrawn, "at once: stop.local");
  w.replay_all();
  check e = w.towards_bob(2);
  e.flags = s1.as<check>()->flags;
  e.lifetime_s = s1.as<check>()->lifetime_s;
  w.forge_message(e, purpose::deliver, relay, bob_full, "regretted");
  return w.t.taken(name) != 0;
}

/// Bob is given one message twice under one memory.
bool delivers_twice(world& w) {
  w.replay_all();
  check e = w.towards_bob(1);
  for (number low : {number{1}, number{2}, number{1}}) {
    e.low = low;
    ++e.attempt;
    w.forge_message(e, purpose::deliver, relay, bob_full, "first");
  }
  return w.t.taken(w.first) > 1;
}

/// Bob, who lost his store, is given a message again.
bool delivers_anew(world& w) {
  const auto seen = w.t.ever;
  w.t.lose_receiver();
  vidimus::sync ask;
  ask.head = w.last<check>(bob).as<check>()->head;
  ask.head.memory = {};
  ask.asks.octets.fill(5);
  ask.low = ask.top = 1;
  w.forge(ask, purpose::deliver_sync, relay, bob_full);
  w.replay_all();
  for (const flight& f : seen) w.t.arrive(f);
  w.forge_message(w.towards_bob(1), purpose::deliver, relay, bob_full, "first");
  return w.t.taken(w.first) > 1;
}

/// Alice is told `delivered` in the server's name, and nobody has the message.
bool says_delivered_as_server(world& w) {
  w.t.relay_did(w.t.v->detached(bob_full, w.t.now));
  const auto name = w.submit("never arrives");
  w.t.run();
  receipt r = *w.last<receipt>(alice).as<receipt>();
  w.replay_all();
  w.forge_delivered(r, 2, purpose::receipt, relay, alice, "never arrives");
  w.t.run();
  return w.t.outcome_of(name) == outcome::delivered;
}

/// The relay and alice are told `delivered` in the receiver's name, and nobody has the message.
bool says_delivered_as_receiver(world& w) {
  const auto name = w.submit("never arrives");
  (void)w.intercept<check>(bob);
  receipt r = *w.last<receipt>(relay).as<receipt>();
  r.answers = {};
  r.covered = {};
  w.forge_delivered(r, 2, purpose::final_receipt, bob_full, relay, "never arrives");
  w.t.run();
  return w.t.outcome_of(name) == outcome::delivered && w.t.taken(name) == 0;
}

/// Alice is told in the server's name that it will never be delivered, and bob has it.
bool denies_as_server(world& w) {
  const auto name = w.submit("arrives");
  while (w.t.taken(name) == 0) w.t.step();
  w.run_without<receipt>(relay);
  receipt r = *w.last<receipt>(alice).as<receipt>();
  r.ends.clear();
  r.states = {{status::voided, {2, 2}, {}, reason::refused_by_host}};
  w.forge(r, purpose::receipt, relay, alice);
  return w.ended_as_negative(name);
}

/// The relay and alice are told in the receiver's name that it was refused, and bob has it.
bool denies_as_receiver(world& w) {
  const auto name = w.submit("arrives");
  while (w.t.taken(name) == 0) w.t.step();
  w.t.air.clear();  // the true receipt is kept back
  receipt r = *w.last<receipt>(relay).as<receipt>();
  r.answers = {};
  r.covered = {};
  r.ends.clear();
  r.states = {{status::voided, {2, 2}, {}, reason::refused_by_host}};
  w.forge(r, purpose::final_receipt, bob_full, relay);
  w.t.run();
  return w.ended_as_negative(name);
}

struct attack {
  const char* what;
  bool (*mount)(world&);
  /// By attacker: in which modes it succeeds, as four digits; nothing where the attacker is the
  /// very party that would be deceived, or whose name it would take.
  std::array<std::optional<std::string_view>, 4> succeeds;
};

constexpr std::string_view never = "0000", if_shared = "1000", always = "1111";
constexpr std::nullopt_t itself = std::nullopt;

const std::array table{
    attack{"writes as sender", writes_as_sender, {never, if_shared, if_shared, itself}},
    attack{"commands as sender", commands_as_sender, {never, if_shared, if_shared, itself}},
    attack{"withdraws as sender", withdraws_as_sender, {never, if_shared, if_shared, itself}},
    attack{"writes as server", writes_as_server, {never, if_shared, itself, "1100"}},
    attack{"delivers what was withdrawn", delivers_withdrawn, {never, if_shared, itself, "1110"}},
    attack{"delivers twice", delivers_twice, {never, never, itself, never}},
    attack{"delivers anew", delivers_anew, {never, if_shared, itself, always}},
    attack{"says delivered as server",
           says_delivered_as_server,
           {never, if_shared, if_shared, "1100"}},
    attack{"says delivered as receiver",
           says_delivered_as_receiver,
           {never, if_shared, always, itself}},
    attack{"denies as server", denies_as_server, {never, if_shared, if_shared, always}},
    attack{"denies as receiver", denies_as_receiver, {never, if_shared, always, itself}},
};

}  // namespace

TEST_CASE("each attack succeeds exactly where the table of attackers admits it",
          "[code.purpose][key.scope][end.code][end.sealed][end.refuse][end.delivered]") {
  int mounted = 0;
  for (const attack& one : table)
    for (int who = path; who <= relay_itself; ++who) {
      if (!one.succeeds[std::size_t(who)]) continue;
      for (int m = shared; m <= sealed; ++m) {
        CAPTURE(one.what, attacker_names[std::size_t(who)], mode_names[std::size_t(m)]);
        world w(static_cast<mode>(m), static_cast<attacker>(who));
        ++mounted;
        CHECK(one.mount(w) == ((*one.succeeds[std::size_t(who)])[std::size_t(m)] == '1'));
      }
    }
  REQUIRE(mounted == 140);
}

TEST_CASE("on the path: whatever is discarded from some moment on, no outcome is false",
          "[outcome.uncertain]") {
  for (int m = shared; m <= sealed; ++m)
    for (int steps = 0; steps < 12; ++steps) {
      CAPTURE(mode_names[std::size_t(m)], steps);
      world w(static_cast<mode>(m), path);
      const auto name = w.submit("hello");
      for (int i = 0; i < steps && !w.t.air.empty(); ++i) w.t.step();
      const bool told = w.t.outcome_of(name).has_value();
      w.t.carry = false;
      for (int i = 0; i < 200; ++i) {
        w.t.air.clear();
        w.t.pass(seconds(60));
      }
      const auto ended = w.t.outcome_of(name);
      REQUIRE(ended);
      if (w.t.taken(name) == 0) REQUIRE((ended == outcome::expired || ended == outcome::uncertain));
      if (w.t.taken(name) != 0 && !told) REQUIRE(ended == outcome::uncertain);
    }
}

TEST_CASE("a relay can make a receiver forget, and then deliver anew", "[name.memory]") {
  for (int m = shared; m <= sealed; ++m)
    for (attacker who : {path, user, relay_itself}) {
      CAPTURE(mode_names[std::size_t(m)], attacker_names[who]);
      world w(static_cast<mode>(m), who);
      const memory_name before = w.t.b->memory_towards(relay);
      check fill = w.towards_bob(1);
      fill.head.conversation.along =
          make_route("carol@example.org", bob, relay);  // no key with her
      for (int i = 0; i < 400 && w.t.b->memory_towards(relay) == before; ++i) {
        fill.head.conversation.id.octets[2] = static_cast<octet>(i);
        fill.head.conversation.id.octets[3] = static_cast<octet>(i >> 8);
        w.forge(fill, purpose::deliver, relay, bob_full, "noise");
      }
      w.forge_message(w.towards_bob(1), purpose::deliver, relay, bob_full, "first");
      const bool holds_code = who == relay_itself || (who == user && m == shared);
      REQUIRE((w.t.b->memory_towards(relay) != before) == holds_code);
      REQUIRE((w.t.taken(w.first) == 2) == holds_code);
    }
}

TEST_CASE("another relay cannot deliver what went over the first", "[end.refuse][end.code]") {
  const std::string other = "other.example.org";
  for (int m = shared; m <= sealed; ++m) {
    CAPTURE(mode_names[std::size_t(m)]);
    world w(static_cast<mode>(m), relay_itself);
    w.hops.push_back({"k1", code_of("the other relay's")});
    w.t.bob_env.keys.add(other, "k1", code_of("the other relay's")).value();
    w.t.bob_env.keys.allow(other, "*");
    const auto towards = [&](memory_name memory) {
      check e = w.towards_bob(1);
      e.head.conversation.along = make_route(alice, bob, other);
      e.head.memory = memory;
      return e;
    };
    vidimus::sync ask;  // it gets a memory name, as any relay does
    ask.head = towards({}).head;
    ask.asks.octets.fill(5);
    ask.low = ask.top = 1;
    w.forge(ask, purpose::deliver_sync, other, bob_full);
    const auto memory = w.t.b->memory_towards(other);
    REQUIRE_FALSE(memory.empty());
    const std::size_t before = w.t.delivered.size();
    w.forge_message(towards(memory), purpose::deliver, other, bob_full, "first");
    REQUIRE((w.t.delivered.size() > before) == (m == shared || m == per_hop));
  }
}

TEST_CASE("sealed: what was withdrawn after its command can be delivered all the same",
          "[end.sealed]") {
  world w(sealed, relay_itself);
  w.t.relay_did(w.t.v->detached(bob_full, w.t.now));
  const auto name = w.submit("regretted too late");
  w.t.run();
  w.t.withdraw(name);
  w.t.run();
  REQUIRE(w.t.outcome_of(name) == outcome::withdrawn);  // so the honest server says
  check e = w.towards_bob(2);
  e.flags = w.last<check>(relay).as<check>()->flags;
  e.lifetime_s = w.last<check>(relay).as<check>()->lifetime_s;
  w.forge_message(e, purpose::deliver, relay, bob_full, "regretted too late");
  REQUIRE(w.t.taken(name) == 1);
}

TEST_CASE("a server that throws away what it says it executed ends a submission without report",
          "[outcome.executed]") {
  for (int m = shared; m <= sealed; ++m) {
    world w(static_cast<mode>(m), relay_itself);
    const auto quiet = w.t.submit("thrown away", false);
    while (!w.t.outcome_of(quiet)) {
      const flight f = w.t.take();
      if (bare(f.sent.to) != bob) w.t.arrive(f);
    }
    REQUIRE(w.t.outcome_of(quiet) == outcome::executed);
    REQUIRE(w.t.taken(quiet) == 0);
  }
}

TEST_CASE("a server that takes the second code off delivers nothing, and nothing false is said",
          "[end.refuse][outcome.uncertain]") {
  for (mode m : {end_to_end, sealed}) {
    CAPTURE(mode_names[m]);
    world w(m, relay_itself);
    const auto name = w.submit("hello");
    for (int i = 0; i < 300; ++i) {
      while (!w.t.air.empty()) {
        flight f = w.t.take();
        if (const auto* c = f.as<check>(); c != nullptr && f.sent.to == bob_full) {
          check bare_check = *c;
          bare_check.second = {};
          w.forge(bare_check, purpose::deliver, relay, bob_full, "hello");
        } else {
          w.t.arrive(f);
        }
      }
      w.t.carry = false;
      w.t.pass(seconds(60));
    }
    REQUIRE(w.t.taken(name) == 0);
    REQUIRE(w.t.outcome_of(name) == outcome::uncertain);
    REQUIRE(w.t.bob_env.watch.count(notice::wrong_second) > 0);
  }
}

TEST_CASE("a false proof makes nobody believe, and a bare claim ends as executed would",
          "[end.delivered][outcome.uncertain]") {
  for (bool report : {true, false})
    for (bool with_proof : {true, false}) {
      CAPTURE(report, with_proof);
      world w(end_to_end, relay_itself);
      w.t.relay_did(w.t.v->detached(bob_full, w.t.now));
      const auto name = w.t.submit("never arrives", report);
      w.t.run_to<receipt>(alice);
      w.t.step();  // verified: the command is on its way
      receipt r = *w.last<receipt>(alice).as<receipt>();
      r.answers = {};
      r.covered = {};
      r.states = {{status::delivered, {2, 2}, {}, reason::none}};
      r.ends.clear();
      if (with_proof)
        r.ends = {{2, w.last<receipt>(alice).as<receipt>()->ends.empty()
                          ? end_code{"e1", {}, check_code(octets(16, 7))}
                          : w.last<receipt>(alice).as<receipt>()->ends[0].held}};
      w.forge(r, purpose::receipt, relay, alice);
      if (!report) {
        REQUIRE(w.t.outcome_of(name) == outcome::executed);
        continue;
      }
      REQUIRE_FALSE(w.t.outcome_of(name));
      w.t.carry = false;
      for (int i = 0; i < 100; ++i) {  // the server never says anything else
        w.t.air.clear();
        w.t.pass(seconds(60));
        w.forge(r, purpose::receipt, relay, alice);
      }
      REQUIRE(w.t.outcome_of(name) == outcome::uncertain);
    }
}
