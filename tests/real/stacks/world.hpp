// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_REAL_STACKS_WORLD_HPP
#define VIDIMUS_TESTS_REAL_STACKS_WORLD_HPP

#include <functional>
#include <list>
#include <memory>

#include "../servers.hpp"
#include "support/scratch_dir.hpp"
#include "watch.hpp"

namespace real {

/// A client library, as the programs and lint name it.
struct stack {
  std::string name;                     ///< of the program: example-<name>
  std::string shown;                    ///< in the table
  std::vector<std::string> lint_reads;  ///< whose losses concern what it receives
  std::vector<std::string> lint_sends;  ///< and what it sends
};
/// Those whose programs were built; `missing` has the others.
std::vector<stack> stacks_here(const std::string& programs, std::vector<std::string>& missing);

/// Ends a run at once; what was written stays to be looked at.
struct gave_up {
  std::string why;
};

struct request {
  std::string server, programs;
  std::size_t own = 16;  ///< bodies of its own besides the corpus
  std::uint64_t seed = 0;
  bool keep = false, copies = false;
  bool bundles = false;  ///< as the programs send by themselves; nothing is altered then
};

/// A server, a relay, and clients of which each has a link that is watched.
class world {
 public:
  world(const request& of, bool copies);

  /// Waits for a state; moves meanwhile what is on the way.
  void until(const std::string& what, const std::function<bool()>& is_so, int seconds = 200);

  /// Keys of the relay for all users; then the relay.
  void start_relay();
  /// A client of `user` with that resource, watched; `more` are further options.
  child& start_client(const stack& by, side who, const std::string& user,
                      const std::string& resource, bool alters, std::vector<std::string> more);
  void end(child& one);
  void stop();

  void write(const std::string& name, const std::string& text) const;
  std::string path(const std::string& name) const { return dir_ / name; }
  void keep() { dir_.keep(); }
  std::string where() const { return dir_.path(); }

  ledger seen;

 private:
  void start_server();
  void step();

  request asked_;
  support::scratch_dir dir_;
  std::optional<server_process> server_;
  child relay_;
  mischief nothing_{0};
  std::list<child> clients_;
  std::list<watch> watches_;
  std::list<proxy> links_;
};

/// Every stack as sender and as receiver. 0: good.
int run_pairs(const request& of);
/// Carbon copies, archives, two devices, an offline receiver. 0: good.
int run_copies(const request& of);

}  // namespace real

#endif
