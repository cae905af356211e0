// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_MODEL_NAME_TEXT_HPP
#define VIDIMUS_MODEL_NAME_TEXT_HPP

#include <optional>

#include "../base/text.hpp"
#include "name.hpp"

/// The names of messages as text, for hosts that keep them: beside a queue of their own, with what
/// was taken, in logs.
namespace vidimus::inline VIDIMUS_ABI {

/// Origin, destination, relay and the conversation's id in base64url, between '/', which no bare
/// address holds: so many octets.
inline std::size_t text_size(const conversation_name& name) {
  const route& along = *name.along;
  return along.origin.size() + along.destination.size() + along.relay.size() + 3 +
         base64_size(name.id.octets.size());
}
/// Writes that; returns what is behind it.
inline char* put_text(char* to, const conversation_name& name) {
  const route& along = *name.along;
  for (const std::string* part : {&along.origin, &along.destination, &along.relay}) {
    to = put_text(to, *part);
    *to++ = '/';
  }
  put_base64(to, name.id.view(), base64url_letters);
  return to + base64_size(name.id.octets.size());
}

/// The conversation, and the number behind another '/': unique, and the same in every version.
inline std::string text(const message_name& name) {
  std::string out(text_size(name.in), '/');
  put_text(out.data(), name.in);
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
  const auto at = from_decimal(parts[4], number_max);
  message_name out;
  if (!from_base64(parts[3], out.in.id.octets, base64url_letters) || !at) return std::nullopt;
  out.in.along = make_route(std::string(parts[0]), std::string(parts[1]), std::string(parts[2]));
  out.at = *at;
  return out;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
