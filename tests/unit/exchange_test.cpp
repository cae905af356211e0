// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// The exchange S1 to S6 on values: what each step does, and what loss, repetition, alteration and
// cuts do to it. Ids in square brackets are clauses of docs/protocol.md.
#include "../support/catch.hpp"
#include "../support/trio.hpp"

using namespace toy;

TEST_CASE("one message goes from the first check code to the last receipt",
          "[s1.transmit][s2.receipt][s3.execute][s4.forward][s5.hand][s5.answer][s6.end]"
          "[outcome.delivered]") {
  trio t;
  t.start();
  const auto name = t.submit("hello");
  t.run();
  REQUIRE(t.outcome_of(name) == outcome::delivered);
  REQUIRE(t.effects == std::vector<std::pair<message_name, std::string>>{{name, "hello"}});
  REQUIRE(t.a->unfinished() == 0);
}

TEST_CASE("nothing is executed before the receipt, nor delivered before the command",
          "[s3.execute][s4.forward]") {
  trio t;
  t.start();
  (void)t.submit("hello");
  REQUIRE(t.run_to<receipt>(alice));
  t.step();                           // the snapshot that names the memory
  REQUIRE(t.run_to<receipt>(alice));  // the receipt for the message
  for (const flight& f : t.ever) REQUIRE(f.as<execute>() == nullptr);
  t.step();
  REQUIRE(t.air.back().as<execute>() != nullptr);
  for (const flight& f : t.ever) REQUIRE((f.as<check>() == nullptr || f.sent.to == relay));
}

TEST_CASE("without a report wanted, executed is the outcome", "[outcome.executed][execute.once]") {
  trio t;
  t.link_up();  // bob is not there
  const auto name = t.submit("hello", false);
  t.run();
  REQUIRE(t.outcome_of(name) == outcome::executed);
  REQUIRE(t.taken(name) == 0);
  t.attach();
  t.run();
  REQUIRE(t.taken(name) == 1);
}

