// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "bundle_bodies.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::bundle(vidimus::as_text({data, size}));
  return 0;
}
