// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// Floods against each role, from who holds no preset code and from who holds one. Of each: what the
// role holds of the heap stays under a bound made of its limits, what it sends under a bound made
// of what came and of the time, nothing changes by what was not authenticated, and an honest
// message beside the flood is delivered. The program prints its figures.
#include <cstdio>
#include <functional>

#include "../support/catch.hpp"
#include "../support/heap_calls_here.hpp"
#include "../support/trio.hpp"

using namespace toy;

namespace {

const std::string mallory = "mallory@example.org";    // a user, with a code for the relay
const std::string eve = "eve@example.net/eve";        // receives, with a code for the relay
const std::string other_relay = "relay.example.com";  // has a code for bob
const std::string other_origin = "carl@example.com";  // may be named by that relay
constexpr std::uint32_t message_octets_max = 4096;
constexpr int flood_elements = 600;

sender_limits small_sender() {
  sender_limits l = strict(sender_limits{});
  l.unfinished_max = 16;
  l.conversations_max = 4;
  l.payload_octets_max = message_octets_max;
  return l;
}
server_limits small_server() {
  server_limits l = strict(server_limits{});
  l.window = 16;
  l.conversations_per_peer = 4;
  l.payload_octets_max = message_octets_max;
  return l;
}
receiver_limits small_receiver() {
  receiver_limits l = strict(receiver_limits{});
  l.window = 16;
  l.conversations_per_peer = 4;
  l.payload_octets_max = message_octets_max;
  return l;
}

// --- bounds, from the limits -------------------------------------------------------------------

/// Containers may have up to twice the room that they need, and each block is rounded up.
constexpr long long roomy(std::size_t octets) { return static_cast<long long>(2 * octets); }

/// What one derived key takes: its name and what inputs begin with (three addresses each, and the
/// words of protocol.md, 5.3), the preset code, the key. The ring holds `keys_max`, whatever came;
/// of one route at most one for each purpose.
constexpr std::size_t key_octets = 960;
std::size_t keys_octets(std::size_t routes) {
  return std::min(keyring<env>::keys_max, routes * purpose_names.size()) * key_octets;
}

/// What one message may bring along that is kept: its octets, its coverage list.
constexpr std::size_t message_octets =
    message_octets_max + 16'384 + ranges_per_element_max * sizeof(expanded_name);

constexpr std::size_t server_number_octets =
    sizeof(detail::custody_slot) + message_octets + sizeof(end_code) + sizeof(detail::server_due) +
    sizeof(detail::custody_rest) + sizeof(detail::custody_manner) +
    2 * server_limits{}.endpoints_per_destination * sizeof(detail::further_delivery) + 512;

long long server_bound(const server_limits& l, std::size_t peers, std::size_t routes) {
  const std::size_t line = sizeof(detail::server_conversation) + 1024 +
                           l.endpoints_per_destination * sizeof(detail::channel) +
                           l.window * server_number_octets;
  return roomy(peers * (sizeof(detail::server_peer) + 256 + l.conversations_per_peer * line)) +
         roomy(keys_octets(routes));
}

long long receiver_bound(const receiver_limits& l, std::size_t relays, std::size_t routes) {
  const std::size_t number = sizeof(range) + sizeof(record::refused_number) +
                             sizeof(record::handed_number) + sizeof(end_part) + 2 * 32;
  const std::size_t line = sizeof(detail::receiver_conversation) + 1024 + l.window * number;
  return roomy(relays * (sizeof(detail::receiver_peer) + 256 + l.conversations_per_peer * line)) +
         roomy(keys_octets(routes));
}

/// Nothing is stored for what was not authenticated: what may grow is room to compute in.
constexpr long long no_key_bound = 8 * 4096;

long long held_octets() {
  return static_cast<long long>(support::octets_taken()) -
         static_cast<long long>(support::octets_given_back());
}

// --- the world ---------------------------------------------------------------------------------

/// The three honest parties, and elements that an attacker puts in.
class siege {
 public:
  siege() : t(small_sender(), small_server(), small_receiver()) {
    t.relay_env.keys.add(mallory, "k1", code_of("mallory's own")).value();
    t.relay_env.keys.add(std::string(bare(eve)), "k1", code_of("eve's own")).value();
    t.bob_env.keys.add(other_relay, "k1", code_of("the other relay's")).value();
    t.bob_env.keys.allow(other_relay, "@example.com");
    t.accepts = false;
    t.start();
    t.relay_did(t.v->attached(eve, t.now));
    for (int i = 0; i < 3; ++i) REQUIRE(exchange([] {}) == outcome::delivered);
    seen = t.ever;
    support::count_octets(true);
    forget_the_past();
  }

