// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// The brief form: who may write it, what it stands for, and that nothing is lost where it stands
// for nothing.
#include <vidimus/adapt/cryptopp.hpp>
#include <vidimus/adapt/xmpp_text.hpp>

#include "../support/catch.hpp"
#include "../support/trio.hpp"

using namespace toy;

namespace {

bool is_brief(const flight& f) { return !header_of(f.sent.what).brief.empty(); }

/// What was sent from a place in `ever` on, by kind: brief, and whole.
template <class Element>
std::pair<int, int> sent(const trio& t, std::string_view to, std::size_t from = 0) {
  std::pair<int, int> out;
  for (; from < t.ever.size(); ++from)
    if (t.ever[from].as<Element>() != nullptr && bare(t.ever[from].sent.to) == to)
      ++(is_brief(t.ever[from]) ? out.first : out.second);
  return out;
}

std::uint64_t notices(const trio& t, notice what) {
  return t.alice_env.watch.count(what) + t.relay_env.watch.count(what) +
         t.bob_env.watch.count(what);
}

/// No false alarm: nothing was called altered, and no code was wrong.
void no_alarm(const trio& t) {
  REQUIRE(notices(t, notice::wrong_code) == 0);
  REQUIRE(notices(t, notice::reused) == 0);
  for (const flight& f : t.ever)
    if (const auto* r = f.as<receipt>()) REQUIRE(r->altered.empty());
}

/// The roles have got to know each other.
void get_acquainted(trio& t) {
  t.start();
  const auto name = t.submit("first");
  t.run();
  t.pass(seconds(1));
  REQUIRE(t.outcome_of(name) == outcome::delivered);
}

using crypto_env = environment<cryptopp, preset_keys, toy::entropy, toy::watcher>;

}  // namespace

TEST_CASE("all but the first of a conversation goes in brief form, and means the same",
          "[element.brief]") {
  trio t;
  get_acquainted(t);
  REQUIRE(sent<check>(t, relay) == std::pair(0, 1));
  REQUIRE(sent<check>(t, bob) == std::pair(0, 1));
  const std::size_t from = t.ever.size();
  for (int i = 0; i < 5; ++i) {
    const auto name = t.submit("more");
    t.run();
    t.pass(seconds(1));
    REQUIRE(t.outcome_of(name) == outcome::delivered);
    REQUIRE(t.taken(name) == 1);
  }
  REQUIRE(sent<check>(t, relay, from) == std::pair(5, 0));
  REQUIRE(sent<execute>(t, relay, from) == std::pair(5, 0));
  REQUIRE(sent<check>(t, bob, from) == std::pair(5, 0));
  REQUIRE(sent<receipt>(t, alice, from).second == 0);
  REQUIRE(sent<receipt>(t, relay, from) == std::pair(5, 0));
  REQUIRE(notices(t, notice::unresolved) == 0);
  no_alarm(t);
}

TEST_CASE("syncs, snapshots and what is sent again have the whole header", "[element.brief]") {
  trio t;
  get_acquainted(t);
  const std::size_t from = t.ever.size();
  const auto name = t.submit("lost on the way");
  REQUIRE(is_brief(t.air.front()));
  t.air.clear();
  t.pass(seconds(300));
  REQUIRE(t.outcome_of(name) == outcome::delivered);
  REQUIRE(sent<vidimus::sync>(t, relay, from).first == 0);
  REQUIRE(sent<vidimus::sync>(t, relay, from).second >= 1);
  for (std::size_t i = from; i < t.ever.size(); ++i) {
    if (const auto* r = t.ever[i].as<receipt>(); r != nullptr && !r->answers.empty())
      REQUIRE(!is_brief(t.ever[i]));
    if (const auto* c = t.ever[i].as<check>(); c != nullptr && c->attempt > 1)
      REQUIRE(!is_brief(t.ever[i]));
  }
  no_alarm(t);
}

