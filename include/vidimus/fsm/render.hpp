// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_FSM_RENDER_HPP
#define VIDIMUS_FSM_RENDER_HPP

#include <string>

#include "table.hpp"

/// Tables as Markdown and Mermaid, for the documentation and for tests. The text depends on what
/// the table means and not on how its rows are grouped or sorted: states and inputs appear in the
/// order of their letters. The identifier of a clause comes from a function
/// `std::string_view id_of(Clause)` in the namespace of the clause.
namespace vidimus::inline VIDIMUS_ABI::fsm {

namespace detail {

inline void append_code(std::string& out, std::string_view name) {
  out.append("`").append(name).append("`");
}

template <class Table, class Visit>
void each_input(Visit visit) {
  for (std::size_t i = 0; i < Table::input_count; ++i)
    visit(static_cast<typename Table::input_type>(i));
}

template <class Table, class Visit>
void each_state(Visit visit) {
  for (std::size_t s = 0; s < Table::state_count; ++s)
    visit(static_cast<typename Table::state_type>(s));
}

template <class Table>
bool is_kind(const Table& table, typename Table::state_type in, typename Table::input_type on,
             verdict kind) {
  return table.has(in, on) && table.at(in, on).kind == kind;
}

/// One line of the table of a state.
template <class Table>
void append_move(std::string& out, const Table& table, typename Table::input_type on,
                 const typename Table::row_type& row) {
  out.append("| ");
  append_code(out, table.name_of(on));
  out.append(" | ");
  append_code(out, table.name_of(row.to));
  out.append(" | ");
  std::string_view before;
  for (auto action : row.actions) {
    append_code(out.append(before), table.name_of(action));
    before = ", ";
  }
  out.append(row.actions.empty() ? "none | " : " | ").append(id_of(row.cited)).append(" |\n");
}

/// "Ignored: `a`, `b` (clause); `c` (clause)."; nothing if the state has no such input. Inputs of
/// one clause stand together, at the place of the first of them.
template <class Table>
void append_folded(std::string& out, const Table& table, typename Table::state_type in,
                   verdict kind, std::string_view title) {
  input_set<typename Table::input_type> written;
  std::string text;
  each_input<Table>([&](auto first) {
    if (!is_kind(table, in, first, kind) || written.contains(first)) return;
    auto cited = table.at(in, first).cited;
    text.append(text.empty() ? "" : "; ");
    std::string_view before;
    each_input<Table>([&](auto also) {
      if (!is_kind(table, in, also, kind) || table.at(in, also).cited != cited) return;
      append_code(text.append(before), table.name_of(also));
      before = ", ";
      written.insert(also);
    });
    text.append(" (").append(id_of(cited)).append(")");
  });
  if (!text.empty()) out.append("\n").append(title).append(": ").append(text).append(".\n");
}

template <class Table>
void append_state(std::string& out, const Table& table, typename Table::state_type in) {
  out.append("\n## ").append(table.name_of(in)).append("\n");
  if (table.is_end(in)) {
    out.append("\nAn end: nothing happens any more.\n");
    return;
  }
  std::string moves;
  each_input<Table>([&](auto on) {
    if (is_kind(table, in, on, verdict::move)) append_move(moves, table, on, table.at(in, on));
  });
  if (!moves.empty())
    out.append("\n| input | next state | actions | clause |\n|---|---|---|---|\n").append(moves);
  append_folded(out, table, in, verdict::ignore, "Ignored");
  append_folded(out, table, in, verdict::refuse, "Refused");
}

/// One arrow, labelled with all inputs that lead from the one state to the other.
template <class Table>
void append_arrow(std::string& out, const Table& table, typename Table::state_type from,
                  typename Table::state_type to) {
  std::string inputs;
  each_input<Table>([&](auto on) {
    if (!is_kind(table, from, on, verdict::move) || table.at(from, on).to != to) return;
    inputs.append(inputs.empty() ? "" : ", ").append(table.name_of(on));
  });
  if (inputs.empty()) return;
  out.append("    ").append(table.name_of(from)).append(" --> ").append(table.name_of(to));
  out.append(": ").append(inputs).append("\n");
}

}  // namespace detail

/// The moves of a table as a Mermaid `stateDiagram-v2`; ignored and refused inputs are left out.
template <class Table>
std::string mermaid(const Table& table) {
  std::string out("stateDiagram-v2\n    [*] --> ");
  out.append(table.name_of(table.start())).append("\n");
  detail::each_state<Table>([&](auto from) {
    detail::each_state<Table>([&](auto to) { detail::append_arrow(out, table, from, to); });
  });
  detail::each_state<Table>([&](auto in) {
    if (table.is_end(in)) out.append("    ").append(table.name_of(in)).append(" --> [*]\n");
  });
  return out;
}

/// A table as a Markdown page: the diagram, then for each state what every input does.
template <class Table>
std::string markdown(const Table& table) {
  std::string out("# ");
  out.append(table.name()).append("\n\nStart: ");
  detail::append_code(out, table.name_of(table.start()));
  out.append(". Ends: ");
  std::string_view before;
  detail::each_state<Table>([&](auto in) {
    if (!table.is_end(in)) return;
    detail::append_code(out.append(before), table.name_of(in));
    before = ", ";
  });
  out.append(".\n\n```mermaid\n").append(mermaid(table)).append("```\n");
  detail::each_state<Table>([&](auto in) { detail::append_state(out, table, in); });
  return out;
}

}  // namespace vidimus::inline VIDIMUS_ABI::fsm

#endif
