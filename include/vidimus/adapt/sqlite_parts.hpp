// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_SQLITE_PARTS_HPP
#define VIDIMUS_ADAPT_SQLITE_PARTS_HPP

#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>

#include "../base/bytes.hpp"
#include "store_fault.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// What a commit waits for.
enum class store_sync : std::uint8_t {
  full,    ///< the disk: a commit survives a power cut
  normal,  ///< the system: a commit survives the process, a power cut may take the last ones
};

namespace detail {

inline store_fault fault_of(int code) noexcept {
  switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_NOMEM: return store_fault::full;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return store_fault::busy;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return store_fault::damaged;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY: return store_fault::denied;
    default: return store_fault::io;
  }
}

inline store_error error_of(sqlite3* db, int code, const char* where, const std::string& path) {
  // what this library found wrong is no error of the database's
  const bool known = db != nullptr && (sqlite3_errcode(db) & 0xff) == (code & 0xff);
  const char* why = known ? sqlite3_errmsg(db) : sqlite3_errstr(code);
  return {fault_of(code), code, std::string(where) + ' ' + path + ": " + why};
}

/// Linux names each run of the machine; elsewhere it has no name.
inline std::string boot_of_machine() {
  std::FILE* f = std::fopen("/proc/sys/kernel/random/boot_id", "r");
  if (f == nullptr) return {};
  char text[37] = {};
  const std::size_t n = std::fread(text, 1, 36, f);
  std::fclose(f);
  return n == 36 ? std::string(text, n) : std::string();
}

/// Whether the write-ahead log of a database stands beside it. An empty one may have been made by
/// somebody who only looked.
inline bool has_log(sqlite3* db) {
  const char* name = sqlite3_db_filename(db, "main");
  if (name == nullptr || *name == '\0') return false;  // a database in memory
  std::error_code missing;
  const auto size = std::filesystem::file_size(std::string(name) + "-wal", missing);
  return !missing && size > 0;
}

/// Whether closing leaves the write-ahead log where and as it is.
inline void keep_log(sqlite3* db, bool keep) {
  sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, nullptr);
}

/// `vidimus_waiting` is of earlier versions of the library, and stays empty.
inline std::string sqlite_schema(int application) {
  return "CREATE TABLE vidimus_store(generation INTEGER NOT NULL, is_open INTEGER NOT NULL, "
         "sync TEXT NOT NULL, boot TEXT NOT NULL);"
         "INSERT INTO vidimus_store VALUES(0, 0, '', '');"
         "CREATE TABLE vidimus_role(name BLOB NOT NULL UNIQUE, doubt INTEGER NOT NULL);"
         "CREATE TABLE vidimus_record(role INTEGER NOT NULL, key BLOB NOT NULL, "
         "image BLOB NOT NULL, UNIQUE(role, key));"
         "CREATE TABLE vidimus_waiting(role INTEGER NOT NULL, key BLOB NOT NULL, "
         "since INTEGER NOT NULL, UNIQUE(role, key));"
         "PRAGMA application_id = " +
         std::to_string(application) + ';';
}

/// Writes into a copy that it is one, and closed.
inline store_done mark_copy(const std::string& path) {
  sqlite3* made = nullptr;
  int code = sqlite3_open_v2(path.c_str(), &made, SQLITE_OPEN_READWRITE, nullptr);
  if (code == SQLITE_OK)
    code = sqlite3_exec(made,
                        "BEGIN; UPDATE vidimus_role SET doubt = 1;"
                        "UPDATE vidimus_store SET is_open = 0; COMMIT",
                        nullptr, nullptr, nullptr);
  store_done done = true;
  if (code != SQLITE_OK) done = error_of(made, code, "marking a copy", path);
  sqlite3_close_v2(made);
  return done;
}

/// A prepared statement. What is bound must outlive the step.
class sqlite_statement {
 public:
  sqlite_statement() = default;
  sqlite_statement(const sqlite_statement&) = delete;
  sqlite_statement& operator=(const sqlite_statement&) = delete;
  ~sqlite_statement() { close(); }

