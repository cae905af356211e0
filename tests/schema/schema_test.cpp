// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// docs/vidimus.xsd against the writer and the reader, by xmllint: VIDIMUS_XMLLINT is the program.
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <vidimus/adapt/xmpp_text.hpp>

#include "support/catch.hpp"
#include "support/scratch_dir.hpp"
#include "support/vector_elements.hpp"
#include "support/wire_refusals.hpp"
#include "support/wire_samples.hpp"

using namespace vidimus;

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

/// The element as XML on one line; nothing if it is none.
std::optional<std::string> line_of(const flat_element& flat) {
  std::string out;
  if (!append_own(out, flat)) return std::nullopt;
  if (!arrive("<message>" + out + "</message>", {})) return std::nullopt;
  for (std::size_t at = 0; (at = out.find('\n', at)) != std::string::npos;)
    out.replace(at, 1, "&#10;");
  return out;
}

/// Which of these elements, by their places, the schema refuses. One run of xmllint for all.
std::set<std::size_t> refused(const std::vector<std::string>& elements) {
  const support::scratch_dir dir;
  std::ofstream(dir / "all.xsd")
      << "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:all'>\n"
         "<xs:import namespace='urn:vidimus:0' schemaLocation='" VIDIMUS_TEST_DATA
         "/../docs/vidimus.xsd'/>\n<xs:element name='all'><xs:complexType><xs:sequence>"
         "<xs:any namespace='##other' minOccurs='0' maxOccurs='unbounded'/>"
         "</xs:sequence></xs:complexType></xs:element></xs:schema>\n";
  std::ofstream all(dir / "all.xml");
  all << "<all xmlns='urn:all'>\n";
  for (const std::string& one : elements) all << one << "\n";
  all << "</all>\n";
  all.close();
  REQUIRE(elements.size() < 60000);  // xmllint counts lines up to 65535
  const int status =
      std::system((std::string(VIDIMUS_XMLLINT) + " --noout --schema " + (dir / "all.xsd") + " " +
                   (dir / "all.xml") + " > " + (dir / "out") + " 2>&1")
                      .c_str());
  std::set<std::size_t> out;
  std::ifstream said(dir / "out");
  std::string last;
  for (std::string line; std::getline(said, line); last = line) {
    const auto at = line.find("all.xml:");
    if (at == std::string::npos) continue;
    const auto number = std::strtoull(line.c_str() + at + 8, nullptr, 10);
    if (number >= 2) out.insert(static_cast<std::size_t>(number - 2));
  }
  INFO(last);
  REQUIRE(last.ends_with(out.empty() ? "all.xml validates" : "all.xml fails to validate"));
  REQUIRE((status == 0) == out.empty());
  return out;
}

}  // namespace

TEST_CASE("the schema takes all that the writer writes", "[element.flat]") {
  std::vector<std::string> all;
  for (const wire_place& place : places)
    for (std::uint64_t seed = 0; seed < 100; ++seed)
      for (std::size_t kind = 0; kind < 6; ++kind) {
        if (!fits(kind, place)) continue;
        const auto flat =
            write_element(support::element_maker(seed * 8 + kind, place).any(kind), place);
        REQUIRE(flat);
        const auto line = line_of(*flat);
        REQUIRE(line);
        all.push_back(*line);
      }
  for (const auto& one : support::read_vectors("codes.txt")) {
    if (!one.has("element")) continue;
    element e = support::element_from(one);
    std::visit([&](auto& it) { it.code = check_code(one.octets("code")); }, e);
    const route& along = *header_of(e).conversation.along;
    const bool second =
        one.text("purpose").starts_with("deliver") || one.text("purpose").starts_with("final");
    const bool ahead = wire::goes_forward(e.index());
    const wire_place place{second ? hop::two : hop::one,
                           second == ahead ? along.relay
                           : second        ? along.destination
                                           : along.origin,
                           along.relay, "chat"};
    const auto flat = write_element(e, place);
    if (flat) all.push_back(line_of(*flat).value());
  }
  REQUIRE(all.size() > 2050);
  const auto wrong = refused(all);
  INFO((wrong.empty() ? "" : all[*wrong.begin()]));
  REQUIRE(wrong.empty());
}

TEST_CASE("the schema refuses what the reader refuses, as far as a schema can", "[element.flat]") {
  std::vector<std::string> all;
  std::vector<bool> expected;
  std::size_t no_xml = 0;
  for (const support::wire_refusal& one : support::wire_refusals()) {
    flat_element flat;
    flat.name = one.element;
    flat.text = one.text;
    for (std::string_view rest = one.attributes; !rest.empty();) {
      auto line = wire::cut_at(rest, '\n');
      const auto name = wire::cut_at(line, '=');
      flat.attributes.emplace_back(name, line);
    }
    const auto line = line_of(flat);
    CAPTURE(one.element, one.attributes, one.text);
    REQUIRE(line.has_value() == (one.refused_by != support::also::xml));
    if (!line) {
      ++no_xml;
      continue;
    }
    all.push_back(*line);
    expected.push_back(one.refused_by == support::also::schema);
  }
  REQUIRE(no_xml > 0);
  const auto wrong = refused(all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    CAPTURE(all[i]);
    CHECK(wrong.contains(i) == expected[i]);
  }
  REQUIRE(all.size() > 100);
}

TEST_CASE("what the schema refuses of changed elements, the reader refuses", "[element.flat]") {
  support::wire_chance random{1};
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
  std::vector<std::string> all;
  for (int i = 0; i < 6000; ++i) {
    const wire_place& place = places[i % 4];
    const auto kind = static_cast<std::size_t>(i) / 4 % 6;
    if (!fits(kind, place)) continue;
    auto flat = *write_element(support::element_maker(random.next(), place).any(kind), place);
    std::string* at = &flat.text;
    if (flat.text.empty() || random.one_in(2))
      at = &flat.attributes[random.below(flat.attributes.size())].second;
    at->replace(random.below(at->size() + 1), random.below(3), random.pick(parts));
    if (!read_element(flat, place)) continue;
    const auto line = line_of(flat);
    if (line) all.push_back(*line);
  }
  REQUIRE(all.size() > 500);
  const auto wrong = refused(all);
  INFO((wrong.empty() ? "" : all[*wrong.begin()]));
  REQUIRE(wrong.empty());
}

TEST_CASE("the schema has the shape of a bundle, as far as a schema can", "[bundle.shape]") {
  const std::string head = "<bundle xmlns='urn:vidimus:0'>", tail = "</bundle>";
  const std::string one = "<message xmlns='jabber:client'><body>a</body></message>";
  std::string most, more;
  for (std::size_t i = 0; i < bundle_messages_max; ++i) most += one;
  const std::vector<std::string> good{head + one + tail, head + one + " " + one + tail,
                                      head + most + tail, head + "<message xmlns=''/>" + tail};
  CHECK(refused(good).empty());
  const std::vector<std::string> bad{
      head + tail,
      head + most + one + tail,
      head + one + "x" + tail,
      head + "<message/>" + tail,
      head + "<message xmlns='urn:x'/>" + tail,
      head + head + one + tail + tail,
      "<bundle xmlns='urn:vidimus:0' a='1'>" + one + tail,
      head + "<message xmlns='jabber:client'><check xmlns='urn:vidimus:0'/></message>" + tail,
  };
  CHECK(refused(bad).size() == bad.size());
}
