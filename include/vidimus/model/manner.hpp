// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_MODEL_MANNER_HPP
#define VIDIMUS_MODEL_MANNER_HPP

#include <string>

#include "../base/shared_text.hpp"
#include "coverage.hpp"
#include "name.hpp"
#include "words.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// What messages mostly have alike, so that each holds a reference only.
struct manner {
  stanza_type type;  ///< of the stanza
  coverage cover;
  key_name key_id;  ///< at the sender last transmitted under, at the server verified under
  std::uint32_t lifetime_s = 0;  ///< not in the image: each record has it
  friend bool operator==(const manner&, const manner&) = default;
};

/// The same, to ask whether one is at hand.
struct manner_view {
  const stanza_type& type;
  const coverage& cover;
  const key_name& key_id;
  std::uint32_t lifetime_s;
  explicit operator manner() const { return {type, cover, key_id, lifetime_s}; }
  friend bool operator==(const manner& a, const manner_view& b) {
    return a.lifetime_s == b.lifetime_s && a.type == b.type && a.key_id == b.key_id &&
           a.cover == b.cover;
  }
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
