// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// A receiver without support, over Prosody: the relay finds out by XEP-0030 that its program knows
// nothing of us. What the sender permits arrives once, without a code, and ends `executed`; what he
// does not permit is held. Exit status 0: so it was.
#include <signal.h>

#include <chrono>
#include <functional>

#include "hosting/client_link.hpp"
#include "real/servers.hpp"
#include "support/scratch_dir.hpp"

namespace {

using namespace real;

constexpr int seconds_most = 60;

/// Bob's program: it says that it is there, answers what XEP-0030 asks, and keeps what comes.
class old_program {
 public:
  explicit old_program(const hosting::options& o) : link_(o, hosting::pace_of(o)) {
    link_.on_message(message_came, this);
    link_.on_iq(iq_came, this);
  }
  void run() {
    link_.run(vidimus::milliseconds(10));
    if (!link_.is_up() || session_ == link_.session()) return;
    session_ = link_.session();
    link_.send("<presence/>");
    link_.send("<presence to='" + relay_address + "' id='1'/>");
  }

  struct letter {
    std::string from, body;
    bool ours = false;  ///< it carries an element of ours
  };
  std::vector<letter> letters;
  int questions = 0;

 private:
  static int message_came(xmpp_conn_t* stream, xmpp_stanza_t* message, void* self) {
    letter one;
    one.ours = xmpp_stanza_get_child_by_ns(message, "urn:vidimus:0") != nullptr;
    if (const char* from = xmpp_stanza_get_from(message)) one.from = from;
    if (char* body = xmpp_message_get_body(message)) {
      one.body = body;
      xmpp_free(xmpp_conn_get_context(stream), body);
    }
    if (!one.body.empty()) static_cast<old_program*>(self)->letters.push_back(one);
    return 1;
  }
  static int iq_came(xmpp_conn_t*, xmpp_stanza_t* iq, void* self) {
    auto& of = *static_cast<old_program*>(self);
    const char* id = xmpp_stanza_get_id(iq);
    const char* from = xmpp_stanza_get_from(iq);
    if (xmpp_stanza_get_child_by_ns(iq, "http://jabber.org/protocol/disco#info") == nullptr ||
        std::string_view(xmpp_stanza_get_type(iq)) != "get" || id == nullptr || from == nullptr)
      return 1;
    ++of.questions;
    of.link_.send("<iq type='result' id='" + std::string(id) + "' to='" + from +
                  "'><query xmlns='http://jabber.org/protocol/disco#info'>"
                  "<identity category='client' type='pc' name='old'/>"
                  "<feature var='http://jabber.org/protocol/disco#info'/></query></iq>");
    return 1;
  }

  hosting::client_link link_;
  std::uint64_t session_ = 0;
};

/// A whole line.
int lines(const std::string& file, const std::string& text) {
  std::ifstream from(file);
  int n = 0;
  for (std::string line; std::getline(from, line);) n += line == text;
  return n;
}

class run {
 public:
  explicit run(std::string programs) : programs_(std::move(programs)) {}

  bool all() {
    auto server = start_server("prosody", dir_ / "prosody");
    if (!server) return says("Prosody is not installed");
    const auto up = [&] { return is_ready(*server); };
    if (!until(up)) return says("Prosody does not start");
    write("password", password + '\n');
    write("secret", component_secret + '\n');
    const std::string one(64, '1'), two(64, '2');
    write("relay.keys", "key alice@localhost hop-1 " + one + "\nkey bob@localhost hop-2 " + two);
    write("alice.keys", "key " + relay_address + " hop-1 " + one);
    child relay =
        start("relay", "relay",
              {"--address", relay_address, "--secret-file", "secret", "--keys", "relay.keys",
               "--store", "relay.db", "--port", std::to_string(server->components), "--quick"});
    if (!until([&] { return relay.lines_with("-- up") > 0; })) return says("no relay");
    port_ = std::to_string(server->clients);
    const std::string secret = dir_ / "password";
    std::vector<std::string> words{"old",    "--jid", "bob@localhost/old", "--host", "127.0.0.1",
                                   "--port", port_,   "--password-file",   secret,   "--plain",
                                   "--quick"};
    std::vector<char*> raw;
    for (std::string& word : words) raw.push_back(word.data());
    bob_.emplace(
        hosting::options(static_cast<int>(raw.size()), raw.data(), "", "--plain --quick "));
    return permitted() && not_permitted();
  }

