// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_VIEW_HPP
#define VIDIMUS_CHECK_VIEW_HPP

#include "../model/coverage.hpp"
#include "decode.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// An element of verified content. Cheap to copy; refers to the canonical octets.
class element_view {
 public:
  element_view(std::string_view space, std::string_view local, octets_view value) noexcept
      : space_(space), local_(local), value_(value) {}

  std::string_view space() const noexcept { return space_; }
  std::string_view local() const noexcept { return local_; }
  bool is(std::string_view space, std::string_view local) const noexcept {
    return space_ == space && local_ == local;
  }

  /// `f(xml_attribute)` for each, in the order of their names.
  template <class F>
  void for_each_attribute(F f) const {
    for (field_reader fields(value_); fields.at_attribute();) f(fields.take_attribute());
  }

  /// The value of an attribute, of no namespace unless said.
  std::optional<std::string_view> attribute(std::string_view local,
                                            std::string_view space = {}) const {
    std::optional<std::string_view> out;
    for_each_attribute([&](const xml_attribute& a) {
      if (a.local == local && a.space == space) out = a.value;
    });
    return out;
  }

  /// `child(element_view)` for each child element and `text(string_view)` for each run of text,
  /// in document order.
  template <class Element, class Text>
  void for_each_node(Element child, Text text) const {
    field_reader fields(value_);
    while (fields.at_attribute()) fields.take_attribute();
    while (!fields.done()) {
      if (auto run = fields.take_text_if(canonical_tag::text)) {
        text(*run);
        continue;
      }
      const octet tag = fields.next();
      field_reader inner(fields.take(tag));
      auto space = inner.take_text_if(canonical_tag::space).value_or(space_);
      auto local = inner.take_text(canonical_tag::name);
      child(element_view(space, local, inner.rest()));
    }
  }
  template <class F>
  void for_each_child(F f) const {
    for_each_node(f, [](std::string_view) {});
  }

  /// The first child element of that name.
  std::optional<element_view> child(std::string_view space, std::string_view local) const {
    std::optional<element_view> out;
    for_each_child([&](const element_view& e) {
      if (!out && e.is(space, local)) out = e;
    });
    return out;
  }

  /// All text directly in it, joined.
  std::string text() const {
    std::string out;
    for_each_node([](const element_view&) {}, [&](std::string_view run) { out += run; });
    return out;
  }

 private:
  std::string_view space_, local_;
  octets_view value_;  // attributes and nodes
};

/// The verified view: what an application may rely on once the code over these octets has
/// verified. A function of the canonical octets alone: equal octets, equal view
/// (protocol.md, content.view). Refers to them.
class content_view {
 public:
  /// Nothing if the octets are not exactly what a `canonicaliser` can have written.
  static std::optional<content_view> parse(octets_view canonical,
                                           const reading_limits& limits = {}) {
    nobody handler;
    if (!decode_content(canonical, handler, limits)) return std::nullopt;
    return content_view(canonical);
  }

  octets_view canonical() const noexcept { return octets_; }

  /// True if a list said what is covered; payloads that it does not name are not in the view.
  bool is_listed() const noexcept { return octets_[octet_buffer::head] == 1; }

  /// The coverage under which these octets were written.
  coverage covered() const {
    coverage out;
    out.listed = is_listed();
    if (!out.listed) return out;
    for_each_group([&](const content_group& g, octets_view) {
      if (!is_core(g.space, g.local))
        out.names.push_back({std::string(g.space), std::string(g.local)});
    });
    return out;
  }

  /// The text of the body: of the one without language if there are several, else of the first
  /// in the order of languages. Empty if there is none.
  std::string_view body() const { return core("body").first; }
  std::string_view subject() const { return core("subject").first; }
  std::string_view thread() const { return core("thread").first; }
  /// The attribute `parent` of the thread; nothing if there is no thread or no such attribute.
  std::optional<std::string_view> thread_parent() const {
    return element_view({}, {}, core("thread").second).attribute("parent");
  }

  /// `f(string_view text, optional<string_view> language)` for each body. The language is the
  /// explicit xml:lang; it is covered, and so here, only if there are two or more.
  template <class F>
  void for_each_body(F f) const {
    for_each_core("body", f);
  }
  template <class F>
  void for_each_subject(F f) const {
    for_each_core("subject", f);
  }

  /// `f(element_view)` for each covered child that is not body, subject or thread: in the order of
  /// names, and of the document where these are equal.
  template <class F>
  void for_each_payload(F f) const {
    for_each_group([&](const content_group& g, octets_view members) {
      if (is_core(g.space, g.local)) return;
      field_reader fields(members);
      while (!fields.done()) f(element_view(g.space, g.local, fields.take(canonical_tag::child)));
    });
  }

  /// The first payload of that name.
  std::optional<element_view> payload(std::string_view space, std::string_view local) const {
    std::optional<element_view> out;
    for_each_payload([&](const element_view& e) {
      if (!out && e.is(space, local)) out = e;
    });
    return out;
  }

  /// `f(content_group, octets_view children)` for each group: what evidence and fingerprints are
  /// made of.
  template <class F>
  void for_each_group(F f) const {
    field_reader fields(octets_);
    fields.take(canonical_tag::mode);
    while (!fields.done()) {
      field_reader inner(fields.take(canonical_tag::group));
      content_group g;
      g.space = inner.take_text(canonical_tag::space);
      g.local = inner.take_text(canonical_tag::name);
      g.language = inner.take_text_if(canonical_tag::language);
      g.count = inner.take_count();
      f(g, inner.rest());
    }
  }

 private:
  struct nobody {
    void mode(bool) const {}
    void group(const content_group&) const {}
    void open(const open_event&) const {}
    void text(std::string_view) const {}
    void close() const {}
  };

  explicit content_view(octets_view canonical) noexcept : octets_(canonical) {}

  static std::string_view text_of(octets_view child) {
    field_reader fields(child);
    while (fields.at_attribute()) fields.take_attribute();
    return fields.take_text_if(canonical_tag::text).value_or("");
  }

  template <class F>
  void for_each_core(std::string_view local, F f) const {
    for_each_group([&](const content_group& g, octets_view members) {
      if (g.space == ns::content && g.local == local)
        f(text_of(field_reader(members).take(canonical_tag::child)), g.language);
    });
  }

  // text and encoded child of the first; none stands before any language
  std::pair<std::string_view, octets_view> core(std::string_view local) const {
    std::pair<std::string_view, octets_view> out;
    bool found = false;
    for_each_group([&](const content_group& g, octets_view members) {
      if (found || g.space != ns::content || g.local != local) return;
      found = true;
      out.second = field_reader(members).take(canonical_tag::child);
      out.first = text_of(out.second);
    });
    return out;
  }

  octets_view octets_;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
