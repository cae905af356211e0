// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "resent.hpp"

#include <cstdio>
#include <memory>

#include "world.hpp"

namespace sim {

namespace {

constexpr std::uint64_t seeds = 20;
/// Octets sent again for each that was lost; the lost ones themselves are one.
constexpr double again_most = 1.5;
/// Of these, octets of which nothing had been lost.
constexpr double needless_most = 0.05;

/// From one message now and then to a steady stream.
plan lossy(std::uint64_t seed, link_kind links) {
  plan p;
  p.seed = seed;
  p.faults = bit(fault::lose);
  p.lose = 10;
  p.senders = p.destinations = 2;
  p.endpoints = {1, 1, 1};
  for (int& n : p.messages) n = static_cast<int>(15 * seed);
  p.phase_one = 1800 * 1000;
  p.text_most = 500;
  p.links = links;
  return p;
}

double of_lost(const traffic& t, std::uint64_t n) {
  return static_cast<double>(n) / static_cast<double>(t.lost);
}

void print(const char* name, const traffic& t) {
  std::printf(
      "%s: %llu octets sent, %llu lost; for each lost %.2f again, %.3f of them needlessly, "
      "and %.2f in questions and answers\n",
      name, static_cast<unsigned long long>(t.sent), static_cast<unsigned long long>(t.lost),
      of_lost(t, t.again), of_lost(t, t.needless), of_lost(t, t.questions));
}

}  // namespace

bool little_is_resent() {
  bool good = true;
  for (const auto& [links, name] : {std::pair(link_kind::in_order, "in order"),
                                    std::pair(link_kind::any_order, "in any order")}) {
    tally all;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      auto w = std::make_unique<world>(lossy(seed, links));
      try {
        w->run();
      } catch (const violation& v) {
        std::printf("%s, seed %llu broke %s: %s\n", name, static_cast<unsigned long long>(seed),
                    v.promise.c_str(), v.what.c_str());
        return false;
      }
      all.add(w->did);
    }
    print(name, all.octets);
    good = good && of_lost(all.octets, all.octets.again) <= again_most &&
           of_lost(all.octets, all.octets.needless) <= needless_most;
  }
  if (!good) std::printf("more than %.2f, or %.2f needlessly\n", again_most, needless_most);
  return good;
}

}  // namespace sim
