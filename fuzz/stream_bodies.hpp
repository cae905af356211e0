// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_FUZZ_STREAM_BODIES_HPP
#define VIDIMUS_FUZZ_STREAM_BODIES_HPP

#include <cstdio>
#include <cstdlib>
#include <vector>

#include "vidimus/adapt/component.hpp"

namespace fuzz {

inline void demand(bool good, const char* sentence) {
  if (good) return;
  std::fprintf(stderr, "fuzz: %s\n", sentence);
  std::abort();
}

inline std::vector<vidimus::stream_piece> pieces(std::string_view in, std::size_t size) {
  constexpr std::size_t most = 300;
  vidimus::stream_splitter cut(most);
  std::vector<vidimus::stream_piece> out;
  for (; !in.empty(); in.remove_prefix(std::min(size, in.size()))) {
    cut.add(in.substr(0, size));
    while (auto one = cut.next()) {
      demand(one->text.size() <= most, "a piece beyond the limit");
      out.push_back(std::move(*one));
    }
  }
  return out;
}

/// However a stream comes, the pieces are the same, and stand in it in their order; nothing follows
/// the end or a fault. A component takes any octets, and is up only after a handshake.
inline void stream(std::string_view in) {
  const auto whole = pieces(in, in.size() + 1);
  std::size_t at = 0;
  for (const auto& one : whole) {
    demand(&one == &whole.back() ||
               (one.kind != vidimus::piece_kind::end && one.kind != vidimus::piece_kind::fault),
           "something behind the end");
    if (one.kind != vidimus::piece_kind::header && one.kind != vidimus::piece_kind::stanza)
      continue;
    at = in.find(one.text, at);
    demand(at != std::string_view::npos, "a piece that was not in the stream");
    at += one.text.size();
  }
  for (std::size_t size : {1u, 3u, 17u}) {
    const auto parts = pieces(in, size);
    demand(parts.size() == whole.size(), "other pieces when the octets come in parts");
    for (std::size_t i = 0; i < parts.size(); ++i)
      demand(parts[i].kind == whole[i].kind && parts[i].text == whole[i].text,
             "another piece when the octets come in parts");
  }
  vidimus::component_stream component("relay.example.org", vidimus::as_octets(in));
  component.add(in);
  bool proved = false;
  while (auto event = component.next()) {
    if (event->kind == vidimus::component_event_kind::write) proved = true;
    demand(proved || event->kind == vidimus::component_event_kind::down ||
               event->kind == vidimus::component_event_kind::refused,
           "a stanza before the handshake");
    if (event->kind == vidimus::component_event_kind::stanza)
      demand(component.is_up(), "a stanza of a stream that is not up");
  }
}

}  // namespace fuzz

#endif
