// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// Who has messages beyond the limit asks without waiting for a timer. Ids in square brackets are
// clauses of docs/protocol.md.
#include "../support/catch.hpp"
#include "../support/trio.hpp"

using namespace toy;

namespace {

constexpr std::size_t many = 300;
constexpr std::uint32_t small = 16;  ///< the least window there is

template <class Element>
std::size_t count_sent(const trio& t, std::string_view from) {
  std::size_t n = 0;
  for (const flight& f : t.ever) n += f.as<Element>() != nullptr && bare(f.from) == from ? 1 : 0;
  return n;
}

std::size_t delivered(const trio& t) {
  std::size_t n = 0;
  for (const out::report& r : t.reports) n += r.ended == outcome::delivered ? 1 : 0;
  return n;
}

void submit_many(trio& t, std::size_t count = many) {
  for (std::size_t i = 0; i < count; ++i) (void)t.submit("message " + std::to_string(i));
}

}  // namespace

TEST_CASE("a sender that is out of credit asks at once", "[credit.ask]") {
  for (bool batched : {false, true}) {
    CAPTURE(batched);
    sender_limits sl = strict(sender_limits{});
    server_limits vl = strict(server_limits{});
    vl.window = small;
    if (batched) sl.commands.delay = vl.receipts.delay = milliseconds(5);
    trio t(sl, vl);
    t.start();
    submit_many(t);
    const instant since = t.now;
    const std::size_t flights = many * 8;  // each takes 1 ms here
    while (delivered(t) < many && (t.now - since).count < static_cast<std::int64_t>(flights))
      t.air.empty() ? t.pass(milliseconds(1)) : t.step();
    REQUIRE(delivered(t) == many);
    REQUIRE(count_sent<vidimus::sync>(t, alice) <= many / (small / 2) + 2);
  }
}

TEST_CASE("a server that is out of an endpoint's credit asks at once", "[credit.ask]") {
  receiver_limits rl = strict(receiver_limits{});
  rl.window = small;
  trio t({}, {}, rl);
  t.start();
  submit_many(t);
  t.run();  // no time passes but that of flights
  REQUIRE(delivered(t) == many);
  REQUIRE(count_sent<vidimus::sync>(t, relay) <= many / (small / 2) + 2);
}

TEST_CASE("who is out of credit asks once for each half of a window", "[credit.ask]") {
  server_limits vl = strict(server_limits{});
  vl.window = small;
  trio t({}, vl);
  t.start();
  submit_many(t);
  t.accepts = false;  // nothing ends, so low1 stays
  t.run();
  const auto asked = count_sent<vidimus::sync>(t, alice);
  REQUIRE(count_sent<check>(t, alice) == small);
  // one less than half of the window
  for (std::size_t i = 0; i + 1 < small / 2; ++i) t.accept(t.delivered.at(i).name);
  t.run();
  REQUIRE(delivered(t) == small / 2 - 1);
  REQUIRE(count_sent<vidimus::sync>(t, alice) == asked);
  t.accept(t.delivered.at(small / 2 - 1).name);
  while (delivered(t) < small / 2) t.step();
  REQUIRE(count_sent<vidimus::sync>(t, alice) == asked + 1);
  // until the answer is there nothing is asked, whatever ends meanwhile; lost, the timer asks
  t.air.clear();
  for (std::size_t i = small / 2; i < small; ++i) t.accept(t.delivered.at(i).name);
  t.run();
  REQUIRE(count_sent<vidimus::sync>(t, alice) == asked + 1);
  t.accepts = true;
  t.pass(seconds(30));
  REQUIRE(delivered(t) == many);
}

TEST_CASE("the credit that another server goes on with is that of the first", "[credit.ask]") {
  receiver_limits rl = strict(receiver_limits{});
  rl.window = small;
  trio t({}, {}, rl);
  t.start();
  constexpr std::size_t few = 5 * small;  // at each step all of it is restored
  submit_many(t, few);
  while (!t.air.empty()) {
    t.step();
    auto records = t.relay_store.all();
    for (auto& one : t.v->session()) records.push_back(std::move(one));
    t.v.emplace(t.relay_env, relay, strict(server_limits{}));
    t.relay_did(*t.v->restore(records, true, t.now));
  }
  REQUIRE(delivered(t) == few);
  REQUIRE(count_sent<vidimus::sync>(t, relay) <= few / (small / 2) + 2);
}
