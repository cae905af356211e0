// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include <functional>

#include "support/catch.hpp"
#include "support/trio.hpp"
#include "vidimus/adapt/xmpp_text.hpp"

using namespace toy;

namespace {

/// What somebody on the way does to a message.
struct row {
  std::string_view what;  ///< known of
  std::string_view sent, arrived;
  std::string_view part;
  alteration kind;
  std::string_view detail{};
};

/// Alterations that servers, stores and libraries are known to make, as they look to a strict
/// reader; those that canonical content does not see are in transit_test.cpp.
const row rows[] = {
    {"xml:lang became lang (libstrophe)", "<x xmlns='urn:v' xml:lang='fr'><y xml:lang=''/></x>",
     "<x xmlns='urn:v' lang='fr'><y lang=''/></x>", "{urn:v}x",
     alteration::prefixed_attributes_flattened},
    {"prefixed attributes collide (QXmpp)", "<x xmlns='urn:v' xmlns:p='urn:p' p:a='1' a='2'/>",
     "<x xmlns='urn:v' a='1'/>", "{urn:v}x", alteration::prefixed_attributes_flattened},
    {"prefixed attributes dropped (slixmpp)", "<x xmlns='urn:v' xmlns:p='urn:p' p:a='1' a='2'/>",
     "<x xmlns='urn:v' a='2'/>", "{urn:v}x", alteration::prefixed_attributes_lost},
    {"unknown payload dropped (gloox, Swiften)", "<body>b</body><x xmlns='urn:v'/>",
     "<body>b</body>", "{urn:v}x", alteration::missing},
    {"unknown child of a payload dropped (QXmpp)", "<x xmlns='urn:v'><y/><z>1</z></x>",
     "<x xmlns='urn:v'><z>1</z></x>", "{urn:v}x", alteration::element_lost, "y"},
    {"mixed content: all text first (QXmpp)", "<x xmlns='urn:v'> a <b/> c <d>e</d></x>",
     "<x xmlns='urn:v'> a  c <b/><d>e</d></x>", "{urn:v}x", alteration::text_moved},
    {"no-break space trimmed (QXmpp)", "<x xmlns='urn:v'>hi<br/>\xc2\xa0</x>",
     "<x xmlns='urn:v'>hi<br/></x>", "{urn:v}x", alteration::trimmed},
    {"white-space text in mixed content dropped (Qt)", "<x xmlns='urn:v'>a<b/> <c/></x>",
     "<x xmlns='urn:v'>a<b/><c/></x>", "{urn:v}x", alteration::blank_text_lost},
    {"xmlns='' lost (SQL stores, jabberd2)", "<x xmlns='urn:v'><y xmlns='' a='1'><z/></y></x>",
     "<x xmlns='urn:v'><y a='1'><z/></y></x>", "{urn:v}x", alteration::no_namespace_lost},
    {"all bodies but one dropped (gloox)",
     "<body xml:lang='de'>eins</body><body xml:lang='fr'>un</body>", "<body>un</body>", "body@fr",
     alteration::one_language_left},
    {"parent of the thread dropped (gloox)", "<body>b</body><thread parent='t0'>t1</thread>",
     "<body>b</body><thread>t1</thread>", "thread", alteration::attribute_lost, "parent"},
    {"empty attributes dropped (QXmpp)", "<x xmlns='urn:v' a='' b='1'/>",
     "<x xmlns='urn:v' b='1'/>", "{urn:v}x", alteration::empty_attributes_lost},
    {"U+FEFF dropped (QString)",
     "<body>\xef\xbb\xbf"
     "a</body>",
     "<body>a</body>", "body", alteration::byte_order_mark_lost},
    {"U+1F600 became U+F600 (Qt 5)", "<body>a\xf0\x9f\x98\x80</body>", "<body>a\xef\x98\x80</body>",
     "body", alteration::beyond_bmp_cut},
    {"emoji dropped by a store",
     "<body>a\xf0\x9f\x98\x80"
     "b</body>",
     "<body>ab</body>", "body", alteration::beyond_bmp_lost},
    {"emoji became ? in a store",
     "<body>a\xf0\x9f\x98\x80"
     "b</body>",
     "<body>a?b</body>", "body", alteration::beyond_bmp_replaced},
    {"emoji cut by a TCP segment (QXmpp)",
     "<body>a\xf0\x9f\x98\x80"
     "b</body>",
     "<body>a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
     "b</body>",
     "body", alteration::beyond_bmp_replaced},
    {"UTF-8 read as Latin-1 by a store", "<body>c\xc3\xb3mo</body>",
     "<body>c\xc3\x83\xc2\xb3mo</body>", "body", alteration::read_as_latin_1},
    {"store of ASCII", "<body>c\xc3\xb3mo</body>", "<body>c?mo</body>", "body",
     alteration::beyond_ascii_replaced},
    {"composed to NFC", "<body>cafe\xcc\x81</body>", "<body>caf\xc3\xa9</body>", "body",
     alteration::unicode_normalised},
    {"decomposed to NFD", "<body>caf\xc3\xa9</body>", "<body>cafe\xcc\x81</body>", "body",
     alteration::unicode_normalised},
    {"trailing spaces trimmed", "<body>hello  </body>", "<body>hello</body>", "body",
     alteration::trimmed},
    {"line ends became spaces", "<body>a\nb</body>", "<body>a b</body>", "body",
     alteration::line_ends},
    {"line ends doubled", "<body>a\nb</body>", "<body>a\n\nb</body>", "body",
     alteration::line_ends},
    {"runs of spaces joined", "<body>a   b</body>", "<body>a b</body>", "body",
     alteration::spaces_joined},
    {"first part before a comment (pugixml's child_value)", "<body>hello world</body>",
     "<body>hello</body>", "body", alteration::truncated},
    {"text emptied (gloox)", "<x xmlns='urn:v'>text</x>", "<x xmlns='urn:v'/>", "{urn:v}x",
     alteration::emptied},
    {"body emptied (gloox)", "<body>text</body>", "<body/>", "body", alteration::missing},
    {"case folded", "<body>Hello</body>", "<body>hello</body>", "body", alteration::case_changed},
    {"link rewritten by a filter", "<body>see http://a.example</body>",
     "<body>see https://safe.example/?u=a.example</body>", "body", alteration::changed},
    {"fallback body added", "<x xmlns='urn:v'/>", "<body>sorry</body><x xmlns='urn:v'/>",
     "another part", alteration::added},
    {"payloads exchanged", "<x xmlns='urn:v'>1</x><x xmlns='urn:v'>2</x>",
     "<x xmlns='urn:v'>2</x><x xmlns='urn:v'>1</x>", "{urn:v}x", alteration::order_changed},
};

class altering_trio : public trio {
 public:
  explicit altering_trio(std::string_view payload, std::function<void(trio&)> before = {}) {
    if (before) before(*this);
    start();
    const auto text =
        "<message to='bob@example.net' type='chat'>" + std::string(payload) + "</message>";
    auto composed = compose(text);
    VIDIMUS_EXPECT(composed.has_value(), "the test's message is good");
    auto given = a->submit(*composed, now);
    name = given->name;
    alice_did(std::move(given->outputs));
  }

