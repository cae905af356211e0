// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_REAL_SERVERS_HPP
#define VIDIMUS_TESTS_REAL_SERVERS_HPP

#include "children.hpp"

namespace real {

inline const std::string password = "secret", component_secret = "shared";
inline const std::string host = "localhost", relay_address = "verify.localhost";

/// Where the receiver is at home if two servers are joined.
inline const std::string elsewhere = "elsewhere.localhost";

inline const std::vector<std::string> users{
    "alice",      "bob",         "alice-strophe", "alice-gloox", "alice-qxmpp",
    "alice-text", "bob-strophe", "bob-gloox",     "bob-qxmpp",   "bob-text"};

/// An XMPP server with accounts for these, on loopback, in a directory of its own.
struct server_process {
  child process;
  unsigned short clients = 0, components = 0;  ///< ports
  std::string kind, dir;
  bool copies = false;
  std::string domain = host;
  /// Ports of one that is joined to another: its own for servers, and where every other
  /// domain is reached. 0: it knows no other.
  unsigned short servers = 0, other = 0;
};

/// Writes the configuration and starts the server on ports that were free a moment ago. `kind`:
/// "prosody" or "ejabberd". With `copies` it sends carbon copies to who wants them, and keeps an
/// archive. Nothing: it is not installed.
std::optional<server_process> start_server(const std::string& kind, const std::string& dir,
                                           bool copies = false);
/// The same; what is said of it already stays, kind and dir at least.
std::optional<server_process> start_server(server_process of);

/// Starts one that has ended, on its ports and files.
void start_again(server_process& of);

/// Whether it takes connections, and knows the accounts.
bool is_ready(const server_process& of);

}  // namespace real

#endif
