// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_PASSPHRASE_HPP
#define VIDIMUS_ADAPT_PASSPHRASE_HPP

#include <cryptopp/scrypt.h>

#include <bit>
#include <cstdint>
#include <new>
#include <string_view>

#include "../base/result.hpp"
#include "../base/secret.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// What scrypt (RFC 7914) costs. Memory: 128 * n * r octets, and 128 * r * p; time grows with
/// n * r * p. The default takes 128 MiB and some tenths of a second.
struct scrypt_cost {
  std::uint64_t n = std::uint64_t{1} << 17;  ///< a power of two
  std::uint32_t r = 8;
  std::uint32_t p = 1;
};

/// Why no preset code was made of a passphrase.
enum class passphrase_fault : std::uint8_t {
  short_passphrase,
  short_salt,
  bad_cost,     ///< n is no power of two above 1, or r or p is 0
  weak_cost,    ///< below the least cost
  much_memory,  ///< more than the caller allows
  much_work,    ///< p is above the most
  no_memory,    ///< the system did not give it
};

constexpr std::string_view sentence(passphrase_fault why) noexcept {
  switch (why) {
    case passphrase_fault::short_passphrase: return "the passphrase has fewer than 12 octets";
    case passphrase_fault::short_salt: return "the salt has fewer than 16 octets";
    case passphrase_fault::bad_cost: return "n is no power of two above 1, or r or p is 0";
    case passphrase_fault::weak_cost:
      return "the cost is too low: n * r is below 2^18, or r below 8";
    case passphrase_fault::much_memory: return "the cost needs more memory than is allowed";
    case passphrase_fault::much_work: return "p is above 64";
    case passphrase_fault::no_memory: return "the system does not give so much memory";
  }
  return "unknown fault";
}

inline constexpr std::size_t passphrase_size_min = 12;
inline constexpr std::size_t salt_size_min = 16;
/// 2^15 with r = 8: 32 MiB. What RFC 7914 gives as an example for logins, twice over.
inline constexpr std::uint64_t scrypt_nr_min = std::uint64_t{1} << 18;
inline constexpr std::uint32_t scrypt_r_min = 8;
inline constexpr std::uint32_t scrypt_p_max = 64;
inline constexpr std::uint64_t scrypt_memory_max = std::uint64_t{256} << 20;

/// scrypt as RFC 7914 has it, without a least cost: `size` octets, wiped when they go. Refused:
/// `bad_cost`; `much_memory` above `memory_max` octets; `much_work`; `no_memory`. For a preset code
/// use `preset_code_from_passphrase`.
inline result<secret, passphrase_fault> scrypt(std::string_view passphrase, octets_view salt,
                                               std::size_t size, scrypt_cost cost,
                                               std::uint64_t memory_max = scrypt_memory_max) {
  using enum passphrase_fault;
  if (cost.n < 2 || !std::has_single_bit(cost.n) || cost.r == 0 || cost.p == 0) return bad_cost;
  // RFC 7914, section 2: n is below 2^(128 * r / 8)
  if (cost.r < 4 && cost.n >= std::uint64_t{1} << 16 * cost.r) return bad_cost;
  if (cost.p > scrypt_p_max) return much_work;
  const std::uint64_t blocks = memory_max / 128 / cost.r;  // so that nothing overflows
  if (cost.n > blocks || cost.p > blocks - cost.n) return much_memory;
  static constexpr octet none = 0;
  secret out(size);
  try {
    CryptoPP::Scrypt().DeriveKey(
        out.span().data(), size, passphrase.empty() ? &none : as_octets(passphrase).data(),
        passphrase.size(), salt.empty() ? &none : salt.data(), salt.size(), cost.n, cost.r, cost.p);
  } catch (const std::bad_alloc&) {
    return no_memory;
  }
  return out;
}

/// A preset code of 32 octets, of any rule but ed25519, that both ends make of the same passphrase,
/// salt and cost. The salt is no secret; take 16 random octets for each pair of parties and key id.
/// The passphrase counts octet by octet: prepare it alike at both ends (RFC 8265). scrypt makes
/// each guess dear, and no guess impossible: whoever sees one element can try passphrases, so this
/// is for passphrases that were drawn at random, not for words that come to mind. Refused, besides
/// what `scrypt` refuses: `short_passphrase`, `short_salt`, `weak_cost`.
inline result<secret, passphrase_fault> preset_code_from_passphrase(
    std::string_view passphrase, octets_view salt, scrypt_cost cost = {},
    std::uint64_t memory_max = scrypt_memory_max) {
  using enum passphrase_fault;
  if (passphrase.size() < passphrase_size_min) return short_passphrase;
  if (salt.size() < salt_size_min) return short_salt;
  if (cost.n < 2 || !std::has_single_bit(cost.n) || cost.r == 0 || cost.p == 0) return bad_cost;
  if (cost.r < scrypt_r_min || cost.n < (scrypt_nr_min + cost.r - 1) / cost.r) return weak_cost;
  return scrypt(passphrase, salt, 32, cost, memory_max);
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
