// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "world.hpp"

namespace explore {

namespace {

void add_those_that_take_long(std::vector<world>& out) {
  out.push_back({.name = "one-server-lost-cut",
                 .model = "p03",
                 .syncs = 4,
                 .probes = 3,
                 .cuts = 1,
                 .withdraw = 1,
                 .sender_ends = 1,
                 .server_lost = 1});
  out.push_back(
      {.name = "one-server-lost-twice", .model = "p04", .syncs = 4, .probes = 3, .server_lost = 2});
  out.push_back({.name = "one-all-lost",
                 .model = "p05",
                 .syncs = 4,
                 .probes = 3,
                 .withdraw = 1,
                 .sender_ends = 1,
                 .receiver_crashes = 1,
                 .server_lost = 1,
                 .receiver_lost = 1});
  out.push_back({.name = "one-conditional-all-lost",
                 .model = "p06",
                 .conditional = 1,
                 .syncs = 3,
                 .probes = 3,
                 .withdraw = 1,
                 .sender_ends = 1,
                 .receiver_crashes = 1,
                 .server_lost = 1,
                 .receiver_lost = 1});
  out.push_back({.name = "one-all-lost-cut",
                 .model = "p07",
                 .syncs = 4,
                 .probes = 3,
                 .cuts = 1,
                 .receiver_crashes = 1,
                 .server_lost = 1,
                 .receiver_lost = 1});
  out.push_back({.name = "two-conditional-server-lost",
                 .model = "p12",
                 .messages = 2,
                 .conditional = 2,
                 .syncs = 2,
                 .probes = 2,
                 .server_lost = 1});
  out.push_back({.name = "two-mixed-receiver-lost",
                 .model = "p13",
                 .messages = 2,
                 .conditional = 1,
                 .syncs = 1,
                 .probes = 2,
                 .receiver_crashes = 1,
                 .receiver_lost = 1});
  out.push_back({.name = "one-server-lost-hold",
                 .model = "p18",
                 .syncs = 4,
                 .probes = 2,
                 .withdraw = 1,
                 .hold = 1,
                 .server_lost = 1});
  out.push_back({.name = "two-mixed-server-lost",
                 .model = "p21",
                 .messages = 2,
                 .conditional = 1,
                 .syncs = 2,
                 .probes = 2,
                 .server_lost = 1});
  out.push_back({.name = "three", .messages = 3, .syncs = 1, .probes = 1});
}

}  // namespace

/// As far as none of the others has all that may happen in them.
void add_worlds_of_the_model(std::vector<world>& out, bool all) {
  out.push_back({.name = "two-ordered-ends",
                 .model = "p11",
                 .messages = 2,
                 .syncs = 1,
                 .probes = 1,
                 .withdraw = 1,
                 .sender_ends = 1,
                 .ordered = 2});
  out.push_back({.name = "one-silent-receiver-dies",
                 .model = "p14",
                 .report = 0,
                 .syncs = 3,
                 .probes = 2,
                 .cuts = 1,
                 .receiver_crashes = 1});
  out.push_back({.name = "one-receiver-lost-cut",
                 .model = "p17",
                 .syncs = 3,
                 .probes = 3,
                 .cuts = 1,
                 .receiver_crashes = 1,
                 .receiver_lost = 1});
  out.push_back({.name = "one-sender-old-cut",
                 .model = "p19",
                 .syncs = 3,
                 .probes = 2,
                 .cuts = 1,
                 .withdraw = 1,
                 .sender_old = 1});
  out.push_back({.name = "one-conditional-old-lost",
                 .model = "p20",
                 .conditional = 1,
                 .syncs = 3,
                 .probes = 2,
                 .sender_old = 1,
                 .server_lost = 1});
  if (all) add_those_that_take_long(out);
}

}  // namespace explore
