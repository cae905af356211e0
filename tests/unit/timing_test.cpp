// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// When a party asks, and what it sends again. Ids in square brackets are clauses of
// docs/protocol.md.
#include <cmath>
#include <random>

#include "../support/catch.hpp"
#include "../support/trio.hpp"

using namespace toy;

namespace {

/// RFC 6298, section 2, as it stands there, in milliseconds; G is 1.
struct by_the_book {
  double srtt = 0, rttvar = 0;
  bool first = true;
  void sample(double r) {
    if (first) {
      srtt = r;
      rttvar = r / 2;
    } else {
      rttvar = (1 - 0.25) * rttvar + 0.25 * std::abs(srtt - r);
      srtt = (1 - 0.125) * srtt + 0.125 * r;
    }
    first = false;
  }
  double rto() const { return srtt + std::max(1.0, 4 * rttvar); }
};

retry_limits unbounded() {
  retry_limits out;
  out.least = {};
  out.most = seconds(1000000);
  return out;
}

/// Delivers all that is in flight, each element after `lag`.
void run_slowly(trio& t, span_ms lag) {
  while (!t.air.empty()) {
    t.now = t.now + lag;
    t.step();
  }
}

template <class Element>
std::size_t count_sent(const trio& t, std::string_view from) {
  std::size_t n = 0;
  for (const flight& f : t.ever) n += f.as<Element>() != nullptr && bare(f.from) == from ? 1 : 0;
  return n;
}

/// How long until this party asks; nothing arrives meanwhile.
std::int64_t until_asked(trio& t, std::string_view who) {
  const auto before = count_sent<vidimus::sync>(t, who);
  const instant since = t.now;
  while (count_sent<vidimus::sync>(t, who) == before) {
    t.now = std::min(t.a->next_deadline(), t.v->next_deadline());
    t.alice_did(t.a->tick(t.now));
    t.relay_did(t.v->tick(t.now));
  }
  return (t.now - since).count;
}

/// Without variation, so that times can be told.
sender_limits plain_sender() {
  sender_limits out = strict(sender_limits{});
  out.retry.variation_pct = 0;
  return out;
}
server_limits plain_server() {
  server_limits out = strict(server_limits{});
  out.retry.variation_pct = 0;
  return out;
}

}  // namespace

TEST_CASE("the timeout is that of RFC 6298", "[timer.adaptive]") {
  duty::round_trip path;
  const retry_limits limits = unbounded();
  REQUIRE(path.timeout(limits) == limits.first);
  path.sample(milliseconds(100));  // SRTT 100, RTTVAR 50
  REQUIRE(path.timeout(limits) == milliseconds(300));
  path.sample(milliseconds(200));  // RTTVAR 62.5, SRTT 112.5
  REQUIRE(path.timeout(limits) == milliseconds(363));
  path.forget();
  REQUIRE(path.timeout(limits) == limits.first);

  std::mt19937_64 chance(6298);
  for (int run = 0; run < 200; ++run) {
    by_the_book book;
    duty::round_trip ours;
    const auto most = std::uint64_t{1} << (run % 30);
    for (int i = 0; i < 100; ++i) {
      const auto r = static_cast<std::int64_t>(chance() % most);
      book.sample(static_cast<double>(r));
      ours.sample(milliseconds(r));
      const auto rto = static_cast<double>(ours.timeout(limits).count);
      const double wanted = std::min(book.rto(), static_cast<double>(limits.most.count));
      REQUIRE(rto > wanted - 0.1);  // rounded up to the next millisecond
      REQUIRE(rto < wanted + 1.1);
    }
  }
}

TEST_CASE("the timeout keeps the host's bounds, whatever was measured", "[timer.adaptive]") {
  retry_limits limits;
  duty::round_trip path;
  path.sample(milliseconds(0));
  REQUIRE(path.timeout(limits) == limits.least);
  path.sample(milliseconds(-1));  // a clock that was set back
  REQUIRE(path.timeout(limits) == limits.least);
  path.sample(milliseconds(INT64_MAX));
  REQUIRE(path.timeout(limits) == limits.most);
  for (int i = 0; i < 1000; ++i) path.sample(milliseconds(INT64_MAX));
  REQUIRE(path.timeout(limits) == limits.most);
  limits.adaptive = false;
  REQUIRE(path.timeout(limits) == limits.first);
}

