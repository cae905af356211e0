// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// Receivers without support: programs that know nothing of this protocol come and go.
#include "world_carry.hpp"

namespace sim {

namespace {

std::string old_address(const std::string& destination) { return destination + "/old"; }

}  // namespace

void world::schedule_plain() {
  if (!plan_.plain) return;
  chance c(plan_.seed, 14);
  for (const std::string& to : destinations_)
    for (auto n = c.between(0, 3); n > 0; --n) {
      const std::int64_t from = c.between(0, plan_.phase_one);
      after(from, [this, to] { tell_plain(to, true); });
      if (!c.one_in(4)) after(from + c.between(10, 60000), [this, to] { tell_plain(to, false); });
    }
}

void world::tell_plain(const std::string& destination, bool there) {
  const std::string address = old_address(destination);
  if (there)
    old_.insert(destination);
  else
    old_.erase(destination);
  if (!relay_.up) return;
  say(address, there ? " is there, without support" : " goes");
  hand_over(relay_);
  carry_out(relay_, there ? relay_.role->without_support(address, time_of(relay_))
                          : relay_.role->detached(address, time_of(relay_)));
}

/// A server that starts again is told who is there.
void world::tell_plain_again() {
  for (const std::string& to : std::set(old_))
    if (relay_.up) tell_plain(to, true);
}

/// That a message leaves plainly became durable.
void world::note_mark(const out::persist& o) {
  if (!o.key().starts_with("vr/")) return;
  const auto held = image::load<record::server_custody>(o.image());
  if (!held || held->is != record::custody_stage::passed) return;
  if (submission* s = books_.find(message_name{held->name, held->at})) s->marked = true;
}

void world::carry_plain(const out::plain& o) {
  say("  relay -> ", o.to, "  plainly #", o.name.at, " of ", print(o.name.in.id));
  note(o.name.at);
  const auto held = relay_.held.custody.find({line_of(o.name.in), o.name.at});
  if (held == relay_.held.custody.end() || held->second.is != record::custody_stage::passed)
    broken("P4", "it left plainly before that is durable");
  submission* s = books_.find(o.name);
  if (s == nullptr || trustless_) return;
  if (!s->plain) broken("P1", "it left plainly, not permitted: " + books_.describe(*s));
  if (o.to != old_address(s->destination) || !old_.contains(s->destination))
    broken("P1", "it left plainly to nobody: " + books_.describe(*s));
  if (!o.payload || as_text(read_content(o.payload).canonical) != s->canonical || o.type != s->type)
    broken("P1", "it left otherwise than submitted: " + books_.describe(*s));
  for (const out::report& r : s->reports)
    if (is_negative(r.ended)) broken("P3", "it left after a negative: " + books_.describe(*s));
  ++s->left;
  if (relay_.restores_of_old > 0) return;
  if (s->left > 1) broken("P2", "it left plainly twice: " + books_.describe(*s));
  if (!s->effects.empty()) broken("P2", "it left, though it was taken: " + books_.describe(*s));
}

}  // namespace sim
