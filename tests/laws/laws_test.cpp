// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// Each law is broken once, by a table that obeys the laws before it; so each is known to look.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include "parcel.hpp"

namespace {

using namespace parcel;
using fsm::law;
using finding = fsm::broken<state, input>;

constexpr finding none{};

}  // namespace

TEST_CASE("a lawful table breaks no law", "[laws]") {
  STATIC_REQUIRE(fsm::lawful(table));
  STATIC_REQUIRE(fsm::broken_law(table) == none);
  STATIC_REQUIRE(fsm::reports_once(table, action::report) == none);
  STATIC_REQUIRE(fsm::precedes(table, action::persist, action::transmit) == none);
  STATIC_REQUIRE(fsm::preceded(table, action::transmit, action::persist) == none);
  CHECK(fsm::describe(table, none) == "parcel: nothing is broken");
}

TEST_CASE("a table answers for every cell", "[laws]") {
  STATIC_REQUIRE(table.at(state::packed, input::post).to == state::sent);
  STATIC_REQUIRE(table.at(state::packed, input::signature).kind == fsm::verdict::refuse);
  STATIC_REQUIRE(table.at(state::sent, input::post).kind == fsm::verdict::ignore);
  STATIC_REQUIRE(!table.has(state::lost, input::post));
  STATIC_REQUIRE(table.row_index(state::lost, input::post) == table.row_count);
  STATIC_REQUIRE(table.is_end(state::arrived));
  STATIC_REQUIRE(!table.is_end(state::sent));
  STATIC_REQUIRE(table.cell_count == 16);
  for (std::size_t cell = 0; cell < table.cell_count; ++cell) {
    auto in = table.state_of_cell(cell);
    auto on = table.input_of_cell(cell);
    CHECK(table.cell(in, on) == cell);
    CHECK(table.has(in, on) == !table.is_end(in));
  }
  CHECK(table.name_of(static_cast<state>(9)) == "?");
}

TEST_CASE("law: letters are named", "[laws]") {
  constexpr auto nowhere = with(0, {state::packed, input::post, static_cast<state>(4), {}, {}});
  STATIC_REQUIRE(fsm::broken_law(nowhere) == finding{law::named, state::packed, input::post});
  constexpr auto unheard = with_also(row::ignore(state::sent, static_cast<input>(4), {}));
  STATIC_REQUIRE(fsm::broken_law(unheard).which == law::named);
  constexpr auto undone =
      with(0, {state::packed, input::post, state::sent, {static_cast<action>(3)}, {}});
  STATIC_REQUIRE(fsm::broken_law(undone).which == law::named);
  constexpr fsm::table no_start{"parcel", all_names, rows, fsm::start{static_cast<state>(7)},
                                fsm::ends{state::arrived, state::lost}};
  STATIC_REQUIRE(fsm::broken_law(no_start).which == law::named);
  constexpr fsm::table no_end{"parcel", all_names, rows, fsm::start{state::packed},
                              fsm::ends{state::arrived, state::lost, static_cast<state>(5)}};
  STATIC_REQUIRE(fsm::broken_law(no_end).which == law::named);
}

TEST_CASE("law: a row covers an input", "[laws]") {
  constexpr auto bad = with_also(row::ignore(state::sent, {}, clause::send));
  STATIC_REQUIRE(fsm::broken_law(bad) == finding{law::covers, state::sent, input::post});
}

TEST_CASE("law: deterministic", "[laws]") {
  constexpr auto bad = with_also(row::ignore(state::sent, input::scan, clause::send));
  STATIC_REQUIRE(fsm::broken_law(bad) == finding{law::deterministic, state::sent, input::scan});
  CHECK(fsm::describe(bad, fsm::broken_law(bad)) ==
        "parcel: two rows cover the same state and input (sent, scan)");
}

TEST_CASE("law: total over live states", "[laws]") {
  constexpr auto bad = with(1, row::refuse(state::packed, input::scan, clause::send));
  STATIC_REQUIRE(fsm::broken_law(bad) == finding{law::total, state::packed, input::signature});
  STATIC_REQUIRE(!fsm::lawful(bad));
}

TEST_CASE("law: ends have no rows", "[laws]") {
  constexpr auto bad = with_also(row::ignore(state::lost, input::scan, clause::send));
  STATIC_REQUIRE(fsm::broken_law(bad) == finding{law::ends_final, state::lost, input::post});
}

TEST_CASE("law: every state is reachable", "[laws]") {
  constexpr auto bad =
      with(4, {state::sent, input::signature, state::lost, {action::report}, clause::receive});
  STATIC_REQUIRE(fsm::broken_law(bad) == finding{law::reachable, state::arrived, input::post});
}

