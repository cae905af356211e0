// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_HOSTING_CLIENT_LINK_HPP
#define VIDIMUS_DOCS_EXAMPLES_HOSTING_CLIENT_LINK_HPP

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <strophe.h>
#include <sys/socket.h>

#include <memory>
#include <thread>
#include <utility>
#include <vector>
#include <vidimus/adapt/strophe_node.hpp>
#include <vidimus/adapt/xmpp_text.hpp>

#include "options.hpp"

namespace hosting {

/// A client's stream by libstrophe, made anew when it is lost. What cannot be sent is thrown away:
/// the roles know how to live with that. Stream management (XEP-0198) is left off, because nothing
/// here needs it.
class client_link {
 public:
  /// `--jid`, `--password-file`, `--host`, `--port`, `--plain`.
  client_link(const options& o, const pace& p)
      : pace_(p),
        jid_(o.needed("--jid")),
        password_(secret_in(o.needed("--password-file"))),
        host_(o.text("--host", {})),
        port_(static_cast<unsigned short>(o.number("--port", 0, 65535))),
        plain_(o.has("--plain")),
        tries_(p) {
    xmpp_initialize();
    context_.reset(xmpp_ctx_new(nullptr, nullptr));
  }
  client_link(const client_link&) = delete;
  client_link& operator=(const client_link&) = delete;
  ~client_link() { auto last = std::move(stream_); }  // its last words come to `on_stream`

  /// Waits for at most so long, and does what is due.
  void run(span_ms wait) {
    if (!stream_ && now() >= next_) connect();
    if (stream_ && is_silent()) drop("nothing was heard");
    if (stream_)
      write_and_read(wait);
    else
      std::this_thread::sleep_for(std::chrono::milliseconds(wait.count));
    if (stream_ && over_) drop(why_);
  }

  bool is_up() const { return up_; }
  /// The full address of this session, while the link is up.
  const std::string& address() const { return address_; }
  /// Grows with each stream that came up.
  std::uint64_t session() const { return session_; }
  /// Why the last stream ended.
  const std::string& why() const { return why_; }

  /// Written by the next `run`, all in one piece.
  void send(std::string_view text) {
    if (up_) out_ += text;
  }
  /// Whether more is waiting to be written than a connection takes at once.
  bool is_behind() const {
    return out_.size() > 8192 || (up_ && xmpp_conn_send_queue_len(stream_.get()) > 0);
  }
  xmpp_ctx_t* context() const { return context_.get(); }

  using stanza_handler = int (*)(xmpp_conn_t*, xmpp_stanza_t*, void*);
  /// `each` is called with `self` for every stanza of that name; before the first `run`.
  void on_message(stanza_handler each, void* self) { hear("message", each, self); }
  void on_presence(stanza_handler each, void* self) { hear("presence", each, self); }
  void on_iq(stanza_handler each, void* self) { hear("iq", each, self); }

 private:
  struct release {
    void operator()(xmpp_ctx_t* c) const { xmpp_ctx_free(c); }
    void operator()(xmpp_conn_t* c) const { xmpp_conn_release(c); }
  };

  struct hearer {
    const char* name;
    stanza_handler each;
    void* self;
  };
  void hear(const char* name, stanza_handler each, void* self) {
    hearers_.push_back({name, each, self});
  }

  /// libstrophe reads 4 KiB at a time. What has come already is read before anything is done about
  /// it, so that the store has one transaction for it; but not without end.
  void write_and_read(span_ms wait) {
    if (up_) acknowledge_at_once(fd_);
    if (!out_.empty()) xmpp_send_raw(stream_.get(), out_.data(), out_.size());
    out_.clear();
    xmpp_run_once(context_.get(), static_cast<unsigned long>(wait.count));
    for (int more = 0; more < 32 && !over_ && has_come(); ++more) xmpp_run_once(context_.get(), 0);
  }
  /// A large stanza comes in many pieces; what TLS holds shows by the stanzas before it.
  bool has_come() {
    pollfd at{up_ ? fd_ : -1, POLLIN, 0};
    return std::exchange(came_, false) || ::poll(&at, 1, 0) > 0;
  }

