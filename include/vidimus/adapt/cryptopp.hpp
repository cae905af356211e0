// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_CRYPTOPP_HPP
#define VIDIMUS_ADAPT_CRYPTOPP_HPP

#include <cryptopp/hkdf.h>
#include <cryptopp/osrng.h>
#include <cryptopp/sha.h>

#include <array>
#include <span>
#include <variant>

#include "../base/contract.hpp"
#include "../concepts/crypto.hpp"
#include "../concepts/entropy.hpp"
#include "../model/preset_code.hpp"
#include "cryptopp_ed25519.hpp"
#include "cryptopp_macs.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// `crypto` over Crypto++ (see concepts/crypto.hpp). Link with Crypto++ 8 or later.
struct cryptopp {
  /// The key of one purpose and direction, about half a kilooctet; under ed25519 that of a pair of
  /// parties. Wiped when destroyed.
  // NOLINTNEXTLINE(bugprone-exception-escape): the hashes keep their state inside themselves
  class code_key {
   public:
    /// `key`: of a derived rule 32 octets; of ed25519 a preset code.
    code_key(check_rule rule, octets_view key)
        : held_(made_of(rule, key)), code_size_(facts(rule).code_size) {}

    /// See concepts/crypto.hpp. A signature has to go over all of it again.
    void begin_with(octets_view opening) {
      std::visit(
          [&](auto& one) {
            if constexpr (requires { one.begin_with(opening); }) one.begin_with(opening);
          },
          held_);
    }

    /// A MAC, or its first octets, or this party's signature.
    check_code code(octets_view in) const {
      if (const auto* pair = std::get_if<ed25519_pair>(&held_))
        return check_code(pair->signature_of(in));
      return check_code(octets_view(mac_of(in)).first(code_size_));
    }

    /// In constant time under a MAC.
    bool matches(octets_view in, const check_code& given) const {
      if (const auto* pair = std::get_if<ed25519_pair>(&held_))
        return pair->peer_signed(in, given.view());
      return code(in) == given;
    }

    short_code short_of(octets_view in) const {
      const bool signs = std::holds_alternative<ed25519_pair>(held_);
      return check_code(signs ? digest_of(in) : mac_of(in)).first_octets();
    }

   private:
    using kind = std::variant<hmac_sha_256, hmac_sha3_256, blake2b_256, ed25519_pair>;

    static kind made_of(check_rule rule, octets_view key) {
      switch (rule) {
        case check_rule::hmac_sha3_256: return hmac_sha3_256(key);
        case check_rule::blake2b_256: return blake2b_256(key);
        case check_rule::ed25519: return ed25519_pair(seed_of(key), public_key_of(key));
        default: return hmac_sha_256(key);
      }
    }

    digest mac_of(octets_view in) const {
      if (const auto* mac = std::get_if<hmac_sha_256>(&held_)) return mac->of(in);
      if (const auto* mac = std::get_if<hmac_sha3_256>(&held_)) return mac->of(in);
      if (const auto* mac = std::get_if<blake2b_256>(&held_)) return mac->of(in);
      return {};
    }

    kind held_;
    std::size_t code_size_;
  };

  /// SHA-256: the digest of content under every rule.
  static digest digest_of(octets_view in) {
    digest out;
    CryptoPP::SHA256().CalculateDigest(out.data(), in.data(), in.size());
    return out;
  }

  static code_key derive(check_rule rule, octets_view preset_code, octets_view info) {
    if (!facts(rule).derived) return code_key(rule, preset_code);
    std::array<octet, 32> key;
    hkdf(preset_code, {}, info, key);
    code_key out(rule, key);
    wipe(key.data(), key.size());
    return out;
  }

  /// HKDF-SHA-256 (RFC 5869), extract and expand. `out` has at most 255 * 32 octets.
  static void hkdf(octets_view secret, octets_view salt, octets_view info, std::span<octet> out) {
    VIDIMUS_EXPECT(out.size() <= 255 * std::tuple_size_v<digest>, "HKDF gives at most 8160 octets");
    // an empty salt means 32 zeros, which is also what HMAC makes of an empty key
    static constexpr octet none = 0;
    CryptoPP::HKDF<CryptoPP::SHA256>().DeriveKey(out.data(), out.size(), secret.data(),
                                                 secret.size(), salt.empty() ? &none : salt.data(),
                                                 salt.size(), info.data(), info.size());
  }
};

/// Random octets of the operating system, asked each time, so that a process made by fork does not
/// repeat the names of its parent. A copy opens a source of its own. Throws
/// `CryptoPP::OS_RNG_Err` if the system gives none: a name that can be guessed is worse.
class system_entropy {
 public:
  system_entropy() = default;
  system_entropy(const system_entropy&) : system_entropy() {}
  system_entropy& operator=(const system_entropy&) noexcept { return *this; }

  void fill(std::span<octet> out) { source_.GenerateBlock(out.data(), out.size()); }

 private:
  CryptoPP::NonblockingRng source_;
};

static_assert(crypto<cryptopp>);
static_assert(entropy_source<system_entropy>);

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
