// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_REAL_REAL_HPP
#define VIDIMUS_TESTS_REAL_REAL_HPP

#include <string>

namespace real {

// The same job without the library, as processes of their own (plain.cpp).
int plain_send(int argc, char** argv);
int plain_receive(int argc, char** argv);

/// What became of the messages of a run, counted at both ends.
struct tally {
  long long submitted = 0;
  long long intact = 0;   ///< arrived as sent, once or more
  long long doubled = 0;  ///< of these, more than once
  long long altered = 0;  ///< arrived, and nobody had sent it so
  long long told = 0;     ///< did not arrive, and the sender was told so
  long long lost = 0;     ///< did not arrive intact, and nobody was told
};

/// From the books of sender and receiver, in their files in `dir`. Prints what contradicts a
/// promise; `good` is false then.
tally judge(const std::string& dir, bool& good);

/// From what the plain receiver printed.
tally count_plain(const std::string& output, long long submitted);

}  // namespace real

#endif
