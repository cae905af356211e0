// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_SCRATCH_HPP
#define VIDIMUS_CHECK_SCRATCH_HPP

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "../base/bytes.hpp"
#include "octet_runs.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Room for texts that must not move until `clear()`. Keeps its blocks: a reused arena does not
/// touch the heap.
class arena {
 public:
  /// Room for `size` octets, not initialised.
  VIDIMUS_HOT char* room(std::size_t size) {
    if (size > left_) next_block(size);
    char* out = at_;
    at_ += size;
    left_ -= size;
    return out;
  }

  /// Gives back the last `size` octets of the latest `room`.
  void give_back(std::size_t size) noexcept {
    at_ -= size;
    left_ += size;
  }

  VIDIMUS_HOT std::string_view keep(std::string_view text) {
    if (text.empty()) return {};
    char* out = room(text.size());
    copy_octets(out, text.data(), text.size());
    return {out, text.size()};
  }

  void clear() noexcept {
    next_ = left_ = 0;
    at_ = nullptr;
  }

 private:
  struct block {
    std::unique_ptr<char[]> at;
    std::size_t size;
  };

  void next_block(std::size_t size) {
    while (next_ != blocks_.size() && blocks_[next_].size < size) ++next_;
    if (next_ == blocks_.size()) {
      const std::size_t want = std::max<std::size_t>(size, 4096);
      blocks_.push_back({std::unique_ptr<char[]>(new char[want]), want});
    }
    at_ = blocks_[next_].at.get();
    left_ = blocks_[next_].size;
    ++next_;
  }

  std::vector<block> blocks_;
  std::size_t next_ = 0;  // the block to be used after this one
  char* at_ = nullptr;
  std::size_t left_ = 0;
};

/// A stack of plain values. Unlike a vector it leaves what it grows by as it was, so that values
/// are written where they stay. Keeps its memory.
template <class T>
class pile {
 public:
  /// One more value, to be written by the caller; values before it may have moved.
  VIDIMUS_HOT T& push() {
    if (size_ == capacity_) enlarge();
    return data_[size_++];
  }
  void pop() noexcept { --size_; }
  void clear() noexcept { size_ = 0; }
  void cut_to(std::size_t size) noexcept { size_ = size; }

