// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_CUSTODY_SLOT_HPP
#define VIDIMUS_ROLE_CUSTODY_SLOT_HPP

#include <algorithm>
#include <vector>

#include "../base/rare_value.hpp"
#include "../base/shared_text.hpp"
#include "../duty/asking.hpp"
#include "../duty/classify.hpp"
#include "../model/content.hpp"
#include "../model/manner.hpp"

/// What the server role holds of one message.
namespace vidimus::inline VIDIMUS_ABI::detail {

/// What altered verdicts told of a delivery; most have none.
struct altered_seen {
  std::uint32_t last_counted = 0;  ///< the highest attempt whose verdict was counted
  std::uint32_t counted = 0;
  short_code fingerprint{};  ///< of the verdict counted last
  friend bool operator==(const altered_seen&, const altered_seen&) = default;
};

/// What messages in custody mostly have alike. The endpoint that one went to first is there too:
/// most go to no other.
struct custody_manner {
  shared_value<manner> how;  ///< with the key verified under
  memory_name endpoint;      ///< empty: none yet
  shared_text key_id;        ///< last transmitted to it under
};
struct custody_manner_view {
  const shared_value<manner>& how;
  const memory_name& endpoint;
  const shared_text& key_id;
  explicit operator custody_manner() const { return {how, endpoint, key_id}; }
  friend bool operator==(const custody_manner& a, const custody_manner_view& b) {
    return a.endpoint == b.endpoint && a.how == b.how && a.key_id == b.key_id;
  }
};

/// One message towards a further endpoint.
struct further_delivery {
  memory_name endpoint;
  duty::delivery::state is = duty::delivery::state::waiting;
  bool sent = false;
  std::uint32_t spoken_in = 0;
  std::uint32_t attempts = 0;
  sent_code code{};
  shared_text key_id;
  instant sent_at = long_ago;
  altered_seen seen;
};

/// What most messages in custody do not have.
struct custody_rest {
  end_ref ends;       ///< the second code; once delivered, the endpoint's proof
  altered_seen seen;  ///< of the first endpoint
  std::vector<further_delivery> further;
};

class delivery_cell;

/// One message in custody; or a number that is not held (state unknown). Not an octet more than it
/// needs.
struct custody_slot {
  digest content{};
  shared_value<custody_manner> along;
  payload_ref payload;
  rare_value<custody_rest> rest;
  packed_instant expires;
  packed_instant time;  ///< until when it waits for a command; with a first endpoint, see there
  // of the delivery to the first endpoint
  sent_code code{};
  std::array<octet, 3> spoken_in{};
  octet attempts = 0;
  duty::delivery::state first_is : 3 = duty::delivery::state::waiting;
  bool first_sent : 1 = false;
  bool first_spoken : 1 = false;
  bool core_only : 1 = false;  ///< covers no payloads
  // of the message
  duty::custody::state is : 4 = duty::custody::state::unknown;
  reason why : 4 = reason::none;
  std::uint8_t flags = 0;

  const manner& how() const noexcept { return *along->how; }
  const end_ref& ends() const noexcept { return rest->ends; }
  void set_ends(end_ref to) {
    if (rest || to) rest.here().ends = std::move(to);
  }
  instant hold_until() const noexcept { return along->endpoint.empty() ? instant(time) : never; }
  /// When something is to be done.
  instant due() const noexcept {
    if (is == duty::custody::state::verified) return std::min(instant(expires), hold_until());
    return owed() ? instant(expires) : never;
  }
  bool sent() const;
  /// Something is still to be done with it.
  bool unfinished() const { return is == duty::custody::state::verified || owed(); }
  bool end_to_end() const { return ends() != nullptr || (flags & check::sealed) != 0; }
  /// Not one endpoint has to take it, but all (protocol.md, endpoint.all). Then the deliveries are
  /// those to all, or there is none yet.
  bool to_all() const { return (flags & check::all) != 0; }
  /// Whether this delivery ends it if its endpoint takes it: no other needs the second code.
  bool is_last(const delivery_cell& one) const;
  /// Deliveries are owed.
  bool owed() const {
    return is == duty::custody::state::executed || is == duty::custody::state::unwatched;
  }
  /// Forgets the deliveries.
  void drop_deliveries(shared_value<custody_manner> with_none) {
    along = std::move(with_none);
    if (rest) rest.here().further.clear();
    begin_first();
  }
  /// The delivery to the first endpoint as it begins.
  void begin_first() {
    time = long_ago;
    code = {};
    spoken_in = {};
    attempts = 0;
    first_is = duty::delivery::state::waiting;
    first_sent = first_spoken = false;
    if (rest) rest.here().seen = {};
  }
  /// Endpoints that it was, or is to be, delivered to.
  std::size_t deliveries() const noexcept {
    return along->endpoint.empty() ? 0 : 1 + rest->further.size();
  }
  delivery_cell delivery(std::size_t i) const;
};

/// One message towards one endpoint: says where in a slot that stands. Valid until an endpoint is
/// added there. What is const in it is the place, not the delivery.
class delivery_cell {
 public:
  using state = duty::delivery::state;

