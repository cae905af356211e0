// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// Real servers, real client libraries, real breakage: the example programs send, relay and receive
// over an XMPP server that this program starts, while it alters, replays, reorders and discards
// stanzas, breaks connections and kills processes. Then the books of both ends are compared; and
// the same again without the library, to show what it is for.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "proxy.hpp"
#include "real.hpp"
#include "servers.hpp"
#include "support/scratch_dir.hpp"

namespace real {

namespace {

constexpr auto usage =
    "real --server prosody|ejabberd [--programs DIR] [--count N] [--seed N] [--keep]\n";
/// For a state that is certain to come; a machine that needs so long does something else.
constexpr int seconds_most = 120;

struct request {
  std::string server, programs;
  long long count = 120;
  std::uint64_t seed = 0;
  bool keep = false;
};

/// Ends the run at once; what was written stays to be looked at.
struct gave_up {
  std::string why;
};

class run {
 public:
  explicit run(const request& of) : asked_(of) {
    if (of.keep) dir_.keep();
  }

  /// 0 good, 1 not.
  int all() {
    try {
      start();
      with_library();
      without_library();
      stop_server();
    } catch (const gave_up& e) {
      dir_.keep();
      std::printf("GAVE UP: %s (seed %llu; all of it in %s)\n", e.why.c_str(),
                  static_cast<unsigned long long>(asked_.seed), dir_.path().c_str());
      return 1;
    }
    if (!good_) {
      dir_.keep();
      std::printf("seed %llu; all of it in %s\n", static_cast<unsigned long long>(asked_.seed),
                  dir_.path().c_str());
    }
    return good_ ? 0 : 1;
  }

 private:
  // --- waiting: for states, never for times --------------------------------------------------

  void until(const std::string& what, const std::function<bool()>& is_so) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds_most);
    while (!is_so()) {
      if (std::chrono::steady_clock::now() > end) throw gave_up{"it never came to this: " + what};
      if (server_ && !server_->process.goes()) throw gave_up{"the XMPP server ended by itself"};
      for (auto* one : must_go_)
        if (!one->goes()) throw gave_up{"a process ended by itself, before this: " + what};
      std::vector<pollfd> on;
      for (const auto& one : proxies_) one->descriptors(on);
      ::poll(on.data(), on.size(), 10);
      for (const auto& one : proxies_) one->step();
    }
  }

  // --- the server ----------------------------------------------------------------------------

  void start() {
    for (int attempt = 0; attempt < 3; ++attempt) {  // somebody may have taken a port meanwhile
      const std::string dir = dir_ / (asked_.server + std::to_string(attempt));
      auto made = start_server(asked_.server, dir);
      if (!made) throw gave_up{"it is not installed"};
      until("the server takes connections or ends",
            [&] { return !made->process.goes() || is_ready(*made, dir); });
      if (!made->process.goes()) continue;
      server_ = std::move(made);
      return;
    }
    throw gave_up{"the XMPP server does not start"};
  }
  void stop_server() {
    child last = std::move(server_->process);
    server_.reset();
    last.ask_to_end();
    until("the server ends when it is asked to", [&] { return !last.goes(); });
  }

  // --- the run with the library --------------------------------------------------------------

  void write(const std::string& name, const std::string& text) {
    std::ofstream(dir_ / name) << text;
  }
  void write_secrets() {
    const std::string one(64, '1'), two(64, '2');
    write("password", password + '\n');
    write("secret", component_secret + '\n');
    write("relay.keys", "key alice@localhost hop-1 " + one + "\nkey bob@localhost hop-2 " + two);
    write("alice.keys", "key " + relay_address + " hop-1 " + one);
    write("bob.keys",
          "key " + relay_address + " hop-2 " + two + "\nallow " + relay_address + " @localhost");
  }
  proxy& passage(unsigned short to) {
    return *proxies_.emplace_back(std::make_unique<proxy>(to, *mischief_));
  }

