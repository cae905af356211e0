// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_TOOLS_EXAMPLES_PARTIES_HPP
#define VIDIMUS_DOCS_TOOLS_EXAMPLES_PARTIES_HPP

#include <cstdio>
#include <cstdlib>
#include <vidimus/adapt/cryptopp.hpp>
#include <vidimus/adapt/preset_keys.hpp>
#include <vidimus/vidimus.hpp>

/// Who the parties of the examples are, and what they are given.
namespace examples {

using namespace vidimus;

inline const std::string alice = "alice@example.org", relay = "relay.example.org",
                         bob = "bob@example.net";
inline const std::string alice_full = alice + "/phone", bob_full = bob + "/desk";

[[noreturn]] inline void broken(const std::string& why) {
  std::fprintf(stderr, "print-examples: %s\n", why.c_str());
  std::exit(1);
}
inline void expect(bool good, const std::string& why) {
  if (!good) broken(why);
}

/// The octets first, first + 1, ...
inline octets run_of(int first, std::size_t count) {
  octets out;
  while (out.size() < count) out.push_back(static_cast<octet>(first++));
  return out;
}

/// Names that count up, so that the page has the same with each run: each is a run of octets, the
/// next one begins 0x30 later. What is drawn in another size is no name, and all zero.
struct counting {
  int first = 0, drawn = 0;
  void fill(std::span<octet> out) {
    const bool is_name = out.size() == 12;
    int at = first + 0x30 * drawn + drawn / 16;
    for (octet& one : out) one = static_cast<octet>(is_name ? at++ : 0);
    drawn += is_name ? 1 : 0;
  }
};
using env = environment<cryptopp, preset_keys, counting>;

}  // namespace examples

#endif
