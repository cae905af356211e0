// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include <catch2/catch.hpp>
#include <string>
#include <vidimus/base/inline_text.hpp>
#include <vidimus/base/shared_value.hpp>

#include "support/heap_calls.hpp"

using namespace vidimus;

TEST_CASE("shared values compare as what they hold", "[shared_value]") {
  using word = inline_text<16>;
  const shared_value<word> none, empty{word()}, a{word("a")}, also{word("a")}, b{word("b")};
  CHECK_FALSE(none);
  CHECK((none == empty && none->empty()));
  CHECK((a == also && a <= also));
  CHECK((a != b && a < b && none < a));
}

TEST_CASE("who asks for the same value again is given the same", "[shared_value]") {
  sharer<std::string> share;
  const auto first = share("a");
  const auto second = share("a");
  CHECK(&*first == &*second);
  const auto other = share("b");
  CHECK(*other == "b");
  CHECK(*first == "a");
  const auto before = support::heap_calls();
  const auto again = share("b");
  const auto after = support::heap_calls();
  CHECK(before == after);
  CHECK(&*again == &*other);
}
