// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_MODEL_LINT_REPORT_HPP
#define VIDIMUS_MODEL_LINT_REPORT_HPP

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "../version.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// What a message may hold that somebody on the way, or the library at its end, does not keep.
/// The list is closed.
enum class lint_kind : std::uint8_t {
  refused,  ///< by the strict pass
  prefixed_attribute,
  xml_attribute,
  empty_attribute,
  outer_prefix,
  no_namespace,
  content_prefix_inside,
  markup_in_namespace,
  long_namespace,
  text_beside_elements,
  blank_beside_text,
  no_break_space,
  text_behind_cdata,
  beyond_bmp_reference,
  byte_order_mark,
  several_languages,
  thread_parent,
  unregistered_payload,
  error_child,
  long_start_tag,
  // seen by nobody's code
  deep_payload,
  carriage_return,
  white_space_in_value,
  core_without_text,
  blank_payload_text,
  core_attribute,
  message_attribute,
  text_in_message,
};

inline constexpr std::size_t lint_kind_count = 28;

enum class lint_severity : std::uint8_t {
  note,     ///< lost or changed, but no code covers it, or codes agree all the same
  warning,  ///< a stack is known to lose or change what the code covers
  refusal,  ///< it cannot be sent
};

/// What is known about a kind. Stacks by the names in `lint_stacks`.
struct lint_facts {
  lint_kind kind;
  lint_severity severity;
  std::array<std::string_view, 5> stacks;  ///< empty ones do not count
  std::string_view sentence;
};

/// Stacks that findings name. "gloox" and "QDom" are the trees these libraries parse, "gloox
/// Message" and "QXmpp" the typed messages they hand over and send.
inline constexpr std::array<std::string_view, 14> lint_stacks{
    "libstrophe", "gloox",   "gloox Message", "QXmpp",    "QDom",     "QString", "slixmpp",
    "@xmpp",      "Swiften", "Prosody",       "ejabberd", "jabberd2", "pugixml", "SQL stores"};

// clang-format off
inline constexpr std::array<lint_facts, lint_kind_count> lint_table{{
  {lint_kind::refused, lint_severity::refusal, {},
    "the strict pass refuses it"},
  {lint_kind::prefixed_attribute, lint_severity::warning,
    {"libstrophe", "slixmpp", "QXmpp", "Swiften"},
    "an attribute of a namespace: it loses its namespace or is dropped"},
  {lint_kind::xml_attribute, lint_severity::warning, {"libstrophe", "QXmpp", "Swiften"},
    "xml:lang or another xml: attribute inside a payload: it loses its namespace"},
  {lint_kind::empty_attribute, lint_severity::note, {"QXmpp"},
    "an empty attribute value: typed messages may leave it out"},
  {lint_kind::outer_prefix, lint_severity::warning, {"ejabberd", "gloox", "@xmpp", "QDom"},
    "a prefix that is declared on the message or above it: it is passed on undeclared"},
  {lint_kind::no_namespace, lint_severity::warning,
    {"libstrophe", "slixmpp", "QXmpp", "jabberd2", "SQL stores"},
    "xmlns='' inside a payload: it is lost"},
  {lint_kind::content_prefix_inside, lint_severity::warning, {"jabberd2", "libstrophe"},
    "a prefix of the stream's namespace inside a payload: elements change their namespace"},
  {lint_kind::markup_in_namespace, lint_severity::warning, {"QXmpp", "slixmpp"},
    "markup in a namespace name: it is not escaped again"},
  {lint_kind::long_namespace, lint_severity::warning, {"jabberd2"},
    "a namespace name of more than 1,024 octets"},
  {lint_kind::text_beside_elements, lint_severity::warning, {"QXmpp"},
    "text beside elements in a payload: all text is written before the elements"},
  {lint_kind::blank_beside_text, lint_severity::warning, {"QDom", "QXmpp", "pugixml"},
    "white space between elements that have text beside them: it is dropped"},
  {lint_kind::no_break_space, lint_severity::warning, {"QDom", "QXmpp"},
    "text of nothing but no-break spaces: it counts as white space and is dropped"},
  {lint_kind::text_behind_cdata, lint_severity::warning, {"@xmpp", "pugixml"},
    "text behind a CDATA section: it is lost"},
  {lint_kind::beyond_bmp_reference, lint_severity::warning, {"gloox", "QDom"},
    "a reference to a character outside the BMP: write the character itself"},
  {lint_kind::byte_order_mark, lint_severity::warning, {"QString"},
    "text that begins with U+FEFF: it is taken away"},
  {lint_kind::several_languages, lint_severity::warning, {"gloox Message", "QXmpp", "libstrophe"},
    "bodies or subjects of several languages: one is left, or the languages are lost"},
  {lint_kind::thread_parent, lint_severity::warning, {"gloox Message"},
    "the parent of the thread: it is dropped"},
  {lint_kind::unregistered_payload, lint_severity::warning, {"gloox Message", "Swiften"},
    "a payload that typed messages drop unless the program registered it"},
  {lint_kind::error_child, lint_severity::warning, {"slixmpp"},
    "an error element: the message becomes one of type error"},
  {lint_kind::long_start_tag, lint_severity::warning, {"ejabberd", "Prosody"},
    "a start tag of more than 4,096 octets: delivery may wait for later traffic"},
  {lint_kind::deep_payload, lint_severity::note, {"Prosody", "slixmpp"},
    "elements nested more than 30 deep"},
  {lint_kind::carriage_return, lint_severity::note,
    {"libstrophe", "gloox", "slixmpp", "Prosody", "ejabberd"},
    "a reference to U+000D in text: it arrives as LF, which the code takes for the same"},
  {lint_kind::white_space_in_value, lint_severity::note,
    {"libstrophe", "gloox", "slixmpp", "@xmpp", "Prosody"},
    "TAB, LF or CR in an attribute value: it arrives as a space, which is the same to the code"},
  {lint_kind::core_without_text, lint_severity::note, {"gloox Message", "QXmpp", "slixmpp"},
    "body, subject or thread without text: it counts as absent"},
  {lint_kind::blank_payload_text, lint_severity::note, {"QDom", "QXmpp", "pugixml"},
    "nothing but white space for text in a payload: it counts as none"},
  {lint_kind::core_attribute, lint_severity::note, {"ejabberd"},
    "an attribute of body, subject or thread that no code covers: it is dropped"},
  {lint_kind::message_attribute, lint_severity::note, {"ejabberd"},
    "an attribute of the message that XMPP does not know: it is dropped, and no code covers it"},
  {lint_kind::text_in_message, lint_severity::note, {"ejabberd"},
    "text directly in the message: it is dropped, and no code covers it"},
}};
// clang-format on

