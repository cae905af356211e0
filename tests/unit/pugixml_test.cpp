// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <memory>
#include <string>

#include "support/xml_samples.hpp"
#include "vidimus/adapt/pugixml.hpp"

using namespace vidimus;
using k = refusal_kind;

namespace {

struct reading {
  octets canonical;
  k kind = k::none;
  friend bool operator==(const reading&, const reading&) = default;
};

reading from(canonicaliser& c, bool good) {
  if (!good) return {{}, c.why().kind};
  auto out = c.content();
  return {octets(out->begin(), out->end()), k::none};
}

reading by_octets(std::string_view text, const reading_limits& limits = {}) {
  canonicaliser c(limits);
  return from(c, c.read(text));
}

/// Parsed by pugixml alone, as a host may have done: nothing strict has looked at it.
reading by_lax_tree(std::string_view text, const reading_limits& limits = {},
                    unsigned flags = pugi_flags | pugi::parse_comments | pugi::parse_pi |
                                     pugi::parse_doctype | pugi::parse_declaration) {
  canonicaliser c(limits);
  pugi::xml_document d;
  if (!d.load_buffer(text.data(), text.size(), flags, pugi::encoding_utf8)) return {{}, k::no_tree};
  return from(c, c.read_tree(pugi_place(d.document_element())));
}

/// The same tree as a stack would show it that splits names itself and lends each text for a moment
/// only, by places that cannot be kept as octets.
class lending_place {
 public:
  explicit lending_place(const pugi_place& at) : at_(at) {}

  node_kind kind() const { return at_.kind(); }
  node_name name() const { return lend(node_name(at_.name())); }
  std::string_view text() const { return lend(at_.text()); }
  lending_place first_child() const { return moved(at_.first_child()); }
  lending_place next_sibling() const { return moved(at_.next_sibling()); }
  template <class Sink>
  void attributes(Sink&& sink) const {
    at_.attributes([&](const node_name& name, std::string_view value) {
      const node_name lent = lend(name);
      const std::string of_value(value);
      const bool more = sink(lent, std::string_view(of_value));
      *text_ = "gone";
      return more;
    });
  }

 private:
  lending_place moved(const pugi_place& to) const {
    lending_place out(*this);
    *text_ = "gone";
    out.at_ = to;
    return out;
  }
  std::string_view lend(std::string_view text) const { return *text_ = text; }
  node_name lend(const node_name& name) const {
    *text_ = std::string(name.prefix) + std::string(name.local);
    const std::string_view all = *text_;
    return {{}, all.substr(0, name.prefix.size()), all.substr(name.prefix.size()), false};
  }

  pugi_place at_;
  std::shared_ptr<std::string> text_ = std::make_shared<std::string>();
};
static_assert(xml_node<lending_place> && !texts_stay_of<lending_place>);
static_assert(xml_node<pugi_place> && texts_stay_of<pugi_place>);

std::string nested(std::size_t depth) {
  std::string out;
  for (std::size_t i = 0; i < depth; ++i) out += "<message>";
  for (std::size_t i = 0; i < depth; ++i) out += "</message>";
  return out;
}

}  // namespace

TEST_CASE("Both entries give the same octets") {
  for (unsigned seed = 0; seed < 500; ++seed) {
    support::chance c(seed);
    const auto message = support::sample_message(c);
    const auto text = support::sample_writer(c).message(message, "jabber:client");
    INFO(text);
    const auto a = by_octets(text);
    REQUIRE(a.kind == k::none);
    pugi::xml_document d;
    REQUIRE(parse_strict(text, d).kind == k::none);
    canonicaliser tree;
    CHECK(a == from(tree, tree.read_tree(pugi_place(d.document_element()))));
  }
}

TEST_CASE("Names as written and texts that stay read as names split and texts lent") {
  std::size_t good = 0;
  for (unsigned seed = 0; seed < 3000; ++seed) {
    support::chance c(seed);
    auto text = support::sample_writer(c).message(support::sample_message(c), "jabber:client");
    // half of them damaged: a lax parser still makes a tree of many
    for (unsigned i = 0; seed % 2 == 1 && i < 3; ++i)
      text[c.below(text.size())] = ":=-1.a \x80\x01"[c.below(9)];
    pugi::xml_document d;
    (void)d.load_buffer(text.data(), text.size(), pugi_flags, pugi::encoding_utf8);
    const pugi_place root(d.document_element());
    INFO(text);
    canonicaliser one, other;
    const auto as_written = from(one, one.read_tree(root));
    CHECK(as_written == from(other, other.read_tree(lending_place(root))));
    CHECK(one.why().at == other.why().at);
    CHECK(one.why().what == other.why().what);
    good += as_written.kind == k::none ? 1 : 0;
  }
  CHECK(good > 1000);
  CHECK(good < 2900);
}

