// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_CLIENTS_RECEIVER_HPP
#define VIDIMUS_DOCS_EXAMPLES_CLIENTS_RECEIVER_HPP

#include <vidimus/check/view.hpp>

#include "../hosting/shelf.hpp"
#include "client.hpp"
#include "pacer.hpp"

namespace clients {

inline constexpr auto receiver_usage =
    "receive --jid ME --password-file FILE --relay ADDRESS --keys FILE --store FILE\n"
    "        [--host HOST] [--port N] [--plain] [--quick] [--copies] [--audit]\n"
    "        [--times] [--single]\n"
    "  --plain   no TLS: for a server on the same machine\n"
    "  --quick   says within a second that it is there: for tests\n"
    "  --copies  asks the server for carbon copies, and for its archive: none of them is answered\n"
    "  --audit   keeps what the codes cover of each message\n"
    "  --times   microseconds of the clock before each message\n"
    "  --single  sends no bundles: each message travels alone, for whoever looks on\n"
    "Goes on until it is asked to end.";

inline constexpr auto receiver_tables =
    "CREATE TABLE IF NOT EXISTS taken(at INTEGER PRIMARY KEY, origin TEXT, conversation BLOB,"
    " number INTEGER, text TEXT);"
    "CREATE TABLE IF NOT EXISTS contents(conversation BLOB, number INTEGER, octets BLOB)";

/// The role of the receiver and its host: prints each verified message once. `Client` is a class as
/// in client.hpp.
template <class Client>
class receiver_program {
 public:
  explicit receiver_program(const options& o)
      : pace_(pace_of(o)),
        relay_(o.needed("--relay")),
        shelf_(o.needed("--store"), "receiver", receiver_tables),
        role_((read_keys(env_.keys, o.needed("--keys")), env_),
              std::string(bare(o.needed("--jid"))), limits()),
        link_(o, pace_, party::receiver),
        copies_(o.has("--copies")),
        audit_(o.has("--audit")),
        times_(o.has("--times")),
        bundles_(!o.has("--single")) {
    do_the_rest(shelf_.restored(role_.restore(shelf_.all(), shelf_.last_durable())));
    // names of sessions: a relay tells a new one from a repeat by them
    std::array<octet, 9> drawn{};
    env_.entropy.fill(drawn);
    life_ = to_base64(drawn, base64url_letters);
  }

  int run() {
    end_when_asked();
    while (asked_to_end == 0) {
      link_.run(milliseconds(waiting_.empty() ? 10 : 0));
      announce();
      shelf_.begin();
      take_what_waits();  // before there is more: what is answered stands at the end then
      shelf_.add(role_.receive(link_.came.elements, now()));
      link_.came.elements.clear();
      do_the_rest(shelf_.commit());
      say_taken();
    }
    link_.send("<presence type='unavailable'/>");
    link_.run(milliseconds(10));
    shelf_.close();
    return exit_good;
  }

 private:
  receiver_limits limits() const {
    receiver_limits l;
    l.answers_per_peer = pace_.answers;
    l.window = under_way;
    return l;
  }
  /// Directed presence says that this session can be reached; the server takes it back for us when
  /// the session ends. It is said again now and then, because it may be lost.
  void announce() {
    if (!link_.is_up()) return;
    const bool anew = link_.session() != session_;
    session_ = link_.session();
    if (anew) begin_session();
    // a relay that is there again does not know who is there
    for (const std::string& one : std::exchange(link_.came.here, {}))
      if (one == relay_) announced_ = {0};
    if (!anew && now() < announced_ + pace_.announce) return;
    announced_ = now();
    std::string text = "<presence";
    append_attribute(text, "to", relay_);
    append_attribute(text, "id", life_ + '-' + std::to_string(session_));
    link_.send(text + "/>");
    if (anew) std::printf("-- connected as %s\n", link_.address().c_str());
  }

  void begin_session() {
    link_.send("<presence/>");
    if (!copies_) return;
    link_.send("<iq type='set' id='carbons'><enable xmlns='urn:xmpp:carbons:2'/></iq>");
    link_.send("<iq type='set' id='archive'><query xmlns='urn:xmpp:mam:2'/></iq>");
  }

  auto to_link() {
    return [this](std::string_view text) { link_.send(std::string(text)); };
  }
  void do_the_rest(receiver_outputs outputs) {
    for (auto& one : outputs) {
      if (auto* t = std::get_if<out::transmit>(&one)) send(*t);
      if (auto* d = std::get_if<out::deliver>(&one)) waiting_.push_back(std::move(*d));
    }
    bundler_.flush(to_link());
  }
  void send(const out::transmit& o) {
    if (!link_.is_up()) return;
    sending how;
    how.self = party::receiver;
    how.from = link_.address();
    how.stamps = false;
    (void)bundler_.add(o, how, bundles_, to_link());
  }

  /// S5. The effect and the record that it was accepted are one transaction (accept.atomic), so a
  /// message that is handed out again after a death had no effect before. What came together is
  /// answered together.
  void take_what_waits() {
    if (waiting_.empty()) return;
    std::vector<message_name> names;
    for (const out::deliver& d : waiting_) names.push_back(d.name);
    auto all = role_.accepted(names, now());
    if (all) shelf_.add(std::move(*all));
    for (const out::deliver& d : waiting_) {
      auto one = all ? result<receiver_outputs>(receiver_outputs()) : role_.accepted(d.name, now());
      if (!one) continue;
      take(d);
      shelf_.add(std::move(*one));
    }
    waiting_.clear();
  }
  void take(const out::deliver& d) {
    const auto view = content_view::parse(d.body->canonical);
    const std::string body(view ? view->body() : std::string_view());
    row(shelf_.file(),
        "INSERT INTO taken(origin, conversation, number, text) VALUES(?1, ?2, ?3, ?4)")
        .text(d.name.in.along->origin)
        .name(d.name)
        .text(body)
        .run();
    if (audit_)
      row(shelf_.file(), "INSERT INTO contents(conversation, number, octets) VALUES(?1, ?2, ?3)")
          .name(d.name)
          .blob(d.body->canonical)
          .run();
    taken_.push_back(d.name.in.along->origin + (d.end_to_end ? " (end to end): " : ": ") + body);
  }
  /// What is durable by now.
  void say_taken() {
    for (const std::string& line : taken_)
      std::printf("%s%s\n", stamp(times_).c_str(), line.c_str());
    taken_.clear();
    std::fflush(stdout);
  }

  pace pace_;
  std::string relay_;
  shelf<receiver_output> shelf_;
  our_environment env_;
  receiver<our_environment> role_;
  Client link_;
  bool copies_, audit_, times_, bundles_;
  bundler bundler_;
  std::vector<out::deliver> waiting_;
  std::vector<std::string> taken_;  ///< and not said yet
  std::string life_;
  std::uint64_t session_ = 0;
  instant announced_{0};
};

}  // namespace clients

#endif
