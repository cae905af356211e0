// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_SPEC_CLAUSE_HPP
#define VIDIMUS_SPEC_CLAUSE_HPP

#include <cstddef>

#include "clause_texts.hpp"

namespace vidimus::inline VIDIMUS_ABI {

constexpr const clause_facts& facts(clause c) noexcept {
  return clauses[static_cast<std::size_t>(c)];
}

constexpr std::string_view id_of(clause c) noexcept { return facts(c).id; }

static_assert(
    [] {
      for (std::size_t i = 0; i < clauses.size(); ++i)
        if (static_cast<std::size_t>(clauses[i].which) != i) return false;
      return clauses.size() == static_cast<std::size_t>(clause::not_armed) + 1;
    }(),
    "the clauses stand in the order of their enumeration, none left out");

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
