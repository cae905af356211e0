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

 private:
  using line_key = ledger::line_key;
  /// Under one memory.
  struct line {
    number highest = 0;          ///< handed over, not again
    std::uint32_t life = 0;      ///< of the latest
    number highest_in_life = 0;  ///< handed over in it
    std::set<number> told;       ///< as skipped, with what was taken
    std::map<number, ranges> with;
  };
  std::map<std::tuple<int, memory_name, line_key>, line> lines_;
  std::map<std::pair<int, line_key>, std::set<number>> skipped_;  ///< under any memory
  std::map<line_key, ranges> voids_;
};

}  // namespace sim

#endif
