// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// The files of tests/vectors, in both directions: from the fields to the code, and from the code
// back to "valid", or to "wrong" where one field is another.
#include <cryptopp/sha3.h>

#include <set>
#include <vidimus/adapt/cryptopp.hpp>
#include <vidimus/adapt/preset_keys.hpp>
#include <vidimus/check/part_prints.hpp>

#include "../support/catch.hpp"
#include "../support/vector_elements.hpp"

using namespace vidimus;
using support::vector_case;

namespace {

using real = environment<cryptopp, preset_keys, system_entropy>;
const std::string other_end = "other@end.example";

bool is_short(const vector_case& c) { return !c.has("code"); }
bool is_between_ends(const vector_case& c) {
  return c.text("element") == "second" || c.text("element") == "proof";
}

/// The two ends that hold the key of a case.
struct ends {
  real issuer, verifier_;
  explicit ends(const vector_case& c) {
    const auto rule = rule_named(c.text("rule")).value();
    const auto preset = c.octets("preset-code");
    const auto other = c.has("verifiers-preset-code") ? c.octets("verifiers-preset-code") : preset;
    const auto add = [&](preset_keys& keys, octets_view code) {
      return is_between_ends(c) ? keys.add_end_to_end(other_end, c.text("key-id"), code, rule)
                                : keys.add(other_end, c.text("key-id"), code, rule);
    };
    REQUIRE(add(issuer.keys, preset));
    REQUIRE(add(verifier_.keys, other));
  }
};

/// The 64 bits of a case that has no code of its own, as one end computes them.
octets short_of(real& world, const vector_case& c) {
  verifier<real> codes(world);
  const auto as = support::purpose_from(c.text("purpose"));
  const auto kind = c.text("element");
  if (kind == "bind") {
    octets digests;
    for (const auto& one : c.all("message")) {
      const auto raw = from_hex(one).value();
      digests.insert(digests.end(), raw.begin(), raw.end());
    }
    const auto out = codes.short_of(support::head_from(c), as, other_end, digests);
    return out ? octets(out->begin(), out->end()) : octets{};
  }
  check e = support::check_from(c);
  const auto checked_as = support::purpose_from(c.text("checked-as"));
  if (kind == "part-of-check") {
    const header head = e.head;
    const auto out = part_printer<real>(codes, head, as, other_end).of(e, checked_as);
    return out ? octets(out->begin() + 4, out->end()) : octets{};  // 32 bits of it
  }
  e.code = check_code(c.octets("arrived-code"));
  const auto d = cryptopp::digest_of(support::canonical_from(c));
  const auto out = codes.fingerprint(e, checked_as, as, other_end, d);
  return out ? octets(out->begin(), out->end()) : octets{};
}

/// Whether a code between the ends is that of its fields, as the other end sees it.
bool end_stands(real& world, const vector_case& c) {
  verifier<real> codes(world);
  const header head = support::head_from(c);
  const end_code held{head.key_id, head.rule, check_code(c.octets("code"))};
  if (c.text("element") == "proof")
    return codes.proves_delivery(held, {head.conversation, c.number("number")}, other_end,
                                 support::array_from<digest>(c.text("content")));
  check e = support::check_from(c);
  e.second = held;
  const auto d = cryptopp::digest_of(support::canonical_from(c));
  return codes.verify_second(e, other_end, d) == finding::valid;
}

/// The same code as its issuer makes it, and what it covers.
check_code end_code_of(real& world, const vector_case& c, octets& input) {
  verifier<real> codes(world);
  const header head = support::head_from(c);
  check e;
  e.head = head;
  if (c.text("element") == "proof") {
    const auto d = support::array_from<digest>(c.text("content"));
    e.at = c.number("number");
    e.second = {head.key_id, head.rule, {}};
    covered::write_delivered_input(input, head, e.at, d);
    const auto made = codes.delivery_proof(e, other_end, d);
    return made ? made->code : check_code{};
  }
  e = support::check_from(c);
  const auto d = cryptopp::digest_of(support::canonical_from(c));
  covered::write_second_input(input, e, head, d);
  const auto made = codes.second_code(e, head.conversation, other_end, d);
  return made ? made->code : check_code{};
}

/// Whether the code in a case, or its 64 bits, are those of its fields, as the verifier sees it.
bool stands(ends& at, const vector_case& c) {
  if (is_short(c)) {
    octets wanted = c.octets("short");
    if (c.text("element") == "part-of-check") wanted.resize(4);
    return short_of(at.verifier_, c) == wanted;
  }
  if (is_between_ends(c)) return end_stands(at.verifier_, c);
  verifier<real> codes(at.verifier_);
  const auto p = support::purpose_from(c.text("purpose"));
  const auto d = cryptopp::digest_of(support::canonical_from(c));
  auto any = support::element_from(c);
  return std::visit(
      [&](auto& e) {
        e.code = check_code(c.octets("code"));
        const bool is_check = std::is_same_v<std::decay_t<decltype(e)>, check>;
        return codes.verify(e, p, other_end, is_check ? &d : nullptr) == finding::valid;
      },
      any);
}

std::string with_last_changed(std::string word) {
  char& last = word.back();
  last = last == '1' ? '2' : last == '2' ? '3' : '1';
  return word;
}

/// Another word of the same kind: number, octets, rule, status (which stands first), reason.
std::string other_word(const std::string& word, bool first) {
  if (rule_named(word)) return word == "hmac-sha-256" ? "ed25519" : "hmac-sha-256";
  if (word.find_first_of("0123456789") != std::string::npos) return with_last_changed(word);
  if (first) return word == "closed" ? "pending" : "closed";
  return word == "late" ? "busy" : "late";
}

/// The cases that differ from this one in one field.
std::vector<vector_case> variants(const vector_case& c) {
  static const std::set<std::string> numbers{"number", "flags", "lifetime", "limit", "octets-max"};
  static const std::set<std::string> hex{"conversation", "memory",  "nonce", "code",
                                         "arrived-code", "message", "short", "content"};
  static const std::set<std::string> spans{"voids", "numbers", "missing"};
  static const std::set<std::string> lists{"state", "altered", "refused", "second", "end"};
  static const std::set<std::string> implied{"memory", "purpose"};
  static const std::set<std::string> of_whole_check{"low", "voids"};
  std::vector<vector_case> out;
  for (std::size_t at = 0; at < c.lines.size(); ++at) {
    const auto& [name, value] = c.lines[at];
    const auto instead = [&](std::string other) {
      out.push_back(c);
      out.back().lines[at].second = std::move(other);
    };
    if (c.text("element") == "part-of-check" && of_whole_check.contains(name)) continue;
    if (name == "short" && !is_short(c)) continue;
    if (is_between_ends(c) && implied.contains(name)) continue;  // the call says it
    if (name == "body-only") instead("0");
    if (numbers.contains(name) || name == "low" || name == "top" || name == "close")
      instead(std::to_string(std::stoull(value) ^ 1));
    if (hex.contains(name)) {
      if (value.empty()) instead("010101010101010101010101");
      const bool part = name == "short" && c.text("element") == "part-of-check";  // 32 bits
      for (std::size_t digit = 0; digit < (part ? 8 : value.size()); digit += 5) {
        std::string other = value;
        other[digit] = other[digit] == '0' ? '8' : '0';
        instead(std::move(other));
      }
    }
    if (spans.contains(name)) instead(value + " 4000000");
    if (name == "covered") instead(with_last_changed(value));
    if (name == "origin" || name == "destination" || name == "relay" || name == "key-id")
      instead(value == "k1" ? "k2" : value + "x");
    if (name == "type") instead(value.empty() ? "chat" : "");
    if (name == "listed") {
      instead(value == "1" ? "0" : "1");
      std::erase_if(out.back().lines, [](const auto& line) { return line.first == "cover"; });
    }
    if (name == "cover") instead(value + "x");
    if (name == "cause") instead(value == "submit" ? "execute" : "submit");
    if (name == "rule")
      for (const auto& rule : rules)
        if (rule.name != value) instead(std::string(rule.name));
    if (name == "purpose" || name == "checked-as")
      for (std::string_view other : purpose_names)
        if (other != value) instead(std::string(other));
    if (name == "stanza") {
      const auto body = value.find("</body>");
      instead(value.substr(0, body) + "." + value.substr(body));
    }
    if (lists.contains(name)) {
      out.push_back(c);
      out.back().lines.erase(out.back().lines.begin() + static_cast<std::ptrdiff_t>(at));
      const auto words = support::words_of(value);
      for (std::size_t i = 0; i < words.size(); ++i) {
        std::string other;
        for (std::size_t j = 0; j < words.size(); ++j)
          other += (j == 0 ? "" : " ") + (j == i ? other_word(words[j], j == 0) : words[j]);
        instead(std::move(other));
      }
    }
  }
  return out;
}

}  // namespace

