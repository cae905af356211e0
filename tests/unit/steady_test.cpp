// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// In the long run a message asks no heap of the three machines (docs/decisions/0053), and what is
// held of it is bounded (docs/decisions/0150).
#include "../bench/machines.hpp"
#include "../support/catch.hpp"
#include "support/heap_calls.hpp"

TEST_CASE("a message passes the machines without a call of the heap", "[heap_calls]") {
  using bench::policy;
  struct way {
    policy how;
    std::size_t in_flight;
  };
  for (const way& one :
       {way{policy::strict, 1}, way{policy::strict, 100}, way{policy::conditional_batched, 100}}) {
    CAPTURE(one.how == policy::strict, one.in_flight);
    bench::machines<bench::machines_only> all(one.how, one.in_flight);
    for (int i = 0; i < 4000; ++i) all.one();  // more than a window
    const auto submitted = all.submitted(), delivered = all.delivered();
    const auto before = support::heap_calls();
    for (int i = 0; i < 3000; ++i) all.one();
    const auto after = support::heap_calls();
    CHECK(after - before == 0);
    CHECK(all.submitted() == submitted + 3000);
    if (one.how == policy::strict)
      CHECK(all.delivered() == delivered + 3000);
    else  // some wait for others to go with them
      CHECK(all.delivered() + 1000 > all.submitted());
  }
}

TEST_CASE("a message in flight takes few octets, payload not counted", "[heap_calls]") {
  constexpr std::size_t in_flight = 10000;
  bench::machines<bench::machines_only> all(bench::policy::strict, in_flight);
  while (all.in_flight() + 1 < in_flight) all.one();
  all.hold_one();
  REQUIRE(all.in_flight() == in_flight);
  const auto octets_of = [](auto drop) {
    const auto before = support::octets_given_back();
    support::count_octets(true);
    drop();
    support::count_octets(false);
    return (support::octets_given_back() - before) / in_flight;
  };
  const auto sender = octets_of([&] { all.drop_sender(); });
  const auto server = octets_of([&] { all.drop_server(); });
  const auto receiver = octets_of([&] { all.drop_receiver(); });
  if (!support::can_watch_freed()) return;
  CAPTURE(sender, server, receiver);
  CHECK(sender > 32);  // the digest alone
  CHECK(sender <= 88);
  CHECK(server > 32);
  CHECK(server <= 88);
  CHECK(receiver <= 1);  // intervals
}
