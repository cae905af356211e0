// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_XMPP_TEXT_HPP
#define VIDIMUS_ADAPT_XMPP_TEXT_HPP

#include "../check/lint.hpp"
#include "../check/stanza_writer.hpp"
#include "../model/output.hpp"
#include "wire.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Which role the host plays; from it and the element's name follows the hop.
enum class party : std::uint8_t { sender, server, receiver };

/// The hop on which an element of that name reaches a role.
inline hop hop_of_arrival(party self, std::string_view name) noexcept {
  if (self != party::server) return self == party::sender ? hop::one : hop::two;
  return name == "receipt" || name == "challenge" ? hop::two : hop::one;
}

/// The hop on which a role sends an element.
inline hop hop_of_departure(party self, const element& e) noexcept {
  if (self != party::server) return self == party::sender ? hop::one : hop::two;
  return wire::goes_forward(e.index()) ? hop::two : hop::one;
}

/// Where a stanza is read. Say `self` always: elements of another hop are `malformed`.
struct reading {
  party self = party::receiver;
  stream_scope scope{};  ///< what the stream declares around its stanzas
  /// In-server mode, receivers only: the relay that the stream's own server is. Stanzas then come
  /// from the origin, and elements that name this relay count as coming from it; answers go there.
  std::string through{};
  reading_limits limits{};
};

enum class arrival_kind : std::uint8_t {
  plain,      ///< no element of ours: not for the role
  ours,       ///< give `what` to the role
  malformed,  ///< give `what` to the role, which counts it; `why` has the sentence
};

/// One message as it arrived. None of it is verified.
struct arrival {
  arrival_kind kind = arrival_kind::plain;
  incoming what;   ///< not of a plain one
  stanza whole;    ///< of a check, `canonical` and `payload` have moved to `what.body`
  wire_error why;  ///< of a malformed one
};

/// What a message says, once it has passed the strict pass. Error bounces and copies are not read
/// any further (protocol.md, copy.never): `what.copy_or_error` is set. Of a check, `read` must hold
/// the content under the coverage that `coverage_of` gives; trees come here through
/// `stanza_reader::read_tree(root, scope, coverage_of)`.
inline arrival arrival_of(stanza read, const reading& at) {
  arrival out;
  out.whole = std::move(read);
  if (!out.whole.own) return out;
  out.kind = arrival_kind::ours;
  out.what.from = out.whole.from;
  out.what.copy_or_error = out.whole.is_error || out.whole.is_copy;
  if (out.what.copy_or_error) return out;
  const wire_place place{hop_of_arrival(at.self, out.whole.own->name), out.whole.from, out.whole.to,
                         out.whole.type};
  auto said = read_element(*out.whole.own, place);
  if (!said) {
    out.kind = arrival_kind::malformed;
    out.what.malformed = true;
    out.why = said.error();
    return out;
  }
  out.what.what = std::move(*said);
  const header& head = header_of(out.what.what);
  if (!head.brief.empty()) out.what.through = at.through;
  if (at.self == party::receiver && !at.through.empty() &&
      head.conversation.along->relay == at.through)
    out.what.from = at.through;
  if (std::holds_alternative<check>(out.what.what)) {
    out.what.body.canonical = std::move(out.whole.canonical);
    out.what.body.whole = make_payload(std::move(out.whole.payload));
  }
  return out;
}

/// The octets of one message stanza, as they stand in the stream, read for a role. Refused: the
/// strict pass found a fault (protocol.md, content.strict); nothing about the stanza is known then.
/// Who reads many keeps a `stanza_reader` and gives it with each.
inline result<arrival, refusal> arrive(stanza_reader& reader, std::string_view message,
                                       const reading& at) {
  auto read = reader.read(message, at.scope, coverage_of);
  if (!read) return read.error();
  return arrival_of(std::move(*read), at);
}
inline result<arrival, refusal> arrive(std::string_view message, const reading& at) {
  stanza_reader reader(at.limits);
  return arrive(reader, message, at);
}

/// Why a text cannot be submitted, or an element not be sent as text.
enum class text_fault : std::uint8_t {
  not_strict,      ///< the strict pass refused it
  has_own,         ///< it carries an element of urn:vidimus:0 already
  copy,            ///< it carries a message of somebody else, so nobody would verify it
  error_type,      ///< its type is "error", so nobody would verify it
  no_destination,  ///< `to` is absent or not an address
  bad_coverage,    ///< the list is not lawful, or too long for the wire form
  too_large,       ///< with our element it would be larger than the limits allow
  unwritable,      ///< the element has no wire form
  lint,            ///< the host's policy refuses what lint found in it
};

/// `what`: a sentence for a person.
struct text_error {
  text_fault kind = text_fault::not_strict;
  std::string what;
};

/// How a message is to be submitted.
struct composing {
  coverage cover;
  // as in `outgoing`
  bool report = true;
  bool plain = false;
  bool conditional = false;
  bool all = false;
  std::uint32_t lifetime_s = wire::default_lifetime_s;
  /// Asked about the message as it will be sent, without prefixes and CDATA, if it refuses more
  /// than what cannot be sent.
  lint_policy policy{};
  std::span<const table_name> registered{};  ///< as `lint_options::registered`
  stream_scope scope{};
  reading_limits limits{};
};

namespace detail {

/// Octets that our element, hints and start tag may add to a payload.
inline result<std::size_t, text_error> added_octets(const coverage& cover) {
  flat_element own;
  wire::output out(own);
  wire::write_coverage(out, cover);
  if (!out.good()) return text_error{text_fault::bad_coverage, out.fault().what};
  return 6 * own.text.size() + 16'384;
}

}  // namespace detail

