// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <string>

#include "support/heap_calls.hpp"
#include "vidimus/check/scan.hpp"

using namespace vidimus;
using k = refusal_kind;

namespace {

/// Writes events down, text runs joined.
struct recorder {
  std::string out;
  bool in_text = false;

  void end_text() {
    if (in_text) out += "\"";
    in_text = false;
  }
  refusal_kind open(const open_event& e) {
    end_text();
    out.append("(").append("{").append(e.space).append("}").append(e.local);
    for (const auto& a : e.attributes) {
      out.append(" ");
      if (!a.space.empty()) out.append("{").append(a.space).append("}");
      out.append(a.local).append("=").append(a.value);
    }
    return k::none;
  }
  refusal_kind text(std::string_view piece) {
    if (piece.empty()) return k::no_tree;
    if (!in_text) out += "\"";
    in_text = true;
    out += piece;
    return k::none;
  }
  refusal_kind close() {
    end_text();
    out += ")";
    return k::none;
  }
  std::string_view what() const { return {}; }
};

std::string events(std::string_view in, const stream_scope& scope = {}) {
  scanner s;
  recorder r;
  if (!s.scan(in, scope, {}, r)) return "refused: " + explain(s.why());
  return r.out;
}

refusal refused(std::string_view in, const reading_limits& limits = {}) {
  scanner s;
  recorder r;
  if (s.scan(in, {}, limits, r)) return {};
  return s.why();
}

std::string repeated(std::string_view part, std::size_t times) {
  std::string out;
  out.reserve(part.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += part;
  return out;
}

}  // namespace

TEST_CASE("Names come with their namespaces") {
  CHECK(events("<a/>") == "({jabber:client}a)");
  CHECK(events("<a/>", {"", {}}) == "({}a)");
  CHECK(events("<a xmlns='u'><b/><c xmlns=''><d/></c><e/></a>") == "({u}a({u}b)({}c({}d))({u}e))");
  CHECK(events("<p:a xmlns:p='u'><b/><p:c xmlns:p='v'/><p:d/></p:a>") ==
        "({u}a({jabber:client}b)({v}c)({u}d))");
  CHECK(events("<a p:x='2' x='1' xmlns:p='u' xml:lang='de'/>") ==
        "({jabber:client}a x=1 {http://www.w3.org/XML/1998/namespace}lang=de {u}x=2)");
  const prefix_binding given[] = {{"s", "urn:s"}};
  CHECK(events("<s:a s:b=''/>", {"", given}) == "({urn:s}a {urn:s}b=)");
  CHECK(events("<a xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:a=''/>") ==
        "({jabber:client}a {http://www.w3.org/XML/1998/namespace}a=)");
  CHECK(events(" \n<\xc3\xa9:\xe5\x90\x8d xmlns:\xc3\xa9='u'/>\t ") == "({u}\xe5\x90\x8d)");
}

TEST_CASE("Attributes stand in the order of their names, however many there are") {
  CHECK(events("<a c='3' b='2' a='1' ab='4'/>") == "({jabber:client}a a=1 ab=4 b=2 c=3)");
  std::string in = "<a", out = "({jabber:client}a";
  for (int i = 199; i >= 100; --i) in += " n" + std::to_string(i) + "='v'";
  for (int i = 100; i <= 199; ++i) out += " n" + std::to_string(i) + "=v";
  CHECK(events(in + "/>") == out + ")");
}

TEST_CASE("Text is joined, with LF for line ends") {
  CHECK(events("<a>x&amp;y&#65;<![CDATA[<&]]]]>z</a>") == "({jabber:client}a\"x&yA<&]]z\")");
  CHECK(events("<a>&lt;&gt;&quot;&apos;&#x1F600;</a>") ==
        "({jabber:client}a\"<>\"'\xf0\x9f\x98\x80\")");
  CHECK(events("<a>1\r\n2\r3&#13;&#10;4&#13;5&#xd;\n6\n</a>") ==
        "({jabber:client}a\"1\n2\n3\n4\n5\n6\n\")");
  // as written, CR is LF before anything else happens; a reference comes after that
  CHECK(events("<a>\r&#10;</a>") == "({jabber:client}a\"\n\n\")");
  CHECK(events("<a>&#13;<![CDATA[\n]]></a>") == "({jabber:client}a\"\n\")");
  CHECK(events("<a>&#13;<b/>\n</a>") == "({jabber:client}a\"\n\"({jabber:client}b)\"\n\")");
  CHECK(events("<a>&#13;&#13;&#10;</a>") == "({jabber:client}a\"\n\n\")");
  CHECK(events("<a><![CDATA[]]></a>") == "({jabber:client}a)");
  CHECK(events("<a>]] ]&gt; ]</a>") == "({jabber:client}a\"]] ]> ]\")");
}

TEST_CASE("White space in values is one space each") {
  CHECK(events("<a b='1\t2\n3\r4\r\n5&#9;6&#10;7&#13;8&#13;&#10;9'/>") ==
        "({jabber:client}a b=1 2 3 4 5 6 7 8 9)");
  CHECK(events("<a b='\r&#10;' c='&#13;\n'/>") == "({jabber:client}a b=   c=  )");
  CHECK(events("<a b=\"'&quot;&#x3c;\xc3\xa9\" c='\"&amp;'/>") ==
        "({jabber:client}a b='\"<\xc3\xa9 c=\"&)");
}

TEST_CASE("What is malformed is refused, saying what and where") {
  struct bad {
    std::string in;
    k kind;
    std::size_t at;
    std::string what;
  };
  const std::string nul(1, '\0');
  const std::vector<bad> all{
      {"", k::cut, 0, ""},
      {"<", k::cut, 1, ""},
      {"<a", k::cut, 2, ""},
      {"<a>", k::cut, 3, "a"},
      {"<a><b>", k::cut, 6, "b"},
      {"<a>x", k::cut, 4, "a"},
      {"<a></", k::cut, 5, "a"},
      {"<a></a", k::cut, 6, "a"},
      {"<a b", k::cut, 4, "a"},
      {"<a b=", k::cut, 5, "b"},
      {"<a b='", k::cut, 6, "b"},
      {"<a b='x", k::cut, 7, "b"},
      {"<a b='x&amp;", k::cut, 12, "b"},
      {"<a/", k::cut, 3, "a"},
      {"<a>&am", k::cut, 6, "reference"},
      {"<a>&#1", k::cut, 6, "reference"},
      {"<a><![CDATA[x]]", k::cut, 15, "CDATA"},
      {"<a><![CDA", k::cut, 9, "a"},
      {"<a><!-", k::cut, 6, "a"},
      {"<a/><b/>", k::two_roots, 4, "b"},
      {"<a/></a>", k::mismatched_end, 4, ""},
      {"</a>", k::mismatched_end, 0, ""},
      {"<a/>x", k::text_outside, 4, "x"},
      {"x<a/>", k::text_outside, 0, "x"},
      {"\xef\xbb\xbf<a/>", k::text_outside, 0, "\\xef\\xbb\\xbf"},
      {"<a/><![CDATA[]]>", k::text_outside, 4, "CDATA"},
      {"<![CDATA[]]><a/>", k::text_outside, 0, "CDATA"},
      {"<a></b>", k::mismatched_end, 3, "b"},
      {"<a><b></a></b>", k::mismatched_end, 6, "a"},
      {"<a></aa>", k::mismatched_end, 3, "aa"},
      {"<a></a x=''>", k::bad_markup, 7, "a"},
      {"<a b='1'c='2'/>", k::bad_markup, 8, "a"},
      {"<a b/>", k::bad_markup, 4, "b"},
      {"<a b=1/>", k::bad_markup, 5, "b"},
      {"<a/ >", k::bad_markup, 3, "a"},
      {"<a><!ELEMENT b></a>", k::bad_markup, 3, "<!"},
      {"<a b='<'/>", k::less_than_in_attribute, 6, "b"},
      {"<a b='&amp;<'/>", k::less_than_in_attribute, 11, "b"},
      {"<a>]]></a>", k::section_end_in_text, 3, "]]>"},
      {"<1/>", k::bad_name, 1, "1"},
      {"<a:/>", k::bad_name, 1, "a:/"},
      {"<:a/>", k::bad_name, 1, ":"},
      {"<a:b:c/>", k::bad_name, 1, "a:b:"},
      {"< a/>", k::bad_name, 1, " "},
      {"<a -='1'/>", k::bad_name, 3, "-"},
      {"<a \xc2\xb7='1'/>", k::bad_name, 3, "\\xc2\\xb7"},
      {"<a\xc3\x97/>", k::bad_name, 1, "a\\xc3\\x97"},
      {"<p:a/>", k::unbound_prefix, 0, "p"},
      {"<a p:b=''/>", k::unbound_prefix, 3, "p"},
      {"<a><b xmlns:p='u'/><p:c/></a>", k::unbound_prefix, 19, "p"},
      {"<a b='1' c='' b='2'/>", k::duplicate_attribute, 14, "b"},
      {"<a xmlns='u' xmlns='v'/>", k::duplicate_attribute, 13, "xmlns"},
      {"<a xmlns:p='u' xmlns:p='u'/>", k::duplicate_attribute, 15, "xmlns:p"},
      {"<a xmlns:p='u' xmlns:q='u' p:b='' q:b=''/>", k::duplicate_attribute, 34, "b"},
      {"<a xmlns:p=''/>", k::empty_binding, 3, "xmlns:p"},
      {"<a xmlns:xml='u'/>", k::reserved_name, 3, "xmlns:xml"},
      {"<a xmlns:xmlns='u'/>", k::reserved_name, 3, "xmlns:xmlns"},
      {"<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>", k::reserved_name, 3, "xmlns:p"},
      {"<a xmlns='http://www.w3.org/XML/1998/namespace'/>", k::reserved_name, 3, "xmlns"},
      {"<a xmlns='http://www.w3.org/2000/xmlns/'/>", k::reserved_name, 3, "xmlns"},
      {"<!DOCTYPE a><a/>", k::doctype, 0, ""},
      {"<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", k::doctype, 0, ""},
      {"<a><!DOCTYPE b></a>", k::doctype, 3, ""},
      {"<a><body>x<!-- c -->y</body></a>", k::comment, 10, ""},
      {"<!-- c --><a/>", k::comment, 0, ""},
      {"<a/><!-- c -->", k::comment, 4, ""},
      {"<a><?p x?></a>", k::instruction, 3, "p"},
      {"<?xml version='1.0'?><a/>", k::xml_declaration, 0, "xml"},
      {"<a>&e;</a>", k::unknown_entity, 3, "e"},
      {"<a b='&e;'/>", k::unknown_entity, 6, "e"},
      {"<a>& </a>", k::bad_reference, 3, ""},
      {"<a>&amp</a>", k::bad_reference, 3, "amp"},
      {"<a>&#;</a>", k::bad_reference, 3, "&#"},
      {"<a>&#x;</a>", k::bad_reference, 3, "&#x"},
      {"<a>&#X41;</a>", k::bad_reference, 3, ""},
      {"<a>&#4a;</a>", k::bad_reference, 3, ""},
      {"<a>&#0;</a>", k::forbidden_reference, 3, "&#0"},
      {"<a>&#x1F;</a>", k::forbidden_reference, 3, "&#x1F"},
      {"<a>&#xD800;</a>", k::forbidden_reference, 3, "&#xD800"},
      {"<a>&#xFFFE;</a>", k::forbidden_reference, 3, "&#xFFFE"},
      {"<a b='&#x110000;'/>", k::forbidden_reference, 6, "&#x110000"},
      {"<a>&#99999999999999999999;</a>", k::forbidden_reference, 3, "&#99999999999999999999"},
      {"<a>" + nul + "</a>", k::forbidden_character, 3, "\\x00"},
      {"<a>ab\x0b</a>", k::forbidden_character, 5, "\\x0b"},
      {"<a b='\x1f'/>", k::forbidden_character, 6, "\\x1f"},
      {"<a>\xef\xbf\xbe</a>", k::forbidden_character, 3, "\\xef\\xbf\\xbe"},
      {"<a>\xc3\xa9\x01</a>", k::forbidden_character, 5, "\\x01"},
      {"<a><![CDATA[\x01]]></a>", k::forbidden_character, 12, "\\x01"},
      {"<a>\xc0\x80</a>", k::bad_utf8, 3, "\\xc0"},
      {"<a>\xe0\x80\x80</a>", k::bad_utf8, 3, "\\xe0"},
      {"<a>\xed\xa0\x80</a>", k::bad_utf8, 3, "\\xed"},
      {"<a>\xf4\x90\x80\x80</a>", k::bad_utf8, 3, "\\xf4"},
      {"<a>\xf8\x88\x80\x80\x80</a>", k::bad_utf8, 3, "\\xf8"},
      {"<a>\x80</a>", k::bad_utf8, 3, "\\x80"},
      {"<a>\xc3</a>", k::bad_utf8, 3, "\\xc3"},
      {"<a b='&amp;\xff'/>", k::bad_utf8, 11, "\\xff"},
      {"<\xff/>", k::bad_utf8, 1, "\\xff"},
      {"<a/>\xff", k::bad_utf8, 4, "\\xff"},
  };
  for (const auto& each : all) {
    INFO(each.in);
    auto why = refused(each.in);
    CHECK(sentence(why.kind) == sentence(each.kind));
    CHECK(why.at == each.at);
    CHECK(why.what == each.what);
  }
}

TEST_CASE("Characters that XML allows pass, those beside them do not") {
  for (char32_t c = 0; c <= 0x110000; c += c < 0x3000 || (c >= 0xd700 && c < 0x10100) ? 1 : 977) {
    bool surrogate = c >= 0xd800 && c <= 0xdfff;
    auto text = "&#" + std::to_string(static_cast<unsigned long>(c)) + ";";
    bool allowed = refused("<a>" + text + "</a>").kind == k::none;
    if (allowed != is_xml_char(c)) FAIL_CHECK(text);
    if (c == 0 || surrogate || c > 0x10ffff || c == '<' || c == '&') continue;
    char raw[4];
    std::string written(raw, encode_utf8(c, raw));
    allowed = refused("<a>0123456789abcdef" + written + "</a>").kind == k::none;
    if (allowed != is_xml_char(c)) FAIL_CHECK(text);
    allowed = refused("<a b=\"" + (c == '"' ? "" : written) + "\"/>").kind == k::none;
    if (allowed != is_xml_char(c)) FAIL_CHECK(text);
    auto whole = decode_utf8(written.data(), written.data() + written.size());
    if (whole.point != c || whole.size != written.size()) FAIL_CHECK(text);
  }
}

TEST_CASE("Every limit holds, at its number and not before") {
  reading_limits small;
  small.depth = 3;
  small.elements = 4;
  small.attributes = 2;
  small.attribute_octets = 5;
  small.declarations = 2;
  small.namespace_octets = 4;
  small.octets = 100;
  CHECK(refused("<a><b><c/></b></a>", small).kind == k::none);
  CHECK(refused("<a><b><c><d/></c></b></a>", small).kind == k::too_deep);
  CHECK(refused("<a><b/><b/><b/></a>", small).kind == k::none);
  CHECK(refused("<a><b/><b/><b/><b/></a>", small).kind == k::too_many_elements);
  CHECK(refused("<a b='' c=''/>", small).kind == k::none);
  CHECK(refused("<a b='' c='' xmlns:d='u'/>", small).kind == k::too_many_attributes);
  CHECK(refused("<a b='12345'/>", small).kind == k::none);
  CHECK(refused("<a b='123456'/>", small).kind == k::attribute_too_long);
  CHECK(refused("<a b='1234&amp;'/>", small).kind == k::none);
  CHECK(refused("<a b='12345&amp;'/>", small).kind == k::attribute_too_long);
  CHECK(refused("<a xmlns:p='u'><b xmlns:q='u'/><b xmlns:r='u'/></a>", small).kind == k::none);
  CHECK(refused("<a xmlns:p='u'><b xmlns:q='u' xmlns:r='u'/></a>", small).kind ==
        k::too_many_declarations);
  CHECK(refused("<a xmlns='1234'/>", small).kind == k::none);
  CHECK(refused("<a xmlns='12345'/>", small).kind == k::namespace_too_long);
  CHECK(refused("<a>" + std::string(93, 'x') + "</a>", small).kind == k::none);
  auto why = refused("<a>" + std::string(94, 'x') + "</a>", small);
  CHECK(why.kind == k::too_large);
  CHECK(why.at == 100);
  CHECK(refused("<a/>" + std::string(97, ' '), small).kind == k::too_large);
  // cut by the limit in the middle of a character: the limit is the reason, not the character
  CHECK(refused("<a>" + std::string(96, 'x') + "\xe2\x82\xac</a>", small).kind == k::too_large);
}

TEST_CASE("Huge input is refused for what is wrong with it") {
  auto why = refused(repeated("<a>", 200'000));
  CHECK(why.kind == k::too_deep);
  CHECK(why.at == 64 * 3);
  why = refused("<a><b cd='" + std::string(300'000, 'x') + "'/></a>");
  CHECK(why.kind == k::attribute_too_long);
  CHECK(why.at == 10);
  CHECK(why.what == "cd");
  CHECK(refused("<a>" + std::string(300'000, 'x') + "</a>").kind == k::too_large);
  CHECK(refused("<a>" + repeated("<b/>", 65'535) + "</a>").kind == k::too_large);
  CHECK(refused("<a b='" + repeated("&#65;", 60'000) + "'/>").kind == k::too_large);
}

TEST_CASE("What is told of a refusal is short and printable") {
  CHECK(printable("a\\b\n\xff") == "a\\x5cb\\x0a\\xff");
  CHECK(printable(std::string(1000, 'x')) == std::string(61, 'x') + "...");
  CHECK(printable(std::string(1000, '\xff')).size() <= 64);
  CHECK(explain({k::unbound_prefix, 7, "p"}) == "the prefix is not bound to a namespace: p (at 7)");
  for (int i = 0; i <= static_cast<int>(k::no_tree); ++i)
    CHECK(sentence(static_cast<k>(i)) != "unknown refusal");
}

TEST_CASE("Bulk loops and octet loops find the same stops") {
  std::string text(70, 'x');
  for (std::size_t at = 0; at < text.size(); ++at)
    for (unsigned c = 0; c < 256; ++c) {
      text[at] = static_cast<char>(c);
      bool stop = c < 0x20 || c >= 0x80 || c == '<' || c == '&' || c == ']' || c == '%';
      const char *begin = text.data(), *end = begin + text.size();
      const char* want = stop ? begin + at : end;
      if (plain_end<']', '%'>(begin, end) != want) FAIL_CHECK(at << " " << c);
      want = has_class(text[at], octet_class::name_part) ? end : begin + at;
      if (name_run_end(begin, end) != want) FAIL_CHECK(at << " " << c);
      text[at] = 'x';
    }
}

TEST_CASE("A reused scanner does not touch the heap") {
  struct nobody {
    refusal_kind open(const open_event&) { return k::none; }
    refusal_kind text(std::string_view) { return k::none; }
    refusal_kind close() { return k::none; }
    std::string_view what() const { return {}; }
  } to;
  const std::string in = "<a xmlns:p='u' p:b='1' c='&amp;'><b><c xmlns='v'>x&lt;</c></b></a>";
  scanner s;
  REQUIRE(s.scan(in, {}, {}, to));
  const auto before = support::heap_calls();
  bool good = true;
  for (int i = 0; i < 100; ++i) good = s.scan(in, {}, {}, to) && good;
  const auto after = support::heap_calls();
  CHECK(good);
  CHECK(after == before);
}
