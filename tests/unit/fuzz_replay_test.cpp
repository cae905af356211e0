// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "../../fuzz/bundle_bodies.hpp"
#include "../../fuzz/key_bodies.hpp"
#include "../../fuzz/record_bodies.hpp"
#include "../../fuzz/xml_bodies.hpp"

namespace {

/// Runs a body over its corpus, and over every input cut short; a broken promise aborts.
int replay(const std::string& target, void (*body)(std::string_view)) {
  int inputs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(VIDIMUS_FUZZ_DATA "/" + target)) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string input{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    body(input);
    const std::size_t step = 1 + input.size() / 200;
    for (std::size_t size = 0; size < input.size(); size += step) body(input.substr(0, size));
    ++inputs;
  }
  return inputs;
}

}  // namespace

TEST_CASE("The corpora of the fuzz targets replay") {
  CHECK(replay("scan", fuzz::scan) > 0);
  CHECK(replay("entries_agree", fuzz::entries_agree) > 0);
  CHECK(replay("bundle", fuzz::bundle) > 0);
  CHECK(replay("view", fuzz::view) > 0);
  CHECK(replay("keys", fuzz::keys) > 0);
  CHECK(replay("records", fuzz::records) > 0);
}
