// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DUTY_ACCEPTANCE_HPP
#define VIDIMUS_DUTY_ACCEPTANCE_HPP

#include "../fsm/laws.hpp"
#include "../spec/clause.hpp"

/// The receiver's duty for one number: S5. An endpoint that is not ordered knows no order: it
/// gives none of the letters `early`, `no_room`, `turn`, `gap_over`.
namespace vidimus::inline VIDIMUS_ABI::duty::acceptance {

enum class state : std::uint8_t {
  unknown,
  waiting,  ///< verified, in memory only: a lower number has to come first
  handed,   ///< given to the application, which has not answered
  offered,  ///< handed before a restart; to be given again when the server sends it again
  delivered,
  refused,
  skipped,  ///< missing for too long: what waited for it was handed over
  closed,   ///< end: below low2, or void
};

enum class input : std::uint8_t {
  check_ok,      ///< valid code; content new, or the same as before
  early,         ///< the same, while a lower number has to come first
  no_room,       ///< the same, and the memory for what comes early is used up
  check_other,   ///< valid code, other content than before
  unacceptable,  ///< valid code, but too large, or it asks for more than is verified here
  accepted,
  refused_by_host,
  passed,  ///< low2 is above the number now, or it is void
  restored,
  turn,      ///< it waits, and nothing below has to come first any more
  gap_over,  ///< missing since what waits above it came, for gap_wait
};

enum class action : std::uint8_t { persist, keep, deliver, deliver_again, alarm, answer };

inline constexpr auto state_names = std::to_array<std::string_view>(
    {"unknown", "waiting", "handed", "offered", "delivered", "refused", "skipped", "closed"});
inline constexpr auto input_names = std::to_array<std::string_view>(
    {"check_ok", "early", "no_room", "check_other", "unacceptable", "accepted", "refused_by_host",
     "passed", "restored", "turn", "gap_over"});
/// `keep` puts the message into memory, to be handed over in its turn.
inline constexpr auto action_names = std::to_array<std::string_view>(
    {"persist", "keep", "deliver", "deliver_again", "alarm", "answer"});

using row = fsm::row<state, input, action, clause>;

// clang-format off
inline constexpr fsm::table table = [] {
  using s = state; using i = input; using a = action; using c = clause;
  return fsm::table{"acceptance", fsm::names{state_names, input_names, action_names},
  std::to_array<row>({
    {s::unknown, i::check_ok, s::handed, {a::persist, a::deliver}, c::s5_hand},
    {s::unknown, i::early, s::waiting, {a::keep}, c::order_wait},
    {s::unknown, i::unacceptable, s::refused, {a::persist, a::answer}, c::endpoint_able},
    {s::unknown, i::passed, s::closed, {}, c::low_two},
    // stored with the message whose turn this makes it
    {s::unknown, i::gap_over, s::skipped, {}, c::order_skip},
    row::ignore(s::unknown, i::no_room, c::order_wait),
    row::refuse(s::unknown, {i::check_other, i::accepted, i::refused_by_host, i::restored,
      i::turn}, c::not_armed),

    {s::waiting, i::turn, s::handed, {a::persist, a::deliver}, c::order_hand},
    {s::waiting, i::check_other, s::waiting, {a::alarm}, c::name_reused},
    {s::waiting, i::passed, s::closed, {}, c::low_two},
    // a lower number needs its place; the server sends it again
    {s::waiting, i::no_room, s::unknown, {}, c::order_wait},
    // one that could be taken is here already
    row::ignore(s::waiting, {i::early, i::unacceptable}, c::order_wait),
    row::refuse(s::waiting, {i::check_ok, i::accepted, i::refused_by_host, i::restored,
      i::gap_over}, c::not_armed),

    {s::handed, {i::check_ok, i::unacceptable}, s::handed, {a::answer}, c::s5_repeat},
    {s::handed, i::check_other, s::handed, {a::alarm, a::answer}, c::name_reused},
    {s::handed, i::accepted, s::delivered, {a::persist, a::answer}, c::s5_answer},
    {s::handed, i::refused_by_host, s::refused, {a::persist, a::answer}, c::s5_refuse},
    {s::handed, i::restored, s::offered, {}, c::restore_again},
    // the application has it: its answer is still to come and is still the truth
    row::ignore(s::handed, i::passed, c::s5_answer),
    row::refuse(s::handed, {i::early, i::no_room, i::turn, i::gap_over}, c::not_armed),

    {s::offered, i::check_ok, s::handed, {a::deliver_again}, c::restore_again},
    {s::offered, i::check_other, s::offered, {a::alarm, a::answer}, c::name_reused},
    {s::offered, i::accepted, s::delivered, {a::persist, a::answer}, c::accept_atomic},
    {s::offered, i::refused_by_host, s::refused, {a::persist, a::answer}, c::s5_refuse},
    {s::offered, i::passed, s::closed, {a::persist}, c::low_two},
    // the application may have taken it: whether it is refused is not ours to say any more
    row::ignore(s::offered, i::unacceptable, c::endpoint_able),
    row::ignore(s::offered, i::restored, c::restore_again),
    // it was handed in its order, and is offered again in its order
    row::ignore(s::offered, i::early, c::order_hand),
    row::refuse(s::offered, {i::no_room, i::turn, i::gap_over}, c::not_armed),

    {s::delivered, {i::check_ok, i::unacceptable}, s::delivered, {a::answer}, c::s5_repeat},
    {s::delivered, i::check_other, s::delivered, {a::alarm, a::answer}, c::name_reused},
    {s::delivered, i::passed, s::closed, {}, c::low_two},
    row::ignore(s::delivered, {i::accepted, i::restored}, c::accept_atomic),
    row::refuse(s::delivered, {i::refused_by_host, i::early, i::no_room, i::turn, i::gap_over},
      c::not_armed),

    {s::refused, {i::check_ok, i::unacceptable}, s::refused, {a::answer}, c::s5_repeat},
    {s::refused, i::check_other, s::refused, {a::alarm, a::answer}, c::name_reused},
    {s::refused, i::passed, s::closed, {}, c::low_two},
    row::ignore(s::refused, {i::refused_by_host, i::restored}, c::accept_atomic),
    row::refuse(s::refused, {i::accepted, i::early, i::no_room, i::turn, i::gap_over},
      c::not_armed),

    {s::skipped, {i::check_ok, i::unacceptable}, s::skipped, {a::answer}, c::order_late},
    {s::skipped, i::passed, s::closed, {}, c::low_two},
    // no content is known of it; and it was never handed over
    row::refuse(s::skipped, {i::check_other, i::accepted, i::refused_by_host, i::restored,
      i::early, i::no_room, i::turn, i::gap_over}, c::not_armed),
  }),
  fsm::start{s::unknown}, fsm::ends{s::closed}};
}();
// clang-format on

static_assert(fsm::obeyed<fsm::broken_law(table)>);
static_assert(fsm::obeyed<fsm::precedes(table, action::persist, action::deliver)>,
              "handed is durable before the application sees the message");
static_assert(fsm::obeyed<fsm::preceded(table, action::deliver, action::persist)>,
              "handed is durable before the application sees the message");

static_assert(
    [] {
      for (const auto& one : table.rows())
        if (one.from == state::skipped && one.to != state::skipped && one.to != state::closed)
          return false;
      return true;
    }(),
    "what was skipped is never handed over");
static_assert(
    [] {
      for (const auto& one : table.rows())
        if (one.to == state::waiting && one.actions.contains(action::answer)) return false;
      return true;
    }(),
    "what waits is not told: a crash forgets it");

}  // namespace vidimus::inline VIDIMUS_ABI::duty::acceptance

#endif
