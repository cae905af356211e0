// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_BASE_TEXT_HPP
#define VIDIMUS_BASE_TEXT_HPP

#include <optional>
#include <string>
#include <string_view>

#include "bytes.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// The letters of a base64 (RFC 4648), and what each octet stands for; 64: nothing.
struct base64_alphabet {
  std::string_view letters;
  std::array<std::uint8_t, 256> values{};

  constexpr explicit base64_alphabet(std::string_view of) noexcept : letters(of) {
    values.fill(64);
    for (std::size_t i = 0; i < of.size(); ++i)
      values[static_cast<unsigned char>(of[i])] = static_cast<std::uint8_t>(i);
  }
};
inline constexpr base64_alphabet base64_letters{
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"};
inline constexpr base64_alphabet base64url_letters{
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"};

/// Letters of so many octets.
constexpr std::size_t base64_size(std::size_t size) noexcept {
  return size / 3 * 4 + (size % 3 * 8 + 5) / 6;
}

/// Base64 without padding (RFC 4648 section 4, or 5 with `base64url_letters`): writes
/// `base64_size(in.size())` letters.
inline void put_base64(char* to, octets_view in,
                       const base64_alphabet& by = base64_letters) noexcept {
  const auto at = [in](std::size_t i) { return static_cast<std::uint32_t>(in[i]); };
  std::size_t i = 0;
  for (; i + 3 <= in.size(); i += 3) {
    const std::uint32_t v = at(i) << 16 | at(i + 1) << 8 | at(i + 2);
    for (int shift = 18; shift >= 0; shift -= 6) *to++ = by.letters[v >> shift & 63];
  }
  if (i == in.size()) return;
  const bool two = in.size() - i == 2;
  const std::uint32_t v = at(i) << 16 | (two ? at(i + 1) << 8 : 0);
  for (int shift = 18; shift >= (two ? 6 : 12); shift -= 6) *to++ = by.letters[v >> shift & 63];
}

/// The same, behind a text.
inline void append_base64(std::string& out, octets_view in,
                          const base64_alphabet& by = base64_letters) {
  const std::size_t before = out.size();
  out.resize(before + base64_size(in.size()));
  put_base64(out.data() + before, in, by);
}

inline std::string to_base64(octets_view in, const base64_alphabet& by = base64_letters) {
  std::string out;
  append_base64(out, in, by);
  return out;
}

/// Writes `in.size() * 3 / 4` octets; false as `from_base64` gives nothing.
inline bool get_base64(octet* to, std::string_view in, const base64_alphabet& by) noexcept {
  if (in.size() % 4 == 1) return false;
  std::uint32_t v = 0, seen = 0;
  int bits = 0;
  for (char c : in) {
    const std::uint32_t value = by.values[static_cast<unsigned char>(c)];
    seen |= value;
    v = (v << 6 | (value & 63)) & 0xffffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    *to++ = static_cast<octet>(v >> bits);
  }
  return seen < 64 && (v & ((1u << bits) - 1)) == 0;
}

/// Strict inverse of `append_base64`: no padding, no white space, unused bits zero; so every
/// octet string has one spelling. Nothing on anything else.
inline std::optional<octets> from_base64(std::string_view in,
                                         const base64_alphabet& by = base64_letters) {
  octets out(in.size() * 3 / 4);
  if (!get_base64(out.data(), in, by)) return std::nullopt;
  return out;
}

/// The same of exactly `N` octets, without a call of the heap. False on anything else; what `to`
/// holds then means nothing.
template <std::size_t N>
bool from_base64(std::string_view in, std::array<octet, N>& to,
                 const base64_alphabet& by = base64_letters) noexcept {
  return in.size() == base64_size(N) && get_base64(to.data(), in, by);
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

/// Writes a text; returns what is behind it.
inline char* put_text(char* to, std::string_view text) noexcept {
  if (!text.empty()) std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

/// Digits of a decimal number.
constexpr std::size_t digits_of(std::uint64_t value) noexcept {
  std::size_t out = 1;
  for (; value >= 10; value /= 10) ++out;
  return out;
}
/// Writes a decimal number: `digits_of(value)` digits; returns what is behind it.
inline char* put_decimal(char* to, std::uint64_t value) noexcept {
  char* const end = to + digits_of(value);
  for (char* at = end; at != to; value /= 10) *--at = static_cast<char>('0' + value % 10);
  return end;
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
