// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_BASE_TEXT_HPP
#define VIDIMUS_BASE_TEXT_HPP

#include <optional>
#include <string>
#include <string_view>

#include "bytes.hpp"

namespace vidimus::inline VIDIMUS_ABI {

inline constexpr std::string_view base64_letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
inline constexpr std::string_view base64url_letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Base64 without padding (RFC 4648 section 4, or 5 with `base64url_letters`).
inline void append_base64(std::string& out, octets_view in,
                          std::string_view letters = base64_letters) {
  const auto at = [in](std::size_t i) { return static_cast<std::uint32_t>(in[i]); };
  std::size_t i = 0;
  for (; i + 3 <= in.size(); i += 3) {
    std::uint32_t v = at(i) << 16 | at(i + 1) << 8 | at(i + 2);
    const char four[] = {letters[v >> 18], letters[v >> 12 & 63], letters[v >> 6 & 63],
                         letters[v & 63]};
    out.append(four, 4);
  }
  if (in.size() - i == 1) {
    std::uint32_t v = at(i) << 16;
    out += letters[v >> 18 & 63];
    out += letters[v >> 12 & 63];
  } else if (in.size() - i == 2) {
    std::uint32_t v = at(i) << 16 | at(i + 1) << 8;
    for (int shift = 18; shift >= 6; shift -= 6) out += letters[v >> shift & 63];
  }
}

inline std::string to_base64(octets_view in, std::string_view letters = base64_letters) {
  std::string out;
  append_base64(out, in, letters);
  return out;
}

/// Strict inverse of `append_base64`: no padding, no white space, unused bits zero; so every
/// octet string has one spelling. Nothing on anything else.
inline std::optional<octets> from_base64(std::string_view in,
                                         std::string_view letters = base64_letters) {
  if (in.size() % 4 == 1) return std::nullopt;
  octets out;
  out.reserve(in.size() * 3 / 4);
  std::uint32_t v = 0;
  int bits = 0;
  for (char c : in) {
    auto at = letters.find(c);
    if (c == '\0' || at == std::string_view::npos) return std::nullopt;
    v = (v << 6 | static_cast<std::uint32_t>(at)) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out.push_back(static_cast<octet>(v >> bits));
    }
  }
  if ((v & ((1u << bits) - 1)) != 0) return std::nullopt;
  return out;
}

inline std::string to_hex(octets_view in) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(in.size() * 2);
  for (octet o : in) {
    out += digits[o >> 4];
    out += digits[o & 15];
  }
  return out;
}

/// Lower or upper case, an even number of digits; nothing else.
inline std::optional<octets> from_hex(std::string_view in) {
  if (in.size() % 2 != 0) return std::nullopt;
  auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  octets out;
  for (std::size_t i = 0; i < in.size(); i += 2) {
    int high = digit(in[i]), low = digit(in[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out.push_back(static_cast<octet>(high << 4 | low));
  }
  return out;
}

/// A decimal number without sign or leading zero, at most `most`; nothing on anything else.
inline std::optional<std::uint64_t> from_decimal(std::string_view in, std::uint64_t most) {
  if (in.empty() || in.size() > 20 || (in.size() > 1 && in[0] == '0')) return std::nullopt;
  std::uint64_t value = 0;
  for (char c : in) {
    if (c < '0' || c > '9') return std::nullopt;
    auto d = static_cast<std::uint64_t>(c - '0');
    if (value > (most - d) / 10 || d > most) return std::nullopt;
    value = value * 10 + d;
  }
  return value;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
