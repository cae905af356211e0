// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_BASE_SECRET_HPP
#define VIDIMUS_BASE_SECRET_HPP

#include <utility>

#include "bytes.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Octets that are wiped before their memory is given back: when destroyed, assigned to or grown
/// out of. Never resized in place, so no copy stays behind.
class secret {
 public:
  secret() = default;
  explicit secret(octets_view from) : held_(from.begin(), from.end()) {}
  /// `size` zeros, to be written through `span()`.
  explicit secret(std::size_t size) : held_(size) {}
  secret(const secret&) = default;
  secret(secret&& other) noexcept : held_(std::exchange(other.held_, {})) {}
  secret& operator=(secret other) noexcept {
    held_.swap(other.held_);  // `other` wipes what was here
    return *this;
  }
  ~secret() { wipe(held_.data(), held_.size()); }

  octets_view view() const noexcept { return held_; }
  std::span<octet> span() noexcept { return held_; }
  std::size_t size() const noexcept { return held_.size(); }

 private:
  octets held_;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
