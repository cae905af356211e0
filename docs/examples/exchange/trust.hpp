// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_EXCHANGE_TRUST_HPP
#define VIDIMUS_DOCS_EXAMPLES_EXCHANGE_TRUST_HPP

#include <array>
#include <cstdint>
#include <string_view>

namespace exchange {

/// Who holds which preset code (docs/protocol.md, section 1).
enum class trust : std::uint8_t { shared, per_hop, end_to_end, sealed };
inline constexpr std::array<std::string_view, 4> trust_names{"shared", "per-hop", "end-to-end",
                                                             "sealed"};

}  // namespace exchange

#endif
