// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "books.hpp"

namespace sim {

void books::name(int at, const message_name& name) {
  submission& s = all[static_cast<std::size_t>(at)];
  s.name = name;
  s.named = true;
  if (!by_name_.emplace(key_of(name), at).second)
    broken("P1", "one name for two submissions: " + describe(s));
}

submission* books::find(const message_name& name) { return find(key_of(name)); }

submission* books::find(const name_key& key) {
  auto at = by_name_.find(key);
  return at == by_name_.end() ? nullptr : &all[static_cast<std::size_t>(at->second)];
}

std::string books::describe(const submission& s) const {
  std::string out = s.canonical + " to " + s.destination;
  for (const out::report& r : s.reports)
    out += ", reported " + std::string(name_of(r.ended)) + "(" + std::string(name_of(r.why)) +
           (r.again ? ") again" : ")");
  if (!s.effects.empty()) out += ", taken " + std::to_string(s.effects.size()) + " times";
  return out;
}

submission& books::delivered(const out::deliver& what, const std::string& at) {
  submission* s = find(what.name);
  if (s == nullptr) broken("P1", "delivered under a name that was never given, at " + at);
  const route& along = *what.name.in.along;
  if (as_text(what.body->canonical) != s->canonical || what.type != s->type)
    broken("P1", "delivered otherwise than submitted: " + describe(*s));
  if (along.origin != s->name.in.along->origin || along.destination != s->destination ||
      bare(at) != s->destination)
    broken("P1", "delivered from or to somebody else: " + describe(*s));
  if (!s->accepted) broken("P1", "delivered, but never accepted: " + describe(*s));
  return *s;
}

void books::took(const message_name& name, const effect& e) {
  submission* s = find(name);
  if (s == nullptr) broken("P1", "taken under a name that was never given");
  for (const effect& one : s->effects)
    if (!lenient && one.endpoint == e.endpoint && one.memory == e.memory)
      broken("P2", "taken twice under one memory: " + describe(*s));
  s->effects.push_back(e);
  for (const out::report& r : s->reports)
    if (is_negative(r.ended) && !lenient)
      broken("P3", "taken after a certain negative: " + describe(*s));
}

void books::check_outcome(const submission& s, const out::report& r, std::int64_t now) const {
  if (lenient) return;
  const bool taken = !s.effects.empty();
  const auto wrong = [&](const char* why) { broken("P3", why + (": " + describe(s))); };
  if (r.ended == outcome::delivered && !taken) wrong("delivered, but taken by nobody");
  if (r.ended == outcome::executed && s.report && !s.marked)
    wrong("executed, though a report was asked");
  if (is_negative(r.ended) && (taken || s.left > 0)) wrong("a certain negative, but taken");
  if (r.ended == outcome::withdrawn && !s.withdraw_asked) wrong("withdrawn, not asked");
  if (r.ended == outcome::expired && now + jumped < s.expires()) wrong("expired before its time");
  if (r.ended != outcome::failed) return;
  if (r.why == reason::refused_by_host && s.refusals == 0) wrong("refused by nobody");
  if (r.why == reason::late && s.skips == 0) wrong("late, but skipped by nobody");
  if (r.why == reason::altered_in_transit && s.altered_on_hop_one < altered_least)
    wrong("altered by nobody");
  if (r.why == reason::none || r.why == reason::reused) wrong("failed for no reason");
}

void books::reported(int sender, const out::report& what, std::int64_t now) {
  submission* s = find(what.name);
  if (s == nullptr || s->sender != sender) broken("P3", "a report for a name that was not given");
  if (lenient) return s->reports.push_back(what);
  if (!s->accepted) broken("P3", "a report for what was not accepted: " + describe(*s));
  const bool first = s->reports.empty();
  s->reports.push_back(what);
  if (!first && !s->rolled_back) {
    const out::report& before = s->reports.front();
    if (!what.again) broken("P3", "a second report: " + describe(*s));
    if (before.ended != what.ended || before.why != what.why)
      broken("P3", "two outcomes: " + describe(*s));
  }
  if (first) s->reported = now;
  check_outcome(*s, what, now);
}

void books::check_ends_are_true() const {
  if (lenient) return;
  for (const submission& s : all)
    for (const out::report& r : s.reports) {
      if (is_negative(r.ended) && !s.effects.empty())
        broken("P3", "a certain negative, but taken: " + describe(s));
      if (r.ended == outcome::delivered && s.effects.empty())
        broken("P3", "delivered, but taken by nobody: " + describe(s));
    }
}

}  // namespace sim
