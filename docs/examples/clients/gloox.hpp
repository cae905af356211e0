// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_CLIENTS_GLOOX_HPP
#define VIDIMUS_DOCS_EXAMPLES_CLIENTS_GLOOX_HPP

#include <gloox/client.h>
#include <gloox/connectionlistener.h>
#include <gloox/connectiontcpbase.h>
#include <gloox/disco.h>
#include <gloox/presencehandler.h>
#include <gloox/stanzaextension.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <vidimus/adapt/gloox_node.hpp>
#include <vidimus/adapt/gloox_stanza.hpp>

#include "client.hpp"

namespace clients {

/// By gloox. Its `Message` drops payloads, so the tag is taken where gloox looks for extensions.
/// Nothing can be withheld: what a handler registered with `MessageHandler` shows is not verified.
class gloox_client final : public client, gloox::ConnectionListener, gloox::PresenceHandler {
 public:
  gloox_client(const options& o, const pace& p, party self) : client(o, p, self) {}
  ~gloox_client() override { close(); }

 private:
  /// Sees each message as the parser made it; adds nothing to it.
  class whole_message : public gloox::StanzaExtension {
   public:
    explicit whole_message(inbox& to) : StanzaExtension(gloox::ExtUser + 1), to_(&to) {}
    const std::string& filterString() const override {
      static const std::string all = "/message";
      return all;
    }
    gloox::StanzaExtension* newInstance(const gloox::Tag* tag) const override {
      read_each(to_->reader, *tag, {}, coverage_of, to_->each());
      return nullptr;
    }
    gloox::Tag* tag() const override { return nullptr; }
    gloox::StanzaExtension* clone() const override { return new whole_message(*to_); }

   private:
    inbox* to_;
  };

  /// Lets text be sent, which gloox keeps for those who inherit.
  class with_text : public gloox::Client {
   public:
    using gloox::Client::Client;
    void send_text(const std::string& text) { send(text); }
  };

  bool open() override {
    const int port = of().port == 0 ? -1 : of().port;
    stream_ = std::make_unique<with_text>(gloox::JID(of().jid), of().password, port);
    if (!of().host.empty()) stream_->setServer(of().host);
    stream_->setTls(of().plain ? gloox::TLSDisabled : gloox::TLSRequired);
    stream_->setCompression(false);
    stream_->disableRoster();
    stream_->setPresence(gloox::Presence::Unavailable, 0);  // the programs say it themselves
    // gloox answers for itself what it knows; without this a relay takes it for one without support
    stream_->disco()->addFeature(std::string(our_feature));
    stream_->disco()->addFeature(std::string(our_bundles));
    stream_->registerConnectionListener(this);
    stream_->registerPresenceHandler(this);
    stream_->registerStanzaExtension(new whole_message(came));  // which becomes gloox's
    if (!stream_->connect(false)) return false;
    const auto* tcp = dynamic_cast<gloox::ConnectionTCPBase*>(stream_->connectionImpl());
    const int yes = 1;  // a stanza that stands half in a segment may wait long for the other half
    if (tcp != nullptr) ::setsockopt(tcp->socket(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return true;
  }
  void close() override {
    if (!stream_) return;
    stream_->removeConnectionListener(this);
    stream_.reset();
  }
  void wait(span_ms most) override {
    const auto before = octets();
    const auto how = stream_->recv(static_cast<int>(most.count * 1000));
    if (octets() != before) heard();
    if (how != gloox::ConnNoError) ended("error " + std::to_string(how));
  }
  /// What gloox cannot say as a tag goes as text.
  void write(const std::string& stanza) override {
    if (auto tag = to_gloox(stanza)) return stream_->send(tag.release());
    std::printf("-- sent as text, as a tag cannot say it\n");
    stream_->send_text(stanza);
  }

  long octets() const {
    long in = 0, out = 0;
    if (auto* connection = stream_->connectionImpl()) connection->getStatistics(in, out);
    return in;
  }

  void onConnect() override { came_up(stream_->jid().full()); }
  void onDisconnect(gloox::ConnectionError how) override {
    ended("the stream ended, error " + std::to_string(how));
  }
  bool onTLSConnect(const gloox::CertInfo& of) override { return of.status == gloox::CertOk; }
  void handlePresence(const gloox::Presence& one) override {
    came.presence(one.from().full(), one.subtype() == gloox::Presence::Available ? "" : "other");
  }

  std::unique_ptr<with_text> stream_;
};

}  // namespace clients

#endif
