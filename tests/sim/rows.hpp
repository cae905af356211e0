// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_SIM_ROWS_HPP
#define VIDIMUS_TESTS_SIM_ROWS_HPP

#include <bitset>
#include <vidimus/fsm/coverage.hpp>

#include "sim.hpp"

namespace sim {

/// The cells of the four tables that the runs have used.
class rows {
 public:
  void mark(std::string_view table, std::size_t cell) noexcept { reached_[place(table)].set(cell); }
  void merge(const rows& other) noexcept {
    for (std::size_t i = 0; i < reached_.size(); ++i) reached_[i] |= other.reached_[i];
  }
  /// Calls `with` with each table and its `fsm::coverage`.
  template <class With>
  void each(With with) const {
    with(duty::submission::table, of(duty::submission::table, 0));
    with(duty::custody::table, of(duty::custody::table, 1));
    with(duty::delivery::table, of(duty::delivery::table, 2));
    with(duty::acceptance::table, of(duty::acceptance::table, 3));
  }

 private:
  static std::size_t place(std::string_view table) noexcept {
    switch (table.front()) {
      case 's': return 0;
      case 'c': return 1;
      case 'd': return 2;
      default: return 3;
    }
  }
  template <class Table>
  fsm::coverage<Table> of(const Table& table, std::size_t at) const {
    fsm::coverage<Table> out(table);
    for (std::size_t cell = 0; cell < Table::cell_count; ++cell)
      if (reached_[at][cell]) out.mark(Table::state_of_cell(cell), Table::input_of_cell(cell));
    return out;
  }

  std::array<std::bitset<512>, 4> reached_;
};

/// The observer of every role in a world.
struct watcher {
  rows* used = nullptr;
  std::array<std::uint64_t, notice_count> notices{};
  void row(std::string_view table, std::size_t cell) {
    if (used != nullptr) used->mark(table, cell);
  }
  void noticed(notice what) { ++notices[static_cast<std::size_t>(what)]; }
  std::uint64_t count(notice what) const { return notices[static_cast<std::size_t>(what)]; }
};

using env = environment<toy::crypto, preset_keys, toy::entropy, watcher>;

}  // namespace sim

#endif
