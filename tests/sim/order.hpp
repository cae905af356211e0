// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_SIM_ORDER_HPP
#define VIDIMUS_TESTS_SIM_ORDER_HPP

#include <set>

#include "ledger.hpp"

namespace sim {

/// What ordered endpoints handed over: by number in each life, nothing passed without a word, each
/// gap told with one message that was taken.
class order_books {
 public:
  /// An endpoint at a moment.
  struct place {
    int endpoint = 0;
    std::uint32_t life = 0;
    memory_name memory;
  };

  /// What a relay tells to be void.
  void told(const element& e);
  /// A `deliver`; `held` is the endpoint's record then.
  void handed(const place& at, const out::deliver& what, const record::receiver_conversation& held);
  /// The application took it.
  void answered(const place& at, const message_name& name);
  /// What the endpoint's record is from now on.
  void stored(const place& at, const record::receiver_conversation& held);

 private:
  using line_key = ledger::line_key;
  /// Under one memory.
  struct line {
    number highest = 0;             ///< handed over, not again
    std::uint32_t life = 0;         ///< of the latest
    number highest_in_life = 0;     ///< handed over in it
    std::map<number, ranges> with;  ///< what was told as skipped with which message
    std::map<number, number> told;  ///< with which it was told that is stored as taken
    /// Whether word of a gap is durable. Before that it comes again where the process ended: with
    /// the same message, or with the next one if the relay has passed that meanwhile.
    bool told_with_another(number gap, number n) const {
      const auto at = told.find(gap);
      return at != told.end() && at->second != n;
    }
  };
  std::map<std::tuple<int, memory_name, line_key>, line> lines_;
  std::map<std::pair<int, line_key>, std::set<number>> skipped_;  ///< under any memory
  std::map<line_key, ranges> voids_;
};

}  // namespace sim

#endif
