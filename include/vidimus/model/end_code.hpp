// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_MODEL_END_CODE_HPP
#define VIDIMUS_MODEL_END_CODE_HPP

#include <algorithm>

#include "../base/rare_list.hpp"
#include "../base/shared_value.hpp"
#include "../spec/rule.hpp"
#include "check_code.hpp"
#include "name.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// A code between the two ends, under a key that no relay holds: the second code of a message
/// (purpose e2e, protocol.md end.code), or the endpoint's proof that it was delivered (purpose
/// e2e-delivered, protocol.md end.delivered). Without a code: there is none.
struct end_code {
  key_name key_id;  ///< 1 to 32 octets
  check_rule rule = check_rule::hmac_sha_256_128;
  check_code code;
  bool empty() const noexcept { return code.empty(); }
  friend bool operator==(const end_code&, const end_code&) = default;
};

/// The code of one number, in an element or record that speaks of many.
struct end_part {
  number at = 0;
  end_code held;
  friend bool operator==(const end_part&, const end_part&) = default;
};

/// Shared, because most messages have none: a null reference takes no room.
using end_ref = shared_value<end_code>;

inline end_ref keep(const end_code& from) { return from.empty() ? end_ref() : end_ref(from); }

/// The part of that number in a list that rises by number; null if there is none.
inline const end_part* find_end(const rare_list<end_part>& in, number at) noexcept {
  const auto found = std::lower_bound(
      in.begin(), in.end(), at, [](const end_part& one, number value) { return one.at < value; });
  return found != in.end() && found->at == at ? found : nullptr;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