 private:
  bool permitted() {
    child sender = send("permitted", "3", {"--permit-plain"});
    if (!until([&] { return !sender.goes(); })) return says("the sender does not come to an end");
    if (sender.code() != 1) return says("the sender says that all were delivered");
    for (const char* line : {"message 1: executed", "message 2: executed", "message 3: executed"})
      if (lines(dir_ / "permitted.out", line) != 1) return says("not executed once, or otherwise");
    if (!until([&] { return bob_->letters.size() >= 3; })) return says("not all arrived");
    if (bob_->questions == 0) return says("the relay did not ask what bob's program knows");
    return true;
  }
  bool not_permitted() {
    child sender = send("not_permitted", "1", {});
    const std::string held = "message 1: executed, waits for its delivery";
    if (!until([&] { return lines(dir_ / "not_permitted.out", held) == 1; }))
      return says("the relay does not hold it");
    // one that is permitted goes behind it
    child behind = send("behind", "1", {"--permit-plain"});
    if (!until([&] { return !behind.goes() && bob_->letters.size() >= 4; }))
      return says("the one behind does not arrive");
    if (!sender.goes()) return says("what was not permitted came to an end");
    if (bob_->letters.size() != 4) return says("more arrived than was permitted");
    for (const auto& one : bob_->letters) {
      if (one.ours) return says("a code came with it");
      if (one.from != "alice\\40localhost@" + relay_address) return says("from " + one.from);
      if (one.body.rfind("message ", 0) != 0) return says("it says " + one.body);
    }
    return true;
  }

  bool until(const std::function<bool()>& is_so) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds_most);
    while (!is_so()) {
      if (std::chrono::steady_clock::now() > end) return false;
      if (bob_)
        bob_->run();
      else
        ::usleep(10'000);
    }
    return true;
  }
  bool says(const std::string& why) {
    dir_.keep();
    std::printf("%s (all of it in %s)\n", why.c_str(), dir_.path().c_str());
    return false;
  }
  void write(const std::string& name, const std::string& text) {
    std::ofstream(dir_ / name) << text;
  }
  child start(const std::string& program, const std::string& name, std::vector<std::string> words) {
    words.insert(words.begin(), programs_ + "/example-" + program);
    return {words, dir_.path(), dir_ / (name + ".out")};
  }
  child send(const std::string& name, const std::string& count, std::vector<std::string> more) {
    std::vector<std::string> words{"--jid",
                                   "alice@localhost/" + name,
                                   "--host",
                                   "127.0.0.1",
                                   "--port",
                                   port_,
                                   "--relay",
                                   relay_address,
                                   "--to",
                                   "bob@localhost",
                                   "--keys",
                                   "alice.keys",
                                   "--store",
                                   name + ".db",
                                   "--count",
                                   count,
                                   "--plain",
                                   "--quick",
                                   "--password-file",
                                   "password"};
    words.insert(words.end(), more.begin(), more.end());
    return start("send", name, words);
  }

  support::scratch_dir dir_;
  std::string programs_, port_;
  std::optional<old_program> bob_;
};

}  // namespace

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);
  if (argc != 2) return std::fputs("real-plain DIRECTORY_OF_PROGRAMS\n", stderr), 2;
  if (!run(argv[1]).all()) return 1;
  std::puts("permitted: arrived once, executed; not permitted: held");
  return 0;
}
