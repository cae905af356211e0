// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_MODEL_DIAGNOSIS_HPP
#define VIDIMUS_MODEL_DIAGNOSIS_HPP

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "../version.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// What became of a part of a message on its way. The list is closed.
enum class alteration : std::uint8_t {
  missing,
  added,
  changed,  ///< in no way that is recognised
  // texts
  line_ends,
  trimmed,
  spaces_joined,
  blank_text_lost,
  emptied,
  truncated,
  case_changed,
  unicode_normalised,
  byte_order_mark_lost,
  beyond_bmp_lost,
  beyond_bmp_replaced,
  beyond_bmp_cut,
  beyond_ascii_replaced,
  read_as_latin_1,
  // attributes and elements
  prefixed_attributes_lost,
  prefixed_attributes_flattened,
  empty_attributes_lost,
  attribute_lost,
  attribute_added,
  attribute_changed,
  element_lost,
  element_added,
  no_namespace_lost,
  text_moved,
  order_changed,
  one_language_left,
  // what stands beside the content
  type_changed,
};

inline constexpr alteration last_alteration = alteration::type_changed;

/// The sentence for a person.
constexpr std::string_view sentence(alteration kind) noexcept {
  using enum alteration;
  switch (kind) {
    case missing: return "missing";
    case added: return "added";
    case changed: return "changed";
    case line_ends: return "line ends lost or replaced";
    case trimmed: return "white space at the ends trimmed";
    case spaces_joined: return "runs of white space became one space";
    case blank_text_lost: return "text of white space lost";
    case emptied: return "text emptied";
    case truncated: return "truncated";
    case case_changed: return "case changed";
    case unicode_normalised: return "Unicode normalised";
    case byte_order_mark_lost: return "U+FEFF lost";
    case beyond_bmp_lost: return "characters outside the BMP lost";
    case beyond_bmp_replaced: return "characters outside the BMP replaced";
    case beyond_bmp_cut: return "characters outside the BMP cut to 16 bits";
    case beyond_ascii_replaced: return "characters outside ASCII lost or replaced";
    case read_as_latin_1: return "UTF-8 read as Latin-1";
    case prefixed_attributes_lost: return "attributes of a namespace lost";
    case prefixed_attributes_flattened: return "attributes lost their namespace";
    case empty_attributes_lost: return "empty attributes lost";
    case attribute_lost: return "attribute lost";
    case attribute_added: return "attribute added";
    case attribute_changed: return "value of attribute changed";
    case element_lost: return "element lost";
    case element_added: return "element added";
    case no_namespace_lost: return "xmlns='' lost";
    case text_moved: return "text moved before the elements beside it";
    case order_changed: return "order changed";
    case one_language_left: return "other languages lost";
    case type_changed: return "type of the message changed";
  }
  return "changed";
}

/// One part of a message and what became of it.
struct part_change {
  /// `body`, `subject`, `thread`, with `@language` where there are several; `{namespace}name`;
  /// `check` for the fields beside the content. Printable ASCII, at most 140 octets.
  std::string part;
  alteration kind = alteration::changed;
  std::string detail;  ///< a name, or what the type became; may be empty; printable ASCII
  friend bool operator==(const part_change&, const part_change&) = default;
};

/// Most parts that a verdict names, and most lines of a diagnosis.
inline constexpr std::size_t diagnosis_parts_max = 32;

/// What an altered verdict lets its reader conclude (protocol.md, altered.parts). Empty if nothing:
/// it is a hint for a person, never evidence, and not durable.
struct diagnosis {
  std::vector<part_change> parts;  ///< at most `diagnosis_parts_max`

  bool empty() const noexcept { return parts.empty(); }
  friend bool operator==(const diagnosis&, const diagnosis&) = default;
};

/// For a person, a line for each part: `body: truncated`.
inline std::string text(const diagnosis& all) {
  std::string out;
  for (const part_change& one : all.parts) {
    out.append(one.part).append(": ").append(sentence(one.kind));
    if (!one.detail.empty()) out.append(": ").append(one.detail);
    out += '\n';
  }
  return out;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
