// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DUTY_DELIVERY_HPP
#define VIDIMUS_DUTY_DELIVERY_HPP

#include "../fsm/laws.hpp"
#include "../spec/clause.hpp"

/// The server's duty for one message towards one endpoint: S4 and S6.
namespace vidimus::inline VIDIMUS_ABI::duty::delivery {

enum class state : std::uint8_t {
  waiting,      ///< never sent to this endpoint
  asking,       ///< sent before; a snapshot has to say what became of it
  transmitted,  ///< sent (S4), no answer
  pending,      ///< with the application there
  suspended,    ///< altered alike or too often on the way there: only a snapshot goes on
  confirmed,    ///< end: final receipt "delivered"
  refused,      ///< end: final receipt "refused"
  dropped,      ///< end: the custody ended otherwise
};

enum class input : std::uint8_t {
  ready,   ///< attached, memory known, within its limit, the number not with it
  absent,  ///< its snapshot does not show the number
  pending,
  delivered,
  refused,
  altered,
  altered_alike,  ///< alike, or too often
  gone,           ///< detached, or its link is in doubt
  custody_over,
  unable,  ///< never sent to it, and it asks for more than the endpoint verifies
};

enum class action : std::uint8_t { mark_sent, transmit_message, settle, settle_refused };

inline constexpr auto state_names =
    std::to_array<std::string_view>({"waiting", "asking", "transmitted", "pending", "suspended",
                                     "confirmed", "refused", "dropped"});
inline constexpr auto input_names =
    std::to_array<std::string_view>({"ready", "absent", "pending", "delivered", "refused",
                                     "altered", "altered_alike", "gone", "custody_over", "unable"});
/// `mark_sent` is durable before anything behind it (a no-op where it is already); `settle` tells
/// the custody of a final receipt, `settle_refused` of a final refusal.
inline constexpr auto action_names =
    std::to_array<std::string_view>({"mark_sent", "transmit_message", "settle", "settle_refused"});

using row = fsm::row<state, input, action, clause>;

// clang-format off
inline constexpr fsm::table table = [] {
  using s = state; using i = input; using a = action; using c = clause;
  using does = fsm::action_list<action>;
  const does send{a::mark_sent, a::transmit_message};
  return fsm::table{"delivery", fsm::names{state_names, input_names, action_names},
  std::to_array<row>({
    {s::waiting, i::ready, s::transmitted, send, c::s4_mark},
    {s::waiting, i::pending, s::pending, {a::mark_sent}, c::snapshot_replace},
    {s::waiting, i::delivered, s::confirmed, {a::settle}, c::s6_end},
    {s::waiting, i::refused, s::refused, {a::mark_sent, a::settle_refused}, c::s5_refuse},
    {s::waiting, i::custody_over, s::dropped, {}, c::void_first},
    {s::waiting, i::unable, s::refused, {a::settle_refused}, c::endpoint_able},
    row::ignore(s::waiting, {i::absent, i::altered, i::altered_alike, i::gone},
      c::s4_hold),

    {s::asking, {i::absent, i::ready}, s::transmitted, send, c::s6_resend},
    {s::asking, i::pending, s::pending, {}, c::snapshot_replace},
    {s::asking, i::delivered, s::confirmed, {a::settle}, c::s6_end},
    {s::asking, i::refused, s::refused, {a::settle_refused}, c::s5_refuse},
    {s::asking, i::custody_over, s::dropped, {}, c::void_first},
    row::refuse(s::asking, i::unable, c::not_armed),
    row::ignore(s::asking, {i::altered, i::altered_alike, i::gone}, c::link_cut),

    {s::transmitted, {i::absent, i::altered}, s::transmitted, {a::transmit_message}, c::s6_resend},
    {s::transmitted, i::pending, s::pending, {}, c::news_raise},
    {s::transmitted, i::delivered, s::confirmed, {a::settle}, c::s6_end},
    {s::transmitted, i::refused, s::refused, {a::settle_refused}, c::s5_refuse},
    {s::transmitted, i::altered_alike, s::suspended, {}, c::s6_stop},
    {s::transmitted, i::gone, s::asking, {}, c::link_cut},
    {s::transmitted, i::custody_over, s::dropped, {}, c::void_first},
    row::refuse(s::transmitted, i::unable, c::not_armed),
    row::ignore(s::transmitted, i::ready, c::timer_owed),

    {s::pending, i::absent, s::transmitted, {a::transmit_message}, c::snapshot_replace},
    {s::pending, i::delivered, s::confirmed, {a::settle}, c::s6_end},
    {s::pending, i::refused, s::refused, {a::settle_refused}, c::s5_refuse},
    {s::pending, i::gone, s::asking, {}, c::link_cut},
    {s::pending, i::custody_over, s::dropped, {}, c::void_first},
    row::refuse(s::pending, i::unable, c::not_armed),
    row::ignore(s::pending, {i::ready, i::pending, i::altered, i::altered_alike}, c::news_raise),

    {s::suspended, i::pending, s::pending, {}, c::news_raise},
    {s::suspended, i::delivered, s::confirmed, {a::settle}, c::s6_end},
    {s::suspended, i::refused, s::refused, {a::settle_refused}, c::s5_refuse},
    {s::suspended, i::gone, s::asking, {}, c::s6_stop},
    {s::suspended, i::custody_over, s::dropped, {}, c::void_first},
    row::refuse(s::suspended, i::unable, c::not_armed),
    {s::suspended, i::absent, s::transmitted, {a::transmit_message}, c::s6_stop},
    row::ignore(s::suspended, {i::ready, i::altered, i::altered_alike}, c::s6_stop),
  }),
  fsm::start{s::waiting}, fsm::ends{s::confirmed, s::refused, s::dropped}};
}();
// clang-format on

static_assert(fsm::obeyed<fsm::broken_law(table)>);
static_assert(fsm::obeyed<fsm::precedes(table, action::mark_sent, action::transmit_message)>,
              "sent is durable before it is true");

}  // namespace vidimus::inline VIDIMUS_ABI::duty::delivery

#endif
