// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_CHARACTERS_HPP
#define VIDIMUS_CHECK_CHARACTERS_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "octet_runs.hpp"
#include "refusal.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// XML 1.0 (fifth edition) production 2, Char.
constexpr bool is_xml_char(char32_t c) noexcept {
  if (c < 0x20) return c == 0x9 || c == 0xa || c == 0xd;
  return c <= 0xd7ff || (c >= 0xe000 && c <= 0xfffd) || (c >= 0x10000 && c <= 0x10ffff);
}

/// Production 4, NameStartChar, without the colon (which namespaces take).
constexpr bool is_name_start(char32_t c) noexcept {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  struct span_of {
    char32_t first, last;
  };
  constexpr std::array spans{
      span_of{0xc0, 0xd6},     span_of{0xd8, 0xf6},     span_of{0xf8, 0x2ff},
      span_of{0x370, 0x37d},   span_of{0x37f, 0x1fff},  span_of{0x200c, 0x200d},
      span_of{0x2070, 0x218f}, span_of{0x2c00, 0x2fef}, span_of{0x3001, 0xd7ff},
      span_of{0xf900, 0xfdcf}, span_of{0xfdf0, 0xfffd}, span_of{0x10000, 0xeffff}};
  for (auto s : spans)
    if (c >= s.first && c <= s.last) return true;
  return false;
}

/// Production 4a, NameChar, without the colon.
constexpr bool is_name_char(char32_t c) noexcept {
  if (is_name_start(c)) return true;
  return (c >= '0' && c <= '9') || c == '-' || c == '.' || c == 0xb7 ||
         (c >= 0x300 && c <= 0x36f) || (c >= 0x203f && c <= 0x2040);
}

constexpr bool is_xml_space(char c) noexcept { return has_class(c, octet_class::space); }

/// True if there is nothing but white space.
constexpr bool is_blank(std::string_view text) noexcept {
  for (char c : text)
    if (!is_xml_space(c)) return false;
  return true;
}

struct decoded_char {
  char32_t point;
  unsigned size;  ///< octets used; 0: not UTF-8
};

/// Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
inline decoded_char decode_utf8(const char* p, const char* end) noexcept {
  auto at = [p](int i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(p[i])); };
  std::uint32_t lead = at(0);
  if (lead < 0x80) return {static_cast<char32_t>(lead), 1};
  unsigned size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || end - p < static_cast<std::ptrdiff_t>(size)) return {0, 0};
  std::uint32_t point = lead & (0xffu >> (size + 1));
  for (unsigned i = 1; i < size; ++i) {
    auto next = at(static_cast<int>(i));
    if ((next & 0xc0) != 0x80) return {0, 0};
    point = point << 6 | (next & 0x3f);
  }
  constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  bool bad = point < least[size] || (point >= 0xd800 && point <= 0xdfff) || point > 0x10ffff;
  return bad ? decoded_char{0, 0} : decoded_char{static_cast<char32_t>(point), size};
}

/// Writes a character as UTF-8; returns the octets used, at most four.
inline unsigned encode_utf8(char32_t c, char* out) noexcept {
  auto put = [&](unsigned i, char32_t v) { out[i] = static_cast<char>(v); };
  if (c < 0x80) return put(0, c), 1;
  if (c < 0x800) return put(0, 0xc0 | c >> 6), put(1, 0x80 | (c & 0x3f)), 2;
  if (c < 0x10000)
    return put(0, 0xe0 | c >> 12), put(1, 0x80 | (c >> 6 & 0x3f)), put(2, 0x80 | (c & 0x3f)), 3;
  put(0, 0xf0 | c >> 18), put(1, 0x80 | (c >> 12 & 0x3f));
  return put(2, 0x80 | (c >> 6 & 0x3f)), put(3, 0x80 | (c & 0x3f)), 4;
}

/// Where a text breaks the rules for characters, and how.
struct character_fault {
  refusal_kind kind = refusal_kind::none;
  const char* at = nullptr;
};

/// Strict UTF-8 and XML 1.0 characters throughout?
inline character_fault check_characters(std::string_view text) noexcept {
  const char *p = text.data(), *end = p + text.size();
  for (;;) {
    p = printable_end(p, end);
    if (p == end) return {};
    auto c = decode_utf8(p, end);
    if (c.size == 0) return {refusal_kind::bad_utf8, p};
    if (!is_xml_char(c.point)) return {refusal_kind::forbidden_character, p};
    p += c.size;
  }
}

// goes on at `p` with a name that began at `from`
VIDIMUS_COLD const char* odd_ncname_end(const char* from, const char* p, const char* end) noexcept {
  while (p != end && static_cast<unsigned char>(*p) >= 0x80) {
    auto c = decode_utf8(p, end);
    if (c.size == 0 || !(p == from ? is_name_start(c.point) : is_name_char(c.point))) return p;
    p = name_run_end(p + c.size, end);
  }
  return p;
}

/// The end of the NCName that begins at `p`; `p` itself if none does.
VIDIMUS_HOT const char* ncname_end(const char* p, const char* end) noexcept {
  const char* from = p;
  if (p == end) return from;
  if (has_class(*p, octet_class::name_start)) {
    p = short_name_end(p, end);
    if (p == end || static_cast<unsigned char>(*p) < 0x80) return p;
  }
  return odd_ncname_end(from, p, end);
}

inline bool is_ncname(std::string_view name) noexcept {
  const char* end = name.data() + name.size();
  return !name.empty() && ncname_end(name.data(), end) == end;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
