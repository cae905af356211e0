// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_STANZA_WRITER_HPP
#define VIDIMUS_CHECK_STANZA_WRITER_HPP

#include "stanza.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// What a message to be sent is made of. Empty texts are left out.
struct outgoing_stanza {
  std::string_view to{};
  std::string_view from{};
  std::string_view id{};
  std::string_view type{};
  std::string_view payload{};                 ///< children as XML, without our element
  const flat_element* own = nullptr;          ///< written behind the payload
  std::span<const std::string_view> hints{};  ///< names of urn:xmpp:hints: "no-copy"
  std::string_view space{};                   ///< xmlns of the message; WebSocket frames need it
};

/// Appends our element. False if a name in it is no name.
inline bool append_own(std::string& out, const flat_element& own) {
  if (!is_ncname(own.name)) return false;
  out.append("<").append(own.name);
  append_attribute(out, "xmlns", ns::vidimus);
  for (const auto& [name, value] : own.attributes) {
    if (!is_ncname(name) || name == "xmlns") return false;
    append_attribute(out, name, value);
  }
  if (own.text.empty()) {
    out += "/>";
    return true;
  }
  out += '>';
  append_escaped(out, own.text, xml_place::text);
  out.append("</").append(own.name).append(">");
  return true;
}

/// Octets of a stanza in which nothing needs to be escaped: never too few then.
inline std::size_t likely_size(const outgoing_stanza& parts) {
  std::size_t out = 128 + parts.to.size() + parts.from.size() + parts.id.size() +
                    parts.type.size() + parts.payload.size() + parts.space.size();
  for (const auto& hint : parts.hints) out += 32 + hint.size();
  if (parts.own == nullptr) return out;
  out += 64 + 2 * parts.own->name.size() + parts.own->text.size();
  for (const auto& [name, value] : parts.own->attributes) out += 4 + name.size() + value.size();
  return out;
}

/// The text of a stanza. It has passed the strict pass: whatever the parts were, what is returned
/// is one well-formed element within the limits; else the reason is returned, with the place in
/// the text that would have been.
inline result<std::string, refusal> write_stanza(const outgoing_stanza& parts,
                                                 const reading_limits& limits = {}) {
  std::string out;
  out.reserve(likely_size(parts));
  out = "<message";
  auto attribute = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) append_attribute(out, name, value);
  };
  attribute("xmlns", parts.space);
  attribute("to", parts.to);
  attribute("from", parts.from);
  attribute("id", parts.id);
  attribute("type", parts.type);
  out.append(">").append(parts.payload);
  if (parts.own != nullptr && !append_own(out, *parts.own))
    return refusal{refusal_kind::bad_name, out.size(), printable(parts.own->name)};
  for (auto hint : parts.hints) {
    if (!is_ncname(hint)) return refusal{refusal_kind::bad_name, out.size(), printable(hint)};
    out.append("<").append(hint);
    append_attribute(out, "xmlns", ns::hints);
    out += "/>";
  }
  out += "</message>";
  scanner strict;
  no_handler nobody;
  if (!strict.scan(out, {}, limits, nobody)) return strict.why();
  return out;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
