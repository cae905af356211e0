// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_BASE_SHORT_LIST_HPP
#define VIDIMUS_BASE_SHORT_LIST_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>
#include <vector>

#include "../version.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// A list of plain values that is mostly short: up to `N` stand in the list itself, without a call
/// of the heap. Positions are pointers, valid until the list changes.
template <class T, std::size_t N>
requires std::is_trivially_copyable_v<T>
class short_list {
 public:
  const T* begin() const noexcept { return size_ <= N ? here_.data() : there_.data(); }
  const T* end() const noexcept { return begin() + size_; }
  T* begin() noexcept { return size_ <= N ? here_.data() : there_.data(); }
  T* end() noexcept { return begin() + size_; }
  bool empty() const noexcept { return size_ == 0; }
  std::size_t size() const noexcept { return size_; }
  const T& front() const noexcept { return *begin(); }
  const T& back() const noexcept { return *(end() - 1); }
  T& front() noexcept { return *begin(); }

  void push_back(const T& value) { insert(end(), value); }

  /// Puts a value before `at`.
  void insert(const T* at, T value) {
    const auto place = static_cast<std::size_t>(at - begin());
    if (size_ == N) there_.assign(here_.begin(), here_.end());
    if (size_ >= N) there_.resize(size_ + 1);
    ++size_;
    std::copy_backward(begin() + place, end() - 1, end());
    begin()[place] = value;
  }

  /// Takes out what stands from `first` to before `last`; gives the place after it.
  T* erase(const T* first, const T* last) {
    const auto place = static_cast<std::size_t>(first - begin());
    const auto from = static_cast<std::size_t>(last - begin());
    const bool was_there = size_ > N;
    T* const all = begin();
    size_ = static_cast<std::size_t>(std::copy(all + from, end(), all + place) - all);
    if (was_there && size_ <= N) std::copy_n(all, size_, here_.data());
    there_.resize(size_ > N ? size_ : 0);
    return begin() + place;
  }

  void cut_to(std::size_t size) { erase(begin() + std::min(size, size_), end()); }
  void clear() noexcept {
    size_ = 0;
    there_.clear();
  }

  friend bool operator==(const short_list& a, const short_list& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  std::size_t size_ = 0;
  std::array<T, N> here_{};
  std::vector<T> there_;  // all of them, where there are more than N
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
