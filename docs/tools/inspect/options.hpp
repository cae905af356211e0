// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_TOOLS_INSPECT_OPTIONS_HPP
#define VIDIMUS_DOCS_TOOLS_INSPECT_OPTIONS_HPP

#include <algorithm>
#include <map>
#include <string>
#include <vector>
#include <vidimus/vidimus.hpp>

namespace inspect {

using namespace vidimus;

/// What a call of the tool was wrong about. Exit status 2.
struct usage_error {
  std::string what;
};

/// Exit statuses.
constexpr int same_or_accepted = 0;
constexpr int different_or_refused = 1;
constexpr int not_understood = 2;

/// The words behind a command: `--name value`, `--name` alone for a switch, all else files.
class options {
 public:
  options(std::vector<std::string> words, const std::vector<std::string>& switches,
          const std::vector<std::string>& names) {
    for (std::size_t i = 0; i < words.size(); ++i) {
      std::string& word = words[i];
      if (word.size() < 2 || word[0] != '-') {
        files_.push_back(std::move(word));
      } else if (holds(switches, word)) {
        given_[word].emplace_back();
      } else if (!holds(names, word)) {
        throw usage_error{"there is no option " + word};
      } else if (i + 1 == words.size()) {
        throw usage_error{word + " needs a value"};
      } else {
        given_[word].push_back(std::move(words[++i]));
      }
    }
  }

  bool has(const std::string& name) const { return given_.contains(name); }
  const std::vector<std::string>& all(const std::string& name) const {
    static const std::vector<std::string> none;
    auto at = given_.find(name);
    return at == given_.end() ? none : at->second;
  }
  std::string text(const std::string& name, const std::string& otherwise = {}) const {
    return has(name) ? all(name).back() : otherwise;
  }
  std::string needed(const std::string& name) const {
    if (!has(name)) throw usage_error{name + " is missing"};
    return text(name);
  }
  std::uint64_t count(const std::string& name, std::uint64_t otherwise, std::uint64_t most) const {
    if (!has(name)) return otherwise;
    const auto value = from_decimal(text(name), most);
    if (!value)
      throw usage_error{name + ": '" + text(name) + "' is not a number up to " +
                        std::to_string(most)};
    return *value;
  }
  const std::vector<std::string>& files() const { return files_; }

 private:
  static bool holds(const std::vector<std::string>& in, const std::string& word) {
    return std::find(in.begin(), in.end(), word) != in.end();
  }

  std::map<std::string, std::vector<std::string>> given_;
  std::vector<std::string> files_;
};

/// The coverage that `--cover` asks for: all (the default), core, or names as {namespace}local.
inline coverage coverage_in(const options& from) {
  coverage out;
  for (const std::string& word : from.all("--cover")) {
    if (word == "all") {
      out = {};
      continue;
    }
    out.listed = true;
    if (word == "core") continue;
    const auto end = word.find('}');
    if (word[0] != '{' || end == std::string::npos || end + 1 == word.size())
      throw usage_error{"--cover: '" + word + "' is not core, all or {namespace}name"};
    out.names.push_back({word.substr(1, end - 1), word.substr(end + 1)});
  }
  std::sort(out.names.begin(), out.names.end());
  out.names.erase(std::unique(out.names.begin(), out.names.end()), out.names.end());
  if (!is_lawful(out))
    throw usage_error{"--cover: " + std::string(sentence(refusal_kind::bad_coverage))};
  return out;
}

}  // namespace inspect

#endif
