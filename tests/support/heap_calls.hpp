// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_SUPPORT_HEAP_CALLS_HPP
#define VIDIMUS_TESTS_SUPPORT_HEAP_CALLS_HPP

#include <cstddef>

namespace support {

/// How often the program has asked the heap for memory by `new`, in all threads. Defined in the one
/// file of each program that includes support/heap_calls_here.hpp.
std::size_t heap_calls() noexcept;

/// Octets given back by `delete` while `count_octets(true)`, with the heap's own 8 for a block; 0
/// where the size of a block cannot be asked.
std::size_t octets_given_back() noexcept;
/// Octets asked for by `new`, counted alike: what is held is the difference.
std::size_t octets_taken() noexcept;
void count_octets(bool on) noexcept;

/// From now on blocks are counted that are given back by `delete` while these octets stand in them;
/// size 0: none. What is watched for must outlive the watch.
void watch_freed(const void* octets, std::size_t size) noexcept;
std::size_t freed_with_them() noexcept;

/// False where the size of a block cannot be asked; then nothing is counted.
bool can_watch_freed() noexcept;

}  // namespace support

#endif
