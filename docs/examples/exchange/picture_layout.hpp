// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_EXCHANGE_PICTURE_LAYOUT_HPP
#define VIDIMUS_DOCS_EXAMPLES_EXCHANGE_PICTURE_LAYOUT_HPP

#include <algorithm>
#include <array>
#include <map>

#include "svg.hpp"
#include "trace.hpp"

namespace exchange {

/// Where the columns of the picture are: a lane for each party, with its notes in it, and a gap for
/// each hop, with its arrows in it. So notes and arrows never meet.
struct columns {
  static constexpr double width = 1000, time = 58, lane = 202, gap = 162, top = 96;
  static constexpr double left_of(party who) {
    return time + static_cast<double>(who) * (lane + gap);
  }
  static constexpr double right_of(party who) { return left_of(who) + lane; }
  static constexpr double middle_of(party who) { return left_of(who) + lane / 2; }
  /// Where an arrow begins or ends: the edge of the lane that faces the hop.
  static constexpr double edge(way by, party who) {
    const bool on_the_left = is_hop_one(by) ? who == party::server : who == party::receiver;
    return on_the_left ? left_of(who) : right_of(who);
  }
};
static_assert(columns::right_of(party::receiver) <= columns::width - 10);

/// A piece of waiting, shortened: between the two heights nothing happened for so long.
struct pause {
  double from = 0, to = 0;
  std::int64_t ms = 0;
};

/// Heights. Time goes down, not to scale: everything keeps its order, and has room for its words.
struct layout {
  std::vector<double> y;  ///< of each moment
  std::vector<pause> pauses;
  double bottom = columns::top;
};

/// What is used so far of each lane (by notes), each gap (by the words on arrows) and each edge of
/// a lane (by the tips of arrows, which words on the same edge must not cover).
class room {
 public:
  /// The least height from which on there is room for that moment.
  double needed(const trace& of, const moment& m) const {
    if (in_lane(m)) return notes_[static_cast<std::size_t>(m.who)] + (m.is == what::died ? 26 : 17);
    if (m.is == what::cut || m.is == what::mended) return words_[m.hop_one ? 0 : 1] + 20;
    const way by = of.legs[m.by_leg].by;
    if (m.is == what::arrives) return tips_[edge(by, end_of(by))] + 7;
    return std::max(words_[gap(by)] + 18, tips_[edge(by, start_of(by))] + 18);
  }
  void take(const trace& of, const moment& m, double y) {
    if (in_lane(m)) {
      notes_[static_cast<std::size_t>(m.who)] = m.is == what::restored ? y + 8 : y;
    } else if (m.is == what::cut || m.is == what::mended) {
      words_[m.hop_one ? 0 : 1] = y + 4;
    } else {
      const way by = of.legs[m.by_leg].by;
      if (m.is == what::departs) words_[gap(by)] = y;
      if (m.is == what::arrives)
        tips_[edge(by, end_of(by))] = y;
      else if (of.legs[m.by_leg].lost)
        tips_[edge(by, end_of(by))] = y + 14;  // the cross
    }
  }

 private:
  static bool in_lane(const moment& m) {
    return m.is == what::note || m.is == what::died || m.is == what::restored;
  }
  static std::size_t gap(way by) { return is_hop_one(by) ? 0 : 1; }
  static std::size_t edge(way by, party who) {
    return 2 * gap(by) + (who == (is_hop_one(by) ? party::sender : party::server) ? 0 : 1);
  }
  std::array<double, 3> notes_{};
  std::array<double, 2> words_{};
  std::array<double, 4> tips_{};
};

inline layout lay_out(const trace& of) {
  constexpr std::int64_t long_pause = 400;
  layout out;
  room left;
  double y = columns::top + 12;
  std::map<std::size_t, double> departed;
  const moment* before = nullptr;
  for (const moment& m : of.moments) {
    const bool copy = m.is == what::departs && of.legs[m.by_leg].copy;
    if (before != nullptr && m.at != before->at) {
      const auto waited = (m.at - before->at).count;
      if (waited >= long_pause) out.pauses.push_back({y + 10, y + 34, waited});
      y += waited >= long_pause ? 46 : 4;
    }
    if (!copy) y = std::max(y, left.needed(of, m));  // the copy leaves where the first leaves
    if (m.is == what::arrives)                       // never level: time goes down
      y = std::max(y, departed[m.by_leg] + 14);
    if (m.is == what::departs) departed[m.by_leg] = y;
    left.take(of, m, y);
    out.y.push_back(y);
    before = &m;
  }
  out.bottom = y + 26;
  return out;
}

}  // namespace exchange

#endif
