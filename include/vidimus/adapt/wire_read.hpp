// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_WIRE_READ_HPP
#define VIDIMUS_ADAPT_WIRE_READ_HPP

#include "wire_read_receipt.hpp"

namespace vidimus::inline VIDIMUS_ABI {
namespace wire {

/// `{space}local` of a coverage list; false if it is not the one spelling of a name.
inline bool read_name(std::string_view token, expanded_name& to) {
  const auto close = token.rfind('}');
  if (token.empty() || token.front() != '{' || close == std::string_view::npos) return false;
  for (std::size_t i = 1; i < close; ++i) {
    if (token[i] != '%') {
      to.space += token[i];
      continue;
    }
    const auto code = token.substr(i + 1, 2);
    if (i + 2 >= close || (code != "20" && code != "25")) return false;
    to.space += code == "20" ? ' ' : '%';
    i += 2;
  }
  to.local = token.substr(close + 1);
  return true;
}

inline coverage read_coverage(input& in) {
  coverage out;
  if (!in.at('{')) return out;
  out.listed = true;
  if (in.token() == "{}") {
    in.next();
    if (in.at('{')) in.bad_token("alone, as a list of no names is");
    return out;
  }
  for (std::size_t octets = 0; in.at('{'); in.next()) {
    octets += in.token().size();
    if (octets > wire_coverage_octets_max)
      in.fail(wire_fault::too_long, "text: a coverage list above 16384 octets");
    expanded_name name;
    const bool reads = read_name(in.token(), name);
    if (reads && out.names.size() >= wire_coverage_max) in.too_many("names");
    if (reads && !out.names.empty() && !(out.names.back() < name))
      in.bad_token("behind the name before it");
    if (reads) out.names.push_back(std::move(name));
    if (!reads || !is_lawful({true, {out.names.back()}}))
      in.bad_token("{namespace}name of a payload that a list may name");
  }
  return out;
}

inline std::string read_address(input& in, std::string_view name, char letter,
                                std::string_view absent) {
  std::optional<std::string_view> value = in.take(name);
  if (value && value->size() > wire_address_attribute_max)
    in.fail(wire_fault::too_long,
            input::about(name, "is above 200 octets: it belongs in the text"));
  if (in.at(letter)) {
    if (value || in.token().size() <= wire_address_attribute_max + 1)
      in.bad_token("an address of more than 200 octets that no attribute says");
    value = in.token().substr(1);
    in.next();
  }
  if (value && *value == absent) in.spelled(name, *value);
  const auto address = value.value_or(absent);
  if (!value && !is_wire_address(absent))
    in.fail(wire_fault::missing_attribute,
            input::about(name, "is missing, and the stanza implies no bare address"));
  else if (!is_wire_address(address))
    in.bad(name, address, "a bare address");
  return std::string(address);
}

inline void read_head(input& in, const wire_place& place, std::size_t index, header& to) {
  const auto key = in.require("k");
  if (in.good() && !is_wire_key_id(key)) in.bad("k", key, "1 to 32 octets without controls");
  to.key_id = key;
  if (const auto name = in.take("r")) {
    const auto rule = rule_named(*name);
    if (!rule)
      in.fail(wire_fault::unknown_rule,
              input::about("r", "the rule '" + printable(*name) + "' is not known here"));
    to.rule = rule.value_or(default_rule);
    if (rule == default_rule) in.spelled("r", *name);
  }
  const auto absent = implied(place, goes_forward(index));
  auto origin = read_address(in, "o", 'O', absent.origin);
  auto destination = read_address(in, "d", 'D', absent.destination);
  auto relay = read_address(in, "s", 'S', absent.relay);
  to.conversation.id = in.random<conversation_id>("c", true);
  to.conversation.along = make_route(std::move(origin), std::move(destination), std::move(relay));
}

/// The reference in place of a header; false: there is none, the header is said.
template <class Element>
bool read_reference(input& in, header& to) {
  const auto value = in.take("i");
  if (!value) return false;
  constexpr bool may = std::is_same_v<Element, check> || std::is_same_v<Element, receipt> ||
                       std::is_same_v<Element, execute>;
  if (!may)
    in.fail(wire_fault::unknown_attribute,
            input::about("i", "has no meaning in an element that says its header"));
  if (!from_base64(*value, to.brief.octets, base64url_letters)) to.brief = {};
  if (to.brief.empty()) in.bad("i", *value, "8 characters of base64url, not all A");
  to.conversation.along = unsaid_route();
  return true;
}

inline check_code read_code(input& in, const header& head) {
  const auto value = in.require("v");
  std::array<octet, check_code::size_max> raw;
  const std::size_t size = value.size() * 3 / 4;
  if (size <= raw.size() && fits(head, size) && get_base64(raw.data(), value, base64url_letters))
    return check_code(octets_view(raw).first(size));
  if (in.good()) in.bad("v", value, "a code of the rule in base64url");
  return {};
}

inline std::uint8_t read_flags(input& in) {
  const auto value = in.take("f");
  std::uint8_t out = check::report;
  if (!value) return out;
  std::size_t at = 0;
  for (const auto& [letter, flag] : flag_letters)
    if (at < value->size() && (*value)[at] == letter) {
      out = static_cast<std::uint8_t>(out ^ flag);
      ++at;
    }
  if (value->empty() || at != value->size())
    in.bad("f", *value, "one or more letters of acpqs in this order");
  return out;
}

inline std::string read_type(input& in, std::string_view around) {
  const auto value = in.take("t");
  const auto absent = folded_type(around);
  if (!value) return std::string(absent);
  const auto type = folded_type(*value);
  if (type.empty() && *value != "normal")
    in.bad("t", *value, "one of chat, groupchat, headline, normal");
  else if (type == absent)
    in.spelled("t", *value);
  return std::string(type);
}

inline number read_low(input& in) { return in.integer("w", 1, number_max, 1); }

inline void read_fields(input& in, check& to, const wire_place& place) {
  to.at = in.required_number("n");
  to.type = read_type(in, place.type);
  to.flags = read_flags(in);
  to.lifetime_s = static_cast<std::uint32_t>(in.integer("l", 1, UINT32_MAX, default_lifetime_s));
  to.attempt = static_cast<std::uint32_t>(in.integer("y", 1, UINT32_MAX, 1));
  to.cover = read_coverage(in);
  if (place.on == hop::one) {
    if (in.take("w"))
      in.fail(wire_fault::wrong_hop, input::about("w", "has no meaning on the first hop"));
    if (in.at('x')) in.fail(wire_fault::wrong_hop, "text: void ranges on the first hop");
  } else {
    to.low = read_low(in);
    to.voids = in.list('x');
  }
  if (!in.at('z')) return;
  to.second = read_end(in, in.token().substr(1));
  in.next();
}

inline void read_fields(input& in, execute& to, const wire_place&) {
  to.low = read_low(in);
  to.numbers = in.list(0);
  to.voids = in.list('x');
  read_ends(in, to.ends);
}

inline void read_fields(input& in, withdraw& to, const wire_place&) {
  to.low = read_low(in);
  to.numbers = in.list(0);
}

inline void read_fields(input& in, sync& to, const wire_place&) {
  to.asks = in.random<nonce>("q", true);
  to.low = read_low(in);
  to.top = in.integer("h", 1, number_max, 0);
  if (const auto close = in.take("f")) {
    if (*close != "e") in.bad("f", *close, "e");
    to.close = true;
  }
  to.voids = in.list('x');
}

inline void read_fields(input& in, challenge& to, const wire_place& place) {
  const bool one = place.on == hop::one;
  to.cause = one ? purpose::submit : purpose::deliver;
  const auto cause = in.take("p");
  if (!cause) return;
  if (*cause == "sync")
    to.cause = one ? purpose::sync : purpose::deliver_sync;
  else if (one && *cause == "execute")
    to.cause = purpose::execute;
  else if (one && *cause == "withdraw")
    to.cause = purpose::withdraw;
  else
    in.bad("p", *cause, one ? "execute, withdraw or sync" : "sync");
}

template <class Element>
result<element, wire_error> read_as(input& in, const wire_place& place, std::size_t index) {
  constexpr bool is_sync = std::is_same_v<Element, sync>;
  if constexpr (std::is_same_v<Element, execute> || std::is_same_v<Element, withdraw>)
    if (place.on == hop::two)
      in.fail(wire_fault::wrong_hop, "the element has no meaning on the second hop");
  Element out;
  if (!read_reference<Element>(in, out.head)) {
    read_head(in, place, index, out.head);
    out.head.memory = in.random<memory_name>("m", !is_sync);
  }
  if (in.good()) out.code = read_code(in, out.head);
  if (in.good()) read_fields(in, out, place);
  if (in.good() && !out.head.brief.empty() && !may_be_brief(out))
    in.fail(wire_fault::unknown_attribute,
            input::about("i", "has no meaning in a resend or a snapshot"));
  in.finish();
  if (!in.good()) return in.fault();
  return element(std::move(out));
}

}  // namespace wire

/// The element that a flat one spells at that place (protocol.md, element.flat), or what is wrong
/// with it, in a sentence. Any input is safe; memory is linear in its size. Attributes may come in
/// any order. What it says is unverified: roles look at its code.
inline result<element, wire_error> read_element(const flat_element& from, const wire_place& place) {
  wire::input in(from);
  for (std::size_t i = 0; in.good() && i < wire::element_names.size(); ++i) {
    if (from.name != wire::element_names[i]) continue;
    switch (i) {
      case 0: return wire::read_as<check>(in, place, i);
      case 1: return wire::read_as<receipt>(in, place, i);
      case 2: return wire::read_as<execute>(in, place, i);
      case 3: return wire::read_as<withdraw>(in, place, i);
      case 4: return wire::read_as<sync>(in, place, i);
      default: return wire::read_as<challenge>(in, place, i);
    }
  }
  in.fail(wire_fault::unknown_element, "no element of ours is called " + printable(from.name));
  return in.fault();
}

/// For the `choose` of `stanza_reader`: the coverage that a check asks for; default coverage for
/// any other element, and for one whose list cannot be read. Only a check has a payload.
struct coverage_of_check {
  coverage operator()(const flat_element& from) const {
    if (!has_payload(from)) return {};
    wire::input in(from);
    for (char letter : {'O', 'D', 'S'})
      if (in.at(letter)) in.next();
    auto out = wire::read_coverage(in);
    return in.good() ? out : coverage{};
  }
  bool has_payload(const flat_element& from) const noexcept {
    return from.name == wire::element_names[0];
  }
};
inline constexpr coverage_of_check coverage_of;

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
