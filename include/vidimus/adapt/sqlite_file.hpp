// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_SQLITE_FILE_HPP
#define VIDIMUS_ADAPT_SQLITE_FILE_HPP

#include <memory>

#include "sqlite_log.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// One SQLite file with the records of one or several roles (adapt/sqlite_store.hpp), open in one
/// process at a time: a write-ahead log, one transaction at a time, an exclusive lock until it is
/// destroyed. Needs SQLite 3.31 and -lsqlite3. Used by one thread at a time; not to be used in a
/// child behind `fork`.
///
/// After an error nothing of the transaction is in the file, and nothing behind it may be given
/// out. `full` and `busy` may pass: write the same again. `rolled_back`, by a statement of the
/// host's: roll back, and do all of it again. Others are final for this object (`failed`): make new
/// roles from a file opened anew.
class sqlite_file {
 public:
  using opened = result<std::unique_ptr<sqlite_file>, store_error>;

  /// Opens a file, made if it is missing or empty. Refused: every `store_fault` but the last two.
  static opened open(const std::string& path, const sqlite_options& options = {}) {
    std::unique_ptr<sqlite_file> made(new sqlite_file);
    made->path_ = path;
    if (auto done = made->start(options); !done) {
      made->marked_ = false;  // it is not ours to mark
      return done.error();
    }
    return made;
  }

  sqlite_file(const sqlite_file&) = delete;
  sqlite_file& operator=(const sqlite_file&) = delete;

  /// Rolls an open transaction back and closes the file properly. If that fails it is as after a
  /// crash: all that was committed is there.
  ~sqlite_file() {
    if (db_ == nullptr) return;
    rollback();
    if (marked_ && !failed_) {
      (void)fold();
      (void)execute("UPDATE vidimus_store SET is_open = 0", "closing");
    }
    log_.close();
    sqlite3_close_v2(db_);
  }

  /// Begins a transaction, for several batches or for an effect of the host's together with a
  /// batch. One must not be open already. Refused: `busy`, `full`, and what is final.
  store_done begin() {
    VIDIMUS_EXPECT(!open_, "one transaction at a time");
    if (failed_) return *failed_;
    lost_.reset();
    if (auto done = execute("BEGIN IMMEDIATE", "beginning a transaction"); !done) return done;
    open_ = true;
    told_ = false;
    if (!log_.is_due()) return true;
    const int code = pages_.lifted(db_, log_.wants_space(), [&] { return log_.fold(); });
    if (code == SQLITE_OK) return true;
    store_done done = fail(code, "bringing the table up to date in");
    rollback();
    if (failed_) return done;
    // where there is no space for it now, what is to be written may still find some
    if (auto again = execute("BEGIN IMMEDIATE", "beginning a transaction"); !again) return again;
    open_ = true;
    return true;
  }

  /// Makes the transaction durable. Refused with the first error since `begin`, or that of the
  /// commit: then nothing of it is in the file. After `io` alone that is not known; a file opened
  /// anew shows it, and either is lawful.
  store_done commit() {
    VIDIMUS_EXPECT(open_, "no transaction to commit");
    if (auto still = in_order(); !still) {
      rollback();
      return still;
    }
    auto done = execute("COMMIT", "committing");
    if (done) {
      waits_.committed();
      log_.committed();
    } else {
      rollback();
    }
    open_ = false;
    return done;
  }

  /// Ends the transaction, if there is one, without a trace.
  void rollback() {
    if (open_ && !lost_) (void)in_order();
    if (sqlite3_get_autocommit(db_) == 0) sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
    open_ = false;
    waits_.rolled_back();
    log_.rolled_back();
    lost_.reset();
  }

  bool in_transaction() const noexcept { return open_; }

  /// The error that was final; nothing if there was none.
  const std::optional<store_error>& failed() const noexcept { return failed_; }

  /// True if the file was missing or empty: nothing is to be restored.
  bool created() const noexcept { return created_; }

  /// How often the file was opened, this time included. A host that notes it elsewhere knows a file
  /// of an earlier life by a lower number, and calls `sqlite_store::doubt`.
  std::uint64_t generation() const noexcept { return generation_; }