TEST_CASE("a reference that stands for nothing is dropped, and all ends well", "[brief.resolve]") {
  trio t;
  get_acquainted(t);
  const auto name = t.submit("for a server that has lost its store");
  REQUIRE(is_brief(t.air.front()));
  t.lose_server();
  t.attach();
  octets before, after;
  t.v->append_state(before);
  t.step();
  t.v->append_state(after);
  REQUIRE(before == after);
  REQUIRE(t.air.empty());
  REQUIRE(t.relay_env.watch.count(notice::unresolved) == 1);
  t.pass(seconds(600));
  REQUIRE(t.outcome_of(name) == outcome::delivered);
  no_alarm(t);
}

TEST_CASE("an endpoint that lost its store drops what it cannot resolve", "[brief.resolve]") {
  trio t;
  get_acquainted(t);
  const auto name = t.submit("for an endpoint that has lost its store");
  REQUIRE(t.run_to<check>(bob));
  REQUIRE(is_brief(t.air.front()));
  t.lose_receiver();
  t.step();
  REQUIRE(t.bob_env.watch.count(notice::unresolved) == 1);
  t.run();
  t.pass(seconds(600));
  REQUIRE(t.outcome_of(name) == outcome::delivered);
  no_alarm(t);
}

TEST_CASE("news in brief form that nobody can resolve are asked for", "[brief.resolve]") {
  trio t;
  get_acquainted(t);
  const auto name = t.submit("for a sender that restarts");
  REQUIRE(t.run_to<receipt>(alice));
  REQUIRE(is_brief(t.air.front()));
  t.crash_sender(false);  // another memory is possible: it has the stored one, and resolves
  t.link_up();
  t.run();
  t.pass(seconds(600));
  REQUIRE(t.outcome_of(name).has_value());
  no_alarm(t);
}

TEST_CASE("a key that one side has changed brings the whole header back", "[element.brief]") {
  trio t;
  get_acquainted(t);
  const octets code = code_of("hop one, later");
  REQUIRE(t.relay_env.keys.add(alice, "k2", code));
  REQUIRE(t.alice_env.keys.add(relay, "k2", code));
  auto name = t.submit("under the key that only the sender calls its newest");
  t.run();
  t.pass(seconds(600));
  REQUIRE(t.outcome_of(name) == outcome::delivered);
  const std::size_t from = t.ever.size();
  name = t.submit("under a key that both have");
  t.run();
  t.pass(seconds(1));
  REQUIRE(t.outcome_of(name) == outcome::delivered);
  REQUIRE(sent<check>(t, relay, from) == std::pair(1, 0));
  no_alarm(t);
}

TEST_CASE("what is on its way while the verifier changes its key is no altered message",
          "[brief.resolve][key.current]") {
  for (const bool at_server : {true, false}) {
    trio t;
    get_acquainted(t);
    const auto name = t.submit("under k1");
    const octets code = code_of("later");
    if (at_server) {
      REQUIRE(t.relay_env.keys.add(alice, "k2", code));
      REQUIRE(t.alice_env.keys.add(relay, "k2", code));
    } else {
      REQUIRE(t.run_to<check>(bob));
      REQUIRE(t.bob_env.keys.add(relay, "k2", code));
      REQUIRE(t.relay_env.keys.add(bob, "k2", code));
    }
    REQUIRE(is_brief(t.air.front()));
    t.step();
    REQUIRE(notices(t, notice::unresolved) == 1);
    t.run();
    t.pass(seconds(600));
    REQUIRE(t.outcome_of(name) == outcome::delivered);
    no_alarm(t);
  }
}

