// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DUTY_BUCKET_HPP
#define VIDIMUS_DUTY_BUCKET_HPP

#include <algorithm>

#include "../model/time.hpp"

namespace vidimus::inline VIDIMUS_ABI::duty {

/// How many answers to unauthenticated elements may be given: `burst` at once, then `per_second`.
struct bucket_limits {
  std::int64_t burst = 32;
  std::int64_t per_second = 8;
};

/// A token bucket (protocol.md, flood.bucket). Time that runs backwards fills nothing.
class bucket {
 public:
  /// Takes one token; false if there is none.
  bool take(const bucket_limits& limits, instant now) noexcept {
    if (!started_ || now < last_) {
      if (!started_) milli_tokens_ = limits.burst * 1000;
      started_ = true;
      last_ = now;
    }
    const std::int64_t most = limits.burst * 1000;
    // past this many milliseconds the bucket is full anyway: no overflow
    const std::int64_t passed = std::min((now - last_).count, most);
    milli_tokens_ = std::min(most, milli_tokens_ + passed * limits.per_second);
    last_ = now;
    if (milli_tokens_ < 1000) return false;
    milli_tokens_ -= 1000;
    return true;
  }

 private:
  std::int64_t milli_tokens_ = 0;
  instant last_;
  bool started_ = false;
};

}  // namespace vidimus::inline VIDIMUS_ABI::duty

#endif
