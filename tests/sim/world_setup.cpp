// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "world.hpp"

namespace sim {

void world::make_party(party& p, std::string name, octet who) {
  p.name = std::move(name);
  p.e.entropy.who = who;
  p.e.watch.used = &did.used;
  if (plan_.has(fault::skew)) p.skew = life_.between(-5'000'000, 5'000'000);
}

void world::make_parties() {
  const auto code = [&](const std::string& of_two) {
    return toy::code_of(plan_.shared_code ? "shared by all" : of_two);
  };
  const auto key = [&](party& a, party& b) {
    const octets c = code(std::min(a.bare, b.bare) + std::max(a.bare, b.bare));
    (void)a.e.keys.add(b.bare, "k1", c);
    (void)b.e.keys.add(a.bare, "k1", c);
  };
  relay_.bare = relay_.full = "relay.example";
  make_party(relay_, "relay", 1);
  relay_.tokens = plan_.of_server.answers_per_peer;
  for (int i = 0; i < plan_.senders; ++i) {
    sender_party& p = senders_.emplace_back();
    p.number = i;
    p.bare = "a" + std::to_string(plan_.devices ? i / 2 * 2 : i) + "@s.example";
    p.full = p.bare + (plan_.devices && i % 2 == 1 ? "/y" : "/x");
    make_party(p, "a" + std::to_string(i), static_cast<octet>(10 + i));
    key(p, relay_);
  }
  for (int d = 0; d < plan_.destinations; ++d) {
    destinations_.push_back("d" + std::to_string(d) + "@d.example");
    for (int k = 0; k < plan_.endpoints[static_cast<std::size_t>(d)]; ++k) {
      endpoint_party& p = endpoints_.emplace_back();
      p.number = static_cast<int>(endpoints_.size()) - 1;
      p.bare = destinations_.back();
      p.full = p.bare + (k == 0 ? "/p" : "/q");
      make_party(p, "d" + std::to_string(d) + (k == 0 ? "p" : "q"),
                 static_cast<octet>((plan_.crowd ? 100 : 20) + p.number));
      key(p, relay_);
      p.e.keys.allow(relay_.bare, life_.one_in(2) ? "@s.example" : "*");
      p.by_name = life_.one_in(2);
      p.tokens = plan_.of_receiver.answers_per_peer;
    }
  }
  give_ends();
  chance order(plan_.seed, 11);
  for (endpoint_party& p : endpoints_) {
    p.limits = plan_.of_receiver;
    p.limits.ordered = order.percent(static_cast<unsigned>(plan_.ordered));
  }
  insider_env_.entropy.who = 99;
  (void)insider_env_.keys.add(relay_.bare, "k1", code("an insider's"));
  (void)relay_.e.keys.add("m@s.example", "k1", code("an insider's"));
  insider_.emplace(insider_env_);
}

/// Trust modes end to end and sealed, for some pairs of sender and destination.
void world::give_ends() {
  chance c(plan_.seed, 9);
  auto& given = between_ends_;
  for (sender_party& from : senders_)
    for (const std::string& to : destinations_) {
      const bool other_device = plan_.devices && from.number % 2 == 1;
      if (other_device ? !given.contains({from.bare, to}) : !c.percent(plan_.ends)) continue;
      given.insert({from.bare, to});
      give_end_key(from, from.bare, to, 1);
      for (endpoint_party& p : endpoints_)
        if (p.bare == to && !other_device) give_end_key(p, from.bare, to, 1);
    }
}

void world::schedule() {
  relay_.role.emplace(relay_.e, relay_.bare, plan_.of_server);
  relay_.up = true;
  for (sender_party& p : senders_) {
    p.role.emplace(p.e, p.bare, relay_.bare, plan_.of_sender);
    p.up = true;
    const bool late = plan_.has(fault::cut) && life_.one_in(3);
    after(late ? life_.between(0, plan_.phase_one) : 0, [this, &p] { set_link(p, true, true); });
  }
  for (endpoint_party& p : endpoints_) {
    p.role.emplace(p.e, p.bare, p.limits);
    p.up = true;
    const bool late = (plan_.has(fault::detach) || plan_.plain) && life_.one_in(2);
    after(late ? life_.between(0, plan_.phase_one) : 0, [this, &p] { attach(p); });
  }
  schedule_submissions();
  schedule_crashes();
  schedule_links();
  schedule_endpoints();
  schedule_plain();
  schedule_attacks();
  schedule_rotations();
  schedule_rotations_of_ends();
}

void world::schedule_submissions() {
  for (int i = 0; i < plan_.senders; ++i) {
    const bool burst = app_.one_in(3);
    std::int64_t when = app_.between(0, plan_.phase_one / 2);
    for (int m = 0; m < plan_.messages[static_cast<std::size_t>(i)]; ++m) {
      if (!burst) when = app_.between(0, plan_.phase_one * 9 / 10);
      after(when, [this, i, m] { submit(i, m, false); });
    }
  }
}

void world::schedule_crashes() {
  const auto plan_for = [&](party& p, fault crash, fault old, fault lost) {
    const bool may_be_old = plan_.has(old) || plan_.has(lost) || plan_.has(fault::lie);
    if (!plan_.has(crash) && !may_be_old) return;
    for (auto n = life_.between(may_be_old ? 1 : 0, 3); n > 0; --n)
      after(life_.between(0, plan_.phase_one), [this, &p, crash] {
        if (phase_ != 1) return;
        hit(crash);
        p.crash_armed = true;
      });
    if (!plan_.has(old) && !plan_.has(fault::lie)) return;
    for (auto n = life_.between(0, 2); n > 0; --n)
      after(life_.between(0, plan_.phase_one), [&p] { p.backup = p.store; });
  };
  for (sender_party& p : senders_)
    plan_for(p, fault::crash_sender, fault::old_sender, fault::old_sender);
  plan_for(relay_, fault::crash_server, fault::old_server, fault::lost_server);
  for (endpoint_party& p : endpoints_)
    plan_for(p, fault::crash_receiver, fault::old_receiver, fault::lost_receiver);
}

void world::schedule_links() {
  for (sender_party& p : senders_)
    for (int n = 0; n < plan_.cut_count + (plan_.has(fault::silent_cut) ? 1 : 0); ++n) {
      const bool silent = plan_.has(fault::silent_cut) && (n == 0 || life_.one_in(3));
      const std::int64_t when = life_.between(0, plan_.phase_one);
      after(when, [this, &p, silent] {
        hit(silent ? fault::silent_cut : fault::cut);
        set_link(p, false, !silent);
      });
      const bool tell = !silent || life_.one_in(2);
      after(when + life_.between(10, 40000), [this, &p, tell] { set_link(p, true, tell); });
    }
}

void world::schedule_endpoints() {
  for (endpoint_party& p : endpoints_)
    for (int n = 0; n < plan_.detach_count; ++n) {
      const std::int64_t when = life_.between(0, plan_.phase_one);
      const bool tell = !plan_.has(fault::ghost) || life_.one_in(2);
      after(when, [this, &p, tell] {
        if (phase_ != 1) return;
        hit(fault::detach);
        detach(p, tell);
      });
      after(when + life_.between(10, 60000), [this, &p] {
        if (p.up && phase_ == 1) attach(p);
      });
    }
}

void world::schedule_attacks() {
  constexpr fault_set attackers = bit(fault::replay) | bit(fault::alter) | bit(fault::forge) |
                                  bit(fault::insider) | bit(fault::false_relay) |
                                  bit(fault::false_endpoint);
  if ((plan_.faults & attackers) != 0)
    for (int n = 0; n < plan_.attacks; ++n)
      after(attacker_.between(0, plan_.phase_one), [this] { attack(); });
  if (!plan_.has(fault::tick)) return;
  for (int n = 0; n < 20; ++n)
    after(life_.between(0, plan_.phase_one), [this] {
      hit(fault::tick);
      for (endpoint_party& p : endpoints_) tick(p);
      if (life_.one_in(2)) return tick(relay_);
      tick(senders_[life_.below(senders_.size())]);
    });
}

}  // namespace sim
