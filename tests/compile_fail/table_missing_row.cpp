// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// A live state without a row for an input stops the build.
// expect: a live state has no row for an input: add a row, or write ignore or refuse
#include <vidimus/fsm/laws.hpp>

namespace {

namespace fsm = vidimus::fsm;

enum class state : std::uint8_t { waiting, done };
enum class input : std::uint8_t { tick, stop };
enum class action : std::uint8_t { report };
enum class clause : std::uint8_t { some };

constexpr fsm::names all_names{std::to_array<std::string_view>({"waiting", "done"}),
                               std::to_array<std::string_view>({"tick", "stop"}),
                               std::to_array<std::string_view>({"report"})};

using row = fsm::row<state, input, action, clause>;

constexpr fsm::table table{
    "missing row", all_names,
    std::to_array<row>({
#ifndef OFFENCE
        row::ignore(state::waiting, input::tick, clause::some),
#endif
        {state::waiting, input::stop, state::done, {action::report}, clause::some},
    }),
    fsm::start{state::waiting}, fsm::ends{state::done}};

static_assert(fsm::obeyed<fsm::broken_law(table)>);

}  // namespace
