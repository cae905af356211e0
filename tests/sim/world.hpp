// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_SIM_WORLD_HPP
#define VIDIMUS_TESTS_SIM_WORLD_HPP

#include <deque>
#include <functional>
#include <queue>
#include <set>

#include "alter.hpp"
#include "books.hpp"
#include "links.hpp"
#include "order.hpp"
#include "party.hpp"
#include "plan.hpp"

namespace sim {

/// What a run did, for the summary.
struct tally {
  std::uint64_t seeds = 0, events = 0, submissions = 0, elements = 0;
  std::array<std::uint64_t, fault_count> faults{};
  std::array<std::uint64_t, 6> outcomes{};
  std::array<std::uint64_t, notice_count> notices{};
  std::uint64_t not_accepted = 0, delivered_more = 0;
  traffic octets;  ///< of worlds with links
  rows used;
  void add(const tally& other);
};

/// One world: its parties, its network, its faults, its books; all from the plan. `run` throws
/// `violation`. Values only, virtual time in milliseconds.
class world {
 public:
  explicit world(const plan& p, std::vector<std::string>* transcript = nullptr);
  void run();

  tally did;
  bool hands_over = false;  ///< the server is replaced by another before whatever it is told
  std::uint64_t hash() const noexcept { return hash_; }
  std::int64_t now() const noexcept { return now_; }

 private:
  struct event {
    std::int64_t at = 0;
    std::uint64_t order = 0;
    std::function<void()> what;
    friend bool operator<(const event& a, const event& b) noexcept {
      return a.at != b.at ? a.at > b.at : a.order > b.order;  // the queue gives the greatest first
    }
  };
  using stanza_ref = std::shared_ptr<const stanza>;
  using load = std::vector<stanza_ref>;  ///< that travel together
  struct bundle {
    load all;
    std::vector<std::string> types;
  };

  // the loop (world.cpp)
  void at(std::int64_t when, std::function<void()> what);
  void after(std::int64_t wait, std::function<void()> what) { at(now_ + wait, std::move(what)); }
  void run_until(std::int64_t end);
  bool faulty(fault f) const noexcept { return phase_ == 1 && plan_.has(f); }
  void hit(fault f) noexcept { ++did.faults[static_cast<std::size_t>(f)]; }
  void note(std::uint64_t value) noexcept { hash_ = (hash_ ^ value) * 0x100000001b3ull; }
  template <class... Parts>
  void say(const Parts&... parts) {
    if (transcript_ != nullptr) write_line((std::string() + ... + text_of(parts)));
  }
  static std::string text_of(const std::string& s) { return s; }
  static std::string text_of(const char* s) { return s; }
  static std::string text_of(const shared_text& s) { return s; }
  static std::string text_of(std::string_view s) { return std::string(s); }
  template <class N>
  requires std::is_arithmetic_v<N>
  static std::string text_of(N n) { return std::to_string(n); }
  void write_line(std::string line);
  instant time_of(const party& p) const noexcept { return {now_ + p.skew}; }

  // the beginning (world_setup.cpp)
  void make_parties();
  void give_ends();
  void make_party(party& p, std::string name, octet who);
  void schedule();
  void schedule_submissions();
  void schedule_crashes();
  void schedule_links();
  void schedule_endpoints();
  void schedule_attacks();

  // keys that change (world_keys.cpp)
  struct key_pair;
  void schedule_rotations();
  void schedule_rotations_of_ends();
  void give_end_key(party& to_whom, const std::string& from, const std::string& to, int made);
  void rotate_ends(const std::string& from, const std::string& to, int made, std::int64_t wait);
  void rotate(key_pair& pair);
  void retire(key_pair& pair, std::string id, bool early);
  bool in_use(const key_pair& pair, const std::string& id) const;

  // carrying out (world_carry.cpp)
  template <class Party, class Outputs>
  void carry_out(Party& p, Outputs outs);
  void carry_one(sender_party& p, sender_output& o);
  void carry_one(relay_party& p, server_output& o);
  void carry_one(endpoint_party& p, receiver_output& o);
  void persist(party& p, const out::persist& o);
  void forget(party& p, const out::forget& o);
  void check_rename(const party& p, const out::persist& o, const memory_name& before) const;
  void took(endpoint_party& p, const message_name& name);
  void hand(endpoint_party& p, const out::deliver& o);
  void check_all_took(const out::persist& o);
  void note_skips(const endpoint_party& p, const out::persist& o);
  void report(sender_party& p, const out::report& o);
  void set_wake(party& p, instant at, std::function<void()> tick_it);
  void check_sizes() const;

