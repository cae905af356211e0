// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"
#include "support/trio.hpp"
#include "vidimus/adapt/xmpp_text.hpp"

using namespace toy;

namespace {

message_name submit_conditional(trio& t, std::string_view text, bool report = true,
                                std::uint32_t lifetime_s = 3600) {
  outgoing m = message(text);
  m.conditional = true;
  m.report = report;
  m.lifetime_s = lifetime_s;
  auto given = t.a->submit(m, t.now);
  const message_name name = given->name;
  t.alice_did(std::move(given->outputs));
  return name;
}

template <class Element>
std::size_t count_sent(const trio& t, std::string_view from) {
  std::size_t n = 0;
  for (const flight& f : t.ever) n += f.as<Element>() != nullptr && bare(f.from) == from ? 1 : 0;
  return n;
}

sender_limits commands_wait(span_ms delay, std::uint32_t count = 64) {
  sender_limits out = strict(sender_limits{});
  out.commands = {delay, count};
  return out;
}
server_limits receipts_wait(span_ms delay, std::uint32_t count = 64) {
  server_limits out = strict(server_limits{});
  out.receipts = {delay, count};
  return out;
}

receiver_limits finals_wait(span_ms delay, std::uint32_t count = 64, std::uint32_t octets = 4096) {
  receiver_limits out = strict(receiver_limits{});
  out.receipts = {delay, count, octets};
  return out;
}

/// The sender hears no more; then what it sent arrives after all.
void ends_unheard(trio& t, const message_name& name, const flight& sent, bool withdrawn) {
  t.carry = false;
  if (withdrawn) t.withdraw(name);
  while (!t.outcome_of(name)) {
    t.air.clear();
    t.now = t.a->next_deadline();
    t.alice_did(t.a->tick(t.now));
  }
  REQUIRE(t.outcome_of(name) == outcome::uncertain);
  t.air.clear();
  t.arrive(sent);
  t.run();
  REQUIRE(t.taken(name) == 1);
}

}  // namespace

TEST_CASE("conditional: the check is the command as well", "[execute.conditional]") {
  trio t;
  t.start();
  const auto name = submit_conditional(t, "hello");
  t.run();
  REQUIRE(t.outcome_of(name) == outcome::delivered);
  REQUIRE(t.taken(name) == 1);
  REQUIRE(count_sent<execute>(t, alice) == 0);
  for (const flight& f : t.ever)
    if (const receipt* r = f.as<receipt>(); r != nullptr && f.from == relay)
      for (const status_range& s : r->states) REQUIRE(s.what != status::verified);
}

TEST_CASE("conditional: the decision is durable before the check is sent",
          "[execute.conditional][durable.first]") {
  trio t;
  t.start();
  t.run();
  auto m = message("hello");
  m.conditional = true;
  t.alice_did(t.a->submit(m, t.now)->outputs);
  t.run();  // the memory is known from here on
  auto given = t.a->submit(m, t.now);
  bool decided = false;
  for (const auto& one : given->outputs) {
    if (const auto* kept = std::get_if<out::persist>(&one))
      if (auto r = image::load<record::sender_message>(kept->image()))
        decided = r->is == record::stage::decided;
    if (const auto* sent = std::get_if<out::transmit>(&one))
      if (std::holds_alternative<check>(sent->what)) REQUIRE(decided);
  }
  REQUIRE(decided);
}

TEST_CASE("conditional: what waited for the link is decided durably before its check is sent",
          "[execute.conditional][durable.first]") {
  trio t;
  t.attach();
  submit_conditional(t, "hello");  // stored, and not decided
  t.link_up();
  REQUIRE(t.run_to<check>(relay));  // all in front of it was carried out
  bool decided = false;
  for (const auto& one : t.alice_store.all())
    if (const auto m = image::load<record::sender_message>(one.image))
      decided = m->is == record::stage::decided;
  REQUIRE(decided);
}

TEST_CASE("conditional: withdrawn is certain before it was sent, and after by the server's word",
          "[execute.conditional][stop.local][stop.void]") {
  trio t;
  const auto parked = submit_conditional(t, "no link yet");
  t.withdraw(parked);
  REQUIRE(t.outcome_of(parked) == outcome::withdrawn);
  t.link_up();
  const auto name = submit_conditional(t, "bob is not there");
  t.run();
  t.withdraw(name);
  REQUIRE_FALSE(t.outcome_of(name));
  t.run();
  REQUIRE(t.outcome_of(name) == outcome::withdrawn);
  t.attach();
  t.run();
  REQUIRE(t.effects.empty());
}

