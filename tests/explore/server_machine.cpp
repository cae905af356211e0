// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "parties.hpp"

namespace explore {

namespace {

using heap = reach::server_heap;
using entries = reach::server_entries;
using due = vidimus::detail::server_due;
using custody = record::server_custody;
using record::custody_stage;

bool less(const due& a, const due& b) {
  return std::tie(a.of->conversation, a.at, a.of->address) <
         std::tie(b.of->conversation, b.at, b.of->address);
}

/// What the store holds of one conversation.
struct shelf_view {
  const shelf& store;
  const conversation_name& name;

  std::optional<custody> at(number n) const {
    return store.find<custody>(record::key_of("vr", toy::alice, name, n));
  }
  std::optional<record::server_conversation> line() const {
    return store.find<record::server_conversation>(record::key_of("vc", toy::alice, name));
  }
  bool has_payload(number n, const std::string* same) const {
    const record::payload wanted{'v', toy::alice, name, n, {}};
    const auto held = store.find<record::payload>(wanted.key());
    return held && (same == nullptr || *held->held == *same);
  }
  /// Below low1 the record may be gone: it had its end, or the sender had.
  bool closed(number n) const {
    const auto l = line();
    return l && (n < l->base || (n < l->low && !at(n)));
  }
  bool is(number n, std::initializer_list<custody_stage> stages) const {
    const auto held = at(n);
    return held && std::find(stages.begin(), stages.end(), held->is) != stages.end();
  }
};

bool holds(const shelf_view& in, const status_range& said, number n) {
  using s = custody_stage;
  switch (said.what) {
    case status::verified: return in.is(n, {s::verified}) && in.has_payload(n, nullptr);
    case status::executed: return in.is(n, {s::executed, s::unwatched});
    case status::delivered: return in.is(n, {s::delivered});
    case status::unconfirmed: return in.is(n, {s::unconfirmed});
    case status::voided: return in.is(n, {s::voided}) && in.at(n)->why == said.why;
    case status::closed: return in.line() && n < in.line()->low;  // no word on delivery
    default: return false;
  }
}

const char* claims_of(const receipt& e, const shelf_view& in) {
  for (const status_range& s : e.states)
    for (number n = s.span.first; n <= s.span.last; ++n)
      if (!holds(in, s, n)) return "P4: a receipt states what is not durable";
  for (const end_part& one : e.ends) {
    const auto held = in.at(one.at);
    if (!held || held->ends == nullptr || !(*held->ends == one.held))
      return "P4: a proof is told that is not durable";
  }
  const auto line = in.line();
  if (line && e.limit > std::max(line->limit, line->base + server_limits{}.window - 1))
    return "P4: a receipt promises credit that is not durable";
  return nullptr;
}

/// It is owed to all of some endpoints, of which this is none.
bool is_for_others(const shelf_view& in, number n, const memory_name& endpoint) {
  if (!in.is(n, {custody_stage::executed, custody_stage::unwatched})) return false;
  const auto held = in.at(n);
  const auto is = [&](const record::sent_to& to) { return to.endpoint == endpoint; };
  return (held->flags & check::all) != 0 && !held->sent.empty() &&
         std::none_of(held->sent.begin(), held->sent.end(), is);
}

const char* low_two_holds(const shelf_view& in, number low, const ranges& voids,
                          const memory_name& endpoint) {
  using s = custody_stage;
  for (number n = 1; n < low; ++n)
    if (!in.closed(n) && !in.is(n, {s::delivered, s::unconfirmed, s::voided}) &&
        !is_for_others(in, n, endpoint))
      return "P4: low2 above a number without a stored end";
  for (const range& r : voids)
    for (number n = r.first; n <= r.last; ++n)
      if (!in.is(n, {s::voided})) return "P4: a number told as void is not void durably";
  return nullptr;
}

const char* claims_of(const check& e, const out::transmit& sent, const shelf_view& in) {
  using s = custody_stage;
  const auto held = in.at(e.at);
  if (!in.is(e.at, {s::executed, s::unwatched}))
    return "P4: a message was sent on without a durable execute";
  const auto is_there = [&](const record::sent_to& to) { return to.endpoint == e.head.memory; };
  if (std::none_of(held->sent.begin(), held->sent.end(), is_there))
    return "P4: a message was sent on before it was marked as sent";
  if (!sent.payload || !in.has_payload(e.at, &*sent.payload))
    return "P4: a message was sent on with another payload than is held";
  if (!((held->ends ? *held->ends : end_code{}) == e.second))
    return "P4: a second code was sent on that is not durable";
  return low_two_holds(in, e.low, e.voids, e.head.memory);
}

}  // namespace

void server_books::append(octets& to) const {
  writer w(to);
  append_lives(w);
  w.u8(attached);
  w.u8(detaches);
}

server_machine::server_machine(const world& in, wires& net) : machine_of(who::server, in, net) {
  preset_keys sender, receiver;
  toy::give_keys(sender, env_.keys, receiver);
}

std::shared_ptr<server_machine::role> server_machine::fresh() {
  server_limits limits = strict(server_limits{});
  limits.altered_max = 3;
  // what depends on the time since, or on a count that is no part of a state, never bites
  limits.probes_max = 1000000;
  limits.answers_per_peer = limits.answers_in_all = {1000000000, 1};
  return std::make_shared<role>(env_, toy::relay, limits);
}

/// What append_state leaves out and is more than a time.
void server_machine::append_hidden(const role& of, octets& to) const {
  writer w(to);
  for (const auto& [key, c] : reach::conversations_of(of)) {
    for (const auto& [address, via] : c.channels) w.u64(via.asked.empty() ? 0 : via.asked_top);
    for (const auto& s : c.slots) {
      w.u8(static_cast<octet>((s.payload != nullptr) << 1 | (s.due() != never)));
      for (std::size_t i = 0; i < s.deliveries(); ++i) w.raw(octets_view(s.delivery(i).code()));
    }
  }
}

std::vector<nonce> server_machine::open_questions(const role& of) const {
  std::vector<nonce> out;
  for (const auto& [key, c] : reach::conversations_of(of))
    for (const auto& [address, via] : c.channels)
      if (!via.asked.empty()) out.push_back(via.asked);
  return out;
}

void server_machine::set_interval(role& of, bool over) {
  for (auto& [key, c] : reach::conversations_of(of)) {
    for (auto& [address, via] : c.channels)
      if (via.syncs > 0) via.synced_at = over ? long_ago : the_time;
    for (auto& s : c.slots)
      for (std::size_t i = 0; i < s.deliveries(); ++i)
        s.delivery(i).set_sent_at(over ? longer_ago : the_time);
  }
}

bool server_machine::above_bounds(const party& p) const {
  return p.books.detaches > in_.detaches ||
         p.drawn > static_cast<std::uint64_t>(1 + in_.probes + p.books.losses + p.books.returns);
}

const char* server_machine::claims(const party&, const shelf& store,
                                   const out::transmit& sent) const {
  const header& head = header_of(sent.what);
  const shelf_view in{store, head.conversation};
  const auto* r = std::get_if<receipt>(&sent.what);
  if (r != nullptr || std::holds_alternative<challenge>(sent.what)) {
    const auto peer = store.find<record::server_peer>("vm/" + toy::alice);
    if (!peer || peer->memory != head.memory) return "P4: a memory is named that is not durable";
    return r == nullptr ? nullptr : claims_of(*r, in);
  }
  if (const auto* c = std::get_if<check>(&sent.what)) return claims_of(*c, sent, in);
  const auto& s = std::get<vidimus::sync>(sent.what);
  return low_two_holds(in, s.low, s.voids, s.head.memory);
}

void server_machine::list_deadlines(const party& from, std::vector<move>& to) {
  const auto& index = (*from.role).*open(reach::server_deadlines{});
  const auto armed = armed_in<heap, entries>(index, less);
  const auto add = [&](kind what, std::size_t i, instant when) {
    move& one = to.emplace_back(move{{what, static_cast<std::uint8_t>(i)}, {}});
    step(
        from, {}, false,
        [&](role& of, server_books&) {
          make_due<heap, entries>(of.*open(reach::server_deadlines{}), armed[i], when);
          return std::optional(of.tick(when));
        },
        one.to);
  };
  for (std::size_t i = 0; i < armed.size(); ++i)
    if ((index.*open(entries{}))[armed[i] - 1].what.at == 0) add(kind::timer, i, the_time);

  const auto& all = reach::conversations_of(*from.role);
  std::uint8_t name = first_timed;
  for (const auto& timed : timed_in(all)) {
    const auto fall = [&](kind what) {
      move& one = to.emplace_back(move{{what, name}, {}});
      step(
          from, {}, false,
          [&](role& of, server_books&) {
            auto& s = reach::conversations_of(of).find(timed.conversation)->second.at(timed.at);
            (what == kind::hold ? s.time : s.expires) = the_time;
            auto& falls = of.*open(reach::server_deadlines{});
            const auto handle = entry_of<heap, entries>(falls, timed.at, [&](const due& d) {
              return d.of->conversation == timed.conversation && d.of->address.empty();
            });
            make_due<heap, entries>(falls, handle, the_time);
            return std::optional(of.tick(the_time));
          },
          one.to);
    };
    const auto& slot = all.find(timed.conversation)->second.at(timed.at);
    if (in_.server_ends != 0) fall(kind::deadline);
    if (in_.hold != 0 && slot.is == duty::custody::state::verified) fall(kind::hold);
    ++name;
  }
}

void server_machine::list(std::uint32_t state, std::vector<move>& to) {
  const party from = at(state);
  list_lives(state, in_.server_old, in_.server_lost, to);
  if (!from.role) return;
  const bool anew = from.books.attached;
  move& comes = to.emplace_back(move{{kind::attach, 0}, {}});
  step(
      from, {}, false,
      [&](role& of, server_books& books) {
        books.attached = true;
        if (anew) ++books.detaches;
        return std::optional(of.attached(toy::bob_full, the_time));
      },
      comes.to);
  if (from.books.attached && from.books.detaches < in_.detaches) {
    move& one = to.emplace_back(move{{kind::detach, 0}, {}});
    step(
        from, {}, false,
        [&](role& of, server_books& books) {
          books.attached = false;
          ++books.detaches;
          return std::optional(of.detached(toy::bob_full, the_time));
        },
        one.to);
  }
  list_deadlines(from, to);
}

bool server_machine::passes(std::uint32_t state, const message_name& name) const {
  const shelf_view in{*at(state).store, name.in};
  return in.closed(name.at) || in.is(name.at, {custody_stage::voided});
}

std::string server_machine::text(std::uint32_t state, input what) const {
  std::string out(kind_names[fsm::index_of(what.what)]);
  if (what.what != kind::timer && what.what != kind::deadline && what.what != kind::hold)
    return out;
  if (what.index >= first_timed) {
    const auto timed = timed_in(reach::conversations_of(*at(state).role))[what.index - first_timed];
    return out + " of " + short_name(timed.conversation.name.id) + " number " +
           std::to_string(timed.at);
  }
  const auto& index = (*at(state).role).*open(reach::server_deadlines{});
  const auto armed = armed_in<heap, entries>(index, less);
  const due& fell = (index.*open(entries{}))[armed[what.index] - 1].what;
  out += " of " + short_name(fell.of->conversation.name.id);
  return fell.at == 0 ? out : out + " number " + std::to_string(fell.at);
}

}  // namespace explore