TEST_CASE("primitives by the known answers of their standards", "[key.derive][code.digest]") {
  std::map<std::string, int> seen;
  for (const auto& c : support::read_vectors("primitives.txt")) {
    CAPTURE(c.text("case"));
    const auto kind = c.text("primitive");
    const auto key = c.octets("key");
    const auto part = c.octets("message");
    octets message;
    for (auto n = c.has("message-times") ? c.number("message-times") : 1; n > 0; --n)
      message.insert(message.end(), part.begin(), part.end());
    octets out = c.octets("out");
    ++seen[kind];
    if (kind == "ed25519") {
      CHECK(ed25519_verifies(c.octets("public-key"), message, out) == (c.text("valid") == "1"));
      if (key.empty()) continue;
      const ed25519_pair pair(key, key);
      CHECK(octets(pair.own_public_key().begin(), pair.own_public_key().end()) ==
            c.octets("public-key"));
      CHECK(to_hex(octets_view(pair.signature_of(message))) == c.text("out"));
      continue;
    }
    octets made(out.size());
    digest whole{};
    if (kind == "hkdf-sha-256")
      cryptopp::hkdf(key, c.octets("salt"), c.octets("info"), made);
    else if (kind == "sha-256")
      whole = cryptopp::digest_of(message);
    else if (kind == "sha3-256")
      CryptoPP::SHA3_256().CalculateDigest(whole.data(), message.data(), message.size());
    else if (kind == "hmac-sha3-256")
      whole = hmac_sha3_256(key).of(message);
    else if (kind == "blake2b-256")
      whole = blake2b_256(key).of(message);
    else
      whole = hmac_sha_256(key).of(message);
    if (kind != "hkdf-sha-256") made.assign(whole.begin(), whole.end());
    made.resize(out.size());
    CHECK(to_hex(made) == c.text("out"));
  }
  CHECK(seen["sha-256"] == 4);
  CHECK(seen["sha3-256"] == 2);
  CHECK(seen["hmac-sha-256"] + seen["hmac-sha-256-128"] == 7);
  CHECK(seen["hkdf-sha-256"] == 3);
  CHECK(seen["hmac-sha3-256"] == 3);
  CHECK(seen["blake2b-256"] == 11);
  CHECK(seen["ed25519"] == 9);
}

