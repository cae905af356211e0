// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_BASE_BLOCK_QUEUE_HPP
#define VIDIMUS_BASE_BLOCK_QUEUE_HPP

#include <array>
#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "../version.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// A queue that grows at its back and goes at its front, and is looked into by position. Its values
/// stand in blocks and never move. Blocks that went wait in a pool, which many queues may share, so
/// that queues of about one length, or that go up and down, ask no heap and hold nothing when they
/// are empty; the values of the blocks are made with them, and reset when they go.
template <class T, std::size_t N = 8>
class block_queue {
  using block = std::array<T, N>;

  template <class Queue, class Value>
  class place {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = Value*;
    using reference = Value&;

    place() = default;
    place(Queue* in, std::size_t at) : in_(in), at_(at) {}
    Value& operator*() const { return (*in_)[at_]; }
    Value* operator->() const { return &(*in_)[at_]; }
    place& operator++() {
      ++at_;
      return *this;
    }
    place operator++(int) { return {in_, at_++}; }
    friend bool operator==(const place&, const place&) = default;

   private:
    Queue* in_ = nullptr;
    std::size_t at_ = 0;
  };

 public:
  /// Blocks that queues have let go, for the one that grows next. A copy has none.
  class pool {
   public:
    static constexpr std::size_t blocks_max = 128;

    pool() = default;
    pool(pool&&) noexcept = default;
    pool& operator=(pool&&) noexcept = default;
    pool(const pool&) noexcept {}
    pool& operator=(const pool&) noexcept { return *this; }
    ~pool() = default;

   private:
    friend block_queue;
    std::unique_ptr<block> take() {
      if (spare_.empty()) return std::make_unique<block>();
      auto out = std::move(spare_.back());
      spare_.pop_back();
      return out;
    }
    void give(std::unique_ptr<block> gone) {
      if (spare_.size() < blocks_max) spare_.push_back(std::move(gone));
    }

    std::vector<std::unique_ptr<block>> spare_;
  };

  block_queue() = default;
  block_queue(block_queue&&) noexcept = default;
  block_queue& operator=(block_queue&&) noexcept = default;
  block_queue(const block_queue& from) { *this = from; }
  block_queue& operator=(const block_queue& from) {
    if (this == &from) return *this;
    blocks_.clear();
    gone_ = first_ = size_ = 0;
    pool none;
    for (const T& one : from) emplace_back(none) = one;
    return *this;
  }
  ~block_queue() = default;

  bool empty() const noexcept { return size_ == 0; }
  std::size_t size() const noexcept { return size_; }
  T& operator[](std::size_t i) { return of(first_ + i); }
  const T& operator[](std::size_t i) const {
    return const_cast<block_queue*>(this)->of(first_ + i);
  }
  T& front() { return (*this)[0]; }
  const T& front() const { return (*this)[0]; }

  auto begin() { return place<block_queue, T>(this, 0); }
  auto end() { return place<block_queue, T>(this, size_); }
  auto begin() const { return place<const block_queue, const T>(this, 0); }
  auto end() const { return place<const block_queue, const T>(this, size_); }

  T& emplace_back(pool& from) {
    const std::size_t at = first_ + size_;
    if (gone_ + at / N == blocks_.size()) {
      close_ranks();
      blocks_.push_back(from.take());
    }
    ++size_;
    return of(at);
  }
  void pop_front(pool& to) {
    of(first_) = T{};
    --size_;
    if (++first_ < N) return;
    first_ = 0;
    to.give(std::move(blocks_[gone_++]));
  }

 private:
  T& of(std::size_t at) { return (*blocks_[gone_ + at / N])[at % N]; }
  /// Before the list of blocks grows: those that went leave it, if they are many.
  void close_ranks() {
    if (gone_ < 16 || gone_ * 2 < blocks_.size()) return;
    blocks_.erase(blocks_.begin(), blocks_.begin() + static_cast<std::ptrdiff_t>(gone_));
    gone_ = 0;
  }

  std::vector<std::unique_ptr<block>> blocks_;
  std::size_t gone_ = 0;   ///< blocks at the beginning of the list that are there no more
  std::size_t first_ = 0;  ///< of the values, in the first block
  std::size_t size_ = 0;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
