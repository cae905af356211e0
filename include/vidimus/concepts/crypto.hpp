// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CONCEPTS_CRYPTO_HPP
#define VIDIMUS_CONCEPTS_CRYPTO_HPP

#include <concepts>

#include "../model/check_code.hpp"
#include "../spec/rule.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// What the core needs of cryptography; `adapt/cryptopp.hpp` has it over Crypto++.
///
/// - `C::digest_of(octets)`: SHA-256, the digest of content under every rule.
/// - `C::derive(rule, preset_code, info)`: the keyed state of one purpose and direction. Where
///   `facts(rule).derived`, under the 32 octets that HKDF-SHA-256 (RFC 5869) makes of the preset
///   code with an empty salt and `info`; else (ed25519) the preset code itself, and `info` is not
///   used. Only called with a preset code that `is_usable`, under a rule that the key source has
///   it for: what a class does for rules that it lacks is its own affair. Copyable, kept by the
///   core for the life of a key, wiped when destroyed.
/// - `key.code(octets)`: this party's code over the octets, `facts(rule).code_size` octets long.
/// - `key.matches(octets, code)`: whether the peer's code over the octets is this one. Of a code
///   of any length; in constant time where the code is a MAC; a signature is verified strictly
///   (RFC 8032, 5.1.7, with S below the order of the group).
/// - `key.short_of(octets)`: what both parties compute alike: the first 64 bits of the MAC; of a
///   signing rule, where they share no secret, the first 64 bits of SHA-256.
///
/// The three are `const` and may be called by several threads.
///
/// Optional: `key.begin_with(octets)`, called once, before these three. From then on all that they
/// are given begins with these octets (addresses, purpose, rule), so that what those make of the
/// state need not be computed each time.
template <class C>
concept crypto = requires(check_rule rule, octets_view in, const check_code& code,
                          const typename C::code_key& key) {
  requires std::copyable<typename C::code_key>;
  { C::digest_of(in) } -> std::same_as<digest>;
  { C::derive(rule, in, in) } -> std::same_as<typename C::code_key>;
  { key.code(in) } -> std::same_as<check_code>;
  { key.matches(in, code) } -> std::same_as<bool>;
  { key.short_of(in) } -> std::same_as<short_code>;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
