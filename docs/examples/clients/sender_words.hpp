// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_CLIENTS_SENDER_WORDS_HPP
#define VIDIMUS_DOCS_EXAMPLES_CLIENTS_SENDER_WORDS_HPP

#include <vidimus/duty/submission.hpp>

namespace clients {

using namespace vidimus;

inline constexpr auto sender_usage =
    "send --jid ME --password-file FILE --relay ADDRESS --to ADDRESS --keys FILE --store FILE\n"
    "     [--host HOST] [--port N] [--plain] [--quick] [--lifetime SECONDS] [--count N]\n"
    "     [--file FILE] [--window N] [--pace N] [--audit] [--times] [--single]\n"
    "     [--permit-plain]\n"
    "  --plain      no TLS: for a server on the same machine\n"
    "  --quick      asks again within seconds: for tests\n"
    "  --count N    in place of standard input: N messages, those of former lives included\n"
    "  --file FILE  in place of standard input: messages as XML, a zero octet behind each; one "
    "that\n"
    "               cannot be sent is passed over\n"
    "  --window N   of these, at most so many without outcome at a time; 40 if it is not given\n"
    "  --pace N     of these, so many a second\n"
    "  --audit      keeps what the codes cover of each message\n"
    "  --times      microseconds of the clock before each line, and of each message only when it\n"
    "               was submitted and what became of it\n"
    "  --single     sends no bundles: each message travels alone, for whoever looks on\n"
    "  --permit-plain  messages may leave without a code where the receiver has no support\n"
    "Ends when all messages have ended: with 0 if all were delivered, with 1 if one was not.";

inline constexpr auto sender_tables =
    "CREATE TABLE IF NOT EXISTS said(at INTEGER PRIMARY KEY, conversation BLOB, number INTEGER,"
    " text TEXT, outcome TEXT, told INTEGER DEFAULT 0);"
    "CREATE TABLE IF NOT EXISTS contents(conversation BLOB, number INTEGER, octets BLOB)";

inline const char* words_for(duty::submission::state at) {
  using state = duty::submission::state;
  switch (at) {
    case state::parked: return "waiting for the connection";
    case state::awaiting_receipt: return "sent, not verified yet";
    case state::awaiting_execution: return "held by the relay, command sent";
    case state::resubmitted: return "sent again";
    case state::awaiting_delivery: return "executed, waits for its delivery";
    case state::withdrawing:
    case state::expiring:
    case state::failing: return "asked to be void";
    default: return "ended";
  }
}

}  // namespace clients

#endif
