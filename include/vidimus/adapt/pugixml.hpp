// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_PUGIXML_HPP
#define VIDIMUS_ADAPT_PUGIXML_HPP

#include <pugixml.hpp>

#include "../check/bundle.hpp"
#include "../check/stanza_writer.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Parse as XML says and lose nothing: white space and CDATA kept, references resolved, line ends
/// and white space in attributes as a strict parser hands them on.
inline constexpr unsigned pugi_flags = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol |
                                       pugi::parse_wconv_attribute | pugi::parse_ws_pcdata;

/// A place in a pugixml tree (concepts/node.hpp). pugixml knows no namespaces, keeps doubles,
/// undeclared prefixes and control characters: the walk refuses them.
class pugi_place {
 public:
  static constexpr bool texts_stay = true;

  explicit pugi_place(pugi::xml_node node) noexcept : node_(node) {}

  node_kind kind() const {
    switch (node_.type()) {
      case pugi::node_null: return node_kind::none;
      case pugi::node_element: return node_kind::tag;
      case pugi::node_comment: return node_kind::comment;
      case pugi::node_pi: return node_kind::instruction;
      case pugi::node_doctype: return node_kind::doctype;
      case pugi::node_declaration: return node_kind::declaration;
      default: return node_kind::text;
    }
  }
  name_as_written name() const { return {node_.name()}; }
  std::string_view text() const { return node_.value(); }
  pugi_place first_child() const { return pugi_place(node_.first_child()); }
  pugi_place next_sibling() const { return pugi_place(node_.next_sibling()); }

  template <class Sink>
  void attributes(Sink&& sink) const {
    for (auto a = node_.first_attribute();; a = a.next_attribute()) {
      const char* const name = a.name();
      if (*name == '\0' && !a) return;  // each question is a call: most names answer this one
      if (!sink(name_as_written{name}, std::string_view(a.value()))) return;
    }
  }

 private:
  pugi::xml_node node_;
};

/// What is declared on the ancestors of a node, for reading a message inside another stanza.
/// Refers to the document; the stream's own scope is beneath it.
class pugi_scope {
 public:
  explicit pugi_scope(pugi::xml_node node, const stream_scope& stream = {})
      : bindings_(stream.prefixes.begin(), stream.prefixes.end()), space_(stream.default_space) {
    std::vector<pugi::xml_node> above;
    for (auto at = node.parent(); at.type() == pugi::node_element; at = at.parent())
      above.push_back(at);
    for (auto at = above.rbegin(); at != above.rend(); ++at)
      for (pugi::xml_attribute a = at->first_attribute(); a; a = a.next_attribute())
        declare(split_name(a.name()), a.value());
  }

  stream_scope view() const noexcept { return {space_, bindings_}; }

 private:
  void declare(const node_name& name, std::string_view space) {
    if (name.prefix.empty() && name.local == "xmlns") space_ = space;
    if (name.prefix != "xmlns") return;
    for (auto& known : bindings_)
      if (known.prefix == name.local) return void(known.space = space);
    bindings_.push_back({name.local, space});
  }

  std::vector<prefix_binding> bindings_;
  std::string_view space_;
};

/// The strict pass, then pugixml: fills `to` with the tree of a stanza that is well-formed, within
/// the limits, and of which the tree entry says the same as the octet entry. Returns why not;
/// `none` if it is good. `to` is empty then.
[[nodiscard]] inline refusal parse_strict(std::string_view text, pugi::xml_document& to,
                                          const stream_scope& scope = {},
                                          const reading_limits& limits = {}) {
  to.reset();
  scanner strict;
  no_handler nobody;
  if (!strict.scan(text, scope, limits, nobody)) return strict.why();
  auto parsed = to.load_buffer(text.data(), text.size(), pugi_flags, pugi::encoding_utf8);
  if (parsed) return {};
  to.reset();
  return {refusal_kind::no_tree, static_cast<std::size_t>(parsed.offset),
          printable(parsed.description())};
}

/// Reads a message out of a pugixml tree, wherever it stands in it, as `stanza_reader::read` does
/// from octets. `stream` is what the stream declares above the document.
template <class Choose = default_coverage>
result<stanza, refusal> read_stanza(stanza_reader& reader, pugi::xml_node message,
                                    const stream_scope& stream = {}, Choose choose = {}) {
  const pugi_scope scope(message, stream);
  return reader.read_tree(pugi_place(message), scope.view(), choose);
}

/// The same of a message or a bundle of them, as `bundle_reader::read_tree`: `each(result<stanza,
/// refusal>)` is called with each message as if it had come alone.
template <class Choose, class Each>
void read_each(bundle_reader& reader, pugi::xml_node message, const stream_scope& stream,
               Choose choose, Each&& each) {
  const pugi_scope scope(message, stream);
  reader.read_tree(pugi_place(message), scope.view(), choose, each);
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
