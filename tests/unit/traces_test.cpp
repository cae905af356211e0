// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// The traces that broke the first draft of the protocol, each as a test that would turn red if it
// did again. Numbers wNN as in tests/mistakes.md.
#include "../support/catch.hpp"
#include "../support/trio.hpp"

using namespace toy;

namespace {

/// Delivers a copy of everything that was ever sent, again and again: what an attacker may do.
void replay_all(trio& t) {
  const auto all = t.ever;
  for (int round = 0; round < 2; ++round)
    for (const flight& f : all) {
      t.arrive(f);
      t.run();
    }
}

bool negative(std::optional<outcome> o) {
  return o == outcome::withdrawn || o == outcome::expired || o == outcome::failed;
}

/// Of three messages the second has ended when the sender dies; then the server is set back. So it
/// says verified of all three at once, and the sender cannot compare the bind.
struct beyond_records {
  trio t;
  std::array<message_name, 3> names;

  beyond_records() {
    t.link_up();
    names = {t.submit("one"), t.submit("two", false), t.submit("three")};
    t.run();  // executed, bob is not there
    REQUIRE(t.outcome_of(names[1]) == outcome::executed);
    t.crash_sender();
    t.crash_server(false);
  }
};

}  // namespace

TEST_CASE("the code of altered content is never published", "[code.secret][altered.fingerprint]") {
  trio t;
  t.start();
  (void)t.submit("pay 10");
  REQUIRE(t.run_to<check>(relay));
  flight f = t.take();
  f.sent.payload = make_payload("pay 99");
  t.arrive(f);
  const auto* said = t.air.back().as<receipt>();
  REQUIRE(said->altered.size() == 1);
  // what the verifier would have computed for the altered text
  check forged = *f.as<check>();
  const digest of_altered = toy::crypto::digest_of(content_of("pay 99").canonical);
  verifier<env> kit(t.relay_env);
  REQUIRE(kit.seal(forged, purpose::submit, alice, &of_altered));
  REQUIRE(said->altered[0].fingerprint != forged.code.first_octets());
  REQUIRE(said->altered[0].code == f.as<check>()->code.first_octets());
  // and as a code it opens nothing
  forged.code = check_code(said->altered[0].fingerprint);
  t.run();
  t.arrive({alice + "/phone", {relay, "chat", forged, f.sent.payload}});
  t.run();
  for (const auto& [name, text] : t.effects) REQUIRE(text == "pay 10");
}

TEST_CASE("w01: an executed message is not reported expired", "[stop.void][outcome.uncertain]") {
  trio t;
  t.start();
  const auto name = t.submit("hello", true, 60);
  REQUIRE(t.run_to<execute>(relay));
  const flight late = t.take();
  for (int i = 0; i < 3; ++i) {  // nothing else gets through; the server's clock is behind
    t.now = t.now + seconds(61);
    t.alice_did(t.a->tick(t.now));
  }
  REQUIRE(t.outcome_of(name) == outcome::uncertain);
  t.air.clear();
  t.arrive(late);
  t.run();
  REQUIRE(t.taken(name) == 1);
}

TEST_CASE("without a command, expired and withdrawn are certain and need no network",
          "[stop.local][outcome.expired][outcome.withdrawn]") {
  trio t;
  t.start();
  const auto one = t.submit("one", true, 60);
  const auto two = t.submit("two", true, 60);
  REQUIRE(t.run_to<check>(relay));
  t.carry = false;
  t.withdraw(two);
  REQUIRE(t.outcome_of(two) == outcome::withdrawn);
  t.pass(seconds(61));
  REQUIRE(t.outcome_of(one) == outcome::expired);
  t.run();
  replay_all(t);
  t.carry = true;
  t.pass(seconds(600));
  REQUIRE(t.effects.empty());
  REQUIRE_FALSE(t.a->withdraw(one, t.now));
}

TEST_CASE("w05: hop 1 and hop 2 codes do not pass for each other", "[code.purpose]") {
  trio t;
  // shared mode: one preset code for all three
  t.alice_env.keys = {};
  t.relay_env.keys = {};
  t.bob_env.keys = {};
  for (auto [keys, peer] : {std::pair{&t.alice_env.keys, relay},
                            {&t.relay_env.keys, alice},
                            {&t.relay_env.keys, bob},
                            {&t.bob_env.keys, relay}})
    REQUIRE(keys->add(peer, "s", code_of("shared")));
  t.bob_env.keys.allow(relay, "*");
  t.start();
  const auto name = t.submit("hello");
  REQUIRE(t.run_to<check>(relay));
  flight stolen = t.take();
  t.withdraw(name);
  REQUIRE(t.outcome_of(name) == outcome::withdrawn);
  stolen.from = relay;
  stolen.sent.to = bob_full;
  t.arrive(stolen);
  t.run();
  REQUIRE(t.effects.empty());
  REQUIRE(t.bob_env.watch.count(notice::wrong_code) == 1);
}

