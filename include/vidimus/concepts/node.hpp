// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CONCEPTS_NODE_HPP
#define VIDIMUS_CONCEPTS_NODE_HPP

#include <concepts>
#include <string_view>

#include "../version.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// What a node of a stack's tree is. All but `element` and `text` refuse the stanza; a CDATA
/// section is `text`.
enum class node_kind : unsigned char {
  none,  ///< behind the last sibling, or below an element without children
  tag,
  text,
  comment,
  instruction,
  doctype,
  declaration,
};

/// The name of an element or attribute as the stack knows it. If it knows namespaces, `resolved`
/// is true, `space` is the namespace and `prefix` is not looked at; else `prefix` is as written
/// and declarations are among the attributes (`xmlns`, `xmlns:p`).
struct node_name {
  std::string_view space{};
  std::string_view prefix{};
  std::string_view local{};
  bool resolved = false;
};

/// Splits a name as written, "p:x" or "x", at its first colon.
constexpr node_name split_name(std::string_view written) noexcept {
  auto colon = written.find(':');
  if (colon == std::string_view::npos) return {{}, {}, written, false};
  // an empty prefix would read as none: leave the colon in, it is no lawful name
  if (colon == 0) return {{}, {}, written, false};
  return {{}, written.substr(0, colon), written.substr(colon + 1), false};
}

/// A name as written, "p:x" or "x", that a zero octet ends. A place may give it for a `node_name`,
/// in `name()` and to the sink of `attributes`: the walk then measures, splits and checks it in one
/// go. Never null.
struct name_as_written {
  const char* text;
  constexpr operator node_name() const noexcept { return split_name(text); }  // NOLINT: is one
};

struct any_attribute_sink {
  bool operator()(const node_name&, std::string_view) const noexcept { return true; }
};

/// True of places whose type says `static constexpr bool texts_stay = true`: names, values and
/// texts stay valid while the tree is not changed, so the walk does not copy them.
template <class N>
inline constexpr bool texts_stay_of = [] {
  if constexpr (requires { N::texts_stay; }) return static_cast<bool>(N::texts_stay);
  return false;
}();

/// A place in a tree, cheap to copy. It need not be strict: names, characters, namespaces, doubles
/// and depth are checked by the walk. Texts returned stay valid until the next call on any node, or
/// longer (`texts_stay_of`).
///
/// - `kind()`: what is here; nothing else may be called where it is `none`.
/// - `name()`, `attributes(sink)`: of an element. `sink(name, value)` is called for each attribute
///   until it returns false.
/// - `text()`: of a text node, references resolved.
/// - `first_child()`, `next_sibling()`: the next place, perhaps `none`.
template <class N>
concept xml_node = std::copyable<N> && requires(const N& node, any_attribute_sink sink) {
  { node.kind() } -> std::same_as<node_kind>;
  { node.name() } -> std::convertible_to<node_name>;
  { node.text() } -> std::convertible_to<std::string_view>;
  { node.first_child() } -> std::same_as<N>;
  { node.next_sibling() } -> std::same_as<N>;
  node.attributes(sink);
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
