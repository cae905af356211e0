// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <algorithm>
#include <vidimus/fsm/render.hpp>

#include "parcel.hpp"

using namespace parcel;

TEST_CASE("a table as a picture", "[render]") {
  CHECK(fsm::mermaid(table) == R"(stateDiagram-v2
    [*] --> packed
    packed --> sent: post
    packed --> lost: overdue
    sent --> sent: scan
    sent --> arrived: signature
    sent --> lost: overdue
    arrived --> [*]
    lost --> [*]
)");
}

TEST_CASE("a table as a page", "[render]") {
  CHECK(fsm::markdown(table) == R"(# parcel

Start: `packed`. Ends: `arrived`, `lost`.

```mermaid
)" + fsm::mermaid(table) + R"(```

## packed

| input | next state | actions | clause |
|---|---|---|---|
| `post` | `sent` | `persist`, `transmit` | p1.send |
| `overdue` | `lost` | `report` | p3.give_up |

Refused: `scan`, `signature` (p1.send).

## sent

| input | next state | actions | clause |
|---|---|---|---|
| `scan` | `sent` | `persist` | p2.receive |
| `signature` | `arrived` | `persist`, `report` | p2.receive |
| `overdue` | `lost` | `report` | p3.give_up |

Ignored: `post` (p1.send).

## arrived

An end: nothing happens any more.

## lost

An end: nothing happens any more.
)");
}

TEST_CASE("inputs of one clause are folded together", "[render]") {
  auto page = fsm::markdown(table_of(std::to_array<row>({
      row::ignore(state::packed, input::signature, clause::send),
      row::ignore(state::packed, input::scan, clause::receive),
      row::ignore(state::packed, input::post, clause::send),
      {state::packed, input::overdue, state::lost, {}, clause::give_up},
  })));
  CHECK(page.find("\nIgnored: `post`, `signature` (p1.send); `scan` (p2.receive).\n") !=
        std::string::npos);
  CHECK(page.find("| `overdue` | `lost` | none | p3.give_up |\n") != std::string::npos);
}

TEST_CASE("the page does not depend on the order of the rows", "[render]") {
  auto turned = rows;
  std::reverse(turned.begin(), turned.end());
  CHECK(fsm::markdown(table_of(turned)) == fsm::markdown(table));
}
