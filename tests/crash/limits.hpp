// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_CRASH_LIMITS_HPP
#define VIDIMUS_TESTS_CRASH_LIMITS_HPP

#include "crash.hpp"

namespace crash {

/// Few conversations, so that lives of the sender drive each other out (name.memory).
inline server_limits limits_of_server() {
  server_limits l = strict(server_limits{});
  l.window = 64;
  l.conversations_per_peer = 16;
  l.retry = quick_retry();
  return l;
}

}  // namespace crash

#endif