  /// One honest message to its end; between any two steps of it the flood goes on.
  std::optional<outcome> exchange(const std::function<void()>& flood) {
    const auto name = t.submit("an honest message");
    for (int step = 0; step < 4000 && !t.outcome_of(name); ++step) {
      flood();
      drop_foreign();
      if (t.air.empty()) t.pass(milliseconds(100));
      answer_for_bob();
      for (std::size_t n = t.air.size(); n > 0 && !t.air.empty(); --n) {
        t.step();
        answer_for_bob();
        drop_foreign();
      }
    }
    const auto ended = t.outcome_of(name);
    for (int i = 0; i < 1000 && !t.air.empty(); ++i) {
      drop_foreign();
      if (!t.air.empty()) t.step();
    }
    return ended;
  }

  /// Puts an element in; the attacker writes what it likes into `from`. Returns how many elements
  /// it made somebody send at once; those go no further if they are for the attacker.
  std::size_t inject(const element& e, const std::string& from, const std::string& to,
                     const std::string& text = {}) {
    out::transmit sent{to, "chat", e, nullptr};
    if (!text.empty()) sent.payload = make_payload(text);
    const std::size_t before = t.air.size();
    t.arrive({from, std::move(sent)});
    for (std::size_t i = before; i < t.air.size(); ++i) learn(t.air[i].sent);
    return t.air.size() - before;
  }

  /// The application of bob takes what alice wrote, and never answers for anybody else.
  void answer_for_bob() {
    for (const out::deliver& d : std::exchange(t.delivered, {}))
      if (answers_all || d.name.in.along->origin == alice) t.accept(d.name);
  }

  void drop_foreign() {
    std::erase_if(t.air, [](const flight& f) {
      const std::string to(bare(f.sent.to));
      return to != alice && to != relay && to != bob;
    });
  }

  /// What is held for tests only, and is no part of the roles.
  void forget_the_past() {
    t.air = {};
    t.ever = {};
    t.reports = {};
    t.effects = {};
    t.delivered = {};
    for (auto* store : {&t.alice_store, &t.relay_store, &t.bob_store}) store->clear();
    for (auto* e : {&t.alice_env, &t.relay_env, &t.bob_env}) e->watch.found = {};
  }

  octets states() const {
    octets out;
    t.a->append_state(out);
    t.v->append_state(out);
    t.b->append_state(out);
    return out;
  }

  trio t;
  std::vector<flight> seen;  ///< all that was ever sent before the flood
  /// What attackers learn of the answers that they get: names of memories.
  memory_name mallory_memory, other_memory;
  nonce asked_of_eve;
  bool answers_all = false;

