// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// The clauses in the code and in docs/protocol.md are the same sentences.
#include <fstream>
#include <iterator>
#include <string>
#include <vidimus/spec/clause.hpp>

#include "../support/catch.hpp"

namespace {

/// The page with every run of white space as one blank.
std::string page() {
  std::ifstream in(VIDIMUS_TEST_DATA "/../docs/protocol.md");
  std::string out;
  for (char c : std::string(std::istreambuf_iterator<char>(in), {})) {
    const bool blank = c == ' ' || c == '\n' || c == '\t';
    if (!blank || (!out.empty() && out.back() != ' ')) out += blank ? ' ' : c;
  }
  return out;
}

}  // namespace

TEST_CASE("every clause stands once in docs/protocol.md, word for word") {
  const std::string text = page();
  REQUIRE(text.size() > 10000);
  for (const auto& clause : vidimus::clauses) {
    const std::string wanted = "**" + std::string(clause.id) + "** " + std::string(clause.quote);
    CAPTURE(wanted);
    const auto at = text.find(wanted);
    CHECK(at != std::string::npos);
    CHECK(text.find("**" + std::string(clause.id) + "**", at + 1) == std::string::npos);
  }
}
