// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_TOOLS_INSPECT_CODE_HPP
#define VIDIMUS_DOCS_TOOLS_INSPECT_CODE_HPP

#include <vidimus/adapt/cryptopp.hpp>
#include <vidimus/adapt/preset_keys.hpp>
#include <vidimus/adapt/wire.hpp>
#include <vidimus/check/verify.hpp>

#include "input.hpp"

namespace inspect {

/// What is written in front of each field of an input (docs/protocol.md, code.input).
inline std::string_view field_name(octet tag) {
  switch (tag) {
    case covered::t_protocol: return "protocol";
    case covered::t_rule: return "rule";
    case covered::t_key_id: return "key id";
    case covered::t_purpose: return "purpose";
    case covered::t_origin: return "origin";
    case covered::t_destination: return "destination";
    case covered::t_relay: return "relay";
    case covered::t_conversation: return "conversation";
    case covered::t_memory: return "memory";
    case covered::t_number: return "number";
    case covered::t_type: return "type";
    case covered::t_flags: return "flags";
    case covered::t_lifetime: return "lifetime";
    case covered::t_coverage: return "coverage";
    case covered::t_low: return "low";
    case covered::t_voids: return "void ranges";
    case covered::t_digest: return "D";
    case covered::t_second: return "second code";
    case covered::t_states: return "statuses";
    case covered::t_altered: return "altered";
    case covered::t_refused: return "refused";
    case covered::t_missing: return "missing";
    case covered::t_limit: return "limit";
    case covered::t_octets_max: return "largest message";
    case covered::t_nonce: return "nonce";
    case covered::t_covered: return "covered";
    case covered::t_ends: return "between ends";
    case covered::t_body_only: return "body only";
    case covered::t_brief: return "brief";
    case covered::t_numbers: return "numbers";
    case covered::t_top: return "top";
    case covered::t_close: return "close";
    case covered::t_cause: return "cause";
    default: return "field";
  }
}

/// Every field of an input, a line each: offset, tag, length, octets, and text where it is text.
inline void print_fields(octets_view input) {
  for (std::size_t at = 0; at + 5 <= input.size();) {
    const octet tag = input[at];
    std::size_t size = 0;
    for (std::size_t i = 1; i <= 4; ++i) size = size << 8 | input[at + i];
    const octets_view value = input.subspan(at + 5, std::min(size, input.size() - at - 5));
    const bool is_text = tag <= covered::t_relay || tag == covered::t_type;
    std::printf("%04zx  %02x  %-15s %3zu  %s", at, tag, std::string(field_name(tag)).c_str(), size,
                is_text ? quoted(as_text(value)).c_str() : to_hex(value).c_str());
    if (value.size() == 8 && !is_text) {
      std::uint64_t number = 0;
      for (const octet one : value) number = number << 8 | one;
      std::printf("  = %llu", static_cast<unsigned long long>(number));
    }
    std::printf("\n");
    at += 5 + size;
  }
}

/// The command `code`: computes one code from what is given.
class code_command {
 public:
  explicit code_command(const options& given) : given_(given), source_(given) {}

  int run() {
    const purpose what = purpose_in(given_.needed("--purpose"));
    head_.conversation = {make_route(given_.needed("--origin"), given_.needed("--destination"),
                                     given_.needed("--relay")),
                          name_in<conversation_id>("--conversation", true)};
    head_.memory =
        name_in<memory_name>("--memory", what != purpose::sync && what != purpose::deliver_sync);
    give_key();
    const std::string text = octets_of_file(given_.files().empty() ? "" : given_.files().front());
    const auto content = source_.read(text);
    if (!content) {
      std::printf("refused: %s\n", explain(content.error()).c_str());
      return different_or_refused;
    }
    if (what == purpose::submit || what == purpose::deliver) return of_message(what, *content);
    return of_element(what);
  }

 private:
  using env = environment<cryptopp, preset_keys, system_entropy, no_observer>;

