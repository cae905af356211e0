// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_EXPLORE_WORLD_HPP
#define VIDIMUS_TESTS_EXPLORE_WORLD_HPP

#include <string>
#include <vector>

namespace explore {

/// What may happen in a world, and how often. Numbers are the bounds of the exploration: within
/// them it is exhaustive.
struct world {
  std::string name;
  /// Which worlds of the model that the draft of the protocol was tried in it covers: pNN of
  /// docs/decisions/0141-worlds-of-the-model.md.
  std::string model{};
  int messages = 1;     ///< submitted, each at any time; three only if the sender lives, or `late`
  int conditional = 0;  ///< 1: the first message's check is the command as well; 2: of all
  int report = 1;       ///< 0: the sender asks for no delivery report; 2: for all but the second
  int all = 0;          ///< 1: every endpoint that is there has to take each message
  int syncs = 3;        ///< nonces that the sender draws
  int probes = 2;       ///< nonces that the server draws
  int altered = 0;      ///< ways in which the payload of a check may be changed on the way
  int cuts = 0;         ///< times the sender's link is lost
  int detaches = 0;     ///< times the receiver's address is detached, or attached anew
  int close = 0;        ///< times the application closes the conversation
  int withdraw = 0;     ///< the application may withdraw
  int sender_ends = 0;  ///< lifetime and grace of the sender may end
  int server_ends = 0;  ///< lifetime at the server may end
  int hold = 0;         ///< hold time at the server may end
  int refuse = 0;       ///< the receiving application may refuse
  int waits = 0;        ///< final receipts may wait for others
  int ordered = 0;      ///< 1: the endpoint is ordered; 2: and its gap_wait may end
  int quick = 0;        ///< elements may also come within the interval between answers
  int sender_crashes = 0, server_crashes = 0, receiver_crashes = 0;
  int sender_old = 0, server_old = 0;      ///< restored from an older image
  int server_lost = 0, receiver_lost = 0;  ///< store lost
  int ends = 0;                            ///< 1: trust mode end to end; 2: sealed
  /// 1: begins when all were commanded, and no receiver was there yet; the first of the sender's
  /// crashes has happened by then.
  int late = 0;
  int progress = 1;  ///< an end must be in reach from every state

  bool reports(int message) const { return report == 1 || (report == 2 && message != 1); }
};

struct bound {
  const char* name;
  int world::*value;
};

/// All bounds by name, for options and for printing.
const std::vector<bound>& bounds();

/// The worlds of the default run, or all.
std::vector<world> worlds(bool all);
/// Adds those of the model that none of the others covers; `all`: those that take long, too.
void add_worlds_of_the_model(std::vector<world>& to, bool all);

}  // namespace explore

#endif
