// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// Endpoints that verify bodies only: what covers more is not sent to them, and never delivered in
// part. The content here is real canonical octets, because its parts count.
#include <vidimus/check/canonical.hpp>
#include <vidimus/check/core_only.hpp>

#include "../support/catch.hpp"
#include "../support/trio.hpp"

using namespace toy;

namespace {

const std::string body = "<body>hello</body>";
const std::string payload = "<x xmlns='jabber:x:oob'><url>https://example.org/a</url></x>";

std::string canonical(const std::string& children, const coverage& which = {}) {
  const auto out = canonical_octets("<message>" + children + "</message>", which);
  REQUIRE(out);
  return std::string(as_text(*out));
}

receiver_limits body_only() {
  receiver_limits limits = strict(receiver_limits{});
  limits.body_only = true;
  return limits;
}

std::size_t checks_to(const trio& t, const std::string& address) {
  std::size_t n = 0;
  for (const flight& f : t.ever) n += f.as<check>() != nullptr && f.sent.to == address;
  return n;
}

/// A second endpoint of bob, on the network of a trio; an address of its own keeps them apart.
struct second_endpoint {
  explicit second_endpoint(trio& of, receiver_limits limits = strict(receiver_limits{}))
      : t(&of), role(e, bob, limits) {
    e.entropy.who = 4;
    env a, v;
    give_keys(a.keys, v.keys, e.keys);
  }
  void arrive(const flight& f) { carry_out(role.receive(arrived(f.sent, f.from), t->now)); }
  void carry_out(receiver_outputs outs) {
    for (auto& one : outs) {
      if (auto* s = std::get_if<out::transmit>(&one)) t->air.push_back({address, *s});
      if (auto* d = std::get_if<out::deliver>(&one)) {
        ++taken;
        carry_out(*role.accepted(d->name, t->now));
      }
    }
  }
  /// Delivers until the air is empty, to the one or the other by address.
  void run() {
    while (!t->air.empty()) {
      const flight f = t->take();
      if (f.sent.to == address)
        arrive(f);
      else
        t->arrive(f);
    }
  }

  const std::string address = bob + "/phone";
  trio* t;
  env e;
  receiver<env> role;
  int taken = 0;
};

}  // namespace

TEST_CASE("canonical content is core only if it has no other group", "[endpoint.able]") {
  const auto is = [](const std::string& octets) { return is_core_only(as_octets(octets)); };
  REQUIRE(is(canonical("")));
  REQUIRE(is(canonical(body)));
  REQUIRE(is(canonical("<subject>a</subject><thread>t</thread>" + body)));
  REQUIRE(is(canonical("<body xml:lang='en'>a</body><body xml:lang='de'>b</body>")));
  REQUIRE(is(canonical(body + "<active xmlns='http://jabber.org/protocol/chatstates'/>")));
  REQUIRE_FALSE(is(canonical(body + payload)));
  REQUIRE_FALSE(is(canonical(payload)));
  REQUIRE(is(canonical(body + payload, {true, {}})));
  REQUIRE_FALSE(is(canonical(body + payload, {true, {{"jabber:x:oob", "x"}}})));
  REQUIRE_FALSE(is(canonical(body, {true, {{"jabber:x:oob", "x"}}})));
  REQUIRE_FALSE(is(canonical("<body xmlns='urn:other'>a</body>")));
  const std::string whole = canonical(body);
  REQUIRE_FALSE(is(""));
  REQUIRE_FALSE(is("hello"));
  for (std::size_t cut = 7; cut < whole.size(); ++cut) REQUIRE_FALSE(is(whole.substr(0, cut)));
}

TEST_CASE("a body goes to an endpoint that verifies bodies only", "[endpoint.able]") {
  trio t({}, {}, body_only());
  t.start();
  const auto name = t.submit(canonical(body));
  t.run();
  REQUIRE(t.outcome_of(name) == outcome::delivered);
}

TEST_CASE("what covers more is not sent there, and fails as unsupported", "[endpoint.able]") {
  trio t({}, {}, body_only());
  t.start();
  const auto name = t.submit(canonical(body + payload));
  t.run();
  REQUIRE(t.outcome_of(name) == outcome::failed);
  REQUIRE(t.reports[0].why == reason::unsupported);
  REQUIRE(checks_to(t, bob_full) == 0);
  REQUIRE(t.delivered.empty());
}

