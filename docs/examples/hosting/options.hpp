// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_HOSTING_OPTIONS_HPP
#define VIDIMUS_DOCS_EXAMPLES_HOSTING_OPTIONS_HPP

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vidimus/adapt/cryptopp.hpp>
#include <vidimus/adapt/preset_keys.hpp>
#include <vidimus/base/text.hpp>
#include <vidimus/vidimus.hpp>

/// What relay, send and receive share: three programs, one role each, over a real XMPP server.
namespace hosting {

using namespace vidimus;

/// Hears what a role noticed. `reused` is an alarm; the others are worth a count.
struct ear {
  std::array<std::uint64_t, notice_count> heard{};
  void row(std::string_view, std::size_t) {}
  void noticed(notice what) {
    ++heard[static_cast<std::size_t>(what)];
    if (what == notice::reused) std::fputs("ALARM: one name, two contents\n", stderr);
  }
};

using our_environment = environment<cryptopp, preset_keys, system_entropy, ear>;

// Exit codes. A supervisor starts a program again after the last one.
inline constexpr int exit_good = 0;
inline constexpr int exit_not_delivered = 1;
inline constexpr int exit_usage = 2;
inline constexpr int exit_store = 3;

/// A server that waits for an acknowledgement before it writes more (Nagle; Prosody does) gets it
/// at once, not 40 ms later. Linux forgets the wish, so it is said before each reading.
inline void acknowledge_at_once(int fd) {
#ifdef TCP_QUICKACK
  const int yes = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof yes);
#endif
}

[[noreturn]] inline void stop(int code, const std::string& why) {
  std::fflush(stdout);
  std::fprintf(stderr, "%s\n", why.c_str());
  std::_Exit(code);
}

/// Milliseconds of the system's clock: stored deadlines outlive the process.
inline instant now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

inline volatile std::sig_atomic_t asked_to_end = 0;
inline void end_when_asked() {
  for (int one : {SIGTERM, SIGINT}) std::signal(one, [](int) { asked_to_end = 1; });
  std::signal(SIGPIPE, SIG_IGN);
}

/// `--name value` and `--flag`.
class options {
 public:
  options(int argc, char** argv, const char* usage, std::string_view flags) {
    for (int i = 1; i < argc; ++i) {
      const std::string name = argv[i];
      if (!name.starts_with("--") || name == "--help") stop(exit_usage, usage);
      const bool flag = flags.find(name + ' ') != std::string_view::npos;
      if (!flag && i + 1 == argc) stop(exit_usage, usage);
      given_[name] = flag ? "yes" : argv[++i];
    }
  }
  bool has(const std::string& name) const { return given_.count(name) != 0; }
  std::string text(const std::string& name, const std::string& otherwise) const {
    auto at = given_.find(name);
    return at == given_.end() ? otherwise : at->second;
  }
  std::string needed(const std::string& name) const {
    if (!has(name)) stop(exit_usage, name + " is missing; --help lists the options");
    return text(name, {});
  }
  std::uint64_t number(const std::string& name, std::uint64_t otherwise, std::uint64_t most) const {
    if (!has(name)) return otherwise;
    const auto value = from_decimal(text(name, {}), most);
    if (!value) stop(exit_usage, name + " takes a number up to " + std::to_string(most));
    return *value;
  }

 private:
  std::map<std::string, std::string> given_;
};

/// The first line of a file that holds a secret.
inline std::string secret_in(const std::string& file) {
  std::ifstream from(file);
  std::string line;
  if (!std::getline(from, line)) stop(exit_usage, file + " cannot be read");
  return line;
}

/// Keys, one a line: `key PEER ID HEX` for a hop, `end PEER ID HEX` between the ends, `sealed PEER
/// ID HEX` the same with the seal, `allow RELAY ORIGIN` for what a relay may say.
inline void read_keys(preset_keys& to, const std::string& file) {
  std::ifstream from(file);
  std::string word, peer, id, hex;
  if (!from) stop(exit_usage, file + " cannot be read");
  while (from >> word >> peer >> id) {
    if (word == "allow") {
      to.allow(peer, id);
      continue;
    }
    const bool ends = word == "end" || word == "sealed";
    auto code = from >> hex ? from_hex(hex) : std::nullopt;
    if (!code || (word != "key" && !ends)) stop(exit_usage, file + " has a line that is none");
    const auto rule = check_rule::hmac_sha_256_128;
    const auto added =
        ends ? to.add_end_to_end(peer, id, *code, rule, word == "sealed") : to.add(peer, id, *code);
    wipe(code->data(), code->size());
    if (!added)
      stop(exit_usage, file + ", key " + id + ": " + std::string(sentence(added.error())));
  }
}

/// How soon to ask again. `--quick` is for tests over loopback.
struct pace {
  retry_limits retry;
  span_ms reconnect_first = milliseconds(500), reconnect_most = seconds(60);
  span_ms ping = seconds(30);      ///< of silence, then the server is asked for a word
  span_ms announce = seconds(60);  ///< how often a receiver says that it is there
  duty::bucket_limits answers{};   ///< of a receiver, to what was altered on its way
};

/// Messages of one conversation that may be under way: enough that no station waits for another
/// while its disk is slow.
inline constexpr std::uint32_t under_way = 8192;
/// Of these, what one turn of a program takes at most, and octets: the next station works on it
/// while this one takes more.
inline constexpr std::uint32_t at_once = 256;
inline constexpr std::size_t octets_at_once = 128 * 1024;

/// Commands and statuses about what came together leave together. The programs take all that came,
/// then ask at once for what may wait for so long (`pass_time`): so nothing does wait.
inline constexpr batch_limits together{milliseconds(1), 256};
template <class Role>
auto pass_time(Role& role) {
  const instant at = now() + together.delay;
  using outputs = decltype(role.tick(at));
  return role.next_deadline() <= at ? role.tick(at) : outputs();
}

inline pace pace_of(const options& o) {
  if (!o.has("--quick")) return {};
  return {{milliseconds(200), milliseconds(1000), milliseconds(50), true, milliseconds(200)},
          milliseconds(50),
          milliseconds(400),
          milliseconds(500),
          milliseconds(300),
          {128, 128}};  // who is asked so much more often has as much more to answer
}

/// When to connect again: twice as long after each failure, drawn from the upper half, so that a
/// server that comes back does not meet all at once.
class backoff {
 public:
  explicit backoff(const pace& p) : pace_(p), next_(p.reconnect_first) {}
  void good() { next_ = pace_.reconnect_first; }
  instant after_failure(system_entropy& chance) {
    std::array<octet, 2> drawn{};
    chance.fill(drawn);
    const std::int64_t part = 256 + drawn[0];  // of 512
    const instant at = now() + span_ms{next_.count * part / 512};
    next_.count = std::min(next_.count * 2, pace_.reconnect_most.count);
    return at;
  }

 private:
  pace pace_;
  span_ms next_;
};

}  // namespace hosting

#endif