TEST_CASE("a lost element of any kind is repaired by a sync",
          "[timer.sync][s3.resend][s6.resend]"
          "[s3.again][timer.owed]") {
  for (int lost = 0; lost < 12; ++lost) {
    CAPTURE(lost);
    trio t;
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

TEST_CASE("a lost link stops sending, a restored one asks and sends what is missing",
          "[link.cut]") {
  trio t;
  t.start();
  const auto first = t.submit("one");
  t.run();
  t.alice_did(t.a->link_lost(t.now));
  const auto second = t.submit("two");
  t.pass(seconds(600));
  REQUIRE(t.air.empty());
  REQUIRE_FALSE(t.outcome_of(second));
  t.ever.clear();
  t.link_up();
  t.run();
  REQUIRE(t.outcome_of(first) == outcome::delivered);
  REQUIRE(t.outcome_of(second) == outcome::delivered);
  std::size_t syncs = 0, bodies = 0;
  for (const flight& f : t.ever) {
    syncs += f.as<vidimus::sync>() != nullptr && f.sent.to == relay;
    bodies += f.as<check>() != nullptr && f.sent.to == relay;
  }
  REQUIRE(syncs == 1);
  REQUIRE(bodies == 1);
}

TEST_CASE("a repeat of anything ever sent has no effect",
          "[s2.repeat][s5.repeat][news.raise]"
          "[execute.once]") {
  trio t;
  t.start();
  const auto one = t.submit("one");
  const auto two = t.submit("two");
  t.run();
  const auto all = t.ever;
  for (int round = 0; round < 3; ++round)
    for (const flight& f : all) {
      t.arrive(f);
      t.run();
    }
  REQUIRE(t.taken(one) == 1);
  REQUIRE(t.taken(two) == 1);
  REQUIRE(t.reports.size() == 2);
}

TEST_CASE("an altered message is caught and sent again",
          "[s2.verify][s3.resend]"
          "[altered.fingerprint][altered.count]") {
  trio t;
  t.start();
  const auto name = t.submit("pay 10");
  REQUIRE(t.run_to<check>(relay));
  flight f = t.take();
  f.sent.payload = make_payload("pay 99");
  t.arrive(f);
  t.run();
  REQUIRE(t.relay_env.watch.count(notice::wrong_code) == 1);
  REQUIRE(t.outcome_of(name) == outcome::delivered);
  REQUIRE(t.effects[0].second == "pay 10");
}

TEST_CASE("two attempts altered alike end the sending", "[s3.stop][outcome.failed]") {
  trio t;
  t.start();
  const auto name = t.submit("pay 10");
  for (int i = 0; i < 2; ++i) {
    REQUIRE(t.run_to<check>(relay));
    flight f = t.take();
    f.sent.payload = make_payload("pay 99");
    t.arrive(f);
  }
  t.run();
  REQUIRE(t.outcome_of(name) == outcome::failed);
  REQUIRE(t.reports[0].why == reason::altered_in_transit);
  REQUIRE(t.taken(name) == 0);
}

TEST_CASE("an altered verdict for a message that has ended has no effect", "[altered.count]") {
  trio t;
  t.start();
  const auto stays = t.submit("keeps the conversation's numbers in memory");
  const auto name = t.submit("pay 10");
  REQUIRE(t.run_to<check>(relay));
  const flight first = t.take();
  flight f = t.take();
  f.sent.payload = make_payload("pay 99");
  t.arrive(f);
  const flight verdict = t.take();
  t.withdraw(name);
  REQUIRE(t.outcome_of(name) == outcome::withdrawn);
  t.arrive(verdict);
  t.arrive(first);
  t.run();
  REQUIRE(t.outcome_of(stays) == outcome::delivered);
  REQUIRE(t.taken(name) == 0);
}

TEST_CASE("differently altered attempts end at the limit", "[s3.stop]") {
  sender_limits limits = strict(sender_limits{});
  limits.altered_max = 4;
  trio t(limits);
  t.start();
  const auto name = t.submit("pay 10");
  int attempts = 0;
  while (t.run_to<check>(relay) && attempts < 50) {
    flight f = t.take();
    f.sent.payload = make_payload("pay " + std::to_string(90 + attempts++));
    t.arrive(f);
  }
  REQUIRE(attempts == 4);
  REQUIRE(t.outcome_of(name) == outcome::failed);
}

TEST_CASE("the network doubling one altered copy is not two attempts", "[altered.count]") {
  trio t;
  t.start();
  const auto name = t.submit("pay 10");
  REQUIRE(t.run_to<check>(relay));
  flight f = t.take();
  f.sent.payload = make_payload("pay 99");
  t.arrive(f);
  t.arrive(f);
  t.run();
  REQUIRE(t.outcome_of(name) == outcome::delivered);
}

TEST_CASE("a message altered on the second hop is caught there", "[s6.resend][s5.hand]") {
  trio t;
  t.start();
  const auto name = t.submit("pay 10");
  REQUIRE(t.run_to<check>(bob));
  flight f = t.take();
  f.sent.payload = make_payload("pay 99");
  t.arrive(f);
  t.run();
  REQUIRE(t.outcome_of(name) == outcome::delivered);
  REQUIRE(t.effects == std::vector<std::pair<message_name, std::string>>{{name, "pay 10"}});
}

TEST_CASE("altered alike on the second hop slows the sending to the pace of the timer",
          "[s6.stop]") {
  trio t;
  t.start();
  const auto name = t.submit("pay 10");
  for (int i = 0; i < 2; ++i) {
    REQUIRE(t.run_to<check>(bob));
    flight f = t.take();
    f.sent.payload = make_payload("pay 99");
    t.arrive(f);
  }
  t.ever.clear();
  t.run();
  for (const flight& f : t.ever) REQUIRE(f.as<check>() == nullptr);  // no resend on the verdict
  t.pass(seconds(60));
  REQUIRE(t.outcome_of(name) == outcome::delivered);
  REQUIRE(t.effects[0].second == "pay 10");
}

TEST_CASE("a receiver that is offline at the command gets the message when it attaches",
          "[s4.hold][endpoint.probe]") {
  trio t;
  t.link_up();
  const auto name = t.submit("hello");
  t.run();
  t.pass(seconds(300));
  REQUIRE_FALSE(t.outcome_of(name));
  t.attach();
  REQUIRE(t.run_to<vidimus::sync>(
      bob));  // asked first: no body goes to an endpoint that has not answered
  for (const flight& f : t.ever)
    REQUIRE_FALSE((f.as<check>() != nullptr && bare(f.sent.to) == bob));
  t.run();
  t.pass(seconds(600));
  REQUIRE(t.outcome_of(name) == outcome::delivered);
}

TEST_CASE("no body goes to an endpoint whose memory is not known", "[endpoint.probe]") {
  trio t;
  t.start();  // bob is attached, and has never answered
  (void)t.submit("hello");
  t.run();
  bool asked = false;
  for (const flight& f : t.ever) {
    if (bare(f.sent.to) != bob) continue;
    asked = asked || f.as<vidimus::sync>() != nullptr;
    if (f.as<check>() != nullptr) {
      REQUIRE(asked);
      REQUIRE(f.as<check>()->head.memory == t.b->memory_towards(relay));
    }
  }
  REQUIRE(asked);
}

TEST_CASE("alterations that differ are not alike", "[s3.stop][altered.fingerprint]") {
  trio t;
  t.start();
  const auto name = t.submit("pay 10");
  for (std::size_t octet_at : {12u, 13u}) {  // beyond the part by which a verdict is recognised
    REQUIRE(t.run_to<check>(relay));
    flight f = t.take();
    check c = *f.as<check>();
    octets code(c.code.view().begin(), c.code.view().end());
    code.at(octet_at) ^= 1;
    c.code = check_code(code);
    f.sent.what = c;
    t.arrive(f);
  }
  t.run();
  REQUIRE(t.outcome_of(name) == outcome::delivered);
}

TEST_CASE("what was on the way to an endpoint that left is sent again when it is back",
          "[s6.resend][link.cut]") {
  trio t;
  t.start();
  const auto name = t.submit("hello");
  REQUIRE(t.run_to<check>(bob));
  (void)t.take();
  t.carry = false;  // syncs are lost too
  for (int i = 0; i < 3; ++i) {
    t.pass(seconds(30));
    t.air.clear();
  }
  t.carry = true;
  t.relay_did(t.v->detached(bob_full, t.now));
  t.attach();
  t.run();
  REQUIRE(t.outcome_of(name) == outcome::delivered);
}

TEST_CASE("the application's refusal is final and becomes the outcome",
          "[s5.refuse][void.refused]"
          "[refusal.final]") {
  trio t;
  t.accepts = false;
  t.start();
  const auto name = t.submit("hello");
  t.run();
  REQUIRE(t.delivered.size() == 1);
  t.refuse(name);
  t.run();
  REQUIRE(t.outcome_of(name) == outcome::failed);
  REQUIRE(t.reports[0].why == reason::refused_by_host);
  REQUIRE_FALSE(t.b->accepted(name, t.now));
}

TEST_CASE("until the application answers, repeats are told pending", "[s5.repeat][s5.answer]") {
  trio t;
  t.accepts = false;
  t.start();
  const auto name = t.submit("hello");
  REQUIRE(t.run_to<check>(bob));
  const flight f = t.air.front();
  t.run();
  REQUIRE(t.delivered.size() == 1);
  t.arrive(f);
  REQUIRE(t.air.back().as<receipt>()->states.front().what == status::pending);
  t.run();
  REQUIRE(t.delivered.size() == 1);
  REQUIRE_FALSE(t.outcome_of(name));
  t.accept(name);
  t.run();
  REQUIRE(t.outcome_of(name) == outcome::delivered);
}

TEST_CASE("error bounces and copies count as nothing", "[copy.never]") {
  trio t;
  t.start();
  const auto name = t.submit("hello");
  while (!t.air.empty()) {
    const flight f = t.air.front();
    const auto before = t.ever.size();
    t.arrive(f, true);
    REQUIRE(t.ever.size() == before);
    t.step();
  }
  REQUIRE(t.outcome_of(name) == outcome::delivered);
  REQUIRE(t.taken(name) == 1);
}

TEST_CASE("messages beyond the credit are parked and follow", "[credit.limit]") {
  server_limits limits = strict(server_limits{});
  limits.window = 16;
  trio t({}, limits);
  t.link_up();
  std::vector<message_name> names;
  for (int i = 0; i < 40; ++i) names.push_back(t.submit("m" + std::to_string(i)));
  t.run();
  REQUIRE(t.v->held() == 16);
  t.attach();
  t.pass(seconds(1200));
  for (const auto& name : names) REQUIRE(t.outcome_of(name) == outcome::delivered);
  REQUIRE(t.effects.size() == 40);
}
