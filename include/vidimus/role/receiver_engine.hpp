// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_RECEIVER_ENGINE_HPP
#define VIDIMUS_ROLE_RECEIVER_ENGINE_HPP

#include "receiver.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// The state of a number, read from the conversation's intervals.
template <an_environment Env>
auto receiver<Env>::state_of(const conversation& c, number n) const -> state {
  if (detail::find_handed(c.held, n) != nullptr)
    return std::find(c.offered.begin(), c.offered.end(), n) == c.offered.end() ? state::handed
                                                                               : state::offered;
  if (c.held.delivered.contains(n)) return state::delivered;
  for (const auto& one : c.held.refused)
    if (one.at == n) return state::refused;
  if (c.held.skipped.contains(n)) return state::skipped;
  if (c.early.contains(n)) return state::waiting;
  const bool passed = n < c.held.low || n < c.held.next || c.voids.contains(n);
  return passed ? state::closed : state::unknown;
}

template <an_environment Env>
void receiver<Env>::set_state(conversation& c, number n, state to, const arrival& at) {
  std::erase(c.offered, n);
  if (to != state::handed) drop_early(c, n);
  if (to == state::handed) {
    if (limits_.ordered) c.held.next = std::max(c.held.next, n + 1);
    if (detail::find_handed(c.held, n) == nullptr)
      c.held.handed.insert(detail::not_below(c.held.handed, n),
                           {n, at.of_body, key_ids_(at.message->head.key_id),
                            at.proof ? vidimus::keep(*at.proof) : nullptr});
    return;
  }
  if (to == state::offered) {
    c.offered.push_back(n);
    return;
  }
  if (const auto* held = detail::find_handed(c.held, n)) {
    if (to != state::closed) answered(c, n);
    if (to == state::delivered && held->proof != nullptr) {
      c.held.ends.insert(detail::not_below(c.held.ends, n), {n, *held->proof});
    }
    c.held.handed.erase(held);
  }
  // also below low2: the next rise of low2 forgets it
  if (to == state::delivered) c.held.delivered.add(n);
  if (to == state::refused) c.held.refused.push_back({n, at.why});
  if (to == state::skipped) {
    c.held.skipped.add(n);
    c.held.untold.add(n);
  }
}

template <an_environment Env>
VIDIMUS_HERE void receiver<Env>::act(conversation& c, number n, action what, const arrival& at) {
  switch (what) {
    case action::persist:
      if (!together_) save(c);
      break;
    case action::keep: keep(c, n, at); break;
    case action::deliver:
    case action::deliver_again:
      VIDIMUS_EXPECT(at.body != nullptr, "only a verified message can be delivered");
      emit(out::deliver{{c.held.name, n},
                        at.message->type,
                        *at.body,
                        at.message->cover,
                        what == action::deliver_again,
                        at.proof.has_value(),
                        skipped_before(c, n)});
      break;
    case action::alarm: env_->watch.noticed(notice::reused); break;
    case action::answer:
      if (!together_) say_status(c, n);
      break;
  }
}

template <an_environment Env>
void receiver<Env>::feed(conversation& c, number n, state from, input on, const arrival& at) {
  const auto& table = duty::acceptance::table;
  if (table.is_end(from)) return;
  const auto& row = table.at(from, on);
  env_->watch.row(table.name(), table.cell(from, on));
  VIDIMUS_EXPECT(row.kind != fsm::verdict::refuse,
                 "an input that the receiver's own code excludes");
  if (row.to != from) set_state(c, n, row.to, at);
  for (action what : row.actions) act(c, n, what, at);
}

/// Whether the application may answer so: it was asked, or says the same once more.
template <an_environment Env>
bool receiver<Env>::can_answer(const message_name& name, input on) {
  const conversation* c = find(name.in);
  if (c == nullptr) return false;
  const state is = state_of(*c, name.at);
  return is == state::handed || is == state::offered ||
         (is == state::delivered && on == input::accepted) ||
         (is == state::refused && on == input::refused_by_host);
}

template <an_environment Env>
result<receiver_outputs> receiver<Env>::answer(const message_name& name, input on, reason why,
                                               instant now) {
  if (!can_answer(name, on)) return errc::not_handed;
  return batch(
      [&] {
        arrival answered;
        answered.why = why;
        conversation& c = *find(name.in);
        feed(c, name.at, on, answered);
        if (limits_.ordered) settle(c);
      },
      now);
}

template <an_environment Env>
result<receiver_outputs> receiver<Env>::accepted(const std::vector<message_name>& names,
                                                 instant now) {
  for (const message_name& name : names)
    if (!can_answer(name, input::accepted)) return errc::not_handed;
  return batch(
      [&] {
        together_ = true;
        const auto take = [&](const message_name& name) {
          feed(*find(name.in), name.at, input::accepted, {});
        };
        if (limits_.ordered)
          std::for_each(names.begin(), names.end(), take);
        else  // from the end of what waits less has to be moved
          std::for_each(names.rbegin(), names.rend(), take);
        together_ = false;
        say_together(names);
      },
      now);
}

