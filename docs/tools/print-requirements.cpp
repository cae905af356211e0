// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// Where each requirement is met and tested, as a page.
//
//   print-requirements DOCS [options]              of the tree it was built from, to
//                                                  DOCS/requirements.md
//   print-requirements SOURCE_DIR PAGE [options]   of any tree, to any file
//
// Met: a header cites the clause in a row (c::name or clause::name) or in a comment
// ("protocol.md, id", also a list of ids, also "group.*"). Tested: a file under tests/ has the id
// in square brackets.
//
//   --lines   adds the lines in the headers; such a page is out of date with the next edit
//   --strict  exit status 1 if a requirement is neither met nor tested
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>
#include <vidimus/spec/clause.hpp>

namespace {

namespace fs = std::filesystem;
using vidimus::clause_facts;
using vidimus::clauses;

/// For each file, the lines.
using places = std::map<std::string, std::set<std::size_t>>;

struct requirement {
  places met;
  places tested;
};

/// In the order of the clauses.
using requirements = std::array<requirement, clauses.size()>;

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// The enumerators in their order, read from the text of the clauses: C++ cannot print them.
std::vector<std::string> enumerators(const std::string& text) {
  static const std::regex form(R"(VIDIMUS_CLAUSE_\((\w+), ")");
  std::vector<std::string> out;
  for (std::sregex_iterator at(text.begin(), text.end(), form), end; at != end; ++at)
    out.push_back((*at)[1]);
  return out;
}

std::size_t line_of(const std::string& text, std::ptrdiff_t position) {
  return 1 + static_cast<std::size_t>(std::count(text.begin(), text.begin() + position, '\n'));
}

/// "code.input", or "outcome.*" for all of a group.
bool names(std::string_view written, std::string_view id) {
  if (!written.ends_with(".*")) return written == id;
  return id.starts_with(written.substr(0, written.size() - 1));
}

void read_rows(const std::string& file, const std::string& text,
               const std::vector<std::string>& enumerators, requirements& out) {
  static const std::regex form(R"(\b(?:c|clause)::(\w+))");
  for (std::sregex_iterator at(text.begin(), text.end(), form), end; at != end; ++at) {
    auto found = std::find(enumerators.begin(), enumerators.end(), (*at)[1].str());
    if (found == enumerators.end()) continue;
    auto index = static_cast<std::size_t>(found - enumerators.begin());
    if (index < out.size()) out[index].met[file].insert(line_of(text, at->position()));
  }
}

/// False if a comment cites an id that does not exist.
bool read_comments(const std::string& file, const std::string& text, requirements& out) {
  static const std::regex list(
      R"(protocol\.md,(?:[ ,]|\n\s*//+)*((?:[a-z0-9_]+\.[a-z0-9_*]+(?:,(?:[ ]|\n\s*//+)*|))+))");
  static const std::regex one(R"([a-z0-9_]+\.(?:\*|[a-z0-9_]+))");
  bool known = true;
  for (std::sregex_iterator at(text.begin(), text.end(), list), end; at != end; ++at) {
    std::string ids = (*at)[1];
    auto line = line_of(text, at->position());
    for (std::sregex_iterator id(ids.begin(), ids.end(), one); id != end; ++id) {
      bool found = false;
      for (std::size_t i = 0; i < clauses.size(); ++i) {
        if (!names(id->str(), clauses[i].id)) continue;
        out[i].met[file].insert(line);
        found = true;
      }
      if (found) continue;
      known = false;
      std::fprintf(stderr, "%s:%zu: no requirement is called %s\n", file.c_str(), line,
                   id->str().c_str());
    }
  }
  return known;
}

void read_test(const std::string& file, const std::string& text, requirements& out) {
  for (std::size_t i = 0; i < clauses.size(); ++i) {
    std::string tag = "[" + std::string(clauses[i].id) + "]";
    for (auto at = text.find(tag); at != std::string::npos; at = text.find(tag, at + 1))
      out[i].tested[file].insert(line_of(text, static_cast<std::ptrdiff_t>(at)));
  }
}

/// The files below a folder by their paths in it, sorted.
std::vector<std::string> files_below(const fs::path& folder) {
  std::vector<std::string> out;
  std::error_code missing;  // a folder that is not there has no files
  for (const auto& entry : fs::recursive_directory_iterator(folder, missing))
    if (entry.is_regular_file()) out.push_back(fs::relative(entry, folder).generic_string());
  std::sort(out.begin(), out.end());
  return out;
}

/// False if something cited does not exist, or the tree is not one of Vidimus.
bool read_tree(const fs::path& source, requirements& out) {
  auto include = source / "include" / "vidimus";
  auto known = enumerators(text_of(include / "spec" / "clause_texts.hpp"));
  if (known.size() != clauses.size()) {
    std::fprintf(stderr, "print-requirements: %s is not the tree this was built from\n",
                 source.string().c_str());
    return false;
  }
  bool good = true;
  for (const auto& file : files_below(include)) {
    if (file.starts_with("spec/clause")) continue;
    auto text = text_of(include / file);
    read_rows(file, text, known, out);
    good = read_comments(file, text, out) && good;
  }
  for (const auto& file : files_below(source / "tests"))
    read_test(file, text_of(source / "tests" / file), out);
  return good;
}

std::string cell(const places& where, std::string_view nowhere, bool with_lines) {
  if (where.empty()) return "**" + std::string(nowhere) + "**";
  std::string out;
  for (const auto& [file, lines] : where) {
    out += (out.empty() ? "`" : ", `") + file + "`";
    char before = ' ';
    for (auto line : lines) {
      if (!with_lines) break;
      out += before + std::to_string(line);
      before = '/';
    }
  }
  return out;
}

struct summary {
  std::size_t not_met = 0;
  std::size_t not_tested = 0;
  std::size_t neither = 0;
};

summary count(const requirements& all) {
  summary out;
  for (const auto& one : all) {
    out.not_met += one.met.empty() ? 1 : 0;
    out.not_tested += one.tested.empty() ? 1 : 0;
    out.neither += one.met.empty() && one.tested.empty() ? 1 : 0;
  }
  return out;
}

std::string page_of(const requirements& all, bool with_lines) {
  auto counts = count(all);
  std::string out =
      "<!-- Printed by docs/tools/print-requirements.cpp. -->\n\n# Requirements\n\n"
      "Each sentence of protocol.md that the code obeys, the headers of include/vidimus that cite\n"
      "it, and the files of tests that name it.\n\n";
  out += std::to_string(all.size()) + " requirements, " + std::to_string(counts.not_met) +
         " not met, " + std::to_string(counts.not_tested) + " not tested.\n\n";
  out += "| id | requirement | met in | tested in |\n|---|---|---|---|\n";
  for (std::size_t i = 0; i < all.size(); ++i) {
    out.append("| ").append(clauses[i].id).append(" | ").append(clauses[i].quote).append(" | ");
    out += cell(all[i].met, "not met", with_lines) + " | ";
    out += cell(all[i].tested, "not tested", false) + " |\n";
  }
  return out;
}

}  // namespace

