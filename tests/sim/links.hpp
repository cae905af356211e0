// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_SIM_LINKS_HPP
#define VIDIMUS_TESTS_SIM_LINKS_HPP

#include <map>
#include <set>

#include "alter.hpp"
#include "plan.hpp"

namespace sim {

/// Octets of stanzas, as they are on the wire.
struct traffic {
  std::uint64_t sent = 0, lost = 0;
  std::uint64_t again = 0;      ///< what had left before: a message, a command, a status
  std::uint64_t needless = 0;   ///< of these, messages and commands of which nothing was lost
  std::uint64_t questions = 0;  ///< syncs, and the snapshots that answer them
  void add(const traffic& other);
};

/// Links whose latency is the same nowhere and never: how long each element takes, and what all of
/// them have cost.
class links {
 public:
  links(link_kind is, std::uint64_t seed) : is_(is), chance_(seed, 10) {}

  /// Milliseconds until the element arrives.
  std::int64_t lag(const stanza& s, std::int64_t now);
  void count(const stanza& s, std::string_view type, bool lost);
  const traffic& counted() const noexcept { return counted_; }

 private:
  using path = std::pair<std::string, std::string>;
  /// What an element carries that can be sent again: kind, conversation, number, status.
  using item = std::tuple<std::size_t, path, conversation_id, number, status>;
  struct line {
    std::int64_t base = 0;        ///< milliseconds
    std::int64_t changes_at = 0;  ///< then another base
    std::int64_t last = 0;        ///< arrival of the latest element
  };
  std::vector<item> items_of(const stanza& s) const;

  link_kind is_;
  chance chance_;
  std::map<path, line> lines_;
  std::map<item, bool> left_;  ///< whether all that left so far was lost
  traffic counted_;
};

}  // namespace sim

#endif
