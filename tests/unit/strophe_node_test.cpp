// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "vidimus/adapt/strophe_node.hpp"

#include <catch2/catch.hpp>
#include <memory>

#include "support/bundle_trees.hpp"
#include "vidimus/adapt/strophe_stanza.hpp"

using namespace vidimus;

namespace {

struct release {
  void operator()(xmpp_ctx_t* c) const { xmpp_ctx_free(c); }
  void operator()(xmpp_stanza_t* s) const { xmpp_stanza_release(s); }
};
using context = std::unique_ptr<xmpp_ctx_t, release>;
using tree = std::unique_ptr<xmpp_stanza_t, release>;

context make_context() { return context(xmpp_ctx_new(nullptr, nullptr)); }

/// The one element of a stream; nothing if there are others, or text.
xmpp_stanza_t* only_element(xmpp_stanza_t* stream) {
  xmpp_stanza_t* found = nullptr;
  for (auto* at = stream == nullptr ? nullptr : xmpp_stanza_get_children(stream); at != nullptr;
       at = xmpp_stanza_get_next(at)) {
    if (xmpp_stanza_is_text(at) != 0 && is_blank(xmpp_stanza_get_text_ptr(at))) continue;
    if (found != nullptr || xmpp_stanza_is_text(at) != 0) return nullptr;
    found = at;
  }
  return found;
}

support::tree_comparison comparison() {
  auto ctx = std::make_shared<context>(make_context());
  auto reader = std::make_shared<canonicaliser>();
  auto entry = [ctx, reader](const std::string& stanza) -> support::reading {
    const tree stream(xmpp_stanza_new_from_string(ctx->get(), support::in_stream(stanza).c_str()));
    return support::reading_of(*reader,
                               reader->read_tree(strophe_place(only_element(stream.get()))));
  };
  auto why = [](const support::traits& has, const support::reading& octets,
                const support::reading& walked) -> std::string {
    if (!walked.refused() && octets.kind == refusal_kind::comment) return "comment taken out";
    if (!walked.refused() && octets.kind == refusal_kind::instruction)
      return "processing instruction taken out";
    // written by libstrophe: octets with two bodies of one language, the tree with two languages
    const bool of_one_language = octets.kind == refusal_kind::two_of_one_language;
    if ((octets.refused() && !of_one_language) || walked.refused()) return {};
    if (has.foreign) return "attribute of a namespace flattened";
    if (has.plain_lang) return "attribute lang taken for xml:lang";
    return {};
  };
  return {entry, why};
}

}  // namespace

TEST_CASE("libstrophe's trees of the corpus agree with the octets, but for what is listed") {
  const support::corpus all(VIDIMUS_TEST_DATA "/corpus");
  auto both = comparison();
  for (const auto& stanza : all.stanzas) both.add(stanza);
  both.print("libstrophe", "stanzas of the corpus");
  CHECK(both.unlisted.empty());
  CHECK(both.equal > static_cast<int>(all.stanzas.size()) * 8 / 10);
}

TEST_CASE("libstrophe's trees of what servers delivered agree with the octets sent") {
  const support::corpus all(VIDIMUS_TEST_DATA "/corpus");
  auto both = comparison();
  support::each_delivery(all, [&](const auto& sent, const auto& got) { both.add(sent, got); });
  both.print("libstrophe", "pairs sent and delivered");
  CHECK(both.unlisted.empty());
  CHECK(both.equal > 1400);
}

TEST_CASE("libstrophe's trees of drawn stanzas agree with the octets") {
  auto as_drawn = comparison(), kept = comparison();
  for (unsigned seed = 0; seed < 2000; ++seed) {
    support::chance c(seed);
    auto message = support::sample_message(c);
    as_drawn.add(support::sample_writer(c).message(message, "jabber:client"));
    support::simplify(message, [](support::sample& e) {
      std::erase_if(e.attributes, [](const auto& a) {
        return !a.first.first.empty() && !(a.first.first == ns::xml && a.first.second == "lang");
      });
    });
    kept.add(support::sample_writer(c).message(message, "jabber:client"));
  }
  as_drawn.print("libstrophe", "drawn stanzas");
  kept.print("libstrophe", "drawn stanzas without attributes of a namespace");
  CHECK(as_drawn.unlisted.empty());
  CHECK(kept.equal == 2000);
}

