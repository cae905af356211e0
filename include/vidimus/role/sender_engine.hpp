// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_SENDER_ENGINE_HPP
#define VIDIMUS_ROLE_SENDER_ENGINE_HPP

#include "sender.hpp"

namespace vidimus::inline VIDIMUS_ABI {

template <an_environment Env>
VIDIMUS_HERE void sender<Env>::act(conversation& c, number n, slot& s, action what) {
  switch (what) {
    case action::expose: s.exposed = true; break;
    case action::persist:
      if (detail::is_end(s.is)) end(c, n, s);
      save(c, n, s);
      if (detail::is_end(s.is) && c.voids.contains(n)) save(c);
      break;
    case action::transmit_message: transmit_message(c, n, s); break;
    case action::transmit_execute:
      c.to_execute.add(n, octets_beside(c, s));
      speak(c, s);
      break;
    case action::transmit_withdraw:
      c.to_withdraw.add(n);
      speak(c, s);
      break;
    case action::start_grace:
      s.in_grace = true;
      set_time(c, n, s, now_ + limits_.grace);
      break;
    case action::report: report(c, n, s); break;
    case action::forget: erase(c, n); break;
  }
}

template <an_environment Env>
void sender<Env>::feed(conversation& c, number n, input on) {
  const auto& table = duty::submission::table;
  slot& s = c.at(n);
  if (table.is_end(s.is)) return;
  touch(c);
  const auto& row = table.at(s.is, on);
  env_->watch.row(table.name(), table.cell(s.is, on));
  VIDIMUS_EXPECT(row.kind != fsm::verdict::refuse, "an input that the sender's own code excludes");
  if (row.to != s.is) c.quiet = 0;
  s.is = row.to;
  for (action what : row.actions) act(c, n, s, what);
}

template <an_environment Env>
void sender<Env>::report(conversation& c, number n, const slot& s) {
  diagnosis altered;
  if (const auto news = c.altered.find(n); news != c.altered.end()) {
    if (s.ended != outcome::delivered && s.ended != outcome::executed)
      altered = std::move(news->second.found);
    c.altered.erase(news);
  }
  emit(out::report{name_of(c, n), s.ended, s.why, false, std::move(altered)});
}

/// At that time something is to be done about the number; `never`: at none.
template <an_environment Env>
void sender<Env>::set_time(conversation& c, number n, slot& s, instant at) {
  const instant before = s.due();
  s.timed = at != never;
  if (s.timed) s.expires = at;
  c.timers.changed(
      n, before, s.due(), c.base, c.top(), deadlines_,
      [&c](number last) {
        return detail::sender_due{c.name.id, last};
      },
      [&c](number k) { return c.at(k).due(); });
}

/// The messages of a group whose time has come.
template <an_environment Env>
void sender<Env>::pass_times(conversation& c, number last) {
  const number first = duty::number_timers::first_of_group(last);
  for (number n = std::max(first, c.base); n <= last && n < c.top(); ++n) {
    slot& s = c.at(n);
    if (s.due() > now_) continue;
    set_time(c, n, s, never);
    feed(c, n, s.in_grace ? input::grace_over : input::lifetime_over);
  }
}

/// What ending means for the record, before it is stored.
template <an_environment Env>
void sender<Env>::end(conversation& c, number n, slot& s) {
  s.ended = detail::outcome_of(s.is);
  if (s.ended == outcome::delivered || s.ended == outcome::executed) s.why = reason::none;
  if (s.ended == outcome::expired) s.why = reason::expired;
  set_time(c, n, s, never);
  s.payload = nullptr;
  --unfinished_;
  if (s.ended != outcome::delivered && s.ended != outcome::executed) c.voids.add(n);
}

/// Stored before anything comes behind it.
template <an_environment Env>
void sender<Env>::save(conversation& c, number n, const slot& s) {
  save_later<sender>(unsaved_, {&c, n, &s});
}

template <an_environment Env>
void sender<Env>::write_record() {
  const auto what = std::exchange(unsaved_, {});
  const conversation& c = *what.in;
  const slot& s = *what.of;
  write([&] {
    return record::sender_message{
        c.name,    what.at,     detail::stage_of(s.is), s.ended,   s.why,
        s.exposed, s.flags,     s.how->lifetime_s,      s.expires, s.content,
        s.how,     s.end_to_end};
  });
}

template <an_environment Env>
void sender<Env>::save(const conversation& c) {
  persist([&] { return record::sender_conversation{c.name, c.memory, c.voids}; });
}

template <an_environment Env>
void sender<Env>::erase(conversation& c, number n) {
  forget("sm", {}, c.name, n);
  forget("sp", {}, c.name, n);
}

/// `type` is a copy: that of a slot goes with its key.
template <an_environment Env>
template <class Make>
void sender<Env>::transmit(conversation& c, purpose p, const Make& make, stanza_type type,
                           const digest* content, const payload_ref& payload) {
  auto& e = put_element(relay_, type, payload, make);
  e.head.conversation = c.name;
  e.head.memory = c.memory;
  // without a key nothing can be said; the timer asks again
  if (!codes_.seal(e, p, relay_, content)) return take_back();
  if (may_be_brief(c, e)) e.head.brief = codes_.reference_of(e.head, p);
  if constexpr (requires { e.low; }) c.low_told = c.base;
  if constexpr (requires { e.attempt; }) {
    slot& s = c.at(e.at);
    if (const auto code = beginning_of(e.code.first_octets()); s.sent != code) {
      s.sent = code;  // verdicts on what went before do not count for it
      if (e.attempt > 1 || c.altered.contains(e.at)) {
        detail::altered_news& news = c.altered[e.at];
        news = {e.attempt - 1, 0, {}, std::move(news.found)};
      }
    }
    note_key(c, {e.at, e.at}, key_name(e.head.key_id));
  } else if constexpr (requires { e.numbers; }) {
    const key_name key_id = e.head.key_id;
    for (const range& r : ranges(e.numbers)) {
      for (number n = std::max(r.first, c.base); n <= r.last && n < c.top(); ++n) speak(c, c.at(n));
      note_key(c, r, key_id);
    }
  }
}

/// The record names the key before anything leaves under it (protocol.md, key.remove): it is stored
/// in front of the element put last.
template <an_environment Env>
void sender<Env>::note_key(conversation& c, const range& of, const key_name& key_id) {
  const auto is_noted = [&](const slot& s) {
    return s.how->key_id == key_id || detail::is_end(s.is);
  };
  const number end = std::min(of.last + 1, c.top());
  number n = std::max(of.first, c.base);
  while (n < end && is_noted(c.at(n))) ++n;
  if (n >= end) return;
  before_last([&] {
    for (; n < end; ++n) {
      slot& s = c.at(n);
      if (is_noted(s)) continue;
      s.how = manners_(manner_view{s.how->type, s.how->cover, key_id, s.how->lifetime_s});
      save(c, n, s);
    }
  });
}

/// What the check of a message says, but for header and attempt.
template <an_environment Env>
check sender<Env>::check_of(const conversation& c, number n) const {
  const slot& s = c.at(n);
  check e;
  e.at = n;
  e.type = s.how->type;
  e.flags = s.flags;
  e.lifetime_s = s.how->lifetime_s;
  e.cover = s.how->cover;
  return e;
}

template <an_environment Env>
void sender<Env>::transmit_message(conversation& c, number n, slot& s) {
  speak(c, s);
  if (!link_up_) return;
  end_code second;
  if (s.end_to_end && (s.flags & check::sealed) == 0) {
    auto made = codes_.second_code(check_of(c, n), c.name, c.name.along->destination, s.content);
    if (!made) return;  // never without: the timer tries again
    second = std::move(*made);
  }
  ++s.attempts;
  const auto make = [&] {
    check e = check_of(c, n);
    if (!second.empty()) e.second = second;
    e.attempt = s.attempts;
    return e;
  };
  transmit(c, purpose::submit, make, s.how->type, &s.content, s.payload);
}

/// Parked messages go as soon as link, memory and credit are there.
template <an_environment Env>
void sender<Env>::release_parked(conversation& c) {
  if (!link_up_ || c.past || c.is_refused(now_)) return;
  if (c.memory.empty()) {
    if (c.asked.empty()) send_sync(c);
    return;
  }
  c.next = std::max(c.next, c.base);
  for (; c.next < c.top() && c.next <= c.limit; ++c.next)
    if (c.at(c.next).is == duty::submission::state::parked)
      feed(c, c.next, duty::submission::of_leave((c.at(c.next).flags & check::conditional) != 0));
}

template <an_environment Env>
void sender<Env>::pop_ended(conversation& c) {
  if (c.slots.empty() || !detail::is_end(c.slots.front().is)) return;
  settle_records();  // it may stand where another is to be
  while (!c.slots.empty() && detail::is_end(c.slots.front().is)) {
    c.slots.pop_front(spare_);
    ++c.base;
  }
  c.timers.drop_below(c.base);
  c.voids.drop_below(c.base);
}

template <an_environment Env>
void sender<Env>::pass_time() {
  for (auto due = deadlines_.due(now_); due; due = deadlines_.due(now_)) {
    conversation& c = conversations_.find(due->conversation)->second;
    if (due->at == detail::number_of_commands) {
      touch(c);
      flush(c);
      continue;
    }
    if (due->at == 0) {
      ask_if_due(c);
      continue;
    }
    pass_times(c, due->at);
  }
}

template <an_environment Env>
void sender<Env>::touch(conversation& c) {
  if (c.touched) return;
  c.touched = true;
  touched_.push_back(&c);
}

/// The end of a call for one conversation: commands in one element each, timers, closing.
template <an_environment Env>
void sender<Env>::settle(conversation& c) {
  c.touched = false;
  flush(c);
  pop_ended(c);
  if (c.wants_sync && now_ >= c.may_answer(limits_.retry)) send_sync(c);
  if (lacks_credit(c)) send_sync(c);
  set_timer(c);
  if (!c.is_over()) return;
  if (!c.memory.empty()) {
    if (!link_up_) return;  // the server is told that the conversation is over
    send_sync(c);
  }
  forget("sc", {}, c.name);
  deadlines_.disarm(c.timer);
  deadlines_.disarm(c.command_timer);
  latest_.forget();
  conversations_.erase(conversation_id(c.name.id));
}

template <an_environment Env>
void sender<Env>::finish() {
  for (conversation* c : touched_) settle(*c);
  touched_.clear();
  if (deadlines_.next() != woken_) {
    woken_ = deadlines_.next();
    emit(out::wake{woken_});
  }
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
