// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_REFUSAL_HPP
#define VIDIMUS_CHECK_REFUSAL_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "../version.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Why a stanza, a tree or a coverage was refused. The list is closed.
enum class refusal_kind : std::uint8_t {
  none,  ///< not refused
  // limits
  too_large,
  too_deep,
  too_many_elements,
  too_many_children,
  too_many_attributes,
  attribute_too_long,
  too_many_declarations,
  namespace_too_long,
  content_too_large,
  // not well-formed
  cut,
  two_roots,
  text_outside,
  bad_markup,
  bad_name,
  mismatched_end,
  less_than_in_attribute,
  section_end_in_text,
  bad_utf8,
  forbidden_character,
  forbidden_reference,
  bad_reference,
  unknown_entity,
  duplicate_attribute,
  unbound_prefix,
  reserved_name,
  empty_binding,
  // well-formed perhaps, but not allowed in a stream
  doctype,
  comment,
  instruction,
  xml_declaration,
  // content rules
  not_a_message,
  element_in_core,
  two_of_one_language,
  two_threads,
  own_not_flat,
  two_own,
  bad_coverage,
  // a bundle (check/bundle.hpp)
  bundle_empty,
  bundle_too_many,
  bundle_nested,
  bundle_addressed,
  bundle_stray,
  // a tree that its parser could not build
  no_tree,
};

/// The sentence for a person.
constexpr std::string_view sentence(refusal_kind kind) noexcept {
  using enum refusal_kind;
  switch (kind) {
    case none: return "not refused";
    case too_large: return "the stanza is larger than the limits allow";
    case too_deep: return "elements are nested deeper than the limits allow";
    case too_many_elements: return "the stanza has more elements than the limits allow";
    case too_many_children: return "the message has more children than the limits allow";
    case too_many_attributes: return "the element has more attributes than the limits allow";
    case attribute_too_long: return "the attribute value is longer than the limits allow";
    case too_many_declarations: return "more prefixes are declared than the limits allow";
    case namespace_too_long: return "the namespace name is longer than the limits allow";
    case content_too_large: return "the canonical content is larger than the limits allow";
    case cut: return "the stanza ends before its root element does";
    case two_roots: return "there is a second root element";
    case text_outside: return "there is text outside the root element";
    case bad_markup: return "the markup is not well-formed";
    case bad_name: return "the name is not a name by XML 1.0 with namespaces";
    case mismatched_end: return "the end tag does not match the open element";
    case less_than_in_attribute: return "an attribute value holds '<'";
    case section_end_in_text: return "text holds ']]>'";
    case bad_utf8: return "the octets are not UTF-8";
    case forbidden_character: return "the character is not allowed in XML 1.0";
    case forbidden_reference: return "the reference is to a character not allowed in XML 1.0";
    case bad_reference: return "'&' does not begin a reference";
    case unknown_entity: return "the entity is not one of the five of XML";
    case duplicate_attribute: return "the attribute occurs twice";
    case unbound_prefix: return "the prefix is not bound to a namespace";
    case reserved_name: return "a prefix or namespace reserved by XML is misused";
    case empty_binding: return "a prefix is bound to no namespace";
    case doctype: return "a document type declaration is not allowed in a stanza";
    case comment: return "a comment is not allowed in a stanza";
    case instruction: return "a processing instruction is not allowed in a stanza";
    case xml_declaration: return "an XML declaration is not allowed in a stanza";
    case not_a_message: return "the root element is not a message of a content namespace";
    case element_in_core: return "body, subject or thread has an element in it";
    case two_of_one_language: return "there are two of one language";
    case two_threads: return "there are two threads";
    case own_not_flat: return "an element of urn:vidimus:0 is not flat";
    case two_own: return "there are two elements of urn:vidimus:0";
    case bad_coverage:
      return "the coverage list is not sorted, has doubles, or names what cannot be listed";
    case bundle_empty: return "there is no message in the bundle";
    case bundle_too_many: return "there are more messages in the bundle than it may carry";
    case bundle_nested: return "there is a bundle in the bundle";
    case bundle_addressed: return "a message in the bundle has an address of its own";
    case bundle_stray: return "the bundle has something that is not a message";
    case no_tree: return "the parser did not build a tree";
  }
  return "unknown refusal";
}

/// What was refused, where and about what.
struct refusal {
  refusal_kind kind = refusal_kind::none;
  std::size_t at = 0;  ///< offset of the octet; in a tree the number of elements opened before
  std::string what;    ///< name, prefix, entity or character; printable ASCII, at most 64 octets
};

/// Any octets as printable ASCII of at most 64 octets: others as \xHH, a longer text with "...".
inline std::string printable(std::string_view raw) {
  constexpr std::string_view digits = "0123456789abcdef";
  constexpr std::size_t most = 64;
  std::string out;
  for (char c : raw) {
    auto value = static_cast<unsigned char>(c);
    bool plain = value >= 0x20 && value < 0x7f && c != '\\';
    if (out.size() + (plain ? 1 : 4) > most - 3) return out += "...";
    if (plain) {
      out += c;
    } else {
      out += "\\x";
      out += digits[value >> 4];
      out += digits[value & 15];
    }
  }
  return out;
}

/// One line for a person: the sentence, what, and where.
inline std::string explain(const refusal& why) {
  std::string out(sentence(why.kind));
  if (!why.what.empty()) out.append(": ").append(why.what);
  return out.append(" (at ").append(std::to_string(why.at)).append(")");
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