TEST_CASE("libstrophe: the language of a body is read, whatever it is called") {
  const std::string text =
      "<message xmlns='jabber:client'><body xml:lang='de'>a</body><body>b</body></message>";
  const auto ctx = make_context();
  const tree message(xmpp_stanza_new_from_string(ctx.get(), text.c_str()));
  stanza_reader reader;
  auto read = read_stanza(reader, message.get());
  REQUIRE(read);
  CHECK(read->canonical == *canonical_octets(text));
}

TEST_CASE("libstrophe: a tree that was built counts as it would be written") {
  const auto ctx = make_context();
  const tree message(xmpp_message_new(ctx.get(), "chat", "bob@example.net", "1"));
  REQUIRE(xmpp_message_set_body(message.get(), "a\r\nb <&>\"'") == XMPP_EOK);
  const tree x(xmpp_stanza_new(ctx.get())), y(xmpp_stanza_new(ctx.get())),
      text(xmpp_stanza_new(ctx.get()));
  xmpp_stanza_set_name(x.get(), "x");
  xmpp_stanza_set_ns(x.get(), "urn:x");
  xmpp_stanza_set_attribute(x.get(), "xml:lang", "de");
  xmpp_stanza_set_attribute(x.get(), "xmlns:p", "urn:p");
  xmpp_stanza_set_attribute(x.get(), "lang", "a\tb");
  xmpp_stanza_set_name(y.get(), "p:y");  // its attributes and children count too
  xmpp_stanza_set_attribute(y.get(), "p:a", "1");
  xmpp_stanza_set_text(text.get(), "t");
  const tree z(xmpp_stanza_new(ctx.get()));
  xmpp_stanza_set_name(z.get(), "z");
  for (auto* child : {text.get(), z.get()}) xmpp_stanza_add_child(y.get(), child);
  xmpp_stanza_add_child(x.get(), y.get());
  xmpp_stanza_add_child(message.get(), x.get());

  stanza_reader reader;
  auto built = read_stanza(reader, message.get(), strophe_tree::built);
  REQUIRE(built);
  CHECK(built->to == "bob@example.net");
  CHECK(built->type == "chat");
  char* written = nullptr;
  size_t size = 0;
  REQUIRE(xmpp_stanza_to_text(message.get(), &written, &size) == XMPP_EOK);
  CHECK(built->canonical == *canonical_octets(std::string_view(written, size)));
  xmpp_free(ctx.get(), written);
  CHECK(built->canonical ==
        *canonical_octets("<message><body>a\nb &lt;&amp;&gt;\"'</body><x xmlns='urn:x' "
                          "xml:lang='de' lang='a b'><q:y xmlns:q='urn:p' q:a='1'>t<z/></q:y></x>"
                          "</message>"));
}

