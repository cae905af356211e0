// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// Sender and receiver over a real server, by gloox. See README.md in the folder above.
#include "gloox.hpp"

#include "both.hpp"

int main(int argc, char** argv) {
  return clients::sender_or_receiver<clients::gloox_client>(argc, argv);
}
