// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// Receivers without support: what its sender permits leaves once, without a code, and is never
// called delivered.
#include "../support/catch.hpp"
#include "../support/trio.hpp"

using namespace toy;

namespace {

const std::string bob_old = bob + "/old";

/// A trio in which plain messages are collected as they leave the server.
struct plainly {
  trio t;

  explicit plainly(sender_limits of_sender = strict(sender_limits{})) : t(of_sender) {
    t.link_up();
  }

  message_name submit(std::string_view text, bool plain = true, bool report = true) {
    outgoing m = message(text);
    m.plain = plain;
    m.report = report;
    auto given = t.a->submit(m, t.now);
    const message_name name = given->name;
    t.alice_did(std::move(given->outputs));
    return name;
  }
  void without_support(const std::string& address = bob_old) {
    t.relay_did(t.v->without_support(address, t.now));
  }
  void detach(const std::string& address) { t.relay_did(t.v->detached(address, t.now)); }
  std::size_t left() const { return t.plain.size(); }
  std::size_t sent_to(const std::string& address) const {
    std::size_t n = 0;
    for (const flight& f : t.ever) n += f.sent.to == address;
    return n;
  }
};

}  // namespace

TEST_CASE("what its sender permits leaves once without a code, and ends executed",
          "[plain.permit][plain.once][outcome.executed]") {
  for (const bool there_first : {true, false})
    for (const bool report : {true, false}) {
      CAPTURE(there_first, report);
      plainly w;
      if (there_first) w.without_support();
      const auto name = w.submit("hello", true, report);
      w.t.run();
      if (!there_first) w.without_support();
      w.t.run();
      REQUIRE(w.left() == 1);
      const out::plain& sent = w.t.plain[0];
      REQUIRE(sent.to == bob_old);
      REQUIRE(sent.type == "chat");
      REQUIRE(sent.name == name);
      REQUIRE(*sent.payload == "hello");
      REQUIRE(w.t.outcome_of(name) == outcome::executed);
      REQUIRE(w.sent_to(bob_old) == 0);
      w.t.attach();  // nothing of it is owed to whoever comes later
      w.t.pass(seconds(3600));
      w.without_support();
      w.t.run();
      REQUIRE(w.left() == 1);
      REQUIRE(w.t.delivered.empty());
    }
}

TEST_CASE("what its sender does not permit waits for an endpoint", "[plain.permit]") {
  plainly w;
  w.without_support();
  const auto name = w.submit("hello", false);
  w.t.run();
  w.t.pass(seconds(60));
  REQUIRE(w.left() == 0);
  REQUIRE(w.sent_to(bob_old) == 0);
  w.t.attach();
  w.t.run();
  REQUIRE(w.t.outcome_of(name) == outcome::delivered);
  REQUIRE(w.left() == 0);
}

TEST_CASE("while an endpoint is attached nothing leaves plainly", "[plain.permit]") {
  plainly w;
  w.t.attach();
  w.without_support();
  SECTION("it answers, and is delivered to") {
    const auto name = w.submit("hello");
    w.t.run();
    REQUIRE(w.t.outcome_of(name) == outcome::delivered);
    REQUIRE(w.left() == 0);
  }
  SECTION("it goes without an answer: then the message leaves") {
    const auto name = w.submit("hello");
    REQUIRE(w.t.run_to<vidimus::sync>(bob));
    w.t.take();
    w.t.run();
    REQUIRE(w.left() == 0);
    w.detach(bob_full);
    w.t.run();
    REQUIRE(w.left() == 1);
    REQUIRE(w.t.outcome_of(name) == outcome::executed);
  }
}

TEST_CASE("what was sent on hop 2 never leaves plainly", "[plain.permit]") {
  plainly w;
  w.t.attach();
  const auto name = w.submit("hello");
  REQUIRE(w.t.run_to<check>(bob));
  w.t.step();                           // the application takes it,
  REQUIRE(w.t.run_to<receipt>(relay));  // and its receipt is lost with the session
  w.t.take();
  w.detach(bob_full);
  w.without_support();
  w.t.run();
  REQUIRE(w.left() == 0);
  w.t.attach();
  w.t.run();
  REQUIRE(w.t.outcome_of(name) == outcome::delivered);
  REQUIRE(w.t.taken(name) == 1);
  REQUIRE(w.left() == 0);
}

TEST_CASE("that a message left plainly is durable before it leaves",
          "[plain.once][durable.first]") {
  plainly w;
  const auto name = w.submit("hello");
  w.t.run();
  const auto outs = w.t.v->without_support(bob_old, w.t.now);
  std::size_t marked = outs.size();
  for (std::size_t i = 0; i < outs.size(); ++i) {
    if (const auto* kept = std::get_if<out::persist>(&outs[i]))
      if (const auto held = image::load<record::server_custody>(kept->image()))
        if (held->at == name.at && held->is == record::custody_stage::passed) marked = i;
    if (std::holds_alternative<out::plain>(outs[i])) REQUIRE(marked < i);
  }
  REQUIRE(marked < outs.size());
  // all that is durable when it leaves: the server dies right behind
  for (std::size_t i = 0; i <= marked; ++i)
    if (const auto* kept = std::get_if<out::persist>(&outs[i])) w.t.relay_store.carry_out(*kept);
  w.t.crash_server();
  w.without_support();
  w.t.pass(seconds(60));
  REQUIRE(w.left() == 0);
  REQUIRE(w.t.outcome_of(name) == outcome::executed);
}

