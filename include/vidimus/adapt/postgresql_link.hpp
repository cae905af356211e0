// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_POSTGRESQL_LINK_HPP
#define VIDIMUS_ADAPT_POSTGRESQL_LINK_HPP

#include <libpq-fe.h>

#include <map>
#include <string>
#include <vector>

#include "../base/bytes.hpp"
#include "store_fault.hpp"

#if !defined(LIBPQ_HAS_PIPELINING)
#error "Vidimus: adapt/postgresql_*.hpp needs libpq 14 or later"
#endif

namespace vidimus::inline VIDIMUS_ABI::detail {

/// The five characters of an SQLSTATE as a number in base 36; 0 if there are none.
inline int code_of_sqlstate(std::string_view state) noexcept {
  int code = 0;
  for (const char c : state) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && (c < 'A' || c > 'Z')) return 0;
    code = code * 36 + (digit ? c - '0' : c - 'A' + 10);
  }
  return state.size() == 5 ? code : 0;
}

inline store_fault fault_of_sqlstate(std::string_view state) noexcept {
  const auto in = [&](std::string_view begin) { return state.starts_with(begin); };
  if (state.empty() || in("08") || in("57P")) return store_fault::unreachable;
  if (in("40") || in("55P03") || in("57014") || in("53300") || in("25P03"))
    return store_fault::busy;
  if (in("53100") || in("53200") || in("54")) return store_fault::full;
  if (in("28") || in("42501") || in("3D") || in("25006")) return store_fault::denied;
  if (in("42") || in("3F")) return store_fault::not_ours;
  if (in("XX001") || in("XX002")) return store_fault::damaged;
  return store_fault::io;
}

/// The values of one statement, in binary form.
class postgresql_values {
 public:
  postgresql_values& bytes(octets_view value) {
    held_.emplace_back(value.begin(), value.end());
    return *this;
  }
  postgresql_values& text(std::string_view value) { return bytes(as_octets(value)); }
  postgresql_values& integer(std::int64_t value) {
    writer(held_.emplace_back()).u64(static_cast<std::uint64_t>(value));
    return *this;
  }
  postgresql_values& truth(bool value) {
    held_.push_back({static_cast<octet>(value ? 1 : 0)});
    return *this;
  }
  /// A `bytea[]`.
  postgresql_values& list(const std::vector<octets_view>& values) {
    constexpr std::uint32_t bytea = 17;
    writer w(held_.emplace_back());
    for (const std::uint32_t part : {values.empty() ? 0u : 1u, 0u, bytea}) w.u32(part);
    if (!values.empty()) {
      w.u32(static_cast<std::uint32_t>(values.size()));
      w.u32(1);
    }
    for (const octets_view one : values) w.sized(one);
    return *this;
  }
  const std::vector<octets>& held() const noexcept { return held_; }

 private:
  std::vector<octets> held_;
};

/// What one statement gave, in binary form.
class postgresql_rows {
 public:
  explicit postgresql_rows(PGresult* held) : held_(held) {}
  postgresql_rows(postgresql_rows&& other) noexcept : held_(std::exchange(other.held_, nullptr)) {}
  postgresql_rows& operator=(postgresql_rows&& other) noexcept {
    std::swap(held_, other.held_);
    return *this;
  }
  ~postgresql_rows() { PQclear(held_); }

  int count() const { return PQntuples(held_); }
  bool is_null(int row, int column) const { return PQgetisnull(held_, row, column) != 0; }
  octets_view bytes(int row, int column) const {
    return {reinterpret_cast<const octet*>(PQgetvalue(held_, row, column)),
            static_cast<std::size_t>(PQgetlength(held_, row, column))};
  }
  std::string text(int row, int column) const { return std::string(as_text(bytes(row, column))); }
  std::int64_t integer(int row, int column) const {
    reader r(bytes(row, column));
    return static_cast<std::int64_t>(r.u64());
  }
  bool truth(int row, int column) const { return bytes(row, column)[0] != 0; }
  /// 0 if there is no row.
  std::int64_t first_integer() const { return count() > 0 ? integer(0, 0) : 0; }
  /// A statement that writes has changed no row.
  bool wrote_none() const { return std::string_view(PQcmdTuples(held_)) == "0"; }

  bool good() const {
    const auto is = PQresultStatus(held_);
    return is == PGRES_COMMAND_OK || is == PGRES_TUPLES_OK;
  }
  bool is_end() const { return PQresultStatus(held_) == PGRES_PIPELINE_SYNC; }
  std::string state() const {
    const char* text = PQresultErrorField(held_, PG_DIAG_SQLSTATE);
    return text != nullptr ? text : "";
  }
  std::string why() const { return PQresultErrorMessage(held_); }

