// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_REAL_CHILDREN_HPP
#define VIDIMUS_TESTS_REAL_CHILDREN_HPP

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace real {

/// A process that this one started: it dies with this one, and what it says goes to a file.
class child {
 public:
  using variables = std::vector<std::pair<std::string, std::string>>;

  child() = default;
  child(const std::vector<std::string>& command, const std::string& dir, const std::string& output,
        const variables& with = {})
      : output_(output) {
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);
    const int to = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    const int none = ::open("/dev/null", O_RDONLY);
    ::dup2(none, 0);
    ::dup2(to, 1);
    ::dup2(to, 2);
    for (const auto& [name, value] : with) ::setenv(name.c_str(), value.c_str(), 1);
    std::vector<char*> words;
    for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    if (::chdir(dir.c_str()) == 0) ::execvp(words[0], words.data());
    ::_exit(127);
  }
  child(child&& other) noexcept { *this = std::move(other); }
  child& operator=(child&& other) noexcept {
    kill();
    pid_ = std::exchange(other.pid_, -1);
    status_ = other.status_;
    output_ = std::move(other.output_);
    counted_ = std::move(other.counted_);
    return *this;
  }
  ~child() { kill(); }

  /// Whether it still goes; if not, `code` has how it ended.
  bool goes() {
    rusage used{};
    if (pid_ > 0 && ::wait4(pid_, &status_, WNOHANG, &used) == pid_) {
      pid_ = -1;
      used_us_ = microseconds(used.ru_utime) + microseconds(used.ru_stime);
    }
    return pid_ > 0;
  }
  /// The exit code; -1: killed by a signal, or it was none.
  int code() const { return WIFEXITED(status_) ? WEXITSTATUS(status_) : -1; }

  void ask_to_end() const {
    if (pid_ > 0) ::kill(pid_, SIGTERM);
  }
  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, &status_, 0);
    pid_ = -1;
  }

  /// Lines of the output in which a text stands, those of earlier processes with it included.
  long long lines_with(const std::string& text) {
    count& c = counted_[text];  // what was read is not read again: it is asked often
    std::ifstream from(output_);
    from.seekg(c.read);
    for (std::string line; std::getline(from, line) && !from.eof();) {
      c.read += static_cast<std::streamoff>(line.size() + 1);
      if (line.find(text) != std::string::npos) ++c.lines;
    }
    return c.lines;
  }

  /// Microseconds of processor that it used so far; of one that has ended, in all.
  long long used_us() {
    if (!goes()) return used_us_;
    std::ifstream from("/proc/" + std::to_string(pid_) + "/stat");
    std::string all((std::istreambuf_iterator<char>(from)), {});
    std::istringstream fields(all.substr(std::min(all.size(), all.rfind(')') + 2)));
    std::string skipped;
    for (int i = 0; i < 11; ++i) fields >> skipped;
    long long user = 0, system = 0;
    fields >> user >> system;
    return (user + system) * 1'000'000 / ::sysconf(_SC_CLK_TCK);
  }

 private:
  struct count {
    std::streamoff read = 0;
    long long lines = 0;
  };
  static long long microseconds(const timeval& of) {
    return static_cast<long long>(of.tv_sec) * 1'000'000 + of.tv_usec;
  }

  pid_t pid_ = -1;
  int status_ = -1;
  long long used_us_ = 0;
  std::map<std::string, count> counted_;
  std::string output_;
};

}  // namespace real

#endif
