// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_SQLITE_LOG_HPP
#define VIDIMUS_ADAPT_SQLITE_LOG_HPP

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "sqlite_parts.hpp"

namespace vidimus::inline VIDIMUS_ABI::detail {

/// What changed of the records since the table was brought up to date: one row for each batch, in
/// front of the table. Most records are gone again before their turn in the table comes, and then
/// never reach it. A row belongs to the transaction that is open, as all changes do, so what is
/// known about it here is taken over when that was committed. Functions give SQLite's codes.
class record_log {
  /// Where a record's last word stands.
  struct place {
    std::int64_t row = 0;
    std::uint32_t at = 0, size = 0;  ///< octets of the image in the row
    bool lives = false;
    bool in_table = false;  ///< an older word may stand there
  };
  using known = std::unordered_map<std::string, place>;

 public:
  static constexpr const char* table =
      "CREATE TABLE vidimus_log(at INTEGER PRIMARY KEY, role INTEGER NOT NULL, "
      "changes BLOB NOT NULL)";

  /// Reads what is there, in an open transaction. `most`: octets of rows, then `is_due`.
  int open(sqlite3* db, std::size_t most) {
    db_ = db;
    most_ = most;
    int code = add_.prepare(db, "INSERT INTO vidimus_log(at, role, changes) VALUES(?1, ?2, ?3)");
    if (code == SQLITE_OK) code = row_.prepare(db, "SELECT changes FROM vidimus_log WHERE at = ?1");
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
    for (auto* one : {&add_, &row_, &insert_, &update_, &erase_}) one->close();
  }

  // one batch of one role: what `write` makes a row of
  void persist(std::int64_t role, std::string_view key, octets_view image) {
    begin(role, key, true);
    append(image);
    fresh_.back().second.size = static_cast<std::uint32_t>(image.size());
  }
  void forget(std::int64_t role, std::string_view key) { begin(role, key, false); }
  int write(std::int64_t role) {
    if (changes_.empty()) return SQLITE_OK;
    int code = add_.integer(1, ++last_row_);
    if (code == SQLITE_OK) code = add_.integer(2, role);
    if (code == SQLITE_OK) code = add_.blob(3, changes_);
    if (code == SQLITE_OK) code = done(add_.run());
    fresh_octets_ += changes_.size();
    changes_.clear();
    return code;
  }

  bool has_any() const noexcept { return octets_ != 0; }
  /// Time for `fold`.
  bool is_due() const noexcept { return octets_ > (is_full_ ? 0 : most_); }
  /// There was no space: rows of what is gone may have it.
  void want_space() noexcept { is_full_ = true; }

  /// Brings the table up to date and empties the log, as the first thing in a transaction.
  int fold() {
    // what lives, first of all, so that its old places are free
    std::vector<std::pair<const known::value_type*, octets>> all;
    all.reserve(known_.size());
    int code = each_living([&](const known::value_type& one, octets_view image) {
      all.emplace_back(&one, octets(image.begin(), image.end()));
    });
    if (code == SQLITE_OK)
      code = sqlite3_exec(db_, "DELETE FROM vidimus_log", nullptr, nullptr, nullptr);
    for (const auto& [key, what] : known_)
      if (code == SQLITE_OK && !what.lives) code = erase(key);
    for (const auto& [one, image] : all)
      if (code == SQLITE_OK) code = settle(one->first, one->second.in_table, image);
    folded_ = code == SQLITE_OK;
    return code;
  }

  /// Whether the table's word about a record is not the last.
  bool is_known(std::int64_t role, const std::string& key) const {
    return known_.count(key_of(role, key)) != 0;
  }
  /// `each(key, image)` for the records of a role whose last word is here.
  template <class Each>
  int each_living_of(std::int64_t role, Each each) {
    const std::string prefix = key_of(role, {});
    return each_living([&](const known::value_type& one, octets_view image) {
      if (one.first.starts_with(prefix)) each(one.first.substr(prefix.size()), image);
    });
  }

  /// Reads what is there: at first, and when it is not known how a transaction ended.
  int load() {
    rolled_back();
    known_.clear();
    octets_ = 0;
    in_table_.assign(filter_size, 0);
    sqlite_statement s;
    int code = s.prepare(db_, "SELECT role, key FROM vidimus_record");
    while (code == SQLITE_OK && (code = s.step()) == SQLITE_ROW) {
      count(key_of(s.integer(0), s.column(1)), 1);
      code = SQLITE_OK;
    }
    if (code != SQLITE_DONE) return code;
    code = s.prepare(db_, "SELECT at, role, changes FROM vidimus_log ORDER BY at");
    while (code == SQLITE_OK && (code = s.step()) == SQLITE_ROW) {
      code = read(s.integer(0), s.integer(1), s.raw(2)) ? SQLITE_OK : SQLITE_CORRUPT;
      octets_ += s.raw(2).size();
    }
    if (code != SQLITE_DONE) return code;
    take_over();
    return SQLITE_OK;
  }

  void committed() {
    if (folded_) {
      known_.clear();
      octets_ = 0;
      is_full_ = false;
      for (const std::string& key : gone_) count(key, -1);
    }
    octets_ += fresh_octets_;
    take_over();
  }
  void rolled_back() {
    fresh_.clear();
    gone_.clear();
    changes_.clear();
    fresh_octets_ = 0;
    folded_ = false;
  }

 private:
  static constexpr std::size_t filter_size = 1 << 16;