TEST_CASE("waits double up to the longest, and vary within bounds", "[timer.adaptive]") {
  retry_limits limits;
  const auto base = [&](std::uint32_t quiet) {
    const double doubled = 5000 * std::pow(2.0, quiet > 1 ? quiet - 1 : 0);
    return static_cast<std::int64_t>(std::min(doubled, 600000.0));
  };
  duty::asking one;
  for (std::uint32_t quiet = 0; quiet < 40; ++quiet)
    for (one.chance = 0; one.chance < 1024; ++one.chance) {
      one.quiet = quiet;
      limits.variation_pct = 25;
      const std::int64_t wait = one.wait(limits.first, limits).count;
      REQUIRE(wait >= base(quiet));
      REQUIRE(wait <= base(quiet) + base(quiet) / 4);
      limits.variation_pct = 0;
      REQUIRE(one.wait(limits.first, limits).count == base(quiet));
    }
  limits.variation_pct = 25;
  one.chance = 1023;
  one.quiet = 0;
  REQUIRE(one.wait(limits.first, limits) > milliseconds(6200));  // the bound is nearly reached
}

TEST_CASE("the variation comes from the host's entropy, evenly", "[timer.adaptive]") {
  std::mt19937_64 chance(1);
  std::array<int, 8> eighths{};
  for (int i = 0; i < 8000; ++i) {
    nonce drawn;
    for (octet& o : drawn.octets) o = static_cast<octet>(chance());
    duty::asking a, b;
    a.sent(drawn, 1, instant{0});
    b.sent(drawn, 2, instant{5});
    REQUIRE(a.chance == b.chance);  // and from nothing else
    REQUIRE(a.chance < 1024);
    ++eighths[a.chance / 128];
  }
  for (int n : eighths) REQUIRE((n > 800 && n < 1200));
}

TEST_CASE("the sender waits as the way to its relay asks for", "[timer.adaptive]") {
  for (std::int64_t lag : {10, 400, 2000}) {
    CAPTURE(lag);
    trio t(plain_sender(), plain_server());
    t.link_up();  // bob is not there
    by_the_book book;
    (void)t.submit("opens", false);
    run_slowly(t, milliseconds(lag));  // sync and snapshot, check and receipt: one sample each
    book.sample(static_cast<double>(2 * lag + 2));
    book.sample(static_cast<double>(2 * lag + 2));
    (void)t.submit("lost", false);
    (void)t.take();
    const auto wait = static_cast<double>(until_asked(t, alice));
    REQUIRE(std::abs(wait - std::max(1000.0, book.rto())) <= 1);
    t.a->link_lost(t.now);
    t.alice_did(t.a->link_restored(t.now));  // another way: nothing is known of it
    REQUIRE(until_asked(t, alice) == 5000);
  }
}

TEST_CASE("what was sent more than once gives no sample", "[timer.adaptive]") {
  // the answer to the message comes 20 s after it left; once it was sent once, once twice
  for (bool twice : {false, true}) {
    CAPTURE(twice);
    trio t(plain_sender(), plain_server());
    t.link_up();
    (void)t.submit("opens", false);
    t.run();
    (void)t.submit("late", false);
    flight message = t.take();
    if (twice) {  // the timer asks, the answer shows it missing
      t.carry = false;
      t.pass(milliseconds(1000));
      t.run_to<receipt>(alice);
      t.step();
      message = t.take();
    }
    t.carry = false;
    t.pass(seconds(20));
    t.air.clear();
    t.arrive(message);
    t.run();
    (void)t.submit("lost", false);
    (void)t.take();
    const std::int64_t wait = until_asked(t, alice);
    REQUIRE((twice ? wait == 1000 : wait > 20000));
  }
}

