// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// A server goes on where another stopped. The simulator demands it of whole worlds.
#include "support/catch.hpp"
#include "support/trio.hpp"

using namespace toy;

namespace {

enum class going_on { same_server, with_session, with_records_only };

std::vector<stored> records_and_session(const trio& t) {
  auto all = t.relay_store.all();
  for (stored& one : t.v->session()) all.push_back(std::move(one));
  return all;
}

/// Elements on the way until ten messages are delivered, a server being replaced before each.
std::size_t elements(going_on how) {
  trio t;
  t.start();
  for (int i = 0; i < 10; ++i) t.submit("message " + std::to_string(i));
  while (!t.air.empty()) {
    const auto all = how == going_on::with_session ? records_and_session(t) : t.relay_store.all();
    if (how != going_on::same_server && t.air.front().sent.to == relay) {
      t.v.emplace(t.relay_env, relay, strict(server_limits{}));
      t.relay_did(*t.v->restore(all, true, t.now));
      if (how == going_on::with_records_only) t.attach();
    }
    t.step();
    if (t.ever.size() > 5000) break;
  }
  if (how != going_on::with_records_only) {
    CHECK(t.effects.size() == 10);
    CHECK(t.a->unfinished() == 0);
  }
  return t.ever.size();
}

}  // namespace

TEST_CASE("another server goes on without an element more", "[snapshot.replace][endpoint.probe]") {
  const std::size_t alone = elements(going_on::same_server);
  CHECK(elements(going_on::with_session) == alone);
  CHECK(elements(going_on::with_records_only) > 2 * alone);
}

TEST_CASE("timers go on too", "[timer.sync]") {
  trio t;
  t.start();
  t.submit("one");
  REQUIRE(t.run_to<check>(bob));
  t.air.clear();  // lost; the server asks when its timer says so
  const instant due = t.v->next_deadline();
  const auto all = records_and_session(t);
  t.v.emplace(t.relay_env, relay, strict(server_limits{}));
  t.relay_did(*t.v->restore(all, true, t.now + milliseconds(700)));
  CHECK(t.v->next_deadline() == due);
  CHECK(t.air.empty());
  t.pass(seconds(60));
  CHECK(t.effects.size() == 1);
}

TEST_CASE("of a session that may be old, only who is there is believed", "[name.memory]") {
  trio t;
  t.start();
  t.submit("one");
  REQUIRE(t.run_to<check>(bob));
  t.air.clear();
  const auto all = records_and_session(t);
  t.v.emplace(t.relay_env, relay, strict(server_limits{}));
  t.relay_did(*t.v->restore(all, false, t.now));
  t.pass(seconds(60));  // the command comes anew, and is carried out without another `attached`
  CHECK(t.effects.size() == 1);
}

TEST_CASE("a session that is damaged or of nobody does no harm", "[restore.again]") {
  trio t;
  t.start();
  t.submit("one");
  REQUIRE(t.run_to<check>(bob));
  auto all = records_and_session(t);
  server<env> without(t.relay_env, relay, strict(server_limits{}));
  CHECK(without.restore(t.v->session(), true, t.now));  // no records
  CHECK(without.held() == 0);
  all.back().image.back() ^= 1;
  server<env> damaged(t.relay_env, relay, strict(server_limits{}));
  const auto refused = damaged.restore(all, true, t.now);
  REQUIRE(!refused);
  CHECK(refused.error() == errc::bad_image);
}
