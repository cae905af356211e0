// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include <array>
#include <deque>
#include <memory>
#include <vidimus/base/block_queue.hpp>
#include <vidimus/base/shared_text.hpp>

#include "../support/catch.hpp"
#include "support/heap_calls.hpp"

using vidimus::block_queue;
using vidimus::shared_text;

TEST_CASE("a block queue does what a deque does", "[block_queue]") {
  for (std::uint32_t seed = 1; seed < 60; ++seed) {
    block_queue<int, 4> ours;
    block_queue<int, 4>::pool spare;
    std::deque<int> theirs;
    std::uint32_t drawn = seed;
    for (int step = 0; step < 400; ++step) {
      drawn = drawn * 1664525u + 1013904223u;
      // longer and shorter in turns, empty at times
      const bool grows = (drawn >> 16) % 100 < (step / 50 % 2 == 0 ? 70u : 30u);
      if (grows || theirs.empty()) {
        ours.emplace_back(spare) = step;
        theirs.push_back(step);
      } else {
        ours.pop_front(spare);
        theirs.pop_front();
      }
      REQUIRE(ours.size() == theirs.size());
      REQUIRE(ours.empty() == theirs.empty());
      REQUIRE(std::equal(ours.begin(), ours.end(), theirs.begin(), theirs.end()));
      for (std::size_t i = 0; i < theirs.size(); ++i) REQUIRE(ours[i] == theirs[i]);
    }
    const auto copy = ours;
    REQUIRE(std::equal(copy.begin(), copy.end(), theirs.begin(), theirs.end()));
  }
}

TEST_CASE("values of a block queue stay where they are, and go when they are popped",
          "[block_queue]") {
  block_queue<std::shared_ptr<int>, 4> queue;
  block_queue<std::shared_ptr<int>, 4>::pool spare;
  const auto one = std::make_shared<int>(1);
  for (int i = 0; i < 50; ++i) queue.emplace_back(spare) = one;
  const auto* last = &queue[49];
  for (int i = 0; i < 49; ++i) queue.pop_front(spare);
  REQUIRE(one.use_count() == 2);
  REQUIRE(&queue[0] == last);
  queue.pop_front(spare);
  REQUIRE(one.use_count() == 1);
}

TEST_CASE("a block queue of about one length asks no heap", "[block_queue]") {
  block_queue<int, 4> queue;
  block_queue<int, 4>::pool spare;
  const auto pass = [&](int times) {
    for (int i = 0; i < times; ++i) {
      queue.emplace_back(spare) = i;
      queue.emplace_back(spare) = i;
      queue.pop_front(spare);
      queue.pop_front(spare);
    }
  };
  queue.emplace_back(spare) = 0;
  pass(1000);
  const auto before = support::heap_calls();
  pass(1000);
  const auto after = support::heap_calls();
  REQUIRE(before == after);
}

TEST_CASE("queues that share a pool ask no heap, whichever of them is long", "[block_queue]") {
  using queue = block_queue<int, 4>;
  queue::pool spare;
  std::array<queue, 2> queues;
  const auto pass = [&](int times) {
    for (int i = 0; i < times; ++i) {
      queue& now = queues[static_cast<std::size_t>(i % 2)];
      for (int n = 0; n < 100; ++n) now.emplace_back(spare) = n;
      while (!now.empty()) now.pop_front(spare);
    }
  };
  pass(8);
  const auto before = support::heap_calls();
  pass(1000);
  const auto after = support::heap_calls();
  REQUIRE(before == after);
}

TEST_CASE("a pool of blocks is bounded, and its copy is empty", "[block_queue]") {
  using queue = block_queue<int, 4>;
  queue::pool spare;
  const auto blocks_made = [](queue::pool& from, std::size_t most) {
    queue some;
    for (int i = 0; i < 4; ++i) some.emplace_back(from);  // its own list has room now
    const auto before = support::heap_calls();
    for (std::size_t i = 0; i < 4 * most; ++i) some.emplace_back(from);
    const auto after = support::heap_calls();
    while (!some.empty()) some.pop_front(from);
    return after - before;
  };
  (void)blocks_made(spare, 2 * queue::pool::blocks_max);
  queue::pool copy = spare;
  const auto of_spare = blocks_made(spare, 2 * queue::pool::blocks_max);
  const auto of_copy = blocks_made(copy, 2 * queue::pool::blocks_max);
  CHECK(of_copy - of_spare == queue::pool::blocks_max - 1);  // one was taken before
}

TEST_CASE("a shared text reads as its text, and copies cost no heap", "[shared_text]") {
  const std::string address = "romeo.montague@example.org/orchard";
  shared_text one = address;
  const auto before = support::heap_calls();
  const shared_text other = one;
  one.set(address);
  const auto after = support::heap_calls();
  REQUIRE(before == after);
  REQUIRE(other == address);
  REQUIRE(one == other);
  REQUIRE_FALSE(one == "romeo");
  REQUIRE(std::string_view(one).substr(0, 5) == "romeo");
  one.set("");
  REQUIRE(one.empty());
  REQUIRE(one == shared_text());
  REQUIRE_FALSE(one == other);
}
