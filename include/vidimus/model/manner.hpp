// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_MODEL_MANNER_HPP
#define VIDIMUS_MODEL_MANNER_HPP

#include <string>

#include "../base/shared_text.hpp"
#include "coverage.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// What messages mostly have alike, so that each holds a reference only.
struct manner {
  std::string type;  ///< of the stanza
  coverage cover;
  std::string key_id;  ///< at the sender last transmitted under, at the server verified under
  friend bool operator==(const manner&, const manner&) = default;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
