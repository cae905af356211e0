// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_CORE_ONLY_HPP
#define VIDIMUS_CHECK_CORE_ONLY_HPP

#include "../base/bytes.hpp"
#include "../spec/names.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Whether canonical content covers the core alone: what an endpoint can verify whose stack
/// discards other payloads (protocol.md, endpoint.able). A payload that a list names counts even
/// where it is absent. False of octets that are no canonical content.
inline bool is_core_only(octets_view canonical) noexcept {
  constexpr octet mode = 0x01, space = 0x02, name = 0x03, group = 0x06;
  reader all(canonical);
  if (all.u8() != mode || all.sized().size() != 1) return false;
  while (all.left() != 0) {
    if (all.u8() != group) return false;
    reader one(all.sized());
    if (one.u8() != space) return false;
    const std::string_view of = one.text();
    if (one.u8() != name) return false;
    const std::string_view local = one.text();
    if (!one.ok() || !is_core(of, local)) return false;
  }
  return all.ok();
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