TEST_CASE("w06: a crash between delivery and its record does not deliver twice",
          "[accept.atomic][restore.again]") {
  trio t;
  t.accepts = false;
  t.start();
  const auto name = t.submit("hello");
  t.run();
  const auto other = t.submit("nothing else changes with this one");
  t.run();
  REQUIRE(t.delivered.size() == 2);
  for (const auto& one : t.delivered) REQUIRE_FALSE(one.again);
  t.crash_receiver();  // the application saw them; nothing was answered
  t.pass(seconds(60));
  REQUIRE(t.delivered.size() == 4);
  for (std::size_t i : {2u, 3u}) REQUIRE(t.delivered[i].again);
  REQUIRE(t.delivered[2].name == name);
  REQUIRE(t.delivered[3].name == other);
  for (const auto& one : {name, other}) {
    t.accept(one);
    t.run();
    REQUIRE(t.outcome_of(one) == outcome::delivered);
  }
  t.crash_receiver();
  replay_all(t);
  REQUIRE(t.delivered.size() == 4);
}

TEST_CASE("w07: a rolled back sender does not bind a name twice",
          "[name.conversation][s1.durable]"
          "[name.number]") {
  trio t;
  t.link_up();
  const auto zero = t.submit("stays unfinished: bob is not there");
  t.run();
  const auto before = t.alice_store;
  const auto one = t.submit("M");
  t.run();
  t.alice_store = before;  // as if M had never been submitted
  t.crash_sender(false);
  t.link_up();
  const auto two = t.submit("M'");
  REQUIRE_FALSE(two == one);
  REQUIRE_FALSE(two.in == zero.in);
  t.attach();
  t.run();
  t.pass(seconds(120));
  REQUIRE(t.outcome_of(zero) == outcome::delivered);
  REQUIRE(t.outcome_of(two) == outcome::delivered);
  for (const auto& [name, text] : t.effects)
    REQUIRE(text == (name == two   ? "M'"
                     : name == one ? "M"
                                   : "stays unfinished: bob is not there"));
  REQUIRE(t.taken(two) == 1);
}

TEST_CASE("a verified range whose bind does not agree is not executed",
          "[receipt.bind]"
          "[name.reused]") {
  trio t;
  t.start();
  const auto name = t.submit("M");
  REQUIRE(t.run_to<receipt>(alice));
  t.step();  // the snapshot
  REQUIRE(t.run_to<receipt>(alice));
  flight f = t.take();
  receipt r = *f.as<receipt>();
  REQUIRE(r.states[0].what == status::verified);
  r.states[0].bind[0] ^= 1;  // the server holds other content under this name
  verifier<env> kit(t.relay_env);
  REQUIRE(kit.seal(r, purpose::receipt, alice));
  f.sent.what = r;
  t.arrive(f);
  t.run();
  REQUIRE(t.outcome_of(name) == outcome::failed);
  REQUIRE(t.reports[0].why == reason::reused);
  REQUIRE(t.effects.empty());
}

TEST_CASE("w13: a server that lost its memory cannot make a delivered message withdrawn",
          "[name.memory][name.exposed][outcome.uncertain]") {
  trio t;
  t.accepts = false;
  t.start();
  const auto name = t.submit("hello");
  REQUIRE(t.run_to<check>(bob));
  const flight body = t.take();  // on the way to bob
  t.lose_server();
  t.air.clear();
  t.withdraw(name);
  t.run();
  t.pass(seconds(120));
  REQUIRE_FALSE(negative(t.outcome_of(name)));
  t.accepts = true;
  t.arrive(body);
  t.run();
  REQUIRE(t.taken(name) == 1);
  t.pass(seconds(7200));
  REQUIRE(t.outcome_of(name) == outcome::uncertain);
}

TEST_CASE("w09: a server that lost its store gets the message again and delivers it once",
          "[name.memory][snapshot.replace]") {
  trio t;
  t.link_up();
  const auto name = t.submit("hello");
  t.run();
  const auto old = t.ever;
  t.lose_server();
  t.attach();
  t.pass(seconds(1200));
  REQUIRE(t.outcome_of(name) == outcome::delivered);
  for (const flight& f : old) {  // nothing recorded under the old memory has an effect
    t.arrive(f);
    t.run();
  }
  REQUIRE(t.taken(name) == 1);
}

