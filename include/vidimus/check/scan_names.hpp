// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_SCAN_NAMES_HPP
#define VIDIMUS_CHECK_SCAN_NAMES_HPP

#include <string_view>

#include "../version.hpp"

namespace vidimus::inline VIDIMUS_ABI::detail {

inline std::string_view span_of(const char* from, const char* until) noexcept {
  return {from, static_cast<std::size_t>(until - from)};
}

/// A name as written. Pointers, not views: a view copied right after it was made stalls.
struct qname {
  const char *from = nullptr, *colon = nullptr, *end = nullptr;
  std::string_view all() const noexcept { return span_of(from, end); }
  std::string_view prefix() const noexcept {
    return colon == nullptr ? std::string_view{} : span_of(from, colon);
  }
  std::string_view local() const noexcept {
    return span_of(colon == nullptr ? from : colon + 1, end);
  }
};

/// The name of an open element, to be found again in its end tag.
struct written_name {
  const char *from, *end;
  std::string_view text() const noexcept { return span_of(from, end); }
};

}  // namespace vidimus::inline VIDIMUS_ABI::detail

#endif
