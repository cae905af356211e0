// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "explorer.hpp"

namespace explore {

const alternative& explorer::result_of(const triple& at, const step_taken& by) const {
  machine& m = of(by.party);
  const std::uint32_t now = at[fsm::index_of(by.party)];
  return by.is_element ? m.on_element(now, by.what)[by.alternative]
                       : m.moves(now)[by.what].to[by.alternative];
}

std::string explorer::sent_text(const std::vector<std::uint32_t>& sent) const {
  std::string out;
  for (std::uint32_t e : sent) out += "\n         sends " + net_.text(e);
  return out;
}

std::string explorer::text_of(const triple& at, const step_taken& by) const {
  machine& m = of(by.party);
  const std::uint32_t now = at[fsm::index_of(by.party)];
  const alternative& one = result_of(at, by);
  std::string out(who_names[fsm::index_of(by.party)]);
  out += by.is_element ? " gets " + net_.text(by.what)
                       : ": " + m.text(now, m.moves(now)[by.what].what);
  if (one.altered > 0) out += ", altered in way " + std::to_string(one.altered);
  if (one.quick) out += ", soon after its latest question";
  if (one.died_before > 0)
    out += ", dies before it carries out output " + std::to_string(one.died_before);
  return out + sent_text(one.sends);
}

/// The steps from the start, and of the deliveries that changed nothing those that were needed.
void explorer::print_trace(std::uint32_t last, const step_taken* by) const {
  std::vector<std::uint32_t> path;
  for (std::uint32_t s = last; s != none; s = states_[s].parent) path.push_back(s);
  std::reverse(path.begin(), path.end());
  std::map<std::uint32_t, origin> why;
  std::vector<std::pair<triple, step_taken>> steps;
  bits net = nets_[states_[path.front()].net];
  net.each(net, {}, [&](std::uint32_t e) { why.try_emplace(e, origin{0, net_.at(e).from, none}); });
  if (!before_.empty()) std::printf("  begins after\n%s", before_.c_str());
  for (std::size_t i = 0; i < path.size(); ++i) {
    const triple& at = states_[path[i]].at;
    const_cast<explorer*>(this)->close(net, at, &why, i);
    const step_taken* next = i + 1 < path.size() ? &states_[path[i + 1]].by : by;
    if (next == nullptr) break;
    steps.emplace_back(at, *next);
    for (std::uint32_t e : result_of(at, *next).sends) {
      net.add(e);
      why.try_emplace(e, origin{i, next->party, none});
    }
  }
  std::map<std::size_t, std::vector<std::uint32_t>> needed;  // by place, in reverse order
  for (const auto& [at, step] : steps)
    for (std::uint32_t e = step.is_element ? step.what : none; e != none;) {
      const origin& from = why.at(e);
      if (from.answers == none) break;
      auto& here = needed[from.place];
      if (std::find(here.begin(), here.end(), e) != here.end()) break;
      here.push_back(e);
      e = from.answers;
    }
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (auto here = needed.find(i); here != needed.end())
      for (auto e = here->second.rbegin(); e != here->second.rend(); ++e)
        std::printf("     %s gets %s\n         sends %s\n",
                    std::string(who_names[fsm::index_of(why.at(*e).party)]).c_str(),
                    net_.text(why.at(*e).answers).c_str(), net_.text(*e).c_str());
    if (i < steps.size())
      std::printf("%3zu. %s\n", i + 1, text_of(steps[i].first, steps[i].second).c_str());
  }
}

}  // namespace explore
