// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_SQLITE_WORDS_HPP
#define VIDIMUS_ADAPT_SQLITE_WORDS_HPP

#include <algorithm>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "../model/output.hpp"

namespace vidimus::inline VIDIMUS_ABI::detail {

/// Of a record's key and its role, 31 bits. Peers choose parts of keys: a hash finds, but never
/// decides.
inline std::uint32_t hash_of(std::int64_t role, std::string_view key) noexcept {
  constexpr std::uint64_t odd = 0x9e3779b97f4a7c15u;
  const std::uint64_t both =
      std::hash<std::string_view>()(key) + static_cast<std::uint64_t>(role) * odd;
  return static_cast<std::uint32_t>(both * odd >> 33);
}

/// Keys of records, each once, and something with each; in the order in which they came. Keeps its
/// memory when it is cleared: a batch costs no heap calls.
template <class With>
class key_set {
 public:
  struct entry {
    std::int64_t role;
    std::size_t at, size;  ///< of the key, in the text of all
    std::uint32_t hash;
    With with;
  };

  /// Puts in what `append` appends to a string, if it is new. Its entry until the next call, and
  /// whether it is new.
  template <class Append>
  std::pair<entry*, bool> add(std::int64_t role, Append append, With with) {
    if (slots_.size() < 2 * (all_.size() + 1)) grow();
    entry one{role, text_.size(), 0, 0, std::move(with)};
    append(text_);
    one.size = text_.size() - one.at;
    one.hash = hash_of(role, key(one));
    std::uint32_t& slot = slot_of(role, key(one), one.hash);
    if (slot != 0) {
      text_.resize(one.at);
      return {&all_[slot - 1], false};
    }
    all_.push_back(std::move(one));
    slot = static_cast<std::uint32_t>(all_.size());
    return {&all_.back(), true};
  }
  std::pair<entry*, bool> add(std::int64_t role, std::string_view key, With with) {
    return add(
        role, [key](std::string& to) { to += key; }, std::move(with));
  }

  /// Null: it is not there.
  entry* find(std::int64_t role, std::string_view key) {
    if (all_.empty()) return nullptr;
    const std::uint32_t slot = slot_of(role, key, hash_of(role, key));
    return slot != 0 ? &all_[slot - 1] : nullptr;
  }

  std::string_view key(const entry& of) const {
    return std::string_view(text_).substr(of.at, of.size);
  }
  bool empty() const noexcept { return all_.empty(); }
  std::span<entry> all() noexcept { return all_; }
  void clear() noexcept {
    text_.clear();
    all_.clear();
    slots_.clear();
  }

 private:
  /// That of a key, or the empty one for it.
  std::uint32_t& slot_of(std::int64_t role, std::string_view of, std::uint32_t hash) {
    for (std::size_t i = hash;; ++i) {
      std::uint32_t& slot = slots_[i & (slots_.size() - 1)];
      if (slot == 0) return slot;
      const entry& one = all_[slot - 1];
      if (one.hash == hash && one.role == role && key(one) == of) return slot;
    }
  }
  void grow() {
    slots_.assign(std::max<std::size_t>(16, 2 * slots_.size()), 0);
    for (std::size_t n = 0; n < all_.size(); ++n) {
      std::size_t i = all_[n].hash;
      while (slots_[i & (slots_.size() - 1)] != 0) ++i;
      slots_[i & (slots_.size() - 1)] = static_cast<std::uint32_t>(n + 1);
    }
  }