TEST_CASE("a capability is believed only under the code of the endpoint", "[endpoint.able]") {
  trio t;
  t.start();
  const auto name = t.submit(canonical(body + payload));
  while (!t.air.empty()) {
    flight f = t.take();
    if (const auto* r = f.as<receipt>(); r != nullptr && f.sent.to == relay) {
      receipt lies = *r;
      lies.body_only = true;
      flight forged = f;
      forged.sent.what = lies;
      t.arrive(forged);
    }
    t.arrive(f);
  }
  REQUIRE(t.outcome_of(name) == outcome::delivered);
}

TEST_CASE("an endpoint refuses itself what covers more, also if the server sends it",
          "[endpoint.able]") {
  trio t;
  t.start();
  (void)t.submit(canonical(body + payload));
  REQUIRE(t.run_to<check>(bob));  // the server knew of no capability when it sent
  const flight f = t.take();
  const auto stored = t.bob_store.all();
  receiver<env> again(t.bob_env, bob, body_only());
  receiver_outputs outs = *again.restore(stored, true);
  outs = again.receive(arrived(f.sent, f.from), t.now);
  const receipt* said = nullptr;
  for (const auto& one : outs) {
    REQUIRE_FALSE(std::holds_alternative<out::deliver>(one));
    if (const auto* sent = std::get_if<out::transmit>(&one))
      said = std::get_if<receipt>(&sent->what);
  }
  REQUIRE(said != nullptr);
  REQUIRE(said->states.size() == 1);
  REQUIRE(said->states[0].what == status::voided);
  REQUIRE(said->states[0].why == reason::unsupported);
}

TEST_CASE("what one endpoint cannot verify goes to another that can", "[endpoint.able]") {
  for (bool able_first : {false, true}) {
    CAPTURE(able_first);
    trio t({}, {}, body_only());
    second_endpoint phone(t);
    if (able_first) t.relay_did(t.v->attached(phone.address, t.now));
    t.attach();
    if (!able_first) t.relay_did(t.v->attached(phone.address, t.now));
    t.link_up();
    const auto name = t.submit(canonical(body + payload));
    phone.run();
    REQUIRE(t.outcome_of(name) == outcome::delivered);
    REQUIRE(phone.taken == 1);
    REQUIRE(checks_to(t, bob_full) == 0);
  }
}

TEST_CASE("what was sent before the endpoint said so is not sent again, and not called refused",
          "[endpoint.able][outcome.uncertain]") {
  for (int kind = 0; kind < 3; ++kind) {
    CAPTURE(kind);
    trio t;
    t.accepts = false;
    t.start();
    const auto name = t.submit(canonical(body + payload));
    REQUIRE(t.run_to<check>(bob));
    if (kind == 0)
      (void)t.take();  // lost
    else
      t.run();  // handed: whether the application took it only the application knows
    if (kind == 2) t.pass(seconds(30));  // and the server was told "pending"
    const auto sent = checks_to(t, bob_full);
    t.b.emplace(t.bob_env, bob, body_only());
    t.bob_did(*t.b->restore(t.bob_store.all(), true));
    t.pass(seconds(600));
    REQUIRE(checks_to(t, bob_full) == sent);
    REQUIRE_FALSE(t.outcome_of(name));
    if (kind != 0) {  // the host's records show that it took the name
      t.accept(name);
      t.run();
      REQUIRE(t.outcome_of(name) == outcome::delivered);
    } else {
      t.pass(seconds(4000));
      REQUIRE(t.outcome_of(name) == outcome::uncertain);
    }
  }
}

TEST_CASE("where no endpoint can, all of them refuse", "[endpoint.able][void.refused]") {
  trio t({}, {}, body_only());
  second_endpoint phone(t, body_only());
  t.start();
  t.relay_did(t.v->attached(phone.address, t.now));
  const auto name = t.submit(canonical(body + payload));
  phone.run();
  REQUIRE(t.outcome_of(name) == outcome::failed);
  REQUIRE(t.reports[0].why == reason::unsupported);
  REQUIRE(phone.taken == 0);
}

TEST_CASE("an endpoint that could have left: the message is refused at the next question",
          "[endpoint.able][timer.sync]") {
  trio t({}, {}, body_only());
  second_endpoint phone(t);
  t.start();
  t.relay_did(t.v->attached(phone.address, t.now));
  const auto name = t.submit(canonical(body + payload));
  while (!t.air.empty()) {
    const flight f = t.take();
    if (f.sent.to != phone.address) t.arrive(f);  // it never answers
  }
  REQUIRE_FALSE(t.outcome_of(name));
  t.relay_did(t.v->detached(phone.address, t.now));
  t.pass(seconds(120));
  REQUIRE(t.outcome_of(name) == outcome::failed);
  REQUIRE(t.reports[0].why == reason::unsupported);
}
