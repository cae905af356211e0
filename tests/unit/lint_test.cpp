// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include <map>
#include <set>

#include "support/catch.hpp"
#include "support/corpus.hpp"
#include "support/xml_samples.hpp"
#include "vidimus/adapt/pugixml.hpp"
#include "vidimus/adapt/xmpp_text.hpp"

using namespace vidimus;

namespace {

const std::string folder = VIDIMUS_TEST_DATA "/corpus";

constexpr std::array declared{
    prefix_binding{"stream", "http://etherx.jabber.org/streams"},
    prefix_binding{"sp", "urn:example:stream-prefix"},
};
/// What the typed messages of the corpus were taught to keep.
constexpr std::array taught{table_name{"urn:example:v", ""}};

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

lint_options options_of(const support::corpus_pair& p) {
  lint_options out;
  const std::size_t prefixes = p.sent_space.empty() ? 0 : has(p.path, "-wire->") ? 1 : 2;
  out.scope = {p.sent_space, std::span(declared).first(prefixes)};
  out.registered = taught;
  return out;
}

/// The stacks on a path, by the names that lint uses; the library first if there is one.
std::vector<std::string_view> stacks_of(const std::string& path) {
  std::vector<std::string_view> out;
  const auto add = [&](std::string_view part, std::string_view name) {
    if (has(path, part)) out.push_back(name);
  };
  add("strophe", "libstrophe");
  if (has(path, "gloox")) out.push_back(has(path, "gloox[msg]") ? "gloox Message" : "gloox");
  if (has(path, "qxmpp")) out.push_back(has(path, "qxmpp[tree]") ? "QDom" : "QXmpp");
  add("qxmpp:api", "QString");
  add("slixmpp", "slixmpp");
  add("xmpp.js", "@xmpp");
  add("[sql]", "SQL stores");
  add("ejabberd:ws", "SQL stores");  // keeps the stanza as a store does
  add("jabberd2", "jabberd2");
  add("ejabberd", "ejabberd");
  add("prosody", "Prosody");
  return out;
}

bool is_named(const lint_report& found, const std::string& path) {
  for (std::string_view stack : stacks_of(path))
    if (found.concerns(stack)) return true;
  return false;
}

lint_report of_payload(std::string_view payload) {
  return lint("<message to='b@c'>" + std::string(payload) + "</message>");
}

/// Kinds that an example gives, the payload's own aside.
std::set<lint_kind> kinds_of(const lint_report& found) {
  std::set<lint_kind> out;
  for (const auto& known : lint_table)
    if (found.count(known.kind) != 0 && known.kind != lint_kind::unregistered_payload)
      out.insert(known.kind);
  return out;
}

}  // namespace

TEST_CASE("whatever a path is known to have destroyed, lint names a stack on it", "[lint.known]") {
  const support::corpus differing(folder, "differing.txt");
  CHECK(differing.pairs.size() == 429);
  canonicaliser reader;
  std::map<std::string, std::size_t> named;
  for (const auto& p : differing.pairs) {
    CAPTURE(p.name, p.path);
    const auto with = options_of(p);
    // it does differ, and nothing in our reading refuses it at the sender
    REQUIRE(reader.read(*p.sent, with.scope));
    const auto view = *reader.content();
    const octets sent(view.begin(), view.end());
    const bool whole = !has(p.path, "mam") && !has(p.path, "carbon");
    if (whole && reader.read(*p.received, {p.received_space, std::span(declared).first(1)})) {
      const auto received = *reader.content();
      CHECK(sent != octets(received.begin(), received.end()));
    }
    const auto found = lint(*p.sent, with);
    CHECK(is_named(found, p.path));
    for (std::string_view stack : stacks_of(p.path))
      if (found.concerns(stack)) ++named[std::string(stack)];
  }
  for (std::string_view stack :
       {"libstrophe", "gloox Message", "QXmpp", "QDom", "slixmpp", "jabberd2", "ejabberd"})
    CHECK(named[std::string(stack)] > 0);
}

