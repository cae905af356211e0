// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_SPEC_CLAUSE_NAME_HPP
#define VIDIMUS_SPEC_CLAUSE_NAME_HPP

#include <cstdint>
#include <string_view>

#include "../version.hpp"

namespace vidimus::inline VIDIMUS_ABI {

// clang-format off
/// Every requirement of docs/protocol.md that the code obeys. A row of a table cites one; a test
/// names the id in its tags; docs/requirements.md is printed from both.
enum class clause : std::uint8_t {
  s1_durable, s1_transmit, s2_verify, s2_receipt, s2_repeat, s3_resend, s3_execute, s3_stop,
  s3_again, s4_forward, s4_hold, s4_mark, s5_hand, s5_answer, s5_repeat, s5_refuse, s6_resend,
  s6_end, s6_stop,
  name_conversation, name_close, name_number, name_memory, name_exposed, name_reused,
  content_canonical, content_coverage, content_strict, content_view, lint_known,
  code_header, code_input, code_purpose, code_digest, code_compare, code_secret,
  key_preset, key_rule, key_derive, key_current, key_remove, key_scope,
  receipt_status, receipt_bind, news_raise, snapshot_replace, altered_fingerprint, altered_count,
  altered_stateless, altered_parts,
  execute_once, execute_conditional, credit_octets, reply_follows,
  batch_bound, void_first, void_expired, void_refused,
  hold_forget,
  outcome_once, outcome_delivered, outcome_executed, outcome_withdrawn, outcome_expired,
  outcome_failed, outcome_uncertain, stop_local, stop_void,
  low_one, low_two, credit_limit, credit_ask, refusal_final, timer_owed, timer_sync,
  timer_adaptive, timer_young, timer_busy, link_cut, accept_atomic, restore_again, endpoint_memory,
  endpoint_probe, challenge_one, flood_bucket, flood_order, element_flat, element_ranges,
  element_check, element_brief, brief_resolve, bundle_split, bundle_shape, bundle_known,
  copy_never, durable_first, end_keys, end_code, end_sealed, end_refuse, end_keep, end_delivered,
  endpoint_able, endpoint_all, endpoint_divided, plain_permit, plain_once, order_hand, order_wait,
  order_skip, order_late, not_armed,
};

enum class level : std::uint8_t { must, should };

struct clause_facts {
  clause which;
  std::string_view id;
  level bound;
  std::string_view quote;  ///< the sentence in docs/protocol.md, word for word
};
// clang-format on

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