TEST_CASE("of what nobody waits for any more, the mark is durable before it leaves, too",
          "[plain.once][durable.first]") {
  plainly w;
  const auto name = w.submit("hello", true, false);
  const auto next = w.submit("more", true, false);
  w.t.run();
  REQUIRE(w.t.outcome_of(name) == outcome::executed);
  REQUIRE(w.t.outcome_of(next) == outcome::executed);
  w.t.a->link_lost(w.t.now);
  w.t.link_up();
  w.submit("last", true, false);  // its command tells low1
  w.t.run();
  const auto outs = w.t.v->without_support(bob_old, w.t.now);
  int left = 0;
  for (std::size_t i = 0; i < outs.size(); ++i) {
    const auto* plain = std::get_if<out::plain>(&outs[i]);
    if (plain == nullptr) continue;
    ++left;
    bool marked = false;
    for (std::size_t k = 0; k < i; ++k)
      if (const auto* kept = std::get_if<out::persist>(&outs[k]))
        if (const auto held = image::load<record::server_custody>(kept->image()))
          marked =
              marked || (held->at == plain->name.at && held->is == record::custody_stage::passed);
    REQUIRE(marked);
  }
  REQUIRE(left == 3);
  w.t.relay_did(outs);
  REQUIRE(w.left() == 3);
  REQUIRE(w.t.v->held() <= 1);  // what is below low1 is gone
}

TEST_CASE("a server that calls plain what may not leave so says no more than executed",
          "[plain.permit][outcome.executed]") {
  for (const bool permitted : {false, true}) {
    CAPTURE(permitted);
    plainly w;
    w.t.carry = false;
    const auto name = w.submit("hello", permitted);
    w.t.run();
    receipt r;
    r.head.conversation = name.in;
    r.head.memory = w.t.ever.back().as<receipt>()->head.memory;
    r.add(name.at, status::plain, reason::none);
    verifier<env> kit(w.t.relay_env);
    REQUIRE(kit.seal(r, purpose::receipt, alice));
    w.t.arrive({relay, {alice + "/phone", "", r, nullptr}});
    REQUIRE(w.t.outcome_of(name) == (permitted ? std::optional(outcome::executed) : std::nullopt));
  }
}

TEST_CASE("between ends that hold a key nothing leaves plainly", "[plain.permit][end.code]") {
  for (const bool sealed : {false, true}) {
    plainly w;
    w.t.give_ends(sealed);
    w.without_support();
    const auto name = w.submit("hello");
    w.t.run();
    REQUIRE(w.left() == 0);
    w.detach(bob_old);
    w.t.attach();
    w.t.run();
    REQUIRE(w.t.outcome_of(name) == outcome::delivered);
    REQUIRE(w.left() == 0);
  }
}

TEST_CASE("a session that goes on knows who is without support", "[plain.permit]") {
  plainly w;
  w.without_support();
  auto records = w.t.relay_store.all();
  for (stored& one : w.t.v->session()) records.push_back(std::move(one));
  for (const bool last_durable : {true, false}) {
    CAPTURE(last_durable);
    env other;
    other.entropy.who = 9;
    env a, b;
    give_keys(a.keys, other.keys, b.keys);
    server<env> next(other, relay, strict(server_limits{}));
    REQUIRE(next.restore(records, last_durable, w.t.now));
    octets here, there;
    w.t.v->append_state(here);
    next.append_state(there);
    REQUIRE(here == there);
  }
}

TEST_CASE("what comes again of what left plainly gets its status and nothing more",
          "[plain.once][s2.repeat][name.reused]") {
  plainly w;
  const auto name = w.submit("hello");
  w.without_support();
  w.t.run();
  REQUIRE(w.left() == 1);
  const auto heard = w.t.ever;
  const auto again = [&](const flight& f) {
    w.t.ever.clear();
    w.t.arrive(f);
    REQUIRE(w.t.ever.size() == 1);
    const receipt* r = w.t.ever[0].as<receipt>();
    REQUIRE(r != nullptr);
    REQUIRE(r->states.size() == 1);
    REQUIRE(r->states[0].what == status::plain);
  };
  for (const flight& f : heard) {
    if (f.as<execute>() != nullptr) again(f);
    const check* sent = f.as<check>();
    if (sent == nullptr) continue;
    again(f);
    check other = *sent;
    verifier<env> kit(w.t.alice_env);
    const digest d = kit.digest_of(content_of("something else").canonical);
    REQUIRE(kit.seal(other, purpose::submit, relay, &d));
    flight twisted = f;
    twisted.sent.what = other;
    twisted.sent.payload = make_payload("something else");
    again(twisted);
    REQUIRE(w.t.relay_env.watch.count(notice::reused) == 1);
  }
  w.submit("next");  // its command tells low1, which closes the first
  w.t.run();
  REQUIRE(w.left() == 2);
  REQUIRE(w.t.v->held() == 1);
}

TEST_CASE("a withdrawal comes too late for what left plainly", "[plain.once][void.first]") {
  plainly w;
  w.t.carry = false;
  const auto name = w.submit("hello");
  REQUIRE(w.t.run_to<execute>(relay));
  w.t.step();
  w.t.withdraw(name);
  w.without_support();
  w.t.run();
  REQUIRE(w.left() == 1);
  REQUIRE(w.t.outcome_of(name) == outcome::executed);
}
