// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_MODEL_ELEMENTS_HPP
#define VIDIMUS_MODEL_ELEMENTS_HPP

#include <variant>

#include "../base/rare_list.hpp"
#include "../base/short_list.hpp"
#include "../spec/rule.hpp"
#include "check_code.hpp"
#include "coverage.hpp"
#include "diagnosis.hpp"
#include "end_code.hpp"
#include "ranges.hpp"
#include "words.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// What every code covers first (protocol.md, code.header). `memory` is the verifier's; in
/// receipts and challenges it is the issuer's own. The purpose follows from element and hop.
struct header {
  check_rule rule = check_rule::hmac_sha_256_128;
  key_name key_id;
  conversation_name conversation;
  memory_name memory;
  /// Not empty: the wire may have, or had, this in place of all the rest (protocol.md,
  /// element.brief). Not covered.
  head_reference brief{};

  /// What the wire has of it.
  header as_written() const {
    return brief.empty() ? *this : header{{}, {}, {unsaid_route(), {}}, {}, brief};
  }
};

/// S1 (purpose submit) and S4 (purpose deliver): a message and its check code.
struct check {
  /// Covered flags (protocol.md, element.check).
  enum flag : std::uint8_t { conditional = 1, report = 2, plain = 4, sealed = 8, all = 16 };

  header head;
  number at = 0;
  stanza_type type;  ///< of the stanza; empty for normal or absent
  std::uint8_t flags = 0;
  std::uint32_t lifetime_s = 0;  ///< seconds
  coverage cover;
  number low = 0;             ///< hop 2 only: low2
  ranges voids;               ///< hop 2 only
  std::uint32_t attempt = 1;  ///< a hint, not covered
  check_code code;
  end_code second{};  ///< end to end; sealed: on hop 2 only (protocol.md, end.code)
};

/// One range of one status. `bind` with verified, `why` with voided.
struct status_range {
  status what = status::verified;
  range span;
  short_code bind{};
  reason why = reason::none;
  friend bool operator==(const status_range&, const status_range&) = default;
};

/// A message that arrived altered: which code it came with, and a fingerprint of what arrived
/// under a key that verifies nothing else (protocol.md, altered.fingerprint).
struct altered_part {
  number at = 0;
  short_code code{};
  short_code fingerprint{};
  std::uint32_t attempt = 1;
  /// Of the check element first, then of the parts of content in canonical order: 32 bits of its
  /// name, 32 bits of the part (protocol.md, altered.parts). At most `diagnosis_parts_max`.
  std::vector<short_code> parts{};
  friend bool operator==(const altered_part&, const altered_part&) = default;
};

/// A refusal that is not final: try again after so many seconds.
struct refused_part {
  number at = 0;
  reason why = reason::busy;
  std::uint32_t retry_after_s = 0;
  friend bool operator==(const refused_part&, const refused_part&) = default;
};

/// S2 (purpose receipt) and S5 (purpose final-receipt). With a nonce it is a snapshot: all it does
/// not list between `covered.first` and `covered.last` is unknown to the issuer.
struct receipt {
  header head;
  short_list<status_range, 2> states;  ///< sorted, disjoint
  rare_list<altered_part> altered;     ///< at most 64, like each list here
  rare_list<refused_part> refused;
  ranges missing;    ///< an execute came for numbers that are not held
  number limit = 0;  ///< highest number the issuer holds in this conversation and memory
  std::uint32_t octets_max = 0;  ///< largest message the issuer takes, in octets
  nonce answers;                 ///< empty: news
  range covered;                 ///< of a snapshot
  check_code code;
  /// e2e-delivered of numbers that were sent end to end, rising, at most 64.
  rare_list<end_part> ends{};
  bool body_only = false;  ///< snapshots of hop 2 only: the issuer verifies no payloads
  bool brief = false;      ///< snapshots only: the issuer takes elements in brief form

  /// Whether a further number may find no room (protocol.md, element.ranges).
  bool full() const noexcept {
    return states.size() >= ranges_per_element_max || ends.size() >= ranges_per_element_max;
  }
  /// Adds the status of a number above all others, joined to the one before if both say the same.
  void add(number n, status what, reason why) {
    if (!states.empty()) {
      status_range& last = states.back();
      if (last.what == what && last.why == why && last.span.last + 1 == n) {
        last.span.last = n;
        return;
      }
    }
    states.push_back({what, {n, n}, {}, why});
  }
};

/// S3: hand on what was verified.
struct execute {
  header head;
  ranges numbers;
  number low = 0;  ///< low1: everything below has its outcome at the sender
  ranges voids;
  check_code code;
  rare_list<end_part> ends{};  ///< second codes of sealed numbers, rising, at most 64
};

/// The sender asks that these numbers become void.
struct withdraw {
  header head;
  ranges numbers;
  number low = 0;
  check_code code;
};

/// "What do you hold?" The answer is a snapshot. The memory may be empty: not known yet.
struct sync {
  header head;
  nonce asks;
  number low = 0;
  number top = 0;
  ranges voids;
  bool close = false;  ///< last element of a life that has no open number
  check_code code;
};

/// "You write to another memory than mine": names the current one in its header.
struct challenge {
  header head;
  purpose cause = purpose::submit;
  check_code code;
};

using element = std::variant<check, receipt, execute, withdraw, sync, challenge>;

inline const header& header_of(const element& e) {
  return std::visit([](const auto& one) -> const header& { return one.head; }, e);
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
