// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_SUPPORT_HEAP_CALLS_HPP
#define VIDIMUS_TESTS_SUPPORT_HEAP_CALLS_HPP

#include <cstddef>

namespace support {

/// How often the program has asked the heap for memory by `new`, in all threads. Defined in the one
/// file of each program that includes support/heap_calls_here.hpp.
std::size_t heap_calls() noexcept;

}  // namespace support

#endif
