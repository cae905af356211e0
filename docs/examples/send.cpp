// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// The sender over a real server, by libstrophe: each line of standard input is a message, and what
// becomes of it is said line by line. Killed and started again it goes on where it was. See
// README.md here.
#include "clients/sender.hpp"
#include "clients/strophe.hpp"

using namespace clients;

int main(int argc, char** argv) {
  const options o(argc, argv, sender_usage, client_flags);
  return sender_program<strophe_client>(o).run();
}