TEST_CASE("the server waits as the way to an endpoint asks for", "[timer.adaptive]") {
  for (std::int64_t lag : {10, 1500}) {
    CAPTURE(lag);
    trio t(plain_sender(), plain_server());
    t.link_up();
    (void)t.submit("first", false);
    t.run();
    t.attach();
    run_slowly(t, milliseconds(lag));  // sync and snapshot: one sample
    (void)t.submit("lost", false);
    REQUIRE(t.run_to<check>(bob));
    (void)t.take();
    const instant left = t.now;
    t.run();
    const std::int64_t taken = (t.now - left).count;
    REQUIRE(until_asked(t, relay) + taken == std::max<std::int64_t>(1000, 3 * (2 * lag + 2)));
  }
}

TEST_CASE("a fast way is no reason to ask often for what waits for others", "[timer.adaptive]") {
  trio t(plain_sender(), plain_server());
  t.link_up();  // bob is not there
  (void)t.submit("hello");
  t.run();
  const auto before = count_sent<vidimus::sync>(t, alice);
  t.pass(milliseconds(4900));
  REQUIRE(count_sent<vidimus::sync>(t, alice) == before);
  t.pass(milliseconds(200));
  REQUIRE(count_sent<vidimus::sync>(t, alice) == before + 1);
  // the application of an endpoint that takes its time
  trio u(plain_sender(), plain_server());
  u.accepts = false;
  u.start();
  (void)u.submit("hello");
  u.run();
  u.pass(milliseconds(2000));  // the first question finds it pending
  const auto asked = count_sent<vidimus::sync>(u, relay);
  u.pass(milliseconds(4000));
  REQUIRE(count_sent<vidimus::sync>(u, relay) == asked);
}

TEST_CASE("what a sync may have overtaken is not sent again for its answer", "[timer.young]") {
  trio t(plain_sender(), plain_server());
  t.link_up();
  (void)t.submit("opens", false);
  t.run();
  t.carry = false;
  (void)t.submit("old", false);
  const flight old = t.take();
  t.pass(milliseconds(700));
  const auto young_name = t.submit("young", false);
  const flight young = t.take();
  t.pass(milliseconds(400));  // the timer asks; both messages are still on their way
  REQUIRE(t.air.size() == 1);
  t.step();
  REQUIRE(t.air.front().as<receipt>() != nullptr);
  t.step();
  REQUIRE(t.air.size() == 1);  // the old one again, the young one not
  REQUIRE(t.air.front().as<check>()->at == old.as<check>()->at);
  t.run();
  // the next question tells, and it goes again if it did not arrive
  t.carry = true;
  t.pass(milliseconds(3000));
  REQUIRE(t.outcome_of(young_name) == outcome::executed);
  std::size_t sent = 0;
  for (const flight& f : t.ever)
    sent += f.as<check>() != nullptr && f.as<check>()->at == young.as<check>()->at ? 1 : 0;
  REQUIRE(sent == 2);
}

TEST_CASE("an endpoint is not sent again what a sync may have overtaken", "[timer.young]") {
  trio t(plain_sender(), plain_server());
  t.start();
  (void)t.submit("opens", false);
  t.run();
  const auto to_bob = [&](std::string_view text) {
    (void)t.submit(text, false);
    REQUIRE(t.run_to<check>(bob));
    const flight f = t.take();
    t.run();
    return f;
  };
  t.carry = false;
  const flight old = to_bob("old");
  t.pass(milliseconds(700));
  const flight young = to_bob("young");
  const std::size_t before = t.ever.size();
  t.carry = true;
  t.pass(milliseconds(400));
  std::vector<number> again;
  for (std::size_t i = before; i < t.ever.size(); ++i)
    if (const check* c = t.ever[i].as<check>()) again.push_back(c->at);
  REQUIRE(again == std::vector<number>{old.as<check>()->at});
  t.pass(milliseconds(3000));
  REQUIRE(t.effects.size() == 3);
  REQUIRE(young.as<check>()->at == 3);
}

