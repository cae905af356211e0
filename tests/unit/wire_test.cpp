// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <filesystem>
#include <fstream>
#include <iterator>

#include "../../fuzz/wire_bodies.hpp"
#include "../support/wire_refusals.hpp"
#include "../support/wire_samples.hpp"

using namespace vidimus;
using support::element_maker;
using support::wire_chance;

namespace {

const wire_place places[] = {
    {hop::one, "alice@example.org/phone", "relay.example.org", "chat"},
    {hop::one, "alice@example.org", "bob@example.net", ""},
    {hop::two, "relay.example.org", "bob@example.net/desk", "chat"},
    {hop::two, "alice@example.org/phone", "bob@example.net/desk", "groupchat"},
};

bool fits(std::size_t kind, const wire_place& place) {
  return place.on == hop::one || (kind != 2 && kind != 3);
}

std::size_t start_tag(const flat_element& e) {
  std::string text;
  flat_element bare = e;
  bare.text.clear();
  REQUIRE(append_own(text, bare));
  return text.size();
}

using support::times;
const std::string& names = support::wire_names;

/// What is wrong with a hop 1 element from alice to the relay, or back; "" if nothing is.
std::string wrong(const std::string& name, const std::string& more, const std::string& text = {},
                  const std::string& head = names, hop on = hop::one) {
  const auto flat = fuzz::flat_of(name + "\n" + head + more + "\n" + text);
  wire_place place{on, "alice@example.org/phone", "relay.example.org", "chat"};
  if (name == "receipt" || name == "challenge") std::swap(place.from, place.to);
  const auto read = read_element(flat, place);
  return read ? "" : read.error().what;
}

wire_fault fault_of(const std::string& name, const std::string& more, const std::string& text = {},
                    const std::string& head = names) {
  const auto read = read_element(fuzz::flat_of(name + "\n" + head + more + "\n" + text),
                                 {hop::one, "alice@example.org", "relay.example.org", "chat"});
  REQUIRE_FALSE(read);
  return read.error().kind;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("what is written is read again, on every hop and way", "[element.flat]") {
  for (const wire_place& place : places)
    for (std::uint64_t seed = 0; seed < 400; ++seed)
      for (std::size_t kind = 0; kind < 6; ++kind) {
        if (!fits(kind, place)) continue;
        CAPTURE(kind, seed, place.from);
        const element e = element_maker(seed * 8 + kind, place).any(kind);
        const auto written = write_element(e, place);
        INFO((written ? "" : written.error().what));
        REQUIRE(written);
        REQUIRE(start_tag(*written) < 1024);
        REQUIRE(std::is_sorted(written->attributes.begin(), written->attributes.end()));
        const auto read = read_element(*written, place);
        INFO((read ? "" : read.error().what));
        REQUIRE(read);
        REQUIRE(support::same(*read, e));
        REQUIRE(*write_element(*read, place) == *written);
      }
}

TEST_CASE("a check with nothing but defaults is short", "[element.flat]") {
  const wire_place at{hop::one, "a@b", "c", "chat"};
  check e;
  e.head.key_id = "k1";
  e.head.conversation.along = make_route("a@b", "c", "c");
  e.head.conversation.id.octets[0] = e.head.memory.octets[0] = 1;
  e.code = check_code(octets(16));
  e.at = 1;
  e.type = "chat";
  e.flags = check::report;
  e.lifetime_s = 86400;
  REQUIRE(start_tag(*write_element(e, at)) <= 115);
}

TEST_CASE("attributes may come in any order", "[element.flat]") {
  for (std::size_t kind = 0; kind < 6; ++kind) {
    const element e = element_maker(kind, places[0]).any(kind);
    auto flat = *write_element(e, places[0]);
    std::reverse(flat.attributes.begin(), flat.attributes.end());
    REQUIRE(support::same(*read_element(flat, places[0]), e));
  }
}

TEST_CASE("a changed element is refused, or says what it spells", "[element.flat][element.check]") {
  wire_chance random{1};
  const std::string_view parts[] = {" ",
                                    "-",
                                    "/",
                                    "0",
                                    "1",
                                    "9",
                                    "A",
                                    "a",
                                    "x",
                                    "v",
                                    "{",
                                    "}",
                                    "%",
                                    "@",
                                    "\xc3\xa9",
                                    "",
                                    "9007199254740992"};
  int read = 0;
  for (int i = 0; i < 12000; ++i) {
    const wire_place& place = places[i % 4];
    const auto kind = static_cast<std::size_t>(i) / 4 % 6;
    if (!fits(kind, place)) continue;
    auto flat = *write_element(element_maker(random.next(), place).any(kind), place);
    std::string* at = &flat.text;
    if (flat.text.empty() || random.one_in(2)) {
      auto& attribute = flat.attributes[random.below(flat.attributes.size())];
      at = random.one_in(5) ? &attribute.first : &attribute.second;
    }
    const auto where = random.below(at->size() + 1);
    at->replace(where, random.below(3), random.pick(parts));
    if (random.one_in(20)) flat.attributes.push_back(flat.attributes.front());
    if (random.one_in(20)) flat.attributes.erase(flat.attributes.begin());
    CAPTURE(i, kind, where);
    read += fuzz::wire_is_one_to_one(flat, place) ? 1 : 0;
  }
  REQUIRE(read > 1000);  // many a change is another lawful value
  REQUIRE(read < 11000);
}

TEST_CASE("a changed stanza is refused, or its element says what it spells", "[element.flat]") {
  wire_chance random{2};
  int ours = 0;
  for (int i = 0; i < 12000; ++i) {
    const wire_place& place = places[i % 4];
    const auto kind = static_cast<std::size_t>(i) / 4 % 6;
    if (!fits(kind, place)) continue;
    const auto flat = *write_element(element_maker(random.next(), place).any(kind), place);
    outgoing_stanza parts{place.to, place.from, "i1", place.type, "<body>hello</body>",
                          &flat,    {},         {}};
    auto text = *write_stanza(parts);
    for (auto n = 1 + random.below(2); n > 0; --n) {
      char& one = text[random.below(text.size())];
      one = random.one_in(2) ? static_cast<char>(random.next()) : "<>&'= /0aAx-"[random.below(12)];
    }
    const auto self = place.on == hop::one ? party::sender : party::receiver;
    const auto got = arrive(text, {self, {}, {}, {}});
    if (!got || got->kind != arrival_kind::ours || got->what.copy_or_error) continue;
    ++ours;
    const wire_place as{place.on, got->whole.from, got->whole.to, got->whole.type};
    REQUIRE(fuzz::wire_is_one_to_one(*got->whole.own, as));
  }
  REQUIRE(ours > 1000);
}

TEST_CASE("each refusal by shape says what is wrong",
          "[element.flat][element.check][element.ranges][altered.parts]") {
  for (const support::wire_refusal& one : support::wire_refusals()) {
    CAPTURE(one.element, one.attributes, one.text);
    REQUIRE(has(wrong(std::string(one.element), {}, one.text, one.attributes, one.on), one.says));
  }
}

TEST_CASE("each refusal by shape is told from the others", "[element.flat][element.check]") {
  REQUIRE(wrong("check", "n=1\n") == "");
  REQUIRE(wrong("check", "n=1\nw=2\n", "x3", names, hop::two) == "");
  REQUIRE(fault_of("check", "n=1\nr=md5\n") == wire_fault::unknown_rule);
  REQUIRE(fault_of("check", "n=1\nl=86400\n") == wire_fault::default_spelled);
  REQUIRE(fault_of("check", "n=1\nz=1\n") == wire_fault::unknown_attribute);
  const auto nobody = read_element(fuzz::flat_of("check\n" + names + "n=1\n"), {});
  REQUIRE(has(nobody.error().what, "the stanza implies no bare address"));
}

TEST_CASE("what is next to a refusal is read", "[element.ranges][element.check][altered.parts]") {
  for (const char* good : {"1", "1-2", "1 3-4", "1 3 x1-9", "x2", ""})
    REQUIRE(wrong("execute", "", good) == "");
  const std::string b = "AAAAAAAAAAA";
  for (const std::string& good :
       {"v1-5/" + b + " e6-9 d10 x11-12/withdrawn p13 u14 c16 a7/" + b + "/" + b +
            "/3 r9/busy/30 m4-5",
        "v1/" + b + " v2/" + b, std::string("x1 x2/expired x3"), "a1/" + b + "/" + b,
        std::string("r1/late"),
        "a1/" + b + "/" + b + ":" + b + b + " a2/" + b + "/" + b + "/2:" + b,
        "a1/" + b + "/" + b + ":" + times(32, b)})
    REQUIRE(wrong("receipt", "", good) == "");
  for (const char* good : {"{}", "{urn:x}a", "{urn:x}a {urn:x}b", "{a%20b%25}c"})
    REQUIRE(wrong("check", "n=1\n", good) == "");
  REQUIRE(wrong("check", "n=1\n", "O" + std::string(201, 'o') + " {}") == "");
}

TEST_CASE("lists end at 64, attributes where none has so many", "[element.ranges]") {
  std::string list = "1", states = "e1", names_listed = "{urn:x}n10";
  for (int i = 1; i < 64; ++i) {
    list += ' ' + std::to_string(2 * i + 1);
    states += " e" + std::to_string(2 * i + 1);
    names_listed += " {urn:x}n" + std::to_string(10 + i);
  }
  REQUIRE(wrong("execute", "", list) == "");
  REQUIRE(wrong("receipt", "", states) == "");
  REQUIRE(wrong("check", "n=1\n", names_listed) == "");
  std::string many = names;
  for (char c = 'A'; c <= 'Z'; ++c) many += std::string(1, c) + "=1\nx" + c + "=2\n";
  REQUIRE(has(wrong("check", "n=1\n", {}, many), "more attributes than any of ours"));
}

TEST_CASE("a value that has no spelling is not written", "[element.flat]") {
  const wire_place at = places[0];
  const auto says = [&](auto change) {
    check e = std::get<check>(element_maker(2, at).any(0));
    e.head.brief = {};
    change(e);
    const auto written = write_element(e, at);
    if (!written) REQUIRE(written.error().kind == wire_fault::unwritable);
    return written ? std::string() : written.error().what;
  };
  REQUIRE(says([](check&) {}) == "");
  REQUIRE(has(says([](check& e) { e.at = 0; }), "number: "));
  REQUIRE(has(says([](check& e) { e.at = number_max + 1; }), "number: "));
  REQUIRE(has(says([](check& e) { e.type = "whim"; }), "type: "));
  REQUIRE(has(says([](check& e) { e.flags = 32; }), "flags: "));
  REQUIRE(has(says([](check& e) { e.lifetime_s = 0; }), "lifetime: "));
  REQUIRE(has(says([](check& e) { e.attempt = 0; }), "attempt: "));
  REQUIRE(has(says([](check& e) { e.low = 1; }), "low, voids: "));
  REQUIRE(has(says([](check& e) {
                e.cover.names = {{"urn:x", "a"}}, e.cover.listed = false;
              }),
              "coverage: "));
  REQUIRE(has(says([](check& e) { e.head.key_id = "a\tb"; }), "key id: "));
  REQUIRE(has(says([](check& e) { e.head.memory = {}; }), "memory: "));
  REQUIRE(has(says([](check& e) { e.head.conversation.id = {}; }), "conversation: "));
  REQUIRE(has(says([](check& e) { e.code = {}; }), "code: "));
  REQUIRE(has(says([](check& e) { e.head.conversation.along = make_route("a b", "c", "d"); }),
              "addresses: "));
}

TEST_CASE("the corpus of the fuzz target replays, cut short too") {
  int inputs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(VIDIMUS_FUZZ_DATA "/wire")) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string input{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    for (std::size_t size = 0; size <= input.size(); ++size) fuzz::wire(input.substr(0, size));
    ++inputs;
  }
  REQUIRE(inputs > 0);
}
