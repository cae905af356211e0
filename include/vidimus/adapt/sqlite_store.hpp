// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_SQLITE_STORE_HPP
#define VIDIMUS_ADAPT_SQLITE_STORE_HPP

#include <algorithm>
#include <vector>

#include "../model/record_fields.hpp"
#include "sqlite_file.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// The records of one role in a `sqlite_file`, which outlives it. Give each batch of outputs to
/// `write`; when it says true, carry the rest out in order. If it says an error, carry out nothing
/// (see `sqlite_file`).
class sqlite_store {
 public:
  /// `role`: any name that tells the roles in one file apart; not empty. A name that is not in the
  /// file makes a new role without records (`created`). Refused: `full`, `busy`, `io`, `damaged`.
  /// Between transactions only.
  static result<sqlite_store, store_error> open(sqlite_file& in, const std::string& role) {
    VIDIMUS_EXPECT(!role.empty() && !in.in_transaction(), "a role is named between transactions");
    sqlite_store made(in);
    if (auto done = made.find(role); !done) return done.error();
    return made;
  }

  /// Carries out one `persist`; durable when true is returned, or with `sqlite_file::commit` if a
  /// transaction is open. Refused: `full`, `busy`, `io`, `damaged`, `denied`, `rolled_back`.
  store_done carry_out(const out::persist& o) {
    return alone([&] {
      const std::string key = o.key();
      file_->waits_.drop(role_, key);
      return file_->log_.persist(role_, key, o);
    });
  }
  /// Carries out one `forget`, likewise.
  store_done carry_out(const out::forget& o) {
    return alone([&] { return file_->log_.forget(role_, o.key()); });
  }

  /// Carries out what a batch has for the store, all or nothing: in a transaction of its own,
  /// durable when true is returned, or in the one that is open. What is to be forgotten behind a
  /// report waits for the `write` in the next transaction, when the report has been given; a crash
  /// in between brings it again. An empty batch may be given for that. Refused as `carry_out`.
  template <class Output>
  store_done write(const std::vector<Output>& batch) {
    return write(std::span(&batch, 1));
  }
  /// Several batches likewise, as if they were one.
  template <class Output>
  store_done write(std::span<const std::vector<Output>> batches) {
    return whole([&] { return each(batches); }, [&] { return has_any(batches); });
  }

  /// All records, for `restore`, in the order of their keys. Between transactions only. Refused:
  /// `io`, `damaged`, `full`.
  result<std::vector<stored>, store_error> all() {
    VIDIMUS_EXPECT(!file_->in_transaction(), "records are read between transactions");
    if (file_->failed()) return *file_->failed();
    std::vector<stored> out;
    const auto keep = [&](std::string key, octets_view image) {
      out.push_back({std::move(key), octets(image.begin(), image.end())});
    };
    detail::sqlite_statement s;
    int code = s.prepare(file_->db_, "SELECT key, image FROM vidimus_record WHERE role = ?1");
    if (code == SQLITE_OK) code = s.integer(1, role_);
    if (code == SQLITE_OK)
      while ((code = s.step()) == SQLITE_ROW) {
        std::string key = s.column(0);
        if (!file_->log_.is_known(role_, key)) keep(std::move(key), s.raw(1));
      }
    if (code != SQLITE_DONE) return file_->fail(code, "reading").error();
    file_->log_.each_living_of(role_, keep);
    std::sort(out.begin(), out.end(),
              [](const stored& a, const stored& b) { return a.key < b.key; });
    return out;
  }

  /// What to tell `restore`. False after `doubt`, in a copy made by `sqlite_file::back_up`, and
  /// when a power cut may have taken commits (`store_sync::normal`); until `restored`. True: the
  /// store knows nothing against it. A copy of the files made by other means looks like the
  /// original: say `doubt` then.
  bool last_durable() const noexcept { return !doubted_; }

  /// These records may be older than what was made durable. Itself durable. Between transactions
  /// only. Refused as `carry_out`.
  store_done doubt() {
    VIDIMUS_EXPECT(!file_->in_transaction(), "doubt is raised between transactions");
    return set_doubt(true);
  }

  /// Carries out what `restore` gave: its records and the end of the doubt together, so that a
  /// crash before leaves the doubt (docs/hosting.md, restore). Between transactions only. Refused
  /// as `carry_out`.
  template <class Output>
  store_done restored(const std::vector<Output>& outputs) {
    VIDIMUS_EXPECT(!file_->in_transaction(), "a role is restored between transactions");
    return whole(
        [&] {
          auto done = each(std::span(&outputs, 1));
          return done && doubted_ ? set_doubt(false) : done;
        },
        [&] { return doubted_ || has_any(std::span(&outputs, 1)); });
  }

  /// Whether the file had no role of this name.
  bool created() const noexcept { return created_; }
  sqlite_file& file() noexcept { return *file_; }

 private:
  explicit sqlite_store(sqlite_file& in) : file_(&in) {}

