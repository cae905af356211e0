// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_SERVER_CALL_HPP
#define VIDIMUS_ROLE_SERVER_CALL_HPP

#include "server.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// One call of the host, and the batch that it gets.
template <an_environment Env>
template <class Do>
server_outputs server<Env>::batch(Do what, instant now) {
  server_outputs to = begin_batch();
  out_ = &to;
  now_ = now;
  used_ = true;
  lacked_room_ = false;
  what();
  finish();
  return to;
}

template <an_environment Env>
template <class Element>
void server<Env>::transmit(const shared_text& to, Element& e, purpose p, std::string_view peer,
                           stanza_type type, const digest* content, const payload_ref& payload) {
  if (!codes_.seal(e, p, peer, content)) return;
  emit(to, type, std::move(e), payload);
}

template <an_environment Env>
std::size_t server<Env>::held() const noexcept {
  std::size_t n = 0;
  for (const auto& [key, c] : conversations_) n += c.slots.size();
  return n;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
