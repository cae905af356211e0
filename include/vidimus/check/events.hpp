// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_EVENTS_HPP
#define VIDIMUS_CHECK_EVENTS_HPP

#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>

#include "refusal.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// A prefix and the namespace it is bound to.
struct prefix_binding {
  std::string_view prefix;
  std::string_view space;
};

/// What is declared around a stanza: the stream's default namespace, and prefixes if there are any.
struct stream_scope {
  std::string_view default_space = "jabber:client";
  std::span<const prefix_binding> prefixes{};
};

/// An attribute that is not a declaration. TAB, LF, CR and CR LF in the value are one space each.
struct xml_attribute {
  std::string_view space;  ///< empty: none
  std::string_view local;
  std::string_view value;
};

/// An element begins. Attributes are sorted by (namespace, local name); no two have one name.
struct open_event {
  std::string_view space;
  std::string_view local;
  std::span<const xml_attribute> attributes;
};

/// What takes the events of one stanza, from the octets (check/scan.hpp) or from a tree
/// (check/walk.hpp). Every method says `none` to go on or why the stanza is refused; `what()` then
/// names it. Texts come in pieces, never empty, with LF for line ends; a run of text ends where an
/// element opens or closes. Names and attribute values stay valid until the element has closed.
template <class H>
concept xml_handler = requires(H& h, const open_event& open, std::string_view piece) {
  { h.open(open) } -> std::same_as<refusal_kind>;
  { h.text(piece) } -> std::same_as<refusal_kind>;
  { h.close() } -> std::same_as<refusal_kind>;
  { h.what() } -> std::convertible_to<std::string_view>;
};

/// A handler that asks where it is: before `open` it is told what is declared there, the element's
/// own included, and where its tag begins (null in a tree); after `close` where it has ended, in
/// octets only. Prefixes may be there twice: the later one is in force.
template <class H>
concept asks_where = requires(H& h, const stream_scope& in, const char* at) {
  h.begins(in, at);
  h.ended(at);
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
