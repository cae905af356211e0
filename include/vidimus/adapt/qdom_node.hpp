// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_QDOM_NODE_HPP
#define VIDIMUS_ADAPT_QDOM_NODE_HPP

#include <QtXml/QDomElement>
#include <array>
#include <string>

// Qt takes the word for itself, unless QT_NO_KEYWORDS is defined
#pragma push_macro("emit")
#undef emit
#include "../check/bundle.hpp"
#pragma pop_macro("emit")

namespace vidimus::inline VIDIMUS_ABI {

/// Room for the texts of the one place that is being looked at: Qt has them as UTF-16. Keeps its
/// memory. One for each reading thread; it outlives the places that refer to it.
class qdom_texts {
 public:
  /// The text as UTF-8. Half a surrogate pair becomes octets that are not UTF-8, so that the walk
  /// refuses it, where `QString::toUtf8` would write '?'. Valid until the next call with `slot`.
  std::string_view keep(std::size_t slot, const QString& text) {
    auto& out = slots_[slot];
    out.clear();
    const auto* at = text.utf16();
    const auto* end = at + text.size();
    while (at != end) {
      char32_t c = *at++;
      const bool high = c >= 0xd800 && c < 0xdc00;
      if (high && at != end && *at >= 0xdc00 && *at < 0xe000)
        c = 0x10000 + ((c - 0xd800) << 10) + (static_cast<char32_t>(*at++) - 0xdc00);
      char octets_of[4];
      out.append(octets_of, encode_utf8(c, octets_of));
    }
    return out;
  }

 private:
  std::array<std::string, 4> slots_;
};

/// A place in a tree of Qt 5 (concepts/node.hpp; 5.15 was tried): what QXmpp hands to
/// `QXmppClientExtension::handleStanza`, or `QDomDocument::setContent(text, true)` makes. Take
/// this, not `QXmppMessage`, which drops and moves content.
///
/// With namespace processing, names come resolved; without, prefixes and declarations are as
/// written. A tree is read right if it is all of one kind; beware of `createElement` below
/// `createElementNS`. What Qt's parser has lost by then, and what comes of it:
///
/// - Text of nothing but white space is gone. Where an element also has other text, its code
///   differs; a no-break space counts as white space there, and text of such spaces is lost or
///   trimmed.
/// - A reference above U+FFFF is another character (`&#x1F600;` is U+F600), one to U+0000 is gone,
///   octets that are not UTF-8 are U+FFFD, control characters pass: the code differs or the walk
///   refuses. Characters above U+FFFF as such are kept.
/// - QXmpp (1.4) decodes what each read of the connection gives by itself: a character of several
///   octets that two reads part is U+FFFD. The code differs; the message comes again.
/// - An attribute written before the declaration of its prefix in the same tag is in no
///   namespace, and replaced by one of the same name without prefix. A prefix that Qt did not
///   resolve is looked for in the scope given, and refused if it is not there.
/// - Entities of a document type are replaced, those that are not declared become nodes, which are
///   refused (`instruction`). Neither can be in a stream of a lawful peer. `setContent` reads one
///   element and ignores what is behind it.
///
/// Doubles, comments and instructions are in the tree: the walk refuses them.
class qdom_place {
 public:
  qdom_place(const QDomNode& node, qdom_texts& texts) : node_(node), texts_(&texts) {}

  node_kind kind() const {
    if (node_.isNull()) return node_kind::none;
    switch (node_.nodeType()) {
      case QDomNode::ElementNode: return node_kind::tag;
      case QDomNode::TextNode:
      case QDomNode::CDATASectionNode: return node_kind::text;
      case QDomNode::CommentNode: return node_kind::comment;
      case QDomNode::DocumentTypeNode: return node_kind::doctype;
      default: return node_kind::instruction;
    }
  }
  node_name name() const { return name_of(node_); }
  std::string_view text() const { return texts_->keep(0, node_.nodeValue()); }
  qdom_place first_child() const { return {node_.firstChild(), *texts_}; }
  qdom_place next_sibling() const { return {node_.nextSibling(), *texts_}; }

  template <class Sink>
  void attributes(Sink&& sink) const {
    const QDomNamedNodeMap all = node_.attributes();
    const int count = all.count();
    for (int i = 0; i < count; ++i) {
      const QDomNode a = all.item(i);
      if (!sink(name_of(a), texts_->keep(3, a.nodeValue()))) return;
    }
  }

 private:
  node_name name_of(const QDomNode& node) const {
    const QString local = node.localName();
    if (local.isNull()) return split_name(texts_->keep(0, node.nodeName()));
    const auto space = texts_->keep(1, node.namespaceURI());
    const auto prefix = texts_->keep(2, node.prefix());
    const auto name = texts_->keep(0, local);
    if (space.empty() && !prefix.empty()) return {{}, prefix, name, false};
    return {space, {}, name, true};
  }

  QDomNode node_;
  qdom_texts* texts_;
};

static_assert(xml_node<qdom_place>);

/// Reads a message out of a Qt tree, wherever it stands in it, as `stanza_reader::read` does from
/// octets. `stream` is what the stream declares above the tree; it matters for names that Qt has
/// not resolved. Refuses with the same kinds; where is told as the number of elements before.
template <class Choose = default_coverage>
result<stanza, refusal> read_stanza(stanza_reader& reader, const QDomElement& message,
                                    const stream_scope& stream = {}, Choose choose = {}) {
  qdom_texts texts;
  return reader.read_tree(qdom_place(message, texts), stream, choose);
}

/// The same of a message or a bundle of them, as `bundle_reader::read_tree`: `each(result<stanza,
/// refusal>)` is called with each message as if it had come alone.
template <class Choose, class Each>
void read_each(bundle_reader& reader, const QDomElement& message, const stream_scope& stream,
               Choose choose, Each&& each) {
  qdom_texts texts;
  reader.read_tree(qdom_place(message, texts), stream, choose, each);
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
