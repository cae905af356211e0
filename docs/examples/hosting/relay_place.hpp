// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_HOSTING_RELAY_PLACE_HPP
#define VIDIMUS_DOCS_EXAMPLES_HOSTING_RELAY_PLACE_HPP

#include "attendance.hpp"

namespace hosting {

/// Where a relay keeps what it knows: a file of its own, for one process.
struct in_file {
  in_file(const options& o, const server_limits& limits)
      : shelf(o.needed("--store"), "server", attendance::tables),
        role((read_keys(env.keys, o.needed("--keys")), env), o.needed("--address"), limits),
        here(shelf.file()) {}

  server_outputs restored() {
    return shelf.restored(role.restore(shelf.all(), shelf.last_durable(), now()));
  }
  /// A new stream: whoever was here is asked whether he still is.
  static constexpr bool attaches_anew = true;

  hosting::shelf<server_output> shelf;
  our_environment env;
  server<our_environment> role;
  attendance here;
};

}  // namespace hosting

#endif
