// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_REAL_STACKS_WATCH_HPP
#define VIDIMUS_TESTS_REAL_STACKS_WATCH_HPP

#include <map>
#include <random>
#include <set>
#include <vidimus/adapt/xmpp_bundle.hpp>

#include "../proxy.hpp"

namespace real {

/// A message by the octets of its conversation's name, and its number.
using named = std::pair<std::string, vidimus::number>;

/// What passed of one message on one hop, between a client and its server.
struct passage {
  bool seen = false;
  bool intact = false;   ///< a copy of its check passed as it was
  bool altered = false;  ///< one was altered here
  bool told_altered = false;
  bool verified = false;   ///< its verifier said verified, or more
  bool baseless = false;   ///< and said so before an intact copy had passed
  bool alarmed = false;    ///< altered was said, and nothing had been altered
  bool commanded = false;  ///< its sender said execute
  bool confirmed = false;  ///< its verifier said delivered
};

/// What all links of a run saw.
struct ledger {
  explicit ledger(std::uint64_t seed) : chance(seed) {}

  std::map<named, std::array<passage, 2>> messages;  ///< by hop
  long long checks_altered = 0, others_altered = 0;
  long long replayed = 0, reordered = 0, withheld = 0, forged_receipts = 0, forged_commands = 0;
  long long obeyed = 0;                      ///< steps that only what was forged can have caused
  long long carbons = 0, archived = 0;       ///< copies of stanzas with our element
  long long answered_copies = 0;             ///< of messages that were never sent there themselves
  std::map<std::string, long long> bundles;  ///< that were written to, or came from, an address
  long long bundled = 0;                     ///< messages and elements in them
  long long unreadable = 0;                  ///< with our element, and the strict pass refuses them
  std::mt19937_64 chance;
};

/// Who is at the client's end of a link.
enum class side : unsigned char { sender, receiver };

/// Stands between one client and its server: alters every fifth message the first time it passes,
/// and every twelfth other stanza of ours; replays and reorders; forges receipts for messages that
/// it withholds, and commands. Writes down what is said of messages, and what was done without its
/// ground.
class watch final : public between {
 public:
  watch(ledger& to, side who, std::string address, bool alters)
      : to_(to), who_(who), address_(std::move(address)), alters_(alters) {}

  std::string pass(bool towards_server, std::string child) override;
  std::string back() override { return std::exchange(back_, {}); }

 private:
  passage& at(const vidimus::header& of, vidimus::number n);
  std::string pass_bundle(const vidimus::reading& how, bool towards_server, std::string child);
  std::string pass_check(const vidimus::check& of, std::string child, bool towards_server);
  void note_news(const vidimus::element& of);
  void note(const vidimus::receipt& of);
  void note(const vidimus::execute& of);
  void forge(const vidimus::check& of, std::string& child);
  std::string forged(vidimus::element what, vidimus::party as, const std::string& from,
                     const std::string& to) const;
  std::string disorder(bool towards_server, std::string child, bool whole);
  bool alter(std::string& child, bool towards_server);
  std::string readable(const std::string& child, bool towards_server) const;

  ledger& to_;
  side who_;
  std::string address_;
  bool alters_;
  std::set<named> offered_;
  int checks_ = 0, others_ = 0, passed_ = 0;
  std::string back_;                                 ///< forged, for the other way
  std::array<std::string, 2> held_;                  ///< to come behind the next, by way
  std::array<std::vector<std::string>, 2> earlier_;  ///< passed as they were
  vidimus::stanza_reader reader_, other_reader_;
  vidimus::bundle_reader bundle_reader_;
};

}  // namespace real

#endif
