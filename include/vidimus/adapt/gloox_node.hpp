// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_GLOOX_NODE_HPP
#define VIDIMUS_ADAPT_GLOOX_NODE_HPP

#include <gloox/tag.h>

#include "../check/bundle.hpp"
#include "gloox_text.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// The name of a tag or attribute. gloox's parser splits it; a program that builds a tag mostly
/// writes the prefix into the name.
template <class Named>
node_name gloox_name(const Named& named) {
  if (named.prefix().empty()) return split_name(named.name());
  return {{}, named.prefix(), named.name(), false};
}

/// A place in a tree of gloox (concepts/node.hpp; 1.0.24 was tried), within a `gloox_tree`. Take
/// the `Tag` that a `StanzaExtension::newInstance` or a tag handler is given: gloox's typed
/// `Message` drops content, and `Message::tag()` does not bring it back.
///
/// Prefixes and declarations are as written. What gloox has lost by then, and what comes of it:
///
/// - `Tag` does not tell where text stands among elements. Where it matters, that is, where an
///   element has both and the text is more than white space, `gloox_tree` takes it from
///   `Tag::xml()`. Elsewhere white space is told before the elements; it is not covered.
/// - A text or value with a character that XML forbids, or that is not UTF-8, is emptied without a
///   word. An emptied text is read as what the program sees: nothing. An emptied attribute has
///   lost its name too and is refused.
/// - Its parser ends the stream at references above U+FFFF, at comments, and at some lawful
///   spellings of white space and quotes in tags. No tree, nothing to read.
///
/// Doubles, undeclared prefixes and names that are none are in the tree: the walk refuses them.
class gloox_place {
 public:
  gloox_place(const gloox_tree& tree, const gloox::Tag& tag) noexcept : tree_(&tree), tag_(&tag) {}

  node_kind kind() const {
    if (tag_ != nullptr) return tree_->good() ? node_kind::tag : node_kind::none;
    return is_text_ ? node_kind::text : node_kind::none;
  }
  node_name name() const { return gloox_name(*tag_); }
  std::string_view text() const { return tree_->text(*parent_, gap_); }

  gloox_place first_child() const {
    gloox_place out(*tree_, *tag_);
    out.parent_ = tag_;
    out.next_ = tag_->children().begin();
    out.settle();
    return out;
  }
  gloox_place next_sibling() const {
    gloox_place out = *this;
    if (parent_ == nullptr) return out.tag_ = nullptr, out;
    if (is_text_) return out.to_element(), out;
    ++out.gap_;
    out.settle();
    return out;
  }

  template <class Sink>
  void attributes(Sink&& sink) const {
    for (const auto* a : tag_->attributes())
      if (!sink(gloox_name(*a), std::string_view(a->value()))) return;
  }

 private:
  void settle() {
    tag_ = nullptr;
    is_text_ = !tree_->text(*parent_, gap_).empty();
    if (!is_text_) to_element();
  }
  void to_element() {
    is_text_ = false;
    if (next_ == parent_->children().end()) return;
    tag_ = *next_++;
  }

  const gloox_tree* tree_;
  const gloox::Tag* tag_;                // null: a text, or behind the last
  const gloox::Tag* parent_ = nullptr;   // null: the root
  gloox::TagList::const_iterator next_;  // the element behind this place
  std::size_t gap_ = 0;                  // before which element of the parent
  bool is_text_ = false;
};

static_assert(xml_node<gloox_place>);

/// What is declared on the ancestors of a tag, for reading a message inside another stanza.
/// Refers to the tags; the stream's own scope is beneath it.
class gloox_scope {
 public:
  explicit gloox_scope(const gloox::Tag& tag, const stream_scope& stream = {})
      : bindings_(stream.prefixes.begin(), stream.prefixes.end()), space_(stream.default_space) {
    std::vector<const gloox::Tag*> above;
    for (const auto* at = tag.parent(); at != nullptr; at = at->parent()) above.push_back(at);
    for (auto at = above.rbegin(); at != above.rend(); ++at)
      for (const auto* a : (*at)->attributes()) declare(*a);
  }

  stream_scope view() const noexcept { return {space_, bindings_}; }

 private:
  void declare(const gloox::Tag::Attribute& a) {
    const node_name name = gloox_name(a);
    if (name.prefix.empty() && name.local == "xmlns") space_ = a.value();
    if (name.prefix != "xmlns") return;
    for (auto& known : bindings_)
      if (known.prefix == name.local) return void(known.space = a.value());
    bindings_.push_back({name.local, a.value()});
  }

  std::vector<prefix_binding> bindings_;
  std::string_view space_;
};

/// Reads a message out of a gloox tree, wherever it stands in it, as `stanza_reader::read` does
/// from octets. `stream` is what the stream declares above the tree. Refuses with the same kinds,
/// and with `no_tree` a tag that gloox itself cannot write; where is told as the number of
/// elements before.
template <class Choose = default_coverage>
result<stanza, refusal> read_stanza(stanza_reader& reader, const gloox::Tag& message,
                                    const stream_scope& stream = {}, Choose choose = {}) {
  const gloox_scope scope(message, stream);
  const gloox_tree tree(message);
  return reader.read_tree(gloox_place(tree, message), scope.view(), choose);
}

/// The same of a message or a bundle of them, as `bundle_reader::read_tree`: `each(result<stanza,
/// refusal>)` is called with each message as if it had come alone.
template <class Choose, class Each>
void read_each(bundle_reader& reader, const gloox::Tag& message, const stream_scope& stream,
               Choose choose, Each&& each) {
  const gloox_scope scope(message, stream);
  const gloox_tree tree(message);
  reader.read_tree(gloox_place(tree, message), scope.view(), choose, each);
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