TEST_CASE("law: an end is in reach of every live state", "[laws]") {
  // `sent` becomes a trap; the ends stay reachable from `packed`
  constexpr auto bad = table_of(std::to_array<row>({
      {state::packed, input::post, state::sent, {}, clause::send},
      {state::packed, {input::scan, input::signature}, state::arrived, {}, clause::receive},
      {state::packed, input::overdue, state::lost, {}, clause::give_up},
      row::ignore(state::sent, {input::post, input::scan, input::signature, input::overdue},
                  clause::send),
  }));
  STATIC_REQUIRE(fsm::broken_law(bad) == finding{law::end_in_reach, state::sent, input::post});
}

TEST_CASE("law: ignored and refused inputs are inert", "[laws]") {
  constexpr auto moved =
      with(5, {state::sent, input::post, state::packed, {}, clause::send, fsm::verdict::ignore});
  STATIC_REQUIRE(fsm::broken_law(moved) == finding{law::inert, state::sent, input::post});
  constexpr auto acted = with(5, {state::sent,
                                  input::post,
                                  state::sent,
                                  {action::persist},
                                  clause::send,
                                  fsm::verdict::ignore});
  STATIC_REQUIRE(fsm::broken_law(acted) == finding{law::inert, state::sent, input::post});
  constexpr auto refused = with(1, {state::packed,
                                    {input::scan, input::signature},
                                    state::packed,
                                    {action::report},
                                    clause::send,
                                    fsm::verdict::refuse});
  STATIC_REQUIRE(fsm::broken_law(refused) == finding{law::inert, state::packed, input::scan});
}

TEST_CASE("law: the actions of a row are distinct", "[laws]") {
  constexpr auto bad = with(3, {state::sent,
                                input::scan,
                                state::sent,
                                {action::persist, action::transmit, action::persist},
                                clause::receive});
  STATIC_REQUIRE(fsm::broken_law(bad) == finding{law::distinct, state::sent, input::scan});
}

TEST_CASE("law: each end is reported once", "[laws]") {
  constexpr auto silent = with(2, {state::packed, input::overdue, state::lost, {}, {}});
  STATIC_REQUIRE(fsm::reports_once(silent, action::report) ==
                 finding{law::reports_once, state::packed, input::overdue});
  constexpr auto early = with(3, {state::sent, input::scan, state::sent, {action::report}, {}});
  STATIC_REQUIRE(fsm::reports_once(early, action::report) ==
                 finding{law::reports_once, state::sent, input::scan});
}

TEST_CASE("law: an action comes before another", "[laws]") {
  constexpr auto swapped =
      with(0, {state::packed, input::post, state::sent, {action::transmit, action::persist}, {}});
  constexpr finding wrong{law::precedes, state::packed, input::post};
  STATIC_REQUIRE(fsm::precedes(swapped, action::persist, action::transmit) == wrong);
  STATIC_REQUIRE(fsm::preceded(swapped, action::transmit, action::persist).which == law::preceded);
  constexpr auto lone = with(0, {state::packed, input::post, state::sent, {action::transmit}, {}});
  STATIC_REQUIRE(fsm::precedes(lone, action::persist, action::transmit) == none);
  STATIC_REQUIRE(fsm::preceded(lone, action::transmit, action::persist) ==
                 finding{law::preceded, state::packed, input::post});
}

TEST_CASE("every law has its own sentence", "[laws]") {
  for (int a = 0; a <= static_cast<int>(law::preceded); ++a)
    for (int b = 0; b < a; ++b)
      CHECK(fsm::sentence(static_cast<law>(a)) != fsm::sentence(static_cast<law>(b)));
}

TEST_CASE("sets and lists of letters", "[laws]") {
  constexpr fsm::input_set<input> two{input::overdue, input::scan};
  STATIC_REQUIRE(two.size() == 2);
  STATIC_REQUIRE(two.contains(input::scan));
  STATIC_REQUIRE(!two.contains(input::post));
  STATIC_REQUIRE(two.index_bound() == 4);
  STATIC_REQUIRE(fsm::input_set<input>{}.empty());
  STATIC_REQUIRE(!two.contains(64));
  constexpr fsm::action_list<action> both{action::persist, action::report};
  STATIC_REQUIRE(both.size() == 2);
  STATIC_REQUIRE(both[1] == action::report);
  STATIC_REQUIRE(both.find(action::transmit) == 2);
  STATIC_REQUIRE(both.count(action::persist) == 1);
}
