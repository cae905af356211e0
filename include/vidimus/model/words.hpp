// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_MODEL_WORDS_HPP
#define VIDIMUS_MODEL_WORDS_HPP

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "../base/inline_text.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// What a code is for. Purposes differ per hop and direction in every trust mode, so no octets
/// valid as one are valid as another (protocol.md, code.purpose).
enum class purpose : std::uint8_t {
  submit,
  receipt,
  execute,
  withdraw,
  sync,
  challenge,
  altered,  // hop 1
  deliver,
  final_receipt,
  deliver_sync,
  deliver_challenge,
  deliver_altered,  // hop 2
  end_to_end,
  end_delivered,  // between the ends
};

inline constexpr std::array<std::string_view, 14> purpose_names{
    "submit",        "receipt",      "execute",           "withdraw",
    "sync",          "challenge",    "altered",           "deliver",
    "final-receipt", "deliver-sync", "deliver-challenge", "deliver-altered",
    "e2e",           "e2e-delivered"};

constexpr std::string_view name_of(purpose p) noexcept {
  return purpose_names[static_cast<std::size_t>(p)];
}

/// Which role issues an element of a purpose; part of the key (protocol.md, key.derive).
constexpr std::string_view issuer_of(purpose p) noexcept {
  switch (p) {
    case purpose::submit:
    case purpose::execute:
    case purpose::withdraw:
    case purpose::sync:
    case purpose::end_to_end: return "sender";
    case purpose::final_receipt:
    case purpose::deliver_challenge:
    case purpose::deliver_altered:
    case purpose::end_delivered: return "receiver";
    default: return "server";
  }
}

/// True of the purposes of codes between the two ends, whose keys are apart from those of the hops
/// (protocol.md, end.keys).
constexpr bool is_between_ends(purpose p) noexcept {
  return p == purpose::end_to_end || p == purpose::end_delivered;
}

/// The type of a message stanza, where it stands beside what it is about: all that there are fit.
using stanza_type = inline_text<15>;

/// The type of a message stanza as the core keeps it (RFC 6121 section 5.2.2): empty for normal.
constexpr bool is_message_type(std::string_view type) noexcept {
  return type.empty() || type == "chat" || type == "headline" || type == "groupchat";
}

/// What a verifier says of a number (protocol.md, receipt.status). Server: verified, executed,
/// delivered, unconfirmed, voided, closed, plain. Endpoint: pending, delivered, voided (refused),
/// closed.
enum class status : std::uint8_t {
  verified,
  pending,
  executed,
  delivered,
  unconfirmed,
  voided,
  closed,
  plain  ///< left without a code, for a receiver without support (protocol.md, plain.once)
};

/// How a submission ended (protocol.md, outcome.*). `withdrawn`, `expired` and `failed` mean: not
/// delivered and never will be. `uncertain`: bounded waiting ended without proof either way.
enum class outcome : std::uint8_t { delivered, executed, withdrawn, expired, failed, uncertain };

inline constexpr std::array<std::string_view, 6> outcome_names{
    "delivered", "executed", "withdrawn", "expired", "failed", "uncertain"};

constexpr std::string_view name_of(outcome o) noexcept {
  return outcome_names[static_cast<std::size_t>(o)];
}

/// Why something ended, was refused or is void. One closed set for all roles and the wire form.
enum class reason : std::uint8_t {
  none,
  withdrawn,           ///< the sender asked for it
  expired,             ///< the lifetime is over
  altered_in_transit,  ///< what arrived was not what was sent, alike or too often
  reused,              ///< the name already has another content
  too_large,           ///< larger than the verifier takes
  unsupported,         ///< the verifier does not do what is asked
  malformed,           ///< broken in a way that resending cannot mend
  no_such_destination,
  not_allowed,
  late,             ///< arrived after an ordered receiver had passed its number
  refused_by_host,  ///< the receiving application would not have it
  busy,             ///< not final: try later
  no_space,         ///< not final: try later
};

inline constexpr std::array<std::string_view, 14> reason_names{
    "none",        "withdrawn", "expired",
    "altered",     "reused",    "too-large",
    "unsupported", "malformed", "no-such-destination",
    "not-allowed", "late",      "refused-by-host",
    "busy",        "no-space"};

constexpr std::string_view name_of(reason r) noexcept {
  return reason_names[static_cast<std::size_t>(r)];
}

constexpr std::optional<reason> reason_named(std::string_view name) noexcept {
  for (std::size_t i = 0; i < reason_names.size(); ++i)
    if (reason_names[i] == name) return static_cast<reason>(i);
  return std::nullopt;
}

/// A refusal that ends the number; the others say "later" (protocol.md, refusal.final).
constexpr bool is_final(reason r) noexcept {
  return r != reason::busy && r != reason::no_space && r != reason::none;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
