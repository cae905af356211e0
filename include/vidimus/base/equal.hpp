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
  volatile std::uint64_t difference = 0;
  std::size_t i = 0;
  for (; i + 8 <= a.size(); i += 8) {
    std::uint64_t x, y;
    std::memcpy(&x, a.data() + i, 8);
    std::memcpy(&y, b.data() + i, 8);
    difference = difference | (x ^ y);
  }
  for (; i < a.size(); ++i) difference = difference | static_cast<octet>(a[i] ^ b[i]);
  return difference == 0;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
