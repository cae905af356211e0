// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DUTY_CUSTODY_HPP
#define VIDIMUS_DUTY_CUSTODY_HPP

#include "../fsm/laws.hpp"
#include "../spec/clause.hpp"

/// The server's duty for one message: S2 and S4. Towards each endpoint see duty/delivery.hpp; what
/// decides which input a fact is stands in duty/classify.hpp.
namespace vidimus::inline VIDIMUS_ABI::duty::custody {

enum class state : std::uint8_t {
  unknown,
  verified,     ///< held, no command (S2)
  executed,     ///< command durable; deliveries are owed (S4)
  unwatched,    ///< the same, and the sender has its outcome: it asked for no report, or gave up
  delivered,    ///< an endpoint's final receipt is stored (S6)
  unconfirmed,  ///< lifetime over after something was sent on hop 2
  voided,       ///< never delivered, and never will be
  passed,       ///< left without a code, for a receiver without support
  closed,       ///< end: forgotten, below low1
};

enum class input : std::uint8_t {
  check_ok,           ///< valid code; content new, or the same as before
  check_conditional,  ///< the same, and the check is the command as well
  check_other,        ///< valid code, other content than before
  unacceptable,       ///< valid code, but too large or asks for what this server does not do
  execute,
  void_unsent,  ///< the sender asks for void; nothing was sent on hop 2
  void_sent,    ///< the same after something was sent
  final_delivered,
  refused_by_all,
  divided,  ///< of all endpoints that had to have it, some took it and some refused
  lifetime_unsent,
  lifetime_sent,
  hold_over,
  low_passed,    ///< low1 is above the number now
  pass_plainly,  ///< only a receiver without support is there, and the message may go to it
};

enum class action : std::uint8_t {
  persist,
  drop_content,
  alarm,
  tell,
  missing,
  start_delivery,
  stop_delivery,
  transmit_plain,
  forget
};

inline constexpr auto state_names =
    std::to_array<std::string_view>({"unknown", "verified", "executed", "unwatched", "delivered",
                                     "unconfirmed", "voided", "passed", "closed"});
inline constexpr auto input_names = std::to_array<std::string_view>(
    {"check_ok", "check_conditional", "check_other", "unacceptable", "execute", "void_unsent",
     "void_sent", "final_delivered", "refused_by_all", "divided", "lifetime_unsent",
     "lifetime_sent", "hold_over", "low_passed", "pass_plainly"});
/// `tell` puts the number's status into the receipt that leaves at the end of the call; `missing`
/// says there that the number is not held.
inline constexpr auto action_names = std::to_array<std::string_view>(
    {"persist", "drop_content", "alarm", "tell", "missing", "start_delivery", "stop_delivery",
     "transmit_plain", "forget"});

using row = fsm::row<state, input, action, clause>;

// clang-format off
inline constexpr fsm::table table = [] {
  using s = state; using i = input; using a = action; using c = clause;
  using does = fsm::action_list<action>;
  const does again{a::tell};
  const does alarm{a::alarm, a::tell};
  const does end_it{a::persist, a::stop_delivery, a::drop_content, a::tell};
  const does close{a::stop_delivery, a::forget};
  return fsm::table{"custody", fsm::names{state_names, input_names, action_names},
  std::to_array<row>({
    {s::unknown, i::check_ok, s::verified, {a::persist, a::tell}, c::s2_receipt},
    {s::unknown, i::check_conditional, s::executed, {a::persist, a::tell, a::start_delivery},
      c::execute_conditional},
    {s::unknown, i::unacceptable, s::voided, {a::persist, a::tell}, c::refusal_final},
    {s::unknown, i::execute, s::unknown, {a::missing}, c::execute_once},
    {s::unknown, {i::void_unsent, i::void_sent}, s::voided, {a::persist, a::tell},
      c::void_first},
    {s::unknown, i::low_passed, s::closed, {}, c::low_one},
    row::refuse(s::unknown, {i::check_other, i::final_delivered, i::refused_by_all,
      i::divided, i::lifetime_unsent, i::lifetime_sent, i::hold_over, i::pass_plainly},
      c::not_armed),

    {s::verified, i::check_ok, s::verified, again, c::s2_repeat},
    {s::verified, i::check_conditional, s::executed, {a::persist, a::tell, a::start_delivery},
      c::execute_conditional},
    {s::verified, {i::check_other, i::unacceptable}, s::verified, alarm, c::name_reused},
    {s::verified, i::execute, s::executed, {a::persist, a::tell, a::start_delivery},
      c::s4_forward},
    {s::verified, i::void_unsent, s::voided, end_it, c::void_first},
    {s::verified, i::lifetime_unsent, s::voided, end_it, c::void_expired},
    {s::verified, i::hold_over, s::unknown, {a::forget}, c::hold_forget},
    {s::verified, i::low_passed, s::closed, {a::forget}, c::low_one},
    row::refuse(s::verified, {i::void_sent, i::final_delivered, i::refused_by_all, i::divided,
      i::lifetime_sent, i::pass_plainly}, c::not_armed),

    {s::executed, {i::check_ok, i::check_conditional}, s::executed, again, c::s2_repeat},
    {s::executed, {i::check_other, i::unacceptable}, s::executed, alarm, c::name_reused},
    {s::executed, {i::execute, i::void_sent}, s::executed, again, c::execute_once},
    {s::executed, i::void_unsent, s::voided, end_it, c::void_first},
    {s::executed, i::final_delivered, s::delivered, end_it, c::s6_end},
    {s::executed, i::refused_by_all, s::voided, end_it, c::void_refused},
    {s::executed, i::divided, s::unconfirmed, end_it, c::endpoint_divided},
    {s::executed, i::lifetime_unsent, s::voided, end_it, c::void_expired},
    {s::executed, i::lifetime_sent, s::unconfirmed, {a::persist, a::stop_delivery,
      a::drop_content, a::tell}, c::void_expired},
    {s::executed, i::low_passed, s::unwatched, {a::persist}, c::low_one},
    {s::executed, i::pass_plainly, s::passed, {a::persist, a::transmit_plain, a::stop_delivery,
      a::drop_content, a::tell}, c::plain_once},
    row::refuse(s::executed, i::hold_over, c::not_armed),

    {s::unwatched, {i::final_delivered, i::refused_by_all, i::divided, i::lifetime_unsent,
      i::lifetime_sent}, s::closed, close, c::s6_end},
    // marked before it leaves, as any; what is below low1 is closed behind it
    {s::unwatched, i::pass_plainly, s::passed, {a::persist, a::transmit_plain, a::stop_delivery,
      a::drop_content}, c::plain_once},
    row::ignore(s::unwatched, {i::check_ok, i::check_conditional, i::check_other, i::unacceptable,
      i::execute,
      i::void_unsent,
                               i::void_sent, i::low_passed}, c::low_one),
    row::refuse(s::unwatched, i::hold_over, c::not_armed),

    {s::delivered, {i::check_ok, i::check_conditional, i::execute, i::void_unsent, i::void_sent},
      s::delivered, again,
      c::s2_repeat},
    {s::delivered, {i::check_other, i::unacceptable}, s::delivered, alarm, c::name_reused},
    {s::delivered, i::low_passed, s::closed, {a::forget}, c::low_one},
    row::ignore(s::delivered, {i::final_delivered, i::refused_by_all, i::divided}, c::s6_end),
    row::refuse(s::delivered, {i::lifetime_unsent, i::lifetime_sent, i::hold_over,
      i::pass_plainly}, c::not_armed),

    {s::unconfirmed, {i::check_ok, i::check_conditional, i::execute, i::void_unsent,
      i::void_sent}, s::unconfirmed,
      again, c::s2_repeat},
    {s::unconfirmed, {i::check_other, i::unacceptable}, s::unconfirmed, alarm, c::name_reused},
    {s::unconfirmed, i::final_delivered, s::delivered, {a::persist, a::tell}, c::s6_end},
    {s::unconfirmed, i::low_passed, s::closed, {a::forget}, c::low_one},
    row::ignore(s::unconfirmed, {i::refused_by_all, i::divided}, c::void_expired),
    row::refuse(s::unconfirmed, {i::lifetime_unsent, i::lifetime_sent, i::hold_over,
      i::pass_plainly}, c::not_armed),

    {s::voided, {i::check_ok, i::check_conditional, i::check_other, i::unacceptable, i::execute,
      i::void_unsent,
      i::void_sent}, s::voided, again, c::void_first},
    {s::voided, i::low_passed, s::closed, {a::forget}, c::low_one},
    row::ignore(s::voided, {i::final_delivered, i::refused_by_all, i::divided}, c::void_first),
    row::refuse(s::voided, {i::lifetime_unsent, i::lifetime_sent, i::hold_over,
      i::pass_plainly}, c::not_armed),

    {s::passed, {i::check_ok, i::check_conditional, i::execute, i::void_unsent, i::void_sent},
      s::passed, again, c::plain_once},
    {s::passed, {i::check_other, i::unacceptable}, s::passed, alarm, c::name_reused},
    {s::passed, i::low_passed, s::closed, {a::forget}, c::low_one},
    row::ignore(s::passed, {i::final_delivered, i::refused_by_all, i::divided}, c::plain_once),
    row::refuse(s::passed, {i::lifetime_unsent, i::lifetime_sent, i::hold_over, i::pass_plainly},
      c::not_armed),
  }),
  fsm::start{s::unknown}, fsm::ends{s::closed}};
}();
// clang-format on

static_assert(fsm::obeyed<fsm::broken_law(table)>);
static_assert(fsm::obeyed<fsm::precedes(table, action::persist, action::tell)>,
              "custody is durable before the receipt");
static_assert(fsm::obeyed<fsm::preceded(table, action::start_delivery, action::persist)>,
              "the command is durable before it is carried out");
static_assert(fsm::obeyed<fsm::preceded(table, action::transmit_plain, action::persist)>,
              "that a message left plainly is durable before it leaves");

}  // namespace vidimus::inline VIDIMUS_ABI::duty::custody

#endif
