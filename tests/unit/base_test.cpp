// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include <catch2/catch.hpp>
#include <limits>
#include <random>
#include <set>

#include "vidimus/base/bytes.hpp"
#include "vidimus/base/errc.hpp"
#include "vidimus/base/result.hpp"
#include "vidimus/base/text.hpp"
#include "vidimus/model/name_text.hpp"

using namespace vidimus;

namespace {

/// Octets of all sizes from 0 to `size_max`, the same on every run.
std::vector<octets> samples(std::size_t size_max) {
  std::mt19937 chance(1);
  std::vector<octets> out;
  for (std::size_t size = 0; size <= size_max; ++size) {
    octets sample(size);
    for (auto& each : sample) each = static_cast<octet>(chance());
    out.push_back(std::move(sample));
  }
  return out;
}

octets from(std::string_view text) {
  auto view = as_octets(text);
  return {view.begin(), view.end()};
}

}  // namespace

TEST_CASE("base64 as in RFC 4648 section 10, without padding", "[text]") {
  auto [plain, coded] = GENERATE(table<std::string, std::string>({
      {"", ""},
      {"f", "Zg"},
      {"fo", "Zm8"},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg"},
      {"fooba", "Zm9vYmE"},
      {"foobar", "Zm9vYmFy"},
  }));
  CHECK(to_base64(as_octets(plain)) == coded);
  CHECK(from_base64(coded) == from(plain));
}

TEST_CASE("the two alphabets differ in the last two letters", "[text]") {
  const octets all_ones{0xfb, 0xff, 0xfe};
  CHECK(to_base64(all_ones) == "+//+");
  CHECK(to_base64(all_ones, base64url_letters) == "-__-");
  CHECK(from_base64("-__-", base64url_letters) == all_ones);
  CHECK_FALSE(from_base64("-__-"));
  CHECK_FALSE(from_base64("+//+", base64url_letters));
}

TEST_CASE("base64 and hex give back what they were given", "[text]") {
  for (const auto& sample : samples(100)) {
    CHECK(from_base64(to_base64(sample)) == sample);
    CHECK(from_base64(to_base64(sample, base64url_letters), base64url_letters) == sample);
    CHECK(from_hex(to_hex(sample)) == sample);
  }
}

TEST_CASE("every short text that is base64 is the one spelling of its octets", "[text]") {
  std::size_t accepted = 0;
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const std::string text{static_cast<char>(a), static_cast<char>(b)};
      auto found = from_base64(text);
      if (!found) continue;
      ++accepted;
      CHECK(to_base64(*found) == text);
    }
  }
  CHECK(accepted == 256);  // one octet each
}

TEST_CASE("what is no base64 gives nothing", "[text]") {
  using namespace std::string_literals;
  for (const auto& text : {"Z"s, "Zm9vY"s, "Zg=="s, "Zm9v\n"s, " Zg"s, "Zm 9"s, "Zh"s, "Zm9"s,
                           "\0\0"s, "Zm9\0"s, "Zm9\xc3"s, "===="s}) {
    INFO(text);
    CHECK_FALSE(from_base64(text));
  }
}

TEST_CASE("base64 is appended to what is there", "[text]") {
  std::string out = "x";
  append_base64(out, as_octets("foo"));
  append_base64(out, as_octets("f"));
  CHECK(out == "xZm9vZg");
}

TEST_CASE("hex: both cases are read, lower case is written", "[text]") {
  CHECK(to_hex(octets{0x00, 0x9a, 0xbc, 0xff}) == "009abcff");
  CHECK(from_hex("009ABcff") == octets{0x00, 0x9a, 0xbc, 0xff});
  CHECK(from_hex("") == octets{});
  for (std::string text : {"0", "000", "0g", "g0", "0x", " 0", "-1", "/0", ":0", "@0", "`0"}) {
    INFO(text);
    CHECK_FALSE(from_hex(text));
  }
}

TEST_CASE("decimal numbers up to a limit", "[text]") {
  constexpr auto top = std::numeric_limits<std::uint64_t>::max();
  CHECK(from_decimal("0", 0) == 0u);
  CHECK(from_decimal("7", 7) == 7u);
  CHECK(from_decimal("18446744073709551615", top) == top);
  CHECK(from_decimal("18446744073709551614", top - 1) == top - 1);
  CHECK_FALSE(from_decimal("1", 0));
  CHECK_FALSE(from_decimal("8", 7));
  CHECK_FALSE(from_decimal("10", 9));
  CHECK_FALSE(from_decimal("18446744073709551615", top - 1));
  CHECK_FALSE(from_decimal("18446744073709551616", top));
  CHECK_FALSE(from_decimal("18446744073709551620", top));
  CHECK_FALSE(from_decimal("99999999999999999999", top));
  CHECK_FALSE(from_decimal("100000000000000000000", top));
  for (std::string text : {"", "+1", "-1", "01", "00", " 1", "1 ", "1.", "1a", "0x1", "\xd9\xa1"}) {
    INFO(text);
    CHECK_FALSE(from_decimal(text, top));
  }
}

TEST_CASE("decimal numbers: every limit against every number nearby", "[text]") {
  for (std::uint64_t most = 0; most <= 120; ++most)
    for (std::uint64_t number = 0; number <= 130; ++number)
      CHECK(from_decimal(std::to_string(number), most).has_value() == (number <= most));
}

TEST_CASE("integers are written with the highest octet first", "[bytes]") {
  octets out;
  writer to(out);
  to.u8(0x01);
  to.u16(0x0203);
  to.u32(0x04050607);
  to.u64(0x08090a0b0c0d0e0f);
  to.sized(std::string_view("ab"));
  to.raw(std::string_view("c"));
  CHECK(to_hex(out) == "0102030405060708090a0b0c0d0e0f00000002616263");
}

