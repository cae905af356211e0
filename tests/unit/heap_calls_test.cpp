// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <cstdint>
#include <memory>
#include <vector>

#include "support/heap_calls_here.hpp"

namespace {

struct alignas(64) wide {
  char filler[64];
};

}  // namespace

TEST_CASE("calls of the heap are counted", "[heap_calls]") {
  auto before = support::heap_calls();
  auto one = std::make_unique<int>(1);
  auto some = std::make_unique<int[]>(10);
  auto aligned = std::make_unique<wide>();
  std::vector<int> many(100);
  auto after = support::heap_calls();
  CHECK(after - before == 4);
  CHECK(reinterpret_cast<std::uintptr_t>(aligned.get()) % 64 == 0);
  CHECK(*one + some[0] + many[0] == 1);
}
