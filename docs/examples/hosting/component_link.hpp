// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_HOSTING_COMPONENT_LINK_HPP
#define VIDIMUS_DOCS_EXAMPLES_HOSTING_COMPONENT_LINK_HPP

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <vidimus/adapt/component.hpp>

#include "options.hpp"

namespace hosting {

/// A connection over TCP that never waits. What is written goes out at once (TCP_NODELAY): a stanza
/// that stands half in a segment may wait at a server until more comes.
class connection {
 public:
  connection() = default;
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection() { close(); }

  /// Begins to connect; false: it cannot.
  bool open(const std::string& host, const std::string& port) {
    close();
    addrinfo want{};
    want.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), port.c_str(), &want, &found) != 0) return false;
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> all(found, ::freeaddrinfo);
    for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
      fd_ = ::socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      if (fd_ < 0) continue;
      const int yes = 1;
      ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
      if (::connect(fd_, at->ai_addr, at->ai_addrlen) == 0 || errno == EINPROGRESS) return true;
      close();
    }
    return false;
  }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
    out_.clear();
  }
  bool is_open() const { return fd_ >= 0; }

  /// Waits for at most so long for octets to come, and writes what can be written meanwhile.
  void wait(span_ms most) {
    flush();
    pollfd at{fd_, static_cast<short>(POLLIN | (out_.empty() ? 0 : POLLOUT)), 0};
    ::poll(&at, 1, static_cast<int>(most.count));
    flush();
  }
  /// Appends what came, or a part of it; false: the other end is gone, or there never was one.
  bool read(std::string& to) {
    char some[16384];
    acknowledge_at_once(fd_);
    for (;;) {
      const ssize_t n = ::recv(fd_, some, sizeof some, 0);
      if (n <= 0) return n < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOTCONN);
      to.append(some, static_cast<std::size_t>(n));
      if (to.size() >= octets_at_once) return true;
    }
  }
  /// Written by the next `wait`, all in one piece. False: the other end has not read for so long
  /// that more is not kept for it.
  bool write(std::string_view text) {
    if (out_.size() > 16u << 20) return false;
    out_ += text;
    return true;
  }

 private:
  void flush() {
    while (fd_ >= 0 && !out_.empty()) {
      const ssize_t n = ::send(fd_, out_.data(), out_.size(), MSG_NOSIGNAL);
      if (n <= 0) return;  // a broken connection is noticed by `read`
      out_.erase(0, static_cast<std::size_t>(n));
    }
  }

  int fd_ = -1;
  std::string out_;
};

/// The stream of a component, made anew when it is lost. What cannot be sent is thrown away.
class component_link {
 public:
  /// `--address`, `--secret-file`, `--host`, `--port`.
  component_link(const options& o, const pace& p)
      : pace_(p),
        address_(o.needed("--address")),
        secret_(secret_in(o.needed("--secret-file"))),
        host_(o.text("--host", "127.0.0.1")),
        port_(std::to_string(o.number("--port", 5347, 65535))),
        tries_(p) {}

  const std::string& address() const { return address_; }
  bool is_up() const { return stream_ && stream_->is_up(); }
  /// Waits for at most so long; then `each(component_event)` is called for what came: `up`,
  /// `stanza`, `refused`, `down`.
  template <class Each>
  void run(span_ms most, Each each) {
    if (!to_.is_open() && now() >= next_) connect();
    if (!to_.is_open()) {
      ::poll(nullptr, 0, static_cast<int>(most.count));
      return;
    }
    to_.wait(most);
    std::string came;
    const bool there = to_.read(came);
    if (!came.empty()) heard_ = now();
    stream_->add(came);
    while (stream_) {
      auto event = stream_->next();
      if (!event) break;
      if (event->kind == component_event_kind::write) {
        to_.write(event->text);
        continue;
      }
      if (event->kind == component_event_kind::up) {
        tries_.good();
        up_ = true;
      }
      if (event->kind == component_event_kind::down) return drop(event->text, each);
      each(std::move(*event));
    }
    if (!there) return drop("the connection ended", each);
    if (is_silent()) drop("nothing was heard", each);
  }

  /// Writes one stanza. One that is not well formed would end the stream for everybody: it is not
  /// written, and false is returned.
  bool send(std::string_view stanza) {
    if (!is_up()) return true;
    if (!stream_->is_fit(stanza)) return false;
    if (!to_.write(stanza)) to_.close();  // noticed by the next `run`
    return true;
  }

 private:
  void connect() {
    heard_ = asked_ = now();
    if (!to_.open(host_, port_)) {
      next_ = tries_.after_failure(chance_);
      return;
    }
    stream_.emplace(address_, as_octets(secret_));
    to_.write(stream_->opening());
  }
  template <class Each>
  void drop(const std::string& why, Each& each) {
    const bool news = std::exchange(up_, false) || why != why_;
    why_ = why;
    stream_.reset();
    to_.close();
    next_ = tries_.after_failure(chance_);
    if (news) each(component_event{component_event_kind::down, why, {}});
  }

  /// Where nothing was heard for long, the server is asked to carry a word to us from ourselves.
  bool is_silent() {
    if (now() > heard_ + span_ms{pace_.ping.count * 4}) return true;
    if (!is_up() || now() < heard_ + pace_.ping || now() < asked_ + pace_.ping) return false;
    asked_ = now();
    std::string text = "<iq type='get' id='still-there'";
    append_attribute(text, "from", address_);
    append_attribute(text, "to", address_);
    to_.write(text + "><ping xmlns='urn:xmpp:ping'/></iq>");
    return false;
  }

  pace pace_;
  std::string address_, secret_, host_, port_, why_;
  backoff tries_;
  system_entropy chance_;
  connection to_;
  std::optional<component_stream> stream_;
  bool up_ = false;
  instant next_{0}, heard_{0}, asked_{0};
};

}  // namespace hosting

#endif
