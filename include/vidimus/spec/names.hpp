// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_SPEC_NAMES_HPP
#define VIDIMUS_SPEC_NAMES_HPP

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../version.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Namespace names. `content` is what all four content namespaces are written as.
namespace ns {
inline constexpr std::string_view vidimus = "urn:vidimus:0";
inline constexpr std::string_view content = "jabber:client";
inline constexpr std::string_view server = "jabber:server";
inline constexpr std::string_view component = "jabber:component:accept";
inline constexpr std::string_view xml = "http://www.w3.org/XML/1998/namespace";
inline constexpr std::string_view xmlns = "http://www.w3.org/2000/xmlns/";
inline constexpr std::string_view hints = "urn:xmpp:hints";
inline constexpr std::string_view carbons = "urn:xmpp:carbons:2";
inline constexpr std::string_view forward = "urn:xmpp:forward:0";
}  // namespace ns

/// A name in a table; an empty local name stands for the whole namespace.
struct table_name {
  std::string_view space;
  std::string_view local;
};

/// Equal to a literal? With the length known the comparison needs no call.
template <std::size_t N>
constexpr bool equals(std::string_view text, const char (&literal)[N]) noexcept {
  return text.size() == N - 1 && std::char_traits<char>::compare(text.data(), literal, N - 1) == 0;
}

/// Children of the message that no check code covers: servers add, change and remove them on the
/// way, or they are about the transport. Content namespaces are written "jabber:client".
inline constexpr std::array never_covered_names{
    table_name{ns::vidimus, ""},
    table_name{ns::hints, ""},
    table_name{"urn:xmpp:receipts", ""},
    table_name{"urn:xmpp:chat-markers:0", ""},
    table_name{"http://jabber.org/protocol/chatstates", ""},
    table_name{"urn:xmpp:delay", "delay"},
    table_name{"jabber:x:delay", "x"},
    table_name{"urn:xmpp:sid:0", "stanza-id"},
    table_name{"urn:xmpp:sid:0", "origin-id"},
    table_name{"urn:xmpp:mam:tmp", "archived"},
    table_name{"urn:xmpp:occupant-id:0", "occupant-id"},
    table_name{ns::carbons, "private"},
    table_name{"http://jabber.org/protocol/muc#user", "x"},
    table_name{"http://jabber.org/protocol/nick", "nick"},
    table_name{ns::content, "error"},
    table_name{"http://jabber.org/protocol/address", "addresses"},
};

/// Children that make the message a copy of another one: never a delivery, never answered.
inline constexpr std::array copy_names{
    table_name{ns::carbons, "sent"},          table_name{ns::carbons, "received"},
    table_name{ns::forward, "forwarded"},     table_name{"urn:xmpp:mam:2", "result"},
    table_name{"urn:xmpp:mam:1", "result"},   table_name{"urn:xmpp:mam:0", "result"},
    table_name{"urn:xmpp:mam:tmp", "result"},
};

/// Which rows of a table have a namespace of so many octets, a bit for each.
template <std::size_t N>
constexpr auto rows_by_size(const std::array<table_name, N>& table) noexcept {
  static_assert(N <= 32);
  std::array<std::uint32_t, 64> rows{};
  for (std::size_t i = 0; i < N; ++i) rows[table[i].space.size()] |= std::uint32_t{1} << i;
  return rows;
}

template <const auto& Table>
inline constexpr auto rows_of = rows_by_size(Table);

template <const auto& Table>
constexpr bool is_in(std::string_view space, std::string_view local) noexcept {
  if (space.size() >= rows_of<Table>.size()) return false;
  for (auto left = rows_of<Table>[space.size()]; left != 0; left &= left - 1) {
    const auto& name = Table[static_cast<std::size_t>(std::countr_zero(left))];
    // names of one length mostly differ in the last octet
    if (name.space.back() == space.back() && (name.local.empty() || name.local == local) &&
        name.space == space)
      return true;
  }
  return false;
}

/// True of the three content namespaces of streams, and of none.
constexpr bool is_content_namespace(std::string_view space) noexcept {
  return space.empty() || equals(space, "jabber:client") || equals(space, "jabber:server") ||
         equals(space, "jabber:component:accept");
}

/// True of `<body/>`, `<subject/>` and `<thread/>`, content namespaces written "jabber:client".
constexpr bool is_core(std::string_view space, std::string_view local) noexcept {
  return (equals(local, "body") || equals(local, "subject") || equals(local, "thread")) &&
         equals(space, "jabber:client");
}

constexpr bool is_never_covered(std::string_view space, std::string_view local) noexcept {
  return is_in<never_covered_names>(space, local);
}

constexpr bool is_copy_wrapper(std::string_view space, std::string_view local) noexcept {
  return is_in<copy_names>(space, local);
}

/// The envelope of several messages, a child of a message (protocol.md, bundle.split).
inline constexpr std::string_view bundle_name = "bundle";
/// The most messages that one may carry.
inline constexpr std::size_t bundle_messages_max = 64;

/// What reading one stanza may take. A stanza beyond a limit is refused, naming the limit.
/// Work and memory are linear in `octets`; what is kept between stanzas is bounded by the same.
struct reading_limits {
  std::size_t octets = 262'144;              ///< the whole stanza
  std::size_t depth = 64;                    ///< open elements, the message itself included
  std::size_t elements = 65'536;             ///< of the whole stanza
  std::size_t children = 1'024;              ///< directly in the message
  std::size_t attributes = 256;              ///< of one element, prefix declarations included
  std::size_t attribute_octets = 65'536;     ///< one value
  std::size_t declarations = 256;            ///< of prefixes in force, the stream's included
  std::size_t namespace_octets = 4'096;      ///< one namespace name
  std::size_t canonical_octets = 2'097'152;  ///< default coverage and listed; below 2^31
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
