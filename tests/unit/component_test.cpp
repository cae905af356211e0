// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "vidimus/adapt/component.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "support/xml_samples.hpp"

using namespace vidimus;

namespace {

using kind = component_event_kind;

const std::string header =
    "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "
    "xmlns:stream='http://etherx.jabber.org/streams' from='relay.example.org' id='3BF96D32'>";

/// All pieces of a stream that comes in parts of at most `size` octets.
std::vector<stream_piece> pieces_of(std::string_view stream, std::size_t size,
                                    std::size_t most = 10'000) {
  stream_splitter cut(most);
  std::vector<stream_piece> out;
  for (; !stream.empty(); stream.remove_prefix(std::min(size, stream.size()))) {
    cut.add(stream.substr(0, size));
    while (auto one = cut.next()) out.push_back(std::move(*one));
  }
  return out;
}
bool alike(const std::vector<stream_piece>& a, const std::vector<stream_piece>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.kind == y.kind && x.text == y.text;
  });
}

component_stream made() { return {"relay.example.org", as_octets("test")}; }
std::vector<component_event> events_of(component_stream& at, std::string_view text) {
  at.add(text);
  std::vector<component_event> out;
  while (auto one = at.next()) out.push_back(std::move(*one));
  return out;
}
/// What the stream says to a text when it has come up.
std::vector<component_event> when_up(std::string_view text) {
  auto at = made();
  REQUIRE(events_of(at, header + "<handshake/>").size() == 2);
  return events_of(at, text);
}

}  // namespace

TEST_CASE("stream: stanzas come out as they stood in it, however the octets come") {
  std::string stream = header;
  std::vector<std::string> stanzas;
  for (unsigned seed = 0; seed < 200; ++seed) {
    support::chance c(seed);
    const auto message = support::sample_message(c);
    const auto text = support::sample_writer(c).message(message, "jabber:component:accept");
    const auto first = text.find('<');  // samples may have white space around them
    stanzas.push_back(text.substr(first, text.rfind('>') + 1 - first));
    stream += stanzas.back() + (seed % 3 == 0 ? " \r\n\t" : "");
  }
  stream += "</stream:stream>";
  const auto whole = pieces_of(stream, stream.size(), 1'000'000);
  REQUIRE(whole.size() == stanzas.size() + 2);
  CHECK(whole.front().kind == piece_kind::header);
  CHECK(whole.back().kind == piece_kind::end);
  for (std::size_t i = 0; i < stanzas.size(); ++i) {
    CHECK(whole[i + 1].kind == piece_kind::stanza);
    CHECK(whole[i + 1].text == stanzas[i]);
  }
  for (std::size_t size : {1u, 2u, 3u, 7u, 64u, 1000u})
    CHECK(alike(whole, pieces_of(stream, size, 1'000'000)));
}

TEST_CASE("stream: quotes, sections and slashes do not end a stanza") {
  for (const std::string stanza :
       {"<a b='>' c=\"'>/\"/>", "<a><![CDATA[</a>]]]]></a>", "<a><b/><b x='/'/>></a>",
        "<a><![CDATA[<b>]]><c></c></a>", "<a><![CDATA[]]></a>", "<a\n b = '</a>' / ></a>"}) {
    INFO(stanza);
    const auto found = pieces_of(header + stanza + "<next/>", 1);
    REQUIRE(found.size() == 3);
    CHECK(found[1].text == stanza);
    CHECK(found[2].text == "<next/>");
  }
}

TEST_CASE("stream: a stanza that is too large is passed over and not kept", "[stream]") {
  const std::string large = "<a b='>'>" + std::string(2000, 'x') + "<![CDATA[</a>]]><b/></a>";
  for (std::size_t size : {1u, 100u, 5000u}) {
    const auto found = pieces_of(header + "<first/>" + large + "<next/>", size, 200);
    REQUIRE(found.size() == 4);
    CHECK(found[1].text == "<first/>");
    CHECK(found[2].kind == piece_kind::too_large);
    CHECK(found[2].text.empty());
    CHECK(found[3].text == "<next/>");
  }
  // what fits exactly is taken
  CHECK(pieces_of(header + large, 9, large.size())[1].kind == piece_kind::stanza);
  CHECK(pieces_of(header + large, 9, large.size() - 1)[1].kind == piece_kind::too_large);
}

