// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// Bundles: the envelope that lets several messages travel in one stanza. Whatever becomes of it is
// for the roles what a network does that loses, repeats and delivers several messages.
#include <random>
#include <vidimus/adapt/pugixml.hpp>
#include <vidimus/adapt/stanza_head.hpp>
#include <vidimus/adapt/xmpp_bundle.hpp>

#include "../support/catch.hpp"
#include "../support/trio.hpp"

using namespace vidimus;
using k = refusal_kind;

namespace {

const std::string one_text =
    "<message xmlns='jabber:client' type='chat' id='m1'>"
    "<body>one</body><check xmlns='urn:vidimus:0' k='a'>x</check></message>";
const std::string two_text =
    "<message xmlns='jabber:client'><subject>two</subject>"
    "<x xmlns='urn:x' a='1'>&lt;</x></message>";

std::string outer(const std::string& inside, const std::string& type = {}) {
  return "<message from='a@example.org/x' to='b@example.net'" + type + ">" + inside + "</message>";
}
std::string bundle(const std::string& inside) {
  return outer("<bundle xmlns='urn:vidimus:0'>" + inside + "</bundle>");
}

struct seen {
  std::vector<stanza> good;
  std::vector<refusal_kind> refused;
  void operator()(result<stanza, refusal> one) {
    if (one)
      good.push_back(std::move(*one));
    else
      refused.push_back(one.error().kind);
  }
};

/// Whether two readings say the same of a message.
void alike(const stanza& a, const stanza& b) {
  CHECK(a.from == b.from);
  CHECK(a.to == b.to);
  CHECK(a.id == b.id);
  CHECK(a.type == b.type);
  CHECK(a.is_error == b.is_error);
  CHECK(a.is_copy == b.is_copy);
  CHECK(a.own == b.own);
  CHECK(a.canonical == b.canonical);
  CHECK(a.payload == b.payload);
}

/// By both entries, which have to say the same.
seen read(const std::string& text, const stream_scope& scope = {}) {
  bundle_reader reader;
  seen octets_said, tree_said;
  reader.read(text, scope, default_coverage{}, octets_said);
  pugi::xml_document tree;
  tree.load_buffer(text.data(), text.size(), pugi_flags, pugi::encoding_utf8);
  read_each(reader, tree.first_child(), scope, default_coverage{}, tree_said);
  INFO(text);
  REQUIRE(octets_said.refused == tree_said.refused);
  REQUIRE(octets_said.good.size() == tree_said.good.size());
  for (std::size_t i = 0; i < octets_said.good.size(); ++i)
    alike(octets_said.good[i], tree_said.good[i]);
  return octets_said;
}
std::vector<refusal_kind> why(const std::string& text) {
  auto all = read(text);
  CHECK(all.good.empty());
  return all.refused;
}

/// The message alone, with the addresses of an envelope.
stanza alone(std::string text) {
  text.insert(text.find("<message") + 8, " from='a@example.org/x' to='b@example.net'");
  auto out = read_stanza(text);
  REQUIRE(out);
  return *out;
}
void same(const stanza& got, const stanza& wanted) {
  CHECK(got.bundled);
  alike(got, wanted);
}

}  // namespace

TEST_CASE("each message of a bundle is read as if it had come alone", "[bundle.split]") {
  const auto got = read(bundle(one_text + two_text));
  REQUIRE(got.good.size() == 2);
  REQUIRE(got.refused.empty());
  same(got.good[0], alone(one_text));
  same(got.good[1], alone(two_text));

  // what is no bundle is read as ever, also if it speaks of one
  const auto plain = read(outer("<body>bundle</body><bundle xmlns='urn:other'/>"));
  REQUIRE(plain.good.size() == 1);
  CHECK_FALSE(plain.good[0].bundled);
  CHECK(read(outer("<body>bundle</body><a xmlns='urn:vidimus:0'><bundle/></a>")).refused ==
        std::vector{k::own_not_flat});
}

