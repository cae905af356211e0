// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_CRASH_JUDGE_HPP
#define VIDIMUS_TESTS_CRASH_JUDGE_HPP

#include <string>

namespace crash {

/// What the books at both ends say when all is over; prints figures and what contradicts a
/// promise. `server_kept`: the server's store was the last durable one after every death;
/// `ordered`: the receiver handed over in order. True if nothing contradicts.
bool judge(const std::string& dir, bool server_kept, bool ordered);

}  // namespace crash

#endif
