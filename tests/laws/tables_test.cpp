// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// The laws of the four tables that the library runs. The compiler has seen most of them already,
// beside the tables; here they are listed, and those that no single line of a table shows.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <algorithm>
#include <string>
#include <vector>
#include <vidimus/duty/acceptance.hpp>
#include <vidimus/duty/custody.hpp>
#include <vidimus/duty/delivery.hpp>
#include <vidimus/duty/submission.hpp>

namespace {

namespace duty = vidimus::duty;
namespace fsm = vidimus::fsm;
using vidimus::clause;

template <class Table>
void obeys(const Table& table, const fsm::finding<Table>& found) {
  INFO(fsm::describe(table, found));
  CHECK(found.holds());
}

template <class Visit>
void each_table(Visit visit) {
  visit(duty::submission::table);
  visit(duty::custody::table);
  visit(duty::delivery::table);
  visit(duty::acceptance::table);
}

}  // namespace

TEST_CASE("every table obeys every law", "[tables]") {
  each_table([](const auto& table) {
    obeys(table, fsm::named(table));
    obeys(table, fsm::covers(table));
    obeys(table, fsm::deterministic(table));
    obeys(table, fsm::total(table));
    obeys(table, fsm::ends_final(table));
    obeys(table, fsm::reachable(table));
    obeys(table, fsm::end_in_reach(table));
    obeys(table, fsm::inert(table));
    obeys(table, fsm::distinct(table));
  });
}

TEST_CASE("the tables have names that a line of text can carry", "[tables]") {
  std::vector<std::string> tables;
  each_table([&](const auto& table) {
    tables.emplace_back(table.name());
    auto check = [](const auto& names) {
      std::vector<std::string_view> sorted(names.begin(), names.end());
      std::sort(sorted.begin(), sorted.end());
      CHECK(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end());
      for (auto name : sorted) {
        CAPTURE(name);
        CHECK_FALSE(name.empty());
        CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos);
      }
    };
    check(table.all_names().states);
    check(table.all_names().inputs);
    check(table.all_names().actions);
  });
  CHECK(tables == std::vector<std::string>{"submission", "custody", "delivery", "acceptance"});
}

TEST_CASE("every action of a table is used", "[tables]") {
  each_table([](const auto& table) {
    using action = typename std::remove_cvref_t<decltype(table)>::action_type;
    for (std::size_t a = 0; a < table.action_count; ++a) {
      auto wanted = static_cast<action>(a);
      CAPTURE(table.name(), table.name_of(wanted));
      CHECK(std::any_of(table.rows().begin(), table.rows().end(),
                        [&](const auto& row) { return row.actions.contains(wanted); }));
    }
  });
}

TEST_CASE("what cannot occur is refused, and nothing else is", "[tables][not.armed]") {
  each_table([](const auto& table) {
    for (const auto& row : table.rows()) {
      CAPTURE(table.name(), table.name_of(row.from));
      CHECK((row.kind == fsm::verdict::refuse) == (row.cited == clause::not_armed));
    }
  });
}

TEST_CASE("submission: one outcome each, durable before it is told", "[tables][outcome.once]") {
  using duty::submission::action;
  const auto& table = duty::submission::table;
  obeys(table, fsm::reports_once(table, action::report));
  obeys(table, fsm::preceded(table, action::report, action::persist));
  obeys(table, fsm::preceded(table, action::forget, action::report));
}

TEST_CASE("submission: nothing is sent before it is durable", "[tables][durable.first]") {
  using duty::submission::action;
  const auto& table = duty::submission::table;
  obeys(table, fsm::precedes(table, action::persist, action::transmit_message));
  obeys(table, fsm::precedes(table, action::persist, action::transmit_execute));
  obeys(table, fsm::precedes(table, action::persist, action::transmit_withdraw));
  obeys(table, fsm::precedes(table, action::expose, action::persist));
}

TEST_CASE("submission: the command is decided durably where it is first sent",
          "[tables][s3.execute]") {
  using namespace duty::submission;
  for (const auto& row : table.rows()) {
    if (row.from != state::awaiting_receipt || !row.actions.contains(action::transmit_execute))
      continue;
    CHECK(row.to == state::awaiting_execution);
    CHECK(row.actions.find(action::persist) < row.actions.find(action::transmit_execute));
  }
}

