// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// A result is not its value, and does not quietly turn into a number.
// expect: (cannot convert|no viable conversion).*result<int
#include "vidimus/base/result.hpp"

int main() {
  vidimus::result<int> found = 7;
#ifdef OFFENCE
  int number = found;
#else
  int number = *found;
#endif
  return number == 7 ? 0 : 1;
}
