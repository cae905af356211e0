// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include <vidimus/base/equal.hpp>
#include <vidimus/base/text.hpp>
#include <vidimus/version.hpp>

int main() {
  const auto text = vidimus::to_base64(vidimus::as_octets("verified"));
  const auto back = vidimus::from_base64(text);
  if (!back || !vidimus::equal_constant_time(*back, vidimus::as_octets("verified"))) return 1;
  return vidimus::version.major_part == VIDIMUS_VERSION_MAJOR ? 0 : 1;
}
