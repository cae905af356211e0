// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_BASE_RARE_LIST_HPP
#define VIDIMUS_BASE_RARE_LIST_HPP

#include <algorithm>
#include <initializer_list>
#include <utility>
#include <vector>

#include "use_count.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// A list that mostly is empty: one reference, null as long as nothing was put in. Positions are
/// pointers, valid until the list changes.
template <class T>
class rare_list {
 public:
  rare_list() = default;
  rare_list(std::initializer_list<T> from) {
    for (const T& one : from) push_back(one);
  }
  rare_list(std::vector<T> from) {  // NOLINT: the same values
    if (!from.empty()) held_ = new std::vector<T>(std::move(from));
  }
  rare_list(const rare_list& from)
      : held_(from.empty() ? nullptr : new std::vector<T>(*from.held_)) {}
  rare_list(rare_list&& from) noexcept : held_(std::exchange(from.held_, nullptr)) {}
  rare_list& operator=(const rare_list& from) {
    if (this != &from) *this = rare_list(from);
    return *this;
  }
  rare_list& operator=(rare_list&& from) noexcept {
    auto* const given = std::exchange(from.held_, nullptr);
    if (held_ != nullptr) destroy(held_);
    held_ = given;
    return *this;
  }
  ~rare_list() {
    if (held_ != nullptr) destroy(held_);
  }

  const T* begin() const noexcept { return held_ == nullptr ? nullptr : held_->data(); }
  const T* end() const noexcept { return begin() + size(); }
  T* begin() noexcept { return held_ == nullptr ? nullptr : held_->data(); }
  T* end() noexcept { return begin() + size(); }
  bool empty() const noexcept { return held_ == nullptr || held_->empty(); }
  std::size_t size() const noexcept { return held_ == nullptr ? 0 : held_->size(); }
  const T& front() const noexcept { return *begin(); }
  const T& back() const noexcept { return *(end() - 1); }
  T& front() noexcept { return *begin(); }
  T& back() noexcept { return *(end() - 1); }
  const T& operator[](std::size_t i) const noexcept { return begin()[i]; }
  T& operator[](std::size_t i) noexcept { return begin()[i]; }

  void push_back(T value) { all().push_back(std::move(value)); }
  T& emplace_back() { return all().emplace_back(); }
  /// Puts a value before `at`.
  void insert(const T* at, T value) {
    const auto place = at - begin();
    all().insert(held_->begin() + place, std::move(value));
  }
  /// Takes out what stands from `first` to before `last`.
  void erase(const T* first, const T* last) {
    if (first != last)
      held_->erase(held_->begin() + (first - begin()), held_->begin() + (last - begin()));
  }
  void clear() noexcept {
    if (held_ != nullptr) held_->clear();
  }

  template <class Which>
  friend void erase_if(rare_list& from, Which which) {
    if (from.held_ != nullptr) std::erase_if(*from.held_, which);
  }
  friend bool operator==(const rare_list& a, const rare_list& b) {
    return (a.empty() && b.empty()) || std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  VIDIMUS_APART static void destroy(std::vector<T>* gone) noexcept { delete gone; }
  std::vector<T>& all() {
    if (held_ == nullptr) held_ = new std::vector<T>;
    return *held_;
  }

  std::vector<T>* held_ = nullptr;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
