// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_BASE_SHORT_LIST_HPP
#define VIDIMUS_BASE_SHORT_LIST_HPP

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <utility>
#include <vector>

#include "../version.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// A list that is mostly short: up to `N` values stand in the list itself, without a call of the
/// heap. Positions are pointers, valid until the list changes. An erased value is gone at once.
template <class T, std::size_t N>
requires std::default_initializable<T> && std::copyable<T>
class short_list {
 public:
  short_list() = default;
  short_list(std::initializer_list<T> from) {
    for (const T& one : from) push_back(one);
  }
  short_list(const short_list&) = default;
  short_list& operator=(const short_list&) = default;
  short_list(short_list&& from) noexcept
      : size_(std::exchange(from.size_, 0)),
        here_(std::move(from.here_)),
        there_(std::move(from.there_)) {
    from.there_.clear();
  }
  short_list& operator=(short_list&& from) noexcept {
    size_ = std::exchange(from.size_, 0);
    here_ = std::move(from.here_);
    there_ = std::move(from.there_);
    from.there_.clear();
    return *this;
  }
  ~short_list() = default;

  const T* begin() const noexcept { return size_ <= N ? here_.data() : there_.data(); }
  const T* end() const noexcept { return begin() + size_; }
  T* begin() noexcept { return size_ <= N ? here_.data() : there_.data(); }
  T* end() noexcept { return begin() + size_; }
  bool empty() const noexcept { return size_ == 0; }
  std::size_t size() const noexcept { return size_; }
  const T& front() const noexcept { return *begin(); }
  const T& back() const noexcept { return *(end() - 1); }
  T& front() noexcept { return *begin(); }
  T& back() noexcept { return *(end() - 1); }
  const T& operator[](std::size_t i) const noexcept { return begin()[i]; }
  T& operator[](std::size_t i) noexcept { return begin()[i]; }

  void push_back(T value) {
    if (size_ < N)
      here_[size_++] = std::move(value);
    else
      insert(end(), std::move(value));
  }

  /// Puts a value before `at`.
  void insert(const T* at, T value) {
    const auto place = static_cast<std::size_t>(at - begin());
    if (size_ == N)
      there_.assign(std::move_iterator(here_.begin()), std::move_iterator(here_.end()));
    if (size_ >= N) there_.resize(size_ + 1);
    ++size_;
    std::move_backward(begin() + place, end() - 1, end());
    begin()[place] = std::move(value);
  }

  /// Takes out what stands from `first` to before `last`; gives the place after it.
  T* erase(const T* first, const T* last) {
    const auto place = static_cast<std::size_t>(first - begin());
    const auto from = static_cast<std::size_t>(last - begin());
    const bool was_there = size_ > N;
    T* const all = begin();
    const auto left = static_cast<std::size_t>(std::move(all + from, end(), all + place) - all);
    if (!was_there) std::fill(all + left, end(), T{});
    size_ = left;
    if (was_there && size_ <= N) std::move(all, all + size_, here_.data());
    there_.resize(size_ > N ? size_ : 0);
    return begin() + place;
  }
  T* erase(const T* at) { return erase(at, at + 1); }

  void cut_to(std::size_t size) { erase(begin() + std::min(size, size_), end()); }
  void clear() noexcept {
    std::fill(here_.begin(), here_.begin() + std::min(size_, N), T{});
    size_ = 0;
    there_.clear();
  }

  template <class Which>
  friend void erase_if(short_list& from, Which which) {
    from.erase(std::remove_if(from.begin(), from.end(), which), from.end());
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
