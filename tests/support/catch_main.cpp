// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// The main function of the Catch2 programs. Version 2 makes it here, version 3 brings a session.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>

#if defined(CATCH_VERSION_MAJOR) && CATCH_VERSION_MAJOR >= 3
int main(int argc, char* argv[]) { return Catch::Session().run(argc, argv); }
#endif