TEST_CASE("servers may write a bundle as they like", "[bundle.split][content.canonical]") {
  const auto wanted = alone(one_text);
  for (const std::string text :
       {// prefixes, declared at the envelope, hidden again inside
        "<c:message xmlns:c='jabber:client' from='a@example.org/x' xmlns:v='urn:no' "
        "to='b@example.net'><v:bundle xmlns:v='urn:vidimus:0'><c:message type='chat' id='m1'>"
        "<c:body>one</c:body><v:check k='a'>x</v:check></c:message></v:bundle></c:message>",
        // other content namespaces, as other streams have them; a language; news beside the bundle
        "<message xmlns='jabber:component:accept' xml:lang='de' from='a@example.org/x' "
        "to='b@example.net'><delay xmlns='urn:xmpp:delay' stamp='x'/><bundle "
        "xmlns='urn:vidimus:0'>\n <message xml:lang='en' xmlns='jabber:component:accept' "
        "type='chat' id='m1'><body>one</body><check xmlns='urn:vidimus:0' k='a'>x</check></message"
        ">\n</bundle><stanza-id xmlns='urn:xmpp:sid:0' id='1'/></message>",
        "<message xmlns='' from='a@example.org/x' to='b@example.net'><bundle xmlns='urn:vidimus:0'>"
        "<message xmlns='' type='chat' id='m1'><body>one</body>"
        "<check xmlns='urn:vidimus:0' k='a'>x</check></message></bundle></message>"}) {
    const auto got = read(text);
    REQUIRE(got.good.size() == 1);
    same(got.good[0], wanted);
  }
  // what the stream declares is in force inside too
  const std::array<prefix_binding, 1> binds{prefix_binding{"v", "urn:vidimus:0"}};
  const auto got = read(
      "<message from='a@example.org/x' to='b@example.net'><v:bundle><message type='chat' "
      "id='m1'><body>one</body><v:check k='a'>x</v:check></message></v:bundle></message>",
      {"jabber:component:accept", binds});
  REQUIRE(got.good.size() == 1);
  same(got.good[0], wanted);
}

TEST_CASE("a bundle that is none is refused whole, saying why", "[bundle.shape]") {
  const auto is = [](k kind) { return std::vector{kind}; };
  CHECK(why(bundle("")) == is(k::bundle_empty));
  CHECK(why(bundle(" \n")) == is(k::bundle_empty));
  CHECK(why(bundle(one_text + "x")) == is(k::bundle_stray));
  CHECK(why(bundle(one_text + "<![CDATA[x]]>" + two_text)) == is(k::bundle_stray));
  CHECK(why(bundle(one_text + "<presence xmlns='jabber:client'/>")) == is(k::bundle_stray));
  CHECK(why(bundle(one_text + "<message/>")) == is(k::bundle_stray));  // in urn:vidimus:0
  CHECK(why(bundle("<message xmlns='urn:x'/>" + one_text)) == is(k::bundle_stray));
  CHECK(why(outer("<bundle xmlns='urn:vidimus:0' a='1'>" + one_text + "</bundle>")) ==
        is(k::bundle_stray));
  CHECK(why(bundle("<message xmlns='jabber:client' from='c@example.org'/>")) ==
        is(k::bundle_addressed));
  CHECK(why(bundle(one_text + "<message xmlns='jabber:client' to='b@example.net'/>")) ==
        is(k::bundle_addressed));
  CHECK(why(bundle("<bundle>" + one_text + "</bundle>")) == is(k::bundle_nested));
  CHECK(why(bundle("<message xmlns='jabber:client'><bundle xmlns='urn:vidimus:0'>" + one_text +
                   "</bundle></message>" + one_text)) == is(k::bundle_nested));
  CHECK(why(outer("<bundle xmlns='urn:vidimus:0'>" + one_text +
                  "</bundle><check xmlns='urn:vidimus:0'/>")) == is(k::two_own));
  CHECK(why(outer("<check xmlns='urn:vidimus:0'/><bundle xmlns='urn:vidimus:0'>" + one_text +
                  "</bundle>")) == is(k::two_own));
  CHECK(why(outer("<bundle xmlns='urn:vidimus:0'>" + one_text +
                  "</bundle><bundle xmlns='urn:vidimus:0'>" + two_text + "</bundle>")) ==
        is(k::two_own));

  std::string most;
  for (std::size_t i = 0; i < bundle_messages_max; ++i) most += two_text;
  CHECK(read(bundle(most)).good.size() == bundle_messages_max);
  CHECK(why(bundle(most + one_text)) == is(k::bundle_too_many));
  for (const std::string_view known :
       {sentence(k::bundle_empty), sentence(k::bundle_too_many), sentence(k::bundle_nested),
        sentence(k::bundle_addressed), sentence(k::bundle_stray)})
    CHECK(known.find("bundle") != std::string_view::npos);

  // cut or not well formed: by octets, a tree has it no more
  bundle_reader reader;
  const std::string whole = bundle(one_text + two_text);
  for (std::size_t size = 1; size < whole.size(); ++size) {
    seen got;
    reader.read(std::string_view(whole).substr(0, size), {}, default_coverage{}, got);
    CHECK(got.good.empty());
    CHECK(got.refused.size() == 1);
  }
}

