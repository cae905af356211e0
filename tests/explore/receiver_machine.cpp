// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "parties.hpp"

namespace explore {

namespace {

bool knows(const record::receiver_conversation& line, const status_range& said, number n) {
  switch (said.what) {
    case status::pending:
      for (const auto& one : line.handed)
        if (one.at == n) return true;
      return false;
    case status::delivered: return line.delivered.contains(n);
    case status::voided:
      for (const auto& one : line.refused)
        if (one.at == n) return one.why == said.why;
      return line.skipped.contains(n) && said.why == reason::late;
    case status::closed: return n < line.low || n < line.next;
    default: return false;
  }
}

}  // namespace

void receiver_books::append(octets& to) const {
  writer w(to);
  append_lives(w);
  for (const auto& life : by_life)
    for (const message& m : life)
      w.u8(static_cast<octet>(m.passed << 7 | m.told << 6 | m.skipped << 5 | m.given << 4 |
                              m.handed << 3 | m.waits << 2 | m.took << 1 | m.refused));
}

bool receiver_books::took(std::size_t which) const {
  for (const auto& life : by_life)
    if (life[which].took) return true;
  return false;
}

bool receiver_books::passed(std::size_t which) const {
  for (const auto& life : by_life)
    if (life[which].passed) return true;
  return false;
}

bool receiver_books::told_late(std::size_t which) const {
  for (const auto& life : by_life)
    if (life[which].skipped) return true;
  return false;
}

receiver_machine::receiver_machine(const world& in, wires& net)
    : machine_of(who::receiver, in, net) {
  preset_keys sender, server;
  toy::give_keys(sender, server, env_.keys);
  toy::give_ends(sender, env_.keys, in.ends != 0, in.ends == 2);
}

std::shared_ptr<receiver_machine::role> receiver_machine::fresh() {
  receiver_limits limits = strict(receiver_limits{});
  limits.answers_per_peer = limits.answers_in_all = {1000000000, 1};
  limits.ordered = in_.ordered != 0;
  if (in_.waits != 0) limits.receipts.delay = seconds(1);
  return std::make_shared<role>(env_, toy::bob, limits);
}

/// What the application is given: it is what was submitted under that name, and was not given to
/// it before under this memory without a word.
const char* receiver_machine::told(party& now, const shelf& store, const receiver_output& what) {
  const auto* given = std::get_if<out::deliver>(&what);
  if (given == nullptr) return nullptr;
  // a later life of the sender has the last message only, and in worlds of three none
  const bool first_life = short_name(given->name.in.id) == "s1";
  const auto i = static_cast<std::size_t>(first_life ? given->name.at : in_.messages) - 1;
  if (i >= texts.size()) return "P1: the application was given a name that nobody submitted";
  const std::string_view text = texts[i];
  if (!given->body->whole || *given->body->whole != text || as_text(given->body->canonical) != text)
    return "P1: the application was given other content than was submitted under the name";
  const auto line =
      store.find<record::receiver_conversation>(record::key_of("rc", toy::relay, given->name.in));
  bool handed = false;
  for (std::size_t h = 0; line && h < line->handed.size(); ++h)
    handed = handed || line->handed[h].at == given->name.at;
  if (!handed) return "P4: the application was given what is not durably marked as handed";
  auto& m = now.books.now()[i];
  if (m.handed && !given->again) return "P2: handed a second time without saying so";
  if (in_.ordered != 0 && short_name(given->name.in.id) == "s1")
    if (const char* broken = told_in_order(now, *line, *given)) return broken;
  now.books.names[i] = given->name;
  m.handed = m.waits = true;
  m.refused = false;
  return nullptr;
}

/// By number, again in each life of the process; each lower one that was not handed over is told as
/// skipped, once, or is void or below low2.
const char* receiver_machine::told_in_order(party& now, const record::receiver_conversation& line,
                                            const out::deliver& given) const {
  auto& all = now.books.now();
  const std::size_t i = given.name.at - 1;
  if (all[i].told || all[i].skipped) return "order: what was skipped was handed over";
  for (std::size_t higher = i + 1; higher < all.size(); ++higher)
    if (all[higher].given || (all[higher].handed && !given.again))
      return "order: handed over behind a higher number";
  for (std::size_t lower = 0; lower < i; ++lower) {
    auto& m = all[lower];
    const bool told = given.skipped.contains(lower + 1);
    if (told && (m.handed || (m.told && !given.again)))
      return "order: told as skipped twice, or was handed over";
    m.skipped = m.skipped || told;
    if (!m.handed && !m.refused && !m.skipped && !m.told && line.low <= lower + 1) m.passed = true;
  }
  all[i].given = true;
  return nullptr;
}

const char* receiver_machine::claims(const party&, const shelf& store,
                                     const out::transmit& sent) const {
  const header& head = header_of(sent.what);
  const auto peer = store.find<record::receiver_peer>("rm/" + toy::relay);
  if (!peer || peer->memory != head.memory) return "P4: a memory is named that is not durable";
  const auto* r = std::get_if<receipt>(&sent.what);
  if (r == nullptr) return nullptr;
  const auto line = store.find<record::receiver_conversation>(
      record::key_of("rc", toy::relay, head.conversation));
  for (const status_range& s : r->states)
    for (number n = s.span.first; n <= s.span.last; ++n)
      if (!line || !knows(*line, s, n)) return "P4: a final receipt states what is not durable";
  for (const end_part& one : r->ends) {
    const end_part* held = line ? find_end(line->ends, one.at) : nullptr;
    if (held == nullptr || !(*held == one)) return "P4: a proof is told that is not durable";
  }
  if (line && r->limit > line->low + receiver_limits{}.window - 1)
    return "P4: a final receipt promises credit that is not durable";
  return nullptr;
}

void receiver_machine::list(std::uint32_t state, std::vector<move>& to) {
  const party from = at(state);
  list_lives(state, 0, in_.receiver_lost, to);
  list_gap(from, to);
  const auto life = static_cast<std::size_t>(from.books.losses + from.books.returns);
  for (std::uint8_t i = 0; i < in_.messages; ++i) {
    for (std::size_t before = 0; before < life; ++before) {
      const auto& m = from.books.by_life[before][i];
      if (!m.handed || m.took || m.refused) continue;
      party took = from;
      took.books.by_life[before][i].took = true;
      to.push_back({{kind::take_late, i}, {ends_as(std::move(took))}});
    }
    if (!from.role || !from.books.by_life[life][i].waits) continue;
    for (kind what : {kind::accept, kind::refuse}) {
      const bool takes = what == kind::accept;
      // what it took already it cannot refuse
      if (!takes && (in_.refuse == 0 || from.books.by_life[life][i].took)) continue;
      move& one = to.emplace_back(move{{what, i}, {}});
      step(
          from, {}, true,
          [&](role& of, receiver_books& books) -> std::optional<outputs> {
            auto& m = books.by_life[life][i];
            m.waits = false;
            (takes ? m.took : m.refused) = true;
            if (i > 0 && books.by_life[life][0].skipped) books.by_life[life][0].told = true;
            auto done = takes ? of.accepted(books.names[i], the_time)
                              : of.refused(books.names[i], the_time);
            return done ? std::move(*done) : outputs{};
          },
          one.to);
    }
  }
}

void receiver_machine::list_gap(const party& from, std::vector<move>& to) {
  if ((in_.ordered != 2 && in_.waits == 0) || !from.role || from.role->next_deadline() == never)
    return;
  move& one = to.emplace_back(move{{kind::gap, 0}, {}});
  step(
      from, {}, false,
      [&](role& of, receiver_books&) { return std::optional(of.tick(of.next_deadline())); },
      one.to);
}

std::string receiver_machine::text(std::uint32_t, input what) const {
  std::string out(kind_names[fsm::index_of(what.what)]);
  if (what.what == kind::accept || what.what == kind::refuse || what.what == kind::take_late)
    out += " \"" + std::string(texts[what.index]) + "\"";
  return out;
}

}  // namespace explore