 private:
  void learn(const out::transmit& o) {
    const header& head = header_of(o.what);
    if (bare(o.to) == mallory) mallory_memory = head.memory;
    if (bare(o.to) == other_relay) other_memory = head.memory;
    if (const auto* s = std::get_if<vidimus::sync>(&o.what); s != nullptr && o.to == eve)
      asked_of_eve = s->asks;
  }
};

conversation_name line_of(const std::string& origin, const std::string& destination,
                          const std::string& by, std::uint64_t id) {
  conversation_name name{make_route(origin, destination, by), {}};
  for (std::size_t i = 0; i < 8; ++i) name.id.octets[i] = static_cast<octet>(id >> (8 * i));
  name.id.octets[11] = 0x5a;
  return name;
}

template <class Name>
Name drawn(std::uint64_t i) {
  Name out;
  for (std::size_t at = 0; at < 8; ++at)
    out.octets[at] = static_cast<octet>((i + 1) * 0x9e3779b97f4a7c15ull >> (8 * at));
  out.octets[11] = 1;
  return out;
}

/// The code that a holder of this preset code makes.
template <class Element>
Element sealed(Element e, purpose p, std::string_view preset, const std::string& text = {}) {
  env own;
  own.keys.add("x@y", "k1", code_of(preset)).value();
  const digest content = toy::crypto::digest_of(content_of(text).canonical);
  VIDIMUS_EXPECT(verifier<env>(own).seal(e, p, "x@y", &content), "there is a key");
  return e;
}

header head_of(conversation_name name, const memory_name& memory) {
  return {check_rule::hmac_sha_256_128, "k1", std::move(name), memory};
}

/// The n-th of the numbers at the ends of their range.
number extreme(std::uint64_t i) {
  constexpr std::array<number, 8> all{1,         2, 16, 17, 1024, number_max / 2, number_max - 1,
                                      number_max};
  return all[i % all.size()];
}

ranges many_ranges(std::uint64_t i) {
  ranges out;
  for (number n = 1 + i % 3; out.size() < ranges_per_element_max - 1; n += 2) out.add(n);
  out.add(range{number_max - 7, number_max});
  return out;
}

check a_check(conversation_name name, const memory_name& memory, number n, bool large) {
  check e;
  e.head = head_of(std::move(name), memory);
  e.at = n;
  e.type = "chat";
  e.flags = check::report;
  e.lifetime_s = 30 * 24 * 3600;
  if (large) {
    e.cover.listed = true;
    for (int i = 0; i < 60; ++i)
      e.cover.names.push_back({"urn:" + std::string(240, 'x') + std::to_string(100 + i), "x"});
  }
  return e;
}

// --- the table of figures ------------------------------------------------------------------------

struct flood {
  const char* victim;
  const char* what;
  bool key;                  ///< of the attacker's own, or copies of what was made with one
  double sends_per_element;  ///< that the role may send at once for one that came
  /// Puts the i-th element in; how many it made somebody send.
  std::function<std::size_t(siege&, std::uint64_t)> one;
  std::size_t routes = 2;  ///< pairs of origin and destination that are named, the honest one too
};

struct figures {
  std::size_t elements = 0;
  std::size_t sent = 0;
  long long grew = 0;
};

long long bound_of(const flood& f) {
  if (!f.key) return no_key_bound;
  if (f.victim == std::string_view("server")) return server_bound(small_server(), 1, f.routes);
  if (f.victim == std::string_view("receiver"))
    return receiver_bound(small_receiver(), 1, f.routes);
  return no_key_bound;  // a sender keeps what its application submits, and nothing of peers
}

void run(const flood& f) {
  siege s;
  INFO(f.victim << ", " << f.what);
  const long long before = held_octets();
  const octets state = s.states();
  const instant began = s.t.now;
  figures out;
  for (int i = 0; i < flood_elements; ++i) {
    out.sent += f.one(s, out.elements++);
    s.forget_the_past();  // the attacker drops all answers too
    out.grew = std::max(out.grew, held_octets() - before);
  }
  if (!f.key) REQUIRE(s.states() == state);
  const double seconds_passed = static_cast<double>((s.t.now - began).count) / 1000;
  const double by_bucket = 2 * (32 + 8 * seconds_passed);  // of each of two honest peers
  const double most = f.key ? f.sends_per_element * static_cast<double>(out.elements) : by_bucket;
  REQUIRE(static_cast<double>(out.sent) <= most);
  int honest = 0;
  for (; honest < 5; ++honest) {
    REQUIRE(s.exchange([&] {
      for (int k = 0; k < 5; ++k) (void)f.one(s, out.elements++);
    }) == outcome::delivered);
    s.forget_the_past();
    out.grew = std::max(out.grew, held_octets() - before);
  }
  std::printf("| %s | %s | %s | %zu | %zu | %lld | %lld | %d of %d |\n", f.victim, f.what,
              f.key ? "yes" : "no", out.elements, out.sent, out.grew, bound_of(f), honest, honest);
  if (support::can_watch_freed()) REQUIRE(out.grew <= bound_of(f));
}

void print_head() {
  static bool done = false;
  if (std::exchange(done, true)) return;
  std::printf(
      "| against | flood of | code held | elements | sent at once | octets held more | bound | "
      "honest delivered |\n|---|---|---|---|---|---|---|---|\n");
}

void run_all(const std::vector<flood>& all) {
  print_head();
  for (const flood& f : all) run(f);
}

}  // namespace