  child start_program(const std::string& name, std::vector<std::string> more) {
    std::vector<std::string> command{asked_.programs + "/example-" + name};
    command.insert(command.end(), more.begin(), more.end());
    return {command, dir_.path(), dir_ / (name + ".out")};
  }
  void start_relay() {
    relay_ = start_program(
        "relay", {"--address", relay_address, "--secret-file", "secret", "--keys", "relay.keys",
                  "--store", "relay.db", "--port", std::to_string(relay_port_), "--quick"});
  }
  std::vector<std::string> client(const std::string& jid, unsigned short port) {
    return {"--jid",     jid,      "--password-file",    "password", "--host",
            "127.0.0.1", "--port", std::to_string(port), "--plain",  "--quick"};
  }
  void start_sender() {
    auto words = client("alice@localhost/phone", alice_port_);
    for (const std::string& word :
         {std::string("--relay"), relay_address, std::string("--to"), std::string("bob@localhost"),
          std::string("--keys"), std::string("alice.keys"), std::string("--store"),
          std::string("sender.db"), std::string("--count"), std::to_string(asked_.count)})
      words.push_back(word);
    sender_ = start_program("send", words);
  }
  void start_receiver() {
    auto words = client("bob@localhost/desk", bob_port_);
    for (const std::string& word :
         {std::string("--relay"), relay_address, std::string("--keys"), std::string("bob.keys"),
          std::string("--store"), std::string("receiver.db")})
      words.push_back(word);
    receiver_ = start_program("receive", words);
  }

  void begin_mischief() {
    proxies_.clear();
    mischief_ = std::make_unique<mischief>(asked_.seed);
    alice_port_ = passage(server_->clients).port();
    bob_port_ = passage(server_->clients).port();
    relay_port_ = passage(server_->components).port();
  }

  void taken(long long parts_of_six) {
    until("the receiver has taken " + std::to_string(parts_of_six) + " sixths", [&] {
      return receiver_.lines_with("alice@localhost: message ") >= asked_.count * parts_of_six / 6;
    });
  }

  void with_library() {
    write_secrets();
    begin_mischief();
    must_go_ = {&relay_, &sender_};
    start_relay();
    start_sender();
    until("the relay owes deliveries to a receiver that was never there", [&] {
      return sender_.lines_with("executed, waits") >= std::min(20LL, asked_.count / 2);
    });
    start_receiver();
    must_go_ = {&relay_, &receiver_};  // the sender may come to its end
    taken(1);
    relay_.kill();
    start_relay();
    taken(2);
    must_go_ = {&relay_};
    receiver_.kill();
    sender_.kill();
    const int before = sender_.lines_with("-- connected");
    start_sender();
    relay_.kill();
    start_relay();
    until("the new sender is connected, and nobody receives",
          [&] { return !sender_.goes() || sender_.lines_with("-- connected") > before; });
    start_receiver();
    must_go_ = {&relay_, &receiver_};
    taken(4);
    relay_.kill();
    start_relay();
    taken(5);
    mischief_->cease();
    until("the sender knows what became of all", [&] { return !sender_.goes(); });
    must_go_.clear();
    for (child* one : {&receiver_, &relay_}) {
      one->ask_to_end();
      until("a process ends when it is asked to", [&] { return !one->goes(); });
      good_ = good_ && one->code() == 0;
    }
    if (sender_.code() != 0 && sender_.code() != 1) throw gave_up{"the sender did not end well"};
    const tally found = judge(dir_.path(), good_);
    if (found.submitted != asked_.count) throw gave_up{"the books are not complete"};
    if ((sender_.code() == 0) != (found.told == 0)) throw gave_up{"the exit code says otherwise"};
    print("Vidimus", found, "relay killed 3, sender 1, receiver 1");
    each_fault_came();
  }

  void each_fault_came() {
    for (std::size_t i = 0; i < fault_names.size(); ++i)
      if (mischief_->done()[i] == 0 && asked_.count >= 100) {
        std::printf("nothing was %s: the run shows too little\n", fault_names[i]);
        good_ = false;
      }
  }

  // --- the same without it -------------------------------------------------------------------

