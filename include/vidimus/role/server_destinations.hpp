// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_SERVER_DESTINATIONS_HPP
#define VIDIMUS_ROLE_SERVER_DESTINATIONS_HPP

#include "server.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// The destination knows which conversations have something for it.
template <an_environment Env>
void server<Env>::note_owed(conversation& c) {
  if (c.owed > 0 && c.to == nullptr) {
    c.to = &destination_of(c);
    c.to->owed.push_back(&c);
  } else if (c.owed == 0 && c.to != nullptr) {
    std::erase(std::exchange(c.to, nullptr)->owed, &c);
  }
}

template <an_environment Env>
detail::destination& server<Env>::destination_of(const conversation& c) {
  if (c.to != nullptr) return *c.to;
  const std::string& name = c.key.name.along->destination;
  if (detail::destination* known = find_destination(name)) return *known;
  return latest_destination_.set(&*destinations_.try_emplace(name).first)->second;
}

template <an_environment Env>
bool server<Env>::in_use(const conversation& c, std::string_view address,
                         const channel& via) const {
  const auto d = destinations_.find(c.key.name.along->destination);
  if (d == destinations_.end()) return false;
  for (const endpoint& one : d->second.endpoints)
    if (one.address == address) return one.session == via.session;
  return false;
}

namespace detail {
/// Whether what was said at an address was said to this endpoint. One that was never spoken with
/// has no number of its own yet.
inline bool was_said_to(const endpoint& to, std::string_view address, const channel& via) {
  return via.session == to.session && (to.session != 0 || *to.address == address);
}
}  // namespace detail

/// The channel to an endpoint, if what was said there was said to it.
template <an_environment Env>
auto server<Env>::used_with(conversation& c, const endpoint& to) -> channel* {
  for (auto& [address, via] : c.channels)
    if (detail::was_said_to(to, address, via)) return &via;
  return nullptr;
}

/// The other way round.
template <an_environment Env>
auto server<Env>::user_of(conversation& c, std::string_view address, const channel& via)
    -> endpoint* {
  for (endpoint& one : destination_of(c).endpoints)
    if (detail::was_said_to(one, address, via)) return &one;
  return nullptr;
}

/// What was said to an address counts as long as the same endpoint is there.
template <an_environment Env>
auto server<Env>::channel_to(conversation& c, const endpoint& to) -> channel& {
  if (channel* known = used_with(c, to)) return *known;
  channel& via = c.channels[to.address];
  if (via.session != to.session) {
    deadlines_.disarm(via.timer);
    via = channel{};
    via.session = to.session;
  }
  return via;
}

template <an_environment Env>
detail::destination* server<Env>::find_destination(std::string_view name) {
  auto* latest = latest_destination_.get();
  if (latest != nullptr && same_text(latest->first, name)) return &latest->second;
  const auto d = destinations_.find(name);
  return d == destinations_.end() ? nullptr : &latest_destination_.set(&*d)->second;
}

/// A destination is kept while something is owed to it or somebody is there.
template <an_environment Env>
void server<Env>::forget_destination(std::string_view name) {
  const detail::destination* d = find_destination(name);
  if (d == nullptr || !d->owed.empty() || !d->endpoints.empty()) return;
  latest_destination_.forget();
  destinations_.erase(destinations_.find(name));
}

/// Whom the deadlines of a conversation, or of a channel of it, are about.
template <an_environment Env>
const shared_value<detail::due_owner>& server<Env>::due_of(conversation& c) {
  if (!c.owner) c.owner = shared_value(detail::due_owner{c.key, {}});
  return c.owner;
}

template <an_environment Env>
const shared_value<detail::due_owner>& server<Env>::due_of(const conversation& c, channel& via,
                                                           const std::string& address) {
  if (!via.owner) via.owner = shared_value(detail::due_owner{c.key, address});
  return via.owner;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
