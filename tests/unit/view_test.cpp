// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <string>

#include "support/xml_samples.hpp"
#include "vidimus/check/canonical.hpp"
#include "vidimus/check/render.hpp"
#include "vidimus/check/view.hpp"

using namespace vidimus;

namespace {

octets canon(std::string_view children, const coverage& which = {}) {
  auto out = canonical_octets("<message>" + std::string(children) + "</message>", which);
  REQUIRE(out);
  return std::move(*out);
}

/// A field by hand, for octets that nobody writes.
std::string field(int tag, const std::string& value) {
  std::string out(1, static_cast<char>(tag));
  for (int shift = 24; shift >= 0; shift -= 8)
    out += static_cast<char>(value.size() >> shift & 255);
  return out + value;
}

const std::string one_mode = field(1, std::string(1, '\0'));
const std::string listed_mode = field(1, "\x01");

std::string count(char n) { return field(5, std::string(3, '\0') + n); }

std::string group(const std::string& space, const std::string& name, char n,
                  const std::string& children) {
  return field(6, field(2, space) + field(3, name) + count(n) + children);
}

bool accepted(const std::string& octets_text) {
  const bool parsed = content_view::parse(as_octets(octets_text)).has_value();
  CHECK(parsed == render(as_octets(octets_text)).has_value());
  return parsed;
}

std::string payload(const std::string& inside) {
  return one_mode + group("u", "x", 1, field(7, inside));
}

}  // namespace

TEST_CASE("A view shows bodies, subjects and the thread") {
  auto octets_of =
      canon("<body>hi &amp; bye</body><subject>s</subject><thread parent='p'>t</thread>");
  auto view = content_view::parse(octets_of);
  REQUIRE(view);
  CHECK(view->body() == "hi & bye");
  CHECK(view->subject() == "s");
  CHECK(view->thread() == "t");
  CHECK(view->thread_parent() == "p");
  CHECK_FALSE(view->is_listed());
  CHECK(view->covered() == coverage{});

  octets_of = canon("<body xml:lang='de'>eins</body><body>one</body><body xml:lang='fr'>un</body>");
  view = content_view::parse(octets_of);
  REQUIRE(view);
  CHECK(view->body() == "one");
  CHECK(view->subject().empty());
  CHECK_FALSE(view->thread_parent());
  std::string all;
  view->for_each_body([&](std::string_view text, std::optional<std::string_view> language) {
    all.append(text).append("/").append(language.value_or("-")).append(" ");
  });
  CHECK(all == "one/- eins/de un/fr ");
  int subjects = 0;
  view->for_each_subject([&](std::string_view, std::optional<std::string_view>) { ++subjects; });
  CHECK(subjects == 0);

  octets_of = canon("<body xml:lang='de'>eins</body>");  // a single language is not covered
  content_view::parse(octets_of)->for_each_body(
      [](std::string_view, std::optional<std::string_view> language) { CHECK_FALSE(language); });
  CHECK(content_view::parse(canon(""))->body().empty());
}

TEST_CASE("A view shows payloads as trees", "[content.view]") {
  const auto octets_of = canon(
      "<x xmlns='u' a='1' xmlns:p='v' p:a='2'>t0<y b=''>in</y>t1<y xmlns='w'/><z "
      "xmlns='jabber:client'/></x>"
      "<x xmlns='u' a='3'/><o xmlns='jabber:x:oob'/>");
  const auto view = content_view::parse(octets_of);
  REQUIRE(view);
  std::string names;
  view->for_each_payload([&](const element_view& e) {
    names.append("{").append(e.space()).append("}").append(e.local()).append(" ");
  });
  CHECK(names == "{jabber:x:oob}o {u}x {u}x ");
  const auto x = view->payload("u", "x");
  REQUIRE(x);
  CHECK(x->attribute("a") == "1");
  CHECK(x->attribute("a", "v") == "2");
  CHECK_FALSE(x->attribute("b"));
  CHECK(x->text() == "t0t1");
  REQUIRE(x->child("u", "y"));
  CHECK(x->child("u", "y")->text() == "in");
  CHECK(x->child("u", "y")->attribute("b") == "");
  CHECK(x->child("w", "y"));
  CHECK(x->child("jabber:client", "z"));
  CHECK_FALSE(x->child("u", "z"));
  CHECK_FALSE(view->payload("u", "y"));
  std::string order;
  x->for_each_node([&](const element_view& e) { order.append(e.local()).append(" "); },
                   [&](std::string_view run) { order.append(run).append(" "); });
  CHECK(order == "t0 y t1 y z ");
}

