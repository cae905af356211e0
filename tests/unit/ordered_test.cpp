// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// Delivery in order: an ordered endpoint hands a conversation over by its numbers, passes what is
// void, and skips what does not come in time.
#include "../support/catch.hpp"
#include "../support/trio.hpp"

using namespace toy;

namespace {

constexpr span_ms wait = seconds(60);

receiver_limits in_order() {
  receiver_limits l = strict(receiver_limits{});
  l.ordered = true;
  l.gap_wait = wait;
  return l;
}

struct ordered_trio : trio {
  explicit ordered_trio(strictly<server_limits> vl = {}, strictly<receiver_limits> rl = in_order())
      : trio({}, vl, rl) {}

  /// Takes the check of this number that is on its way out of the air; fails if there is none.
  flight hold_back(const std::string& to, number n) {
    for (auto at = air.begin(); at != air.end(); ++at)
      if (const check* c = at->as<check>(); c != nullptr && c->at == n && bare(at->sent.to) == to) {
        flight f = *at;
        air.erase(at);
        return f;
      }
    VIDIMUS_EXPECT(false, "no such check is in flight");
    return {};
  }
  /// Delivers all that comes, but loses the checks of these numbers to `to`.
  void run_without(const std::string& to, std::vector<number> lost) {
    while (!air.empty()) {
      const flight f = take();
      const check* c = f.as<check>();
      const bool gone = c != nullptr && bare(f.sent.to) == to &&
                        std::find(lost.begin(), lost.end(), c->at) != lost.end();
      if (!gone) arrive(f);
    }
  }
  void pass_without(span_ms time, const std::string& to, const std::vector<number>& lost) {
    carry = false;
    for (std::int64_t s = 0; s < time.count; s += 1000) {
      pass(seconds(1));
      run_without(to, lost);
    }
    carry = true;
  }
  std::vector<number> order() const {
    std::vector<number> out;
    for (const auto& d : delivered) out.push_back(d.name.at);
    return out;
  }
  std::vector<number> skipped() const {
    std::vector<number> out;
    for (const auto& d : delivered)
      for (const range& r : d.skipped)
        for (number n = r.first; n <= r.last; ++n) out.push_back(n);
    return out;
  }
  reason why(const message_name& name) const {
    for (const auto& r : reports)
      if (r.name == name) return r.why;
    return reason::none;
  }
  /// Whether any receipt of bob's says something of the number.
  bool told_of(number n) const {
    for (const flight& f : ever)
      if (const receipt* r = f.as<receipt>(); r != nullptr && f.from == bob_address)
        for (const status_range& s : r->states)
          if (s.span.contains(n)) return true;
    return false;
  }
};

using order = std::vector<number>;

/// Delivers what is in the air but checks to bob, until so many of these are on their way.
void send_on(ordered_trio& t, std::size_t checks) {
  for (;;) {
    std::size_t there = 0;
    auto next = t.air.end();
    for (auto at = t.air.begin(); at != t.air.end(); ++at) {
      const bool is_one = at->as<check>() != nullptr && bare(at->sent.to) == bob;
      there += is_one ? 1 : 0;
      if (!is_one && next == t.air.end()) next = at;
    }
    if (there == checks) return;
    VIDIMUS_EXPECT(next != t.air.end(), "too few messages");
    const flight f = *next;
    t.air.erase(next);
    t.arrive(f);
  }
}

/// One message that bob has, and three that the relay has sent on, in the air.
void three_on_their_way(ordered_trio& t) {
  t.start();
  (void)t.submit("zero");
  t.run();
  for (const char* text : {"one", "two", "three"}) (void)t.submit(text);
  send_on(t, 3);
}

}  // namespace

TEST_CASE("an ordered endpoint hands over by number, whatever the order of arrival",
          "[order.hand][order.wait]") {
  order places{2, 3, 4};
  do {
    CAPTURE(places);
    ordered_trio t;
    three_on_their_way(t);
    std::vector<flight> held;
    for (number n : places) held.push_back(t.hold_back(bob, n));
    for (std::size_t i = 0; i < held.size(); ++i) {
      t.arrive(held[i]);
      t.arrive(held[i]);  // and a copy
      const bool waits = std::find(places.begin(), places.begin() + std::ptrdiff_t(i) + 1, 2) ==
                         places.begin() + std::ptrdiff_t(i) + 1;
      if (waits) REQUIRE(t.order() == order{1});
      if (waits) REQUIRE_FALSE(t.told_of(places[i]));
      REQUIRE((t.b->next_deadline() == never) == (t.delivered.size() == 2 + i));
    }
    REQUIRE(t.order() == order{1, 2, 3, 4});
    REQUIRE(t.skipped().empty());
    t.run();
    REQUIRE(t.reports.size() == 4);
    for (const auto& r : t.reports) REQUIRE(r.ended == outcome::delivered);
  } while (std::next_permutation(places.begin(), places.end()));
}

