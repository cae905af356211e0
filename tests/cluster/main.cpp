// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// Three instances of the relay over one PostgreSQL database, each a process of its own; sender and
// receiver send each stanza to any of them. This program kills instances with SIGKILL at random
// moments while messages go through, now and then the database too, starts them again until so many
// were killed, lets all come to an end, and compares the books of both ends
// (tests/crash/judge.cpp).
#include <array>
#include <thread>
#include <vidimus/adapt/postgresql_store.hpp>

#include "crash/crash.hpp"
#include "crash/judge.hpp"
#include "instance.hpp"
#include "support/postgresql.hpp"

namespace {

using namespace crash;

constexpr auto usage = "cluster [--kills N] [--database-every N] [--seed N] [--keep]\n";

struct options {
  std::uint64_t kills = 20, database_every = 10, seed = 0;
  bool keep = false;
};

constexpr std::size_t instances = 3;
constexpr std::array<const char*, 5> names{"sender", "receiver", "0", "1", "2"};
constexpr std::size_t the_sender = 0, the_receiver = 1, first_instance = 2;

class driver {
 public:
  explicit driver(const options& o) : asked_(o), chance_(o.seed) {
    if (o.keep) dir_.keep();
  }

  bool run() {
    for (std::size_t i = 0; i < names.size(); ++i) start(i);
    pause_for(500);
    for (std::uint64_t n = 1; n <= asked_.kills && good_; ++n) {
      // now and then at once: while others of them are starting
      pause_for(chance_.one_in(6) ? chance_.below(8) : 40 + chance_.below(200));
      look_after_all();
      if (asked_.database_every != 0 && n % asked_.database_every == 0) {
        database_.stop(SIGQUIT);
        database_.start();
        ++database_kills_;
      }
      kill_one(first_instance + chance_.below(instances));
    }
    if (good_) drain();
    return good_;
  }

  bool judged() {
    std::printf("killed: instances %d, database %d\n", kills_, database_kills_);
    note_records();
    return judge(dir_.path(), true, false);
  }

 private:
  static void pause_for(std::uint64_t ms) {
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
  }

  /// The program anew, as it would be started after a crash: nothing of this process is in it.
  void start(std::size_t which) {
    const std::string seed = std::to_string(asked_.seed * 1'000'000 + ++lives_);
    const std::string where = database_.where();
    const pid_t child = fork();
    if (child < 0) return fail("cannot fork");
    if (child == 0) {
#if defined(__linux__)
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
      ::execl("/proc/self/exe", "cluster", "--role", names[which], "--dir", dir_.path().c_str(),
              "--seed", seed.c_str(), "--where", where.c_str(), nullptr);
      ::_exit(127);
    }
    process_[which] = child;
  }

  void kill_one(std::size_t which) {
    if (process_[which] <= 0) return;
    ::kill(process_[which], SIGKILL);
    int status = 0;
    ::waitpid(process_[which], &status, 0);
    process_[which] = -1;
    if (!WIFSIGNALED(status)) return ended(which, status);
    ++kills_;
    start(which);
  }

  void look_after_all() {
    for (std::size_t i = 0; i < names.size(); ++i) {
      int status = 0;
      if (process_[i] > 0 && ::waitpid(process_[i], &status, WNOHANG) == process_[i]) {
        process_[i] = -1;
        ended(i, status);
      }
    }
  }
  void ended(std::size_t which, int status) {
    fail(std::string(names[which]) + " ended by itself, status " + std::to_string(status));
  }

  void drain() {
    std::fclose(std::fopen((dir_ / "stop").c_str(), "w"));
    wait_for(the_sender, 60);
    for (std::size_t i = first_instance; i < names.size(); ++i)
      if (process_[i] > 0) ::kill(process_[i], SIGTERM);
    for (std::size_t i = first_instance; i < names.size(); ++i) wait_for(i, 30);
    if (process_[the_receiver] > 0) ::kill(process_[the_receiver], SIGTERM);
    wait_for(the_receiver, 30);
  }
  void wait_for(std::size_t which, int seconds) {
    for (int i = 0; i < seconds * 100 && good_; ++i) {
      int status = 0;
      if (::waitpid(process_[which], &status, WNOHANG) == process_[which]) {
        process_[which] = -1;
        return status == 0 ? void() : ended(which, status);
      }
      pause_for(10);
    }
    if (good_) fail(std::string(names[which]) + " does not come to an end");
  }

  /// The keys of the records are put where the judge looks for those of a server.
  void note_records() {
    PGconn* from = PQconnectdb(database_.where().c_str());
    const detail::postgresql_rows keys(PQexecParams(from, "SELECT key FROM vidimus.vidimus_record",
                                                    0, nullptr, nullptr, nullptr, nullptr, 1));
    if (!keys.good()) fail("the database cannot be asked");
    const auto to = sqlite_file::open(dir_ / "server.db");
    auto store = sqlite_store::open(**to, "server");
    server_outputs all;
    for (int row = 0; keys.good() && row < keys.count(); ++row)
      all.push_back(out::persist{keys.text(row, 0), {}});
    if (!store->write(all)) fail("the keys cannot be noted");
    PQfinish(from);
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
  support::postgresql database_;
  std::array<pid_t, names.size()> process_{-1, -1, -1, -1, -1};
  int kills_ = 0, database_kills_ = 0;
  std::uint64_t lives_ = 0;
  bool good_ = true;
};

int run_role(const std::string& name, life of, const std::string& where) {
  of.instances = instances;
  if (name == names[the_sender]) return run_sender(of);
  if (name == names[the_receiver]) return run_receiver(of);
  return run_instance(of, std::stoul(name), where);
}

}  // namespace

int main(int argc, char** argv) {
  options asked;
  asked.seed = static_cast<std::uint64_t>(now().at);
  life of;
  std::string role, where;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--keep") {
      asked.keep = true;
      continue;
    }
    if (i + 1 == argc) return std::fputs(usage, stderr), 2;
    const std::string value = argv[++i];
    if (name == "--kills")
      asked.kills = std::stoull(value);
    else if (name == "--database-every")
      asked.database_every = std::stoull(value);
    else if (name == "--seed")
      asked.seed = of.seed = std::stoull(value);
    else if (name == "--dir")
      of.dir = value;
    else if (name == "--where")
      where = value;
    else if (name == "--role")
      role = value;
    else
      return std::fputs(usage, stderr), 2;
  }
  if (!role.empty()) return run_role(role, of, where);

  std::printf("seed %llu, %llu kills\n", static_cast<unsigned long long>(asked.seed),
              static_cast<unsigned long long>(asked.kills));
  std::fflush(stdout);
  const instant begun = now();
  driver all(asked);
  const bool came_to_an_end = all.run();
  const bool good = came_to_an_end && all.judged();
  std::printf("%s, %.1f s\n", good ? "all promises held" : "FAILED",
              static_cast<double>((now() - begun).count) / 1000);
  return good ? 0 : 1;
}
