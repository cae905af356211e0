// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_MODEL_PRESET_CODE_HPP
#define VIDIMUS_MODEL_PRESET_CODE_HPP

#include <algorithm>

#include "../base/bytes.hpp"
#include "../spec/rule.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Shortest preset code taken, in octets (protocol.md, key.preset).
inline constexpr std::size_t preset_code_size_min = 16;

/// Of a preset code of the rule ed25519, 64 octets: this party's seed (RFC 8032, 5.1.5), and the
/// peer's public key.
constexpr octets_view seed_of(octets_view preset) noexcept { return preset.first(32); }
constexpr octets_view public_key_of(octets_view preset) noexcept { return preset.last(32); }

/// True of 32 octets that no honest party has as its Ed25519 public key: a y that is not below
/// 2^255 - 19, or a point of small order, under which one signature fits many messages. Points that
/// are not on the curve are not looked for: no signature fits them.
inline bool is_weak_public_key(octets_view key) noexcept {
  using y_coordinate = std::array<octet, 32>;  // little-endian, as in RFC 8032
  static constexpr y_coordinate order_8{0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0,
                                        0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
                                        0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39,
                                        0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05};
  static constexpr y_coordinate also_order_8{0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f,
                                             0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
                                             0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6,
                                             0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a};
  if (key.size() != 32) return true;
  y_coordinate y;
  std::copy(key.begin(), key.end(), y.begin());
  y[31] &= 0x7f;  // the sign of x
  const auto all = [&y](octet wanted) {
    return std::all_of(y.begin() + 1, y.end() - 1, [=](octet one) { return one == wanted; });
  };
  const bool zero_or_one = y[0] <= 1 && y[31] == 0 && all(0);
  const bool not_below_minus_one = y[0] >= 0xec && y[31] == 0x7f && all(0xff);
  return zero_or_one || not_below_minus_one || y == order_8 || y == also_order_8;
}

/// Whether a preset code can be used with a rule: its length, and for ed25519 the public key in it
/// (protocol.md, key.preset).
inline bool is_usable(check_rule rule, octets_view preset) noexcept {
  const std::size_t wanted = facts(rule).preset_size;
  if (wanted == 0) return preset.size() >= preset_code_size_min;
  return preset.size() == wanted && !is_weak_public_key(public_key_of(preset));
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
