// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_RECEIVER_BRIEF_HPP
#define VIDIMUS_ROLE_RECEIVER_BRIEF_HPP

#include "receiver.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Gives a brief form its header (protocol.md, element.brief). In-server mode does not say the
/// relay: then it is the one that the stanza came through.
template <an_environment Env>
bool receiver<Env>::resolve(incoming& to) {
  if (resolve_from(to.what, bare(to.from))) return true;
  if (to.through.empty() || !resolve_from(to.what, to.through)) return false;
  to.from = to.through;
  return true;
}

template <an_environment Env>
bool receiver<Env>::resolve_from(element& e, std::string_view relay) {
  const auto known = peers_.find(std::string(relay));
  if (known == peers_.end() || !std::holds_alternative<check>(e)) return false;
  detail::brief_search search(*env_, codes_, e, purpose::deliver, relay);
  for (auto at = conversations_.lower_bound({unsaid_route(), search.first()});
       at != conversations_.end() && search.goes_on(at->first.id); ++at)
    if (at->second.held.peer == relay) search.offer(at->first, known->second.memory);
  return search.resolve(e);
}

/// Who writes the brief form takes it, and knows the memory.
template <an_environment Env>
void receiver<Env>::note_form(conversation& c, const header& head) {
  if (head.brief.empty()) return;
  c.heard = head.memory;
  peers_.find(c.held.peer)->second.key_id = head.key_id;
}

/// Permits the brief form where the relay wrote it under this memory and this key.
template <an_environment Env>
void receiver<Env>::shorten(receipt& r) {
  const conversation* c = find(r.head.conversation);
  if (c == nullptr || !(c->heard == r.head.memory) || !r.answers.empty() || r.states.empty())
    return;
  if (peers_.find(c->held.peer)->second.key_id == r.head.key_id)
    r.head.brief = codes_.reference_of(r.head, purpose::final_receipt);
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
