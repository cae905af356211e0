// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// The roles over the toy environment, compiled once for a program (toy.hpp).
#include "toy.hpp"

template class vidimus::sender<toy::env>;
template class vidimus::server<toy::env>;
template class vidimus::receiver<toy::env>;
