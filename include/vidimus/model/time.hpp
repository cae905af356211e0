// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_MODEL_TIME_HPP
#define VIDIMUS_MODEL_TIME_HPP

#include <compare>
#include <cstdint>

#include "../version.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// A length of time in milliseconds.
struct span_ms {
  std::int64_t count = 0;
  friend auto operator<=>(span_ms, span_ms) = default;
};

constexpr span_ms milliseconds(std::int64_t count) noexcept { return {count}; }
constexpr span_ms seconds(std::int64_t count) noexcept { return {count * 1000}; }

/// A point in time, in milliseconds since a moment the host chooses. It should go on over a
/// restart (stored deadlines are in it); a jump moves ends of lifetimes and breaks no promise.
struct instant {
  std::int64_t at = 0;
  friend auto operator<=>(instant, instant) = default;
  friend constexpr instant operator+(instant t, span_ms d) noexcept { return {t.at + d.count}; }
  friend constexpr span_ms operator-(instant a, instant b) noexcept { return {a.at - b.at}; }
};

/// Later than any deadline: nothing is due.
inline constexpr instant never{INT64_MAX};
/// Before anything was sent; also the time of what was sent on a way that is no more.
inline constexpr instant long_ago{INT64_MIN / 2};

/// A time in six octets, for what is held of many. What is thousands of years away is `never` or
/// `long_ago`.
class packed_instant {
 public:
  packed_instant() = default;
  packed_instant(instant from) noexcept {  // NOLINT: the same time
    std::int64_t at = from.at;
    if (at >= most) at = most;
    if (at <= -most) at = -most;
    low_ = static_cast<std::uint16_t>(at);
    middle_ = static_cast<std::uint16_t>(at >> 16);
    high_ = static_cast<std::uint16_t>(at >> 32);
  }
  operator instant() const noexcept {  // NOLINT: the same time
    const std::int64_t at =
        std::int64_t{static_cast<std::int16_t>(high_)} * (std::int64_t{1} << 32) +
        (std::int64_t{middle_} << 16) + low_;
    return at == most ? never : at == -most ? long_ago : instant{at};
  }

 private:
  static constexpr std::int64_t most = std::int64_t{1} << 46;

  std::uint16_t low_ = 0, middle_ = 0, high_ = 0;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
