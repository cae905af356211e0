// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_EXCHANGE_WORLD_CARRY_HPP
#define VIDIMUS_DOCS_EXAMPLES_EXCHANGE_WORLD_CARRY_HPP

#include "world.hpp"

/// Carrying out what the roles ask for: the part that every host writes.
namespace exchange {

template <class Output>
void world::carry_out(std::vector<Output> outputs) {
  constexpr party who = std::is_same_v<Output, vidimus::sender_output>   ? party::sender
                        : std::is_same_v<Output, vidimus::server_output> ? party::server
                                                                         : party::receiver;
  const std::size_t end = until_death(outputs, who);
  for (std::size_t i = 0; i < end; ++i)
    std::visit([this](auto& one) { this->carry(who, one); }, outputs[i]);
  taking_ = nullptr;
  if (doomed_[index(who)] && !outputs.empty()) die(who);
}

/// How many outputs are carried out: all, unless the process is to die. Then it dies anywhere among
/// them, also before the first and after the last.
template <class Output>
std::size_t world::until_death(const std::vector<Output>& outputs, party who) {
  if (!doomed_[index(who)] || outputs.empty()) return outputs.size();
  return static_cast<std::size_t>(dice_.below(outputs.size() + 1));
}

/// The application's effect and the `accepted` beside it: one transaction.
inline void world::carry(party who, const out::persist& o) {
  disks_[index(who)].carry_out(o);
  if (who == party::receiver && taking_ != nullptr) books_.taken(*std::exchange(taking_, nullptr));
}

inline void world::carry(party who, out::transmit& o) {
  const auditor stored(disks_[index(who)]);
  way by = way::submit;
  if (who == party::sender) {
    look_up(stored.sender_sends(o.what), 4, 0);
  } else if (who == party::server) {
    by = vidimus::bare(o.to) == bob ? way::deliver : way::answer;
    look_up(stored.server_sends(o.what), 4, 0);
  } else {
    by = way::confirm;
    look_up(stored.receiver_sends(o.what), 4, 0);
  }
  if (const auto* c = std::get_if<vidimus::check>(&o.what)) {
    ++counts_.checks;
    if (!sent_.emplace(is_hop_one(by), vidimus::message_name{c->head.conversation, c->at}).second)
      ++counts_.resent;
  }
  counts_.syncs += is_sync(o.what) ? 1 : 0;
  counts_.challenges += std::holds_alternative<vidimus::challenge>(o.what) ? 1 : 0;
  std::string text = post_.write(o, by);
  if (text.empty()) return books_.broken(3, "an element could not be written", 0);
  digest_.add(text, now_);
  const std::size_t octets = text.size();
  std::vector<packet> packets = links_.send(by, std::move(text), now_);
  note_leg(by, o.what, octets, packets);
  for (packet& one : packets) {
    one.head = vidimus::header_of(o.what);
    const auto at = one.arrives;
    schedule_at(at, std::move(one));
  }
}

inline void world::carry(party who, const out::report& o) {
  look_up(auditor(disks_[index(who)]).sender_reports(o), 4, books_.serial_of(o.name));
  const bool first = !books_.is_told(o.name);
  books_.reported(o);
  if (!first) return;
  ++told_;
  last_outcome_ = now_;
  const std::uint64_t serial = books_.serial_of(o.name);
  const std::string ended(vidimus::name_of(o.ended));
  digest_.add(std::to_string(serial) + ended, now_);
  moment m;
  m.who = party::sender;
  m.text = "#" + std::to_string(serial) + " " + ended;
  m.how = o.ended == vidimus::outcome::delivered ? tone::good : tone::bad;
  m.detail = m.text + ", the one outcome";
  if (o.why != vidimus::reason::none) m.detail += ": " + std::string(vidimus::name_of(o.why));
  if (o.ended == vidimus::outcome::delivered) m.step = "S6";
  if (serial <= asked_.show) note(std::move(m));
  if (serial <= asked_.show) ++told_first_;
  if (serial < asked_.show) plan_submission(200);
}

inline void world::carry(party who, const out::deliver& o) {
  look_up(auditor(disks_[index(who)]).receiver_hands(o), 4, books_.serial_of(o.name));
  const auto thinks = books_.handed(o) ? dice_.between(1, 20) : 0;
  schedule(vidimus::milliseconds(thinks), accept{o.name, receiver_life_});
}

inline void world::die(party who) {
  doomed_[index(who)] = false;
  ++counts_.deaths;
  if (who == party::sender) sender_.reset();
  if (who == party::server) server_.reset();
  if (who == party::receiver) receiver_.reset();
  if (who == party::receiver) ++receiver_life_;
  if (who != party::receiver) wake_[index(who)] = vidimus::never;
  moment m;
  m.is = what::died;
  m.who = who;
  m.text = "process dies";
  m.how = tone::bad;
  if (follows()) note(std::move(m));
  schedule(vidimus::milliseconds(dice_.between(200, 3000)), revive{who});
}

inline void world::look_up(const std::string& not_durable, int promise, std::uint64_t serial) {
  ++counts_.elements_looked_up;
  if (!not_durable.empty()) books_.broken(promise, not_durable, serial);
}

/// Follows a stanza in the trace if it is about one of the first messages, or about none in
/// particular while these are under way.
inline void world::note_leg(way by, const vidimus::element& e, std::size_t octets,
                            std::vector<packet>& packets) {
  const bool names_first = !words_.serials(e).empty();
  const bool names_none =
      is_sync(e) || is_snapshot(e) || std::holds_alternative<vidimus::challenge>(e);
  if (asked_.show == 0 || !(names_first || (names_none && follows()))) return;
  const std::size_t legs = std::max<std::size_t>(packets.size(), 1);
  for (std::size_t i = 0; i < legs; ++i) {
    leg one = words_.name_leg(by, e);
    one.octets = octets;
    one.lost = packets.empty();
    if (!packets.empty()) {
      one.altered = packets[i].altered();
      one.copy = packets[i].copy;
      packets[i].leg = trace_.legs.size();
    }
    trace_.legs.push_back(std::move(one));
    moment m;
    m.is = what::departs;
    m.by_leg = trace_.legs.size() - 1;
    note(std::move(m));
  }
}

inline void world::note(moment m) {
  m.at = now_;
  trace_.moments.push_back(std::move(m));
  tell_(trace_, trace_.moments.back());
}

}  // namespace exchange

#endif
