// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_SENDER_STATE_HPP
#define VIDIMUS_ROLE_SENDER_STATE_HPP

#include <map>

#include "../base/block_queue.hpp"
#include "../base/shared_value.hpp"
#include "../duty/asking.hpp"
#include "../duty/batch.hpp"
#include "../duty/classify.hpp"
#include "../model/output.hpp"
#include "../model/record_fields.hpp"

/// What the sender role remembers. Plain data; role/sender.hpp moves it.
namespace vidimus::inline VIDIMUS_ABI::detail {

struct sender_slot {
  duty::submission::state is = duty::submission::state::parked;
  outcome ended = outcome::uncertain;
  reason why = reason::none;  ///< what a failure would be reported with
  bool exposed = false;
  bool in_grace = false;    ///< the deadline is that of the grace time
  bool end_to_end = false;  ///< goes with a second code only (protocol.md, end.code)
  bool known = true;        ///< false: ended before a restore, content not known any more
  std::uint8_t flags = 0;
  std::uint32_t lifetime_s = 0;
  std::uint32_t spoken_in = 0;       ///< the sync count at our last word about it
  instant sent_at = duty::long_ago;  ///< our last word about it
  instant expires;
  digest content{};
  duty::submission::altered_count altered;
  std::uint32_t deadline = 0;  ///< lifetime, then grace; here it fills a gap
  shared_value<manner> how;    ///< with the key last transmitted under
  payload_ref payload;
};

struct sender_conversation : duty::asking {
  conversation_name name;
  bool past = false;   ///< of an earlier life: no new submissions
  memory_name memory;  ///< the server's, as last confirmed; empty: not known
  number base = 1;     ///< number of slots.front(); everything below has ended
  block_queue<sender_slot> slots;
  number next = 1;  ///< lowest number that was never sent
  number limit = 0;
  std::uint32_t octets_max = 0;      ///< the server's; 0: not known
  ranges voids;                      ///< ended without delivery, not below base
  duty::waiting_numbers to_execute;  ///< commands to be sent, perhaps with others
  std::uint32_t command_timer = 0;   ///< of what waits in to_execute
  ranges to_withdraw;
  /// What the verdict on a message counted last tells; not durable.
  std::map<number, diagnosis> found;
  bool touched = false;  ///< in the list of the call at hand
  bool told = false;     ///< news came under this memory: the server knows both
  number commanded = 0;  ///< highest number that an execute command named in this life

  number top() const { return base + slots.size(); }  ///< one above the highest number
  bool owns(number n) const { return n >= base && n < top(); }
  sender_slot& at(number n) { return slots[static_cast<std::size_t>(n - base)]; }
  const sender_slot& at(number n) const { return slots[static_cast<std::size_t>(n - base)]; }
};

/// What a deadline of the sender is about: a message (lifetime or grace), with number 0 the
/// conversation's timer, with `number_of_commands` the commands that wait.
inline constexpr number number_of_commands = number_max + 1;
struct sender_due {
  conversation_id conversation;
  number at = 0;
};

/// The durable stage of a submission's state.
constexpr record::stage stage_of(duty::submission::state is) noexcept {
  using s = duty::submission::state;
  switch (is) {
    case s::parked:
    case s::awaiting_receipt: return record::stage::undecided;
    case s::awaiting_execution:
    case s::resubmitted:
    case s::awaiting_delivery: return record::stage::decided;
    case s::withdrawing: return record::stage::withdrawing;
    case s::expiring: return record::stage::expiring;
    case s::failing: return record::stage::failing;
    default: return record::stage::ended;
  }
}

/// The state in which a stored submission goes on. An undecided one of an image that may be old may
/// have been executed or reported withdrawn since: all that can be asked for is void
/// (protocol.md, name.exposed). A conditional one was never sent, and is decided with the next
/// transmission: that is done here, since its conversation takes no new messages.
constexpr duty::submission::state state_after(record::stage is, bool last_durable,
                                              bool commands) noexcept {
  using s = duty::submission::state;
  switch (is) {
    case record::stage::undecided:
      if (!last_durable) return s::failing;
      return commands ? s::awaiting_execution : s::awaiting_receipt;
    case record::stage::decided: return s::awaiting_execution;
    case record::stage::withdrawing: return s::withdrawing;
    case record::stage::expiring: return s::expiring;
    default: return s::failing;
  }
}

constexpr bool is_end(duty::submission::state is) noexcept {
  return duty::submission::table.is_end(is);
}

constexpr outcome outcome_of(duty::submission::state end) noexcept {
  using s = duty::submission::state;
  switch (end) {
    case s::delivered: return outcome::delivered;
    case s::executed: return outcome::executed;
    case s::withdrawn: return outcome::withdrawn;
    case s::expired: return outcome::expired;
    case s::failed: return outcome::failed;
    default: return outcome::uncertain;
  }
}

}  // namespace vidimus::inline VIDIMUS_ABI::detail

#endif
