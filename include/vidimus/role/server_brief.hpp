// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_SERVER_BRIEF_HPP
#define VIDIMUS_ROLE_SERVER_BRIEF_HPP

#include "server.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Gives a brief form its header, as one of the conversations of the peer that it came from
/// (protocol.md, element.brief).
template <an_environment Env>
bool server<Env>::resolve(incoming& to) {
  const std::string peer(bare(to.from));
  const bool back = std::holds_alternative<receipt>(to.what);
  const purpose as = back                                     ? purpose::final_receipt
                     : std::holds_alternative<check>(to.what) ? purpose::submit
                                                              : purpose::execute;
  const auto known = peers_.find(peer);
  const endpoint* from = back ? endpoint_at(to.from) : nullptr;
  detail::brief_search search(*env_, codes_, to.what, as, peer);
  const conversation_name first{unsaid_route(), search.first()};
  for (auto at = conversations_.lower_bound(detail::custody_view{first, {}});
       at != conversations_.end() && search.goes_on(at->first.name.id); ++at) {
    const auto& [key, c] = *at;
    if (!back && key.peer == peer && known != peers_.end())
      search.offer(key.name, known->second.memory);
    if (!back || key.name.along->destination != peer) continue;
    if (from != nullptr) search.offer(key.name, from->memory);
    search.offer(key.name, c.answered);  // it may have gone from where it was
  }
  return search.resolve(to.what);
}

/// Who writes the brief form takes it, and knows the memory.
template <an_environment Env>
void server<Env>::note_form(conversation& c, const header& head) {
  if (head.brief.empty()) return;
  c.heard = head.memory;
  if (*c.heard_key != head.key_id) c.heard_key = key_ids_(head.key_id);
}

/// Permits the brief form of news where the peer wrote it under this memory and this key.
template <an_environment Env>
void server<Env>::shorten(const conversation& c, receipt& r) {
  if (!limits_.brief || r.states.empty() || !(c.heard == r.head.memory)) return;
  if (*c.heard_key == r.head.key_id) r.head.brief = codes_.reference_of(r.head, purpose::receipt);
}

/// Permits the brief form of a message that is sent to an endpoint for the first time, if that
/// takes it, knows the conversation, and uses the same key.
template <an_environment Env>
void server<Env>::shorten(const conversation& c, check& e, const endpoint& to) {
  if (!limits_.brief || !to.brief || e.attempt != 1 || !(c.answered == to.memory)) return;
  if (*to.key_id == e.head.key_id) e.head.brief = codes_.reference_of(e.head, purpose::deliver);
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
