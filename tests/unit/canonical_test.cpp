// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <set>
#include <string>

#include "support/corpus.hpp"
#include "support/heap_calls.hpp"
#include "support/xml_samples.hpp"
#include "vidimus/base/text.hpp"
#include "vidimus/check/canonical.hpp"
#include "vidimus/check/render.hpp"

using namespace vidimus;
using k = refusal_kind;

namespace {

/// Readable, so that a difference can be seen; refusals too.
std::string canon(std::string_view children, const coverage& which = {}) {
  auto out = canonical_octets("<message>" + std::string(children) + "</message>", which);
  return out ? dump(*out) : "refused: " + explain(out.error());
}

k refused(std::string_view children, const reading_limits& limits = {}) {
  auto out = canonical_octets("<message>" + std::string(children) + "</message>", {}, {}, limits);
  return out ? k::none : out.error().kind;
}

void same(std::string_view a, std::string_view b) {
  INFO(a);
  INFO(b);
  CHECK(canon(a) == canon(b));
  CHECK(canon(a).find("refused") == std::string::npos);
}

void different(std::string_view a, std::string_view b) {
  INFO(a);
  INFO(b);
  CHECK(canon(a) != canon(b));
  CHECK(canon(a).find("refused") == std::string::npos);
  CHECK(canon(b).find("refused") == std::string::npos);
}

coverage listing(std::vector<expanded_name> names) { return {true, std::move(names)}; }

}  // namespace

TEST_CASE("The encoding, octet by octet", "[content.canonical]") {
  auto hex = [](std::string_view stanza, const coverage& which = {}) {
    auto out = canonical_octets(stanza, which);
    REQUIRE(out);
    return to_hex(*out);
  };
  // mode
  const std::string none =
      "01"
      "00000001"
      "00";
  CHECK(hex("<message/>") == none);
  // group { namespace, name, count, child { text } }
  CHECK(hex("<message to='a'><body>hi</body></message>") == none +
                                                                "06"
                                                                "00000030"
                                                                "02"
                                                                "0000000d"
                                                                "6a61626265723a636c69656e74"
                                                                "03"
                                                                "00000004"
                                                                "626f6479"
                                                                "05"
                                                                "00000004"
                                                                "00000001"
                                                                "07"
                                                                "00000007"
                                                                "0d"
                                                                "00000002"
                                                                "6869");
  // attribute of none, of a namespace; same, other; text
  CHECK(
      hex("<message><x xmlns='u' xmlns:p='v' p:b='2' a='1'><y/><z xmlns=''>t</z></x></message>") ==
      none +
          "06"
          "00000059"
          "02"
          "00000001"
          "75"
          "03"
          "00000001"
          "78"
          "05"
          "00000004"
          "00000001"
          "07"
          "0000003f"
          "0b"
          "00000001"
          "61"
          "0c"
          "00000001"
          "31"
          "0a"
          "00000001"
          "76"
          "0b"
          "00000001"
          "62"
          "0c"
          "00000001"
          "32"
          "08"
          "00000006"
          "03"
          "00000001"
          "79"
          "09"
          "00000011"
          "02"
          "00000000"
          "03"
          "00000001"
          "7a"
          "0d"
          "00000001"
          "74");
  // languages, where there are two
  CHECK(hex("<message><subject xml:lang='de'>a</subject><subject>b</subject></message>") ==
        none +
            "06"
            "00000032"
            "02"
            "0000000d"
            "6a61626265723a636c69656e74"
            "03"
            "00000007"
            "7375626a656374"
            "05"
            "00000004"
            "00000001"
            "07"
            "00000006"
            "0d"
            "00000001"
            "62"
            "06"
            "00000039"
            "02"
            "0000000d"
            "6a61626265723a636c69656e74"
            "03"
            "00000007"
            "7375626a656374"
            "04"
            "00000002"
            "6465"
            "05"
            "00000004"
            "00000001"
            "07"
            "00000006"
            "0d"
            "00000001"
            "61");
  // a listed name without child
  CHECK(hex("<message/>", listing({{"u", "x"}})) ==
        "01"
        "00000001"
        "01"
        "06"
        "00000015"
        "02"
        "00000001"
        "75"
        "03"
        "00000001"
        "78"
        "05"
        "00000004"
        "00000000");
}

