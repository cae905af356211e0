// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "world.hpp"

#include <chrono>
#include <fstream>

namespace real {

namespace {

/// For a state that is certain to come; a machine that needs so long does something else.
constexpr int seconds_most = 240;

}  // namespace

world::world(const request& of) : asked_(of) {
  if (of.keep) dir_.keep();
}

void world::until(const std::string& what, const std::function<bool()>& is_so) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds_most);
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > end) throw gave_up{"it never came to this: " + what};
    if (server_ && !server_->process.goes()) throw gave_up{"the XMPP server ended by itself"};
    if (others_ && !others_->process.goes()) throw gave_up{"the other XMPP server ended by itself"};
    for (auto* one : must_go)
      if (!one->goes()) throw gave_up{"a process ended by itself, before this: " + what};
    std::vector<pollfd> on;
    for (const auto& one : proxies_) one->descriptors(on);
    ::poll(on.data(), on.size(), 10);
    for (const auto& one : proxies_) one->step();
  }
}

void world::start_server() {
  for (int attempt = 0; attempt < 3; ++attempt) {  // somebody may have taken a port meanwhile
    server_process of;
    of.kind = asked_.server;
    of.dir = dir_ / (asked_.server + std::to_string(attempt));
    server_ = start_one(std::move(of));
    if (server_) return;
  }
  throw gave_up{"the XMPP server does not start"};
}

std::optional<server_process> world::start_one(server_process of) {
  auto made = real::start_server(std::move(of));
  if (!made) throw gave_up{"it is not installed"};
  until("the server takes connections or ends",
        [&] { return !made->process.goes() || is_ready(*made); });
  if (!made->process.goes()) made.reset();
  return made;
}

mischief& world::start_joined_servers() {
  mischief_ = std::make_unique<mischief>(asked_.seed);
  for (int attempt = 0; attempt < 3; ++attempt) {
    proxies_.clear();
    server_.reset();
    server_process here, there;
    here.kind = asked_.server;
    there.kind = asked_.other;
    here.dir = dir_ / ("here" + std::to_string(attempt));
    there.dir = dir_ / ("there" + std::to_string(attempt));
    there.domain = elsewhere;
    here.servers = free_port();
    do there.servers = free_port();
    while (there.servers == here.servers);
    const auto before = [&](unsigned short port) {
      return proxies_.emplace_back(std::make_unique<proxy>(port, *mischief_))->port();
    };
    here.other = before(there.servers);
    there.other = before(here.servers);
    for (const auto& one : proxies_) one->let_stalls_end();
    server_ = start_one(std::move(here));
    if (server_) others_ = start_one(std::move(there));
    if (!others_) continue;
    bob_ = "bob@" + elsewhere;
    alice_port = server_->clients;
    bob_port = others_->clients;
    relay_port = server_->components;
    return *mischief_;
  }
  throw gave_up{"the XMPP servers do not start"};
}

void world::stop_server() {
  if (others_) {
    child other = std::move(others_->process);
    others_.reset();
    end(other);
  }
  child last = std::move(server_->process);
  server_.reset();
  end(last);
}

void world::restart_server(bool killed) {
  server_process of = std::move(*server_);
  server_.reset();  // it may be away now
  if (killed)
    of.process.kill();
  else
    end(of.process);
  start_again(of);
  until("the server takes connections again", [&] {
    if (!of.process.goes()) throw gave_up{"the XMPP server does not start again"};
    return is_ready(of);
  });
  server_ = std::move(of);
}

void world::write(const std::string& name, const std::string& text) const {
  std::ofstream(path(name)) << text;
}

void world::write_secrets() const {
  const std::string one(64, '1'), two(64, '2');
  write("password", password + '\n');
  write("secret", component_secret + '\n');
  write("relay.keys", "key alice@localhost hop-1 " + one + "\nkey " + bob_ + " hop-2 " + two);
  write("alice.keys", "key " + relay_address + " hop-1 " + one);
  write("bob.keys",
        "key " + relay_address + " hop-2 " + two + "\nallow " + relay_address + " @localhost");
}

child world::start_program(const std::string& name, const std::vector<std::string>& more,
                           const std::string& output) const {
  std::vector<std::string> command{asked_.programs + "/example-" + name};
  command.insert(command.end(), more.begin(), more.end());
  return {command, dir(), path(output.empty() ? name + ".out" : output)};
}

child world::start_plain(const std::string& role, const std::vector<std::string>& more,
                         const std::string& output) const {
  std::vector<std::string> command{"/proc/self/exe", "--role", role};
  command.insert(command.end(), more.begin(), more.end());
  return {command, dir(), path(output)};
}

std::vector<std::string> world::plain_client(const std::string& jid, unsigned short port,
                                             const std::vector<std::string>& more) const {
  std::vector<std::string> words{"--jid",     jid,      "--password-file",    "password", "--host",
                                 "127.0.0.1", "--port", std::to_string(port), "--plain"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

child world::start_relay(const std::vector<std::string>& more, const std::string& output) const {
  std::vector<std::string> words{
      "--address",  relay_address, "--secret-file", "secret", "--keys",
      "relay.keys", "--store",     "relay.db",      "--port", std::to_string(relay_port)};
  words.insert(words.end(), more.begin(), more.end());
  return start_program("relay", words, output);
}

child world::start_sender(const std::vector<std::string>& more, const std::string& output) const {
  auto words = plain_client(
      "alice@localhost/phone", alice_port,
      {"--relay", relay_address, "--to", bob_, "--keys", "alice.keys", "--store", "sender.db"});
  words.insert(words.end(), more.begin(), more.end());
  return start_program("send", words, output);
}

child world::start_receiver(const std::vector<std::string>& more, const std::string& output) const {
  auto words =
      plain_client(bob_ + "/desk", bob_port,
                   {"--relay", relay_address, "--keys", "bob.keys", "--store", "receiver.db"});
  words.insert(words.end(), more.begin(), more.end());
  return start_program("receive", words, output);
}

void world::end(child& one) {
  one.ask_to_end();
  until("a process ends when it is asked to", [&] { return !one.goes(); });
}

mischief& world::begin_mischief() {
  proxies_.clear();
  mischief_ = std::make_unique<mischief>(asked_.seed);
  const auto before = [&](unsigned short port) {
    return proxies_.emplace_back(std::make_unique<proxy>(port, *mischief_))->port();
  };
  alice_port = before(server_->clients);
  bob_port = before(server_->clients);
  relay_port = before(server_->components);
  return *mischief_;
}

void world::no_mischief() {
  proxies_.clear();
  alice_port = bob_port = server_->clients;
  relay_port = server_->components;
}

}  // namespace real
