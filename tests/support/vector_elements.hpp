// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_SUPPORT_VECTOR_ELEMENTS_HPP
#define VIDIMUS_TESTS_SUPPORT_VECTOR_ELEMENTS_HPP

#include <algorithm>
#include <vidimus/check/canonical.hpp>
#include <vidimus/model/elements.hpp>

#include "vector_file.hpp"

/// Elements from the fields of a case of tests/vectors/codes.txt.
namespace support {

using namespace vidimus;

template <class Name>
Name name_from(const vector_case& c, std::string_view field) {
  Name out;
  const auto raw = c.octets(field);
  if (raw.size() == out.octets.size()) std::copy(raw.begin(), raw.end(), out.octets.begin());
  return out;
}

template <class Array>
Array array_from(const std::string& digits) {
  Array out{};
  const auto raw = from_hex(digits).value();
  std::copy_n(raw.begin(), std::min(raw.size(), out.size()), out.begin());
  return out;
}

inline range span_from(const std::string& text) {
  const auto dash = text.find('-');
  const number first = std::stoull(text);
  return {first, dash == std::string::npos ? first : std::stoull(text.substr(dash + 1))};
}

inline ranges ranges_from(const std::string& text) {
  ranges out;
  for (const auto& one : words_of(text)) out.add(span_from(one));
  return out;
}

template <class Enum, std::size_t N>
Enum enum_from(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto at = std::find(names.begin(), names.end(), name);
  return static_cast<Enum>(at == names.end() ? 0 : at - names.begin());
}

inline purpose purpose_from(std::string_view name) {
  return enum_from<purpose>(purpose_names, name);
}

inline header head_from(const vector_case& c) {
  header out;
  out.rule = rule_named(c.text("rule")).value();
  out.key_id = c.text("key-id");
  out.conversation.along = make_route(c.text("origin"), c.text("destination"), c.text("relay"));
  out.conversation.id = name_from<conversation_id>(c, "conversation");
  out.memory = name_from<memory_name>(c, "memory");
  return out;
}

inline coverage coverage_from(const vector_case& c) {
  coverage out;
  out.listed = c.text("listed") == "1";
  for (const auto& one : c.all("cover")) {
    const auto words = words_of(one);
    out.names.push_back({words.at(0), words.at(1)});
  }
  return out;
}

/// Key id, rule and code between the ends, from the words behind the first ones.
inline end_code end_code_from(const std::vector<std::string>& words, std::size_t first) {
  return {words.at(first), rule_named(words.at(first + 1)).value(),
          check_code(from_hex(words.at(first + 2)).value())};
}

inline rare_list<end_part> ends_from(const vector_case& c) {
  rare_list<end_part> out;
  for (const auto& one : c.all("end")) {
    const auto words = words_of(one);
    out.push_back({std::stoull(words.at(0)), end_code_from(words, 1)});
  }
  return out;
}

inline check check_from(const vector_case& c) {
  check e;
  e.head = head_from(c);
  e.at = c.number("number");
  e.type = c.text("type");
  e.flags = static_cast<std::uint8_t>(c.number("flags"));
  e.lifetime_s = static_cast<std::uint32_t>(c.number("lifetime"));
  e.cover = coverage_from(c);
  e.low = c.has("low") ? c.number("low") : 0;
  e.voids = ranges_from(c.text("voids"));
  if (c.has("second")) e.second = end_code_from(words_of(c.text("second")), 0);
  return e;
}

inline receipt receipt_from(const vector_case& c) {
  static constexpr std::array<std::string_view, 8> statuses{
      "verified", "pending", "executed", "delivered", "unconfirmed", "void", "closed", "plain"};
  receipt e;
  e.head = head_from(c);
  for (const auto& one : c.all("state")) {
    const auto words = words_of(one);
    e.states.push_back({enum_from<status>(statuses, words.at(0)), span_from(words.at(1)),
                        array_from<short_code>(words.at(2)),
                        enum_from<reason>(reason_names, words.at(3))});
  }
  for (const auto& one : c.all("altered")) {
    const auto words = words_of(one);
    altered_part part{std::stoull(words.at(0)),
                      array_from<short_code>(words.at(1)),
                      array_from<short_code>(words.at(2)),
                      static_cast<std::uint32_t>(std::stoul(words.at(3))),
                      {}};
    for (std::size_t i = 4; i < words.size(); ++i)
      part.parts.push_back(array_from<short_code>(words[i]));
    e.altered.push_back(part);
  }
  for (const auto& one : c.all("refused")) {
    const auto words = words_of(one);
    e.refused.push_back({std::stoull(words.at(0)), enum_from<reason>(reason_names, words.at(1)),
                         static_cast<std::uint32_t>(std::stoul(words.at(2)))});
  }
  e.missing = ranges_from(c.text("missing"));
  e.limit = c.number("limit");
  e.octets_max = static_cast<std::uint32_t>(c.number("octets-max"));
  e.answers = name_from<nonce>(c, "nonce");
  e.covered = span_from(c.text("covered"));
  e.ends = ends_from(c);
  e.body_only = c.text("body-only") == "1";
  e.brief = c.text("brief") == "1";
  return e;
}

/// Any element that has a code.
inline element element_from(const vector_case& c) {
  const auto kind = c.text("element");
  const auto head = head_from(c);
  if (kind == "check") return check_from(c);
  if (kind == "receipt") return receipt_from(c);
  if (kind == "execute")
    return execute{head,
                   ranges_from(c.text("numbers")),
                   c.number("low"),
                   ranges_from(c.text("voids")),
                   {},
                   ends_from(c)};
  if (kind == "withdraw")
    return vidimus::withdraw{head, ranges_from(c.text("numbers")), c.number("low"), {}};
  if (kind == "sync")
    return vidimus::sync{head,
                         name_from<nonce>(c, "nonce"),
                         c.number("low"),
                         c.number("top"),
                         ranges_from(c.text("voids")),
                         c.text("close") == "1",
                         {}};
  return challenge{head, purpose_from(c.text("cause")), {}};
}

/// The canonical octets of the stanza of a case; none if it has no stanza.
inline octets canonical_from(const vector_case& c) {
  if (!c.has("stanza")) return {};
  return canonical_octets(c.text("stanza"), coverage_from(c)).value();
}

}  // namespace support

#endif
