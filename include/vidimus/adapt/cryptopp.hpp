// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_CRYPTOPP_HPP
#define VIDIMUS_ADAPT_CRYPTOPP_HPP

#include <cryptopp/hkdf.h>
#include <cryptopp/misc.h>
#include <cryptopp/osrng.h>
#include <cryptopp/sha.h>

#include <algorithm>
#include <array>
#include <span>

#include "../base/contract.hpp"
#include "../concepts/crypto.hpp"
#include "../concepts/entropy.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// HMAC-SHA-256 (FIPS 198-1, RFC 2104) under one key. The two blocks made of the key are hashed
/// once, here, as section 6 of FIPS 198-1 allows; so a code costs no keying. Copyable; several
/// threads may use one at the same time; what it knows of the key is wiped with it.
class hmac_sha_256 {
 public:
  /// Any length; a key above 64 octets is replaced by its digest, as the standard says.
  explicit hmac_sha_256(octets_view key) {
    std::array<octet, block_size> block{};
    if (key.size() > block_size)
      CryptoPP::SHA256().CalculateDigest(block.data(), key.data(), key.size());
    else
      std::copy(key.begin(), key.end(), block.begin());

    for (octet& one : block) one ^= 0x36;
    inner_.Update(block.data(), block.size());

    for (octet& one : block) one ^= 0x36 ^ 0x5c;
    alignas(16) words<16> outer_block;
    read(outer_block, block.data());
    CryptoPP::SHA256::InitState(outer_.data());
    CryptoPP::SHA256::Transform(outer_.data(), outer_block.data());

    wipe(block.data(), block.size());
    wipe(outer_block.data(), sizeof outer_block);
  }

  hmac_sha_256(const hmac_sha_256&) = default;
  hmac_sha_256& operator=(const hmac_sha_256&) = default;
  ~hmac_sha_256() { wipe(outer_.data(), sizeof outer_); }  // `inner_` wipes itself

  /// The full 32 octets. Allocates nothing.
  digest of(octets_view in) const {
    CryptoPP::SHA256 inner(inner_);
    inner.Update(in.data(), in.size());
    digest out;
    inner.Final(out.data());

    // The outer message is always one block: 32 octets, the padding, its length of 96 octets.
    alignas(16) words<16> block{};
    read(std::span(block).first(8), out.data());
    block[8] = 0x80000000;
    block[15] = (block_size + out.size()) * 8;
    alignas(16) words<8> state = outer_;
    CryptoPP::SHA256::Transform(state.data(), block.data());
    write(out.data(), state);
    return out;
  }

 private:
  static constexpr std::size_t block_size = 64;
  template <std::size_t N>
  using words = std::array<CryptoPP::word32, N>;

  /// Big-endian words, as SHA-256 reads its input.
  static void read(std::span<CryptoPP::word32> to, const octet* from) noexcept {
    for (CryptoPP::word32& word : to) {
      word = CryptoPP::GetWord<CryptoPP::word32>(false, CryptoPP::BIG_ENDIAN_ORDER, from);
      from += sizeof word;
    }
  }
  static void write(octet* to, std::span<const CryptoPP::word32> from) noexcept {
    for (CryptoPP::word32 word : from) {
      CryptoPP::PutWord(false, CryptoPP::BIG_ENDIAN_ORDER, to, word);
      to += sizeof word;
    }
  }

  CryptoPP::SHA256 inner_;        ///< after the inner key block
  alignas(16) words<8> outer_{};  ///< the state after the outer key block
};

/// `crypto` over Crypto++ (see concepts/crypto.hpp). Link with Crypto++ 8 or later.
struct cryptopp {
  /// The key of one purpose and direction. About 256 octets; wiped when destroyed.
  // NOLINTNEXTLINE(bugprone-exception-escape): a SHA256 object keeps its state inside itself
  class mac_key {
   public:
    mac_key(check_rule rule, octets_view key) : mac_(key), code_size_(facts(rule).code_size) {}

    /// The first `facts(rule).code_size` octets of the HMAC.
    check_code code(octets_view in) const {
      return check_code(octets_view(mac_.of(in)).first(code_size_));
    }

   private:
    hmac_sha_256 mac_;
    std::size_t code_size_;
  };

  /// SHA-256: the digest of every rule of this version.
  static digest digest_of(check_rule, octets_view in) {
    digest out;
    CryptoPP::SHA256().CalculateDigest(out.data(), in.data(), in.size());
    return out;
  }

  static mac_key derive(check_rule rule, octets_view preset_code, octets_view info) {
    std::array<octet, 32> key;
    hkdf(preset_code, {}, info, key);
    mac_key out(rule, key);
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
