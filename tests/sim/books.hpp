// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_SIM_BOOKS_HPP
#define VIDIMUS_TESTS_SIM_BOOKS_HPP

#include <map>
#include <optional>
#include <vector>

#include "sim.hpp"

namespace sim {

/// That an application took a message: at which endpoint, under which memory of it.
struct effect {
  int endpoint = 0;
  memory_name memory;
};

/// One submission, as the world saw it.
struct submission {
  int sender = 0;
  std::string destination;
  std::string canonical;  ///< what the code covers
  std::string type;
  bool report = true;
  std::uint32_t lifetime_s = 0;
  std::int64_t submitted = 0;  ///< in the world's time
  message_name name;
  bool named = false;     ///< `submit` gave it a name
  bool accepted = false;  ///< its record became durable
  bool withdraw_asked = false;
  bool rolled_back = false;    ///< its sender was restored from an older store since
  bool living_again = false;   ///< and that store held it without an outcome
  bool all = false;            ///< every endpoint that is there has to take it
  bool plain = false;          ///< it may leave without a code
  bool marked = false;         ///< that it does is durable
  int left = 0;                ///< times it did
  int refusals = 0;            ///< by applications
  int skips = 0;               ///< by ordered endpoints: times it is durable
  int altered_on_hop_one = 0;  ///< copies of it that reached the relay altered
  std::vector<effect> effects;
  std::vector<out::report> reports;
  std::int64_t reported = 0;

  std::int64_t expires() const { return submitted + std::int64_t{lifetime_s} * 1000; }
};

/// The simulator's own books of what was submitted, taken and reported: P1 to P3 are judged by
/// them alone.
class books {
 public:
  std::vector<submission> all;
  bool lenient = false;     ///< P2 and P3 are not judged
  std::int64_t jumped = 0;  ///< how far clocks may be off
  int altered_least = 2;    ///< altered copies that may end a message

  int open(submission s) {
    all.push_back(std::move(s));
    return static_cast<int>(all.size()) - 1;
  }
  void name(int at, const message_name& name);
  submission* find(const message_name& name);
  submission* find(const name_key& key);

  /// A `deliver`: P1.
  submission& delivered(const out::deliver& what, const std::string& at);
  /// An application took it: P2 and P3.
  void took(const message_name& name, const effect& e);
  /// A `report` that the host of sender number `sender` got: P3.
  void reported(int sender, const out::report& what, std::int64_t now);
  /// P2 and the second half of P3, at any time.
  void check_ends_are_true() const;

  std::string describe(const submission& s) const;

 private:
  void check_outcome(const submission& s, const out::report& r, std::int64_t now) const;

  std::map<name_key, int> by_name_;
};

constexpr bool is_negative(outcome o) noexcept {
  return o == outcome::withdrawn || o == outcome::expired || o == outcome::failed;
}

}  // namespace sim

#endif
