// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_EXCHANGE_TRACE_HPP
#define VIDIMUS_DOCS_EXAMPLES_EXCHANGE_TRACE_HPP

#include <string>
#include <vector>
#include <vidimus/adapt/xmpp_text.hpp>
#include <vidimus/model/time.hpp>

/// What happened to the first messages, as values: the steps on the terminal and the picture are
/// both made of them.
namespace exchange {

using vidimus::party;

/// The four ways a stanza can go: hop 1 there and back, hop 2 there and back.
enum class way : std::uint8_t { submit, answer, deliver, confirm };

constexpr bool is_hop_one(way by) { return by == way::submit || by == way::answer; }
constexpr bool is_forth(way by) { return by == way::submit || by == way::deliver; }
constexpr party start_of(way by) {
  return by == way::submit ? party::sender : by == way::confirm ? party::receiver : party::server;
}
constexpr party end_of(way by) {
  return by == way::answer ? party::sender : by == way::deliver ? party::receiver : party::server;
}

enum class tone : std::uint8_t { plain, good, bad, again, faint };

/// A stanza on its way.
struct leg {
  way by = way::submit;
  std::string step;   ///< S1 to S6, or nothing
  std::string label;  ///< what it is, in a few words
  std::string code;   ///< its check code, shortened
  std::size_t octets = 0;
  bool again = false;  ///< sent before
  bool lost = false;   ///< for the picture also: swallowed by a cut
  bool altered = false;
  bool copy = false;  ///< the second of two
};

enum class what : std::uint8_t { departs, arrives, note, cut, mended, died, restored };

struct moment {
  what is = what::note;
  vidimus::instant at;
  std::size_t by_leg = 0;     ///< departs, arrives
  party who = party::sender;  ///< note, died, restored
  bool hop_one = true;        ///< cut, mended
  std::string step;
  std::string text;    ///< at most some thirty characters: it has to fit the picture
  std::string detail;  ///< for the terminal
  tone how = tone::plain;
};

struct trace {
  std::vector<leg> legs;
  std::vector<moment> moments;
};

/// Milliseconds as "12.345 s".
inline std::string seconds_text(std::int64_t ms, int decimals = 3) {
  std::int64_t unit = 1;
  for (int i = decimals; i < 3; ++i) unit *= 10;
  ms = (ms + unit / 2) / unit * unit;
  std::string fraction =
      std::to_string(1000 + ms % 1000).substr(1, static_cast<std::size_t>(decimals));
  return std::to_string(ms / 1000) + "." + fraction + " s";
}

}  // namespace exchange

#endif
