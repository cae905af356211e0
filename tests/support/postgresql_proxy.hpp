// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_SUPPORT_POSTGRESQL_PROXY_HPP
#define VIDIMUS_TESTS_SUPPORT_POSTGRESQL_PROXY_HPP

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <atomic>
#include <thread>

#include "postgresql.hpp"

namespace support {

/// A way to a PostgreSQL server that is cut at one of the client's messages: before it arrives, or
/// when it has arrived and was answered, the answer being lost. One connection at a time.
class postgresql_proxy {
 public:
  explicit postgresql_proxy(const postgresql& to) : to_(to.socket()) {
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_un at = address(dir_ / ".s.PGSQL.5432");
    if (::bind(listener_, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0 ||
        ::listen(listener_, 4) != 0)
      std::abort();
    works_ = std::thread([this] { work(); });
  }
  postgresql_proxy(const postgresql_proxy&) = delete;
  postgresql_proxy& operator=(const postgresql_proxy&) = delete;
  ~postgresql_proxy() {
    ends_ = true;
    works_.join();
    ::close(listener_);
  }

  const std::string& path() const { return dir_.path(); }
  /// From now on, the message with this number, from 1, is the last one of its connection.
  void cut(int message, bool before) {
    before_ = before;
    left_ = message;
  }
  bool was_cut() const { return left_ <= 0; }

 private:
  static sockaddr_un address(const std::string& path) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    path.copy(at.sun_path, sizeof at.sun_path - 1);
    return at;
  }
  static bool readable(int fd, int ms) {
    pollfd one{fd, POLLIN, 0};
    return ::poll(&one, 1, ms) > 0;
  }
  /// What is there to read goes over; false if a side has ended.
  static bool pass(int from, int to) {
    char some[65536];
    const ssize_t n = ::read(from, some, sizeof some);
    return n > 0 && ::send(to, some, static_cast<std::size_t>(n), MSG_NOSIGNAL) == n;
  }

  void work() {
    while (!ends_) {
      if (!readable(listener_, 10)) continue;
      const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
      const sockaddr_un at = address(to_);
      if (::connect(server, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0)
        carry(client, server);
      ::close(client);
      ::close(server);
    }
  }
  void carry(int client, int server) {
    while (!ends_) {
      pollfd both[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
      if (::poll(both, 2, 10) <= 0) continue;
      if (both[1].revents != 0 && !pass(server, client)) return;
      if (both[0].revents == 0) continue;
      const bool last = left_ > 0 && --left_ == 0;
      if (last && before_) return;
      if (!pass(client, server)) return;
      if (!last) continue;
      // what belongs to it goes over too; it is done, and said so, and nobody hears it
      for (int waits = 0; waits < 100 && !readable(server, 5); ++waits)
        if (readable(client, 0) && !pass(client, server)) return;
      return;
    }
  }

  scratch_dir dir_;
  std::string to_;
  int listener_ = -1;
  std::atomic<bool> ends_{false}, before_{false};
  std::atomic<int> left_{0};
  std::thread works_;
};

}  // namespace support

#endif
