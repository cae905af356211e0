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

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
