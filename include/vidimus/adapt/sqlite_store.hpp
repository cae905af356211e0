// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_SQLITE_STORE_HPP
#define VIDIMUS_ADAPT_SQLITE_STORE_HPP

#include <algorithm>
#include <type_traits>
#include <unordered_set>
#include <variant>
#include <vector>

#include "../model/output.hpp"
#include "../model/record_fields.hpp"
#include "sqlite_file.hpp"

namespace vidimus::inline VIDIMUS_ABI {

namespace detail {

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

}  // namespace detail

/// The records of one role in a `sqlite_file`, which outlives it. Give each batch of outputs to
/// `write`; when it says true, carry the rest out in order. If it says an error, carry out nothing
/// (see `sqlite_file`).
class sqlite_store {
 public:
  /// `role`: any name that tells the roles in one file apart; not empty. Refused: `full`, `busy`,
  /// `io`, `damaged`. Between transactions only.
  static result<sqlite_store, store_error> open(sqlite_file& in, const std::string& role) {
    VIDIMUS_EXPECT(!role.empty() && !in.in_transaction(), "a role is named between transactions");
    sqlite_store made(in);
    if (auto done = made.find(role); !done) return done.error();
    return made;
  }

  /// Carries out one `persist`; durable when true is returned, or with `sqlite_file::commit` if a
  /// transaction is open. Refused: `full`, `busy`, `io`, `damaged`, `denied`, `rolled_back`.
  store_done carry_out(const out::persist& o) {
    return alone([&] { file_->log_.persist(role_, o.key(), o.image()); });
  }
  /// Carries out one `forget`, likewise.
  store_done carry_out(const out::forget& o) {
    return alone([&] { file_->log_.forget(role_, o.key()); });
  }

  /// Carries out what a batch has for the store, all or nothing: in a transaction of its own,
  /// durable when true is returned, or in the one that is open. What is to be forgotten behind a
  /// report waits for the `write` in the next transaction, when the report has been given; a crash
  /// in between brings it again. An empty batch may be given for that. Refused as `carry_out`.
  template <class Output>
  store_done write(const std::vector<Output>& batch) {
    return whole([&] { return each(batch); }, [&] { return has_any(batch); });
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
    if (code == SQLITE_DONE) code = file_->log_.each_living_of(role_, keep);
    if (code != SQLITE_OK) return file_->fail(code, "reading").error();
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
          auto done = each(outputs);
          return done && doubted_ ? set_doubt(false) : done;
        },
        [&] { return doubted_ || has_any(outputs); });
  }

  sqlite_file& file() noexcept { return *file_; }

 private:
  explicit sqlite_store(sqlite_file& in) : file_(&in) {}

  template <class Output>
  bool has_any(const std::vector<Output>& batch) const {
    if (file_->waits_.any()) return true;
    for (const auto& one : batch)
      if (is_for_store(one)) return true;
    return false;
  }

  template <class Do>
  store_done alone(Do what) {
    return whole(
        [&]() -> store_done {
          if (auto still = file_->in_order(); !still) return still;
          what();
          return logged();
        },
        [] { return true; });
  }
  store_done logged() {
    const int code = file_->log_.write(role_);
    if (code != SQLITE_OK) return file_->fail(code, "writing records in");
    return true;
  }

  /// What is to be done about one record.
  struct step {
    std::string key;
    const out::persist* written;  ///< null: it is forgotten
    bool waits = false;           ///< until the report in front of it was given
  };

  /// What a batch comes to: of each record the last word, since all of it becomes durable at once;
  /// and what waits, which is no word yet.
  template <class Output>
  static std::vector<step> steps_of(const std::vector<Output>& batch) {
    std::vector<step> out;
    out.reserve(batch.size());  // views of the keys stay valid
    std::unordered_set<std::string_view> said;
    const auto told = static_cast<std::size_t>(
        std::find_if(batch.begin(), batch.end(), detail::tells<Output>) - batch.begin());
    for (std::size_t i = batch.size(); i-- > 0;) {
      const auto* p = std::get_if<out::persist>(&batch[i]);
      const auto* f = std::get_if<out::forget>(&batch[i]);
      if (p == nullptr && f == nullptr) continue;
      out.push_back({p != nullptr ? p->key() : f->key(), p, f != nullptr && i > told});
      const std::string_view key = out.back().key;
      if (out.back().waits ? said.count(key) != 0 : !said.insert(key).second) out.pop_back();
    }
    std::reverse(out.begin(), out.end());
    return out;
  }

  /// The forgets of earlier transactions, whose reports have been given by now; then the batch.
  template <class Output>
  store_done each(const std::vector<Output>& batch) {
    if (auto still = file_->in_order(); !still) return still;
    auto& log = file_->log_;
    file_->waits_.take(role_, [&](const std::string& key) { log.forget(role_, key); });
    for (step& one : steps_of(batch)) {
      if (one.waits) {
        file_->waits_.note(role_, std::move(one.key));
      } else if (one.written == nullptr) {
        log.forget(role_, one.key);
      } else {
        if (file_->waits_.any()) file_->waits_.drop(role_, one.key);
        log.persist(role_, one.key, one.written->image());
      }
    }
    return logged();
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
  bool doubted_ = false;
};

/// Several batches of one role, one commit. Batches are held back whole and let go in order: none
/// of it is written, transmitted or reported before `release`.
template <class Output>
class sqlite_group {
 public:
  explicit sqlite_group(sqlite_store& to) : store_(&to) {}

  /// Holds a batch back, behind those held already. The role may be called again.
  void add(std::vector<Output> batch) {
    for (auto& one : batch) held_.push_back(std::move(one));
    ++batches_;
  }

  std::size_t batches() const noexcept { return batches_; }

  /// Writes all of it in one transaction; gives what is left to do, in order. Refused as
  /// `sqlite_store::write`: then all is held as before, and may be released again if the fault is
  /// one that may pass. In a transaction of the host's, do what is left behind its `commit`; if
  /// that is refused the group does not hold it any more.
  result<std::vector<Output>, store_error> release() {
    if (auto done = store_->write(held_); !done) return done.error();
    std::vector<Output> left;
    for (auto& one : held_)
      if (!is_for_store(one)) left.push_back(std::move(one));
    held_.clear();
    batches_ = 0;
    return left;
  }

 private:
  sqlite_store* store_;
  std::vector<Output> held_;
  std::size_t batches_ = 0;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
