// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include <sys/stat.h>

#include <list>

#include "frames.hpp"
#include "limits.hpp"

namespace crash {
namespace {

struct client {
  frames stream;
  std::string address;  ///< its first frame
};

class program {
 public:
  explicit program(const life& of)
      : of_(of), shelf_(of, "server"), role_((give_keys(), env_), relay, limits_of_server()) {
    const std::string doubt = of_.dir + "/doubt";
    if (::access(doubt.c_str(), F_OK) == 0) {  // the operator put an old store in place
      if (auto done = shelf_.store().doubt(); !done) stop(exit_failed, done.error().what);
      ::unlink(doubt.c_str());
    }
    do_the_rest(shelf_.restored(role_.restore(shelf_.all(), shelf_.store().last_durable(), now())));
    listen();
  }

  int run() {
    end_when_asked();
    instant heard = now();
    while (asked_to_end == 0 || now() < heard + milliseconds(2500)) {
      wait();
      shelf_.begin();
      for (client& c : clients_)
        if (hear(c)) heard = now();
      std::erase_if(clients_, [](const client& c) { return !c.stream.is_open(); });
      if (role_.next_deadline() <= now()) shelf_.add(role_.tick(now()));
      do_the_rest(shelf_.commit());
      for (client& c : clients_) c.stream.flush();
      copy();
    }
    shelf_.close();
    return 0;
  }

 private:
  void give_keys() {
    if (!env_.keys.add(alice, "hop-1", as_octets("what alice and the relay know")) ||
        !env_.keys.add(bob, "hop-2", as_octets("what the relay and bob know")))
      std::abort();
  }

  void listen() {
    const sockaddr_un at = socket_of(of_);
    ::unlink(at.sun_path);
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (::bind(listener_, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0 ||
        ::listen(listener_, 8) != 0)
      stop(exit_failed, "the relay cannot listen");
  }

  void wait() {
    std::vector<pollfd> on{{listener_, POLLIN, 0}};
    for (const client& c : clients_) {
      const short more = c.stream.has_more_to_send() ? POLLOUT : 0;
      on.push_back({c.stream.fd(), static_cast<short>(POLLIN | more), 0});
    }
    ::poll(on.data(), on.size(), 10);
    for (int fd; (fd = ::accept(listener_, nullptr, nullptr)) >= 0;)
      clients_.push_back({frames(fd), {}});
  }

  /// What a client sent goes to the role as coming from the address that it has on this stream.
  bool hear(client& c) {
    const bool there = c.stream.read_all();
    bool any = false;
    while (auto frame = c.stream.next()) {
      any = true;
      if (c.address.empty()) {
        c.address = *frame;
        if (bare(c.address) == bob) shelf_.add(role_.attached(c.address, now()));
        continue;
      }
      reading at;
      at.self = party::server;
      auto read = arrive(reader_, *frame, at);
      if (!read || read->kind == arrival_kind::plain) continue;
      read->what.from = c.address;
      shelf_.add(role_.receive(read->what, now()));
    }
    if (there) return any;
    if (bare(c.address) == bob) shelf_.add(role_.detached(c.address, now()));
    c.stream.close();
    return any;
  }

  void do_the_rest(const server_outputs& outputs) {
    for (const auto& one : outputs)
      if (const auto* t = std::get_if<out::transmit>(&one)) send(*t);
  }
  void send(const out::transmit& o) {
    sending how;
    how.self = party::server;
    how.from = relay;
    auto text = stanza_text(o, how);
    if (!text) stop(exit_failed, text.error().what);
    for (client& c : clients_)
      if (c.address == o.to || bare(c.address) == o.to) c.stream.send(*text);
  }

  void copy() {
    if (!of_.copies || now() < copied_ + milliseconds(150)) return;
    copied_ = now();
    const std::string made = of_.dir + "/copy-in-work", whole = of_.dir + "/copy.db";
    ::unlink(made.c_str());
    if (auto done = shelf_.file().back_up(made); !done) stop(exit_failed, done.error().what);
    ::rename(made.c_str(), whole.c_str());
  }

  life of_;
  shelf<server_output> shelf_;
  environment env_;
  server<environment> role_;
  stanza_reader reader_;
  int listener_ = -1;
  std::list<client> clients_;
  instant copied_ = now();
};

}  // namespace

int run_server(const life& of) { return program(of).run(); }

}  // namespace crash
