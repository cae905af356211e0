// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"
#include "support/trio.hpp"

using namespace toy;

namespace {

/// The record of a number that nobody could have stored.
template <class Record>
std::vector<stored> with_far(const memory_store& store, number far) {
  auto all = store.all();
  for (const stored& one : store.all())
    if (auto r = image::load<Record>(one.image)) {
      r->at = far;
      all.push_back({r->key(), image::save(*r)});
      break;
    }
  return all;
}

}  // namespace

TEST_CASE("records that need larger limits are refused with a reason, and nothing is lost",
          "[s1.durable][credit.limit]") {
  trio t;
  t.link_up();  // bob is not there: all stays with alice and the relay
  for (int i = 0; i < 20; ++i) t.submit("message " + std::to_string(i));
  t.run();
  const auto of_alice = t.alice_store.all(), of_relay = t.relay_store.all();

  sender_limits few = strict(sender_limits{});
  few.unfinished_max = 19;
  sender<env> small(t.alice_env, alice, relay, few);
  REQUIRE(small.restore(of_alice, true, t.now).error() == errc::beyond_limits);
  server_limits narrow = strict(server_limits{});
  narrow.window = 19;
  server<env> slim(t.relay_env, relay, narrow);
  REQUIRE(slim.restore(of_relay, true, t.now).error() == errc::beyond_limits);

  few.unfinished_max = narrow.window = 20;
  REQUIRE(sender<env>(t.alice_env, alice, relay, few).restore(of_alice, true, t.now));
  server<env> wide(t.relay_env, relay, narrow);
  REQUIRE(wide.restore(of_relay, true, t.now));
  REQUIRE(wide.held() == t.v->held());
}

TEST_CASE("a record far from all others takes no memory", "[s1.durable]") {
  trio t;
  t.link_up();
  t.submit("hello");
  t.run();
  for (const number far : {number{1} << 20, number_max}) {
    sender<env> a(t.alice_env, alice, relay, strict(sender_limits{}));
    REQUIRE(a.restore(with_far<record::sender_message>(t.alice_store, far), true, t.now).error() ==
            errc::beyond_limits);
    server<env> v(t.relay_env, relay, strict(server_limits{}));
    REQUIRE(v.restore(with_far<record::server_custody>(t.relay_store, far), true, t.now).error() ==
            errc::beyond_limits);
  }
}

TEST_CASE("an endpoint refuses what is larger than its receipts say", "[credit.limit][s5.refuse]") {
  receiver_limits limits = strict(receiver_limits{});
  limits.payload_octets_max = 100;
  trio t({}, {}, limits);
  t.start();
  const auto fits = t.submit(std::string(100, 'x'));
  const auto large = t.submit(std::string(101, 'x'));
  t.run();
  t.pass(seconds(30));
  REQUIRE(t.outcome_of(fits) == outcome::delivered);
  REQUIRE(t.outcome_of(large) == outcome::failed);
  REQUIRE(t.reports.back().why == reason::too_large);
  REQUIRE(t.taken(large) == 0);
}
