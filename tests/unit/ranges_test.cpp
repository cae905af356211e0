// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include <vidimus/model/elements.hpp>

#include "support/catch.hpp"

using namespace vidimus;

TEST_CASE("an element carries the beginning of a set, as far as 64 ranges go", "[element.ranges]") {
  ranges all;
  REQUIRE(all.for_element().empty());
  for (number n = 1; n <= 200; n += 2) {
    all.add(n);
    const ranges some = all.for_element();
    REQUIRE(some.size() == std::min<std::size_t>(all.size(), ranges_per_element_max));
    ranges strictly;
    for (const range& r : some) REQUIRE(strictly.append_strictly(r));
    REQUIRE(strictly == some);
    for (number m = 1; m <= n; ++m)
      REQUIRE(some.contains(m) == (all.contains(m) && m <= some.back().last));
  }
}

TEST_CASE("a part of a set is what lies between", "[ranges]") {
  ranges all;
  for (number n : std::vector<number>{1, 2, 5, 6, 7, 10}) all.add(n);
  for (number first = 0; first <= 12; ++first)
    for (number end = 0; end <= 13; ++end) {
      CAPTURE(first, end);
      const ranges part = all.between(first, end);
      for (number n = 1; n <= 12; ++n)
        REQUIRE(part.contains(n) == (all.contains(n) && first <= n && n < end));
      ranges again;
      for (const range& r : part) REQUIRE(again.append_strictly(r));
    }
}
