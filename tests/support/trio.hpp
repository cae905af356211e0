// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_SUPPORT_TRIO_HPP
#define VIDIMUS_TESTS_SUPPORT_TRIO_HPP

#include <deque>

#include "toy.hpp"

/// The three roles with a store each, and a network that a test holds in its hands: nothing is
/// lost, repeated or reordered unless the test does it.
namespace toy {

/// An element on its way.
struct flight {
  std::string from;
  out::transmit sent;

  template <class Element>
  const Element* as() const {
    return std::get_if<Element>(&sent.what);
  }
};

/// Limits of which nothing waits for others unless a test says so.
template <class Limits>
struct strictly : Limits {
  strictly() : Limits(strict(Limits{})) {}
  strictly(const Limits& of) : Limits(of) {}
};

class trio {
 public:
  explicit trio(strictly<sender_limits> sl = {}, strictly<server_limits> vl = {},
                strictly<receiver_limits> rl = {})
      : sender_limits_(sl), server_limits_(vl), receiver_limits_(rl) {
    alice_env.entropy.who = 1;
    relay_env.entropy.who = 2;
    bob_env.entropy.who = 3;
    give_keys(alice_env.keys, relay_env.keys, bob_env.keys);
    a.emplace(alice_env, alice, relay, sl);
    v.emplace(relay_env, relay, vl);
    b.emplace(bob_env, bob, rl);
  }

  /// A key between alice and bob that the relay does not know (protocol.md, end.keys).
  void give_ends(bool sealed = false, const std::string& key_id = "e1") {
    const octets code = code_of("between the ends, " + key_id);
    constexpr auto rule = check_rule::hmac_sha_256_128;
    VIDIMUS_EXPECT(alice_env.keys.add_end_to_end(bob, key_id, code, rule, sealed) &&
                       bob_env.keys.add_end_to_end(alice, key_id, code, rule, sealed),
                   "the key is new");
  }

  void link_up() { alice_did(a->link_restored(now)); }
  void attach(const std::string& address = bob_full) { relay_did(v->attached(address, now)); }
  void start() {
    attach();
    link_up();
  }

  message_name submit(std::string_view text, bool report = true, std::uint32_t lifetime_s = 3600) {
    outgoing m = message(text);
    m.report = report;
    m.lifetime_s = lifetime_s;
    auto given = a->submit(m, now);
    const message_name name = given->name;
    alice_did(std::move(given->outputs));
    return name;
  }
  void withdraw(const message_name& name) { alice_did(*a->withdraw(name, now)); }

  /// Lets time pass at all roles, deadline by deadline.
  void pass(span_ms time) {
    const instant end = now + time;
    for (;;) {
      const instant next = std::min({a->next_deadline(), v->next_deadline(), b->next_deadline()});
      if (next > end) break;
      now = std::max(now, next);
      alice_did(a->tick(now));
      relay_did(v->tick(now));
      bob_did(b->tick(now));
      if (carry) run();
    }
    now = end;
  }

  /// Delivers one element to its addressee, now.
  void arrive(const flight& f, bool copy_or_error = false) {
    incoming in = arrived(f.sent, f.from);
    in.copy_or_error = copy_or_error;
    now = now + milliseconds(1);
    if (f.sent.to == relay)
      relay_did(v->receive(in, now));
    else if (bare(f.sent.to) == alice)
      alice_did(a->receive(in, now));
    else
      bob_did(b->receive(in, now));
  }

  /// Takes the first element in flight out; fails loudly if there is none.
  flight take() {
    VIDIMUS_EXPECT(!air.empty(), "nothing is in flight");
    flight f = air.front();
    air.pop_front();
    return f;
  }
  /// Delivers the first element in flight.
  void step() { arrive(take()); }
  /// Delivers until the air is empty.
  void run(int most = 100000) {
    while (!air.empty() && most-- > 0) step();
  }
  /// Delivers until an element of this kind is the next; false if none comes.
  template <class Element>
  bool run_to(std::string_view to) {
    while (!air.empty()) {
      if (air.front().as<Element>() != nullptr && bare(air.front().sent.to) == to) return true;
      step();
    }
    return false;
  }

