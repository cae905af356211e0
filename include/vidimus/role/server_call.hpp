// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_SERVER_CALL_HPP
#define VIDIMUS_ROLE_SERVER_CALL_HPP

#include "server.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// One call of the host, and the batch that it gets.
template <an_environment Env>
template <class Do>
server_outputs server<Env>::batch(Do what, instant now) {
  begin_batch();
  now_ = now;
  used_ = true;
  lacked_room_ = false;
  what();
  finish();
  return end_batch();
}

template <an_environment Env>
template <class Element>
void server<Env>::transmit(const shared_text& to, Element& e, purpose p, std::string_view peer,
                           stanza_type type, const digest* content, const payload_ref& payload) {
  if (!codes_.seal(e, p, peer, content)) return;
  emit(to, type, std::move(e), payload);
}

/// Stored before anything comes behind it.
template <an_environment Env>
void server<Env>::save(conversation& c, number n, const slot& s) {
  save_later<server>(unsaved_, {&c, n, &s});
}

template <an_environment Env>
void server<Env>::write_record() {
  const auto what = std::exchange(unsaved_, {});
  const conversation& c = *what.in;
  const slot& s = *what.of;
  write([&] {
    record::server_custody r{c.peer,
                             c.key.name,
                             what.at,
                             detail::stage_of(s.is),
                             s.why,
                             s.flags,
                             s.how().lifetime_s,
                             s.expires,
                             s.hold_until(),
                             s.content,
                             s.along->how,
                             {},
                             s.ends(),
                             s.core_only};
    for (std::size_t i = 0; i < s.deliveries(); ++i)
      if (const cell to = s.delivery(i); to.sent()) r.sent.push_back({to.endpoint(), to.key_id()});
    return r;
  });
}

/// As it is when the base has risen to that number.
template <an_environment Env>
void server<Env>::save(const conversation& c, number base) {
  const number limit = base == c.base ? c.limit : credit_of(c, base);
  persist([&] {
    return record::server_conversation{c.peer, c.key.name, c.low, base, limit, c.closed};
  });
}

template <an_environment Env>
std::size_t server<Env>::held() const noexcept {
  std::size_t n = 0;
  for (const auto& [key, c] : conversations_) n += c.slots.size();
  return n;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
