// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_SERVER_DELIVERY_HPP
#define VIDIMUS_ROLE_SERVER_DELIVERY_HPP

#include "server.hpp"

namespace vidimus::inline VIDIMUS_ABI {

template <an_environment Env>
auto server<Env>::endpoint_at(std::string_view address) -> endpoint* {
  auto d = destinations_.find(bare(address));
  return d == destinations_.end() ? nullptr : d->second.at(address);
}

/// The same for an address of the conversation's destination.
template <an_environment Env>
auto server<Env>::endpoint_at(const conversation& c, std::string_view address) -> endpoint* {
  return c.to == nullptr ? endpoint_at(address) : c.to->at(address);
}

template <an_environment Env>
auto server<Env>::cell_of(slot& s, const memory_name& at, bool create) -> cell {
  const std::size_t size = s.deliveries();
  for (std::size_t i = 0; i < size; ++i)
    if (const cell one = s.delivery(i); one.endpoint() == at) return one;
  if (!create || at.empty() || size >= 2 * limits_.endpoints_per_destination) return {};
  if (size == 0) {
    name_first(s, s.along->how, at, {});
    s.begin_first();
  } else {
    s.rest.here().further.emplace_back().endpoint = at;
  }
  return s.delivery(size);
}

/// What is alike is held once, by how much is known of the first endpoint.
template <an_environment Env>
void server<Env>::name_first(slot& s, const shared_value<manner>& how, const memory_name& first,
                             const shared_text& key_id) {
  const std::size_t known = first.empty() ? 0 : key_id.empty() ? 1 : 2;
  s.along = alongs_[known](detail::custody_manner_view{how, first, key_id});
}

template <an_environment Env>
void server<Env>::set_key(slot& s, cell to, const key_name& key_id) {
  const shared_text& shared = key_ids_(key_id);
  if (to.further() != nullptr)
    to.further()->key_id = shared;
  else
    name_first(s, s.along->how, s.along->endpoint, shared);
}

template <an_environment Env>
void server<Env>::feed_cell(conversation& c, number n, cell to, duty::delivery::input on) {
  const auto& table = duty::delivery::table;
  const duty::delivery::state from = to.is();
  if (table.is_end(from)) return;
  const auto& row = table.at(from, on);
  env_->watch.row(table.name(), table.cell(from, on));
  to.set(row.to);
  for (duty::delivery::action what : row.actions) switch (what) {
      case duty::delivery::action::mark_sent:
        if (!to.sent()) {
          to.mark_sent();
          name_key(c, n, to);
          save(c, n, c.at(n));
        }
        break;
      case duty::delivery::action::transmit_message: transmit_message(c, n, to); break;
      case duty::delivery::action::settle: settle(c, n, true); break;
      case duty::delivery::action::settle_refused: settle(c, n, false); break;
    }
}

/// The key that is current now.
template <an_environment Env>
void server<Env>::name_key(conversation& c, number n, cell to) {
  const auto key = env_->keys.current(c.key.name.along->destination);
  if (key && to.key_id() != key->key_id) set_key(c.at(n), to, key->key_id);
}

/// What the check of a message towards an endpoint says, but for low2, voids and attempt.
template <an_environment Env>
check server<Env>::check_of(const conversation& c, number n, const memory_name& to) const {
  const slot& s = c.at(n);
  check e;
  e.head.conversation = c.key.name;
  e.head.memory = to;
  e.at = n;
  e.type = s.how().type;
  e.flags = s.flags;
  e.lifetime_s = s.how().lifetime_s;
  e.cover = s.how().cover;
  return e;
}

template <an_environment Env>
void server<Env>::transmit_message(conversation& c, number n, cell to) {
  slot& s = c.at(n);
  const std::string& destination = c.key.name.along->destination;
  const endpoint* at = nullptr;
  for (const endpoint& one : destination_of(c).endpoints)
    if (one.memory == to.endpoint() && one.attached) at = &one;
  if (at == nullptr) return;
  to.set_spoken_in(c.syncs);
  to.set_sent_at(now_);
  check& e = put_element(at->address, s.how().type, s.payload,
                         [&] { return check_of(c, n, to.endpoint()); });
  if (s.ends()) e.second = *s.ends();
  e.low = channel_to(c, *at).low_told = low_two(c, *at);
  if (!c.voids.empty())  // what an ordered endpoint passes on its way to it
    e.voids = c.voids.between(e.low, n).for_element();
  e.attempt = to.next_attempt();
  if (!codes_.seal(e, purpose::deliver, destination, &s.content)) return take_back();
  if (const auto code = beginning_of(e.code.first_octets()); code != to.code())
    to.set_altered({e.attempt, e.attempt - 1, 0, code, {}});
  shorten(c, e, *at);
  if (to.key_id() == e.head.key_id) return;
  set_key(s, to, e.head.key_id);
  before_last([&] { save(c, n, s); });  // named before anything leaves under it
}

/// Everything below has its stored final receipt, is void or is no longer sent; never from low1
/// (protocol.md, low.two).
template <an_environment Env>
number server<Env>::low_two(conversation& c) {
  using state = duty::custody::state;
  c.low2 = std::max(c.low2, c.base);
  for (; c.low2 < c.top(); ++c.low2) {
    const state is = c.at(c.low2).is;
    if (is == state::unknown || is == state::verified || c.at(c.low2).owed()) break;
  }
  return c.low2;
}

/// Whether bodies may go to the endpoint in this conversation; asks it if not. A known endpoint
/// with nothing in doubt needs no question.
template <an_environment Env>
bool server<Env>::settled(conversation& c, const endpoint& to, channel& via) {
  if (via.settled) return true;
  if (!to.memory.empty() && via.syncs == 0) {
    bool in_doubt = false;
    for (slot& s : c.slots)
      if (const cell one = cell_of(s, to.memory, false))
        in_doubt = in_doubt || (one.was_sent() && !duty::delivery::table.is_end(one.is()));
    if (!in_doubt) {
      via.settled = true;
      via.limit = std::max(via.limit, low_two(c) + credit_at_first - 1);
      return true;
    }
  }
  if (via.asked.empty()) probe(c, to);
  return false;
}

template <an_environment Env>
void server<Env>::deliver_one(conversation& c, number n, const endpoint& to, channel& via) {
  if (!settled(c, to, via) || n > via.limit || via.is_refused(now_)) return;
  slot& s = c.at(n);
  if (s.to_all() && !has_all(c, n)) return;
  // another that is there may be able: a message waits for it
  if (to.body_only && !s.core_only && !s.to_all() && able_elsewhere(c, n, to)) return;
  const cell one = cell_of(s, to.memory, !s.to_all());
  if (!one || one.is() != duty::delivery::state::waiting) return;
  if (to.body_only && !s.core_only) return feed_unable(c, n, one);
  feed_cell(c, n, one, duty::delivery::input::ready);
}

/// The message asks for more than the endpoint verifies: that counts as its refusal (protocol.md,
/// endpoint.able).
template <an_environment Env>
void server<Env>::feed_unable(conversation& c, number n, cell one) {
  c.at(n).why = reason::unsupported;
  feed_cell(c, n, one, duty::delivery::input::unable);
}

/// Whether another attached endpoint takes the message, or may do so once it has answered.
template <an_environment Env>
bool server<Env>::able_elsewhere(conversation& c, number n, const endpoint& than) {
  for (const endpoint& other : destination_of(c).endpoints) {
    if (&other == &than || !other.attached || other.body_only) continue;
    const cell has = cell_of(c.at(n), other.memory, false);
    if (!has || has.is() != duty::delivery::state::refused) return true;
  }
  return false;
}

template <an_environment Env>
void server<Env>::pump(conversation& c, const endpoint& to) {
  if (!to.attached) return;
  channel& via = channel_to(c, to);
  via.next = std::max(via.next, low_two(c));
  for (number n = via.next; n < c.top(); ++n) {
    slot& s = c.at(n);
    if (s.owed()) {
      deliver_one(c, n, to, via);
      if (!via.settled || n > via.limit) return;  // so it is for all behind
    }
    // what was sent to an endpoint never waits for it again
    const cell one = s.owed() && n == via.next ? cell_of(s, to.memory, false) : cell();
    const bool waits = s.owed() && (!one || one.is() == duty::delivery::state::waiting);
    if (n == via.next && !waits) ++via.next;
  }
}

/// The talk with an endpoint begins anew, but where something is owed to it: there each case says
/// for itself what of it goes on.
template <an_environment Env>
void server<Env>::renew(detail::destination& d, endpoint& at) {
  const std::uint64_t before = std::exchange(at.session, ++sessions_);
  for (conversation* c : d.owed)
    if (auto via = c->channels.find(at.address);
        via != c->channels.end() && via->second.session == before)
      via->second.session = at.session;
}

/// The endpoint that answered: its memory and where it is now (protocol.md, endpoint.memory).
template <an_environment Env>
auto server<Env>::learn(conversation& c, const std::string& address, const receipt& said)
    -> endpoint* {
  const memory_name& memory = said.head.memory;
  endpoint* at = endpoint_at(address);
  if (at == nullptr) return nullptr;
  at->body_only = said.body_only;
  at->brief = said.brief;
  if (at->memory == memory) return at;
  detail::destination& d = destination_of(c);
  const memory_name before = at->memory;
  renew(d, *at);
  for (endpoint& other : d.endpoints)
    if (other.memory == memory) {  // it moved
      other.memory = {};
      other.path.forget();
      renew(d, other);
    }
  at->memory = memory;
  if (!before.empty()) gone(d, before);
  if (auto via = c.channels.find(address); via != c.channels.end()) {
    via->second.next = 1;
    via->second.session = at->session;
  }
  for (conversation* other : d.owed_in_order()) {
    const auto via = other->channels.find(address);
    if (other == &c || via == other->channels.end()) continue;
    if (via->second.session != at->session) continue;
    via->second.next = 1;
    via->second.settled = false;
    if (!before.empty()) probe(*other, *at);
  }
  return at;
}

template <an_environment Env>
void server<Env>::gone(detail::destination& d, const memory_name& memory) {
  for (conversation* c : d.owed_in_order())
    for (number n = c->base; n < c->top(); ++n)
      if (const cell one = cell_of(c->at(n), memory, false)) {
        one.set_sent_at(long_ago);
        feed_cell(*c, n, one, duty::delivery::input::gone);
      }
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
