// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CONCEPTS_KEY_SOURCE_HPP
#define VIDIMUS_CONCEPTS_KEY_SOURCE_HPP

#include <concepts>
#include <optional>
#include <string>
#include <string_view>

#include "../model/name.hpp"
#include "../model/preset_code.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// The key a party uses now towards a peer.
struct key_choice {
  key_name key_id;  ///< 1 to `key_id_size_max` octets
  check_rule rule = check_rule::hmac_sha_256_128;
};

/// Where preset codes come from. All of it is asked with bare addresses.
///
/// - `current(peer)`: the key for the next transmission to `peer`; nothing: no key is known.
/// - `preset_code(peer, key_id, rule)`: the code of that name if it belongs to that rule, valid
///   until the next call that changes the source; empty: unknown, removed, or of another rule
///   (protocol.md, key.rule). A revoked key id is never given another code.
/// - `accepts(peer, rule)`: whether codes by `rule` are taken from `peer` (an allow-list).
/// - `speaks_for(peer, origin)`: whether what `peer` sends may name `origin` as its origin. True
///   for itself; for a relay: the origins its record lists (protocol.md, key.scope).
template <class K>
concept key_source = requires(const K& keys, std::string_view text, check_rule rule) {
  { keys.current(text) } -> std::same_as<std::optional<key_choice>>;
  { keys.preset_code(text, text, rule) } -> std::same_as<octets_view>;
  { keys.accepts(text, rule) } -> std::same_as<bool>;
  { keys.speaks_for(text, text) } -> std::same_as<bool>;
};

/// The key that an end uses towards the other end (protocol.md, end.keys).
struct end_choice {
  key_name key_id;  ///< 1 to `key_id_size_max` octets
  check_rule rule = check_rule::hmac_sha_256_128;
  /// At the sender: the second code travels with the execute command (protocol.md, end.sealed).
  bool sealed = false;
};

/// A key source that also holds keys between the ends, apart from those of the hops. A source
/// without these functions has none. `peer` is the bare address of the far end, never a relay.
///
/// - `end_to_end(peer)`: at the sender the key for messages to `peer`; at the receiver a value says
///   that messages of `peer` need a valid second code. Nothing: trust mode per hop.
/// - `end_preset_code(peer, key_id, rule)`: the code of that name, for codes by `rule`; empty:
///   unknown, removed, or made for another rule.
template <class K>
concept end_key_source = key_source<K> &&
    requires(const K& keys, std::string_view text, check_rule rule) {
  { keys.end_to_end(text) } -> std::same_as<std::optional<end_choice>>;
  { keys.end_preset_code(text, text, rule) } -> std::same_as<octets_view>;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
