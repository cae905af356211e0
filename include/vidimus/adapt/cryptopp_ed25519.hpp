// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_CRYPTOPP_ED25519_HPP
#define VIDIMUS_ADAPT_CRYPTOPP_ED25519_HPP

#include <cryptopp/donna.h>

#include <algorithm>
#include <array>

#include "../base/bytes.hpp"
#include "../base/contract.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// A signature of Ed25519 (RFC 8032).
using ed25519_signature = std::array<octet, 64>;

/// Whether Ed25519 (RFC 8032, 5.1.7, PureEdDSA) finds the signature good under a public key of 32
/// octets. Strictly: S is below the order of the group and R is compared octet by octet, so that of
/// one signature nobody makes another. Time depends on what is public only.
inline bool ed25519_verifies(octets_view public_key, octets_view in, octets_view signature) {
  // L = 2^252 + 27742317777372353535851937790883648493, little-endian
  static constexpr std::array<octet, 32> order{0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                               0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                               0,    0,    0,    0,    0,    0,    0,    0,
                                               0,    0,    0,    0,    0,    0,    0,    0x10};
  if (public_key.size() != 32 || signature.size() != 64) return false;
  const octets_view s = signature.last(32);
  // Crypto++ looks at the three highest bits of S only
  if (!std::lexicographical_compare(s.rbegin(), s.rend(), order.rbegin(), order.rend()))
    return false;
  static constexpr octet none = 0;
  return CryptoPP::Donna::ed25519_sign_open(in.empty() ? &none : in.data(), in.size(),
                                            public_key.data(), signature.data()) == 0;
}

/// This party's signing key and a peer's public key. Copyable; several threads may use one at the
/// same time; wiped when destroyed.
class ed25519_pair {
 public:
  /// 32 octets each: a seed as in RFC 8032, section 5.1.5, and a public key.
  ed25519_pair(octets_view seed, octets_view peer) {
    VIDIMUS_EXPECT(seed.size() == 32 && peer.size() == 32, "keys of Ed25519 have 32 octets");
    std::copy(seed.begin(), seed.end(), seed_.begin());
    std::copy(peer.begin(), peer.end(), peer_.begin());
    CryptoPP::Donna::ed25519_publickey(own_.data(), seed_.data());
  }
  ed25519_pair(const ed25519_pair&) = default;
  ed25519_pair& operator=(const ed25519_pair&) = default;
  ~ed25519_pair() { wipe(seed_.data(), seed_.size()); }

  /// What the peer needs to verify this party's signatures.
  const std::array<octet, 32>& own_public_key() const noexcept { return own_; }

  /// Deterministic, as RFC 8032 has it.
  ed25519_signature signature_of(octets_view in) const {
    static constexpr octet none = 0;
    ed25519_signature out;
    CryptoPP::Donna::ed25519_sign(in.empty() ? &none : in.data(), in.size(), seed_.data(),
                                  own_.data(), out.data());
    return out;
  }

  bool peer_signed(octets_view in, octets_view signature) const {
    return ed25519_verifies(peer_, in, signature);
  }

 private:
  std::array<octet, 32> seed_{}, own_{}, peer_{};
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
