// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "parallel.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

namespace explore {

namespace {

struct closer {
  void operator()(std::FILE* f) const { std::fclose(f); }
};
using file = std::unique_ptr<std::FILE, closer>;

/// A world that a child explores; what it prints and which rows it used comes over two files.
struct at_work {
  pid_t pid = 0;
  file said{std::tmpfile()}, used{std::tmpfile()};
  bool over = false, good = false;
};

[[noreturn]] void explore_one(const world& in, const explorer::limits& most, at_work& here) {
  dup2(fileno(here.said.get()), STDOUT_FILENO);
  explorer run(in, most);
  const bool good = run.run();
  std::fflush(stdout);
  const support::rows& used = support::rows_of_process();
  std::fwrite(&used, sizeof used, 1, here.used.get());
  std::fflush(here.used.get());
  _exit(good ? 0 : 1);  // the rows of this process are not to be written by it
}

void collect(const world& in, at_work& done) {
  char line[4096];
  std::rewind(done.said.get());
  while (std::fgets(line, sizeof line, done.said.get()) != nullptr) std::fputs(line, stdout);
  support::rows used;
  std::rewind(done.used.get());
  if (std::fread(&used, sizeof used, 1, done.used.get()) == 1)
    support::rows_of_process().merge(used);
  else
    std::printf("world %s: died\n", in.name.c_str());
  std::fflush(stdout);
  done.said.reset();
  done.used.reset();
}

/// Waits until one of them is over.
void wait_for_one(std::vector<at_work>& all) {
  int how = 0;
  const pid_t pid = waitpid(-1, &how, 0);
  for (at_work& one : all) {
    if (one.pid != pid || one.over) continue;
    one.over = true;
    one.good = WIFEXITED(how) && WEXITSTATUS(how) == 0;
  }
}

}  // namespace

bool explore_all(const std::vector<world>& worlds, const explorer::limits& most,
                 std::size_t at_once) {
  bool good = true;
  if (at_once < 2 || worlds.size() < 2) {
    for (const world& one : worlds) {
      explorer run(one, most);
      good = run.run() && good;
    }
    return good;
  }
  static_assert(std::is_trivially_copyable_v<support::rows>);
  std::vector<at_work> all(worlds.size());
  std::size_t begun = 0, running = 0, printed = 0;
  while (printed < all.size()) {
    for (; begun < all.size() && running < at_once; ++begun, ++running) {
      std::fflush(stdout);
      all[begun].pid = fork();
      if (all[begun].pid == 0) explore_one(worlds[begun], most, all[begun]);
    }
    wait_for_one(all);
    --running;
    for (; printed < begun && all[printed].over; ++printed) {
      collect(worlds[printed], all[printed]);
      good = all[printed].good && good;
    }
  }
  return good;
}

}  // namespace explore
