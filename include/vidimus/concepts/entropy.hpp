// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CONCEPTS_ENTROPY_HPP
#define VIDIMUS_CONCEPTS_ENTROPY_HPP

#include <concepts>

#include "../base/bytes.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// A source of random octets fit for names nobody can guess: `fill` overwrites all of the span.
/// `adapt/cryptopp.hpp` has one over the operating system's.
template <class R>
concept entropy_source = requires(R& entropy, std::span<octet> out) {
  entropy.fill(out);
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
