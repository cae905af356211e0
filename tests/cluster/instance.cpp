// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "instance.hpp"

#include <list>
#include <thread>
#include <vidimus/adapt/postgresql_server.hpp>

#include "crash/frames.hpp"
#include "crash/limits.hpp"

namespace crash {
namespace {

struct client {
  frames stream;
  std::string address;  ///< its first frame
};

/// The database may be away for a while; anything else is a failure of the test.
template <class Do>
auto insist(Do what) {
  const instant begun = now();
  for (;;) {
    auto done = what();
    if (done) return std::move(*done);
    const store_error& e = done.error();
    if (is_final(e.kind) || now() > begun + milliseconds(20'000)) stop(exit_failed, e.what);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

class program {
 public:
  program(const life& of, std::size_t which, const std::string& where)
      : of_(of), which_(which), relay_(fresh(), open(where)) {
    listen();
  }

  int run() {
    end_when_asked();
    instant heard = now();
    while (asked_to_end == 0 || now() < heard + milliseconds(2500)) {
      wait();
      std::vector<incoming> came;
      for (client& c : clients_)
        if (hear(c, came)) heard = now();
      std::erase_if(clients_, [](const client& c) { return !c.stream.is_open(); });
      server_outputs outputs;
      insist([&] { return relay_.receive(came, now(), outputs); });
      do_the_rest(outputs);
      do_the_rest(insist([&] { return relay_.tick(now()); }));
      for (client& c : clients_) c.stream.flush();
    }
    return 0;
  }

 private:
  server<environment> fresh() {
    if (!env_.keys.add(alice, "hop-1", as_octets("what alice and the relay know")) ||
        !env_.keys.add(bob, "hop-2", as_octets("what the relay and bob know")))
      std::abort();
    return {env_, relay, limits_of_server()};
  }
  postgresql_store open(const std::string& where) {
    postgresql_options how;
    how.relay = relay;
    return insist([&] { return postgresql_store::open(where, how); });
  }

  void listen() {
    const sockaddr_un at = socket_of(of_, which_);
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
    ::poll(on.data(), on.size(), 20);
    for (int fd; (fd = ::accept(listener_, nullptr, nullptr)) >= 0;)
      clients_.push_back({frames(fd), {}});
  }

  /// What a client sent comes from the address that it has on this stream.
  bool hear(client& c, std::vector<incoming>& came) {
    const bool there = c.stream.read_all();
    bool any = false;
    while (auto frame = c.stream.next()) {
      any = true;
      if (c.address.empty()) {
        c.address = *frame;
        if (bare(c.address) == bob)
          do_the_rest(insist([&] { return relay_.attached(c.address, now()); }));
        continue;
      }
      reading at;
      at.self = party::server;
      auto read = arrive(reader_, *frame, at);
      if (!read || read->kind == arrival_kind::plain) continue;
      read->what.from = c.address;
      came.push_back(std::move(read->what));
    }
    if (there) return any;
    if (bare(c.address) == bob)
      do_the_rest(insist([&] { return relay_.detached(c.address, now()); }));
    c.stream.close();
    return any;
  }

  void do_the_rest(const server_outputs& outputs) {
    for (const auto& one : outputs) {
      const auto& o = std::get<out::transmit>(one);
      sending how;
      how.self = party::server;
      how.from = relay;
      auto text = stanza_text(o, how);
      if (!text) stop(exit_failed, text.error().what);
      for (client& c : clients_)
        if (c.address == o.to || bare(c.address) == o.to) c.stream.send(*text);
    }
  }

  life of_;
  std::size_t which_;
  environment env_;
  postgresql_server<server<environment>> relay_;
  stanza_reader reader_;
  int listener_ = -1;
  std::list<client> clients_;
};

}  // namespace

int run_instance(const life& of, std::size_t which, const std::string& where) {
  return program(of, which, where).run();
}

}  // namespace crash
