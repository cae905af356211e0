// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// The same job three times over one server, with the same faults: with the library, without, and
// without but with receipts (XEP-0184). Then the books of both ends are compared.
#include <algorithm>
#include <cstdio>
#include <random>

#include "database.hpp"
#include "world.hpp"

namespace real {

namespace {

class broken : public world {
 public:
  explicit broken(const request& of)
      : world(of),
        asked_(of),
        database_(of.relays > 0),
        relays_(static_cast<std::size_t>(std::max(of.relays, 1))) {}

  int all() {
    try {
      start_server();
      write_secrets();
      with_library();
      if (asked_.relays == 0) {
        without_library(false);
        without_library(true);
      }
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
  struct step {
    long long at = 0;  ///< messages
    std::function<void()> act;
  };

  // --- what happens at which message: drawn, and the same for each way --------------------------

  std::vector<step> breaks_and_restarts() {
    std::vector<step> out;
    std::mt19937_64 chance(asked_.seed);
    const auto drawn = [&] {
      const auto span = static_cast<std::uint64_t>(asked_.count * 85 / 100 + 1);
      return asked_.count * 5 / 100 + static_cast<long long>(chance() % span);
    };
    for (int i = 0; i < asked_.breaks; ++i)
      out.push_back({drawn(), [this] { mischief_->break_next(); }});
    out.push_back({asked_.count * 50 / 100, [this] { restart_server(true); }});
    out.push_back({asked_.count * 75 / 100, [this] { restart_server(false); }});
    return out;
  }
  /// `over`: nothing more is sent.
  void take_steps(std::vector<step> steps, const std::function<long long()>& reached,
                  const std::function<bool()>& over) {
    std::stable_sort(steps.begin(), steps.end(),
                     [](const step& a, const step& b) { return a.at < b.at; });
    for (const step& one : steps) {
      until("message " + std::to_string(one.at) + " is reached",
            [&] { return reached() >= one.at || over(); });
      one.act();
    }
    until("the last connection was broken",
          [&] { return mischief_->breaks_owed() == 0 || over(); });
  }

  // --- with the library ---------------------------------------------------------------------

  std::vector<std::string> sender_words() const {
    return {"--quick", "--count", std::to_string(asked_.count)};
  }
  void begin_relay(std::size_t which) {
    const auto place = database_.words();
    std::vector<std::string> words{"--quick"};
    words.insert(words.end(), place.begin(), place.end());
    relays_[which] = start_relay(words, "relay" + std::to_string(which) + ".out");
  }
  /// One after the other, where there are many.
  void kill_relay() {
    const std::size_t which = next_++ % relays_.size();
    relays_[which].kill();
    begin_relay(which);
  }
  void must_go_with_relays(std::vector<child*> others) {
    must_go = std::move(others);
    for (child& one : relays_) must_go.push_back(&one);
  }
  /// Both ends and the relay; the receiver comes last, so something waits for it.
  void kill_all() {
    must_go_with_relays({});
    receiver_.kill();
    sender_.kill();
    const auto before = sender_.lines_with("-- connected");
    sender_ = start_sender(sender_words());
    kill_relay();
    until("the new sender is connected, and nobody receives",
          [&] { return !sender_.goes() || sender_.lines_with("-- connected") > before; });
    receiver_ = start_receiver({"--quick"});
    must_go_with_relays({&receiver_, &sender_});
  }

  void with_library() {
    mischief_ = &begin_mischief();
    must_go_with_relays({&sender_});
    for (std::size_t i = 0; i < relays_.size(); ++i) begin_relay(i);
    sender_ = start_sender(sender_words());
    until("the relay owes deliveries to a receiver that was never there", [&] {
      return sender_.lines_with("executed, waits") >= std::min(20LL, asked_.count / 2);
    });
    receiver_ = start_receiver({"--quick"});
    must_go_with_relays({&receiver_, &sender_});
    auto steps = breaks_and_restarts();
    steps.push_back({asked_.count * 30 / 100, [this] { kill_all(); }});
    std::mt19937_64 chance(asked_.seed + 1);
    for (int i = 1; i < asked_.kills; ++i) {
      const auto span = static_cast<std::uint64_t>(asked_.count * 85 / 100 + 1);
      steps.push_back({asked_.count * 5 / 100 + static_cast<long long>(chance() % span),
                       [this] { kill_relay(); }});
    }
    take_steps(
        std::move(steps), [&] { return receiver_.lines_with("alice@localhost: message "); },
        [&] { return !sender_.goes(); });
    must_go_with_relays({&receiver_});  // the sender may come to its end
    mischief_->cease();
    until("the sender knows what became of all", [&] { return !sender_.goes(); });
    must_go.clear();
    end(receiver_);
    good_ = good_ && receiver_.code() == 0;
    for (child& one : relays_) {
      end(one);
      good_ = good_ && one.code() == 0;
    }
    if (sender_.code() != 0 && sender_.code() != 1) throw gave_up{"the sender did not end well"};
    const tally found = judge(dir(), good_);
    if (found.submitted != asked_.count) throw gave_up{"the books are not complete"};
    if ((sender_.code() == 0) != (found.told == 0)) throw gave_up{"the exit code says otherwise"};
    print(asked_.relays > 0 ? "Vidimus over PostgreSQL" : "Vidimus", found,
          "relay killed " + std::to_string(asked_.kills) + ", both ends 1");
    each_fault_came();
  }

  void each_fault_came() {
    for (std::size_t i = 0; i < fault_names.size(); ++i)
      if (mischief_->done()[i] == 0 && asked_.count >= 100 && asked_.breaks >= 7) {
        std::printf("nothing was %s: the run shows too little\n", fault_names[i]);
        good_ = false;
      }
  }

  // --- the same without it -------------------------------------------------------------------

  /// Sends a last message to somebody until it is heard: what stands behind all others may be lost
  /// in a dead connection as well.
  void say_last(const std::string& whom, child& listener, const std::string& last_word) {
    const bool to_bob = whom == "bob@localhost";
    for (int times = 0; listener.goes(); ++times) {
      if (times > 300) throw gave_up{"the last message was never heard by " + whom};
      child last =
          start_plain("plain-send",
                      plain_client(to_bob ? "alice@localhost/last" : "bob@localhost/last",
                                   clients_port(), {"--quick", "--to", whom, "--text", last_word}),
                      "plain-end.out");
      until("the last message is sent", [&] { return !last.goes(); });
    }
  }

  void without_library(bool receipts) {
    mischief_ = &begin_mischief();
    must_go.clear();
    const std::string name = receipts ? "receipts" : "plain", from_file = name + "-send.out",
                      to_file = name + "-receive.out", last_word = "last of " + name;
    std::vector<std::string> how{
        "--quick", "--to", "bob@localhost", "--count", std::to_string(asked_.count),
        "--pace",  "50",   "--last",        last_word};
    if (receipts) how.push_back("--receipts");
    child from = start_plain("plain-send", plain_client("alice@localhost/phone", alice_port, how),
                             from_file);
    must_go = {&from};
    // as before: first nobody is there
    until("some were sent to a receiver that was never there",
          [&] { return from.lines_with("sent ") >= std::min(20LL, asked_.count / 2); });
    how = {"--quick", "--last", last_word};
    if (receipts) how.push_back("--receipts");
    child to =
        start_plain("plain-receive", plain_client("bob@localhost/desk", bob_port, how), to_file);
    must_go = {&to};
    const auto all_sent = [&] { return from.lines_with("-- all sent") > 0; };
    take_steps(
        breaks_and_restarts(), [&] { return from.lines_with("sent "); }, all_sent);
    until("all were sent", all_sent);
    mischief_->cease();
    must_go.clear();
    say_last("bob@localhost", to, last_word);
    if (receipts) say_last("alice@localhost", from, last_word);
    until("the plain sender ends", [&] { return !from.goes(); });
    if (from.code() != 0 || to.code() != 0) throw gave_up{"a plain program did not end well"};
    const tally found =
        count_plain(path(to_file), receipts ? path(from_file) : std::string(), asked_.count);
    print(receipts ? "plain with receipts" : "plain messages", found, "nothing else killed");
    if (found.altered + found.doubled + found.lost == 0 && asked_.count >= 100) {
      std::printf("plain messages were not harmed: the run shows too little\n");
      good_ = false;
    }
  }

  void print(const char* way, const tally& t, const std::string& killed) {
    std::printf("| %s | %s | %lld | %lld | %lld | %lld | %lld | %lld | %lld | %lld |\n",
                asked_.server.c_str(), way, t.submitted, t.intact, t.doubled, t.altered, t.told,
                t.lost, t.wrong_no, t.wrong_yes);
    std::string faults;
    for (std::size_t i = 0; i < fault_names.size(); ++i)
      faults += std::string(", ") + fault_names[i] + ' ' + std::to_string(mischief_->done()[i]);
    std::fflush(stdout);
    std::fprintf(stderr, "%s, %s: XMPP server killed 1, restarted 1, %s%s\n", asked_.server.c_str(),
                 way, killed.c_str(), faults.c_str());
  }

  request asked_;
  mischief* mischief_ = nullptr;
  database database_;
  std::vector<child> relays_;
  std::size_t next_ = 0;  ///< of them, to be killed
  child sender_, receiver_;
  bool good_ = true;
};

}  // namespace

int run_broken(const request& of) {
  std::printf(
      "| server | way | submitted | arrived intact | twice or more | altered | told | lost | "
      "told no, and arrived | told yes, and lost |\n|---|---|---|---|---|---|---|---|---|---|\n");
  return broken(of).all();
}

}  // namespace real
