// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include <set>

#include "parties.hpp"

namespace explore {

namespace {

using heap = reach::sender_heap;
using entries = reach::sender_entries;
using due = vidimus::detail::sender_due;

bool less(const due& a, const due& b) {
  return std::pair(a.conversation, a.at) < std::pair(b.conversation, b.at);
}

std::string message_key(const conversation_name& name, number at) {
  return record::key_of("sm", {}, name, at);
}

bool is_void(const shelf& store, const conversation_name& name, number n) {
  const auto line = store.find<record::sender_conversation>(record::key_of("sc", {}, name));
  return line && line->voids.contains(n);
}

/// Everything below has its outcome, durably.
bool low_holds(const shelf& store, const conversation_name& name, number low) {
  for (number n = 1; n < low; ++n) {
    const auto m = store.find<record::sender_message>(message_key(name, n));
    if (m && m->is != record::stage::ended) return false;
  }
  return true;
}

template <class Holds>
bool all_of(const ranges& numbers, Holds holds) {
  for (const range& r : numbers)
    for (number n = r.first; n <= r.last; ++n)
      if (!holds(n)) return false;
  return true;
}

}  // namespace

void sender_books::append(octets& to) const {
  writer w(to);
  append_lives(w);
  for (const message& m : messages) {
    w.raw(m.name.in.id.view());
    w.u64(m.name.at);
    w.u8(static_cast<octet>(m.submitted << 1 | m.gone));
    w.u8(m.told);
  }
  w.u8(cuts);
  w.u8(closes);
  w.u8(link);
}

std::size_t sender_books::submitted() const {
  std::size_t n = 0;
  for (const message& m : messages) n += m.submitted ? 1 : 0;
  return n;
}

sender_machine::sender_machine(const world& in, wires& net) : machine_of(who::sender, in, net) {
  preset_keys server, receiver;
  toy::give_keys(env_.keys, server, receiver);
  toy::give_ends(env_.keys, receiver, in.ends != 0, in.ends == 2);
}

std::shared_ptr<sender_machine::role> sender_machine::fresh() {
  sender_limits limits = strict(sender_limits{});
  limits.altered_max = 3;
  return std::make_shared<role>(env_, toy::alice, toy::relay, limits);
}

/// What append_state leaves out and is more than a time.
void sender_machine::append_hidden(const role& of, octets& to) const {
  writer w(to);
  for (const auto& [id, c] : of.*open(reach::sender_conversations{})) {
    w.u64(c.asked.empty() ? 0 : c.asked_top);
    w.u32(c.octets_max);
  }
}

std::vector<nonce> sender_machine::open_questions(const role& of) const {
  std::vector<nonce> out;
  for (const auto& [id, c] : of.*open(reach::sender_conversations{}))
    if (!c.asked.empty()) out.push_back(c.asked);
  return out;
}

void sender_machine::set_interval(role& of, bool over) {
  for (auto& [id, c] : of.*open(reach::sender_conversations{})) {
    if (c.syncs > 0) c.synced_at = over ? long_ago : the_time;
    for (auto& s : c.slots) s.sent_at = over ? longer_ago : the_time;
  }
}

bool sender_machine::above_bounds(const party& p) const {
  std::set<conversation_id> opened;
  for (const auto& m : p.books.messages)
    if (m.submitted) opened.insert(m.name.in.id);
  return p.drawn > opened.size() + static_cast<std::size_t>(in_.syncs);
}

bool sender_machine::ended(std::uint32_t state) const {
  const party& p = at(state);
  if (!p.role || p.role->unfinished() > 0) return false;
  for (const auto& m : p.books.messages)
    if (m.submitted && !m.gone && m.told == 0) return false;
  return true;
}

const char* sender_machine::told(party& now, const shelf& store, const sender_output& what) {
  const auto* said = std::get_if<out::report>(&what);
  if (said == nullptr) return nullptr;
  for (std::size_t i = 0; i < now.books.messages.size(); ++i) {
    auto& m = now.books.messages[i];
    if (!m.submitted || !(m.name == said->name)) continue;
    const std::uint8_t before = std::exchange(m.told, m.told | bit_of(said->ended));
    const auto held = store.find<record::sender_message>(message_key(m.name.in, m.name.at));
    if (!held || held->is != record::stage::ended || held->ended != said->ended)
      return "P4: an outcome was reported before it was durable";
    if (said->ended == outcome::executed && in_.reports(static_cast<int>(i)))
      return "P3: 'executed' reported where a delivery report was asked";
    if (now.books.returns > 0) return nullptr;  // what an older image forgot is told again
    if (before != 0 && !said->again) return "P3: two reports of one submission";
    if (before != 0 && before != bit_of(said->ended))
      return "P3: another outcome than was reported before";
    return nullptr;
  }
  return "P3: a report about what was not submitted";
}

const char* sender_machine::claims(const party& now, const shelf& store,
                                   const out::transmit& sent) const {
  if (!now.books.link) return "something was sent while the link was down";
  const conversation_name& name = header_of(sent.what).conversation;
  const auto stage = [&](number n) {
    const auto m = store.find<record::sender_message>(message_key(name, n));
    return m ? m->is : record::stage::ended;
  };
  const auto voided = [&](number n) { return is_void(store, name, n); };
  if (const auto* e = std::get_if<check>(&sent.what)) {
    const auto m = store.find<record::sender_message>(message_key(name, e->at));
    const auto p = store.find<record::payload>(record::payload{'s', {}, name, e->at, {}}.key());
    if (!m || !p || !sent.payload || *p->held != *sent.payload ||
        m->content != toy::crypto::digest_of(as_octets(*sent.payload)))
      return "P4: a message was sent before its name was bound durably";
    if ((e->flags & check::conditional) != 0 && m->is == record::stage::undecided)
      return "P4: a command was sent with a check, and is not durable";
  } else if (const auto* x = std::get_if<execute>(&sent.what)) {
    if (!all_of(x->numbers, [&](number n) { return stage(n) == record::stage::decided; }))
      return "P4: an execute command was sent that is not durable";
    if (!all_of(x->voids, voided) || !low_holds(store, name, x->low))
      return "P4: an execute names a low or void that is not durable";
  } else if (const auto* d = std::get_if<vidimus::withdraw>(&sent.what)) {
    const auto asked = [&](number n) {
      return voided(n) || n < d->low || stage(n) == record::stage::withdrawing ||
             stage(n) == record::stage::expiring || stage(n) == record::stage::failing;
    };
    if (!all_of(d->numbers, asked)) return "P4: a withdrawal was sent that is not durable";
    if (!low_holds(store, name, d->low)) return "P4: a withdraw names a low that is not durable";
  } else if (const auto* s = std::get_if<vidimus::sync>(&sent.what)) {
    if (!all_of(s->voids, voided) || !low_holds(store, name, s->low))
      return "P4: a sync names a low or void that is not durable";
  }
  return nullptr;
}

/// A submission is accepted when its record is durable.
const char* sender_machine::died(sender_books& books, const shelf& store) {
  books.link = false;
  for (std::size_t i = 0; i < books.messages.size(); ++i) {
    auto& m = books.messages[i];
    if (!m.submitted || m.gone || m.told != 0 || store.has(message_key(m.name.in, m.name.at)))
      continue;
    m.gone = true;
    if (static_cast<int>(i) != books.submitting)
      return "P3: the record of an accepted submission went before its outcome was told";
  }
  return nullptr;
}

void sender_machine::went_back(sender_books& books, const shelf& older) {
  for (auto& m : books.messages)
    if (m.submitted && !older.has(message_key(m.name.in, m.name.at))) m.gone = true;
}

void sender_machine::list_commands(const party& from, std::vector<move>& to) {
  const auto i = static_cast<std::uint8_t>(from.books.submitted());
  if (i < in_.messages) {
    move& one = to.emplace_back(move{{kind::submit, i}, {}});
    step(
        from, {}, false,
        [&](role& of, sender_books& books) -> std::optional<outputs> {
          outgoing m = toy::message(texts[i]);
          m.lifetime_s = lifetime_s;
          m.report = in_.reports(i);
          m.all = in_.all != 0;
          m.conditional = i < (in_.conditional == 2 ? in_.messages : in_.conditional);
          auto given = of.submit(m, the_time);
          if (!given) return std::nullopt;
          books.messages[i] = {given->name, true, false, 0};
          books.submitting = i;
          return std::move(given->outputs);
        },
        one.to);
  }
  for (std::uint8_t n = 0; n < i && in_.withdraw != 0; ++n) {
    move& one = to.emplace_back(move{{kind::withdraw, n}, {}});
    step(
        from, {}, false,
        [&](role& of, sender_books& books) -> std::optional<outputs> {
          auto done = of.withdraw(books.messages[n].name, the_time);
          if (!done) return std::nullopt;
          return std::move(*done);
        },
        one.to);
  }
}

void sender_machine::list_close(const party& from, std::vector<move>& to) {
  if (from.books.closes >= in_.close) return;
  move& one = to.emplace_back(move{{kind::close, 0}, {}});
  step(
      from, {}, false,
      [&](role& of, sender_books& books) {
        ++books.closes;
        return std::optional(of.close(toy::bob, the_time));
      },
      one.to);
}

void sender_machine::list_deadlines(const party& from, std::vector<move>& to) {
  const auto& index = (*from.role).*open(reach::sender_deadlines{});
  const auto armed = armed_in<heap, entries>(index, less);
  for (std::size_t i = 0; i < armed.size(); ++i) {
    const number n = (index.*open(entries{}))[armed[i] - 1].what.at;
    if (n != 0 && n != vidimus::detail::number_of_commands) continue;
    if (n != 0 && in_.sender_ends == 0) continue;
    const kind is = n == 0 ? kind::timer : kind::deadline;
    move& one = to.emplace_back(move{{is, static_cast<std::uint8_t>(i)}, {}});
    step(
        from, {}, false,
        [&](role& of, sender_books&) {
          make_due<heap, entries>(of.*open(reach::sender_deadlines{}), armed[i], the_time);
          return std::optional(of.tick(the_time));
        },
        one.to);
  }
  if (in_.sender_ends == 0) return;
  std::uint8_t name = first_timed;
  for (const auto& timed : timed_in((*from.role).*open(reach::sender_conversations{}))) {
    move& one = to.emplace_back(move{{kind::deadline, name++}, {}});
    step(
        from, {}, false,
        [&](role& of, sender_books&) {
          auto& c = (of.*open(reach::sender_conversations{})).find(timed.conversation)->second;
          c.at(timed.at).expires = the_time;
          auto& all = of.*open(reach::sender_deadlines{});
          const auto handle = entry_of<heap, entries>(
              all, timed.at, [&](const due& d) { return d.conversation == timed.conversation; });
          make_due<heap, entries>(all, handle, the_time);
          return std::optional(of.tick(the_time));
        },
        one.to);
  }
}

void sender_machine::list(std::uint32_t state, std::vector<move>& to) {
  const party from = at(state);
  list_lives(state, in_.sender_old, 0, to);
  if (!from.role) return;
  list_commands(from, to);
  if (!from.books.link) {
    move& one = to.emplace_back(move{{kind::link_restored, 0}, {}});
    step(
        from, {}, false,
        [&](role& of, sender_books& books) {
          books.link = true;
          return std::optional(of.link_restored(the_time));
        },
        one.to);
  } else if (from.books.cuts < in_.cuts) {
    move& one = to.emplace_back(move{{kind::link_lost, 0}, {}});
    step(
        from, {}, false,
        [&](role& of, sender_books& books) {
          books.link = false;
          ++books.cuts;
          return std::optional(of.link_lost(the_time));
        },
        one.to);
  }
  list_close(from, to);
  list_deadlines(from, to);
}

std::string sender_machine::text(std::uint32_t state, input what) const {
  std::string out(kind_names[fsm::index_of(what.what)]);
  if (what.what == kind::submit || what.what == kind::withdraw)
    return out + " \"" + std::string(texts[what.index]) + "\"";
  if (what.what != kind::timer && what.what != kind::deadline) return out;
  if (what.index >= first_timed) {
    const auto timed =
        timed_in((*at(state).role).*open(reach::sender_conversations{}))[what.index - first_timed];
    return out + " of " + short_name(timed.conversation) + " number " + std::to_string(timed.at);
  }
  const auto& index = (*at(state).role).*open(reach::sender_deadlines{});
  const auto armed = armed_in<heap, entries>(index, less);
  const due& fell = (index.*open(entries{}))[armed[what.index] - 1].what;
  out += " of " + short_name(fell.conversation);
  return fell.at == 0 ? out : out + " number " + std::to_string(fell.at);
}

}  // namespace explore
