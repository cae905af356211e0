// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_MODEL_SESSION_HPP
#define VIDIMUS_MODEL_SESSION_HPP

#include "record_fields.hpp"

namespace vidimus::inline VIDIMUS_ABI::record {

/// What a server knows besides its records, and may forget with its process: who is attached, what
/// was asked of whom and when. For servers that share one set of records, so that one goes on where
/// another stopped (`server::session`); no other keeps these.
enum class session_kind : std::uint8_t { endpoints = 64, conversation };

struct seen_endpoint {
  std::string address;  ///< full
  memory_name memory;   ///< empty: not known
  bool attached = false;
  bool body_only = false;
  bool measured = false;        ///< the way to it and back: `duty::round_trip`
  std::uint64_t smoothed = 0;   ///< in 1024ths of a millisecond
  std::uint64_t deviation = 0;  ///< likewise
  bool brief = false;
  std::string key_id;
  bool plain = false;  ///< there, but without support
};

/// Where the endpoints of one destination were last seen.
struct session_endpoints {
  static constexpr auto kind = session_kind::endpoints;
  std::string destination;
  std::vector<seen_endpoint> endpoints;
  std::string key() const { return "ve/" + destination; }
};

/// One conversation towards one address of its destination: `channel` of role/server_state.hpp.
struct session_channel {
  std::string address;
  nonce asked;
  std::uint32_t asked_as = 0;
  bool settled = false;
  number limit = 0;
  std::uint32_t syncs = 0;
  std::uint32_t quiet = 0;
  number asked_top = 0;
  instant synced_at;
  bool wants_sync = false;
  std::uint32_t chance = 0;
  instant later;        ///< the endpoint is busy until then
  number next = 1;      ///< the lowest that may not have been sent there
  instant due = never;  ///< its timer
  number low_told = 1;  ///< low2 as an element last carried it there
};

/// A message towards one endpoint: `delivery_cell` of role/server_state.hpp, less what is in the
/// record of the message.
struct session_cell {
  memory_name endpoint;
  std::uint8_t is = 0;  ///< `duty::delivery::state`
  std::uint32_t spoken_in = 0;
  instant sent_at;
  std::uint32_t attempts = 0;
  std::uint32_t last_counted = 0;
  std::uint32_t counted = 0;
  short_code sent{};
  short_code fingerprint{};
};

/// A message that is owed to endpoints.
struct session_slot {
  number at = 0;
  reason why = reason::none;
  std::vector<session_cell> cells;
};

struct session_conversation {
  static constexpr auto kind = session_kind::conversation;
  std::string peer;
  conversation_name name;
  std::uint64_t age = 0;  ///< order of appearance
  std::string reply_to;
  std::array<std::uint32_t, 8> asked{};  ///< of the nonces of the latest new syncs
  number top = 1;                        ///< above the highest number that was heard of
  std::uint32_t syncs = 0;
  ranges to_say;
  instant say_at = never;
  memory_name heard;      ///< what permits the brief form: see role/server_state.hpp
  std::string heard_key;  ///< likewise
  memory_name answered;   ///< likewise
  std::vector<session_channel> channels;
  std::vector<session_slot> slots;
  std::string key() const { return key_of("vs", peer, name); }
};

template <class A>
void fields(A& a, seen_endpoint& v) {
  a(v.address);
  a(v.memory);
  a(v.attached);
  a(v.body_only);
  a(v.measured);
  a(v.smoothed);
  a(v.deviation);
  a(v.brief);
  a(v.key_id);
  a.since(4, v.plain);
}
template <class A>
void fields(A& a, session_endpoints& v) {
  a(v.destination);
  a(v.endpoints);
}
template <class A>
void fields(A& a, session_channel& v) {
  a(v.address);
  a(v.asked);
  a(v.asked_as);
  a(v.settled);
  a(v.limit);
  a(v.syncs);
  a(v.quiet);
  a(v.asked_top);
  a(v.synced_at);
  a(v.wants_sync);
  a(v.chance);
  a(v.later);
  a(v.next);
  a(v.due);
  a.since(5, v.low_told);
}
template <class A>
void fields(A& a, session_cell& v) {
  a(v.endpoint);
  a(v.is);
  a(v.spoken_in);
  a(v.sent_at);
  a(v.attempts);
  a(v.last_counted);
  a(v.counted);
  a(v.sent);
  a(v.fingerprint);
}
template <class A>
void fields(A& a, session_slot& v) {
  a(v.at);
  a(v.why);
  a(v.cells);
}
template <class A>
void fields(A& a, session_conversation& v) {
  a(v.peer);
  fields(a, v.name);
  a(v.age);
  a(v.reply_to);
  a(v.top);
  a(v.syncs);
  a(v.to_say);
  a(v.say_at);
  a(v.heard);
  a(v.heard_key);
  a(v.answered);
  a(v.channels);
  a(v.slots);
  for (std::uint32_t& one : v.asked) a.since(5, one);
}

}  // namespace vidimus::inline VIDIMUS_ABI::record

#endif
