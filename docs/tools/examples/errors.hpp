// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_TOOLS_EXAMPLES_ERRORS_HPP
#define VIDIMUS_DOCS_TOOLS_EXAMPLES_ERRORS_HPP

#include "flows.hpp"

/// The flows of docs/protocol.md, section 6.4, each as the page shows it.
namespace examples {

inline std::string altered_alike() {
  opened s;
  const auto name = s.submit("<body>Rock &amp; roll</body>");
  const char *sent = "Rock &amp; roll", *came = "Rock and roll";
  s.is_altered<check>(relay, "S1; somebody on the way spells &amp; as a word, each time", sent,
                      came);
  s.arrives<receipt>(alice, "S2: altered");
  s.is_altered<check>(relay, "S3: again, and altered as before", sent, came);
  s.arrives<receipt>(alice, "S2: altered, with the same fingerprint");
  s.expect_outcome(name, outcome::failed, reason::altered_in_transit);
  s.say(
      "two attempts altered alike: the sender reports failed(altered), at once, and tells the "
      "server");
  s.arrives<vidimus::withdraw>(relay, "nobody waits for the answer");
  return s.shown();
}

inline std::string other_memory() {
  opened s;
  s.detach();
  const auto name = s.submit("<body>Keep this</body>");
  s.arrives<check>(relay, "S1");
  s.lose_server_store();
  s.say("the server has custody; then its disk is lost, and it begins anew with an empty store");
  s.is_lost<receipt>(alice, "S2, sent before: lost with the connection");
  s.until_somebody_speaks();
  s.arrives<vidimus::sync>(relay, "the sender's timer asks, under the memory that it knows");
  s.arrives<receipt>(alice, "a snapshot under a new memory, which knows nothing of number 2");
  s.arrives<check>(relay, "so the message is sent again, to the new memory");
  s.arrives<receipt>(alice, "verified");
  s.attach();
  s.all_arrive();
  s.expect_outcome(name, outcome::delivered);
  s.say("from here on as before; the sender reports: delivered");
  return s.shown();
}

inline std::string challenged() {
  opened s;
  s.pass(seconds(10));
  s.lose_server_store();
  const auto name = s.submit("<body>Anybody there?</body>", {}, false, {}, "carol@example.net");
  s.say("the server's store was lost, and the sender does not know; a new conversation begins");
  s.arrives<check>(relay, "S1, under the memory that was");
  s.arrives<challenge>(
      alice,
      "a valid code, but another memory: no effect, and a challenge that names the current one");
  s.arrives<vidimus::sync>(relay, "a challenge changes no belief; it makes the sender ask");
  s.arrives<receipt>(alice, "only the snapshot is believed");
  s.arrives<check>(relay, "S1 again, under the current memory");
  s.arrives<receipt>(alice, "verified; from here on as before");
  s.expect_no_outcome(name);
  return s.shown();
}

inline std::string refused() {
  opened s;
  s.accepts = false;
  const auto name = s.submit("<body>Buy now</body>");
  s.arrives<check>(relay, "S1");
  s.arrives<receipt>(alice, "S2");
  s.arrives<execute>(relay, "S3");
  s.arrives<receipt>(alice, "executed");
  s.arrives<check>(bob, "S4");
  s.arrives<receipt>(relay, "S5: the codes agree, but the application refuses the message");
  s.arrives<receipt>(alice, "S6: it was sent to no other endpoint, so it is void");
  s.expect_silence();
  s.expect_outcome(name, outcome::failed, reason::refused_by_host);
  s.say("the sender reports: failed(refused-by-host)");
  return s.shown();
}

inline std::string not_taken() {
  server_limits vl = strict(server_limits{});
  vl.lifetime_max_s = 3600;
  opened s(strict(sender_limits{}), vl, 3600);
  const auto name = s.submit("<body>Some time today</body>");
  s.arrives<check>(relay, "S1: a day, where this server keeps nothing longer than an hour");
  s.arrives<receipt>(alice, "void before custody");
  s.expect_silence();
  s.expect_outcome(name, outcome::failed, reason::not_allowed);
  s.say("the sender reports: failed(not-allowed)");
  return s.shown();
}

inline std::string busy() {
  server_limits vl = strict(server_limits{});
  vl.conversations_per_peer = 1;
  stage s(strict(sender_limits{}), vl);
  s.link_up();
  const auto first = s.submit("<body>for Bob, who is away</body>");
  s.all_arrive();
  s.expect_no_outcome(first);
  const auto name = s.submit("<body>Hello, Carol</body>", {}, false, {}, "carol@example.net");
  s.arrives<check>(relay, "a second conversation, at a server that holds one for each sender");
  s.arrives<receipt>(alice, "refused, not finally; the sender asks again after 30 s");
  s.expect_no_outcome(name);
  return s.shown();
}

inline std::string uncertain() {
  opened s;
  composing brief;
  brief.lifetime_s = 60;
  const auto name = s.submit("<body>Within a minute</body>", brief);
  s.arrives<check>(relay, "S1: to be delivered within 60 seconds");
  s.arrives<receipt>(alice, "S2");
  s.is_lost<execute>(relay, "S3: lost, and nothing arrives from now on");
  for (int most = 100; most > 0 && !s.has_outcome(name); --most) {
    s.next_deadline();
    s.all_are_lost();
  }
  s.expect_outcome(name, outcome::uncertain);
  s.say(
      "the sender's timer has asked in vain. At the end of the lifetime and the grace time it "
      "reports: uncertain; for the server may have the command");
  return s.shown();
}

}  // namespace examples

#endif
