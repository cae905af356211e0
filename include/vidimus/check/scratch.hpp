// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_SCRATCH_HPP
#define VIDIMUS_CHECK_SCRATCH_HPP

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "../base/bytes.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Room for texts that must not move until `clear()`. Keeps its blocks: a reused arena does not
/// touch the heap.
class arena {
 public:
  /// Room for `size` octets, not initialised.
  char* room(std::size_t size) {
    while (block_ < blocks_.size() && blocks_[block_].size - used_ < size) {
      ++block_;
      used_ = 0;
    }
    if (block_ == blocks_.size()) {
      std::size_t want = std::max<std::size_t>(size, 4096);
      blocks_.push_back({std::unique_ptr<char[]>(new char[want]), want});
      used_ = 0;
    }
    char* out = blocks_[block_].at.get() + used_;
    used_ += size;
    return out;
  }

  /// Gives back the last `size` octets of the latest `room`.
  void give_back(std::size_t size) noexcept { used_ -= size; }

  std::string_view keep(std::string_view text) {
    if (text.empty()) return {};
    char* out = room(text.size());
    std::memcpy(out, text.data(), text.size());
    return {out, text.size()};
  }

  void clear() noexcept { block_ = used_ = 0; }

 private:
  struct block {
    std::unique_ptr<char[]> at;
    std::size_t size;
  };
  std::vector<block> blocks_;
  std::size_t block_ = 0;
  std::size_t used_ = 0;
};

/// Octets that grow at the end, with fields of the form tag, 32-bit length, value. Unlike a
/// vector it does not zero what it grows by. Keeps its memory.
class octet_buffer {
 public:
  static constexpr std::size_t head = 5;  ///< octets before the value of a field

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
  octet* grow(std::size_t size) {
    if (capacity_ - size_ < size) enlarge(size);
    octet* out = data_.get() + size_;
    size_ += size;
    return out;
  }

  void append(std::string_view text) { copy(grow(text.size()), text); }

  void field(octet tag, std::string_view value) {
    octet* out = grow(head + value.size());
    put_head(out, tag, value.size());
    copy(out + head, value);
  }

  /// Begins a field of unknown length; `close_field` with what this returned ends it.
  std::size_t open_field(octet tag) {
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
  static void copy(octet* to, std::string_view from) noexcept {
    if (!from.empty()) std::memcpy(to, from.data(), from.size());
  }
  static void put_length(octet* out, std::size_t size) noexcept {
    auto value = static_cast<std::uint32_t>(size);
    for (int i = 0; i < 4; ++i) out[i] = static_cast<octet>(value >> (24 - 8 * i));
  }
  static void put_head(octet* out, octet tag, std::size_t size) noexcept {
    *out = tag;
    put_length(out + 1, size);
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
