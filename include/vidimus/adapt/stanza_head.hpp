// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_STANZA_HEAD_HPP
#define VIDIMUS_ADAPT_STANZA_HEAD_HPP

#include <string>

#include "../base/result.hpp"
#include "../check/scan.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// What a host needs of a child of a stream to know what to do with it. Nothing of it is verified.
struct stanza_head {
  std::string space, name;  ///< namespace and local name
  std::string from, to, id, type;
  std::string child_space, child_name;  ///< of its first child; empty: none
};

namespace detail {

/// Takes the events of an element and keeps its head.
struct head_handler {
  stanza_head out;
  std::size_t depth = 0;
  bool has_child = false;

  refusal_kind open(const open_event& e) {
    if (++depth == 1) {
      out.space = e.space;
      out.name = e.local;
      for (const auto& a : e.attributes)
        if (std::string* to = a.space.empty() ? field(a.local) : nullptr) *to = a.value;
    } else if (depth == 2 && !has_child) {
      has_child = true;
      out.child_space = e.space;
      out.child_name = e.local;
    }
    return refusal_kind::none;
  }
  refusal_kind text(std::string_view) const { return refusal_kind::none; }
  refusal_kind close() {
    --depth;
    return refusal_kind::none;
  }
  std::string_view what() const { return {}; }

 private:
  std::string* field(std::string_view name) {
    if (name == "from") return &out.from;
    if (name == "to") return &out.to;
    if (name == "id") return &out.id;
    return name == "type" ? &out.type : nullptr;
  }
};

}  // namespace detail

/// The head of one child of a stream: any element, read by the strict pass to its end. Refused: the
/// strict pass found a fault (protocol.md, content.strict).
inline result<stanza_head, refusal> head_of(std::string_view child, const stream_scope& scope = {},
                                            const reading_limits& limits = {}) {
  scanner strict;
  detail::head_handler head;
  if (!strict.scan(child, scope, limits, head)) return strict.why();
  return std::move(head.out);
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