TEST_CASE("nothing recorded under an old memory has an effect", "[name.memory]") {
  trio t;
  t.start();
  const auto one = t.submit("one");
  t.run();
  const auto old = t.ever;
  t.lose_server();
  t.attach();
  t.ever.clear();
  for (int round = 0; round < 2; ++round)
    for (const flight& f : old)
      if (f.sent.to == relay) t.arrive(f);
  REQUIRE(t.v->held() == 0);
  REQUIRE(t.relay_env.watch.count(notice::other_memory) > 0);
  for (const flight& f : t.ever)
    REQUIRE_FALSE((f.as<check>() != nullptr && bare(f.sent.to) == bob));
  REQUIRE(t.taken(one) == 1);
}

TEST_CASE("w08: what a receipt says counts under its own memory only", "[name.memory]") {
  server_limits limits = strict(server_limits{});
  limits.brief = false;  // in brief form nobody could tell what it stands for
  trio t({}, limits);
  t.link_up();
  const auto name = t.submit("no report wanted", false);
  REQUIRE(t.run_to<execute>(relay));
  t.arrive(t.take());
  REQUIRE(t.run_to<receipt>(alice));
  const flight executed = t.take();  // held back
  t.lose_server();
  t.air.clear();
  t.link_up();
  REQUIRE(t.run_to<receipt>(alice));  // the snapshot of the new memory: it holds nothing
  t.arrive(t.take());
  t.arrive(executed);
  REQUIRE_FALSE(t.outcome_of(name));
  t.attach();
  t.pass(seconds(1200));
  REQUIRE(t.outcome_of(name) == outcome::executed);
  REQUIRE(t.taken(name) == 1);
}

TEST_CASE("an undecided message of an image that may be old is never executed",
          "[name.exposed][outcome.withdrawn]") {
  trio t;
  t.start();
  const auto name = t.submit("hello");
  const auto old = t.alice_store;
  t.withdraw(name);
  REQUIRE(t.outcome_of(name) == outcome::withdrawn);
  t.alice_store = old;
  t.crash_sender(false);
  t.link_up();
  t.run();
  t.pass(seconds(7200));
  REQUIRE(t.effects.empty());
}

TEST_CASE("a server restored from an older image waits for the command anew",
          "[name.memory]"
          "[outcome.withdrawn]") {
  trio t;
  t.link_up();
  const auto name = t.submit("hello");
  t.run();  // executed, bob is not there
  const auto old = t.relay_store;
  t.withdraw(name);
  t.run();
  REQUIRE(t.outcome_of(name) == outcome::withdrawn);
  t.relay_store = old;
  t.crash_server(false);
  t.attach();
  t.run();
  t.pass(seconds(7200));
  REQUIRE(t.effects.empty());
}

TEST_CASE("what stands in a range with a number whose content is forgotten is told of alone",
          "[receipt.bind]"
          "[snapshot.replace]") {
  beyond_records is;
  trio& t = is.t;
  t.attach();
  const auto before = static_cast<std::ptrdiff_t>(t.ever.size());
  t.link_up();
  t.run();
  t.pass(seconds(20));
  for (std::size_t i : {0u, 2u}) {
    REQUIRE(t.outcome_of(is.names[i]) == outcome::delivered);
    REQUIRE(t.taken(is.names[i]) == 1);
  }
  REQUIRE(t.taken(is.names[1]) == 0);  // its custody was lost, and its sender has its outcome
  const auto bodies = std::count_if(t.ever.begin() + before, t.ever.end(), [](const flight& f) {
    return f.as<check>() != nullptr && f.sent.to == relay;
  });
  REQUIRE(bodies == 2);
  replay_all(t);
  REQUIRE(t.effects.size() == 2);
}

TEST_CASE("a range whose bind cannot be compared proves no withdrawal",
          "[receipt.bind]"
          "[stop.void]") {
  beyond_records is;
  trio& t = is.t;
  t.withdraw(is.names[0]);
  t.link_up();
  while (t.run_to<receipt>(alice)) {
    REQUIRE_FALSE(negative(t.outcome_of(is.names[0])));
    t.step();
  }
  t.pass(seconds(20));
  REQUIRE(t.outcome_of(is.names[0]) == outcome::uncertain);  // void, and it was commanded before
  t.attach();
  t.run();
  t.pass(seconds(20));
  REQUIRE(t.taken(is.names[0]) == 0);
  REQUIRE(t.outcome_of(is.names[2]) == outcome::delivered);
}

