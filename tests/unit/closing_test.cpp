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
