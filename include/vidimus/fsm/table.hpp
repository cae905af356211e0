// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_FSM_TABLE_HPP
#define VIDIMUS_FSM_TABLE_HPP

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <type_traits>

#include "../base/contract.hpp"

/// Transition tables as constants: (state, input) -> (next state, actions, clause). A table is
/// data; nothing here decides anything. The laws that a table obeys are in fsm/laws.hpp, its
/// pictures in fsm/render.hpp, the cells that tests have reached in fsm/coverage.hpp.
namespace vidimus::inline VIDIMUS_ABI::fsm {

/// What a row means. `move`: the input is expected, the actions follow, also where the state stays.
/// `ignore`: the input may occur and has no effect. `refuse`: the caller erred and is told so.
enum class verdict : std::uint8_t { move, ignore, refuse };

/// A letter of one of the alphabets (states, inputs, actions): an enumeration counted from 0.
template <class E>
concept letter = std::is_enum_v<E>;

template <letter E>
constexpr std::size_t index_of(E value) noexcept {
  return static_cast<std::size_t>(value);
}

/// A set of letters with index 0 to 63. Made of one letter or of a braced list.
template <letter Letter>
class letter_set {
 public:
  static constexpr std::size_t index_end = 64;

  constexpr letter_set() = default;
  constexpr letter_set(Letter one) noexcept { insert(one); }
  constexpr letter_set(std::initializer_list<Letter> some) noexcept {
    for (Letter one : some) insert(one);
  }

  /// Breaks the contract from index 64 up; in a constant, that stops the build.
  constexpr void insert(Letter one) noexcept {
    VIDIMUS_EXPECT(index_of(one) < index_end, "a letter set holds letters 0 to 63");
    mask_ |= std::uint64_t{1} << index_of(one);
  }

  constexpr bool contains(Letter one) const noexcept { return contains(index_of(one)); }
  constexpr bool contains(std::size_t index) const noexcept {
    return index < index_end && (mask_ >> index & 1) != 0;
  }
  constexpr bool empty() const noexcept { return mask_ == 0; }
  constexpr std::size_t size() const noexcept {
    return static_cast<std::size_t>(std::popcount(mask_));
  }
  /// One above the highest index in the set; 0 if empty.
  constexpr std::size_t index_bound() const noexcept {
    return static_cast<std::size_t>(std::bit_width(mask_));
  }

  friend constexpr bool operator==(const letter_set&, const letter_set&) = default;

 private:
  std::uint64_t mask_ = 0;
};

template <letter Input>
using input_set = letter_set<Input>;

/// Up to eight actions, in the order in which they are to be done.
template <letter Action>
class action_list {
 public:
  static constexpr std::size_t size_max = 8;

  constexpr action_list() = default;
  /// Breaks the contract above `size_max` actions; in a constant, that stops the build.
  constexpr action_list(std::initializer_list<Action> some) noexcept {
    VIDIMUS_EXPECT(some.size() <= size_max, "a row has at most eight actions");
    for (Action one : some) actions_[size_++] = one;
  }

  constexpr const Action* begin() const noexcept { return actions_.data(); }
  constexpr const Action* end() const noexcept { return actions_.data() + size_; }
  constexpr std::size_t size() const noexcept { return size_; }
  constexpr bool empty() const noexcept { return size_ == 0; }
  constexpr Action operator[](std::size_t at) const noexcept { return actions_[at]; }

  /// The place of the first such action; `size()` if there is none.
  constexpr std::size_t find(Action wanted) const noexcept {
    std::size_t at = 0;
    while (at < size_ && actions_[at] != wanted) ++at;
    return at;
  }
  constexpr bool contains(Action wanted) const noexcept { return find(wanted) < size_; }
  constexpr std::size_t count(Action wanted) const noexcept {
    std::size_t found = 0;
    for (Action one : *this) found += one == wanted ? 1 : 0;
    return found;
  }

  friend constexpr bool operator==(const action_list&, const action_list&) = default;

 private:
  std::array<Action, size_max> actions_{};
  std::uint8_t size_ = 0;
};

/// One line of a table: in `from`, on any of `on`, do `actions` in order and be in `to`, because
/// `cited` says so.
template <letter State, letter Input, letter Action, class Clause>
struct row {
  using state_type = State;
  using input_type = Input;
  using action_type = Action;
  using clause_type = Clause;

  State from;
  input_set<Input> on;
  State to;
  action_list<Action> actions;
  Clause cited;
  verdict kind = verdict::move;

  /// A row for inputs that may occur and have no effect.
  static constexpr row ignore(State in, input_set<Input> on, Clause cited) noexcept {
    return {in, on, in, {}, cited, verdict::ignore};
  }
  /// A row for inputs that only an error of the caller brings.
  static constexpr row refuse(State in, input_set<Input> on, Clause cited) noexcept {
    return {in, on, in, {}, cited, verdict::refuse};
  }

  friend constexpr bool operator==(const row&, const row&) = default;
};

/// The names of the letters, in the order of their values. Their numbers are the sizes of the
/// alphabets, so no enumeration needs a counting letter at its end.
template <std::size_t States, std::size_t Inputs, std::size_t Actions>
struct names {
  constexpr names(const std::array<std::string_view, States>& of_states,
                  const std::array<std::string_view, Inputs>& of_inputs,
                  const std::array<std::string_view, Actions>& of_actions) noexcept
      : states(of_states), inputs(of_inputs), actions(of_actions) {}