TEST_CASE("two questions on the way do not chase each other for ever", "[challenge.one]") {
  trio t;
  t.start();
  const auto name = t.submit("hello");
  const flight first = t.take();  // a sync, held back
  t.pass(seconds(6));
  t.run_to<receipt>(alice);
  const auto before = t.ever.size();
  t.arrive(first);
  t.run(200);
  REQUIRE(t.ever.size() - before < 40);
  t.pass(seconds(60));
  REQUIRE(t.outcome_of(name) == outcome::delivered);
}

TEST_CASE("w17: a sender restored from an image before its command claims no certain negative",
          "[name.exposed]") {
  trio t;
  t.link_up();
  const auto name = t.submit("hello");
  REQUIRE(t.run_to<receipt>(alice));
  const auto old = t.alice_store;
  t.run();  // executed, bob is not there
  t.alice_store = old;
  t.crash_sender(false);
  t.withdraw(name);
  REQUIRE_FALSE(t.outcome_of(name));
  t.link_up();
  t.run();
  REQUIRE_FALSE(negative(t.outcome_of(name)));
}

TEST_CASE("w11: low1 does not become low2", "[low.one][low.two]") {
  trio t;
  t.link_up();
  const auto name = t.submit("no report wanted", false);
  t.run();
  REQUIRE(t.outcome_of(name) == outcome::executed);
  const auto more = t.submit("another", false);  // carries low1 = 2
  t.run();
  t.attach();
  t.run();
  REQUIRE(t.taken(name) == 1);
  REQUIRE(t.taken(more) == 1);
}

TEST_CASE("w10: a hold that was dropped costs a resend, not the message",
          "[hold.forget]"
          "[snapshot.replace]") {
  server_limits limits = strict(server_limits{});
  limits.hold_for = seconds(10);
  trio t({}, limits);
  t.start();
  const auto name = t.submit("hello");
  REQUIRE(t.run_to<execute>(relay));
  (void)t.take();
  t.carry = false;
  t.pass(seconds(11));
  t.carry = true;
  t.pass(seconds(60));
  REQUIRE(t.outcome_of(name) == outcome::delivered);
  REQUIRE(t.taken(name) == 1);
}

TEST_CASE("a message in custody expires certainly if nothing was sent, else it is unconfirmed",
          "[void.expired][outcome.expired]") {
  trio t;
  t.link_up();
  const auto unsent = t.submit("unsent", true, 100);
  t.run();
  t.pass(seconds(7200));
  REQUIRE(t.outcome_of(unsent) == outcome::expired);
  t.attach();
  t.run();
  const auto sent = t.submit("sent", true, 100);
  REQUIRE(t.run_to<check>(bob));
  (void)t.take();
  t.relay_did(t.v->detached(bob_full, t.now));
  t.pass(seconds(7200));
  REQUIRE(t.outcome_of(sent) == outcome::uncertain);
  replay_all(t);
  REQUIRE(t.taken(unsent) == 0);
}

TEST_CASE("a withdrawal after the command succeeds while nothing was sent on",
          "[void.first]"
          "[outcome.withdrawn]") {
  trio t;
  t.link_up();
  const auto name = t.submit("hello");
  t.run();
  t.withdraw(name);
  REQUIRE_FALSE(t.outcome_of(name));
  t.run();
  REQUIRE(t.outcome_of(name) == outcome::withdrawn);
  t.attach();
  t.run();
  replay_all(t);
  REQUIRE(t.effects.empty());
}

TEST_CASE("a withdrawal that comes too late ends delivered", "[void.first][execute.once]") {
  trio t;
  t.start();
  const auto name = t.submit("hello");
  REQUIRE(t.run_to<check>(bob));
  t.withdraw(name);
  t.run();
  REQUIRE(t.outcome_of(name) == outcome::delivered);
  REQUIRE(t.taken(name) == 1);
}

