// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_SUPPORT_CORPUS_HPP
#define VIDIMUS_TESTS_SUPPORT_CORPUS_HPP

#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// Readers of tests/corpus (see the README there).
namespace support {

/// A line of the corpus as octets: \\ \n \r and \xHH are escapes, nothing else is special.
inline std::string unescaped(std::string_view line) {
  std::string out;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\\') {
      out += line[i];
      continue;
    }
    char c = i + 1 < line.size() ? line[++i] : '\\';
    if (c == 'n') {
      out += '\n';
    } else if (c == 'r') {
      out += '\r';
    } else if (c == 'x' && i + 2 < line.size()) {
      out += static_cast<char>(std::stoi(std::string(line.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += c;
    }
  }
  return out;
}

inline std::vector<std::string> lines_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error("cannot open " + file);
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

inline std::vector<std::string> fields_of(std::string_view line) {
  std::vector<std::string> out;
  for (;;) {
    auto tab = line.find('\t');
    out.emplace_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return out;
    line.remove_prefix(tab + 1);
  }
}

/// A stanza as sent, and as it arrived at the other end of a path.
struct corpus_pair {
  std::string name;  ///< of the design
  std::string path;
  const std::string* sent = nullptr;
  const std::string* received = nullptr;        ///< null: not delivered
  std::string_view sent_space, received_space;  ///< default namespace of the stream
};

/// All pairs. Not to be copied: pairs point into `stanzas`.
struct corpus {
  explicit corpus(const std::string& folder, const std::string& list = "pairs.txt") {
    for (const auto& line : lines_of(folder + "/stanzas.txt")) stanzas.push_back(unescaped(line));
    if (list == "differing.txt")
      for (const auto& line : lines_of(folder + "/differing_stanzas.txt"))
        stanzas.push_back(unescaped(line));
    std::vector<std::string> paths;
    auto space = [](const std::string& code) -> std::string_view {
      return code == "c" ? "jabber:client" : code == "a" ? "jabber:component:accept" : "";
    };
    for (const auto& line : lines_of(folder + "/" + list)) {
      auto f = fields_of(line);
      if (f[0] == "path") paths.push_back(f[1]);
      if (f[0] != "pair") continue;
      auto stanza = [&](const std::string& index) {
        return index == "-" ? nullptr : &stanzas.at(std::stoul(index));
      };
      pairs.push_back(
          {f[1], paths.at(std::stoul(f[2])), stanza(f[3]), stanza(f[5]), space(f[4]), space(f[6])});
    }
  }
  corpus(const corpus&) = delete;

  std::vector<std::string> stanzas;
  std::vector<corpus_pair> pairs;
};

/// A message design: what an application may want to send.
struct corpus_message {
  std::string name, description, stanza;
};

inline std::vector<corpus_message> corpus_messages(const std::string& folder) {
  std::vector<corpus_message> out;
  for (const auto& line : lines_of(folder + "/messages.txt")) {
    auto f = fields_of(line);
    if (f.size() == 3) out.push_back({f[0], f[1], unescaped(f[2])});
  }
  return out;
}

}  // namespace support

#endif
