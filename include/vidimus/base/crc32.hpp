// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_BASE_CRC32_HPP
#define VIDIMUS_BASE_CRC32_HPP

#include "bytes.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// CRC-32 (IEEE 802.3): finds a damaged image. No protection against forging; the store is trusted.
/// Eight octets at a time: entry [k][o] is what octet o becomes when k more octets pass.
inline std::uint32_t crc32(octets_view in) noexcept {
  static constexpr auto table = [] {
    std::array<std::array<std::uint32_t, 256>, 8> out{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t one = i;
      for (int bit = 0; bit < 8; ++bit) one = one >> 1 ^ (0xedb88320u & (0u - (one & 1)));
      out[0][i] = one;
    }
    for (std::size_t k = 1; k < 8; ++k)
      for (std::size_t i = 0; i < 256; ++i)
        out[k][i] = out[k - 1][i] >> 8 ^ out[0][out[k - 1][i] & 255];
    return out;
  }();
  std::uint32_t crc = 0xffffffff;
  for (; in.size() >= 8; in = in.subspan(8)) {
    std::uint32_t next = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      next ^= table[7 - k][in[k] ^ (crc >> 8 * k & 255)];
      next ^= table[3 - k][in[k + 4]];
    }
    crc = next;
  }
  for (octet o : in) crc = crc >> 8 ^ table[0][(crc ^ o) & 255];
  return ~crc;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
