// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// What a check code costs, beside the MAC alone and beside the ways that others take. All cases in
// one process and in turns, so that ratios mean something on a machine that does other things too:
// each is the median over the rounds of the ratio within the round.
//
//   bench [rounds]     31 by default; fewer for a try
#include <cryptopp/sha.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "bench.hpp"
#include "stanzas.hpp"
#include "support/heap_calls_here.hpp"

namespace {

using bench::operation;

struct cell {
  operation run;
  std::vector<double> nanoseconds;
  double heap_calls = 0;
};

struct row {
  const bench::way* how;
  std::vector<cell> cells;  // by stanza
};

double seconds_of(const operation& run, int repeats) {
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < repeats; ++i) run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// How often an operation is repeated for one figure: for about a fifth of a millisecond.
int repeats_for(const operation& run) {
  run();
  const double once = std::max(seconds_of(run, 3) / 3, 1e-8);
  return std::clamp(static_cast<int>(2e-4 / once), 1, 2000);
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double ratio(const cell& a, const cell& b) {
  std::vector<double> all;
  for (std::size_t i = 0; i < a.nanoseconds.size(); ++i)
    all.push_back(a.nanoseconds[i] / b.nanoseconds[i]);
  return median(std::move(all));
}

std::vector<row> measured(const std::vector<bench::stanza>& stanzas, int rounds) {
  std::vector<row> rows;
  for (const auto& how : bench::ways()) {
    rows.push_back({&how, {}});
    for (const auto& s : stanzas) rows.back().cells.push_back({how.make(s.text), {}, 0});
  }
  for (std::size_t s = 0; s < stanzas.size(); ++s) {
    std::vector<int> repeats;
    for (auto& r : rows) {
      cell& c = r.cells[s];
      repeats.push_back(repeats_for(c.run));  // warms it up too
      const auto before = support::heap_calls();
      for (int i = 0; i < 10; ++i) c.run();
      c.heap_calls = static_cast<double>(support::heap_calls() - before) / 10;
    }
    for (int round = 0; round < rounds; ++round)
      for (std::size_t r = 0; r < rows.size(); ++r)
        rows[r].cells[s].nanoseconds.push_back(seconds_of(rows[r].cells[s].run, repeats[r]) * 1e9 /
                                               repeats[r]);
  }
  return rows;
}

const row* find(const std::vector<row>& rows, std::string_view name) {
  for (const auto& r : rows)
    if (std::string_view(r.how->name).substr(0, name.size()) == name) return &r;
  return nullptr;
}

void print_head(const std::vector<bench::stanza>& stanzas) {
  std::printf("| |");
  for (const auto& s : stanzas) std::printf(" %s %zu |", s.name.c_str(), s.text.size());
  std::printf("\n|---|");
  for (std::size_t i = 0; i < stanzas.size(); ++i) std::printf("---|");
  std::printf("\n");
}

void print(const std::vector<row>& rows, const std::vector<bench::stanza>& stanzas) {
  std::printf("Nanoseconds for one operation, median\n\n");
  print_head(stanzas);
  for (const auto& r : rows) {
    std::printf("| %s |", r.how->name.c_str());
    for (const auto& c : r.cells) std::printf(" %.0f |", median(c.nanoseconds));
    std::printf("\n");
  }
  std::printf(
      "\nRatio to the MAC alone over the octets of the stanza; calls of `new` behind it\n\n");
  print_head(stanzas);
  for (const auto& r : rows) {
    std::printf("| %s |", r.how->name.c_str());
    for (std::size_t s = 0; s < r.cells.size(); ++s) {
      std::printf(" %.2f", ratio(r.cells[s], rows.front().cells[s]));
      std::printf(r.how->counts_heap ? "; %.0f |" : " |", r.cells[s].heap_calls);
    }
    std::printf("\n");
  }
}

void say(const char* target, double got, bool good) {
  std::printf("| %s | %.2f | %s |\n", target, got, good ? "PASS" : "MISS");
}

void at_most(const char* target, double got, double bound) { say(target, got, got <= bound); }
void at_least(const char* target, double got, double bound) { say(target, got, got >= bound); }

void judge(const std::vector<row>& rows) {
  constexpr std::size_t chat = 1;
  const auto& mac = rows.front();
  const row* octets = find(rows, "octets, hmac-sha-256-128");
  const row* tree = find(rows, "pugixml");
  const row* whole = find(rows, "octets, whole verification");
  if (octets == nullptr || tree == nullptr || whole == nullptr) bench::broken("a row is missing");
  double worst = 0, most_calls = 0;
  for (std::size_t s = 0; s < octets->cells.size(); ++s) {
    worst = std::max(worst, ratio(octets->cells[s], mac.cells[s]));
    most_calls = std::max({most_calls, octets->cells[s].heap_calls, whole->cells[s].heap_calls});
  }
  std::printf("\n| target | measured | |\n|---|---|---|\n");
  at_most("octets, chat: at most 2.5 times the MAC", ratio(octets->cells[chat], mac.cells[chat]),
          2.5);
  at_most("whole verification, chat: at most 2.5 times the MAC",
          ratio(whole->cells[chat], mac.cells[chat]), 2.5);
  at_most("octets, any: at most 4 times the MAC", worst, 4);
  at_most("octets, any: no heap call", most_calls, 0);
  at_most("pugixml tree, chat: at most 2.5 times the MAC",
          ratio(tree->cells[chat], mac.cells[chat]), 2.5);
  if (const row* usual = find(rows, "libxml2"))
    at_least("libxml2, chat: at least 8 times octets",
             ratio(usual->cells[chat], octets->cells[chat]), 8);
  if (const row* xmlsec = find(rows, "xmlsec"))
    at_least("xmlsec, chat: at least 20 times octets",
             ratio(xmlsec->cells[chat], octets->cells[chat]), 20);
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 31;
  if (rounds < 1) bench::broken("the argument is the number of rounds");
  std::stable_sort(bench::ways().begin(), bench::ways().end(),
                   [](const auto& a, const auto& b) { return a.order < b.order; });
  const auto stanzas = bench::stanzas();
  std::printf("SHA-256 of Crypto++ by %s; %d rounds\n\n",
              CryptoPP::SHA256().AlgorithmProvider().c_str(), rounds);
  const auto rows = measured(stanzas, rounds);
  print(rows, stanzas);
  judge(rows);
}