TEST_CASE("a message that is refused takes none with it", "[bundle.split]") {
  const std::string bad = "<message xmlns='jabber:client'><body>a</body><body>b</body></message>";
  const std::string copy =
      "<message xmlns='jabber:client'><forwarded xmlns='urn:xmpp:forward:0'/>"
      "</message>";
  const auto got = read(bundle(one_text + bad + copy + two_text));
  REQUIRE(got.good.size() == 3);
  CHECK(got.refused == std::vector{k::two_of_one_language});
  same(got.good[0], alone(one_text));
  CHECK(got.good[1].is_copy);
  same(got.good[2], alone(two_text));
}

TEST_CASE("errors and copies of a bundle are those of each message", "[copy.never][bundle.split]") {
  const std::string inside = "<bundle xmlns='urn:vidimus:0'>" + one_text + two_text + "</bundle>";
  auto got = read(outer(inside + "<error type='cancel'/>", " type='error'"));
  REQUIRE(got.good.size() == 2);
  CHECK((got.good[0].is_error && got.good[1].is_error));
  got = read(outer(inside + "<sent xmlns='urn:xmpp:carbons:2'/>"));
  REQUIRE(got.good.size() == 2);
  CHECK((got.good[0].is_copy && got.good[1].is_copy));
  got = read(outer("<sent xmlns='urn:xmpp:carbons:2'/>" + inside));
  REQUIRE(got.good.size() == 2);
  CHECK((got.good[0].is_copy && got.good[1].is_copy));
  // one that an archive or another device wrapped is none of ours
  got = read(outer("<result xmlns='urn:xmpp:mam:2'><forwarded xmlns='urn:xmpp:forward:0'>" +
                   bundle(one_text) + "</forwarded></result>"));
  REQUIRE(got.good.size() == 1);
  CHECK((got.good[0].is_copy && !got.good[0].own));
}

TEST_CASE("limits go for a message in a bundle as for one alone",
          "[bundle.split][content.strict]") {
  const auto deep = [](std::size_t depth) {
    std::string in, out;
    for (std::size_t i = 1; i < depth; ++i) in += "<a xmlns='urn:a'>", out += "</a>";
    return "<message xmlns='jabber:client'>" + in + out + "</message>";
  };
  const reading_limits usual;
  CHECK(read(bundle(deep(usual.depth))).good.size() == 1);
  CHECK(read(bundle(one_text + deep(usual.depth + 1))).refused == std::vector{k::too_deep});
  std::string many;
  for (std::size_t i = 0; i < usual.children + 1; ++i) many += "<a xmlns='urn:a'/>";
  CHECK(why(outer(many + "<bundle xmlns='urn:vidimus:0'>" + one_text + "</bundle>")) ==
        std::vector{k::too_many_children});
  const auto got = read(bundle(one_text + "<message xmlns='jabber:client'>" + many + "</message>"));
  CHECK(got.good.size() == 1);
  CHECK(got.refused == std::vector{k::too_many_children});
}

// --- what is written --------------------------------------------------------------------------

namespace {

party party_of(std::string_view address) {
  if (bare(address) == toy::alice) return party::sender;
  return bare(address) == toy::bob ? party::receiver : party::server;
}

/// The three roles over text, whose hosts gather what they send until `flush`.
struct bundling : toy::trio {
  using trio::trio;

  bundle_limits bounds;
  std::vector<std::pair<party, std::string>> sent;  ///< what stands in the streams, and for whom
  std::size_t elements = 0;

  message_name submit_text(const std::string& body) {
    auto m =
        compose("<message to='bob@example.net' type='chat'><body>" + body + "</body></message>");
    REQUIRE(m);
    auto given = a->submit(*m, now);
    REQUIRE(given);
    alice_did(std::move(given->outputs));
    return given->name;
  }