TEST_CASE("a peer speaks for itself only, a relay for the origins of its scope", "[key.scope]") {
  trio t;
  t.start();
  const auto name = t.submit("hello");
  REQUIRE(t.run_to<check>(relay));
  flight f = t.air.front();
  f.from = "mallory@example.org/x";  // holds a key of its own with the relay
  REQUIRE(t.relay_env.keys.add("mallory@example.org", "k1", code_of("mallory")));
  t.arrive(f);
  REQUIRE(t.relay_env.watch.count(notice::not_in_scope) == 1);
  t.run();
  REQUIRE(t.taken(name) == 1);
  // bob does not let the relay speak for strangers
  t.bob_env.keys = {};
  REQUIRE(t.bob_env.keys.add(relay, "k1", code_of("hop two")));
  t.bob_env.keys.allow(relay, "@elsewhere.example");
  const auto other = t.submit("again");
  t.run();
  REQUIRE(t.taken(other) == 0);
  REQUIRE(t.bob_env.watch.count(notice::not_in_scope) > 0);
}

TEST_CASE("what is altered, replayed or forged costs bounded answers",
          "[flood.bucket]"
          "[altered.stateless][flood.order]") {
  trio t;
  t.start();
  (void)t.submit("hello");
  REQUIRE(t.run_to<check>(relay));
  const flight good = t.air.front();
  t.run();
  octets before, after;
  const auto held = t.relay_store.size();
  t.v->append_state(before);
  const auto sent = t.ever.size();
  for (int i = 0; i < 1000; ++i) {
    flight f = good;
    check c = *f.as<check>();
    c.at = 2 + static_cast<number>(i);
    f.sent.what = c;
    incoming in = arrived(f.sent, f.from);
    t.relay_did(t.v->receive(in, t.now));
  }
  REQUIRE(t.ever.size() - sent <= 32);
  REQUIRE(t.relay_env.watch.count(notice::rate_limited) > 900);
  t.v->append_state(after);
  REQUIRE(before == after);
  REQUIRE(t.relay_store.size() == held);
}

TEST_CASE("a challenge moves nothing but one sync per interval", "[challenge.one]") {
  trio t;
  t.start();
  (void)t.submit("hello");
  t.run();
  const auto pending = t.submit("more");
  REQUIRE(t.run_to<check>(relay));
  challenge c;
  c.head.conversation = pending.in;
  c.head.memory = fresh_name<memory_name>(t.relay_env.entropy);
  verifier<env> kit(t.relay_env);
  REQUIRE(kit.seal(c, purpose::challenge, alice));
  t.ever.clear();
  const flight f{relay, {alice + "/phone", "", c, nullptr}};
  for (int i = 0; i < 100; ++i) {
    t.now = t.now + milliseconds(-1);  // all in one moment
    t.arrive(f);
  }
  std::size_t syncs = 0;
  for (const flight& one : t.ever) syncs += one.as<vidimus::sync>() != nullptr ? 1 : 0;
  REQUIRE(syncs <= 1);
  t.run();
  t.pass(seconds(60));
  REQUIRE(t.outcome_of(pending) == outcome::delivered);
}

TEST_CASE("too many conversations are forgotten under a new memory, not silently",
          "[name.memory]") {
  server_limits limits = strict(server_limits{});
  limits.conversations_per_peer = 2;
  trio t({}, limits);
  t.start();
  std::vector<message_name> names;
  for (int life = 0; life < 5; ++life) {
    names.push_back(t.submit("life " + std::to_string(life)));
    t.run();
    t.pass(seconds(60));
    t.crash_sender();
    t.link_up();
    t.run();
  }
  for (const auto& name : names) {
    REQUIRE(t.outcome_of(name) == outcome::delivered);
    REQUIRE(t.taken(name) == 1);
  }
  replay_all(t);
  for (const auto& name : names) REQUIRE(t.taken(name) == 1);
}

TEST_CASE("a crash of any role between any two elements loses nothing and doubles nothing",
          "[durable.first][outcome.once]") {
  for (int at = 0; at < 14; ++at)
    for (int who = 0; who < 3; ++who) {
      CAPTURE(at, who);
      trio t;
      t.start();
      const auto name = t.submit("hello");
      for (int i = 0; i < at && !t.air.empty(); ++i) t.step();
      if (who == 0) {
        t.crash_sender();
        t.link_up();
      } else if (who == 1) {
        t.crash_server();
        t.attach();
      } else {
        t.crash_receiver();
      }
      t.run();
      t.pass(seconds(600));
      REQUIRE(t.taken(name) == 1);
      REQUIRE(t.outcome_of(name) == outcome::delivered);
    }
}

TEST_CASE("a receiver that lost its store is another endpoint", "[endpoint.memory]") {
  trio t;
  t.accepts = false;
  t.start();
  const auto name = t.submit("hello");
  t.run();
  REQUIRE(t.delivered.size() == 1);
  t.lose_receiver();
  t.attach();
  t.accepts = true;
  t.run();
  t.pass(seconds(600));
  REQUIRE(t.outcome_of(name) == outcome::delivered);
  REQUIRE(t.taken(name) == 1);
}