static_assert(
    [] {
      for (std::size_t i = 0; i < lint_table.size(); ++i)
        if (static_cast<std::size_t>(lint_table[i].kind) != i) return false;
      return true;
    }(),
    "the facts stand in the order of the kinds");

constexpr const lint_facts& facts(lint_kind kind) noexcept {
  return lint_table[static_cast<std::size_t>(kind)];
}

/// True if the kind is known of that stack, by its name in `lint_stacks`.
constexpr bool is_known_of(lint_kind kind, std::string_view stack) noexcept {
  for (std::string_view one : facts(kind).stacks)
    if (!one.empty() && one == stack) return true;
  return false;
}

/// One thing that was found.
struct lint_finding {
  lint_kind kind = lint_kind::refused;
  std::string where;   ///< path of elements, as in `message/x/y`; printable ASCII
  std::size_t at = 0;  ///< octet of the start tag or text; in a tree the elements opened before
  std::string what;    ///< name, or the reason of a refusal; printable ASCII, may be empty
};

/// One line for a person: what, where, and whom it concerns.
inline std::string text(const lint_finding& found) {
  std::string out = found.where + ": ";
  out.append(facts(found.kind).sentence);
  if (!found.what.empty()) out.append(": ").append(found.what);
  const char* between = " (";
  for (std::string_view stack : facts(found.kind).stacks) {
    if (stack.empty()) break;
    out.append(between).append(stack);
    between = ", ";
  }
  if (*between == ',') out += ")";
  return out;
}

/// What lint has to say about one message.
struct lint_report {
  static constexpr std::size_t findings_max = 16;

  std::vector<lint_finding> findings;                   ///< the first `findings_max`
  std::array<std::uint32_t, lint_kind_count> counts{};  ///< of each kind, all of them

  std::size_t count(lint_kind kind) const noexcept {
    return counts[static_cast<std::size_t>(kind)];
  }
  /// True if something of at least this severity was found that is known of the stack; of any if
  /// it is empty.
  bool concerns(std::string_view stack, lint_severity least = lint_severity::warning) const {
    for (const auto& known : lint_table)
      if (count(known.kind) != 0 && known.severity >= least &&
          (stack.empty() || is_known_of(known.kind, stack)))
        return true;
    return false;
  }
};

/// Which findings a host does not want to send. By default what cannot be sent.
struct lint_policy {
  lint_severity least = lint_severity::refusal;
  std::span<const std::string_view> stacks{};  ///< only what is known of these; empty: of any

  /// The first finding that the policy refuses, or null. What it counts but `findings` has no room
  /// for is refused by the last one kept.
  const lint_finding* objection(const lint_report& report) const {
    for (const auto& found : report.findings)
      if (refuses(found.kind)) return &found;
    for (const auto& known : lint_table)
      if (report.count(known.kind) != 0 && refuses(known.kind)) return &report.findings.back();
    return nullptr;
  }
  bool refuses(lint_kind kind) const {
    if (kind == lint_kind::refused) return true;
    if (facts(kind).severity < least) return false;
    bool any = stacks.empty();
    for (std::string_view stack : stacks) any = any || is_known_of(kind, stack);
    return any;
  }
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
