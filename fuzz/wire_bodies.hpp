// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_FUZZ_WIRE_BODIES_HPP
#define VIDIMUS_FUZZ_WIRE_BODIES_HPP

#include <cstdio>
#include <cstdlib>

#include "vidimus/adapt/xmpp_text.hpp"

namespace fuzz {

inline void expect(bool good, const char* sentence) {
  if (good) return;
  std::fprintf(stderr, "fuzz: %s\n", sentence);
  std::abort();
}

/// An element from plain text: "name", lines "attribute=value", an empty line, text.
inline vidimus::flat_element flat_of(std::string_view in) {
  vidimus::flat_element out;
  out.name = vidimus::wire::cut_at(in, '\n');
  while (!in.empty() && in.front() != '\n') {
    auto line = vidimus::wire::cut_at(in, '\n');
    const auto name = vidimus::wire::cut_at(line, '=');
    out.attributes.emplace_back(name, line);
  }
  out.text = in.empty() ? in : in.substr(1);
  return out;
}

/// Refused with a sentence; or the element read is written as it was, and read again alike.
/// True if it was not refused.
inline bool wire_is_one_to_one(vidimus::flat_element flat, const vidimus::wire_place& place) {
  const auto read = vidimus::read_element(flat, place);
  if (!read) {
    expect(!read.error().what.empty() && read.error().what.size() < 300,
           "no sentence, or a long one");
    for (char c : read.error().what) expect(c >= 0x20 && c < 0x7f, "a sentence not printable");
    return false;
  }
  const auto written = vidimus::write_element(*read, place);
  expect(written.has_value(), "what was read cannot be written");
  std::sort(flat.attributes.begin(), flat.attributes.end());
  expect(*written == flat, "what was read has another spelling");
  if (const auto* message = std::get_if<vidimus::check>(&*read))
    expect(vidimus::coverage_of(flat) == message->cover, "the coverage is read in two ways");
  return true;
}

/// A stanza as text, for each role, and an element by itself on each hop.
inline void wire(std::string_view in) {
  using vidimus::hop;
  const auto flat = flat_of(in);
  static_cast<void>(vidimus::coverage_of(flat));
  for (hop on : {hop::one, hop::two})
    wire_is_one_to_one(flat, {on, "a@example.org/x", "r.example.org", "chat"});
  for (auto self : {vidimus::party::sender, vidimus::party::server, vidimus::party::receiver}) {
    const auto got = vidimus::arrive(in, {self, {}, "r.example.org", {}});
    if (!got) return;
    expect((got->kind == vidimus::arrival_kind::plain) == !got->whole.own, "ours, or plain");
    expect((got->kind == vidimus::arrival_kind::malformed) == got->what.malformed, "not marked");
    if (got->kind == vidimus::arrival_kind::plain || got->what.copy_or_error) continue;
    const vidimus::wire_place place{vidimus::hop_of_arrival(self, got->whole.own->name),
                                    got->whole.from, got->whole.to, got->whole.type};
    expect(wire_is_one_to_one(*got->whole.own, place) != got->what.malformed, "read in two ways");
  }
}

}  // namespace fuzz

#endif
