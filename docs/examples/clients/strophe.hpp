// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_CLIENTS_STROPHE_HPP
#define VIDIMUS_DOCS_EXAMPLES_CLIENTS_STROPHE_HPP

#include "../hosting/client_link.hpp"
#include "client.hpp"

namespace clients {

/// By libstrophe. Every handler sees every stanza, so nothing can be withheld: a program shows no
/// message that has a check from its own handler.
class strophe_client {
 public:
  strophe_client(const options& o, const pace& p, party self) : came(self), link_(o, p) {
    link_.on_message(message_came, this);
    link_.on_presence(presence_came, this);
    link_.on_iq(iq_came, this);
  }

  void run(span_ms most) { link_.run(most); }
  bool is_up() const { return link_.is_up(); }
  const std::string& address() const { return link_.address(); }
  std::uint64_t session() const { return link_.session(); }
  const std::string& why() const { return link_.why(); }
  void send(const std::string& stanza) { link_.send(stanza); }

  inbox came;

 private:
  static int message_came(xmpp_conn_t*, xmpp_stanza_t* message, void* self) {
    inbox& to = static_cast<strophe_client*>(self)->came;
    read_each(to.reader, message, strophe_tree::received, coverage_of, to.each());
    return 1;
  }
  static int presence_came(xmpp_conn_t*, xmpp_stanza_t* presence, void* self) {
    const char* from = xmpp_stanza_get_from(presence);
    const char* type = xmpp_stanza_get_type(presence);
    static_cast<strophe_client*>(self)->came.presence(from == nullptr ? "" : from,
                                                      type == nullptr ? "" : type);
    return 1;
  }
  static int iq_came(xmpp_conn_t*, xmpp_stanza_t* iq, void* self) {
    const auto of = [](const char* text) { return std::string(text == nullptr ? "" : text); };
    stanza_head head;
    head.name = "iq";
    head.from = of(xmpp_stanza_get_from(iq));
    head.id = of(xmpp_stanza_get_id(iq));
    head.type = of(xmpp_stanza_get_type(iq));
    if (auto* child = xmpp_stanza_get_children(iq))
      head.child_space = of(xmpp_stanza_get_ns(child));
    if (is_question(head))
      static_cast<strophe_client*>(self)->link_.send(answer_to(head, "client", "console"));
    return 1;
  }

  client_link link_;
};

}  // namespace clients

#endif
