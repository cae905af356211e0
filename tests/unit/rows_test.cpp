// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"
#include "support/trio.hpp"

// Cells of the tables that no honest peer reaches: a peer that holds the keys and says anything.
// What the role does then is what its table says.

namespace {

using namespace toy;
using submission_state = duty::submission::state;
using submission_input = duty::submission::input;

/// A world whose server has verified one message, and from then on says what the test wants.
struct liar {
  trio t;
  message_name name;
  receipt truth;  ///< the server's receipt: verified, with the right bind
  bool reported;

  explicit liar(bool report) : reported(report) {
    t.carry = false;
    t.start();
    name = t.submit("hello", report, 3600);
    VIDIMUS_EXPECT(t.run_to<check>(relay), "no message came");
    t.step();
    VIDIMUS_EXPECT(t.run_to<receipt>(alice), "no receipt came");
    truth = *t.take().as<receipt>();
    t.air.clear();
  }

  void say(receipt r) {
    verifier<env> kit(t.relay_env);
    VIDIMUS_EXPECT(kit.seal(r, purpose::receipt, alice), "no key");
    t.arrive({relay, {alice + "/phone", "chat", r, nullptr}});
  }
  receipt with(std::optional<status> what, reason why = reason::none, bool agrees = true) const {
    receipt r = truth;
    r.states.clear();
    if (!what) return r;
    r.states.push_back({*what, {name.at, name.at}, {}, why});
    if (*what == status::verified) r.states[0].bind = truth.states[0].bind;
    if (!agrees) r.states[0].bind[7] ^= 1;
    return r;
  }
  /// The answer to a question asked now, so that it is younger than our last word.
  void snapshot(receipt r) {
    t.alice_did(t.a->link_lost(t.now));
    t.air.clear();
    t.alice_did(t.a->link_restored(t.now));
    for (const flight& f : t.air)
      if (const vidimus::sync* asked = f.as<vidimus::sync>()) {
        r.answers = asked->asks;
        r.covered = range{1, std::max<number>(asked->top, name.at)};
      }
    t.air.clear();
    VIDIMUS_EXPECT(!r.answers.empty(), "nothing was asked");
    say(r);
  }
  void until(instant end) {
    while (t.a->next_deadline() <= end) {
      t.now = std::max(t.now, t.a->next_deadline());
      t.alice_did(t.a->tick(t.now));
      t.air.clear();
    }
    t.now = std::max(t.now, end);
  }

  void drive(submission_state to) {
    switch (to) {
      case submission_state::awaiting_execution: return say(with(status::verified));
      case submission_state::resubmitted:
        drive(submission_state::awaiting_execution);
        return snapshot(with({}));
      case submission_state::awaiting_delivery:
        drive(submission_state::awaiting_execution);
        return say(with(status::executed));
      case submission_state::withdrawing:
        drive(submission_state::awaiting_execution);
        return t.withdraw(name);
      case submission_state::expiring:
        drive(submission_state::awaiting_execution);
        return until(t.now + seconds(3601));
      case submission_state::failing:
        drive(submission_state::awaiting_execution);
        return say(with(status::verified, reason::none, false));
      default: return;  // awaiting_receipt: as it stands
    }
  }

