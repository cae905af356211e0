// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_SUPPORT_VECTOR_FILE_HPP
#define VIDIMUS_TESTS_SUPPORT_VECTOR_FILE_HPP

#include <fstream>
#include <string>
#include <utility>
#include <vector>
#include <vidimus/base/text.hpp>

/// The files of tests/vectors; their form is described in the README there.
namespace support {

/// The lines of one case, in their order.
class vector_case {
 public:
  using line = std::pair<std::string, std::string>;
  std::vector<line> lines;

  bool has(std::string_view name) const {
    for (const auto& [known, value] : lines)
      if (known == name) return true;
    return false;
  }
  /// The first of that name; empty if there is none.
  std::string text(std::string_view name) const {
    for (const auto& [known, value] : lines)
      if (known == name) return value;
    return {};
  }
  std::vector<std::string> all(std::string_view name) const {
    std::vector<std::string> out;
    for (const auto& [known, value] : lines)
      if (known == name) out.push_back(value);
    return out;
  }
  vidimus::octets octets(std::string_view name) const {
    return vidimus::from_hex(text(name)).value();
  }
  std::uint64_t number(std::string_view name) const { return std::stoull(text(name)); }
};

inline std::vector<vector_case> read_vectors(const std::string& file) {
  std::vector<vector_case> out;
  std::ifstream in(std::string(VIDIMUS_TEST_DATA) + "/vectors/" + file);
  bool between = true;
  for (std::string line; std::getline(in, line);) {
    if (line.empty()) {
      between = true;
      continue;
    }
    if (line.front() == '#') continue;
    if (std::exchange(between, false)) out.emplace_back();
    const auto colon = line.find(':');
    const auto value = line.find_first_not_of(' ', colon + 1);
    out.back().lines.emplace_back(line.substr(0, colon),
                                  value == std::string::npos ? "" : line.substr(value));
  }
  return out;
}

/// What stands between blanks.
inline std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; (at = text.find_first_not_of(' ', at)) != std::string::npos;) {
    const auto end = std::min(text.find(' ', at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end;
  }
  return out;
}

}  // namespace support

#endif
