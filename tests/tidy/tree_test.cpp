// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// The checks over the tree.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>

#include "checks.hpp"
#include "functions.hpp"
#include "links.hpp"
#include "versions.hpp"

namespace {

namespace fs = std::filesystem;

const fs::path root = VIDIMUS_SOURCE_DIR;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Files below a folder with one of the extensions, in a stable order.
std::set<fs::path> files(const std::string& folder, const std::set<std::string>& extensions) {
  std::set<fs::path> out;
  if (!fs::exists(root / folder)) return out;
  for (const auto& entry : fs::recursive_directory_iterator(root / folder))
    if (entry.is_regular_file() && extensions.count(entry.path().extension().string()) != 0)
      out.insert(entry.path());
  return out;
}

void expect_none(const fs::path& path, const tidy::complaints& found) {
  for (const auto& complaint : found)
    UNSCOPED_INFO(path.lexically_relative(root).string() + ": " + complaint);
  CHECK(found.empty());
}

using header_check = std::function<tidy::complaints(const std::string&, const std::string&)>;

void each_header(const header_check& check) {
  auto headers = files("include", {".hpp"});
  REQUIRE(headers.size() > 10);
  for (const auto& path : headers)
    expect_none(path,
                check(path.lexically_relative(root / "include").generic_string(), read(path)));
}

void each_source(const std::function<tidy::complaints(const std::string&)>& check) {
  for (std::string folder : {"include", "tests", "fuzz", "docs"})
    for (const auto& path : files(folder, {".hpp", ".cpp"})) expect_none(path, check(read(path)));
}

}  // namespace

TEST_CASE("headers include downwards only") { each_header(tidy::check_layers); }

TEST_CASE("third parties and costly headers stay in adapt") {
  each_header(tidy::check_foreign_headers);
}

TEST_CASE("the core reads no clock and has no chance in it") { each_header(tidy::check_world); }

TEST_CASE("headers name the licence and are guarded by their path") {
  each_header(tidy::check_head);
}

TEST_CASE("headers are short") {
  each_header([](auto&, auto& text) { return tidy::check_length(text); });
}

TEST_CASE("functions are short") {
  each_header([](auto&, auto& text) { return tidy::check_functions(text); });
}

TEST_CASE("lines are short and clean") { each_source(tidy::check_columns); }

TEST_CASE("nothing is promised for later") {
  each_source(tidy::check_promises);
  for (std::string folder : {"docs", "tests", "fuzz"})
    for (const auto& path : files(folder, {".md", ".cmake", ".txt", ".mistake"}))
      expect_none(path, tidy::check_promises(read(path)));
}

TEST_CASE("sources name the licence") {
  for (std::string folder : {"tests", "fuzz", "docs"}) {
    for (const auto& path : files(folder, {".hpp", ".cpp"})) {
      INFO(path);
      CHECK(tidy::lines_of(read(path)).at(0).ends_with("SPDX-License-Identifier: BSL-1.0"));
    }
  }
}

TEST_CASE("the top level holds the four folders and no more") {
  const std::set<std::string> expected{"include", "tests", "fuzz", "docs"};
  for (const auto& entry : fs::directory_iterator(root)) {
    std::string name = entry.path().filename().string();
    if (!entry.is_directory() || name.starts_with('.') || name.starts_with("build")) continue;
    INFO(name);
    CHECK(expected.count(name) == 1);
  }
}

TEST_CASE("the version is the same everywhere") {
  std::string version = tidy::version_of_header(read(root / "include/vidimus/version.hpp"));
  REQUIRE(version != "");
  expect_none(root / "CHANGELOG.md", tidy::check_change_log(version, read(root / "CHANGELOG.md")));
  expect_none(root / "README.md", tidy::check_page_version(version, read(root / "README.md")));
  for (const auto& path : files("docs", {".md"}))
    expect_none(path, tidy::check_page_version(version, read(path)));
}

TEST_CASE("links of pages lead somewhere") {
  std::set<fs::path> pages{root / "README.md", root / "CHANGELOG.md"};
  for (std::string folder : {"docs", "tests", "fuzz"}) pages.merge(files(folder, {".md"}));
  std::size_t tried = 0;
  for (const fs::path& page : pages)
    for (const std::string& link : tidy::links_of(read(page))) {
      INFO(page.lexically_relative(root).string() + ": " + link);
      const auto mark = link.find('#');
      const std::string file = link.substr(0, mark);
      const fs::path target = file.empty() ? page : page.parent_path() / file;
      CHECK(fs::exists(target));
      if (mark != std::string::npos && target.extension() == ".md")
        CHECK(tidy::anchors_of(read(target)).contains(link.substr(mark + 1)));
      ++tried;
    }
  CHECK(tried > 50);
}
