// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_FUZZ_XML_BODIES_HPP
#define VIDIMUS_FUZZ_XML_BODIES_HPP

#include <cstdio>
#include <cstdlib>

#include "vidimus/adapt/pugixml.hpp"
#include "vidimus/check/render.hpp"
#include "vidimus/check/view.hpp"

/// The bodies of the targets that read XML and canonical octets: a fuzzer calls them with what it
/// made up, the unit suite with the corpus.
namespace fuzz {

inline void must(bool good, const char* sentence) {
  if (good) return;
  std::fprintf(stderr, "fuzz: %s\n", sentence);
  std::abort();
}

/// Checks what a handler is promised, and sums the events up.
struct watcher {
  std::size_t depth = 0, sum = 0;
  bool in_text = false;

  void add(std::string_view text) {
    for (char c : text) sum = sum * 31 + static_cast<unsigned char>(c);
    sum = sum * 31 + 256;
  }
  vidimus::refusal_kind open(const vidimus::open_event& e) {
    ++depth;
    in_text = false;
    add(e.space);
    add(e.local);
    must(vidimus::is_ncname(e.local), "a name is no name");
    const vidimus::xml_attribute* before = nullptr;
    for (const auto& a : e.attributes) {
      must(vidimus::is_ncname(a.local), "an attribute's name is no name");
      must(a.value.find_first_of("\t\r\n") == a.value.npos, "white space in a value");
      must(vidimus::check_characters(a.value).at == nullptr, "bad characters in a value");
      if (before != nullptr)
        must(before->space < a.space || (before->space == a.space && before->local < a.local),
             "attributes are not sorted");
      before = &a;
      add(a.space);
      add(a.local);
      add(a.value);
    }
    return vidimus::refusal_kind::none;
  }
  vidimus::refusal_kind text(std::string_view piece) {
    must(depth > 0 && !piece.empty(), "text outside, or empty");
    must(piece.find('\r') == piece.npos, "CR in text");
    must(vidimus::check_characters(piece).at == nullptr, "bad characters in text");
    add(piece);
    return vidimus::refusal_kind::none;
  }
  vidimus::refusal_kind close() {
    must(depth-- > 0, "closed more than was opened");
    sum = sum * 31 + 257;
    return vidimus::refusal_kind::none;
  }
  std::string_view what() const { return {}; }
};

inline const vidimus::prefix_binding bindings[] = {{"s", "urn:stream"}};

/// The scanner alone: whatever the octets, promises hold, and a second scan says the same.
inline void scan(std::string_view in) {
  const vidimus::stream_scope scope{"jabber:client", bindings};
  static vidimus::scanner reused;
  vidimus::reading_limits limits;
  limits.depth = 8;
  limits.attribute_octets = 200;
  watcher first, second;
  const bool good = reused.scan(in, scope, limits, first);
  vidimus::scanner fresh;
  must(fresh.scan(in, scope, limits, second) == good, "a second scan says otherwise");
  must(first.sum == second.sum, "a second scan has other events");
  must((reused.why().kind == vidimus::refusal_kind::none) == good, "refused without a reason");
  if (good) must(first.depth == 0, "accepted with an open element");
  if (good) return;
  must(reused.why().at <= in.size(), "a fault behind the end");
  must(reused.why().what.size() <= 64, "a long report");
  for (char c : reused.why().what) must(c >= 0x20 && c < 0x7f, "a report that is not printable");
}

/// What was read, written again.
inline auto sent_on(const vidimus::stanza& one) {
  vidimus::outgoing_stanza parts;
  parts.to = one.to;
  parts.from = one.from;
  parts.id = one.id;
  parts.type = one.type;
  parts.payload = one.payload;
  if (one.own) parts.own = &*one.own;
  return vidimus::write_stanza(parts);
}

/// Octets and tree: the same canonical octets or the same refusal; and what is sent on reads alike.
inline void entries_agree(std::string_view in) {
  static vidimus::stanza_reader by_octets, by_tree, again;
  pugi::xml_document document;
  // a tree nobody strict has looked at: anything but a crash
  const unsigned lax = vidimus::pugi_flags | pugi::parse_fragment | pugi::parse_comments;
  if (document.load_buffer(in.data(), in.size(), lax, pugi::encoding_utf8))
    static_cast<void>(vidimus::read_stanza(by_tree, document.first_child()));

  const auto a = by_octets.read(in);
  const auto strict = vidimus::parse_strict(in, document);
  if (strict.kind != vidimus::refusal_kind::none) {
    must(!a, "the strict pass refused what was read");
    return;
  }
  const auto b = vidimus::read_stanza(by_tree, document.document_element());
  must(a.has_value() == b.has_value(), "one entry refuses, the other does not");
  if (!a) {
    must(a.error().kind == b.error().kind, "the entries refuse for different reasons");
    return;
  }
  must(a->canonical == b->canonical, "the entries give different canonical octets");
  must(a->payload == b->payload && a->own == b->own, "the entries give different parts");
  must(vidimus::content_view::parse(a->canonical).has_value(), "canonical octets are not accepted");

  const auto written = sent_on(*a);
  if (!written) {  // escaped it may be too large
    must(in.size() > 10'000, "what was read cannot be written");
    return;
  }
  const auto c = again.read(*written);
  must(c.has_value(), "what was written cannot be read");
  must(c->canonical == a->canonical && c->own == a->own, "what was sent on has changed");
}

/// Canonical octets from nowhere: refused, or one to one with what they say.
inline void view(std::string_view in) {
  const auto octets_in = vidimus::as_octets(in);
  const auto view = vidimus::content_view::parse(octets_in);
  const auto rendered = vidimus::render(octets_in);
  must(view.has_value() == rendered.has_value(), "view and render disagree");
  static_cast<void>(vidimus::dump(octets_in));
  if (!view) return;
  std::size_t seen = view->body().size() + view->subject().size() + view->thread().size();
  seen += view->thread_parent().value_or("").size();
  view->for_each_body([&](std::string_view text, auto) { seen += text.size(); });
  view->for_each_payload([&](const vidimus::element_view& e) {
    seen += e.text().size();
    e.for_each_child([&](const vidimus::element_view& child) { seen += child.local().size(); });
  });
  must(seen <= 4 * in.size(), "the view shows more than there is");
  // declarations of prefixes come on top of what was covered
  vidimus::reading_limits wide;
  wide.octets = wide.canonical_octets = 1u << 26;
  wide.attributes = wide.declarations = 4096;
  wide.children = wide.elements = 1u << 20;
  const auto again =
      vidimus::canonical_octets("<message>" + *rendered + "</message>", view->covered(), {}, wide);
  must(again.has_value(), "what was rendered is refused");
  must(*again == vidimus::octets(octets_in.begin(), octets_in.end()), "rendering changed content");
}

}  // namespace fuzz

#endif
