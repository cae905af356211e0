// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_BASE_RESULT_HPP
#define VIDIMUS_BASE_RESULT_HPP

#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "contract.hpp"
#include "errc.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// A value, or why there is none. Reading the side that is not there breaks a contract; nothing
/// throws. `E` is `errc` for commands, a richer error for readers (see check/scan.hpp).
template <class T, class E = errc>
class [[nodiscard]] result {
 public:
  result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
  result(E error) : held_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const noexcept { return held_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  T& value() & { return *checked_value(); }
  const T& value() const& { return *const_cast<result*>(this)->checked_value(); }
  T&& value() && { return std::move(*checked_value()); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return checked_value(); }
  const T* operator->() const { return const_cast<result*>(this)->checked_value(); }

  const E& error() const {
    auto* error = std::get_if<1>(&held_);
    VIDIMUS_EXPECT(error != nullptr, "error() of a result that holds a value");
    return *error;
  }

 private:
  T* checked_value() {
    auto* value = std::get_if<0>(&held_);
    VIDIMUS_EXPECT(value != nullptr, refusal().c_str());
    return value;
  }
  /// What the contract was broken with: the error, if it has words.
  std::string refusal() const {
    std::string out = "value() of a result that holds an error";
    const E& e = *std::get_if<1>(&held_);
    if constexpr (std::is_same_v<E, errc>) (out += ": ") += sentence(e);
    if constexpr (requires { out += e.what; }) (out += ": ") += e.what;
    return out;
  }

  std::variant<T, E> held_;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
