// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_EXCHANGE_OPTIONS_HPP
#define VIDIMUS_DOCS_EXAMPLES_EXCHANGE_OPTIONS_HPP

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <variant>
#include <vidimus/base/text.hpp>

#include "trust.hpp"

namespace exchange {

/// A share of all cases in hundredths of a percent: exact, and the same on every machine.
struct share {
  std::uint32_t of_10000 = 0;
};

/// What the command line asks for.
struct options {
  std::uint64_t messages = 20;
  share loss{1000};
  share duplicate{500};
  share reorder{1000};
  share alter{500};
  share at_least{0};
  std::uint64_t cuts = 1;
  std::uint64_t crashes = 0;
  std::uint64_t seed = 10;
  std::uint64_t show = 3;
  trust mode = trust::per_hop;
  bool quiet = false;
  bool help = false;
  std::string picture;
};

inline constexpr std::string_view help_text =
    R"(usage: example-exchange [options]

Three parties in one process - a sender, a server, a receiver - pass real stanzas over simulated
links that lose, repeat, reorder and alter them. Both ends keep books; at the end the books are
compared, and the program says whether every promise was kept.

  --messages N      messages to submit, 1 to 1000000 (20)
  --loss P          percent of stanzas lost on a link, 0 to 100, also as 2.5 (10)
  --duplicate P     percent that arrive twice (5)
  --reorder P       percent that are overtaken by later ones (10)
  --alter P         percent of which octets are changed on the way (5)
  --cuts N          times one of the two links is cut and comes back, 0 to 1000 (1)
  --crashes N       times a party dies at any point and is restored from its store, 0 to 1000 (0)
  --mode MODE       shared: one preset code for all three; per-hop: one for each hop; end-to-end,
                    sealed: and one that the server does not know (per-hop)
  --seed S          the same seed gives the same run (10)
  --at-least P      fail if fewer than that percentage is delivered (0)
  --show K          print the first K messages step by step, 0 to 20 (3)
  --picture FILE    draw those messages as a sequence diagram, in SVG
  --quiet           print no steps and no table: only what went wrong
  --help            print this

Exit status: 0 every promise kept; 1 a promise broken, too few delivered, or a file not written;
2 wrong options.
Colours are for terminals; NO_COLOR turns them off.
)";

namespace detail {

/// "12", "2.5" or "0.25" as hundredths, at most 100.
inline bool read_share(std::string_view text, share& to) {
  const auto point = text.find('.');
  const auto whole = vidimus::from_decimal(text.substr(0, point), 100);
  if (!whole) return false;
  std::uint64_t rest = 0;
  if (point != std::string_view::npos) {
    const std::string_view digits = text.substr(point + 1);
    if (digits.empty() || digits.size() > 2) return false;
    for (char c : digits) {
      if (c < '0' || c > '9') return false;
      rest = rest * 10 + static_cast<std::uint64_t>(c - '0');
    }
    if (digits.size() == 1) rest *= 10;
  }
  if (*whole == 100 && rest != 0) return false;
  to.of_10000 = static_cast<std::uint32_t>(*whole * 100 + rest);
  return true;
}

struct number_option {
  std::string_view name;
  std::uint64_t options::*to;
  std::uint64_t least, most;
};
struct share_option {
  std::string_view name;
  share options::*to;
};

inline constexpr std::array numbers{
    number_option{"--messages", &options::messages, 1, 1'000'000},
    number_option{"--cuts", &options::cuts, 0, 1000},
    number_option{"--crashes", &options::crashes, 0, 1000},
    number_option{"--seed", &options::seed, 0, UINT64_MAX},
    number_option{"--show", &options::show, 0, 20},
};
inline constexpr std::array shares{
    share_option{"--loss", &options::loss},
    share_option{"--duplicate", &options::duplicate},
    share_option{"--reorder", &options::reorder},
    share_option{"--alter", &options::alter},
    share_option{"--at-least", &options::at_least},
};

/// Takes an option that has a value. Returns what is wrong; empty if nothing is.
inline std::string take_value(std::string_view name, std::string_view value, options& to) {
  const std::string said = std::string(name) + " " + std::string(value) + ": ";
  for (const auto& one : numbers) {
    if (one.name != name) continue;
    const auto read = vidimus::from_decimal(value, one.most);
    if (!read || *read < one.least)
      return said + "a whole number from " + std::to_string(one.least) + " to " +
             std::to_string(one.most) + " is needed";
    to.*one.to = *read;
    return {};
  }
  for (const auto& one : shares) {
    if (one.name != name) continue;
    if (read_share(value, to.*one.to)) return {};
    return said + "a percentage from 0 to 100 is needed, with at most two decimals";
  }
  if (name == "--picture") {
    if (value.empty()) return "--picture: the name of a file is needed";
    to.picture = value;
    return {};
  }
  for (std::size_t i = 0; i < trust_names.size(); ++i)
    if (value == trust_names[i]) {
      to.mode = static_cast<trust>(i);
      return {};
    }
  return said + "it is one of shared, per-hop, end-to-end, sealed";
}

inline bool takes_value(std::string_view name) {
  for (const auto& one : numbers)
    if (one.name == name) return true;
  for (const auto& one : shares)
    if (one.name == name) return true;
  return name == "--picture" || name == "--mode";
}

}  // namespace detail

/// The options, or the sentence that says what is wrong with them.
inline std::variant<options, std::string> read_options(int argc, char* argv[]) {
  options to;
  for (int i = 1; i < argc; ++i) {
    std::string_view word = argv[i];
    if (word == "--help" || word == "-h") {
      to.help = true;
    } else if (word == "--quiet") {
      to.quiet = true;
    } else {
      const auto equals = word.find('=');
      const std::string_view name = word.substr(0, equals);
      if (!detail::takes_value(name)) return "unknown option: " + std::string(word);
      if (equals == std::string_view::npos && i + 1 == argc)
        return std::string(name) + ": a value is needed";
      const std::string_view value =
          equals == std::string_view::npos ? argv[++i] : word.substr(equals + 1);
      if (auto wrong = detail::take_value(name, value, to); !wrong.empty()) return wrong;
    }
  }
  to.show = std::min(to.show, to.messages);
  return to;
}

}  // namespace exchange

#endif