  delivery_cell() = default;
  explicit delivery_cell(custody_slot& in, further_delivery* other = nullptr)
      : in_(&in), other_(other) {}
  explicit operator bool() const noexcept { return in_ != nullptr; }

  const memory_name& endpoint() const noexcept {
    return other_ != nullptr ? other_->endpoint : in_->along->endpoint;
  }
  state is() const noexcept { return other_ != nullptr ? other_->is : in_->first_is; }
  void set(state to) const noexcept {
    if (other_ != nullptr)
      other_->is = to;
    else
      in_->first_is = to;
  }
  /// Durably marked as sent.
  bool sent() const noexcept { return other_ != nullptr ? other_->sent : in_->first_sent; }
  void mark_sent() const noexcept {
    if (other_ != nullptr)
      other_->sent = true;
    else
      in_->first_sent = true;
  }
  /// What is marked as sent need not have left: see custody_slot::to_all.
  bool was_sent() const noexcept { return sent() && is() != state::waiting; }
  /// Last transmitted under.
  const shared_text& key_id() const noexcept {
    return other_ != nullptr ? other_->key_id : in_->along->key_id;
  }
  instant sent_at() const noexcept {
    return other_ != nullptr ? other_->sent_at : instant(in_->time);
  }
  void set_sent_at(instant to) const noexcept {
    if (other_ != nullptr)
      other_->sent_at = to;
    else
      in_->time = to;
  }
  /// The conversation's sync count at the last sending; of the first endpoint the lowest 24 bits.
  std::uint32_t spoken_in() const noexcept {
    if (other_ != nullptr) return other_->spoken_in;
    const auto& o = in_->spoken_in;
    return static_cast<std::uint32_t>(o[0] | o[1] << 8 | o[2] << 16);
  }
  void set_spoken_in(std::uint32_t syncs) const noexcept {
    if (other_ != nullptr) {
      other_->spoken_in = syncs;
      return;
    }
    in_->first_spoken = syncs != 0;
    in_->spoken_in = {static_cast<octet>(syncs), static_cast<octet>(syncs >> 8),
                      static_cast<octet>(syncs >> 16)};
  }
  /// Whether it was sent when the sync of that count had left.
  bool spoken_since(std::uint32_t sync) const noexcept {
    if (other_ != nullptr) return other_->spoken_in >= sync;
    return in_->first_spoken ? ((spoken_in() - sync) & 0xffffff) < 0x800000 : sync == 0;
  }
  /// Counts one more transmission; towards the first endpoint up to 255.
  std::uint32_t next_attempt() const noexcept {
    if (other_ != nullptr) return ++other_->attempts;
    if (in_->attempts < 255) ++in_->attempts;
    return in_->attempts;
  }
  /// What is counted of altered verdicts.
  duty::submission::altered_count altered() const noexcept {
    const altered_seen& seen = other_ != nullptr ? other_->seen : in_->rest->seen;
    return {other_ != nullptr ? other_->attempts : in_->attempts, seen.last_counted, seen.counted,
            code(), seen.fingerprint};
  }
  void set_altered(const duty::submission::altered_count& to) const {
    const altered_seen now{to.last_counted, to.counted, to.fingerprint};
    if (other_ != nullptr) {
      other_->attempts = to.attempts;
      other_->code = to.sent;
      other_->seen = now;
      return;
    }
    in_->attempts = static_cast<octet>(std::min<std::uint32_t>(to.attempts, 255));
    in_->code = to.sent;
    if (!(in_->rest->seen == now)) in_->rest.here().seen = now;
  }
  /// The first octets of the code transmitted last.
  const sent_code& code() const noexcept { return other_ != nullptr ? other_->code : in_->code; }

  /// Null: it is to the first endpoint.
  further_delivery* further() const noexcept { return other_; }

 private:
  custody_slot* in_ = nullptr;
  further_delivery* other_ = nullptr;  ///< null: that to the first endpoint
};

inline delivery_cell custody_slot::delivery(std::size_t i) const {
  auto& all = const_cast<custody_slot&>(*this);
  return i == 0 ? delivery_cell(all) : delivery_cell(all, &all.rest.here().further[i - 1]);
}

inline bool custody_slot::sent() const {
  for (std::size_t i = 0; i < deliveries(); ++i)
    if (delivery(i).sent()) return true;
  return false;
}

inline bool custody_slot::is_last(const delivery_cell& one) const {
  for (std::size_t i = 0; i < deliveries(); ++i)
    if (const delivery_cell other = delivery(i); other.endpoint() != one.endpoint())
      if (to_all() && !duty::delivery::table.is_end(other.is())) return false;
  return true;
}

static_assert(sizeof(custody_slot) <= 80);

}  // namespace vidimus::inline VIDIMUS_ABI::detail

#endif