  /// Delivers the first element in flight; a check to `where` with another payload or type.
  void next(std::string_view where, std::string_view payload, std::string_view type = "chat") {
    const flight f = take();
    const auto* sent = f.as<check>();
    if (sent == nullptr) return arrive(f);
    const bool hit = bare(f.sent.to) == where;
    incoming in{f.from, f.sent.what, {}, false, false};
    const auto whole = "<message>" + (hit ? std::string(payload) : *f.sent.payload) + "</message>";
    in.body.canonical = *canonical_octets(whole);
    in.body.whole = f.sent.payload;
    if (hit) std::get<check>(in.what).type = type;
    now = now + milliseconds(1);
    if (f.sent.to == relay)
      relay_did(v->receive(in, now));
    else
      bob_did(b->receive(in, now));
  }
  void run_altered(std::string_view where, std::string_view payload,
                   std::string_view type = "chat") {
    for (int i = 0; i < 1000 && !air.empty(); ++i) next(where, payload, type);
  }

  message_name name;
};

bool tells(const diagnosis& found, const row& r) {
  for (const part_change& one : found.parts)
    if (one.part == r.part && one.kind == r.kind && one.detail == r.detail) return true;
  return false;
}

}  // namespace

TEST_CASE("a report of an altered message names part and kind", "[altered.parts][outcome.failed]") {
  for (const row& r : rows) {
    CAPTURE(r.what);
    altering_trio t(r.sent);
    t.run_altered(relay, r.arrived);
    REQUIRE(t.outcome_of(t.name) == outcome::failed);
    REQUIRE(t.reports[0].why == reason::altered_in_transit);
    INFO(text(t.reports[0].altered));
    CHECK(tells(t.reports[0].altered, r));
    CHECK(t.taken(t.name) == 0);
    // alterations in one place are told of one place, but where a language went
    if (r.kind != alteration::one_language_left) CHECK(t.reports[0].altered.parts.size() == 1);
  }
}

