// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"
#include "support/trio.hpp"

using namespace toy;

namespace {

server_limits room_for(std::uint64_t per_peer, std::uint64_t in_all) {
  server_limits out = strict(server_limits{});
  out.octets_per_peer = per_peer;
  out.octets_in_all = in_all;
  return out;
}

/// Refusals that the server gave, with their times.
std::vector<refused_part> refusals(const trio& t) {
  std::vector<refused_part> out;
  for (const flight& f : t.ever)
    if (const receipt* r = f.as<receipt>(); r != nullptr && f.from == relay)
      out.insert(out.end(), r->refused.begin(), r->refused.end());
  return out;
}

/// Messages of 40 octets, of which the server holds two.
void fill_up(trio& t, std::vector<message_name>& names) {
  t.link_up();  // bob is not there
  for (char one : {'a', 'b', 'c'}) names.push_back(t.submit(std::string(40, one)));
  t.run();
}

}  // namespace

TEST_CASE("octets in custody are bounded, of one sender and in all: no-space, later",
          "[credit.octets][refusal.final][timer.busy]") {
  for (const server_limits& limits : {room_for(100, 1000), room_for(1000, 100)}) {
    trio t({}, limits);
    std::vector<message_name> names;
    fill_up(t, names);
    REQUIRE(refusals(t).size() == 1);
    REQUIRE(refusals(t)[0] == refused_part{3, reason::no_space, 30});
    REQUIRE(t.v->held() == 2);
    t.pass(seconds(200));  // asked again and again: there is still no room
    REQUIRE(t.v->held() <= 3);
    REQUIRE(t.a->state_of(names[2]) == duty::submission::state::awaiting_receipt);
    t.attach();
    t.pass(seconds(100));
    for (const message_name& name : names) {
      REQUIRE(t.outcome_of(name) == outcome::delivered);
      REQUIRE(t.taken(name) == 1);
    }
    // all of the room came back
    t.relay_did(t.v->detached(bob_full, t.now));
    t.ever.clear();
    for (int i = 0; i < 2; ++i) (void)t.submit(std::string(40, 'd'));
    t.run();
    REQUIRE(refusals(t).empty());
  }
}

TEST_CASE("a withdrawal, a lifetime and a hold time give room back", "[credit.octets]") {
  trio t({}, room_for(100, 1000));
  std::vector<message_name> names;
  fill_up(t, names);
  t.withdraw(names[0]);
  t.run();
  REQUIRE(t.outcome_of(names[0]) == outcome::withdrawn);
  t.pass(seconds(100));
  REQUIRE(t.a->state_of(names[2]) == duty::submission::state::awaiting_delivery);
  t.pass(seconds(3700));
  REQUIRE(t.outcome_of(names[1]) == outcome::expired);
  t.ever.clear();
  for (int i = 0; i < 2; ++i) (void)t.submit(std::string(40, 'd'));
  t.run();
  REQUIRE(refusals(t).empty());
}

TEST_CASE("where nothing is held one message is taken, whatever it has", "[credit.octets]") {
  trio t({}, room_for(10, 10));
  t.start();
  const auto one = t.submit(std::string(40, 'a')), two = t.submit(std::string(40, 'b'));
  t.pass(seconds(100));
  REQUIRE(t.outcome_of(one) == outcome::delivered);
  REQUIRE(t.outcome_of(two) == outcome::delivered);
}

TEST_CASE("after a restart the octets in custody are counted again", "[credit.octets]") {
  trio t({}, room_for(100, 1000));
  std::vector<message_name> names;
  fill_up(t, names);
  t.crash_server();
  t.ever.clear();
  t.pass(seconds(100));
  REQUIRE(refusals(t).size() > 0);
  t.attach();
  t.pass(seconds(100));
  for (const message_name& name : names) REQUIRE(t.outcome_of(name) == outcome::delivered);
}

TEST_CASE("a repeat of what is held is not refused for want of room",
          "[credit.octets][s2.repeat]") {
  trio t({}, room_for(80, 1000));
  std::vector<message_name> names;
  fill_up(t, names);
  const std::size_t before = refusals(t).size();
  for (const flight& f : std::vector(t.ever))
    if (const check* e = f.as<check>(); e != nullptr && e->at == 1) t.arrive(f);
  REQUIRE(refusals(t).size() == before);
}

TEST_CASE("a restart forgets the content of what had ended when the server was cut off",
          "[credit.octets]") {
  trio t({}, room_for(100, 1000));
  std::vector<message_name> names;
  fill_up(t, names);
  t.alice_did(t.a->link_lost(t.now));  // nobody tells the server that it may forget the records too
  auto records = t.relay_store.all();
  t.pass(seconds(4000));  // over their lifetimes
  std::erase_if(records, [](auto& one) { return !image::load<record::payload>(one.image); });
  REQUIRE(records.size() == 2);
  const auto left = t.relay_store.all();
  REQUIRE(left.size() > 2);
  records.insert(records.end(), left.begin(), left.end());
  t.v.emplace(t.relay_env, relay, room_for(100, 1000));
  const auto outs = t.v->restore(records, true, t.now);
  std::size_t forgotten = 0;
  for (const server_output& one : *outs)
    forgotten += std::holds_alternative<out::forget>(one) ? 1 : 0;
  REQUIRE(forgotten == 2);
}