TEST_CASE("conversations that begin alike are told apart", "[brief.resolve]") {
  trio t;
  const std::string carol = "carol@example.net";
  REQUIRE(t.relay_env.keys.add(carol, "k1", code_of("hop two")));
  const std::uint64_t drawn = t.alice_env.entropy.drawn;
  t.start();
  (void)t.submit("to bob");
  t.run();
  t.alice_env.entropy.drawn = drawn + (1u << 16);  // the same three octets at first
  auto given = t.a->submit(message("to carol", carol), t.now);
  const message_name to_carol = given->name;
  REQUIRE(to_carol.in.id.octets[1] == t.reports.front().name.in.id.octets[1]);
  REQUIRE(to_carol.in.id.octets[2] == t.reports.front().name.in.id.octets[2]);
  t.alice_did(std::move(given->outputs));
  t.run();
  t.pass(seconds(1));
  for (int i = 0; i < 3; ++i) {
    const std::size_t from = t.ever.size();
    const auto name = t.submit("to bob again");
    t.alice_did(t.a->submit(message("to carol again", carol), t.now)->outputs);
    REQUIRE(sent<check>(t, relay, from) == std::pair(2, 0));
    t.run();
    t.pass(milliseconds(500));
    REQUIRE(t.outcome_of(name) == outcome::delivered);
  }
  REQUIRE(notices(t, notice::unresolved) == 0);
  no_alarm(t);
}

TEST_CASE("conversations that make each other forgotten end well in brief form",
          "[brief.resolve][name.memory]") {
  server_limits vl = strict(server_limits{});
  vl.conversations_per_peer = 2;
  receiver_limits rl = strict(receiver_limits{});
  rl.conversations_per_peer = 2;
  trio t({}, vl, rl);
  get_acquainted(t);
  std::size_t submitted = 1;
  for (int i = 0; i < 4; ++i) {
    t.crash_sender();  // the next submission opens a conversation
    t.link_up();
    t.run();
    for (int j = 0; j < 3; ++j) {
      (void)t.submit("more");
      ++submitted;
      t.run();
      t.pass(seconds(1));
    }
  }
  t.pass(seconds(600));
  REQUIRE(t.relay_env.watch.count(notice::table_full) > 0);
  REQUIRE(t.bob_env.watch.count(notice::table_full) > 0);
  REQUIRE(sent<check>(t, relay).first > 0);
  std::size_t delivered = 0;
  for (const out::report& r : t.reports) {
    if (r.again) continue;
    REQUIRE(r.ended == outcome::delivered);
    ++delivered;
  }
  REQUIRE(delivered == submitted);
  no_alarm(t);
}

TEST_CASE("what stands for two stands for none, and few are looked at", "[brief.resolve]") {
  struct blunt : toy::crypto {
    static digest digest_of(octets_view) { return {}; }
  };
  using blunt_env = environment<blunt, preset_keys, toy::entropy, toy::watcher>;
  blunt_env e;
  REQUIRE(e.keys.add(alice, "k1", code_of("hop one")));
  verifier<blunt_env> codes(e);
  header h;
  h.conversation = {make_route(alice, bob, relay), {}};
  h.conversation.id.octets = {1, 2, 3, 4};
  h.memory.octets = {9};
  check sealed;
  sealed.head = h;
  const digest d{};
  REQUIRE(codes.seal(sealed, purpose::submit, alice, &d));
  sealed.head.brief = codes.reference_of(sealed.head, purpose::submit);
  for (int others : {0, 1}) {
    element came = sealed;
    detail::brief_search search(e, codes, came, purpose::submit, alice);
    REQUIRE(search.goes_on(h.conversation.id));
    search.offer(h.conversation, h.memory);
    search.offer(h.conversation, h.memory);  // the same once more
    auto other = h.conversation;
    other.id.octets[3] = 5;
    if (others > 0) search.offer(other, h.memory);
    REQUIRE(search.resolve(came) == (others == 0));
  }
  detail::brief_search search(e, codes, element(sealed), purpose::submit, alice);
  int looked_at = 0;
  while (search.goes_on(h.conversation.id)) ++looked_at;
  REQUIRE(looked_at == detail::brief_looks_max);
}

