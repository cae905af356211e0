// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_BASE_CONTRACT_HPP
#define VIDIMUS_BASE_CONTRACT_HPP

#include <cstdio>
#include <cstdlib>

#include "../version.hpp"

/// A contract holds unless the host or the library has a bug; peer input never reaches one.
/// Define VIDIMUS_CONTRACT_FAILED(sentence, file, line) before the first include to replace what
/// happens then; the replacement must not return.
#ifndef VIDIMUS_CONTRACT_FAILED
#define VIDIMUS_CONTRACT_FAILED(sentence, file, line) \
  (std::fprintf(stderr, "%s:%d: vidimus contract broken: %s\n", file, line, sentence), std::abort())
#endif

#define VIDIMUS_EXPECT(condition, sentence) \
  ((condition) ? void(0) : VIDIMUS_CONTRACT_FAILED(sentence, __FILE__, __LINE__))

#endif
