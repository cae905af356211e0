// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_MODEL_RECORD_FIELDS_HPP
#define VIDIMUS_MODEL_RECORD_FIELDS_HPP

#include "image.hpp"
#include "record.hpp"

/// The fields of the durable records, in the order in which an image has them.
namespace vidimus::inline VIDIMUS_ABI::record {

template <class A>
void fields(A& a, conversation_name& v) {
  a(v.along);
  a(v.id);
}
/// What is shared, its key id behind what stands between.
template <class A, class Between>
void fields_around(A& a, shared_value<manner>& how, Between between) {
  manner made;
  manner* held = &made;
  if constexpr (!A::loads) held = const_cast<manner*>(&*how);  // only read
  a(held->type);
  fields(a, held->cover);
  between();
  a.since(2, held->key_id);
  if constexpr (A::loads) how = shared_value(std::move(made));
}
template <class A>
void fields(A& a, sender_conversation& v) {
  fields(a, v.name);
  a(v.memory);
  a(v.voids);
}
template <class A>
void fields(A& a, sender_message& v) {
  fields(a, v.name);
  a(v.at);
  a(v.is);
  a(v.ended);
  a(v.why);
  a(v.exposed);
  a(v.flags);
  a(v.lifetime_s);
  a(v.expires);
  a(v.content);
  fields_around(a, v.how, [] {});
  a.since(2, v.end_to_end);
}
template <class A>
void fields(A& a, payload& v) {
  auto role = static_cast<std::uint8_t>(v.role);
  a(role);
  v.role = static_cast<char>(role);
  a(v.peer);
  fields(a, v.name);
  a(v.at);
  a(v.held);
}
template <class A>
void fields(A& a, server_peer& v) {
  a(v.peer);
  a(v.memory);
}
template <class A>
void fields(A& a, server_conversation& v) {
  a(v.peer);
  fields(a, v.name);
  a(v.low);
  a(v.base);
  a(v.limit);
  a(v.closed);
}
template <class A>
void fields(A& a, sent_to& v) {
  a(v.endpoint);
  a.since(2, v.key_id);
}
template <class A>
void fields(A& a, server_custody& v) {
  a(v.peer);
  fields(a, v.name);
  a(v.at);
  a(v.is);
  a(v.why);
  a(v.flags);
  a(v.lifetime_s);
  a(v.expires);
  a(v.hold_until);
  a(v.content);
  fields_around(a, v.how, [&] { a(v.sent); });
  a.since(2, v.ends);
  a.since(2, v.core_only);
}
template <class A>
void fields(A& a, receiver_peer& v) {
  a(v.peer);
  a(v.memory);
}
template <class A>
void fields(A& a, handed_number& v) {
  a(v.at);
  a(v.content);
  a.since(2, v.key_id);
  a.since(2, v.proof);
}
template <class A>
void fields(A& a, refused_number& v) {
  a(v.at);
  a(v.why);
}
template <class A>
void fields(A& a, receiver_conversation& v) {
  a(v.peer);
  fields(a, v.name);
  a(v.low);
  a(v.closed);
  a(v.delivered);
  a(v.refused);
  a(v.handed);
  a.since(2, v.ends);
  a.since(3, v.next);
  a.since(3, v.skipped);
  a.since(3, v.untold);
}

}  // namespace vidimus::inline VIDIMUS_ABI::record

#endif
