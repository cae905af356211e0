// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "explorer.hpp"

#include <ctime>
#include <set>
#include <vidimus/fsm/coverage.hpp>

namespace explore {

explorer::explorer(const world& in, const limits& most)
    : in_(in),
      most_(most),
      sender_(std::make_unique<sender_machine>(in_, net_)),
      server_(std::make_unique<server_machine>(in_, net_)),
      receiver_(std::make_unique<receiver_machine>(in_, net_)),
      machines_{sender_.get(), server_.get(), receiver_.get()} {}

/// What no order of events may bring about. The books only grow, so a broken promise stays broken.
const char* explorer::judge(const triple& at) const {
  const sender_books& told = sender_->at(at[0]).books;
  const receiver_books& took = receiver_->at(at[2]).books;
  for (std::size_t i = 0; i < told.messages.size(); ++i) {
    const std::uint8_t outcomes = told.messages[i].told;
    if ((outcomes & certain_negatives) != 0 && took.took(i))
      return "P3: reported withdrawn, expired or failed, and accepted by the application";
    if ((outcomes & bit_of(outcome::delivered)) != 0 && !took.took(i))
      return "P3: reported delivered, and not accepted by the application";
    if (took.passed(i) && !server_->passes(at[1], told.messages[i].name))
      return "order: a number was passed without a word that is not void";
    if (took.told_late(i) && took.took(i)) return "order: skipped, and accepted";
  }
  return nullptr;
}

std::uint32_t explorer::intern(bits&& net) {
  const auto& words = net.words();
  const octets_view raw(reinterpret_cast<const octet*>(words.data()),
                        words.size() * sizeof(words[0]));
  const auto [at, fresh] =
      net_ids_.try_emplace(print::of(raw), static_cast<std::uint32_t>(nets_.size()));
  if (fresh) nets_.push_back(std::move(net));
  return at->second;
}

void explorer::mark_addressees() {
  for (; addressed_up_to_ < net_.size(); ++addressed_up_to_) {
    addressed_[fsm::index_of(net_.at(addressed_up_to_).to)].add(addressed_up_to_);
    if (net_.asks_or_answers(addressed_up_to_)) questions_.add(addressed_up_to_);
  }
}

/// The element, or what it stands for once its question is not open any more.
std::uint32_t explorer::form_of(std::uint32_t element, const triple& at) {
  if (most_.exact || !net_.asks_or_answers(element)) return element;
  const wire& w = net_.at(element);
  const bool hop_one = w.from == who::sender || w.to == who::sender;
  const bool open = hop_one ? sender_->asks(at[0], net_.question(element))
                            : server_->asks(at[1], net_.question(element));
  if (open) return element;
  return net_.stale_form(element, w.from == who::sender   ? sender_->environment()
                                  : w.from == who::server ? server_->environment()
                                                          : receiver_->environment());
}

void explorer::forget_old_questions(bits& net, const triple& at,
                                    std::map<std::uint32_t, origin>* why) {
  const bits before = net;
  before.each(questions_, {}, [&](std::uint32_t element) {
    const std::uint32_t form = form_of(element, at);
    if (form == element) return;
    net.remove(element);
    net.add(form);
    if (why != nullptr) why->try_emplace(form, why->at(element));
  });
}

/// Adds what deliveries make the parties send without changing them.
void explorer::close(bits& net, const triple& at, std::map<std::uint32_t, origin>* why,
                     std::size_t place) {
  mark_addressees();
  forget_old_questions(net, at, why);
  for (bool more = true; more;) {
    more = false;
    for (who w : {who::sender, who::server, who::receiver}) {
      machine& m = of(w);
      const std::uint32_t now = at[fsm::index_of(w)];
      mark_addressees();
      const bits before = net;
      before.each(addressed_[fsm::index_of(w)], m.tried(now),
                  [&](std::uint32_t element) { (void)m.on_element(now, element); });
      before.each(m.answered(now), {}, [&](std::uint32_t element) {
        for (const alternative& one : m.on_element(now, element)) {
          if (one.to != now || one.beyond || one.broken != nullptr) continue;
          for (std::uint32_t sent : one.sends) {
            const std::uint32_t e = form_of(sent, at);
            if (net.has(e)) continue;
            net.add(e);
            more = true;
            if (why != nullptr) why->try_emplace(e, origin{place, w, element});
          }
        }
      });
    }
  }
}

/// Whether a known state with these parties has all of the set; those with less are marked.
bool explorer::covered_by_known(const triple& at, const bits& net) {
  const auto head = by_triple_.find(at);
  if (head == by_triple_.end()) return false;
  for (std::uint32_t s = head->second; s != none; s = states_[s].next)
    if (net.within(nets_[states_[s].net])) return true;
  std::uint32_t* link = &head->second;
  while (*link != none) {
    state& known = states_[*link];
    if (nets_[known.net].within(net)) {
      known.covered = true;
      *link = known.next;
    } else {
      link = &known.next;
    }
  }
  return false;
}

void explorer::broken(const char* sentence, std::uint32_t from, const step_taken* by) {
  std::printf("BROKEN in world %s: %s\n", in_.name.c_str(), sentence);
  print_trace(from, by);
  stopped_ = true;
}

void explorer::take(std::uint32_t from, const step_taken& by, const alternative& one) {
  ++transitions_;
  if (one.broken != nullptr) return broken(one.broken, from, &by);
  triple at = states_[from].at;
  at[fsm::index_of(by.party)] = one.to;
  if (const char* sentence = judge(at)) return broken(sentence, from, &by);
  bits net = nets_[states_[from].net];
  for (std::uint32_t e : one.sends) net.add(e);
  close(net, at, nullptr, 0);
  if (covered_by_known(at, net)) return;
  const auto id = static_cast<std::uint32_t>(states_.size());
  const auto [head, fresh] = by_triple_.try_emplace(at, none);
  states_.push_back({at, intern(std::move(net)), from, head->second, by, false});
  head->second = id;
}

void explorer::expand(std::uint32_t from) {
  const triple at = states_[from].at;
  for (who w : {who::sender, who::server, who::receiver}) {
    machine& m = of(w);
    const std::uint32_t now = at[fsm::index_of(w)];
    const auto& moves = m.moves(now);
    for (std::uint32_t i = 0; i < moves.size(); ++i)
      for (std::uint16_t a = 0; a < moves[i].to.size(); ++a)
        if (!moves[i].to[a].beyond && !stopped_) take(from, {i, a, w, false}, moves[i].to[a]);
    const bits moving = m.moving(now);
    nets_[states_[from].net].each(moving, {}, [&](std::uint32_t element) {
      const auto& all = m.on_element(now, element);
      for (std::uint16_t a = 0; a < all.size(); ++a)
        if (!all[a].beyond && !stopped_ && (all[a].to != now || all[a].broken != nullptr))
          take(from, {element, a, w, true}, all[a]);
    });
  }
}

bool explorer::explore() {
  bits net;
  const triple start = begin(net);
  states_.push_back({start, intern(std::move(net)), none, none, {}, false});
  by_triple_[start] = 0;
  for (std::uint32_t next = 0; next < states_.size() && !stopped_; ++next) {
    if (states_.size() > most_.states_max) {
      std::printf("world %s: NOT exhausted, stopped at %zu states\n", in_.name.c_str(),
                  states_.size());
      return false;
    }
    if (!states_[next].covered) expand(next);
    if (most_.verbose && next % 100000 == 99999)
      std::printf("  ... %u of %zu states, %zu+%zu+%zu of the parties, %u elements, %zu sets\n",
                  next + 1, states_.size(), sender_->count(), server_->count(), receiver_->count(),
                  net_.size(), nets_.size());
  }
  return !stopped_;
}

bool explorer::run() {
  const std::clock_t begin = std::clock();
  const auto seconds_since = [](std::clock_t t) {
    return static_cast<double>(std::clock() - t) / CLOCKS_PER_SEC;
  };
  const bool safe = explore();
  std::printf(
      "world %-22s %8zu states %9zu parties' triples %10llu transitions %6.1f s%s"
      "  [%zu/%zu/%zu states of the parties, %u elements]\n",
      in_.name.c_str(), states_.size(), by_triple_.size(),
      static_cast<unsigned long long>(transitions_), seconds_since(begin), safe ? " exhausted" : "",
      sender_->count(), server_->count(), receiver_->count(), net_.size());
  std::fflush(stdout);
  if (!safe || in_.progress == 0) return safe;
  const std::clock_t then = std::clock();
  const bool reached = all_reach_an_end();
  std::printf("world %-22s ends in reach from %s, %.1f s\n", in_.name.c_str(),
              reached ? "all states" : "NOT all states", seconds_since(then));
  std::fflush(stdout);
  return reached;
}

}  // namespace explore