TEST_CASE("of what arrived intact little carries a warning for a stack on its path",
          "[lint.known]") {
  const support::corpus all(folder);
  std::set<std::string> different;
  for (const auto& p : support::corpus(folder, "differing.txt").pairs)
    different.insert(p.name + " " + p.path + " " + *p.sent);
  canonicaliser reader;
  std::size_t intact = 0, warned = 0;
  std::set<std::string> designs;
  for (const auto& p : all.pairs) {
    const auto with = options_of(p);
    if (p.received == nullptr || !reader.read(*p.sent, with.scope)) continue;
    if (different.count(p.name + " " + p.path + " " + *p.sent) != 0) continue;
    ++intact;
    if (!is_named(lint(*p.sent, with), p.path)) continue;
    ++warned;
    designs.insert(p.name);
  }
  CHECK(intact == 4802);
  CHECK(warned == 7);
  // a prefix of the stream's header, on stacks that kept it in this one case
  CHECK(designs == std::set<std::string>{"D20"});
}

TEST_CASE("lint refuses what the strict pass refuses, and only that", "[lint.known]") {
  const support::corpus all(folder);
  canonicaliser reader;
  std::size_t refused = 0;
  for (const auto& stanza : all.stanzas) {
    const bool good = reader.read(stanza);
    const auto found = lint(stanza);
    CHECK((found.count(lint_kind::refused) == 0) == good);
    CHECK(found.findings.size() <= lint_report::findings_max);
    CHECK((lint_policy{}.objection(found) == nullptr) == good);
    if (good) continue;
    ++refused;
    CHECK(found.findings.at(0).what == explain(reader.why()));
  }
  CHECK(refused > 50);
}

TEST_CASE("a tree gives the findings of its octets, but for what it cannot show", "[lint.known]") {
  const std::set<lint_kind> unseen{lint_kind::text_behind_cdata, lint_kind::beyond_bmp_reference,
                                   lint_kind::carriage_return, lint_kind::white_space_in_value,
                                   lint_kind::long_start_tag};
  const auto compare = [&](const std::string& stanza) {
    pugi::xml_document document;
    if (parse_strict(stanza, document).kind != refusal_kind::none) return false;
    auto from_octets = kinds_of(lint(stanza));
    const auto from_tree = kinds_of(lint_tree(pugi_place(document.document_element())));
    for (lint_kind kind : unseen) from_octets.erase(kind);
    auto seen = from_tree;
    for (lint_kind kind : unseen) seen.erase(kind);
    // a parser joins text and references, or parts it at a CDATA section, as it likes
    if (!has(stanza, "CDATA") && !has(stanza, "&#")) CHECK(from_octets == seen);
    return true;
  };
  std::size_t compared = 0;
  const support::corpus all(folder);
  for (std::size_t i = 0; i < all.stanzas.size(); i += 7) compared += compare(all.stanzas[i]);
  support::chance c(5);
  support::sample_writer writer(c);
  for (int i = 0; i < 300; ++i)
    compared += compare(writer.message(support::sample_message(c), "jabber:client"));
  CHECK(compared > 700);
}

