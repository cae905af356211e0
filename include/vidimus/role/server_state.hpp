// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_SERVER_STATE_HPP
#define VIDIMUS_ROLE_SERVER_STATE_HPP

#include <algorithm>
#include <map>

#include "../base/block_queue.hpp"
#include "../duty/asking.hpp"
#include "../duty/batch.hpp"
#include "../duty/bucket.hpp"
#include "../duty/classify.hpp"
#include "../duty/number_timers.hpp"
#include "../model/output.hpp"
#include "../model/session.hpp"
#include "custody_slot.hpp"
#include "limits.hpp"

/// What the server role remembers. Plain data; role/server.hpp moves it. What is neither in the
/// records nor in the session (model/session.hpp) is lost when another server goes on.
namespace vidimus::inline VIDIMUS_ABI::detail {

/// (authenticated peer, conversation): protocol.md, name.number.
struct custody_key {
  conversation_name name;
  std::string peer;
  friend bool operator==(const custody_key&, const custody_key&) = default;
  friend std::strong_ordering operator<=>(const custody_key& a, const custody_key& b) noexcept {
    const auto order = a.name <=> b.name;
    return order != 0 ? order : order_of(a.peer, b.peer);
  }
};

/// Whom deadlines are about: a conversation, or a channel of it. Shared by all of them.
struct due_owner {
  custody_key conversation;
  std::string address;
  friend bool operator==(const due_owner&, const due_owner&) = default;
  friend std::strong_ordering operator<=>(const due_owner& a, const due_owner& b) noexcept {
    const auto order = a.conversation <=> b.conversation;
    return order != 0 ? order : order_of(a.address, b.address);
  }
};

/// One conversation towards one address of its destination.
struct channel : duty::asking {
  std::uint32_t asked_as = 0;  ///< the conversation's sync count at the latest sync
  bool settled = false;        ///< a snapshot came since the address attached
  number limit = 0;
  shared_value<due_owner> owner;
  number next = 1;  ///< what is owed below it was sent there under this memory, or refused
  std::uint64_t session = 0;  ///< the endpoint's, when it was spoken with
};

/// The same, to look one up by.
struct custody_view {
  const conversation_name& name;
  std::string_view peer;
};
inline std::strong_ordering operator<=>(const custody_key& a, const custody_view& b) {
  const auto order = a.name <=> b.name;
  return order != 0 ? order : order_of(a.peer, b.peer);
}

struct destination;
struct server_peer;
using custody_slots = block_queue<custody_slot, 16>;

struct server_conversation {
  custody_key key;
  shared_text peer;  ///< of the key, for records
  server_peer* row = nullptr;
  destination* to = nullptr;  ///< while something is owed to it
  shared_value<due_owner> owner;
  std::uint64_t age = 0;                 ///< order of appearance
  shared_text reply_to;                  ///< full address from where something new was said last
  std::array<std::uint32_t, 8> asked{};  ///< of the nonces of the latest new syncs
  number low = 1;                        ///< low1, as the sender said
  number base = 1;                       ///< number of slots.front(); everything below is closed
  custody_slots slots;
  duty::number_timers timers;  ///< of the slots
  number limit = 0;            ///< as promised
  number low2 = 1;             ///< see low_two()
  std::size_t owed = 0;        ///< slots with deliveries to make
  std::uint32_t syncs = 0;     ///< sent on hop 2 so far, over all channels
  bool closed = false;
  ranges voids;                             ///< numbers that are void, not below low1
  std::map<std::string, channel> channels;  ///< by full address
  duty::waiting_numbers to_say;             ///< statuses to be told, perhaps with others
  ranges missing;
  std::uint32_t say_timer = 0;  ///< of what waits in to_say
  bool touched = false;
  std::uint64_t octets = 0;  ///< of its messages in custody
  memory_name heard;         ///< the memory under which the peer last spoke in brief form
  shared_value<std::string> heard_key;  ///< the key id that it used then
  memory_name answered;  ///< the endpoint that told news last: it knows the conversation

  /// Whether none of these, nor anything later, was heard before: a copy tells nothing of where its
  /// issuer is (protocol.md, reply.follows). It was, from now on.
  bool is_new(const sync& e) {
    if (e.low < low || e.top + 1 < top()) return false;
    const auto word = static_cast<std::uint32_t>(octets_prefix(e.asks.view()) | 1);
    if (std::find(asked.begin(), asked.end(), word) != asked.end()) return false;
    std::move_backward(asked.begin(), asked.end() - 1, asked.end());
    asked.front() = word;
    return true;
  }
  static std::uint64_t octets_prefix(octets_view from) {
    std::uint64_t out = 0;
    for (octet o : from) out = out * 0x100000001b3ull + o;
    return out >> 16;
  }

  /// The base as it is when every number below low1 has heard of it.
  number base_at_low() const {
    using duty::custody::state;
    using duty::custody::table;
    number out = base;
    for (; out < top(); ++out) {
      const state is = at(out).is;
      if (is == state::closed) continue;
      const state then = table.at(is, duty::custody::input::low_passed).to;
      if (out >= low || then != state::closed) return out;
    }
    return std::max(out, low);
  }

