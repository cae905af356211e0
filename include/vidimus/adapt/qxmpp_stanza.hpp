// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_QXMPP_STANZA_HPP
#define VIDIMUS_ADAPT_QXMPP_STANZA_HPP

#include <QXmppStanza.h>

#include <QXmlStreamWriter>

// Qt takes the word for itself, unless QT_NO_KEYWORDS is defined
#pragma push_macro("emit")
#undef emit
#include "../check/stanza.hpp"
#include "tree_writer.hpp"
#pragma pop_macro("emit")

namespace vidimus::inline VIDIMUS_ABI {

namespace detail {

/// As `QString::fromStdString`, which takes U+FEFF in front for a mark of the encoding and drops
/// it.
inline QString qxmpp_text(const std::string& text) {
  QString out = QString::fromStdString(text);
  if (text.starts_with("\xef\xbb\xbf")) out.prepend(QChar(0xfeff));
  return out;
}

class qxmpp_maker {
 public:
  explicit qxmpp_maker(QXmlStreamWriter& to) : to_(&to) {}

  bool open(const std::string& name) {
    to_->writeStartElement(qxmpp_text(name));
    return true;
  }
  bool attribute(const std::string& name, const std::string& value) {
    to_->writeAttribute(qxmpp_text(name), qxmpp_text(value));
    return true;
  }
  bool text(const std::string& value) {
    to_->writeCharacters(qxmpp_text(value));
    return true;
  }
  bool close() {
    to_->writeEndElement();
    return !to_->hasError();
  }

 private:
  QXmlStreamWriter* to_;
};

}  // namespace detail

/// A stanza of ours as one of QXmpp's, for `QXmppClient::sendPacket` (QXmpp 1.4 was tried). Made
/// from the text that `stanza_text` gives; `QXmppMessage` would drop and reorder parts of it.
class qxmpp_stanza : public QXmppStanza {
 public:
  explicit qxmpp_stanza(std::string text) : text_(std::move(text)) {}

  /// Writes nothing, where it should write a stanza, if the text is none.
  void toXml(QXmlStreamWriter* to_here) const override {
    scanner strict;
    no_handler ignored;
    if (!strict.scan(text_, {}, {}, ignored)) return;
    detail::qxmpp_maker to(*to_here);
    (void)make_tree(text_, to);
  }
  bool isXmppStanza() const override { return true; }

 private:
  std::string text_;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
