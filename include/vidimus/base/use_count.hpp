// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_BASE_USE_COUNT_HPP
#define VIDIMUS_BASE_USE_COUNT_HPP

#include <atomic>
#include <memory>

#include "../version.hpp"

/// A function that stands apart, so that what calls it now and then stays short.
#ifdef __GNUC__
#define VIDIMUS_APART [[gnu::noinline]]
/// A function that stands where it is called: it is short, or called from there only.
#define VIDIMUS_HERE [[gnu::always_inline]] inline
#else
#define VIDIMUS_APART
#define VIDIMUS_HERE inline
#endif

namespace vidimus::inline VIDIMUS_ABI {

/// How many share something, from 1; changed by any number of threads. Where the standard library
/// tells whether there are any (libstdc++, for its own shared pointers), counting of one thread
/// costs no more than adding.
class use_count {
 public:
  use_count() = default;
  use_count(const use_count&) = delete;
  use_count& operator=(const use_count&) = delete;
  ~use_count() = default;

#ifdef __GLIBCXX__
  void add() noexcept { __gnu_cxx::__atomic_add_dispatch(&count_, 1); }
  /// True: that was the last.
  bool drop() noexcept { return __gnu_cxx::__exchange_and_add_dispatch(&count_, -1) == 1; }

 private:
  _Atomic_word count_ = 1;
#else
  void add() noexcept { count_.fetch_add(1, std::memory_order_relaxed); }
  bool drop() noexcept { return count_.fetch_sub(1, std::memory_order_acq_rel) == 1; }

 private:
  std::atomic<int> count_{1};
#endif
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
