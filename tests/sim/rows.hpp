// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_SIM_ROWS_HPP
#define VIDIMUS_TESTS_SIM_ROWS_HPP

#include <support/rows.hpp>

#include "sim.hpp"

namespace sim {

using support::rows;

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