  // roles' lives (world_life.cpp)
  void submit(int sender, int index, bool last);
  void withdraw(int at);
  void close(int sender, const std::string& destination);
  void answer(endpoint_party& p, const message_name& name, bool accept, bool again);
  void answer_unasked(endpoint_party& p);
  void tick(sender_party& p);
  void tick(relay_party& p);
  void tick(endpoint_party& p);
  template <class Party>
  void kill(Party& p);
  bool choose_store(party& p, fault old, fault lost);
  void restore(sender_party& p);
  void restore(relay_party& p);
  void hand_over(relay_party& p);
  void restore(endpoint_party& p);
  void set_link(sender_party& p, bool up, bool tell);
  void attach(endpoint_party& p);
  void detach(endpoint_party& p, bool tell);
  void tell_attached(const std::string& address, bool attached);

  // receivers without support (world_plain.cpp)
  void schedule_plain();
  void tell_plain(const std::string& destination, bool there);
  void tell_plain_again();
  void note_mark(const out::persist& o);
  void carry_plain(const out::plain& o);

  // the network (world_network.cpp)
  void send(const party& from, const std::string& from_address, const out::transmit& o);
  void pass(load all, const std::vector<std::string>& types);
  void alter_one(load& all);
  void launch(load all);
  void arrive(const stanza& s);
  void arrive_at(sender_party& p, const stanza& s);
  void arrive_at(relay_party& p, const stanza& s);
  void arrive_at(endpoint_party& p, const stanza& s);
  template <class Party>
  void receive(Party& p, const stanza& s);
  void bounce(const stanza& s);
  void count_altered(const stanza& s);
  bool may_answer(party& p);
  endpoint_party* endpoint_at(const std::string& address);
  sender_party* sender_at(std::string_view address);
  bool fork_to_devices(const stanza& s);

  // attackers (world_attack.cpp)
  void attack();
  stanza stolen();
  void forge(stanza& s);
  void cross_hop(stanza& s);
  void insider_sends();
  void false_relay_sends();
  void false_endpoint_sends();
  template <class Element>
  void send_sealed(party& p, const std::string& to, Element e, purpose as);
  void replay_everything();

  // ends (world_end.cpp)
  void begin_phase_two();
  void aftermath();
  void check_all_ended();
  void check_reached(const submission& s) const;
  bool had_a_fair_chance(const submission& s) const;
  void summarize();

  /// The relay and one peer of it: a sender, or all endpoints of a destination.
  struct key_pair {
    std::string peer;
    std::vector<party*> ends;
    std::vector<std::string> ids{"k1"};  ///< held; the last one is the newest
    int made = 1;
  };

  std::set<std::pair<std::string, std::string>> between_ends_;  ///< that hold a key of their own

  plan plan_;
  std::vector<std::string>* transcript_;
  int phase_ = 1;
  std::int64_t now_ = 0;
  std::int64_t faults_end_ = 0;
  std::uint64_t order_ = 0;
  std::uint64_t hash_ = 0xcbf29ce484222325ull;
  std::priority_queue<event> queue_;
  chance net_, life_, host_, attacker_, app_, keys_, closing_;
  std::deque<sender_party> senders_;
  relay_party relay_;
  std::deque<endpoint_party> endpoints_;
  std::deque<key_pair> key_pairs_;
  env insider_env_;  ///< of somebody with a key of its own
  std::optional<verifier<env>> insider_;
  std::optional<links> links_;
  std::vector<std::string> destinations_;
  std::set<std::string> old_;  ///< destinations at which a program without support is there
  books books_;
  order_books orders_;
  std::map<std::pair<std::string, std::string>, bundle> bundles_;  ///< of this instant: from, to
  std::vector<stanza_ref> ever_;                                   ///< all that was ever sent
  std::uint32_t ids_ = 0;
  std::uint64_t sent_now_ = 0;  ///< elements in the batch at hand
  std::uint64_t persisted_now_ = 0;
  bool altered_hop_two_ = false;
  bool trustless_ = false;   ///< somebody lies: books are kept, P2 and P3 not judged
  std::int64_t jumped_ = 0;  ///< the most that any clock was moved, added up
};

}  // namespace sim

#endif
