// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_FSM_LAWS_HPP
#define VIDIMUS_FSM_LAWS_HPP

#include <string>

#include "table.hpp"

/// What every transition table obeys, checked while compiling. Each law is a function that answers
/// with the first place where it is broken. After a table write
///
///     static_assert(fsm::obeyed<fsm::broken_law(table)>);
///
/// and a broken law stops the build with its sentence, the state and the input.
namespace vidimus::inline VIDIMUS_ABI::fsm {

// One list for the enumeration, the sentences at run time and those of the compiler. Each sentence
// says what is wrong where the law is broken.
#define VIDIMUS_FSM_LAWS(law) \
  law(named, "a row, the start or an end uses a letter that has no name") \
      law(covers, "a row covers no input") \
          law(deterministic, "two rows cover the same state and input") law( \
              total, "a live state has no row for an input: add a row, or write ignore or refuse") \
              law(ends_final, "an end has a row: nothing may happen after an end") law( \
                  reachable, "a state cannot be reached from the start") \
                  law(end_in_reach, "no end can be reached from a live state") law( \
                      inert, "an ignored or refused input changes the state or causes an action") \
                      law(distinct, "a row does the same action twice") law( \
                          reports_once, \
                          "a row enters an end without exactly one report, or reports elsewhere") \
                          law(precedes, "a row does two actions in the wrong order") law( \
                              preceded, \
                              "a row does an action without the action that must come before it")

#define VIDIMUS_FSM_ENUMERATOR(name, text) name,
/// `none`: nothing is broken. The last three hold for tables that ask for them.
enum class law : std::uint8_t { none, VIDIMUS_FSM_LAWS(VIDIMUS_FSM_ENUMERATOR) };
#undef VIDIMUS_FSM_ENUMERATOR

/// What is wrong where the law is broken, for a person.
constexpr std::string_view sentence(law which) noexcept {
  switch (which) {
    case law::none: break;
#define VIDIMUS_FSM_CASE(name, text) \
  case law::name: return text;
      VIDIMUS_FSM_LAWS(VIDIMUS_FSM_CASE)
#undef VIDIMUS_FSM_CASE
  }
  return "nothing is broken";
}

/// A law and the first place where a table breaks it. For laws about a state alone (`ends_final`,
/// `reachable`, `end_in_reach`) and for `covers` the input means nothing and is the first letter.
template <letter State, letter Input>
struct broken {
  law which = law::none;
  State state{};
  Input input{};