TEST_CASE("floods without a code: no effect on the server", "[flood.order][flood.bucket]") {
  const auto name = [](std::uint64_t i) {  // a new conversation and destination each
    return line_of(alice, "user" + std::to_string(i) + "@example.net", relay, i);
  };
  const auto from = alice + "/phone";
  run_all({
      {"server", "checks of unknown conversations", false, 0,
       [=](siege& s, std::uint64_t i) {
         return s.inject(a_check(name(i), drawn<memory_name>(i), 1, true), from, relay, "false");
       }},
      {"server", "checks of a known conversation", false, 0,
       [=](siege& s, std::uint64_t i) {
         check e =
             a_check(s.seen.front().as<vidimus::sync>()->head.conversation, {}, extreme(i), true);
         e.head.memory = drawn<memory_name>(i % 2);
         return s.inject(e, from, relay, "false");
       }},
      {"server", "syncs", false, 0,
       [=](siege& s, std::uint64_t i) {
         vidimus::sync e{head_of(name(i), drawn<memory_name>(i)),
                         drawn<nonce>(i),
                         1,
                         extreme(i),
                         {},
                         false,
                         {}};
         return s.inject(e, from, relay);
       }},
      {"server", "commands and withdrawals", false, 0,
       [=](siege& s, std::uint64_t i) {
         const header head = head_of(name(i), drawn<memory_name>(i));
         if (i % 2 == 0)
           return s.inject(execute{head, many_ranges(i), extreme(i), {}, {}, {}}, from, relay);
         return s.inject(vidimus::withdraw{head, many_ranges(i), extreme(i), {}}, from, relay);
       }},
      {"server", "receipts and challenges", false, 0,
       [=](siege& s, std::uint64_t i) {
         const header head = head_of(line_of(alice, bob, relay, i), drawn<memory_name>(i));
         if (i % 2 == 0) return s.inject(challenge{head, purpose::deliver, {}}, bob_full, relay);
         receipt r;
         r.head = head;
         r.missing = many_ranges(i);
         return s.inject(r, bob_full, relay);
       }},
      {"server", "elements under unknown keys", false, 0,
       [=](siege& s, std::uint64_t i) {
         check e = a_check(name(i), drawn<memory_name>(i), 1, false);
         e.head.key_id = "k" + std::to_string(i + 2);
         return s.inject(e, from, relay, "false");
       }},
      {"server", "elements of peers without any key", false, 0,
       [=](siege& s, std::uint64_t i) {
         const std::string who = "user" + std::to_string(i) + "@example.edu";
         return s.inject(a_check(line_of(who, bob, relay, i), drawn<memory_name>(i), 1, true), who,
                         relay, "false");
       }},
  });
}

TEST_CASE("floods without a code: no effect on the ends", "[flood.order][flood.bucket]") {
  run_all({
      {"receiver", "checks of unknown conversations", false, 0,
       [](siege& s, std::uint64_t i) {
         const auto who = "user" + std::to_string(i) + "@example.org";
         return s.inject(
             a_check(line_of(who, bob, relay, i), drawn<memory_name>(i), extreme(i), true), relay,
             bob_full, "false");
       }},
      {"receiver", "syncs", false, 0,
       [](siege& s, std::uint64_t i) {
         const auto who = "user" + std::to_string(i) + "@example.org";
         vidimus::sync e{head_of(line_of(who, bob, relay, i), drawn<memory_name>(i)),
                         drawn<nonce>(i),
                         extreme(i),
                         number_max,
                         many_ranges(i),
                         false,
                         {}};
         return s.inject(e, relay, bob_full);
       }},
      {"sender", "receipts", false, 0,
       [](siege& s, std::uint64_t i) {
         receipt r;
         r.head = s.seen.front().as<vidimus::sync>()->head;
         r.head.memory = drawn<memory_name>(i % 2);
         r.missing = many_ranges(i);
         r.limit = extreme(i);
         if (i % 3 == 0)
           r.states = {{status::voided, {1, number_max}, {}, reason::altered_in_transit}};
         return s.inject(r, relay, alice + "/phone");
       }},
      {"sender", "receipts of unknown conversations, challenges", false, 0,
       [](siege& s, std::uint64_t i) {
         const header head = head_of(line_of(alice, bob, relay, i), drawn<memory_name>(i));
         receipt r;
         r.head = head;
         if (i % 2 == 0) return s.inject(r, relay, alice + "/phone");
         challenge e{head, purpose::sync, {}};
         e.head.conversation = s.seen.front().as<vidimus::sync>()->head.conversation;
         return s.inject(e, relay, alice + "/phone");
       }},
  });
}

