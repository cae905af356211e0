// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_EXPLORE_EXPLORER_HPP
#define VIDIMUS_TESTS_EXPLORE_EXPLORER_HPP

#include <unordered_set>

#include "parties.hpp"

namespace explore {

/// The states of the three parties.
using triple = std::array<std::uint32_t, 3>;

struct triple_hash {
  std::size_t operator()(const triple& t) const noexcept {
    std::uint64_t h = t[0];
    for (std::uint64_t part : {t[1], t[2]}) {
      h = (h + part) * 0x9e3779b97f4a7c15ull;
      h ^= h >> 31;
    }
    return h;
  }
};

/// All that can happen in one world, breadth first; in one that begins late, from there on.
///
/// The network is the set of all elements ever sent; each may be delivered at any time and any
/// number of times. Two reductions, both sound for promises that, once broken, stay broken:
/// - A state is left out if one with the same parties and a larger set is known: that one can do
///   all this one can.
/// - A delivery that leaves its party as it was and only makes it send is done at once: by the
///   first rule the state before is left out then.
/// - Elements that differ only in a question that nobody waits for any more are one.
class explorer {
 public:
  struct limits {
    std::size_t states_max = 50000000;
    bool verbose = false;
    bool exact = false;  ///< without the last reduction: to see that it changes nothing
  };

  explorer(const world& in, const limits& most);
  /// Explores and prints; false if a promise is broken or no end is in reach.
  bool run();

 private:
  static constexpr std::uint32_t none = UINT32_MAX;

  /// What led to a state: an element (`is_element`) or a move of `party`.
  struct step_taken {
    std::uint32_t what = 0;
    std::uint16_t alternative = 0;
    who party = who::sender;
    bool is_element = false;
  };
  struct state {
    triple at{};
    std::uint32_t net = 0;
    std::uint32_t parent = none;
    std::uint32_t next = none;  ///< of the same triple
    step_taken by;
    bool covered = false;
  };
  /// Where an element came from, for a trace.
  struct origin {
    std::size_t place = 0;
    who party = who::sender;
    std::uint32_t answers = none;  ///< the element it answers, if that changed nothing else
  };

  machine& of(who w) const { return *machines_[fsm::index_of(w)]; }
  triple begin(bits& net);
  bool explore();
  void expand(std::uint32_t from);
  void take(std::uint32_t from, const step_taken& by, const alternative& one);
  void close(bits& net, const triple& at, std::map<std::uint32_t, origin>* why, std::size_t place);
  void mark_addressees();
  std::uint32_t form_of(std::uint32_t element, const triple& at);
  void forget_old_questions(bits& net, const triple& at, std::map<std::uint32_t, origin>* why);
  bool covered_by_known(const triple& at, const bits& net);
  const char* judge(const triple& at) const;
  std::uint32_t intern(bits&& net);
  void broken(const char* sentence, std::uint32_t from, const step_taken* by);

  // ways to an end (progress.cpp)
  bool all_reach_an_end();
  bool reaches_an_end(const triple& from, std::string* log);
  bool round(triple& at, bool attach_anew, std::string* log);
  void apply(triple& at, who party, const std::vector<alternative>& all, std::string* log,
             const std::string& text);
  void apply_moves(triple& at, who party, kind what, std::string* log);
  bool drain(triple& at, std::string* log, bits* all = nullptr);

  // traces (trace.cpp)
  void print_trace(std::uint32_t last, const step_taken* by) const;
  const alternative& result_of(const triple& at, const step_taken& by) const;
  std::string text_of(const triple& at, const step_taken& by) const;
  std::string sent_text(const std::vector<std::uint32_t>& sent) const;

  world in_;
  limits most_;
  wires net_;
  std::unique_ptr<sender_machine> sender_;
  std::unique_ptr<server_machine> server_;
  std::unique_ptr<receiver_machine> receiver_;
  std::array<machine*, 3> machines_{};
  std::array<bits, 3> addressed_;  ///< elements by addressee
  std::uint32_t addressed_up_to_ = 0;
  bits questions_;  ///< elements that ask or answer a question
  std::deque<state> states_;
  std::unordered_map<triple, std::uint32_t, triple_hash> by_triple_;
  std::deque<bits> nets_;
  std::unordered_map<print, std::uint32_t, print_hash> net_ids_;
  std::uint64_t transitions_ = 0;
  bool stopped_ = false;
  std::string before_;  ///< what came before the start, for a trace
  std::unordered_set<triple, triple_hash> ends_in_reach_;
  std::deque<std::uint32_t> on_the_way_;  ///< elements not delivered yet, in a way to an end
};

}  // namespace explore

#endif
