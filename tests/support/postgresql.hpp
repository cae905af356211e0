// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_SUPPORT_POSTGRESQL_HPP
#define VIDIMUS_TESTS_SUPPORT_POSTGRESQL_HPP

#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <string>
#include <vector>

#include "scratch_dir.hpp"

/// A PostgreSQL server of the test's own, in a directory of its own, reached through a socket
/// there; gone with the object. What it stored need not outlive the machine: it does not sync.
namespace support {

class postgresql {
 public:
  postgresql() {
    if (::geteuid() == 0) become_ = somebody();  // it refuses to run as root
    if (become_ != nullptr && ::chown(dir_.path().c_str(), become_->pw_uid, become_->pw_gid) != 0)
      fail("the directory cannot be given away");
    const int made = wait_for(run({program("initdb"), "-D", dir_ / "data", "-U", "vidimus", "-A",
                                   "trust", "-E", "UTF8", "--locale=C", "--no-sync"},
                                  "initdb.log"));
    if (made != 0) fail("initdb failed");
    start();
  }
  postgresql(const postgresql&) = delete;
  postgresql& operator=(const postgresql&) = delete;
  ~postgresql() { stop(SIGQUIT); }

  void start() {
    server_ = run({program("postgres"), "-D", dir_ / "data", "-k", dir_.path(), "-h", "", "-F",
                   "-c", "shared_buffers=16MB", "-c", "max_connections=40"},
                  "server.log");
    for (int tries = 0; PQping(where().c_str()) != PQPING_OK; ++tries) {
      if (tries > 3000) fail("the server does not answer");
      ::usleep(10'000);
    }
  }
  /// `SIGQUIT`: at once, as if it had crashed; `SIGINT`: properly, all connections are cut.
  void stop(int how) {
    if (server_ <= 0) return;
    ::kill(server_, how);
    (void)wait_for(server_);
    server_ = -1;
  }

  /// As libpq takes it; `at`: the directory of another socket that leads there.
  std::string where(const std::string& at = {}) const {
    return "host=" + (at.empty() ? dir_.path() : at) + " user=vidimus dbname=postgres";
  }
  std::string socket() const { return dir_ / ".s.PGSQL.5432"; }
  const scratch_dir& dir() const { return dir_; }

 private:
  static std::string program(const char* name) {
    return std::string(VIDIMUS_POSTGRESQL_BIN) + '/' + name;
  }
  static const passwd* somebody() {
    const passwd* found = ::getpwnam("postgres");
    return found != nullptr ? found : ::getpwnam("nobody");
  }
  [[noreturn]] void fail(const char* why) {
    std::fprintf(stderr, "PostgreSQL: %s (in %s)\n", why, dir_.path().c_str());
    dir_.keep();
    stop(SIGQUIT);
    std::abort();
  }

  pid_t run(std::initializer_list<std::string> command, const char* log) {
    const std::string out = dir_ / log;
    const pid_t child = ::fork();
    if (child != 0) return child;
    if (become_ != nullptr && (::setgroups(0, nullptr) != 0 || ::setgid(become_->pw_gid) != 0 ||
                               ::setuid(become_->pw_uid) != 0))
      ::_exit(126);
#if defined(__linux__)
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
#endif
    const int fd = ::open(out.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(fd, 1);
    ::dup2(fd, 2);
    if (::chdir(dir_.path().c_str()) != 0) ::_exit(126);
    std::vector<char*> arguments;
    for (const std::string& one : command) arguments.push_back(const_cast<char*>(one.c_str()));
    arguments.push_back(nullptr);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  static int wait_for(pid_t child) {
    int status = -1;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    return status;
  }

  scratch_dir dir_;
  const passwd* become_ = nullptr;
  pid_t server_ = -1;
};

}  // namespace support

#endif
