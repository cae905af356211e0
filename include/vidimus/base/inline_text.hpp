// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_BASE_INLINE_TEXT_HPP
#define VIDIMUS_BASE_INLINE_TEXT_HPP

#include <array>
#include <compare>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <ostream>
#include <string>
#include <string_view>

#include "same_text.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// A text of at most `N` octets that stands where it is, so that copies are as those of a number.
/// Reads as a string.
template <std::size_t N>
class inline_text {
  static_assert(N < 256);

 public:
  static constexpr std::size_t size_max = N;

  constexpr inline_text() = default;
  /// None of what is longer: cut, it could be the name of something.
  template <std::convertible_to<std::string_view> Text>
  requires(!std::same_as<Text, inline_text>) inline_text(const Text& text)
  noexcept {  // NOLINT: the same text
    set(std::string_view(text));
  }

  constexpr std::string_view view() const noexcept { return {octets_.data(), size_}; }
  constexpr operator std::string_view() const noexcept { return view(); }  // NOLINT: the same text
  operator std::string() const { return std::string(view()); }             // NOLINT: the same text
  constexpr bool empty() const noexcept { return size_ == 0; }
  constexpr std::size_t size() const noexcept { return size_; }
  const char* data() const noexcept { return octets_.data(); }

  /// Appends; none is left if all of it has no place.
  inline_text& operator+=(std::string_view more) {
    std::string all(view());
    set(all += more);
    return *this;
  }

  // compared so often that calls of memcmp would be felt
  friend bool operator==(const inline_text& a, const inline_text& b) noexcept {
    if (a.size_ != b.size_) return false;
    std::uint64_t differs = 0;
    std::size_t i = 0;
    for (; i + 8 <= N; i += 8) differs |= a.eight_at(i) ^ b.eight_at(i);
    if constexpr (N % 8 != 0) {
      static_assert(N > 8);
      differs |= a.eight_at(N - 8) ^ b.eight_at(N - 8);
    }
    return differs == 0;
  }
  template <std::convertible_to<std::string_view> Text>
  requires(!std::same_as<Text, inline_text>) friend constexpr bool operator==(
      const inline_text& a, const Text& b) noexcept {
    return a.view() == std::string_view(b);
  }
  friend constexpr std::strong_ordering operator<=>(const inline_text& a,
                                                    const inline_text& b) noexcept {
    return order_of(a.view(), b.view());
  }
  friend std::string operator+(std::string to, const inline_text& more) {
    return to.append(more.view());
  }
  friend std::ostream& operator<<(std::ostream& to, const inline_text& text) {
    return to << text.view();
  }

 private:
  void set(std::string_view text) noexcept {
    octets_ = {};
    size_ = static_cast<std::uint8_t>(text.size() > N ? 0 : text.size());
    if (size_ != 0) std::memcpy(octets_.data(), text.data(), size_);
  }
  std::uint64_t eight_at(std::size_t from) const noexcept {
    std::uint64_t out;
    std::memcpy(&out, octets_.data() + from, sizeof out);
    return out;
  }

  std::array<char, N> octets_{};  // zeroes behind the text, so that all of it may be compared
  std::uint8_t size_ = 0;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