TEST_CASE("each kind is found in its smallest example and nowhere in a plain message",
          "[lint.known]") {
  struct example {
    lint_kind kind;
    std::string payload;
  };
  const std::string big(1100, 'n');
  const example all[] = {
      {lint_kind::prefixed_attribute, "<x xmlns='u' xmlns:p='q' p:a='1'/>"},
      {lint_kind::xml_attribute, "<x xmlns='u' xml:lang='de'/>"},
      {lint_kind::empty_attribute, "<x xmlns='u' a=''/>"},
      {lint_kind::no_namespace, "<x xmlns='u'><y xmlns=''/></x>"},
      {lint_kind::content_prefix_inside, "<x xmlns='u' xmlns:c='jabber:client'><c:y/></x>"},
      {lint_kind::markup_in_namespace, "<x xmlns='urn:a&amp;b'/>"},
      {lint_kind::long_namespace, "<x xmlns='urn:" + big + "'/>"},
      {lint_kind::text_beside_elements, "<x xmlns='u'>a<y/></x>"},
      {lint_kind::no_break_space, "<x xmlns='u'><y>\xc2\xa0</y></x>"},
      {lint_kind::no_break_space, "<x xmlns='u'><y> &#160;</y></x>"},
      {lint_kind::text_behind_cdata, "<body><![CDATA[a]]>b</body>"},
      {lint_kind::beyond_bmp_reference, "<body>&#x1F600;</body>"},
      {lint_kind::beyond_bmp_reference, "<x xmlns='u' a='&#x1F600;'/>"},
      {lint_kind::byte_order_mark,
       "<body>\xef\xbb\xbf"
       "a</body>"},
      {lint_kind::several_languages, "<body>a</body><body xml:lang='de'>b</body>"},
      {lint_kind::thread_parent, "<thread parent='p'>t</thread>"},
      {lint_kind::error_child, "<error/>"},
      {lint_kind::long_start_tag, "<x xmlns='u' a='" + std::string(4096, 'a') + "'/>"},
      {lint_kind::carriage_return, "<body>a&#13;b</body>"},
      {lint_kind::white_space_in_value, "<x xmlns='u' a='a\nb'/>"},
      {lint_kind::white_space_in_value, "<x xmlns='u' a='a&#9;b'/>"},
      {lint_kind::core_without_text, "<body> </body>"},
      {lint_kind::blank_payload_text, "<x xmlns='u'> </x>"},
      {lint_kind::core_attribute, "<body a='1'>b</body>"},
      {lint_kind::text_in_message, "text"},
  };
  for (const auto& one : all) {
    CAPTURE(one.payload.substr(0, 60));
    const auto found = of_payload(one.payload);
    CHECK(kinds_of(found) == std::set<lint_kind>{one.kind});
    REQUIRE_FALSE(found.findings.empty());
    CHECK_FALSE(text(found.findings[0]).empty());
  }
  CHECK(kinds_of(of_payload("<x xmlns='u'>a<y/> <z/></x>")).count(lint_kind::blank_beside_text));
  CHECK(kinds_of(lint("<message a='1'/>")).count(lint_kind::message_attribute));
  CHECK(kinds_of(lint("<message xmlns:p='u'><p:x/></message>")).count(lint_kind::outer_prefix));
  CHECK(of_payload("<x xmlns='u'/>").count(lint_kind::unregistered_payload) == 1);
  std::string deep;
  for (int i = 0; i < 30; ++i) deep = "<x xmlns='u'>" + deep + "</x>";
  CHECK(kinds_of(of_payload(deep)) == std::set<lint_kind>{lint_kind::deep_payload});
  CHECK(of_payload("<subject>s</subject><body>hello \xf0\x9f\x98\x80 &amp; &lt;</body>"
                   "<thread>t</thread><request xmlns='urn:xmpp:receipts'/>")
            .findings.empty());
}

TEST_CASE("findings say where, and are bounded", "[lint.known]") {
  const auto found = of_payload("<body>b</body><x xmlns='u'><y xml:lang='de'/></x>");
  REQUIRE(found.findings.size() == 2);
  CHECK(text(found.findings[1]) ==
        "message/x/y: xml:lang or another xml: attribute inside a payload: it loses its namespace: "
        "lang (libstrophe, QXmpp, Swiften)");
  CHECK(found.findings[1].at ==
        std::string_view("<message to='b@c'><body>b</body><x xmlns='u'>").size());
  std::string many;
  for (int i = 0; i < 200; ++i) many += "<x xmlns='u' xml:lang='de'>a<y/></x>";
  const auto bounded = of_payload(many);
  CHECK(bounded.findings.size() == lint_report::findings_max);
  CHECK(bounded.count(lint_kind::xml_attribute) == 200);
  CHECK(bounded.count(lint_kind::text_beside_elements) == 200);
  std::set<std::string_view> names(lint_stacks.begin(), lint_stacks.end());
  for (const auto& known : lint_table)
    for (std::string_view stack : known.stacks) CHECK((stack.empty() || names.count(stack) == 1));
}

TEST_CASE("a host may let a policy refuse what lint found", "[lint.known]") {
  const std::string_view text =
      "<message to='bob@example.net'><body>b</body><x xmlns='u' xml:lang='de'/></message>";
  composing how;
  CHECK(compose(text, how));
  how.policy.least = lint_severity::warning;
  const std::string_view path[] = {"slixmpp"};
  how.policy.stacks = path;
  CHECK(compose(text, how));  // keeps it
  const std::string_view other[] = {"slixmpp", "libstrophe"};
  how.policy.stacks = other;
  const auto refused = compose(text, how);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == text_fault::lint);
  CHECK(has(refused.error().what, "message/x: xml:lang"));
  // what is sent has no prefixes and no CDATA, so what was written with them is no matter
  CHECK(
      compose("<message to='bob@example.net'><body><![CDATA[a]]>b&#x1F600;</body></message>", how));
  how.policy.stacks = {};
  CHECK_FALSE(compose(text, how));
  const table_name known[] = {{"u", "x"}};
  how.registered = known;
  CHECK(compose("<message to='bob@example.net'><x xmlns='u'/></message>", how));
}
