// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_PARTS_HPP
#define VIDIMUS_CHECK_PARTS_HPP

#include "view.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// A part of covered content: a body, subject or thread, or all payloads of one name. Refers to
/// the canonical octets. Their groups, one behind the other, are the content but for its mode.
struct content_part {
  std::string_view space, local;
  std::optional<std::string_view> language;
  octets_view name;   ///< fields namespace, name and, if there is one, language
  octets_view whole;  ///< the field `group`

  bool is_core() const noexcept { return vidimus::is_core(space, local); }
};

/// The parts in canonical order; none if the octets are not canonical content.
inline std::vector<content_part> parts_of(octets_view canonical,
                                          const reading_limits& limits = {}) {
  std::vector<content_part> out;
  if (!content_view::parse(canonical, limits)) return out;
  field_reader fields(canonical);
  fields.take(canonical_tag::mode);
  while (!fields.done()) {
    content_part part;
    const octets_view from = fields.rest();
    const octets_view value = fields.take(canonical_tag::group);
    part.whole = from.first(from.size() - fields.rest().size());
    field_reader inner(value);
    part.space = inner.take_text(canonical_tag::space);
    part.local = inner.take_text(canonical_tag::name);
    part.language = inner.take_text_if(canonical_tag::language);
    part.name = value.first(value.size() - inner.rest().size());
    out.push_back(part);
  }
  return out;
}

/// What a person calls it: `body`, `body@de`, `{jabber:x:oob}x`. Printable ASCII.
inline std::string label_of(const content_part& part) {
  std::string out;
  if (!part.is_core()) out.append("{").append(printable(part.space)).append("}");
  out.append(printable(part.local));
  if (part.language) out.append("@").append(printable(*part.language));
  return out;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
