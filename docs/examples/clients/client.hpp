// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_CLIENTS_CLIENT_HPP
#define VIDIMUS_DOCS_EXAMPLES_CLIENTS_CLIENT_HPP

#include <thread>
#include <vector>
#include <vidimus/adapt/xmpp_bundle.hpp>

#include "../hosting/discovery.hpp"
#include "../hosting/options.hpp"

/// A sender and a receiver over any client library: what is the same for all of them stands in
/// client.hpp, sender.hpp and receiver.hpp; what a library needs, in a header of its name.
namespace clients {

using namespace hosting;

/// Options of the programs that take no value.
inline constexpr auto client_flags =
    "--plain --quick --copies --audit --times --permit-plain --single ";

/// How to reach an account: `--jid`, `--password-file`, `--host`, `--port`, `--plain`.
struct account {
  explicit account(const options& o)
      : jid(o.needed("--jid")),
        password(secret_in(o.needed("--password-file"))),
        host(o.text("--host", {})),
        port(static_cast<unsigned short>(o.number("--port", 0, 65535))),
        plain(o.has("--plain")) {}

  std::string jid, password;
  std::string host;     ///< empty: the library looks it up
  unsigned short port;  ///< 0: the library knows
  bool plain;           ///< no TLS
};

/// What came since the program looked last.
class inbox {
 public:
  explicit inbox(party self) { at_.self = self; }

  /// A message, as the stack's tree or text reads. One that the strict pass refuses says nothing;
  /// one without an element of ours was not verified: a chat program would mark it so.
  void message(result<stanza, refusal> read) {
    if (!read) return;
    auto arrived = arrival_of(std::move(*read), at_);
    if (arrived.kind != arrival_kind::plain) elements.push_back(std::move(arrived.what));
  }
  /// Calls that for each message of a stanza.
  auto each() {
    return [this](result<stanza, refusal> read) { message(std::move(read)); };
  }
  void presence(std::string_view from, std::string_view type) {
    if (type.empty()) here.emplace_back(bare(from));
  }

  bundle_reader reader;
  std::vector<incoming> elements;
  std::vector<std::string> here;  ///< bare addresses that said that they are there

 private:
  reading at_;
};

/// A client's stream, made anew when it is lost. What cannot be sent is thrown away: the roles know
/// how to live with that. Stream management (XEP-0198) is left off, because nothing here needs it.
/// A stack's part is to open, close, wait and write, and to tell what happened.
class client {
 public:
  client(const options& o, const pace& p, party self) : came(self), of_(o), pace_(p), tries_(p) {}
  client(const client&) = delete;
  client& operator=(const client&) = delete;
  virtual ~client() = default;

  /// Waits for at most so long, and does what is due.
  void run(span_ms most) {
    if (!open_ && now() >= next_) connect();
    if (open_ && is_silent()) ended("nothing was heard");
    if (open_)
      wait(most);
    else
      std::this_thread::sleep_for(std::chrono::milliseconds(most.count));
    if (open_ && over_) drop();
  }

  bool is_up() const { return up_; }
  /// The full address of this session, while the stream is up.
  const std::string& address() const { return address_; }
  /// Grows with each stream that came up.
  std::uint64_t session() const { return session_; }
  /// Why the last stream ended.
  const std::string& why() const { return why_; }
  /// The text of a stanza of ours.
  void send(const std::string& stanza) {
    if (up_) write(stanza);
  }

  inbox came;

 protected:
  // what a stack does; it calls none of these itself
  virtual bool open() = 0;  ///< begins a stream; false: it cannot
  virtual void close() = 0;
  virtual void wait(span_ms most) = 0;  ///< until something happened, or for so long
  virtual void write(const std::string& stanza) = 0;

  // what a stack tells, out of `wait` and `open`
  void came_up(const std::string& address) {
    address_ = address;
    tries_.good();
    up_ = true;
    ++session_;
  }
  void ended(const std::string& why) {
    if (!over_) why_ = why;
    over_ = true;
    up_ = false;
  }
  void heard() { heard_ = now(); }

  const account& of() const { return of_; }

 private:
  void connect() {
    over_ = up_ = false;
    heard_ = asked_ = now();
    open_ = true;
    if (!open()) ended("no connection");
    if (over_) drop();
  }
  void drop() {
    close();
    open_ = over_ = up_ = false;
    next_ = tries_.after_failure(chance_);
  }
  /// Asks the server for a word where none has come for long; true if none came then either.
  bool is_silent() {
    if (now() > heard_ + span_ms{pace_.ping.count * 4}) return true;
    if (!up_ || now() < heard_ + pace_.ping || now() < asked_ + pace_.ping) return false;
    asked_ = now();
    write("<iq type='get' id='still-there'><ping xmlns='urn:xmpp:ping'/></iq>");
    return false;
  }

  account of_;
  pace pace_;
  backoff tries_;
  system_entropy chance_;
  bool open_ = false, up_ = false, over_ = false;
  instant next_{0}, heard_{0}, asked_{0};
  std::string address_, why_ = "not connected yet";
  std::uint64_t session_ = 0;
};

}  // namespace clients

#endif
