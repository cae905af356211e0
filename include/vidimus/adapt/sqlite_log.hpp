// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_SQLITE_LOG_HPP
#define VIDIMUS_ADAPT_SQLITE_LOG_HPP

#include <limits>

#include "sqlite_log_rows.hpp"
#include "sqlite_parts.hpp"

namespace vidimus::inline VIDIMUS_ABI::detail {

/// What changed of the records since the table was brought up to date: one row for each batch, in
/// front of the table. Most records are gone again before their turn in the table comes, and then
/// never reach it. A row belongs to the transaction that is open, as all changes do, so what is
/// known about it here is taken over when that was committed. Functions give SQLite's codes.
class record_log {
 public:
  static constexpr const char* table =
      "CREATE TABLE vidimus_log(at INTEGER PRIMARY KEY, role INTEGER NOT NULL, "
      "changes BLOB NOT NULL)";

  /// Reads what is there, in an open transaction. `most`: octets of rows, then `is_due`.
  int open(sqlite3* db, std::size_t most) {
    db_ = db;
    most_ = most;
    int code = add_.prepare(db, "INSERT INTO vidimus_log(at, role, changes) VALUES(?1, ?2, ?3)");
    if (code == SQLITE_OK) code = drop_.prepare(db, "DELETE FROM vidimus_log WHERE at <= ?1");
    if (code == SQLITE_OK)
      code = insert_.prepare(db, "INSERT INTO vidimus_record(role, key, image) VALUES(?1, ?2, ?3)");
    if (code == SQLITE_OK)
      code =
          update_.prepare(db, "UPDATE vidimus_record SET image = ?3 WHERE role = ?1 AND key = ?2");
    if (code == SQLITE_OK)
      code = erase_.prepare(db, "DELETE FROM vidimus_record WHERE role = ?1 AND key = ?2");
    return code == SQLITE_OK ? load() : code;
  }
  void close() {
    for (auto* one : {&add_, &drop_, &insert_, &update_, &erase_}) one->close();
  }

  // one batch of one role: what `write` makes a row of, or several
  int persist(std::int64_t role, std::string_view key, const out::persist& what) {
    const int code = begin(role, key, true);
    has_image_ = true;
    const std::size_t size_at = changes_.size();
    changes_.resize(size_at + 4);
    what.append_image(changes_);
    image::octet_place size{changes_.data() + size_at};
    basic_writer(size).u32(static_cast<std::uint32_t>(changes_.size() - size_at - 4));
    return code;
  }
  int forget(std::int64_t role, std::string_view key) { return begin(role, key, false); }
  int write(std::int64_t role) {
    if (changes_.empty()) return SQLITE_OK;
    packed_row::pack(changes_, packed_);
    int code = add_.integer(1, ++last_row_);
    if (code == SQLITE_OK) code = add_.integer(2, role);
    if (code == SQLITE_OK) code = add_.blob(3, packed_);
    if (code == SQLITE_OK) code = done(add_.run());
    fresh_rows_.push_back({last_row_, role, changes_});  // exactly so much: it stays for long
    changes_.clear();
    return code;
  }

  bool has_any() const noexcept { return !rows_.empty(); }
  /// Time for `fold`.
  bool is_due() const noexcept {
    return is_full_ ? has_any() : rows_.octets_over() > most_ / 16 || is_over();
  }
  /// There was no space: rows of what is gone may have it. Until a record finds some.
  void want_space() noexcept { is_full_ = true; }
  bool wants_space() const noexcept { return is_full_; }
  /// Whether the open transaction has a record that lives.
  bool has_image() const noexcept { return has_image_; }

  /// Takes rows off that are not needed, and when they are many, brings the table up to date with
  /// the oldest quarter, as the first thing in a transaction: what is young is mostly gone before
  /// it is old. When space is wanted, all of it.
  int fold() {
    cut_ = is_full_ ? rows_.size() : rows_.rows_over();
    if (!is_full_ && is_over()) {
      std::size_t left = octets_left();
      for (const std::size_t to = left - left / 4; left > to; ++cut_)
        left -= rows_[cut_].changes.size();
    }
    int code = drop_.integer(1, rows_[cut_ - 1].at);
    if (code == SQLITE_OK) code = done(drop_.run());  // its space is free then
    if (cut_ > rows_.rows_over()) settled_ = rows_.in_front(cut_);
    for (const bool lives : {false, true})
      for (const auto& one : settled_)
        if (code == SQLITE_OK && rows_.change_of(one).lives == lives) code = settle(one);
    return code;
  }

  /// Whether the table's word about a record is not the last.
  bool is_known(std::int64_t role, std::string_view key) const { return rows_.knows(role, key); }
  /// `each(key, image)` for the records of a role whose last word is here.
  template <class Each>
  void each_living_of(std::int64_t role, Each each) {
    for (const auto& one : rows_.in_front(rows_.size()))
      if (const auto what = rows_.change_of(one); what.lives && rows_.row_of(one).role == role)
        each(std::string(what.key), what.image);
  }

