// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include <catch2/catch.hpp>
#include <cstdint>
#include <vidimus/base/short_list.hpp>

#include "support/heap_calls.hpp"

namespace {

using list = vidimus::short_list<int, 2>;

std::vector<int> all_of(const list& l) { return {l.begin(), l.end()}; }

/// A small generator: the same seed, the same steps.
std::uint32_t drawn(std::uint32_t& seed, std::uint32_t below) {
  seed = seed * 1664525u + 1013904223u;
  return (seed >> 8) % below;
}

}  // namespace

TEST_CASE("a short list does what a vector does", "[short_list]") {
  for (std::uint32_t start = 0; start < 200; ++start) {
    std::uint32_t seed = start;
    list ours;
    std::vector<int> theirs;
    for (int step = 0; step < 60; ++step) {
      const auto at = drawn(seed, static_cast<std::uint32_t>(theirs.size()) + 1);
      switch (drawn(seed, 5)) {
        case 0:
        case 1:
          ours.insert(ours.begin() + at, step);
          theirs.insert(theirs.begin() + at, step);
          break;
        case 2:
          ours.push_back(step);
          theirs.push_back(step);
          break;
        case 3: {
          const auto to = at + drawn(seed, static_cast<std::uint32_t>(theirs.size()) - at + 1);
          const int* behind = ours.erase(ours.begin() + at, ours.begin() + to);
          theirs.erase(theirs.begin() + at, theirs.begin() + to);
          CHECK(behind == ours.begin() + at);
          break;
        }
        default:
          if (drawn(seed, 8) == 0) {
            ours.clear();
            theirs.clear();
          } else {
            ours.cut_to(at);
            theirs.resize(std::min<std::size_t>(at, theirs.size()));
          }
      }
      const list copy = ours;
      REQUIRE(all_of(copy) == theirs);
      REQUIRE(copy == ours);
      REQUIRE(ours.empty() == theirs.empty());
      if (!theirs.empty())
        REQUIRE((ours.front() == theirs.front() && ours.back() == theirs.back()));
    }
  }
}

TEST_CASE("what is short does not ask the heap", "[short_list]") {
  const auto before = support::heap_calls();
  list one;
  one.push_back(2);
  one.insert(one.begin(), 1);
  list other = one;
  other.erase(other.begin(), other.begin() + 1);
  const auto after = support::heap_calls();
  CHECK(before == after);
  CHECK(all_of(other) == std::vector<int>{2});
  CHECK_FALSE(other == one);
}
