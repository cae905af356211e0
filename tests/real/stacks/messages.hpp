// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_REAL_STACKS_MESSAGES_HPP
#define VIDIMUS_TESTS_REAL_STACKS_MESSAGES_HPP

#include <string>
#include <vector>

namespace real {

/// A message that an application may want to send.
struct design {
  std::string name, stanza;  ///< the stanza without an address of its own
  std::string payload;       ///< as the library sends it
  bool beyond_ascii = false;
};

/// One that the library refuses to send, and why.
struct unsendable {
  std::string name, why;
};

struct designs {
  std::vector<design> all;
  std::vector<unsendable> refused;
};

/// Each design of the corpus once, and `own` bodies drawn from `seed`.
designs all_designs(std::size_t own, unsigned long long seed);

/// The stanza with `to` in its start tag, in place of what stands there.
std::string addressed(const std::string& stanza, const std::string& to);

}  // namespace real

#endif
