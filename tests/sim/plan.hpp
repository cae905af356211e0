// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_SIM_PLAN_HPP
#define VIDIMUS_TESTS_SIM_PLAN_HPP

#include "chance.hpp"
#include "sim.hpp"

namespace sim {

/// Kinds of faults; a world has some of them. Names: `fault_names`.
enum class fault : std::uint8_t {
  lose,
  twice,
  delay,
  replay,
  alter,
  mangle,
  forge,
  copy,
  fork,
  cut,
  silent_cut,
  detach,
  ghost,
  late_host,
  refuse,
  crash_sender,
  crash_server,
  crash_receiver,
  old_sender,
  old_server,
  old_receiver,
  lost_server,
  lost_receiver,
  withdraw,
  tight,
  skew,
  short_life,
  hold,
  oversize,
  tick,
  insider,
  aftermath_loss,
  jump,
  lie,
  false_relay,
  false_endpoint,
  rotate,
  bundle,
  close,  ///< the application closes conversations
};
inline constexpr std::size_t fault_count = 39;
inline constexpr std::array<std::string_view, fault_count> fault_names{
    "lose",           "twice",          "delay",          "replay",     "alter",
    "mangle",         "forge",          "copy",           "fork",       "cut",
    "silent_cut",     "detach",         "ghost",          "late_host",  "refuse",
    "crash_sender",   "crash_server",   "crash_receiver", "old_sender", "old_server",
    "old_receiver",   "lost_server",    "lost_receiver",  "withdraw",   "tight",
    "skew",           "short_life",     "hold",           "oversize",   "tick",
    "insider",        "aftermath_loss", "jump",           "lie",        "false_relay",
    "false_endpoint", "rotate",         "bundle",         "close"};

using fault_set = std::uint64_t;
constexpr fault_set bit(fault f) noexcept { return fault_set{1} << static_cast<unsigned>(f); }
inline constexpr fault_set all_faults = ~fault_set{0};

/// How elements travel: as the faults say; or each for itself, between 20 ms and 3 s; or in their
/// order, over links between 20 ms and 3 s that become faster and slower.
enum class link_kind : std::uint8_t { by_faults, any_order, in_order };

/// What a run may put into the worlds that its seeds draw, or take out of them.
struct cuts {
  fault_set with = 0;
  fault_set without = 0;
  /// A mistake made on purpose: hosts by name take what they are offered again a second time.
  bool spoil = false;
  int senders = 3, destinations = 3, endpoints = 2, messages = 1 << 20;
  int crowd = 0;  ///< so many senders, and as many destinations; the limits above do not count then
};

/// A world, drawn from a seed.
struct plan {
  std::uint64_t seed = 0;
  fault_set faults = 0;
  int senders = 1, destinations = 1;
  bool crowd = false, spoil = false;                 ///< see `cuts`
  std::vector<int> endpoints = std::vector<int>(3);  ///< per destination
  std::vector<int> messages = std::vector<int>(3);   ///< per sender
  std::int64_t phase_one = 0;                        ///< milliseconds
  /// Per cent of the elements that a fault hits.
  int lose = 0, twice = 0, delay = 0, alter = 0, mangle = 0, copy = 0, fork = 0;
  std::int64_t lag_most = 0;     ///< milliseconds
  std::int64_t conditional = 0;  ///< one in so many is sent so; 0: none
  int attacks = 0, cut_count = 0, detach_count = 0, rotations = 0;
  sender_limits of_sender = strict(sender_limits{});
  server_limits of_server = strict(server_limits{});
  receiver_limits of_receiver = strict(receiver_limits{});
  bool shared_code = false;  ///< one preset code for all, else one for each hop
  /// Pairs of ends with a code that no relay knows: per cent of them; sealed or not.
  int ends = 0;
  bool sealed = false;
  int ordered = 0;              ///< per cent of the endpoints
  bool devices = false;         ///< senders are two devices of one address each
  bool all = false;             ///< some messages are for all endpoints
  bool plain = false;           ///< messages may leave without a code, and receivers want them so
  std::size_t oversize_at = 0;  ///< payload octets that the server does not take; 0: none
  link_kind links = link_kind::by_faults;
  std::size_t text_most = 30;  ///< a message has fewer octets than this, and some for its name

  /// A host lied about its store, or a holder of keys lies: only what needs no honest parties is
  /// promised (P1, P5, P6, and no contract may break).
  bool trustless() const noexcept {
    return has(fault::lie) || has(fault::false_relay) || has(fault::false_endpoint);
  }
  bool has(fault f) const noexcept { return (faults & bit(f)) != 0; }
};

inline constexpr int crowd_most = 80;  ///< names of parties have one octet

/// `messages_most`: the most messages that a sender has (option --messages).
plan draw(std::uint64_t seed, const cuts& less, int messages_most);

}  // namespace sim

#endif
