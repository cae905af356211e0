// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// The receiver over a real server: prints each verified message once. Killed and started again it
// goes on where it was. See README.md here.
#include <vidimus/check/view.hpp>

#include "hosting/client_link.hpp"
#include "hosting/shelf.hpp"

using namespace hosting;

namespace {

constexpr auto usage =
    "receive --jid ME --password-file FILE --relay ADDRESS --keys FILE --store FILE\n"
    "        [--host HOST] [--port N] [--plain] [--quick]\n"
    "  --plain  no TLS: for a server on the same machine\n"
    "  --quick  says within a second that it is there: for tests\n"
    "Goes on until it is asked to end.";

constexpr auto tables =
    "CREATE TABLE IF NOT EXISTS taken(at INTEGER PRIMARY KEY, origin TEXT, conversation BLOB,"
    " number INTEGER, text TEXT)";

class program {
 public:
  explicit program(const options& o)
      : pace_(pace_of(o)),
        relay_(o.needed("--relay")),
        shelf_(o.needed("--store"), "receiver", tables),
        role_((read_keys(env_.keys, o.needed("--keys")), env_),
              std::string(bare(o.needed("--jid")))),
        link_(o, pace_) {
    link_.on_message(message_came, this);
    link_.on_presence(presence_came, this);
    do_the_rest(shelf_.restored(role_.restore(shelf_.all(), shelf_.last_durable())));
    // names of sessions: a relay tells a new one from a repeat by them
    std::array<octet, 9> drawn{};
    env_.entropy.fill(drawn);
    life_ = to_base64(drawn, base64url_letters);
  }

  int run() {
    end_when_asked();
    while (asked_to_end == 0) {
      link_.run(milliseconds(10));
      announce();
      shelf_.begin();
      for (const incoming& one : came_) shelf_.add(role_.receive(one, now()));
      came_.clear();
      take_what_waits();
      do_the_rest(shelf_.commit());
      std::fflush(stdout);
    }
    link_.send("<presence type='unavailable'/>");
    link_.run(milliseconds(10));
    shelf_.close();
    return exit_good;
  }

 private:
  static int message_came(xmpp_conn_t*, xmpp_stanza_t* message, void* self) {
    auto& of = *static_cast<program*>(self);
    auto read = read_stanza(of.reader_, message, strophe_tree::received, coverage_of);
    if (!read) return 1;
    reading at;
    at.self = party::receiver;
    auto arrived = arrival_of(std::move(*read), at);
    // one without an element of ours was not verified: a chat program would mark it so
    if (arrived.kind != arrival_kind::plain) of.came_.push_back(std::move(arrived.what));
    return 1;
  }

  /// A relay that is there again does not know who is there.
  static int presence_came(xmpp_conn_t*, xmpp_stanza_t* presence, void* self) {
    auto& of = *static_cast<program*>(self);
    const char* from = xmpp_stanza_get_from(presence);
    const char* type = xmpp_stanza_get_type(presence);
    if (from != nullptr && type == nullptr && of.relay_ == bare(from)) of.announced_ = {0};
    return 1;
  }

  /// Directed presence says that this session can be reached; the server takes it back for us when
  /// the session ends. It is said again now and then, because it may be lost.
  void announce() {
    if (!link_.is_up()) return;
    const bool anew = link_.session() != session_;
    session_ = link_.session();
    if (anew) link_.send("<presence/>");
    if (!anew && now() < announced_ + pace_.announce) return;
    announced_ = now();
    std::string text = "<presence";
    append_attribute(text, "to", relay_);
    append_attribute(text, "id", life_ + '-' + std::to_string(session_));
    link_.send(text + "/>");
    if (anew) std::printf("-- connected as %s\n", link_.address().c_str());
  }

  void do_the_rest(receiver_outputs outputs) {
    for (auto& one : outputs) {
      if (auto* t = std::get_if<out::transmit>(&one)) send(*t);
      if (auto* d = std::get_if<out::deliver>(&one)) waiting_.push_back(std::move(*d));
    }
  }
  void send(const out::transmit& o) {
    if (!link_.is_up()) return;
    sending how;
    how.self = party::receiver;
    how.from = link_.address();
    how.stamps = false;
    if (auto text = stanza_text(o, how)) link_.send(*text);
  }

  /// S5. The effect and the record that it was accepted are one transaction (accept.atomic), so a
  /// message that is handed out again after a death had no effect before.
  void take_what_waits() {
    for (const out::deliver& d : waiting_) {
      const auto view = content_view::parse(d.body->canonical);
      auto accepted = role_.accepted(d.name, now());
      if (!view || !accepted) continue;
      const std::string body(view->body());
      row(shelf_.file(),
          "INSERT INTO taken(origin, conversation, number, text) VALUES(?1, ?2, ?3, ?4)")
          .text(d.name.in.along->origin)
          .name(d.name)
          .text(body)
          .run();
      std::printf("%s%s: %s\n", d.name.in.along->origin.c_str(),
                  d.end_to_end ? " (end to end)" : "", body.c_str());
      shelf_.add(std::move(*accepted));
    }
    waiting_.clear();
  }

  pace pace_;
  std::string relay_;
  shelf<receiver_output> shelf_;
  our_environment env_;
  receiver<our_environment> role_;
  client_link link_;
  stanza_reader reader_;
  std::vector<incoming> came_;
  std::vector<out::deliver> waiting_;
  std::string life_;
  std::uint64_t session_ = 0;
  instant announced_{0};
};

}  // namespace

int main(int argc, char** argv) {
  return program(options(argc, argv, usage, "--plain --quick ")).run();
}