TEST_CASE("w03: conditional: what was sent expires by the server's word only",
          "[execute.conditional][stop.void][outcome.uncertain]") {
  trio t;
  t.start();
  (void)submit_conditional(t, "so that the memory is known");
  t.run();
  const auto name = submit_conditional(t, "hello", true, 60);
  const flight sent = t.take();
  ends_unheard(t, name, sent, false);
}

TEST_CASE("conditional: without the server's word the end is uncertain, and that is true",
          "[execute.conditional][outcome.uncertain]") {
  trio t;
  t.start();
  const auto first = submit_conditional(t, "so that the memory is known");
  t.run();
  const auto name = submit_conditional(t, "hello", true, 60);
  const flight sent = t.take();
  ends_unheard(t, name, sent, true);
  REQUIRE(t.outcome_of(first) == outcome::delivered);
}

TEST_CASE("conditional: what is lost is sent again, what is altered alike ends by void",
          "[execute.conditional][s3.resend][s3.stop]") {
  trio t;
  t.start();
  submit_conditional(t, "so that the memory is known");
  t.run();
  const auto lost = submit_conditional(t, "lost");
  t.air.clear();
  t.pass(seconds(30));
  REQUIRE(t.outcome_of(lost) == outcome::delivered);

  const auto altered = submit_conditional(t, "altered");
  while (!t.outcome_of(altered)) {
    REQUIRE(!t.air.empty());
    flight f = t.take();
    if (f.as<check>() != nullptr && f.sent.to == relay) f.sent.payload = make_payload("ALTERED");
    t.arrive(f);
  }
  REQUIRE(t.outcome_of(altered) == outcome::failed);
  REQUIRE(t.taken(altered) == 0);
}

TEST_CASE("conditional: a crash of any party at any step delivers once",
          "[execute.conditional][restore.again]") {
  for (int party = 0; party < 3; ++party)
    for (int steps = 0; steps < 12; ++steps) {
      trio t;
      t.start();
      const auto name = submit_conditional(t, "hello");
      for (int i = 0; i < steps && !t.air.empty(); ++i) t.step();
      if (party == 0) t.crash_sender();
      if (party == 1) t.crash_server();
      if (party == 2) t.crash_receiver();
      t.air.clear();
      t.attach();
      t.link_up();
      t.pass(seconds(200));
      CAPTURE(party, steps);
      REQUIRE(t.outcome_of(name) == outcome::delivered);
      REQUIRE(t.taken(name) == 1);
    }
}

TEST_CASE("conditional: never sent before a crash, it is decided and sent after it",
          "[execute.conditional][name.conversation]") {
  trio t;
  t.attach();
  const auto name = submit_conditional(t, "no link");
  t.crash_sender();
  t.link_up();
  t.withdraw(name);
  REQUIRE_FALSE(t.outcome_of(name));  // it may have left with the link
  t.run();
  t.pass(seconds(100));
  REQUIRE(t.outcome_of(name) == outcome::withdrawn);
  REQUIRE(t.effects.empty());
  REQUIRE(t.relay_env.watch.count(notice::wrong_code) == 0);
}

TEST_CASE("conditional and sealed do not go together", "[execute.conditional][end.sealed]") {
  trio t;
  t.give_ends(true);
  t.start();
  const auto name = submit_conditional(t, "hello");
  t.run();
  REQUIRE(t.outcome_of(name) == outcome::delivered);
  REQUIRE(count_sent<execute>(t, alice) == 1);
}

TEST_CASE("batched: commands and statuses go together, and everything arrives", "[batch.bound]") {
  trio strict;
  trio batched(commands_wait(milliseconds(50)), receipts_wait(milliseconds(50)));
  for (trio* t : {&strict, &batched}) {
    t->start();
    std::vector<message_name> names;
    t->submit("so that credit and memory are known");
    t->run();
    t->pass(seconds(1));
    for (int i = 0; i < 40; ++i) names.push_back(t->submit("message " + std::to_string(i)));
    t->run();
    t->pass(seconds(2));
    for (const message_name& name : names) {
      REQUIRE(t->outcome_of(name) == outcome::delivered);
      REQUIRE(t->taken(name) == 1);
    }
  }
  REQUIRE(count_sent<execute>(strict, alice) == 41);
  REQUIRE(count_sent<execute>(batched, alice) <= 3);
  REQUIRE(count_sent<receipt>(batched, relay) * 10 < count_sent<receipt>(strict, relay));
}

