// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_STORE_FAULT_HPP
#define VIDIMUS_ADAPT_STORE_FAULT_HPP

#include <string>
#include <variant>

#include "../base/result.hpp"
#include "../model/output.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Why a store did not do what it was asked.
enum class store_fault : std::uint8_t {
  denied,       ///< the file cannot be opened or written, the database not be written
  busy,         ///< another process has it; may pass
  not_ours,     ///< a database of another program, or of another relay; it was not changed
  newer,        ///< written by a newer version of the library; it was not changed
  incomplete,   ///< not closed properly, and its write-ahead log is missing; it was not changed
  damaged,      ///< it is no database, or what it holds contradicts itself
  full,         ///< the disk, the bound on pages or the memory is used up; may pass
  io,           ///< the disk or the system failed
  rolled_back,  ///< a statement of the host's ended the transaction
  unreachable,  ///< there is no connection to the database; may pass
};

/// Whether a store that said so can be used no more.
constexpr bool is_final(store_fault f) noexcept {
  return f != store_fault::busy && f != store_fault::full && f != store_fault::rolled_back &&
         f != store_fault::unreachable;
}

/// `code` is SQLite's extended result code, or the five characters of PostgreSQL's as a number in
/// base 36; 0 if the library itself found the fault. `what` says what was being done, with what,
/// and what went wrong.
struct store_error {
  store_fault kind = store_fault::io;
  int code = 0;
  std::string what;
};

/// True, or why not. Nothing behind a `persist` may be done before this is true.
using store_done = result<bool, store_error>;

/// Whether an output is for the store; what is not waits until what is for it is durable.
template <class Output>
bool is_for_store(const Output& one) noexcept {
  return std::holds_alternative<out::persist>(one) || std::holds_alternative<out::forget>(one);
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
