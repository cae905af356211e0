// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_WIRE_READ_RECEIPT_HPP
#define VIDIMUS_ADAPT_WIRE_READ_RECEIPT_HPP

#include "wire_ends.hpp"

namespace vidimus::inline VIDIMUS_ABI::wire {

inline short_code read_short(input& in, std::string_view text) {
  short_code out{};
  if (from_base64(text, out, base64url_letters)) return out;
  in.bad_token("made with 11 characters of base64url for each code");
  return {};
}

inline void read_state(input& in, status what, decltype(receipt::states)& to) {
  auto rest = in.token().substr(1);
  const bool has_more = rest.find('/') != std::string_view::npos;
  const auto span = in.span(cut_at(rest, '/'));
  if (!span) return;
  status_range one{what, *span, {}, reason::none};
  if (what == status::verified)
    one.bind = read_short(in, rest);
  else if (what == status::voided && has_more) {
    const auto why = reason_named(rest);
    if (!why || *why == reason::none) in.bad_token("made with a reason that is known");
    one.why = why.value_or(reason::none);
  } else if (has_more)
    in.bad_token("without '/'");
  if (!to.empty()) {
    const auto& before = to.back();
    const bool joins = what != status::verified && before.what == what && before.why == one.why;
    if (span->first <= before.span.last)
      in.bad_token("behind the range before it");
    else if (joins && span->first == before.span.last + 1)
      in.bad_token("apart from the range before it, which says the same");
  }
  if (to.size() >= ranges_per_element_max) in.too_many("statuses");
  to.push_back(one);
}

/// The number that a token of altered or refused begins with; they rise.
template <class Part>
number read_rising(input& in, std::string_view text, const rare_list<Part>& before) {
  const auto at = from_decimal(text, number_max).value_or(0);
  if (at == 0)
    in.bad_token("made with a number from 1 to 2^53-1");
  else if (!before.empty() && at <= before.back().at)
    in.bad_token("behind the number before it");
  if (before.size() >= ranges_per_element_max) in.too_many("of its kind");
  return at;
}

inline std::uint32_t read_tail(input& in, bool there, std::string_view text, std::uint32_t absent) {
  if (!there) return absent;
  const auto value = from_decimal(text, UINT32_MAX);
  if (!value || *value == 0 || *value == absent)
    in.bad_token("made with a last number from 1 to 2^32-1 that has to be said");
  return static_cast<std::uint32_t>(value.value_or(absent));
}

/// Side by side, 11 characters each; there is at least one.
inline void read_parts(input& in, std::string_view text, std::vector<short_code>& to) {
  constexpr std::size_t size = 11;
  if (text.empty() || text.size() % size != 0 || text.size() / size > diagnosis_parts_max)
    return in.bad_token("made with 1 to 32 parts of 11 characters behind ':'");
  for (; !text.empty(); text.remove_prefix(size))
    to.push_back(read_short(in, text.substr(0, size)));
}

inline void read_altered(input& in, rare_list<altered_part>& to) {
  for (; in.at('a'); in.next()) {
    auto parts = in.token().substr(1);
    auto rest = cut_at(parts, ':');
    const bool has_parts = rest.size() + 1 < in.token().size();
    altered_part one;
    one.at = read_rising(in, cut_at(rest, '/'), to);
    one.code = read_short(in, cut_at(rest, '/'));
    const bool tail = rest.find('/') != std::string_view::npos;
    one.fingerprint = read_short(in, cut_at(rest, '/'));
    one.attempt = read_tail(in, tail, rest, 1);
    if (has_parts) read_parts(in, parts, one.parts);
    to.push_back(std::move(one));
  }
}

inline void read_refused(input& in, rare_list<refused_part>& to) {
  for (; in.at('r'); in.next()) {
    auto rest = in.token().substr(1);
    refused_part one;
    one.at = read_rising(in, cut_at(rest, '/'), to);
    const bool tail = rest.find('/') != std::string_view::npos;
    const auto why = reason_named(cut_at(rest, '/'));
    if (!why || *why == reason::none) in.bad_token("made with a reason that is known");
    one.why = why.value_or(reason::busy);
    one.retry_after_s = read_tail(in, tail, rest, 0);
    to.push_back(one);
  }
}

inline void read_fields(input& in, receipt& to, const wire_place& place) {
  to.limit = in.integer("u", 1, number_max, 0);
  to.octets_max = static_cast<std::uint32_t>(in.integer("b", 0, UINT32_MAX, default_octets_max));
  to.answers = in.random<nonce>("q", false);
  const auto covered = in.take("g");
  if (covered.has_value() == to.answers.empty())
    in.fail(wire_fault::missing_attribute, "attributes q and g: a snapshot has both, news neither");
  if (covered) {
    const auto span = read_range(*covered);
    if (!span) in.bad("g", *covered, "a range as in 3 or 3-5 of numbers from 1 to 2^53-1");
    to.covered = span.value_or(range{});
  }
  if (const auto flags = in.take("f")) {
    to.body_only = flags->starts_with('b');
    to.brief = flags->ends_with('i');
    if (*flags != "b" && *flags != "i" && *flags != "bi")
      in.bad("f", *flags, "letters of bi in this order");
    if (to.body_only && place.on == hop::one)
      in.fail(wire_fault::wrong_hop, input::about("f", "b has no meaning on the first hop"));
    if (to.brief && to.answers.empty())
      in.fail(wire_fault::unknown_attribute, input::about("f", "i has no meaning in news"));
  }
  while (in.has_token()) {
    const auto which = status_letters.find(in.token().front());
    if (which == std::string_view::npos) break;
    read_state(in, static_cast<status>(which), to.states);
    in.next();
  }
  read_altered(in, to.altered);
  read_refused(in, to.refused);
  to.missing = in.list('m');
  read_ends(in, to.ends);
}

}  // namespace vidimus::inline VIDIMUS_ABI::wire

#endif