  std::string text_;
  std::vector<entry> all_;
  std::vector<std::uint32_t> slots_;  ///< place among all, from 1; a power of two of them
};

/// Whether a forget behind this output has to wait for it: carried out before, and with the
/// process gone in between, nobody would be told any more (protocol.md, outcome.once).
template <class Output>
bool tells(const Output& one) noexcept {
  return std::visit(
      [](const auto& o) {
        using kind = std::remove_cvref_t<decltype(o)>;
        return std::is_same_v<kind, out::report> || std::is_same_v<kind, out::deliver>;
      },
      one);
}

/// What batches come to that become durable at once: of each record the last word; and what is to
/// be forgotten behind a report, which is no word yet.
class batch_words {
 public:
  /// `told`: whether the transaction has a report already. Whether it has one now.
  template <class Output>
  bool read(std::int64_t role, std::span<const std::vector<Output>> batches, bool told) {
    said_.clear();
    late_.clear();
    std::size_t left = 0, before = 0;  // outputs; those in front of the first report
    for (const auto& batch : batches) left += batch.size();
    for (const auto& batch : batches)
      for (const Output& one : batch)
        if (!told && !(told = tells(one))) ++before;
    for (std::size_t b = batches.size(); b-- > 0;)
      for (std::size_t i = batches[b].size(); i-- > 0;) {
        const bool waits = --left >= before;
        if (const auto* p = std::get_if<out::persist>(&batches[b][i]))
          said_.add(
              role, [p](std::string& to) { p->append_key(to); }, p);
        else if (const auto* f = std::get_if<out::forget>(&batches[b][i]))
          forget(role, *f, waits);
      }
    return told;
  }

  /// `each(key, written)` for the last words; `written` is null where the record is forgotten.
  template <class Each>
  void each_said(Each each) {
    for (const auto& one : said_.all()) each(said_.key(one), one.with);
  }
  /// `each(key)` for what waits.
  template <class Each>
  void each_late(Each each) {
    for (const auto& one : late_.all())
      if (one.with) each(late_.key(one));
  }

 private:
  void forget(std::int64_t role, const out::forget& f, bool waits) {
    const auto append = [&f](std::string& to) { f.append_key(to); };
    if (!waits) {
      said_.add(role, append, nullptr);
      return;
    }
    const auto [one, is_new] = late_.add(role, append, true);
    // written anew behind it, it is not what was to be forgotten
    if (is_new) one->with = said_.find(role, late_.key(*one)) == nullptr;
  }

  key_set<const out::persist*> said_;
  key_set<bool> late_;
};

/// The records of each role that are to be forgotten behind reports. They wait in memory, since
/// after a crash the reports come again: one transaction notes them, the next carries them out.
class waiting_forgets {
 public:
  bool any() const noexcept { return !old_.empty() || !fresh_.empty(); }
  void note(std::int64_t role, std::string_view key) {
    fresh_.add(role, key, state::waits).first->with = state::waits;
  }
  /// The record is written anew: what was there before is not there to be forgotten. Behind `take`.
  void drop(std::int64_t role, std::string_view key) {
    if (auto* one = fresh_.find(role, key)) one->with = state::over;
  }
  /// `each(key)` for all that earlier transactions noted.
  template <class Each>
  void take(std::int64_t role, Each each) {
    for (auto& one : old_.all())
      if (one.role == role && one.with == state::waits) {
        each(old_.key(one));
        one.with = state::taken;
      }
  }
  void committed() {
    for (const auto& one : old_.all())  // of other roles
      if (one.with == state::waits) fresh_.add(one.role, old_.key(one), state::waits);
    old_.clear();
    std::swap(old_, fresh_);
  }
  /// Nothing is to be forgotten: the reports come again, as after a crash.
  void clear() noexcept {
    old_.clear();
    fresh_.clear();
  }
  void rolled_back() {
    fresh_.clear();
    for (auto& one : old_.all())
      if (one.with == state::taken) one.with = state::waits;
  }

 private:
  enum class state : std::uint8_t {
    waits,
    taken,  ///< carried out by the open transaction
    over,   ///< never mind
  };
  key_set<state> old_;    ///< of transactions that were committed
  key_set<state> fresh_;  ///< of the open one
};

}  // namespace vidimus::inline VIDIMUS_ABI::detail

#endif
