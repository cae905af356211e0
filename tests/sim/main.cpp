// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// The simulator: worlds drawn from seeds, first with faults, then without, judged by the
// simulator's own books.
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <memory>
#include <new>

#include "resent.hpp"
#include "world.hpp"

namespace {

using namespace sim;

struct options {
  std::uint64_t seeds = 2000, first = 1;
  int messages = 12;
  /// Each so many seeds is run twice and compared; the second time another server goes on at each
  /// event.
  std::uint64_t twice_every = 50;
  std::uint64_t failures_most = 1;
  bool verbose = false;
  bool trace = false;
  bool shrink = true;
  bool resent = false;  ///< measure what is sent again, and nothing else
  bool hand_over = false;
  cuts less;
  std::string rows_file;
};

/// What runs now, for a contract that breaks where nothing may be thrown.
std::uint64_t seed_now = 0;

[[noreturn]] void say_seed_and_die() {
  std::string why = "terminated";
  try {
    if (std::current_exception()) std::rethrow_exception(std::current_exception());
  } catch (const violation& v) {
    why = v.promise + ": " + v.what;
  } catch (...) {
  }
  std::printf("seed %llu broke %s (where nothing may be thrown)\n",
              static_cast<unsigned long long>(seed_now), why.c_str());
  std::fflush(stdout);
  std::_Exit(1);
}

struct ran {
  std::optional<violation> broke;
  std::uint64_t hash = 0;
  tally did;
};

ran run(std::uint64_t seed, const options& o, const cuts& less,
        std::vector<std::string>* transcript, bool hands_over = false) {
  ran out;
  seed_now = seed;
  auto w = std::make_unique<world>(draw(seed, less, o.messages), transcript);
  w->hands_over = hands_over;
  try {
    w->run();
  } catch (const violation& v) {
    out.broke = v;
  } catch (const std::bad_alloc&) {  // under a limit of the shell
    out.broke = violation{"P6", "out of memory"};
  }
  out.hash = w->hash();
  out.did = w->did;
  return out;
}

/// Takes faults, messages and parties away as long as the same promise stays broken.
cuts shrunk(std::uint64_t seed, const options& o, const violation& v) {
  cuts best = o.less;
  const auto still = [&](const cuts& less) {
    const ran one = run(seed, o, less, nullptr);
    if (!one.broke || one.broke->promise != v.promise) return false;
    if (one.broke->what.substr(0, 20) != v.what.substr(0, 20)) return false;
    best = less;
    return true;
  };
  for (std::size_t i = 0; i < fault_count; ++i) {
    cuts less = best;
    less.without |= fault_set{1} << i;
    if (less.without != best.without) still(less);
  }
  for (int cuts::*count : {&cuts::senders, &cuts::destinations, &cuts::endpoints, &cuts::messages})
    for (int n = 1; n < std::min(best.*count, 40); ++n) {
      cuts less = best;
      less.*count = n;
      if (still(less)) break;
    }
  for (int n = 1; n < best.crowd; n += 1 + n / 8) {
    cuts less = best;
    less.crowd = n;
    if (still(less)) break;
  }
  return best;
}

void print_failure(std::uint64_t seed, const options& o, const violation& v) {
  std::printf("seed %llu broke %s: %s\n", static_cast<unsigned long long>(seed), v.promise.c_str(),
              v.what.c_str());
  if (!o.shrink) return;
  const cuts less = shrunk(seed, o, v);
  std::vector<std::string> transcript;
  const ran again = run(seed, o, less, &transcript);
  const plan p = draw(seed, less, o.messages);
  std::printf("shrunk: --first %llu --seeds 1 --senders %d --destinations %d --endpoints %d",
              static_cast<unsigned long long>(seed), less.senders, less.destinations,
              less.endpoints);
  if (less.crowd != 0) std::printf(" --crowd %d", less.crowd);
  if (less.spoil) std::printf(" --spoil");
  if (o.messages != options{}.messages) std::printf(" --messages %d", o.messages);
  if (less.messages < 1000) std::printf(" --most %d", less.messages);
  if (less.with != 0) {
    std::printf(" --with ");
    for (std::size_t i = 0; i < fault_count; ++i)
      if ((less.with >> i & 1) != 0) std::printf("%s,", std::string(fault_names[i]).c_str());
  }
  if (less.without != 0) std::printf(" --without ");
  for (std::size_t i = 0; i < fault_count; ++i)
    if ((less.without >> i & 1) != 0) std::printf("%s,", std::string(fault_names[i]).c_str());
  std::printf("\nfaults left:");
  for (std::size_t i = 0; i < fault_count; ++i)
    if ((p.faults >> i & 1) != 0) std::printf(" %s", std::string(fault_names[i]).c_str());
  std::printf("\n");
  for (const std::string& line : transcript) std::printf("%s\n", line.c_str());
  if (again.broke) std::printf("%s: %s\n", again.broke->promise.c_str(), again.broke->what.c_str());
}

void print_summary(const tally& t, double seconds) {
  const auto number = [](std::uint64_t n) { return static_cast<unsigned long long>(n); };
  std::printf(
      "%llu seeds, %llu submissions (%llu not accepted, %llu taken by several), "
      "%llu elements, %llu events, %.1f s, %.2f ms a seed\n",
      number(t.seeds), number(t.submissions), number(t.not_accepted), number(t.delivered_more),
      number(t.elements), number(t.events), seconds,
      1000 * seconds / static_cast<double>(std::max<std::uint64_t>(1, t.seeds)));
  std::printf("faults:");
  for (std::size_t i = 0; i < fault_count; ++i)
    if (t.faults[i] != 0)
      std::printf(" %s %llu", std::string(fault_names[i]).c_str(), number(t.faults[i]));
  std::printf("\noutcomes:");
  for (std::size_t i = 0; i < outcome_names.size(); ++i)
    std::printf(" %s %llu", std::string(outcome_names[i]).c_str(), number(t.outcomes[i]));
  std::printf("\nnotices:");
  for (std::size_t i = 0; i < notice_count; ++i)
    std::printf(" %s %llu", std::string(name_of(static_cast<notice>(i))).c_str(),
                number(t.notices[i]));
  std::printf("\n");
}

/// The rows of which no cell was reached; not those that say "the caller erred": no run may reach
/// them, a contract would break.
template <class Table>
void print_missing(const Table& table, const fsm::coverage<Table>& reached) {
  for (const auto& row : table.rows()) {
    if (row.kind == fsm::verdict::refuse || reached.reached(row)) continue;
    std::printf("  missing: %s", std::string(table.name_of(row.from)).c_str());
    for (std::size_t i = 0; i < Table::input_count; ++i)
      if (row.on.contains(i))
        std::printf(" %s",
                    std::string(table.name_of(static_cast<typename Table::input_type>(i))).c_str());
    std::printf("\n");
  }
}

void print_rows(const tally& t, const options& o) {
  std::string reached;
  t.used.each([&](const auto& table, const auto& of_it) {
    reached += of_it.text();
    std::printf("%s: %zu of %zu cells reached\n", std::string(table.name()).c_str(),
                of_it.reached_count(), of_it.reachable_count());
    print_missing(table, of_it);
  });
  if (!o.rows_file.empty()) std::ofstream(o.rows_file) << reached;
}

fault_set faults_named(const std::string& list) {
  fault_set out = 0;
  std::size_t from = 0;
  while (from < list.size()) {
    const std::size_t end = std::min(list.find(',', from), list.size());
    const std::string one = list.substr(from, end - from);
    for (std::size_t i = 0; i < fault_count; ++i)
      if (fault_names[i] == one) out |= fault_set{1} << i;
    from = end + 1;
  }
  return out;
}

bool read(options& o, int count, char** values) {
  for (int i = 1; i < count; ++i) {
    const std::string name = values[i];
    if (name == "--verbose")
      o.verbose = true;
    else if (name == "--no-shrink")
      o.shrink = false;
    else if (name == "--resent")
      o.resent = true;
    else if (name == "--hand-over")
      o.hand_over = true;
    else if (name == "--spoil")
      o.less.spoil = true;
    else if (i + 1 >= count)
      return false;
    else {
      const std::string value = values[++i];
      const auto n = std::strtoull(value.c_str(), nullptr, 10);
      if (name == "--seeds")
        o.seeds = n;
      else if (name == "--first")
        o.first = n;
      else if (name == "--messages")
        o.messages = static_cast<int>(n);
      else if (name == "--most")
        o.less.messages = static_cast<int>(n);
      else if (name == "--senders")
        o.less.senders = static_cast<int>(n);
      else if (name == "--destinations")
        o.less.destinations = static_cast<int>(n);
      else if (name == "--crowd")
        o.less.crowd = static_cast<int>(n);
      else if (name == "--endpoints")
        o.less.endpoints = static_cast<int>(n);
      else if (name == "--failures")
        o.failures_most = n;
      else if (name == "--twice-every")
        o.twice_every = n;
      else if (name == "--without")
        o.less.without = faults_named(value);
      else if (name == "--with")
        o.less.with = faults_named(value);
      else if (name == "--only")
        o.less.without = all_faults & ~faults_named(value);
      else if (name == "--rows")
        o.rows_file = value;
      else if (name == "--trace")
        o.first = n, o.seeds = 1, o.trace = true;
      else
        return false;
    }
  }
  return true;
}

}  // namespace

