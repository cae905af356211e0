// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"
#include "support/trio.hpp"

// Stanzas that a receiver is given in one call do what they do one by one, with fewer records.

using namespace toy;

namespace {

/// What is on its way to bob, all else having arrived.
std::vector<incoming> held_back(trio& t) {
  std::vector<incoming> out;
  while (!t.air.empty()) {
    const flight f = t.take();
    if (bare(f.sent.to) == bob)
      out.push_back(arrived(f.sent, f.from));
    else
      t.arrive(f);
  }
  return out;
}

struct done {
  memory_store store;
  octets state;
  std::size_t written = 0, handed = 0, told = 0;
  bool durable_first = true;

  done(const trio& t, const receiver<env>& role, const receiver_outputs& outputs)
      : store(t.bob_store) {
    std::size_t records = 0;
    for (const auto& one : outputs) {
      if (const auto* p = std::get_if<out::persist>(&one)) {
        store.carry_out(*p);
        ++written;
      }
      if (const auto* f = std::get_if<out::forget>(&one)) store.carry_out(*f);
      handed += std::holds_alternative<out::deliver>(one) ? 1 : 0;
      told += std::holds_alternative<out::transmit>(one) ? 1 : 0;
      records = std::holds_alternative<out::deliver>(one) ? written : records;
    }
    durable_first = records == written;
    role.append_state(state);
  }
};

}  // namespace

TEST_CASE("stanzas that came together leave what they leave one by one", "[durable.first]") {
  for (const bool evicts : {false, true}) {
    receiver_limits few;
    few.conversations_per_peer = evicts ? 1 : 2;
    trio t({}, {}, few);
    t.accepts = !evicts;
    t.start();
    t.submit("the first");
    t.run();
    t.accepts = false;
    for (int i = 0; i < 10; ++i) t.submit("of one life " + std::to_string(i));
    std::vector<incoming> came = held_back(t);
    t.crash_sender();
    t.link_up();
    for (int i = 0; i < 10; ++i) t.submit("of another " + std::to_string(i));
    for (incoming& one : held_back(t)) came.push_back(std::move(one));
    came.push_back(came.front());  // a repeat
    REQUIRE(came.size() > 12);

    const env fresh = t.bob_env;
    receiver<env> one_by_one = *t.b, together = *t.b;
    receiver_outputs outputs;
    for (const incoming& one : came)
      for (auto& o : one_by_one.receive(one, t.now)) outputs.push_back(std::move(o));
    const done apart(t, one_by_one, outputs);
    t.bob_env.entropy = fresh.entropy;
    const done all(t, together, together.receive(came, t.now));

    CHECK(all.handed == apart.handed);
    CHECK(all.told == apart.told);
    CHECK(all.state == apart.state);
    const auto records = [](const memory_store& of) {
      std::map<std::string, octets> out;
      for (stored& one : of.all()) out[one.key] = std::move(one.image);
      return out;
    };
    CHECK(records(all.store) == records(apart.store));
    CHECK(all.written < apart.written);
    CHECK(all.durable_first);
    if (!evicts) CHECK(all.written == 2);
  }
}

TEST_CASE("what waits for the application is found in any order", "[durable.first]") {
  trio t;
  t.accepts = false;
  t.start();
  std::vector<message_name> names;
  for (int i = 0; i < 12; ++i) names.push_back(t.submit("message " + std::to_string(i)));
  t.run();
  REQUIRE(t.delivered.size() == 12);
  std::reverse(names.begin(), names.end());
  std::swap(names[2], names[7]);
  t.crash_receiver();
  for (std::size_t i = 0; i < 3; ++i) t.bob_did(*t.b->accepted(names[i], t.now));
  t.bob_did(*t.b->accepted(std::vector(names.begin() + 3, names.end()), t.now));
  t.run();
  for (const message_name& name : names) CHECK(t.outcome_of(name) == outcome::delivered);
}
