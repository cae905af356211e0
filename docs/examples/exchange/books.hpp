// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_EXCHANGE_BOOKS_HPP
#define VIDIMUS_DOCS_EXAMPLES_EXCHANGE_BOOKS_HPP

#include <array>
#include <map>
#include <string>
#include <vector>
#include <vidimus/model/output.hpp>

namespace exchange {

/// What the two applications write down about a message, each at its own end. Nothing in here is
/// asked of the library: it is what the library is judged by.
struct entry {
  std::uint64_t serial = 0;       ///< counted by the submitting application
  std::uint64_t bare_octets = 0;  ///< octets of the bare stanza
  vidimus::octets canonical;      ///< of the stanza submitted; dropped once it was compared
  // at the sending end
  std::uint32_t outcomes = 0;  ///< reports that were not repeats
  bool told = false;
  vidimus::outcome ended = vidimus::outcome::uncertain;
  vidimus::reason why = vidimus::reason::none;
  // at the receiving end
  std::uint32_t handed = 0;  ///< given by the receiver role, not marked `again`
  std::uint32_t handed_again = 0;
  std::uint32_t taken = 0;  ///< times the application's own state changed because of it
};

struct tally {
  std::uint64_t submitted = 0;
  std::array<std::uint64_t, vidimus::outcome_names.size()> by_outcome{};
  std::map<std::string, std::uint64_t> reasons;  ///< "failed: altered" and so on
  std::uint64_t taken = 0, compared = 0, bare_octets = 0, handed_again = 0;
};

/// The books of both ends, and what they say of the promises P1 to P4.
class books {
 public:
  void submitted(const vidimus::message_name& name, std::uint64_t serial, vidimus::octets canonical,
                 std::size_t bare_octets) {
    auto [at, fresh] = entries_.try_emplace(name);
    if (!fresh) broken(3, "one name was given to two submissions", serial);
    at->second.serial = serial;
    at->second.canonical = std::move(canonical);
    at->second.bare_octets = bare_octets;
  }

  /// The process died before the submission was durable: to the application it never happened.
  void retracted(const vidimus::message_name& name) { entries_.erase(name); }

  void reported(const vidimus::out::report& r) {
    entry* e = find(r.name);
    if (e == nullptr) return broken(3, "an outcome was reported for what nobody submitted", 0);
    if (r.again && e->told) {
      if (e->ended != r.ended) broken(3, "a repeated report differs from the first", e->serial);
      return;
    }
    if (r.ended == vidimus::outcome::delivered && e->taken == 0)
      broken(3, "reported as delivered before the application took it", e->serial);
    ++e->outcomes;
    e->told = true;
    e->ended = r.ended;
    e->why = r.why;
  }

  /// The receiver role handed a message over. True: the application has not taken it yet.
  bool handed(const vidimus::out::deliver& d) {
    entry* e = find(d.name);
    if (e == nullptr) {
      broken(1, "a message was handed over that nobody submitted", 0);
      return false;
    }
    ++(d.again ? e->handed_again : e->handed);
    if (e->taken > 0) return false;
    if (d.body->canonical != e->canonical)
      broken(1, "the content handed over is not the content submitted", e->serial);
    ++compared_;
    return true;
  }

  /// The receiving application made the message's effect durable, with the `accepted` beside it.
  void taken(const vidimus::message_name& name) {
    entry* e = find(name);
    if (e == nullptr) return;
    ++e->taken;
    e->canonical = {};
  }

  bool is_taken(const vidimus::message_name& name) const {
    auto at = entries_.find(name);
    return at != entries_.end() && at->second.taken > 0;
  }
  bool is_told(const vidimus::message_name& name) const {
    auto at = entries_.find(name);
    return at != entries_.end() && at->second.told;
  }
  /// 0: not known.
  std::uint64_t serial_of(const vidimus::message_name& name) const {
    auto at = entries_.find(name);
    return at == entries_.end() ? 0 : at->second.serial;
  }

  void broken(int promise, std::string how, std::uint64_t serial) {
    ++violations_;
    kept_[static_cast<std::size_t>(promise)] = false;
    if (complaints_.size() >= 20) return;
    if (serial != 0) how += " (message #" + std::to_string(serial) + ")";
    complaints_.push_back("P" + std::to_string(promise) + ": " + std::move(how));
  }

  /// Compares the two ends, once all is over.
  tally close() {
    tally out;
    for (auto& [name, e] : entries_) {
      compare(e);
      ++out.submitted;
      out.bare_octets += e.bare_octets;
      out.taken += e.taken;
      out.handed_again += e.handed_again;
      if (!e.told) continue;
      ++out.by_outcome[static_cast<std::size_t>(e.ended)];
      if (e.ended == vidimus::outcome::delivered) continue;
      std::string why(vidimus::name_of(e.ended));
      if (e.why != vidimus::reason::none && vidimus::name_of(e.why) != why)
        why += ": " + std::string(vidimus::name_of(e.why));
      ++out.reasons[why];
    }
    out.compared = compared_;
    return out;
  }

  std::uint64_t violations() const { return violations_; }
  bool kept(std::size_t promise) const { return kept_[promise]; }
  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  void compare(const entry& e) {
    using vidimus::outcome;
    if (e.outcomes == 0) broken(3, "no outcome was ever reported", e.serial);
    if (e.outcomes > 1) broken(3, "more than one outcome was reported", e.serial);
    if (e.taken > 1) broken(2, "the application took it more than once", e.serial);
    if (e.handed > 1) broken(2, "it was handed over more than once", e.serial);
    if (!e.told) return;
    const bool negative =
        e.ended == outcome::withdrawn || e.ended == outcome::expired || e.ended == outcome::failed;
    if (negative && e.handed + e.handed_again + e.taken > 0)
      broken(3, "reported as not delivered, but it was handed over", e.serial);
  }

  entry* find(const vidimus::message_name& name) {
    auto at = entries_.find(name);
    return at == entries_.end() ? nullptr : &at->second;
  }

  std::map<vidimus::message_name, entry> entries_;
  std::uint64_t violations_ = 0, compared_ = 0;
  std::array<bool, 5> kept_{true, true, true, true, true};
  std::vector<std::string> complaints_;
};

}  // namespace exchange

#endif
