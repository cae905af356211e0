// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "support/transit.hpp"

#include <functional>
#include <set>

#include "support/catch.hpp"
#include "support/corpus.hpp"
#include "vidimus/adapt/pugixml.hpp"
#include "vidimus/check/text_changes.hpp"

using namespace vidimus;
using support::chance;
using support::sample;
using support::transit;

namespace {

/// What a check code owes to a transformation.
enum class verdict {
  same,     ///< invariant or not covered: what is covered stays as it was
  other,    ///< what is covered changes, or the stanza is refused
  refused,  ///< it is no delivery any more: refused, an error, or a copy
};

struct row {
  int number;  ///< 33 things that are done to stanzas in transit
  std::string_view name;
  verdict owed;
  std::function<bool(transit&, chance&)> apply;  ///< false: there is nothing it could be done to
};

bool is(const sample& e, std::string_view space, std::string_view local) {
  return e.space == space && e.local == local;
}
bool core(const sample& e) { return is_core(fold(e.space), e.local); }
bool covered(const sample& e) { return !e.is_text() && !is_never_covered(fold(e.space), e.local); }

/// `f(element, depth)` for each element, the message at depth 0, that is covered or the message.
template <class F>
void each(sample& e, F f, int depth = 0) {
  if (depth == 1 && !covered(e)) return;
  f(e, depth);
  for (auto& n : e.nodes)
    if (!n.is_text()) each(n, f, depth + 1);
}

/// Texts of the message that are covered, each changed by `f`; true if one is another now.
template <class F>
bool each_text(transit& t, F f) {
  bool any = false;
  each(t.message, [&](sample& e, int depth) {
    if (depth == 0) return;
    const bool blank = std::all_of(e.nodes.begin(), e.nodes.end(), [](const sample& n) {
      return !n.is_text() || is_blank(n.text);
    });
    if (blank) return;  // counts as no text
    for (auto& n : e.nodes) {
      if (!n.is_text()) continue;
      const auto after = f(n.text);
      any = any || after != n.text;
      n.text = after;
    }
  });
  return any;
}

std::string& attribute(transit& t, const char* name) { return t.message.attributes[{"", name}]; }

void add_front(transit& t, sample child) {
  t.message.nodes.insert(t.message.nodes.begin(), std::move(child));
}
sample element(std::string space, std::string local, std::string text = {}) {
  sample out{std::move(space), std::move(local), {}, {}, {}};
  if (!text.empty()) out.nodes.push_back({{}, {}, {}, {}, std::move(text)});
  return out;
}

std::size_t count_core(const transit& t, std::string_view local) {
  std::size_t n = 0;
  for (const auto& e : t.message.nodes) n += !e.is_text() && core(e) && e.local == local ? 1 : 0;
  return n;
}

bool drop(transit& t, const std::function<bool(const sample&)>& which) {
  return std::erase_if(t.message.nodes, which) != 0;
}

template <class Member>
auto spell(Member member) {
  return [member](transit& t, chance&) { return t.how.*member = true; };
}

bool to_other_bare(transit& t, const char* name) {
  auto& address = attribute(t, name);
  address = "x" + address;
  return true;
}

bool lang_flattened(transit& t, chance&) {
  bool any = false;
  const bool languages = count_core(t, "body") > 1 || count_core(t, "subject") > 1;
  each(t.message, [&](sample& e, int depth) {
    const auto found = e.attributes.find({std::string(ns::xml), "lang"});
    if (depth == 0 || found == e.attributes.end()) return;
    const bool in_core = depth == 1 && core(e);
    any = any || (in_core ? languages && e.local != "thread" : true);
    e.attributes[{"", "lang"}] = found->second;
    e.attributes.erase(found);
  });
  return any;
}

bool core_last(transit& t, chance&) {
  std::stable_partition(t.message.nodes.begin(), t.message.nodes.end(),
                        [](const sample& e) { return e.is_text() || !core(e); });
  return true;
}

bool white_space_between(transit& t, chance&) {
  each(t.message, [](sample& e, int) {
    bool text = false;
    for (const auto& n : e.nodes) text = text || n.is_text();
    if (text || e.nodes.empty()) return;
    std::vector<sample> spaced;
    for (auto& n : e.nodes) {
      spaced.push_back({{}, {}, {}, {}, "\n  "});
      spaced.push_back(std::move(n));
    }
    e.nodes = std::move(spaced);
  });
  return true;
}

bool text_first(transit& t, chance&) {
  bool any = false;
  each(t.message, [&](sample& e, int depth) {
    if (depth == 0 || (depth == 1 && core(e))) return;
    std::string all;
    std::vector<sample> out(1);
    bool behind = false;
    for (auto& n : e.nodes) {
      behind = behind || (n.is_text() && out.size() > 1 && !is_blank(n.text));
      if (n.is_text())
        all += n.text;
      else
        out.push_back(std::move(n));
    }
    any = any || behind;
    out[0].text = all;
    if (all.empty()) out.erase(out.begin());
    e.nodes = std::move(out);
  });
  return any;
}

bool a_payload_dropped(transit& t, chance&) {
  auto& nodes = t.message.nodes;
  const auto at = std::find_if(nodes.begin(), nodes.end(), [](const sample& e) {
    return !e.is_text() && covered(e) && !core(e);
  });
  if (at == nodes.end()) return false;
  nodes.erase(at);
  return true;
}

bool filtered(transit& t, chance&) {
  return each_text(t, [](std::string text) {
    const auto at = text.find_first_not_of(" \t\n");
    return at == std::string::npos ? text : text.insert(at, "https://safe.example/");
  });
}

bool fallback_body(transit& t, chance&) {
  const auto has_text = [](const sample& e) {
    return !e.is_text() && core(e) && e.local == "body" && !e.nodes.empty() &&
           !is_blank(e.nodes[0].text);
  };
  if (!drop(t, has_text))
    t.message.nodes.push_back(element("jabber:client", "body", "cannot show"));
  return true;
}

/// In the order of the list that they come from.
const std::vector<row>& rows() {
  using v = verdict;
  using s = support::spelling;
  static const std::vector<row> all{
      {1, "attributes in another order", v::same, spell(&s::shuffle)},
      {2, "other quotes", v::same, spell(&s::double_quotes)},
      {3, "references, CDATA", v::same, spell(&s::entities)},
      {4, "<x></x> for <x/>", v::same, spell(&s::open_empty)},
      {5, "prefixes made or renamed", v::same, spell(&s::prefixes)},
      {6, "an inherited namespace said again", v::same, spell(&s::repeat_spaces)},
      {7, "another content namespace", v::same,
       [](transit& t, chance& c) {
         static const std::vector<std::string> spaces{"jabber:server", "jabber:component:accept"};
         t.how.space = c.of(spaces);
         return true;
       }},
      {8, "from stamped: resource", v::same,
       [](transit& t, chance&) {
         auto& from = attribute(t, "from");
         from = std::string(bare(from)) + "/stamped";
         return true;
       }},
      {8, "from overwritten: another bare address", v::other,
       [](transit& t, chance&) { return to_other_bare(t, "from"); }},
      {9, "to made bare", v::same,
       [](transit& t, chance&) {
         auto& to = attribute(t, "to");
         to = std::string(bare(to));
         return true;
       }},
      {9, "to rewritten: another bare address", v::other,
       [](transit& t, chance&) { return to_other_bare(t, "to"); }},
      {10, "addresses prepared after they were covered", v::other,
       [](transit& t, chance&) {
         auto& to = attribute(t, "to");
         to[0] = static_cast<char>(to[0] ^ 0x20);
         return true;
       }},
      {11, "xml:lang stamped on the message", v::same,
       [](transit& t, chance&) {
         t.message.attributes[{std::string(ns::xml), "lang"}] = "en";
         return true;
       }},
      {12, "xml:lang became lang", v::other, lang_flattened},
      {13, "id rewritten", v::same,
       [](transit& t, chance& c) {
         attribute(t, "id") = std::to_string(c.below(1000));
         return true;
       }},
      {14, "stanza-id and archived added, as spoofed ones", v::same,
       [](transit& t, chance&) {
         add_front(t, element("urn:xmpp:sid:0", "stanza-id"));
         add_front(t, element("urn:xmpp:mam:tmp", "archived"));
         return true;
       }},
      {14, "stanza-id stripped", v::same,
       [](transit& t, chance&) {
         drop(t, [](const sample& e) { return is(e, "urn:xmpp:sid:0", "stanza-id"); });
         return true;
       }},
      {15, "delay added", v::same,
       [](transit& t, chance&) {
         add_front(t, element("urn:xmpp:delay", "delay", "Offline storage"));
         add_front(t, element("jabber:x:delay", "x"));
         return true;
       }},
      {16, "hints and private stripped or added", v::same,
       [](transit& t, chance& c) {
         drop(t, [](const sample& e) {
           return e.space == ns::hints || is(e, ns::carbons, "private");
         });
         if (c.one_in(2)) add_front(t, element("urn:xmpp:hints", "store"));
         return true;
       }},
      {17, "nick, muc#user, occupant-id added or removed", v::same,
       [](transit& t, chance& c) {
         drop(t, [](const sample& e) { return is(e, "http://jabber.org/protocol/nick", "nick"); });
         add_front(t, element("urn:xmpp:occupant-id:0", "occupant-id"));
         if (c.one_in(2)) add_front(t, element("http://jabber.org/protocol/muc#user", "x"));
         return true;
       }},
      {18, "reflected by a room", v::other,
       [](transit& t, chance&) {
         attribute(t, "from") = "room@conference.example/nick";
         return true;
       }},
      {19, "body, subject, thread moved to the end", v::same, core_last},
      {20, "unknown attributes of message and core added or dropped", v::same,
       [](transit& t, chance&) {
         attribute(t, "unknown") = "1";
         for (auto& e : t.message.nodes)
           if (!e.is_text() && core(e)) e.attributes[{"urn:u", "unknown"}] = "1";
         return true;
       }},
      {21, "a payload dropped", v::other, a_payload_dropped},
      {22, "white space between elements", v::same, white_space_between},
      {23, "mixed content: all text first", v::other, text_first},
      {24, "CR, CR LF, TAB, LF", v::same, spell(&s::line_ends)},
      {26, "text normalised", v::other,
       [](transit& t, chance& c) {
         const bool compose = c.one_in(2);
         return each_text(t, [compose](const std::string& text) {
           return compose ? altering::composed(text) : altering::decomposed(text);
         });
       }},
      {27, "charset damage in a store", v::other,
       [](transit& t, chance& c) {
         const bool latin = c.one_in(2);
         return each_text(t, [latin](const std::string& text) {
           return latin ? altering::as_latin_1(text) : altering::replaced(text, 0x80, "?");
         });
       }},
      {28, "content rewritten by a filter", v::other, filtered},
      {29, "fallback body added or removed", v::other, fallback_body},
      {31, "bounced as an error", v::refused,
       [](transit& t, chance&) {
         attribute(t, "type") = "error";
         return true;
       }},
      {33, "> not escaped", v::same, spell(&s::raw_greater)},
  };
  return all;
}

/// Stanzas to begin with: designs of the corpus and drawn ones, with addresses.
std::vector<sample> starts() {
  std::vector<std::string> texts;
  for (const auto& m : support::corpus_messages(VIDIMUS_TEST_DATA "/corpus"))
    if (m.stanza.size() < 20'000) texts.push_back(m.stanza);
  chance c(7);
  support::sample_writer writer(c);
  for (int i = 0; i < 150; ++i)
    texts.push_back(writer.message(support::sample_message(c), "jabber:client"));
  texts.push_back(
      "<message><body>caf\xc3\xa9 cafe\xcc\x81 \xf0\x9f\x98\x80\nb</body>"
      "<body xml:lang='de'>zwei</body><x xmlns='urn:v' xml:lang='fr' a='b c'> t0 <y/> t1</x>"
      "<x xmlns='urn:v'/><store xmlns='urn:xmpp:hints'/></message>");
  std::vector<sample> out;
  for (const auto& text : texts) {
    auto tree = support::tree_of(text);
    if (!tree) continue;
    tree->attributes[{"", "from"}] = "alice@example.org/phone";
    tree->attributes[{"", "to"}] = "bob@example.net/desk";
    tree->attributes[{"", "type"}] = "chat";
    transit t{std::move(*tree), {}};
    if (support::covered_of(support::transit_writer(t.how, c).write(t.message)))
      out.push_back(std::move(t.message));
  }
  return out;
}

std::optional<octets> covered_after(const transit& t, chance& c) {
  return support::covered_of(support::transit_writer(t.how, c).write(t.message));
}

}  // namespace

TEST_CASE("what each transformation in transit does to what is covered",
          "[content.canonical][content.coverage]") {
  const auto all = starts();
  REQUIRE(all.size() > 200);
  std::set<int> numbers;
  for (const row& r : rows()) {
    CAPTURE(r.number, r.name);
    numbers.insert(r.number);
    chance c(static_cast<unsigned>(r.number));
    std::size_t applied = 0;
    for (const sample& start : all) {
      transit t{start, {}};
      const auto before = covered_after(t, c);
      REQUIRE(before);
      if (!r.apply(t, c)) continue;
      ++applied;
      const auto text = support::transit_writer(t.how, c).write(t.message);
      const auto after = support::covered_of(text);
      const bool good = r.owed == verdict::same    ? after == before
                        : r.owed == verdict::other ? after != before
                                                   : !after;
      if (!good) FAIL_CHECK(text.substr(0, 600));
    }
    CHECK(applied > 0);
  }
  // the four that are not changes of a tree have tests of their own below
  for (int n = 1; n <= 33; ++n) CHECK((numbers.count(n) == 1) == (n != 25 && n != 30 && n != 32));
}

TEST_CASE("any combination of transformations keeps its verdict",
          "[content.canonical][content.coverage]") {
  const auto all = starts();
  chance c(2026);
  std::size_t kept = 0, changed = 0;
  for (int i = 0; i < 3000; ++i) {
    transit t{c.of(all), {}};
    const auto before = covered_after(t, c);
    REQUIRE(before);
    std::string names;
    const row* altering = nullptr;
    for (std::size_t n = 1 + c.below(8); n > 0; --n) {
      const row& r = c.of(rows());
      // two alterations could undo each other
      if (r.owed != verdict::same && altering != nullptr) continue;
      if (r.apply(t, c) && r.owed != verdict::same) altering = &r;
      names.append(" ").append(std::to_string(r.number));
    }
    const auto text = support::transit_writer(t.how, c).write(t.message);
    const auto after = support::covered_of(text);
    const bool good = altering == nullptr ? after == before : after != before;
    if (!good) FAIL_CHECK(names + "\n" + text.substr(0, 600));
    ++(altering == nullptr ? kept : changed);
  }
  CHECK(kept > 300);
  CHECK(changed > 300);
}

TEST_CASE("row 25: characters that XML forbids are refused wherever they stand",
          "[content.strict]") {
  const std::string stanza =
      "<message from='a@b' to='c@d'><body>text</body><x xmlns='u' a='v'>t</x></message>";
  REQUIRE(support::covered_of(stanza));
  for (std::string_view bad : {"\x01", "\x0b", "\xef\xbf\xbe", "\xed\xa0\x80", "\xc0\x80", "\xff",
                               "&#1;", "&#xFFFE;", "&#xD800;"})
    for (std::size_t at = 0; at <= stanza.size(); ++at) {
      auto with = stanza;
      with.insert(at, bad);
      CHECK_FALSE(support::covered_of(with));
    }
}

TEST_CASE("row 30: a wrapped message is no delivery, and is the same inside",
          "[copy.never][content.canonical]") {
  chance c(30);
  struct wrapper {
    std::string_view open, close;
  };
  const wrapper wrappers[] = {
      {"<received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>",
       "</forwarded></received>"},
      {"<sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>",
       "</forwarded></sent>"},
      {"<result xmlns='urn:xmpp:mam:2'><forwarded xmlns='urn:xmpp:forward:0'>",
       "</forwarded></result>"}};
  for (const sample& start : starts()) {
    transit t{start, {}};
    t.how.repeat_spaces = true;
    const auto inner = support::transit_writer(t.how, c).write(t.message);
    const auto canonical = canonical_octets(inner);
    REQUIRE(canonical);
    for (const auto& [open, close] : wrappers) {
      const auto outer = "<message from='bob@example.net' to='bob@example.net/desk'>" +
                         std::string(open) + inner + std::string(close) + "</message>";
      const auto read = read_stanza(std::string_view(outer));
      if (!read && read.error().kind == refusal_kind::too_deep) continue;
      REQUIRE(read);
      CHECK(read->is_copy);
      CHECK_FALSE(support::covered_of(outer));
      pugi::xml_document document;
      REQUIRE(parse_strict(outer, document).kind == refusal_kind::none);
      stanza_reader reader;
      const auto root = document.document_element();
      const auto message = root.find_node(
          [&](pugi::xml_node n) { return n != root && split_name(n.name()).local == "message"; });
      const auto within = read_stanza(reader, message);
      REQUIRE(within);
      CHECK(within->canonical == *canonical);
    }
  }
}

TEST_CASE("row 32: beyond the limit of size a stanza is refused, never cut", "[content.strict]") {
  for (const std::size_t over : {0u, 1u, 2u, 100u}) {
    const std::string head = "<message from='a@b' to='c@d'><body>", tail = "</body></message>";
    const std::size_t most = reading_limits{}.octets;
    const auto stanza = head + std::string(most - head.size() - tail.size() + over, 'a') + tail;
    const auto read = read_stanza(std::string_view(stanza));
    CHECK(bool(read) == (over == 0));
    if (!read) CHECK(read.error().kind == refusal_kind::too_large);
  }
}

TEST_CASE("row 33: what is written has no raw > in text or value", "[content.strict]") {
  chance c(33);
  for (const sample& start : starts()) {
    const transit t{start, {}};
    auto read = read_stanza(std::string_view(support::transit_writer(t.how, c).write(t.message)));
    REQUIRE(read);
    // then every > ends a tag: as many as there are tags
    std::size_t tags = 0, ends = 0;
    for (char ch : read->payload) {
      tags += ch == '<' ? 1 : 0;
      ends += ch == '>' ? 1 : 0;
    }
    CHECK(tags == ends);
  }
}
