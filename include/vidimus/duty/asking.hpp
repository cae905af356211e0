// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DUTY_ASKING_HPP
#define VIDIMUS_DUTY_ASKING_HPP

#include "../base/bytes.hpp"
#include "../model/name.hpp"
#include "deadlines.hpp"
#include "round_trip.hpp"

namespace vidimus::inline VIDIMUS_ABI::duty {

/// What is open towards a peer: since when the earliest of it waits. `never`: there is none.
struct open_since {
  instant answer = never;  ///< the peer owes a first word about it
  instant others = never;  ///< the peer has it, and waits for others itself
};

/// What a party that owes progress has asked, and when it asks again (protocol.md, timer.sync).
struct asking {
  nonce asked;               ///< of the latest sync without answer
  number asked_top = 0;      ///< highest number it asked about
  std::uint32_t syncs = 0;   ///< sent so far
  std::uint32_t quiet = 0;   ///< syncs since the last progress
  bool wants_sync = false;   ///< because of what a peer said
  std::uint32_t timer = 0;   ///< of the index of deadlines
  std::uint32_t chance = 0;  ///< the variation at hand, in 1024ths of the most
  instant synced_at = long_ago;
  instant later = long_ago;  ///< the peer is busy until then
  number low_told = 1;       ///< low as an element last carried it to the peer

  /// A sync goes out now. Its nonce is from the host's entropy: the variation is taken from it.
  void sent(const nonce& asks, number top, instant now) {
    asked = asks;
    asked_top = top;
    ++syncs;
    ++quiet;
    wants_sync = false;
    synced_at = now;
    later = long_ago;
    vary(asks.view());
  }
  void vary(octets_view random) {
    std::uint32_t h = 0x811c9dc5;
    for (octet o : random) h = (h ^ o) * 0x01000193;
    chance = (h >> 16 ^ h) % 1024;
  }

  /// From when on a sync may leave that a peer's element caused (protocol.md, challenge.one).
  instant may_answer(const retry_limits& limits) const {
    return synced_at + limits.between_answers;
  }

  /// The peer wants nothing for so many seconds (protocol.md, timer.busy): at most `most`.
  void refused(std::uint32_t seconds_long, const retry_limits& limits, instant now) {
    later = std::max(later, now + varied(std::min(seconds(seconds_long), limits.most), limits));
  }
  bool is_refused(instant now) const { return now < later; }

  /// Whether to ask for credit without waiting for a timer (protocol.md, credit.ask). `next`: the
  /// lowest number that was not sent, of those below `top`.
  bool lacks_credit(number next, number top, number limit, number low) const {
    if (!asked.empty() || next >= top || next <= limit) return false;
    return low > low_told && 2 * low > limit + low_told;  // half of limit + 1 - low_told
  }

  /// Whether a snapshot that answers the latest sync tells of what left at `at`: the sync may have
  /// overtaken what left less than a timeout before it (protocol.md, timer.young).
  bool tells_of(instant at, const round_trip& path, const retry_limits& limits) const {
    return at > synced_at || at + path.timeout(limits) <= synced_at;
  }

  /// When to ask again. A clock that was set back makes nothing wait longer than from `now`.
  instant due(const open_since& open, const round_trip& path, const retry_limits& limits,
              instant now) const {
    const span_ms soon = wait(path.timeout(limits), limits);
    const span_ms late = wait(std::max(path.timeout(limits), limits.first), limits);
    const auto from = [&](instant since) { return std::min(std::max(synced_at, since), now); };
    instant at = never;
    if (!asked.empty()) at = from(synced_at) + soon;
    if (open.answer != never) at = from(open.answer) + soon;
    if (open.others != never) at = std::min(at, from(open.others) + late);
    if (at == never) at = from(synced_at) + late;
    return std::max(at, later);
  }

  /// Arms the timer, or leaves it where it is if it falls earlier: it looks then whether it is due.
  template <class What>
  void set_timer(const round_trip& path, const retry_limits& limits, instant now,
                 deadlines<What>& all, const What& what) {
    const span_ms pause = wait(path.timeout(limits), limits);
    instant at = std::max(std::min(synced_at, now) + pause, later);
    if (wants_sync) at = may_answer(limits);
    if (at <= now) at = now + pause;
    if (all.armed(timer) && !wants_sync && all.at(timer) <= at) return;
    all.arm(timer, at, what);
  }

  /// `timeout`, twice as long for each sync without progress but the first, and varied.
  span_ms wait(span_ms timeout, const retry_limits& limits) const {
    std::int64_t out = timeout.count;
    for (std::uint32_t i = 1; i < quiet && out < limits.most.count; ++i) out *= 2;
    return varied(milliseconds(std::min(out, limits.most.count)), limits);
  }

 private:
  span_ms varied(span_ms wait, const retry_limits& limits) const {
    const std::int64_t most = wait.count / 100 * limits.variation_pct;
    return milliseconds(wait.count + most * chance / 1024);
  }
};

}  // namespace vidimus::inline VIDIMUS_ABI::duty

#endif