TEST_CASE("libstrophe: what a program may build in error is refused") {
  const auto ctx = make_context();
  canonicaliser reader;
  auto kind_with = [&](auto change) {
    const tree message(xmpp_stanza_new(ctx.get())), child(xmpp_stanza_new(ctx.get()));
    xmpp_stanza_set_name(message.get(), "message");
    xmpp_stanza_set_name(child.get(), "x");
    change(child.get());
    xmpp_stanza_add_child(message.get(), child.get());
    const bool good = reader.read_tree(strophe_place(message.get(), strophe_tree::built));
    return good ? refusal_kind::none : reader.why().kind;
  };
  using k = refusal_kind;
  CHECK(kind_with([](auto*) {}) == k::none);
  CHECK(kind_with([](auto* x) { xmpp_stanza_set_name(x, "a b"); }) == k::bad_name);
  CHECK(kind_with([](auto* x) { xmpp_stanza_set_name(x, "p:x"); }) == k::unbound_prefix);
  CHECK(kind_with([](auto* x) { xmpp_stanza_set_attribute(x, "a", "\x01"); }) ==
        k::forbidden_character);
  CHECK(kind_with([](auto* x) { xmpp_stanza_set_attribute(x, "a", "\xff"); }) == k::bad_utf8);
  CHECK(kind_with([](auto* x) {
          for (int i = 0; i < 300; ++i)
            xmpp_stanza_set_attribute(x, ("a" + std::to_string(i)).c_str(), "");
        }) == k::too_many_attributes);
  CHECK_FALSE(reader.read_tree(strophe_place(nullptr)));
  CHECK(reader.why().kind == k::no_tree);
  const tree nameless(xmpp_stanza_new(ctx.get()));
  CHECK_FALSE(reader.read_tree(strophe_place(nameless.get())));
  CHECK(reader.why().kind == k::bad_name);
}

TEST_CASE("libstrophe: a stanza made of text says the same") {
  const auto ctx = make_context();
  const support::corpus all(VIDIMUS_TEST_DATA "/corpus");
  stanza_reader reader;
  canonicaliser again;
  int made = 0;
  auto check_one = [&](const std::string& stanza) {
    auto read = reader.read(stanza, support::tree_scope());
    if (!read) return;
    const std::string text = "<message to='a@b'>" + read->payload + "</message>";
    const auto tree = to_strophe(ctx.get(), text);
    REQUIRE(tree);
    REQUIRE(again.read_tree(strophe_place(tree.get(), strophe_tree::built)));
    const auto built = *again.content();
    CHECK(octets(built.begin(), built.end()) == read->canonical);
    char* written = nullptr;
    size_t size = 0;
    REQUIRE(xmpp_stanza_to_text(tree.get(), &written, &size) == XMPP_EOK);
    CHECK(*canonical_octets(std::string_view(written, size)) == read->canonical);
    xmpp_free(ctx.get(), written);
    ++made;
  };
  for (const auto& stanza : all.stanzas) check_one(stanza);
  CHECK(made > 150);
  for (unsigned seed = 0; seed < 500; ++seed) {
    support::chance c(seed);
    const auto message = support::sample_message(c);
    check_one(support::sample_writer(c).message(message, "jabber:client"));
  }
  CHECK(made > 600);
  CHECK_FALSE(to_strophe(ctx.get(), "<message>"));
  CHECK_FALSE(to_strophe(ctx.get(), "<message/><message/>"));
}

TEST_CASE("libstrophe: a bundle is read as from octets, and can be made", "[bundle.split]") {
  const auto ctx = make_context();
  bundle_reader reader;
  for (const std::string& text : support::bundle_samples()) {
    CAPTURE(text);
    const auto expected = support::bundle_by_octets(text);
    const tree stream(xmpp_stanza_new_from_string(ctx.get(), support::in_stream(text).c_str()));
    support::bundle_said came, built;
    read_each(reader, only_element(stream.get()), strophe_tree::received, default_coverage{},
              [&](const auto& one) { came(one); });
    CHECK(came.all == expected.all);
    const auto made = to_strophe(ctx.get(), text);
    REQUIRE(made);
    read_each(reader, made.get(), strophe_tree::built, default_coverage{},
              [&](const auto& one) { built(one); });
    CHECK(built.all == expected.all);
    char* written = nullptr;
    size_t size = 0;
    REQUIRE(xmpp_stanza_to_text(made.get(), &written, &size) == XMPP_EOK);
    CHECK(support::bundle_by_octets({written, size}).all == expected.all);
    xmpp_free(ctx.get(), written);
  }
}
