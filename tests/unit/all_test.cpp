// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// Messages that all endpoints of a destination have to take.
#include <vidimus/check/canonical.hpp>

#include "../support/catch.hpp"
#include "../support/trio.hpp"

using namespace toy;

namespace {

/// The trio, and a second device of bob.
struct both {
  trio t;
  std::string tablet = bob + "/tablet";
  env e;
  memory_store store;
  std::optional<receiver<env>> role;
  std::size_t taken = 0;
  bool accepts = true;
  bool refuses = false;

  explicit both(receiver_limits of_tablet = {}) {
    preset_keys other_alice, other_relay;
    e.entropy.who = 5;
    give_keys(other_alice, other_relay, e.keys);
    role.emplace(e, bob, strict(of_tablet));
  }
  void start() {
    t.attach();
    t.attach(tablet);
    t.link_up();
    run();
  }
  /// Both have answered since they attached, and have taken a message.
  void acquaint() {
    start();
    submit("to whom it may concern");
    run();
    REQUIRE(taken == 1);
    taken = 0;
  }
  message_name submit(std::string_view text, bool all = true, bool report = true) {
    outgoing m = message(text);
    m.all = all;
    m.report = report;
    m.lifetime_s = 3600;
    auto given = t.a->submit(m, t.now);
    const message_name name = given->name;
    t.alice_did(std::move(given->outputs));
    return name;
  }
  void did(receiver_outputs outs) {
    for (auto& one : outs) {
      if (const auto* p = std::get_if<out::persist>(&one)) store.carry_out(*p);
      if (const auto* f = std::get_if<out::forget>(&one)) store.carry_out(*f);
      if (const auto* s = std::get_if<out::transmit>(&one)) {
        t.air.push_back({tablet, *s});
        t.ever.push_back(t.air.back());
      }
      const auto* d = std::get_if<out::deliver>(&one);
      if (d == nullptr) continue;
      const message_name name = d->name;
      if (refuses) {
        did(*role->refused(name, t.now));
      } else if (accepts) {
        ++taken;
        did(*role->accepted(name, t.now));
      }
    }
  }
  void run(bool tablet_hears = true) {
    while (!t.air.empty()) {
      const flight f = t.take();
      if (f.sent.to != tablet) {
        t.arrive(f);
      } else if (tablet_hears) {
        t.now = t.now + milliseconds(1);
        did(role->receive(arrived(f.sent, f.from), t.now));
      }
    }
  }
  void pass(span_ms time, bool tablet_hears = true) {
    const instant end = t.now + time;
    while (t.now < end) {
      t.now = t.now + milliseconds(500);
      t.alice_did(t.a->tick(t.now));
      t.relay_did(t.v->tick(t.now));
      t.bob_did(t.b->tick(t.now));
      did(role->tick(t.now));
      run(tablet_hears);
    }
  }
  void detach(const std::string& address) { t.relay_did(t.v->detached(address, t.now)); }
  /// A new resource of the same installation does not matter: its memory is the endpoint.
  void lose_tablet() {
    store.clear();
    role.emplace(e, bob, strict(receiver_limits{}));
    did(*role->restore(store.all(), true));
  }
  std::size_t bodies_to(const std::string& address) const {
    std::size_t n = 0;
    for (const flight& f : t.ever) n += f.as<check>() != nullptr && f.sent.to == address;
    return n;
  }
};

}  // namespace

TEST_CASE("a message for all is delivered when all have taken it", "[endpoint.all][s6.end]") {
  for (const bool report : {true, false}) {
    CAPTURE(report);
    both w;
    w.start();
    w.accepts = false;
    const auto name = w.submit("hello", true, report);
    w.run();
    REQUIRE(w.t.taken(name) == 1);
    REQUIRE(w.bodies_to(w.tablet) == 1);
    if (report) REQUIRE_FALSE(w.t.outcome_of(name));
    w.t.now = w.t.now + seconds(1);
    w.did(*w.role->accepted(name, w.t.now));
    w.run();
    REQUIRE(w.t.outcome_of(name) == (report ? outcome::delivered : outcome::executed));
    REQUIRE(w.bodies_to(bob_full) == 1);
    w.pass(seconds(3700));
    REQUIRE(w.bodies_to(bob_full) == 1);
    REQUIRE(w.bodies_to(w.tablet) == 1);
  }
}

TEST_CASE("without the flag one is enough", "[outcome.delivered]") {
  both w;
  w.start();
  w.accepts = false;
  const auto name = w.submit("hello", false);
  w.run();
  REQUIRE(w.t.outcome_of(name) == outcome::delivered);
}

