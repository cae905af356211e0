// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "plan.hpp"

namespace sim {

namespace {

/// How many of 100 worlds have the fault, in worlds that have faults at all.
constexpr std::array<std::uint8_t, fault_count - 2> share{
    45, 35, 45, 35, 20, 8,  25, 15, 15, 35, 15, 35, 20, 30, 15, 25, 25, 25, 7,
    7,  8,  8,  8,  35, 25, 20, 40, 15, 7,  30, 10, 35, 8,  3,  3,  3,  30};

fault_set draw_faults(chance& c) {
  const auto kind = c.below(10);
  if (kind == 0) return 0;  // nothing goes wrong
  fault_set out = 0;
  for (std::size_t i = 0; i < share.size(); ++i) {
    const bool hit = c.percent(share[i]);
    const bool rare = kind <= 2 && !c.one_in(3);  // few faults: each is seen alone
    if (hit && !rare) out |= fault_set{1} << i;
  }
  return out;
}

void draw_limits(plan& p, chance& c) {
  for (retry_limits* r : {&p.of_sender.retry, &p.of_server.retry}) {
    r->first = seconds(c.between(1, 6));
    r->most = seconds(c.between(10, 60));
    r->between_answers = milliseconds(c.one_in(3) ? c.between(100, 2000) : 1000);
  }
  p.of_sender.grace = seconds(c.between(5, 60));
  if (p.has(fault::hold)) p.of_server.hold_for = seconds(c.between(5, 40));
  if (p.has(fault::oversize)) p.oversize_at = 90;
  if (p.has(fault::oversize)) p.of_server.payload_octets_max = 90;
  if (p.has(fault::oversize)) p.of_server.lifetime_max_s = 4000;
  if (!p.has(fault::tight)) return;
  const auto few = [&](std::uint32_t& value, std::int64_t most) {
    if (c.one_in(2)) value = static_cast<std::uint32_t>(c.between(1, most));
  };
  few(p.of_sender.unfinished_max, 5);
  few(p.of_sender.conversations_max, 5);
  few(p.of_server.conversations_per_peer, 4);
  few(p.of_server.endpoints_per_destination, 3);
  few(p.of_receiver.conversations_per_peer, 4);
  if (c.one_in(2)) p.of_server.window = 16;
  if (c.one_in(2)) p.of_receiver.window = 16;
  for (duty::bucket_limits* b : {&p.of_server.answers_per_peer, &p.of_receiver.answers_per_peer})
    if (c.one_in(2)) *b = {c.between(1, 4), 1};
  for (std::uint32_t* n : {&p.of_sender.altered_max, &p.of_server.altered_max}) few(*n, 4);
  few(p.of_server.probes_max, 4);
}

/// Which execute policy, and what waits for company.
void draw_policies(plan& p, chance& c) {
  p.conditional = c.one_in(3) ? c.between(1, 3) : 0;
  if (!c.one_in(3)) return;
  for (batch_limits* b : {&p.of_sender.commands, &p.of_server.receipts})
    if (!c.one_in(4))
      *b = {milliseconds(c.between(1, 4000)), static_cast<std::uint32_t>(c.between(1, 10))};
  // a command that always comes after the message was forgotten is nobody's fault but the limits'
  const span_ms on_the_way{p.of_server.receipts.delay.count + p.of_sender.commands.delay.count};
  const span_ms least{on_the_way.count + seconds(5).count};
  if (p.of_server.hold_for < least) p.of_server.hold_for = least;
}

/// Endpoints that hand over in order. From a stream of its own: the other draws stay as they were.
void draw_order(plan& p) {
  chance c(p.seed, 12);
  if (!c.one_in(3)) return;
  p.ordered = c.one_in(3) ? 50 : 100;
  p.of_receiver.gap_wait = milliseconds(c.between(500, 40000));
  if (c.one_in(3)) p.of_receiver.early_max = static_cast<std::uint32_t>(c.between(1, 3));
  if (c.one_in(4)) p.of_receiver.early_octets_max = static_cast<std::uint32_t>(c.between(1, 100));
}

/// Octets that the relay holds, if limits are tight. From a stream of its own.
void draw_octets(plan& p) {
  chance c(p.seed, 15);
  if (!p.has(fault::tight)) return;
  if (c.one_in(2)) p.of_server.octets_per_peer = static_cast<std::uint64_t>(c.between(1, 300));
  if (c.one_in(2)) p.of_server.octets_in_all = static_cast<std::uint64_t>(c.between(1, 600));
}

/// Final receipts that wait for others.
void draw_final_receipts(plan& p) {
  chance c(p.seed, 14);
  if (!c.one_in(3)) return;
  p.of_receiver.receipts = {milliseconds(c.between(1, 4000)),
                            static_cast<std::uint32_t>(c.between(1, 10))};
  if (c.one_in(2)) p.of_receiver.receipts.octets = static_cast<std::uint32_t>(c.between(1, 100));
}

/// Hundreds of parties, a few messages each, and keys that change all the time. Limits are as they
/// are by default: tight ones would only keep everybody out.
void draw_crowd(plan& p, int many) {
  chance c(p.seed, 17);
  p.crowd = true;
  p.senders = p.destinations = many;
  p.endpoints.assign(static_cast<std::size_t>(many), 0);
  p.messages.assign(static_cast<std::size_t>(many), 0);
  for (int& n : p.endpoints) n = c.one_in(4) ? 2 : 1;
  for (int& n : p.messages) n = static_cast<int>(c.between(1, 4));
  p.rotations = static_cast<int>(c.between(1, 3));
}

}  // namespace

plan draw(std::uint64_t seed, const cuts& less, int messages_most) {
  plan p;
  p.seed = seed;
  chance c(seed, 1);
  p.faults = draw_faults(c);
  if (chance(seed, 18).one_in(3)) p.faults |= bit(fault::bundle);  // also where nothing goes wrong
  if (chance(seed, 19).one_in(4)) p.faults |= bit(fault::close);   // likewise
  p.faults = (p.faults | less.with) & ~less.without;
  if (less.crowd > 0) p.faults = (p.faults | bit(fault::rotate)) & ~bit(fault::tight);
  p.senders = std::min<int>(less.senders, static_cast<int>(c.between(1, 3)));
  p.destinations = std::min<int>(less.destinations, static_cast<int>(c.between(1, 3)));
  for (int& n : p.endpoints) n = std::min<int>(less.endpoints, static_cast<int>(c.between(1, 2)));
  for (int& n : p.messages) n = static_cast<int>(c.between(1, messages_most));
  if (c.one_in(16)) {  // enough for the first credit and the window to be used up
    p.senders = p.destinations = 1;
    p.messages[0] = static_cast<int>(c.between(2 * messages_most, 3 * messages_most));
  }
  for (int& n : p.messages) n = std::min(n, less.messages);
  p.shared_code = c.one_in(3);
  p.phase_one = c.between(20, 150) * 1000;
  const auto rate = [&](fault f, std::int64_t most) {
    const auto drawn = static_cast<int>(c.between(1, most));
    return p.has(f) ? drawn : 0;
  };
  p.lose = rate(fault::lose, c.one_in(4) ? 70 : 30);
  p.twice = rate(fault::twice, 30);
  p.delay = rate(fault::delay, 50);
  p.alter = rate(fault::alter, 20);
  p.mangle = rate(fault::mangle, 60);
  p.copy = rate(fault::copy, 20);
  p.fork = rate(fault::fork, 30);
  p.lag_most = c.one_in(4) ? 60000 : 3000;
  p.attacks = static_cast<int>(c.between(5, p.trustless() ? 120 : 40));
  p.cut_count = rate(fault::cut, 4);
  p.detach_count = rate(fault::detach, 4);
  draw_limits(p, c);
  p.rotations = rate(fault::rotate, 6);
  chance between_ends(seed, 8);  // of its own: the other draws stay as they were
  if (between_ends.one_in(3)) p.ends = between_ends.one_in(3) ? 50 : 100;
  p.sealed = between_ends.one_in(2);
  draw_policies(p, c);
  chance waits(seed, 11);
  for (retry_limits* r : {&p.of_sender.retry, &p.of_server.retry}) {
    r->adaptive = !waits.one_in(4);
    r->least = milliseconds(waits.between(50, 2000));
    r->variation_pct = static_cast<std::uint32_t>(waits.between(0, 50));
  }
  draw_order(p);
  draw_final_receipts(p);
  draw_octets(p);
  p.plain = chance(seed, 13).one_in(4);
  p.all = chance(seed, 16).one_in(4);
  p.devices = chance(seed, 18).one_in(4);
  p.spoil = less.spoil;
  if (less.crowd > 0) draw_crowd(p, std::min(less.crowd, crowd_most));
  return p;
}

}  // namespace sim
