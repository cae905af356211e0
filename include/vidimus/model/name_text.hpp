// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_MODEL_NAME_TEXT_HPP
#define VIDIMUS_MODEL_NAME_TEXT_HPP

#include <optional>

#include "../base/text.hpp"
#include "name.hpp"

/// The names of messages as text, for hosts that keep them: beside a queue of their own, with what
/// was taken, in logs.
namespace vidimus::inline VIDIMUS_ABI {

/// Appends origin, destination, relay and the conversation's id in base64url, between '/', which no
/// bare address holds.
inline void append_text(std::string& to, const conversation_name& name) {
  const route& along = *name.along;
  for (const std::string* part : {&along.origin, &along.destination, &along.relay})
    (to += *part) += '/';
  append_base64(to, name.id.view(), base64url_letters);
}

/// The conversation, and the number behind another '/': unique, and the same in every version.
inline std::string text(const message_name& name) {
  std::string out;
  append_text(out, name.in);
  return out + '/' + std::to_string(name.at);
}

/// The inverse. Nothing on anything else.
inline std::optional<message_name> message_name_of(std::string_view text) {
  std::array<std::string_view, 5> parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto end = text.find('/');
    if ((end == std::string_view::npos) != (i + 1 == parts.size())) return std::nullopt;
    parts[i] = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), parts[i].size() + 1));
  }
  const auto id = from_base64(parts[3], base64url_letters);
  const auto at = from_decimal(parts[4], number_max);
  message_name out;
  if (!id || id->size() != out.in.id.octets.size() || !at) return std::nullopt;
  out.in.along = make_route(std::string(parts[0]), std::string(parts[1]), std::string(parts[2]));
  std::copy(id->begin(), id->end(), out.in.id.octets.begin());
  out.at = *at;
  return out;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
