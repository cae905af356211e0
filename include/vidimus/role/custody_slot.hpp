// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_CUSTODY_SLOT_HPP
#define VIDIMUS_ROLE_CUSTODY_SLOT_HPP

#include <algorithm>

#include "../base/shared_value.hpp"
#include "../base/short_list.hpp"
#include "../duty/asking.hpp"
#include "../duty/classify.hpp"
#include "../model/content.hpp"
#include "../model/manner.hpp"

/// What the server role holds of one message.
namespace vidimus::inline VIDIMUS_ABI::detail {

/// What altered verdicts told of a delivery; most have none.
struct altered_seen {
  std::uint32_t last_counted = 0;  ///< the highest attempt whose verdict was counted
  std::uint32_t counted = 0;
  short_code fingerprint{};  ///< of the verdict counted last
  friend bool operator==(const altered_seen&, const altered_seen&) = default;
};

/// One message towards one endpoint.
struct delivery_cell {
  memory_name endpoint;
  duty::delivery::state is = duty::delivery::state::waiting;
  bool sent = false;            ///< durably marked as sent
  std::uint32_t spoken_in = 0;  ///< the conversation's sync count at the last sending
  std::uint32_t attempts = 0;
  short_code code{};   ///< the first octets of the code transmitted last
  shared_text key_id;  ///< last transmitted under
  instant sent_at = duty::long_ago;
  shared_value<altered_seen> seen;

  /// What is marked as sent need not have left: see custody_slot::to_all.
  bool was_sent() const { return sent && is != duty::delivery::state::waiting; }
  /// What is counted of altered verdicts.
  duty::submission::altered_count altered() const {
    return {attempts, seen->last_counted, seen->counted, code, seen->fingerprint};
  }
  void set_altered(const duty::submission::altered_count& to) {
    attempts = to.attempts;
    code = to.sent;
    const altered_seen now{to.last_counted, to.counted, to.fingerprint};
    if (!(*seen == now)) seen = shared_value(now);
  }
};

/// One message in custody; or a number that is not held (state unknown). Not an octet more than it
/// needs.
struct custody_slot {
  duty::custody::state is = duty::custody::state::unknown;
  reason why = reason::none;
  std::uint8_t flags = 0;
  bool core_only = false;  ///< covers no payloads
  std::uint32_t lifetime_s = 0;
  instant expires;
  instant hold_until;
  digest content{};
  shared_value<manner> how;  ///< with the key verified under
  payload_ref payload;
  end_ref ends;  ///< the second code; once delivered, the endpoint's proof
  short_list<delivery_cell, 1> cells;

  /// When something is to be done.
  instant due() const noexcept {
    if (is == duty::custody::state::verified) return std::min(expires, hold_until);
    return owed() ? expires : never;
  }
  bool sent() const {
    for (const auto& cell : cells)
      if (cell.sent) return true;
    return false;
  }
  /// Something is still to be done with it.
  bool unfinished() const { return is == duty::custody::state::verified || owed(); }
  bool end_to_end() const { return ends != nullptr || (flags & check::sealed) != 0; }
  /// Not one endpoint has to take it, but all (protocol.md, endpoint.all). Then the cells are those
  /// of all, or there is none yet.
  bool to_all() const { return (flags & check::all) != 0; }
  /// Whether this delivery ends it if its endpoint takes it: no other needs the second code.
  bool is_last(const delivery_cell& one) const {
    for (const auto& cell : cells)
      if (&cell != &one && to_all() && !duty::delivery::table.is_end(cell.is)) return false;
    return true;
  }
  /// Deliveries are owed.
  bool owed() const {
    return is == duty::custody::state::executed || is == duty::custody::state::unwatched;
  }
};

}  // namespace vidimus::inline VIDIMUS_ABI::detail

#endif
