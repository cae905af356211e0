// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "vidimus/base/equal.hpp"

#include <catch2/catch.hpp>

using vidimus::equal_constant_time;
using vidimus::octets;

TEST_CASE("equal octets are equal", "[equal]") {
  CHECK(equal_constant_time({}, {}));
  for (std::size_t size = 1; size <= 64; ++size)
    CHECK(equal_constant_time(octets(size, 0x5a), octets(size, 0x5a)));
}

TEST_CASE("one bit anywhere makes a difference", "[equal]") {
  const octets original(32, 0x5a);
  for (std::size_t at = 0; at < original.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      octets altered = original;
      altered[at] = static_cast<vidimus::octet>(altered[at] ^ (1 << bit));
      CHECK_FALSE(equal_constant_time(original, altered));
      CHECK_FALSE(equal_constant_time(altered, original));
    }
  }
}

TEST_CASE("two differences do not cancel out", "[equal]") {
  CHECK_FALSE(equal_constant_time(octets{1, 1, 0}, octets{0, 0, 0}));
  CHECK_FALSE(equal_constant_time(octets{1, 2, 3}, octets{3, 2, 1}));
}

TEST_CASE("a beginning is not the whole", "[equal]") {
  const octets whole{1, 2, 3, 4};
  for (std::size_t size = 0; size < whole.size(); ++size) {
    auto beginning = vidimus::octets_view(whole).first(size);
    CHECK_FALSE(equal_constant_time(whole, beginning));
    CHECK_FALSE(equal_constant_time(beginning, whole));
  }
}