TEST_CASE("floods of a sender with a code are bounded at the server",
          "[credit.limit][flood.order][name.memory]") {
  const auto preset = "mallory's own";
  const auto name = [](std::uint64_t i, std::string_view to = "nobody") {
    return line_of(mallory, std::string(to) + "@example.net", relay, i);
  };
  const auto put_sync = [=](siege& s, std::uint64_t i, number low, number top, ranges voids) {
    vidimus::sync e{
        head_of(name(i), s.mallory_memory), drawn<nonce>(i), low, top, std::move(voids), false, {}};
    return s.inject(sealed(e, purpose::sync, preset), mallory, relay);
  };
  const auto put_check = [=](siege& s, conversation_name in, number n, bool commands) {
    const std::string text(message_octets_max - 96, 'x');
    check e = a_check(std::move(in), s.mallory_memory, n, true);
    if (commands) e.flags |= check::conditional;
    return s.inject(sealed(e, purpose::submit, preset, text), mallory, relay, text);
  };
  run_all({
      {"server", "new conversations", true, 1,
       [=](siege& s, std::uint64_t i) { return put_sync(s, i, 1, 0, {}); }},
      {"server", "checks never commanded", true, 1,
       [=](siege& s, std::uint64_t i) { return put_check(s, name(i / 20), 1 + i % 20, false); }},
      {"server", "commanded messages for nobody", true, 1,
       [=](siege& s, std::uint64_t i) {
         return put_check(s, name(i / 20, "nobody" + std::to_string(i / 20)), 1 + i % 20, true);
       },
       4096},
      {"server", "commands and withdrawals of what there is not", true, 1,
       [=](siege& s, std::uint64_t i) {
         const header head = head_of(name(i % 3), s.mallory_memory);
         if (i % 2 == 0) {
           const execute e{head, many_ranges(i), 1, {}, {}, {}};
           return s.inject(sealed(e, purpose::execute, preset), mallory, relay);
         }
         ranges all;
         all.add(range{1, number_max});
         const vidimus::withdraw e{head, all, 1, {}};
         return s.inject(sealed(e, purpose::withdraw, preset), mallory, relay);
       }},
      {"server", "numbers at the ends of their range", true, 1,
       [=](siege& s, std::uint64_t i) {
         if (i % 3 == 0) return put_sync(s, i % 7, extreme(i), extreme(i / 8), many_ranges(i));
         if (i % 3 == 1) return put_check(s, name(i % 7), extreme(i / 3), i % 2 == 0);
         const execute e{
             head_of(name(i % 7), s.mallory_memory), many_ranges(i), extreme(i), {}, {}, {}};
         return s.inject(sealed(e, purpose::execute, preset), mallory, relay);
       }},
      {"server", "elements under another memory", true, 1,
       [=](siege& s, std::uint64_t i) {
         const execute e{head_of(name(i), drawn<memory_name>(i)), {}, 1, {}, {}, {}};
         return s.inject(sealed(e, purpose::execute, preset), mallory, relay);
       }},
  });
}

