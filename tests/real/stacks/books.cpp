// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "books.hpp"

#include <sqlite3.h>

namespace real {

namespace {

std::string text_of(sqlite3_stmt* row, int column) {
  const auto* at = static_cast<const char*>(sqlite3_column_blob(row, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(row, column));
  return at == nullptr ? std::string() : std::string(at, size);
}

template <class Each>
bool each_row(const std::string& file, const char* sql, Each each) {
  sqlite3* db = nullptr;
  sqlite3_stmt* row = nullptr;
  bool good = sqlite3_open_v2(file.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK &&
              sqlite3_prepare_v2(db, sql, -1, &row, nullptr) == SQLITE_OK;
  int code = SQLITE_DONE;
  while (good && (code = sqlite3_step(row)) == SQLITE_ROW) each(row);
  good = good && code == SQLITE_DONE;
  sqlite3_finalize(row);
  sqlite3_close(db);
  return good;
}

named name_of(sqlite3_stmt* row) {
  return {text_of(row, 0), static_cast<vidimus::number>(sqlite3_column_int64(row, 1))};
}

}  // namespace

std::optional<std::vector<said>> all_said(const std::string& file) {
  std::vector<said> out;
  const bool good = each_row(
      file,
      "SELECT s.conversation, s.number, s.outcome, s.told, c.octets FROM said s LEFT JOIN contents "
      "c ON c.conversation = s.conversation AND c.number = s.number ORDER BY s.at",
      [&](sqlite3_stmt* row) {
        out.push_back(
            {name_of(row), text_of(row, 2), sqlite3_column_int64(row, 3), text_of(row, 4)});
      });
  if (!good) return std::nullopt;
  return out;
}

std::optional<std::map<named, std::vector<std::string>>> all_taken(const std::string& file) {
  std::map<named, std::vector<std::string>> out;
  const bool good =
      each_row(file, "SELECT conversation, number, octets FROM contents",
               [&](sqlite3_stmt* row) { out[name_of(row)].push_back(text_of(row, 2)); });
  if (!good) return std::nullopt;
  return out;
}

}  // namespace real