template <an_environment Env>
void receiver<Env>::append_status(const conversation& c, number n, receipt& r) const {
  status what = status::closed;
  reason why = reason::none;
  switch (state_of(c, n)) {
    case state::unknown:
    case state::waiting:          // a crash forgets it
    case state::offered: return;  // to be sent again: the application has to be asked again
    case state::handed: what = status::pending; break;
    case state::delivered:
      what = status::delivered;
      if (const end_part* proof = find_end(c.held.ends, n)) r.ends.push_back(*proof);
      break;
    case state::refused:
      what = status::voided;
      for (const auto& one : c.held.refused)
        if (one.at == n) why = one.why;
      break;
    case state::skipped:
      what = status::voided;
      why = reason::late;
      break;
    case state::closed:
      if (n >= c.held.low && n >= c.held.next) return;  // void, which is not stored here
      break;
  }
  r.add(n, what, why);
}

template <an_environment Env>
void receiver<Env>::say(const conversation_name& name, const shared_text& to, receipt&& r,
                        bool authenticated) {
  if (complete(name, r, authenticated)) emit(to, {}, std::move(r), nullptr);
}

/// All that a receipt has beside what it tells. False: there is no key.
template <an_environment Env>
bool receiver<Env>::complete(const conversation_name& name, receipt& r, bool authenticated) {
  const std::string& relay = name.along->relay;
  r.head.conversation = name;
  r.head.memory = known_peer(relay).memory;
  r.octets_max = limits_.payload_octets_max;
  r.brief = limits_.brief && !r.answers.empty();
  if (!codes_.seal(r, purpose::final_receipt, relay, nullptr, authenticated)) return false;
  shorten(r);
  return true;
}

/// A number follows the relay to a new key as soon as its own is not current here any more; so a
/// copy of an old element takes it back to none (protocol.md, key.remove).
template <an_environment Env>
void receiver<Env>::note_key(conversation& c, number n, const key_name& key_id) {
  auto* const one = detail::find_handed(c.held, n);
  if (one == nullptr || *one->key_id == key_id) return;
  const auto now = env_->keys.current(*c.held.peer);
  if (now && *one->key_id == now->key_id) return;
  one->key_id = key_ids_(key_id);
  save(c);
}

template <an_environment Env>
key_uses receiver<Env>::keys_in_use() const {
  key_uses out;
  for (const auto& [name, c] : conversations_)
    for (const auto& one : c.held.handed)
      if (!one.key_id->empty()) out.insert({*c.held.peer, *one.key_id});
  for (const auto& [name, c] : conversations_)
    for (const auto& [n, one] : c.early) out.insert({*c.held.peer, one.message.head.key_id});
  return out;
}

template <an_environment Env>
void receiver<Env>::append_state(octets& to) const {
  writer w(to);
  for (const auto& [peer, row] : peers_) {
    w.raw(peer);
    w.raw(row.memory.view());
    w.sized(row.key_id);
  }
  for (const auto& [name, c] : conversations_) {
    w.sized(image::save(c.held));
    w.raw(*c.reply_to);
    w.raw(c.heard.view());
    for (number n : c.offered) w.u64(n);
    for (const auto& [n, one] : c.early) {
      w.u64(n);
      w.raw(octets_view(one.of_body));
      w.sized(one.message.head.key_id);
    }
    for (const range& r : c.voids) {
      w.u64(r.first);
      w.u64(r.last);
    }
    w.u8(static_cast<octet>(deadlines_.armed(c.say_timer) << 1 | deadlines_.armed(c.timer)));
    for (const range& r : c.to_say.numbers) {
      w.u64(r.first);
      w.u64(r.last);
    }
  }
}

template <an_environment Env>
result<receiver_outputs> receiver<Env>::restore(const std::vector<stored>& records,
                                                bool last_durable) {
  if (used_) return errc::not_fresh;
  std::vector<record::receiver_peer> peers;
  std::vector<record::receiver_conversation> lines;
  for (const stored& one : records) {
    const auto kind = image::kind_of(one.image);
    if (!kind) return kind.error();
    if (auto peer = image::load<record::receiver_peer>(one.image))
      peers.push_back(std::move(*peer));
    else if (auto line = image::load<record::receiver_conversation>(one.image))
      lines.push_back(std::move(*line));
    else
      return errc::bad_image;
  }
  return batch(
      [&] {
        for (record::receiver_peer& p : peers) {
          if (!last_durable) {
            p.memory = fresh_name<memory_name>(env_->entropy);
            emit(out::persist(p));
          }
          peers_[p.peer].memory = p.memory;
        }
        for (record::receiver_conversation& line : lines) {
          const conversation_name name = line.name;
          conversation& c = conversations_[name];
          c.held = std::move(line);
          std::sort(c.held.handed.begin(), c.held.handed.end(),
                    [](const auto& a, const auto& b) { return a.at < b.at; });
          c.reply_to = c.held.peer;
          c.age = ++ages_;
          ++known_peer(*c.held.peer).conversations;
          for (const auto& one : short_list(c.held.handed)) feed(c, one.at, input::restored, {});
        }
      },
      now_);
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