TEST_CASE("an endpoint that is not ordered hands over what comes and asks for no tick",
          "[order.hand]") {
  ordered_trio t({}, {});
  three_on_their_way(t);
  for (number n : order{4, 3, 2}) t.arrive(t.hold_back(bob, n));
  REQUIRE(t.order() == order{1, 4, 3, 2});
  REQUIRE(t.b->next_deadline() == never);
  REQUIRE(t.b->tick(t.now + seconds(100000)).empty());
}

TEST_CASE("w12: a number that is void is passed, told with the message or by a sync",
          "[order.hand][low.two]") {
  // void at the relay, which never saw it, before or after the next one was sent on
  for (const bool before : {true, false}) {
    CAPTURE(before);
    ordered_trio t;
    t.start();
    (void)t.submit("zero");
    t.run();
    const auto one = t.submit("one");
    const flight lost = t.hold_back(relay, 2);
    if (before) t.withdraw(one);
    const auto two = t.submit("two");
    t.run();
    if (!before) {
      REQUIRE(t.order() == order{1});
      t.withdraw(one);
    }
    t.pass(seconds(30));
    REQUIRE(t.order() == order{1, 3});
    REQUIRE(t.skipped().empty());
    REQUIRE(t.outcome_of(one) == outcome::withdrawn);
    REQUIRE(t.outcome_of(two) == outcome::delivered);
    t.arrive(lost);  // at last; it is void
    t.pass(seconds(600));
    REQUIRE(t.taken(one) == 0);
  }
}

TEST_CASE("w12: void ranges pass a number that low2 cannot, while a lower one is unanswered",
          "[order.hand][low.two]") {
  for (const bool before : {true, false}) {
    CAPTURE(before);
    ordered_trio t;
    t.accepts = false;
    t.start();
    const auto zero = t.submit("zero");
    t.run();
    const auto one = t.submit("one");
    (void)t.hold_back(relay, 2);
    if (before) t.withdraw(one);
    (void)t.submit("two");
    t.run();
    if (!before) t.withdraw(one);
    if (before) REQUIRE(t.order() == order{1, 3});  // told with the message
    t.pass(seconds(50));                            // or by a sync: before gap_wait is over
    REQUIRE(t.order() == order{1, 3});
    REQUIRE(t.skipped().empty());
    REQUIRE_FALSE(t.outcome_of(zero));
  }
}

TEST_CASE("w12: a number that expired is passed", "[order.hand][void.expired]") {
  ordered_trio t({}, [] {
    auto l = in_order();
    l.gap_wait = seconds(3600);
    return l;
  }());
  t.start();
  (void)t.submit("zero");
  t.run();
  const auto one = t.submit("one", true, 40);
  (void)t.hold_back(relay, 2);
  const auto two = t.submit("two");
  t.pass_without(seconds(30), relay, {2});
  REQUIRE(t.order() == order{1});
  t.pass_without(seconds(120), relay, {2});
  REQUIRE(t.outcome_of(one) == outcome::expired);
  REQUIRE(t.order() == order{1, 3});
  REQUIRE(t.outcome_of(two) == outcome::delivered);
  REQUIRE(t.skipped().empty());
}

TEST_CASE("w12: what is lost on hop 1 for an hour is skipped after the gap time, and told once",
          "[order.skip][order.late][outcome.failed]") {
  ordered_trio t;
  t.start();
  (void)t.submit("zero");
  t.run();
  const auto one = t.submit("one", true, 7200);
  const flight late = t.hold_back(relay, 2);
  const auto two = t.submit("two");
  const auto three = t.submit("three");
  t.pass_without(seconds(55), relay, {2});
  REQUIRE(t.order() == order{1});
  t.pass_without(seconds(20), relay, {2});
  REQUIRE(t.order() == order{1, 3, 4});
  REQUIRE(t.skipped() == order{2});
  REQUIRE(t.delivered[1].skipped.contains(2));
  REQUIRE(t.outcome_of(two) == outcome::delivered);
  REQUIRE(t.outcome_of(three) == outcome::delivered);
  t.pass_without(seconds(3600), relay, {2});
  REQUIRE_FALSE(t.outcome_of(one));
  t.arrive(late);
  t.run();
  t.pass(seconds(600));
  REQUIRE(t.outcome_of(one) == outcome::failed);
  REQUIRE(t.why(one) == reason::late);
  REQUIRE(t.taken(one) == 0);
  REQUIRE(t.order() == order{1, 3, 4});
}