  constexpr bool holds() const noexcept { return which == law::none; }
  friend constexpr bool operator==(const broken&, const broken&) = default;
};

/// The answer of a law about a table.
template <class Table>
using finding = broken<typename Table::state_type, typename Table::input_type>;

/// True, or the build stops here with the sentence of the broken law; the compiler prints the
/// state and the input with it.
template <broken Found>
constexpr bool obey() {
#define VIDIMUS_FSM_ASSERT(name, text) static_assert(Found.which != law::name, text);
  VIDIMUS_FSM_LAWS(VIDIMUS_FSM_ASSERT)
#undef VIDIMUS_FSM_ASSERT
  return Found.holds();
}
template <broken Found>
inline constexpr bool obeyed = obey<Found>();
#undef VIDIMUS_FSM_LAWS

/// "table: sentence (state, input)"; for tests and tools.
template <class Table>
std::string describe(const Table& table, const finding<Table>& found) {
  std::string out(table.name());
  out.append(": ").append(sentence(found.which));
  if (found.holds()) return out;
  out.append(" (").append(table.name_of(found.state));
  out.append(", ").append(table.name_of(found.input)).append(")");
  return out;
}

namespace detail {

/// The first input of a set; the first letter if the set is empty.
template <letter Input>
constexpr Input first_of(input_set<Input> on) noexcept {
  std::size_t i = 0;
  while (i < on.index_bound() && !on.contains(i)) ++i;
  return static_cast<Input>(on.empty() ? 0 : i);
}

template <class Row>
constexpr auto found_in(law which, const Row& at) noexcept {
  return broken<typename Row::state_type, typename Row::input_type>{which, at.from,
                                                                    first_of(at.on)};
}

}  // namespace detail

/// Every letter in use has a name.
template <class Table>
constexpr finding<Table> named(const Table& table) noexcept {
  for (const auto& row : table.rows()) {
    bool known = index_of(row.from) < Table::state_count && index_of(row.to) < Table::state_count &&
                 row.on.index_bound() <= Table::input_count;
    for (auto action : row.actions) known = known && index_of(action) < Table::action_count;
    if (!known) return detail::found_in(law::named, row);
  }
  bool known = index_of(table.start()) < Table::state_count &&
               table.ends().index_bound() <= Table::state_count;
  return known ? finding<Table>{} : finding<Table>{law::named, table.start(), {}};
}

/// Every row covers an input.
template <class Table>
constexpr finding<Table> covers(const Table& table) noexcept {
  for (const auto& row : table.rows())
    if (row.on.empty()) return detail::found_in(law::covers, row);
  return {};
}

/// No cell is covered twice.
template <class Table>
constexpr finding<Table> deterministic(const Table& table) noexcept {
  for (std::size_t r = 0; r < Table::row_count; ++r)
    for (std::size_t i = 0; i < Table::input_count; ++i) {
      const auto& row = table.rows()[r];
      auto input = static_cast<typename Table::input_type>(i);
      if (row.on.contains(i) && table.row_index(row.from, input) != r)
        return {law::deterministic, row.from, input};
    }
  return {};
}

/// Every live state has a row for every input.
template <class Table>
constexpr finding<Table> total(const Table& table) noexcept {
  for (std::size_t cell = 0; cell < Table::cell_count; ++cell) {
    auto state = Table::state_of_cell(cell);
    auto input = Table::input_of_cell(cell);
    if (!table.is_end(state) && !table.has(state, input)) return {law::total, state, input};
  }
  return {};
}

/// Ends have no rows.
template <class Table>
constexpr finding<Table> ends_final(const Table& table) noexcept {
  for (const auto& row : table.rows())
    if (table.is_end(row.from)) return {law::ends_final, row.from, {}};
  return {};
}

/// Every state can be reached from the start.
template <class Table>
constexpr finding<Table> reachable(const Table& table) noexcept {
  letter_set<typename Table::state_type> reached{table.start()};
  for (std::size_t before = 0; before != reached.size();) {
    before = reached.size();
    for (const auto& row : table.rows())
      if (reached.contains(row.from)) reached.insert(row.to);
  }
  for (std::size_t s = 0; s < Table::state_count; ++s)
    if (!reached.contains(s))
      return {law::reachable, static_cast<typename Table::state_type>(s), {}};
  return {};
}

/// From every live state an end can be reached.
template <class Table>
constexpr finding<Table> end_in_reach(const Table& table) noexcept {
  auto reaching = table.ends();
  for (std::size_t before = 0; before != reaching.size();) {
    before = reaching.size();
    for (const auto& row : table.rows())
      if (reaching.contains(row.to)) reaching.insert(row.from);
  }
  for (std::size_t s = 0; s < Table::state_count; ++s)
    if (!reaching.contains(s))
      return {law::end_in_reach, static_cast<typename Table::state_type>(s), {}};
  return {};
}

/// Ignored and refused inputs neither change the state nor cause an action.
template <class Table>
constexpr finding<Table> inert(const Table& table) noexcept {
  for (const auto& row : table.rows())
    if (row.kind != verdict::move && (row.to != row.from || !row.actions.empty()))
      return detail::found_in(law::inert, row);
  return {};
}

/// No row does an action twice.
template <class Table>
constexpr finding<Table> distinct(const Table& table) noexcept {
  for (const auto& row : table.rows())
    for (auto action : row.actions)
      if (row.actions.count(action) != 1) return detail::found_in(law::distinct, row);
  return {};
}

/// The first law of those above that the table breaks, or none.
template <class Table>
constexpr finding<Table> broken_law(const Table& table) noexcept {
  finding<Table> found = named(table);
  if (found.holds()) found = covers(table);
  if (found.holds()) found = deterministic(table);
  if (found.holds()) found = total(table);
  if (found.holds()) found = ends_final(table);
  if (found.holds()) found = reachable(table);
  if (found.holds()) found = end_in_reach(table);
  if (found.holds()) found = inert(table);
  if (found.holds()) found = distinct(table);
  return found;
}

template <class Table>
constexpr bool lawful(const Table& table) noexcept {
  return broken_law(table).holds();
}

/// Each row that enters an end does `report` once, and no other row does it: every record has
/// exactly one outcome.
template <class Table>
constexpr finding<Table> reports_once(const Table& table,
                                      typename Table::action_type report) noexcept {
  for (const auto& row : table.rows())
    if (row.actions.count(report) != (table.is_end(row.to) ? 1u : 0u))
      return detail::found_in(law::reports_once, row);
  return {};
}

/// In each row that does both, `earlier` comes before `later`.
template <class Table>
constexpr finding<Table> precedes(const Table& table, typename Table::action_type earlier,
                                  typename Table::action_type later) noexcept {
  for (const auto& row : table.rows())
    if (row.actions.contains(earlier) && row.actions.contains(later) &&
        row.actions.find(earlier) > row.actions.find(later))
      return detail::found_in(law::precedes, row);
  return {};
}

/// Each row that does `later` does `earlier` before it.
template <class Table>
constexpr finding<Table> preceded(const Table& table, typename Table::action_type later,
                                  typename Table::action_type earlier) noexcept {
  for (const auto& row : table.rows())
    if (row.actions.contains(later) && row.actions.find(earlier) >= row.actions.find(later))
      return detail::found_in(law::preceded, row);
  return {};
}

}  // namespace vidimus::inline VIDIMUS_ABI::fsm

#endif