int main(int argc, char* argv[]) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  auto option = [&arguments](std::string_view name) { return std::erase(arguments, name) != 0; };
  bool with_lines = option("--lines");
  bool strict = option("--strict");
  if (arguments.empty() || arguments.size() > 2) {
    std::fprintf(stderr, "usage: print-requirements DOCS | SOURCE_DIR PAGE [--lines] [--strict]\n");
    return 2;
  }
  bool two = arguments.size() == 2;
#ifdef VIDIMUS_TEST_DATA
  fs::path own_tree = fs::path(VIDIMUS_TEST_DATA).parent_path();
#else
  fs::path own_tree = ".";
#endif
  requirements all;
  if (!read_tree(two ? fs::path(arguments[0]) : own_tree, all)) return 1;

  fs::path page = two ? fs::path(arguments[1]) : fs::path(arguments[0]) / "requirements.md";
  std::ofstream out(page, std::ios::binary);
  out << page_of(all, with_lines);
  out.close();
  if (!out) {
    std::fprintf(stderr, "print-requirements: cannot write %s\n", page.string().c_str());
    return 1;
  }
  auto counts = count(all);
  std::fprintf(stderr, "%zu requirements: %zu not met, %zu not tested, %zu neither\n", all.size(),
               counts.not_met, counts.not_tested, counts.neither);
  return strict && counts.neither != 0 ? 1 : 0;
}
