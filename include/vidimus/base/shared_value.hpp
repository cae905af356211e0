// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_BASE_SHARED_VALUE_HPP
#define VIDIMUS_BASE_SHARED_VALUE_HPP

#include <compare>
#include <memory>
#include <utility>

#include "../version.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// A value that many have alike, held once and never changed. Compares as the value does; without
/// one it is that of `T{}`.
template <class T>
class shared_value {
 public:
  shared_value() = default;
  explicit shared_value(T value) : held_(std::make_shared<const T>(std::move(value))) {}

  const T& operator*() const noexcept {
    static const T none{};
    return held_ ? *held_ : none;
  }
  const T* operator->() const noexcept { return &**this; }
  explicit operator bool() const noexcept { return held_ != nullptr; }

  friend bool operator==(const shared_value& a, const shared_value& b) {
    return a.held_ == b.held_ || *a == *b;
  }
  friend auto operator<=>(const shared_value& a,
                          const shared_value& b) requires std::three_way_comparable<T> {
    using order = std::compare_three_way_result_t<T>;
    return a.held_ == b.held_ ? order(std::strong_ordering::equal) : *a <=> *b;
  }

 private:
  std::shared_ptr<const T> held_;
};

/// Shares a value with whoever asked for the same one last.
template <class T>
class sharer {
 public:
  const shared_value<T>& operator()(T value) {
    if (!latest_ || !(*latest_ == value)) latest_ = shared_value<T>(std::move(value));
    return latest_;
  }

 private:
  shared_value<T> latest_;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
