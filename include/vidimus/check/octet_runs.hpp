// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_OCTET_RUNS_HPP
#define VIDIMUS_CHECK_OCTET_RUNS_HPP

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "../version.hpp"

namespace vidimus::inline VIDIMUS_ABI {

// The loops that run over every octet: many octets at a time where the machine can, else by table.
// All of them read within [p, end) only.

/// What an ASCII octet may be.
struct octet_class {
  static constexpr std::uint8_t name_start = 1;
  static constexpr std::uint8_t name_part = 2;
  static constexpr std::uint8_t stop = 4;  ///< control, non-ASCII, '<' or '&'
};

inline constexpr auto octet_classes = [] {
  std::array<std::uint8_t, 256> out{};
  for (unsigned i = 0; i < 256; ++i) {
    bool start = (i >= 'a' && i <= 'z') || (i >= 'A' && i <= 'Z') || i == '_';
    bool part = start || (i >= '0' && i <= '9') || i == '-' || i == '.';
    bool stop = i < 0x20 || i >= 0x80 || i == '<' || i == '&';
    out[i] = static_cast<std::uint8_t>((start ? octet_class::name_start : 0) |
                                       (part ? octet_class::name_part : 0) |
                                       (stop ? octet_class::stop : 0));
  }
  return out;
}();

constexpr bool has_class(char c, std::uint8_t bits) noexcept {
  return (octet_classes[static_cast<unsigned char>(c)] & bits) != 0;
}

/// False if no name begins with this octet; true of all non-ASCII octets.
constexpr bool may_start_name(char c) noexcept {
  return static_cast<unsigned char>(c) >= 0x80 || has_class(c, octet_class::name_start);
}

#if defined(__SSE2__)

/// The first octet that is not plain: '<', '&', controls, non-ASCII, `A` or `B`.
template <char A, char B>
inline const char* plain_end(const char* p, const char* end) noexcept {
  while (end - p >= 16) {
    const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    // as signed numbers, non-ASCII octets are below the space too
    __m128i hit = _mm_cmplt_epi8(v, _mm_set1_epi8(0x20));
    for (char c : {'<', '&', A, B}) hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8(c)));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(hit));
    if (mask != 0) return p + std::countr_zero(mask);
    p += 16;
  }
  while (p != end && !has_class(*p, octet_class::stop) && *p != A && *p != B) ++p;
  return p;
}

/// The first octet that is no ASCII name character.
inline const char* name_run_end(const char* p, const char* end) noexcept {
  const auto within = [](__m128i v, char first, char last) {
    return _mm_and_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8(static_cast<char>(first - 1))),
                         _mm_cmplt_epi8(v, _mm_set1_epi8(static_cast<char>(last + 1))));
  };
  while (end - p >= 16) {
    const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    __m128i good = within(_mm_or_si128(v, _mm_set1_epi8(0x20)), 'a', 'z');
    good = _mm_or_si128(good, within(v, '0', '9'));
    good = _mm_or_si128(good, within(v, '-', '.'));
    good = _mm_or_si128(good, _mm_cmpeq_epi8(v, _mm_set1_epi8('_')));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(good)) ^ 0xffffu;
    if (mask != 0) return p + std::countr_zero(mask);
    p += 16;
  }
  while (p != end && has_class(*p, octet_class::name_part)) ++p;
  return p;
}

#else

/// The first octet that is not plain: '<', '&', controls, non-ASCII, `A` or `B`.
template <char A, char B>
inline const char* plain_end(const char* p, const char* end) noexcept {
  constexpr std::uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
  while (end - p >= 8) {
    std::uint64_t v;
    std::memcpy(&v, p, 8);
    // subtracting ones carries into the high bit of an octet that was zero
    std::uint64_t hit = ((v - ones * 0x20) & ~v) | v;
    for (char c : {'<', '&', A, B}) {
      auto x = v ^ (ones * static_cast<unsigned char>(c));
      hit |= (x - ones) & ~x;
    }
    hit &= high;
    if (hit != 0) break;
    p += 8;
  }
  while (p != end && !has_class(*p, octet_class::stop) && *p != A && *p != B) ++p;
  return p;
}

/// The first octet that is no ASCII name character.
inline const char* name_run_end(const char* p, const char* end) noexcept {
  while (p != end && has_class(*p, octet_class::name_part)) ++p;
  return p;
}

#endif

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
