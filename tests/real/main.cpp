// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// Real servers, real client libraries: the example programs send, relay and receive over an XMPP
// server that this program starts. Either with real breakage, altered, replayed, reordered and
// discarded stanzas, broken connections and killed processes, to see what arrives; or without, to
// see how fast. Both beside the same job without the library.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "real.hpp"

namespace real {

namespace {

constexpr auto usage =
    "real --server prosody|ejabberd [--programs DIR] [--count N] [--keep]\n"
    "     [--breaks N] [--kills N] [--seed N] [--relays N]\n"
    "     [--speed ROUNDS] [--other prosody|ejabberd]\n"
    "  --other KIND  the receiver is at home there, and faults are between the two servers\n"
    "  --breaks N  of connections, at random messages; --kills N: of the relay\n"
    "  --relays N  so many instances of it over one PostgreSQL database, and no plain messages\n"
    "  --speed N   no faults: messages a second, latency and time of processors, N times in "
    "turns\n";

int run_all(int argc, char** argv) {
  request of;
  of.seed = static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch() /
                                       std::chrono::microseconds(1));
  std::map<std::string, std::string> given;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--keep") {
      of.keep = true;
      continue;
    }
    if (i + 1 == argc) return std::fputs(usage, stderr), 2;
    given[name] = argv[++i];
  }
  const auto number = [&](const char* name, auto& to) {
    if (auto at = given.extract(name))
      to = static_cast<std::remove_reference_t<decltype(to)>>(std::atoll(at.mapped().c_str()));
  };
  number("--count", of.count);
  number("--breaks", of.breaks);
  number("--kills", of.kills);
  number("--relays", of.relays);
  number("--seed", of.seed);
  number("--speed", of.rounds);
  if (auto at = given.extract("--server")) of.server = at.mapped();
  if (auto at = given.extract("--other")) of.other = at.mapped();
  if (auto at = given.extract("--programs"))
    of.programs = std::filesystem::absolute(at.mapped()).string();
  if (!given.empty() || of.server.empty() || of.count < 1 || of.breaks < 0 || of.kills < 1)
    return std::fputs(usage, stderr), 2;
  if (!of.other.empty()) return run_federation(of);
  return of.rounds > 0 ? run_speed(of) : run_broken(of);
}

}  // namespace

}  // namespace real

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);
  const std::string role = argc > 2 && std::string(argv[1]) == "--role" ? argv[2] : "";
  if (role == "plain-send") return real::plain_send(argc - 2, argv + 2);
  if (role == "plain-receive") return real::plain_receive(argc - 2, argv + 2);
  return real::run_all(argc, argv);
}
