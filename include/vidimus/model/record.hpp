// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_MODEL_RECORD_HPP
#define VIDIMUS_MODEL_RECORD_HPP

#include "image.hpp"
#include "record_key.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// The durable records of the three roles. Each has a key (unique text; bare addresses hold no '/')
/// and an image (model/image.hpp). A message's payload is a record of its own, written once.
namespace record {

enum class record_kind : std::uint8_t {
  sender_conversation = 1,
  sender_message,
  payload,
  server_peer,
  server_conversation,
  server_custody,
  receiver_peer,
  receiver_conversation,
  evidence,  ///< of no role: see model/evidence.hpp
};

/// One conversation of the sender: which memory of the server it last wrote to.
struct sender_conversation {
  static constexpr auto kind = record_kind::sender_conversation;
  conversation_name name;
  memory_name memory;
  ranges voids;
  std::string key() const { return key_of("sc", {}, name); }
};

/// How far the sender's decisions about a message went: what must survive.
enum class stage : std::uint8_t { undecided, decided, withdrawing, expiring, failing, ended };
constexpr stage last_of(stage) noexcept { return stage::ended; }

struct sender_message {
  static constexpr auto kind = record_kind::sender_message;
  conversation_name name;
  number at = 0;
  stage is = stage::undecided;
  outcome ended = outcome::uncertain;
  reason why = reason::none;
  bool exposed = false;
  std::uint8_t flags = 0;
  std::uint32_t lifetime_s = 0;
  instant expires;
  digest content{};
  std::string type;
  coverage cover;
  std::string key_id;       ///< last transmitted under
  bool end_to_end = false;  ///< goes with a second code only
  std::string key() const { return key_of("sm", {}, name, at); }
};

/// What a message carries: opaque octets, bound to its name. `role`: 's' sender, 'v' server.
struct payload {
  static constexpr auto kind = record_kind::payload;
  char role = 's';
  std::string peer;
  conversation_name name;
  number at = 0;
  std::string octets_held;
  std::string key() const { return payload_key(role, peer, name, at); }
};

/// A payload to be saved, its octets elsewhere.
struct payload_view {
  static constexpr auto kind = record_kind::payload;
  char role = 's';
  std::string_view peer;
  conversation_name name;
  number at = 0;
  std::string_view octets_held;
};

/// The server's memory name towards one peer.
struct server_peer {
  static constexpr auto kind = record_kind::server_peer;
  std::string peer;
  memory_name memory;
  std::string key() const { return "vm/" + peer; }
};

struct server_conversation {
  static constexpr auto kind = record_kind::server_conversation;
  std::string peer;
  conversation_name name;
  number low = 1;   ///< low1
  number base = 1;  ///< lowest number still held
  number limit = 0;
  bool closed = false;
  std::string key() const { return key_of("vc", peer, name); }
};

enum class custody_stage : std::uint8_t {
  verified,
  executed,
  unwatched,
  delivered,
  unconfirmed,
  voided,
  passed
};
constexpr custody_stage last_of(custody_stage) noexcept { return custody_stage::passed; }

/// An endpoint something was sent to.
struct sent_to {
  memory_name endpoint;
  std::string key_id;  ///< last transmitted under
};

struct server_custody {
  static constexpr auto kind = record_kind::server_custody;
  std::string peer;
  conversation_name name;
  number at = 0;
  custody_stage is = custody_stage::verified;
  reason why = reason::none;
  std::uint8_t flags = 0;
  std::uint32_t lifetime_s = 0;
  instant expires;
  instant hold_until;
  digest content{};
  std::string type;
  coverage cover;
  std::vector<sent_to> sent;
  std::string key_id;  ///< verified under
  /// The second code; once delivered, the endpoint's proof of it (protocol.md, end.keep).
  end_code ends;
  bool core_only = false;  ///< covers no payloads
  std::string key() const { return key_of("vr", peer, name, at); }
};

/// The endpoint's memory name towards one relay.
struct receiver_peer {
  static constexpr auto kind = record_kind::receiver_peer;
  std::string peer;
  memory_name memory;
  std::string key() const { return "rm/" + peer; }
};

struct handed_number {
  number at = 0;
  digest content{};
  std::string key_id;  ///< verified under
  end_code proof{};    ///< e2e-delivered, to be told once the application accepts
};

struct refused_number {
  number at = 0;
  reason why = reason::refused_by_host;
};

/// All an endpoint remembers of one conversation: intervals, and what is not answered yet.
struct receiver_conversation {
  static constexpr auto kind = record_kind::receiver_conversation;
  std::string peer;
  conversation_name name;
  number low = 1;  ///< low2
  bool closed = false;
  ranges delivered;
  std::vector<refused_number> refused;
  std::vector<handed_number> handed;
  std::vector<end_part> ends;  ///< e2e-delivered of delivered numbers, not below low2
  // of an ordered endpoint (protocol.md, order.hand)
  number next = 1;  ///< nothing below it is handed over any more, but what is in `handed`
  ranges skipped;   ///< not below low2
  ranges untold;    ///< skipped, and not told with a message that was answered
  std::string key() const { return key_of("rc", peer, name); }
};

template <class A>
void fields(A& a, conversation_name& v) {
  a(v.along);
  a(v.id);
}
template <class A>
void fields(A& a, sender_conversation& v) {
  fields(a, v.name);
  a(v.memory);
  a(v.voids);
}
template <class A>
void fields(A& a, sender_message& v) {
  fields(a, v.name);
  a(v.at);
  a(v.is);
  a(v.ended);
  a(v.why);
  a(v.exposed);
  a(v.flags);
  a(v.lifetime_s);
  a(v.expires);
  a(v.content);
  a(v.type);
  fields(a, v.cover);
  a.since(2, v.key_id);
  a.since(2, v.end_to_end);
}
template <class A, class Payload>
requires std::same_as<Payload, payload> || std::same_as<Payload, payload_view>
void fields(A& a, Payload& v) {
  auto role = static_cast<std::uint8_t>(v.role);
  a(role);
  v.role = static_cast<char>(role);
  a(v.peer);
  fields(a, v.name);
  a(v.at);
  a(v.octets_held);
}
template <class A>
void fields(A& a, server_peer& v) {
  a(v.peer);
  a(v.memory);
}
template <class A>
void fields(A& a, server_conversation& v) {
  a(v.peer);
  fields(a, v.name);
  a(v.low);
  a(v.base);
  a(v.limit);
  a(v.closed);
}
template <class A>
void fields(A& a, sent_to& v) {
  a(v.endpoint);
  a.since(2, v.key_id);
}
template <class A>
void fields(A& a, server_custody& v) {
  a(v.peer);
  fields(a, v.name);
  a(v.at);
  a(v.is);
  a(v.why);
  a(v.flags);
  a(v.lifetime_s);
  a(v.expires);
  a(v.hold_until);
  a(v.content);
  a(v.type);
  fields(a, v.cover);
  a(v.sent);
  a.since(2, v.key_id);
  a.since(2, v.ends);
  a.since(2, v.core_only);
}
template <class A>
void fields(A& a, receiver_peer& v) {
  a(v.peer);
  a(v.memory);
}
template <class A>
void fields(A& a, handed_number& v) {
  a(v.at);
  a(v.content);
  a.since(2, v.key_id);
  a.since(2, v.proof);
}
template <class A>
void fields(A& a, refused_number& v) {
  a(v.at);
  a(v.why);
}
template <class A>
void fields(A& a, receiver_conversation& v) {
  a(v.peer);
  fields(a, v.name);
  a(v.low);
  a(v.closed);
  a(v.delivered);
  a(v.refused);
  a(v.handed);
  a.since(2, v.ends);
  a.since(3, v.next);
  a.since(3, v.skipped);
  a.since(3, v.untold);
}

}  // namespace record

/// What a store gives back for `restore`: the images under their keys, in any order.
struct stored {
  std::string key;
  octets image;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