  void flush() {
    std::map<std::string, bundler> hosts;
    for (const auto& f : std::exchange(air, {})) {
      ++elements;
      sending how;
      how.self = party_of(f.from);
      how.from = f.from;
      auto& host = hosts.try_emplace(f.from, bounds).first->second;
      const auto failed = host.add(f.sent, how, true, [&](std::string_view t) { keep(t); });
      REQUIRE_FALSE(failed);
    }
    for (auto& [from, host] : hosts) host.flush([&](std::string_view t) { keep(t); });
  }
  void keep(std::string_view text) {
    const auto read = head_of(text);
    REQUIRE(read);
    sent.emplace_back(party_of(read->to), text);
  }
  void give(party to, const std::string& text) {
    reading at;
    at.self = to;
    arrive_each(reader, text, at, [&](result<arrival, refusal> one) {
      if (!one || one->kind == arrival_kind::plain) return;
      if (to == party::server) relay_did(v->receive(one->what, now));
      if (to == party::sender) alice_did(a->receive(one->what, now));
      if (to == party::receiver) bob_did(b->receive(one->what, now));
    });
    now = now + milliseconds(1);
  }
  /// Until nothing is on its way; `change` may change or double what goes.
  template <class Change>
  void run_bundles(Change change) {
    for (flush(); !sent.empty(); flush())
      for (const auto& [to, text] : std::exchange(sent, {})) change(to, text);
  }
  void run_bundles() {
    run_bundles([&](party to, const std::string& text) { give(to, text); });
  }