int main(int count, char** values) {
  std::set_terminate(say_seed_and_die);
  options o;
  if (!read(o, count, values)) {
    std::fprintf(stderr,
                 "simulator [--seeds N] [--first S] [--trace SEED] [--verbose] [--messages N]\n"
                 "  [--rows FILE] [--without FAULT,...] [--with FAULT,...] [--only FAULT,...]\n"
                 "  [--failures N] [--twice-every N] [--no-shrink] [--most N] [--senders N] "
                 "[--destinations N]\n"
                 "  [--endpoints N] [--crowd N] [--spoil] [--resent] [--hand-over]\n");
    return 2;
  }
  if (o.resent) return little_is_resent() ? 0 : 1;
  const auto start = std::chrono::steady_clock::now();
  tally all;
  std::uint64_t failures = 0;
  for (std::uint64_t seed = o.first; seed < o.first + o.seeds; ++seed) {
    std::vector<std::string> transcript;
    ran one = run(seed, o, o.less, o.trace ? &transcript : nullptr, o.hand_over);
    for (const std::string& line : transcript) std::printf("%s\n", line.c_str());
    if (!one.broke && o.twice_every != 0 && seed % o.twice_every == 0 &&
        run(seed, o, o.less, nullptr, true).hash != one.hash)
      one.broke = violation{"simulator", "the same seed ran otherwise, with its server replaced"};
    all.add(one.did);
    if (o.verbose)
      std::printf("seed %llu: %llu events, hash %016llx\n", static_cast<unsigned long long>(seed),
                  static_cast<unsigned long long>(one.did.events),
                  static_cast<unsigned long long>(one.hash));
    if (!one.broke) continue;
    print_failure(seed, o, *one.broke);
    if (++failures >= o.failures_most) break;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  print_summary(all, took.count());
  print_rows(all, o);
  std::printf(failures == 0 ? "no promise was broken\n" : "%llu seeds broke a promise\n",
              static_cast<unsigned long long>(failures));
  return failures == 0 ? 0 : 1;
}
