// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_MODEL_CHECK_CODE_HPP
#define VIDIMUS_MODEL_CHECK_CODE_HPP

#include <algorithm>

#include "../base/bytes.hpp"
#include "../base/equal.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// The digest of canonical content, 32 octets: computed once per party, stored, shown in evidence.
using digest = std::array<octet, 32>;

/// The first 64 bits of something keyed: a code received, a fingerprint, a `bind`.
using short_code = std::array<octet, 8>;

/// The first 32 bits of a code that was sent, by which a verdict is known to be about it: the
/// verdict is authenticated, so that nobody looks for another that begins alike.
using sent_code = std::array<octet, 4>;
constexpr sent_code beginning_of(const short_code& from) noexcept {
  return {from[0], from[1], from[2], from[3]};
}

/// A check code: 16 to 64 octets, or none. Equality is in constant time.
class check_code {
 public:
  static constexpr std::size_t size_max = 64;

  check_code() = default;
  /// None of what is longer than `size_max`: cut, it could be the code of something.
  explicit check_code(octets_view from) noexcept
      : size_(static_cast<std::uint8_t>(from.size() > size_max ? 0 : from.size())) {
    if (size_ != 0) std::memcpy(octets_.data(), from.data(), size_);
  }

  octets_view view() const noexcept { return {octets_.data(), size_}; }
  bool empty() const noexcept { return size_ == 0; }

  /// The first eight octets; zeroes where the code is shorter.
  short_code first_octets() const noexcept {
    short_code out{};
    std::memcpy(out.data(), octets_.data(), std::min<std::size_t>(out.size(), size_));
    return out;
  }

  friend bool operator==(const check_code& a, const check_code& b) noexcept {
    return equal_constant_time(a.view(), b.view());
  }

 private:
  std::array<octet, size_max> octets_{};
  std::uint8_t size_ = 0;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