TEST_CASE("a reader gives back what a writer wrote", "[bytes]") {
  for (const auto& sample : samples(40)) {
    octets out;
    writer to(out);
    to.u8(0xff);
    to.sized(sample);
    to.u16(0xfffe);
    to.u32(0xfffffffe);
    to.u64(std::numeric_limits<std::uint64_t>::max() - 1);
    to.raw(octets{1, 2, 3});

    reader in(out);
    CHECK(in.u8() == 0xff);
    auto read = in.sized();
    CHECK(octets(read.begin(), read.end()) == sample);
    CHECK(in.u16() == 0xfffe);
    CHECK(in.u32() == 0xfffffffe);
    CHECK(in.u64() == std::numeric_limits<std::uint64_t>::max() - 1);
    CHECK_FALSE(in.done());
    CHECK(in.array<3>() == std::array<octet, 3>{1, 2, 3});
    CHECK(in.done());
  }
}

TEST_CASE("a record cut anywhere is noticed", "[bytes]") {
  octets whole;
  writer to(whole);
  to.u16(1);
  to.sized(std::string_view("four"));
  to.u64(2);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    reader in(octets_view(whole).first(size));
    in.u16();
    in.text();
    in.u64();
    CHECK_FALSE(in.ok());
    CHECK_FALSE(in.done());
    CHECK(in.left() == 0);
  }
}

TEST_CASE("after a short read everything is zero or empty", "[bytes]") {
  const octets five{1, 2, 3, 4, 5};
  reader in(five);
  CHECK(in.u8() == 1);
  CHECK(in.u64() == 0);
  CHECK_FALSE(in.ok());
  CHECK(in.u8() == 0);
  CHECK(in.u16() == 0);
  CHECK(in.raw(1).empty());
  CHECK(in.raw(0).empty());
  CHECK(in.text().empty());
  CHECK(in.array<2>() == std::array<octet, 2>{});
  CHECK(in.left() == 0);
  CHECK_FALSE(in.done());
}

TEST_CASE("a length that is larger than the record is a short read", "[bytes]") {
  reader in(octets_view{});
  CHECK(in.done());
  const octets boast{0xff, 0xff, 0xff, 0xff, 1};
  in = reader(boast);
  CHECK(in.sized().empty());
  CHECK_FALSE(in.ok());
}

TEST_CASE("octets and text share their memory", "[bytes]") {
  std::string_view text = "gr\xc3\xbc\xc3\x9f";
  CHECK(as_octets(text).size() == text.size());
  CHECK(as_text(as_octets(text)).data() == text.data());
  CHECK(as_text(as_octets(text)) == text);
  CHECK(as_text({}).empty());
}

TEST_CASE("wiped octets are zero, their neighbours are not", "[bytes]") {
  octets all(8, 0xff);
  wipe(all.data() + 2, 4);
  CHECK(to_hex(all) == "ffff00000000ffff");
  wipe(all.data(), 0);
  CHECK(to_hex(all) == "ffff00000000ffff");
}

TEST_CASE("a result holds a value or an error", "[result]") {
  result<std::string> value = std::string("seven");
  REQUIRE(value);
  CHECK(value.has_value());
  CHECK(*value == "seven");
  CHECK(value->size() == 5);
  value.value() += "teen";
  CHECK(std::as_const(value).value() == "seventeen");
  CHECK(std::move(value).value() == "seventeen");

  const result<std::string> error = errc::too_large;
  REQUIRE_FALSE(error);
  CHECK(error.error() == errc::too_large);
}

TEST_CASE("a result may hold what cannot be copied", "[result]") {
  result<std::unique_ptr<int>> value = std::make_unique<int>(7);
  std::unique_ptr<int> taken = *std::move(value);
  REQUIRE(taken);
  CHECK(*taken == 7);
}

TEST_CASE("a result may hold an error that says more", "[result]") {
  struct place {
    std::size_t octet;
  };
  const result<int, place> error = place{12};
  CHECK(error.error().octet == 12);
}

TEST_CASE("every error has a sentence of its own", "[result]") {
  std::set<std::string_view> sentences;
  int code = 0;
  for (; sentence(static_cast<errc>(code)) != "unknown error"; ++code)
    sentences.insert(sentence(static_cast<errc>(code)));
  CHECK(code == static_cast<int>(errc::unsupported) + 1);
  CHECK(sentences.size() == static_cast<std::size_t>(code));
}

TEST_CASE("the name of a message is a text that gives it back", "[text]") {
  message_name name;
  name.in.along = make_route("alice@example.org", "bob@example.net", "relay.example.org");
  for (std::size_t i = 0; i < name.in.id.octets.size(); ++i)
    name.in.id.octets[i] = static_cast<octet>(250 + i);
  name.at = number_max;
  const std::string written = text(name);
  CHECK(written ==
        "alice@example.org/bob@example.net/relay.example.org/-vv8_f7_AAECAwQF/9007199254740991");
  const auto read = message_name_of(written);
  REQUIRE(read);
  CHECK(*read == name);
  for (const char* bad : {"", "a/b/c", "a/b/c/-vv8_f7_AAECAwQF", "a/b/c/-vv8_f7_AAECAwQF/",
                          "a/b/c/-vv8_f7_AAECAwQF/01", "a/b/c/-vv8_f7_AAECAwQ/1",
                          "a/b/c/+vv8/f7_AAECAwQF/1", "a/b/c/-vv8_f7_AAECAwQF/1/",
                          "a/b/c/-vv8_f7_AAECAwQF/9007199254740992", "x/a/b/c/-vv8_f7_AAECAwQF/1"})
    CHECK_FALSE(message_name_of(bad));
}
