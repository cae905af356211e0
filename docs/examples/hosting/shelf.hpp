// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_HOSTING_SHELF_HPP
#define VIDIMUS_DOCS_EXAMPLES_HOSTING_SHELF_HPP

#include <map>
#include <vidimus/adapt/sqlite_store.hpp>

#include "options.hpp"

namespace hosting {

/// A statement of the program's own, run in the file's open transaction. It is made once for each
/// `sql`, which is a literal, and kept.
class row {
 public:
  row(sqlite_file& in, const char* sql) : db_(in.handle()), held_(kept()[{db_, sql}]) {
    if (!held_.is_made()) must(held_.prepare(db_, sql));
  }
  row(const row&) = delete;
  row& operator=(const row&) = delete;
  ~row() { held_.reset(); }
  /// Before the file is closed.
  static void forget_all() { kept().clear(); }

  row& text(std::string_view value) { return must(held_.text(++at_, value)); }
  row& blob(octets_view value) { return must(held_.blob(++at_, value)); }
  row& integer(std::uint64_t value) {
    return must(held_.integer(++at_, static_cast<std::int64_t>(value)));
  }
  row& name(const message_name& of) { return blob(of.in.id.view()).integer(of.at); }
  void run() {
    if (held_.run() != SQLITE_DONE) fail();
  }
  /// Calls `each` with the statement for each row that it gives.
  template <class Each>
  void read(Each each) {
    int code = held_.step();
    for (; code == SQLITE_ROW; code = held_.step()) each(held_);
    if (code != SQLITE_DONE) fail();
  }

 private:
  row& must(int code) {
    if (code != SQLITE_OK) fail();
    return *this;
  }
  [[noreturn]] void fail() { stop(exit_store, sqlite3_errmsg(db_)); }

  static std::map<std::pair<sqlite3*, const char*>, detail::sqlite_statement>& kept() {
    static std::map<std::pair<sqlite3*, const char*>, detail::sqlite_statement> all;
    return all;
  }

  sqlite3* db_;
  detail::sqlite_statement& held_;
  int at_ = 0;
};

/// The file of one role: its records and the program's own tables, changed together. A program
/// whose store fails ends as it is; what was durable is right to start from (docs/hosting.md).
template <class Output>
class shelf {
 public:
  /// `tables`: SQL that makes the program's own if they are missing.
  shelf(const std::string& path, const char* role, const char* tables) {
    sqlite_options how;
    how.wait_ms = 5000;  // a former life that was killed may still be going
    auto opened = sqlite_file::open(path, how);
    if (!opened) stop(exit_store, opened.error().what);
    file_ = std::move(*opened);
    auto store = sqlite_store::open(*file_, role);
    if (!store) stop(exit_store, store.error().what);
    store_.emplace(*store);
    group_.emplace(*store_);
    if (sqlite3_exec(file_->handle(), tables, nullptr, nullptr, nullptr) != SQLITE_OK)
      stop(exit_store, sqlite3_errmsg(file_->handle()));
  }

  sqlite_file& file() { return *file_; }
  std::vector<stored> all() {
    auto records = store_->all();
    if (!records) stop(exit_store, records.error().what);
    return std::move(*records);
  }
  bool last_durable() const { return store_->last_durable(); }

  /// Makes durable what `restore` gave; gives what is left to do, before all else.
  std::vector<Output> restored(result<std::vector<Output>> outputs) {
    if (!outputs) stop(exit_store, std::string(sentence(outputs.error())));
    must(store_->restored(*outputs));
    std::erase_if(*outputs, [](const Output& one) { return is_for_store(one); });
    return std::move(*outputs);
  }

  void begin() { must(file_->begin()); }
  void add(std::vector<Output> batch) { group_->add(std::move(batch)); }
  /// Makes durable what was added, and the program's own changes since `begin`; gives what is left
  /// to do, in order.
  std::vector<Output> commit() {
    auto left = group_->release();
    if (!left) stop(exit_store, left.error().what);
    must(file_->commit());
    return std::move(*left);
  }
  /// All is told and done: closes the file.
  void close() {
    must(store_->write(std::vector<Output>{}));
    row::forget_all();
    file_.reset();
  }

 private:
  static void must(const store_done& done) {
    if (!done) stop(exit_store, done.error().what);
  }

  std::unique_ptr<sqlite_file> file_;
  std::optional<sqlite_store> store_;
  std::optional<sqlite_group<Output>> group_;
};

}  // namespace hosting

#endif
