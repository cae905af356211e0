// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_REAL_DATABASE_HPP
#define VIDIMUS_TESTS_REAL_DATABASE_HPP

#include <optional>
#include <string>
#include <vector>

#ifdef VIDIMUS_POSTGRESQL_BIN
#include "support/postgresql.hpp"
#endif
#include "world.hpp"

namespace real {

/// What the instances of a relay share, if they are to.
class database {
 public:
  explicit database([[maybe_unused]] bool wanted) {
#ifdef VIDIMUS_POSTGRESQL_BIN
    if (wanted) server_.emplace();
#endif
  }
  /// More words for the relay.
  std::vector<std::string> words() const {
#ifdef VIDIMUS_POSTGRESQL_BIN
    if (server_) return {"--database", server_->where()};
#endif
    return {};
  }

#ifdef VIDIMUS_POSTGRESQL_BIN
 private:
  std::optional<support::postgresql> server_;
#endif
};

}  // namespace real

#endif