  /// Writes a copy to `path`, which must not exist, between transactions. The copy knows that it is
  /// one: `sqlite_store::last_durable` is false of every role in it. Refused: `denied`, `full`,
  /// `io`; none of them is final, and what was written of the copy cannot be opened.
  store_done back_up(const std::string& path) {
    VIDIMUS_EXPECT(!open_, "a copy is made between transactions");
    if (failed_) return *failed_;
    detail::sqlite_statement copy;
    int code = copy.prepare(db_, "VACUUM INTO ?1");
    if (code == SQLITE_OK) code = copy.text(1, path);
    if (code == SQLITE_OK) code = copy.step();
    if (code != SQLITE_DONE) return detail::error_of(db_, code, "making a copy", path);
    return detail::mark_copy(path);
  }

  /// For tables of the host's in the same file, whose names do not begin with `vidimus`, changed
  /// between `begin` and `commit`. Transactions are begun and ended by this class alone, and no
  /// savepoint is open while it is called.
  sqlite3* handle() noexcept { return db_; }

 private:
  friend class sqlite_store;
  static constexpr int application = 0x5669644d;  ///< "VidM"
  static constexpr int schema = 3;                ///< 1 had no log, 2 rows that were not packed

  sqlite_file() = default;

  store_error error_of(sqlite3* db, int code, const char* where) const {
    return detail::error_of(db, code, where, path_);
  }
  store_error refusal(store_fault kind, const char* why) const {
    return {kind, SQLITE_OK, "opening " + path_ + ": " + why};
  }

  /// Keeps an error: final, or of the open transaction, which is rolled back at once.
  store_done fail(int code, const char* where) {
    const store_error e = error_of(db_, code, where);
    if (open_) {
      if (sqlite3_get_autocommit(db_) == 0)
        sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
      lost_ = e;
    }
    if (is_final(e.kind)) failed_ = e;
    if (e.kind == store_fault::full) log_.want_space();
    return e;
  }

  /// Whether an open transaction is still what it was: a statement of the host's may have ended it.
  store_done in_order() {
    if (failed_) return *failed_;
    if (lost_) return *lost_;
    if (open_ && sqlite3_get_autocommit(db_) != 0) {
      lost_ = store_error{store_fault::rolled_back, SQLITE_OK,
                          path_ + ": the transaction was ended by a statement of the host's"};
      // it may have been committed by that: all is to be seen anew
      waits_.clear();
      if (log_.load() != SQLITE_OK) failed_ = lost_;
      return *lost_;
    }
    return true;
  }

