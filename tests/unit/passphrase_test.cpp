// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include <vidimus/adapt/cryptopp.hpp>
#include <vidimus/adapt/passphrase.hpp>
#include <vidimus/adapt/preset_keys.hpp>
#include <vidimus/base/text.hpp>

#include "../support/catch.hpp"

using namespace vidimus;

namespace {

constexpr std::string_view phrase = "six random words of a list";
const octets salt(16, 0x5a);

std::string hex_of(std::string_view passphrase, std::string_view salted, scrypt_cost cost) {
  const auto out = scrypt(passphrase, as_octets(salted), 64, cost);
  return out ? to_hex(out.value().view()) : std::string(sentence(out.error()));
}

}  // namespace

TEST_CASE("scrypt by the vectors of RFC 7914", "[key.preset]") {
  CHECK(hex_of("", "", {16, 1, 1}) ==
        "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
        "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906");
  CHECK(hex_of("password", "NaCl", {1024, 8, 16}) ==
        "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
        "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640");
  CHECK(hex_of("pleaseletmein", "SodiumChloride", {16384, 8, 1}) ==
        "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
        "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887");
}

// needs 1 GiB: run by its name
TEST_CASE("scrypt by the largest vector of RFC 7914", "[.]") {
  const auto out = scrypt("pleaseletmein", as_octets("SodiumChloride"), 64, {1 << 20, 8, 1},
                          std::uint64_t{2} << 30);
  REQUIRE(out);
  CHECK(to_hex(out.value().view()) ==
        "2101cb9b6a511aaeaddbbe09cf70f881ec568d574a2ffd4dabe5ee9820adaa47"
        "8e56fd8f4ba5d09ffa1c6d927c40f4c337304049e8a952fbcbf45c6fa77a41a4");
}

TEST_CASE("both ends make the same preset code of one passphrase", "[key.preset]") {
  const scrypt_cost least{1 << 15, 8, 1};
  const auto code = preset_code_from_passphrase(phrase, salt, least);
  REQUIRE(code);
  REQUIRE(code->size() == 32);
  const auto again = preset_code_from_passphrase(phrase, salt, least);
  REQUIRE(again);
  CHECK(equal_constant_time(code->view(), again->view()));
  preset_keys keys;
  for (const auto& rule : rules)
    CHECK(keys.add("a@b", std::string(rule.name), code->view(), rule.rule).has_value() ==
          rule.derived);

  octets other_salt = salt;
  other_salt[15] ^= 1;
  const auto salted = preset_code_from_passphrase(phrase, other_salt, least);
  const auto worded = preset_code_from_passphrase(std::string(phrase) + " ", salt, least);
  const auto harder = preset_code_from_passphrase(phrase, salt, {1 << 15, 8, 2});
  for (const auto* other : {&salted, &worded, &harder}) {
    REQUIRE(*other);
    CHECK_FALSE(equal_constant_time(code->view(), other->value().view()));
  }
}

TEST_CASE("what is too weak or too dear is refused with a reason", "[key.preset]") {
  using enum passphrase_fault;
  const auto why = [](std::string_view passphrase, octets_view salted, scrypt_cost cost,
                      std::uint64_t most = scrypt_memory_max) {
    return preset_code_from_passphrase(passphrase, salted, cost, most).error();
  };
  const scrypt_cost good{1 << 15, 8, 1};
  CHECK(why("eleven octs", salt, good) == short_passphrase);
  CHECK(why("", salt, good) == short_passphrase);
  CHECK(why(phrase, octets_view(salt).first(15), good) == short_salt);
  for (std::uint64_t n : {0ull, 1ull, 3ull, 32767ull, 32769ull, ~0ull})
    CHECK(why(phrase, salt, {n, 8, 1}) == bad_cost);
  CHECK(why(phrase, salt, {1 << 15, 0, 1}) == bad_cost);
  CHECK(why(phrase, salt, {1 << 15, 8, 0}) == bad_cost);
  CHECK(why(phrase, salt, {1 << 14, 8, 1}) == weak_cost);
  CHECK(why(phrase, salt, {1 << 14, 15, 4}) == weak_cost);
  CHECK(why(phrase, salt, {1 << 20, 7, 1}) == weak_cost);
  CHECK(why(phrase, salt, {2, 8, 1}) == weak_cost);
  CHECK(why(phrase, salt, {1 << 15, 8, 65}) == much_work);
  CHECK(why(phrase, salt, {1 << 15, 8, ~0u}) == much_work);
  CHECK(why(phrase, salt, {1 << 18, 8, 1}) == much_memory);  // 256 MiB and 1 KiB
  CHECK(why(phrase, salt, {1ull << 63, 8, 1}) == much_memory);
  CHECK(why(phrase, salt, {1ull << 63, ~0u, 64}) == much_memory);
  CHECK(why(phrase, salt, {1 << 15, 8, 1}, (32u << 20) + 1023) == much_memory);
  CHECK(preset_code_from_passphrase(phrase, salt, {1 << 15, 8, 1}, (32u << 20) + 1024));
  CHECK(why(phrase, salt, {1 << 15, 8, 1}, 0) == much_memory);
  // RFC 7914, section 2: n is below 2^(16 r)
  CHECK(scrypt("", {}, 8, {1 << 16, 1, 1}).error() == bad_cost);
  CHECK(scrypt("", {}, 8, {1 << 15, 1, 1}));
  for (int i = 0; i <= static_cast<int>(no_memory); ++i)
    CHECK(sentence(static_cast<passphrase_fault>(i)) != "unknown fault");
}