TEST_CASE("stream: what may not stand between tags ends it", "[content.strict]") {
  for (const std::string text :
       {"<!-- x -->", "<a><!-- x --></a>", "<?x y?>", "<a><?x y?></a>", "<!DOCTYPE x>", "text",
        "<a/>text", "<a/>\xef\xbb\xbf", "<a><!ELEMENT x></a>", "<a <b></a>"}) {
    INFO(text);
    for (std::size_t size : {1u, 1000u}) {
      const auto found = pieces_of(header + text + "<a/>", size);
      CHECK(found.back().kind == piece_kind::fault);
      CHECK_FALSE(found.back().text.empty());
    }
  }
  CHECK(pieces_of("</a>", 1).back().kind == piece_kind::fault);
  CHECK(pieces_of("<stream/>", 1).back().kind == piece_kind::fault);
  CHECK(pieces_of("<?a?><?b?><s>", 1).back().kind == piece_kind::fault);
  CHECK(pieces_of("<s " + std::string(200, 'x') + "='1'>", 7, 100).back().kind ==
        piece_kind::fault);
  CHECK(pieces_of("<?" + std::string(200, 'x') + "?><s>", 7, 100).back().kind == piece_kind::fault);
  CHECK(pieces_of("<s></s><a/>", 1).size() == 2);  // nothing comes behind the end
}

TEST_CASE("component: opening, handshake, up") {
  auto at = made();
  CHECK(at.opening() ==
        "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "
        "xmlns:stream='http://etherx.jabber.org/streams' to='relay.example.org'>");
  auto said = events_of(at, header);
  REQUIRE(said.size() == 1);
  CHECK(said[0].kind == kind::write);
  // SHA-1 of "3BF96D32test", as another program computes it
  CHECK(said[0].text == "<handshake>aaee83c26aeeafcbabeabfcbcd50df997e0a2a1e</handshake>");
  CHECK_FALSE(at.is_up());
  said = events_of(at, "<handshake/>");
  REQUIRE(said.size() == 1);
  CHECK(said[0].kind == kind::up);
  CHECK(at.is_up());
}

TEST_CASE("component: stanzas have a head, and what is no stanza is passed over") {
  const auto said = when_up(
      "<message from='a@b/c' to='relay.example.org' type='chat' id='&lt;1'><body>x</body></message>"
      "<iq type='get'><query xmlns='http://jabber.org/protocol/disco#info' node='n'/></iq>"
      "<message><p:x/></message><presence a='&#1;'/><presence from='a@b/c'/>");
  REQUIRE(said.size() == 5);
  CHECK(said[0].kind == kind::stanza);
  CHECK(said[0].head.name == "message");
  CHECK(said[0].head.space == "jabber:component:accept");
  CHECK(said[0].head.from == "a@b/c");
  CHECK(said[0].head.to == "relay.example.org");
  CHECK(said[0].head.type == "chat");
  CHECK(said[0].head.id == "<1");
  CHECK(said[0].head.child_name == "body");
  CHECK(said[1].head.child_space == "http://jabber.org/protocol/disco#info");
  CHECK(said[2].kind == kind::refused);
  CHECK(said[3].kind == kind::refused);
  CHECK(said[4].kind == kind::stanza);
  CHECK(said[4].head.child_name.empty());
}

TEST_CASE("component: the stream is over when the server says so, or speaks otherwise") {
  const std::string error =
      "<stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>";
  for (const std::string& text :
       {error, std::string("</stream:stream>"), std::string("<!-- -->"), std::string("x")}) {
    INFO(text);
    auto said = when_up(text + "<message/>");
    REQUIRE(said.size() == 1);
    CHECK(said[0].kind == kind::down);
  }
  CHECK(when_up(error)[0].text == "the server says not-authorized");
  for (const std::string& text :
       {std::string("<stream:stream>"), std::string("<stream id='1'>"),
        header.substr(0, header.find(" id=")) + ">", header + "<message/>",
        header + "</stream:stream>", std::string("<s xmlns='urn:x' id='1'>")}) {
    INFO(text);
    auto at = made();
    const auto said = events_of(at, text + "<handshake/>");
    REQUIRE_FALSE(said.empty());
    CHECK(said.back().kind == kind::down);
    CHECK_FALSE(at.is_up());
    CHECK(events_of(at, "<handshake/>").empty());
  }
}

TEST_CASE("component: nothing is fit to be written that would end the stream", "[content.strict]") {
  const auto at = made();
  CHECK(at.is_fit("<message to='a@b'><body>x</body></message>"));
  CHECK(at.is_fit("<presence/>"));
  for (const char* text : {"", "x", "<message>", "<message/><message/>", "<p:message/>",
                           "<message a='1' a='2'/>", "<message>\x01</message>", "<!-- --><a/>",
                           "<message>\xff</message>", "<message>&x;</message>", "</message>"}) {
    INFO(text);
    CHECK_FALSE(at.is_fit(text));
  }
  CHECK_FALSE(at.is_fit("<a>" + std::string(262'144, 'x') + "</a>"));
}
