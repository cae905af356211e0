// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_EXCHANGE_PARTIES_HPP
#define VIDIMUS_DOCS_EXAMPLES_EXCHANGE_PARTIES_HPP

#include <vidimus/adapt/cryptopp.hpp>
#include <vidimus/adapt/preset_keys.hpp>
#include <vidimus/vidimus.hpp>

#include "chance.hpp"
#include "trust.hpp"

namespace exchange {

inline const std::string alice = "alice@example.org", alice_here = alice + "/phone";
inline const std::string relay = "relay.example.org";
inline const std::string bob = "bob@example.net", bob_here = bob + "/desk";

/// Hears the notices of a role, so that the program can say what it made of a stanza.
struct ear {
  std::array<bool, vidimus::notice_count> heard{};
  void row(std::string_view, std::size_t) {}
  void noticed(vidimus::notice what) { heard[static_cast<std::size_t>(what)] = true; }

  void forget() { heard = {}; }
  bool has(vidimus::notice what) const { return heard[static_cast<std::size_t>(what)]; }
  bool anything() const { return std::find(heard.begin(), heard.end(), true) != heard.end(); }
};

/// What each party is given: HMAC-SHA-256 over Crypto++, preset codes, random names, an observer.
using environment =
    vidimus::environment<vidimus::cryptopp, vidimus::preset_keys, repeatable_entropy, ear>;
using sender = vidimus::sender<environment>;
using server = vidimus::server<environment>;
using receiver = vidimus::receiver<environment>;

struct environments {
  environment of_sender, of_server, of_receiver;
};

/// Preset codes. A program reads them from where it keeps its secrets.
inline void give_keys(environments& to, trust mode, std::uint64_t seed) {
  to.of_sender.entropy.from = chance(seed, 11);
  to.of_server.entropy.from = chance(seed, 12);
  to.of_receiver.entropy.from = chance(seed, 13);
  std::array<vidimus::octet, 32> hop_one{}, hop_two{}, ends{};
  repeatable_entropy secrets{chance(seed, 14)};
  secrets.fill(hop_one);
  secrets.fill(hop_two);
  secrets.fill(ends);
  if (mode == trust::shared) hop_two = hop_one;
  bool good = to.of_sender.keys.add(relay, "hop-1", hop_one).has_value();
  good = to.of_server.keys.add(alice, "hop-1", hop_one).has_value() && good;
  good = to.of_server.keys.add(bob, "hop-2", hop_two).has_value() && good;
  good = to.of_receiver.keys.add(relay, "hop-2", hop_two).has_value() && good;
  if (mode == trust::end_to_end || mode == trust::sealed) {
    const auto rule = vidimus::check_rule::hmac_sha_256_128;
    const bool sealed = mode == trust::sealed;
    good = to.of_sender.keys.add_end_to_end(bob, "ends", ends, rule, sealed).has_value() && good;
    good = to.of_receiver.keys.add_end_to_end(alice, "ends", ends).has_value() && good;
  }
  VIDIMUS_EXPECT(good, "preset codes have at least 16 octets, and a name");
  to.of_receiver.keys.allow(relay, "@example.org");  // the origins the relay may speak for
}

}  // namespace exchange

#endif
