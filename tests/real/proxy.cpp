// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "proxy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <cstdlib>

namespace real {

namespace {

sockaddr_in loopback(unsigned short port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  at.sin_port = htons(port);
  return at;
}

int new_socket() { return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); }

unsigned short bound_port(int fd) {
  sockaddr_in at{};
  socklen_t size = sizeof at;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size);
  return ntohs(at.sin_port);
}

/// The text of an element of ours in a stanza: where it begins and how long it is; nothing if there
/// is none.
std::string_view text_in(std::string_view stanza, std::string_view element) {
  const auto at = stanza.find("<" + std::string(element) + " ");
  if (at == std::string_view::npos || stanza.find("urn:vidimus:0") == std::string_view::npos)
    return {};
  const auto begin = stanza.find('>', at), end = stanza.find("</", at);
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return {};
  return stanza.substr(begin + 1, end - begin - 1);
}

/// The stanza with other words in place of a text of it.
std::string with_text(const std::string& stanza, std::string_view old, const std::string& text) {
  std::string out = stanza;
  return out.replace(static_cast<std::size_t>(old.data() - stanza.data()), old.size(), text);
}

/// The number of the check in a stanza; empty if there is none.
std::string number_of_check(std::string_view stanza) {
  const auto at = stanza.find("<check ");
  if (at == std::string_view::npos) return {};
  const std::string_view tag = stanza.substr(at, stanza.find('>', at) - at);
  const auto n = tag.find(" n=");
  if (n == std::string_view::npos || n + 4 >= tag.size()) return {};
  return std::string(tag.substr(n + 4, tag.find(tag[n + 3], n + 4) - n - 4));
}