  void feed(submission_input on) {
    switch (on) {
      case submission_input::verified: return say(with(status::verified));
      case submission_input::unheard: return snapshot(with(status::verified));
      case submission_input::verified_other:
        return say(with(status::verified, reason::none, false));
      case submission_input::executed:
      case submission_input::executed_last: return say(with(status::executed));
      case submission_input::delivered: return say(with(status::delivered));
      case submission_input::unconfirmed: return say(with(status::unconfirmed));
      case submission_input::voided: return say(with(status::voided, reason::withdrawn));
      case submission_input::voided_expired: return say(with(status::voided, reason::expired));
      case submission_input::absent: return snapshot(with({}));
      case submission_input::withdraw: return t.withdraw(name);
      case submission_input::lifetime_over: return until(t.now + seconds(3601));
      default: VIDIMUS_EXPECT(false, "not a letter of this test");
    }
  }
};

std::optional<outcome> outcome_in(submission_state end) {
  switch (end) {
    case submission_state::delivered: return outcome::delivered;
    case submission_state::executed: return outcome::executed;
    case submission_state::withdrawn: return outcome::withdrawn;
    case submission_state::expired: return outcome::expired;
    case submission_state::failed: return outcome::failed;
    case submission_state::uncertain: return outcome::uncertain;
    default: return std::nullopt;
  }
}

constexpr submission_state live[] = {
    submission_state::awaiting_receipt, submission_state::awaiting_execution,
    submission_state::resubmitted,      submission_state::awaiting_delivery,
    submission_state::withdrawing,      submission_state::expiring,
    submission_state::failing,
};
constexpr submission_input said[] = {
    submission_input::verified,       submission_input::unheard,
    submission_input::verified_other, submission_input::executed,
    submission_input::executed_last,  submission_input::delivered,
    submission_input::unconfirmed,    submission_input::voided,
    submission_input::voided_expired, submission_input::absent,
    submission_input::withdraw,       submission_input::lifetime_over,
};

}  // namespace

TEST_CASE("whatever the server says in whatever state, the sender does as its table says",
          "[receipt.status][news.raise][snapshot.replace][outcome.once]") {
  const auto& table = duty::submission::table;
  int tried = 0;
  for (const submission_state from : live)
    for (const submission_input on : said) {
      const bool last = on == submission_input::executed_last;
      if (last && from == submission_state::awaiting_delivery) continue;  // it asked for a report
      // the application may not say these twice: refused, or not armed any more
      if (table.at(from, on).kind == fsm::verdict::refuse) continue;
      if (on == submission_input::withdraw && table.at(from, on).kind != fsm::verdict::move)
        continue;
      liar w(!last);
      w.drive(from);
      CAPTURE(table.name_of(from), table.name_of(on));
      REQUIRE(w.t.a->state_of(w.name) == from);
      w.feed(on);
      ++tried;
      const submission_state to = table.at(from, on).to;
      if (const auto end = outcome_in(to)) {
        REQUIRE(w.t.outcome_of(w.name) == end);
        REQUIRE(w.t.reports.size() == 1);
      } else {
        REQUIRE(w.t.a->state_of(w.name) == to);
        REQUIRE(w.t.reports.empty());
      }
    }
  REQUIRE(tried > 70);
}

namespace {

/// A sender that holds the key and gives a number another content, or flags nobody knows.
struct turncoat {
  trio t;
  message_name name;
  check sent;

  turncoat() {
    t.accepts = false;
    t.start();
    name = t.submit("hello", true, 3600);
    VIDIMUS_EXPECT(t.run_to<check>(relay), "no message came");
    sent = *t.air.front().as<check>();
  }
  void say(check e, std::string_view text) {
    verifier<env> kit(t.alice_env);
    const content body = content_of(text);
    const digest d = kit.digest_of(body.canonical);
    VIDIMUS_EXPECT(kit.seal(e, purpose::submit, relay, &d), "no key");
    t.arrive({alice + "/phone", {relay, "chat", e, make_payload(text)}});
  }
  /// What the server says of the message when it hears `e`; the content stays as it is.
  std::optional<status> answer(const check& e, std::string_view text) {
    t.air.clear();
    say(e, text);
    for (const flight& f : t.air)
      if (const receipt* r = f.as<receipt>())
        for (const status_range& one : r->states)
          if (one.span.contains(name.at)) return one.what;
    return std::nullopt;
  }
  void drive(status to) {
    t.step();  // S2
    if (to == status::verified) return;
    t.run();
    if (to == status::executed) return;
    t.carry = false;
    if (to == status::delivered) {
      t.accept(name);
      t.step();
    } else {
      t.now = t.now + seconds(3601);
      t.relay_did(t.v->tick(t.now));
    }
  }
};

/// An endpoint that holds the key and says anything.
void bob_says(trio& t, const message_name& name, receipt r) {
  r.head.conversation = name.in;
  for (const flight& f : t.ever)
    if (const check* e = f.as<check>(); e != nullptr && bare(f.sent.to) == bob)
      r.head.memory = e->head.memory;
  verifier<env> kit(t.bob_env);
  VIDIMUS_EXPECT(kit.seal(r, purpose::final_receipt, relay), "no key");
  t.arrive({bob_full, {relay, "chat", r, nullptr}});
}

}  // namespace

