// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_REAL_WORLD_HPP
#define VIDIMUS_TESTS_REAL_WORLD_HPP

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proxy.hpp"
#include "real.hpp"
#include "servers.hpp"
#include "support/scratch_dir.hpp"

namespace real {

/// Ends a run at once; what was written stays to be looked at.
struct gave_up {
  std::string why;
};

/// An XMPP server, the programs around it, and proxies between them, in a directory of their own.
class world {
 public:
  explicit world(const request& of);

  /// Drives the proxies until `is_so`; gives up if the server or one of `must_go` ends before, or
  /// if it takes longer than anything that is certain to come.
  void until(const std::string& what, const std::function<bool()>& is_so);
  std::vector<child*> must_go;

  void start_server();
  /// Two, of the kinds that the request names: alice and the relay are at home at the one, bob at
  /// the other, and what goes between the servers meets mischief; what goes to programs does not.
  mischief& start_joined_servers();
  /// Whether bob's server can be reached by the other.
  void cut_off_bob(bool yes) { proxies_.front()->be_away(yes); }
  void stop_server();
  /// Killed, or asked to end; and started again on the same ports and files.
  void restart_server(bool killed);
  child& server() { return server_->process; }

  void write_secrets() const;
  /// An example program; its output is NAME.out, or `output`. More of the same go behind it.
  child start_program(const std::string& name, const std::vector<std::string>& more,
                      const std::string& output = {}) const;
  /// This program in another role (plain.cpp).
  child start_plain(const std::string& role, const std::vector<std::string>& more,
                    const std::string& output) const;
  child start_relay(const std::vector<std::string>& more, const std::string& output = {}) const;
  child start_sender(const std::vector<std::string>& more, const std::string& output = {}) const;
  child start_receiver(const std::vector<std::string>& more, const std::string& output = {}) const;
  std::vector<std::string> plain_client(const std::string& jid, unsigned short port,
                                        const std::vector<std::string>& more = {}) const;
  void end(child& one);
  unsigned short clients_port() const { return server_->clients; }

  /// New proxies before the server, for all that is started from now on.
  mischief& begin_mischief();
  /// None: programs reach the server by themselves.
  void no_mischief();

  std::string path(const std::string& name) const { return dir_ / name; }
  const std::string& dir() const { return dir_.path(); }
  void keep() { dir_.keep(); }

  unsigned short alice_port = 0, bob_port = 0, relay_port = 0;

 private:
  std::optional<server_process> start_one(server_process of);
  void write(const std::string& name, const std::string& text) const;

  request asked_;
  support::scratch_dir dir_;
  std::optional<server_process> server_, others_;
  std::string bob_ = "bob@" + host;
  std::unique_ptr<mischief> mischief_;
  std::vector<std::unique_ptr<proxy>> proxies_;
};

}  // namespace real

#endif
