// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <vidimus/adapt/pugixml.hpp>
#include <vidimus/adapt/xmpp_text.hpp>
#include <vidimus/check/render.hpp>

#include "../support/trio.hpp"
#include "../support/wire_samples.hpp"

using namespace vidimus;

namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// Where the server role lives: at an address of its own, or in the server between the ends.
enum class mode { component, in_server };

/// The three roles over stanza text. What they say passes as text that a server has changed in
/// ways that servers do.
struct text_trio : toy::trio {
  explicit text_trio(mode m) : how(m) {}

  std::string alice_full = toy::alice + "/phone";
  mode how;
  std::vector<std::pair<element, std::string>> texts;

  party party_of(std::string_view address) const {
    if (bare(address) == toy::alice) return party::sender;
    return bare(address) == toy::bob ? party::receiver : party::server;
  }

  /// As the role's host would write it.
  std::string text_of(const toy::flight& f) {
    sending s;
    s.self = party_of(f.from);
    s.from = f.from;
    const bool forward = wire::goes_forward(f.sent.what.index());
    if (how == mode::in_server && s.self == party::sender && f.as<check>() != nullptr)
      s.to = toy::bob;
    if (how == mode::in_server && s.self == party::server && forward) s.from = alice_full;
    auto text = stanza_text(f.sent, s);
    INFO((text ? "" : text.error().what));
    REQUIRE(text);
    texts.emplace_back(f.sent.what, *text);
    return *text;
  }

  /// As a server on the way hands it on.
  static std::string on_the_way(std::string text) {
    text.replace(0, 8, "<message xml:lang='en'");
    const auto end = text.rfind("</message>");
    return text.insert(end, "<stanza-id xmlns='urn:xmpp:sid:0' id='1' by='b@example.net'/>");
  }

  void pass_text(const toy::flight& f) { give(party_of(f.sent.to), on_the_way(text_of(f))); }

  void give(party to, const std::string& text) {
    reading at;
    at.self = to;
    if (how == mode::in_server) at.through = toy::relay;
    auto got = vidimus::arrive(text, at);
    REQUIRE(got);
    INFO(got->why.what);
    REQUIRE(got->kind == arrival_kind::ours);
    now = now + milliseconds(1);
    if (to == party::server) relay_did(v->receive(got->what, now));
    if (to == party::sender) alice_did(a->receive(got->what, now));
    if (to == party::receiver) bob_did(b->receive(got->what, now));
  }

  void run_text() {
    while (!air.empty()) pass_text(take());
  }

  message_name submit_text(const std::string& text, const composing& as = {}) {
    auto m = compose(text, as);
    INFO((m ? "" : m.error().what));
    REQUIRE(m);
    auto given = a->submit(*m, now);
    REQUIRE(given);
    const auto name = given->name;
    alice_did(std::move(given->outputs));
    return name;
  }
};

const std::string hello =
    "<message to='bob@example.net/desk' type='chat' id='m1' xmlns:p='urn:p'>"
    "<active xmlns='http://jabber.org/protocol/chatstates'/>"
    "<p:extra p:a='1'>x &lt; y</p:extra><body>hello</body></message>";

stanza reading_of(const std::string& text) {
  auto read = read_stanza(text);
  REQUIRE(read);
  return *read;
}

std::string error_of(const std::string& text, const composing& as = {}) {
  auto m = compose(text, as);
  return m ? "" : m.error().what;
}

}  // namespace

TEST_CASE("three roles over stanza text, in both modes", "[s1.transmit][s4.forward]") {
  for (mode how : {mode::component, mode::in_server}) {
    text_trio t(how);
    t.start();
    composing listed;
    listed.cover = {true, {{"urn:p", "extra"}}};
    const auto one = t.submit_text(hello);
    const auto two = t.submit_text(hello, listed);
    t.run_text();
    REQUIRE(t.outcome_of(one) == outcome::delivered);
    REQUIRE(t.outcome_of(two) == outcome::delivered);
    REQUIRE(t.delivered.size() == 2);
    REQUIRE(t.delivered[0].type == "chat");
    REQUIRE(t.delivered[0].body->canonical == reading_of(hello).canonical);
    REQUIRE(t.delivered[1].cover == listed.cover);
    const auto shown = dump(t.delivered[1].body->canonical);
    REQUIRE(has(shown, "\"hello\""));
    REQUIRE(has(shown, "\"x < y\""));
    REQUIRE(t.relay_env.watch.count(notice::malformed) == 0);
  }
}

