// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_BASE_SHARED_VALUE_HPP
#define VIDIMUS_BASE_SHARED_VALUE_HPP

#include <compare>
#include <cstddef>
#include <utility>

#include "use_count.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// A value that many have alike, held once and never changed: a reference of eight octets. Compares
/// as the value does; without one it is that of `T{}`. Copies may be used by many threads at once.
template <class T>
class shared_value {
 public:
  shared_value() = default;
  shared_value(std::nullptr_t) noexcept {}  // NOLINT: the same as none
  explicit shared_value(T value) : held_(new held{{}, std::move(value)}) {}
  VIDIMUS_HERE shared_value(const shared_value& from) noexcept : held_(from.held_) {
    if (held_ != nullptr) held_->uses.add();
  }
  shared_value(shared_value&& from) noexcept : held_(std::exchange(from.held_, nullptr)) {}
  shared_value& operator=(const shared_value& from) noexcept {
    held* const given = from.held_;  // `from` may be in what is dropped
    if (this == &from || held_ == given) return *this;
    if (given != nullptr) given->uses.add();
    if (held_ != nullptr) drop();
    held_ = given;
    return *this;
  }
  shared_value& operator=(shared_value&& from) noexcept {
    held* const given = std::exchange(from.held_, nullptr);
    if (held_ != nullptr) drop();
    held_ = given;
    return *this;
  }
  VIDIMUS_HERE ~shared_value() {
    if (held_ != nullptr) drop();
  }
  void swap(shared_value& with) noexcept { std::swap(held_, with.held_); }

  const T& operator*() const noexcept {
    if (held_ != nullptr) return held_->value;
    static const T none{};
    return none;
  }
  const T* operator->() const noexcept { return &**this; }
  explicit operator bool() const noexcept { return held_ != nullptr; }
  /// Whether both refer to the same place.
  bool is(const shared_value& other) const noexcept { return held_ == other.held_; }

  friend bool operator==(const shared_value& a, std::nullptr_t) noexcept {
    return a.held_ == nullptr;
  }
  friend bool operator==(const shared_value& a, const shared_value& b) {
    return a.held_ == b.held_ || *a == *b;
  }
  friend auto operator<=>(const shared_value& a,
                          const shared_value& b) requires std::three_way_comparable<T> {
    using order = std::compare_three_way_result_t<T>;
    return a.held_ == b.held_ ? order(std::strong_ordering::equal) : *a <=> *b;
  }

 private:
  struct held {
    use_count uses;
    T value;
  };

  VIDIMUS_HERE void drop() noexcept {
    if (held_->uses.drop()) destroy(held_);
  }
  // apart, so that what is done most often stays short
  VIDIMUS_APART static void destroy(held* gone) noexcept { delete gone; }

  held* held_ = nullptr;
};

/// Shares a value with whoever asked for the same one last.
template <class T>
class sharer {
 public:
  template <class From = T>
  const shared_value<T>& operator()(From&& value) {
    if (!latest_ || !(*latest_ == value)) latest_ = shared_value<T>(T(std::forward<From>(value)));
    return latest_;
  }

 private:
  shared_value<T> latest_;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
