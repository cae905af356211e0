// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DUTY_ROUND_TRIP_HPP
#define VIDIMUS_DUTY_ROUND_TRIP_HPP

#include <algorithm>

#include "../model/time.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// When to ask again (protocol.md, timer.adaptive): after the wait that the measured round trip
/// asks for, then twice as long each time without progress. Nothing but speed depends on it.
struct retry_limits {
  span_ms first = seconds(5);   ///< the wait while nothing is measured; at least this for what
                                ///< the peer waits for itself
  span_ms most = seconds(600);  ///< the longest wait, but for the variation
  /// Least time between two syncs that a peer's element caused.
  span_ms between_answers = seconds(1);
  bool adaptive = true;              ///< false: nothing is measured, the wait is `first`
  span_ms least = seconds(1);        ///< the shortest wait that measuring may lead to
  std::uint32_t variation_pct = 25;  ///< at most so much is added to each wait by chance
};

namespace duty {

/// How long the peer takes to answer, estimated from single answers (RFC 6298, section 2).
class round_trip {
 public:
  /// The time between something that was sent once and its answer. Negative, by a clock that was
  /// set back: taken for nothing.
  void sample(span_ms took) noexcept {
    if (took.count < 0) return;
    const std::int64_t r = std::min(took.count, sample_max) * unit;
    if (!measured_) {
      smoothed_ = r;
      deviation_ = r / 2;
      measured_ = true;
      return;
    }
    const std::int64_t off = smoothed_ < r ? r - smoothed_ : smoothed_ - r;
    deviation_ += (off - deviation_) / 4;
    smoothed_ += (r - smoothed_) / 8;
  }
  bool measured() const noexcept { return measured_; }
  /// What was measured, for a session: SRTT and RTTVAR in 1024ths of a millisecond.
  std::int64_t smoothed() const noexcept { return smoothed_; }
  std::int64_t deviation() const noexcept { return deviation_; }
  static round_trip of(bool measured, std::int64_t smoothed, std::int64_t deviation) noexcept {
    round_trip out;
    out.measured_ = measured;
    out.smoothed_ = std::min(smoothed, sample_max * unit);
    out.deviation_ = std::min(deviation, sample_max * unit);
    return out;
  }
  /// Forgets what was measured: the way is another one now.
  void forget() noexcept { *this = {}; }

  /// How long to wait for an answer before asking again.
  span_ms timeout(const retry_limits& limits) const noexcept {
    if (!limits.adaptive || !measured_) return std::min(limits.first, limits.most);
    const std::int64_t wait = smoothed_ + std::max(unit, 4 * deviation_);
    return std::min(limits.most, std::max(limits.least, span_ms{(wait + unit - 1) / unit}));
  }

 private:
  static constexpr std::int64_t unit = 1024;  ///< of a millisecond; that is the clock's grain too
  static constexpr std::int64_t sample_max = std::int64_t{1} << 40;

  std::int64_t smoothed_ = 0;   ///< SRTT
  std::int64_t deviation_ = 0;  ///< RTTVAR
  bool measured_ = false;
};

}  // namespace duty
}  // namespace vidimus::inline VIDIMUS_ABI

#endif
