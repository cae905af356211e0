// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "everything.hpp"

const void* address_of_version();
vidimus::octets octets_from_elsewhere();

int main() {
  bool same_variable = address_of_version() == &vidimus::version;
  bool same_type = octets_from_elsewhere() == vidimus::octets{1, 2, 3};
  return same_variable && same_type ? 0 : 1;
}
