// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_SPEC_RULE_HPP
#define VIDIMUS_SPEC_RULE_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "../version.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// The check rule: how a code is made over what it covers. Named as in XEP-0300, with the length of
/// the code in bits where it is cut. The rule is covered by every code and part of every key. The
/// digest of the content is SHA-256 under every rule (protocol.md, code.digest).
enum class check_rule : std::uint8_t {
  hmac_sha_256_128,  ///< HMAC-SHA-256 (RFC 2104, FIPS 198-1), its first 16 octets
  hmac_sha_256,      ///< the same, whole
  hmac_sha3_256,     ///< HMAC-SHA3-256 (FIPS 198-1, FIPS 202)
  blake2b_256,       ///< keyed BLAKE2b with 32 octets of output (RFC 7693)
  ed25519,           ///< a signature (RFC 8032): convinces third parties
};

/// What a rule is made of. Lengths in octets.
struct rule_facts {
  check_rule rule;
  std::string_view name;    ///< as on the wire and in key derivation
  std::size_t code_size;    ///< length of a code
  std::size_t preset_size;  ///< the one length of a preset code; 0: `preset_code_size_min` or more
  bool derived;             ///< its keys are derived by HKDF; else the preset code is the key
};

inline constexpr std::array rules{
    rule_facts{check_rule::hmac_sha_256_128, "hmac-sha-256-128", 16, 0, true},
    rule_facts{check_rule::hmac_sha_256, "hmac-sha-256", 32, 0, true},
    rule_facts{check_rule::hmac_sha3_256, "hmac-sha3-256", 32, 0, true},
    rule_facts{check_rule::blake2b_256, "blake2b-256", 32, 0, true},
    rule_facts{check_rule::ed25519, "ed25519", 64, 64, false},
};

constexpr const rule_facts& facts(check_rule rule) noexcept {
  return rules[static_cast<std::size_t>(rule)];
}

/// Nothing if no rule of this version has that name: the element is then `unsupported`.
constexpr std::optional<check_rule> rule_named(std::string_view name) noexcept {
  for (const auto& known : rules)
    if (known.name == name) return known.rule;
  return std::nullopt;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
