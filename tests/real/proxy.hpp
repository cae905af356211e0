// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_REAL_PROXY_HPP
#define VIDIMUS_TESTS_REAL_PROXY_HPP

#include <poll.h>

#include <array>
#include <deque>
#include <list>
#include <random>
#include <vidimus/adapt/stream_splitter.hpp>

namespace real {

/// What somebody on the path does to stanzas and connections.
enum class fault : unsigned char {
  altered,    // a letter of a message or of an element of ours
  replayed,   // an earlier stanza once more
  reordered,  // behind the next one
  discarded,
  forged,   // withheld, and a receipt that it arrived goes back; or sent on with a command for it
  cut,      // in the middle of a stanza, with FIN
  reset,    // the same, with RST
  stalled,  // the connection stays, and nothing moves on it any more
};
inline constexpr std::array<const char*, 8> fault_names{
    "altered", "replayed", "reordered", "discarded", "forged", "cut", "reset", "stalled"};
/// A fault to one stanza comes between so many messages and twice as many, so each kind does come.
inline constexpr std::array<int, 5> messages_between{17, 17, 19, 29, 23};
/// Connections break when the run says so, in this order again and again.
inline constexpr std::array<fault, 7> breaks_in_turn{
    fault::cut, fault::reset, fault::cut, fault::reset, fault::cut, fault::reset, fault::stalled};

using fault_counts = std::array<int, fault_names.size()>;

/// Which fault the next message meets, if any. Shared by all proxies of a run.
class mischief {
 public:
  explicit mischief(std::uint64_t seed) : chance_(seed) {
    for (std::size_t i = 0; i < due_.size(); ++i) due_[i] = draw(i);
  }
  void cease() { over_ = true; }
  /// The next message, whichever way it goes, does not get through, nor does what is behind it.
  void break_next() { ++breaks_owed_; }
  int breaks_owed() const { return breaks_owed_; }
  /// The index of a fault, or how many there are for none.
  std::size_t next() {
    if (over_) return fault_names.size();
    std::size_t found = fault_names.size();
    if (breaks_owed_ > 0) {
      --breaks_owed_;
      found = static_cast<std::size_t>(breaks_in_turn[breaks_++ % breaks_in_turn.size()]);
      ++done_[found];
      return found;
    }
    for (std::size_t i = 0; i < due_.size(); ++i)
      if (--due_[i] <= 0 && found == fault_names.size()) found = i;  // others wait for the next
    if (found == fault_names.size()) return found;
    due_[found] = draw(found);
    ++done_[found];
    return found;
  }
  /// That fault cannot be done to this message: it comes with the next.
  void not_now(std::size_t which) {
    due_[which] = 1;
    --done_[which];
  }
  std::uint64_t below(std::uint64_t n) { return chance_() % n; }
  const fault_counts& done() const { return done_; }

 private:
  int draw(std::size_t i) {
    const auto n = static_cast<std::uint64_t>(messages_between[i]);
    return static_cast<int>(n + below(n));
  }

  std::mt19937_64 chance_;
  std::array<int, messages_between.size()> due_{};
  fault_counts done_{};
  int breaks_owed_ = 0;
  std::size_t breaks_ = 0;
  bool over_ = false;
};

/// Sees every child of a stream on its way, and gives what goes on in its place.
class between {
 public:
  virtual ~between() = default;
  virtual std::string pass(bool towards_server, std::string child) = 0;
  /// Asked after each `pass`: what goes the other way at once.
  virtual std::string back() { return {}; }
};

/// Where a letter or digit may be another without making a stanza ill-formed: in values and text
/// behind the start tag of the message, not in references.
std::vector<std::size_t> places_to_alter(std::string_view stanza);

/// Passes connections on to a server on this machine, and does mischief on the way. It is driven by
/// `descriptors` and `step`, so that a run has one thread.
class proxy {
 public:
  proxy(unsigned short target, mischief& of);
  /// In place of mischief: what `there` makes of it.
  proxy(unsigned short target, mischief& of, between& there) : proxy(target, of) {
    between_ = &there;
  }
  proxy(const proxy&) = delete;
  proxy& operator=(const proxy&) = delete;
  ~proxy();

  unsigned short port() const { return port_; }
  /// A stalled connection breaks when more was written into it: servers, which have no ping between
  /// them, would wait for as long as TCP does.
  void let_stalls_end() { stalls_end_ = true; }
  /// While it is away, every connection ends at once, new ones too.
  void be_away(bool yes) { away_ = yes; }
  /// Appends what to poll for.
  void descriptors(std::vector<pollfd>& to) const;
  /// Moves what can be moved.
  void step();

 private:
  /// One way of a connection.
  struct way {
    int from = -1, to = -1;
    vidimus::stream_splitter cut{1u << 20};
    std::string out;                  ///< to be written
    std::string held;                 ///< to come behind the next
    std::deque<std::string> earlier;  ///< what may be replayed
    std::string receipt, command;     ///< the latest that said something, to be forged after
    int forged = 0;
    bool ended = false;
  };
  struct pair {
    way up, down;
    bool stalled = false, over = false;
  };

  void accept_all();
  void move(pair& p, way& w);
  void pass(pair& p, way& w, std::string stanza);
  bool forge(pair& p, way& w, std::string& stanza);
  void break_off(pair& p, way& w, std::string_view stanza, bool with_reset);
  static void close(pair& p);
  static void write(way& w);

  mischief& chance_;
  between* between_ = nullptr;
  bool stalls_end_ = false, away_ = false;
  int listener_ = -1;
  unsigned short port_ = 0, target_;
  std::list<pair> pairs_;
};

/// A port that nobody has now.
unsigned short free_port();

}  // namespace real

#endif
