// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// Sender and receiver over a real server, by QXmpp. See README.md in the folder above.
#include "qxmpp.hpp"

#include "both.hpp"

int main(int argc, char** argv) {
  return clients::sender_or_receiver<clients::qxmpp_client>(argc, argv);
}
