// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_KNOWN_REFERENCES_HPP
#define VIDIMUS_CHECK_KNOWN_REFERENCES_HPP

#include <vector>

#include "../model/elements.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// References that were computed before (protocol.md, element.brief): every element in brief form
/// asks for that of its header, and headers change seldom. As many as there are places; where two
/// fall on one, the later stays.
class known_references {
 public:
  static constexpr std::size_t places = 64;

  /// That of a header under a purpose: as it is known, or as `compute()` gives it.
  template <class Compute>
  head_reference of(const header& head, purpose p, const Compute& compute) {
    if (held_.empty()) held_.resize(places);
    known& one = held_[place_of(head, p)];
    if (one.is_for(head, p)) return one.reference;
    one.reference = compute();
    one.head = head;
    one.used_for = p;
    return one.reference;
  }

 private:
  struct known {
    header head;
    purpose used_for = purpose::submit;
    head_reference reference;

    bool is_for(const header& h, purpose p) const {
      return !reference.empty() && used_for == p && head.memory == h.memory &&
             head.rule == h.rule && head.key_id == h.key_id && head.conversation == h.conversation;
    }
  };
  // names are random, a few octets of them are as good as a hash
  static std::size_t place_of(const header& head, purpose p) noexcept {
    return (head.conversation.id.octets[0] + head.memory.octets[0] +
            11 * static_cast<std::size_t>(p)) %
           places;
  }

  std::vector<known> held_;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
