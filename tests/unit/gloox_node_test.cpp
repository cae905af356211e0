// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "vidimus/adapt/gloox_node.hpp"

#include <gloox/parser.h>
#include <gloox/taghandler.h>

#include <catch2/catch.hpp>

#include "support/bundle_trees.hpp"
#include "vidimus/adapt/gloox_stanza.hpp"

using namespace vidimus;

namespace {

/// Feeds a stream to gloox and reads its only stanza.
class gloox_reader : public gloox::TagHandler {
 public:
  support::reading read(const std::string& stanza) {
    count_ = 0;
    gloox::Parser parser(this);
    auto text = support::in_stream(stanza);
    text.resize(text.rfind("</stream:stream>"));
    if (parser.feed(text) >= 0) return {{}, refusal_kind::no_tree};
    if (count_ == 0) return {{}, refusal_kind::cut};
    if (count_ > 1) return {{}, refusal_kind::two_roots};
    return last_;
  }

  void handleTag(gloox::Tag* tag) override {
    if (tag->name() == "stream") return;
    ++count_;
    const gloox_tree tree(*tag);
    last_ = support::reading_of(reader_,
                                reader_.read_tree(gloox_place(tree, *tag), support::tree_scope()));
  }

 private:
  canonicaliser reader_;
  support::reading last_;
  int count_ = 0;
};

support::tree_comparison comparison() {
  auto reader = std::make_shared<gloox_reader>();
  auto entry = [reader](const std::string& stanza) { return reader->read(stanza); };
  auto why = [](const support::traits&, const support::reading& octets,
                const support::reading& walked) -> std::string {
    using k = refusal_kind;
    if (walked.refused()) return {};
    if (octets.kind == k::bad_utf8 || octets.kind == k::forbidden_character)
      return "text with a forbidden character emptied";
    if (octets.kind == k::section_end_in_text) return "']]>' in text accepted";
    return {};
  };
  support::rewrite_rules tags, astral;
  tags.plain_tags = true;
  astral.raw_astral = true;
  return {entry, why, {{"spelling of a tag", tags}, {"reference above U+FFFF", astral}}};
}

}  // namespace

TEST_CASE("gloox's trees of the corpus agree with the octets, but for what is listed") {
  const support::corpus all(VIDIMUS_TEST_DATA "/corpus");
  auto both = comparison();
  for (const auto& stanza : all.stanzas) both.add(stanza);
  both.print("gloox", "stanzas of the corpus");
  CHECK(both.unlisted.empty());
  CHECK(both.equal > static_cast<int>(all.stanzas.size()) * 8 / 10);
}

TEST_CASE("gloox's trees of what servers delivered agree with the octets sent") {
  const support::corpus all(VIDIMUS_TEST_DATA "/corpus");
  auto both = comparison();
  support::each_delivery(all, [&](const auto& sent, const auto& got) { both.add(sent, got); });
  both.print("gloox", "pairs sent and delivered");
  CHECK(both.unlisted.empty());
  CHECK(both.equal > 1400);
}

TEST_CASE("gloox's trees of drawn stanzas agree with the octets") {
  auto as_drawn = comparison();
  for (unsigned seed = 0; seed < 2000; ++seed) {
    support::chance c(seed);
    auto message = support::sample_message(c);
    as_drawn.add(support::sample_writer(c).message(message, "jabber:client"));
  }
  as_drawn.print("gloox", "drawn stanzas");
  CHECK(as_drawn.unlisted.empty());
}

TEST_CASE("gloox: text keeps its place among elements") {
  const std::string text =
      "<message xmlns='jabber:client'><html xmlns='urn:h'><p>one <em>two</em> &lt;three&amp;"
      "<em>four<b/> <i/>five</em></p> <p> </p>\n<p/>six</html><x xmlns='urn:x'> <y>&apos;</y> </x>"
      "</message>";
  gloox_reader gloox;
  CHECK(gloox.read(text).canonical == *canonical_octets(text));
}

TEST_CASE("gloox: a tree that was built counts as it would be written") {
  gloox::Tag message("message");
  message.addAttribute("to", "bob@example.net");
  new gloox::Tag(&message, "body", "a <&>\"'");
  auto* x = new gloox::Tag(&message, "x", "xmlns", "urn:x");
  x->addAttribute("xml:lang", "de");
  x->addCData("one ");
  new gloox::Tag(x, "y", "two");
  x->addCData(" three");
  stanza_reader reader;
  auto read = read_stanza(reader, message);
  REQUIRE(read);
  CHECK(read->to == "bob@example.net");
  CHECK(read->canonical == *canonical_octets(message.xml()));
  CHECK(read->canonical ==
        *canonical_octets("<message><body>a &lt;&amp;&gt;\"'</body><x xmlns='urn:x' "
                          "xml:lang='de'>one <y>two</y> three</x></message>"));
}

