// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// The same job without the library: a program that sends numbered messages, and one that prints
// what comes, with receipts (XEP-0184) if asked. They connect again when a stream is lost, and know
// no more than XMPP tells them.
#include <utility>

#include "clients/pacer.hpp"
#include "hosting/client_link.hpp"
#include "real.hpp"

namespace real {

namespace {

using clients::pacer;
using hosting::client_link;
using hosting::options;

constexpr auto usage = "real --role plain-send|plain-receive ...";
constexpr auto flags = "--plain --quick --receipts --times ";

void say_time(const options& o) { std::printf("%s", clients::stamp(o.has("--times")).c_str()); }

/// Goes until the server has answered a question that was asked behind all else, so that all that
/// was written on this stream has reached it.
class asker {
 public:
  explicit asker(client_link& on) : link_(on) { on.on_iq(iq_came, this); }

  bool answered() {
    if (answer_) return true;
    if (link_.is_up() && asked_ != link_.session()) {
      asked_ = link_.session();
      link_.send("<iq type='get' id='last'><ping xmlns='urn:xmpp:ping'/></iq>");
    }
    return false;
  }

 private:
  static int iq_came(xmpp_conn_t*, xmpp_stanza_t* iq, void* self) {
    const char* id = xmpp_stanza_get_id(iq);
    if (id != nullptr && std::string_view(id) == "last") static_cast<asker*>(self)->answer_ = true;
    return 1;
  }

  client_link& link_;
  std::uint64_t asked_ = 0;
  bool answer_ = false;
};

/// Says that it is there, so that what waits at the server comes.
class presence {
 public:
  void keep(client_link& on) {
    if (!on.is_up() || session_ == on.session()) return;
    session_ = on.session();
    on.send("<presence/>");
  }

 private:
  std::uint64_t session_ = 0;
};

/// Prints what came; a last word ends it (`--last`), and those of earlier runs, which a server may
/// have kept, are nothing.
class listener {
 public:
  listener(const options& o, client_link& on) : o_(o), link_(on) {
    on.on_message(message_came, this);
  }
  bool ended = false;

 private:
  static int message_came(xmpp_conn_t*, xmpp_stanza_t* message, void* self) {
    const char* type = xmpp_stanza_get_type(message);
    if (type == nullptr || std::string_view(type) != "error")
      static_cast<listener*>(self)->take(message);
    return 1;
  }
  void take(xmpp_stanza_t* message) {
    if (char* body = xmpp_message_get_body(message)) {
      const std::string text(body);
      xmpp_free(link_.context(), body);
      if (text.starts_with("last of ")) {
        ended = ended || text == o_.text("--last", {});
        return;
      }
      say_time(o_);
      std::printf("%s\n", text.c_str());
      if (xmpp_stanza_get_child_by_name_and_ns(message, "request", space) != nullptr)
        answer(xmpp_stanza_get_from(message), xmpp_stanza_get_id(message));
    } else if (auto* one = xmpp_stanza_get_child_by_name_and_ns(message, "received", space)) {
      const char* id = xmpp_stanza_get_id(one);
      say_time(o_);
      std::printf("receipt %s\n", id == nullptr ? "" : id);
    }
  }
  void answer(const char* to, const char* id) {
    if (to == nullptr || id == nullptr || !o_.has("--receipts")) return;
    link_.send(std::string("<message to='") + to + "' type='chat'><received xmlns='" + space +
               "' id='" + id + "'/></message>");
  }

  static constexpr auto space = "urn:xmpp:receipts";
  const options& o_;
  client_link& link_;
};

}  // namespace

int plain_send(int argc, char** argv) {
  const options o(argc, argv, usage, flags);
  hosting::end_when_asked();
  client_link link(o, hosting::pace_of(o));
  asker last(link);
  presence here;
  listener heard(o, link);
  const bool receipts = o.has("--receipts");
  const auto count = o.number("--count", 1, 1'000'000);
  const std::string to = o.needed("--to");
  // slowly where connections break: what stands in one is lost, so haste loses more
  pacer pace(o.number("--pace", 0, 100'000));
  std::uint64_t sent = 0;
  bool said = false;
  while (!(said && (!receipts || heard.ended))) {
    link.run(vidimus::milliseconds(sent == count ? 10 : pace.has_pace() ? 1 : 0));
    if (hosting::asked_to_end != 0) return hosting::exit_not_delivered;
    if (receipts) here.keep(link);
    while (sent < count && link.is_up() && !link.is_behind() && pace.may()) {
      const std::string number = std::to_string(++sent);
      say_time(o);
      std::printf("sent %s\n", number.c_str());
      link.send("<message to='" + to + "' type='chat' id='m" + number + "'><body>" +
                o.text("--text", "message " + number) + "</body>" +
                (receipts ? "<request xmlns='urn:xmpp:receipts'/>" : "") + "</message>");
    }
    if (sent == count && !said && last.answered()) {
      std::printf("-- all sent\n");
      said = true;
    }
    std::fflush(stdout);
  }
  return hosting::exit_good;
}

int plain_receive(int argc, char** argv) {
  const options o(argc, argv, usage, flags);
  hosting::end_when_asked();
  client_link link(o, hosting::pace_of(o));
  listener heard(o, link);
  presence here;
  asker last(link);
  const char* greeting = "-- there\n";
  while (!(heard.ended && last.answered()) && hosting::asked_to_end == 0) {
    link.run(vidimus::milliseconds(10));
    here.keep(link);
    if (link.is_up()) std::printf("%s", std::exchange(greeting, ""));
    std::fflush(stdout);
  }
  return hosting::exit_good;
}

}  // namespace real