TEST_CASE("What may change on the way changes nothing", "[content.canonical]") {
  same("<body>x</body>", "<body xmlns='jabber:server'>x</body>");
  same("<body>x</body>", "<c:body xmlns:c='jabber:component:accept'>x</c:body>");
  same("<body>x</body>", "<body xmlns=''>x</body>");
  same("<x xmlns='u' a='1' b='2'/>", "<p:x  b = \"2\"\na='1' xmlns:p='u' xmlns:q='unused'></p:x >");
  same("<body>a&amp;b</body>", "<body><![CDATA[a&]]>&#98;</body>");
  same("<body>a\nb</body>", "<body>a&#13;&#10;b</body>");
  same("<x xmlns='u' a='p q'/>", "<x xmlns='u' a='p&#9;q'/>");
  same("<x xmlns='u'><y/><z/></x>", "<x xmlns='u'>\n  <y/>\n  <z>\n</z></x>");
  same("<x xmlns='u'/><body>b</body>", "<body>b</body>\n<x xmlns='u'/>stray");
  same("<y>t</y>", "<y xmlns='jabber:component:accept'>t</y>");
  same("<y><z/></y>", "<y xmlns='jabber:server'><z xmlns=''/></y>");
  same("<body/>", "");
  same("<body> \n</body><subject></subject><thread parent='p'/>", "");
  same("<body xml:lang='de'>x</body>", "<body foo='1'>x</body>");
  same("<body xml:lang='de'>x</body>", "<body>x</body><body xml:lang='de'> </body>");
  same("<thread parent='p' e='1'>t</thread>", "<thread parent='p'>t</thread>");
  for (const auto& never : never_covered_names) {
    if (never.space == ns::vidimus) continue;
    std::string local(never.local.empty() ? "any" : never.local);
    same("<" + local + " xmlns='" + std::string(never.space) + "'>t<q/></" + local + ">", "");
  }
  same("<error xmlns='jabber:server'/>", "");
  same("<check xmlns='urn:vidimus:0' a='1'>t</check>", "");
}

TEST_CASE("What carries meaning changes the octets") {
  different("<body>x</body>", "<body>x </body>");
  different("<body>x</body>", "<subject>x</subject>");
  different("<body>x</body>", "<body xmlns='u'>x</body>");
  different("<x xmlns='u'/>", "<x xmlns='u'/><x xmlns='u'/>");
  different("<x xmlns='u' n='1'/><x xmlns='u' n='2'/>", "<x xmlns='u' n='2'/><x xmlns='u' n='1'/>");
  different("<x xmlns='u'><y/><z/></x>", "<x xmlns='u'><z/><y/></x>");
  different("<x xmlns='u' a='1'/>", "<x xmlns='u' xmlns:p='v' p:a='1'/>");
  different("<x xmlns='u' a='1'/>", "<x xmlns='u' xmlns:p='u' p:a='1'/>");
  different("<x xmlns='u' a=''/>", "<x xmlns='u'/>");
  different("<x xmlns='u'><y/></x>", "<x xmlns='u'><y xmlns='v'/></x>");
  different("<x xmlns='u'><y xmlns='jabber:client'/></x>", "<x xmlns='u'><y xmlns=''/></x>");
  different("<x xmlns='u'><y xmlns='jabber:client'/></x>",
            "<x xmlns='u'><y xmlns='jabber:server'/></x>");
  different("<x xmlns='u'> t<y/></x>", "<x xmlns='u'>t<y/></x>");
  different("<x xmlns='u'> <y/>t</x>", "<x xmlns='u'><y/>t</x>");
  different("<x xmlns='u'>t<y/></x>", "<x xmlns='u'><y/>t</x>");
  different("<body>a</body><body xml:lang='de'>b</body>",
            "<body>a</body><body xml:lang='fr'>b</body>");
  different("<body>a</body><body xml:lang=''>b</body>", "<body>b</body><body xml:lang=''>a</body>");
  different("<thread>t</thread>", "<thread parent=''>t</thread>");
  different("<body>\xc3\xa9</body>", "<body>e\xcc\x81</body>");
  different("<stanza-id xmlns='urn:xmpp:sid:1'/>", "");
  different("<other xmlns='urn:xmpp:delay'/>", "");
  different("<x xmlns='u'><error/></x>", "<x xmlns='u'/>");
  different("<x xmlns='u'><check xmlns='urn:vidimus:0'/></x>", "<x xmlns='u'/>");
}

