// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_SERVER_CALL_HPP
#define VIDIMUS_ROLE_SERVER_CALL_HPP

#include "server.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// One call of the host, and the batch that it gets.
template <an_environment Env>
template <class Do>
server_outputs server<Env>::batch(Do what, instant now) {
  server_outputs to = std::move(spare_);
  to.reserve(outputs_at_first);
  out_ = &to;
  now_ = now;
  used_ = true;
  lacked_room_ = false;
  what();
  finish();
  return to;
}

/// Made where it stays: records are large.
template <an_environment Env>
template <class Record, class... From>
Record& server<Env>::persist(const From&... from) {
  auto& made =
      out_->emplace_back(std::in_place_type<out::persist>, std::in_place_type<Record>, from...);
  return *std::get<out::persist>(made).template as<Record>();
}

template <an_environment Env>
template <class Element>
void server<Env>::emit(const shared_text& to, std::string type, Element&& what,
                       payload_ref payload) {
  auto& sent = std::get<out::transmit>(out_->emplace_back(std::in_place_type<out::transmit>));
  sent.to = to;
  sent.type = std::move(type);
  sent.what = std::forward<Element>(what);
  sent.payload = std::move(payload);
}

template <an_environment Env>
template <class Element>
void server<Env>::transmit(const shared_text& to, Element& e, purpose p, std::string_view peer,
                           std::string type, const digest* content, payload_ref payload) {
  if (!codes_.seal(e, p, peer, content)) return;
  emit(to, std::move(type), std::move(e), std::move(payload));
}

template <an_environment Env>
std::size_t server<Env>::held() const noexcept {
  std::size_t n = 0;
  for (const auto& [key, c] : conversations_) n += c.slots.size();
  return n;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
