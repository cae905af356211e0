// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_MODEL_KEY_USE_HPP
#define VIDIMUS_MODEL_KEY_USE_HPP

#include <compare>
#include <set>
#include <string>

#include "../base/same_text.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// A key that an unfinished message was last transmitted or verified under (protocol.md,
/// key.remove). `peer`: the bare address with which it is shared.
struct key_use {
  std::string peer;
  std::string key_id;
  friend bool operator==(const key_use&, const key_use&) = default;
  friend std::strong_ordering operator<=>(const key_use& a, const key_use& b) noexcept {
    const auto order = order_of(a.peer, b.peer);
    return order != 0 ? order : order_of(a.key_id, b.key_id);
  }
};

using key_uses = std::set<key_use>;

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
