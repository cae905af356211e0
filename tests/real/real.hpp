// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_REAL_REAL_HPP
#define VIDIMUS_TESTS_REAL_REAL_HPP

#include <cstdint>
#include <string>

namespace real {

// The same job without the library, as processes of their own (plain.cpp).
int plain_send(int argc, char** argv);
int plain_receive(int argc, char** argv);

/// What the command line asks for.
struct request {
  std::string server, programs;
  std::string other;  ///< server of the receiver; none: the same
  long long count = 240;
  int breaks = 14, kills = 3;  ///< of connections, of the relay
  int relays = 0;              ///< instances over one PostgreSQL database; 0: one, over SQLite
  std::uint64_t seed = 0;
  int rounds = 0;  ///< of the measurement of speed; 0: the run with faults
  bool keep = false;
};

/// The same faults with the library and without (broken.cpp). 0 good, 1 not.
int run_broken(const request& of);
/// Sender and receiver at two servers, and faults between these (federation.cpp). 0 good, 1 not.
int run_federation(const request& of);
/// How fast, without faults (speed.cpp). 0 good, 1 not.
int run_speed(const request& of);

/// What became of the messages of a run, counted at both ends.
struct tally {
  long long submitted = 0;
  long long intact = 0;   ///< arrived as sent, once or more
  long long doubled = 0;  ///< of these, more than once
  long long altered = 0;  ///< arrived, and nobody had sent it so
  long long told = 0;     ///< did not arrive intact, and the sender was told that it did not arrive
  long long lost = 0;     ///< did not arrive intact, and nobody was told
  long long wrong_no = 0;   ///< arrived intact, and the sender was told that it did not
  long long wrong_yes = 0;  ///< did not arrive intact, and the sender was told that it did
};

/// From the books of sender and receiver, in their files in `dir`. Prints what contradicts a
/// promise; `good` is false then.
tally judge(const std::string& dir, bool& good);

/// From what the plain receiver printed, and of which the sender says that it has a receipt;
/// `sender` is empty if it asked for none.
tally count_plain(const std::string& receiver, const std::string& sender, long long submitted);

}  // namespace real

#endif
