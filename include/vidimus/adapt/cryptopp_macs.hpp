// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_CRYPTOPP_MACS_HPP
#define VIDIMUS_ADAPT_CRYPTOPP_MACS_HPP

#include <cryptopp/blake2.h>
#include <cryptopp/misc.h>
#include <cryptopp/sha.h>
#include <cryptopp/sha3.h>

#include <algorithm>
#include <array>
#include <span>

#include "../base/contract.hpp"
#include "../model/check_code.hpp"

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

  /// All that comes from now on begins with these octets: they are hashed once, here. Once only.
  void begin_with(octets_view opening) {
    inner_.Update(opening.data(), opening.size());
    begun_ = opening.size();
  }

  /// The full 32 octets. Allocates nothing.
  digest of(octets_view in) const {
    CryptoPP::SHA256 inner(inner_);
    const octets_view rest = in.subspan(begun_);
    inner.Update(rest.data(), rest.size());
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

  CryptoPP::SHA256 inner_;        ///< after the inner key block and what all inputs begin with
  alignas(16) words<8> outer_{};  ///< the state after the outer key block
  std::size_t begun_ = 0;         ///< octets that all inputs begin with
};

/// HMAC-SHA3-256 (FIPS 198-1 over FIPS 202) under one key. The sponge is kept as it stands after
/// each of the two blocks made of the key, so a code costs no keying. Copyable; several threads may
/// use one at the same time; the sponges wipe themselves.
// NOLINTNEXTLINE(bugprone-exception-escape): a sponge keeps its state inside itself
class hmac_sha3_256 {
 public:
  /// Any length; a key above 136 octets is replaced by its digest, as the standard says.
  explicit hmac_sha3_256(octets_view key) {
    std::array<octet, CryptoPP::SHA3_256::BLOCKSIZE> block{};
    if (key.size() > block.size())
      CryptoPP::SHA3_256().CalculateDigest(block.data(), key.data(), key.size());
    else
      std::copy(key.begin(), key.end(), block.begin());
    for (octet& one : block) one ^= 0x36;
    inner_.Update(block.data(), block.size());
    for (octet& one : block) one ^= 0x36 ^ 0x5c;
    outer_.Update(block.data(), block.size());
    wipe(block.data(), block.size());
  }

  /// As that of `hmac_sha_256`.
  void begin_with(octets_view opening) {
    inner_.Update(opening.data(), opening.size());
    begun_ = opening.size();
  }

  /// The full 32 octets. Allocates nothing.
  digest of(octets_view in) const {
    CryptoPP::SHA3_256 inner(inner_), outer(outer_);
    digest out;
    const octets_view rest = in.subspan(begun_);
    inner.Update(rest.data(), rest.size());
    inner.Final(out.data());
    outer.Update(out.data(), out.size());
    outer.Final(out.data());
    return out;
  }

 private:
  CryptoPP::SHA3_256 inner_, outer_;
  std::size_t begun_ = 0;
};

/// BLAKE2b (RFC 7693) with a key and 32 octets of output. Crypto++ holds the key's block back until
/// more comes and lets nobody at its state, so that block is hashed with each code, and a code
/// costs one call to the heap for Crypto++'s copy of the key. Copyable; several threads may use one
/// at the same time; what it knows of the key is wiped with it.
// NOLINTNEXTLINE(bugprone-exception-escape): a move is a copy here, and not declared noexcept
class blake2b_256 {
 public:
  /// 1 to 64 octets.
  explicit blake2b_256(octets_view key)
      : keyed_(key.data(), key.size(), nullptr, 0, nullptr, 0, false, 32) {
    VIDIMUS_EXPECT(!key.empty() && key.size() <= 64, "a key of BLAKE2b has 1 to 64 octets");
  }

  /// As that of `hmac_sha_256`.
  void begin_with(octets_view opening) {
    keyed_.Update(opening.data(), opening.size());
    begun_ = opening.size();
  }

  /// All 32 octets.
  digest of(octets_view in) const {
    CryptoPP::BLAKE2b one(keyed_);
    const octets_view rest = in.subspan(begun_);
    one.Update(rest.data(), rest.size());
    digest out;
    one.TruncatedFinal(out.data(), out.size());
    return out;
  }

 private:
  CryptoPP::BLAKE2b keyed_;
  std::size_t begun_ = 0;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
