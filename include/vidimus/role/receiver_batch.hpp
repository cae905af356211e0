// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_RECEIVER_BATCH_HPP
#define VIDIMUS_ROLE_RECEIVER_BATCH_HPP

#include "receiver.hpp"

/// Final receipts, which may wait for others (protocol.md, batch.bound). What waits is not stored:
/// all of it is durable, and a snapshot shows it. And stanzas that came together.
namespace vidimus::inline VIDIMUS_ABI {

template <an_environment Env>
receiver_outputs receiver<Env>::receive(const std::vector<incoming>& stanzas, instant now) {
  return batch(
      [&] {
        saves_later_ = true;
        front_ = 0;
        for (const incoming& one : stanzas) take(one);
        save_changed();
        saves_later_ = false;
      },
      now);
}

/// In front of all that was said since these changes began (protocol.md, durable.first).
template <an_environment Env>
void receiver<Env>::save_changed() {
  receiver_outputs saved;
  saved.reserve(changed_.size());
  for (conversation* c : changed_) {
    c->changed = false;
    saved.emplace_back(std::in_place_type<out::persist>,
                       std::in_place_type<record::receiver_conversation>, c->held);
  }
  changed_.clear();
  batch_.insert(batch_.begin() + static_cast<std::ptrdiff_t>(front_),
                std::make_move_iterator(saved.begin()), std::make_move_iterator(saved.end()));
  front_ = batch_.size();
}

template <an_environment Env>
void receiver<Env>::tell(conversation& c, number n) {
  const end_part* proof = find_end(c.held.ends, n);
  c.to_say.add(n,
               proof == nullptr ? 0 : duty::octets_of(proof->held.rule, proof->held.key_id.size()));
}

template <an_environment Env>
void receiver<Env>::say_unless_it_waits(conversation& c) {
  if (!duty::may_wait(limits_.receipts, c.to_say, false, now_, deadlines_, c.say_timer,
                      c.held.name))
    say_all(c);
}

/// All that waits, in as few receipts as 64 ranges each allow.
template <an_environment Env>
void receiver<Env>::say_all(conversation& c) {
  deadlines_.disarm(c.say_timer);
  receipt* r = nullptr;
  const auto begun = [&]() -> receipt& {
    if (r != nullptr) return *r;
    r = &put_element(c.reply_to, {}, nullptr, [] { return receipt{}; });
    r->limit = credit_of(c);
    return *r;
  };
  const auto send = [&] {
    receipt& e = *std::exchange(r, nullptr);
    if (e.states.empty() || !complete(c.held.name, e)) take_back();
  };
  for (const range& span : c.to_say.numbers)
    for (number n = span.first; n <= span.last; ++n) {
      if (r != nullptr && r->full()) send();
      append_status(c, n, begun());
    }
  if (r != nullptr) send();
  c.to_say.clear();
}

/// A final receipt for one number.
template <an_environment Env>
void receiver<Env>::say_status(conversation& c, number n) {
  tell(c, n);
  say_unless_it_waits(c);
}

/// Stores and tells what was answered in one call.
template <an_environment Env>
void receiver<Env>::say_together(std::vector<message_name> names) {
  std::sort(names.begin(), names.end());
  for (auto at = names.begin(); at != names.end();) {
    conversation& c = *find(at->in);
    save(c);
    for (const conversation_name in = at->in; at != names.end() && at->in == in; ++at)
      tell(c, at->at);
    say_unless_it_waits(c);
    if (limits_.ordered) settle(c);
  }
}

template <an_environment Env>
void receiver<Env>::pass_time() {
  for (auto due = deadlines_.due(now_); due; due = deadlines_.due(now_)) {
    conversation& c = conversations_.find(*due)->second;
    if (deadlines_.at(c.say_timer) <= now_) {
      say_all(c);
      continue;
    }
    number past = 0;
    for (const auto& [n, one] : c.early)
      if (one.since + limits_.gap_wait <= now_) past = n;
    settle(c, past);
  }
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
