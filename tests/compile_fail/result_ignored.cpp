// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// A refused command cannot go unnoticed: a result has to be looked at.
// expect: nodiscard
#include "vidimus/base/result.hpp"

vidimus::result<int> command();

int main() {
#ifdef OFFENCE
  command();
#else
  return command() ? 0 : 1;
#endif
}

vidimus::result<int> command() { return vidimus::errc::window_full; }