TEST_CASE("batched: no longer than the delay, no more than the count", "[batch.bound]") {
  trio t(commands_wait(milliseconds(50), 4));
  t.start();
  t.submit("so that credit and memory are known");
  t.pass(seconds(1));
  t.ever.clear();
  const auto name = t.submit("one");
  t.run();
  REQUIRE(count_sent<execute>(t, alice) == 0);
  const instant due = t.a->next_deadline();
  REQUIRE(due <= t.now + milliseconds(50));
  t.alice_did(t.a->tick(due));
  REQUIRE(count_sent<execute>(t, alice) == 1);
  t.run();
  REQUIRE(t.outcome_of(name) == outcome::delivered);
  t.ever.clear();
  for (int i = 0; i < 4; ++i) t.submit("more");
  t.run();
  REQUIRE(count_sent<execute>(t, alice) == 1);
}

TEST_CASE("batched: what is asked back while its command waits is not executed", "[batch.bound]") {
  trio t(commands_wait(seconds(2)));
  t.start();
  t.submit("so that credit and memory are known");
  t.pass(seconds(10));
  const auto one = t.submit("one"), two = t.submit("two");
  t.run();
  t.withdraw(one);
  t.run();
  t.pass(seconds(10));
  REQUIRE(t.outcome_of(one) == outcome::withdrawn);
  REQUIRE(t.outcome_of(two) == outcome::delivered);
  REQUIRE(t.taken(one) == 0);
}

TEST_CASE("batched: what waits is not lost by a crash or a cut", "[batch.bound][link.cut]") {
  for (int what = 0; what < 3; ++what) {
    trio t(commands_wait(seconds(1)), receipts_wait(seconds(1)));
    t.start();
    t.submit("so that credit and memory are known");
    t.pass(seconds(20));
    const auto name = t.submit("hello");
    t.run();
    if (what == 0) t.crash_sender();
    if (what == 1) t.crash_server();
    if (what == 2) t.alice_did(t.a->link_lost(t.now));
    t.air.clear();
    t.attach();
    t.link_up();
    t.pass(seconds(100));
    CAPTURE(what);
    REQUIRE(t.outcome_of(name) == outcome::delivered);
    REQUIRE(t.taken(name) == 1);
  }
}

TEST_CASE("batched: final receipts go together, after what they say is durable",
          "[batch.bound][s5.answer][durable.first]") {
  trio t({}, {}, finals_wait(milliseconds(500)));  // the server asks after a second at the earliest
  t.start();
  t.submit("so that credit and memory are known");
  t.run();
  t.pass(seconds(5));
  t.ever.clear();
  std::vector<message_name> names;
  for (int i = 0; i < 40; ++i) names.push_back(t.submit("message " + std::to_string(i)));
  t.run();
  REQUIRE(t.effects.size() == 41);
  REQUIRE(count_sent<receipt>(t, bob) == 0);
  REQUIRE(t.b->next_deadline() <= t.now + seconds(1));
  t.pass(seconds(2));
  REQUIRE(count_sent<receipt>(t, bob) == 1);
  for (const flight& f : t.ever)
    if (const receipt* r = f.as<receipt>(); r != nullptr && bare(f.from) == bob)
      REQUIRE(r->answers.empty());  // not because the server had to ask
  for (const message_name& name : names) REQUIRE(t.outcome_of(name) == outcome::delivered);
  REQUIRE(t.b->next_deadline() == never);
}