TEST_CASE("floods of a receiver with a code are bounded at the server",
          "[challenge.one][flood.order]") {
  const auto preset = "eve's own";
  const auto open = [](siege& s) {  // mallory sends eve something, so that there is a conversation
    check e =
        a_check(line_of(mallory, std::string(bare(eve)), relay, 1), s.mallory_memory, 1, false);
    e.flags |= check::conditional;
    (void)s.inject(sealed(e, purpose::submit, "mallory's own", "for eve"), mallory, relay,
                   "for eve");
  };
  run_all({
      {"server", "final receipts, challenges of an endpoint", true, 1.1,
       [=](siege& s, std::uint64_t i) {
         if (i < 2) open(s);
         const header head =
             head_of(line_of(mallory, std::string(bare(eve)), relay, 1), drawn<memory_name>(i));
         if (i % 3 == 0) {
           const challenge e{head, purpose::deliver_sync, {}};
           return s.inject(sealed(e, purpose::deliver_challenge, preset), eve, relay);
         }
         receipt r;
         r.head = head;
         r.limit = extreme(i);
         r.missing = many_ranges(i);
         if (i % 3 == 1) {
           r.answers = s.asked_of_eve.empty() ? drawn<nonce>(i) : s.asked_of_eve;
           r.covered = {1, number_max};
         } else {
           r.states = {{status::pending, {1, number_max}, {}, reason::none}};
         }
         return s.inject(sealed(r, purpose::final_receipt, preset), eve, relay);
       }},
  });
}

TEST_CASE("floods of a relay with a code are bounded at the receiver",
          "[credit.limit][flood.order][name.memory]") {
  const auto preset = "the other relay's";
  const auto name = [](std::uint64_t i) { return line_of(other_origin, bob, other_relay, i); };
  const auto put_check = [=](siege& s, std::uint64_t line, number n, number low, ranges voids) {
    const std::string text(message_octets_max - 96, 'x');
    check e = a_check(name(line), s.other_memory, n, true);
    e.low = low;
    e.voids = std::move(voids);
    return s.inject(sealed(e, purpose::deliver, preset, text), other_relay, bob_full, text);
  };
  run_all({
      {"receiver", "new conversations", true, 1,
       [=](siege& s, std::uint64_t i) {
         vidimus::sync e{head_of(name(i), s.other_memory), drawn<nonce>(i), 1, 1, {}, false, {}};
         return s.inject(sealed(e, purpose::deliver_sync, preset), other_relay, bob_full);
       }},
      {"receiver", "new conversations by checks", true, 1,
       [=](siege& s, std::uint64_t i) { return put_check(s, i, 17, 1, {}); }},
      {"receiver", "messages that nobody answers, low2 rising", true, 1,
       [=](siege& s, std::uint64_t i) { return put_check(s, 1, i + 1, i + 1, {}); }},
      {"receiver", "numbers at the ends of their range", true, 1,
       [=](siege& s, std::uint64_t i) {
         if (i % 2 == 0)
           return put_check(s, i % 7, extreme(i / 2), extreme(i / 16), many_ranges(i));
         vidimus::sync e{head_of(name(i % 7), s.other_memory),
                         drawn<nonce>(i),
                         extreme(i / 2),
                         extreme(i / 16),
                         many_ranges(i),
                         false,
                         {}};
         return s.inject(sealed(e, purpose::deliver_sync, preset), other_relay, bob_full);
       }},
      {"receiver", "elements under another memory", true, 1,
       [=](siege& s, std::uint64_t i) {
         const std::string text = "x";
         const check e = a_check(name(i), drawn<memory_name>(i), 1, false);
         return s.inject(sealed(e, purpose::deliver, preset, text), other_relay, bob_full, text);
       }},
  });
}

TEST_CASE("what waits for the application is bounded by the window, however far low2 has risen",
          "[credit.limit][low.two]") {
  siege s;
  const auto name = line_of(other_origin, bob, other_relay, 1);
  const auto put = [&](number n) {
    check e = a_check(name, s.other_memory, n, false);
    e.low = n;
    (void)s.inject(sealed(e, purpose::deliver, "the other relay's", "x"), other_relay, bob_full,
                   "x");
  };
  for (number n = 0; n < 100; ++n) put(std::max<number>(n, 1));
  REQUIRE(s.t.delivered.size() == small_receiver().window);
  s.t.accept(s.t.delivered.front().name);
  put(100);
  REQUIRE(s.t.delivered.size() == small_receiver().window + 1);
}

