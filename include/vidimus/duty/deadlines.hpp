// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DUTY_DEADLINES_HPP
#define VIDIMUS_DUTY_DEADLINES_HPP

#include <compare>
#include <optional>
#include <utility>
#include <vector>

#include "../base/contract.hpp"
#include "../model/time.hpp"

namespace vidimus::inline VIDIMUS_ABI::duty {

/// All deadlines of a role in one ordered index with one next deadline: a binary heap whose
/// entries know their places, so that each can be moved or taken out in O(log n). No allocation
/// once it has been as large before.
template <class What>
class deadlines {
 public:
  /// Names one armed deadline; 0 is "not armed".
  using handle = std::uint32_t;

  /// Arms, or moves, the deadline named by `h`.
  void arm(handle& h, instant at, const What& what) {
    if (h == 0) {
      if (free_.empty()) {
        entries_.push_back({});
        h = static_cast<handle>(entries_.size());
      } else {
        h = free_.back();
        free_.pop_back();
      }
      entry(h).place = static_cast<std::uint32_t>(heap_.size());
      heap_.push_back(h);
    }
    entry(h).what = what;
    move(h, at);
  }
  /// Another time for what is armed.
  void move(handle h, instant at) {
    held& one = entry(h);
    one.at = at;
    sift(one.place);
  }

  /// Takes the deadline out; harmless if it is not armed.
  void disarm(handle& h) {
    if (h == 0) return;
    const std::size_t place = entry(h).place;
    const handle last = heap_.back();
    heap_.pop_back();
    if (last != h) {
      put(place, last);
      sift(place);
    }
    free_.push_back(h);
    h = 0;
  }

  bool armed(handle h) const noexcept { return h != 0; }
  instant at(handle h) const { return h == 0 ? never : entries_[h - 1].at; }
  instant next() const noexcept { return heap_.empty() ? never : entries_[heap_[0] - 1].at; }
  std::size_t size() const noexcept { return heap_.size(); }

  /// What is due first, if anything is due at `now`; it stays armed: the owner disarms or re-arms.
  std::optional<What> due(instant now) const {
    if (heap_.empty() || entries_[heap_[0] - 1].at > now) return std::nullopt;
    return entries_[heap_[0] - 1].what;
  }

 private:
  struct held {
    instant at;
    What what{};
    std::uint32_t place = 0;
  };

  held& entry(handle h) {
    VIDIMUS_EXPECT(h != 0 && h <= entries_.size(), "a deadline of another index");
    return entries_[h - 1];
  }
  bool before(std::size_t a, std::size_t b) const {
    const held &x = entries_[heap_[a] - 1], &y = entries_[heap_[b] - 1];
    // of one instant: whoever armed them, in whichever order
    if constexpr (std::three_way_comparable<What>)
      if (x.at == y.at) return x.what < y.what;
    return x.at < y.at;
  }
  void put(std::size_t place, handle h) {
    heap_[place] = h;
    entries_[h - 1].place = static_cast<std::uint32_t>(place);
  }
  void swap(std::size_t a, std::size_t b) {
    const handle at_a = heap_[a], at_b = heap_[b];
    put(a, at_b);
    put(b, at_a);
  }
  /// To where it belongs: up or else down.
  void sift(std::size_t i) {
    const std::size_t from = i;
    for (; i > 0 && before(i, (i - 1) / 2); i = (i - 1) / 2) swap(i, (i - 1) / 2);
    if (i == from) sift_down(i);
  }
  void sift_down(std::size_t i) {
    for (;;) {
      std::size_t least = i;
      for (std::size_t child = 2 * i + 1; child <= 2 * i + 2 && child < heap_.size(); ++child)
        if (before(child, least)) least = child;
      if (least == i) return;
      swap(i, least);
      i = least;
    }
  }

  std::vector<held> entries_;
  std::vector<handle> heap_;
  std::vector<handle> free_;
};

}  // namespace vidimus::inline VIDIMUS_ABI::duty

#endif
