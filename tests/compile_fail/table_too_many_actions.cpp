// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// A ninth action in a row stops the build and is not dropped.
// expect: a row has at most eight actions|constant expression
#include <vidimus/fsm/table.hpp>

namespace {

enum class action : std::uint8_t { a, b, c, d, e, f, g, h, i };

constexpr vidimus::fsm::action_list<action> actions{
    action::a, action::b, action::c, action::d, action::e, action::f, action::g, action::h,
#ifdef OFFENCE
    action::i,
#endif
};
static_assert(actions.size() == 8);

}  // namespace
