// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// The same job without the library: a program that sends numbered messages, and one that prints
// what comes. They connect again when a stream is lost, and know no more than XMPP tells them.
#include <thread>

#include "hosting/client_link.hpp"
#include "real.hpp"

namespace real {

namespace {

using hosting::client_link;
using hosting::options;

constexpr auto usage = "real --role plain-send|plain-receive ...";

/// Goes until the server has answered a question that was asked behind all else, so that all that
/// was written on this stream has reached it.
class asker {
 public:
  explicit asker(client_link& on) : link_(on) {}

  bool answered() {
    if (answer_) return true;
    if (link_.is_up() && asked_ != link_.session()) {
      asked_ = link_.session();
      link_.send("<iq type='get' id='last'><ping xmlns='urn:xmpp:ping'/></iq>");
    }
    return false;
  }
  static int iq_came(xmpp_conn_t*, xmpp_stanza_t* iq, void* self) {
    const char* id = xmpp_stanza_get_id(iq);
    if (id != nullptr && std::string_view(id) == "last") static_cast<asker*>(self)->answer_ = true;
    return 1;
  }

 private:
  client_link& link_;
  std::uint64_t asked_ = 0;
  bool answer_ = false;
};

/// Prints what came; the word "end" ends it.
struct listener {
  bool ended = false;
  static int message_came(xmpp_conn_t* stream, xmpp_stanza_t* message, void* self) {
    const char* type = xmpp_stanza_get_type(message);
    if (type != nullptr && std::string_view(type) == "error") return 1;
    char* body = xmpp_message_get_body(message);
    if (body == nullptr) return 1;
    if (std::string_view(body) == "end")
      static_cast<listener*>(self)->ended = true;
    else
      std::printf("%s\n", body);
    xmpp_free(xmpp_conn_get_context(stream), body);
    return 1;
  }
};

}  // namespace

int plain_send(int argc, char** argv) {
  const options o(argc, argv, usage, "--plain --quick ");
  hosting::end_when_asked();
  client_link link(o, hosting::pace_of(o));
  asker last(link);
  link.on_iq(asker::iq_came, &last);
  const auto count = o.number("--count", 1, 1'000'000);
  const std::string to = o.needed("--to");
  std::uint64_t sent = 0;
  while (sent < count || !last.answered()) {
    link.run(vidimus::milliseconds(20));
    if (hosting::asked_to_end != 0) return hosting::exit_not_delivered;
    // slowly: what stands in a connection that breaks is lost, so haste would lose more
    if (sent < count && link.is_up()) {
      const std::string text =
          o.has("--text") ? o.text("--text", {}) : "message " + std::to_string(sent + 1);
      link.send("<message to='" + to + "' type='chat' id='m" + std::to_string(sent + 1) +
                "'><body>" + text + "</body></message>");
      std::printf("sent %llu\n", static_cast<unsigned long long>(++sent));
    }
    std::fflush(stdout);
  }
  return hosting::exit_good;
}

int plain_receive(int argc, char** argv) {
  const options o(argc, argv, usage, "--plain --quick ");
  hosting::end_when_asked();
  client_link link(o, hosting::pace_of(o));
  listener heard;
  link.on_message(listener::message_came, &heard);
  std::uint64_t session = 0;
  while (!heard.ended && hosting::asked_to_end == 0) {
    link.run(vidimus::milliseconds(10));
    if (link.is_up() && session != link.session()) {
      session = link.session();
      link.send("<presence/>");
    }
    std::fflush(stdout);
  }
  return hosting::exit_good;
}

}  // namespace real
