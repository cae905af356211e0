// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_LIMITS_HPP
#define VIDIMUS_ROLE_LIMITS_HPP

#include "../duty/batch.hpp"
#include "../duty/bucket.hpp"
#include "../duty/round_trip.hpp"
#include "../model/time.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Numbers 1 to this are within every verifier's credit before its first receipt
/// (protocol.md, credit.limit).
inline constexpr std::uint64_t credit_at_first = 16;

/// Room that a batch of outputs is made with: most calls give fewer.
inline constexpr std::size_t outputs_at_first = 8;

struct sender_limits {
  std::uint32_t unfinished_max = 1024;    ///< messages without outcome in one conversation
  std::uint32_t conversations_max = 256;  ///< those of earlier lives included
  std::uint32_t payload_octets_max = 256 * 1024;
  std::uint32_t lifetime_max_s = 30 * 24 * 3600;
  std::uint32_t altered_max = 5;  ///< altered verdicts before a message fails
  span_ms grace = seconds(60);    ///< wait for void after the lifetime (stop.void)
  retry_limits retry;
  batch_limits commands;  ///< execute commands that may go together
  bool brief = true;  ///< writes elements in brief form where the relay takes it (element.brief)
};

struct server_limits {
  std::uint32_t window = 1024;  ///< numbers held in one conversation; at least 16
  std::uint32_t conversations_per_peer = 64;
  std::uint32_t endpoints_per_destination = 8;
  std::uint32_t payload_octets_max = 256 * 1024;
  /// Octets of all messages in custody, of one sender and in all; a single one may have more
  /// (credit.octets).
  std::uint64_t octets_per_peer = 64 * 1024 * 1024;
  std::uint64_t octets_in_all = 1024 * 1024 * 1024;
  std::uint32_t lifetime_max_s = 30 * 24 * 3600;
  std::uint32_t altered_max = 5;          ///< altered verdicts before an endpoint is suspended
  std::uint32_t probes_max = 5;           ///< of an address that never answered (timer.sync)
  span_ms hold_for = seconds(24 * 3600);  ///< a verified message without command (hold.forget)
  retry_limits retry;
  batch_limits receipts;                 ///< statuses for a sender that may go together
  duty::bucket_limits answers_per_peer;  ///< to what was not authenticated (flood.bucket)
  duty::bucket_limits answers_in_all{256, 64};
  bool brief = true;  ///< takes elements in brief form, and writes it (element.brief)
};

struct receiver_limits {
  std::uint32_t window = 1024;  ///< numbers known of one conversation; at least 16
  std::uint32_t conversations_per_peer = 256;
  std::uint32_t payload_octets_max = 256 * 1024;
  /// The stack discards payloads it does not know (gloox, Swiften): messages that cover more than
  /// body, subject and thread are refused, and servers told beforehand (endpoint.able).
  bool body_only = false;
  /// Messages of a conversation are handed over in the order of their numbers (order.hand). Then
  /// the host calls `tick` at `next_deadline`.
  bool ordered = false;
  span_ms gap_wait = seconds(60);  ///< a message waits no longer for a lower number (order.skip)
  std::uint32_t early_max = 64;    ///< messages of one conversation that may wait, at least 1
  /// Octets of them, canonical and whole; a single one may have more.
  std::uint32_t early_octets_max = 1024 * 1024;
  /// Final receipts that may go together: the host calls `tick` at `next_deadline`. The delay is a
  /// small part of what a server waits before it asks (batch.bound).
  batch_limits receipts;
  duty::bucket_limits answers_per_peer;
  duty::bucket_limits answers_in_all{256, 64};
  bool brief = true;  ///< takes elements in brief form, and answers in it (element.brief)
};

/// The policy `strict` where the default is `batched`: commands and receipts go at once.
constexpr sender_limits strict(sender_limits of) noexcept {
  of.commands.delay = span_ms{};
  return of;
}
constexpr server_limits strict(server_limits of) noexcept {
  of.receipts.delay = span_ms{};
  return of;
}
constexpr receiver_limits strict(receiver_limits of) noexcept {
  of.receipts.delay = span_ms{};
  return of;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
