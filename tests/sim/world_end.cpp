// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "world_carry.hpp"

namespace sim {

namespace {

/// Lifetime left when the faults end, of a message that must arrive.
constexpr std::int64_t long_enough = 600 * 1000;
/// Parties that died are up again, and applications have answered, after this.
constexpr std::int64_t answer_most = 90 * 1000;

}  // namespace

/// The faults stop: links are up, endpoints attached, nobody dies any more.
void world::begin_phase_two() {
  phase_ = 2;
  say("--- the faults end");
  relay_.crash_armed = false;
  for (sender_party& p : senders_) p.crash_armed = false;
  for (endpoint_party& p : endpoints_) p.crash_armed = false;
  for (sender_party& p : senders_)
    if (!p.link || !p.told) set_link(p, true, true);
  for (endpoint_party& p : endpoints_) {
    if (!p.up) continue;  // attaches when it is up again
    // an endpoint to which messages were altered on the way, or that answered none of so many
    // syncs, is served again in its next session
    if (!p.online || altered_hop_two_ || plan_.has(fault::lose) || plan_.has(fault::rotate))
      attach(p);
  }
  // sessions that the relay was never told to be over: it hears of them now, and late
  if (plan_.has(fault::ghost))
    for (const stanza_ref& one : ever_)
      if (one->from == relay_.bare && one->to.find("@d.") != std::string::npos)
        after(15000, [this, to = one->to] {
          const endpoint_party* p = endpoint_at(to);
          if (p == nullptr || !p->online) tell_attached(to, false);
        });
  for (int i = 0; i < plan_.senders; ++i)
    for (int d = 0; d < plan_.destinations; ++d)
      if (!plan_.crowd || d == i) after(20000, [this, i, d] { submit(i, d, true); });
}

/// P2, at least once, under its conditions: what the books know against them.
bool world::had_a_fair_chance(const submission& s) const {
  if (jumped_ != 0 || trustless_ || s.withdraw_asked || s.refusals > 0 || s.skips > 0 ||
      s.altered_on_hop_one > 1 || s.rolled_back)
    return false;
  if (s.expires() < faults_end_ + long_enough) return false;
  if (plan_.oversize_at != 0 &&
      (s.canonical.size() > plan_.oversize_at - 10 || s.lifetime_s > 4000))
    return false;
  // limits may keep it out
  return !plan_.has(fault::tight);
}

void world::check_reached(const submission& s) const {
  if (!had_a_fair_chance(s)) return;
  // P7: custody that a lost store gave is lost, and nobody holds what was reported as executed
  if (!s.report && relay_.restores_of_old > 0) return;
  if (s.marked) {  // a server that died between mark and sending lost it
    if (s.left == 0 && relay_.life == 0) broken("P2", "marked, never left: " + books_.describe(s));
    return;
  }
  // somebody who had to take it is no more
  const auto gone = [&](const endpoint_party& p) {
    return p.bare == s.destination && (p.restores_of_old > 0 || p.renames > 0);
  };
  if (s.all && std::any_of(endpoints_.begin(), endpoints_.end(), gone)) return;
  const outcome ended = s.reports.front().ended;
  // a server that is set back forgets which endpoint it had chosen, and the other one was told that
  // it would not get this one: it has closed the number
  const auto could_take = std::count_if(endpoints_.begin(), endpoints_.end(),
                                        [&](const auto& p) { return p.bare == s.destination; });
  const bool chosen_anew = relay_.restores_of_old > 0 && could_take > 1;
  if (s.effects.empty() && chosen_anew && ended == outcome::uncertain) return;
  if (s.effects.empty()) broken("P2", "never taken: " + books_.describe(s));
  // where no report was asked, the better news may come first all the same; and an endpoint may
  // have closed what a server that lost its store sends once more
  if (ended == outcome::uncertain && relay_.restores_of_old > 0) return;
  const std::int64_t most =
      std::max(plan_.of_sender.retry.most.count, plan_.of_server.retry.most.count);
  if (s.reported > std::max(faults_end_, s.submitted) + answer_most + 3 * most)
    broken("P2", "an outcome, but long after all was well: " + books_.describe(s));
  if (ended != outcome::delivered && (s.report || ended != outcome::executed))
    broken("P2", "taken, but reported otherwise: " + books_.describe(s));
}

void world::check_all_ended() {
  std::size_t unfinished = 0;
  for (const submission& s : books_.all) {
    if (!s.accepted) {
      if (!s.effects.empty() && !trustless_)
        broken("P3", "taken, but never accepted: " + books_.describe(s));
      continue;
    }
    if (trustless_) continue;
    const bool forgotten = s.rolled_back && !s.living_again;
    // one that waited for room at its sender may live on
    const bool over = s.expires() + jumped_ + plan_.of_sender.grace.count + 20000 < now_;
    unfinished += s.reports.empty() && !over ? 1u : 0u;
    if (s.reports.empty() && !forgotten && over) broken("P3", "no outcome: " + books_.describe(s));
    if (s.reports.empty()) continue;
    check_reached(s);
    const std::int64_t latest =
        std::max(s.expires(), faults_end_ + 20000) + plan_.of_sender.grace.count + 20000 + jumped_;
    if (s.reported > latest && !s.rolled_back)
      broken("P3", "an outcome later than lifetime and grace: " + books_.describe(s));
  }
  if (unfinished > 0 || trustless_) return;
  for (const sender_party& p : senders_) {
    if (p.role->unfinished() != 0) broken("P6", "something stays unfinished at " + p.name);
    if (!p.held.messages.empty() || !p.held.payloads.empty())
      broken("P6", "records of ended messages stay at " + p.name);
    if (p.held.sender_lines.size() > destinations_.size())
      broken("P6", "records of past conversations stay at " + p.name);
  }
}

/// Long after: everything comes again, perhaps to parties that lost their stores.
void world::aftermath() {
  say("--- everything is sent once more");
  if (plan_.has(fault::aftermath_loss)) {
    hit(fault::aftermath_loss);
    const auto lose = [&](auto& p) {
      if (!p.up) return;
      p.role.reset();
      p.up = false;
      ++p.life;
      ++p.restores_of_old;
      p.wake = INT64_MAX;
      p.store.clear();
      p.held.rebuild(p.store);
      restore(p);
    };
    if (life_.one_in(2)) lose(relay_);
    for (endpoint_party& p : endpoints_)
      if (life_.one_in(2)) lose(p);
  }
  replay_everything();
  run_until(now_ + 300 * 1000);
}

}  // namespace sim
