// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "world_carry.hpp"

namespace sim {

/// Each peer of the relay gets new keys now and then while the faults last.
void world::schedule_rotations() {
  if (!plan_.has(fault::rotate)) return;
  for (sender_party& p : senders_) {
    if (key_pairs_.empty() || key_pairs_.back().peer != p.bare)
      key_pairs_.emplace_back().peer = p.bare;
    key_pairs_.back().ends.push_back(&p);
  }
  for (const std::string& name : destinations_) {
    key_pair& pair = key_pairs_.emplace_back();
    pair.peer = name;
    for (endpoint_party& p : endpoints_)
      if (p.bare == name) pair.ends.push_back(&p);
  }
  for (key_pair& pair : key_pairs_)
    for (int n = 0; n < plan_.rotations; ++n)
      after(keys_.between(0, plan_.phase_one * 3 / 4), [this, &pair] { rotate(pair); });
}

/// As do ends that hold a key of their own.
void world::schedule_rotations_of_ends() {
  if (!plan_.has(fault::rotate)) return;
  chance times(plan_.seed, 21);
  for (const auto& [from, to] : between_ends_)
    for (int n = 2; n < plan_.rotations + 2; ++n)
      after(times.between(0, plan_.phase_one * 3 / 4),
            [=, this, from = from, to = to, wait = times.between(0, 8000)] {
              rotate_ends(from, to, n, wait);
            });
}

/// The receivers get it first (protocol.md, end.keys). The old ones stay: no role can tell for how
/// long they are needed.
void world::rotate_ends(const std::string& from, const std::string& to, int made,
                        std::int64_t wait) {
  hit(fault::rotate);
  say("a key e", made, " between ", from, " and ", to);
  for (endpoint_party& p : endpoints_)
    if (p.bare == to) give_end_key(p, from, to, made);
  for (sender_party& p : senders_)
    if (p.bare == from) after(wait, [=, this, &p] { give_end_key(p, from, to, made); });
}

/// The key that was `made` as the nth between two ends, to one of them.
void world::give_end_key(party& to_whom, const std::string& from, const std::string& to, int made) {
  const std::string id = "e" + std::to_string(made);
  const bool added = to_whom.e.keys
                         .add_end_to_end(to_whom.bare == from ? to : from, id,
                                         toy::code_of(id + " between " + from + " and " + to),
                                         check_rule::hmac_sha_256_128, plan_.sealed)
                         .has_value();
  VIDIMUS_EXPECT(added, "the key is new");
}

/// All ends accept the new key, then each makes it current at its own time; some time later the old
/// ones go.
void world::rotate(key_pair& pair) {
  hit(fault::rotate);
  const std::string id = "k" + std::to_string(++pair.made);
  const check_rule rule = rules[keys_.below(rules.size())].rule;
  octets ours = toy::code_of(id), theirs = ours;
  if (!facts(rule).derived) {  // seed and public key, which are the same in the toy
    ours.resize(32, 'r');
    theirs.resize(32, 'p');
    const octets seed = ours;
    ours.insert(ours.end(), theirs.begin(), theirs.end());
    theirs.insert(theirs.end(), seed.begin(), seed.end());
  }
  say("a key ", id, " of ", facts(rule).name, " for ", pair.peer);
  bool good = relay_.e.keys.add_accepted(pair.peer, id, ours, rule).has_value();
  const std::int64_t left = faults_end_ - now_;
  const auto soon = [&] { return keys_.between(0, std::min<std::int64_t>(left, 10'000)); };
  for (party* p : pair.ends) {
    good = good && p->e.keys.add_accepted(relay_.bare, id, theirs, rule).has_value();
    after(soon(), [this, p, id] { (void)p->e.keys.make_current(relay_.bare, id); });
  }
  if (!good) broken("P2", "a key was refused");
  after(soon(), [this, &pair, id] { (void)relay_.e.keys.make_current(pair.peer, id); });
  const std::string old = pair.ids.back();
  pair.ids.push_back(id);
  const bool early = keys_.one_in(3);
  after(keys_.between(0, std::min<std::int64_t>(left, 30'000)),
        [this, &pair, old, early] { retire(pair, old, early); });
}

/// A key goes when nothing names it, or too early.
void world::retire(key_pair& pair, std::string id, bool early) {
  if (phase_ != 1 || std::find(pair.ids.begin(), pair.ids.end(), id) == pair.ids.end()) return;
  if (!early && in_use(pair, id)) {
    const auto wait = keys_.between(1000, 8000);
    return after(wait, [this, &pair, id] { retire(pair, id, false); });
  }
  say("the key ", id, " for ", pair.peer, early ? " goes early" : " goes");
  std::erase(pair.ids, id);
  (void)relay_.e.keys.remove(pair.peer, id);
  if (relay_.up) relay_.role->keys_changed();
  for (party* p : pair.ends) (void)p->e.keys.remove(relay_.bare, id);
  for (sender_party& p : senders_)
    if (p.up) p.role->keys_changed();
  for (endpoint_party& p : endpoints_)
    if (p.up) p.role->keys_changed();
}

bool world::in_use(const key_pair& pair, const std::string& id) const {
  const auto is = [&](const party& p, const std::string& peer, const auto& role) {
    const auto now = p.e.keys.current(peer);
    if (now && now->key_id == id) return true;
    return !p.up || role->keys_in_use().contains({peer, id});  // who is down cannot be asked
  };
  if (is(relay_, pair.peer, relay_.role)) return true;
  for (const sender_party& p : senders_)
    if (p.bare == pair.peer && is(p, relay_.bare, p.role)) return true;
  for (const endpoint_party& p : endpoints_)
    if (p.bare == pair.peer && is(p, relay_.bare, p.role)) return true;
  return false;
}

}  // namespace sim
