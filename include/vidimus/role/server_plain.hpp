// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_SERVER_PLAIN_HPP
#define VIDIMUS_ROLE_SERVER_PLAIN_HPP

#include "server.hpp"

/// Who is there: endpoints come and go, and receivers without support.
namespace vidimus::inline VIDIMUS_ABI {

/// The row of an address, made if there is room. Null: there is none.
template <an_environment Env>
auto server<Env>::place_for(const std::string& address) -> endpoint* {
  if (endpoint* known = endpoint_at(address)) return known;
  detail::destination& d = destinations_[std::string(bare(address))];
  if (d.endpoints.size() >= limits_.endpoints_per_destination)
    std::erase_if(d.endpoints, [](const endpoint& one) { return !one.is_there(); });
  if (d.endpoints.size() >= limits_.endpoints_per_destination) {
    env_->watch.noticed(notice::table_full);
    return nullptr;
  }
  endpoint& at = d.endpoints.emplace_back();
  at.address = address;
  return &at;
}

template <an_environment Env>
void server<Env>::attach(const std::string& address) {
  endpoint* at = place_for(address);
  if (at == nullptr) return;
  detail::destination& d = destinations_.find(bare(address))->second;
  // a new session: what was on the way to the old one is in doubt
  if (!at->memory.empty()) gone(d, at->memory);
  at->attached = true;
  at->plain = false;
  at->path.forget();
  renew(d, *at);
  for (conversation* c : d.owed_in_order()) {
    touch(*c);
    channel& via = c->channels[address];
    via.session = at->session;
    via.settled = false;
    via.quiet = 0;
    probe(*c, *at);
  }
}

/// Nothing with a code goes to the address any more.
template <an_environment Env>
void server<Env>::leave(detail::destination& d, endpoint& at) {
  if (!at.attached) return;
  at.attached = false;
  renew(d, at);
  if (!at.memory.empty()) gone(d, at.memory);
  for (conversation* c : d.owed_in_order()) {
    touch(*c);
    if (auto via = c->channels.find(at.address); via != c->channels.end()) {
      deadlines_.disarm(via->second.timer);
      c->channels.erase(via);
    }
    pump_all(*c);
  }
}

template <an_environment Env>
void server<Env>::detach(const std::string& address) {
  endpoint* at = endpoint_at(address);
  if (at == nullptr || !at->is_there()) return;
  const std::string name(bare(address));
  detail::destination& d = destinations_[name];
  leave(d, *at);
  at->plain = false;
  pass_all_plainly(name);
  if (!d.owed.empty()) return;
  std::erase_if(d.endpoints, [](const endpoint& one) { return !one.is_there(); });
  forget_destination(name);
}

template <an_environment Env>
void server<Env>::set_plain(const std::string& address) {
  endpoint* at = place_for(address);
  if (at == nullptr) return;
  const std::string name(bare(address));
  leave(destinations_[name], *at);
  at->brief = false;
  at->memory = {};  // whoever had it is not there now
  at->path.forget();
  at->plain = true;
  pass_all_plainly(name);
}

template <an_environment Env>
void server<Env>::pass_all_plainly(const std::string& destination) {
  for (conversation* c : destinations_[destination].owed_in_order())
    for (number n = c->base; n < c->top(); ++n) pass_plainly(*c, n);
}

/// The message leaves without a code if its sender permits that, no endpoint may have it, and none
/// is there that could verify it (protocol.md, plain.permit).
template <an_environment Env>
void server<Env>::pass_plainly(conversation& c, number n) {
  const slot& s = c.at(n);
  if (!s.owed() || (s.flags & check::plain) == 0 || s.sent()) return;
  bool there = false;
  for (const endpoint& one : destination_of(c).endpoints) {
    if (one.attached) return;
    there = there || one.plain;
  }
  if (!there) return;
  feed(c, n, input::pass_plainly);
  if (n < c.low) feed(c, n, input::low_passed);
}

template <an_environment Env>
void server<Env>::transmit_plain(conversation& c, number n) {
  const slot& s = c.at(n);
  for (const endpoint& one : destination_of(c).endpoints)
    if (one.plain) return emit(out::plain{one.address, s.how().type, {c.key.name, n}, s.payload});
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
