// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "record_bodies.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::records(vidimus::as_text({data, size}));
  return 0;
}
