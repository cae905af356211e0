// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_CLIENTS_BOTH_HPP
#define VIDIMUS_DOCS_EXAMPLES_CLIENTS_BOTH_HPP

#include "receiver.hpp"
#include "sender.hpp"

namespace clients {

/// A program that is either, as its first argument says.
template <class Client>
int sender_or_receiver(int argc, char** argv) {
  const std::string which = argc > 1 ? argv[1] : "";
  if (which == "send")
    return sender_program<Client>(options(argc - 1, argv + 1, sender_usage, client_flags)).run();
  if (which == "receive")
    return receiver_program<Client>(options(argc - 1, argv + 1, receiver_usage, client_flags))
        .run();
  stop(exit_usage, "the first argument is send or receive; then --help lists the options");
}

}  // namespace clients

#endif
