// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"
#include "support/trio.hpp"

// Conversations that are closed or forgotten while their sender lives.

using namespace toy;

namespace {

message_name submit_to(trio& t, const std::string& to, std::string_view text) {
  outgoing m = message(text, to);
  m.report = to == bob;  // the others never come
  auto given = t.a->submit(m, t.now);
  REQUIRE(given);
  const message_name name = given->name;
  t.alice_did(std::move(given->outputs));
  t.run();
  t.pass(seconds(40));
  return name;
}

std::size_t closes(const trio& t) {
  std::size_t n = 0;
  for (const flight& f : t.ever) {
    const vidimus::sync* s = f.as<vidimus::sync>();
    n += s != nullptr && s->close ? 1 : 0;
  }
  return n;
}

}  // namespace

TEST_CASE("a sender closes a conversation for room while it lives, and opens another later",
          "[name.conversation][low.one]") {
  sender_limits few = strict(sender_limits{});
  few.conversations_max = 1;
  trio t(few);
  t.start();
  const auto one = submit_to(t, bob, "one");
  REQUIRE(t.outcome_of(one) == outcome::delivered);
  const auto two = submit_to(t, "carol@example.net", "two");
  REQUIRE(t.outcome_of(two) == outcome::executed);
  REQUIRE(closes(t) == 1);
  const auto three = submit_to(t, bob, "three");
  REQUIRE(t.outcome_of(three) == outcome::delivered);
  REQUIRE(!(three.in == one.in));
  REQUIRE(three.at == 1);
  for (const auto& name : {one, three}) REQUIRE(t.taken(name) == 1);
}

TEST_CASE(
    "a server forgets a conversation for room while its sender lives; nothing is lost or twice",
    "[name.memory][challenge.one]") {
  server_limits few = strict(server_limits{});
  few.conversations_per_peer = 1;
  trio t({}, few);
  t.start();
  std::vector<message_name> names;
  for (int i = 0; i < 4; ++i) {
    names.push_back(submit_to(t, bob, "to bob " + std::to_string(i)));
    REQUIRE(t.outcome_of(names.back()) == outcome::delivered);
    REQUIRE(names.back().in == names.front().in);  // the sender's conversation lives on
    (void)submit_to(t, i % 2 == 0 ? "carol@example.net" : "dora@example.net", "to another");
    t.relay_did(t.v->tick(t.now + seconds(90000)));  // whom nobody came for
    t.now = t.now + seconds(90000);
    t.pass(seconds(40));
  }
  REQUIRE(t.relay_env.watch.count(notice::table_full) > 0);
  REQUIRE(t.relay_env.watch.count(notice::other_memory) > 0);
  for (const message_name& name : names) REQUIRE(t.taken(name) == 1);
  const std::size_t before = t.effects.size();
  for (const flight& f : std::vector(t.ever)) t.arrive(f);  // all that was ever sent, once more
  t.run();
  REQUIRE(t.effects.size() == before);
}

TEST_CASE(
    "an application closes a conversation with messages under way; the next one opens another",
    "[name.close][low.one]") {
  trio t;
  t.start();
  const auto one = t.submit("one");
  t.run();
  const auto two = t.submit("two");
  t.alice_did(t.a->close(bob, t.now));
  REQUIRE(closes(t) == 0);  // not before its last message has its outcome
  const auto three = t.submit("three");
  REQUIRE(two.in == one.in);
  REQUIRE(!(three.in == two.in));
  REQUIRE(three.at == 1);
  t.run();
  t.pass(seconds(40));
  for (const auto& name : {one, two, three}) {
    REQUIRE(t.outcome_of(name) == outcome::delivered);
    REQUIRE(t.taken(name) == 1);
  }
  REQUIRE(closes(t) == 1);
  REQUIRE(t.alice_store.all().size() == 1);  // the record of the conversation that goes on
}

TEST_CASE("a closed conversation sends what waits for credit and for the link", "[name.close]") {
  trio t;
  t.attach();
  std::vector<message_name> names;
  for (int i = 0; i < 40; ++i) names.push_back(t.submit("message " + std::to_string(i)));
  t.alice_did(t.a->close(bob, t.now));
  t.link_up();
  t.run();
  t.pass(seconds(40));
  for (const auto& name : names) REQUIRE(t.outcome_of(name) == outcome::delivered);
  REQUIRE(t.effects.size() == names.size());
  REQUIRE(closes(t) == 1);
  REQUIRE(t.alice_store.all().empty());
}

TEST_CASE("a conversation closed without a link is told to be over when there is one",
          "[name.close]") {
  trio t;
  t.start();
  const auto one = t.submit("one");
  t.run();
  t.pass(seconds(40));
  REQUIRE(t.outcome_of(one) == outcome::delivered);
  t.alice_did(t.a->link_lost(t.now));
  t.alice_did(t.a->close(bob, t.now));
  REQUIRE(closes(t) == 0);
  REQUIRE(!t.alice_store.all().empty());
  t.link_up();
  t.run();
  REQUIRE(closes(t) == 1);
  REQUIRE(t.alice_store.all().empty());
  REQUIRE(t.a->close(bob, t.now).empty());  // there is none: nothing to do
  REQUIRE(t.a->close("nobody@example.net", t.now).empty());
}

TEST_CASE("a closed conversation is over after a restart, too", "[name.close]") {
  trio t;
  t.start();
  const auto one = t.submit("one");
  t.alice_did(t.a->close(bob, t.now));
  t.air.clear();
  t.crash_sender();
  t.link_up();
  t.run();
  t.pass(seconds(40));
  const auto two = t.submit("two");
  t.run();
  t.pass(seconds(40));
  REQUIRE(t.outcome_of(one) == outcome::delivered);
  REQUIRE(t.outcome_of(two) == outcome::delivered);
  REQUIRE(!(two.in == one.in));
  REQUIRE(closes(t) == 1);
}
