// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// Replaces the allocation functions of a program by counting ones. One file of a program includes
// this; the others include heap_calls.hpp.
#ifndef VIDIMUS_TESTS_SUPPORT_HEAP_CALLS_HERE_HPP
#define VIDIMUS_TESTS_SUPPORT_HEAP_CALLS_HERE_HPP

#include <atomic>
#include <cstdlib>
#include <new>

#include "heap_calls.hpp"

namespace support::detail {

inline std::atomic<std::size_t> heap_call_count{0};

inline void* counted_or_null(std::size_t size, std::size_t alignment = 1) noexcept {
  heap_call_count.fetch_add(1, std::memory_order_relaxed);
  if (size == 0) size = 1;
  if (alignment <= alignof(std::max_align_t)) return std::malloc(size);
  return std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

inline void* counted(std::size_t size, std::size_t alignment) {
  void* at = counted_or_null(size, alignment);
  if (at == nullptr) throw std::bad_alloc();
  return at;
}

}  // namespace support::detail

std::size_t support::heap_calls() noexcept {
  return detail::heap_call_count.load(std::memory_order_relaxed);
}

// All forms, since an address sanitizer has its own of each that is left out.
void* operator new(std::size_t size) { return support::detail::counted(size, 1); }
void* operator new[](std::size_t size) { return support::detail::counted(size, 1); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return support::detail::counted(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return support::detail::counted(size, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return support::detail::counted_or_null(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return support::detail::counted_or_null(size);
}
void operator delete(void* at) noexcept { std::free(at); }
void operator delete[](void* at) noexcept { std::free(at); }
void operator delete(void* at, std::size_t) noexcept { std::free(at); }
void operator delete[](void* at, std::size_t) noexcept { std::free(at); }
void operator delete(void* at, std::align_val_t) noexcept { std::free(at); }
void operator delete[](void* at, std::align_val_t) noexcept { std::free(at); }
void operator delete(void* at, std::size_t, std::align_val_t) noexcept { std::free(at); }
void operator delete[](void* at, std::size_t, std::align_val_t) noexcept { std::free(at); }
void operator delete(void* at, const std::nothrow_t&) noexcept { std::free(at); }
void operator delete[](void* at, const std::nothrow_t&) noexcept { std::free(at); }

#endif
