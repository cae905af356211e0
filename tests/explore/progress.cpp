// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "explorer.hpp"

namespace explore {

namespace {

constexpr int rounds_max = 8;
/// From this round on the receiver's address is attached anew in each: what was suspended because
/// it arrived altered goes on then (s6.stop).
constexpr int attach_anew_from = 4;
constexpr int deliveries_max = 500;

}  // namespace

/// From every state an end is in reach without deadline or withdrawal. Shown in a stronger form:
/// everything on the way is lost, all links and processes come back, and from then on nothing is
/// lost and every timer falls in its turn.
bool explorer::all_reach_an_end() {
  std::vector<triple> all;
  for (const auto& [at, head] : by_triple_) all.push_back(at);
  std::sort(all.begin(), all.end(),
            [&](const triple& a, const triple& b) { return by_triple_.at(a) < by_triple_.at(b); });
  std::size_t stuck = 0;
  for (const triple& at : all) {
    if (reaches_an_end(at, nullptr)) continue;
    if (++stuck > 1) continue;
    std::printf("STUCK in world %s: no end in reach after\n", in_.name.c_str());
    print_trace(by_triple_.at(at), nullptr);
    std::string log;
    (void)reaches_an_end(at, &log);
    std::printf("  then, with all that is on the way lost:\n%s", log.substr(0, 12000).c_str());
  }
  if (stuck > 0) std::printf("  stuck: %zu of %zu\n", stuck, all.size());
  return stuck == 0;
}

bool explorer::reaches_an_end(const triple& from, std::string* log) {
  std::vector<triple> passed;
  triple at = from;
  bool reached = false;
  for (int i = 0; i < rounds_max && !reached; ++i) {
    if (log == nullptr && ends_in_reach_.contains(at)) {
      reached = true;
      break;
    }
    passed.push_back(at);
    if (log != nullptr) *log += "  round " + std::to_string(i + 1) + "\n";
    on_the_way_.clear();
    if (!round(at, i >= attach_anew_from, log)) return false;
    reached = sender_->ended(at[0]);
  }
  if (reached) ends_in_reach_.insert(passed.begin(), passed.end());
  return reached;
}

/// The plain way, without any accident: the other alternatives are choices of the world.
void explorer::apply(triple& at, who party, const std::vector<alternative>& all, std::string* log,
                     const std::string& text) {
  for (const alternative& one : all) {
    if (one.altered > 0 || one.quick || one.died_before > 0) continue;
    at[fsm::index_of(party)] = one.to;
    on_the_way_.insert(on_the_way_.end(), one.sends.begin(), one.sends.end());
    if (log != nullptr)
      *log += "    " + std::string(who_names[fsm::index_of(party)]) + text + sent_text(one.sends) +
              "\n";
    return;
  }
}

void explorer::apply_moves(triple& at, who party, kind what, std::string* log) {
  machine& m = of(party);
  for (std::uint8_t index = 0; index < 8; ++index) {
    const std::uint32_t now = at[fsm::index_of(party)];
    for (const move& one : m.moves(now)) {
      if (!(one.what == input{what, index})) continue;
      apply(at, party, one.to, log, ": " + m.text(now, one.what));
      break;
    }
  }
}

/// Delivers all that is on the way, and what that causes, in order. False: it never ends. `all`: to
/// which what was on the way is added.
bool explorer::drain(triple& at, std::string* log, bits* all) {
  for (int i = 0; i < deliveries_max; ++i) {
    if (on_the_way_.empty()) return true;
    const std::uint32_t element = on_the_way_.front();
    on_the_way_.pop_front();
    if (all != nullptr) all->add(element);
    const who to = net_.at(element).to;
    machine& m = of(to);
    apply(at, to, m.on_element(at[fsm::index_of(to)], element), log, " gets " + net_.text(element));
    apply_moves(at, who::receiver, kind::accept, log);
  }
  return false;
}

/// Where the exploration begins, and what has been sent by then.
triple explorer::begin(bits& net) {
  triple at{sender_->start(), server_->start(), receiver_->start()};
  if (in_.late == 0) return at;
  for (kind what : {kind::link_restored, kind::submit, kind::crash}) {
    apply_moves(at, who::sender, what, &before_);
    (void)drain(at, &before_, &net);
  }
  return at;
}

/// Everything comes back that is down; then every timer falls once. False: elements answer each
/// other for ever.
bool explorer::round(triple& at, bool attach_anew, std::string* log) {
  for (who w : {who::sender, who::server, who::receiver}) apply_moves(at, w, kind::restore, log);
  apply_moves(at, who::receiver, kind::accept, log);
  apply_moves(at, who::sender, kind::link_restored, log);
  if (attach_anew || !server_->at(at[1]).books.attached)
    apply_moves(at, who::server, kind::attach, log);
  if (!drain(at, log)) return false;
  if (sender_->ended(at[0])) return true;
  apply_moves(at, who::server, kind::timer, log);
  if (!drain(at, log)) return false;
  apply_moves(at, who::sender, kind::timer, log);
  return drain(at, log);
}

}  // namespace explore