TEST_CASE("a skip is durable: after a restart it is not told again, and late is late",
          "[order.skip][order.late][durable.first]") {
  for (const bool answered : {true, false}) {
    CAPTURE(answered);
    ordered_trio t;
    three_on_their_way(t);
    const flight second = t.hold_back(bob, 2), third = t.hold_back(bob, 3);
    t.arrive(third);
    t.accepts = answered;
    t.now = t.now + wait;
    t.bob_did(t.b->tick(t.now));
    REQUIRE(t.order() == order{1, 3});
    REQUIRE(t.skipped() == order{2});
    t.crash_receiver();
    t.accepts = true;
    t.air.clear();
    t.arrive(second);
    const receipt* said = t.air.back().as<receipt>();
    REQUIRE(said->states == decltype(said->states){{status::voided, {2, 2}, {}, reason::late}});
    t.arrive(third);
    t.run();
    t.pass(seconds(300));
    // told again only with the same message, which nobody had answered
    if (answered) REQUIRE(t.order() == order{1, 3, 4});
    if (!answered) REQUIRE(t.order() == order{1, 3, 3, 4});
    if (!answered) REQUIRE(t.delivered[2].again);
    REQUIRE(t.skipped() == (answered ? order{2} : order{2, 2}));
    REQUIRE(t.delivered.back().skipped.empty());
    REQUIRE(t.outcome_of({third.as<check>()->head.conversation, 3}) == outcome::delivered);
    REQUIRE(t.outcome_of({third.as<check>()->head.conversation, 2}) == outcome::failed);
  }
}

TEST_CASE("word of a gap goes with the next message if low2 passed its own before an answer",
          "[order.skip][low.two]") {
  ordered_trio t;
  t.start();
  (void)t.submit("zero");
  t.run();
  t.accepts = false;
  (void)t.submit("one", true, 200);
  (void)t.submit("two", true, 200);
  t.pass_without(seconds(70), bob, {2});
  REQUIRE(t.order() == order{1, 3});
  REQUIRE(t.skipped() == order{2});
  t.crash_receiver();  // so nobody knows whether the application had it
  t.pass_without(seconds(300), bob, {2, 3});
  t.accepts = true;
  for (const char* text : {"three", "four"}) {
    (void)t.submit(text);
    t.run();
    t.pass(seconds(30));
  }
  REQUIRE(t.order() == order{1, 3, 4, 5});
  REQUIRE(t.skipped() == order{2, 2});
  REQUIRE(t.delivered[2].skipped.contains(2));
}

TEST_CASE("what waited when the process died is sent again", "[order.wait][restore.again]") {
  ordered_trio t;
  three_on_their_way(t);
  const flight second = t.hold_back(bob, 2), third = t.hold_back(bob, 3);
  t.arrive(third);
  t.crash_receiver();
  REQUIRE(t.b->next_deadline() == never);
  t.arrive(second);
  REQUIRE(t.order() == order{1, 2});
  t.run();
  t.pass(seconds(60));
  REQUIRE(t.order() == order{1, 2, 3, 4});
}

TEST_CASE("what was handed over before a restart is given again in order",
          "[order.hand][restore.again]") {
  ordered_trio t;
  three_on_their_way(t);
  t.accepts = false;
  const flight second = t.hold_back(bob, 2), third = t.hold_back(bob, 3),
               fourth = t.hold_back(bob, 4);
  t.arrive(second);
  t.arrive(third);
  REQUIRE(t.order() == order{1, 2, 3});
  t.crash_receiver();
  t.accepts = true;
  t.arrive(third);  // not before 2
  t.arrive(fourth);
  REQUIRE(t.delivered.size() == 3);
  REQUIRE(t.b->next_deadline() == never);  // 2 may be with the application: it is not skipped
  t.now = t.now + seconds(1000);
  t.bob_did(t.b->tick(t.now));
  REQUIRE(t.delivered.size() == 3);
  SECTION("as the server sends it") {
    t.arrive(second);
    REQUIRE(t.order() == order{1, 2, 3, 2});
    REQUIRE(t.delivered.back().again);
    t.arrive(third);
    REQUIRE(t.order() == order{1, 2, 3, 2, 3, 4});
  }
  SECTION("what the application answers without being asked does not come again") {
    t.accept({second.as<check>()->head.conversation, 2});
    REQUIRE(t.delivered.size() == 3);
    t.accept({second.as<check>()->head.conversation, 3});
    REQUIRE(t.order() == order{1, 2, 3, 4});
  }
}

