// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DUTY_SUBMISSION_HPP
#define VIDIMUS_DUTY_SUBMISSION_HPP

#include "../fsm/laws.hpp"
#include "../spec/clause.hpp"

/// The sender's duty towards one message: S1 and S3. What decides which input a fact is stands in
/// duty/classify.hpp; what an action does, in role/sender.hpp.
namespace vidimus::inline VIDIMUS_ABI::duty::submission {

enum class state : std::uint8_t {
  parked,              ///< durable, not sent: no link, no memory known, or no credit
  awaiting_receipt,    ///< sent (S1), no command decided
  awaiting_execution,  ///< command decided and sent (S3)
  resubmitted,         ///< command decided, but the server holds the message no longer: sent again
  awaiting_delivery,   ///< the server stated the command executed
  withdrawing,         ///< void asked for, on the application's wish
  expiring,            ///< void asked for, at the end of the lifetime
  failing,             ///< void asked for, because sending on makes no sense
  delivered,
  executed,
  withdrawn,
  expired,
  failed,
  uncertain,  // ends
};

enum class input : std::uint8_t {
  may_send,        ///< link, memory and credit are there
  may_command,     ///< the same, and the check is the command as well (conditional)
  verified,        ///< the server verified it, bind agrees
  unheard,         ///< a snapshot asked for after our last word shows no effect of it
  verified_other,  ///< verified, but bind says: other content than ours
  altered,         ///< an attempt arrived altered; attempts remain
  altered_alike,   ///< two attempts altered in the same way
  altered_too_often,
  executed,       ///< command durable at the server; a delivery report was asked
  executed_last,  ///< the same; no report was asked
  delivered,
  unconfirmed,  ///< the server's lifetime is over, it was sent, no final receipt
  voided,
  voided_expired,
  voided_exposed,  ///< void, but an earlier memory may have executed it
  absent,          ///< a snapshot asked for after the last sending does not show it
  renamed,         ///< the server's memory has another name now
  withdraw,        ///< the application's wish
  lifetime_over,
  grace_over,
};

enum class action : std::uint8_t {
  persist,
  expose,
  transmit_message,
  transmit_execute,
  transmit_withdraw,
  start_grace,
  report,
  forget
};

inline constexpr auto state_names = std::to_array<std::string_view>(
    {"parked", "awaiting_receipt", "awaiting_execution", "resubmitted", "awaiting_delivery",
     "withdrawing", "expiring", "failing", "delivered", "executed", "withdrawn", "expired",
     "failed", "uncertain"});
inline constexpr auto input_names = std::to_array<std::string_view>(
    {"may_send",       "may_command",    "verified",       "unheard",
     "verified_other", "altered",        "altered_alike",  "altered_too_often",
     "executed",       "executed_last",  "delivered",      "unconfirmed",
     "voided",         "voided_expired", "voided_exposed", "absent",
     "renamed",        "withdraw",       "lifetime_over",  "grace_over"});
inline constexpr auto action_names =
    std::to_array<std::string_view>({"persist", "expose", "transmit_message", "transmit_execute",
                                     "transmit_withdraw", "start_grace", "report", "forget"});

using row = fsm::row<state, input, action, clause>;

// clang-format off
inline constexpr fsm::table table = [] {
  using s = state; using i = input; using a = action; using c = clause;
  using does = fsm::action_list<action>;
  const does ended{a::persist, a::report, a::forget};
  const does stopped{a::persist, a::transmit_withdraw, a::report, a::forget};
  const does ask_void{a::persist, a::transmit_withdraw};
  const does deadline{a::persist, a::start_grace, a::transmit_withdraw};
  const does exposed{a::expose, a::persist};
  return fsm::table{"submission", fsm::names{state_names, input_names, action_names},
  std::to_array<row>({
    {s::parked, i::may_send, s::awaiting_receipt, {a::transmit_message}, c::s1_transmit},
    // decided from here on: the server may execute it before anything is heard
    {s::parked, i::may_command, s::resubmitted, {a::persist, a::transmit_message},
      c::execute_conditional},
    {s::parked, i::withdraw, s::withdrawn, ended, c::stop_local},
    {s::parked, i::lifetime_over, s::expired, ended, c::stop_local},
    // never sent: whatever a peer says of it cannot be so
    row::ignore(s::parked, {i::verified, i::unheard, i::verified_other, i::altered,
      i::altered_alike, i::altered_too_often, i::executed, i::executed_last, i::delivered,
      i::unconfirmed, i::voided, i::voided_expired, i::voided_exposed, i::absent, i::renamed},
      c::s1_durable),
    row::refuse(s::parked, i::grace_over, c::not_armed),

    {s::awaiting_receipt, {i::verified, i::unheard}, s::awaiting_execution, {a::persist,
      a::transmit_execute},
      c::s3_execute},
    {s::awaiting_receipt, i::verified_other, s::failed, stopped, c::receipt_bind},
    {s::awaiting_receipt, i::altered, s::awaiting_receipt, {a::transmit_message}, c::s3_resend},
    {s::awaiting_receipt, {i::altered_alike, i::altered_too_often}, s::failed, stopped,
      c::s3_stop},
    {s::awaiting_receipt, i::absent, s::awaiting_receipt, {a::transmit_message}, c::s3_resend},
    {s::awaiting_receipt, i::voided, s::failed, ended, c::refusal_final},
    {s::awaiting_receipt, i::voided_expired, s::expired, ended, c::void_expired},
    {s::awaiting_receipt, i::withdraw, s::withdrawn, stopped, c::stop_local},
    {s::awaiting_receipt, i::lifetime_over, s::expired, stopped, c::stop_local},
    // a host that restored an older image than it said: the command is not remembered
    {s::awaiting_receipt, i::executed, s::awaiting_delivery, exposed, c::name_exposed},
    {s::awaiting_receipt, i::executed_last, s::executed, ended, c::outcome_executed},
    {s::awaiting_receipt, i::delivered, s::delivered, ended, c::outcome_delivered},
    {s::awaiting_receipt, {i::unconfirmed, i::voided_exposed}, s::uncertain, ended,
      c::outcome_uncertain},
    row::ignore(s::awaiting_receipt, {i::renamed, i::may_send, i::may_command},
      c::snapshot_replace),
    row::refuse(s::awaiting_receipt, i::grace_over, c::not_armed),

    {s::awaiting_execution, i::unheard, s::awaiting_execution, {a::transmit_execute},
      c::s3_again},
    {s::awaiting_execution, i::verified_other, s::failing, ask_void, c::receipt_bind},
    {s::awaiting_execution, i::executed, s::awaiting_delivery, {}, c::execute_once},
    {s::awaiting_execution, i::executed_last, s::executed, ended, c::outcome_executed},
    {s::awaiting_execution, i::delivered, s::delivered, ended, c::outcome_delivered},
    {s::awaiting_execution, {i::unconfirmed, i::voided_exposed}, s::uncertain, ended,
      c::outcome_uncertain},
    {s::awaiting_execution, i::voided, s::failed, ended, c::outcome_failed},
    {s::awaiting_execution, i::voided_expired, s::expired, ended, c::void_expired},
    {s::awaiting_execution, i::absent, s::resubmitted, {a::transmit_message}, c::s3_resend},
    {s::awaiting_execution, i::renamed, s::awaiting_execution, exposed, c::name_exposed},
    {s::awaiting_execution, i::withdraw, s::withdrawing, ask_void, c::stop_void},
    {s::awaiting_execution, i::lifetime_over, s::expiring, deadline, c::stop_void},
    row::ignore(s::awaiting_execution, {i::verified, i::altered, i::altered_alike,
      i::altered_too_often, i::may_send, i::may_command}, c::news_raise),
    row::refuse(s::awaiting_execution, i::grace_over, c::not_armed),

    {s::resubmitted, {i::verified, i::unheard}, s::awaiting_execution,
      {a::transmit_execute},
      c::s3_execute},
    {s::resubmitted, i::verified_other, s::failing, ask_void, c::receipt_bind},
    {s::resubmitted, {i::altered, i::absent}, s::resubmitted, {a::transmit_message}, c::s3_resend},
    {s::resubmitted, {i::altered_alike, i::altered_too_often}, s::failing, ask_void, c::s3_stop},
    {s::resubmitted, i::executed, s::awaiting_delivery, {}, c::execute_once},
    {s::resubmitted, i::executed_last, s::executed, ended, c::outcome_executed},
    {s::resubmitted, i::delivered, s::delivered, ended, c::outcome_delivered},
    {s::resubmitted, {i::unconfirmed, i::voided_exposed}, s::uncertain, ended,
      c::outcome_uncertain},
    {s::resubmitted, i::voided, s::failed, ended, c::outcome_failed},
    {s::resubmitted, i::voided_expired, s::expired, ended, c::void_expired},
    {s::resubmitted, i::renamed, s::resubmitted, exposed, c::name_exposed},
    {s::resubmitted, i::withdraw, s::withdrawing, ask_void, c::stop_void},
    {s::resubmitted, i::lifetime_over, s::expiring, deadline, c::stop_void},
    row::ignore(s::resubmitted, {i::may_send, i::may_command}, c::s1_transmit),
    row::refuse(s::resubmitted, i::grace_over, c::not_armed),

    {s::awaiting_delivery, i::delivered, s::delivered, ended, c::outcome_delivered},
    // it left plainly: no more can be heard of it
    {s::awaiting_delivery, i::executed_last, s::executed, ended, c::plain_once},
    {s::awaiting_delivery, {i::unconfirmed, i::voided_exposed}, s::uncertain, ended,
      c::outcome_uncertain},
    {s::awaiting_delivery, i::voided, s::failed, ended, c::outcome_failed},
    {s::awaiting_delivery, i::voided_expired, s::expired, ended, c::void_expired},
    // only a server that lost its store shows less than before
    {s::awaiting_delivery, i::unheard, s::awaiting_execution, {a::expose, a::persist,
      a::transmit_execute},
      c::snapshot_replace},
    {s::awaiting_delivery, i::absent, s::resubmitted, {a::expose, a::persist, a::transmit_message},
      c::snapshot_replace},
    {s::awaiting_delivery, i::renamed, s::awaiting_delivery, exposed, c::name_exposed},
    {s::awaiting_delivery, i::verified_other, s::failing, ask_void, c::receipt_bind},
    {s::awaiting_delivery, i::withdraw, s::withdrawing, ask_void, c::stop_void},
    {s::awaiting_delivery, i::lifetime_over, s::expiring, deadline, c::stop_void},
    row::ignore(s::awaiting_delivery, {i::verified, i::executed, i::altered, i::altered_alike,
      i::altered_too_often, i::may_send, i::may_command}, c::news_raise),
    row::refuse(s::awaiting_delivery, i::grace_over, c::not_armed),

    {s::withdrawing, {i::absent, i::unheard}, s::withdrawing, {a::transmit_withdraw},
      c::stop_void},
    {s::withdrawing, i::voided, s::withdrawn, ended, c::outcome_withdrawn},
    {s::withdrawing, i::voided_expired, s::expired, ended, c::void_expired},
    {s::withdrawing, i::executed_last, s::executed, ended, c::outcome_executed},
    {s::withdrawing, i::delivered, s::delivered, ended, c::outcome_delivered},
    {s::withdrawing, {i::unconfirmed, i::voided_exposed, i::grace_over}, s::uncertain, ended,
      c::outcome_uncertain},
    {s::withdrawing, i::renamed, s::withdrawing, exposed, c::name_exposed},
    {s::withdrawing, i::lifetime_over, s::withdrawing, {a::start_grace, a::transmit_withdraw},
      c::stop_void},
    row::ignore(s::withdrawing, {i::withdraw, i::verified, i::verified_other, i::executed,
      i::altered, i::altered_alike,
                                 i::altered_too_often, i::may_send, i::may_command}, c::news_raise),

    {s::expiring, {i::absent, i::unheard}, s::expiring, {a::transmit_withdraw},
      c::stop_void},
    {s::expiring, {i::voided, i::voided_expired}, s::expired, ended, c::outcome_expired},
    {s::expiring, i::executed_last, s::executed, ended, c::outcome_executed},
    {s::expiring, i::delivered, s::delivered, ended, c::outcome_delivered},
    {s::expiring, {i::unconfirmed, i::voided_exposed, i::grace_over}, s::uncertain, ended,
      c::outcome_uncertain},
    {s::expiring, i::renamed, s::expiring, exposed, c::name_exposed},
    row::ignore(s::expiring, {i::withdraw, i::verified, i::verified_other, i::executed,
      i::altered, i::altered_alike,
                              i::altered_too_often, i::may_send, i::may_command}, c::news_raise),
    row::refuse(s::expiring, i::lifetime_over, c::not_armed),

    {s::failing, {i::absent, i::unheard}, s::failing, {a::transmit_withdraw}, c::stop_void},
    {s::failing, i::voided, s::failed, ended, c::outcome_failed},
    {s::failing, i::voided_expired, s::expired, ended, c::void_expired},
    {s::failing, i::executed_last, s::executed, ended, c::outcome_executed},
    {s::failing, i::delivered, s::delivered, ended, c::outcome_delivered},
    {s::failing, {i::unconfirmed, i::voided_exposed, i::grace_over}, s::uncertain, ended,
      c::outcome_uncertain},
    {s::failing, i::renamed, s::failing, exposed, c::name_exposed},
    {s::failing, i::lifetime_over, s::failing, {a::start_grace, a::transmit_withdraw},
      c::stop_void},
    row::ignore(s::failing, {i::withdraw, i::verified, i::verified_other, i::executed,
      i::altered, i::altered_alike,
                             i::altered_too_often, i::may_send, i::may_command}, c::news_raise),
  }),
  fsm::start{s::parked},
  fsm::ends{s::delivered, s::executed, s::withdrawn, s::expired, s::failed, s::uncertain}};
}();
// clang-format on

static_assert(fsm::obeyed<fsm::broken_law(table)>);
static_assert(fsm::obeyed<fsm::reports_once(table, action::report)>, "one outcome each");
static_assert(fsm::obeyed<fsm::preceded(table, action::report, action::persist)>,
              "an outcome is durable before it is told");
static_assert(fsm::obeyed<fsm::precedes(table, action::persist, action::transmit_execute)>,
              "the command is durable before it is sent");
static_assert(fsm::obeyed<fsm::precedes(table, action::persist, action::transmit_withdraw)>,
              "the wish for void is durable before it is sent");
static_assert(fsm::obeyed<fsm::precedes(table, action::expose, action::persist)>,
              "exposed is part of what is stored");

}  // namespace vidimus::inline VIDIMUS_ABI::duty::submission

#endif
