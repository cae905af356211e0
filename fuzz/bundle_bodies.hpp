// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_FUZZ_BUNDLE_BODIES_HPP
#define VIDIMUS_FUZZ_BUNDLE_BODIES_HPP

#include <vector>

#include "vidimus/check/bundle.hpp"
#include "xml_bodies.hpp"

namespace fuzz {

using each_read = std::vector<vidimus::result<vidimus::stanza, vidimus::refusal>>;

inline bool alike(const each_read& a, const each_read& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].has_value() != b[i].has_value()) return false;
    if (!a[i] && a[i].error().kind != b[i].error().kind) return false;
    if (!a[i]) continue;
    if (a[i]->canonical != b[i]->canonical || a[i]->payload != b[i]->payload ||
        a[i]->own != b[i]->own || a[i]->from != b[i]->from || a[i]->to != b[i]->to ||
        a[i]->type != b[i]->type || a[i]->is_error != b[i]->is_error ||
        a[i]->is_copy != b[i]->is_copy || a[i]->bundled != b[i]->bundled)
      return false;
  }
  return true;
}

/// A message or a bundle: both entries give the same messages or refusals; a message in a bundle
/// has the addresses of the bundle, and reads the same when it comes alone.
inline void bundle(std::string_view in) {
  static vidimus::bundle_reader by_octets, by_tree;
  static vidimus::stanza_reader alone;
  const vidimus::stream_scope scope{"jabber:client", bindings};
  each_read a, b;
  by_octets.read(in, scope, vidimus::default_coverage{}, [&](auto one) { a.push_back(one); });
  must(!a.empty() && a.size() <= vidimus::bundle_messages_max, "none, or too many");
  pugi::xml_document document;
  vidimus::reading_limits deeper;
  deeper.depth += 2;
  if (vidimus::parse_strict(in, document, scope, deeper).kind != vidimus::refusal_kind::none) {
    must(a.size() == 1 && !a[0], "the strict pass refused what was read");
    return;
  }
  vidimus::read_each(by_tree, document.document_element(), scope, vidimus::default_coverage{},
                     [&](auto one) { b.push_back(one); });
  must(alike(a, b), "the entries disagree");
  for (const auto& one : a) {
    if (!one || !one->bundled) continue;
    must(a[0] ? one->from == a[0]->from : true, "from somewhere else");
    const auto written = sent_on(*one);
    if (!written) continue;  // escaped it may be too large
    const auto again = alone.read(*written);
    must(again && again->canonical == one->canonical && again->own == one->own,
         "alone it reads otherwise");
  }
}

}  // namespace fuzz

#endif
