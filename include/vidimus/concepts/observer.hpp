// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CONCEPTS_OBSERVER_HPP
#define VIDIMUS_CONCEPTS_OBSERVER_HPP

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "../version.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// What a role noticed and did not act on, or acted on with care. For counters and logs; never a
/// body, never a key, never a code.
enum class notice : std::uint8_t {
  not_ours,        ///< an element this role does not take, or of a conversation it does not own
  malformed,       ///< an element of ours that cannot be read, or breaks a limit
  copy_or_error,   ///< a carbon, archive or forwarded copy, or an error bounce: never verified
  not_in_scope,    ///< the peer may not speak for that origin (protocol.md, key.scope)
  unknown_key,     ///< no preset code of that name for that peer, or its rule is not accepted
  wrong_code,      ///< the code does not match: altered on the way, or forged
  other_memory,    ///< a valid code under a memory that is no longer, or not yet, current
  stale_snapshot,  ///< a snapshot that answers another sync than the latest
  out_of_window,   ///< a number beyond what the limits allow
  reused,          ///< alarm: one name, two contents, both under valid codes
  rate_limited,    ///< an answer was withheld (protocol.md, flood.bucket)
  table_full,      ///< a limit on conversations or endpoints was reached
  wrong_second,    ///< an end-to-end code is missing or wrong: a relay altered, or forged
  unresolved,      ///< a brief form whose reference stands for nothing here (element.brief)
  no_key,          ///< something was not sent: no preset code is current for its receiver
};

inline constexpr std::size_t notice_count = 15;

/// As the code writes it, for counters and logs.
constexpr std::string_view name_of(notice what) noexcept {
  constexpr std::string_view names[] = {
      "not_ours",     "malformed",    "copy_or_error",  "not_in_scope",  "unknown_key",
      "wrong_code",   "other_memory", "stale_snapshot", "out_of_window", "reused",
      "rate_limited", "table_full",   "wrong_second",   "unresolved",    "no_key"};
  static_assert(std::size(names) == notice_count);
  const auto at = static_cast<std::size_t>(what);
  return at < notice_count ? names[at] : std::string_view("unknown");
}

/// Told which row of which table was used (`cell` as in `fsm::table`), and of each notice.
/// Must not call back into the role. An observer may also have `altered(message_name, diagnosis)`:
/// the server tells it which parts of a message an endpoint found altered, if it can say so. And
/// `witnessed(const witness&)`, which every role tells of each code it makes or finds valid
/// (model/evidence.hpp); an `evidence_book` makes records of that.
template <class O>
concept observer = requires(O& watch, std::string_view table, std::size_t cell, notice what) {
  watch.row(table, cell);
  watch.noticed(what);
};

/// Sees nothing, costs nothing.
struct no_observer {
  void row(std::string_view, std::size_t) noexcept {}
  void noticed(notice) noexcept {}
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
