// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_EXCHANGE_WORLD_HPP
#define VIDIMUS_DOCS_EXAMPLES_EXCHANGE_WORLD_HPP

#include <functional>
#include <set>

#include "describe.hpp"
#include "disk.hpp"
#include "link.hpp"
#include "parties.hpp"
#include "post.hpp"

namespace exchange {

struct counts {
  std::uint64_t checks = 0, resent = 0, repeats = 0, syncs = 0, challenges = 0, deaths = 0,
                at_dead = 0, elements_looked_up = 0;
  std::uint64_t caught_by_code = 0, caught_unreadable = 0, changed_nothing = 0, never_read = 0;
};

/// The three parties, their stores, the links between them and the faults: one loop over virtual
/// time. The same options give the same run.
class world {
 public:
  using listener = std::function<void(const trace&, const moment&)>;

  world(const options& asked, post& office, listener tell)
      : asked_(asked),
        post_(office),
        dice_(asked.seed, 2),
        links_(asked, asked.seed),
        words_(books_, asked.show),
        tell_(std::move(tell)) {
    give_keys(env_, asked.mode, asked.seed);
    sender_.emplace(env_.of_sender, alice, relay, strict(vidimus::sender_limits{}));
    server_.emplace(env_.of_server, relay, strict(vidimus::server_limits{}));
    receiver_.emplace(env_.of_receiver, bob, strict(vidimus::receiver_limits{}));
    plan_submission(0);
    carry_out(sender_->link_restored(now_));
    carry_out(server_->attached(bob_here, now_));
  }

  /// One step; false when nothing is left to happen.
  bool step() {
    const vidimus::instant next_wake = std::min(wake_[0], wake_[1]);
    if (events_.empty() && next_wake == vidimus::never) return false;
    if (!events_.empty() && events_.begin()->first.first <= next_wake) {
      auto one = events_.extract(events_.begin());
      now_ = one.key().first;
      std::visit([this](auto& what) { happen(what); }, one.mapped());
      return true;
    }
    now_ = next_wake;
    const party who = wake_[0] == next_wake ? party::sender : party::server;
    std::exchange(wake_[index(who)], vidimus::never);
    if (who == party::sender && sender_) carry_out(sender_->tick(now_));
    if (who == party::server && server_) carry_out(server_->tick(now_));
    return true;
  }

  books& the_books() { return books_; }
  const trace& the_trace() const { return trace_; }
  const counts& the_counts() const { return counts_; }
  const link_counts& link_figures() const { return links_.counts(); }
  std::uint64_t told() const { return told_; }
  vidimus::instant last_outcome() const { return last_outcome_; }
  std::string digest() const { return digest_.so_far(); }

 private:
  struct submit_one {};
  struct accept {
    vidimus::message_name name;
    std::uint64_t life;  ///< of the receiver: a dead application answers nothing
  };
  struct cut_begins {
    bool hop_one;
  };
  struct cut_noticed {
    bool hop_one;
  };
  struct cut_ends {
    bool hop_one;
  };
  struct revive {
    party who;
  };
  using event = std::variant<packet, submit_one, accept, cut_begins, cut_noticed, cut_ends, revive>;

  static constexpr std::size_t index(party who) { return static_cast<std::size_t>(who); }
  void schedule(vidimus::span_ms in, event what) { schedule_at(now_ + in, std::move(what)); }
  void schedule_at(vidimus::instant at, event what) {
    events_.emplace(std::pair(at, ++order_), std::move(what));
  }

  // what happens (world_events.hpp)
  void happen(submit_one&);
  void happen(packet& p);
  void happen(accept& a);
  void happen(cut_begins& c);
  void happen(cut_noticed& c);
  void happen(cut_ends& c);
  void happen(revive& r);
  void after_submission();
  void plan_submission(std::int64_t in_ms);
  void receive(packet& p, vidimus::incoming& in, party who);
  bool weigh_alteration(const packet& p, const vidimus::incoming& in);

  // carrying out (world_carry.hpp)
  template <class Output>
  void carry_out(std::vector<Output> outputs);
  template <class Output>
  std::size_t until_death(const std::vector<Output>& outputs, party who);
  void carry(party who, const out::persist& o);
  void carry(party who, const out::forget& o) { disks_[index(who)].carry_out(o); }
  void carry(party who, const out::wake& o) { wake_[index(who)] = o.at; }
  void carry(party who, out::transmit& o);
  void carry(party, const out::plain&) {}  // nobody here is without support
  void carry(party who, const out::report& o);
  void carry(party who, const out::deliver& o);
  void die(party who);
  void look_up(const std::string& not_durable, int promise, std::uint64_t serial);
  void note_leg(way by, const vidimus::element& e, std::size_t octets,
                std::vector<packet>& packets);
  void note(moment m);
  bool follows() const { return told_first_ < asked_.show; }

  options asked_;
  post& post_;
  chance dice_;
  links links_;
  books books_;
  describer words_;
  listener tell_;
  environments env_;
  std::optional<sender> sender_;
  std::optional<server> server_;
  std::optional<receiver> receiver_;
  std::array<disk, 3> disks_;
  std::array<bool, 3> doomed_{};  ///< dies somewhere in its next outputs
  std::array<vidimus::instant, 2> wake_{vidimus::never, vidimus::never};
  std::uint64_t receiver_life_ = 0;
  bool planned_ = false;  ///< a submission is
  std::map<std::pair<vidimus::instant, std::uint64_t>, event> events_;
  std::uint64_t order_ = 0;
  vidimus::instant now_;
  std::uint64_t submitted_ = 0, told_ = 0, told_first_ = 0, cuts_planned_ = 0, deaths_planned_ = 0;
  std::optional<vidimus::message_name> unsure_;  ///< submitted when the sender died
  const vidimus::message_name* taking_ = nullptr;
  vidimus::instant last_outcome_;
  std::set<std::pair<bool, vidimus::message_name>> sent_, arrived_;
  trace trace_;
  counts counts_;
  run_digest digest_;
};

}  // namespace exchange

#include "world_carry.hpp"
#include "world_events.hpp"

#endif
