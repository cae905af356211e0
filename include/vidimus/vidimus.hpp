// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_VIDIMUS_HPP
#define VIDIMUS_VIDIMUS_HPP

/// The three roles and what they need; no third-party header. The doors to Crypto++, pugixml and
/// the stores are in vidimus/adapt/, to be included one by one.
#include "role/receiver.hpp"
#include "role/sender.hpp"
#include "role/server.hpp"

#endif