  template <class Output>
  bool has_any(std::span<const std::vector<Output>> batches) const {
    if (file_->waits_.any()) return true;
    for (const auto& batch : batches)
      for (const auto& one : batch)
        if (is_for_store(one)) return true;
    return false;
  }

  template <class Do>
  store_done alone(Do what) {
    return whole([&] { return logged(what); }, [] { return true; });
  }
  /// Makes rows of the forgets of earlier transactions, whose reports have been given by now, and
  /// of what `gather` puts into the log.
  template <class Gather>
  store_done logged(Gather gather) {
    if (auto still = file_->in_order(); !still) return still;
    int code = SQLITE_OK;
    file_->waits_.take(role_, [&](std::string_view key) {
      if (code == SQLITE_OK) code = file_->log_.forget(role_, key);
    });
    if (code == SQLITE_OK) code = gather();
    if (code == SQLITE_OK) code = file_->write_log(role_);
    if (code != SQLITE_OK) return file_->fail(code, "writing records in");
    return true;
  }

  template <class Output>
  store_done each(std::span<const std::vector<Output>> batches) {
    return logged([&] {
      auto& log = file_->log_;
      auto& waits = file_->waits_;
      int code = SQLITE_OK;
      file_->told_ = file_->words_.read(role_, batches, file_->told_);
      file_->words_.each_said([&](std::string_view key, const out::persist* written) {
        if (written != nullptr) waits.drop(role_, key);
        if (code == SQLITE_OK)
          code = written != nullptr ? log.persist(role_, key, *written) : log.forget(role_, key);
      });
      file_->words_.each_late([&](std::string_view key) { waits.note(role_, key); });
      return code;
    });
  }

  /// Does all of it in the open transaction, or in one of its own.
  template <class Do, class Needed>
  store_done whole(Do what, Needed needed) {
    if (file_->in_transaction()) return what();
    if (auto still = file_->in_order(); !still || !needed()) return still;
    if (auto done = file_->begin(); !done) return done;
    const bool doubted = doubted_;
    auto done = what();
    if (done)
      done = file_->commit();
    else
      file_->rollback();
    if (!done) doubted_ = doubted;
    return done;
  }

  store_done ended(detail::sqlite_statement& s, int code, const char* where) {
    if (code == SQLITE_OK) code = s.run();
    if (code == SQLITE_DONE) return true;
    return file_->fail(code, where);
  }

  store_done set_doubt(bool to) {
    if (auto still = file_->in_order(); !still) return still;
    detail::sqlite_statement s;
    int code = s.prepare(file_->db_, "UPDATE vidimus_role SET doubt = ?1 WHERE rowid = ?2");
    if (code == SQLITE_OK) code = s.integer(1, to ? 1 : 0);
    if (code == SQLITE_OK) code = s.integer(2, role_);
    auto done = ended(s, code, "marking a role in");
    if (done) doubted_ = to;
    return done;
  }

  store_done find(const std::string& role) {
    if (file_->failed()) return *file_->failed();
    detail::sqlite_statement add, seek;
    int code =
        add.prepare(file_->db_, "INSERT OR IGNORE INTO vidimus_role(name, doubt) VALUES(?1, 0)");
    if (code == SQLITE_OK) code = add.blob(1, as_octets(role));
    if (auto done = ended(add, code, "naming a role in"); !done) return done;
    created_ = sqlite3_changes(file_->db_) != 0;
    code = seek.prepare(file_->db_, "SELECT rowid, doubt FROM vidimus_role WHERE name = ?1");
    if (code == SQLITE_OK) code = seek.blob(1, as_octets(role));
    if (code == SQLITE_OK) code = seek.step();
    if (code != SQLITE_ROW) return file_->fail(code, "reading");
    role_ = seek.integer(0);
    doubted_ = seek.integer(1) != 0;
    return true;
  }

  sqlite_file* file_;
  std::int64_t role_ = 0;
  bool doubted_ = false, created_ = false;
};

/// Several batches of one role, one commit. Batches are held back whole and let go in order: none
/// of it is written, transmitted or reported before `release`.
template <class Output>
class sqlite_group {
 public:
  explicit sqlite_group(sqlite_store& to) : store_(&to) {}

  /// Holds a batch back, behind those held already. The role may be called again.
  void add(std::vector<Output> batch) { held_.push_back(std::move(batch)); }

  std::size_t batches() const noexcept { return held_.size(); }

  /// Writes all of it in one transaction; gives what is left to do, in order. Refused as
  /// `sqlite_store::write`: then all is held as before, and may be released again if the fault is
  /// one that may pass. In a transaction of the host's, do what is left behind its `commit`; if
  /// that is refused the group does not hold it any more.
  result<std::vector<Output>, store_error> release() {
    if (auto done = store_->write(std::span<const std::vector<Output>>(held_)); !done)
      return done.error();
    std::vector<Output> left;
    for (auto& batch : held_)
      for (auto& one : batch)
        if (!is_for_store(one)) left.push_back(std::move(one));
    held_.clear();
    return left;
  }

 private:
  sqlite_store* store_;
  std::vector<std::vector<Output>> held_;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
