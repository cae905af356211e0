// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "world.hpp"

namespace explore {

const std::vector<bound>& bounds() {
  static const std::vector<bound> all{
      {"messages", &world::messages},
      {"conditional", &world::conditional},
      {"report", &world::report},
      {"all", &world::all},
      {"syncs", &world::syncs},
      {"probes", &world::probes},
      {"altered", &world::altered},
      {"cuts", &world::cuts},
      {"detaches", &world::detaches},
      {"close", &world::close},
      {"withdraw", &world::withdraw},
      {"sender-ends", &world::sender_ends},
      {"server-ends", &world::server_ends},
      {"hold", &world::hold},
      {"refuse", &world::refuse},
      {"waits", &world::waits},
      {"ordered", &world::ordered},
      {"quick", &world::quick},
      {"sender-crashes", &world::sender_crashes},
      {"server-crashes", &world::server_crashes},
      {"receiver-crashes", &world::receiver_crashes},
      {"sender-old", &world::sender_old},
      {"server-old", &world::server_old},
      {"server-lost", &world::server_lost},
      {"receiver-lost", &world::receiver_lost},
      {"ends", &world::ends},
      {"late", &world::late},
      {"progress", &world::progress},
  };
  return all;
}

std::vector<world> worlds(bool all) {
  std::vector<world> out;
  out.push_back({.name = "one",
                 .model = "p01",
                 .syncs = 3,
                 .probes = 3,
                 .cuts = 1,
                 .detaches = 1,
                 .quick = 1});
  out.push_back({.name = "one-altered", .syncs = 2, .probes = 2, .altered = 2});
  out.push_back({.name = "one-ends",
                 .model = "p16",
                 .syncs = 3,
                 .probes = 2,
                 .cuts = 1,
                 .withdraw = 1,
                 .sender_ends = 1,
                 .server_ends = 1,
                 .hold = 1});
  out.push_back({.name = "one-silent",
                 .report = 0,
                 .syncs = 3,
                 .probes = 2,
                 .cuts = 1,
                 .withdraw = 1,
                 .sender_ends = 1,
                 .server_ends = 1,
                 .hold = 1});
  out.push_back({.name = "one-refused",
                 .syncs = 3,
                 .probes = 2,
                 .detaches = 1,
                 .withdraw = 1,
                 .refuse = 1,
                 .receiver_crashes = 1});
  out.push_back({.name = "one-sender-dies",
                 .syncs = 3,
                 .probes = 2,
                 .withdraw = 1,
                 .sender_ends = 1,
                 .sender_crashes = 2});
  out.push_back({.name = "one-server-dies",
                 .syncs = 3,
                 .probes = 2,
                 .withdraw = 1,
                 .server_ends = 1,
                 .hold = 1,
                 .server_crashes = 2});
  out.push_back({.name = "one-receiver-dies",
                 .syncs = 2,
                 .probes = 3,
                 .withdraw = 1,
                 .server_ends = 1,
                 .refuse = 1,
                 .receiver_crashes = 2});
  out.push_back({.name = "one-all-die",
                 .syncs = 2,
                 .probes = 2,
                 .withdraw = 1,
                 .sender_ends = 1,
                 .server_ends = 1,
                 .sender_crashes = 1,
                 .server_crashes = 1,
                 .receiver_crashes = 1});
  out.push_back({.name = "one-server-lost",
                 .model = "p23",
                 .syncs = 4,
                 .probes = 3,
                 .withdraw = 1,
                 .sender_ends = 1,
                 .server_lost = 1});
  out.push_back({.name = "one-receiver-lost",
                 .model = "p26",
                 .syncs = 3,
                 .probes = 3,
                 .withdraw = 1,
                 .sender_ends = 1,
                 .receiver_crashes = 1,
                 .receiver_lost = 1});
  out.push_back({.name = "one-both-lost",
                 .model = "p25",
                 .syncs = 4,
                 .probes = 3,
                 .server_lost = 1,
                 .receiver_lost = 1});
  out.push_back({.name = "one-sender-old",
                 .syncs = 3,
                 .probes = 2,
                 .withdraw = 1,
                 .sender_ends = 1,
                 .sender_old = 1});
  out.push_back({.name = "one-server-old",
                 .syncs = 4,
                 .probes = 3,
                 .withdraw = 1,
                 .sender_ends = 1,
                 .server_old = 1});
  out.push_back({.name = "one-server-old-dies",
                 .syncs = 3,
                 .probes = 2,
                 .withdraw = 1,
                 .server_crashes = 1,
                 .server_old = 1});
  // an endpoint that has the message may never answer, another refuses: only the lifetime ends it
  out.push_back({.name = "one-server-old-refused",
                 .syncs = 3,
                 .probes = 3,
                 .refuse = 1,
                 .server_old = 1,
                 .receiver_lost = 1,
                 .progress = 0});
  out.push_back({.name = "one-end-to-end",
                 .syncs = 2,
                 .probes = 2,
                 .withdraw = 1,
                 .sender_crashes = 1,
                 .server_crashes = 1,
                 .receiver_crashes = 1,
                 .ends = 1});
  out.push_back({.name = "one-sealed",
                 .syncs = 2,
                 .probes = 2,
                 .withdraw = 1,
                 .sender_ends = 1,
                 .server_ends = 1,
                 .server_crashes = 1,
                 .ends = 2});
  out.push_back({.name = "two-sealed", .messages = 2, .syncs = 2, .probes = 1, .ends = 2});
  out.push_back({.name = "one-conditional",
                 .model = "p02",
                 .conditional = 1,
                 .syncs = 3,
                 .probes = 2,
                 .cuts = 1,
                 .withdraw = 1,
                 .sender_ends = 1,
                 .server_ends = 1});
  out.push_back({.name = "one-conditional-silent",
                 .conditional = 1,
                 .report = 0,
                 .syncs = 3,
                 .probes = 2,
                 .withdraw = 1,
                 .sender_ends = 1,
                 .server_ends = 1});
  out.push_back(
      {.name = "one-conditional-altered", .conditional = 1, .syncs = 2, .probes = 2, .altered = 2});
  out.push_back({.name = "one-conditional-dies",
                 .conditional = 1,
                 .syncs = 2,
                 .probes = 2,
                 .withdraw = 1,
                 .sender_ends = 1,
                 .server_ends = 1,
                 .sender_crashes = 1,
                 .server_crashes = 1,
                 .receiver_crashes = 1});
  out.push_back({.name = "one-conditional-old",
                 .conditional = 1,
                 .syncs = 3,
                 .probes = 2,
                 .withdraw = 1,
                 .sender_ends = 1,
                 .sender_old = 1});
  out.push_back({.name = "one-conditional-lost",
                 .model = "p24",
                 .conditional = 1,
                 .syncs = 4,
                 .probes = 3,
                 .withdraw = 1,
                 .sender_ends = 1,
                 .server_lost = 1});
  out.push_back({.name = "one-all",
                 .all = 1,
                 .syncs = 2,
                 .probes = 2,
                 .detaches = 1,
                 .withdraw = 1,
                 .server_ends = 1,
                 .refuse = 1,
                 .server_crashes = 1,
                 .receiver_crashes = 1});
  // the endpoint that had to take it is no more: only the lifetime ends that
  out.push_back({.name = "one-all-receiver-lost",
                 .all = 1,
                 .syncs = 2,
                 .probes = 3,
                 .withdraw = 1,
                 .server_ends = 1,
                 .server_crashes = 1,
                 .receiver_lost = 1,
                 .progress = 0});
  out.push_back({.name = "two-conditional",
                 .model = "p10",
                 .messages = 2,
                 .conditional = 1,
                 .syncs = 2,
                 .probes = 2});
  out.push_back(
      {.name = "three-conditional", .messages = 3, .conditional = 2, .syncs = 1, .probes = 1});
  out.push_back({.name = "two", .model = "p09", .messages = 2, .syncs = 2, .probes = 2});
  out.push_back({.name = "one-closed", .cuts = 1, .close = 1, .withdraw = 1, .server_crashes = 1});
  out.push_back({.name = "two-closed", .messages = 2, .syncs = 2, .probes = 1, .close = 1});
  out.push_back(
      {.name = "two-sender-dies", .messages = 2, .syncs = 2, .probes = 1, .sender_crashes = 1});
  out.push_back({.name = "two-sender-old",
                 .model = "p08",
                 .messages = 2,
                 .syncs = 2,
                 .probes = 1,
                 .sender_old = 1});
  out.push_back({.name = "two-silent-server-dies",
                 .messages = 2,
                 .report = 0,
                 .syncs = 2,
                 .probes = 1,
                 .server_crashes = 1});
  out.push_back({.name = "two-ordered",
                 .messages = 2,
                 .syncs = 1,
                 .probes = 1,
                 .withdraw = 1,
                 .ordered = 2,
                 .receiver_crashes = 1});
  // what the server says in one range then, the sender cannot compare: one of it ended before
  out.push_back({.name = "three-sender-dies-server-old",
                 .messages = 3,
                 .report = 2,
                 .syncs = 2,
                 .probes = 1,
                 .sender_crashes = 1,
                 .server_old = 1,
                 .late = 1});
  out.push_back({.name = "one-receipts-wait",
                 .syncs = 2,
                 .probes = 2,
                 .detaches = 1,
                 .withdraw = 1,
                 .server_ends = 1,
                 .waits = 1,
                 .receiver_crashes = 1});
  if (all) {
    out.push_back({.name = "one-bare"});
    out.push_back({.name = "three-sender-dies-server-old-withdrawn",
                   .messages = 3,
                   .report = 2,
                   .syncs = 2,
                   .probes = 1,
                   .withdraw = 1,
                   .sender_crashes = 1,
                   .server_old = 1,
                   .late = 1});
    out.push_back(
        {.name = "two-receipts-wait", .messages = 2, .syncs = 1, .probes = 1, .waits = 1});
    out.push_back({.name = "two-silent-server-dies-withdrawn",
                   .messages = 2,
                   .report = 0,
                   .syncs = 2,
                   .probes = 1,
                   .withdraw = 1,
                   .server_crashes = 1});
    out.push_back({.name = "two-ordered-asked",
                   .messages = 2,
                   .syncs = 1,
                   .probes = 2,
                   .withdraw = 1,
                   .ordered = 2});
    out.push_back({.name = "two-ends",
                   .messages = 2,
                   .syncs = 2,
                   .probes = 1,
                   .withdraw = 1,
                   .sender_ends = 1});
    out.push_back({.name = "one-all-die-long",
                   .syncs = 3,
                   .probes = 3,
                   .withdraw = 1,
                   .sender_ends = 1,
                   .server_ends = 1,
                   .sender_crashes = 1,
                   .server_crashes = 1,
                   .receiver_crashes = 1});
    out.push_back({.name = "one-all-lost-all-die",
                   .syncs = 3,
                   .probes = 3,
                   .withdraw = 1,
                   .sender_crashes = 1,
                   .server_crashes = 1,
                   .receiver_crashes = 1,
                   .server_lost = 1,
                   .receiver_lost = 1});
    out.push_back({.name = "one-sender-old-server-lost",
                   .syncs = 4,
                   .probes = 2,
                   .withdraw = 1,
                   .sender_old = 1,
                   .server_lost = 1});
    out.push_back({.name = "two-server-lost",
                   .model = "p22",
                   .messages = 2,
                   .syncs = 3,
                   .probes = 2,
                   .server_lost = 1});
    out.push_back({.name = "two-receiver-lost",
                   .messages = 2,
                   .syncs = 2,
                   .probes = 2,
                   .receiver_crashes = 1,
                   .receiver_lost = 1});
    out.push_back({.name = "two-server-dies",
                   .messages = 2,
                   .syncs = 2,
                   .probes = 2,
                   .withdraw = 1,
                   .hold = 1,
                   .server_crashes = 1});
  }
  add_worlds_of_the_model(out, all);
  return out;
}

}  // namespace explore
