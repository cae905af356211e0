// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "vidimus/adapt/qdom_node.hpp"

#include <QtXml/QDomDocument>
#include <catch2/catch.hpp>

#include "support/bundle_trees.hpp"

using namespace vidimus;

namespace {

/// The one element of a stream; null if there are others, or text.
QDomElement only_element(const QDomElement& stream) {
  QDomElement found;
  for (QDomNode at = stream.firstChild(); !at.isNull(); at = at.nextSibling()) {
    if (!found.isNull() || !at.isElement()) return {};
    found = at.toElement();
  }
  return found;
}

support::tree_comparison comparison() {
  struct state {
    canonicaliser reader;
    qdom_texts texts;
  };
  auto s = std::make_shared<state>();
  auto entry = [s](const std::string& stanza) -> support::reading {
    QDomDocument document;
    const auto text = support::in_stream(stanza);
    if (!document.setContent(QByteArray(text.data(), static_cast<int>(text.size())), true))
      return {{}, refusal_kind::no_tree};
    const qdom_place at(only_element(document.documentElement()), s->texts);
    return support::reading_of(s->reader, s->reader.read_tree(at, support::tree_scope()));
  };
  auto why = [](const support::traits&, const support::reading& octets,
                const support::reading& walked) -> std::string {
    if (walked.refused()) return {};
    if (octets.kind == refusal_kind::bad_utf8) return "octets that are not UTF-8 replaced";
    if (octets.kind == refusal_kind::reserved_name) return "declaration of the prefix xml accepted";
    return {};
  };
  support::rewrite_rules spaces, order, astral;
  spaces.to_section = [](const std::string& text) {
    return QString::fromStdString(text).trimmed().isEmpty();
  };
  order.declarations_first = true;
  astral.raw_astral = true;
  return {entry,
          why,
          {{"text of white space lost", spaces},
           {"attribute before the declaration of its prefix", order},
           {"reference above U+FFFF", astral}}};
}

}  // namespace

TEST_CASE("Qt's trees of the corpus agree with the octets, but for what is listed") {
  const support::corpus all(VIDIMUS_TEST_DATA "/corpus");
  auto both = comparison();
  for (const auto& stanza : all.stanzas) both.add(stanza);
  both.print("Qt", "stanzas of the corpus");
  CHECK(both.unlisted.empty());
  CHECK(both.equal > static_cast<int>(all.stanzas.size()) * 8 / 10);
}

TEST_CASE("Qt's trees of what servers delivered agree with the octets sent") {
  const support::corpus all(VIDIMUS_TEST_DATA "/corpus");
  auto both = comparison();
  support::each_delivery(all, [&](const auto& sent, const auto& got) { both.add(sent, got); });
  both.print("Qt", "pairs sent and delivered");
  CHECK(both.unlisted.empty());
  CHECK(both.equal > 1400);
}

TEST_CASE("Qt's trees of drawn stanzas agree with the octets") {
  auto as_drawn = comparison();
  for (unsigned seed = 0; seed < 2000; ++seed) {
    support::chance c(seed);
    auto message = support::sample_message(c);
    as_drawn.add(support::sample_writer(c).message(message, "jabber:client"));
  }
  as_drawn.print("Qt", "drawn stanzas");
  CHECK(as_drawn.unlisted.empty());
}

TEST_CASE("Qt: half a surrogate pair is refused") {
  qdom_texts texts;
  canonicaliser reader;
  auto kind_of = [&](const QString& body) {
    QDomDocument document;
    auto message = document.createElement("message"), child = document.createElement("body");
    child.appendChild(document.createTextNode(body));
    message.appendChild(child);
    const bool good = reader.read_tree(qdom_place(message, texts));
    return good ? refusal_kind::none : reader.why().kind;
  };
  const QChar high(0xd83d), low(0xde00);
  using k = refusal_kind;
  CHECK(kind_of(QString(high) + low) == k::none);
  const auto content = *reader.content();
  CHECK(octets(content.begin(), content.end()) ==
        *canonical_octets("<message><body>\xf0\x9f\x98\x80</body></message>"));
  CHECK(kind_of(QString(high)) == k::bad_utf8);
  CHECK(kind_of(QString(low)) == k::bad_utf8);
  CHECK(kind_of(QString(low) + high) == k::bad_utf8);
  CHECK(kind_of(QString(high) + 'x') == k::bad_utf8);
  CHECK(kind_of(QString(QChar(0xfffe))) == k::forbidden_character);
  CHECK(kind_of(QString(QChar(1))) == k::forbidden_character);
}

TEST_CASE("Qt: trees are read with and without namespace processing") {
  const std::string text =
      "<message xmlns='jabber:client' xmlns:p='urn:p'><body xml:lang='de'>a</body><p:x p:a='1' "
      "a='2'><y xmlns=''/><z/></p:x></message>";
  const auto expected = *canonical_octets(text);
  for (bool namespaces : {true, false}) {
    QDomDocument document;
    REQUIRE(document.setContent(QByteArray::fromStdString(text), namespaces));
    stanza_reader reader;
    auto read = read_stanza(reader, document.documentElement());
    REQUIRE(read);
    CHECK(read->canonical == expected);
  }
}

TEST_CASE("Qt: what is no element, no text, or declared nowhere is refused") {
  qdom_texts texts;
  canonicaliser reader;
  auto kind_of = [&](const char* text) {
    QDomDocument document;
    REQUIRE(document.setContent(QByteArray(text), true));
    const bool good = reader.read_tree(qdom_place(document.documentElement(), texts));
    return good ? refusal_kind::none : reader.why().kind;
  };
  using k = refusal_kind;
  CHECK(kind_of("<message><!-- --></message>") == k::comment);
  CHECK(kind_of("<message><?x y?></message>") == k::instruction);
  CHECK(kind_of("<message>&other;</message>") == k::instruction);
  CHECK(kind_of("<message><p:x/></message>") == k::unbound_prefix);
  CHECK(kind_of("<message><x p:a=''/></message>") == k::unbound_prefix);
  CHECK(kind_of("<message><x a='1' a='2'/></message>") == k::duplicate_attribute);
  CHECK_FALSE(reader.read_tree(qdom_place(QDomNode(), texts)));
  CHECK(reader.why().kind == k::no_tree);
}

TEST_CASE("Qt: a bundle is read as from octets", "[bundle.split]") {
  bundle_reader reader;
  for (const std::string& text : support::bundle_samples())
    for (bool namespaces : {true, false}) {
      CAPTURE(text, namespaces);
      QDomDocument document;
      REQUIRE(document.setContent(QByteArray::fromStdString(support::in_stream(text)), namespaces));
      support::bundle_said said;
      read_each(reader, only_element(document.documentElement()), support::tree_scope(),
                default_coverage{}, [&](const auto& one) { said(one); });
      CHECK(said.all == support::bundle_by_octets(text).all);
    }
}
