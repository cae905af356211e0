// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_REFERENCES_HPP
#define VIDIMUS_CHECK_REFERENCES_HPP

#include "characters.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// What an '&' begins: a character, or why there is none.
struct reference {
  refusal_kind kind = refusal_kind::none;
  char32_t point = 0;
  const char* end = nullptr;  ///< behind the ';'
  std::string_view what{};
};

/// `&#65;` and `&#x41;`; `p` is at the digits or the x.
inline reference read_number(const char* p, const char* end, const char* from) noexcept {
  bool hex = p != end && *p == 'x';
  if (hex) ++p;
  const char* digits = p;
  std::uint32_t value = 0;
  for (; p != end && *p != ';'; ++p) {
    char32_t c = static_cast<unsigned char>(*p);
    std::uint32_t digit = 16;
    if (c >= '0' && c <= '9')
      digit = c - '0';
    else if (hex && c >= 'a' && c <= 'f')
      digit = c - 'a' + 10;
    else if (hex && c >= 'A' && c <= 'F')
      digit = c - 'A' + 10;
    if (digit == 16) return {refusal_kind::bad_reference, 0, p, {}};
    value = value * (hex ? 16 : 10) + digit;
    if (value > 0x10ffff) value = 0x110000;  // stays too large, whatever digits follow
  }
  std::string_view what(from, static_cast<std::size_t>(p - from));
  if (p == end) return {refusal_kind::cut, 0, p, what};
  if (p == digits) return {refusal_kind::bad_reference, 0, p, what};
  if (!is_xml_char(value)) return {refusal_kind::forbidden_reference, 0, p, what};
  return {refusal_kind::none, static_cast<char32_t>(value), p + 1, what};
}

/// Reads the reference at `p`, which is at an '&': a number, or one of the five entities of XML.
inline reference read_reference(const char* p, const char* end) noexcept {
  const char* from = p++;
  if (p != end && *p == '#') return read_number(p + 1, end, from);
  const char* name_end = ncname_end(p, end);
  std::string_view name(p, static_cast<std::size_t>(name_end - p));
  if (name_end == end) return {refusal_kind::cut, 0, end, name};
  if (name.empty() || *name_end != ';') return {refusal_kind::bad_reference, 0, p, name};
  auto is = [&](char c) {
    return reference{refusal_kind::none, static_cast<char32_t>(c), name_end + 1, name};
  };
  if (name == "amp") return is('&');
  if (name == "lt") return is('<');
  if (name == "gt") return is('>');
  if (name == "quot") return is('"');
  if (name == "apos") return is('\'');
  return {refusal_kind::unknown_entity, 0, p, name};
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