TEST_CASE("submission: a certain negative is an authenticated void or follows no command",
          "[tables][outcome.withdrawn][outcome.expired][outcome.failed]") {
  using namespace duty::submission;
  const fsm::letter_set<state> negative{state::withdrawn, state::expired, state::failed};
  const fsm::letter_set<state> no_command{state::parked, state::awaiting_receipt};
  const fsm::input_set<input> authenticated{input::voided, input::voided_expired};
  for (const auto& row : table.rows()) {
    if (!negative.contains(row.to) || no_command.contains(row.from)) continue;
    CAPTURE(table.name_of(row.from), table.name_of(row.to));
    for (std::size_t i = 0; i < table.input_count; ++i)
      if (row.on.contains(i)) CHECK(authenticated.contains(i));
  }
}

TEST_CASE("submission: the exposed never end as a certain negative", "[tables][name.exposed]") {
  using namespace duty::submission;
  for (std::size_t s = 0; s < table.state_count; ++s) {
    auto in = static_cast<state>(s);
    if (in == state::parked || table.is_end(in)) continue;
    CHECK(table.at(in, input::voided_exposed).to == state::uncertain);
  }
}

TEST_CASE("custody: what a receipt says is durable first", "[tables][s2.receipt]") {
  using duty::custody::action;
  const auto& table = duty::custody::table;
  obeys(table, fsm::precedes(table, action::persist, action::tell));
  obeys(table, fsm::preceded(table, action::start_delivery, action::persist));
  obeys(table, fsm::preceded(table, action::start_delivery, action::tell));
}

TEST_CASE("custody: a void is for ever", "[tables][void.first]") {
  using namespace duty::custody;
  for (const auto& row : table.rows())
    if (row.from == state::voided) CHECK((row.to == state::voided || row.to == state::closed));
}

TEST_CASE("custody: other content under the same name changes nothing", "[tables][name.reused]") {
  using namespace duty::custody;
  for (std::size_t s = 0; s < table.state_count; ++s) {
    auto in = static_cast<state>(s);
    if (!table.is_end(in)) CHECK(table.at(in, input::check_other).to == in);
  }
}

TEST_CASE("delivery: sent is durable before it is true", "[tables][s4.mark]") {
  using namespace duty::delivery;
  obeys(table, fsm::precedes(table, action::mark_sent, action::transmit_message));
  for (auto in : {state::waiting, state::asking})
    for (const auto& row : table.rows())
      if (row.from == in && row.actions.contains(action::transmit_message))
        CHECK(row.actions.contains(action::mark_sent));
}

TEST_CASE("acceptance: handed is durable before the application sees it", "[tables][s5.hand]") {
  using duty::acceptance::action;
  const auto& table = duty::acceptance::table;
  obeys(table, fsm::preceded(table, action::deliver, action::persist));
}

TEST_CASE("acceptance: one delivery", "[tables][s5.repeat]") {
  using namespace duty::acceptance;
  for (const auto& row : table.rows())
    if (row.actions.contains(action::deliver))
      CHECK((row.from == state::unknown || row.from == state::waiting));
  // and nothing that was handed over leads back there
  for (const auto& row : table.rows())
    if (row.to == state::unknown || row.to == state::waiting)
      CHECK((row.from == state::unknown || row.from == state::waiting));
}

TEST_CASE("acceptance: what was skipped stays so, and what waits is not told",
          "[tables][order.late][order.wait]") {
  using namespace duty::acceptance;
  for (const auto& row : table.rows()) {
    if (row.from == state::skipped) CHECK((row.to == state::skipped || row.to == state::closed));
    if (row.to == state::waiting) CHECK_FALSE(row.actions.contains(action::answer));
    if (row.to == state::skipped && row.from != state::skipped)
      CHECK(row.on == fsm::input_set<input>{input::gap_over});
  }
}

TEST_CASE("acceptance: other content under the same name is an alarm, never a delivery",
          "[tables][name.reused]") {
  using namespace duty::acceptance;
  for (const auto& row : table.rows()) {
    if (!row.on.contains(input::check_other)) continue;
    CHECK(row.to == row.from);
    CHECK_FALSE(row.actions.contains(action::deliver));
    CHECK_FALSE(row.actions.contains(action::deliver_again));
  }
}

TEST_CASE("acceptance: the answer follows the application's, durably", "[tables][s5.answer]") {
  using namespace duty::acceptance;
  for (const auto& row : table.rows()) {
    if (row.to != state::delivered || row.from == state::delivered) continue;
    CHECK(row.on == fsm::input_set<input>{input::accepted});
    CHECK(row.actions == fsm::action_list<action>{action::persist, action::answer});
  }
}