TEST_CASE("The tree entry finds what a lax parser lets through") {
  const std::string open = "<message><body>x</body>", close = "</message>";
  reading_limits small;
  small.elements = 5;
  small.attributes = 3;
  small.declarations = 2;
  small.attribute_octets = 8;
  small.namespace_octets = 6;
  small.children = 4;
  small.canonical_octets = 200;
  for (const std::string& inside : std::initializer_list<std::string>{
           "<x xmlns='u' a='1' a='2'/>",
           "<x xmlns='u' xmlns='u'/>",
           "<x xmlns:p='u' xmlns:p='v'/>",
           "<x xmlns:p='u' xmlns:q='u' p:a='' q:a=''/>",
           "<p:x/>",
           "<x p:a=''/>",
           "<x xmlns:p=''/>",
           "<x xmlns:xml='u'/>",
           "<x xmlns:p='http://www.w3.org/XML/1998/namespace'/>",
           "<x xmlns='http://www.w3.org/2000/xmlns/'/>",
           "<x>\x01</x>",
           "<x a='\x01'/>",
           "<x>&#1;</x>",
           "<x>\xff</x>",
           "<x>\xed\xa0\x80</x>",
           "<x>\xef\xbf\xbe</x>",
           "<x a='\xc0\x80'/>",
           "<x><!-- c --></x>",
           "<x><?p i?></x>",
           "<x:y:z/>",
           "<x y:z:a=''/>",
           "<\xc3\x97x/>",
           "<x a\xc3\x97=''/>",
           "<body>y</body>",
           "<subject><x/></subject>",
           "<thread>a</thread><thread>b</thread>",
           "<check xmlns='urn:vidimus:0'><x/></check>",
           "<check xmlns='urn:vidimus:0'/><check xmlns='urn:vidimus:0'/>"}) {
    INFO(inside);
    const auto a = by_octets(open + inside + close), b = by_lax_tree(open + inside + close);
    CHECK(a.kind != k::none);
    bool by_reference = a.kind == k::forbidden_reference;  // a tree cannot tell the two
    CHECK(sentence(b.kind) == sentence(by_reference ? k::forbidden_character : a.kind));
  }
  for (const std::string& inside : std::initializer_list<std::string>{
           "<x a='' b='' c='' d=''/>", "<x xmlns:a='u' xmlns:b='u' xmlns:c='u'/>",
           "<x a='123456789'/>", "<x xmlns='1234567'/>", "<x/><x/><x/><x/>", "<x/><y><z/><z/></y>",
           "<x>01234567890123456789012345678901234567890123456789012345678901234567890123456789"
           "01234567890123456789012345678901234567890123456789012345678901234567890123456789</"
           "x>"}) {
    INFO(inside);
    const auto a = by_octets(open + inside + close, small);
    CHECK(a.kind != k::none);
    CHECK(by_lax_tree(open + inside + close, small) == a);
  }
  CHECK(by_octets(nested(65)).kind == k::too_deep);
  CHECK(by_lax_tree(nested(65)).kind == k::too_deep);
  CHECK(by_octets(nested(64)) == by_lax_tree(nested(64)));
  CHECK(by_lax_tree(nested(50'000)).kind == k::too_deep);
  CHECK(by_lax_tree("<message><body>" + std::string(300'000, 'x') + "</body></message>").kind ==
        k::too_large);
  CHECK(by_lax_tree("<iq/>").kind == k::not_a_message);
}

TEST_CASE("A tree in which line ends were left as written reads the same") {
  const unsigned flags = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_ws_pcdata;
  for (const std::string& inside : std::initializer_list<std::string>{
           "<body>a\r\nb\rc\nd&#13;e&#13;&#10;f</body>",
           "<x xmlns='u' a='1\r\n2\r3\n4\t5&#13;&#10;6'/>", "<body>&#13;<![CDATA[\n]]>x</body>",
           "<x xmlns='u'>&#13;<y/>\nt</x>"}) {
    const std::string text = "<message>" + inside + "</message>";
    INFO(text);
    CHECK(by_octets(text).kind == k::none);
    CHECK(by_lax_tree(text, {}, flags) == by_octets(text));
  }
}

TEST_CASE("What the strict pass refuses never reaches the document") {
  pugi::xml_document d;
  for (const std::string& text : std::initializer_list<std::string>{
           "<message a='1' a='2'/>", "<message><p:x/></message>", "<!DOCTYPE m><message/>",
           "<message><body>a<!-- c -->b</body></message>", "<message>\xff</message>",
           "<message>\x01</message>", "<message/><message/>", "<message>", ""}) {
    INFO(text);
    CHECK(parse_strict(text, d).kind != k::none);
    CHECK_FALSE(d.first_child());
  }
  CHECK(parse_strict("<message> <body> </body></message>", d).kind == k::none);
  CHECK(std::string_view(d.document_element().child("body").child_value()) == " ");
}

TEST_CASE("A stanza is read into values") {
  const std::string text =
      "<message from='a@b/c' to='d@e' id='i' type='chat' xmlns:v='urn:vidimus:0'>stray"
      "<v:check n='1' code='x&amp;y'>text</v:check><p:x xmlns:p='u' p:a='1'><p:y/></p:x>"
      "<body>hi</body><delay xmlns='urn:xmpp:delay' stamp='s'/></message>";
  auto read = read_stanza(std::string_view(text));
  REQUIRE(read);
  CHECK(read->from == "a@b/c");
  CHECK(read->to == "d@e");
  CHECK(read->id == "i");
  CHECK(read->type == "chat");
  CHECK_FALSE(read->is_error);
  CHECK_FALSE(read->is_copy);
  CHECK(read->own == flat_element{"check", {{"code", "x&y"}, {"n", "1"}}, "text"});
  CHECK(read->payload ==
        "<x xmlns='u' xmlns:ns1='u' ns1:a='1'><y/></x><body>hi</body>"
        "<delay xmlns='urn:xmpp:delay' stamp='s'/>");
  CHECK(read->canonical == by_octets(text).canonical);

  pugi::xml_document d;
  REQUIRE(parse_strict(text, d).kind == k::none);
  stanza_reader reader;
  auto tree = read_stanza(reader, d.document_element());
  REQUIRE(tree);
  CHECK(tree->canonical == read->canonical);
  CHECK(tree->payload == read->payload);
  CHECK(tree->own == read->own);

  CHECK(read_stanza(std::string_view("<message type='error'/>"))->is_error);
  CHECK(read_stanza(std::string_view("<message><result xmlns='urn:xmpp:mam:2'/></message>"))
            ->is_copy);
  CHECK(read_stanza(std::string_view("<message><check xmlns='urn:vidimus:0'/>"
                                     "<sync xmlns='urn:vidimus:0'/></message>"))
            .error()
            .kind == k::two_own);
}

TEST_CASE("The coverage is chosen once our element is known") {
  const std::string text =
      "<message><body>b</body><x xmlns='u'/><y xmlns='u'/>"
      "<check xmlns='urn:vidimus:0' only='x'/></message>";
  auto choose = [](const flat_element& own) { return coverage{true, {{"u", *own.find("only")}}}; };
  stanza_reader reader;
  auto read = reader.read(text, {}, choose);
  REQUIRE(read);
  CHECK(read->canonical == *canonical_octets(text, {true, {{"u", "x"}}}));
  auto second = reader.content();
  REQUIRE(second);
  CHECK(octets(second->begin(), second->end()) == *canonical_octets(text));
  auto bad = [](const flat_element&) { return coverage{true, {{"urn:xmpp:delay", "delay"}}}; };
  CHECK(reader.read(text, {}, bad).error().kind == k::bad_coverage);
}

TEST_CASE("A message is read out of the stanza that carries it") {
  const std::string text =
      "<message xmlns='jabber:client' xmlns:q='urn:q'><sent xmlns='urn:xmpp:carbons:2'>"
      "<forwarded xmlns='urn:xmpp:forward:0' xmlns:q='urn:r'><message xmlns='jabber:client'>"
      "<body>inner</body><q:x/></message></forwarded></sent></message>";
  pugi::xml_document d;
  REQUIRE(parse_strict(text, d).kind == k::none);
  stanza_reader reader;
  auto outer = read_stanza(reader, d.document_element());
  REQUIRE(outer);
  CHECK(outer->is_copy);
  auto node = d.document_element().first_child().first_child().first_child();
  auto inner = read_stanza(reader, node);
  REQUIRE(inner);
  CHECK_FALSE(inner->is_copy);
  CHECK(inner->canonical ==
        *canonical_octets("<message><body>inner</body><x xmlns='urn:r'/></message>"));
  CHECK(inner->payload == "<body>inner</body><x xmlns='urn:r'/>");
}

TEST_CASE("A stanza that is written is well-formed, or it is not written") {
  const flat_element own{"check", {{"a", "<>&\"'\t\n\r"}, {"b", ""}}, "]]>\r&<"};
  const std::string_view hints[] = {"no-copy", "store"};
  outgoing_stanza parts;
  parts.to = "a'b@c";
  parts.id = "1<2";
  parts.type = "chat";
  parts.payload = "<body>x</body>";
  parts.own = &own;
  parts.hints = hints;
  auto text = write_stanza(parts);
  REQUIRE(text);
  CHECK(*text ==
        "<message to='a&apos;b@c' id='1&lt;2' type='chat'><body>x</body>"
        "<check xmlns='urn:vidimus:0' a='&lt;&gt;&amp;&quot;&apos;&#x9;&#xA;&#xD;' "
        "b=''>]]&gt;&#xD;&amp;&lt;"
        "</check><no-copy xmlns='urn:xmpp:hints'/><store xmlns='urn:xmpp:hints'/></message>");
  auto read = read_stanza(std::string_view(*text));
  REQUIRE(read);
  CHECK(read->to == "a'b@c");
  CHECK(read->own->text == "]]>\n&<");
  CHECK(*read->own->find("a") == "<>&\"'   ");

  auto refused = [&](auto change) {
    auto changed = parts;
    change(changed);
    auto out = write_stanza(changed);
    return out ? k::none : out.error().kind;
  };
  CHECK(refused([](auto& p) { p.to = "\x01"; }) == k::forbidden_character);
  CHECK(refused([](auto& p) { p.to = "\xff"; }) == k::bad_utf8);
  CHECK(refused([](auto& p) { p.payload = "<body>"; }) != k::none);
  CHECK(refused([](auto& p) { p.payload = "</message><message>"; }) == k::two_roots);
  CHECK(refused([](auto& p) { p.payload = "<p:x/>"; }) == k::unbound_prefix);
  CHECK(refused([](auto& p) { p.payload = "<!-- -->"; }) == k::comment);
  const std::string_view bad_hint[] = {"a b"};
  CHECK(refused([&](auto& p) { p.hints = bad_hint; }) == k::bad_name);
  for (const auto& name : {"", "a b", "p:x", "x><y", "xmlns"}) {
    const flat_element bad_name{name, {}, ""}, bad_attribute{"x", {{name, ""}}, ""};
    if (std::string_view(name) != "xmlns")
      CHECK(refused([&](auto& p) { p.own = &bad_name; }) == k::bad_name);
    CHECK(refused([&](auto& p) { p.own = &bad_attribute; }) == k::bad_name);
  }
  const flat_element twice{"x", {{"a", ""}, {"a", ""}}, ""};
  CHECK(refused([&](auto& p) { p.own = &twice; }) == k::duplicate_attribute);
}

TEST_CASE("Payload that is sent on keeps its canonical octets") {
  stanza_reader reader;
  for (unsigned seed = 1000; seed < 1300; ++seed) {
    support::chance c(seed);
    const auto message = support::sample_message(c);
    const auto text = support::sample_writer(c).message(message, "jabber:component:accept");
    INFO(text);
    auto read = reader.read(text, {"jabber:component:accept", {}});
    REQUIRE(read);
    outgoing_stanza parts;
    parts.payload = read->payload;
    auto written = write_stanza(parts);
    REQUIRE(written);
    auto again = reader.read(*written);
    REQUIRE(again);
    CHECK(again->canonical == read->canonical);
    CHECK(again->payload == read->payload);
  }
}
