// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include <cstdio>
#include <filesystem>
#include <set>
#include <sstream>
#include <vector>

#include "support/rows.hpp"

// Adds up which rows of the four tables the tests have used and holds that against the list of
// those that none uses: rows LIST FILE..., where a folder stands for its files. A row that is
// neither used nor listed fails, and so does one that is listed and used.

namespace {

namespace fsm = vidimus::fsm;
namespace duty = vidimus::duty;

std::string all_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return in ? out.str() : std::string();
}

/// The files that a word names, those of a folder where it is one.
std::vector<std::string> files_of(const char* word) {
  if (!std::filesystem::is_directory(word)) return {word};
  std::vector<std::string> out;
  for (const auto& one : std::filesystem::directory_iterator(word))
    out.push_back(one.path().string());
  return out;
}

/// The rows listed, as "table state input,input": the first cell of lines "| `...` | reason |".
std::set<std::string> listed_in(const std::string& page) {
  std::set<std::string> out;
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| `")) continue;
    const auto end = line.find("` | ");
    if (end != std::string::npos && line.size() > end + 8) out.insert(line.substr(3, end - 3));
  }
  return out;
}

template <class Table>
bool complete(const Table& table, const std::string& used, std::set<std::string>& listed) {
  fsm::coverage<Table> reached(table);
  bool good = reached.read(used);
  if (!good) std::printf("%s: lines of another version\n", std::string(table.name()).c_str());
  std::size_t rows = 0, without = 0;
  for (const auto& row : table.rows()) {
    if (row.kind == fsm::verdict::refuse) continue;  // the caller erred: a contract would break
    ++rows;
    std::string name(table.name());
    name.append(" ").append(reached.name_of_row(row));
    const bool is_listed = listed.erase(name) != 0;
    if (reached.reached(row) != is_listed) continue;
    ++without;
    std::printf("%s: %s\n", name.c_str(),
                is_listed ? "listed as not used, and used" : "not used, and not listed");
  }
  std::printf("%s: %zu rows, %zu cells of %zu used\n", std::string(table.name()).c_str(), rows,
              reached.reached_count(), reached.reachable_count());
  return good && without == 0;
}

}  // namespace

int main(int count, char** words) {
  if (count < 3) {
    std::fprintf(stderr, "rows LIST FILE...\n");
    return 2;
  }
  std::set<std::string> listed = listed_in(all_of(words[1]));
  std::string used;
  for (int i = 2; i < count; ++i) {
    const auto files = files_of(words[i]);
    if (files.empty()) std::printf("%s: no file in it\n", words[i]);
    for (const std::string& file : files) {
      const std::string one = all_of(file);
      if (one.empty()) std::printf("%s: nothing in it\n", file.c_str());
      used += one;
    }
  }
  bool good = complete(duty::submission::table, used, listed);
  good = complete(duty::custody::table, used, listed) && good;
  good = complete(duty::delivery::table, used, listed) && good;
  good = complete(duty::acceptance::table, used, listed) && good;
  for (const std::string& name : listed) std::printf("%s: no such row\n", name.c_str());
  return good && listed.empty() ? 0 : 1;
}
