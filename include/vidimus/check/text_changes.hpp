// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_TEXT_CHANGES_HPP
#define VIDIMUS_CHECK_TEXT_CHANGES_HPP

#include <optional>
#include <string>

#include "../model/diagnosis.hpp"
#include "characters.hpp"

/// What stacks and stores are known to do to a text, to be tried on one's own.
namespace vidimus::inline VIDIMUS_ABI::altering {

/// A letter with a mark as one character, and as two.
struct composed_letter {
  char32_t one, base, mark;
};

/// U+00C0 to U+00FF: enough to see that somebody normalises, not to normalise.
inline constexpr std::array composed_letters{
    composed_letter{0xc0, 'A', 0x300}, composed_letter{0xc1, 'A', 0x301},
    composed_letter{0xc2, 'A', 0x302}, composed_letter{0xc3, 'A', 0x303},
    composed_letter{0xc4, 'A', 0x308}, composed_letter{0xc5, 'A', 0x30a},
    composed_letter{0xc7, 'C', 0x327}, composed_letter{0xc8, 'E', 0x300},
    composed_letter{0xc9, 'E', 0x301}, composed_letter{0xca, 'E', 0x302},
    composed_letter{0xcb, 'E', 0x308}, composed_letter{0xcc, 'I', 0x300},
    composed_letter{0xcd, 'I', 0x301}, composed_letter{0xce, 'I', 0x302},
    composed_letter{0xcf, 'I', 0x308}, composed_letter{0xd1, 'N', 0x303},
    composed_letter{0xd2, 'O', 0x300}, composed_letter{0xd3, 'O', 0x301},
    composed_letter{0xd4, 'O', 0x302}, composed_letter{0xd5, 'O', 0x303},
    composed_letter{0xd6, 'O', 0x308}, composed_letter{0xd9, 'U', 0x300},
    composed_letter{0xda, 'U', 0x301}, composed_letter{0xdb, 'U', 0x302},
    composed_letter{0xdc, 'U', 0x308}, composed_letter{0xdd, 'Y', 0x301}};

/// Capital letters stand in the table; small ones are 0x20 above, but for U+00FF.
constexpr std::optional<composed_letter> letter_of(char32_t base, char32_t mark) noexcept {
  const bool small = base >= 'a' && base <= 'z';
  if (base == 'y' && mark == 0x308) return composed_letter{0xff, 'y', 0x308};
  for (composed_letter l : composed_letters)
    if (l.mark == mark && l.base == (small ? base - 0x20 : base)) {
      if (small) l.one += 0x20;
      return l;
    }
  return std::nullopt;
}

constexpr std::optional<composed_letter> letter_of(char32_t one) noexcept {
  if (one == 0xff) return composed_letter{0xff, 'y', 0x308};
  const bool small = one >= 0xe0 && one < 0xff;
  for (composed_letter l : composed_letters)
    if (l.one == (small ? one - 0x20 : one)) {
      if (small) l.base += 0x20;
      return l;
    }
  return std::nullopt;
}

inline void append_character(std::string& out, char32_t c) {
  char raw[4];
  out.append(raw, encode_utf8(c, raw));
}

/// `to(out, character)` for each character of a text; texts are UTF-8 here.
template <class F>
std::string each_character(std::string_view in, F to) {
  std::string out;
  const char *p = in.data(), *end = p + in.size();
  while (p != end) {
    const auto c = decode_utf8(p, end);
    if (c.size == 0) return std::string(in);
    to(out, c.point);
    p += c.size;
  }
  return out;
}

inline std::string composed(std::string_view in) {
  char32_t last = 0;
  std::size_t last_at = 0;
  return each_character(in, [&](std::string& out, char32_t c) {
    const auto l = letter_of(last, c);
    if (l) out.resize(last_at);
    last_at = out.size();
    last = l ? l->one : c;
    append_character(out, last);
  });
}

inline std::string decomposed(std::string_view in) {
  return each_character(in, [](std::string& out, char32_t c) {
    const auto l = letter_of(c);
    append_character(out, l ? l->base : c);
    if (l) append_character(out, l->mark);
  });
}

/// Every character from `least` on is written as `as`.
inline std::string replaced(std::string_view in, char32_t least, std::string_view as) {
  return each_character(in, [&](std::string& out, char32_t c) {
    if (c < least)
      append_character(out, c);
    else
      out += as;
  });
}

inline std::string line_ends_as(std::string_view in, std::string_view as) {
  std::string out;
  for (char c : in) c == '\n' ? out += as : out += c;
  return out;
}

inline std::string spaces_joined(std::string_view in) {
  std::string out;
  for (char c : in) {
    if (is_xml_space(c) && !out.empty() && out.back() == ' ') continue;
    out += is_xml_space(c) ? ' ' : c;
  }
  return out;
}

/// Without white space at its front, its end; the no-break space counts as white only if said.
inline std::string trimmed(std::string_view in, bool front, bool end, bool no_break) {
  constexpr std::string_view nbsp = "\xc2\xa0";
  for (bool more = true; more;) {
    more = false;
    if (front && !in.empty() && is_xml_space(in.front())) in.remove_prefix(1), more = true;
    if (end && !in.empty() && is_xml_space(in.back())) in.remove_suffix(1), more = true;
    if (no_break && front && in.substr(0, 2) == nbsp) in.remove_prefix(2), more = true;
    if (no_break && end && in.size() > 1 && in.substr(in.size() - 2) == nbsp)
      in.remove_suffix(2), more = true;
  }
  return std::string(in);
}

inline std::string case_changed(std::string_view in, bool to_small) {
  std::string out(in);
  for (char& c : out) {
    if (to_small && c >= 'A' && c <= 'Z') c = static_cast<char>(c + 0x20);
    if (!to_small && c >= 'a' && c <= 'z') c = static_cast<char>(c - 0x20);
  }
  return out;
}

inline std::string as_latin_1(std::string_view in) {
  std::string out;
  for (char c : in) append_character(out, static_cast<unsigned char>(c));
  return out;
}

/// Where texts are cut: at so many octets, or at so many characters.
inline constexpr std::array<std::size_t, 24> cuts{
    70,  80,  100, 120,   128,   140,   150,   160,   200,   250,   254,    255,
    256, 500, 512, 1'000, 1'023, 1'024, 2'000, 2'048, 4'000, 4'096, 32'767, 65'535};

inline std::string cut(std::string_view in, std::size_t most, bool octets) {
  std::size_t at = 0, count = 0;
  while (at < in.size()) {
    std::size_t next = at + 1;
    while (next < in.size() && (static_cast<unsigned char>(in[next]) & 0xc0) == 0x80) ++next;
    if (octets ? next > most : count == most) break;
    at = next;
    ++count;
  }
  return std::string(in.substr(0, at));
}

/// Ways in which kinds that concern white space, case and length come.
inline std::optional<std::string> spaced_after(alteration kind, std::size_t way,
                                               std::string_view in) {
  switch (kind) {
    case alteration::line_ends:
      if (way > 2) return std::nullopt;
      return line_ends_as(in, way == 0 ? " " : way == 1 ? "" : "\n\n");
    case alteration::trimmed:
      if (way > 3) return std::nullopt;
      return trimmed(in, way != 1, way != 2, way == 3);
    case alteration::case_changed:
      if (way > 1) return std::nullopt;
      return case_changed(in, way == 0);
    case alteration::truncated:
      if (way >= 2 * cuts.size() + 64) return std::nullopt;
      // short ones wherever they may be cut
      if (way >= 2 * cuts.size()) return cut(in, way - 2 * cuts.size(), false);
      return cut(in, cuts[way / 2], way % 2 == 0);
    default: break;
  }
  if (way > 0) return std::nullopt;
  if (kind == alteration::spaces_joined) return spaces_joined(in);
  if (kind == alteration::blank_text_lost && !is_blank(in)) return std::string(in);
  return std::string();  // emptied
}

/// Ways in which kinds that concern characters come.
inline std::optional<std::string> recoded_after(alteration kind, std::size_t way,
                                                std::string_view in) {
  constexpr std::string_view mark = "\xef\xbf\xbd";
  constexpr std::array<std::string_view, 6> many{
      "?",
      "??",
      "????",
      mark,
      "\xef\xbf\xbd\xef\xbf\xbd",
      "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"};
  constexpr std::array<std::string_view, 3> one{"?", "", mark};
  switch (kind) {
    case alteration::unicode_normalised:
      if (way > 1) return std::nullopt;
      return way == 0 ? composed(in) : decomposed(in);
    case alteration::beyond_bmp_replaced:
      if (way >= many.size()) return std::nullopt;
      return replaced(in, 0x10000, many[way]);
    case alteration::beyond_ascii_replaced:
      if (way >= one.size()) return std::nullopt;
      return replaced(in, 0x80, one[way]);
    default: break;
  }
  if (way > 0) return std::nullopt;
  if (kind == alteration::beyond_bmp_lost) return replaced(in, 0x10000, {});
  if (kind == alteration::read_as_latin_1) return as_latin_1(in);
  if (kind == alteration::byte_order_mark_lost)
    return std::string(in.substr(in.substr(0, 3) == "\xef\xbb\xbf" ? 3 : 0));
  return each_character(in,
                        [](std::string& out, char32_t c) { append_character(out, c & 0xffff); });
}

/// Kinds that are done to characters, so to attribute values as well as to text.
constexpr bool concerns_values(alteration kind) noexcept {
  return kind >= alteration::unicode_normalised && kind <= alteration::read_as_latin_1;
}
constexpr bool concerns_text(alteration kind) noexcept {
  return kind >= alteration::line_ends && kind <= alteration::read_as_latin_1;
}

/// The text after a change of a kind that concerns text, in one of the ways it comes in, counted
/// from 0; nothing: there are no more ways.
inline std::optional<std::string> text_after(alteration kind, std::size_t way,
                                             std::string_view in) {
  return concerns_values(kind) ? recoded_after(kind, way, in) : spaced_after(kind, way, in);
}

}  // namespace vidimus::inline VIDIMUS_ABI::altering

#endif
