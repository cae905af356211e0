// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_TOOLS_EXAMPLES_PAGE_HPP
#define VIDIMUS_DOCS_TOOLS_EXAMPLES_PAGE_HPP

#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

namespace examples {

/// A page of docs/ of which some parts are printed: what stands between a line
/// `<!-- printed: NAME -->` and the next line `<!-- end -->`.
class page {
 public:
  explicit page(const std::string& name) : name_(name) {
    std::ifstream in(VIDIMUS_TEST_DATA "/../docs/" + name, std::ios::binary);
    text_.assign(std::istreambuf_iterator<char>(in), {});
  }

  /// Writes the page into a directory with these parts. False, and a word on standard error, if
  /// the page does not have exactly these parts, or if it cannot be written.
  bool write(const std::string& directory, const std::map<std::string, std::string>& parts) const {
    static const std::string begin = "<!-- printed: ", close = " -->\n", end = "<!-- end -->\n";
    std::string out;
    std::size_t from = 0, used = 0;
    for (std::size_t at; (at = text_.find(begin, from)) != std::string::npos; ++used) {
      const auto name_at = at + begin.size();
      const auto head = text_.find(close, name_at), tail = text_.find(end, head);
      const auto part = parts.find(text_.substr(name_at, head - name_at));
      if (tail == std::string::npos || part == parts.end())
        return complain("has a part that is not printed");
      out.append(text_, from, head + close.size() - from).append(part->second);
      from = tail;
    }
    if (used != parts.size()) return complain("lacks a part, or has one twice");
    out.append(text_, from);
    std::ofstream file(directory + "/" + name_, std::ios::binary);
    file << out;
    file.close();
    return file ? true : complain("cannot be written");
  }

 private:
  bool complain(const char* what) const {
    std::fprintf(stderr, "docs/%s %s\n", name_.c_str(), what);
    return false;
  }

  std::string name_, text_;
};

}  // namespace examples

#endif