TEST_CASE("Content that has two meanings is refused") {
  CHECK(refused("<body>a<b/></body>") == k::element_in_core);
  CHECK(refused("<subject><b/></subject>") == k::element_in_core);
  CHECK(refused("<body>a</body><body>b</body>") == k::two_of_one_language);
  CHECK(refused("<body xml:lang='de'>a</body><body/><body xmlns='' xml:lang='de'>b</body>") ==
        k::two_of_one_language);
  CHECK(refused("<subject>a</subject><subject>b</subject>") == k::two_of_one_language);
  CHECK(refused("<thread>a</thread><thread>b</thread>") == k::two_threads);
  CHECK(refused("<body>a</body><body/><thread/><thread>t</thread>") == k::none);
  CHECK(refused("<check xmlns='urn:vidimus:0'/><v:sync xmlns:v='urn:vidimus:0'/>") == k::two_own);
  CHECK(refused("<check xmlns='urn:vidimus:0'><x/></check>") == k::own_not_flat);
  CHECK(refused("<check xmlns='urn:vidimus:0' xml:lang='de'/>") == k::own_not_flat);
  for (auto root : {"<iq/>", "<message xmlns='u'/>", "<Message/>", "<body>x</body>"})
    CHECK(canonical_octets(root).error().kind == k::not_a_message);
  CHECK(canonical_octets("<message xmlns='jabber:server'/>"));
  CHECK(canonical_octets("<message/>", {}, {"", {}}));
  CHECK_FALSE(canonical_octets("<message/>", {}, {"u", {}}));
}

TEST_CASE("A coverage list covers the core and what it names", "[content.coverage]") {
  const std::string children = "<body>b</body><a xmlns='u'/><c xmlns='u'/><c xmlns='u'/><y/>";
  CHECK(canon(children, listing({})) ==
        "content, listed\n  {jabber:client}body x 1\n"
        "    {jabber:client}body\n      \"b\"\n");
  CHECK(canon(children, listing({{"jabber:client", "y"}, {"u", "b"}, {"u", "c"}, {"v", "a"}})) ==
        "content, listed\n  {jabber:client}body x 1\n    {jabber:client}body\n      \"b\"\n"
        "  {jabber:client}y x 1\n    {jabber:client}y\n  {u}b x 0\n"
        "  {u}c x 2\n    {u}c\n    {u}c\n  {v}a x 0\n");
  CHECK(canon("", listing({})) != canon(""));
  for (const auto& bad :
       {listing({{"u", "b"}, {"u", "a"}}), listing({{"u", "a"}, {"u", "a"}}),
        listing({{"jabber:client", "body"}}), listing({{"jabber:server", "y"}}),
        listing({{"", "y"}}), listing({{"urn:xmpp:delay", "delay"}}),
        listing({{"urn:vidimus:0", "check"}}), listing({{"u", "a b"}}), listing({{"u", ""}}),
        listing({{"u\n", "a"}}), listing({{"\xff", "a"}}), coverage{false, {{"u", "a"}}}}) {
    CHECK_FALSE(is_lawful(bad));
    CHECK(canonical_octets("<message/>", bad).error().kind == k::bad_coverage);
  }
}

