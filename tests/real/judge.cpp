// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include <sqlite3.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <set>

#include "real.hpp"

namespace real {

namespace {

/// The sender's program numbers its rows: no name has two. And the questions find names by it.
constexpr auto no_name_twice =
    "CREATE UNIQUE INDEX IF NOT EXISTS names ON said(conversation, number)";

/// Both ends' files, as one database.
class books {
 public:
  explicit books(const std::string& dir) {
    const std::string attach = "ATTACH '" + dir + "/receiver.db' AS b";
    good_ = sqlite3_open_v2((dir + "/sender.db").c_str(), &db_, SQLITE_OPEN_READWRITE, nullptr) ==
                SQLITE_OK &&
            sqlite3_exec(db_, attach.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK &&
            sqlite3_exec(db_, no_name_twice, nullptr, nullptr, nullptr) == SQLITE_OK;
  }
  books(const books&) = delete;
  books& operator=(const books&) = delete;
  ~books() { sqlite3_close(db_); }

  /// The answer to a question for a number; -1, and a line, if it cannot be asked.
  long long count(const std::string& from) {
    const std::string sql = "SELECT count(*) FROM " + from;
    sqlite3_stmt* s = nullptr;
    long long found = -1;
    if (good_ && sqlite3_prepare_v2(db_, sql.c_str(), -1, &s, nullptr) == SQLITE_OK &&
        sqlite3_step(s) == SQLITE_ROW)
      found = sqlite3_column_int64(s, 0);
    else
      std::printf("cannot ask: %s: %s\n", sql.c_str(), sqlite3_errmsg(db_));
    sqlite3_finalize(s);
    return found;
  }

 private:
  sqlite3* db_ = nullptr;
  bool good_ = false;
};

const std::string is_taken =
    "EXISTS(SELECT 1 FROM b.taken t WHERE t.conversation = s.conversation AND t.number = s.number "
    "AND t.text = s.text)";
const std::string names_taken_twice =
    "(SELECT 1 FROM b.taken GROUP BY conversation, number HAVING count(*) > 1)";

struct question {
  const char* promise;
  const char* contradiction;
  std::string from;
};

const question questions[] = {
    {"P3", "messages without an outcome", "said WHERE outcome IS NULL"},
    {"P3", "messages whose outcome was told more than once", "said WHERE told > 1"},
    {"P3", "messages told delivered and not taken",
     "said s WHERE outcome = 'delivered' AND NOT " + is_taken},
    {"P3", "messages told withdrawn, expired or failed and taken",
     "said s WHERE outcome IN ('withdrawn', 'expired', 'failed') AND " + is_taken},
    {"P3", "messages without a certain outcome", "said WHERE outcome IN ('uncertain', 'executed')"},
    {"P2", "messages taken twice", names_taken_twice},
    {"P1", "messages taken that nobody submitted so",
     "b.taken t WHERE NOT EXISTS(SELECT 1 FROM said s WHERE s.conversation = t.conversation AND "
     "s.number = t.number AND s.text = t.text)"},
};

}  // namespace

tally judge(const std::string& dir, bool& good) {
  books of(dir);
  for (const question& q : questions) {
    const auto found = of.count(q.from);
    if (found == 0) continue;
    good = false;
    std::printf("%s BROKEN: %lld %s\n", q.promise, found, q.contradiction);
  }
  tally out;
  out.submitted = of.count("said");
  out.intact = of.count("said s WHERE " + is_taken);
  out.doubled = of.count(names_taken_twice);
  out.altered = of.count(questions[std::size(questions) - 1].from);
  out.told =
      of.count("said s WHERE outcome IN ('withdrawn', 'expired', 'failed') AND NOT " + is_taken);
  out.lost = out.submitted - out.intact - out.told;
  out.wrong_yes = of.count(questions[2].from);
  out.wrong_no = of.count(questions[3].from);
  return out;
}

tally count_plain(const std::string& receiver, const std::string& sender, long long submitted) {
  tally out;
  out.submitted = submitted;
  std::map<std::string, int> heard;
  std::ifstream from(receiver);
  for (std::string line; std::getline(from, line);)
    if (!line.starts_with("--")) ++heard[line];
  std::set<std::string> receipts;
  std::ifstream said(sender);
  for (std::string line; std::getline(said, line);)
    if (line.starts_with("receipt ")) receipts.insert(line.substr(8));
  for (long long i = 1; i <= submitted; ++i) {
    const bool has_receipt = receipts.contains("m" + std::to_string(i));
    auto at = heard.find("message " + std::to_string(i));
    if (at != heard.end()) {
      ++out.intact;
      if (at->second > 1) ++out.doubled;
      if (!sender.empty() && !has_receipt) ++out.wrong_no;
      heard.erase(at);
    } else if (sender.empty()) {
      ++out.lost;
    } else {
      ++(has_receipt ? out.wrong_yes : out.told);
    }
  }
  out.lost += out.wrong_yes;
  for (const auto& [text, times] : heard) out.altered += times;
  return out;
}

}  // namespace real
