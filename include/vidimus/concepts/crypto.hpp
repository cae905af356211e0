// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CONCEPTS_CRYPTO_HPP
#define VIDIMUS_CONCEPTS_CRYPTO_HPP

#include <concepts>

#include "../model/check_code.hpp"
#include "../spec/rule.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// What the core needs of cryptography; `adapt/cryptopp.hpp` has it over Crypto++.
///
/// - `C::digest_of(rule, octets)`: H of the rule over the octets.
/// - `C::derive(rule, preset_code, info)`: the keyed state of one purpose and direction, by
///   HKDF-SHA-256 (RFC 5869) with an empty salt, `info`, and 32 octets of output. Copyable, kept by
///   the core for the life of a key, wiped when destroyed.
/// - `key.code(octets)`: the code over the octets, `facts(rule).code_size` octets long. `const`,
///   no allocation.
template <class C>
concept crypto = requires(check_rule rule, octets_view in, const typename C::mac_key& key) {
  requires std::copyable<typename C::mac_key>;
  { C::digest_of(rule, in) } -> std::same_as<digest>;
  { C::derive(rule, in, in) } -> std::same_as<typename C::mac_key>;
  { key.code(in) } -> std::same_as<check_code>;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
