// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_HOSTING_SHARED_PLACE_HPP
#define VIDIMUS_DOCS_EXAMPLES_HOSTING_SHARED_PLACE_HPP

#include <libpq-fe.h>

#include <thread>
#include <vidimus/adapt/postgresql_server.hpp>

#include "options.hpp"

namespace hosting {

/// Who can be reached, as `attendance`, in the database: what one instance is told, all know. It is
/// a hint, so it needs no transaction with the records: what is wrong in it costs a question.
class shared_attendance {
 public:
  explicit shared_attendance(const std::string& where) : where_(where) {
    ask("CREATE TABLE IF NOT EXISTS attendance(at bigserial, address text PRIMARY KEY,"
        " session text)");
  }

  struct one {
    std::string address;
  };
  std::vector<one> all() {
    std::vector<one> out;
    const auto rows = ask("SELECT address FROM attendance ORDER BY at");
    for (int i = 0; i < PQntuples(rows.get()); ++i) out.push_back({PQgetvalue(rows.get(), i, 0)});
    return out;
  }
  bool came(const std::string& address, const std::string& session) {
    return is_changed(
        ask("INSERT INTO attendance(address, session) VALUES($1, $2) ON CONFLICT (address) DO "
            "UPDATE SET session = EXCLUDED.session WHERE attendance.session <> EXCLUDED.session",
            {address, session}));
  }
  bool is(const std::string& address) {
    return PQntuples(ask("SELECT 1 FROM attendance WHERE address = $1", {address}).get()) > 0;
  }
  bool went(const std::string& address) {
    return is_changed(ask("DELETE FROM attendance WHERE address = $1", {address}));
  }
  /// The oldest address of a peer that has more than eight; empty: it has not.
  std::string beyond(std::string_view peer) {
    const auto rows =
        ask("SELECT address FROM attendance WHERE split_part(address, '/', 1) = $1 "
            "ORDER BY at DESC OFFSET 8 LIMIT 1",
            {std::string(peer)});
    return PQntuples(rows.get()) > 0 ? PQgetvalue(rows.get(), 0, 0) : "";
  }

 private:
  struct release {
    void operator()(PGconn* c) const { PQfinish(c); }
    void operator()(PGresult* r) const { PQclear(r); }
  };
  using answer = std::unique_ptr<PGresult, release>;

  static bool is_changed(const answer& rows) {
    return std::string_view(PQcmdTuples(rows.get())) == "1";
  }
  /// What fails changes nothing and tells nothing; the next announcement says it again.
  answer ask(const char* sql, const std::vector<std::string>& with = {}) {
    if (!link_ || PQstatus(link_.get()) != CONNECTION_OK)
      link_.reset(PQconnectdb((where_ + " options='-c client_min_messages=warning'").c_str()));
    std::vector<const char*> values;
    for (const std::string& value : with) values.push_back(value.c_str());
    answer out(PQexecParams(link_.get(), sql, static_cast<int>(values.size()), nullptr,
                            values.data(), nullptr, nullptr, 0));
    const auto status = PQresultStatus(out.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
      std::printf("-- attendance: %s", PQerrorMessage(link_.get()));
    return out;
  }

  std::string where_;
  std::unique_ptr<PGconn, release> link_;
};

/// The server's role as one of many instances, with the face of the role alone: what the database
/// refuses for now is told again by the next `tick`, and forgotten if there is too much of it; that
/// is lawful, like a stanza that is lost.
class shared_role {
 public:
  shared_role(server<our_environment> fresh, postgresql_store store, span_ms pause)
      : relay_(std::move(fresh), std::move(store)), pause_(pause) {}

  server_outputs receive(const incoming& one, instant) {
    waiting_.push_back(one);
    return {};
  }
  server_outputs attached(const std::string& address, instant at) {
    return given(relay_.attached(address, at));
  }
  server_outputs detached(const std::string& address, instant at) {
    return given(relay_.detached(address, at));
  }
  server_outputs without_support(const std::string& address, instant at) {
    return given(relay_.without_support(address, at));
  }
  instant next_deadline() const { return waiting_.empty() ? next_ : again_; }
  server_outputs tick(instant at) {
    server_outputs to;
    again_ = {0};
    if (auto done = relay_.receive(waiting_, at, to); !done) {
      say(done.error());
      again_ = at + milliseconds(100);
      if (waiting_.size() > 1000) waiting_.clear();
    }
    if (at < next_) return to;
    next_ = at + pause_;
    for (auto& one : given(relay_.tick(at))) to.push_back(std::move(one));
    return to;
  }

 private:
  server_outputs given(result<server_outputs, store_error> answer) {
    if (answer) return std::move(*answer);
    say(answer.error());
    return {};
  }
  static void say(const store_error& e) { std::printf("-- database: %s\n", e.what.c_str()); }

  postgresql_server<server<our_environment>> relay_;
  span_ms pause_;
  instant next_{0}, again_{0};
  std::vector<incoming> waiting_;
};

/// The face of a `shelf`, where all that is given is durable already.
class no_shelf {
 public:
  void begin() {}
  void add(server_outputs outputs) {
    for (auto& one : outputs) left_.push_back(std::move(one));
  }
  server_outputs commit() { return std::exchange(left_, {}); }
  void close() {}

 private:
  server_outputs left_;
};

/// Where many instances of one relay keep what they know: a PostgreSQL database. One behind the
/// other or at the same time, on one machine or several; any may be killed.
struct in_database {
  in_database(const options& o, const server_limits& limits)
      : role(server<our_environment>((read_keys(env.keys, o.needed("--keys")), env),
                                     o.needed("--address"), alone(limits)),
             open(o), o.has("--quick") ? milliseconds(50) : seconds(1)),
        here(o.needed("--database")) {}

  server_outputs restored() { return {}; }
  /// The others know who is here.
  static constexpr bool attaches_anew = false;

  our_environment env;
  no_shelf shelf;
  shared_role role;
  shared_attendance here;

 private:
  /// What came together is one transaction for each destination, so nothing has to wait.
  static server_limits alone(server_limits limits) {
    limits.receipts = {};
    return limits;
  }
  static postgresql_store open(const options& o) {
    postgresql_options how;
    how.relay = o.needed("--address");
    auto store = postgresql_store::open(o.needed("--database"), how);
    if (!store) stop(exit_store, store.error().what);
    return std::move(*store);
  }
};

}  // namespace hosting

#endif
