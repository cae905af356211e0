// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_CLIENTS_PACER_HPP
#define VIDIMUS_DOCS_EXAMPLES_CLIENTS_PACER_HPP

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>

namespace clients {

/// When to send the next: so many a second, and no faster after a pause; 0: always.
class pacer {
 public:
  explicit pacer(std::uint64_t a_second) : a_second_(a_second) {}

  bool may() {
    if (a_second_ == 0) return true;
    const auto at = std::chrono::steady_clock::now();
    if (at < next_) return false;
    const auto step = std::chrono::microseconds(1'000'000 / a_second_);
    next_ = std::max(next_ + step, at - 2 * step);
    return true;
  }
  bool has_pace() const { return a_second_ != 0; }

 private:
  std::uint64_t a_second_;
  std::chrono::steady_clock::time_point next_;
};

/// Microseconds of the system's clock with a space behind, if asked for: before a line.
inline std::string stamp(bool asked) {
  if (!asked) return {};
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(since).count()) + ' ';
}

}  // namespace clients

#endif
