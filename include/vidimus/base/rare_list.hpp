// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_BASE_RARE_LIST_HPP
#define VIDIMUS_BASE_RARE_LIST_HPP

#include <algorithm>
#include <initializer_list>
#include <utility>
#include <vector>

#include "list_places.hpp"
#include "rare_value.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// A list that mostly is empty: one reference, null as long as nothing was put in. Positions are
/// pointers, valid until the list changes.
template <class T>
class rare_list : public list_places<rare_list<T>, T> {
  using places = list_places<rare_list, T>;

 public:
  using places::end;

  rare_list() = default;
  rare_list(std::initializer_list<T> from) {
    for (const T& one : from) push_back(one);
  }
  rare_list(std::vector<T> from) {  // NOLINT: the same values
    if (!from.empty()) held_.here() = std::move(from);
  }
  rare_list(const rare_list& from) {
    if (!from.empty()) held_ = from.held_;
  }
  rare_list(rare_list&&) noexcept = default;
  rare_list& operator=(const rare_list& from) {
    if (this != &from) *this = rare_list(from);
    return *this;
  }
  rare_list& operator=(rare_list&&) noexcept = default;
  ~rare_list() = default;

  const T* begin() const noexcept { return held_ ? held_->data() : nullptr; }
  T* begin() noexcept { return held_ ? held_.here().data() : nullptr; }
  bool empty() const noexcept { return !held_ || held_->empty(); }
  std::size_t size() const noexcept { return held_ ? held_->size() : 0; }

  void push_back(T value) { held_.here().push_back(std::move(value)); }
  T& emplace_back() { return held_.here().emplace_back(); }
  /// Puts a value before `at`.
  void insert(const T* at, T value) {
    auto& all = held_.here();
    all.insert(all.begin() + (at - all.data()), std::move(value));
  }
  /// Takes out what stands from `first` to before `last`.
  void erase(const T* first, const T* last) {
    if (first == last) return;
    auto& all = held_.here();
    all.erase(all.begin() + (first - all.data()), all.begin() + (last - all.data()));
  }
  void clear() noexcept {
    if (held_) held_.here().clear();
  }

  template <class Which>
  friend void erase_if(rare_list& from, Which which) {
    if (from.held_) std::erase_if(from.held_.here(), which);
  }
  friend bool operator==(const rare_list& a, const rare_list& b) {
    return (a.empty() && b.empty()) || std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  rare_value<std::vector<T>> held_;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