TEST_CASE(
    "batched: final receipts wait no longer than the delay, for no more than count and octets",
    "[batch.bound]") {
  const auto waiting_of = [](receiver_limits limits, int messages, bool apart) {
    trio t({}, {}, limits);
    t.start();
    t.submit("so that credit and memory are known");
    t.pass(seconds(30));
    t.ever.clear();
    t.accepts = false;
    std::vector<message_name> names;
    for (int i = 0; i < 2 * messages; ++i) names.push_back(t.submit("more"));
    t.run();
    for (int i = 0; i < messages; ++i) t.accept(names[static_cast<std::size_t>(apart ? 2 * i : i)]);
    return count_sent<receipt>(t, bob);
  };
  REQUIRE(waiting_of(finals_wait(seconds(9), 64), 7, false) == 0);
  REQUIRE(waiting_of(finals_wait(seconds(9), 4), 7, false) == 1);
  REQUIRE(waiting_of(finals_wait(seconds(9), 3), 7, false) == 2);
  // one range is a few octets, seven are more
  REQUIRE(waiting_of(finals_wait(seconds(9), 64, 60), 7, false) == 0);
  REQUIRE(waiting_of(finals_wait(seconds(9), 64, 60), 7, true) == 1);
}

TEST_CASE("batched: a final receipt that waits is not lost by a crash, a detach or a question",
          "[batch.bound][restore.again]") {
  for (int what = 0; what < 3; ++what) {
    trio t({}, {}, finals_wait(seconds(3)));
    t.start();
    t.submit("so that credit and memory are known");
    t.pass(seconds(20));
    const auto name = t.submit("hello");
    t.run();
    REQUIRE(t.taken(name) == 1);
    if (what == 0) t.crash_receiver();
    if (what == 1) t.relay_did(t.v->detached(bob_full, t.now));
    if (what != 2) t.attach();
    if (what == 2) t.now = t.now + milliseconds(1);
    t.pass(seconds(100));
    CAPTURE(what);
    REQUIRE(t.outcome_of(name) == outcome::delivered);
    REQUIRE(t.taken(name) == 1);
  }
}

TEST_CASE("batched: what a snapshot told is not told again", "[batch.bound][snapshot.replace]") {
  trio t({}, {}, finals_wait(seconds(60)));
  t.start();
  const auto name = t.submit("hello");
  t.run();
  t.now = t.now + seconds(2);
  t.attach();  // which asks
  t.run();
  REQUIRE(t.outcome_of(name) == outcome::delivered);
  REQUIRE(t.b->next_deadline() == never);
}

TEST_CASE("a cut with 1,000 in flight of which the server has 990 costs 10 bodies and 2 kB",
          "[link.cut][batch.bound][timer.sync]") {
  sender_limits of_alice = commands_wait(milliseconds(100), 2000);
  server_limits of_relay = receipts_wait(milliseconds(100), 2000);
  trio t(of_alice, of_relay);
  t.link_up();  // bob is not there: what is told is what this hop needs
  t.submit("so that credit and memory are known");
  t.run();
  t.pass(seconds(1));
  t.carry = false;
  std::vector<message_name> names;
  for (int i = 0; i < 1000; ++i) names.push_back(t.submit("message " + std::to_string(i)));
  std::size_t sent = 0;
  while (!t.air.empty()) {  // one in a hundred is lost, and every receipt
    flight f = t.take();
    if (f.as<check>() != nullptr && sent++ % 100 != 50) t.arrive(f);
  }
  REQUIRE(sent == 1000);
  t.alice_did(t.a->link_lost(t.now));
  t.relay_did(t.v->tick(t.now + milliseconds(100)));
  t.air.clear();
  t.ever.clear();

  t.carry = true;
  t.link_up();
  t.run();
  t.pass(seconds(3));
  std::size_t bodies = 0, octets_of_control = 0, with_stanzas = 0;
  for (const flight& f : t.ever) {
    if (f.as<check>() != nullptr) {
      ++bodies;
      continue;
    }
    const auto self = f.from == relay ? party::server : party::sender;
    sending how;
    how.self = self;
    how.from = f.from;
    const std::string text = *stanza_text(f.sent, how);
    const auto begin = text.find("<", text.find('>'));
    const auto end = text.find(">", text.find("urn:vidimus:0"));
    const auto close = text[end - 1] == '/' ? end : text.find('>', end + 1);
    octets_of_control += close + 1 - begin;
    with_stanzas += text.size();
  }
  CAPTURE(bodies, octets_of_control, t.ever.size());
  REQUIRE(bodies == 10);
  REQUIRE(octets_of_control < 2000);
  for (const message_name& name : names)
    REQUIRE(t.a->state_of(name) == duty::submission::state::awaiting_delivery);
  WARN("after the cut: " << bodies << " bodies, " << t.ever.size() - bodies << " other elements of "
                         << octets_of_control << " octets, " << with_stanzas
                         << " with the stanzas around them");
}