  number top() const { return base + slots.size(); }
  bool holds(number n) const { return n >= base && n < top(); }
  custody_slot& at(number n) { return slots[static_cast<std::size_t>(n - base)]; }
  const custody_slot& at(number n) const { return slots[static_cast<std::size_t>(n - base)]; }
};

struct server_peer {
  memory_name memory;
  std::uint32_t conversations = 0;
  std::uint64_t octets = 0;  ///< of its messages in custody
  // in other roles over the same records
  std::uint32_t conversations_elsewhere = 0;
  std::uint64_t octets_elsewhere = 0;
  duty::bucket answers;
};

/// Where an endpoint was last seen. Its memory is empty until it has answered a sync.
struct endpoint {
  shared_text address;
  memory_name memory;
  bool attached = false;
  bool body_only = false;  ///< as it said with its memory
  duty::round_trip path;   ///< to it and back, since it attached
  bool brief = false;      ///< it takes the brief form, as it said with its memory
  shared_text key_id{};    ///< of its latest receipt
  bool plain = false;      ///< there, but without support; then it is not attached
  /// Another number each time the talk with it begins anew, in every conversation; of no two
  /// endpoints alike.
  std::uint64_t session = 0;

  bool is_there() const { return attached || plain; }
};

struct destination {
  std::vector<endpoint> endpoints;
  std::vector<server_conversation*> owed;  ///< conversations with deliveries to make

  endpoint* at(std::string_view address) {
    for (endpoint& one : endpoints)
      if (one.address == address) return &one;
    return nullptr;
  }
  /// The same in an order that does not depend on what came first.
  std::vector<server_conversation*> owed_in_order() const {
    auto out = owed;
    std::sort(out.begin(), out.end(), [](auto* a, auto* b) { return a->key < b->key; });
    return out;
  }
};

/// What a deadline of the server is about: the messages of a group (lifetime or hold); with number
/// 0 the timer of a channel, or without an address the receipt that waits.
struct server_due {
  shared_value<due_owner> of;
  number at = 0;
  friend auto operator<=>(const server_due&, const server_due&) = default;
};

/// Peers, conversations and destinations, which point to each other. A copy's point to the copy's.
struct server_books {
  std::map<std::string, server_peer> peers_;
  std::map<custody_key, server_conversation, std::less<>> conversations_;
  std::map<std::string, destination, std::less<>> destinations_;
  std::uint64_t octets_ = 0;            ///< of all messages in custody
  std::uint64_t octets_elsewhere_ = 0;  ///< in other roles over the same records
  custody_slots::pool spare_;

  static std::uint64_t size_of(const payload_ref& held) { return held ? held->size() : 0; }
  /// Whether so many octets more may be held of what fills `held` now: the first always.
  static bool fits(std::uint64_t held, std::uint64_t more, std::uint64_t most) {
    return held == 0 || (held <= most && more <= most - held);
  }
  /// Whether there is room for one more message of so many octets (protocol.md, credit.octets).
  bool has_octets(const server_conversation& c, std::uint64_t more,
                  const server_limits& limits) const {
    return fits(c.row->octets + c.row->octets_elsewhere, more, limits.octets_per_peer) &&
           fits(octets_ + octets_elsewhere_, more, limits.octets_in_all);
  }
  void keep_payload(server_conversation& c, custody_slot& s, payload_ref held) {
    drop_payload(c, s);
    for (auto* of : {&c.octets, &c.row->octets, &octets_}) *of += size_of(held);
    s.payload = std::move(held);
  }
  void drop_payload(server_conversation& c, custody_slot& s) {
    for (auto* of : {&c.octets, &c.row->octets, &octets_}) *of -= size_of(s.payload);
    s.payload = nullptr;
  }

  server_books() = default;
  server_books(server_books&&) = default;
  server_books& operator=(server_books&&) = default;
  server_books(const server_books& from)
      : peers_(from.peers_),
        conversations_(from.conversations_),
        destinations_(from.destinations_),
        octets_(from.octets_),
        octets_elsewhere_(from.octets_elsewhere_) {
    for (auto& [name, d] : destinations_)
      for (server_conversation*& one : d.owed) one = &conversations_.find(one->key)->second;
    for (auto& [key, c] : conversations_) {
      c.row = &peers_.find(key.peer)->second;
      if (c.to != nullptr) c.to = &destinations_.find(key.name.along->destination)->second;
    }
  }
  server_books& operator=(const server_books& from) { return *this = server_books(from); }
  ~server_books() = default;
};

constexpr record::custody_stage stage_of(duty::custody::state is) noexcept {
  using s = duty::custody::state;
  switch (is) {
    case s::executed: return record::custody_stage::executed;
    case s::unwatched: return record::custody_stage::unwatched;
    case s::delivered: return record::custody_stage::delivered;
    case s::unconfirmed: return record::custody_stage::unconfirmed;
    case s::voided: return record::custody_stage::voided;
    case s::passed: return record::custody_stage::passed;
    default: return record::custody_stage::verified;
  }
}

constexpr duty::custody::state state_of(record::custody_stage is) noexcept {
  using s = duty::custody::state;
  switch (is) {
    case record::custody_stage::verified: return s::verified;
    case record::custody_stage::executed: return s::executed;
    case record::custody_stage::unwatched: return s::unwatched;
    case record::custody_stage::delivered: return s::delivered;
    case record::custody_stage::unconfirmed: return s::unconfirmed;
    case record::custody_stage::passed: return s::passed;
    default: return s::voided;
  }
}

/// What a receipt says of a state; nothing where it says nothing.
constexpr std::optional<status> status_of(duty::custody::state is) noexcept {
  using s = duty::custody::state;
  switch (is) {
    case s::verified: return status::verified;
    case s::executed: return status::executed;
    case s::delivered: return status::delivered;
    case s::unconfirmed: return status::unconfirmed;
    case s::voided: return status::voided;
    case s::passed: return status::plain;
    default: return std::nullopt;
  }
}

}  // namespace vidimus::inline VIDIMUS_ABI::detail

#endif
