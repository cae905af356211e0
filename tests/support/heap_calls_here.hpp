// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// Replaces the allocation functions of a program by counting ones. One file of a program includes
// this; the others include heap_calls.hpp.
#ifndef VIDIMUS_TESTS_SUPPORT_HEAP_CALLS_HERE_HPP
#define VIDIMUS_TESTS_SUPPORT_HEAP_CALLS_HERE_HPP

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>

#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

#include "heap_calls.hpp"

namespace support::detail {

inline std::atomic<std::size_t> heap_call_count{0};
inline std::atomic<bool> counts_octets{false};
inline std::atomic<std::size_t> octet_count{0};
inline std::atomic<std::size_t> taken_count{0};
inline std::atomic<std::size_t> freed_count{0};
inline std::atomic<const void*> watched{nullptr};
inline std::size_t watched_size = 0;

inline void give_back(void* at) noexcept {
#ifdef __GLIBC__
  // glibc puts the size of a block before it
  if (at != nullptr && counts_octets.load(std::memory_order_relaxed))
    octet_count.fetch_add(malloc_usable_size(at) + sizeof(std::size_t), std::memory_order_relaxed);
  const void* wanted = watched.load(std::memory_order_acquire);
  if (at != nullptr && wanted != nullptr) {
    const auto* octets = static_cast<const unsigned char*>(at);
    const std::size_t size = malloc_usable_size(at);
    for (std::size_t i = 0; i + watched_size <= size; ++i)
      if (std::memcmp(octets + i, wanted, watched_size) == 0) {
        freed_count.fetch_add(1, std::memory_order_relaxed);
        break;
      }
  }
#endif
  std::free(at);
}

inline void* counted_or_null(std::size_t size, std::size_t alignment = 1) noexcept {
  heap_call_count.fetch_add(1, std::memory_order_relaxed);
  if (size == 0) size = 1;
  void* at = alignment <= alignof(std::max_align_t)
                 ? std::malloc(size)
                 : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
#ifdef __GLIBC__
  if (at != nullptr && counts_octets.load(std::memory_order_relaxed))
    taken_count.fetch_add(malloc_usable_size(at) + sizeof(std::size_t), std::memory_order_relaxed);
#endif
  return at;
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

std::size_t support::octets_given_back() noexcept {
  return detail::octet_count.load(std::memory_order_relaxed);
}

std::size_t support::octets_taken() noexcept {
  return detail::taken_count.load(std::memory_order_relaxed);
}

void support::count_octets(bool on) noexcept {
  detail::counts_octets.store(on, std::memory_order_relaxed);
}

void support::watch_freed(const void* octets, std::size_t size) noexcept {
  detail::watched.store(nullptr, std::memory_order_release);
  detail::watched_size = size;
  detail::freed_count.store(0, std::memory_order_relaxed);
  if (size != 0) detail::watched.store(octets, std::memory_order_release);
}

std::size_t support::freed_with_them() noexcept {
  return detail::freed_count.load(std::memory_order_relaxed);
}

bool support::can_watch_freed() noexcept {
#ifdef __GLIBC__
  return true;
#else
  return false;
#endif
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
void operator delete(void* at) noexcept { support::detail::give_back(at); }
void operator delete[](void* at) noexcept { support::detail::give_back(at); }
void operator delete(void* at, std::size_t) noexcept { support::detail::give_back(at); }
void operator delete[](void* at, std::size_t) noexcept { support::detail::give_back(at); }
void operator delete(void* at, std::align_val_t) noexcept { support::detail::give_back(at); }
void operator delete[](void* at, std::align_val_t) noexcept { support::detail::give_back(at); }
void operator delete(void* at, std::size_t, std::align_val_t) noexcept {
  support::detail::give_back(at);
}
void operator delete[](void* at, std::size_t, std::align_val_t) noexcept {
  support::detail::give_back(at);
}
void operator delete(void* at, const std::nothrow_t&) noexcept { support::detail::give_back(at); }
void operator delete[](void* at, const std::nothrow_t&) noexcept { support::detail::give_back(at); }

#endif
