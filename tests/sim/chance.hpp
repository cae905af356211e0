// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_SIM_CHANCE_HPP
#define VIDIMUS_TESTS_SIM_CHANCE_HPP

#include <cstddef>
#include <cstdint>

namespace sim {

/// Chance from a seed (splitmix64). Each concern has a stream of its own, so that leaving one
/// fault out changes little of the others: failures shrink better.
class chance {
 public:
  explicit chance(std::uint64_t seed = 0, std::uint64_t stream = 0) noexcept
      : at_(mixed(seed * 0x9e3779b97f4a7c15ull + stream * 0xd1342543de82ef95ull)) {}

  std::uint64_t next() noexcept { return mixed(at_ += 0x9e3779b97f4a7c15ull); }
  std::uint64_t below(std::uint64_t end) noexcept { return end == 0 ? 0 : next() % end; }
  std::int64_t between(std::int64_t least, std::int64_t most) noexcept {
    return least + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most - least + 1)));
  }
  bool percent(std::uint64_t of_100) noexcept { return below(100) < of_100; }
  bool one_in(std::uint64_t n) noexcept { return below(n) == 0; }

 private:
  static std::uint64_t mixed(std::uint64_t z) noexcept {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }

  std::uint64_t at_;
};

}  // namespace sim

#endif