  int prepare(sqlite3* db, const char* sql) {
    close();
    return sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &held_, nullptr);
  }
  void close() {
    sqlite3_finalize(held_);
    held_ = nullptr;
  }

  int text(int at, std::string_view value) {
    return sqlite3_bind_text64(held_, at, value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  int blob(int at, octets_view value) {
    if (value.empty()) return sqlite3_bind_zeroblob(held_, at, 0);  // a null pointer would be NULL
    return sqlite3_bind_blob64(held_, at, value.data(), value.size(), SQLITE_STATIC);
  }
  int integer(int at, std::int64_t value) { return sqlite3_bind_int64(held_, at, value); }

  int values() const { return sqlite3_bind_parameter_count(held_); }

  bool is_made() const noexcept { return held_ != nullptr; }
  int step() { return sqlite3_step(held_); }
  /// Ready for the next values.
  void reset() {
    sqlite3_reset(held_);
    sqlite3_clear_bindings(held_);
  }
  /// One step of a statement that gives no rows, which is then ready for the next values.
  int run() {
    const int code = sqlite3_step(held_);
    reset();
    return code;
  }

  std::string column(int at) const {
    const auto octets = raw(at);
    return std::string(as_text(octets));
  }
  octets_view raw(int at) const {
    const void* begin = sqlite3_column_blob(held_, at);
    return {static_cast<const octet*>(begin),
            static_cast<std::size_t>(sqlite3_column_bytes(held_, at))};
  }
  std::int64_t integer(int at) const { return sqlite3_column_int64(held_, at); }

 private:
  sqlite3_stmt* held_ = nullptr;
};

/// The first column of the first row; `SQLITE_ROW` if there is one.
inline int ask(sqlite3* db, const char* sql, std::string& to) {
  sqlite_statement s;
  int code = s.prepare(db, sql);
  if (code == SQLITE_OK) code = s.step();
  if (code == SQLITE_ROW) to = s.column(0);
  return code;
}

/// How many pages a file may have: records three quarters of them. What makes space may need some
/// first, and has the rest.
class page_limit {
 public:
  explicit page_limit(std::uint32_t most = 0) : most_(most) {}

  std::string for_records() const {
    return most_ != 0 ? "PRAGMA max_page_count = " + std::to_string(most_ - most_ / 4) : "";
  }
  /// Octets of changes in front of the table: a sixteenth, so that the quarter holds them there.
  std::size_t for_log() const noexcept {
    return most_ != 0 ? std::size_t{most_} * 256 : std::numeric_limits<std::size_t>::max();
  }
  /// Does something; `lift`: that makes space. A host may have set a higher limit since.
  template <class Do>
  int lifted(sqlite3* db, bool lift, Do what) const {
    std::string now;
    if (most_ == 0 || !lift || ask(db, "PRAGMA max_page_count", now) != SQLITE_ROW ||
        std::strtoul(now.c_str(), nullptr, 10) > most_)
      return what();
    const std::string all = "PRAGMA max_page_count = " + std::to_string(most_);
    sqlite3_exec(db, all.c_str(), nullptr, nullptr, nullptr);
    const int code = what();
    sqlite3_exec(db, for_records().c_str(), nullptr, nullptr, nullptr);
    return code;
  }

 private:
  std::uint32_t most_;
};

}  // namespace detail

/// How a file is opened.
struct sqlite_options {
  store_sync sync = store_sync::full;
  /// For another process that has the file open, as one that a supervisor has just ended; then
  /// `busy`.
  std::uint32_t wait_ms = 0;
  /// Most pages of 4,096 octets, and 0 is as the disk allows. A quarter of them is kept for
  /// bringing the table up to date and for forgetting: records find the file `full` before.
  std::uint32_t pages_max = 0;
  bool check = true;  ///< read the whole file once and refuse it if it is damaged
  /// Names this run of the machine, for `store_sync::normal`; empty: not known, then every end that
  /// was no proper close counts as a power cut.
  std::string boot = detail::boot_of_machine();
  /// Octets of changes that may be gathered in front of the table of records, and in memory as
  /// well; then the oldest quarter leaves, and what is still needed of it is brought to the table.
  /// When the file is closed all of it is.
  std::size_t log_max = 16u << 20;
};

namespace detail {

/// Says in the file that it is open, how, and on which run of the machine; doubts all roles if the
/// last life may have lost its last commits. `SQLITE_DONE`, or why not.
inline int mark_open(sqlite3* db, const sqlite_options& options) {
  sqlite_statement seek, mark;
  int code = seek.prepare(db,
                          "SELECT is_open = 1 AND sync = 'normal' AND (boot = '' OR boot <> ?1) "
                          "FROM vidimus_store");
  if (code == SQLITE_OK) code = seek.text(1, options.boot);
  if (code == SQLITE_OK) code = seek.step();
  if (code != SQLITE_ROW) return code;
  const bool doubtful = seek.integer(0) != 0;
  seek.close();
  code = mark.prepare(db,
                      "UPDATE vidimus_store SET is_open = 1, generation = generation + 1, "
                      "sync = ?1, boot = ?2");
  if (code == SQLITE_OK) code = mark.text(1, options.sync == store_sync::full ? "full" : "normal");
  if (code == SQLITE_OK) code = mark.text(2, options.boot);
  if (code == SQLITE_OK) code = mark.step();
  if (code != SQLITE_DONE || !doubtful) return code;
  code = mark.prepare(db, "UPDATE vidimus_role SET doubt = 1");
  return code == SQLITE_OK ? mark.step() : code;
}

}  // namespace detail

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