 private:
  PGresult* held_;
};

/// One connection. Statements are collected by `add` and go out together by `run`: one wait for the
/// network, however many. After an error it is closed, and with it ends the transaction.
class postgresql_link {
 public:
  using answers = result<std::vector<postgresql_rows>, store_error>;

  explicit postgresql_link(std::string where) : where_(std::move(where)) {}
  postgresql_link(postgresql_link&& other) noexcept
      : where_(std::move(other.where_)), to_(std::exchange(other.to_, nullptr)) {
    prepared_.swap(other.prepared_);
    waiting_.swap(other.waiting_);
  }
  postgresql_link& operator=(postgresql_link&& other) noexcept {
    where_.swap(other.where_);
    std::swap(to_, other.to_);
    prepared_.swap(other.prepared_);
    waiting_.swap(other.waiting_);
    return *this;
  }
  ~postgresql_link() { close(); }

  bool is_open() const noexcept { return to_ != nullptr; }

  void close() {
    PQfinish(to_);
    to_ = nullptr;
    prepared_.clear();
    waiting_.clear();
  }

  /// Refused: `unreachable`, whatever the reason, which `what` says.
  store_done open() {
    close();
    to_ = PQconnectdb(where_.c_str());
    if (PQstatus(to_) != CONNECTION_OK) return failed(nullptr, "connecting");
    PQsetNoticeReceiver(
        to_, [](void*, const PGresult*) {}, nullptr);
    if (PQenterPipelineMode(to_) == 0) return failed(nullptr, "connecting");
    return true;
  }

  void add(std::string_view sql, postgresql_values values = {}) {
    waiting_.emplace_back(sql, std::move(values));
  }

  /// Sends what was added and waits for the answers, one for each statement. Refused: all faults
  /// that a database has.
  answers run(const char* where) {
    const auto sent = std::exchange(waiting_, {});
    std::vector<bool> wanted;
    bool good = to_ != nullptr;
    for (const auto& [sql, values] : sent) good = good && send(sql, values, wanted);
    if (!good || PQpipelineSync(to_) == 0) return failed(nullptr, where).error();
    std::vector<postgresql_rows> out;
    for (const bool one : wanted) {
      postgresql_rows got(PQgetResult(to_));
      if (!got.good()) return failed(&got, where).error();
      if (one) out.push_back(std::move(got));
      if (PQgetResult(to_) != nullptr) return failed(nullptr, where).error();
    }
    const postgresql_rows end(PQgetResult(to_));
    if (!end.is_end()) return failed(&end, where).error();
    return out;
  }

 private:
  /// Prepared when it is first used.
  bool send(const std::string& sql, const postgresql_values& values, std::vector<bool>& wanted) {
    auto [known, fresh] = prepared_.try_emplace(sql, "v" + std::to_string(prepared_.size()));
    const char* name = known->second.c_str();
    if (fresh) {
      if (PQsendPrepare(to_, name, sql.c_str(), 0, nullptr) == 0) return false;
      wanted.push_back(false);
    }
    std::vector<const char*> at;
    std::vector<int> sizes, formats;
    for (const octets& one : values.held()) {
      at.push_back(one.empty() ? "" : reinterpret_cast<const char*>(one.data()));
      sizes.push_back(static_cast<int>(one.size()));
      formats.push_back(1);
    }
    wanted.push_back(true);
    return PQsendQueryPrepared(to_, name, static_cast<int>(at.size()), at.data(), sizes.data(),
                               formats.data(), 1) == 1;
  }

  /// `got`: the answer that says why; null if there is none.
  store_done failed(const postgresql_rows* got, const char* where) {
    const std::string state = got != nullptr ? got->state() : std::string();
    std::string why = got != nullptr ? got->why() : std::string();
    if (why.empty()) why = to_ != nullptr ? PQerrorMessage(to_) : "there is no connection";
    while (!why.empty() && why.back() == '\n') why.pop_back();
    close();
    return store_error{fault_of_sqlstate(state), code_of_sqlstate(state),
                       std::string(where) + ": " + why};
  }

  std::string where_;
  PGconn* to_ = nullptr;
  std::map<std::string, std::string> prepared_;  ///< statement: its name
  std::vector<std::pair<std::string, postgresql_values>> waiting_;
};

}  // namespace vidimus::inline VIDIMUS_ABI::detail

#endif
