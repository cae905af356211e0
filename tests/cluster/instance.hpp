// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_CLUSTER_INSTANCE_HPP
#define VIDIMUS_TESTS_CLUSTER_INSTANCE_HPP

#include "crash/crash.hpp"

namespace crash {

/// One instance of the relay, over the database at `where`. Does not return before `SIGTERM`.
int run_instance(const life& of, std::size_t which, const std::string& where);

}  // namespace crash

#endif
