// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_MODEL_EVIDENCE_HPP
#define VIDIMUS_MODEL_EVIDENCE_HPP

#include "record_fields.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// A code that a role made, or found valid. An observer that has `witnessed(const witness&)` is
/// told of each; the octets are valid during that call. Never a code that did not match.
struct witness {
  bool made = false;  ///< false: found valid
  octets_view input;  ///< all that the code covers (protocol.md, code.input)
  const check_code& code;
};

/// The same, kept.
struct attested {
  bool made = false;
  instant at;         ///< when it was made or found valid, by the clock of who keeps the record
  std::string input;  ///< octets
  check_code code;
};

/// What one party can show of one message: the codes over what it sent and took, each with all that
/// it covers, digests, verdicts and statuses among it; and how the message ended there. No body. A
/// later receipt adds to it and changes no outcome (protocol.md, outcome.once).
struct evidence {
  static constexpr auto kind = record::record_kind::evidence;
  conversation_name name;
  number at = 0;
  bool ended = false;  ///< a sender's report, or the application's answer, was noted
  outcome end = outcome::uncertain;
  reason why = reason::none;
  instant ended_at;
  bool cut = false;  ///< there was more than the keeper had room for
  std::vector<attested> codes;
};

template <class A>
void fields(A& a, attested& v) {
  a(v.made);
  a(v.at);
  a(v.input);
  a(v.code);
}
template <class A>
void fields(A& a, evidence& v) {
  record::fields(a, v.name);
  a(v.at);
  a(v.ended);
  a(v.end);
  a(v.why);
  a(v.ended_at);
  a(v.cut);
  a(v.codes);
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