  T& back() noexcept { return data_[size_ - 1]; }
  const T& back() const noexcept { return data_[size_ - 1]; }
  T& operator[](std::size_t i) noexcept { return data_[i]; }
  const T& operator[](std::size_t i) const noexcept { return data_[i]; }
  T* begin() noexcept { return data_.get(); }
  T* end() noexcept { return data_.get() + size_; }
  std::span<const T> view() const noexcept { return {data_.get(), size_}; }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }

 private:
  void enlarge() {
    const std::size_t want = std::max<std::size_t>(capacity_ * 2, 16);
    std::unique_ptr<T[]> bigger(new T[want]);
    std::copy(begin(), end(), bigger.get());
    data_ = std::move(bigger);
    capacity_ = want;
  }

  std::unique_ptr<T[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

/// Octets that grow at the end, with fields of the form tag, 32-bit length, value. Unlike a
/// vector it does not zero what it grows by. Keeps its memory.
class octet_buffer {
 public:
  static constexpr std::size_t head = 5;   ///< octets before the value of a field
  static constexpr std::size_t slack = 8;  ///< may be written behind the end

  octet_buffer() = default;
  octet_buffer(octet_buffer&&) = default;
  octet_buffer& operator=(octet_buffer&&) = default;
  octet_buffer(const octet_buffer& other) { append(as_text(other.view())); }
  octet_buffer& operator=(const octet_buffer& other) { return *this = octet_buffer(other); }
  ~octet_buffer() = default;

  octets_view view() const noexcept { return {data_.get(), size_}; }
  octets_view view(std::size_t at, std::size_t size) const noexcept {
    return {data_.get() + at, size};
  }
  std::string_view text(std::size_t at, std::size_t size) const noexcept {
    return as_text(view(at, size));
  }
  std::size_t size() const noexcept { return size_; }
  void clear() noexcept { size_ = 0; }
  void cut_to(std::size_t size) noexcept { size_ = size; }

  /// `size` more octets at the end, to be written by the caller.
  VIDIMUS_HOT octet* grow(std::size_t size) {
    if (capacity_ - size_ < size) enlarge(size);
    octet* out = data_.get() + size_;
    size_ += size;
    return out;
  }

  VIDIMUS_HOT void append(std::string_view text) { copy(grow(text.size()), text); }

  // as `basic_writer` asks of a container
  octet& operator[](std::size_t i) noexcept { return data_[i]; }
  VIDIMUS_HOT void push_back(octet value) { *grow(1) = value; }
  octet* end() noexcept { return data_.get() + size_; }
  template <class It>
  VIDIMUS_HOT void insert(octet*, It first, It last) {
    const octets_view from(first, last);
    copy(grow(from.size()), as_text(from));
  }

  VIDIMUS_HOT void field(octet tag, std::string_view value) {
    octet* out = grow(head + value.size());
    put_head(out, tag, value.size());
    copy(out + head, value);
  }

  /// Room for `size` octets at the end, to be written there with `put` and taken by `end_at`.
  VIDIMUS_HOT octet* room(std::size_t size) {
    if (capacity_ - size_ < size + slack) enlarge(size + slack);
    return data_.get() + size_;
  }
  /// A field at `to`, in such room; returns what is behind it.
  VIDIMUS_HOT static octet* put(octet* to, octet tag, std::string_view value) noexcept {
    put_wide_head(to, tag, value.size());
    copy(to + head, value);
    return to + head + value.size();
  }
  /// The head alone of a field whose length is not known yet.
  VIDIMUS_HOT static octet* put_open(octet* to, octet tag) noexcept {
    put_wide_head(to, tag, 0);
    return to + head;
  }
  /// The octets end here now.
  VIDIMUS_HOT void end_at(const octet* end) noexcept {
    size_ = static_cast<std::size_t>(end - data_.get());
  }

  /// Begins a field of unknown length; `close_field` with what this returned ends it.
  VIDIMUS_HOT std::size_t open_field(octet tag) {
    std::size_t at = size_;
    put_head(grow(head), tag, 0);
    return at;
  }
  void close_field(std::size_t at) noexcept { put_length(data_.get() + at + 1, size_ - at - head); }

  /// Takes `size` octets out at `at`.
  void remove(std::size_t at, std::size_t size) noexcept {
    std::memmove(data_.get() + at, data_.get() + at + size, size_ - at - size);
    size_ -= size;
  }

  /// Moves octets towards the front, for those who take many pieces out in one sweep.
  void move_down(std::size_t to, std::size_t from, std::size_t size) noexcept {
    std::memmove(data_.get() + to, data_.get() + from, size);
  }

 private:
  VIDIMUS_HOT static void copy(octet* to, std::string_view from) noexcept {
    copy_octets(to, from.data(), from.size());
  }
  VIDIMUS_HOT static void put_length(octet* out, std::size_t size) noexcept {
    const auto value = static_cast<std::uint32_t>(size);
    const octet big[4] = {static_cast<octet>(value >> 24), static_cast<octet>(value >> 16),
                          static_cast<octet>(value >> 8), static_cast<octet>(value)};
    std::memcpy(out, big, 4);
  }
  VIDIMUS_HOT static void put_head(octet* out, octet tag, std::size_t size) noexcept {
    *out = tag;
    put_length(out + 1, size);
  }

  // one write of eight octets, of which the last three are written over
  VIDIMUS_HOT static void put_wide_head(octet* out, octet tag, std::size_t size) noexcept {
    const std::uint64_t value = static_cast<std::uint32_t>(size);
    std::uint64_t wide = std::uint64_t{tag} << 56 | value << 24;
    if constexpr (std::endian::native == std::endian::little) {
      const std::uint64_t swapped =
          (value & 0xff) << 24 | (value & 0xff00) << 8 | (value >> 8 & 0xff00) | value >> 24;
      wide = tag | swapped << 8;
    }
    std::memcpy(out, &wide, sizeof wide);
  }

  void enlarge(std::size_t by) {
    std::size_t want = std::max<std::size_t>({size_ + by, capacity_ * 2, 2048});
    std::unique_ptr<octet[]> bigger(new octet[want]);
    if (size_ != 0) std::memcpy(bigger.get(), data_.get(), size_);
    data_ = std::move(bigger);
    capacity_ = want;
  }

  std::unique_ptr<octet[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
