// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_EXPLORE_PARALLEL_HPP
#define VIDIMUS_TESTS_EXPLORE_PARALLEL_HPP

#include "explorer.hpp"

namespace explore {

/// Explores worlds, so many at once, each in a process of its own; prints in their order what each
/// has to say. False if one of them is not good.
bool explore_all(const std::vector<world>& worlds, const explorer::limits& most,
                 std::size_t at_once);

}  // namespace explore

#endif
