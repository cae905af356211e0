// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"
#include "support/trio.hpp"

// Several sending devices of one bare address, each with conversations of its own.

using namespace toy;

namespace {

/// A second device of alice beside that of the trio, in its network.
struct tablet {
  explicit tablet(trio& with) : t(with) {
    preset_keys other_relay, other_bob;
    e.entropy.who = 4;
    give_keys(e.keys, other_relay, other_bob);
    role.emplace(e, alice, relay, strict(sender_limits{}));
    did(role->link_restored(t.now));
  }
  message_name submit(std::string_view text) {
    auto given = role->submit(message(text), t.now);
    const message_name name = given->name;
    did(std::move(given->outputs));
    return name;
  }
  void did(sender_outputs outs) {
    for (auto& one : outs) {
      if (const auto* p = std::get_if<out::persist>(&one)) store.carry_out(*p);
      if (const auto* f = std::get_if<out::forget>(&one)) store.carry_out(*f);
      if (const auto* r = std::get_if<out::report>(&one)) reports.push_back(*r);
      if (const auto* s = std::get_if<out::transmit>(&one)) {
        t.air.push_back({address, *s});
        t.ever.push_back(t.air.back());
      }
    }
  }
  void crash() {
    role.emplace(e, alice, relay, strict(sender_limits{}));
    did(*role->restore(store.all(), true, t.now));
    did(role->link_restored(t.now));
  }
  bool reported(const message_name& name) const {
    return std::any_of(reports.begin(), reports.end(), [&](const out::report& r) {
      return r.name == name && r.ended == outcome::delivered;
    });
  }

  trio& t;
  std::string address = alice + "/tablet";
  env e;
  memory_store store;
  std::optional<sender<env>> role;
  std::vector<out::report> reports;
};

/// Delivers until the air is empty; what goes to the bare address goes to both devices.
void run(trio& t, tablet& other) {
  while (!t.air.empty()) {
    const flight f = t.take();
    const bool to_alice = bare(f.sent.to) == alice;
    if (to_alice && f.sent.to != alice + "/phone") {
      t.now = t.now + milliseconds(1);
      other.did(other.role->receive(arrived(f.sent, f.from), t.now));
    }
    if (!to_alice || f.sent.to != other.address) t.arrive(f);
  }
}

void pass(trio& t, tablet& other, span_ms time) {
  const instant end = t.now + time;
  t.carry = false;
  while (t.now < end) {
    t.now = t.now + milliseconds(500);
    t.alice_did(t.a->tick(t.now));
    other.did(other.role->tick(t.now));
    t.relay_did(t.v->tick(t.now));
    run(t, other);
  }
}

std::size_t news_to(const trio& t, const std::string& address) {
  std::size_t n = 0;
  for (const flight& f : t.ever) {
    const receipt* r = f.as<receipt>();
    n += r != nullptr && r->answers.empty() && f.sent.to == address ? 1 : 0;
  }
  return n;
}

}  // namespace

TEST_CASE("two devices of one address do not disturb each other",
          "[reply.follows][name.conversation]") {
  trio t;
  tablet other(t);
  t.start();
  std::vector<message_name> of_phone, of_tablet;
  for (int i = 0; i < 20; ++i) {
    of_phone.push_back(t.submit("from the phone " + std::to_string(i)));
    of_tablet.push_back(other.submit("from the tablet " + std::to_string(i)));
    if (i % 3 == 0) run(t, other);
    if (i == 7) other.crash();
    if (i == 11) t.crash_server();
    if (i == 11) t.attach();
    if (i == 14) t.crash_sender();
    if (i == 14) t.link_up();
  }
  run(t, other);
  pass(t, other, seconds(60));
  for (const message_name& name : of_phone) {
    REQUIRE(t.outcome_of(name) == outcome::delivered);
    REQUIRE(t.taken(name) == 1);
  }
  for (const message_name& name : of_tablet) {
    REQUIRE(other.reported(name));
    REQUIRE(t.taken(name) == 1);
  }
  REQUIRE(t.alice_env.watch.count(notice::wrong_code) == 0);
  REQUIRE(other.e.watch.count(notice::wrong_code) == 0);
}

TEST_CASE("what one device copies of another gets its answer, and takes no news away",
          "[reply.follows][copy.never]") {
  trio t;
  tablet other(t);
  t.attach();
  t.link_up();
  const auto first = t.submit("one");
  run(t, other);
  REQUIRE(t.outcome_of(first) == outcome::delivered);
  t.relay_did(t.v->detached(bob_full, t.now));
  const auto second = t.submit("two");
  t.alice_did(t.a->link_restored(t.now));  // a sync that says all there is
  run(t, other);
  // everything that the phone ever said, from the tablet
  for (flight f : std::vector(t.ever)) {
    if (f.from != alice + "/phone") continue;
    f.from = other.address;
    t.arrive(f);
  }
  run(t, other);
  const std::size_t before = news_to(t, other.address);
  t.now = t.now + seconds(2);
  t.attach();
  run(t, other);
  REQUIRE(t.outcome_of(second) == outcome::delivered);
  REQUIRE(news_to(t, other.address) == before);
}

TEST_CASE("a sender that comes back as another resource is followed at once", "[reply.follows]") {
  trio t;
  tablet phone(t);  // the only device here, whose resource changes
  t.attach();
  run(t, phone);
  t.relay_did(t.v->detached(bob_full, t.now));
  const auto name = phone.submit("one");
  run(t, phone);
  phone.address = alice + "/anew";
  phone.did(phone.role->link_restored(t.now));
  run(t, phone);
  t.attach();
  run(t, phone);
  REQUIRE(phone.reported(name));
  REQUIRE(news_to(t, alice + "/anew") == 1);
}