bool bind_to(int fd, unsigned short port) {
  const auto at = loopback(port);
  return ::bind(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0;
}

void send_at_once(int fd) {
  const int yes = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

}  // namespace

std::vector<std::size_t> places_to_alter(std::string_view stanza) {
  std::vector<std::size_t> out;
  bool in_tag = false, in_reference = false;
  char quote = 0;
  for (std::size_t i = stanza.find('>'); i < stanza.size(); ++i) {
    const char c = stanza[i];
    if (in_tag && quote == 0) {
      if (c == '\'' || c == '"') quote = c;
      if (c == '>') in_tag = false;
      continue;
    }
    if (c == quote) quote = 0;
    if (quote == 0 && c == '<') in_tag = true;
    if (c == '&') in_reference = true;
    if (!in_reference && std::isalnum(static_cast<unsigned char>(c)) != 0) out.push_back(i);
    if (c == ';') in_reference = false;
  }
  return out;
}

unsigned short free_port() {
  const int fd = new_socket();
  const unsigned short port = bind_to(fd, 0) ? bound_port(fd) : 0;
  ::close(fd);
  return port;
}

proxy::proxy(unsigned short target, mischief& of)
    : chance_(of), listener_(new_socket()), target_(target) {
  if (!bind_to(listener_, 0) || ::listen(listener_, 16) != 0) std::abort();
  port_ = bound_port(listener_);
}

proxy::~proxy() {
  for (pair& p : pairs_) close(p);
  ::close(listener_);
}

void proxy::descriptors(std::vector<pollfd>& to) const {
  to.push_back({listener_, POLLIN, 0});
  for (const pair& p : pairs_)
    for (const way* w : {&p.up, &p.down}) {
      const way& other = w == &p.up ? p.down : p.up;
      // of a stalled connection only its end is looked for
      const int reads = p.stalled || w->ended ? 0 : POLLIN;
      const int writes = other.out.empty() || p.stalled ? 0 : POLLOUT;
      to.push_back({w->from, static_cast<short>(reads | writes), 0});
    }
}

void proxy::step() {
  accept_all();
  for (pair& p : pairs_) {
    if (away_) {
      p.over = true;
    } else if (p.stalled) {
      char one;
      for (const way* w : {&p.up, &p.down}) {
        const ssize_t n = ::recv(w->from, &one, 1, MSG_PEEK);
        if (n == 0 || (n < 0 && errno != EAGAIN)) p.over = true;
      }
      pollfd up{p.up.from, POLLRDHUP, 0};
      if (::poll(&up, 1, 0) > 0) p.over = true;  // unread octets hide the end from `recv`
      int waiting = 0;
      if (stalls_end_ && ::ioctl(p.up.from, FIONREAD, &waiting) == 0 && waiting > 0) p.over = true;
    } else {
      move(p, p.up);
      if (!p.over) move(p, p.down);
    }
    if (p.over) close(p);
  }
  std::erase_if(pairs_, [](const pair& p) { return p.over; });
}

void proxy::accept_all() {
  for (int fd; (fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0;) {
    const int to = new_socket();
    send_at_once(fd);
    send_at_once(to);
    const auto at = loopback(target_);
    const bool good = ::connect(to, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0 ||
                      errno == EINPROGRESS;
    pair& p = pairs_.emplace_back();
    p.up.from = p.down.to = fd;
    p.up.to = p.down.from = to;
    p.over = !good;
  }
}

void proxy::write(way& w) {
  while (!w.out.empty()) {
    const ssize_t n = ::send(w.to, w.out.data(), w.out.size(), MSG_NOSIGNAL);
    if (n <= 0) return;  // a broken connection is noticed by reading
    w.out.erase(0, static_cast<std::size_t>(n));
  }
}

void proxy::move(pair& p, way& w) {
  char some[16384];
  for (;;) {
    const ssize_t n = ::recv(w.from, some, sizeof some, 0);
    if (n <= 0) {
      w.ended = n == 0 || (errno != EAGAIN && errno != EINTR && errno != ENOTCONN);
      break;
    }
    w.cut.add({some, static_cast<std::size_t>(n)});
    while (auto piece = w.cut.next()) {
      if (piece->kind == vidimus::piece_kind::end) piece->text = "</stream:stream>";
      if (piece->kind == vidimus::piece_kind::fault) p.over = true;
      if (piece->text.starts_with("<success")) {  // both sides begin a new stream behind it
        p.up.cut = vidimus::stream_splitter(1u << 20);
        p.down.cut = vidimus::stream_splitter(1u << 20);
      }
      pass(p, w, std::move(piece->text));
      if (p.over || p.stalled) return;
    }
  }
  write(w);
  if (w.ended && w.out.empty()) p.over = true;
}

void proxy::pass(pair& p, way& w, std::string stanza) {
  if (between_ != nullptr) {
    w.out += between_->pass(&w == &p.up, std::move(stanza));
    (&w == &p.up ? p.down : p.up).out += between_->back();
    return;
  }
  if (!stanza.starts_with("<message")) {
    w.out += stanza;
    return;
  }
  const std::size_t which = chance_.next();
  if (!text_in(stanza, "receipt").empty()) w.receipt = stanza;
  if (!text_in(stanza, "execute").empty()) w.command = stanza;
  if (w.earlier.size() < 64)
    w.earlier.push_back(stanza);
  else
    w.earlier[chance_.below(64)] = stanza;
  bool gone = false;
  switch (static_cast<fault>(which)) {
    case fault::altered: {
      const auto places = places_to_alter(stanza);
      if (places.empty()) break;
      char& c = stanza[places[chance_.below(places.size())]];
      c = c == 'x' ? 'y' : 'x';
      break;
    }
    case fault::replayed: stanza += w.earlier[chance_.below(w.earlier.size())]; break;
    case fault::reordered: std::swap(w.held, stanza); break;
    case fault::discarded: gone = true; break;
    case fault::forged:
      if (!forge(p, w, stanza)) chance_.not_now(which);
      break;
    case fault::cut:
    case fault::reset: return break_off(p, w, stanza, static_cast<fault>(which) == fault::reset);
    case fault::stalled: p.stalled = true; return;
    default: break;
  }
  if (!gone) w.out += stanza;
  if (static_cast<fault>(which) != fault::reordered) w.out += std::exchange(w.held, {});
}

/// Nobody here has a key: header and code are those of an element that was seen, what it says is
/// about another number. False if there is nothing to begin with.
bool proxy::forge(pair& p, way& w, std::string& stanza) {
  const std::string number = number_of_check(stanza);
  way& back = &w == &p.up ? p.down : p.up;
  if (number.empty() || back.receipt.empty()) return false;
  if (++w.forged % 2 == 0 && !w.command.empty()) {
    stanza += with_text(w.command, text_in(w.command, "execute"), number);
  } else {
    back.out += with_text(back.receipt, text_in(back.receipt, "receipt"), "d" + number);
    write(back);
    stanza.clear();
  }
  return true;
}

void proxy::break_off(pair& p, way& w, std::string_view stanza, bool with_reset) {
  w.out += stanza.substr(0, chance_.below(stanza.size()));
  write(w);
  if (with_reset) {
    const linger now{1, 0};
    for (int fd : {w.from, w.to}) ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }
  p.over = true;
}

void proxy::close(pair& p) {
  for (int* fd : {&p.up.from, &p.up.to}) {
    if (*fd >= 0) ::close(*fd);
    *fd = -1;
  }
}

}  // namespace real
