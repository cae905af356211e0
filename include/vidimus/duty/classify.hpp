// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DUTY_CLASSIFY_HPP
#define VIDIMUS_DUTY_CLASSIFY_HPP

#include "../model/elements.hpp"
#include "acceptance.hpp"
#include "custody.hpp"
#include "delivery.hpp"
#include "submission.hpp"

/// Every guard of the machines: pure functions that make one fact into one input letter.
namespace vidimus::inline VIDIMUS_ABI::duty {

namespace submission {

/// What the sender knows of a message when a receipt speaks of it.
struct known {
  bool report_wanted = true;
  bool exposed = false;
  /// The receipt is a snapshot asked for after our last word about the number.
  bool asked_since = false;
  state in = state::awaiting_receipt;
  /// Delivered is shown, not only claimed (protocol.md, end.delivered).
  bool proved = true;
  /// It may leave without a code (protocol.md, plain.permit).
  bool plain = false;
};

/// A parked message may leave; `commands`: it is conditional, so the command goes with it.
constexpr input of_leave(bool commands) noexcept {
  return commands ? input::may_command : input::may_send;
}

/// A status in a receipt. Nothing: it says nothing about a submission.
constexpr std::optional<input> of_status(status what, reason why, bool bind_agrees,
                                         const known& k) noexcept {
  const bool asks_void =
      k.in == state::withdrawing || k.in == state::expiring || k.in == state::failing;
  if (what == status::delivered && !k.proved) what = status::executed;
  if (what == status::plain && k.plain) return input::executed_last;
  switch (what) {
    case status::verified:
      if (!bind_agrees) return input::verified_other;
      return k.asked_since ? input::unheard : input::verified;
    case status::plain:  // not permitted, so it says no more than executed
    case status::executed:
      if (!k.report_wanted) return input::executed_last;
      return asks_void && k.asked_since ? input::unheard : input::executed;
    case status::delivered: return input::delivered;
    case status::unconfirmed: return input::unconfirmed;
    case status::voided:
      if (k.exposed) return input::voided_exposed;
      return why == reason::expired ? input::voided_expired : input::voided;
    case status::closed:  // the server was told that it had ended: an image was older than its end
      if (k.exposed) return input::voided_exposed;
      return std::nullopt;
    case status::pending: return std::nullopt;
  }
  return std::nullopt;
}

/// What is counted of altered verdicts for one message.
struct altered_count {
  std::uint32_t attempts = 0;      ///< transmissions of the message under this memory
  std::uint32_t last_counted = 0;  ///< the highest attempt whose verdict was counted
  std::uint32_t counted = 0;
  sent_code sent{};          ///< what was sent: the first octets of the code
  short_code fingerprint{};  ///< of the verdict counted last
};

/// An altered verdict. Nothing: not counted (protocol.md, altered.count). Counts it otherwise.
constexpr std::optional<input> of_altered(const altered_part& said, altered_count& count,
                                          std::uint32_t altered_max) noexcept {
  if (beginning_of(said.code) != count.sent) return std::nullopt;
  if (said.attempt <= count.last_counted || said.attempt > count.attempts) return std::nullopt;
  const bool alike = count.counted > 0 && said.fingerprint == count.fingerprint;
  count.last_counted = said.attempt;
  count.fingerprint = said.fingerprint;
  ++count.counted;
  if (alike) return input::altered_alike;
  return count.counted >= altered_max ? input::altered_too_often : input::altered;
}

}  // namespace submission

namespace custody {

/// A check whose code was valid. `same`: there is no content yet, or it has the same digest.
/// `commands`: it is conditional, so the command comes with it.
constexpr input of_check(bool acceptable, bool same, bool commands) noexcept {
  if (!same) return input::check_other;
  if (!acceptable) return input::unacceptable;
  return commands ? input::check_conditional : input::check_ok;
}
/// The sender's wish for void. `sent`: something of it was sent on hop 2.
constexpr input of_void(bool sent) noexcept { return sent ? input::void_sent : input::void_unsent; }
constexpr input of_lifetime(bool sent) noexcept {
  return sent ? input::lifetime_sent : input::lifetime_unsent;
}

}  // namespace custody

namespace delivery {

/// A status in a final receipt. Nothing: it says nothing about a delivery.
constexpr std::optional<input> of_status(status what) noexcept {
  switch (what) {
    case status::pending: return input::pending;
    case status::delivered: return input::delivered;
    case status::voided: return input::refused;
    default: return std::nullopt;
  }
}

/// As for the sender; alike and too often stop the sending to this endpoint alike.
constexpr std::optional<input> of_altered(const altered_part& said,
                                          submission::altered_count& count,
                                          std::uint32_t altered_max) noexcept {
  auto letter = submission::of_altered(said, count, altered_max);
  if (!letter) return std::nullopt;
  return *letter == submission::input::altered ? input::altered : input::altered_alike;
}

}  // namespace delivery

namespace acceptance {

/// A check whose codes were valid. `same`: nothing is known of the number, or the same digest.
/// `able`: this endpoint verifies all that the message asks for.
constexpr input of_check(bool same, bool able) noexcept {
  if (!same) return input::check_other;
  return able ? input::check_ok : input::unacceptable;
}
/// The same at an ordered endpoint, of a number that has others below it that come first.
/// `room`: there is memory for it, or it is in memory already.
constexpr input of_early(bool same, bool able, bool room) noexcept {
  const input on = of_check(same, able);
  if (on != input::check_ok) return on;
  return room ? input::early : input::no_room;
}

}  // namespace acceptance

}  // namespace vidimus::inline VIDIMUS_ABI::duty

#endif
