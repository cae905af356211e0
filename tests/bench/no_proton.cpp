// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "machines.hpp"

std::unique_ptr<bench::exactly_once> bench::proton() { return nullptr; }