TEST_CASE("users who fill the endpoint's table through the honest relay do not stop others",
          "[name.memory][flood.order]") {
  siege s;
  s.answers_all = true;  // an application that never answers anybody is another matter
  std::vector<std::pair<std::string, memory_name>> users;
  for (int i = 0; i < 6; ++i) {
    users.emplace_back("user" + std::to_string(i) + "@example.org", memory_name{});
    s.t.relay_env.keys.add(users.back().first, "k1", code_of("a user's own")).value();
  }
  std::uint64_t sent = 0;
  const auto flood = [&] {
    auto& [who, memory] = users[sent++ % users.size()];
    vidimus::sync asks{head_of(line_of(who, bob, relay, sent / 6), memory),
                       drawn<nonce>(sent),
                       1,
                       0,
                       {},
                       false,
                       {}};
    (void)s.inject(sealed(asks, purpose::sync, "a user's own"), who, relay);
    if (!s.t.air.empty()) memory = header_of(s.t.air.back().sent.what).memory;
    check e = a_check(line_of(who, bob, relay, sent / 6), memory, 1, false);
    e.flags |= check::conditional;
    (void)s.inject(sealed(e, purpose::submit, "a user's own", "spam"), who, relay, "spam");
  };
  for (int i = 0; i < 200; ++i) {
    flood();
    s.drop_foreign();
    s.t.run(10);
    s.answer_for_bob();
  }
  for (int honest = 0; honest < 5; ++honest) REQUIRE(s.exchange(flood) == outcome::delivered);
}

TEST_CASE("floods of who holds the relay's code are bounded at the sender",
          "[challenge.one][news.raise]") {
  run_all({
      {"sender", "receipts about what there is not, challenges", true, 1,
       [](siege& s, std::uint64_t i) {
         receipt r;
         r.head = s.seen.front().as<vidimus::sync>()->head;
         r.head.memory = drawn<memory_name>(i);
         if (i % 4 == 0) {
           const challenge e{r.head, purpose::sync, {}};
           return s.inject(sealed(e, purpose::challenge, "hop one"), relay, alice + "/phone");
         }
         if (i % 4 == 1)  // under the memory that alice knows
           for (const flight& f : s.seen)
             if (const receipt* real = f.as<receipt>(); real != nullptr && f.from == relay)
               r.head.memory = real->head.memory;
         r.limit = extreme(i);
         r.missing = many_ranges(i);
         r.states = {{status::delivered, {number_max - 1, number_max}, {}, reason::none}};
         r.altered = {{number_max, {}, {}, 1, {}}};
         r.refused = {{number_max, reason::busy, 1}};
         if (i % 4 == 3) r.answers = drawn<nonce>(i), r.covered = {1, number_max};
         return s.inject(sealed(r, purpose::receipt, "hop one"), relay, alice + "/phone");
       }},
  });
}

TEST_CASE("copies of everything ever sent change nothing", "[flood.order][receipt.status]") {
  const auto to = [](std::string_view who) {
    return [who](siege& s, std::uint64_t i) -> std::size_t {
      std::vector<const flight*> those;
      for (const flight& f : s.seen)
        if (bare(f.sent.to) == who) those.push_back(&f);
      const flight& f = *those[i % those.size()];
      const std::size_t before = s.t.air.size();
      s.t.arrive(f);
      return s.t.air.size() - before;
    };
  };
  run_all({
      {"server", "copies of everything ever sent", true, 1, to(relay)},
      {"receiver", "copies of everything ever sent", true, 1, to(bob)},
      {"sender", "copies of everything ever sent", true, 1, to(alice)},
  });
}

TEST_CASE("floods of what cannot be read, and of copies", "[flood.order][copy.never]") {
  siege s;
  const octets before = s.states();
  const long long held = held_octets();
  for (int i = 0; i < flood_elements; ++i)
    for (const bool malformed : {true, false}) {
      incoming in = arrived(s.seen[static_cast<std::size_t>(i) % s.seen.size()].sent, relay);
      in.malformed = malformed;
      in.copy_or_error = !malformed;
      for (const std::string& from : {relay, alice, bob_full}) {
        in.from = from;
        REQUIRE(s.t.a->receive(in, s.t.now).empty());
        REQUIRE(s.t.v->receive(in, s.t.now).empty());
        REQUIRE(s.t.b->receive(in, s.t.now).empty());
      }
    }
  REQUIRE(s.states() == before);
  REQUIRE(held_octets() - held <= 0);
}
