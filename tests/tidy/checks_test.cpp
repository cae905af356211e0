// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// Each check of the tree, shown what it must find and what it must leave alone.
#include "checks.hpp"

#include <catch2/catch.hpp>

#include "functions.hpp"
#include "links.hpp"
#include "versions.hpp"

namespace {

std::string repeat(const std::string& text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

const std::string good_head =
    "// SPDX-License-Identifier: BSL-1.0\n#ifndef VIDIMUS_BASE_X_HPP\n#define VIDIMUS_BASE_X_HPP\n";

}  // namespace

TEST_CASE("layers: downwards only") {
  using tidy::may_include;
  CHECK(may_include("vidimus/role/sender.hpp", "vidimus/duty/engine.hpp"));
  CHECK(may_include("vidimus/base/text.hpp", "vidimus/base/bytes.hpp"));
  CHECK(may_include("vidimus/base/bytes.hpp", "vidimus/version.hpp"));
  CHECK(may_include("vidimus/adapt/cryptopp.hpp", "vidimus/concepts/crypto.hpp"));
  CHECK(may_include("vidimus/vidimus.hpp", "vidimus/role/sender.hpp"));
  CHECK_FALSE(may_include("vidimus/duty/engine.hpp", "vidimus/role/sender.hpp"));
  CHECK_FALSE(may_include("vidimus/spec/rule.hpp", "vidimus/fsm/table.hpp"));
  CHECK_FALSE(may_include("vidimus/check/verify.hpp", "vidimus/adapt/cryptopp.hpp"));
  CHECK_FALSE(may_include("vidimus/vidimus.hpp", "vidimus/adapt/cryptopp.hpp"));
  CHECK_FALSE(may_include("vidimus/adapt/cryptopp.hpp", "vidimus/role/sender.hpp"));
  CHECK_FALSE(may_include("vidimus/role/sender.hpp", "vidimus/vidimus.hpp"));
  CHECK_FALSE(may_include("vidimus/role/sender.hpp", "vidimus/other/thing.hpp"));
}

TEST_CASE("layers: include lines are read however they are written") {
  using tidy::check_layers;
  CHECK(check_layers("vidimus/model/x.hpp", "#include \"../base/bytes.hpp\"\n").empty());
  CHECK(check_layers("vidimus/model/x.hpp", "#include <vidimus/base/bytes.hpp>\n").empty());
  CHECK(check_layers("vidimus/model/x.hpp", "#include \"y.hpp\"\n").empty());
  CHECK(check_layers("vidimus/model/x.hpp", "#include \"../role/sender.hpp\"\n").size() == 1);
  CHECK(check_layers("vidimus/model/x.hpp", "  #  include <vidimus/role/sender.hpp>\n").size() ==
        1);
  CHECK(check_layers("vidimus/new/x.hpp", "").size() == 1);
}

TEST_CASE("third-party and costly headers stay outside") {
  using tidy::check_foreign_headers;
  CHECK(check_foreign_headers("vidimus/base/x.hpp", "#include <vector>\n").empty());
  CHECK(check_foreign_headers("vidimus/adapt/x.hpp", "#include <cryptopp/sha.h>\n").empty());
  CHECK(check_foreign_headers("vidimus/adapt/x.hpp", "#include <chrono>\n").empty());
  CHECK(check_foreign_headers("vidimus/check/x.hpp", "#include <emmintrin.h>\n").empty());
  CHECK(check_foreign_headers("vidimus/base/x.hpp", "#include <cryptopp/sha.h>\n").size() == 1);
  CHECK(check_foreign_headers("vidimus/base/x.hpp", "#include <pugixml.hpp>\n").size() == 1);
  for (std::string name : {"chrono", "iostream", "functional", "ranges"})
    CHECK(check_foreign_headers("vidimus/duty/x.hpp", "#include <" + name + ">\n").size() == 1);
}

TEST_CASE("the core reads no clock") {
  using tidy::check_world;
  CHECK(check_world("vidimus/duty/x.hpp", "auto t = steady_clock::now();\n").size() == 1);
  CHECK(check_world("vidimus/duty/x.hpp", "auto t = time(nullptr);\n").size() == 1);
  CHECK(check_world("vidimus/duty/x.hpp", "std::random_device chance;\n").size() == 1);
  CHECK(
      check_world("vidimus/duty/x.hpp", "// no steady_clock here\nint wait_time(int);\n").empty());
  CHECK(check_world("vidimus/adapt/x.hpp", "auto t = steady_clock::now();\n").empty());
}

TEST_CASE("sizes") {
  CHECK(tidy::check_length(repeat("x\n", 300)).empty());
  CHECK(tidy::check_length(repeat("x\n", 301)).size() == 1);
  CHECK(tidy::check_columns(std::string(100, 'x') + "\n").empty());
  CHECK(tidy::check_columns(repeat("\xc3\xa4", 100) + "\n").empty());
  CHECK(tidy::check_columns(std::string(101, 'x') + "\n").size() == 1);
  CHECK(tidy::check_columns("x \n").size() == 1);
  CHECK(tidy::check_columns("\tx\n").size() == 1);
  CHECK(tidy::check_columns("x").size() == 1);
}

TEST_CASE("functions are found and measured") {
  std::string body = repeat("  f();\n", 58);
  CHECK(tidy::check_functions("int f(int a = 3) {\n" + body + "}\n").empty());
  std::string longer = "  g();\n" + body;
  for (std::string head :
       {"int f(int a = 3) {\n", "template <class T>\nT f() noexcept {\n", "auto f = [](int x) {\n",
        "inline constexpr auto f = [] {\n",
        "namespace a {\nstruct b {\n int c{0};\n friend bool operator==(b, b) {\n",
        "class b final : c {\n public:\n  b(int d) : d_{d}, e_(d) {\n",
        "#define X {\nvoid f() const {\n",
        "template <class T>\nclass b {\n void f() requires requires(T t) { t; } {\n",
        "extern \"C\" {\nvoid f() {\n"}) {
    INFO(head);
    CHECK(tidy::check_functions(head + longer + "}\n").size() == 1);
  }
  for (std::string head : {"namespace a {\n", "struct b {\n", "enum class b : c {\n",
                           "inline constexpr table t{to_array<row>({\n", "auto t = make({\n",
                           "row t{g(1), {2}, g(3), {\n", "concept c = requires(int a) {\n",
                           "class [[nodiscard]] b {\n"}) {
    INFO(head);
    CHECK(tidy::check_functions(head + longer + "}\n").empty());
  }
}

TEST_CASE("a table in a function is data") {
  std::string rows = repeat("  {a, {b, c}},\n", 80);
  std::string code = "auto f() {\n  return table{std::to_array<row>({\n" + rows + "})};\n";
  CHECK(tidy::check_functions(code + "}\n").empty());
  CHECK(tidy::check_functions(code + repeat("  f();\n", 60) + "}\n").size() == 1);
}

TEST_CASE("braces in comments and literals do not count") {
  std::string code = tidy::code_of("a /* { */ b // {\n\"{\\\"{\" '{' R\"x({\n{)x\" 1'000 c\n");
  CHECK(code.find('{') == std::string::npos);
  CHECK(code.find("1'000 c") != std::string::npos);
  CHECK(std::count(code.begin(), code.end(), '\n') == 3);
}

TEST_CASE("no promises, a licence and a guard") {
  CHECK(tidy::check_promises("// this is done\n").empty());
  CHECK(tidy::check_promises(std::string("// TO") + "DO: later\n").size() == 1);
  CHECK(tidy::check_promises(std::string("int x;  // FIX") + "ME\n").size() == 1);
  CHECK(tidy::check_head("vidimus/base/x.hpp", good_head + "int a;\n\n#endif\n").empty());
  CHECK(tidy::check_head("vidimus/base/y.hpp", good_head + "int a;\n\n#endif\n").size() == 1);
  CHECK(tidy::check_head("vidimus/base/x.hpp", good_head + "#endif\nint a;\n").size() == 1);
  CHECK(tidy::check_head("vidimus/base/x.hpp", "\n" + good_head + "\n#endif\n").size() == 1);
}

TEST_CASE("versions agree") {
  std::string header =
      "#define VIDIMUS_VERSION_MAJOR 1\n#define VIDIMUS_VERSION_MINOR 2\n"
      "#define VIDIMUS_VERSION_PATCH 3\n";
  REQUIRE(tidy::version_of_header(header) == "1.2.3");
  CHECK(tidy::version_of_header("") == "");
  CHECK(
      tidy::check_change_log("1.2.3", "\n## [Unreleased]\n\n## [1.2.3] - x\n## [1.2.2]\n").empty());
  CHECK(tidy::check_change_log("1.2.3", "\n## [Unreleased]\n\n## [1.2.2] - x\n").size() == 1);
  CHECK(tidy::check_change_log("1.2.3", "\n## [1.2.3] - x\n").size() == 1);
  CHECK(tidy::check_change_log("1.2.3", "\n## [1.2.3]\n\n## [Unreleased]\n").size() == 1);
  CHECK(tidy::check_page_version("1.2.3", "GIT_TAG v1.2.3) find_package(vidimus 1.2 REQUIRED)")
            .empty());
  CHECK(tidy::check_page_version("1.2.3", "GIT_TAG v1.2.2").size() == 1);
  CHECK(tidy::check_page_version("1.2.3", "find_package(vidimus 1.3)").size() == 1);
}

TEST_CASE("links and what they may name are found in prose only") {
  const std::string page =
      "# A page\n\n[one](a.md#b-c) and [two](#3-names--x_y) [far](https://example.org/)\n"
      "```text\n# no heading\n[no](link)\n```\n## 3. Names, & x_y\n";
  CHECK(tidy::links_of(page) == std::vector<std::string>{"a.md#b-c", "#3-names--x_y"});
  CHECK(tidy::anchors_of(page) == std::set<std::string>{"a-page", "3-names--x_y"});
}