TEST_CASE("with a new link all that is missing goes at once, however young",
          "[timer.young][link.cut]") {
  trio t(plain_sender(), plain_server());
  t.link_up();
  (void)t.submit("opens", false);
  t.run();
  const auto name = t.submit("lost with the link", false);
  (void)t.take();
  t.alice_did(t.a->link_lost(t.now));
  t.link_up();
  t.run();  // no time passes but that of the elements
  REQUIRE(t.outcome_of(name) == outcome::executed);
}

TEST_CASE("busy is taken at its word", "[timer.busy][refusal.final]") {
  server_limits few = plain_server();
  few.conversations_per_peer = 1;
  trio t(plain_sender(), few);
  t.link_up();
  (void)t.submit("held for bob");  // and kept: the server cannot forget this conversation
  t.run();
  const auto send_to_carol = [&](std::string_view text) {
    outgoing m = message(text, "carol@example.net");
    m.report = false;
    auto given = t.a->submit(m, t.now);
    t.alice_did(std::move(given->outputs));
    return given->name;
  };
  const auto to_carol = [&] {
    std::size_t n = 0;
    for (const flight& f : t.ever)
      n += header_of(f.sent.what).conversation.along->destination == "carol@example.net" &&
                   bare(f.from) == alice
               ? 1
               : 0;
    return n;
  };
  const auto first = send_to_carol("one");
  t.run();  // refused: later, in 30 s
  const instant refused = t.now;
  std::size_t before = to_carol();
  const auto second = send_to_carol("two");
  t.pass(milliseconds(29000));
  REQUIRE(to_carol() == before);
  t.attach();
  t.run();  // the server has room now
  t.pass(refused + milliseconds(29990) - t.now);
  REQUIRE(to_carol() == before);
  t.pass(milliseconds(20));
  REQUIRE(to_carol() > before);
  t.pass(seconds(60));
  REQUIRE(t.outcome_of(first) == outcome::executed);
  REQUIRE(t.outcome_of(second) == outcome::executed);
}

TEST_CASE("no peer can put off for longer than the longest interval", "[timer.busy]") {
  const retry_limits limits;
  duty::asking one;
  one.chance = 1023;
  one.refused(UINT32_MAX, limits, instant{1000});
  REQUIRE(one.is_refused(instant{1000 + 600 * 1000}));
  REQUIRE(!one.is_refused(instant{1000 + 750 * 1000}));
  one.refused(1, limits, instant{2000});  // a shorter word does not take a longer one back
  REQUIRE(one.is_refused(instant{1000 + 600 * 1000}));
  one.sent({}, 1, instant{3000});
  REQUIRE(!one.is_refused(instant{3000}));
}

TEST_CASE("times are no part of a role's state", "[timer.adaptive]") {
  std::vector<octets> states;
  for (std::int64_t lag : {0, 700}) {
    trio t;
    t.start();
    for (const char* text : {"one", "two", "three"}) {
      (void)t.submit(text);
      run_slowly(t, milliseconds(lag));
    }
    (void)t.submit("open");
    REQUIRE(t.run_to<check>(bob));
    octets& s = states.emplace_back();
    t.a->append_state(s);
    t.v->append_state(s);
  }
  REQUIRE(states[0] == states[1]);
}

TEST_CASE("equal entropy and equal facts give equal times", "[timer.adaptive]") {
  const auto deadlines = [](octet who) {
    trio t;
    t.alice_env.entropy.who = who;
    t.start();
    t.carry = false;
    (void)t.submit("lost");
    std::vector<std::int64_t> out;
    for (int i = 0; i < 12; ++i) {
      t.air.clear();
      t.now = t.a->next_deadline();
      t.alice_did(t.a->tick(t.now));
      out.push_back((t.a->next_deadline() - t.now).count);
    }
    return out;
  };
  REQUIRE(deadlines(1) == deadlines(1));
  REQUIRE(deadlines(1) != deadlines(7));
}
