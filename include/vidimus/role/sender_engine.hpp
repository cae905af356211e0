// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_SENDER_ENGINE_HPP
#define VIDIMUS_ROLE_SENDER_ENGINE_HPP

#include "sender.hpp"

namespace vidimus::inline VIDIMUS_ABI {

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
  for (action what : row.actions) act(c, n, what);
}

template <an_environment Env>
void sender<Env>::act(conversation& c, number n, action what) {
  slot& s = c.at(n);
  switch (what) {
    case action::expose: s.exposed = true; break;
    case action::persist:
      if (detail::is_end(s.is)) end(c, n);
      save(c, n);
      if (detail::is_end(s.is) && c.voids.contains(n)) save(c);
      break;
    case action::transmit_message: transmit_message(c, n); break;
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
      set_time(c, n, now_ + limits_.grace);
      break;
    case action::report: report(c, n); break;
    case action::forget: erase(c, n); break;
  }
}

template <an_environment Env>
void sender<Env>::report(conversation& c, number n) {
  const slot& s = c.at(n);
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
void sender<Env>::set_time(conversation& c, number n, instant at) {
  slot& s = c.at(n);
  const instant before = s.due();
  s.timed = at != never;
  if (s.timed) s.expires = at;
  c.timers.changed(
      n, before, c.base, c.top(), deadlines_,
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
    set_time(c, n, never);
    feed(c, n, s.in_grace ? input::grace_over : input::lifetime_over);
  }
}

/// What ending means for the record, before it is stored.
template <an_environment Env>
void sender<Env>::end(conversation& c, number n) {
  slot& s = c.at(n);
  s.ended = detail::outcome_of(s.is);
  if (s.ended == outcome::delivered || s.ended == outcome::executed) s.why = reason::none;
  if (s.ended == outcome::expired) s.why = reason::expired;
  set_time(c, n, never);
  s.payload = nullptr;
  --unfinished_;
  if (s.ended != outcome::delivered && s.ended != outcome::executed) c.voids.add(n);
}

template <an_environment Env>
void sender<Env>::save(conversation& c, number n) {
  const slot& s = c.at(n);
  auto& r = persist<record::sender_message>();
  r.name = c.name;
  r.at = n;
  r.is = detail::stage_of(s.is);
  r.ended = s.ended;
  r.why = s.why;
  r.exposed = s.exposed;
  r.flags = s.flags;
  r.lifetime_s = s.how->lifetime_s;
  r.expires = s.expires;
  r.content = s.content;
  r.how = s.how;
  r.end_to_end = s.end_to_end;
}

template <an_environment Env>
void sender<Env>::save(const conversation& c) {
  emit(out::persist(record::sender_conversation{c.name, c.memory, c.voids}));
}

template <an_environment Env>
void sender<Env>::erase(conversation& c, number n) {
  forget("sm", {}, c.name, n);
  forget("sp", {}, c.name, n);
}

/// `type` is a copy: that of a slot goes with its key.
template <an_environment Env>
template <class Element>
void sender<Env>::transmit(conversation& c, Element& e, purpose p, stanza_type type,
                           const digest* content, const payload_ref& payload) {
  e.head.conversation = c.name;
  e.head.memory = c.memory;
  // without a key nothing can be said; the timer asks again
  if (!codes_.seal(e, p, relay_, content)) return;
  if (may_be_brief(c, e)) e.head.brief = codes_.reference_of(e.head, p);
  if constexpr (requires { e.low; }) c.low_told = c.base;
  if constexpr (std::is_same_v<Element, check>) {
    slot& s = c.at(e.at);
    if (const auto code = beginning_of(e.code.first_octets()); s.sent != code) {
      s.sent = code;  // verdicts on what went before do not count for it
      if (e.attempt > 1 || c.altered.contains(e.at)) {
        detail::altered_news& news = c.altered[e.at];
        news = {e.attempt - 1, 0, {}, std::move(news.found)};
      }
    }
    note_key(c, e.at, e.head.key_id);
  } else if constexpr (!std::is_same_v<Element, sync>) {
    for (const range& r : e.numbers)
      for (number n = r.first; n <= r.last; ++n)
        if (c.owns(n)) {
          note_key(c, n, e.head.key_id);
          speak(c, c.at(n));
        }
  }
  emit(relay_, type, std::move(e), payload);
}

/// The record names the key before anything leaves under it (protocol.md, key.remove).
template <an_environment Env>
void sender<Env>::note_key(conversation& c, number n, const key_name& key_id) {
  slot& s = c.at(n);
  if (s.how->key_id == key_id || detail::is_end(s.is)) return;
  s.how = manners_(manner_view{s.how->type, s.how->cover, key_id, s.how->lifetime_s});
  save(c, n);
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
void sender<Env>::transmit_message(conversation& c, number n) {
  slot& s = c.at(n);
  speak(c, s);
  if (!link_up_) return;
  check e = check_of(c, n);
  if (s.end_to_end && (s.flags & check::sealed) == 0) {
    auto second = codes_.second_code(e, c.name, c.name.along->destination, s.content);
    if (!second) return;  // never without: the timer tries again
    e.second = std::move(*second);
  }
  e.attempt = ++s.attempts;
  transmit(c, e, purpose::submit, s.how->type, &s.content, s.payload);
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
  while (!c.slots.empty() && detail::is_end(c.slots.front().is)) {
    c.slots.pop_front();
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
  out_ = nullptr;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
