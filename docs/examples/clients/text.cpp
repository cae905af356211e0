// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// Sender and receiver over a real server, on a small stream of our own. See README.md in the folder
// above.
#include "text.hpp"

#include "both.hpp"

int main(int argc, char** argv) {
  return clients::sender_or_receiver<clients::text_client>(argc, argv);
}
