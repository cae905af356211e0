// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// For programs on LLVM's standard library beside a Crypto++ that was built with GNU's: of all that
// they need of it, one function gives a string, so it has another name in each of the two.
#include <cryptopp/sha.h>

std::string CryptoPP::SHA256::AlgorithmProvider() const { return "unknown"; }
