// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "world_carry.hpp"

namespace sim {

void world::carry_one(sender_party& p, sender_output& o) {
  if (auto* kept = std::get_if<out::persist>(&o)) return persist(p, *kept);
  if (auto* gone = std::get_if<out::forget>(&o)) return forget(p, *gone);
  if (auto* wake = std::get_if<out::wake>(&o))
    return set_wake(p, wake->at, [this, &p] { tick(p); });
  if (auto* told = std::get_if<out::report>(&o)) return report(p, *told);
  const auto& sent = std::get<out::transmit>(o);
  check_sender_claims(p.held, sent.what, sent.payload);
  if (!p.told) broken("P8", "the sender transmits while its link is down");
  if (sent.to != relay_.bare) broken("P8", "the sender writes to somebody else");
  send(p, p.full, sent);
}

void world::carry_one(relay_party& p, server_output& o) {
  if (auto* kept = std::get_if<out::persist>(&o)) return persist(p, *kept);
  if (auto* gone = std::get_if<out::forget>(&o)) return forget(p, *gone);
  if (auto* wake = std::get_if<out::wake>(&o))
    return set_wake(p, wake->at, [this, &p] { tick(p); });
  if (auto* bare = std::get_if<out::plain>(&o)) return carry_plain(*bare);
  const auto& sent = std::get<out::transmit>(o);
  orders_.told(sent.what);
  check_server_claims(p.held, sent.what, sent.payload, sent.to, plan_.of_server.window);
  send(p, p.full, sent);
}

void world::carry_one(endpoint_party& p, receiver_output& o) {
  if (auto* kept = std::get_if<out::persist>(&o)) {
    persist(p, *kept);
    note_skips(p, *kept);
    // an atomic host: its effect is in the same transaction
    if (p.accepting != nullptr) took(p, *std::exchange(p.accepting, nullptr));
    return;
  }
  if (auto* gone = std::get_if<out::forget>(&o)) return forget(p, *gone);
  if (auto* given = std::get_if<out::deliver>(&o)) return hand(p, *given);
  const auto& sent = std::get<out::transmit>(o);
  check_receiver_claims(p.held, sent.what, plan_.of_receiver.window);
  send(p, p.full, sent);
}

void world::check_rename(const party& p, const out::persist& o, const memory_name& before) const {
  const bool renamed = !before.empty() && p.held.memories.at(o.key().substr(3)) != before;
  if (!renamed) return;
  const bool tight =
      plan_.of_server.conversations_per_peer < 8 || plan_.of_receiver.conversations_per_peer < 8;
  if (p.last_durable && !tight && !plan_.has(fault::insider))
    broken("P2", "a memory was renamed without need: " + p.name);
}

void world::persist(party& p, const out::persist& o) {
  ++persisted_now_;
  const octets image = o.image();
  note(image.size() + image.back());
  memory_name before;
  const bool memory = o.key().starts_with("vm/") || o.key().starts_with("rm/");
  if (memory)
    if (auto at = p.held.memories.find(o.key().substr(3)); at != p.held.memories.end())
      before = at->second;
  p.store.carry_out(o);
  p.held.persist(o);
  say("  ", p.name, " stores ", o.key().substr(0, 2), " ", o.key().substr(o.key().rfind('/') + 1));
  if (memory && !before.empty() && p.held.memories.at(o.key().substr(3)) != before) ++p.renames;
  if (memory) check_rename(p, o, before);
  note_mark(o);
  if (o.key().starts_with("vr/")) check_all_took(o);
}

/// Delivered to all is what everybody took who had to (protocol.md, endpoint.all).
void world::check_all_took(const out::persist& o) {
  const auto held = image::load<record::server_custody>(o.image());
  if (!held || held->is != record::custody_stage::delivered || (held->flags & check::all) == 0)
    return;
  const submission* s = books_.find(message_name{held->name, held->at});
  if (s == nullptr || trustless_) return;
  // maybe under an earlier name of its memory: all names of one endpoint begin with the same octet
  for (const record::sent_to& to : held->sent)
    if (std::none_of(s->effects.begin(), s->effects.end(), [&](const effect& e) {
          return !e.memory.empty() && e.memory.view()[0] == to.endpoint.view()[0];
        }))
      broken("P3", "delivered to all, but one did not take it: " + books_.describe(*s));
}

void world::forget(party& p, const out::forget& o) {
  note(o.key().size());
  p.store.carry_out(o);
  p.held.forget(o.key());
  say("  ", p.name, " erases ", o.key().substr(0, 2), " ", o.key().substr(o.key().rfind('/') + 1));
}

void world::note_skips(const endpoint_party& p, const out::persist& o) {
  if (!p.limits.ordered || !o.key().starts_with("rc/")) return;
  const auto line = image::load<record::receiver_conversation>(o.image());
  if (const auto memory = p.held.memories.find(relay_.bare); memory != p.held.memories.end())
    orders_.stored({p.number, p.life, memory->second}, *line);
  for (const range& r : line->skipped)
    for (number n = r.first; n <= r.last; ++n)
      if (submission* s = books_.find(message_name{line->name, n})) ++s->skips;
}

void world::took(endpoint_party& p, const message_name& name) {
  say("  ", p.name, ": the application takes #", name.at, " of ", print(name.in.id));
  if (name.in.along->origin == "m@s.example" || books_.find(name) == nullptr) return;
  const auto memory = p.held.memories.find(relay_.bare);
  if (memory == p.held.memories.end()) broken("P4", "taken under a memory that is not durable");
  if (books_.find(name)->left > 0 && relay_.restores_of_old == 0 && !trustless_)
    broken("P2", "taken, though it left plainly, at " + p.name);
  p.taken.insert(key_of(name));
  books_.took(name, {p.number, memory->second});
  if (p.limits.ordered) orders_.answered({p.number, p.life, memory->second}, name);
}

void world::hand(endpoint_party& p, const out::deliver& o) {
  say("  ", p.name, " delivers #", o.name.at, " of ", print(o.name.in.id), o.again ? " again" : "");
  const auto line = p.held.receiver_lines.find(line_of(o.name.in));
  const bool durable = line != p.held.receiver_lines.end() &&
                       std::any_of(line->second.handed.begin(), line->second.handed.end(),
                                   [&](const auto& one) { return one.at == o.name.at; });
  if (!durable) broken("P4", "handed out before that is durable");
  const name_key key = key_of(o.name);
  const bool hostile = o.name.in.along->origin == "m@s.example";
  if (!hostile && !trustless_) books_.delivered(o, p.full);
  if (p.limits.ordered && !hostile && !trustless_)
    orders_.handed({p.number, p.life, p.held.memories.at(relay_.bare)}, o, line->second);
  if (!p.given.insert(key).second) broken("P2", "handed out twice in one life, at " + p.name);
  if (faulty(fault::refuse) && !p.taken.contains(key) && host_.percent(25)) {
    hit(fault::refuse);
    p.refusing.insert(key);
  }
  const bool accept = !p.refusing.contains(key);
  std::int64_t wait = 0;
  if (faulty(fault::late_host) && host_.one_in(2)) {
    hit(fault::late_host);
    wait = host_.between(100, 40000);
  }
  const std::uint32_t life = p.life;
  after(wait, [this, &p, name = o.name, accept, again = o.again, life] {
    if (p.life == life) answer(p, name, accept, again);
  });
  if (faulty(fault::late_host) && host_.one_in(4))
    after(wait + 50, [this, &p, name = o.name, accept, life] {
      if (p.life == life) answer(p, name, accept, true);  // a host that says it twice
    });
}

void world::report(sender_party& p, const out::report& o) {
  say("  ", p.name, " reports #", o.name.at, " of ", print(o.name.in.id), " ", name_of(o.ended),
      " ", name_of(o.why), o.again ? " again" : "");
  const auto held = p.held.messages.find({line_of(o.name.in), o.name.at});
  if (held == p.held.messages.end() || held->second.is != record::stage::ended ||
      held->second.ended != o.ended)
    broken("P4", "an outcome was told before it is durable");
  books_.reported(p.number, o, now_);
}

void world::set_wake(party& p, instant at, std::function<void()> tick_it) {
  p.wake = at == never ? INT64_MAX : at.at - p.skew;
  if (at == never) return;
  this->at(p.wake, [&p, when = p.wake, tick_it = std::move(tick_it)] {
    if (p.up && p.wake == when) tick_it();
  });
}

void world::check_sizes() const {
  const server_limits& v = plan_.of_server;
  const std::size_t lines = (senders_.size() + 1) * v.conversations_per_peer;
  if (relay_.up && relay_.role->held() > lines * v.window)
    broken("P6", "the server holds more numbers than its limits allow");
  if (relay_.held.server_lines.size() > lines)
    broken("P6", "more conversations than allowed at the server");
  if (relay_.held.custody.size() > relay_.held.server_lines.size() * v.window)
    broken("P6", "the server stores more numbers than its limits allow");
  std::uint64_t octets = 0, largest = 0;
  for (const auto& [key, payload] : relay_.held.payloads) {
    octets += payload.size();
    largest = std::max<std::uint64_t>(largest, payload.size());
  }
  if (relay_.up && octets > std::max(v.octets_in_all, largest))
    broken("P6", "the server holds more octets than its limits allow");
  for (const sender_party& p : senders_) {
    const std::size_t most = plan_.of_sender.conversations_max;
    if (p.up && p.role->unfinished() > most * plan_.of_sender.unfinished_max)
      broken("P6", "more unfinished messages than allowed");
    // one more where a crash came between opening the new one and erasing the idle one
    if (p.held.sender_lines.size() > most + 1)
      broken("P6", "more conversations than allowed at " + p.name);
  }
  for (const endpoint_party& p : endpoints_) {
    if (p.held.receiver_lines.size() > plan_.of_receiver.conversations_per_peer)
      broken("P6", "more conversations than allowed at " + p.name);
    for (const auto& [key, c] : p.held.receiver_lines)
      if (c.handed.size() + c.refused.size() + c.delivered.size() + c.skipped.size() >
          plan_.of_receiver.window)
        broken("P6", "an endpoint keeps more numbers than its window");
  }
}

}  // namespace sim
