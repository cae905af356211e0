// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_TOOLS_EXAMPLES_FLOWS_HPP
#define VIDIMUS_DOCS_TOOLS_EXAMPLES_FLOWS_HPP

#include "stage.hpp"

/// The flows of docs/protocol.md, sections 6.2 and 6.3, each as the page shows it.
namespace examples {

inline const std::string hello = "<body>Hello &amp; welcome</body>";
inline const std::string place = "<x xmlns='jabber:x:oob'><url>https://example.org/a</url></x>";

/// A stage on which one message was delivered already, so that memories are known.
struct opened : stage {
  explicit opened(sender_limits sl = strict(sender_limits{}),
                  server_limits vl = strict(server_limits{}), std::uint32_t lifetime_s = 86400)
      : stage(sl, vl) {
    open(lifetime_s);
  }
  explicit opened(bool sealed) {
    give_ends(sealed);
    open(86400);
  }

 private:
  void open(std::uint32_t lifetime_s) {
    attach();
    link_up();
    composing how;
    how.lifetime_s = lifetime_s;
    const auto first = submit("<body>the first one</body>", how);
    for (all_arrive(); !has_outcome(first); all_arrive()) next_deadline();
    expect_outcome(first, outcome::delivered);
  }
};

inline std::string delivered() {
  stage s;
  s.attach();
  s.link_up();
  const auto name = s.submit(hello, {}, false, place);
  s.arrives<vidimus::sync>(relay, "the sender asks for the server's memory and state ...");
  s.arrives<receipt>(
      alice,
      "... and the server answers a snapshot: its memory, its limit, and that it holds nothing");
  s.arrives<check>(relay, "S1: the message and its first check code");
  s.arrives<receipt>(alice,
                     "S2: the re-check code agreed, custody is durable: number 1 is verified");
  s.arrives<execute>(relay, "S3: the bind agrees, the decision is durable: execute number 1");
  s.arrives<receipt>(alice, "the command is durable: number 1 is executed");
  s.arrives<vidimus::sync>(
      bob, "the server asks the endpoint for its memory and what it knows of number 1 ...");
  s.arrives<receipt>(relay, "... which is nothing");
  s.arrives<check>(bob, "S4: the message and the re-check code");
  s.arrives<receipt>(
      relay, "S5: the final check code agreed, the application took it: number 1 is delivered");
  s.arrives<receipt>(alice, "S6: the server has stored the final receipt, and tells the sender");
  s.expect_silence();
  s.expect_outcome(name, outcome::delivered);
  s.say("the sender reports: delivered");
  return s.shown();
}

inline std::string offline() {
  opened s;
  s.detach();
  const auto name = s.submit("<body>Are you there?</body>");
  s.arrives<check>(relay, "S1");
  s.arrives<receipt>(alice, "S2");
  s.arrives<execute>(relay, "S3");
  s.arrives<receipt>(alice, "executed: the server holds the message, for no endpoint is attached");
  s.expect_silence();
  s.say("hours later the receiver comes back; its server tells the relay by presence");
  s.pass(seconds(7200));
  s.all_arrive();
  s.attach();
  s.arrives<vidimus::sync>(bob, "what does this endpoint know of number 2?");
  s.arrives<receipt>(relay, "nothing; the memory is the same as before");
  s.arrives<check>(bob, "S4");
  s.arrives<receipt>(relay, "S5");
  s.arrives<receipt>(alice, "S6");
  s.expect_silence();
  s.expect_outcome(name, outcome::delivered);
  s.say("the sender reports: delivered");
  return s.shown();
}

inline std::string altered() {
  opened s;
  const auto name = s.submit("<body>Pay 10 to Carol</body>");
  s.is_altered<check>(relay, "S1; on the way 10 becomes 90", "Pay 10", "Pay 90");
  s.arrives<receipt>(alice,
                     "S2: the codes differ. The verdict names the code that came, a fingerprint, "
                     "and what parts arrived");
  s.arrives<check>(relay, "S3: the message is sent again, as the second attempt");
  s.arrives<receipt>(alice, "S2: verified");
  s.all_arrive();
  s.expect_outcome(name, outcome::delivered);
  s.say("from here on as before; the sender reports: delivered");
  return s.shown();
}

inline std::string link_lost() {
  opened s;
  const auto one = s.submit("<body>one</body>");
  s.arrives<check>(relay, "S1 of number 2");
  s.is_lost<receipt>(alice, "S2: lost, for the sender's link breaks");
  s.link_down();
  const auto two = s.submit("<body>two</body>");
  s.expect_silence();
  s.say("number 3 is submitted while there is no link: it waits. Then the link is restored");
  s.link_up();
  s.arrives<vidimus::sync>(relay,
                           "one sync for the conversation; it says that numbers up to 3 exist, and "
                           "number 1 has its outcome");
  s.arrives<receipt>(alice, "one snapshot: number 2 is verified, and number 3 did not come");
  s.arrives<check>(relay, "so number 3 needs its message, ...");
  s.arrives<execute>(relay, "... and number 2 its command");
  s.all_arrive();
  s.expect_outcome(one, outcome::delivered);
  s.expect_outcome(two, outcome::delivered);
  s.say("from here on as before; the sender reports both: delivered");
  return s.shown();
}

inline std::string withdrawn() {
  opened s;
  s.detach();
  const auto name = s.submit("<body>Never mind</body>");
  s.arrives<check>(relay, "S1");
  s.arrives<receipt>(alice, "S2");
  s.arrives<execute>(relay, "S3");
  s.arrives<receipt>(alice, "executed: the server holds the message, for no endpoint is attached");
  s.withdraw(name);
  s.expect_no_outcome(name);
  s.arrives<vidimus::withdraw>(relay,
                               "the application withdraws; a command is durable, so the server has "
                               "to say what becomes of it");
  s.arrives<receipt>(
      alice, "nothing was sent on hop 2 yet: number 2 is void, and will never be delivered");
  s.expect_silence();
  s.expect_outcome(name, outcome::withdrawn, reason::withdrawn);
  s.say("the sender reports: withdrawn");
  return s.shown();
}

inline std::string conditional() {
  opened s;
  const auto name = s.submit("<body>Quick</body>", {}, true);
  s.arrives<check>(relay, "S1 and S3 in one: the decision is durable before this is sent");
  s.arrives<receipt>(alice, "verified, and executed at once");
  s.arrives<check>(bob, "S4");
  s.arrives<receipt>(relay, "S5");
  s.arrives<receipt>(alice, "S6");
  s.expect_silence();
  s.expect_outcome(name, outcome::delivered);
  s.say("the sender reports: delivered");
  return s.shown();
}

inline std::string bundled() {
  opened s;
  const auto one = s.submit("<body>one</body>"), two = s.submit(hello, {}, false, place);
  s.arrives_together(relay, "S1 of two messages that the application wrote one after the other");
  s.arrives_together(alice, "S2 of both, from a server that lets no status wait");
  s.arrives_together(relay, "S3 of both");
  s.all_arrive();
  s.expect_outcome(one, outcome::delivered);
  s.expect_outcome(two, outcome::delivered);
  s.say("from here on as before; the sender reports both: delivered");
  return s.shown();
}

inline std::string batched() {
  sender_limits sl = strict(sender_limits{});
  sl.commands = {milliseconds(200), 64};
  server_limits vl = strict(server_limits{});
  vl.receipts = {milliseconds(200), 64};
  opened s(sl, vl);
  composing quiet;
  quiet.report = false;
  message_name last;
  for (const char* body : {"<body>one</body>", "<body>two</body>", "<body>three</body>"})
    last = s.submit(body, quiet);
  s.arrives<check>(relay,
                   "S1, three times; no report is asked (flag q). This is the first of them");
  s.all_arrive();
  s.until_somebody_speaks();
  s.arrives<receipt>(alice, "S2 of all three, 200 ms after the first was verified");
  s.until_somebody_speaks();
  s.arrives<execute>(relay, "S3 of all three, 200 ms after the first of them was decided");
  s.until_somebody_speaks();
  s.all_arrive();
  s.until_somebody_speaks();
  s.all_arrive();
  s.expect_outcome(last, outcome::executed);
  s.say("the sender reports each: executed, by the word of the server; S4 and S5 go on meanwhile");
  return s.shown();
}

inline std::string end_to_end() {
  opened s(false);
  const auto name = s.submit("<body>For Bob alone to confirm</body>");
  s.arrives<check>(relay,
                   "S1: the text has the second code, made under the key e1 between the ends");
  s.arrives<receipt>(alice, "S2");
  s.arrives<execute>(relay, "S3");
  s.arrives<receipt>(alice, "executed");
  s.arrives<check>(bob, "S4: the second code is passed on unchanged");
  s.arrives<receipt>(relay, "S5: the endpoint proves under e1 what it delivered");
  s.arrives<receipt>(
      alice,
      "S6: the proof is passed on unchanged; without it delivered would say no more than executed");
  s.expect_silence();
  s.expect_outcome(name, outcome::delivered);
  s.say("the sender reports: delivered");
  return s.shown();
}

inline std::string sealed() {
  opened s(true);
  const auto name = s.submit("<body>Not before I say so</body>");
  s.arrives<check>(relay, "S1: the flag s, and no second code; nobody can deliver this yet");
  s.arrives<receipt>(alice, "S2");
  s.arrives<execute>(relay, "S3: the second code comes with the command");
  s.arrives<receipt>(alice, "executed");
  s.arrives<check>(bob, "S4");
  s.all_arrive();
  s.expect_outcome(name, outcome::delivered);
  s.say("from here on as before; the sender reports: delivered");
  return s.shown();
}

inline std::string listed() {
  opened s;
  composing how;
  how.cover.listed = true;
  how.cover.names = {{"jabber:x:oob", "x"}, {"urn:xmpp:message-correct:0", "replace"}};
  how.lifetime_s = 3600;
  const auto name =
      s.submit("<body>See there</body>", how, false, place + "<store xmlns='urn:xmpp:hints'/>");
  s.arrives<check>(relay,
                   "S1: the list of what is covered beside the body, for an hour; a correction "
                   "that somebody adds would be noticed, a payload that is not listed would not");
  s.all_arrive();
  s.expect_outcome(name, outcome::delivered);
  return s.shown();
}

}  // namespace examples

#endif
