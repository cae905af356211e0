// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// The version is written in version.hpp; other files that state one must agree.
#ifndef VIDIMUS_TESTS_TIDY_VERSIONS_HPP
#define VIDIMUS_TESTS_TIDY_VERSIONS_HPP

#include "checks.hpp"

namespace tidy {

inline std::string version_of_header(const std::string& header) {
  std::string out;
  for (std::string part : {"MAJOR", "MINOR", "PATCH"}) {
    std::smatch match;
    std::regex form("#define VIDIMUS_VERSION_" + part + " (\\d+)\n");
    if (!std::regex_search(header, match, form)) return "";
    out += (out.empty() ? "" : ".") + match[1].str();
  }
  return out;
}

/// The first released version in the log must be the version of the header; "Unreleased" is above.
inline complaints check_change_log(const std::string& version, const std::string& log) {
  static const std::regex heading(R"(\n## \[(\d+\.\d+\.\d+)\])");
  std::smatch match;
  std::size_t unreleased = log.find("\n## [Unreleased]\n");
  if (unreleased == std::string::npos) return {"no section Unreleased"};
  if (!std::regex_search(log, match, heading)) return {"no released version"};
  if (static_cast<std::size_t>(match.position()) < unreleased) return {"Unreleased is not on top"};
  if (match[1] != version) return {"the newest version is " + match[1].str() + ", not " + version};
  return {};
}

/// What a page tells users to ask for: a tag, or a version in find_package.
inline complaints check_page_version(const std::string& version, const std::string& page) {
  static const std::regex form(R"((GIT_TAG\s+v?|find_package\(vidimus\s+|tags/v?)(\d+(\.\d+)*))");
  complaints out;
  for (std::sregex_iterator at(page.begin(), page.end(), form), end; at != end; ++at) {
    std::string said = (*at)[2];
    if (!(version + ".").starts_with(said + ".")) out.push_back("says " + at->str());
  }
  return out;
}

}  // namespace tidy

#endif
