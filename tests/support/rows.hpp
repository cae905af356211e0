// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_SUPPORT_ROWS_HPP
#define VIDIMUS_TESTS_SUPPORT_ROWS_HPP

#include <cstdlib>
#include <fstream>
#include <string>
#include <vidimus/duty/acceptance.hpp>
#include <vidimus/duty/custody.hpp>
#include <vidimus/duty/delivery.hpp>
#include <vidimus/duty/submission.hpp>
#include <vidimus/fsm/coverage.hpp>

namespace support {

namespace duty = vidimus::duty;
namespace fsm = vidimus::fsm;

/// The cells of the four tables that runs have used.
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
  /// One line "table state input" for each cell.
  std::string text() const {
    std::string out;
    each([&](const auto&, const auto& reached) { out += reached.text(); });
    return out;
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

/// What this process has used; written to the file that VIDIMUS_ROWS names when it ends.
inline rows& rows_of_process() {
  struct kept {
    rows used;
    ~kept() {
      if (const char* file = std::getenv("VIDIMUS_ROWS")) std::ofstream(file) << used.text();
    }
  };
  static kept all;
  return all.used;
}

}  // namespace support

#endif