  store_done execute(const char* sql, const char* where) {
    const int code = sqlite3_exec(db_, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return fail(sqlite3_extended_errcode(db_), where);
    return true;
  }

  result<std::string, store_error> ask(const char* sql) {
    if (std::string out; detail::ask(db_, sql, out) == SQLITE_ROW) return out;
    return error_of(db_, sqlite3_extended_errcode(db_), "opening");
  }

  store_done start(const sqlite_options& options) {
    const int how = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (const int code = sqlite3_open_v2(path_.c_str(), &db_, how, nullptr); code != SQLITE_OK)
      return error_of(db_, code, "opening");
    sqlite3_extended_result_codes(db_, 1);
    if (sqlite3_db_readonly(db_, "main") == 1) return refusal(store_fault::denied, "read only");
    detail::keep_log(db_, true);  // a file that is refused keeps its log
    sqlite3_busy_timeout(db_, static_cast<int>(options.wait_ms));
    const bool log_there = detail::has_log(db_);  // before the first statement, which may make one
    if (auto done = execute("PRAGMA locking_mode = EXCLUSIVE", "opening"); !done) return done;
    if (auto done = look(log_there); !done) return done;
    return take(options);
  }

  /// Reads what the file is, and changes nothing.
  store_done look(bool log_there) {
    const auto id = ask("PRAGMA application_id");
    const auto written_by = ask("PRAGMA user_version");
    const auto tables = ask("SELECT count(*) FROM sqlite_master");
    for (const auto* one : {&id, &written_by, &tables})
      if (!*one) return one->error();
    created_ = *tables == "0" && *id == "0" && *written_by == "0";
    if (created_) return true;
    if (*id != std::to_string(application))
      return refusal(store_fault::not_ours, "it is a database of another program");
    if (std::strtol(written_by->c_str(), nullptr, 10) > schema)
      return refusal(store_fault::newer, "it was written by a newer version of the library");
    if (*written_by != "1" && *written_by != "2" && *written_by != std::to_string(schema))
      return refusal(store_fault::damaged, "its schema has no version");
    has_log_ = *written_by != "1";
    const auto was_open = ask("SELECT is_open FROM vidimus_store");
    if (!was_open) return was_open.error();
    if (*was_open != "0" && !log_there)
      return refusal(store_fault::incomplete,
                     "it was not closed properly, and its write-ahead log (-wal) is missing");
    return true;
  }

  /// Makes the file this process's own.
  store_done take(const sqlite_options& options) {
    const auto mode = ask("PRAGMA journal_mode = WAL");
    if (!mode) return mode.error();
    if (*mode != "wal") return refusal(store_fault::denied, "there is no write-ahead log for it");
    const bool full = options.sync == store_sync::full;
    std::string how = full ? "PRAGMA synchronous = FULL;" : "PRAGMA synchronous = NORMAL;";
    // records are short-lived: the longer the log, the fewer of their pages reach the file
    how += "PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -8192;";
    // pages of rows that are gone are not written once more (some SQLite does, as it is packaged)
    how += "PRAGMA secure_delete = FAST;";
    pages_ = detail::page_limit(options.pages_max);
    how += pages_.for_records();
    if (auto done = execute(how.c_str(), "opening"); !done) return done;
    if (options.check && !created_) {
      const auto sound = ask("PRAGMA quick_check(1)");
      if (!sound) return sound.error();
      if (*sound != "ok") return refusal(store_fault::damaged, sound->c_str());
    }
    if (auto done = begin(); !done) return done;
    std::string sql = created_ ? detail::sqlite_schema(application) : std::string();
    if (!has_log_) sql.append(detail::record_log::table) += ';';
    sql += "PRAGMA user_version = " + std::to_string(schema);
    if (auto done = execute(sql.c_str(), "making the schema"); !done) return done;
    if (auto done = mark(options); !done) return done;
    const int code = log_.open(db_, std::min(pages_.for_log(), options.log_max));
    if (code != SQLITE_OK) return fail(code, "opening");
    if (auto done = commit(); !done) return done;
    marked_ = true;
    detail::keep_log(db_, false);
    // the mark stands in the file itself, and the log is not empty from here on: so a file that was
    // parted from its log is known
    if (auto done = execute("PRAGMA wal_checkpoint(FULL)", "opening"); !done) return done;
    return true;
  }

  int write_log(std::int64_t role) {
    return pages_.lifted(db_, log_.wants_space() && !log_.has_image(),
                         [&] { return log_.write(role); });
  }

  /// Between transactions.
  store_done fold() {
    if (!log_.has_any()) return true;
    log_.want_space();
    if (auto done = begin(); !done) return done;
    return commit();
  }

  store_done mark(const sqlite_options& options) {
    if (const int code = detail::mark_open(db_, options); code != SQLITE_DONE)
      return fail(code, "opening");
    const auto generation = ask("SELECT generation FROM vidimus_store");
    if (!generation) return generation.error();
    generation_ = std::strtoull(generation->c_str(), nullptr, 10);
    return true;
  }

  sqlite3* db_ = nullptr;
  std::string path_;
  detail::record_log log_;
  detail::waiting_forgets waits_;
  detail::batch_words words_;
  std::optional<store_error> failed_;  ///< final
  std::optional<store_error> lost_;    ///< of the open transaction
  bool open_ = false;                  ///< between begin and its end
  bool marked_ = false;
  bool created_ = false;
  bool has_log_ = false;
  bool told_ = false;  ///< a report is in the open transaction: what is forgotten now waits
  detail::page_limit pages_;
  std::uint64_t generation_ = 0;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