TEST_CASE("keys change under way without losing a message", "[key.current][code.digest]") {
  trio t;
  t.start();
  const auto name = t.submit("hello");
  REQUIRE(t.run_to<check>(relay));
  (void)t.take();  // the attempt under the old key is lost
  REQUIRE(t.alice_env.keys.add(relay, "k2", code_of("new")));
  REQUIRE(t.relay_env.keys.add(alice, "k2", code_of("new")));
  t.pass(seconds(60));
  REQUIRE(t.outcome_of(name) == outcome::delivered);
  REQUIRE(t.relay_env.watch.count(notice::reused) == 0);
}

TEST_CASE("a receipt with a wrong code is not believed", "[code.compare][code.input]") {
  for (int octet_at : {0, 8, 15}) {
    trio t;
    t.accepts = false;
    t.start();
    const auto name = t.submit("hello");
    t.run();
    flight forged = t.ever.back();
    for (const flight& f : t.ever)
      if (f.as<receipt>() != nullptr && bare(f.sent.to) == alice) forged = f;
    const receipt honest = *forged.as<receipt>();
    receipt r = honest;
    octets code(r.code.view().begin(), r.code.view().end());
    code.at(static_cast<std::size_t>(octet_at)) ^= 1;
    r.code = check_code(code);
    forged.sent.what = r;
    t.arrive(forged);
    REQUIRE(t.alice_env.watch.count(notice::wrong_code) == 1);
    r = honest;
    r.states = {{status::delivered, {1, 1}, {}, reason::none}};
    forged.sent.what = r;  // says more than its code covers
    t.arrive(forged);
    REQUIRE(t.alice_env.watch.count(notice::wrong_code) == 2);
    REQUIRE_FALSE(t.outcome_of(name));
  }
}

TEST_CASE("what a receipt says is still true after a crash right behind it",
          "[durable.first]"
          "[s2.receipt]") {
  trio t;
  t.start();
  (void)t.submit("hello");
  for (int sent = 0; sent < 4; ++sent) {
    if (!t.run_to<receipt>(alice)) break;
    const flight said = t.take();
    const receipt before = *said.as<receipt>();
    t.crash_server();
    vidimus::sync ask;
    ask.head.conversation = before.head.conversation;
    ask.head.memory = before.head.memory;
    ask.asks = fresh_name<nonce>(t.alice_env.entropy);
    ask.low = 1;
    ask.top = 1;
    verifier<env> kit(t.alice_env);
    REQUIRE(kit.seal(ask, purpose::sync, relay));
    incoming in = arrived({relay, "", ask, nullptr}, alice + "/phone");
    auto copy = *t.v;  // asked on the side: its outputs are not carried out
    const auto outs = copy.receive(in, t.now);
    const receipt* after = nullptr;
    for (const auto& o : outs)
      if (const auto* out_of = std::get_if<out::transmit>(&o))
        after = std::get_if<receipt>(&out_of->what);
    REQUIRE(after != nullptr);
    REQUIRE(after->head.memory == before.head.memory);
    for (const status_range& s : before.states) {
      REQUIRE(after->states.size() == 1);
      REQUIRE(after->states[0].what >= s.what);
    }
    t.attach();
    t.arrive(said);
  }
}

TEST_CASE("a command for what is not held is answered missing and executes nothing",
          "[execute.once][s2.verify]") {
  trio t;
  t.start();
  const auto name = t.submit("hello");
  REQUIRE(t.run_to<check>(relay));
  const flight message = t.take();
  execute e;
  e.head = message.as<check>()->head;
  REQUIRE(e.numbers.append_strictly({1, 1}));
  e.low = 1;
  verifier<env> kit(t.alice_env);
  REQUIRE(kit.seal(e, purpose::execute, relay));
  t.arrive({alice + "/phone", {relay, "", e, nullptr}});
  REQUIRE(t.air.back().as<receipt>() != nullptr);
  REQUIRE(t.air.back().as<receipt>()->missing.contains(1));
  for (const flight& f : t.ever)
    REQUIRE_FALSE((f.as<check>() != nullptr && bare(f.sent.to) == bob));
  t.pass(seconds(60));
  REQUIRE(t.outcome_of(name) == outcome::delivered);
  REQUIRE(t.taken(name) == 1);
}
