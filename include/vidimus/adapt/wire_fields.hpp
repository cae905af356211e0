// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_WIRE_FIELDS_HPP
#define VIDIMUS_ADAPT_WIRE_FIELDS_HPP

#include <optional>
#include <string>
#include <string_view>

#include "../base/result.hpp"
#include "../base/text.hpp"
#include "../check/canonical.hpp"
#include "../model/elements.hpp"
#include "../model/flat_element.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Which of the two hops an element is exchanged on: between sender and server, or between server
/// and receiver.
enum class hop : std::uint8_t { one, two };

/// What stands around an element: the hop, and what the stanza's start tag says. Addresses may be
/// bare or full; only their bare form counts.
struct wire_place {
  hop on = hop::one;
  std::string_view from{};
  std::string_view to{};
  std::string_view type{};
};

/// What is wrong with an element of urn:vidimus:0, or with a value that is to become one.
enum class wire_fault : std::uint8_t {
  unknown_element,
  unknown_attribute,
  doubled_attribute,
  missing_attribute,
  bad_attribute,    ///< not the one spelling of a value in its range
  default_spelled,  ///< an attribute or token that says what its absence says
  bad_text,         ///< a token that is unknown, out of order, or not the one spelling
  too_many,         ///< more tokens of a kind than an element may carry
  too_long,
  unknown_rule,
  wrong_hop,   ///< belongs to the other hop
  unwritable,  ///< a value that the wire form has no spelling for
};

/// `what`: a sentence that names the attribute or token; printable ASCII if the input was.
struct wire_error {
  wire_fault kind = wire_fault::unknown_element;
  std::string what;
};

/// Most octets of the text of an element.
inline constexpr std::size_t wire_text_max = 32'768;
/// Most attributes of an element; none has as many.
inline constexpr std::size_t wire_attributes_max = 32;
/// Longer addresses are tokens of the text, so that the start tag stays below 1,024 octets.
inline constexpr std::size_t wire_address_attribute_max = 200;
/// Most names in a coverage list, and most octets of its tokens together.
inline constexpr std::size_t wire_coverage_max = 64;
inline constexpr std::size_t wire_coverage_octets_max = 16'384;

namespace wire {

/// What absent attributes mean.
inline constexpr check_rule default_rule = check_rule::hmac_sha_256_128;
inline constexpr std::uint32_t default_lifetime_s = 24 * 3600;
inline constexpr std::uint32_t default_octets_max = 256 * 1024;

/// The flags of a check and their letters, in the order in which they are written.
struct flag_letter {
  char letter;
  std::uint8_t flag;
};
inline constexpr std::array flag_letters{
    flag_letter{'a', check::all}, flag_letter{'c', check::conditional},
    flag_letter{'p', check::plain},
    flag_letter{'q', check::report},  // quiet: set where the flag is not
    flag_letter{'s', check::sealed}};

/// One letter for each status, in the order of `status`.
inline constexpr std::string_view status_letters = "vpeduxcb";

inline constexpr std::array<std::string_view, 6> element_names{"check",    "receipt", "execute",
                                                               "withdraw", "sync",    "challenge"};

/// True if elements of that index go from the sender towards the receiver.
constexpr bool goes_forward(std::size_t index) noexcept { return index != 1 && index != 5; }

/// The type of a message as it counts: one of the four that are known, normal as empty.
constexpr std::string_view folded_type(std::string_view type) noexcept {
  return type == "chat" || type == "groupchat" || type == "headline" ? type : std::string_view{};
}

struct addresses {
  std::string_view origin, destination, relay;
};

/// The addresses that an element has if it does not say otherwise.
inline addresses implied(const wire_place& place, bool forward) noexcept {
  const auto first = bare(forward ? place.from : place.to);
  const auto last = bare(forward ? place.to : place.from);
  return {first, last, place.on == hop::one ? last : first};
}

/// An address that can be written: a bare one without white space, controls, or what XML does not
/// allow.
inline bool is_wire_address(std::string_view address) noexcept {
  if (!is_bare_address(address)) return false;
  for (char c : address)
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f) return false;
  return check_characters(address).kind == refusal_kind::none;
}

inline bool is_wire_key_id(std::string_view id) noexcept {
  if (id.empty() || id.size() > 32) return false;
  for (char c : id)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  return check_characters(id).kind == refusal_kind::none;
}

/// The text between two places where a letter stands; the whole if it stands nowhere.
constexpr std::string_view cut_at(std::string_view& rest, char letter) noexcept {
  const auto at = rest.find(letter);
  const auto first = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + 1);
  return first;
}

/// FIRST or FIRST-LAST with FIRST < LAST, from 1 to 2^53-1; nothing on anything else.
inline std::optional<range> read_range(std::string_view text) noexcept {
  auto rest = text;
  const auto first = from_decimal(cut_at(rest, '-'), number_max);
  if (!first || *first == 0) return std::nullopt;
  if (text.find('-') == std::string_view::npos) return range{*first, *first};
  const auto last = from_decimal(rest, number_max);
  if (!last || *last <= *first) return std::nullopt;
  return range{*first, *last};
}

/// Whether a code may be so long. A reference does not tell the rule: then any length is right that
/// a rule has.
inline bool fits(const header& head, std::size_t code_size) noexcept {
  const bool unsaid = !head.brief.empty() && head.key_id.empty();
  for (const rule_facts& one : rules)
    if (one.code_size == code_size && (unsaid || one.rule == head.rule)) return true;
  return false;
}

/// Whether an element may have the brief form: where nothing depends on its being understood
/// (protocol.md, element.brief).
template <class Element>
bool may_be_brief(const Element& e) noexcept {
  if (e.head.brief.empty()) return false;
  if constexpr (std::is_same_v<Element, check>) return e.attempt == 1;
  if constexpr (std::is_same_v<Element, receipt>) return e.answers.empty();
  return std::is_same_v<Element, execute>;
}

}  // namespace wire
}  // namespace vidimus::inline VIDIMUS_ABI

#endif