TEST_CASE("an altered message in brief form is told, and comes again whole",
          "[element.brief][s3.resend]") {
  trio t;
  get_acquainted(t);
  const auto name = t.submit("to be altered");
  flight f = t.take();
  REQUIRE(is_brief(f));
  f.sent.payload = make_payload("altered");
  t.arrive(f);
  const auto* verdict = t.air.front().as<receipt>();
  REQUIRE(verdict != nullptr);
  REQUIRE(verdict->altered.size() == 1);
  t.step();
  REQUIRE(t.air.front().as<check>()->attempt == 2);
  REQUIRE(!is_brief(t.air.front()));
  t.run();
  REQUIRE(t.outcome_of(name) == outcome::delivered);
}

TEST_CASE("who does not want the brief form is not sent it", "[element.brief]") {
  for (int off = 0; off < 3; ++off) {
    sender_limits sl = strict(sender_limits{});
    server_limits vl = strict(server_limits{});
    receiver_limits rl = strict(receiver_limits{});
    (off == 0 ? sl.brief : off == 1 ? vl.brief : rl.brief) = false;
    trio t(sl, vl, rl);
    get_acquainted(t);
    for (int i = 0; i < 3; ++i) {
      (void)t.submit("more");
      t.run();
      t.pass(seconds(1));
    }
    REQUIRE(t.reports.size() == 4);
    REQUIRE(notices(t, notice::unresolved) == 0);
    const bool first = off != 0 && off != 1, second = off != 1 && off != 2;
    REQUIRE((sent<check>(t, relay).first > 0) == first);
    REQUIRE((sent<receipt>(t, alice).first > 0) == first);
    REQUIRE((sent<check>(t, bob).first > 0) == second);
    REQUIRE((sent<receipt>(t, relay).first > 0) == second);
  }
}

TEST_CASE("a reference is what the page says", "[element.brief]") {
  crypto_env e;
  verifier<crypto_env> codes(e);
  header h;
  h.key_id = "k1";
  h.conversation.along = make_route(alice, bob, relay);
  for (octet i = 0; i < 12; ++i) {
    h.conversation.id.octets[i] = static_cast<octet>(0x10 + i);
    h.memory.octets[i] = static_cast<octet>(0x20 + i);
  }
  const auto made = codes.reference_of(h, purpose::submit);
  REQUIRE(to_base64(made.view(), base64url_letters) == "EBESRI8i");
  REQUIRE(!(codes.reference_of(h, purpose::deliver) == made));
}

TEST_CASE("in a server's stream the relay is the one that the stanza came through",
          "[brief.resolve]") {
  trio t;
  get_acquainted(t);
  (void)t.submit("through the server");
  REQUIRE(t.run_to<check>(bob));
  REQUIRE(is_brief(t.air.front()));
  out::transmit o = t.air.front().sent;
  o.payload = make_payload("<body>x</body>");
  const auto text = stanza_text(o, {.self = party::server, .from = alice + "/phone", .hints = {}});
  REQUIRE(text);
  auto read = arrive(*text, {.self = party::receiver, .through = relay});
  REQUIRE(read);
  REQUIRE(read->kind == arrival_kind::ours);
  incoming in = read->what;
  REQUIRE(in.through == relay);
  in.body = content_of(*t.air.front().sent.payload);
  auto outs = t.b->receive(in, t.now);
  REQUIRE(std::any_of(outs.begin(), outs.end(), [](const receiver_output& one) {
    return std::holds_alternative<out::deliver>(one);
  }));
  for (const receiver_output& one : outs)
    if (const auto* d = std::get_if<out::deliver>(&one)) {
      auto answer = t.b->accepted(d->name, t.now);
      REQUIRE(answer);
      REQUIRE(std::get<out::transmit>(answer->back()).to == relay);
    }
  in.through = "another.example.org";
  (void)t.b->receive(in, t.now);
  REQUIRE(t.bob_env.watch.count(notice::unresolved) == 1);
}