TEST_CASE("keyed BLAKE2b by the self-test of RFC 7693, appendix E", "[key.derive]") {
  const auto sequence = [](std::size_t size, std::uint32_t seed) {
    octets out;
    std::uint32_t a = 0xdead4badu * seed, b = 1;
    for (std::size_t i = 0; i < size; ++i) {
      const std::uint32_t t = a + b;
      a = b;
      b = t;
      out.push_back(static_cast<octet>(t >> 24));
    }
    return out;
  };
  CryptoPP::BLAKE2b all(false, 32);
  for (unsigned size : {20u, 32u, 48u, 64u})
    for (std::size_t length : {0u, 3u, 128u, 129u, 255u, 1024u}) {
      const auto in = sequence(length, static_cast<std::uint32_t>(length));
      const auto key = sequence(size, size);
      octets out(size);
      CryptoPP::BLAKE2b plain(false, size);
      plain.Update(in.data(), in.size());
      plain.TruncatedFinal(out.data(), size);
      all.Update(out.data(), size);
      if (size == 32) {  // the size of the rule
        const auto ours = blake2b_256(key).of(in);
        all.Update(ours.data(), ours.size());
        continue;
      }
      CryptoPP::BLAKE2b keyed(key.data(), key.size(), nullptr, 0, nullptr, 0, false, size);
      keyed.Update(in.data(), in.size());
      keyed.TruncatedFinal(out.data(), size);
      all.Update(out.data(), size);
    }
  octets out(32);
  all.TruncatedFinal(out.data(), out.size());
  CHECK(to_hex(out) == "c23a7800d98123bd10f506c61e29da5603d763b8bbad2e737f5e765a7bccd475");
}

