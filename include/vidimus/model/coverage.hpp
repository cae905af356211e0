// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_MODEL_COVERAGE_HPP
#define VIDIMUS_MODEL_COVERAGE_HPP

#include <compare>
#include <string>

#include "../base/bytes.hpp"
#include "../base/rare_list.hpp"
#include "../base/same_text.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// An element's name as XML namespaces define it; content namespaces are written "jabber:client".
struct expanded_name {
  std::string space;
  std::string local;
  friend bool operator==(const expanded_name&, const expanded_name&) = default;
  friend std::strong_ordering operator<=>(const expanded_name& a, const expanded_name& b) noexcept {
    const auto order = order_of(a.space, b.space);
    return order != 0 ? order : order_of(a.local, b.local);
  }
};

/// Which children of the message a check code covers (docs/protocol.md, content.coverage).
/// Default: the core and every payload that is not on the never-covered list. Listed: the core and
/// exactly the payloads named; an empty list is the core alone. The list itself is covered.
struct coverage {
  bool listed = false;
  rare_list<expanded_name> names;  ///< sorted, no doubles; empty unless `listed`
  friend bool operator==(const coverage&, const coverage&) = default;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
