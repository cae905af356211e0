// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_BASE_BYTES_HPP
#define VIDIMUS_BASE_BYTES_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "../version.hpp"

namespace vidimus::inline VIDIMUS_ABI {

using octet = std::uint8_t;
using octets = std::vector<octet>;
using octets_view = std::span<const octet>;

/// The octets of a text, without a copy.
inline octets_view as_octets(std::string_view text) noexcept {
  return {reinterpret_cast<const octet*>(text.data()), text.size()};
}

/// Octets as a text, without a copy; meant for octets that are known to be UTF-8 or ASCII.
inline std::string_view as_text(octets_view view) noexcept {
  return {reinterpret_cast<const char*>(view.data()), view.size()};
}

/// Overwrites octets in a way the compiler may not leave out. For preset codes and keys.
inline void wipe(void* at, std::size_t size) noexcept {
  auto* octet_at = static_cast<volatile octet*>(at);
  for (std::size_t i = 0; i < size; ++i) octet_at[i] = 0;
}

/// Writes `N` octets, the highest first.
template <std::size_t N>
inline void put_big_endian(octet* to, std::uint64_t value) noexcept {
  for (std::size_t i = 0; i < N; ++i) to[i] = static_cast<octet>(value >> (8 * (N - 1 - i)));
}

/// Appends fixed-width big-endian integers and length-prefixed texts to a container of octets.
/// `Sink` needs `push_back` and `insert(end, first, last)`, as `std::vector<octet>` has; where it
/// has `grow(size)`, which gives the place of so many more, integers are written there.
template <class Sink>
class basic_writer {
 public:
  explicit basic_writer(Sink& sink) noexcept : sink_(sink) {}

  void u8(std::uint8_t value) { sink_.push_back(value); }
  void u16(std::uint16_t value) { fixed<2>(value); }
  void u32(std::uint32_t value) { fixed<4>(value); }
  void u64(std::uint64_t value) { fixed<8>(value); }
  void raw(octets_view value) { sink_.insert(sink_.end(), value.begin(), value.end()); }
  void raw(std::string_view value) { raw(as_octets(value)); }

  /// A 32-bit length, then the octets.
  void sized(octets_view value) {
    u32(static_cast<std::uint32_t>(value.size()));
    raw(value);
  }
  void sized(std::string_view value) { sized(as_octets(value)); }

 private:
  template <std::size_t N>
  void fixed(std::uint64_t value) {
    if constexpr (requires { sink_.grow(N); }) {
      put_big_endian<N>(sink_.grow(N), value);
    } else {
      std::array<octet, N> out;
      put_big_endian<N>(out.data(), value);
      sink_.insert(sink_.end(), out.begin(), out.end());
    }
  }

  Sink& sink_;
};

using writer = basic_writer<octets>;

/// Reads what `writer` wrote. After the first short read every read gives zero or empty and
/// `ok()` is false: one check at the end is enough.
class reader {
 public:
  explicit reader(octets_view in) noexcept : in_(in) {}

  std::uint8_t u8() noexcept { return static_cast<std::uint8_t>(fixed<1>()); }
  std::uint16_t u16() noexcept { return static_cast<std::uint16_t>(fixed<2>()); }
  std::uint32_t u32() noexcept { return static_cast<std::uint32_t>(fixed<4>()); }
  std::uint64_t u64() noexcept { return fixed<8>(); }

  octets_view raw(std::size_t size) noexcept {
    if (size > in_.size()) return fail();
    auto out = in_.first(size);
    in_ = in_.subspan(size);
    return out;
  }

  octets_view sized() noexcept { return raw(u32()); }
  std::string_view text() noexcept { return as_text(sized()); }

  template <std::size_t N>
  std::array<octet, N> array() noexcept {
    std::array<octet, N> out{};
    if (auto in = raw(N); in.size() == N) std::memcpy(out.data(), in.data(), N);
    return out;
  }

  std::size_t left() const noexcept { return in_.size(); }
  bool ok() const noexcept { return ok_; }
  /// True if all was read and nothing was short.
  bool done() const noexcept { return ok_ && in_.empty(); }

 private:
  octets_view fail() noexcept {
    ok_ = false;
    in_ = {};
    return {};
  }

  template <std::size_t N>
  std::uint64_t fixed() noexcept {
    if (in_.size() < N) {
      fail();
      return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < N; ++i) value = value << 8 | in_[i];
    in_ = in_.subspan(N);
    return value;
  }

  octets_view in_;
  bool ok_ = true;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
