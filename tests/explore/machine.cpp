// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "machine.hpp"

namespace explore {

/// Leaves out what has no effect or was found before.
void machine::tidy(std::uint32_t state, std::vector<alternative>& all) {
  std::vector<alternative> kept;
  for (alternative& one : all) {
    std::sort(one.sends.begin(), one.sends.end());
    one.sends.erase(std::unique(one.sends.begin(), one.sends.end()), one.sends.end());
    if (one.to == state && one.sends.empty() && one.broken == nullptr) continue;
    const bool before = std::any_of(kept.begin(), kept.end(), [&](const alternative& k) {
      return k.to == one.to && k.broken == one.broken &&
             std::includes(k.sends.begin(), k.sends.end(), one.sends.begin(), one.sends.end());
    });
    if (before) continue;
    beyond_ += one.beyond ? 1 : 0;
    kept.push_back(std::move(one));
  }
  all = std::move(kept);
}

const std::vector<alternative>& machine::on_element(std::uint32_t state, std::uint32_t element) {
  entry& known = known_[state];
  if (element >= known.results.size()) known.results.resize(element + 1);
  std::uint32_t& place = known.results[element];
  if (place == 0) {
    std::vector<alternative> all;
    arrive(state, element, all);
    tidy(state, all);
    known.tried.add(element);
    for (const alternative& one : all)
      if (!one.beyond)
        (one.to == state && one.broken == nullptr ? known.answered : known.moving).add(element);
    place = 1;  // the empty result stands first
    if (!all.empty()) {
      results_.push_back(std::move(all));
      place = static_cast<std::uint32_t>(results_.size());
    }
  }
  return results_[place - 1];
}

const std::vector<move>& machine::moves(std::uint32_t state) {
  entry& known = known_[state];
  if (!known.listed) {
    std::vector<move> all;
    list(state, all);
    for (move& one : all) tidy(state, one.to);
    std::erase_if(all, [](const move& one) { return one.to.empty(); });
    known.moves = std::move(all);
    known.listed = true;
  }
  return known.moves;
}

}  // namespace explore
