// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// Real crashes: sender, server and receiver are processes of their own, each over a SQLite store,
// with local sockets between them. This program kills them at random moments while messages go
// through, starts them again until so many were killed, lets all come to an end, and then compares
// what was submitted, what was taken and what was told.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

#include <array>
#include <thread>

#include "crash.hpp"
#include "judge.hpp"
#include "support/scratch_dir.hpp"

namespace {

using namespace crash;

constexpr auto usage =
    "crash [--kills N] [--mode server|any|lose] [--seed N] [--sync full|normal] [--keep]\n"
    "  server  kills the server (default)\n"
    "  any     kills any of the three\n"
    "  lose    kills any, and takes the server's store away or puts an older one in its place\n";

struct options {
  std::uint64_t kills = 20, seed = 0;
  std::string mode = "server";
  store_sync sync = store_sync::full;
  bool keep = false;
};

constexpr std::array<const char*, 3> names{"sender", "server", "receiver"};
using program = int (*)(const life&);
constexpr std::array<program, 3> programs{run_sender, run_server, run_receiver};
constexpr std::size_t the_server = 1;

class driver {
 public:
  explicit driver(const options& o) : asked_(o), chance_(o.seed) {
    if (o.keep) dir_.keep();
  }

  bool run() {
    for (std::size_t i = 0; i < names.size(); ++i) start(i);
    pause_for(300);
    for (std::uint64_t n = 0; n < asked_.kills && good_; ++n) {
      // now and then at once: in the middle of a start
      const std::uint64_t longest = asked_.mode == "lose" ? 500 : 240;
      pause_for(chance_.one_in(6) ? chance_.below(8) : 40 + chance_.below(longest - 40));
      look_after_all();
      const std::size_t victim = choose();
      if (!kill_one(victim)) continue;
      if (victim == the_server && asked_.mode == "lose") tamper();
      start(victim);
    }
    if (good_) drain();
    return good_;
  }

  bool judged() {
    std::printf("killed: sender %d, server %d, receiver %d\n", kills_[0], kills_[1], kills_[2]);
    if (asked_.mode == "lose")
      std::printf(
          "server's store: deleted %d, older file with log %d, file without log %d (refused "
          "%d), copy of its own %d\n",
          deleted_, older_, parted_, refused_, copies_);
    return judge(dir_.path(), asked_.mode != "lose", ordered());
  }

 private:
  static void pause_for(std::uint64_t ms) {
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
  }

  /// Every other seed.
  bool ordered() const { return asked_.seed % 2 == 1; }

  std::size_t choose() {
    if (asked_.mode == "server") return the_server;
    if (asked_.mode == "lose" && chance_.below(3) != 0) return the_server;
    return chance_.below(names.size());
  }

  /// The program anew, as it would be started after a crash: nothing of this process is in it.
  void start(std::size_t which) {
    const std::string seed = std::to_string(asked_.seed * 1'000'000 + ++lives_);
    const pid_t child = fork();
    if (child < 0) return fail("cannot fork");
    if (child == 0) {
#if defined(__linux__)
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
      ::execl("/proc/self/exe", "crash", "--role", names[which], "--dir", dir_.path().c_str(),
              "--seed", seed.c_str(), "--sync", asked_.sync == store_sync::full ? "full" : "normal",
              "--order", ordered() ? "number" : "arrival",
              asked_.mode == "lose" ? "--copies" : nullptr, nullptr);
      ::_exit(127);
    }
    process_[which] = child;
  }

  bool kill_one(std::size_t which) {
    if (process_[which] <= 0) return false;
    ::kill(process_[which], SIGKILL);
    int status = 0;
    ::waitpid(process_[which], &status, 0);
    process_[which] = -1;
    if (!WIFSIGNALED(status)) return ended(which, status);
    ++kills_[which];
    return true;
  }

  /// Nobody may have ended by itself, but a server whose store was refused: it begins anew.
  void look_after_all() {
    for (std::size_t i = 0; i < names.size(); ++i) {
      int status = 0;
      if (process_[i] > 0 && ::waitpid(process_[i], &status, WNOHANG) == process_[i]) {
        process_[i] = -1;
        ended(i, status);
      }
    }
  }
  bool ended(std::size_t which, int status) {
    const bool refused = WIFEXITED(status) && WEXITSTATUS(status) == exit_store_refused;
    if (which == the_server && refused && store_is_parted_) {
      ++refused_;
      remove_store();
      start(which);
      return false;
    }
    fail(std::string(names[which]) + " ended by itself, status " + std::to_string(status));
    return false;
  }