TEST_CASE("The coverage of a list can be read back") {
  const coverage which{true, {{"a", "x"}, {"jabber:client", "q"}, {"u", "x"}}};
  const auto octets_of = canon("<body>b</body><x xmlns='u'/><x xmlns='v'/>", which);
  const auto view = content_view::parse(octets_of);
  REQUIRE(view);
  CHECK(view->is_listed());
  CHECK(view->covered() == which);
  CHECK_FALSE(view->payload("v", "x"));
  CHECK_FALSE(view->payload("a", "x"));
}

TEST_CASE("Content is rendered in the form that is kept best") {
  CHECK(
      render(canon(
          "<p:x xmlns:p='u' p:a='1' b='&#10;&lt;'><y xmlns=''>&gt;\"'</y></p:x><body>b</body>")) ==
      "<body>b</body><x xmlns='u' b=' &lt;' xmlns:ns1='u' ns1:a='1'>"
      "<y xmlns=''>&gt;&quot;&apos;</y></x>");
  CHECK(render(canon(
            "<x xmlns='u' xmlns:a='v' xmlns:b='w' b:c='3' a:c='1' a:d='2' xml:lang='de'/>")) ==
        "<x xmlns='u' xml:lang='de' xmlns:ns1='v' ns1:c='1' ns1:d='2' xmlns:ns2='w' ns2:c='3'/>");
  CHECK(render(canon("<xml:x><xml:y><z/></xml:y></xml:x>")) ==
        "<xml:x><xml:y><z xmlns='jabber:client'/></xml:y></xml:x>");
}

TEST_CASE("What is rendered has the same canonical octets", "[content.view]") {
  canonicaliser reader;
  for (unsigned seed = 0; seed < 800; ++seed) {
    support::chance c(seed);
    const auto message = support::sample_message(c);
    const auto text = support::sample_writer(c).message(message, "jabber:client");
    coverage which;
    which.listed = seed % 2 == 1;
    if (which.listed) which.names = {{"jabber:client", "x"}, {"urn:a", "x"}, {"urn:b", "url"}};
    REQUIRE(reader.read(text));
    const auto written = *reader.content(which);
    const octets before(written.begin(), written.end());
    INFO(text);
    REQUIRE(content_view::parse(before));
    CHECK(content_view::parse(before)->covered() == which);
    const auto rendered = render(before);
    REQUIRE(rendered);
    for (auto stream : {"jabber:client", "jabber:component:accept", ""}) {
      REQUIRE(reader.read("<message>" + *rendered + "</message>", {stream, {}}));
      const auto again = *reader.content(which);
      CHECK(octets(again.begin(), again.end()) == before);
    }
  }
}

