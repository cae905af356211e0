// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_SIM_ALTER_HPP
#define VIDIMUS_TESTS_SIM_ALTER_HPP

#include "chance.hpp"
#include "sim.hpp"

namespace sim {

/// An element on its way, or kept by somebody who listens.
struct stanza {
  std::string from;
  std::string to;
  element what;
  payload_ref payload;
  std::uint32_t id = 0;
  name_key about{};      ///< of a check as it was sent
  bool invalid = false;  ///< no holder of a key made this for this place
  bool copy_or_error = false;
  bool malformed = false;
  bool hostile = false;  ///< made by an insider: valid codes, no sense
};

/// What the reader of a message sees: the part before the first '|' is covered.
content read_content(const payload_ref& payload);

/// Changes something that a code covers, or the code. Every change makes the element invalid.
void alter(stanza& s, chance& c);
/// Changes the message in the same way each time, as a gateway does.
void mangle(stanza& s);

/// For people to read.
std::string print(const element& e);
std::string print(const conversation_id& id);

}  // namespace sim

#endif
