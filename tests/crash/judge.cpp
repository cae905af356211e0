// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "judge.hpp"

#include "limits.hpp"

namespace crash {
namespace {

/// A question to the books, whose answer must be 0.
struct question {
  const char* promise;
  const char* contradiction;
  const char* sql;
};

constexpr question always[] = {
    {"P3", "submissions without an outcome",
     "SELECT count(*) FROM submission s WHERE NOT EXISTS(SELECT 1 FROM report USING_NAME)"},
    {"P3", "submissions with two different outcomes",
     "SELECT count(*) FROM (SELECT 1 FROM report r GROUP BY conversation, number HAVING "
     "count(DISTINCT outcome) > 1)"},
    {"P3", "outcomes told twice and not marked again",
     "SELECT count(*) FROM (SELECT 1 FROM report r GROUP BY conversation, number HAVING "
     "sum(again = 0) > 1)"},
    {"P3", "outcomes of what nobody submitted",
     "SELECT count(*) FROM report r WHERE NOT EXISTS(SELECT 1 FROM submission s WHERE "
     "s.conversation = r.conversation AND s.number = r.number)"},
    {"P1", "effects of what nobody submitted",
     "SELECT count(*) FROM b.effect e WHERE NOT EXISTS(SELECT 1 FROM submission s WHERE "
     "s.conversation = e.conversation AND s.number = e.number)"},
    {"P1", "effects with another text than was submitted",
     "SELECT count(*) FROM b.effect e JOIN submission s USING(conversation, number) WHERE e.text "
     "<> s.text"},
    {"P2", "messages taken twice",
     "SELECT count(*) FROM (SELECT 1 FROM b.effect GROUP BY conversation, number HAVING count(*) > "
     "1)"},
    {"P3", "messages told delivered and not taken",
     "SELECT count(*) FROM report r WHERE outcome = 'delivered' AND NOT EXISTS(SELECT 1 FROM "
     "b.effect e WHERE e.conversation = r.conversation AND e.number = r.number)"},
    {"P3", "messages told withdrawn, expired or failed and taken",
     "SELECT count(*) FROM report r WHERE outcome IN ('withdrawn', 'expired', 'failed') AND "
     "EXISTS(SELECT 1 FROM b.effect e WHERE e.conversation = r.conversation AND e.number = "
     "r.number)"},
};

constexpr question with_store[] = {
    {"P7", "messages told executed, and neither taken nor refused",
     "SELECT count(*) FROM report r JOIN submission s USING(conversation, number) WHERE outcome = "
     "'executed' AND kind <> 'refused' AND NOT EXISTS(SELECT 1 FROM b.effect e WHERE "
     "e.conversation = r.conversation AND e.number = r.number)"},
    {"P7", "messages without haste, wish or refusal that were not delivered",
     "SELECT count(*) FROM report r JOIN submission s USING(conversation, number) WHERE kind = "
     "'usual' AND outcome <> 'delivered'"},
};

constexpr question in_order[] = {
    {"order", "effects behind that of a higher number",
     "SELECT count(*) FROM b.effect e JOIN b.effect f USING(conversation) WHERE f.rowid < e.rowid "
     "AND f.number > e.number"},
};

class books {
 public:
  explicit books(const std::string& dir) {
    const std::string a = dir + "/sender.db";
    good_ = sqlite3_open_v2(a.c_str(), &db_, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK &&
            run("ATTACH '" + dir + "/receiver.db' AS b") &&
            run("ATTACH '" + dir + "/server.db' AS v") &&
            run("CREATE INDEX b.by_name ON effect(conversation, number)") &&
            run("CREATE INDEX report_by_name ON report(conversation, number)");
  }
  ~books() { sqlite3_close(db_); }
  books(const books&) = delete;
  books& operator=(const books&) = delete;

  bool good() const { return good_; }
  /// -1 if the question cannot be asked.
  std::int64_t count(const std::string& sql) {
    detail::sqlite_statement s;
    if (s.prepare(db_, sql.c_str()) != SQLITE_OK || s.step() != SQLITE_ROW) {
      std::printf("cannot ask: %s: %s\n", sql.c_str(), sqlite3_errmsg(db_));
      return -1;
    }
    return s.integer(0);
  }

  /// All rows of two columns, as "a b, a b".
  std::string list(const char* sql) {
    detail::sqlite_statement s;
    std::string out;
    if (s.prepare(db_, sql) != SQLITE_OK) return sqlite3_errmsg(db_);
    while (s.step() == SQLITE_ROW) {
      if (!out.empty()) out += ", ";
      out += s.column(0) + ' ' + s.column(1);
    }
    return out;
  }

 private:
  bool run(const std::string& sql) {
    const bool good = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
    if (!good) std::printf("%s: %s\n", sql.c_str(), sqlite3_errmsg(db_));
    return good;
  }
  sqlite3* db_ = nullptr;
  bool good_ = false;
};

bool holds(books& of, const question& q) {
  std::string sql = q.sql;
  constexpr std::string_view by_name = "USING_NAME";
  if (const auto at = sql.find(by_name); at != std::string::npos)
    sql.replace(at, by_name.size(),
                "r WHERE r.conversation = s.conversation AND r.number = s.number");
  const auto found = of.count(sql);
  if (found == 0) return true;
  std::printf("%s BROKEN: %lld %s\n", q.promise, static_cast<long long>(found), q.contradiction);
  return false;
}

/// P6: what the server's store holds is within its limits.
bool bounded(books& of) {
  const server_limits l = limits_of_server();
  const auto conversations =
      of.count("SELECT count(*) FROM v.vidimus_record WHERE CAST(key AS TEXT) LIKE 'vc/%'");
  const auto numbers = of.count(
      "SELECT count(*) FROM v.vidimus_record WHERE CAST(key AS TEXT) LIKE 'vr/%' OR CAST(key AS "
      "TEXT) LIKE 'vp/%'");
  std::printf("the server holds %lld conversations, %lld records of messages\n",
              static_cast<long long>(conversations), static_cast<long long>(numbers));
  const bool within = conversations >= 0 && conversations <= l.conversations_per_peer &&
                      numbers >= 0 && numbers <= 2ll * l.conversations_per_peer * l.window;
  if (!within) std::printf("P6 BROKEN: that is beyond the limits\n");
  return within;
}

}  // namespace

bool judge(const std::string& dir, bool server_kept, bool ordered) {
  books of(dir);
  if (!of.good()) return false;
  const auto submitted = of.count("SELECT count(*) FROM submission");
  std::printf(
      "submitted %lld in %lld conversations, taken %lld, outcomes told again %lld\n",
      static_cast<long long>(submitted),
      static_cast<long long>(of.count("SELECT count(DISTINCT conversation) FROM submission")),
      static_cast<long long>(of.count("SELECT count(*) FROM b.effect")),
      static_cast<long long>(of.count("SELECT count(*) FROM report WHERE again")));
  std::printf(
      "outcomes: %s\n",
      of.list("SELECT outcome, count(DISTINCT hex(conversation) || number) FROM report GROUP "
              "BY outcome ORDER BY outcome")
          .c_str());
  bool good = bounded(of);
  for (const question& q : always) good = holds(of, q) && good;
  if (server_kept)
    for (const question& q : with_store) good = holds(of, q) && good;
  if (ordered)
    for (const question& q : in_order) good = holds(of, q) && good;
  const auto delivered = of.count("SELECT count(*) FROM report WHERE outcome = 'delivered'");
  if (delivered < submitted / 4 || delivered < 20) {
    std::printf("too little was delivered to show anything\n");
    good = false;
  }
  return good;
}

}  // namespace crash