TEST_CASE("Head and own element are handed apart") {
  canonicaliser c;
  REQUIRE(
      c.read("<message from='a' to='b' id='' type='error'><v:check xmlns:v='urn:vidimus:0' "
             "n='1' code='&lt;'>x<![CDATA[y]]></v:check></message>"));
  CHECK(c.head().from == "a");
  CHECK(c.head().to == "b");
  CHECK(c.head().id == "");
  CHECK(c.head().is_error());
  CHECK_FALSE(c.head().is_copy);
  CHECK(c.own() == flat_element{"check", {{"code", "<"}, {"n", "1"}}, "xy"});
  CHECK(*c.own().find("n") == "1");
  CHECK(c.own().find("m") == nullptr);
  REQUIRE(c.read("<message><sent xmlns='urn:xmpp:carbons:2'/></message>"));
  CHECK(c.head().is_copy);
  CHECK_FALSE(c.head().from);
  CHECK_FALSE(c.has_own());
  for (auto copy : {"<received xmlns='urn:xmpp:carbons:2'/>", "<result xmlns='urn:xmpp:mam:2'/>",
                    "<forwarded xmlns='urn:xmpp:forward:0'/>"}) {
    REQUIRE(c.read("<message>" + std::string(copy) + "</message>"));
    CHECK(c.head().is_copy);
  }
  CHECK_FALSE(c.read("<message>"));
  CHECK(c.content().error().kind == k::cut);
  CHECK(canonicaliser().content().error().kind == k::cut);
}