TEST_CASE("gloox: a message is read out of the tag that carries it") {
  gloox::Tag outer("message");
  outer.setXmlns("urn:q", "q");
  auto* sent = new gloox::Tag(&outer, "sent", "xmlns", "urn:xmpp:carbons:2");
  auto* inner = new gloox::Tag(sent, "message", "xmlns", "jabber:client");
  new gloox::Tag(inner, "body", "inner");
  auto* x = new gloox::Tag(inner, "x");
  x->setPrefix("q");
  stanza_reader reader;
  auto read = read_stanza(reader, *inner);
  REQUIRE(read);
  CHECK(read->canonical ==
        *canonical_octets("<message><body>inner</body><x xmlns='urn:q'/></message>"));
  CHECK(read_stanza(reader, outer)->is_copy);
}

TEST_CASE("gloox: what is not well-formed in a tree is refused") {
  canonicaliser reader;
  auto kind_of = [&](const gloox::Tag& message) {
    const gloox_tree tree(message);
    return reader.read_tree(gloox_place(tree, message)) ? refusal_kind::none : reader.why().kind;
  };
  using k = refusal_kind;
  gloox::Tag twice("message");
  gloox::Tag::AttributeList all{new gloox::Tag::Attribute("a", "1"),
                                new gloox::Tag::Attribute("a", "2")};
  twice.setAttributes(all);
  CHECK(kind_of(twice) == k::duplicate_attribute);
  gloox::Tag unbound("message");
  (new gloox::Tag(&unbound, "x"))->setPrefix("p");
  CHECK(kind_of(unbound) == k::unbound_prefix);
  gloox::Tag nameless("");
  CHECK(kind_of(nameless) == k::bad_name);
  gloox::Tag broken("message");  // mixed, with an element that gloox does not write
  new gloox::Tag(&broken, "a", "x");
  broken.addCData("text");
  new gloox::Tag(&broken, "");
  CHECK(kind_of(broken) == k::no_tree);
}

TEST_CASE("gloox: a stanza made of text says the same, or is not made") {
  const support::corpus all(VIDIMUS_TEST_DATA "/corpus");
  stanza_reader reader;
  int made = 0, not_made = 0;
  auto check_one = [&](const std::string& stanza) {
    auto read = reader.read(stanza, support::tree_scope());
    if (!read) return;
    const std::string text = "<message to='a@b'>" + read->payload + "</message>";
    const auto tag = to_gloox(text);
    if (!tag) {
      CHECK(text.find("=''") != std::string::npos);
      ++not_made;
      return;
    }
    CHECK(*canonical_octets(tag->xml()) == read->canonical);
    ++made;
  };
  for (const auto& stanza : all.stanzas) check_one(stanza);
  CHECK(made > 150);
  for (unsigned seed = 0; seed < 500; ++seed) {
    support::chance c(seed);
    const auto message = support::sample_message(c);
    check_one(support::sample_writer(c).message(message, "jabber:client"));
  }
  CHECK(made > 300);
  CHECK(not_made > 0);
  CHECK_FALSE(to_gloox("<message>"));
  CHECK_FALSE(to_gloox("<message/><message/>"));
}

namespace {

/// Feeds a stream to gloox, and reads what its only stanza holds.
class gloox_bundles : public gloox::TagHandler {
 public:
  support::bundle_said read(const std::string& stanza) {
    said_ = {};
    gloox::Parser parser(this);
    auto text = support::in_stream(stanza);
    text.resize(text.rfind("</stream:stream>"));
    REQUIRE(parser.feed(text) < 0);
    return said_;
  }
  void handleTag(gloox::Tag* tag) override {
    if (tag->name() == "stream") return;
    read_each(reader_, *tag, support::tree_scope(), default_coverage{},
              [&](const auto& one) { said_(one); });
  }

 private:
  bundle_reader reader_;
  support::bundle_said said_;
};

}  // namespace

TEST_CASE("gloox: a bundle is read as from octets, and can be made", "[bundle.split]") {
  gloox_bundles reader;
  for (const std::string& text : support::bundle_samples()) {
    CAPTURE(text);
    const auto expected = support::bundle_by_octets(text);
    CHECK(reader.read(text).all == expected.all);
    const auto made = to_gloox(text);
    REQUIRE(made);
    CHECK(support::bundle_by_octets(made->xml()).all == expected.all);
  }
}
