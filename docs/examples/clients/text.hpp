// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_CLIENTS_TEXT_HPP
#define VIDIMUS_DOCS_EXAMPLES_CLIENTS_TEXT_HPP

#include <vidimus/adapt/component.hpp>
#include <vidimus/adapt/pugixml.hpp>

#include "../hosting/component_link.hpp"
#include "client.hpp"

namespace clients {

/// A small stream of our own: messages are read from the octets that came, so nothing is lost
/// before the library looks. PLAIN and no TLS: over loopback, or through a tunnel.
class text_client final : public client {
 public:
  text_client(const options& o, const pace& p, party self) : client(o, p, self) {
    if (!of().plain) stop(exit_usage, "this client has no TLS: it needs --plain");
    if (of().host.empty() || of().port == 0) stop(exit_usage, "it needs --host and --port");
  }

 private:
  enum class step : unsigned char { authenticate, prove, bind, bound };
  static constexpr std::string_view sasl = "urn:ietf:params:xml:ns:xmpp-sasl";

  bool open() override {
    if (!to_.open(of().host, std::to_string(of().port))) return false;
    at_ = step::authenticate;
    begin();
    return true;
  }
  void close() override { to_.close(); }
  void wait(span_ms most) override {
    to_.wait(most);
    std::string octets;
    const bool there = to_.read(octets);
    if (!octets.empty()) heard();
    cut_.add(octets);
    while (auto piece = cut_.next()) {
      if (piece->kind == piece_kind::stanza) take(piece->text);
      if (piece->kind == piece_kind::end) return ended("the server ended the stream");
      if (piece->kind == piece_kind::fault) return ended(piece->text);
    }
    if (!there) ended("the connection ended");
  }
  void write(const std::string& stanza) override {
    if (!to_.write(stanza)) ended("the server does not read");
  }

  void begin() {
    cut_ = stream_splitter();
    const auto at = of().jid.find('@') + 1;
    std::string text = "<?xml version='1.0'?><stream:stream version='1.0'";
    append_attribute(text, "xmlns", ns::content);
    append_attribute(text, "xmlns:stream", ns::streams);
    append_attribute(text, "to", bare(of().jid).substr(at));
    write(text + ">");
  }

  static stream_scope scope() {
    static constexpr std::array<prefix_binding, 1> usual{prefix_binding{"stream", ns::streams}};
    return {ns::content, usual};
  }

  void take(const std::string& text) {
    const auto head = head_of(text, scope());
    if (!head) return;  // the strict pass refused it: nothing is known about it
    if (head->space == ns::streams && head->name == "error") return ended(head->child_name);
    if (at_ != step::bound) return enter(*head, text);
    if (head->name == "message") came.reader.read(text, scope(), coverage_of, came.each());
    if (head->name == "presence") came.presence(head->from, head->type);
    if (is_question(*head)) answer(*head);
  }

  /// The server writes `from` itself.
  void answer(stanza_head question) {
    question.to.clear();
    write(answer_to(question, "client", "console"));
  }

  void enter(const stanza_head& head, const std::string& text) {
    const bool offers = head.space == ns::streams && head.name == "features";
    if (at_ == step::authenticate && offers) {
      const std::string user = of().jid.substr(0, of().jid.find('@'));
      const std::string words = '\0' + user + '\0' + of().password;
      std::string proof = "<auth mechanism='PLAIN'";
      append_attribute(proof, "xmlns", sasl);
      proof += '>' + to_base64(as_octets(words));
      proof.append((3 - words.size() % 3) % 3, '=');
      write(proof + "</auth>");
      at_ = step::prove;
    } else if (at_ == step::prove && head.space == sasl) {
      if (head.name != "success") return ended("the server does not take the password");
      at_ = step::bind;
      begin();
    } else if (at_ == step::bind && offers) {
      std::string ask =
          "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>";
      append_escaped(ask, of().jid.substr(bare(of().jid).size() + 1), xml_place::text);
      write(ask + "</resource></bind></iq>");
    } else if (at_ == step::bind && head.id == "bind") {
      pugi::xml_document tree;
      const auto refused = parse_strict(text, tree, scope());
      const std::string address = tree.first_child().child("bind").child_value("jid");
      if (refused.kind != refusal_kind::none || address.empty())
        return ended("the server binds no resource");
      at_ = step::bound;
      came_up(address);
    }
  }

  connection to_;
  stream_splitter cut_;
  step at_ = step::authenticate;
};

}  // namespace clients

#endif
