// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_SENDER_ENDS_HPP
#define VIDIMUS_ROLE_SENDER_ENDS_HPP

#include "sender.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Adds a number to a command, a sealed one with its second code (protocol.md, end.sealed). False:
/// the element is full, or there is no key.
template <an_environment Env>
bool sender<Env>::add_command(const conversation& c, number n, execute& to) {
  const bool joins = !to.numbers.empty() && to.numbers.back().last + 1 == n;
  if (!joins && to.numbers.size() >= ranges_per_element_max) return false;
  const slot& s = c.at(n);
  if ((s.flags & check::sealed) != 0) {
    if (to.ends.size() >= ranges_per_element_max) return false;
    auto second = codes_.second_code(check_of(c, n), c.name, c.name.along->destination, s.content);
    if (!second) return false;
    to.ends.push_back({n, std::move(*second)});
  }
  to.numbers.add(n);
  return true;
}

/// Whether the receipt shows that the number was delivered. End to end the server's word is not
/// enough: the endpoint has to say so, under the key between the ends (protocol.md, end.delivered).
template <an_environment Env>
bool sender<Env>::proved(const conversation& c, number n, const receipt& r) {
  const slot& one = c.at(n);
  if (!one.end_to_end) return true;
  const end_part* said = find_end(r.ends, n);
  const bool holds =
      said != nullptr &&
      codes_.proves_delivery(said->held, name_of(c, n), c.name.along->destination, one.content);
  if (!holds) env_->watch.noticed(notice::wrong_second);
  return holds;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