TEST_CASE("what waits is bounded by count and octets, the lowest first", "[order.wait]") {
  auto limits = in_order();
  limits.early_max = 2;
  SECTION("count") {}
  SECTION("octets") {
    limits.early_max = 100;
    limits.early_octets_max = 2 * 2 * 100;
  }
  ordered_trio t({}, limits);
  t.start();
  (void)t.submit("zero");
  t.run();
  for (char c : std::string("abcdef")) (void)t.submit(std::string(100, c));
  send_on(t, 6);
  std::map<number, flight> held;
  for (number n = 2; n <= 7; ++n) held[n] = t.hold_back(bob, n);
  for (number n : order{6, 7, 5, 3, 4}) t.arrive(held[n]);
  REQUIRE(t.order() == order{1});
  t.arrive(held[2]);  // of the others the two lowest were kept
  REQUIRE(t.order() == order{1, 2, 3, 4});
  t.run();
  t.pass(seconds(120));
  REQUIRE(t.order() == order{1, 2, 3, 4, 5, 6, 7});
  REQUIRE(t.skipped().empty());
}

TEST_CASE("one message may wait whatever its size", "[order.wait]") {
  auto limits = in_order();
  limits.early_octets_max = 1;
  ordered_trio t({}, limits);
  three_on_their_way(t);
  const flight second = t.hold_back(bob, 2);
  t.arrive(t.hold_back(bob, 3));
  t.arrive(t.hold_back(bob, 4));
  t.arrive(second);
  REQUIRE(t.order() == order{1, 2, 3});
  t.pass(seconds(60));
  REQUIRE(t.order() == order{1, 2, 3, 4});
}

TEST_CASE("another content under the name of what waits is an alarm, and the first is handed over",
          "[name.reused][order.wait]") {
  ordered_trio t;
  three_on_their_way(t);
  const flight second = t.hold_back(bob, 2), third = t.hold_back(bob, 3);
  t.arrive(third);
  flight other = third;
  check c = *third.as<check>();
  const digest d = toy::crypto::digest_of(content_of("other").canonical);
  verifier<env> kit(t.relay_env);
  REQUIRE(kit.seal(c, purpose::deliver, bob, &d));
  other.sent.what = c;
  other.sent.payload = make_payload("other");
  t.arrive(other);
  REQUIRE(t.bob_env.watch.count(notice::reused) == 1);
  // nor is it refused because a copy of it was blown up with what no code covers
  incoming large = arrived(third.sent, third.from);
  large.body.whole = make_payload(300 * 1024, ' ');
  t.bob_did(t.b->receive(large, t.now));
  t.arrive(second);
  REQUIRE(t.order() == order{1, 2, 3});
  REQUIRE(t.effects.back().second == "two");
}

TEST_CASE("what an endpoint refuses itself keeps nobody waiting", "[order.hand][endpoint.able]") {
  auto limits = in_order();
  limits.payload_octets_max = 100;
  ordered_trio t({}, limits);
  t.start();
  const auto large = t.submit(std::string(101, 'x'));
  const auto fits = t.submit("fits");
  t.run();
  REQUIRE(t.order() == order{2});
  REQUIRE(t.skipped().empty());
  REQUIRE(t.outcome_of(fits) == outcome::delivered);
  t.pass(seconds(60));
  REQUIRE(t.why(large) == reason::too_large);
}

TEST_CASE("low2 passes what waits and what was skipped", "[order.hand][low.two]") {
  // the lifetimes of 2 and 3 end while 3 waits for 2: neither is sent any more
  auto limits = in_order();
  limits.gap_wait = seconds(100000);
  ordered_trio t({}, limits);
  t.start();
  (void)t.submit("zero");
  t.run();
  const auto one = t.submit("one", true, 50);
  const auto two = t.submit("two", true, 50);
  t.pass_without(seconds(200), bob, {2});
  REQUIRE(t.order() == order{1});
  REQUIRE(t.outcome_of(one) == outcome::uncertain);
  REQUIRE(t.outcome_of(two) == outcome::uncertain);
  const auto three = t.submit("three");
  t.run();
  t.pass(seconds(30));
  REQUIRE(t.order() == order{1, 4});
  REQUIRE(t.outcome_of(three) == outcome::delivered);
  REQUIRE(t.b->next_deadline() == never);
}
