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

/// The check rule: which digest and which code over it. Named as in XEP-0300, with the length of
/// the code in bits where it is cut. The rule is covered by every code and part of every key.
enum class check_rule : std::uint8_t { hmac_sha_256_128 };

/// What a rule is made of. Octets throughout.
struct rule_facts {
  check_rule rule;
  std::string_view name;  ///< as on the wire and in key derivation
  std::size_t code_size;  ///< length of a code
};

inline constexpr std::array rules{
    rule_facts{check_rule::hmac_sha_256_128, "hmac-sha-256-128", 16},
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