TEST_CASE("from the fields of a vector everything is computed",
          "[code.header][code.input][key.derive][code.digest][content.canonical]") {
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& c : support::read_vectors("codes.txt")) {
    CAPTURE(c.text("case"));
    const auto p = support::purpose_from(c.text("purpose"));
    const header head = support::head_from(c);
    REQUIRE(name_of(p) == c.text("purpose"));
    seen.insert({c.text("rule"), c.text("purpose")});
    const octets canonical = support::canonical_from(c);
    const digest d = cryptopp::digest_of(canonical);
    if (c.has("stanza")) {
      CHECK(to_hex(canonical) == c.text("canonical"));
      CHECK(to_hex(d) == c.text("digest"));
    }
    octets made;
    covered::write_key_info(made, head, p);
    const auto preset = c.octets("preset-code");
    if (facts(head.rule).derived) {
      CHECK(to_hex(made) == c.text("info"));
      octets key(32);
      cryptopp::hkdf(preset, {}, made, key);
      CHECK(to_hex(key) == c.text("key"));
    } else {
      const ed25519_pair pair(seed_of(preset), public_key_of(preset));
      CHECK(to_hex(octets_view(pair.own_public_key())) == c.text("public-key"));
      CHECK(to_hex(public_key_of(c.octets("verifiers-preset-code"))) == c.text("public-key"));
    }
    const auto key = cryptopp::derive(head.rule, preset, made);
    CHECK(to_hex(octets_view(key.short_of(c.octets("input")))) == c.text("short"));
    ends at(c);
    if (is_short(c)) {
      octets wanted = c.octets("short");
      if (c.text("element") == "part-of-check") wanted.resize(4);
      CHECK(to_hex(short_of(at.issuer, c)) == to_hex(wanted));
      continue;
    }
    if (is_between_ends(c)) {
      CHECK(to_hex(end_code_of(at.issuer, c, made).view()) == c.text("code"));
      CHECK(to_hex(made) == c.text("input"));
      continue;
    }
    auto any = support::element_from(c);
    std::visit(
        [&](auto& e) {
          const bool is_check = std::is_same_v<std::decay_t<decltype(e)>, check>;
          covered::write_input(made, e, p, is_check ? &d : nullptr);
          CHECK(to_hex(made) == c.text("input"));
          CHECK(to_hex(key.code(made).view()) == c.text("code"));
          verifier<real> codes(at.issuer);
          REQUIRE(codes.seal(e, p, other_end, is_check ? &d : nullptr));
          CHECK(to_hex(e.code.view()) == c.text("code"));
        },
        any);
  }
  CHECK(seen.size() == rules.size() * purpose_names.size());  // every purpose under every rule
}

TEST_CASE("the code of a vector verifies, and with one field changed it does not",
          "[code.header][code.input][code.compare][code.purpose]") {
  std::size_t changed = 0;
  for (const auto& c : support::read_vectors("codes.txt")) {
    CAPTURE(c.text("case"));
    ends at(c);
    REQUIRE(stands(at, c));
    for (const auto& other : variants(c)) {
      for (std::size_t i = 0; i < std::min(c.lines.size(), other.lines.size()); ++i)
        if (c.lines[i] != other.lines[i]) {
          CAPTURE(other.lines[i].first, other.lines[i].second);
          REQUIRE_FALSE(stands(at, other));
          break;
        }
      ++changed;
    }
  }
  CHECK(changed > 3000);
}

TEST_CASE("the values of the worked examples stand in the page", "[code.input][key.derive]") {
  std::ifstream in(VIDIMUS_TEST_DATA "/../docs/protocol.md");
  const std::string page(std::istreambuf_iterator<char>(in), {});
  int seen = 0;
  for (const auto& c : support::read_vectors("codes.txt")) {
    if (!c.text("case").starts_with("worked example")) continue;
    CAPTURE(c.text("case"));
    ++seen;
    CHECK(page.find(c.text("digest")) != std::string::npos);
    CHECK(page.find("`" + c.text("code") + "`") != std::string::npos);
    CHECK(page.find(c.text(c.has("key") ? "key" : "public-key")) != std::string::npos);
  }
  CHECK(seen == static_cast<int>(rules.size()));
}