namespace detail {

/// What the host's policy has against a payload; empty: nothing.
inline std::string lint_objection(const std::string& payload, const composing& how) {
  if (how.policy.least == lint_severity::refusal) return {};
  lint_options with;
  with.registered = how.registered;
  with.limits = how.limits;
  const auto report = lint("<message>" + payload + "</message>", with);
  const auto* found = how.policy.objection(report);
  return found == nullptr ? std::string() : text(*found);
}

}  // namespace detail

/// A plain message, as the application wrote it, as what `sender::submit` takes. The destination is
/// the bare address in `to`; the type counts as one of the four known. What is sent on is written
/// anew, so that it can stand in any stream (check/xml_writer.hpp). Refused: see `text_fault`.
inline result<outgoing, text_error> compose(stanza_reader& reader, std::string_view message,
                                            const composing& how = {}) {
  const auto added = detail::added_octets(how.cover);
  if (!added) return added.error();
  auto read = reader.read(message, how.scope);
  if (!read) return text_error{text_fault::not_strict, explain(read.error())};
  if (read->own) return text_error{text_fault::has_own, "the message has a check already"};
  if (read->is_copy)
    return text_error{text_fault::copy, "the message carries a message of somebody else"};
  if (read->is_error) return text_error{text_fault::error_type, "the type of the message is error"};
  outgoing out;
  out.destination = bare(read->to);
  if (!wire::is_wire_address(out.destination))
    return text_error{text_fault::no_destination, "the message has no lawful address in to"};
  if (read->payload.size() + *added > how.limits.octets)
    return text_error{text_fault::too_large, "the message is too large to add a check to it"};
  if (auto why = detail::lint_objection(read->payload, how); !why.empty())
    return text_error{text_fault::lint, std::move(why)};
  auto covered = reader.content(how.cover);
  if (!covered) return text_error{text_fault::bad_coverage, explain(covered.error())};
  out.type = wire::folded_type(read->type);
  out.body.canonical.assign(covered->begin(), covered->end());
  out.body.whole = make_payload(std::move(read->payload));
  out.cover = how.cover;
  out.report = how.report;
  out.plain = how.plain;
  out.conditional = how.conditional;
  out.all = how.all;
  out.lifetime_s = how.lifetime_s;
  return out;
}
inline result<outgoing, text_error> compose(std::string_view message, const composing& how = {}) {
  stanza_reader reader(how.limits);
  return compose(reader, message, how);
}

/// Hints (XEP-0334) beside elements that carry no message. No rule depends on them being kept.
inline constexpr std::array<std::string_view, 1> control_hints{"no-copy"};

/// How an element is sent. Say `self` always: the other side cannot read what is of another hop.
struct sending {
  party self = party::sender;
  std::string from{};  ///< the address that the other side will see the stanza come from
  std::string id{};    ///< of the stanza; may be empty, nothing depends on it
  bool stamps = true;  ///< write `from`; clients may leave that to their server
  /// Where the stanza goes instead of the address that the role says: in-server mode sends a check
  /// to the destination, and the server takes it on its way.
  std::string to{};
  std::string space{};  ///< written as xmlns on the message, as WebSocket frames need
  std::span<const std::string_view> hints = control_hints;
  reading_limits limits{};
  /// As it stands in a bundle: without addresses and hints, which are the envelope's.
  bool bundled = false;
};

namespace detail {

/// The start tag and the limits, as `how` has them.
inline reading_limits addressed(outgoing_stanza& parts, std::string_view to, const sending& how) {
  reading_limits limits = how.limits;
  parts.space = how.space;
  if (!how.bundled) {
    parts.to = to;
    if (how.stamps) parts.from = how.from;
  } else {
    parts.space = ns::content;
    limits.depth -= std::min<std::size_t>(limits.depth, 2);  // the bundle is to be lawful too
  }
  return limits;
}

}  // namespace detail

/// The text of the message stanza for one `transmit`, in the form that servers keep best; it has
/// passed the strict pass. Refused: `unwritable`, and `not_strict` if an address or the payload is
/// not fit for a stanza or the whole is beyond the limits.
inline result<std::string, text_error> stanza_text(const out::transmit& o, const sending& how) {
  const std::string_view to = how.to.empty() ? std::string_view(o.to) : how.to;
  const wire_place place{hop_of_departure(how.self, o.what), how.from, to, o.type};
  auto own = write_element(o.what, place);
  if (!own) return text_error{text_fault::unwritable, own.error().what};
  outgoing_stanza parts;
  const auto limits = detail::addressed(parts, to, how);
  parts.id = how.id;
  parts.type = o.type;
  if (o.payload) parts.payload = *o.payload;
  parts.own = &*own;
  if (!std::holds_alternative<check>(o.what) && !how.bundled) parts.hints = how.hints;
  auto text = write_stanza(parts, limits);
  if (!text) return text_error{text_fault::not_strict, explain(text.error())};
  return std::move(*text);
}

/// The text of the message stanza that leaves plainly: what its sender wrote, and nothing of ours.
/// `how.from` should name the origin as well as the server lets it (docs/hosting.md). Refused:
/// `not_strict`, as above.
inline result<std::string, text_error> stanza_text(const out::plain& o, const sending& how) {
  outgoing_stanza parts;
  parts.to = how.to.empty() ? std::string_view(o.to) : how.to;
  if (how.stamps) parts.from = how.from;
  parts.id = how.id;
  parts.type = o.type;
  if (o.payload) parts.payload = *o.payload;
  parts.space = how.space;
  auto text = write_stanza(parts, how.limits);
  if (!text) return text_error{text_fault::not_strict, explain(text.error())};
  return std::move(*text);
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
