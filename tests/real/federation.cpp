// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// Two servers: the sender and the relay at one, the receiver at the other. The streams between the
// servers meet the faults, with what is on them, while servers and programs go on and know nothing
// of it. The same job with the library and without.
#include <cstdio>

#include "world.hpp"

namespace real {

namespace {

class federation : public world {
 public:
  explicit federation(const request& of) : world(of), asked_(of) {}

  int all() {
    try {
      mischief_ = &start_joined_servers();
      write_secrets();
      with_library();
      before_ = mischief_->done();
      without_library();
      must_go.clear();
      stop_server();
    } catch (const gave_up& e) {
      std::printf("GAVE UP: %s\n", e.why.c_str());
      good_ = false;
    }
    if (!good_) {
      keep();
      std::printf("seed %llu; all of it in %s\n", static_cast<unsigned long long>(asked_.seed),
                  dir().c_str());
    }
    return good_ ? 0 : 1;
  }

 private:
  /// One break after so many messages, each when the one before has happened.
  void break_again_and_again(const std::function<long long()>& reached,
                             const std::function<bool()>& over) {
    for (int i = 0; i < asked_.breaks; ++i) {
      const long long at = asked_.count * (i + 1) / (asked_.breaks + 1);
      until("the streams between the servers were broken, and messages come again",
            [&] { return (reached() >= at && mischief_->breaks_owed() == 0) || over(); });
      if (!over()) mischief_->break_next();
    }
    until("the last stream was broken", [&] { return mischief_->breaks_owed() == 0 || over(); });
  }

  /// What the relay sends comes back as errors, so it takes the receiver for gone; then it hears
  /// that he is there, by the stream that still goes.
  void send_back(child& relay) {
    const auto before = relay.lines_with("-- here: bob");
    cut_off_bob(true);
    until("a receiver that is taken for gone says again that it is there",
          [&] { return relay.lines_with("-- here: bob") > before; });
    cut_off_bob(false);
  }

  void with_library() {
    child relay = start_relay({"--quick", "--single"});
    child receiver = start_receiver({"--quick", "--single"});
    must_go = {&relay, &receiver};
    until("the relay knows the receiver", [&] { return relay.lines_with("-- here: bob") > 0; });
    child sender =
        start_sender({"--quick", "--pace", "100", "--count", std::to_string(asked_.count)});
    until("a message has come", [&] { return receiver.lines_with(": message ") > 0; });
    send_back(relay);
    break_again_and_again([&] { return receiver.lines_with("alice@localhost: message "); },
                          [&] { return !sender.goes(); });
    until("the sender knows what became of all", [&] { return !sender.goes(); });
    must_go.clear();
    end(receiver);
    end(relay);
    good_ = good_ && receiver.code() == 0 && relay.code() == 0;
    if (sender.code() != 0 && sender.code() != 1) throw gave_up{"the sender did not end well"};
    const tally found = judge(dir(), good_);
    if (found.submitted != asked_.count) throw gave_up{"the books are not complete"};
    if ((sender.code() == 0) != (found.told == 0)) throw gave_up{"the exit code says otherwise"};
    print("Vidimus", found, {});
    if (found.intact != asked_.count) says("BROKEN: not every message was delivered");
    // a stream between servers goes one way: no receipt is seen on it that could be forged
    for (std::size_t i = 0; i < fault_names.size(); ++i)
      if (mischief_->done()[i] == 0 && i != static_cast<std::size_t>(fault::forged) &&
          asked_.count >= 100 && asked_.breaks >= 7)
        says(std::string("nothing was ") + fault_names[i] + ": the run shows too little");
  }

  void without_library() {
    const std::string last_word = "last of plain", bob = "bob@" + elsewhere;
    child to = start_plain("plain-receive",
                           plain_client(bob + "/desk", bob_port, {"--quick", "--last", last_word}),
                           "plain-receive.out");
    must_go = {&to};
    until("the plain receiver is there", [&] { return to.lines_with("-- there") > 0; });
    child from = start_plain("plain-send",
                             plain_client("alice@localhost/phone", alice_port,
                                          {"--quick", "--to", bob, "--pace", "200", "--count",
                                           std::to_string(asked_.count)}),
                             "plain-send.out");
    const auto over = [&] { return !from.goes(); };
    break_again_and_again([&] { return from.lines_with("sent "); }, over);
    until("all were sent", over);
    mischief_->cease();
    must_go.clear();
    for (int times = 0; to.goes(); ++times) {
      if (times > 300) throw gave_up{"the last message was never heard"};
      child last = start_plain("plain-send",
                               plain_client("alice@localhost/last", alice_port,
                                            {"--quick", "--to", bob, "--text", last_word}),
                               "plain-end.out");
      until("the last message is sent", [&] { return !last.goes(); });
    }
    if (from.code() != 0 || to.code() != 0) throw gave_up{"a plain program did not end well"};
    const tally found = count_plain(path("plain-receive.out"), {}, asked_.count);
    print("plain messages", found, before_);
    if (found.altered + found.doubled + found.lost == 0 && asked_.count >= 100)
      says("plain messages were not harmed: the run shows too little");
  }

  void says(const std::string& what) {
    std::printf("%s\n", what.c_str());
    good_ = false;
  }

  void print(const char* way, const tally& t, const fault_counts& before) {
    std::printf("| %s to %s | %s | %lld | %lld | %lld | %lld | %lld | %lld | %lld | %lld |\n",
                asked_.server.c_str(), asked_.other.c_str(), way, t.submitted, t.intact, t.doubled,
                t.altered, t.told, t.lost, t.wrong_no, t.wrong_yes);
    std::string faults;
    for (std::size_t i = 0; i < fault_names.size(); ++i)
      faults += std::string(i == 0 ? "" : ", ") + fault_names[i] + ' ' +
                std::to_string(mischief_->done()[i] - before[i]);
    std::fflush(stdout);
    std::fprintf(stderr, "%s to %s, %s: %s\n", asked_.server.c_str(), asked_.other.c_str(), way,
                 faults.c_str());
  }

  request asked_;
  mischief* mischief_ = nullptr;
  fault_counts before_{};
  bool good_ = true;
};

}  // namespace

int run_federation(const request& of) {
  std::printf(
      "| server | way | submitted | arrived intact | twice or more | altered | told | lost | "
      "told no, and arrived | told yes, and lost |\n|---|---|---|---|---|---|---|---|---|---|\n");
  return federation(of).all();
}

}  // namespace real
