// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// The receiver over a real server, by libstrophe: prints each verified message once. Killed and
// started again it goes on where it was. See README.md here.
#include "clients/receiver.hpp"
#include "clients/strophe.hpp"

using namespace clients;

int main(int argc, char** argv) {
  const options o(argc, argv, receiver_usage, client_flags);
  return receiver_program<strophe_client>(o).run();
}
