// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_EXPLORE_REACH_HPP
#define VIDIMUS_TESTS_EXPLORE_REACH_HPP

#include "contract.hpp"
// contract.hpp stands first
#include "support/toy.hpp"

/// Deadlines of the roles, seen from outside. A state of the exploration knows which deadlines are
/// armed, not when they fall: any of them may be the next one. To let one fall alone, its time has
/// to be moved, which no caller of the library can do. Access checks do not apply to the arguments
/// of an explicit instantiation, so this needs no help from the library.
namespace explore::reach {

using sender_role = vidimus::sender<toy::env>;
using server_role = vidimus::server<toy::env>;
using receiver_role = vidimus::receiver<toy::env>;
using sender_index = vidimus::duty::deadlines<vidimus::detail::sender_due>;
using server_index = vidimus::duty::deadlines<vidimus::detail::server_due>;

template <class Tag, auto Member>
struct door {
  friend constexpr auto open(Tag) { return Member; }
};

#define VIDIMUS_EXPLORE_DOOR(tag, member) \
  struct tag { \
    friend constexpr auto open(tag); \
  }; \
  template struct door<tag, member>

VIDIMUS_EXPLORE_DOOR(sender_deadlines, &sender_role::deadlines_);
VIDIMUS_EXPLORE_DOOR(server_deadlines, &server_role::deadlines_);
VIDIMUS_EXPLORE_DOOR(sender_conversations, &sender_role::conversations_);
VIDIMUS_EXPLORE_DOOR(sender_heap, &sender_index::heap_);
/// A private base: only a cast of the old kind gets there.
inline const auto& conversations_of(const server_role& of) {
  return ((const vidimus::detail::server_books&)of).conversations_;
}
inline auto& conversations_of(server_role& of) {
  return ((vidimus::detail::server_books&)of).conversations_;
}
VIDIMUS_EXPLORE_DOOR(server_heap, &server_index::heap_);
VIDIMUS_EXPLORE_DOOR(sender_entries, &sender_index::entries_);
VIDIMUS_EXPLORE_DOOR(server_entries, &server_index::entries_);

#undef VIDIMUS_EXPLORE_DOOR

}  // namespace explore::reach

#endif
