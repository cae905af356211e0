// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_RECEIVER_STATE_HPP
#define VIDIMUS_ROLE_RECEIVER_STATE_HPP

#include <algorithm>
#include <map>
#include <vector>

#include "../duty/batch.hpp"
#include "../duty/classify.hpp"
#include "../model/output.hpp"
#include "../model/record_fields.hpp"
#include "limits.hpp"

/// What the receiver role remembers. Plain data; role/receiver.hpp moves it.
namespace vidimus::inline VIDIMUS_ABI::detail {

struct receiver_peer {
  memory_name memory;
  key_name key_id;  ///< of its latest element in brief form
  std::uint32_t conversations = 0;
  duty::bucket answers;
};

/// A verified message that waits for its turn (protocol.md, order.wait).
struct early_message {
  check message;
  checked<content> body;
  digest of_body{};
  std::optional<end_code> proof;
  instant since;

  std::size_t octets_held() const { return octets_of(*body); }
  static std::size_t octets_of(const content& c) {
    return c.canonical.size() + (c.whole ? c.whole->size() : 0);
  }
};

/// One conversation at an endpoint: its record, and what is volatile.
struct receiver_conversation {
  record::receiver_conversation held;
  shared_text reply_to;  ///< full address of the latest authenticated element
  std::uint64_t age = 0;
  duty::waiting_numbers to_say;  ///< statuses to be told, perhaps with others
  std::uint32_t say_timer = 0;   ///< of what waits in to_say
  memory_name heard;             ///< the memory under which the relay last spoke in brief form
  std::vector<number> offered;   ///< handed before a restart, not given again yet
  // of an ordered endpoint
  std::map<number, early_message> early;
  std::size_t early_octets = 0;
  ranges voids;             ///< as the server said, not below `held.next`
  std::uint32_t timer = 0;  ///< of the gap below what waits
  bool changed = false;     ///< to be stored at the end of the call at hand
};

/// Of numbers in rising order: the first that is not below.
template <class List>
auto not_below(List& in, number at) {
  return std::lower_bound(in.begin(), in.end(), at,
                          [](const auto& one, number value) { return one.at < value; });
}
/// The number, if it waits for the application; null otherwise.
inline record::handed_number* find_handed(record::receiver_conversation& in, number at) {
  auto* const found = not_below(in.handed, at);
  return found != in.handed.end() && found->at == at ? found : nullptr;
}
inline const record::handed_number* find_handed(const record::receiver_conversation& in,
                                                number at) {
  return find_handed(const_cast<record::receiver_conversation&>(in), at);
}

}  // namespace vidimus::inline VIDIMUS_ABI::detail

#endif
