// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_SERVER_ENGINE_HPP
#define VIDIMUS_ROLE_SERVER_ENGINE_HPP

#include "server.hpp"

namespace vidimus::inline VIDIMUS_ABI {

template <an_environment Env>
VIDIMUS_HERE void server<Env>::act(conversation& c, number n, slot& s, action what) {
  switch (what) {
    case action::persist: save(c, n, s); break;
    case action::drop_content:
      drop_payload(c, s);
      forget("vp", c.peer, c.key.name, n);
      break;
    case action::alarm: env_->watch.noticed(notice::reused); break;
    case action::tell: tell(c, n, s); break;
    case action::missing: c.missing.add(n); break;
    case action::start_delivery: {
      note_owed(c);
      for (const endpoint& to : destination_of(c).endpoints)
        if (to.attached) deliver_one(c, n, to, channel_to(c, to));
      pass_plainly(c, n);
      break;
    }
    case action::transmit_plain: transmit_plain(c, n); break;
    case action::stop_delivery:
      for (std::size_t i = 0; i < s.deliveries(); ++i)
        feed_cell(c, n, s.delivery(i), duty::delivery::input::custody_over);
      note_owed(c);
      break;
    case action::forget: {
      const bool stays = s.is == duty::custody::state::unknown;
      // the record first: one without its payload would claim what is not there
      forget("vr", c.peer, c.key.name, n);
      forget("vp", c.peer, c.key.name, n);
      drop_payload(c, s);
      s = slot{};
      if (!stays) s.is = duty::custody::state::closed;
      break;
    }
  }
}

template <an_environment Env>
void server<Env>::feed(conversation& c, number n, input on) {
  const auto& table = duty::custody::table;
  slot& s = c.at(n);
  if (table.is_end(s.is)) return;
  touch(c);
  const auto& row = table.at(s.is, on);
  env_->watch.row(table.name(), table.cell(s.is, on));
  VIDIMUS_EXPECT(row.kind != fsm::verdict::refuse, "an input that the server's own code excludes");
  const bool owed = s.owed();
  const instant due = s.due();
  progress_ = progress_ || row.to != s.is;
  s.is = row.to;
  if (row.to == duty::custody::state::voided) c.voids.add(n);
  if (s.owed() && !owed) {
    ++c.owed;
    for (auto& [address, via] : c.channels) via.next = std::min(via.next, n);
  }
  if (!s.owed() && owed) --c.owed;
  for (action what : row.actions) act(c, n, s, what);
  set_deadline(c, n, s, due);
}

/// The time at which something is to be done about a number was `before`.
template <an_environment Env>
void server<Env>::set_deadline(conversation& c, number n, const slot& s, instant before) {
  c.timers.changed(
      n, before, s.due(), c.base, c.top(), deadlines_,
      [&c](number last) {
        return detail::server_due{due_of(c), last};
      },
      [&c](number k) { return c.at(k).due(); });
}

template <an_environment Env>
void server<Env>::touch(conversation& c) {
  if (c.touched) return;
  c.touched = true;
  touched_.push_back(&c);
}

template <an_environment Env>
bool server<Env>::pop_closed(conversation& c) {
  const bool none = c.slots.empty() && c.base >= c.low;
  if (none || (!c.slots.empty() && c.slots.front().is != duty::custody::state::closed))
    return false;
  settle_records();  // it may stand where another is to be
  const number before = c.base;
  while (!c.slots.empty() && c.slots.front().is == duty::custody::state::closed) {
    c.slots.pop_front(spare_);
    ++c.base;
  }
  if (c.slots.empty()) c.base = std::max(c.base, c.low);
  if (c.base == before) return false;
  c.timers.drop_below(c.base);
  c.low2 = std::max(c.low2, c.base);
  c.limit = credit_of(c, c.base);
  return true;
}

/// Appends the status of a number to a receipt, with what proves it.
template <an_environment Env>
void server<Env>::say_status(const conversation& c, receipt& r, number n, status what) {
  if (what == status::delivered)
    if (const end_ref& proof = c.at(n).ends()) r.ends.push_back({n, *proof});
  r.add(n, what, what == status::voided ? c.at(n).why : reason::none);
}

/// `bind` of each verified range (protocol.md, receipt.bind). The header names key and memory.
template <an_environment Env>
void server<Env>::fill_binds(const conversation& c, receipt& r) {
  octets& digests = digests_;
  for (status_range& s : r.states) {
    if (s.what != status::verified) continue;
    digests.clear();
    for (number n = s.span.first; n <= s.span.last; ++n)
      digests.insert(digests.end(), c.at(n).content.begin(), c.at(n).content.end());
    if (auto bind = codes_.short_of(r.head, purpose::receipt, c.key.peer, digests)) s.bind = *bind;
  }
}

/// The news of a call: the status of every number that it touched, in as few receipts as 64 ranges
/// each allow.
template <an_environment Env>
void server<Env>::say(conversation& c) {
  if (c.to_say.empty() && c.missing.empty()) return;
  receipt* r = nullptr;
  const auto begun = [&]() -> receipt& {
    if (r == nullptr) r = &put_element(c.reply_to, {}, nullptr, [] { return receipt{}; });
    return *r;
  };
  const auto send = [&] {
    receipt& e = *std::exchange(r, nullptr);
    e.head.conversation = c.key.name;
    e.head.memory = c.row->memory;
    e.limit = c.limit;
    e.octets_max = limits_.payload_octets_max;
    if (!codes_.choose_key(e.head, c.key.peer)) return take_back();
    fill_binds(c, e);
    shorten(c, e);
    if (!codes_.seal(e, purpose::receipt, c.key.peer)) take_back();
  };
  for (const range& span : c.to_say.numbers)
    for (number n = span.first; n <= span.last; ++n) {
      auto what = c.holds(n) ? detail::status_of(c.at(n).is) : std::nullopt;
      if (!what && n < c.low) what = status::closed;
      if (!what) continue;
      if (r != nullptr && r->full()) send();
      say_status(c, begun(), n, *what);
    }
  c.to_say.clear();
  if (!c.missing.empty()) begun().missing = std::exchange(c.missing, {}).for_element();
  if (r != nullptr) send();
}

/// A status for the next receipt, with what proves it beside.
template <an_environment Env>
void server<Env>::tell(conversation& c, number n, const slot& s) {
  const end_ref& proof = s.ends();
  const bool beside = proof && s.is == duty::custody::state::delivered;
  c.to_say.add(n, beside ? duty::octets_of(proof->rule, proof->key_id.size()) : 0);
}

/// Whether what is to be told may wait for more (protocol.md, batch.bound). A number that is not
/// held is told at once: its sender waits for nothing else.
template <an_environment Env>
bool server<Env>::may_wait(conversation& c) {
  if (limits_.receipts.delay <= span_ms{} && c.say_timer == 0) return false;
  return duty::may_wait(limits_.receipts, c.to_say, !c.missing.empty(), now_, deadlines_,
                        c.say_timer, {due_of(c), 0});
}

/// A snapshot: all that is held between the sync's low and top, in parts of 64 ranges.
template <an_environment Env>
void server<Env>::say_snapshot(const shared_text& to, const sync& e, const std::string& peer,
                               conversation* c) {
  receipt r;
  number first = std::max<number>(e.low, 1);
  const number end = std::max(e.top, first);
  const auto send = [&](number last) {
    r.head.conversation = e.head.conversation;
    r.head.memory = known_peer(peer).memory;
    r.limit = c != nullptr ? c->limit : std::min(first + limits_.window - 1, number_max);
    r.octets_max = limits_.payload_octets_max;
    r.answers = e.asks;
    r.covered = {first, last};
    r.brief = limits_.brief;
    if (codes_.choose_key(r.head, peer)) {
      if (c != nullptr) fill_binds(*c, r);
      transmit(to, r, purpose::receipt, peer);
    }
    r = {};
    first = last + 1;
  };
  if (c != nullptr && first < c->base)
    r.states.push_back({status::closed, {first, c->base - 1}, {}, reason::none});
  if (c != nullptr)
    for (number n = std::max(first, c->base); n < c->top() && n <= end; ++n) {
      const auto what = detail::status_of(c->at(n).is);
      if (!what) continue;
      if (r.full()) send(n - 1);
      say_status(*c, r, n, *what);
    }
  send(end);
}

template <an_environment Env>
void server<Env>::pass_time() {
  for (auto due = deadlines_.due(now_); due; due = deadlines_.due(now_)) {
    conversation& c = conversations_.find(due->of->conversation)->second;
    const std::string& address = due->of->address;
    if (due->at == 0 && address.empty()) {
      touch(c);
      if (!may_wait(c)) say(c);
      continue;
    }
    if (due->at == 0) {
      ask_if_due(c, address);
      continue;
    }
    pass_times(c, due->at);
  }
}

/// The messages of a group whose time has come.
template <an_environment Env>
void server<Env>::pass_times(conversation& c, number last) {
  const number first = duty::number_timers::first_of_group(last);
  for (number n = std::max(first, c.base); n <= last && n < c.top(); ++n) {
    slot& s = c.at(n);
    if (s.due() > now_) continue;
    const bool hold = s.is == duty::custody::state::verified && now_ < s.expires;
    if (s.is != duty::custody::state::verified || !hold) s.why = reason::expired;
    feed(c, n, hold ? input::hold_over : duty::custody::of_lifetime(s.sent()));
  }
}

template <an_environment Env>
void server<Env>::finish() {
  for (conversation* one : touched_) {
    conversation& c = *one;
    if (pop_closed(c)) save(c, c.base);
    if (!may_wait(c)) say(c);
    if (c.owed > 0)
      for (auto& [address, via] : c.channels)
        if (endpoint* to = user_of(c, address, via)) set_timer(c, *to);
    c.touched = false;
    if (c.owed > 0) continue;
    for (auto& [address, via] : c.channels) {
      deadlines_.disarm(via.timer);
      via.asked = {};
      via.wants_sync = false;
    }
    if (c.channels.size() > 1)  // addresses come and go
      std::erase_if(c.channels, [&](const auto& at) { return !in_use(c, at.first, at.second); });
    forget_destination(c.key.name.along->destination);
  }
  touched_.clear();
  if (deadlines_.next() != woken_) {
    woken_ = deadlines_.next();
    emit(out::wake{woken_});
  }
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
