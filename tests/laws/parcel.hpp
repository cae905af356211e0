// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_LAWS_PARCEL_HPP
#define VIDIMUS_TESTS_LAWS_PARCEL_HPP

#include <vidimus/fsm/laws.hpp>

/// A small lawful table, for the tests of laws, render and coverage.
namespace parcel {

namespace fsm = vidimus::fsm;

enum class state : std::uint8_t { packed, sent, arrived, lost };
enum class input : std::uint8_t { post, scan, signature, overdue };
enum class action : std::uint8_t { persist, transmit, report };
enum class clause : std::uint8_t { send, receive, give_up };

constexpr std::string_view id_of(clause cited) noexcept {
  constexpr std::array<std::string_view, 3> ids{"p1.send", "p2.receive", "p3.give_up"};
  return ids[fsm::index_of(cited)];
}

inline constexpr auto state_names =
    std::to_array<std::string_view>({"packed", "sent", "arrived", "lost"});
inline constexpr auto input_names =
    std::to_array<std::string_view>({"post", "scan", "signature", "overdue"});
inline constexpr auto action_names =
    std::to_array<std::string_view>({"persist", "transmit", "report"});
inline constexpr fsm::names all_names{state_names, input_names, action_names};

using row = fsm::row<state, input, action, clause>;

/// A table of these letters with any rows.
template <std::size_t N>
constexpr auto table_of(const std::array<row, N>& rows) {
  return fsm::table{"parcel", all_names, rows, fsm::start{state::packed},
                    fsm::ends{state::arrived, state::lost}};
}

inline constexpr auto rows = std::to_array<row>({
    {state::packed, input::post, state::sent, {action::persist, action::transmit}, clause::send},
    row::refuse(state::packed, {input::scan, input::signature}, clause::send),
    {state::packed, input::overdue, state::lost, {action::report}, clause::give_up},
    {state::sent, input::scan, state::sent, {action::persist}, clause::receive},
    {state::sent,
     input::signature,
     state::arrived,
     {action::persist, action::report},
     clause::receive},
    row::ignore(state::sent, input::post, clause::send),
    {state::sent, input::overdue, state::lost, {action::report}, clause::give_up},
});

inline constexpr auto table = table_of(rows);
static_assert(fsm::obeyed<fsm::broken_law(table)>);

/// The rows of the lawful table with one of them replaced.
constexpr auto with(std::size_t at, const row& other) {
  auto changed = rows;
  changed[at] = other;
  return table_of(changed);
}

/// The rows of the lawful table and one more.
constexpr auto with_also(const row& more) {
  std::array<row, rows.size() + 1> longer{};
  for (std::size_t i = 0; i < rows.size(); ++i) longer[i] = rows[i];
  longer.back() = more;
  return table_of(longer);
}

}  // namespace parcel

#endif
