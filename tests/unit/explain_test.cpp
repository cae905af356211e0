// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "vidimus/check/explain.hpp"

#include <set>

#include "support/catch.hpp"
#include "support/corpus.hpp"
#include "support/xml_samples.hpp"

using namespace vidimus;

namespace {

octets read(std::string_view payload) {
  return *canonical_octets("<message>" + std::string(payload) + "</message>");
}

std::string told(std::string_view sent, std::string_view received) {
  return text(explain(read(sent), read(received)));
}

}  // namespace

TEST_CASE("the parts of content are its groups and nothing else", "[altered.parts]") {
  support::chance c(11);
  support::sample_writer writer(c);
  for (int i = 0; i < 300; ++i) {
    const auto text = writer.message(support::sample_message(c), "jabber:client");
    const auto canonical = canonical_octets(text);
    if (!canonical) continue;
    octets joined(canonical->begin(), canonical->begin() + octet_buffer::head + 1);
    std::set<std::string> names;
    for (const auto& part : parts_of(*canonical)) {
      joined.insert(joined.end(), part.whole.begin(), part.whole.end());
      CHECK(names.insert(std::string(as_text(part.name))).second);
    }
    CHECK(joined == *canonical);
    CHECK(explain(*canonical, *canonical).empty());
  }
  CHECK(parts_of(octets{1, 2, 3}).empty());
}

TEST_CASE("every difference of two contents is told, in the parts that differ", "[altered.parts]") {
  support::chance c(12);
  support::sample_writer writer(c);
  octets before = read("<body>x</body>");
  for (int i = 0; i < 300; ++i) {
    const auto now = canonical_octets(writer.message(support::sample_message(c), "jabber:client"));
    if (!now) continue;
    std::set<std::string> expected, said;
    const auto a = parts_of(before), b = parts_of(*now);
    const auto in = [](const content_part& p, const std::vector<content_part>& all) {
      for (const auto& q : all)
        if (as_text(p.whole) == as_text(q.whole)) return true;
      return false;
    };
    for (const auto& p : a)
      if (!in(p, b)) expected.insert(label_of(p));
    for (const auto& p : b)
      if (!in(p, a)) expected.insert(label_of(p));
    for (const auto& one : explain(before, *now).parts) said.insert(one.part);
    // where only one language is left its part is told under the names it had
    if (std::any_of(a.begin(), a.end(), [](const auto& p) { return p.language; })) said = expected;
    CHECK(said == expected);
    before = *now;
  }
}

TEST_CASE("where both contents are at hand the first difference is named", "[altered.parts]") {
  CHECK(told("<x xmlns='u' a='1' b='2'/>", "<x xmlns='u' a='1' b='3'/>") ==
        "{u}x: value of attribute changed: b\n");
  CHECK(told("<x xmlns='u' a='1'/>", "<x xmlns='u' a='1' b='3'/>") == "{u}x: attribute added: b\n");
  CHECK(told("<x xmlns='u'/>", "<x xmlns='u'><y/></x>") == "{u}x: element added: y\n");
  CHECK(told("<body>pay 10</body>", "<body>pay 99</body>") == "body: changed\n");
  CHECK(told("<body>a b c d e f</body><subject>s</subject>", "<subject>S</subject>") ==
        "body: missing\nsubject: case changed\n");
  CHECK(told("<body>a</body>", "<body>a</body><x xmlns='u'/>") == "{u}x: added\n");
  const auto good = read("<body>a</body>");
  CHECK(text(explain(good, octets{1, 2})) == "content: changed\n");
}

TEST_CASE("what is told is printable and bounded, whatever the names", "[altered.parts]") {
  std::string many, none;
  for (int i = 0; i < 100; ++i)
    many += "<x xmlns='urn:\xc3\xa9:" + std::string(300, 'n') + std::to_string(i) + "'/>";
  const auto found = explain(read(many), read("<body>a</body>"));
  REQUIRE(found.parts.size() == diagnosis_parts_max);
  for (const auto& one : found.parts) {
    CHECK(one.part.size() <= 140);
    for (char ch : one.part) CHECK((ch >= 0x20 && ch < 0x7f));
  }
}

TEST_CASE("known changes have an end, and give content or nothing", "[altered.parts]") {
  const auto own = read(
      "<body xml:lang='de'>a\n \xf0\x9f\x98\x80 b</body><body>caf\xc3\xa9  x</body>"
      "<thread parent='p'>t</thread><x xmlns='u' xml:lang='e' a='' xmlns:q='q' q:a='1'> t <y/> "
      "<z xmlns=''>r</z></x><x xmlns='u'/>");
  const auto parts = parts_of(own);
  for (int i = 0; i <= static_cast<int>(last_alteration); ++i) {
    const auto kind = static_cast<alteration>(i);
    const bool known =
        std::find(known_changes.begin(), known_changes.end(), kind) != known_changes.end();
    CHECK_FALSE(sentence(kind).empty());
    if (!known) continue;
    CAPTURE(sentence(kind));
    std::size_t way = 0, effects = 0;
    for (; way < 1000; ++way) {
      const auto got = after(own, {kind, way}, parts);
      if (!got) break;
      if (got->canonical.empty()) continue;
      ++effects;
      CHECK(got->canonical != own);
      CHECK(content_view::parse(got->canonical));
    }
    CHECK(way < 1000);
    CHECK((effects > 0 || kind == alteration::byte_order_mark_lost));
  }
}

TEST_CASE("the work of explaining is bounded for large contents", "[altered.parts]") {
  const std::string big(200'000, 'a');
  const auto own = read("<body>" + big + "</body>");
  const auto other = read("<body>" + big + "b</body>");
  CHECK(text(explain(own, other)) == "body: changed\n");
}
