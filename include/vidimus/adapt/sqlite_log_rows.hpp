// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_SQLITE_LOG_ROWS_HPP
#define VIDIMUS_ADAPT_SQLITE_LOG_ROWS_HPP

#include <deque>
#include <vector>

#include "sqlite_log_pack.hpp"
#include "sqlite_words.hpp"

namespace vidimus::inline VIDIMUS_ABI::detail {

/// The rows of the log, and where in them the last word about each record stands. A row is needed
/// while it has a last word that the table of records lacks. Held in memory as they were before
/// they were packed.
class log_rows {
 public:
  struct row {
    std::int64_t at;  ///< in the table of rows
    std::int64_t role;
    octets changes;
    std::size_t needed = 0;  ///< last words
  };
  /// Where a word stands.
  struct place {
    std::uint64_t row = none;  ///< counted from the first there ever was
    std::uint32_t at = 0;      ///< in the row
    std::uint32_t hash : 31 = 0;
    std::uint32_t in_table : 1 = 0;  ///< an older word may stand in the table of records
  };

  /// Octets of all rows; of the changes that are needed; of the rows in front that are not.
  std::size_t octets_of_all() const noexcept { return all_; }
  std::size_t octets_needed() const noexcept { return needed_; }
  std::size_t octets_over() const noexcept { return over_; }
  /// How many rows in front are not needed.
  std::size_t rows_over() const noexcept { return rows_over_; }

  bool empty() const noexcept { return rows_.empty(); }
  std::size_t size() const noexcept { return rows_.size(); }
  const row& operator[](std::size_t n) const { return rows_[n]; }

  /// The number that the next row gets, for `take_over`.
  std::uint64_t next() const noexcept { return first_ + rows_.size(); }
  void add(row what) {
    all_ += what.changes.size();
    rows_.push_back(std::move(what));
  }
  /// The change there is the last word about its record now. `in_table` counts for a record that no
  /// row knew.
  void take_over(std::uint64_t in, std::uint32_t at, std::uint32_t hash, bool in_table) {
    if (slots_.size() < 2 * (used_ + 1)) grow();
    row& of = rows_[in - first_];
    const auto what = *change_at(of.changes, at);
    const std::size_t i = slot_of(of.role, what.key, hash);
    const bool is_new = slots_[i].row == none;
    if (!is_new) {
      leave(slots_[i]);
      in_table = slots_[i].in_table != 0;
    }
    if (!what.lives && !in_table) {
      if (!is_new) erase(i);
      return;
    }
    used_ += is_new ? 1 : 0;
    slots_[i] = {in, at, hash & 0x7fffffff, in_table ? 1u : 0u};  // no more than it has
    ++of.needed;
    needed_ += what.size;
  }
  /// Behind changes: counts the rows in front that are not needed any more.
  void count_over() {
    for (; rows_over_ < rows_.size() && rows_[rows_over_].needed == 0; ++rows_over_)
      over_ += rows_[rows_over_].changes.size();
  }

  /// Whether a row has a word about a record.
  bool knows(std::int64_t role, std::string_view key) const {
    return used_ != 0 && slots_[slot_of(role, key, hash_of(role, key))].row != none;
  }
  /// The last words in the first `rows` rows, in any order.
  std::vector<place> in_front(std::size_t rows) const {
    std::vector<place> out;
    for (const place& one : slots_)
      if (one.row != none && one.row - first_ < rows) out.push_back(one);
    return out;
  }
  const row& row_of(const place& of) const { return rows_[of.row - first_]; }
  logged_change change_of(const place& of) const { return *change_at(row_of(of).changes, of.at); }

  /// The table has these words now, and the first `rows` rows are gone.
  void drop(const std::vector<place>& settled, std::size_t rows) {
    for (const place& one : settled) {
      std::size_t i = wrapped(one.hash);
      while (slots_[i].row != one.row || slots_[i].at != one.at) i = wrapped(i + 1);
      leave(slots_[i]);
      erase(i);
    }
    if (rows > 0) rows_over_ = over_ = 0;  // they are among those
    for (; rows > 0; --rows) {
      all_ -= rows_.front().changes.size();
      rows_.pop_front();
      ++first_;
    }
  }
  void clear() { *this = log_rows(); }

 private:
  static constexpr std::uint64_t none = ~std::uint64_t{0};

  std::size_t wrapped(std::size_t i) const noexcept { return i & (slots_.size() - 1); }
  /// That of a record, or the empty one for it.
  std::size_t slot_of(std::int64_t role, std::string_view key, std::uint32_t hash) const {
    for (std::size_t i = wrapped(hash);; i = wrapped(i + 1)) {
      const place& one = slots_[i];
      if (one.row == none) return i;
      if (one.hash == hash && row_of(one).role == role && change_of(one).key == key) return i;
    }
  }
  void leave(const place& old) {
    --rows_[old.row - first_].needed;
    needed_ -= change_of(old).size;
  }
  /// Moves what stands behind it in the way of its own place back.
  void erase(std::size_t hole) {
    for (std::size_t i = wrapped(hole + 1); slots_[i].row != none; i = wrapped(i + 1))
      if (wrapped(i - slots_[i].hash) >= wrapped(i - hole)) {
        slots_[hole] = slots_[i];
        hole = i;
      }
    slots_[hole] = place{};
    --used_;
  }
  void grow() {
    std::vector<place> old(std::max<std::size_t>(16, 2 * slots_.size()));
    old.swap(slots_);
    for (const place& one : old) {
      if (one.row == none) continue;
      std::size_t i = wrapped(one.hash);
      while (slots_[i].row != none) i = wrapped(i + 1);
      slots_[i] = one;
    }
  }

  std::deque<row> rows_;
  std::uint64_t first_ = 0;  ///< number of the first of them
  std::size_t all_ = 0, needed_ = 0, over_ = 0, rows_over_ = 0;
  std::vector<place> slots_;  ///< a power of two of them, by hash
  std::size_t used_ = 0;
};

}  // namespace vidimus::inline VIDIMUS_ABI::detail

#endif
