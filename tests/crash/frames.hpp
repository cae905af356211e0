// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_CRASH_FRAMES_HPP
#define VIDIMUS_TESTS_CRASH_FRAMES_HPP

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>

#include "crash.hpp"

namespace crash {

/// One end of a local socket that carries texts, each behind its length in four octets. What a dead
/// peer had not read is lost, and so is what does not fit: streams are like that.
class frames {
 public:
  frames() = default;
  explicit frames(int fd) : fd_(fd) { ::fcntl(fd_, F_SETFL, O_NONBLOCK); }
  frames(frames&& other) noexcept { *this = std::move(other); }
  frames& operator=(frames&& other) noexcept {
    close();
    fd_ = std::exchange(other.fd_, -1);
    in_ = std::move(other.in_);
    out_ = std::move(other.out_);
    return *this;
  }
  ~frames() { close(); }

  bool is_open() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  bool has_more_to_send() const { return !out_.empty(); }

  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
    in_.clear();
    out_.clear();
  }

  /// Reads what is there; false if the other end is gone.
  bool read_all() {
    char some[16384];
    for (;;) {
      const ssize_t n = ::read(fd_, some, sizeof some);
      if (n > 0)
        in_.append(some, static_cast<std::size_t>(n));
      else
        return n < 0 && (errno == EAGAIN || errno == EINTR);
    }
  }
  std::optional<std::string> next() {
    if (in_.size() < 4) return std::nullopt;
    reader head(as_octets(in_).first(4));
    const std::size_t size = head.u32();
    if (in_.size() < 4 + size) return std::nullopt;
    std::string frame = in_.substr(4, size);
    in_.erase(0, 4 + size);
    return frame;
  }

  void send(std::string_view text) {
    if (fd_ < 0 || out_.size() > (1u << 20)) return;
    octets head;
    writer(head).u32(static_cast<std::uint32_t>(text.size()));
    out_ += as_text(head);
    out_ += text;
  }
  void flush() {
    while (fd_ >= 0 && !out_.empty()) {
      const ssize_t n = ::write(fd_, out_.data(), out_.size());
      if (n <= 0) return;
      out_.erase(0, static_cast<std::size_t>(n));
    }
  }

 private:
  int fd_ = -1;
  std::string in_, out_;
};

inline sockaddr_un socket_of(const life& of, std::size_t instance = 0) {
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  const std::string path = of.dir + "/relay" + std::to_string(instance) + ".sock";
  path.copy(at.sun_path, sizeof at.sun_path - 1);
  return at;
}

/// A client's end: a stream to each instance of the relay, of which each stanza takes any. Connects
/// again when one is back, and now and then sends something once more that it sent long ago, as
/// somebody on the path may.
class uplink {
 public:
  uplink(const life& of, std::string address, party self)
      : of_(of),
        self_(self),
        address_(std::move(address)),
        chance_(of.seed ^ 0xa77ac4),
        to_(of.instances) {}

  enum class event { none, up, down };

  /// Waits a little, then reads; says if the last link went or the first came.
  event wait(int ms) {
    const bool was = any_open();
    for (std::size_t i = 0; i < to_.size(); ++i)
      if (!to_[i].is_open()) connect(i);
    if (!was && any_open()) return event::up;
    std::vector<pollfd> on;
    for (const frames& one : to_) {
      const short more = one.has_more_to_send() ? POLLOUT : 0;
      on.push_back({one.fd(), static_cast<short>(POLLIN | more), 0});  // below 0: not looked at
    }
    ::poll(on.data(), on.size(), was ? ms : std::min(ms, 5));
    for (frames& one : to_)
      if (one.is_open() && !one.read_all()) one.close();
    return was && !any_open() ? event::down : event::none;
  }

  /// The next stanza with an element of ours, as the role takes it.
  std::optional<incoming> next() {
    for (frames& one : to_)
      while (auto text = one.next()) {
        reading at;
        at.self = self_;
        auto read = arrive(reader_, *text, at);
        if (read && read->kind != arrival_kind::plain) return std::move(read->what);
      }
    return std::nullopt;
  }

  void send(const out::transmit& o) {
    sending how;
    how.self = self_;
    how.from = address_;
    auto text = stanza_text(o, how);
    if (!text) stop(exit_failed, text.error().what);
    give(*text);
    if (!sent_.empty() && chance_.one_in(15)) give(sent_[chance_.below(sent_.size())]);
    if (sent_.size() < 2000)
      sent_.push_back(std::move(*text));
    else
      sent_[chance_.below(sent_.size())] = std::move(*text);
  }
  void flush() {
    for (frames& one : to_) one.flush();
  }

 private:
  bool any_open() const {
    return std::any_of(to_.begin(), to_.end(), [](const frames& one) { return one.is_open(); });
  }
  void give(std::string_view text) {
    std::vector<frames*> open;
    for (frames& one : to_)
      if (one.is_open()) open.push_back(&one);
    if (!open.empty()) open[chance_.below(open.size())]->send(text);
  }
  void connect(std::size_t i) {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_un at = socket_of(of_, i);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0) {
      ::close(fd);
      return;
    }
    to_[i] = frames(fd);
    to_[i].send(address_);
  }

  life of_;
  party self_;
  std::string address_;
  dice chance_;
  stanza_reader reader_;
  std::vector<frames> to_;
  std::deque<std::string> sent_;
};

}  // namespace crash

#endif
