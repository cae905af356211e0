// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_BASE_LIST_PLACES_HPP
#define VIDIMUS_BASE_LIST_PLACES_HPP

#include <cstddef>

#include "../version.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// What a list of values that stand in a row says of its places, from its `begin` and `size`.
template <class List, class T>
class list_places {
 public:
  const T* end() const noexcept { return self().begin() + self().size(); }
  T* end() noexcept { return self().begin() + self().size(); }
  const T& front() const noexcept { return *self().begin(); }
  const T& back() const noexcept { return *(end() - 1); }
  T& front() noexcept { return *self().begin(); }
  T& back() noexcept { return *(end() - 1); }
  const T& operator[](std::size_t i) const noexcept { return self().begin()[i]; }
  T& operator[](std::size_t i) noexcept { return self().begin()[i]; }

 private:
  friend List;
  list_places() = default;
  const List& self() const noexcept { return static_cast<const List&>(*this); }
  List& self() noexcept { return static_cast<List&>(*this); }
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