TEST_CASE("the server never takes another content under a name it knows",
          "[name.reused][s2.repeat]") {
  for (const status in :
       {status::verified, status::executed, status::delivered, status::unconfirmed}) {
    turncoat w;
    w.drive(in);
    CAPTURE(static_cast<int>(in));
    REQUIRE(w.answer(w.sent, "hello") == in);
    REQUIRE(w.t.relay_env.watch.count(notice::reused) == 0);
    REQUIRE(w.answer(w.sent, "something else") == in);
    REQUIRE(w.t.relay_env.watch.count(notice::reused) == 1);
    check strange = w.sent;
    strange.flags = 0x40;
    REQUIRE(w.answer(strange, "hello") == in);
    w.t.run();
    for (const auto& one : w.t.delivered) REQUIRE(*one.body->whole == "hello");
    REQUIRE(w.t.delivered.size() <= 1);
  }
}

TEST_CASE("an endpoint that forgot what it had pending gets it again", "[snapshot.replace]") {
  turncoat w;
  w.drive(status::executed);
  REQUIRE(w.t.delivered.size() == 1);
  w.t.pass(seconds(10));  // asked, bob says: pending
  // a new question to bob, answered by a snapshot without the number
  for (int most = 5; most > 0 && !w.t.run_to<vidimus::sync>(bob); --most)
    w.t.relay_did(w.t.v->tick(w.t.now = std::max(w.t.now, w.t.v->next_deadline())));
  REQUIRE(w.t.run_to<vidimus::sync>(bob));
  const vidimus::sync asked = *w.t.take().as<vidimus::sync>();
  receipt r;
  r.answers = asked.asks;
  r.covered = range{1, asked.top};
  r.limit = 16;
  bob_says(w.t, w.name, r);
  REQUIRE(w.t.run_to<check>(bob));
  w.t.run();
  REQUIRE(w.t.delivered.size() == 1);  // bob's true memory knows it
}

TEST_CASE("another content for what the application was offered again is not handed over",
          "[name.reused][restore.again]") {
  turncoat w;
  w.drive(status::executed);
  REQUIRE(w.t.delivered.size() == 1);
  w.t.crash_receiver();
  check e;
  for (const flight& f : w.t.ever)
    if (const check* c = f.as<check>(); c != nullptr && bare(f.sent.to) == bob) e = *c;
  verifier<env> kit(w.t.relay_env);
  const content other = content_of("something else");
  const digest d = kit.digest_of(other.canonical);
  REQUIRE(kit.seal(e, purpose::deliver, bob, &d));
  w.t.arrive({relay, {bob_full, "chat", e, make_payload("something else")}});
  REQUIRE(w.t.bob_env.watch.count(notice::reused) == 1);
  REQUIRE(w.t.delivered.size() == 1);
}

TEST_CASE("a conditional check of what is held already is its command", "[execute.conditional]") {
  turncoat w;
  w.drive(status::verified);
  check commands = w.sent;
  commands.flags |= check::conditional;
  REQUIRE(w.answer(commands, "hello") == status::executed);
  w.t.run();
  REQUIRE(w.t.delivered.size() == 1);
}
