// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "world.hpp"

#include <chrono>
#include <filesystem>

namespace real {

std::vector<stack> stacks_here(const std::string& programs, std::vector<std::string>& missing) {
  std::vector<stack> out;
  for (stack& one : std::vector<stack>{{"strophe", "libstrophe", {"libstrophe"}, {}},
                                       {"gloox", "gloox", {"gloox"}, {"gloox"}},
                                       {"qxmpp", "QXmpp", {"QDom"}, {}},
                                       {"text", "our stream", {}, {}}}) {
    const std::string program = one.name == "strophe" ? "send" : one.name;
    if (std::filesystem::exists(programs + "/example-" + program))
      out.push_back(std::move(one));
    else
      missing.push_back(one.shown);
  }
  return out;
}

world::world(const request& of, bool copies) : seen(of.seed), asked_(of) {
  if (of.keep) dir_.keep();
  asked_.copies = copies;
  nothing_.cease();
  write("password", password + '\n');
  write("secret", component_secret + '\n');
  start_server();
}

void world::write(const std::string& name, const std::string& text) const {
  std::ofstream(dir_ / name, std::ios::binary) << text;
}

void world::step() {
  std::vector<pollfd> on;
  for (const proxy& one : links_) one.descriptors(on);
  ::poll(on.data(), on.size(), 10);
  for (proxy& one : links_) one.step();
}

void world::until(const std::string& what, const std::function<bool()>& is_so, int seconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  for (int steps = 0;; ++steps) {
    if (steps % 16 == 0) {
      if (is_so()) return;
      if (std::chrono::steady_clock::now() > end) throw gave_up{"it never came to this: " + what};
      if (server_ && !server_->process.goes()) throw gave_up{"the XMPP server ended by itself"};
    }
    step();
  }
}

void world::start_server() {
  for (int attempt = 0; attempt < 3; ++attempt) {  // somebody may have taken a port meanwhile
    const std::string dir = dir_ / (asked_.server + std::to_string(attempt));
    auto made = real::start_server(asked_.server, dir, asked_.copies);
    if (!made) throw gave_up{"it is not installed"};
    until("the server takes connections or ends",
          [&] { return !made->process.goes() || is_ready(*made); });
    if (!made->process.goes()) continue;
    server_ = std::move(made);
    return;
  }
  throw gave_up{"the XMPP server does not start"};
}

void world::start_relay() {
  std::string keys;
  const auto drawn = [&] {
    std::string code;
    for (int i = 0; i < 64; ++i) code += "0123456789abcdef"[seen.chance() % 16];
    return code;
  };
  for (const std::string& user : users) {
    const std::string code = drawn(), address = user + '@' + host;
    keys += "key " + address + " hop " + code + '\n';
    write(user + ".keys", "key " + relay_address + " hop " + code + "\nallow " + relay_address +
                              " @" + host + '\n');
  }
  write("relay.keys", keys);
  std::vector<std::string> words{asked_.programs + "/example-relay",
                                 "--address",
                                 relay_address,
                                 "--secret-file",
                                 "secret",
                                 "--keys",
                                 "relay.keys",
                                 "--store",
                                 "relay.db",
                                 "--port",
                                 std::to_string(server_->components),
                                 "--quick",
                                 "--whole"};
  if (!asked_.bundles) words.push_back("--single");
  relay_ = child(words, dir_.path(), dir_ / "relay.out");
}

child& world::start_client(const stack& by, side who, const std::string& user,
                           const std::string& resource, bool alters,
                           std::vector<std::string> more) {
  const std::string role = who == side::sender ? "send" : "receive";
  const std::string address = user + '@' + host + '/' + resource;
  watch& there = watches_.emplace_back(seen, who, address, alters);
  proxy& link = links_.emplace_back(server_->clients, nothing_, there);
  std::vector<std::string> words{asked_.programs + "/example-" +
                                 (by.name == "strophe" ? role : by.name)};
  if (by.name != "strophe") words.push_back(role);
  const std::string store = user + '-' + resource;
  for (const std::string& word :
       {std::string("--jid"), address, std::string("--password-file"), std::string("password"),
        std::string("--relay"), relay_address, std::string("--keys"), user + ".keys",
        std::string("--store"), store + ".db", std::string("--host"), std::string("127.0.0.1"),
        std::string("--port"), std::to_string(link.port()), std::string("--plain"),
        std::string("--quick"), std::string("--audit")})
    words.push_back(word);
  if (!asked_.bundles) words.push_back("--single");
  words.insert(words.end(), more.begin(), more.end());
  return clients_.emplace_back(words, dir_.path(), dir_ / (store + ".out"));
}

void world::end(child& one) {
  one.ask_to_end();
  until("a process ends when it is asked to", [&] { return !one.goes(); });
  if (one.code() != 0) throw gave_up{"a process did not end well"};
}

void world::stop() {
  end(relay_);
  child last = std::move(server_->process);
  server_.reset();
  last.ask_to_end();
  until("the server ends when it is asked to", [&] { return !last.goes(); });
}

}  // namespace real
