// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_MODEL_CONTENT_HPP
#define VIDIMUS_MODEL_CONTENT_HPP

#include <string>

#include "../base/bytes.hpp"
#include "../base/shared_value.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// What the host sends on with a message: opaque to the core (the adapters use the XML of the
/// message's children). Shared, never changed. Unverified by itself.
using payload_ref = shared_value<std::string>;

/// A payload of what a `std::string` is made from.
template <class... From>
payload_ref make_payload(From&&... from) {
  return payload_ref(std::string(std::forward<From>(from)...));
}

/// The canonical octets of what a code covers (protocol.md, content.canonical), and the opaque
/// whole they were read from.
struct content {
  octets canonical;
  payload_ref whole;
};

/// Something whose check code was recomputed and agreed. Only the verifier makes one
/// (check/verify.hpp), so that "delivered but not verified" does not compile.
template <class T>
class checked {
 public:
  const T& operator*() const noexcept { return held_; }
  const T* operator->() const noexcept { return &held_; }

 private:
  template <class Env>
  friend class verifier;
  explicit checked(T value) : held_(std::move(value)) {}

  T held_;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
