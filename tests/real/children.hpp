// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_REAL_CHILDREN_HPP
#define VIDIMUS_TESTS_REAL_CHILDREN_HPP

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <optional>
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
    return *this;
  }
  ~child() { kill(); }

  /// Whether it still goes; if not, `code` has how it ended.
  bool goes() {
    if (pid_ > 0 && ::waitpid(pid_, &status_, WNOHANG) == pid_) pid_ = -1;
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

  /// Lines of the output in which a text stands.
  int lines_with(const std::string& text) const {
    std::ifstream from(output_);
    int n = 0;
    for (std::string line; std::getline(from, line);)
      if (line.find(text) != std::string::npos) ++n;
    return n;
  }

 private:
  pid_t pid_ = -1;
  int status_ = -1;
  std::string output_;
};

}  // namespace real

#endif
