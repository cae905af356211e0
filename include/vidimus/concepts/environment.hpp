// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CONCEPTS_ENVIRONMENT_HPP
#define VIDIMUS_CONCEPTS_ENVIRONMENT_HPP

#include "crypto.hpp"
#include "entropy.hpp"
#include "key_source.hpp"
#include "observer.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// All that a role needs of the world besides facts and time: the one template parameter of the
/// roles. It must outlive them; several roles may share one in one thread.
template <crypto Crypto, key_source Keys, entropy_source Entropy, observer Observer = no_observer>
struct environment {
  using crypto_type = Crypto;
  Keys keys{};
  Entropy entropy{};
  Observer watch{};
};

template <class E>
concept an_environment = requires(E& env) {
  requires crypto<typename E::crypto_type>;
  requires key_source<decltype(env.keys)>;
  requires entropy_source<decltype(env.entropy)>;
  requires observer<decltype(env.watch)>;
};

/// A fresh 96-bit name. Never empty.
template <class Name, entropy_source Entropy>
Name fresh_name(Entropy& entropy) {
  Name name;
  do entropy.fill(name.octets);
  while (name.empty());
  return name;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