  /// Reads what is there: at first, and when it is not known how a transaction ended.
  int load() {
    rolled_back();
    rows_.clear();
    in_table_.assign(filter_size, 0);
    sqlite_statement s;
    int code = s.prepare(db_, "SELECT role, key FROM vidimus_record");
    while (code == SQLITE_OK && (code = s.step()) == SQLITE_ROW) {
      count(hash_of(s.integer(0), as_text(s.raw(1))), 1);
      code = SQLITE_OK;
    }
    if (code != SQLITE_DONE) return code;
    code = s.prepare(db_, "SELECT at, role, changes FROM vidimus_log ORDER BY at");
    while (code == SQLITE_OK && (code = s.step()) == SQLITE_ROW)
      code = read(s.integer(0), s.integer(1), s.raw(2)) ? SQLITE_OK : SQLITE_CORRUPT;
    if (code != SQLITE_DONE) return code;
    take_over();
    return SQLITE_OK;
  }

  void committed() {
    rows_.drop(settled_, cut_);
    if (has_image_) is_full_ = false;  // there was space
    for (const std::uint32_t hash : gone_) count(hash, -1);
    take_over();
  }
  void rolled_back() {
    fresh_.clear();
    fresh_rows_.clear();
    settled_.clear();
    gone_.clear();
    changes_.clear();
    cut_ = 0;
    has_image_ = false;
  }

 private:
  static constexpr std::size_t filter_size = 1 << 16;
  static constexpr std::size_t row_max = 64u << 20;  ///< octets, then another row is begun

  static int done(int code) noexcept { return code == SQLITE_DONE ? SQLITE_OK : code; }

  std::size_t octets_left() const noexcept { return rows_.octets_of_all() - rows_.octets_over(); }
  /// More than may be, or more than is worth it.
  bool is_over() const noexcept {
    const std::size_t left = octets_left();
    return left > most_ || (left > most_ / 8 && left / 3 > rows_.octets_needed());
  }

  /// A change of the open transaction.
  struct change {
    std::size_t row;  ///< of `fresh_rows_`
    std::uint32_t at, hash;
  };
  int begin(std::int64_t role, std::string_view key, bool lives) {
    const int code = changes_.size() < row_max ? SQLITE_OK : write(role);
    fresh_.push_back(
        {fresh_rows_.size(), static_cast<std::uint32_t>(changes_.size()), hash_of(role, key)});
    writer w(changes_);
    w.u8(lives ? 1 : 0);
    w.sized(key);
    return code;
  }
  bool read(std::int64_t row, std::int64_t role, octets_view stored) {
    if (row == std::numeric_limits<std::int64_t>::max()) return false;
    last_row_ = row;
    // rows of version 2 of the file are not packed
    auto from = stored.empty() || stored[0] != packed_row::mark
                    ? std::optional(octets(stored.begin(), stored.end()))
                    : packed_row::unpack(stored);
    if (!from) return false;
    for (std::size_t at = 0; at < from->size();) {
      const auto one = change_at(*from, at);
      if (!one) return false;
      fresh_.push_back(
          {fresh_rows_.size(), static_cast<std::uint32_t>(at), hash_of(role, one->key)});
      at += one->size;
    }
    fresh_rows_.push_back({row, role, std::move(*from)});
    return true;
  }

  void take_over() {
    const std::uint64_t first = rows_.next();
    for (auto& one : fresh_rows_) rows_.add(std::move(one));
    for (const change& one : fresh_)
      rows_.take_over(first + one.row, one.at, one.hash, counter_of(one.hash) != 0);
    rows_.count_over();
    rolled_back();  // nothing is left to be taken back
  }

  /// Gives the table the last word about a record.
  int settle(const log_rows::place& of) {
    const auto what = rows_.change_of(of);
    const std::int64_t role = rows_.row_of(of).role;
    const std::uint32_t hash = hash_of(role, what.key);
    const auto run = [&](sqlite_statement& how) {
      int code = how.integer(1, role);
      if (code == SQLITE_OK) code = how.blob(2, as_octets(what.key));
      if (code == SQLITE_OK && what.lives) code = how.blob(3, what.image);
      return code == SQLITE_OK ? done(how.run()) : code;
    };
    if (!what.lives) {
      const int code = run(erase_);
      if (code == SQLITE_OK && sqlite3_changes(db_) != 0) gone_.push_back(hash);
      return code;
    }
    if (of.in_table != 0)
      if (const int code = run(update_); code != SQLITE_OK || sqlite3_changes(db_) != 0)
        return code;
    count(hash, 1);
    return run(insert_);
  }

  // Which keys are in the table is not kept, but how many of each hash: what is not there needs no
  // erasing. One too many costs a statement, one too few a record, so where the counter is full it
  // stays full, and what is rolled back is not taken off.
  std::uint8_t& counter_of(std::uint32_t hash) { return in_table_[hash % filter_size]; }
  void count(std::uint32_t hash, int by) {
    std::uint8_t& to = counter_of(hash);
    if (to != 255) to = static_cast<std::uint8_t>(to + by);
  }

  sqlite3* db_ = nullptr;
  std::size_t most_ = 0;
  sqlite_statement add_, drop_, insert_, update_, erase_;
  std::int64_t last_row_ = 0;
  log_rows rows_;
  std::vector<std::uint8_t> in_table_;
  bool is_full_ = false;
  // of the open transaction
  octets changes_, packed_;
  std::vector<log_rows::row> fresh_rows_;
  std::vector<change> fresh_;
  bool has_image_ = false;  ///< of those a record that lives
  std::size_t cut_ = 0;     ///< rows that are taken off
  std::vector<log_rows::place> settled_;
  std::vector<std::uint32_t> gone_;  ///< hashes of what was in the table
};

}  // namespace vidimus::inline VIDIMUS_ABI::detail

#endif
