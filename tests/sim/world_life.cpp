// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "world_carry.hpp"

namespace sim {

/// A message of a host's; `last`: one that is to show that all works again after the faults.
void world::submit(int sender, int index, bool last) {
  sender_party& p = senders_[static_cast<std::size_t>(sender)];
  const auto again_later = [&] {
    if (last || phase_ == 1) after(3000, [=, this] { submit(sender, index, last); });
  };
  if (!p.up) return again_later();
  submission s;
  s.sender = sender;
  s.destination =
      destinations_[last ? static_cast<std::size_t>(index) : app_.below(destinations_.size())];
  s.canonical = "s" + std::to_string(sender) + (last ? "last" : "m") + std::to_string(index) + ":";
  s.canonical.append(app_.below(plan_.text_most), '.');
  const bool big = faulty(fault::oversize) && app_.one_in(6);
  if (big) s.canonical.append(plan_.oversize_at, '!');
  s.type = app_.one_in(3) ? "" : "chat";
  s.report = !app_.one_in(4);
  s.lifetime_s = static_cast<std::uint32_t>(app_.between(3600, 3900));
  if (faulty(fault::oversize) && app_.one_in(8)) s.lifetime_s = 5000;
  if (faulty(fault::short_life) && app_.one_in(3))
    s.lifetime_s = static_cast<std::uint32_t>(app_.between(1, 60));
  s.submitted = now_;
  outgoing m;
  m.plain = s.plain = plan_.plain && app_.one_in(2);
  if (p.e.keys.end_to_end(s.destination)) s.plain = false;
  m.all = s.all = plan_.all && app_.one_in(2);
  m.destination = s.destination;
  m.type = s.type;
  m.report = s.report;
  m.conditional =
      plan_.conditional > 0 && app_.one_in(static_cast<std::uint64_t>(plan_.conditional));
  m.lifetime_s = s.lifetime_s;
  m.body = read_content(make_payload(s.canonical + "|loose"));
  auto given = p.role->submit(m, time_of(p));
  if (!given) {
    if (given.error() == errc::too_large && (big || trustless_)) return;
    if (given.error() == errc::window_full || given.error() == errc::too_many_conversations)
      return again_later();
    broken("P3", "a submission was refused: " + std::string(sentence(given.error())));
  }
  say(p.name, " submits ", s.canonical, " to ", s.destination, " as #", given->name.at, " of ",
      print(given->name.in.id), s.report ? "" : " without report", " for ", s.lifetime_s, " s");
  const int at = books_.open(std::move(s));
  books_.name(at, given->name);
  if (faulty(fault::withdraw) && app_.one_in(3))
    after(app_.one_in(3) ? app_.between(0, 60000) : app_.between(0, 2000),
          [=, this] { withdraw(at); });
  if (faulty(fault::close) && closing_.one_in(4))
    after(closing_.between(0, 4000), [=, this, to = m.destination] { close(sender, to); });
  const ledger::item_key key{line_of(given->name.in), given->name.at};
  carry_out(p, std::move(given->outputs));
  books_.all[static_cast<std::size_t>(at)].accepted = p.held.messages.contains(key);
}

void world::withdraw(int at) {
  submission& s = books_.all[static_cast<std::size_t>(at)];
  sender_party& p = senders_[static_cast<std::size_t>(s.sender)];
  if (!p.up || !s.accepted) return;
  auto outs = p.role->withdraw(s.name, time_of(p));
  if (!outs) {
    if (s.reports.empty() && !s.rolled_back && !trustless_)
      broken("P3", "withdraw refused, but no outcome was reported: " + books_.describe(s));
    return;
  }
  hit(fault::withdraw);
  say(p.name, " withdraws ", s.canonical);
  s.withdraw_asked = true;
  carry_out(p, std::move(*outs));
}

void world::close(int sender, const std::string& destination) {
  sender_party& p = senders_[static_cast<std::size_t>(sender)];
  if (!p.up) return;
  hit(fault::close);
  say(p.name, " closes the conversation with ", destination);
  carry_out(p, p.role->close(destination, time_of(p)));
}

/// The host of an endpoint answers what was handed to it. A host by name makes the effect first, in
/// its own store, unless it is offered again what it took; an atomic one with the persist.
void world::answer(endpoint_party& p, const message_name& name, bool accept, bool again) {
  if (!p.up) return;
  const name_key key = key_of(name);
  const bool waited_for = p.given.erase(key) != 0;
  if (!waited_for && !again) return;
  const bool done = again && p.taken.contains(key);
  if (accept && p.by_name && waited_for && (!done || plan_.spoil)) {
    took(p, name);
    p.taken.insert(key);
    if (p.crash_armed && life_.one_in(2)) return kill(p);  // after the effect, before the answer
  }
  if (accept && !p.by_name) p.accepting = &name;
  if (!accept)
    if (submission* s = books_.find(name)) ++s->refusals;
  say(p.name, accept ? " accepts #" : " refuses #", name.at, " of ", print(name.in.id));
  auto outs = accept ? p.role->accepted(name, time_of(p)) : p.role->refused(name, time_of(p));
  if (outs)
    carry_out(p, std::move(*outs));
  else if (waited_for)
    broken("P2", "an answer to what was handed out was refused, at " + p.name);
  p.accepting = nullptr;
}

/// A host by name answers after a restart what it knows, before it is asked.
void world::answer_unasked(endpoint_party& p) {
  if (!p.by_name || host_.one_in(2)) return;
  for (const auto& [line, c] : std::map(p.held.receiver_lines))
    for (const auto& one : c.handed) {
      const name_key key = key_of({c.name, one.at});
      const bool refuse = p.refusing.contains(key);
      if (p.taken.contains(key) || refuse) answer(p, {c.name, one.at}, !refuse, true);
      if (!p.up) return;
    }
}

void world::tick(sender_party& p) {
  if (!p.up) return;
  carry_out(p, p.role->tick(time_of(p)));
  if (p.up && p.role->next_deadline() <= time_of(p)) broken("P6", "a deadline that stays due");
}

void world::tick(relay_party& p) {
  if (!p.up) return;
  hand_over(p);
  carry_out(p, p.role->tick(time_of(p)));
  if (p.up && p.role->next_deadline() <= time_of(p)) broken("P6", "a deadline that stays due");
}

void world::tick(endpoint_party& p) {
  if (!p.up) return;
  carry_out(p, p.role->tick(time_of(p)));
  if (p.up && p.role->next_deadline() <= time_of(p)) broken("P6", "a deadline that stays due");
}

/// What a party starts from after it died; true if that is not its last durable state.
bool world::choose_store(party& p, fault old, fault lost) {
  p.last_durable = !p.half_restored;
  if (faulty(fault::jump) && life_.one_in(2)) {
    hit(fault::jump);
    const std::int64_t by = life_.between(-900'000, 300'000);
    p.skew += by;
    jumped_ += by < 0 ? -by : by;
    books_.jumped = jumped_;
  }
  p.milli_tokens = 0;
  p.filled_at = 0;
  if ((faulty(old) || (faulty(fault::lie) && p.backup)) && life_.percent(60)) {
    hit(old);
    if (p.backup) p.store = *p.backup;
    p.last_durable = false;
    p.half_restored = !faulty(fault::lie);
    if (faulty(fault::lie)) {
      hit(fault::lie);
      p.last_durable = true;
    }
  } else if (lost != old && faulty(lost) && life_.percent(60)) {
    hit(lost);
    p.store.clear();
  } else {
    return false;
  }
  p.held.rebuild(p.store);
  ++p.restores_of_old;
  return true;
}

void world::restore(sender_party& p) {
  if (p.up) return;
  if (choose_store(p, fault::old_sender, fault::old_sender))
    for (submission& s : books_.all) {
      if (s.sender != p.number || !s.accepted) continue;
      const auto held = p.held.messages.find({line_of(s.name.in), s.name.at});
      s.rolled_back = true;
      s.living_again = held != p.held.messages.end();
    }
  say(p.name, p.last_durable ? " starts again" : " starts again from an older store");
  p.role.emplace(p.e, p.bare, relay_.bare, plan_.of_sender);
  auto outs = p.role->restore(p.store.all(), p.last_durable, time_of(p));
  if (!outs) broken("P7", "restore was refused by " + p.name);
  p.up = true;
  p.told = false;
  carry_out(p, std::move(*outs));
  p.half_restored = p.half_restored && !p.up;
  if (p.up && p.link) set_link(p, true, true);
}

void world::restore(relay_party& p) {
  if (p.up) return;
  choose_store(p, fault::old_server, fault::lost_server);
  say(p.name, p.last_durable ? " starts again" : " starts again from an older store", ", ",
      p.store.size(), " records");
  p.role.emplace(p.e, p.bare, plan_.of_server);
  auto outs = p.role->restore(p.store.all(), p.last_durable, time_of(p));
  if (!outs) broken("P7", "restore was refused by " + p.name);
  p.up = true;
  carry_out(p, std::move(*outs));
  p.half_restored = p.half_restored && !p.up;
  for (endpoint_party& e : endpoints_)
    if (e.online) tell_attached(e.full, true);
  tell_plain_again();
}

/// Another server goes on from the records and the session of this one. It asks and tells nothing
/// because of that: the world goes on as it would have.
void world::hand_over(relay_party& p) {
  if (!hands_over) return;
  auto records = p.store.all();
  for (stored& one : p.role->session()) records.push_back(std::move(one));
  server<env> next(p.e, p.bare, plan_.of_server);
  const auto outs = next.restore(records, true, time_of(p));
  if (!outs) broken("P7", "a session was refused");
  for (const auto& one : *outs)
    if (!std::holds_alternative<out::wake>(one)) broken("P8", "a session did not go on");
  duty::bucket tokens;
  const auto move_answers = [&](auto swap) {
    swap(*p.role);
    swap(next);
  };
  move_answers([&](auto& role) { role.swap_answers_in_all(tokens); });
  for (const auto& row : p.held.memories)
    move_answers([&](auto& role) { role.swap_answers(row.first, tokens); });
  p.role.emplace(std::move(next));
}

void world::restore(endpoint_party& p) {
  if (p.up) return;
  choose_store(p, fault::old_receiver, fault::lost_receiver);
  say(p.name, p.last_durable ? " starts again" : " starts again from an older store", ", ",
      p.store.size(), " records");
  p.role.emplace(p.e, p.bare, p.limits);
  auto outs = p.role->restore(p.store.all(), p.last_durable);
  if (!outs) broken("P7", "restore was refused by " + p.name);
  p.up = true;
  carry_out(p, std::move(*outs));
  p.half_restored = p.half_restored && !p.up;
  if (p.up) answer_unasked(p);
  if (p.up) attach(p);
}

void world::set_link(sender_party& p, bool up, bool tell) {
  if (!up && phase_ != 1) return;
  say(p.name, up ? " link up" : " link down", tell ? "" : ", not told");
  p.link = up;
  ++p.session;
  if (!tell || !p.up || (!up && !p.told)) return;
  p.told = up;
  carry_out(p, up ? p.role->link_restored(time_of(p)) : p.role->link_lost(time_of(p)));
}

void world::attach(endpoint_party& p) {
  if (plan_.has(fault::ghost) && p.session > 0 && life_.one_in(2)) {
    hit(fault::ghost);
    p.full = p.full.substr(0, p.bare.size() + 2) + std::to_string(p.session);
  }
  ++p.session;
  p.online = true;
  say(p.name, " attaches as ", p.full);
  tell_attached(p.full, true);
}

void world::detach(endpoint_party& p, bool tell) {
  if (!p.online) return;
  say(p.name, " detaches", tell ? "" : ", nobody sees it");
  p.online = false;
  if (tell) tell_attached(p.full, false);
}

void world::tell_attached(const std::string& address, bool attached) {
  if (!relay_.up) return;
  hand_over(relay_);
  carry_out(relay_, attached ? relay_.role->attached(address, time_of(relay_))
                             : relay_.role->detached(address, time_of(relay_)));
}

}  // namespace sim