  void crash_sender(bool last_durable = true) {
    a.emplace(alice_env, alice, relay, sender_limits_);
    alice_did(*a->restore(alice_store.all(), last_durable, now));
  }
  void crash_server(bool last_durable = true) {
    v.emplace(relay_env, relay, server_limits_);
    relay_did(*v->restore(relay_store.all(), last_durable, now));
  }
  void lose_server() {
    relay_store.clear();
    crash_server();
  }
  void crash_receiver(bool last_durable = true) {
    b.emplace(bob_env, bob, receiver_limits_);
    bob_did(*b->restore(bob_store.all(), last_durable));
  }
  void lose_receiver() {
    bob_store.clear();
    crash_receiver();
  }

  void accept(const message_name& name) { bob_did(*b->accepted(name, now)); }
  void refuse(const message_name& name) { bob_did(*b->refused(name, now)); }

  /// The outcome of the only report for this name; nothing if there is none.
  std::optional<outcome> outcome_of(const message_name& name) const {
    std::optional<outcome> found;
    for (const out::report& r : reports)
      if (r.name == name && !r.again) {
        VIDIMUS_EXPECT(!found, "two reports for one submission");
        found = r.ended;
      }
    return found;
  }
  std::size_t taken(const message_name& name) const {
    std::size_t n = 0;
    for (const auto& one : effects) n += one.first == name ? 1 : 0;
    return n;
  }

  void alice_did(sender_outputs outs) { carry_out(outs, alice_store, alice + "/phone"); }
  void relay_did(server_outputs outs) { carry_out(outs, relay_store, relay); }
  void bob_did(receiver_outputs outs) { carry_out(outs, bob_store, bob_address); }

  env alice_env, relay_env, bob_env;
  memory_store alice_store, relay_store, bob_store;
  std::optional<sender<env>> a;
  std::optional<server<env>> v;
  std::optional<receiver<env>> b;
  instant now{1000000};
  std::deque<flight> air;
  std::vector<flight> ever;  ///< everything ever sent
  std::vector<out::report> reports;
  std::vector<out::plain> plain;                              ///< what left without a code
  std::vector<std::pair<message_name, std::string>> effects;  ///< what bob's application took
  std::vector<out::deliver> delivered;
  bool accepts = true;  ///< bob's application answers at once
  bool carry = true;    ///< pass() delivers what is in flight
  std::string bob_address = bob_full;

 private:
  template <class Outs>
  void carry_out(Outs& outs, memory_store& store, const std::string& from) {
    std::vector<message_name> to_accept;
    for (auto& one : outs)
      std::visit([&](auto& o) { this->carry_one(o, store, from, to_accept); }, one);
    for (const message_name& name : to_accept) accept(name);
  }
  template <class Out>
  void carry_one(Out& o, memory_store& store, const std::string& from,
                 std::vector<message_name>& to_accept) {
    if constexpr (std::is_same_v<Out, out::persist> || std::is_same_v<Out, out::forget>) {
      store.carry_out(o);
    } else if constexpr (std::is_same_v<Out, out::transmit>) {
      air.push_back({from, o});
      ever.push_back(air.back());
    } else if constexpr (std::is_same_v<Out, out::plain>) {
      plain.push_back(o);
    } else if constexpr (std::is_same_v<Out, out::report>) {
      reports.push_back(o);
    } else if constexpr (std::is_same_v<Out, out::deliver>) {
      delivered.push_back(o);
      if (accepts) {
        effects.emplace_back(o.name, *o.body->whole);
        to_accept.push_back(o.name);
      }
    }
  }

  sender_limits sender_limits_;
  server_limits server_limits_;
  receiver_limits receiver_limits_;
};

}  // namespace toy

#endif