  void connect() {
    over_ = up_ = false;
    out_.clear();
    heard_ = asked_ = now();
    stream_.reset(xmpp_conn_new(context_.get()));
    long flags = XMPP_CONN_FLAG_DISABLE_SM;
    flags |= plain_ ? XMPP_CONN_FLAG_DISABLE_TLS : XMPP_CONN_FLAG_MANDATORY_TLS;
    xmpp_conn_set_flags(stream_.get(), flags);
    xmpp_conn_set_jid(stream_.get(), jid_.c_str());
    xmpp_conn_set_pass(stream_.get(), password_.c_str());
    xmpp_conn_set_sockopt_callback(stream_.get(), [](xmpp_conn_t* stream, void* at) {
      const int fd = *static_cast<int*>(at);
      sockets()[stream] = fd;
      const int yes = 1;  // a stanza that stands half in a segment may wait long for the other half
      return ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    });
    const char* host = host_.empty() ? nullptr : host_.c_str();
    if (xmpp_connect_client(stream_.get(), host, port_, on_stream, this) != XMPP_EOK)
      drop("no connection");
  }

  void drop(const std::string& why) {
    why_ = why;
    up_ = false;
    out_.clear();
    auto old = std::move(stream_);
    old.reset();  // its last words come to `on_stream`
    over_ = false;
    next_ = tries_.after_failure(chance_);
  }

  /// Asks the server for a word where none has come for long; true if none came then either.
  bool is_silent() {
    if (now() > heard_ + span_ms{pace_.ping.count * 4}) return true;
    if (!up_ || now() < heard_ + pace_.ping || now() < asked_ + pace_.ping) return false;
    asked_ = now();
    send("<iq type='get' id='still-there'><ping xmlns='urn:xmpp:ping'/></iq>");
    return false;
  }

  static void on_stream(xmpp_conn_t* stream, xmpp_conn_event_t what, int error,
                        xmpp_stream_error_t* said, void* self) {
    static_cast<client_link*>(self)->stream_changed(stream, what, error, said);
  }
  void stream_changed(xmpp_conn_t* stream, xmpp_conn_event_t what, int error,
                      const xmpp_stream_error_t* said) {
    if (stream != stream_.get()) return;  // one that was dropped
    if (what != XMPP_CONN_CONNECT) {
      over_ = true;
      up_ = false;
      why_ = said != nullptr && said->text != nullptr ? said->text : "the stream ended";
      if (error != 0) why_ += ", error " + std::to_string(error);
      return;
    }
    const char* bound = xmpp_conn_get_bound_jid(stream);
    address_ = bound != nullptr ? bound : jid_;
    fd_ = std::exchange(sockets(), {})[stream];
    tries_.good();
    up_ = true;
    ++session_;
    xmpp_handler_add(stream, hear_anything, nullptr, nullptr, nullptr, this);
    for (const hearer& one : hearers_)
      xmpp_handler_add(stream, one.each, nullptr, one.name, nullptr, one.self);
  }
  /// libstrophe shows a socket to its callback alone, which gets nothing else.
  static std::map<xmpp_conn_t*, int>& sockets() {
    static std::map<xmpp_conn_t*, int> all;
    return all;
  }
  static int hear_anything(xmpp_conn_t*, xmpp_stanza_t*, void* self) {
    static_cast<client_link*>(self)->heard_ = now();
    static_cast<client_link*>(self)->came_ = true;
    return 1;
  }

  pace pace_;
  std::string jid_, password_, host_;
  unsigned short port_;
  bool plain_;
  backoff tries_;
  system_entropy chance_;
  std::unique_ptr<xmpp_ctx_t, release> context_;
  std::unique_ptr<xmpp_conn_t, release> stream_;
  int fd_ = -1;  ///< while the stream is up
  bool over_ = false, up_ = false, came_ = false;
  std::string out_;
  instant next_{0}, heard_{0}, asked_{0};
  std::string address_, why_ = "not connected yet";
  std::uint64_t session_ = 0;
  std::vector<hearer> hearers_;
};

}  // namespace hosting

#endif
