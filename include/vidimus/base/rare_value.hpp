// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_BASE_RARE_VALUE_HPP
#define VIDIMUS_BASE_RARE_VALUE_HPP

#include <memory>

#include "use_count.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// A value that mostly is that of `T{}`: a null reference as long as it was not changed. Copies are
/// of the value.
template <class T>
class rare_value {
 public:
  rare_value() = default;
  rare_value(const rare_value& from) : held_(from.held_ ? new T(*from.held_) : nullptr) {}
  rare_value(rare_value&&) noexcept = default;
  rare_value& operator=(const rare_value& from) {
    if (this != &from) *this = rare_value(from);
    return *this;
  }
  rare_value& operator=(rare_value&&) noexcept = default;
  ~rare_value() = default;

  const T& operator*() const noexcept {
    static const T none{};
    return held_ ? *held_ : none;
  }
  const T* operator->() const noexcept { return &**this; }
  /// To be changed.
  T& here() {
    if (!held_) held_.reset(new T());
    return *held_;
  }
  explicit operator bool() const noexcept { return held_ != nullptr; }

 private:
  // apart, so that what is done most often stays short
  struct destroyed {
    VIDIMUS_APART void operator()(T* gone) const noexcept { delete gone; }
  };
  std::unique_ptr<T, destroyed> held_;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
