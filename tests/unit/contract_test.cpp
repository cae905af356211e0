// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// A broken contract calls what the host put in place of abort. The macro is spelled out where it is
// used, so a function template of this file alone sees the replacement.
#include <string>

namespace {

struct broken {
  std::string sentence;
};

}  // namespace

#define VIDIMUS_CONTRACT_FAILED(sentence, file, line) \
  throw broken { sentence }

#include <catch2/catch.hpp>

#include "vidimus/base/contract.hpp"

TEST_CASE("a contract that holds does nothing", "[contract]") {
  CHECK_NOTHROW(VIDIMUS_EXPECT(1 + 1 == 2, "arithmetic"));
}

TEST_CASE("a broken contract calls the replacement with its sentence", "[contract]") {
  try {
    VIDIMUS_EXPECT(1 + 1 == 3, "arithmetic");
    FAIL("went on");
  } catch (const broken& caught) {
    CHECK(caught.sentence == "arithmetic");
  }
}
