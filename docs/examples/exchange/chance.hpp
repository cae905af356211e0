// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_EXCHANGE_CHANCE_HPP
#define VIDIMUS_DOCS_EXAMPLES_EXCHANGE_CHANCE_HPP

#include <random>
#include <vidimus/concepts/entropy.hpp>

#include "options.hpp"

namespace exchange {

/// Chance that repeats itself: the same seed, the same numbers, with every compiler (the
/// distributions of <random> promise that to nobody).
class chance {
 public:
  chance(std::uint64_t seed, std::uint64_t what_for)
      : engine_(seed * 0x9e3779b97f4a7c15ull + what_for) {}

  /// A number below `end`; `end` is far below 2^64, so the remainder is fair enough.
  std::uint64_t below(std::uint64_t end) { return engine_() % end; }
  std::int64_t between(std::int64_t first, std::int64_t last) {
    return first + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(last - first + 1)));
  }
  bool hits(share of) { return below(10000) < of.of_10000; }

 private:
  std::mt19937_64 engine_;
};

/// Names from a seed, so that a run can be repeated. Only a demonstration may do that: names that
/// can be guessed break promise P5. A program uses `vidimus::system_entropy`.
struct repeatable_entropy {
  chance from{0, 0};
  void fill(std::span<vidimus::octet> out) {
    for (vidimus::octet& one : out) one = static_cast<vidimus::octet>(from.below(256));
  }
};

static_assert(vidimus::entropy_source<repeatable_entropy>);

}  // namespace exchange

#endif
