// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_BASE_EQUAL_HPP
#define VIDIMUS_BASE_EQUAL_HPP

#include "bytes.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// True if both have the same length and the same octets. The time depends on the lengths only,
/// never on the content: the only comparison allowed for codes (docs/protocol.md, code.compare).
[[nodiscard]] inline bool equal_constant_time(octets_view a, octets_view b) noexcept {
  if (a.size() != b.size()) return false;
  // volatile: an optimiser that sees through the loop may not end it early
  volatile octet difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    difference = static_cast<octet>(difference | (a[i] ^ b[i]));
  return difference == 0;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