TEST_CASE("alteration on the way is caught over text too", "[s2.verify][s3.resend]") {
  text_trio t(mode::component);
  t.start();
  const auto name = t.submit_text(hello);
  REQUIRE(t.run_to<check>(toy::relay));
  auto text = text_trio::on_the_way(t.text_of(t.take()));
  text.replace(text.find("hello"), 5, "hallo");
  t.give(party::server, text);
  t.run_text();
  REQUIRE(t.relay_env.watch.count(notice::wrong_code) == 1);
  REQUIRE(t.outcome_of(name) == outcome::delivered);
}

TEST_CASE("control elements carry hints and the type; messages carry their children",
          "[element.flat]") {
  text_trio t(mode::component);
  t.start();
  (void)t.submit_text(hello);
  t.run_text();
  bool control = false, message = false;
  for (const auto& [what, text] : t.texts) {
    const bool is_check = std::holds_alternative<check>(what);
    REQUIRE(has(text, "<no-copy xmlns='urn:xmpp:hints'/>") == !is_check);
    REQUIRE(has(text, "type='chat'") == is_check);
    REQUIRE(has(text, "<body>hello</body>") == is_check);
    (is_check ? message : control) = true;
  }
  REQUIRE((control && message));
}

TEST_CASE("a stanza without our element is plain", "[content.strict]") {
  const auto got = arrive(hello, {});
  REQUIRE(got);
  REQUIRE(got->kind == arrival_kind::plain);
  REQUIRE(got->whole.to == "bob@example.net/desk");
  REQUIRE(has(dump(got->whole.canonical), "\"hello\""));
  const auto bad = arrive("<message><body>a</message>", {});
  REQUIRE_FALSE(bad);
  REQUIRE(bad.error().kind == refusal_kind::mismatched_end);
  REQUIRE(arrive("<x:message xmlns:x='jabber:server'/>", {}));
}

TEST_CASE("an element that cannot be read is counted, with its sentence", "[element.check]") {
  text_trio t(mode::component);
  const auto got = arrive(
      "<message from='a@example.org' to='relay.example.org'>"
      "<check xmlns='urn:vidimus:0' n='1' z='2'/></message>",
      {party::server, {}, {}, {}});
  REQUIRE(got);
  REQUIRE(got->kind == arrival_kind::malformed);
  REQUIRE(got->what.malformed);
  REQUIRE(has(got->why.what, "attribute k: is missing"));
  t.relay_did(t.v->receive(got->what, t.now));
  REQUIRE(t.relay_env.watch.count(notice::malformed) == 1);
}

TEST_CASE("error bounces and copies are marked and not read further", "[copy.never]") {
  text_trio t(mode::component);
  t.start();
  (void)t.submit_text(hello);
  REQUIRE(t.run_to<check>(toy::relay));
  auto text = t.text_of(t.take());
  auto bounce = text;
  bounce.replace(bounce.find("'chat'"), 6, "'error'");
  auto copy = text;
  copy.insert(copy.rfind("</message>"), "<forwarded xmlns='urn:xmpp:forward:0'/>");
  for (const auto& one : {bounce, copy}) {
    const auto got = arrive(one, {party::server, {}, {}, {}});
    REQUIRE(got);
    REQUIRE(got->kind == arrival_kind::ours);
    REQUIRE(got->what.copy_or_error);
    t.relay_did(t.v->receive(got->what, t.now));
  }
  REQUIRE(t.relay_env.watch.count(notice::copy_or_error) == 2);
  const auto carbon = arrive(
      "<message from='alice@example.org' to='alice@example.org/x'>"
      "<received xmlns='urn:xmpp:carbons:2'><forwarded "
      "xmlns='urn:xmpp:forward:0'>" +
          text + "</forwarded></received></message>",
      {party::sender, {}, {}, {}});
  REQUIRE(carbon);
  REQUIRE(carbon->kind == arrival_kind::plain);
  REQUIRE(carbon->whole.is_copy);
}

