// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// What is asked of the sources, as functions from text to complaints. They know no files, so that
// each can be tried on a bad example (checks_test.cpp) before it meets the tree (tree_test.cpp).
#ifndef VIDIMUS_TESTS_TIDY_CHECKS_HPP
#define VIDIMUS_TESTS_TIDY_CHECKS_HPP

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <regex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tidy {

inline constexpr std::size_t header_lines_max = 300;
inline constexpr std::size_t function_lines_max = 60;
inline constexpr std::size_t columns_max = 100;

using complaints = std::vector<std::string>;

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  while (begin < text.size()) {
    std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

inline std::string at_line(std::size_t index, const std::string& sentence) {
  return "line " + std::to_string(index + 1) + ": " + sentence;
}

// --- layers ------------------------------------------------------------------------------------

struct layer {
  std::string_view folder;
  int level;
};

/// The folders of include/vidimus from the bottom up. The empty one is the files beside them.
inline constexpr std::array layers{
    layer{"base", 0},     layer{"spec", 1},  layer{"fsm", 1},  layer{"model", 2},
    layer{"concepts", 3}, layer{"check", 4}, layer{"duty", 5}, layer{"role", 6},
};

/// How high adapters may reach: they know what is checked, not who does it.
inline constexpr int adapter_reach = 4;

inline int level_of(std::string_view folder) {
  for (const auto& known : layers)
    if (known.folder == folder) return known.level;
  return -1;
}

/// The folder of a path as in "vidimus/model/output.hpp"; empty for "vidimus/version.hpp".
inline std::string folder_of(const std::string& path) {
  std::size_t begin = path.find('/') + 1;
  std::size_t end = path.find('/', begin);
  return end == std::string::npos ? "" : path.substr(begin, end - begin);
}

/// `name` as written in an include line of `from`, made relative to include/.
inline std::string resolve(const std::string& from, const std::string& name) {
  if (name.starts_with("vidimus/")) return name;
  std::string folder = from.substr(0, from.rfind('/'));
  std::string rest = name;
  while (rest.starts_with("../")) {
    rest = rest.substr(3);
    folder = folder.substr(0, folder.rfind('/'));
  }
  return folder + "/" + rest;
}

struct include_line {
  std::size_t index;
  std::string name;
  bool quoted;
};

inline std::vector<include_line> includes_of(const std::string& text) {
  static const std::regex form(R"(^\s*#\s*include\s*(<|")([^>"]+)[>"].*)");
  std::vector<include_line> found;
  std::smatch match;
  auto lines = lines_of(text);
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (std::regex_match(lines[i], match, form)) found.push_back({i, match[2], match[1] == "\""});
  return found;
}

/// May a header of one folder include a header of another? Same folder or a lower level; only
/// adapters include adapters; the umbrella includes everything else.
inline bool may_include(const std::string& from, const std::string& to) {
  std::string from_folder = folder_of(from), to_folder = folder_of(to);
  if (from_folder == to_folder || to == "vidimus/version.hpp") return true;
  if (to_folder == "adapt" || to_folder.empty()) return false;
  int to_level = level_of(to_folder);
  if (to_level < 0) return false;
  if (from == "vidimus/vidimus.hpp") return true;
  if (from_folder == "adapt") return to_level <= adapter_reach;
  return to_level < level_of(from_folder);
}

inline complaints check_layers(const std::string& path, const std::string& text) {
  complaints out;
  std::string folder = folder_of(path);
  if (!folder.empty() && folder != "adapt" && level_of(folder) < 0)
    out.push_back("the folder " + folder + " has no level");
  for (const auto& include : includes_of(text)) {
    if (!include.quoted && !include.name.starts_with("vidimus/")) continue;
    std::string to = resolve(path, include.name);
    if (!may_include(path, to)) out.push_back(at_line(include.index, path + " includes " + to));
  }
  return out;
}

/// Outside adapt/ only C++ headers, which have no dot in their names, and those of instruction
/// sets; and of the former not the ones that read a clock or cost too much.
inline complaints check_foreign_headers(const std::string& path, const std::string& text) {
  static constexpr std::array<std::string_view, 7> banned{
      "chrono", "iostream", "functional", "ranges", "regex", "ctime", "fstream"};
  static constexpr std::array<std::string_view, 2> instructions{"emmintrin.h", "arm_neon.h"};
  complaints out;
  if (folder_of(path) == "adapt") return out;
  for (const auto& include : includes_of(text)) {
    if (include.quoted || include.name.starts_with("vidimus/")) continue;
    if (std::find(instructions.begin(), instructions.end(), include.name) != instructions.end())
      continue;
    if (include.name.find_first_of("./") != std::string::npos)
      out.push_back(at_line(include.index, "third party " + include.name + " outside adapt/"));
    if (std::find(banned.begin(), banned.end(), include.name) != banned.end())
      out.push_back(at_line(include.index, "<" + include.name + "> stays out of the core"));
  }
  return out;
}

// --- text --------------------------------------------------------------------------------------

/// The code without comments and literals; as many lines as before.
inline std::string code_of(const std::string& text) {
  static const std::regex noise(
      R"re(//[^\n]*|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/)re"
      R"re(|R"(\w*)\([^]*?\)\1"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+')re");
  std::string out;
  auto rest = text.begin();
  for (std::sregex_iterator at(text.begin(), text.end(), noise), end; at != end; ++at) {
    out.append(rest, text.begin() + at->position());
    auto cut = at->str();
    bool digits = cut.front() == '\'' && !out.empty() &&
                  std::isdigit(static_cast<unsigned char>(out.back())) != 0;
    if (digits) out += cut;  // 1'000'000
    out.append(digits ? 0 : static_cast<std::size_t>(std::count(cut.begin(), cut.end(), '\n')),
               '\n');
    rest = text.begin() + at->position() + at->length();
  }
  return out.append(rest, text.end());
}

/// A core that reads no clock and has no chance in it takes both from its host.
inline complaints check_world(const std::string& path, const std::string& text) {
  static const std::regex clock(
      R"(\b(system_clock|steady_clock|high_resolution_clock|clock_gettime|gettimeofday)\b)"
      R"(|\b(random_device|mt19937|mt19937_64|getenv|rand)\b)"
      R"(|\btime\s*\(\s*(nullptr|NULL|0)\s*\))");
  complaints out;
  if (folder_of(path) == "adapt") return out;
  auto lines = lines_of(code_of(text));
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (std::regex_search(lines[i], clock))
      out.push_back(at_line(i, "reads clock, chance or world"));
  return out;
}

inline complaints check_length(const std::string& text) {
  auto count = lines_of(text).size();
  if (count <= header_lines_max) return {};
  return {std::to_string(count) + " lines, at most " + std::to_string(header_lines_max)};
}

inline complaints check_columns(const std::string& text) {
  complaints out;
  auto lines = lines_of(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    auto columns = std::count_if(lines[i].begin(), lines[i].end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    });
    if (static_cast<std::size_t>(columns) > columns_max)
      out.push_back(at_line(i, std::to_string(columns) + " columns"));
    if (!lines[i].empty() && (lines[i].back() == ' ' || lines[i].back() == '\r'))
      out.push_back(at_line(i, "white space at the end"));
    if (lines[i].find('\t') != std::string::npos) out.push_back(at_line(i, "a tabulator"));
  }
  if (!text.empty() && text.back() != '\n') out.push_back("no newline at the end");
  return out;
}

inline complaints check_promises(const std::string& text) {
  static const std::regex promise(
      "\\b(TO"
      "DO|FIX"
      "ME|XX"
      "X|HA"
      "CK)\\b");
  complaints out;
  auto lines = lines_of(text);
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (std::regex_search(lines[i], promise)) out.push_back(at_line(i, "a promise: " + lines[i]));
  return out;
}

/// The first line names the licence; the guard is the path.
inline complaints check_head(const std::string& path, const std::string& text) {
  complaints out;
  auto lines = lines_of(text);
  if (lines.empty() || lines[0].find("SPDX-License-Identifier: BSL-1.0") == std::string::npos)
    out.push_back("the first line names no licence");
  std::string guard;
  for (char c : path)
    guard += std::isalnum(static_cast<unsigned char>(c)) != 0
                 ? static_cast<char>(std::toupper(static_cast<unsigned char>(c)))
                 : '_';
  if (text.find("#ifndef " + guard + "\n#define " + guard + "\n") == std::string::npos)
    out.push_back("no include guard " + guard);
  if (!text.ends_with("\n#endif\n")) out.push_back("does not end with its guard");
  return out;
}

}  // namespace tidy

#endif