TEST_CASE("a message for all waits for the first word of every address that is there",
          "[endpoint.all]") {
  both w;
  w.t.link_up();
  const auto name = w.submit("hello");
  w.run();
  w.t.attach();
  w.t.attach(w.tablet);
  w.run(false);
  REQUIRE(w.bodies_to(bob_full) == 0);
  SECTION("it answers a later question") {
    w.pass(seconds(60));
    REQUIRE(w.t.outcome_of(name) == outcome::delivered);
    REQUIRE(w.taken == 1);
  }
  SECTION("it never answers") {
    w.pass(seconds(600), false);
    REQUIRE(w.t.outcome_of(name) == outcome::delivered);
    REQUIRE(w.taken == 0);
  }
  SECTION("it goes away") {
    w.detach(w.tablet);
    w.run();
    REQUIRE(w.t.outcome_of(name) == outcome::delivered);
  }
}

TEST_CASE("who comes later does not have to take it", "[endpoint.all]") {
  both w;
  w.t.attach();
  w.t.link_up();
  w.t.accepts = false;
  const auto name = w.submit("hello");
  w.run();
  REQUIRE(w.bodies_to(bob_full) == 1);
  w.t.attach(w.tablet);
  w.run();
  w.pass(seconds(30));
  REQUIRE(w.bodies_to(w.tablet) == 0);
  w.t.bob_did(*w.t.b->accepted(name, w.t.now));
  w.run();
  REQUIRE(w.t.outcome_of(name) == outcome::delivered);
}

TEST_CASE("one of them is away: the message waits for it, also over a restart of the server",
          "[endpoint.all][link.cut]") {
  both w;
  w.acquaint();
  const auto name = w.submit("hello");
  w.run(false);  // the tablet is gone, and nobody knows yet
  w.detach(w.tablet);
  REQUIRE(w.t.taken(name) == 1);
  w.pass(seconds(100));
  REQUIRE_FALSE(w.t.outcome_of(name));
  w.t.crash_server();
  w.t.attach();
  w.run();
  REQUIRE_FALSE(w.t.outcome_of(name));
  w.t.attach(w.tablet);
  w.run();
  REQUIRE(w.t.outcome_of(name) == outcome::delivered);
  REQUIRE(w.taken == 1);
  REQUIRE(w.t.taken(name) == 1);
}

TEST_CASE("who has to take it is durable before the first of them gets it",
          "[endpoint.all][durable.first]") {
  both w;
  w.acquaint();
  const auto name = w.submit("hello");
  REQUIRE(w.t.run_to<execute>(relay));
  const flight command = w.t.take();
  // the server dies right behind the first check
  for (auto& one : w.t.v->receive(arrived(command.sent, command.from), w.t.now)) {
    if (const auto* kept = std::get_if<out::persist>(&one)) w.t.relay_store.carry_out(*kept);
    const auto* sent = std::get_if<out::transmit>(&one);
    if (sent == nullptr || !std::holds_alternative<check>(sent->what)) continue;
    REQUIRE(sent->to == bob_full);
    w.t.arrive({relay, *sent});
    break;
  }
  w.t.air.clear();
  w.t.crash_server();
  w.t.attach();
  w.run();
  REQUIRE(w.t.taken(name) == 1);
  REQUIRE_FALSE(w.t.outcome_of(name));
  w.t.attach(w.tablet);
  w.run();
  w.pass(seconds(30));
  REQUIRE(w.t.outcome_of(name) == outcome::delivered);
}

TEST_CASE("all refuse: it is void; some took it: nobody can say more than that",
          "[endpoint.divided][void.refused][outcome.uncertain]") {
  both w;
  w.start();
  w.t.accepts = false;
  w.refuses = true;
  const auto name = w.submit("hello");
  w.run();
  REQUIRE_FALSE(w.t.outcome_of(name));
  const bool first_too = GENERATE(true, false);
  CAPTURE(first_too);
  if (first_too)
    w.t.refuse(name);
  else
    w.t.accept(name);
  w.run();
  REQUIRE(w.t.outcome_of(name) == (first_too ? outcome::failed : outcome::uncertain));
}

TEST_CASE("divided where nobody waits for a report, the server forgets it", "[endpoint.divided]") {
  both w;
  w.start();
  w.refuses = true;
  const auto name = w.submit("hello", true, false);
  w.run();
  w.pass(seconds(5));
  w.submit("low1 rises with it");
  w.run();
  w.pass(seconds(5));
  REQUIRE(w.t.outcome_of(name) == outcome::executed);
  REQUIRE(w.t.taken(name) == 1);
  REQUIRE(w.t.v->held() <= 1);
}

