// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// Tests include <catch2/catch.hpp>, as in version 2; with version 3 they find this.
#ifndef VIDIMUS_TESTS_CATCH2_V3_HPP
#define VIDIMUS_TESTS_CATCH2_V3_HPP

#include <catch2/catch_all.hpp>

using Catch::Approx;

#endif
