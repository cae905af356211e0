// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// In the long run a message asks no heap of the three machines (docs/decisions/0053).
#include "../bench/machines.hpp"
#include "../support/catch.hpp"
#include "support/heap_calls.hpp"

TEST_CASE("a message passes the machines without a call of the heap", "[heap_calls]") {
  for (const std::size_t in_flight : {1u, 100u}) {
    CAPTURE(in_flight);
    bench::machines<bench::machines_only> all(bench::policy::strict, in_flight);
    for (int i = 0; i < 3000; ++i) all.one();
    const auto delivered = all.delivered();
    const auto before = support::heap_calls();
    for (int i = 0; i < 200; ++i) all.one();
    const auto after = support::heap_calls();
    CHECK(after - before == 0);
    CHECK(all.delivered() == delivered + 200);
  }
}
