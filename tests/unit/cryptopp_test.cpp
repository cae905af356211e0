// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <cryptopp/hmac.h>

#include <new>
#include <thread>
#include <vidimus/adapt/cryptopp.hpp>
#include <vidimus/base/text.hpp>

#include "support/heap_calls.hpp"

using namespace vidimus;

namespace {

constexpr auto rule = check_rule::hmac_sha_256_128;

octets hex(std::string_view digits) { return from_hex(digits).value(); }

octets repeated(std::size_t count, octet value) { return octets(count, value); }

/// first, first + 1, ..., last.
octets counted(int first, int last) {
  octets out;
  for (int value = first; value <= last; ++value) out.push_back(static_cast<octet>(value));
  return out;
}

octets of_text(std::string_view text) {
  auto view = as_octets(text);
  return {view.begin(), view.end()};
}

struct mac_vector {
  octets key;
  octets data;
  std::string_view code;
};

const std::vector<mac_vector>& rfc_4231() {
  static const std::vector<mac_vector> vectors{
      {repeated(20, 0x0b), of_text("Hi There"),
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {of_text("Jefe"), of_text("what do ya want for nothing?"),
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {repeated(20, 0xaa), repeated(50, 0xdd),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {counted(1, 25), repeated(50, 0xcd),
       "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
      {repeated(20, 0x0c), of_text("Test With Truncation"), "a3b6167473100ee06e0c796c2955552b"},
      {repeated(131, 0xaa), of_text("Test Using Larger Than Block-Size Key - Hash Key First"),
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
      {repeated(131, 0xaa),
       of_text("This is a test using a larger than block-size key and a larger than block-size "
               "data. The key needs to be hashed before being used by the HMAC algorithm."),
       "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
  };
  return vectors;
}

/// True if the octets of `part` stand one behind the other somewhere in memory.
bool holds(const volatile octet* at, std::size_t size, octets_view part) {
  for (std::size_t begin = 0; begin + part.size() <= size; ++begin) {
    std::size_t same = 0;
    while (same < part.size() && at[begin + same] == part[same]) ++same;
    if (same == part.size()) return true;
  }
  return false;
}

/// SHA-256's state after the block that HMAC makes of a key, as it lies in memory.
octets midstate(octets_view key, octet pad) {
  alignas(16) std::array<CryptoPP::word32, 16> block;
  alignas(16) std::array<CryptoPP::word32, 8> state;
  octets padded(key.begin(), key.end());
  padded.resize(64);
  for (std::size_t i = 0; i < 64; ++i) padded[i] ^= pad;
  reader in(padded);
  for (auto& word : block) word = in.u32();
  CryptoPP::SHA256::InitState(state.data());
  CryptoPP::SHA256::Transform(state.data(), block.data());
  octets out(sizeof state);
  std::memcpy(out.data(), state.data(), sizeof state);
  return out;
}

}  // namespace

TEST_CASE("SHA-256 by the vectors of FIPS 180", "[cryptopp]") {
  auto of = [](std::string_view text) { return to_hex(cryptopp::digest_of(as_octets(text))); };
  CHECK(of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(of("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
           "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu") ==
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
  CHECK(of(std::string(1'000'000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("HMAC-SHA-256 by the vectors of RFC 4231", "[cryptopp]") {
  for (const auto& vector : rfc_4231()) {
    auto wanted = hex(vector.code);
    auto code = hmac_sha_256(vector.key).of(vector.data);
    CHECK(to_hex(octets_view(code).first(wanted.size())) == vector.code);
    // the rule of this version cuts the code to 16 octets
    auto cut = cryptopp::code_key(rule, vector.key).code(vector.data);
    CHECK(to_hex(cut.view()) == vector.code.substr(0, 32));
  }
}

TEST_CASE("what all inputs begin with changes no code", "[cryptopp][code.input]") {
  const auto data = counted(0, 255);
  octets key = counted(1, 32);
  for (const auto& one : rules) {
    if (!one.derived) key = counted(1, 64);
    const cryptopp::code_key whole(one.rule, key);
    for (std::size_t begun :
         {0u, 1u, 55u, 63u, 64u, 65u, 127u, 128u, 129u, 135u, 136u, 137u, 200u}) {
      cryptopp::code_key kept(one.rule, key);
      kept.begin_with(octets_view(data).first(begun));
      for (const cryptopp::code_key& of : {kept, cryptopp::code_key(kept)})
        for (std::size_t size = begun; size <= data.size(); size += one.derived ? 1 : 40) {
          const auto in = octets_view(data).first(size);
          const check_code code = whole.code(in);
          if (of.code(in) != code || of.short_of(in) != whole.short_of(in))
            FAIL(one.name << ", " << begun << ", " << size);
          if (one.derived && !of.matches(in, code)) FAIL(one.name << ", " << begun << ", " << size);
        }
    }
  }
}

TEST_CASE("HMAC-SHA-256 agrees with Crypto++ at every length", "[cryptopp]") {
  auto data = counted(0, 255);
  for (std::size_t key_size : {0u, 1u, 31u, 32u, 63u, 64u, 65u, 127u, 128u, 129u, 200u}) {
    auto key = repeated(key_size, 0x42);
    CryptoPP::HMAC<CryptoPP::SHA256> theirs(key.data(), key.size());
    hmac_sha_256 ours(key);
    for (std::size_t size = 0; size <= data.size(); ++size) {
      digest wanted;
      theirs.CalculateDigest(wanted.data(), data.data(), size);
      if (ours.of(octets_view(data).first(size)) != wanted) FAIL(key_size << ", " << size);
    }
  }
}

TEST_CASE("HKDF-SHA-256 by the vectors of RFC 5869", "[cryptopp]") {
  auto derive = [](octets_view secret, octets_view salt, octets_view info, std::size_t size) {
    octets out(size);
    cryptopp::hkdf(secret, salt, info, out);
    return to_hex(out);
  };
  CHECK(derive(repeated(22, 0x0b), counted(0x00, 0x0c), counted(0xf0, 0xf9), 42) ==
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  CHECK(derive(counted(0x00, 0x4f), counted(0x60, 0xaf), counted(0xb0, 0xff), 82) ==
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c6"
        "5e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87");
  CHECK(derive(repeated(22, 0x0b), {}, {}, 42) ==
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST_CASE("a derived key is HMAC under HKDF's 32 octets", "[cryptopp][key.derive]") {
  auto key = cryptopp::derive(rule, repeated(22, 0x0b), {});
  hmac_sha_256 wanted(hex("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"));
  auto data = of_text("a header and a digest");
  CHECK(key.code(data) == check_code(octets_view(wanted.of(data)).first(16)));

  auto other_info = cryptopp::derive(rule, repeated(22, 0x0b), of_text("submit"));
  auto other_code = cryptopp::derive(rule, repeated(22, 0x0c), {});
  CHECK_FALSE(other_info.code(data) == key.code(data));
  CHECK_FALSE(other_code.code(data) == key.code(data));
}

TEST_CASE("keys are copied and assigned", "[cryptopp]") {
  auto data = of_text("data");
  auto first = cryptopp::derive(rule, repeated(16, 1), {});
  auto second = cryptopp::derive(rule, repeated(16, 2), {});
  auto copy = first;
  CHECK(copy.code(data) == first.code(data));
  copy = second;
  CHECK(copy.code(data) == second.code(data));
  auto& self = copy;
  copy = self;
  CHECK(copy.code(data) == second.code(data));
  CHECK_FALSE(copy.code(data) == first.code(data));
}

TEST_CASE("a code asks the heap for nothing", "[cryptopp]") {
  auto key = cryptopp::derive(rule, repeated(16, 1), {});
  auto data = counted(0, 255);
  check_code last;
  auto before = support::heap_calls();
  for (std::size_t size = 0; size <= data.size(); ++size)
    last = key.code(octets_view(data).first(size));
  auto copy = key;
  digest content = cryptopp::digest_of(data);
  auto after = support::heap_calls();
  CHECK(after - before == 0);
  CHECK(last == copy.code(data));
  CHECK(content == cryptopp::digest_of(data));
}

TEST_CASE("what a key knows is wiped with it", "[cryptopp]") {
  auto secret = counted(1, 32);
  auto inner = midstate(secret, 0x36), outer = midstate(secret, 0x5c);
  alignas(cryptopp::code_key) std::array<octet, sizeof(cryptopp::code_key)> memory{};
  const volatile octet* at = memory.data();

  auto* key = new (memory.data()) cryptopp::code_key(rule, secret);
  CHECK(holds(at, memory.size(), inner));
  CHECK(holds(at, memory.size(), outer));
  CHECK_FALSE(holds(at, memory.size(), octets_view(secret).first(8)));
  key->~code_key();
  for (std::size_t i = 0; i + 8 <= inner.size(); i += 8) {
    CHECK_FALSE(holds(at, memory.size(), octets_view(inner).subspan(i, 8)));
    CHECK_FALSE(holds(at, memory.size(), octets_view(outer).subspan(i, 8)));
  }
}

TEST_CASE("threads share a key", "[cryptopp]") {
  const auto key = cryptopp::derive(rule, repeated(16, 1), {});
  const auto data = counted(0, 255);
  const auto wanted = key.code(data);
  std::array<int, 4> wrong{};
  std::vector<std::thread> threads;
  for (int& count : wrong)
    threads.emplace_back([&key, &data, &wanted, &count] {
      for (int i = 0; i < 2000; ++i) count += key.code(data) == wanted ? 0 : 1;
    });
  for (auto& one : threads) one.join();
  CHECK(wrong == std::array<int, 4>{});
}

TEST_CASE("random octets fill all of the span and do not repeat", "[cryptopp]") {
  system_entropy entropy;
  system_entropy other = entropy;
  other = entropy;
  std::array<octet, 64> seen{}, first{}, second{};
  for (int i = 0; i < 16; ++i) {
    entropy.fill(first);
    other.fill(second);
    CHECK(first != second);
    for (std::size_t at = 0; at < seen.size(); ++at)
      seen[at] = static_cast<octet>(seen[at] | first[at]);
  }
  for (octet one : seen) CHECK(one != 0);
  entropy.fill({});
}
