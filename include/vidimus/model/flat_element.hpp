// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_MODEL_FLAT_ELEMENT_HPP
#define VIDIMUS_MODEL_FLAT_ELEMENT_HPP

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../version.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// An element of `urn:vidimus:0` as any stack reads and writes it: a name, attributes without
/// prefix, text, no children. Read ones have their attributes sorted by name.
struct flat_element {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::string text;

  /// The value of an attribute, or null.
  const std::string* find(std::string_view attribute) const noexcept {
    for (const auto& [key, value] : attributes)
      if (key == attribute) return &value;
    return nullptr;
  }

  friend bool operator==(const flat_element&, const flat_element&) = default;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
