// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_TIDY_LINKS_HPP
#define VIDIMUS_TESTS_TIDY_LINKS_HPP

#include <set>

#include "checks.hpp"

/// Links between pages, as the usual viewers of Markdown read them.
namespace tidy {

/// The lines of a page that are not in blocks of code.
inline std::vector<std::string> prose_of(const std::string& page) {
  std::vector<std::string> out;
  bool code = false;
  for (const std::string& line : lines_of(page)) {
    if (line.starts_with("```"))
      code = !code;
    else if (!code)
      out.push_back(line);
  }
  return out;
}

/// What `#...` of a link may name: headings in small letters, blanks as hyphens, the rest of what
/// is no letter, digit, hyphen or underscore left out.
inline std::set<std::string> anchors_of(const std::string& page) {
  std::set<std::string> out;
  for (const std::string& line : prose_of(page)) {
    const auto text = line.find_first_not_of('#');
    if (text == 0 || text == std::string::npos || line[text] != ' ') continue;
    std::string anchor;
    for (char c : line.substr(text + 1)) {
      const auto u = static_cast<unsigned char>(c);
      if (c == ' ')
        anchor += '-';
      else if (std::isalnum(u) != 0 || c == '-' || c == '_' || u >= 0x80)
        anchor += static_cast<char>(std::tolower(u));
    }
    out.insert(anchor);
  }
  return out;
}

/// The targets of links that do not leave the tree: "file", "file#anchor" or "#anchor".
inline std::vector<std::string> links_of(const std::string& page) {
  static const std::regex form(R"(\]\(([^)\s]+)\))");
  std::vector<std::string> out;
  for (const std::string& line : prose_of(page))
    for (std::sregex_iterator at(line.begin(), line.end(), form), end; at != end; ++at)
      if (at->str(1).find(':') == std::string::npos) out.push_back((*at)[1]);
  return out;
}

}  // namespace tidy

#endif
