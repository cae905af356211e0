// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_FSM_COVERAGE_HPP
#define VIDIMUS_FSM_COVERAGE_HPP

#include <bitset>
#include <optional>
#include <string>
#include <vector>

#include "table.hpp"

namespace vidimus::inline VIDIMUS_ABI::fsm {

/// The cells of a table that a run has reached. For observers in tests: mark, merge the runs, ask
/// what is missing. Refers to the table, which must outlive it; `mark` allocates nothing.
template <class Table>
class coverage {
 public:
  using state_type = typename Table::state_type;
  using input_type = typename Table::input_type;
  using row_type = typename Table::row_type;

  explicit coverage(const Table& of) noexcept : table_(&of) {}
  explicit coverage(const Table&&) = delete;

  /// Letters without a name are passed over: nothing in the table can be meant.
  void mark(state_type in, input_type on) noexcept {
    if (index_of(in) < Table::state_count && index_of(on) < Table::input_count)
      reached_[Table::cell(in, on)] = true;
  }

  bool reached(state_type in, input_type on) const noexcept {
    return index_of(in) < Table::state_count && index_of(on) < Table::input_count &&
           reached_[Table::cell(in, on)];
  }

  /// True if one of the row's cells was reached.
  bool reached(const row_type& one) const noexcept {
    for (std::size_t i = 0; i < Table::input_count; ++i)
      if (one.on.contains(i) && reached(one.from, static_cast<input_type>(i))) return true;
    return false;
  }

  /// The union with another run over the same table.
  void merge(const coverage& other) noexcept { reached_ |= other.reached_; }

  std::size_t reached_count() const noexcept { return reached_.count(); }
  /// How many cells have a row: what `reached_count` can become.
  std::size_t reachable_count() const noexcept {
    std::size_t count = 0;
    for (std::size_t cell = 0; cell < Table::cell_count; ++cell) count += has_row(cell) ? 1 : 0;
    return count;
  }

  /// The cells that have a row and were not reached, as "state input", in the order of the letters.
  std::vector<std::string> missing_cells() const {
    std::vector<std::string> out;
    for (std::size_t cell = 0; cell < Table::cell_count; ++cell)
      if (has_row(cell) && !reached_[cell]) out.push_back(cell_name(cell));
    return out;
  }

  /// The rows none of whose cells was reached, as "state input,input", in the order of the table.
  std::vector<std::string> missing_rows() const {
    std::vector<std::string> out;
    for (const row_type& one : table_->rows())
      if (!reached(one)) out.push_back(name_of_row(one));
    return out;
  }

  /// "state input,input", as `missing_rows()` has it.
  std::string name_of_row(const row_type& one) const {
    std::string out(table_->name_of(one.from));
    char before = ' ';
    for (std::size_t i = 0; i < Table::input_count; ++i) {
      if (!one.on.contains(i)) continue;
      (out += before).append(table_->name_of(static_cast<input_type>(i)));
      before = ',';
    }
    return out;
  }

  /// One line "table state input" for each cell reached; texts of several tables may be joined.
  std::string text() const {
    std::string out;
    for (std::size_t cell = 0; cell < Table::cell_count; ++cell) {
      if (!reached_[cell]) continue;
      out.append(table_->name()).append(" ").append(cell_name(cell)).append("\n");
    }
    return out;
  }

  /// Marks what `text()` of an earlier run says about this table and passes over lines about
  /// other tables and empty lines. False if a line about this table is not understood, as after a
  /// change of the letters; the other lines are read all the same.
  bool read(std::string_view lines) {
    bool understood = true;
    while (!lines.empty()) {
      auto end = lines.find('\n');
      understood = read_line(lines.substr(0, end)) && understood;
      lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
    }
    return understood;
  }

  friend bool operator==(const coverage& a, const coverage& b) noexcept {
    return a.table_ == b.table_ && a.reached_ == b.reached_;
  }

 private:
  bool has_row(std::size_t cell) const noexcept {
    return table_->has(Table::state_of_cell(cell), Table::input_of_cell(cell));
  }

  std::string cell_name(std::size_t cell) const {
    std::string out(table_->name_of(Table::state_of_cell(cell)));
    return out.append(" ").append(table_->name_of(Table::input_of_cell(cell)));
  }

  template <std::size_t N>
  static std::optional<std::size_t> place(const std::array<std::string_view, N>& in,
                                          std::string_view name) noexcept {
    for (std::size_t i = 0; i < N; ++i)
      if (in[i] == name) return i;
    return std::nullopt;
  }

  bool read_line(std::string_view line) {
    auto next_word = [rest = line]() mutable {
      auto end = rest.find(' ');
      auto word = rest.substr(0, end);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      return word;
    };
    if (next_word() != table_->name()) return true;
    auto state = place(table_->all_names().states, next_word());
    auto input = place(table_->all_names().inputs, next_word());
    if (!state || !input) return false;
    std::size_t cell = *state * Table::input_count + *input;
    if (line.substr(table_->name().size() + 1) != cell_name(cell)) return false;
    reached_[cell] = true;
    return true;
  }

  const Table* table_;
  std::bitset<Table::cell_count> reached_;
};

}  // namespace vidimus::inline VIDIMUS_ABI::fsm

#endif
