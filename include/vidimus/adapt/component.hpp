// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_COMPONENT_HPP
#define VIDIMUS_ADAPT_COMPONENT_HPP

#include <cryptopp/sha.h>

#include <array>

#include "../base/secret.hpp"
#include "../base/text.hpp"
#include "../check/xml_writer.hpp"
#include "stanza_head.hpp"
#include "stream_splitter.hpp"

namespace vidimus::inline VIDIMUS_ABI {

namespace ns {
inline constexpr std::string_view streams = "http://etherx.jabber.org/streams";
}  // namespace ns

/// What a component's stream tells its host.
enum class component_event_kind : std::uint8_t {
  write,    ///< write `text` to the connection
  up,       ///< the server took the handshake: stanzas may be written from now on
  stanza,   ///< `text`: a stanza, well formed; `head` has what it is
  refused,  ///< a child that the strict pass refused, or that was too large; `text`: why
  down,     ///< the stream is over, `text` says why: close the connection, begin anew
};

struct component_event {
  component_event_kind kind = component_event_kind::down;
  std::string text;
  stanza_head head;
};

/// The stream of an external component (XEP-0114), at the side of the component: octets go in,
/// events come out. It opens no connection. One object for one connection.
///
/// The handshake is SHA-1 over the stream's id and the secret, as XEP-0114 has it: it proves the
/// secret to the server, and protects nothing else. Use it over loopback or inside of TLS.
///
/// One stanza that is not well formed makes a server end the stream, for all who are served over
/// it. So write nothing that `is_fit` does not take.
class component_stream {
 public:
  /// `address`: of the component, as the server has it. `shared`: the secret, any octets.
  component_stream(std::string address, octets_view shared, const reading_limits& limits = {})
      : address_(std::move(address)), secret_(shared), limits_(limits), cut_(limits.octets) {}

  /// The first text to write.
  std::string opening() const {
    std::string out = "<?xml version='1.0'?><stream:stream";
    append_attribute(out, "xmlns", ns::component);
    append_attribute(out, "xmlns:stream", ns::streams);
    append_attribute(out, "to", address_);
    return out + ">";
  }
  static constexpr std::string_view closing() noexcept { return "</stream:stream>"; }

  /// What the server declares around its stanzas, for `reading::scope`.
  static stream_scope scope() noexcept {
    static constexpr std::array<prefix_binding, 1> usual{prefix_binding{"stream", ns::streams}};
    return {ns::component, usual};
  }

  /// Octets came.
  void add(std::string_view more) { cut_.add(more); }

  /// The next event; nothing: more octets are needed.
  std::optional<component_event> next() {
    if (at_ == state::down) return std::nullopt;
    auto piece = cut_.next();
    if (!piece) return std::nullopt;
    switch (piece->kind) {
      case piece_kind::header: return answer(piece->text);
      case piece_kind::stanza: return take(std::move(piece->text));
      case piece_kind::too_large: return event(component_event_kind::refused, "too large");
      case piece_kind::end: return over("the server ended the stream");
      default: return over(std::move(piece->text));
    }
  }

  bool is_up() const noexcept { return at_ == state::up; }

  /// Whether a text may be written to the stream: one element, well formed, within the limits.
  bool is_fit(std::string_view stanza) const {
    scanner strict;
    detail::head_handler nobody;
    return strict.scan(stanza, {ns::component, {}}, limits_, nobody);
  }

  /// The text of the handshake for the id of a stream.
  static std::string handshake_of(std::string_view id, octets_view shared) {
    CryptoPP::SHA1 hash;
    hash.Update(reinterpret_cast<const CryptoPP::byte*>(id.data()), id.size());
    hash.Update(shared.data(), shared.size());
    std::array<octet, CryptoPP::SHA1::DIGESTSIZE> out{};
    hash.Final(out.data());
    return to_hex(out);
  }

 private:
  enum class state : std::uint8_t { opening, proving, up, down };

  static component_event event(component_event_kind kind, std::string text = {}) {
    return {kind, std::move(text), {}};
  }
  component_event over(std::string why) {
    at_ = state::down;
    return event(component_event_kind::down, std::move(why));
  }

  component_event answer(std::string header) {
    header.insert(header.size() - 1, 1, '/');  // an element by itself
    const auto head = head_of(header, {{}, {}}, limits_);
    if (!head) return over("the server's stream has no lawful header: " + explain(head.error()));
    if (head->space != ns::streams || head->name != "stream" || head->id.empty())
      return over("what the server opened is no stream of a component");
    at_ = state::proving;
    return event(component_event_kind::write,
                 "<handshake>" + handshake_of(head->id, secret_.view()) + "</handshake>");
  }

  component_event take(std::string text) {
    auto head = head_of(text, scope(), limits_);
    if (!head) return event(component_event_kind::refused, explain(head.error()));
    if (head->space == ns::streams && head->name == "error")
      return over("the server says " + (head->child_name.empty() ? "error" : head->child_name));
    if (at_ == state::up) return {component_event_kind::stanza, std::move(text), std::move(*head)};
    if (head->name != "handshake") return over("the server sent " + printable(head->name));
    at_ = state::up;
    return event(component_event_kind::up);
  }

  std::string address_;
  secret secret_;
  reading_limits limits_;
  stream_splitter cut_;
  state at_ = state::opening;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