  bundle_reader reader;
};

std::size_t count_of(const std::string& text, std::string_view part) {
  std::size_t n = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

}  // namespace

TEST_CASE("what leaves together travels together", "[bundle.split][bundle.known]") {
  bundling t;
  t.start();
  std::vector<message_name> names;
  for (int i = 0; i < 100; ++i) names.push_back(t.submit_text("text " + std::to_string(i)));
  std::size_t stanzas = 0;
  t.run_bundles([&](party to, const std::string& text) {
    ++stanzas;
    CHECK(read_stanza(text).has_value() == (text.find("<bundle") == std::string::npos));
    t.give(to, text);
  });
  for (const auto& name : names) {
    CHECK(t.outcome_of(name) == outcome::delivered);
    CHECK(t.taken(name) == 1);
  }
  CHECK(stanzas * 10 < t.elements);
  CHECK(t.relay_env.watch.count(notice::malformed) == 0);
}

TEST_CASE("a bundle is bounded in count and octets, and one has no envelope", "[bundle.known]") {
  toy::trio t;
  t.start();
  t.run();
  t.submit("hello");
  REQUIRE(t.run_to<check>(toy::relay));
  const auto check_sent = t.take().sent;
  t.crash_sender();
  t.link_up();
  REQUIRE(t.run_to<vidimus::sync>(toy::relay));
  const auto sync_sent = t.take().sent;
  sending how;
  how.self = party::sender;
  how.from = toy::alice + "/phone";
  how.id = "m7";

  std::vector<std::string> got;
  const auto send = [&](std::string_view text) { got.emplace_back(text); };
  for (const std::string& space : {std::string(), std::string(ns::content)})
    for (const out::transmit& o : {check_sent, sync_sent}) {  // alone: as it always was
      bundler host;
      how.space = space;
      REQUIRE_FALSE(host.add(o, how, true, send));
      CHECK(got.empty());
      host.flush(send);
      CHECK(got == std::vector{*stanza_text(o, how)});
      host.flush(send);
      CHECK(got.size() == 1);
      got.clear();
    }
  how.space.clear();

  const std::size_t longest =
      std::max(stanza_text(check_sent, how)->size(), stanza_text(sync_sent, how)->size());
  const auto bundles_of = [&](bundle_limits bounds, std::size_t messages, bool reads = true) {
    bundler host(bounds);
    got.clear();
    for (std::size_t i = 0; i < messages; ++i)
      REQUIRE_FALSE(host.add(i % 2 == 0 ? check_sent : sync_sent, how, reads, send));
    host.flush(send);
    std::vector<std::size_t> sizes;
    for (const std::string& text : got) {
      CHECK(text.size() <= std::max(bounds.octets, longest));
      sizes.push_back(std::max<std::size_t>(count_of(text, "</message>"), 2) - 1);
      seen each;
      bundle_reader().read(text, {}, coverage_of, each);
      CHECK(each.refused.empty());
      for (const stanza& one : each.good) {
        CHECK(one.from == how.from);
        CHECK(one.to == std::string(check_sent.to));
        CHECK(one.id == "m7");
      }
    }
    return sizes;
  };
  using sizes = std::vector<std::size_t>;
  CHECK(bundles_of({}, 2) == sizes{2});
  CHECK(bundles_of({}, 64) == sizes{64});
  CHECK(bundles_of({}, 65) == sizes{64, 1});
  CHECK(bundles_of({3, 32768}, 7) == sizes{3, 3, 1});
  CHECK(bundles_of({1000, 262144}, 65) == sizes{64, 1});
  CHECK(bundles_of({0, 32768}, 2) == sizes{1, 1});
  CHECK(bundles_of({1, 32768}, 2) == sizes{1, 1});
  CHECK(bundles_of({64, 32768}, 3, false) == sizes{1, 1, 1});
  CHECK(bundles_of({64, 0}, 3) == sizes{1, 1, 1});
  CHECK(bundles_of({64, 1200}, 8).size() > 1);

  // many addresses: none waits beyond the flush, none is mixed with another
  bundler host;
  got.clear();
  for (int turn = 0; turn < 2; ++turn)
    for (int i = 0; i < 200; ++i) {
      how.to = "x" + std::to_string(i) + "@example.org";
      REQUIRE_FALSE(host.add(check_sent, how, true, send));
    }
  host.flush(send);
  std::map<std::string, int> per;
  for (const std::string& text : got) {
    seen each;
    bundle_reader().read(text, {}, coverage_of, each);
    for (const stanza& one : each.good) ++per[one.to];
  }
  CHECK(per.size() == 200);
  for (const auto& [to, n] : per) CHECK(n == 2);

  // what cannot be sent is said, and hurts no other
  how.to = std::string("x\x01@example.org");
  got.clear();
  const auto failed = host.add(sync_sent, how, true, send);
  CHECK((failed && failed->kind == text_fault::not_strict));
  CHECK(got.empty());
}

TEST_CASE("a message too deep for a bundle goes alone, in its order", "[bundle.known]") {
  std::string in, out;
  for (int i = 0; i < 63; ++i) in += "<a xmlns='urn:a'>", out += "</a>";
  toy::trio t;
  t.start();
  t.run();
  t.submit("hello");
  REQUIRE(t.run_to<check>(toy::relay));
  auto sent = t.take().sent;
  sending how;
  how.self = party::sender;
  std::vector<std::string> got;
  const auto send = [&](std::string_view text) { got.emplace_back(text); };
  bundler host;
  auto deep = sent;
  deep.payload = make_payload(in + out);
  for (const auto& o : {sent, sent, deep, sent}) REQUIRE_FALSE(host.add(o, how, true, send));
  host.flush(send);
  REQUIRE(got.size() == 3);
  CHECK(count_of(got[0], "<bundle") == 1);
  CHECK(got[1] == *stanza_text(deep, how));
  CHECK(got[2] == *stanza_text(sent, how));
}

TEST_CASE("whatever is done to bundles, nothing is delivered twice or altered",
          "[bundle.split][bundle.shape][s2.verify][s5.repeat]") {
  std::mt19937 chance(7);
  std::size_t refused = 0, altered = 0;
  for (int round = 0; round < 60; ++round) {
    bundling t;
    t.start();
    std::vector<message_name> names;
    for (int i = 0; i < 12; ++i) names.push_back(t.submit_text("text " + std::to_string(i)));
    std::string before;
    const auto harm = [&](party to, const std::string& given) {
      std::string text = given;
      const std::size_t at = chance() % text.size(), size = chance() % 200;
      switch (chance() % 8) {
        case 0: return;                                      // lost
        case 1: t.give(to, text); break;                     // twice
        case 2: text.erase(at, size); break;                 // cut out
        case 3: text.insert(at, text, at / 2, size); break;  // doubled inside
        case 4: text[at] = static_cast<char>(chance() % 128); break;
        case 5: text.insert(at, before, 0, size); break;  // mixed with another
        case 6: {                                         // a message of it taken out
          const auto from = text.find("<message xmlns"), end = text.find("</message>");
          if (from != std::string::npos && end > from) text.erase(from, end + 10 - from);
          break;
        }
        default: break;
      }
      before = given;
      const auto strict = head_of(text);
      refused += strict ? 0 : 1;
      altered += strict && text != given ? 1 : 0;
      t.give(to, text);
    };
    for (int turn = 0; turn < 6; ++turn) {
      t.run_bundles(harm);
      t.carry = false;
      t.pass(seconds(5));
    }
    for (int turn = 0; turn < 60; ++turn) {  // then no harm
      t.run_bundles();
      t.pass(seconds(60));
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
      INFO("round " << round << ", message " << i);
      CHECK(t.outcome_of(names[i]) == outcome::delivered);
      CHECK(t.taken(names[i]) == 1);
    }
    for (const auto& [name, payload] : t.effects) {
      const auto number = static_cast<std::size_t>(name.at - 1);
      CHECK(payload.find(">text " + std::to_string(number) + "<") != std::string::npos);
    }
  }
  CHECK(refused > 0);
  CHECK(altered > 0);
}
