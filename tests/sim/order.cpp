// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "order.hpp"

namespace sim {

namespace {

void must(bool so, const char* what, number n) {
  if (!so) broken("order", what + (" #" + std::to_string(n)));
}

bool is_known(const record::receiver_conversation& held, number n) {
  const auto is_n = [n](const auto& one) { return one.at == n; };
  return n < held.low || held.delivered.contains(n) ||
         std::any_of(held.handed.begin(), held.handed.end(), is_n) ||
         std::any_of(held.refused.begin(), held.refused.end(), is_n);
}

}  // namespace

void order_books::told(const element& e) {
  const ranges* voids = nullptr;
  if (const auto* c = std::get_if<check>(&e)) voids = &c->voids;
  if (const auto* s = std::get_if<vidimus::sync>(&e)) voids = &s->voids;
  if (voids == nullptr) return;
  for (const range& r : *voids) voids_[line_of(header_of(e).conversation)].add(r);
}

void order_books::handed(const place& at, const out::deliver& what,
                         const record::receiver_conversation& held) {
  const number n = what.name.at;
  const line_key key = line_of(what.name.in);
  line& now = lines_[{at.endpoint, at.memory, key}];
  if (now.life != at.life) now.highest_in_life = 0;
  now.life = at.life;
  must(n > now.highest_in_life, "handed over behind a higher number", n);
  must(what.again || n > now.highest, "a new number handed over behind a higher one", n);
  must(!held.skipped.contains(n), "skipped and handed over", n);
  now.highest_in_life = n;
  now.highest = std::max(now.highest, n);
  now.with[n] = what.skipped;
  auto& skipped = skipped_[{at.endpoint, key}];
  for (const range& r : what.skipped)
    for (number m = r.first; m <= r.last; ++m) {
      must(m < n && !held.delivered.contains(m), "told as skipped, and is not", m);
      must(!now.told_with_another(m, n), "told as skipped twice", m);
      skipped.insert(m);
    }
  const ranges& voids = voids_[key];
  for (number m = held.low; m < n; ++m)
    must(is_known(held, m) || skipped.contains(m) || voids.contains(m), "passed without a word", m);
}

void order_books::answered(const place& at, const message_name& name) {
  line& now = lines_[{at.endpoint, at.memory, line_of(name.in)}];
  for (const range& r : now.with[name.at])
    for (number m = r.first; m <= r.last; ++m)
      must(!now.told_with_another(m, name.at), "told as skipped twice", m);
}

void order_books::stored(const place& at, const record::receiver_conversation& held) {
  line& now = lines_[{at.endpoint, at.memory, line_of(held.name)}];
  for (const auto& [n, skipped] : now.with) {
    if (!held.delivered.contains(n)) continue;
    for (const range& r : skipped)
      for (number m = r.first; m <= r.last; ++m) now.told.try_emplace(m, n);
  }
}

}  // namespace sim
