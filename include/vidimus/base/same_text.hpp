// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_BASE_SAME_TEXT_HPP
#define VIDIMUS_BASE_SAME_TEXT_HPP

#include <compare>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "../version.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Whether two texts are equal. Addresses are short and compared in every step, so that calls of
/// memcmp would be felt. Never for codes: see base/equal.hpp.
[[nodiscard]] inline bool same_text(std::string_view a, std::string_view b) noexcept {
  const std::size_t size = a.size();
  if (size != b.size()) return false;
  const char *x = a.data(), *y = b.data();
  if (size < 8 || size > 32) return size == 0 || std::memcmp(x, y, size) == 0;
  const auto differs = [x, y](std::size_t at) {
    std::uint64_t one, other;
    std::memcpy(&one, x + at, sizeof one);
    std::memcpy(&other, y + at, sizeof other);
    return one ^ other;
  };
  // what is looked at twice is looked at for nothing, but without a loop
  if (size <= 16) return (differs(0) | differs(size - 8)) == 0;
  return (differs(0) | differs(8) | differs(size - 16) | differs(size - 8)) == 0;
}

/// Which of two texts comes first, by octets. Not all standard libraries have <=> of strings yet.
[[nodiscard]] inline constexpr std::strong_ordering order_of(std::string_view a,
                                                             std::string_view b) noexcept {
  return a.compare(b) <=> 0;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