TEST_CASE("Octets that no writer of ours makes are not accepted") {
  const std::string a = field(0x0b, "a") + field(0x0c, ""), b = field(0x0b, "b") + field(0x0c, "");
  const std::string t = field(0x0d, "t"), y = field(3, "y");
  CHECK(accepted(one_mode));
  CHECK(accepted(listed_mode));
  CHECK(accepted(payload("")));
  CHECK(accepted(payload(a + b + t + field(8, y) + t + field(9, field(2, "v") + y))));
  CHECK(accepted(listed_mode + group("u", "x", 0, "")));

  CHECK_FALSE(accepted(""));
  CHECK_FALSE(accepted(field(1, "\x02")));
  CHECK_FALSE(accepted(field(1, "")));
  CHECK_FALSE(accepted(one_mode + "x"));
  CHECK_FALSE(accepted(one_mode + one_mode));
  CHECK_FALSE(accepted(one_mode + group("u", "x", 0, "")));
  CHECK_FALSE(accepted(one_mode + group("u", "x", 2, field(7, ""))));
  CHECK_FALSE(accepted(one_mode + group("u", "x", 1, field(7, "") + field(7, ""))));
  CHECK_FALSE(
      accepted(one_mode + group("u", "y", 1, field(7, "")) + group("u", "x", 1, field(7, ""))));
  CHECK_FALSE(
      accepted(one_mode + group("u", "x", 1, field(7, "")) + group("u", "x", 1, field(7, ""))));
  CHECK_FALSE(accepted(one_mode + group("jabber:server", "x", 1, field(7, ""))));
  CHECK_FALSE(accepted(one_mode + group("", "x", 1, field(7, ""))));
  CHECK_FALSE(accepted(one_mode + group("urn:vidimus:0", "x", 1, field(7, ""))));
  CHECK_FALSE(accepted(one_mode + group("urn:xmpp:delay", "delay", 1, field(7, ""))));
  CHECK_FALSE(accepted(one_mode + group("u", "x y", 1, field(7, ""))));
  CHECK_FALSE(accepted(one_mode + group("u\n", "x", 1, field(7, ""))));
  CHECK_FALSE(accepted(one_mode + group("u", "x", 1, field(8, ""))));
  CHECK_FALSE(accepted(payload(b + a)));
  CHECK_FALSE(accepted(payload(a + a)));
  CHECK_FALSE(accepted(payload(t + a)));
  CHECK_FALSE(accepted(payload(t + t)));
  CHECK_FALSE(accepted(payload(field(0x0d, ""))));
  CHECK_FALSE(accepted(payload(field(0x0d, " "))));
  CHECK(accepted(payload(field(0x0d, " ") + field(8, y) + t)));
  CHECK_FALSE(accepted(payload(field(0x0d, "a\rb"))));
  CHECK_FALSE(accepted(payload(field(0x0d, "\xff"))));
  CHECK_FALSE(accepted(payload(field(0x0d, "\x01"))));
  CHECK_FALSE(accepted(payload(field(0x0b, "a"))));
  CHECK_FALSE(accepted(payload(field(0x0b, "xmlns") + field(0x0c, ""))));
  CHECK_FALSE(accepted(payload(field(0x0b, "a") + field(0x0c, "\t"))));
  CHECK_FALSE(accepted(payload(field(0x0a, "") + a)));
  CHECK_FALSE(accepted(payload(field(9, field(2, "u") + y))));
  CHECK_FALSE(accepted(payload(field(8, ""))));
  CHECK_FALSE(accepted(payload(field(8, y) + "\x08")));
  const auto client = [&](const std::string& inside) {
    return one_mode + group("jabber:client", "x", 1, field(7, inside));
  };
  CHECK(accepted(client(field(8, y))));
  CHECK_FALSE(accepted(client(field(9, field(2, "jabber:server") + y))));
  CHECK_FALSE(accepted(client(field(9, field(2, "") + y))));

  const auto core = [&](const std::string& name, const std::string& inside) {
    return one_mode + group("jabber:client", name, 1, field(7, inside));
  };
  const std::string parent = field(0x0b, "parent") + field(0x0c, "p");
  CHECK(accepted(core("body", t)));
  CHECK(accepted(core("thread", parent + t)));
  CHECK_FALSE(accepted(core("body", parent + t)));
  CHECK_FALSE(accepted(core("thread", a + t)));
  CHECK_FALSE(accepted(core("body", "")));
  CHECK_FALSE(accepted(core("body", t + field(8, y))));
  CHECK_FALSE(accepted(one_mode + group("jabber:client", "body", 2, field(7, t) + field(7, t))));
  const auto language = [&](const std::string& name, const std::string& lang) {
    return field(
        6, field(2, "jabber:client") + field(3, name) + field(4, lang) + count(1) + field(7, t));
  };
  const auto plain = group("jabber:client", "body", 1, field(7, t));
  CHECK(accepted(one_mode + plain + language("body", "de")));
  CHECK(accepted(one_mode + language("body", "de") + language("body", "fr")));
  CHECK_FALSE(accepted(one_mode + language("body", "de")));
  CHECK_FALSE(accepted(one_mode + language("body", "de") + language("subject", "de")));
  CHECK_FALSE(accepted(one_mode + language("body", "de") + plain));
  CHECK_FALSE(accepted(one_mode + plain + plain));
  CHECK_FALSE(accepted(one_mode + group("jabber:client", "thread", 1, field(7, t)) +
                       language("thread", "de")));
}

TEST_CASE("Cut or damaged octets are never a crash, and never the same content") {
  const auto whole =
      canon("<body>hi</body><x xmlns='u' a='1'>t<y xmlns='v'/></x><body xml:lang='de'>c</body>");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    octets cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    auto view = content_view::parse(cut);
    if (view) CHECK(canon(*render(cut)) == cut);  // cut between groups it is lawful content
  }
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (int bit = 0; bit < 8; ++bit) {
      auto damaged = whole;
      damaged[at] = static_cast<octet>(damaged[at] ^ 1 << bit);
      const auto rendered = render(damaged);
      if (!rendered) continue;
      auto view = content_view::parse(damaged);
      REQUIRE(view);
      CHECK(canon(*rendered, view->covered()) == damaged);
    }
}

TEST_CASE("Deep octets are refused without recursion") {
  std::string inside;
  for (int i = 0; i < 1000; ++i) inside = field(8, field(3, "y") + inside);
  CHECK_FALSE(accepted(payload(inside)));
  inside.clear();
  for (int i = 0; i < 62; ++i) inside = field(8, field(3, "y") + inside);
  CHECK(accepted(payload(inside)));
  CHECK_FALSE(accepted(payload(field(8, field(3, "y") + inside))));
}

TEST_CASE("The dump shows everything") {
  CHECK(
      dump(canon("<body>a\"b\nc</body><x xmlns='u' xmlns:p='v' p:a='1'/>")) ==
      "content, default\n  {jabber:client}body x 1\n    {jabber:client}body\n      \"a\\\"b\\nc\"\n"
      "  {u}x x 1\n    {u}x\n      @{v}a = \"1\"\n");
  CHECK(dump({}) == "not canonical content\n");
}
