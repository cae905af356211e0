// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_TOOLS_EXAMPLES_LAYOUT_HPP
#define VIDIMUS_DOCS_TOOLS_EXAMPLES_LAYOUT_HPP

#include <string>
#include <string_view>
#include <vector>

namespace examples {

/// The columns of a page of documentation.
inline constexpr std::size_t columns_max = 118;

/// A stanza cut where a line may end: between the attributes of a tag and in front of the children
/// of a message or a bundle. There white space says nothing; everywhere else it would.
struct piece {
  std::string text;
  std::size_t child = 0;  ///< begins one: so deep
};

inline std::vector<piece> pieces_of(std::string_view stanza) {
  std::vector<piece> out(1);
  std::size_t depth = 0;
  bool in_tag = false, closes = false, in_bundle = false;
  char quote = 0;
  for (std::size_t i = 0; i < stanza.size(); ++i) {
    const char c = stanza[i];
    if (!in_tag && c == '<') {
      in_tag = true;
      closes = stanza[i + 1] == '/';
      if (depth == 1) in_bundle = stanza.substr(i, 7) == "<bundle";
      if (!closes && (depth == 1 || (in_bundle && depth < 4))) out.push_back({"", depth});
    } else if (quote != 0) {
      quote = c == quote ? '\0' : quote;
    } else if (in_tag && (c == '\'' || c == '"')) {
      quote = c;
    } else if (in_tag && c == ' ') {
      out.push_back({"", 0});
      continue;
    } else if (in_tag && c == '>') {
      in_tag = false;
      if (closes)
        --depth;
      else if (stanza[i - 1] != '/')
        ++depth;
    }
    out.back().text += c;
  }
  return out;
}

/// A stanza as it stands in a page: each child on a line of its own, long tags on several.
inline std::string laid_out(std::string_view stanza) {
  std::string out;
  std::size_t column = 0, indent = 2;
  bool first = true;
  for (const piece& one : pieces_of(stanza)) {
    if (one.child != 0) {
      column = indent = 2 * one.child;
      out += '\n' + std::string(column, ' ');
    } else if (!first && column + 1 + one.text.size() > columns_max) {
      column = indent + 2;
      out += '\n' + std::string(column, ' ');
    } else if (!first) {
      out += ' ';
      ++column;
    }
    out += one.text;
    column += one.text.size();
    first = false;
  }
  return out;
}

/// A comment of XML, on as many lines as it takes.
inline std::string comment(std::string_view words) {
  std::string out = "<!--";
  std::size_t column = 4;
  while (!words.empty()) {
    const std::string_view word = words.substr(0, words.find(' '));
    words.remove_prefix(std::min(words.size(), word.size() + 1));
    if (column + 1 + word.size() > columns_max - 4) {
      out += "\n    ";
      column = 4;
    }
    out.append(" ").append(word);
    column += 1 + word.size();
  }
  return out + " -->";
}

}  // namespace examples

#endif
