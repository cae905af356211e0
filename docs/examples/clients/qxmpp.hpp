// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_CLIENTS_QXMPP_HPP
#define VIDIMUS_DOCS_EXAMPLES_CLIENTS_QXMPP_HPP

#include <QXmppClient.h>
#include <QXmppClientExtension.h>
#include <QXmppConfiguration.h>
#include <QXmppPresence.h>

#include <QCoreApplication>
#include <QTimer>

// Qt takes these words for itself
#undef emit
#undef signals
#undef slots

#include <vidimus/adapt/qdom_node.hpp>
#include <vidimus/adapt/qxmpp_stanza.hpp>

#include "client.hpp"

namespace clients {

/// By QXmpp. Its `QXmppMessage` drops and moves content, so the element is taken by an extension,
/// which may also keep it from whoever listens to `messageReceived`: it says whether it took it.
class qxmpp_client final : public client {
 public:
  qxmpp_client(const options& o, const pace& p, party self) : client(o, p, self) {
    QObject::connect(&wake_, &QTimer::timeout, [] {});
  }
  ~qxmpp_client() override { close(); }

 private:
  class whole_stanza : public QXmppClientExtension {
   public:
    explicit whole_stanza(qxmpp_client& to) : to_(&to) {}
    bool handleStanza(const QDomElement& element) override { return to_->took(element); }
    /// QXmpp answers for itself what it knows; without this a relay takes it for one without
    /// support.
    QStringList discoveryFeatures() const override {
      return {QString::fromLatin1(our_feature.data(), our_feature.size()),
              QString::fromLatin1(our_bundles.data(), our_bundles.size())};
    }

   private:
    qxmpp_client* to_;
  };

  bool open() override {
    stream_ = std::make_unique<QXmppClient>();
    auto* first = new whole_stanza(*this);  // which becomes QXmpp's
    stream_->insertExtension(0, first);
    QObject::connect(stream_.get(), &QXmppClient::connected, [this] {
      heard();
      came_up(stream_->configuration().jid().toStdString());
    });
    QObject::connect(stream_.get(), &QXmppClient::disconnected,
                     [this] { ended("the stream ended"); });
    QObject::connect(stream_.get(), &QXmppClient::error, [this](QXmppClient::Error how) {
      ended("error " + std::to_string(static_cast<int>(how)));
    });
    QXmppConfiguration how;
    how.setJid(QString::fromStdString(of().jid));
    how.setPassword(QString::fromStdString(of().password));
    how.setHost(QString::fromStdString(of().host));
    if (of().port != 0) how.setPort(of().port);
    how.setAutoReconnectionEnabled(false);
    how.setKeepAliveInterval(0);
    how.setStreamSecurityMode(of().plain ? QXmppConfiguration::TLSDisabled
                                         : QXmppConfiguration::TLSRequired);
    how.setIgnoreSslErrors(false);
    stream_->connectToServer(how, QXmppPresence(QXmppPresence::Unavailable));
    return true;
  }
  void close() override {
    if (!stream_) return;
    stream_->disconnect();  // its last words are not listened to
    stream_.reset();
  }
  void wait(span_ms most) override {
    wake_.start(static_cast<int>(std::max<std::int64_t>(most.count, 1)));
    QCoreApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents);
    wake_.stop();
  }
  void write(const std::string& stanza) override { stream_->sendPacket(qxmpp_stanza(stanza)); }

  /// True: nobody else is given it.
  bool took(const QDomElement& element) {
    heard();
    if (element.tagName() == "message") {
      read_each(came.reader, element, {}, coverage_of, came.each());
      return true;
    }
    if (element.tagName() == "presence")
      came.presence(element.attribute("from").toStdString(),
                    element.attribute("type").toStdString());
    return false;
  }

  int words_ = 1;
  char name_[8] = "client";
  char* all_[2] = {name_, nullptr};
  QCoreApplication loop_{words_, all_};
  QTimer wake_;
  std::unique_ptr<QXmppClient> stream_;
};

}  // namespace clients

#endif
