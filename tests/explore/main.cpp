// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// Explores the real roles: every order of events in small worlds (explorer.hpp). Exit code 1 if a
// promise is broken; the trace is printed.
#include <chrono>
#include <cstring>
#include <fstream>
#include <set>
#include <thread>

#include "parallel.hpp"

namespace {

struct options {
  std::vector<std::string> names;                    ///< of worlds; empty: the default run
  std::vector<std::pair<std::string, int>> changes;  ///< of bounds
  explore::explorer::limits most;
  std::string rows;
  /// Worlds at once: a world can need a few gigabytes.
  unsigned jobs = std::min(2u, std::max(1u, std::thread::hardware_concurrency()));
  bool all = false;
  bool list = false;
  bool understood = true;
};

void print_usage() {
  std::puts(
      "explorer [--list] [--all] [--world NAME]... [--BOUND N]... [--states N] [--rows FILE]\n"
      "         [--jobs N] [--verbose] [--exact]\n"
      "  --world NAME   only this one, may be repeated\n"
      "  --all          the worlds that take long, too\n"
      "  --list         the worlds and their bounds\n"
      "  --BOUND N      changes a bound in all chosen worlds, as --syncs 4\n"
      "  --jobs N       so many worlds at once; otherwise two, if there are processors\n"
      "  --states N     stop a world there\n"
      "  --exact        with one reduction less (explorer.hpp)\n"
      "  --rows FILE    write the table cells reached");
}

options read(int count, char** words) {
  options out;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    const char* value = i + 1 < count ? words[i + 1] : nullptr;
    if (word == "--list") {
      out.list = true;
    } else if (word == "--all") {
      out.all = true;
    } else if (word == "--verbose") {
      out.most.verbose = true;
    } else if (word == "--exact") {
      out.most.exact = true;
    } else if (value == nullptr || word.size() < 3) {
      out.understood = false;
    } else if (++i; word == "--world") {
      out.names.emplace_back(value);
    } else if (word == "--rows") {
      out.rows = value;
    } else if (word == "--jobs") {
      out.jobs = static_cast<unsigned>(std::stoul(value));
    } else if (word == "--states") {
      out.most.states_max = std::stoull(value);
    } else {
      out.changes.emplace_back(word.substr(2), std::stoi(value));
    }
  }
  return out;
}

bool change(explore::world& in, const options& wanted) {
  for (const auto& [name, value] : wanted.changes) {
    bool known = false;
    for (const auto& b : explore::bounds()) {
      if (name != b.name) continue;
      in.*b.value = value;
      known = true;
    }
    if (!known) return false;
  }
  return true;
}

void print(const explore::world& in) {
  std::printf("world %s%s%s:", in.name.c_str(), in.model.empty() ? "" : " of ", in.model.c_str());
  for (const auto& b : explore::bounds())
    if (in.*b.value != 0) std::printf(" %s %d", b.name, in.*b.value);
  std::printf("\n");
}

}  // namespace

int main(int count, char** words) {
  const options wanted = read(count, words);
  if (!wanted.understood) {
    print_usage();
    return 2;
  }
  std::vector<explore::world> chosen;
  for (explore::world& one : explore::worlds(wanted.all || !wanted.names.empty())) {
    const auto is = [&](const std::string& name) { return name == one.name || name == one.model; };
    if (!wanted.names.empty() && std::none_of(wanted.names.begin(), wanted.names.end(), is))
      continue;
    if (!change(one, wanted)) {
      print_usage();
      return 2;
    }
    print(one);
    chosen.push_back(std::move(one));
  }
  if (wanted.list) return 0;
  const auto begin = std::chrono::steady_clock::now();
  const bool good = explore::explore_all(chosen, wanted.most, wanted.jobs);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf("%zu worlds in %.1f s, %u at once\n", chosen.size(), took.count(), wanted.jobs);
  if (!wanted.rows.empty()) std::ofstream(wanted.rows) << support::rows_of_process().text();
  return good ? 0 : 1;
}
