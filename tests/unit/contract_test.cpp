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

#include "vidimus/base/result.hpp"

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

TEST_CASE("reading a value that was refused says why it was refused", "[contract]") {
  struct local_error {
    std::string what;
  };
  const auto sentence_of = [](auto refused) {
    try {
      (void)refused.value();
      return std::string();
    } catch (const broken& caught) {
      return caught.sentence;
    }
  };
  using vidimus::result;
  CHECK(sentence_of(result<long>(vidimus::errc::no_key)) ==
        "value() of a result that holds an error: no preset code is known for this peer");
  CHECK(sentence_of(result<long, local_error>(local_error{"the disk is full"})) ==
        "value() of a result that holds an error: the disk is full");
  CHECK(sentence_of(result<long, int>(7)) == "value() of a result that holds an error");
}
