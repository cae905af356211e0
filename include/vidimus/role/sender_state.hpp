// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_SENDER_STATE_HPP
#define VIDIMUS_ROLE_SENDER_STATE_HPP

#include <map>

#include "../base/block_queue.hpp"
#include "../base/shared_value.hpp"
#include "../duty/asking.hpp"
#include "../duty/batch.hpp"
#include "../duty/classify.hpp"
#include "../duty/number_timers.hpp"
#include "../model/output.hpp"
#include "../model/record_fields.hpp"

/// What the sender role remembers. Plain data; role/sender.hpp moves it.
namespace vidimus::inline VIDIMUS_ABI::detail {

/// Held for each message without outcome: not an octet more than it needs.
struct sender_slot {
  using state = duty::submission::state;

  state is : 4 = state::parked;
  outcome ended : 4 = outcome::uncertain;
  reason why = reason::none;  ///< what a failure would be reported with
  std::uint8_t flags = 0;
  bool exposed : 1 = false;
  bool in_grace : 1 = false;    ///< `expires` is the end of the grace time
  bool timed : 1 = false;       ///< at `expires` something is to be done
  bool end_to_end : 1 = false;  ///< goes with a second code only (protocol.md, end.code)
  bool known : 1 = true;        ///< false: ended before a restore, content not known any more
  std::uint32_t spoken_in = 0;  ///< the sync count at our last word about it
  std::uint32_t attempts = 0;   ///< transmissions under this memory
  sent_code sent{};             ///< the first octets of the code transmitted last
  instant sent_at = long_ago;   ///< our last word about it
  instant expires;
  digest content{};
  shared_value<manner> how;  ///< with the key last transmitted under
  payload_ref payload;

  /// When something is to be done.
  instant due() const noexcept { return timed ? expires : never; }
};

/// What altered verdicts told of a message; most have none. Not durable.
struct altered_news {
  std::uint32_t last_counted = 0;  ///< the highest attempt whose verdict was counted
  std::uint32_t counted = 0;
  short_code fingerprint{};  ///< of the verdict counted last
  diagnosis found;           ///< what it tells
};

using sender_slots = block_queue<sender_slot, 16>;

struct sender_conversation : duty::asking {
  conversation_name name;
  bool past = false;     ///< of an earlier life: no new submissions
  bool closing = false;  ///< by the application: no new submissions
  memory_name memory;    ///< the server's, as last confirmed; empty: not known
  number base = 1;       ///< number of slots.front(); everything below has ended
  sender_slots slots;
  duty::number_timers timers;  ///< of the slots
  number next = 1;             ///< lowest number that was never sent
  number limit = 0;
  std::uint32_t octets_max = 0;      ///< the server's; 0: not known
  ranges voids;                      ///< ended without delivery, not below base
  duty::waiting_numbers to_execute;  ///< commands to be sent, perhaps with others
  std::uint32_t command_timer = 0;   ///< of what waits in to_execute
  ranges to_withdraw;
  std::map<number, altered_news> altered;
  bool touched = false;  ///< in the list of the call at hand
  bool told = false;     ///< news came under this memory: the server knows both
  number commanded = 0;  ///< highest number that an execute command named in this life

  bool takes_more() const noexcept { return !past && !closing; }
  /// Whether there is nothing left to do but to tell the server that nothing else will come.
  bool is_over() const { return !takes_more() && slots.empty(); }
  number top() const { return base + slots.size(); }  ///< one above the highest number
  bool owns(number n) const { return n >= base && n < top(); }
  sender_slot& at(number n) { return slots[static_cast<std::size_t>(n - base)]; }
  const sender_slot& at(number n) const { return slots[static_cast<std::size_t>(n - base)]; }

  /// What is counted of altered verdicts for a number.
  duty::submission::altered_count count_of(number n) const {
    const sender_slot& s = at(n);
    const auto news = altered.find(n);
    if (news == altered.end()) return {s.attempts, 0, 0, s.sent, {}};
    return {s.attempts, news->second.last_counted, news->second.counted, s.sent,
            news->second.fingerprint};
  }
};

/// What a deadline of the sender is about: the messages of a group (lifetime or grace), with
/// number 0 the conversation's timer, with `number_of_commands` the commands that wait.
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
