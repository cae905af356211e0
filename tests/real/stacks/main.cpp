// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// Every client library as sender and every one as receiver, over real servers, with somebody
// between who alters a known share of what passes.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "world.hpp"

int main(int argc, char** argv) {
  constexpr auto usage =
      "real-stacks --server prosody|ejabberd --programs DIR [--copies|--bundles] [--own N] [--seed "
      "N] "
      "[--keep]\n";
  ::signal(SIGPIPE, SIG_IGN);
  real::request of;
  of.seed = static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch() /
                                       std::chrono::microseconds(1));
  const std::map<std::string, bool*> flags{
      {"--keep", &of.keep}, {"--copies", &of.copies}, {"--bundles", &of.bundles}};
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (const auto flag = flags.find(name); flag != flags.end()) {
      *flag->second = true;
      continue;
    }
    if (i + 1 == argc) return std::fputs(usage, stderr), 2;
    const std::string value = argv[++i];
    if (name == "--server")
      of.server = value;
    else if (name == "--programs")
      of.programs = std::filesystem::absolute(value).string();
    else if (name == "--own")
      of.own = std::strtoull(value.c_str(), nullptr, 10);
    else if (name == "--seed")
      of.seed = std::strtoull(value.c_str(), nullptr, 10);
    else
      return std::fputs(usage, stderr), 2;
  }
  if (of.server.empty() || of.programs.empty()) return std::fputs(usage, stderr), 2;
  return of.copies ? real::run_copies(of) : real::run_pairs(of);
}
