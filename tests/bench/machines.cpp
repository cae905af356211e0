// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// What the machines cost alone, beside Qpid Proton's exactly-once engine: time, heap calls, and
// octets for each message in flight. In turns within one process, judged by ratios, as `bench`.
//
//   bench-machines [rounds [in flight]]    11 and 1000000 by default; fewer for a try
#include "machines.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>

#include "support/heap_calls_here.hpp"

namespace {

using bench::machines;
using bench::machines_only;
using bench::policy;
using bench::with_codes;
using bench::with_inputs;

/// Of the processor, not of the wall: other programs cost less of it.
double nanoseconds_now() { return static_cast<double>(std::clock()) * (1e9 / CLOCKS_PER_SEC); }

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

struct row {
  std::string name;
  std::function<void(std::size_t)> run;  ///< so many messages
  bool counts_heap = true;
  std::vector<double> nanoseconds{};
  double heap_calls = 0;
};

template <class Env>
row of_machines(std::string name, policy how, std::size_t in_flight, bool writes_records = false,
                bool as_text = false) {
  auto all = std::make_shared<machines<Env>>(how, in_flight, writes_records, as_text);
  return {std::move(name), [all](std::size_t messages) {
            for (std::size_t i = 0; i < messages; ++i) all->one();
          }};
}

row of_outputs(std::string name, policy how, std::size_t in_flight) {
  auto all = std::make_shared<bench::outputs_alone>(how, in_flight);
  return {std::move(name), [all](std::size_t messages) {
            for (std::size_t i = 0; i < messages; i += all->messages) all->turn();
          }};
}

row of_proton(std::string name, std::size_t in_flight) {
  std::shared_ptr<bench::exactly_once> all = bench::proton();
  return {std::move(name),
          [all, in_flight](std::size_t messages) {
            for (std::size_t i = 0; i < messages; i += in_flight) all->burst(in_flight);
          },
          false};
}

double ratio(const row& a, const row& b) {
  std::vector<double> all;
  for (std::size_t i = 0; i < a.nanoseconds.size(); ++i)
    all.push_back(a.nanoseconds[i] / b.nanoseconds[i]);
  return median(std::move(all));
}

void say(const char* target, double got, bool good) {
  std::printf("| %s | %.2f | %s |\n", target, got, good ? "PASS" : "MISS");
}

std::vector<row> measured(int rounds) {
  std::vector<row> rows;
  rows.push_back(of_machines<machines_only>("strict, 1 in flight", policy::strict, 1));
  rows.push_back(of_machines<machines_only>("strict, 100 in flight", policy::strict, 100));
  rows.push_back(of_machines<machines_only>("conditional and batched, 100 in flight",
                                            policy::conditional_batched, 100));
  rows.push_back(
      of_machines<with_inputs>("strict, 1 in flight, input of codes written", policy::strict, 1));
  rows.push_back(
      of_machines<machines_only>("strict, 1 in flight, records written", policy::strict, 1, true));
  rows.push_back(of_machines<with_codes>("strict, 1 in flight, HMAC-SHA-256", policy::strict, 1));
  rows.push_back(of_machines<with_codes>("strict, 1 in flight, HMAC-SHA-256 and text",
                                         policy::strict, 1, false, true));
  rows.push_back(
      of_machines<with_codes>("conditional and batched, 100 in flight, HMAC-SHA-256 and text",
                              policy::conditional_batched, 100, false, true));
  rows.push_back(of_outputs("strict, 1 in flight: their outputs alone, copied", policy::strict, 1));
  rows.push_back(of_outputs("conditional and batched: their outputs alone, copied",
                            policy::conditional_batched, 100));
  if (bench::proton() != nullptr) {
    rows.push_back(of_proton("Proton, exactly once, 1 in flight", 1));
    rows.push_back(of_proton("Proton, exactly once, 100 in flight", 100));
  }
  constexpr std::size_t messages = 2000;
  for (row& r : rows) {
    r.run(3 * messages);  // warms it up: several windows
    const auto before = support::heap_calls();
    r.run(messages);
    r.heap_calls = static_cast<double>(support::heap_calls() - before) / messages;
  }
  for (int round = 0; round < rounds; ++round)
    for (row& r : rows) {
      const auto begin = nanoseconds_now();
      r.run(messages);
      r.nanoseconds.push_back((nanoseconds_now() - begin) / messages);
    }
  std::printf("| | ns of processor for a message | calls of `new` |\n|---|---|---|\n");
  for (const row& r : rows) {
    std::printf("| %s | %.0f |", r.name.c_str(), median(r.nanoseconds));
    std::printf(r.counts_heap ? " %.2f |\n" : " |\n", r.heap_calls);
  }
  return rows;
}

/// What so many messages in flight cost: octets of heap for each role, then the time of each
/// further message.
struct depth {
  std::size_t in_flight = 0;
  double sender = 0, server = 0, receiver = 0;  ///< octets for a message
  double nanoseconds = 0;                       ///< infinite: given up
};

depth at_depth(std::size_t in_flight, int rounds) {
  // enough for what does not walk over all that is in flight
  constexpr double patience = 20e9;
  depth out{in_flight};
  auto all = std::make_unique<machines<machines_only>>(policy::strict, in_flight);
  const auto begin = nanoseconds_now();
  while (all->in_flight() + 1 < in_flight && nanoseconds_now() - begin < patience) all->one();
  const std::size_t messages = std::clamp<std::size_t>(in_flight, 1000, 20000);
  std::vector<double> samples;
  for (int round = 0; round < rounds; ++round) {
    const auto start = nanoseconds_now();
    std::size_t done = 0;
    for (; done < messages && nanoseconds_now() - begin < patience; ++done) all->one();
    if (done != 0) samples.push_back((nanoseconds_now() - start) / static_cast<double>(done));
  }
  out.nanoseconds = samples.empty() ? INFINITY : median(std::move(samples));
  const auto octets_of = [&out](auto drop) {
    const auto before = support::octets_given_back();
    support::count_octets(true);
    drop();
    support::count_octets(false);
    return static_cast<double>(support::octets_given_back() - before) /
           static_cast<double>(out.in_flight);
  };
  all->hold_one();
  out.in_flight = all->in_flight();
  out.sender = octets_of([&] { all->drop_sender(); });
  out.server = octets_of([&] { all->drop_server(); });
  out.receiver = octets_of([&] { all->drop_receiver(); });
  return out;
}

std::vector<depth> measured_depths(int rounds, std::size_t most) {
  std::vector<depth> out;
  std::printf(
      "\n| in flight | sender | server | receiver | ns of processor for a message |\n"
      "|---|---|---|---|---|\n");
  for (std::size_t n : {std::size_t{1}, std::size_t{10}, std::size_t{1000}, std::size_t{100000},
                        std::size_t{1000000}}) {
    if (n > most) break;
    out.push_back(at_depth(n, rounds));
    const depth& d = out.back();
    std::printf("| %zu | %.0f | %.0f | %.3f | %.0f |\n", d.in_flight, d.sender, d.server,
                d.receiver, d.nanoseconds);
  }
  return out;
}

void judge(const std::vector<row>& rows, const std::vector<depth>& depths) {
  std::printf("\n| target | measured | |\n|---|---|---|\n");
  const double strict = median(rows[0].nanoseconds);
  say("strict, 1 in flight: at most 300 ns", strict, strict <= 300);
  const double calls = std::max({rows[0].heap_calls, rows[1].heap_calls, rows[2].heap_calls});
  say("no heap call", calls, calls == 0);
  if (bench::proton() != nullptr) {  // the last two
    const row &alone = rows[rows.size() - 2], &several = rows.back();
    const double one = ratio(alone, rows[0]), many = ratio(several, rows[1]);
    const double batched = ratio(several, rows[2]);
    say("Proton, 1 in flight: at least 4 times strict", one, one >= 4);
    say("Proton, 100 in flight: at least 4 times strict", many, many >= 4);
    say("Proton, 100 in flight: at least 4 times conditional and batched", batched, batched >= 4);
  }
  double octets = 0, least = INFINITY, most = 0;
  for (const depth& d : depths) {
    if (d.in_flight >= 1000) octets = std::max({octets, d.sender, d.server});
    least = std::min(least, d.nanoseconds);
    most = std::max(most, d.nanoseconds);
  }
  say("1000 in flight and more: at most 96 octets at sender and server", octets, octets <= 96);
  say("any number in flight: time within 1.5 times", most / least, most / least <= 1.5);
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 11;
  const int most = argc > 2 ? std::atoi(argv[2]) : 1000000;
  if (rounds < 1 || most < 1) bench::broken("the arguments are numbers of rounds and of messages");
  const auto rows = measured(rounds);
  judge(rows, measured_depths(rounds, static_cast<std::size_t>(most)));
}