TEST_CASE("the relay's host hears what an endpoint found altered", "[altered.parts][s6.stop]") {
  for (const row& r : rows) {
    CAPTURE(r.what);
    altering_trio t(r.sent);
    t.run_altered(bob, r.arrived);
    REQUIRE_FALSE(t.relay_env.watch.found.empty());
    const auto& [name, found] = t.relay_env.watch.found[0];
    INFO(text(found));
    CHECK(name == t.name);
    CHECK(tells(found, r));
    CHECK(t.taken(t.name) == 0);
  }
}

TEST_CASE("a lost type is told apart from altered content", "[altered.parts]") {
  const std::string_view body = "<body>hello</body>";
  for (const std::string_view type : {"", "groupchat", "headline"}) {
    altering_trio t(body);
    t.run_altered(relay, body, type);
    REQUIRE(t.outcome_of(t.name) == outcome::failed);
    const diagnosis& found = t.reports[0].altered;
    REQUIRE(found.parts.size() == 1);
    CHECK(found.parts[0].part == "check");
    CHECK(found.parts[0].kind == alteration::type_changed);
    CHECK(found.parts[0].detail == (type.empty() ? "normal" : type));
  }
}

TEST_CASE("a message that is delivered in the end carries no diagnosis", "[altered.parts]") {
  altering_trio t("<body>hello</body>");
  REQUIRE(t.run_to<check>(relay));
  t.next(relay, "<body>hell</body>");
  t.run_altered({}, {});
  REQUIRE(t.outcome_of(t.name) == outcome::delivered);
  CHECK(t.reports[0].altered.empty());
  CHECK(t.taken(t.name) == 1);
}

TEST_CASE("a second code does not look like an alteration", "[altered.parts][end.code]") {
  for (const bool sealed : {false, true})
    for (const std::string_view where : {std::string_view(relay), std::string_view(bob)}) {
      altering_trio t("<body>Hello</body>", [&](trio& before) { before.give_ends(sealed); });
      t.run_altered(where, "<body>hello</body>");
      const diagnosis* found = nullptr;
      if (!t.reports.empty()) found = &t.reports[0].altered;
      if (where == bob && !t.relay_env.watch.found.empty())
        found = &t.relay_env.watch.found[0].second;
      REQUIRE(found != nullptr);
      CHECK(text(*found) == "body: case changed\n");
    }
}

TEST_CASE("a verdict of many parts is full, and says nothing of those it leaves out",
          "[altered.parts]") {
  std::string sent, arrived;
  for (int i = 100; i < 150; ++i) {
    const auto one = "<x xmlns='urn:v:" + std::to_string(i) + "'>t</x>";
    sent += one;
    arrived += i == 105 ? std::string() : i == 149 ? "<x xmlns='urn:v:149'>u</x>" : one;
  }
  altering_trio t(sent);
  t.run_altered(relay, arrived);
  const auto& found = t.reports.at(0).altered;
  INFO(text(found));
  REQUIRE(found.parts.size() == 1);
  CHECK(found.parts[0].part == "{urn:v:105}x");
  CHECK(found.parts[0].kind == alteration::missing);
  for (const flight& f : t.ever)
    if (const auto* r = f.as<receipt>())
      for (const altered_part& part : r->altered) CHECK(part.parts.size() == diagnosis_parts_max);
}

TEST_CASE("prints of another key, or of no message of ours, tell nothing", "[altered.parts]") {
  altering_trio t("<body>hello</body>");
  REQUIRE(t.run_to<check>(relay));
  const flight f = t.take();
  altered_part said{1, {}, {}, 1, {}};
  verifier<env> ours(t.alice_env);
  check e = *f.as<check>();
  const auto canonical = *canonical_octets("<message><body>hello</body></message>");
  const auto tell = [&](std::string_view peer) {
    return diagnose(ours, e, purpose::submit, purpose::altered, peer, canonical, said);
  };
  CHECK(tell(relay).empty());
  said.parts.assign(3, short_code{1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(tell(relay).empty());
  said.parts = part_prints(ours, e, purpose::submit, purpose::altered, relay, canonical);
  CHECK(said.parts.size() == 2);
  CHECK(text(tell(relay)) == "check: changed\n");  // all arrived: code, low2 or void ranges
  CHECK(tell("nobody@example.org").empty());
  e.head.memory.octets[0] ^= 1;
  CHECK(tell(relay).empty());
}