  /// A number in eight octets; with it begin keys, as a file may hold several roles.
  static std::string key_of(std::int64_t role, std::string_view key) {
    std::string out;
    out.reserve(8 + key.size());
    for (int shift = 56; shift >= 0; shift -= 8)
      out += static_cast<char>(static_cast<std::uint64_t>(role) >> shift & 255);
    return out += key;
  }
  static std::int64_t role_in(std::string_view key) {
    std::uint64_t out = 0;
    for (char c : key.substr(0, 8)) out = out << 8 | static_cast<unsigned char>(c);
    return static_cast<std::int64_t>(out);
  }
  static int done(int code) noexcept { return code == SQLITE_DONE ? SQLITE_OK : code; }

  // in a row: for each change one octet, 1 if there is an image; the key; the image; each of both
  // behind its length in four octets
  void begin(std::int64_t role, std::string_view key, bool lives) {
    changes_.push_back(lives ? 1 : 0);
    append(as_octets(key));
    place what;
    what.row = last_row_ + 1;
    what.at = static_cast<std::uint32_t>(changes_.size() + 4);
    what.lives = lives;
    fresh_.emplace_back(key_of(role, key), what);
  }
  void append(octets_view what) {
    for (int shift = 24; shift >= 0; shift -= 8)
      changes_.push_back(static_cast<octet>(what.size() >> shift & 255));
    changes_.insert(changes_.end(), what.begin(), what.end());
  }
  bool read(std::int64_t row, std::int64_t role, octets_view from) {
    last_row_ = row;
    std::size_t at = 0;
    const auto cut = [&](octets_view& to) {
      if (from.size() - at < 4) return false;
      std::size_t size = 0;
      for (int i = 0; i < 4; ++i) size = size << 8 | from[at++];
      if (from.size() - at < size) return false;
      to = from.subspan(at, size);
      at += size;
      return true;
    };
    while (at < from.size()) {
      const octet kind = from[at++];
      octets_view key, image;
      if (kind > 1 || !cut(key)) return false;
      place what{row, static_cast<std::uint32_t>(at + 4), 0, kind == 1, false};
      if (what.lives && !cut(image)) return false;
      what.size = static_cast<std::uint32_t>(image.size());
      fresh_.emplace_back(key_of(role, as_text(key)), what);
    }
    return true;
  }

  void take_over() {
    for (auto& [key, what] : fresh_) {
      const auto [at, is_new] = known_.try_emplace(std::move(key), what);
      const bool in_table = is_new ? may_be_in_table(at->first) : at->second.in_table;
      at->second = what;
      at->second.in_table = in_table;
      if (!what.lives && !in_table) known_.erase(at);
    }
    rolled_back();  // nothing is left to be taken back
  }

  /// In the order in which they were written.
  template <class Each>
  int each_living(Each each) {
    std::vector<const known::value_type*> all;
    all.reserve(known_.size());
    for (const auto& one : known_)
      if (one.second.lives) all.push_back(&one);
    std::sort(all.begin(), all.end(), [](const auto* a, const auto* b) {
      return std::pair(a->second.row, a->second.at) < std::pair(b->second.row, b->second.at);
    });
    std::int64_t row = 0;
    int code = SQLITE_OK;
    for (auto at = all.begin(); at != all.end() && code == SQLITE_OK; ++at) {
      const place& what = (*at)->second;
      if (what.row != row) {
        row_.reset();
        code = row_.integer(1, row = what.row);
        if (code == SQLITE_OK && (code = row_.step()) == SQLITE_ROW) code = SQLITE_OK;
        if (code != SQLITE_OK) break;
      }
      const octets_view changes = row_.raw(0);
      if (changes.size() < what.at || changes.size() - what.at < what.size)
        code = SQLITE_CORRUPT;
      else
        each(**at, changes.subspan(what.at, what.size));
    }
    row_.reset();
    return code == SQLITE_DONE ? SQLITE_CORRUPT : code;
  }

  static int bind(sqlite_statement& s, const std::string& key) {
    const int code = s.integer(1, role_in(key));
    return code == SQLITE_OK ? s.blob(2, as_octets(std::string_view(key).substr(8))) : code;
  }
  int erase(const std::string& key) {
    int code = bind(erase_, key);
    if (code == SQLITE_OK) code = done(erase_.run());
    if (code == SQLITE_OK && sqlite3_changes(db_) != 0) gone_.push_back(key);
    return code;
  }
  int settle(const std::string& key, bool in_table, octets_view image) {
    for (auto* how : {&update_, &insert_}) {
      if (how == &update_ && !in_table) continue;
      int code = bind(*how, key);
      if (code == SQLITE_OK) code = how->blob(3, image);
      if (code == SQLITE_OK) code = done(how->run());
      if (code != SQLITE_OK || (how == &update_ && sqlite3_changes(db_) != 0)) return code;
    }
    count(key, 1);
    return SQLITE_OK;
  }

  // Which keys are in the table is not kept, but how many of each hash: what is not there needs no
  // erasing. One too many costs a statement, one too few a record, so where the counter is full it
  // stays full, and what is rolled back is not taken off.
  std::uint8_t& counter_of(const std::string& key) {
    return in_table_[std::hash<std::string>()(key) % filter_size];
  }
  bool may_be_in_table(const std::string& key) { return counter_of(key) != 0; }
  void count(const std::string& key, int by) {
    std::uint8_t& to = counter_of(key);
    if (to != 255) to = static_cast<std::uint8_t>(to + by);
  }

  sqlite3* db_ = nullptr;
  std::size_t most_ = 0, octets_ = 0;
  sqlite_statement add_, row_, insert_, update_, erase_;
  std::int64_t last_row_ = 0;
  known known_;
  std::vector<std::uint8_t> in_table_;
  bool is_full_ = false;
  // of the open transaction
  octets changes_;
  std::vector<std::pair<std::string, place>> fresh_;
  std::vector<std::string> gone_;
  std::size_t fresh_octets_ = 0;
  bool folded_ = false;
};

}  // namespace vidimus::inline VIDIMUS_ABI::detail

#endif