  child start_plain(const std::string& role, std::vector<std::string> more,
                    const std::string& output) {
    std::vector<std::string> command{"/proc/self/exe", "--role", role};
    command.insert(command.end(), more.begin(), more.end());
    return {command, dir_.path(), dir_ / output};
  }

  void without_library() {
    begin_mischief();
    auto words = client("alice@localhost/phone", alice_port_);
    words.insert(words.end(), {"--to", "bob@localhost", "--count", std::to_string(asked_.count)});
    child from = start_plain("plain-send", words, "plain-send.out");
    // as before: first nobody is there
    const bool waits = asked_.count >= 40;
    if (waits)
      until("some were sent to a receiver that was never there",
            [&] { return from.lines_with("sent") >= 20 || !from.goes(); });
    const auto to_words = client("bob@localhost/desk", bob_port_);
    child to = start_plain("plain-receive", to_words, "plain-receive.out");
    until("all were sent", [&] { return !from.goes(); });
    if (from.code() != 0) throw gave_up{"the plain sender did not end well"};
    mischief_->cease();
    auto last = client("alice@localhost/phone", server_->clients);
    last.insert(last.end(), {"--to", "bob@localhost", "--text", "end"});
    while (to.goes()) {  // what stands behind all others may be lost in a dead connection as well
      child end = start_plain("plain-send", last, "plain-end.out");
      until("the last message is sent", [&] { return !end.goes(); });
      if (++lasts_ > 300) throw gave_up{"the plain receiver never heard the last message"};
    }
    const tally found = count_plain(dir_ / "plain-receive.out", asked_.count);
    print("plain messages", found, "nothing killed");
    if (found.altered + found.doubled + found.lost == 0 && asked_.count >= 100) {
      std::printf("plain messages were not harmed: the run shows too little\n");
      good_ = false;
    }
  }

  void print(const char* way, const tally& t, const char* killed) {
    std::printf("| %s | %s | %lld | %lld | %lld | %lld | %lld | %lld |\n", asked_.server.c_str(),
                way, t.submitted, t.intact, t.doubled, t.altered, t.told, t.lost);
    std::string faults;
    for (std::size_t i = 0; i < fault_names.size(); ++i)
      faults += std::string(", ") + fault_names[i] + ' ' + std::to_string(mischief_->done()[i]);
    std::fprintf(stderr, "%s, %s: %s%s\n", asked_.server.c_str(), way, killed, faults.c_str());
    std::fflush(stdout);
  }

  request asked_;
  support::scratch_dir dir_;
  std::optional<server_process> server_;
  std::unique_ptr<mischief> mischief_;
  std::vector<std::unique_ptr<proxy>> proxies_;
  unsigned short alice_port_ = 0, bob_port_ = 0, relay_port_ = 0;
  child relay_, sender_, receiver_;
  std::vector<child*> must_go_;
  int lasts_ = 0;
  bool good_ = true;
};

int run_all(int argc, char** argv) {
  request of;
  of.seed = static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch() /
                                       std::chrono::microseconds(1));
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--keep") {
      of.keep = true;
      continue;
    }
    if (i + 1 == argc) return std::fputs(usage, stderr), 2;
    const std::string value = argv[++i];
    if (name == "--server")
      of.server = value;
    else if (name == "--programs")
      of.programs = std::filesystem::absolute(value).string();
    else if (name == "--count")
      of.count = std::atoll(value.c_str());
    else if (name == "--seed")
      of.seed = std::strtoull(value.c_str(), nullptr, 10);
    else
      return std::fputs(usage, stderr), 2;
  }
  if (of.server.empty() || of.count < 1) return std::fputs(usage, stderr), 2;
  std::printf(
      "| server | way | submitted | arrived intact | twice or more | altered | told | lost |\n"
      "|---|---|---|---|---|---|---|---|\n");
  return run(of).all();
}

}  // namespace

}  // namespace real

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);
  const std::string role = argc > 2 && std::string(argv[1]) == "--role" ? argv[2] : "";
  if (role == "plain-send") return real::plain_send(argc - 2, argv + 2);
  if (role == "plain-receive") return real::plain_receive(argc - 2, argv + 2);
  return real::run_all(argc, argv);
}
