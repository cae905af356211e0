// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_SENDER_BRIEF_HPP
#define VIDIMUS_ROLE_SENDER_BRIEF_HPP

#include "sender.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Gives a brief form its header (protocol.md, element.brief).
template <an_environment Env>
bool sender<Env>::resolve(incoming& to) {
  detail::brief_search search(*env_, codes_, to.what, purpose::receipt, relay_);
  for (auto at = conversations_.lower_bound(search.first());
       at != conversations_.end() && search.goes_on(at->first); ++at)
    search.offer(at->second.name, at->second.memory);
  return search.resolve(to.what);
}

/// Whether the server is known to resolve a reference here, and all this is said for the first
/// time: nothing may depend on its being understood (protocol.md, element.brief).
template <an_environment Env>
template <class Element>
bool sender<Env>::may_be_brief(conversation& c, const Element& e) {
  bool first = false;
  if constexpr (std::is_same_v<Element, check>) first = e.attempt == 1;
  if constexpr (std::is_same_v<Element, execute>) {
    if (e.numbers.empty()) return false;
    first = e.numbers.begin()->first > c.commanded;
    c.commanded = std::max(c.commanded, e.numbers.back().last);
  }
  return first && limits_.brief && relay_brief_ && c.told && e.head.key_id == relay_key_;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
