// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_BASE_SHORT_LIST_HPP
#define VIDIMUS_BASE_SHORT_LIST_HPP

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <utility>

#include "list_places.hpp"
#include "use_count.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// A list that is mostly short: up to `N` values stand in the list itself, without a call of the
/// heap. Positions are pointers, valid until the list changes. An erased value is gone at once.
template <class T, std::size_t N>
requires std::default_initializable<T> && std::copyable<T>
class short_list : public list_places<short_list<T, N>, T> {
  using places = list_places<short_list, T>;

 public:
  using places::back;
  using places::end;

  short_list() = default;
  short_list(std::initializer_list<T> from) {
    for (const T& one : from) push_back(one);
  }
  short_list(const short_list& from) : size_(from.size_), here_(from.here_) {
    if (size_ > N) there_ = copy_of(from, size_, room_ = size_);
  }
  short_list(short_list&& from) noexcept
      : size_(std::exchange(from.size_, 0)),
        room_(std::exchange(from.room_, 0)),
        there_(std::exchange(from.there_, nullptr)),
        here_(std::move(from.here_)) {}
  short_list& operator=(const short_list& from) {
    if (this != &from) *this = short_list(from);
    return *this;
  }
  short_list& operator=(short_list&& from) noexcept {
    size_ = std::exchange(from.size_, 0);
    std::swap(room_, from.room_);
    std::swap(there_, from.there_);
    here_ = std::move(from.here_);
    if (from.there_ != nullptr) from.drop();
    return *this;
  }
  ~short_list() {
    if (there_ != nullptr) drop();
  }

  const T* begin() const noexcept { return size_ <= N ? here_.data() : there_; }
  T* begin() noexcept { return size_ <= N ? here_.data() : there_; }
  bool empty() const noexcept { return size_ == 0; }
  std::size_t size() const noexcept { return size_; }

  void push_back(T value) {
    if (size_ < N)
      here_[size_++] = std::move(value);
    else
      insert(end(), std::move(value));
  }
  T& emplace_back() {
    push_back(T{});
    return back();
  }

  /// Puts a value before `at`.
  void insert(const T* at, T value) {
    const auto place = static_cast<std::size_t>(at - begin());
    if (size_ >= N) make_room();
    ++size_;
    std::move_backward(begin() + place, end() - 1, end());
    begin()[place] = std::move(value);
  }

  /// Takes out what stands from `first` to before `last`; gives the place after it.
  T* erase(const T* first, const T* last) {
    const auto place = static_cast<std::size_t>(first - begin());
    const auto from = static_cast<std::size_t>(last - begin());
    if (place == from) return begin() + place;
    const bool was_there = size_ > N;
    T* const all = begin();
    const auto left = static_cast<std::size_t>(std::move(all + from, end(), all + place) - all);
    std::fill(all + left, end(), T{});
    size_ = static_cast<std::uint32_t>(left);
    if (was_there && size_ <= N) std::move(all, all + size_, here_.data());
    return begin() + place;
  }
  T* erase(const T* at) { return erase(at, at + 1); }

  void cut_to(std::size_t size) { erase(begin() + std::min<std::size_t>(size, size_), end()); }
  void clear() noexcept {
    std::fill(begin(), end(), T{});
    size_ = 0;
  }

  template <class Which>
  friend void erase_if(short_list& from, Which which) {
    from.erase(std::remove_if(from.begin(), from.end(), which), from.end());
  }
  friend bool operator==(const short_list& a, const short_list& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  static T* copy_of(const short_list& from, std::uint32_t size, std::uint32_t room) {
    std::unique_ptr<T[]> out(new T[room]{});
    std::copy(from.begin(), from.begin() + size, out.get());
    return out.release();
  }
  /// For one more than stand here; the room stays for later.
  void make_room() {
    if (size_ < room_) {
      if (size_ == N) std::move(here_.begin(), here_.end(), there_);
      return;
    }
    const std::uint32_t room = std::max<std::uint32_t>(4, 2 * size_);
    std::unique_ptr<T[]> more(new T[room]{});
    std::move(begin(), end(), more.get());
    drop();
    there_ = more.release();
    room_ = room;
  }
  VIDIMUS_APART void drop() noexcept {
    if (there_ == nullptr) return;
    delete[] there_;
    there_ = nullptr;
    room_ = 0;
  }

  std::uint32_t size_ = 0;
  std::uint32_t room_ = 0;  // of what stands elsewhere
  T* there_ = nullptr;      // all of them, where there are more than N
  std::array<T, N> here_{};
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
