// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_MODEL_RECORD_HPP
#define VIDIMUS_MODEL_RECORD_HPP

#include "../base/short_list.hpp"
#include "check_code.hpp"
#include "content.hpp"
#include "end_code.hpp"
#include "manner.hpp"
#include "ranges.hpp"
#include "record_key.hpp"
#include "time.hpp"
#include "words.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// The durable records of the three roles. Each has a key (unique text; bare addresses hold no '/')
/// and an image (model/image.hpp, model/record_fields.hpp). A message's payload is a record of its
/// own, written once. What many records have alike is shared, so that one is cheap to copy.
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
  row_name row() const { return {"sc", {}, name, 0}; }
  std::string key() const { return row().key(); }
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
  shared_value<manner> how;  ///< with the key last transmitted under
  bool end_to_end = false;   ///< goes with a second code only
  row_name row() const { return {"sm", {}, name, at}; }
  std::string key() const { return row().key(); }
};

/// What a message carries: opaque octets, bound to its name. `role`: 's' sender, 'v' server.
struct payload {
  static constexpr auto kind = record_kind::payload;
  char role = 's';
  shared_text peer;
  conversation_name name;
  number at = 0;
  payload_ref held;
  row_name row() const { return payload_row(role, peer, name, at); }
  std::string key() const { return row().key(); }
};

/// The server's memory name towards one peer.
struct server_peer {
  static constexpr auto kind = record_kind::server_peer;
  std::string peer;
  memory_name memory;
  row_name row() const { return {"vm", shared_text(peer), {}, 0}; }
  std::string key() const { return "vm/" + peer; }
};

struct server_conversation {
  static constexpr auto kind = record_kind::server_conversation;
  shared_text peer;
  conversation_name name;
  number low = 1;   ///< low1
  number base = 1;  ///< lowest number still held
  number limit = 0;
  bool closed = false;
  row_name row() const { return {"vc", peer, name, 0}; }
  std::string key() const { return row().key(); }
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
  shared_text key_id;  ///< last transmitted under
};

struct server_custody {
  static constexpr auto kind = record_kind::server_custody;
  shared_text peer;
  conversation_name name;
  number at = 0;
  custody_stage is = custody_stage::verified;
  reason why = reason::none;
  std::uint8_t flags = 0;
  std::uint32_t lifetime_s = 0;
  instant expires;
  instant hold_until;
  digest content{};
  shared_value<manner> how;  ///< with the key verified under
  short_list<sent_to, 1> sent;
  /// The second code; once delivered, the endpoint's proof of it (protocol.md, end.keep).
  end_ref ends;
  bool core_only = false;  ///< covers no payloads
  row_name row() const { return {"vr", peer, name, at}; }
  std::string key() const { return row().key(); }
};

/// The endpoint's memory name towards one relay.
struct receiver_peer {
  static constexpr auto kind = record_kind::receiver_peer;
  std::string peer;
  memory_name memory;
  row_name row() const { return {"rm", shared_text(peer), {}, 0}; }
  std::string key() const { return "rm/" + peer; }
};

struct handed_number {
  number at = 0;
  digest content{};
  shared_text key_id;  ///< verified under
  end_ref proof;       ///< e2e-delivered, to be told once the application accepts
};

struct refused_number {
  number at = 0;
  reason why = reason::refused_by_host;
};

/// All an endpoint remembers of one conversation: intervals, and what is not answered yet.
struct receiver_conversation {
  static constexpr auto kind = record_kind::receiver_conversation;
  shared_text peer;
  conversation_name name;
  number low = 1;  ///< low2
  bool closed = false;
  ranges delivered;
  short_list<refused_number, 1> refused;
  short_list<handed_number, 1> handed;
  rare_list<end_part> ends;  ///< e2e-delivered of delivered numbers, not below low2
  // of an ordered endpoint (protocol.md, order.hand)
  number next = 1;  ///< nothing below it is handed over any more, but what is in `handed`
  ranges skipped;   ///< not below low2
  ranges untold;    ///< skipped, and not told with a message that was answered
  row_name row() const { return {"rc", peer, name, 0}; }
  std::string key() const { return row().key(); }
};

}  // namespace record

/// What a store gives back for `restore`: the images under their keys, in any order.
struct stored {
  std::string key;
  octets image;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
