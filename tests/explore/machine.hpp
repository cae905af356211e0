// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_EXPLORE_MACHINE_HPP
#define VIDIMUS_TESTS_EXPLORE_MACHINE_HPP

#include "wires.hpp"
#include "world.hpp"

namespace explore {

/// What can happen to a party besides the arrival of an element.
enum class kind : std::uint8_t {
  submit,
  withdraw,
  close,
  link_restored,
  link_lost,
  timer,
  deadline,
  hold,
  attach,
  detach,
  accept,
  refuse,
  gap,        ///< gap_wait is over at an ordered endpoint, or the delay of receipts
  take_late,  ///< the application makes the effect of what a lost store had handed it
  crash,      ///< between two calls
  restore,
  copy_store,   ///< a backup is made
  restore_old,  ///< the process ends, the backup is put in place
  lose,         ///< the process ends, the store is empty
};

inline constexpr std::array<std::string_view, 19> kind_names{
    "submits",
    "withdraws",
    "closes",
    "link restored",
    "link lost",
    "timer",
    "lifetime or grace over",
    "hold over",
    "attached",
    "detached",
    "application accepts",
    "application refuses",
    "gap_wait or delay over",
    "application accepts what an earlier life handed it",
    "dies",
    "restored",
    "backup made",
    "backup restored",
    "store lost"};

struct input {
  kind what = kind::crash;
  std::uint8_t index = 0;
  friend bool operator==(const input&, const input&) = default;
};

/// One thing that may come of an input in a state of a party.
struct alternative {
  std::uint32_t to = 0;              ///< the party's state then
  std::vector<std::uint32_t> sends;  ///< elements
  const char* broken = nullptr;      ///< the promise that was broken on the way
  std::uint8_t altered = 0;          ///< how the element arrived
  bool quick = false;                ///< within the interval between answers
  std::uint8_t died_before = 0;      ///< the output not carried out, from 1; 0: all were
  bool beyond = false;               ///< above the bounds: for finding ways to an end only
};

struct move {
  input what;
  std::vector<alternative> to;
};

/// Elements by their numbers.
class bits {
 public:
  bool has(std::uint32_t at) const {
    return at / 64 < words_.size() && (words_[at / 64] >> (at % 64) & 1) != 0;
  }
  void add(std::uint32_t at) {
    if (at / 64 >= words_.size()) words_.resize(at / 64 + 1);
    words_[at / 64] |= std::uint64_t{1} << (at % 64);
  }
  bool within(const bits& other) const {
    for (std::size_t i = 0; i < words_.size(); ++i)
      if ((words_[i] & ~(i < other.words_.size() ? other.words_[i] : 0)) != 0) return false;
    return true;
  }
  void remove(std::uint32_t at) {
    if (!has(at)) return;
    words_[at / 64] &= ~(std::uint64_t{1} << (at % 64));
    while (!words_.empty() && words_.back() == 0) words_.pop_back();
  }
  /// Calls `see(number)` for all in this set and in `also`, but not in `except`.
  template <class See>
  void each(const bits& also, const bits& except, See see) const {
    for (std::size_t i = 0; i < words_.size() && i < also.words_.size(); ++i) {
      std::uint64_t left = words_[i] & also.words_[i];
      if (i < except.words_.size()) left &= ~except.words_[i];
      for (; left != 0; left &= left - 1)
        see(static_cast<std::uint32_t>(64 * i) +
            static_cast<std::uint32_t>(std::countr_zero(left)));
    }
  }
  const std::vector<std::uint64_t>& words() const { return words_; }
  friend bool operator==(const bits&, const bits&) = default;

 private:
  std::vector<std::uint64_t> words_;
};

/// The states that one party has been found in, and what each input makes of them; each is computed
/// once, by the real role.
class machine {
 public:
  machine() = default;
  machine(const machine&) = delete;
  virtual ~machine() = default;

  /// What comes of an element; nothing: it has no effect.
  const std::vector<alternative>& on_element(std::uint32_t state, std::uint32_t element);
  const std::vector<move>& moves(std::uint32_t state);
  /// Elements whose effect in a state is known; those that may change it; those that may leave it
  /// and make it send. Within the bounds.
  const bits& tried(std::uint32_t state) const { return known_[state].tried; }
  const bits& moving(std::uint32_t state) const { return known_[state].moving; }
  const bits& answered(std::uint32_t state) const { return known_[state].answered; }
  std::size_t count() const { return known_.size(); }
  /// Results that were left out because they are above the bounds.
  std::size_t beyond() const { return beyond_; }

  /// Whether an answer to this question would still be taken as one.
  bool asks(std::uint32_t state, const nonce& question) const {
    const auto& open = known_[state].open_questions;
    return std::find(open.begin(), open.end(), question) != open.end();
  }

  virtual std::string text(std::uint32_t state, input what) const = 0;

 protected:
  virtual void arrive(std::uint32_t state, std::uint32_t element, std::vector<alternative>& to) = 0;
  virtual void list(std::uint32_t state, std::vector<move>& to) = 0;
  void known_state(std::vector<nonce>&& open_questions) {
    known_.emplace_back().open_questions = std::move(open_questions);
  }

 private:
  struct entry {
    bool listed = false;
    std::vector<move> moves;
    std::vector<std::uint32_t> results;  ///< by element: place in results_ + 1
    bits tried, moving, answered;
    std::vector<nonce> open_questions;
  };
  void tidy(std::uint32_t state, std::vector<alternative>& all);

  std::deque<entry> known_;
  std::deque<std::vector<alternative>> results_{{}};
  std::size_t beyond_ = 0;
};

}  // namespace explore

#endif
