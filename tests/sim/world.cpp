// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "world.hpp"

namespace sim {

namespace {

/// More than any world needs; a storm of answers to answers would never end.
constexpr std::uint64_t events_most = 400000;

}  // namespace

void tally::add(const tally& other) {
  seeds += other.seeds;
  events += other.events;
  submissions += other.submissions;
  elements += other.elements;
  not_accepted += other.not_accepted;
  delivered_more += other.delivered_more;
  for (std::size_t i = 0; i < faults.size(); ++i) faults[i] += other.faults[i];
  for (std::size_t i = 0; i < outcomes.size(); ++i) outcomes[i] += other.outcomes[i];
  for (std::size_t i = 0; i < notices.size(); ++i) notices[i] += other.notices[i];
  octets.add(other.octets);
  used.merge(other.used);
}

world::world(const plan& p, std::vector<std::string>* transcript)
    : plan_(p),
      transcript_(transcript),
      now_(10'000'000),
      net_(p.seed, 2),
      life_(p.seed, 3),
      host_(p.seed, 4),
      attacker_(p.seed, 5),
      app_(p.seed, 6),
      keys_(p.seed, 7),
      closing_(p.seed, 20) {
  did.seeds = 1;
  trustless_ = books_.lenient = p.trustless();
  books_.altered_least = static_cast<int>(std::min(2u, p.of_sender.altered_max));
  if (p.links != link_kind::by_faults) links_.emplace(p.links, p.seed);
  make_parties();
}

void world::at(std::int64_t when, std::function<void()> what) {
  queue_.push({std::max(when, now_), order_++, std::move(what)});
}

void world::run_until(std::int64_t end) {
  while (!queue_.empty() && queue_.top().at <= end) {
    event e = std::move(const_cast<event&>(queue_.top()));  // it is popped at once
    queue_.pop();
    now_ = e.at;
    note(static_cast<std::uint64_t>(now_));
    if (++did.events > events_most) broken("P5", "the world does not come to rest");
    e.what();
    if (did.events % 64 == 0) check_sizes();
  }
  now_ = std::max(now_, end);
}

void world::run() {
  schedule();
  faults_end_ = now_ + plan_.phase_one;
  run_until(faults_end_);
  begin_phase_two();
  // as long as any lifetime and grace, and some time for the last words
  run_until(now_ + 5200 * 1000);
  check_sizes();
  books_.check_ends_are_true();
  check_all_ended();
  aftermath();
  books_.check_ends_are_true();
  summarize();
}

void world::write_line(std::string line) {
  const std::int64_t t = now_ - 10'000'000;
  std::string stamp = std::to_string(t / 1000) + "." + std::to_string(t % 1000 + 1000).substr(1);
  transcript_->push_back(std::string(9 - std::min<std::size_t>(9, stamp.size()), ' ') + stamp +
                         "  " + std::move(line));
}

void world::summarize() {
  did.elements = ids_;
  if (links_) did.octets = links_->counted();
  did.submissions = books_.all.size();
  for (const submission& s : books_.all) {
    if (!s.accepted) ++did.not_accepted;
    if (s.effects.size() > 1) ++did.delivered_more;
    if (!s.reports.empty()) ++did.outcomes[static_cast<std::size_t>(s.reports.front().ended)];
  }
  const auto add = [&](const party& p) {
    for (std::size_t i = 0; i < notice_count; ++i) did.notices[i] += p.e.watch.notices[i];
  };
  for (const party& p : senders_) add(p);
  for (const party& p : endpoints_) add(p);
  add(relay_);
}

}  // namespace sim