  std::array<std::string_view, States> states;
  std::array<std::string_view, Inputs> inputs;
  std::array<std::string_view, Actions> actions;
};

/// Where every record begins.
template <letter State>
struct start {
  constexpr explicit start(State in) noexcept : state(in) {}
  State state;
};

/// The states after which nothing happens any more; they have no rows. All others are live.
template <letter State>
struct ends {
  template <std::same_as<State>... More>
  constexpr explicit ends(State first, More... more) noexcept : states{first, more...} {}
  letter_set<State> states;
};
template <letter State, class... More>
ends(State, More...) -> ends<State>;

/// A transition table with its names; `at` costs two array reads. Building one checks nothing:
/// follow each table by `static_assert(fsm::obeyed<fsm::broken_law(table)>)` of fsm/laws.hpp.
template <letter State, letter Input, letter Action, class Clause, std::size_t Rows,
          std::size_t States, std::size_t Inputs, std::size_t Actions>
class table {
 public:
  using state_type = State;
  using input_type = Input;
  using action_type = Action;
  using clause_type = Clause;
  using row_type = row<State, Input, Action, Clause>;
  using names_type = names<States, Inputs, Actions>;

  static constexpr std::size_t row_count = Rows;
  static constexpr std::size_t state_count = States;
  static constexpr std::size_t input_count = Inputs;
  static constexpr std::size_t action_count = Actions;
  static constexpr std::size_t cell_count = States * Inputs;
  static_assert(States <= letter_set<State>::index_end, "a table has at most 64 states");
  static_assert(Inputs <= letter_set<Input>::index_end, "a table has at most 64 inputs");
  static_assert(Rows < 0x10000, "a table has fewer than 65,536 rows");

  constexpr table(std::string_view name, const names_type& of,
                  const std::array<row_type, Rows>& rows, fsm::start<State> begin,
                  fsm::ends<State> final) noexcept
      : name_(name), names_(of), rows_(rows), start_(begin.state), ends_(final.states) {
    row_of_cell_.fill(Rows);
    for (std::size_t r = 0; r < Rows; ++r) {
      if (index_of(rows_[r].from) >= States) continue;  // found by the law `named`
      for (std::size_t i = 0; i < Inputs; ++i) {
        auto& cell = row_of_cell_[index_of(rows_[r].from) * Inputs + i];
        if (rows_[r].on.contains(i) && cell == Rows) cell = static_cast<std::uint16_t>(r);
      }
    }
  }

  constexpr std::string_view name() const noexcept { return name_; }
  constexpr const std::array<row_type, Rows>& rows() const noexcept { return rows_; }
  constexpr State start() const noexcept { return start_; }
  constexpr letter_set<State> ends() const noexcept { return ends_; }
  constexpr bool is_end(State in) const noexcept { return ends_.contains(in); }

  /// The row for an input in a state. Breaks the contract if there is none, which in a lawful
  /// table means that `in` is an end.
  constexpr const row_type& at(State in, Input on) const noexcept {
    std::size_t r = row_index(in, on);
    VIDIMUS_EXPECT(r != row_count, "no row for this input: the state is an end");
    return rows_[r];
  }

  /// True if a row covers the cell.
  constexpr bool has(State in, Input on) const noexcept { return row_index(in, on) != row_count; }

  /// The place in `rows()` of the row for the cell, the first if there are several; `row_count` if
  /// there is none.
  constexpr std::size_t row_index(State in, Input on) const noexcept {
    if (index_of(in) >= States || index_of(on) >= Inputs) return row_count;
    return row_of_cell_[cell(in, on)];
  }

  /// The place of (state, input) in a dense array of `cell_count` cells.
  static constexpr std::size_t cell(State in, Input on) noexcept {
    return index_of(in) * Inputs + index_of(on);
  }
  static constexpr State state_of_cell(std::size_t cell) noexcept {
    return static_cast<State>(cell / Inputs);
  }
  static constexpr Input input_of_cell(std::size_t cell) noexcept {
    return static_cast<Input>(cell % Inputs);
  }

  /// The name of a letter; "?" if the letter is above the names given.
  constexpr std::string_view name_of(State one) const noexcept { return pick(names_.states, one); }
  constexpr std::string_view name_of(Input one) const noexcept { return pick(names_.inputs, one); }
  constexpr std::string_view name_of(Action one) const noexcept {
    return pick(names_.actions, one);
  }
  constexpr const names_type& all_names() const noexcept { return names_; }

 private:
  template <std::size_t N, letter E>
  static constexpr std::string_view pick(const std::array<std::string_view, N>& from,
                                         E one) noexcept {
    return index_of(one) < N ? from[index_of(one)] : std::string_view("?");
  }

  std::string_view name_;
  names_type names_;
  std::array<row_type, Rows> rows_;
  State start_;
  letter_set<State> ends_;
  std::array<std::uint16_t, cell_count> row_of_cell_{};
};

}  // namespace vidimus::inline VIDIMUS_ABI::fsm

#endif