TEST_CASE("the octets and the tree of pugixml say the same", "[element.flat]") {
  text_trio t(mode::component);
  t.start();
  composing listed;
  listed.cover = {true, {{"urn:p", "extra"}}};
  (void)t.submit_text(hello, listed);
  t.run_text();
  REQUIRE(t.texts.size() >= 8);
  for (const auto& [what, text] : t.texts) {
    const auto root = text.find("to='alice") != std::string::npos   ? party::sender
                      : text.find("to='relay") != std::string::npos ? party::server
                                                                    : party::receiver;
    const reading at{root, {}, {}, {}};
    const auto by_octets = arrive(text, at);
    pugi::xml_document tree;
    REQUIRE(parse_strict(text, tree).kind == refusal_kind::none);
    stanza_reader reader;
    auto read = read_stanza(reader, tree.document_element(), {}, coverage_of);
    REQUIRE(read);
    const auto by_tree = arrival_of(std::move(*read), at);
    REQUIRE(by_octets->kind == arrival_kind::ours);
    REQUIRE(by_tree.kind == arrival_kind::ours);
    REQUIRE(support::same(by_tree.what.what, by_octets->what.what));
    element written = what;
    std::visit([](auto& e) { e.head = e.head.as_written(); }, written);
    REQUIRE(support::same(by_tree.what.what, written));
    REQUIRE(by_tree.what.body.canonical == by_octets->what.body.canonical);
    REQUIRE(by_tree.whole.own == by_octets->whole.own);
    if (by_tree.what.body.whole) REQUIRE(*by_tree.what.body.whole == *by_octets->what.body.whole);
  }
}

TEST_CASE("a message is composed so that it can stand in any stream", "[content.canonical]") {
  const auto m = compose(hello);
  REQUIRE(m);
  REQUIRE(m->destination == "bob@example.net");
  REQUIRE(m->type == "chat");
  REQUIRE(m->body.canonical == reading_of(hello).canonical);
  for (const char* space : {"jabber:client", "jabber:server", "jabber:component:accept"}) {
    const auto there =
        canonical_octets("<message>" + *m->body.whole + "</message>", {}, {space, {}});
    REQUIRE(there);
    REQUIRE(*there == m->body.canonical);
  }
  // declared by the stream only
  const prefix_binding stream[] = {{"q", "urn:q"}};
  composing as;
  as.report = false;
  as.plain = as.conditional = as.all = true;
  as.scope = {"jabber:component:accept", stream};
  const auto q = compose("<message to='b@c' type='whim'><q:x/><body>a</body></message>", as);
  REQUIRE(q);
  REQUIRE(q->type.empty());
  REQUIRE((!q->report && q->plain && q->conditional && q->all));
  REQUIRE((m->report && !m->plain && !m->conditional && !m->all));
  REQUIRE(read_stanza("<message>" + *q->body.whole + "</message>"));
}

TEST_CASE("what cannot be verified at the other end is not composed", "[content.strict]") {
  REQUIRE(error_of(hello) == "");
  REQUIRE(has(error_of("<message to='b@c'><!-- --></message>"), "comment"));
  REQUIRE(has(error_of("<message to='b@c'><check xmlns='urn:vidimus:0'/></message>"), "already"));
  REQUIRE(has(error_of("<message to='b@c'><forwarded xmlns='urn:xmpp:forward:0'/></message>"),
              "somebody else"));
  REQUIRE(has(error_of("<message to='b@c' type='error'/>"), "error"));
  REQUIRE(has(error_of("<message/>"), "no lawful address"));
  REQUIRE(has(error_of("<message to='b c@d'/>"), "no lawful address"));
  composing as;
  as.cover = {true, {{"urn:b", "b"}, {"urn:a", "a"}}};
  REQUIRE(has(error_of(hello, as), "coverage"));
  as.cover = {true, {}};
  for (int i = 10; i < 75; ++i) as.cover.names.push_back({"urn:b", "n" + std::to_string(i)});
  REQUIRE(has(error_of(hello, as), "above 64 names"));
  as.cover = {};
  as.limits.octets = 20000;
  REQUIRE(
      has(error_of("<message to='b@c'><body>" + std::string(10000, 'x') + "</body></message>", as),
          "too large"));
}

TEST_CASE("what is not fit for a stanza is not written", "[element.flat]") {
  out::transmit o{"relay.example.org", "chat", {}, nullptr};
  sending how;
  how.from = "alice@example.org";
  const wire_place at{hop::one, how.from, o.to, "chat"};
  o.what = support::element_maker(1, at).any(0);
  REQUIRE(stanza_text(o, how));
  o.payload = make_payload("<body>");
  const auto torn = stanza_text(o, how);
  REQUIRE_FALSE(torn);
  REQUIRE(torn.error().kind == text_fault::not_strict);
  std::get<check>(o.what).at = 0;
  const auto wild = stanza_text(o, how);
  REQUIRE_FALSE(wild);
  REQUIRE(wild.error().kind == text_fault::unwritable);
}
