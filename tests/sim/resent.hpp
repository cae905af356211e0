// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_SIM_RESENT_HPP
#define VIDIMUS_TESTS_SIM_RESENT_HPP

namespace sim {

/// Runs worlds of fixed seeds that lose one element of ten, over links from 20 ms to 3 s, and
/// prints what was sent again for what was lost. False: more than allowed, or a promise broke.
bool little_is_resent();

}  // namespace sim

#endif
