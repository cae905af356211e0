// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <vidimus/fsm/coverage.hpp>

#include "parcel.hpp"

namespace {

using namespace parcel;
using names = std::vector<std::string>;

}  // namespace

TEST_CASE("coverage names what was not reached", "[coverage]") {
  fsm::coverage seen{table};
  CHECK(seen.reached_count() == 0);
  CHECK(seen.reachable_count() == 8);
  CHECK(seen.missing_cells().size() == 8);
  CHECK(seen.missing_rows().size() == rows.size());

  seen.mark(state::packed, input::post);
  seen.mark(state::packed, input::scan);
  seen.mark(state::sent, input::post);
  seen.mark(state::sent, input::post);
  CHECK(seen.reached_count() == 3);
  CHECK(seen.reached(state::packed, input::scan));
  CHECK_FALSE(seen.reached(state::packed, input::signature));
  CHECK(seen.missing_cells() ==
        names{"packed signature", "packed overdue", "sent scan", "sent signature", "sent overdue"});
  CHECK(seen.missing_rows() ==
        names{"packed overdue", "sent scan", "sent signature", "sent overdue"});
}

TEST_CASE("a row of several inputs is reached by any of them", "[coverage]") {
  fsm::coverage seen{table};
  CHECK(seen.missing_rows()[1] == "packed scan,signature");
  seen.mark(state::packed, input::signature);
  CHECK(seen.reached(rows[1]));
}

TEST_CASE("letters without a name are passed over", "[coverage]") {
  fsm::coverage seen{table};
  seen.mark(static_cast<state>(4), input::post);
  seen.mark(state::sent, static_cast<input>(4));
  CHECK(seen.reached_count() == 0);
  CHECK_FALSE(seen.reached(static_cast<state>(4), input::post));
}

TEST_CASE("coverage of several runs is their union", "[coverage]") {
  fsm::coverage one{table}, two{table};
  one.mark(state::packed, input::post);
  two.mark(state::packed, input::post);
  two.mark(state::sent, input::overdue);
  one.merge(two);
  CHECK(one.reached_count() == 2);
  CHECK(one == two);
}

TEST_CASE("coverage is written and read as lines", "[coverage]") {
  fsm::coverage one{table};
  one.mark(state::sent, input::overdue);
  one.mark(state::packed, input::post);
  CHECK(one.text() == "parcel packed post\nparcel sent overdue\n");

  fsm::coverage two{table};
  CHECK(two.read(one.text() + "\nletter written read\nparcel sent scan"));
  CHECK(two.reached_count() == 3);
  CHECK(two.reached(state::sent, input::scan));
  CHECK(fsm::coverage{table}.read(""));
}

TEST_CASE("a line that is not understood is told, the others are read", "[coverage]") {
  for (std::string line : {"parcel", "parcel sent", "parcel sent posted", "parcel gone post",
                           "parcel sent post ", "parcel  sent post", "parcel sent post twice"}) {
    CAPTURE(line);
    fsm::coverage seen{table};
    CHECK_FALSE(seen.read(line + "\nparcel sent scan\n"));
    CHECK(seen.reached_count() == 1);
  }
}