TEST_CASE("one of them has lost its store: at the end of the lifetime it is uncertain",
          "[endpoint.all][outcome.uncertain]") {
  both w;
  w.start();
  w.accepts = false;
  const auto name = w.submit("hello");
  w.run();
  REQUIRE(w.t.taken(name) == 1);
  w.lose_tablet();
  w.accepts = true;
  w.t.attach(w.tablet);
  w.pass(seconds(3700));
  REQUIRE(w.t.outcome_of(name) == outcome::uncertain);
  REQUIRE(w.taken == 0);
}

TEST_CASE("an installation that comes back anew between two messages is the one that counts",
          "[endpoint.all][endpoint.memory]") {
  both w;
  w.start();
  w.submit("first");
  w.run();
  w.detach(w.tablet);
  w.lose_tablet();
  w.t.attach(w.tablet);
  w.run();
  const auto name = w.submit("second");
  w.run();
  w.pass(seconds(5));
  REQUIRE(w.t.outcome_of(name) == outcome::delivered);
  REQUIRE(w.taken == 2);
}

TEST_CASE("what others have to take keeps an endpoint waiting for nothing",
          "[endpoint.all][low.two][order.hand]") {
  receiver_limits in_order;
  in_order.ordered = true;
  in_order.gap_wait = seconds(3600);
  both w(in_order);
  w.t.attach();
  w.t.link_up();
  w.t.accepts = false;
  const auto first = w.submit("for those who are there");
  w.run();
  w.t.attach(w.tablet);
  const auto second = w.submit("for anybody", false);
  w.run();
  w.pass(seconds(5));
  REQUIRE(w.taken == 1);
  REQUIRE(w.t.outcome_of(second) == outcome::delivered);
  REQUIRE_FALSE(w.t.outcome_of(first));
}

TEST_CASE("one that has no room keeps the others waiting, not the message from them",
          "[endpoint.all][credit.limit]") {
  receiver_limits narrow;
  narrow.window = 16;
  both w(narrow);
  w.start();
  w.accepts = false;
  std::vector<message_name> names;
  for (int i = 0; i < 18; ++i) names.push_back(w.submit("number " + std::to_string(i)));
  w.run();
  REQUIRE(w.bodies_to(bob_full) == 18);
  REQUIRE(w.bodies_to(w.tablet) == 16);
  w.pass(seconds(30));  // snapshots do not show what waits for room
  w.detach(w.tablet);
  w.t.attach(w.tablet);
  w.pass(seconds(3700));
  REQUIRE(w.bodies_to(w.tablet) == 16);
  for (const message_name& name : names) {
    REQUIRE(w.t.taken(name) == 1);
    REQUIRE(w.t.outcome_of(name) == outcome::uncertain);
  }
}

TEST_CASE("one that verifies bodies only counts as having refused what covers more",
          "[endpoint.all][endpoint.able][endpoint.divided]") {
  receiver_limits of_tablet;
  of_tablet.body_only = true;
  both w(of_tablet);
  w.start();
  const std::string core = "<body>hello</body>";
  const auto octets_of = [](const std::string& children) {
    const auto out = canonical_octets("<message>" + children + "</message>");
    REQUIRE(out);
    return std::string(as_text(*out));
  };
  const auto small = w.submit(octets_of(core));
  w.run();
  REQUIRE(w.t.outcome_of(small) == outcome::delivered);
  const auto large = w.submit(octets_of(core + "<x xmlns='jabber:x:oob'><url>a</url></x>"));
  w.run();
  w.pass(seconds(5));
  REQUIRE(w.taken == 1);
  REQUIRE(w.t.taken(large) == 1);
  REQUIRE(w.t.outcome_of(large) == outcome::uncertain);
}

TEST_CASE("an end-to-end message for all has its second code until the last of them took it",
          "[endpoint.all][end.keep]") {
  both w;
  w.t.give_ends();
  const octets code = code_of("between the ends, e1");
  REQUIRE(w.e.keys.add_end_to_end(alice, "e1", code));
  w.acquaint();
  const auto name = w.submit("hello");
  w.run(false);
  REQUIRE(w.t.taken(name) == 1);
  w.pass(seconds(30));
  REQUIRE(w.taken == 1);
  REQUIRE(w.t.outcome_of(name) == outcome::delivered);
  REQUIRE(w.e.watch.count(notice::wrong_second) == 0);
}