  std::string store() const { return dir_ / "server.db"; }
  void remove_store() {
    for (const char* end : support::database_files) ::unlink((store() + end).c_str());
    store_is_parted_ = false;
  }
  static bool is_there(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

  /// The server is dead: takes its store away or puts an older one in its place, or only keeps what
  /// it has for later.
  void tamper() {
    const std::string old = dir_ / "old.db";
    switch (chance_.below(6)) {
      case 0:
        remove_store();
        ++deleted_;
        break;
      case 1:
        if (!is_there(old)) break;
        remove_store();
        support::copy_database(old, store());
        std::fclose(std::fopen((dir_ / "doubt").c_str(), "w"));  // the operator says so
        ++older_;
        break;
      case 2:
        if (!is_there(store() + "-wal")) break;
        ::unlink((store() + "-wal").c_str());
        store_is_parted_ = true;
        ++parted_;
        break;
      case 3:
        if (!is_there(dir_ / "copy.db")) break;
        remove_store();
        std::filesystem::copy_file(dir_ / "copy.db", store());  // it knows itself
        ++copies_;
        break;
      default:  // one that waits to be refused is nobody's older store
        if (is_there(store()) && !store_is_parted_) support::copy_database(store(), old);
    }
  }

  void drain() {
    std::fclose(std::fopen((dir_ / "stop").c_str(), "w"));
    wait_for(0, 60);
    for (std::size_t i : {the_server, std::size_t{2}}) {
      if (process_[i] > 0) ::kill(process_[i], SIGTERM);
      wait_for(i, 30);
    }
  }
  void wait_for(std::size_t which, int seconds) {
    for (int i = 0; i < seconds * 100 && good_; ++i) {
      int status = 0;
      if (which != the_server) look_after_server();
      if (::waitpid(process_[which], &status, WNOHANG) == process_[which]) {
        process_[which] = -1;
        if (status == 0) return;
        if (which == the_server && !ended(which, status) && good_) {
          ::kill(process_[which], SIGTERM);
          continue;
        }
        return fail(std::string(names[which]) + " did not end well");
      }
      pause_for(10);
    }
    if (good_) fail(std::string(names[which]) + " does not come to an end");
  }
  void look_after_server() {
    int status = 0;
    if (process_[the_server] > 0 &&
        ::waitpid(process_[the_server], &status, WNOHANG) == process_[the_server]) {
      process_[the_server] = -1;
      ended(the_server, status);
    }
  }

  void fail(const std::string& why) {
    std::printf("%s (in %s)\n", why.c_str(), dir_.path().c_str());
    dir_.keep();
    good_ = false;
    for (pid_t& one : process_)
      if (one > 0) ::kill(one, SIGKILL), ::waitpid(one, nullptr, 0), one = -1;
  }

  options asked_;
  dice chance_;
  support::scratch_dir dir_;
  std::array<pid_t, 3> process_{-1, -1, -1};
  std::array<int, 3> kills_{};
  std::uint64_t lives_ = 0;
  bool store_is_parted_ = false;  ///< from its log, and the server has not refused it yet
  int deleted_ = 0, older_ = 0, parted_ = 0, refused_ = 0, copies_ = 0;
  bool good_ = true;
};

int run_role(const std::string& name, const life& of) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (name == names[i]) return programs[i](of);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  options asked;
  asked.seed = static_cast<std::uint64_t>(now().at);
  life of;
  std::string role;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--keep" || name == "--copies") {
      (name == "--keep" ? asked.keep : of.copies) = true;
      continue;
    }
    if (i + 1 == argc) return std::fputs(usage, stderr), 2;
    const std::string value = argv[++i];
    if (name == "--kills")
      asked.kills = std::stoull(value);
    else if (name == "--seed")
      asked.seed = of.seed = std::stoull(value);
    else if (name == "--mode" && (value == "server" || value == "any" || value == "lose"))
      asked.mode = value;
    else if (name == "--sync" && (value == "full" || value == "normal"))
      asked.sync = of.sync = value == "full" ? store_sync::full : store_sync::normal;
    else if (name == "--order")
      of.ordered = value == "number";
    else if (name == "--dir")
      of.dir = value;
    else if (name == "--role")
      role = value;
    else
      return std::fputs(usage, stderr), 2;
  }
  if (!role.empty()) return run_role(role, of);

  std::printf("seed %llu, mode %s, %llu kills%s\n", static_cast<unsigned long long>(asked.seed),
              asked.mode.c_str(), static_cast<unsigned long long>(asked.kills),
              asked.seed % 2 == 1 ? ", the receiver in order" : "");
  std::fflush(stdout);
  const instant begun = now();
  driver all(asked);
  const bool came_to_an_end = all.run();
  const bool good = came_to_an_end && all.judged();
  std::printf("%s, %.1f s\n", good ? "all promises held" : "FAILED",
              static_cast<double>((now() - begun).count) / 1000);
  return good ? 0 : 1;
}
