// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "links.hpp"

#include <vidimus/adapt/xmpp_text.hpp>

namespace sim {

namespace {

constexpr std::int64_t lag_least = 20, lag_most = 3000;

std::uint64_t octets_of(const stanza& s, std::string_view type) {
  sending how;
  how.from = s.from;
  how.self = bare(s.from).find('@') == std::string_view::npos ? vidimus::party::server
             : s.from.find("@s.") != std::string::npos        ? vidimus::party::sender
                                                              : vidimus::party::receiver;
  // the toy's payload is no XML: its octets count as they are
  const auto text = stanza_text({s.to, std::string(type), s.what, nullptr}, how);
  VIDIMUS_EXPECT(text.has_value(), "what a role sends can be written");
  return text->size() + (s.payload ? s.payload->size() : 0);
}

}  // namespace

void traffic::add(const traffic& other) {
  sent += other.sent;
  lost += other.lost;
  again += other.again;
  needless += other.needless;
  questions += other.questions;
}

std::int64_t links::lag(const stanza& s, std::int64_t now) {
  if (is_ == link_kind::any_order) return chance_.between(lag_least, lag_most);
  line& l = lines_[{s.from, s.to}];
  if (now >= l.changes_at) {  // as many below 250 ms as above
    l.base = chance_.one_in(2) ? chance_.between(lag_least, 250) : chance_.between(250, 2500);
    l.changes_at = now + chance_.between(10, 120) * 1000;
  }
  const std::int64_t arrives = now + l.base + chance_.between(0, l.base / 5);
  l.last = std::max(l.last, arrives);  // nothing overtakes
  return l.last - now;
}

std::vector<links::item> links::items_of(const stanza& s) const {
  const conversation_id id = header_of(s.what).conversation.id;
  std::vector<item> out;
  const auto add = [&](number n, status what = status::verified) {
    out.push_back({s.what.index(), {s.from, s.to}, id, n, what});
  };
  const auto add_all = [&](const ranges& all) {
    for (const range& r : all)
      for (number n = r.first; n <= r.last; ++n) add(n);
  };
  if (const auto* c = std::get_if<check>(&s.what)) add(c->at);
  if (const auto* e = std::get_if<execute>(&s.what)) add_all(e->numbers);
  if (const auto* w = std::get_if<vidimus::withdraw>(&s.what)) add_all(w->numbers);
  if (const auto* r = std::get_if<receipt>(&s.what); r != nullptr && r->answers.empty())
    for (const status_range& one : r->states)
      for (number n = one.span.first; n <= one.span.last; ++n) add(n, one.what);
  return out;
}

/// An element counts as sent again whole if anything in it is.
void links::count(const stanza& s, std::string_view type, bool lost) {
  const std::uint64_t octets = octets_of(s, type);
  counted_.sent += octets;
  if (lost) counted_.lost += octets;
  const auto* said = std::get_if<receipt>(&s.what);
  if (std::holds_alternative<vidimus::sync>(s.what) || (said != nullptr && !said->answers.empty()))
    counted_.questions += octets;
  bool again = false, needless = false;
  for (const item& one : items_of(s)) {
    const auto [at, fresh] = left_.try_emplace(one, lost);
    again = again || !fresh;
    needless = needless || (!fresh && !at->second);
    at->second = at->second && lost;
  }
  if (again) counted_.again += octets;
  if (needless && said == nullptr) counted_.needless += octets;
}

}  // namespace sim