  static purpose purpose_in(const std::string& name) {
    for (std::size_t i = 0; i < purpose_names.size(); ++i)
      if (purpose_names[i] == name) return static_cast<purpose>(i);
    throw usage_error{"--purpose: there is no '" + name + "'"};
  }

  template <class Name>
  Name name_in(const std::string& option, bool is_needed) const {
    const std::string text = is_needed ? given_.needed(option) : given_.text(option);
    if (text.empty()) return {};
    const auto value = from_base64(text, base64url_letters);
    Name out;
    if (!value || value->size() != out.octets.size())
      throw usage_error{option + ": '" + text + "' is not 16 characters of base64url"};
    std::copy(value->begin(), value->end(), out.octets.begin());
    return out;
  }

  void give_key() {
    const auto rule = rule_named(given_.text("--rule", "hmac-sha-256-128"));
    if (!rule) throw usage_error{"--rule: there is no '" + given_.text("--rule") + "'"};
    auto code = from_hex(given_.needed("--preset-code-hex"));
    if (!code) throw usage_error{"--preset-code-hex: not an even number of hex digits"};
    const auto added = env_.keys.add(peer_, given_.needed("--key-id"), *code, *rule);
    wipe(code->data(), code->size());
    if (!added) throw usage_error{"the preset code is too short, or the key id is not lawful"};
  }

  int of_message(purpose what, octets_view content) {
    check e;
    e.head = head_;
    e.at = given_.count("--number", 0, number_max);
    if (e.at == 0) throw usage_error{"--number is missing"};
    e.type =
        wire::folded_type(given_.text("--type", std::string(source_.head().type.value_or(""))));
    e.flags = static_cast<std::uint8_t>(given_.count("--flags", check::report, 255));
    e.lifetime_s = static_cast<std::uint32_t>(
        given_.count("--lifetime", wire::default_lifetime_s, UINT32_MAX));
    e.cover = source_.cover();
    e.low = given_.count("--low", what == purpose::deliver ? 1 : 0, number_max);
    const digest d = verifier<env>::digest_of(content);
    return print(e, what, &d);
  }

  /// Of another element than check: its fields stand in the stanza.
  int of_element(purpose what) {
    const route& along = *head_.conversation.along;
    const bool second = what >= purpose::deliver;
    const std::string& end = second ? along.destination : along.origin;
    const bool by_server = issuer_of(what) == "server";
    auto said =
        read_element(source_.own(), {second ? hop::two : hop::one, by_server ? along.relay : end,
                                     by_server ? end : along.relay, ""});
    if (!said) {
      std::printf("refused: %s\n", said.error().what.c_str());
      return different_or_refused;
    }
    return std::visit(
        [&](auto& e) {
          if (!e.head.brief.empty() && !stands_for_head(e.head.brief, what)) {
            std::printf("refused: the reference stands for another header\n");
            return different_or_refused;
          }
          e.head = head_;
          return print(e, what, nullptr);
        },
        *said);
  }

  bool stands_for_head(const head_reference& given, purpose what) {
    header said = head_;
    if (!codes_.choose_key(said, peer_)) throw usage_error{"the key cannot be used"};
    return codes_.reference_of(said, what) == given;
  }

  template <class Element>
  int print(Element& e, purpose what, const digest* d) {
    if (!codes_.seal(e, what, peer_, d)) throw usage_error{"the key cannot be used"};
    if (given_.has("--explain")) {
      octets input;
      covered::write_input(input, e, what, d);
      std::printf("input, %zu octets:\n", input.size());
      print_fields(input);
      std::printf("code: %s\n", to_hex(e.code.view()).c_str());
    }
    std::printf("%s\n", to_base64(e.code.view(), base64url_letters).c_str());
    return same_or_accepted;
  }

  const options& given_;
  stanza_source source_;
  header head_;
  std::string peer_ = "peer.invalid";
  env env_;
  verifier<env> codes_{env_};
};

}  // namespace inspect

#endif
