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

/// For the few functions that run once for each tag: what they are given stays in registers. The
/// others are the rare ways out of them.
#if defined(__GNUC__)
#define VIDIMUS_HOT __attribute__((always_inline)) inline
#define VIDIMUS_COLD __attribute__((noinline)) inline
#else
#define VIDIMUS_HOT inline
#define VIDIMUS_COLD inline
#endif

namespace vidimus::inline VIDIMUS_ABI {

/// What an ASCII octet may be.
struct octet_class {
  static constexpr std::uint8_t name_start = 1;
  static constexpr std::uint8_t name_part = 2;
  static constexpr std::uint8_t stop = 4;         ///< control, non-ASCII, '<' or '&'
  static constexpr std::uint8_t space = 8;        ///< white space of XML
  static constexpr std::uint8_t name_end = 16;    ///< what ends a name in a tag
  static constexpr std::uint8_t value_stop = 32;  ///< `stop` or a quote
};

inline constexpr auto octet_classes = [] {
  std::array<std::uint8_t, 256> out{};
  for (unsigned i = 0; i < 256; ++i) {
    bool start = (i >= 'a' && i <= 'z') || (i >= 'A' && i <= 'Z') || i == '_';
    bool part = start || (i >= '0' && i <= '9') || i == '-' || i == '.';
    bool stop = i < 0x20 || i >= 0x80 || i == '<' || i == '&';
    bool space = i == ' ' || i == '\t' || i == '\n' || i == '\r';
    bool end = space || i == '=' || i == '>' || i == '/';
    out[i] = static_cast<std::uint8_t>(
        (start ? octet_class::name_start : 0) | (part ? octet_class::name_part : 0) |
        (stop ? octet_class::stop : 0) | (space ? octet_class::space : 0) |
        (end ? octet_class::name_end : 0) |
        (stop || i == '"' || i == '\'' ? octet_class::value_stop : 0));
  }
  return out;
}();

constexpr bool has_class(char c, std::uint8_t bits) noexcept {
  return (octet_classes[static_cast<unsigned char>(c)] & bits) != 0;
}

// g++ 12 warns of branches that sizes known after inlining never take
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Warray-bounds"
#endif

/// Copies or compares a few octets: names and values are short, a call costs more than the work.
template <class Word>
inline void copy_ends(void* to, const char* from, std::size_t size) noexcept {
  Word first, last;
  std::memcpy(&first, from, sizeof first);
  std::memcpy(&last, from + size - sizeof last, sizeof last);
  std::memcpy(to, &first, sizeof first);
  std::memcpy(static_cast<char*>(to) + size - sizeof last, &last, sizeof last);
}
VIDIMUS_COLD void copy_many(void* to, const char* from, std::size_t size) noexcept {
  std::memcpy(to, from, size);
}
VIDIMUS_HOT void copy_octets(void* to, const char* from, std::size_t size) noexcept {
  if (size > 16)
    copy_many(to, from, size);
  else if (size >= 8)
    copy_ends<std::uint64_t>(to, from, size);
  else if (size >= 4)
    copy_ends<std::uint32_t>(to, from, size);
  else if (size != 0) {
    // first, middle and last are all there is of three
    auto* out = static_cast<char*>(to);
    const char first = from[0], middle = from[size / 2], last = from[size - 1];
    out[0] = first, out[size / 2] = middle, out[size - 1] = last;
  }
}
template <class Word>
inline bool same_ends(const char* a, const char* b, std::size_t size) noexcept {
  Word words[4];
  std::memcpy(&words[0], a, sizeof(Word));
  std::memcpy(&words[1], b, sizeof(Word));
  std::memcpy(&words[2], a + size - sizeof(Word), sizeof(Word));
  std::memcpy(&words[3], b + size - sizeof(Word), sizeof(Word));
  return ((words[0] ^ words[1]) | (words[2] ^ words[3])) == 0;
}
VIDIMUS_HOT bool same_octets(const char* a, const char* b, std::size_t size) noexcept {
  if (size > 16) return std::memcmp(a, b, size) == 0;
  if (size >= 8) return same_ends<std::uint64_t>(a, b, size);
  if (size >= 4) return same_ends<std::uint32_t>(a, b, size);
  for (std::size_t i = 0; i < size; ++i)
    if (a[i] != b[i]) return false;
  return true;
}
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

// The loops that run over every octet: with SSE2 sixteen octets at a time, else eight or by table.
// All of them read within [p, end) only. Both kinds are always there, so that both can be tested.

namespace by_words {

inline constexpr std::uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;

// has a high bit where an octet is a control or not ASCII; above the lowest such it may lie
constexpr std::uint64_t unprintable(std::uint64_t v) noexcept {
  return ((v - ones * 0x20) | v) & high;
}

/// The first octet that is not plain: '<', '&', controls, non-ASCII, `A` or `B`.
template <char A, char B>
inline const char* plain_end(const char* p, const char* end) noexcept {
  while (end - p >= 8) {
    std::uint64_t v;
    std::memcpy(&v, p, 8);
    std::uint64_t hit = unprintable(v);
    for (char c : {'<', '&', A, B}) {
      // subtracting ones carries into the high bit of an octet that was zero
      auto x = v ^ (ones * static_cast<unsigned char>(c));
      hit |= (x - ones) & ~x;
    }
    if ((hit & high) != 0) break;
    p += 8;
  }
  while (p != end && !has_class(*p, octet_class::stop) && *p != A && *p != B) ++p;
  return p;
}

/// The first octet that is a control or not ASCII.
inline const char* printable_end(const char* p, const char* end) noexcept {
  while (end - p >= 8) {
    std::uint64_t v;
    std::memcpy(&v, p, 8);
    if (unprintable(v) != 0) break;
    p += 8;
  }
  while (p != end && static_cast<unsigned char>(*p - 0x20) < 0x60) ++p;
  return p;
}

/// The first octet that is no ASCII name character.
inline const char* name_run_end(const char* p, const char* end) noexcept {
  while (p != end && has_class(*p, octet_class::name_part)) ++p;
  return p;
}

/// No control and nothing beyond ASCII? The last octets are looked at together with some before.
VIDIMUS_HOT bool is_printable(const char* p, std::size_t size) noexcept {
  if (size < 4) return printable_end(p, p + size) == p + size;
  std::uint64_t first = 0, last = 0, bad = 0;
  if (size < 8) {
    std::uint32_t a, b;
    std::memcpy(&a, p, 4);
    std::memcpy(&b, p + size - 4, 4);
    return unprintable(a | std::uint64_t{b} << 32) == 0;
  }
  for (const char* const end = p + size; end - p > 8; p += 8, size -= 8) {
    std::memcpy(&first, p, 8);
    bad |= unprintable(first);
  }
  std::memcpy(&last, p + size - 8, 8);
  return (bad | unprintable(last)) == 0;
}

}  // namespace by_words

#if defined(__SSE2__)

namespace by_sse2 {

/// The first octet that is not plain: '<', '&', controls, non-ASCII, `A` or `B`.
template <char A, char B>
VIDIMUS_HOT const char* plain_end(const char* p, const char* end) noexcept {
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

/// The first octet that is a control or not ASCII.
inline const char* printable_end(const char* p, const char* end) noexcept {
  while (end - p >= 16) {
    const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const auto mask =
        static_cast<unsigned>(_mm_movemask_epi8(_mm_cmplt_epi8(v, _mm_set1_epi8(0x20))));
    if (mask != 0) return p + std::countr_zero(mask);
    p += 16;
  }
  while (p != end && static_cast<unsigned char>(*p - 0x20) < 0x60) ++p;
  return p;
}

/// The first octet that is no ASCII name character.
VIDIMUS_HOT const char* name_run_end(const char* p, const char* end) noexcept {
  const auto all = [](char c) { return _mm_set1_epi8(c); };
  while (end - p >= 16) {
    const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    // each is zero where the octet is a letter, one of "-.0123456789" and '/', or '_'
    const __m128i letter =
        _mm_subs_epu8(_mm_sub_epi8(_mm_or_si128(v, all(0x20)), all('a')), all('z' - 'a'));
    const __m128i digit = _mm_subs_epu8(_mm_sub_epi8(v, all('-')), all('9' - '-'));
    const __m128i low = _mm_xor_si128(v, all('_'));
    __m128i good = _mm_cmpeq_epi8(_mm_min_epu8(_mm_min_epu8(letter, digit), low), all(0));
    good = _mm_andnot_si128(_mm_cmpeq_epi8(v, all('/')), good);
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(good)) ^ 0xffffu;
    if (mask != 0) return p + std::countr_zero(mask);
    p += 16;
  }
  while (p != end && has_class(*p, octet_class::name_part)) ++p;
  return p;
}

/// No control and nothing beyond ASCII? The last octets are looked at together with some before.
VIDIMUS_HOT bool is_printable(const char* p, std::size_t size) noexcept {
  if (size < 16) return by_words::is_printable(p, size);
  const auto at = [](const char* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  };
  const char* const last = p + size - 16;
  const auto bad = [](__m128i v) { return _mm_cmplt_epi8(v, _mm_set1_epi8(0x20)); };
  __m128i any = bad(at(last));
  for (; p < last; p += 16) any = _mm_or_si128(any, bad(at(p)));
  return _mm_movemask_epi8(any) == 0;
}

}  // namespace by_sse2

using namespace by_sse2;
#else
using namespace by_words;
#endif

// Names and most values are short. A loop over octets whose end the processor guesses right lets
// the next begin at once, where sixteen octets at a time would be waited for.

/// Of a name in a tag whose first octet was looked at: the first octet behind `p` that is no ASCII
/// name character. `p` is not `end`.
VIDIMUS_HOT const char* short_name_end(const char* p, const char* end) noexcept {
  if (end - p > 8)
    for (int i = 1; i <= 8; ++i)
      if (!has_class(p[i], octet_class::name_part)) return p + i;
  return name_run_end(p + 1, end);
}

/// Of the value of an attribute: the first octet that is not plain, or a quote.
VIDIMUS_HOT const char* short_value_end(const char* p, const char* end) noexcept {
  if (end - p > 2)
    for (int i = 0; i < 2; ++i)
      if (has_class(p[i], octet_class::value_stop)) return p + i;
  return plain_end<'"', '\''>(p, end);
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