TEST_CASE("What would grow without bound is refused") {
  reading_limits small;
  small.children = 3;
  small.canonical_octets = 300;
  CHECK(refused("<a/><b/><c/>", small) == k::none);
  CHECK(refused("<a/><b/><c/><d/>", small) == k::too_many_children);
  CHECK(refused("<body>" + std::string(400, 'x') + "</body>", small) == k::content_too_large);
  // each small element would repeat a long namespace
  std::string many = "<a xmlns='v' xmlns:p='" + std::string(4000, 'n') + "'>";
  for (int i = 0; i < 10'000; ++i) many += "<p:b/>";
  CHECK(refused(many + "</a>") == k::content_too_large);
  std::string blank;
  for (int i = 0; i < 20'000; ++i) blank += "<b/> ";
  CHECK(canon("<a xmlns='u'>" + blank + "</a>").find('"') == std::string::npos);
}

TEST_CASE("The limit on canonical octets is exact", "[content.strict]") {
  const std::string space(4000, 'n');
  std::string many = "<message xmlns:p='" + space + "'>", blanks = "<message><a xmlns='u'>";
  for (int i = 0; i < 1000; ++i) many += "<p:b/>";
  for (int i = 0; i < 40'000; ++i) blanks += " <b/>";
  std::vector<std::string> all{
      "<message/>",
      "<message><body xml:lang='en'>one</body></message>",
      "<message><body xml:lang='en'>one</body><body>two</body><body xml:lang=''>3</body></message>",
      "<message><thread parent='" + std::string(60'000, 'p') + "'> </thread></message>",
      "<message><body>" + std::string(200'000, ' ') + "</body><subject>s</subject></message>",
      "<message><a xmlns='u'> <b> </b>x </a><a xmlns='u'/></message>",
      many + "</message>",
      blanks + "</a></message>"};
  for (const auto& line : support::lines_of(VIDIMUS_TEST_DATA "/corpus/stanzas.txt"))
    all.push_back(support::unescaped(line));
  std::size_t accepted = 0;
  const prefix_binding stream{"stream", "http://etherx.jabber.org/streams"};
  const stream_scope scope{"jabber:client", {&stream, 1}};
  for (const auto& one : all) {
    const auto whole = canonical_octets(one, {}, scope);
    if (!whole) continue;
    ++accepted;
    reading_limits limits;
    limits.canonical_octets = whole->size();
    const auto at_limit = canonical_octets(one, {}, scope, limits);
    --limits.canonical_octets;
    const auto above = canonical_octets(one, {}, scope, limits);
    if (at_limit && !above && above.error().kind == k::content_too_large) continue;
    FAIL_CHECK(one.substr(0, 200));
  }
  CHECK(accepted > 1000);

  // as it is by default: 2,097,152
  const auto filled = [&](std::size_t last) {
    std::string out = "<message xmlns:p='" + space + "'><x>";
    for (int i = 0; i < 520; ++i) out += "<p:b/>";
    return out + std::string(last, 'x') + "</x></message>";
  };
  const std::size_t room = 2'097'152 - canonical_octets(filled(1)).value().size();
  REQUIRE(room < 100'000);
  CHECK(canonical_octets(filled(1 + room)).value().size() == 2'097'152);
  CHECK(canonical_octets(filled(2 + room)).error().kind == k::content_too_large);
}

TEST_CASE("The limit on canonical octets holds under a list", "[content.strict]") {
  const std::string one = "<message><body>hello</body></message>";
  const auto listed = listing({{"urn:a", "b"}});
  reading_limits limits;
  limits.canonical_octets = canonical_octets(one, listed).value().size();
  CHECK(canonical_octets(one, listed, {}, limits));
  --limits.canonical_octets;
  CHECK(canonical_octets(one, listed, {}, limits).error().kind == k::content_too_large);
  CHECK(canonical_octets(one, {}, {}, limits));
}

TEST_CASE("However a message is written, its octets are the same") {
  const std::vector<std::string> streams{"jabber:client", "jabber:server",
                                         "jabber:component:accept", ""};
  canonicaliser reader;
  for (unsigned seed = 0; seed < 400; ++seed) {
    support::chance c(seed);
    const auto message = support::sample_message(c);
    std::string first;
    for (int way = 0; way < 4; ++way) {
      const auto stream = c.of(streams);
      const auto text = support::sample_writer(c).message(message, stream);
      auto out = reader.read(text, {stream, {}}) ? reader.content() : reader.why();
      INFO("seed " << seed << "\n" << text);
      if (!out) FAIL(explain(out.error()));
      auto now = to_hex(*out);
      if (way == 0) first = now;
      if (now != first) FAIL("differs from the first way");
    }
  }
}

TEST_CASE("Whatever is changed in a message, its octets change") {
  canonicaliser reader;
  auto octets_of = [&](support::chance& c, const std::vector<support::sample>& message) {
    const auto text = support::sample_writer(c).message(message, "jabber:client");
    return reader.read(text) ? to_hex(*reader.content()) : std::string("refused");
  };
  for (unsigned seed = 0; seed < 600; ++seed) {
    support::chance c(seed);
    auto message = support::sample_message(c);
    if (message.empty()) continue;
    const auto before = octets_of(c, message);
    REQUIRE(before != "refused");
    auto* at = &message[c.below(message.size())];
    const bool core = is_core(at->space, at->local);
    if (core) {
      at->nodes[0].text += "x";
    } else {
      while (!at->nodes.empty() && !at->nodes.back().is_text() && c.one_in(2))
        at = &at->nodes.back();
      switch (c.below(4)) {
        case 0: at->local += "x"; break;
        case 1: at->attributes[{"", "new"}] = ""; break;
        case 2: at->nodes.push_back({"urn:new", "new", {}, {}, {}}); break;
        default:
          if (at->attributes.empty())
            at->attributes[{"urn:new", "new"}] = "v";
          else
            at->attributes.begin()->second += "x";
      }
    }
    INFO("seed " << seed);
    CHECK(octets_of(c, message) != before);
  }
}

TEST_CASE("Reading many messages does not touch the heap") {
  canonicaliser reader;
  const std::string stanza =
      "<message to='bob@example.org'><body>Hello &amp; welcome</body><x xmlns='jabber:x:oob'>"
      "<url>https://example.org/a?b=1&amp;c=2</url></x><check xmlns='urn:vidimus:0' "
      "n='1'/></message>";
  REQUIRE(reader.read(stanza));
  REQUIRE(reader.content());
  const auto before = support::heap_calls();
  std::size_t good = 0;
  for (int i = 0; i < 100; ++i)
    if (reader.read(stanza) && reader.content()) ++good;
  const auto after = support::heap_calls();
  CHECK(good == 100);
  CHECK(after == before);
}
