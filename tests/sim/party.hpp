// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_SIM_PARTY_HPP
#define VIDIMUS_TESTS_SIM_PARTY_HPP

#include <set>

#include "ledger.hpp"
#include "rows.hpp"

namespace sim {

/// What every role's host keeps around it.
struct party {
  std::string name;  ///< for people
  std::string bare;
  std::string full;
  env e;
  memory_store store;  ///< what is durable
  std::optional<memory_store> backup;
  ledger held;  ///< the same, read
  std::uint32_t life = 0;
  bool up = false;                ///< the role exists
  bool crash_armed = false;       ///< the next batch is cut off
  bool last_durable = true;       ///< of the restore at hand
  bool half_restored = false;     ///< a restore from an older store was cut off: so is the next
  int restores_of_old = 0;        ///< from an older or empty store
  int renames = 0;                ///< of its memory towards somebody
  std::int64_t skew = 0;          ///< its clock against the world's
  std::int64_t wake = INT64_MAX;  ///< as it asked last, in the world's time
  duty::bucket_limits tokens;     ///< answers that it may give to what nobody made
  std::int64_t milli_tokens = 0;
  std::int64_t filled_at = 0;
};

struct sender_party : party {
  std::optional<sender<env>> role;
  int number = 0;
  bool link = false;  ///< stanzas pass
  bool told = false;  ///< the role thinks so
  std::uint32_t session = 0;
};

struct relay_party : party {
  std::optional<server<env>> role;
};

struct endpoint_party : party {
  std::optional<receiver<env>> role;
  receiver_limits limits = strict(receiver_limits{});
  int number = 0;
  int session = 0;
  bool online = false;
  bool by_name = false;                     ///< keeps the names of what it took; else it is atomic
  std::set<name_key> taken;                 ///< of a host by name: durable
  std::set<name_key> given;                 ///< in this life, not answered
  std::set<name_key> refusing;              ///< what the host will not have: durable
  const message_name* accepting = nullptr;  ///< atomic: its effect comes with the persist
};

}  // namespace sim

#endif
