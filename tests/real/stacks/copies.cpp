// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include <cstdio>

#include "books.hpp"
#include "world.hpp"

namespace real {

namespace {

constexpr int first = 12;   ///< messages while both devices are there
constexpr int second = 24;  ///< messages in all; the later ones while both are away

/// Each receiver has two devices, each with a library of its own and a book of its own. Both ask
/// the server for copies of what the other one is sent, and for the archive.
class copies {
 public:
  explicit copies(const request& of) : asked_(of), in_(of, true) {
    std::vector<std::string> missing;
    stacks_ = stacks_here(of.programs, missing);
  }

  int all() {
    try {
      in_.start_relay();
      run();
      in_.stop();
      judge();
    } catch (const gave_up& e) {
      std::printf("GAVE UP: %s\n", e.why.c_str());
      good_ = false;
    }
    if (!good_) {
      in_.keep();
      std::printf("seed %llu; all of it in %s\n", static_cast<unsigned long long>(asked_.seed),
                  in_.where().c_str());
    }
    return good_ ? 0 : 1;
  }

 private:
  struct device {
    const stack* by = nullptr;
    std::string user, resource;
    child* process = nullptr;
  };

  void start_devices() {
    devices_.clear();
    for (std::size_t i = 0; i < stacks_.size(); ++i) {
      // two and two of them are one receiver; a last one is with the first
      const std::string user = "bob-" + stacks_[(i / 2 * 2) % stacks_.size()].name;
      const std::string resource = stacks_[i].name;
      devices_.push_back(
          {&stacks_[i], user, resource,
           &in_.start_client(stacks_[i], side::receiver, user, resource, false, {"--copies"})});
      if (i % 2 == 0) receivers_.insert(user);
    }
  }
  void start_senders(int count) {
    senders_.clear();
    for (const std::string& to : receivers_) {
      const stack& by = stacks_[senders_.size() % stacks_.size()];
      senders_.push_back(
          &in_.start_client(by, side::sender, "alice-" + by.name, "phone", false,
                            {"--to", to + '@' + host, "--count", std::to_string(count)}));
    }
  }
  void wait_for_senders(const std::string& what) {
    in_.until(what, [&] {
      bool over = true;
      for (child* one : senders_) over = !one->goes() && over;
      return over;
    });
    for (const child* one : senders_)
      if (one->code() != 0) throw gave_up{"a sender was told that not all was delivered"};
  }

  void run() {
    start_devices();
    in_.until("all devices are there", [&] {
      for (device& one : devices_)
        if (one.process->lines_with("-- connected") == 0) return false;
      return true;
    });
    start_senders(first);
    wait_for_senders("all is delivered to who is there");
    for (device& one : devices_) in_.end(*one.process);
    start_senders(second);
    in_.until("the relay holds what it owes to who is away", [&] {
      for (child* one : senders_)
        if (one->lines_with("executed, waits") < second - first) return false;
      return true;
    });
    start_devices();
    wait_for_senders("all is delivered to who came back");
    in_.until("the archive came to who came back", [&] { return in_.seen.archived > 0; });
    for (device& one : devices_) in_.end(*one.process);
  }

  void judge() {
    long long taken = 0, twice = 0, none = 0, altered = 0, elsewhere = 0;
    std::size_t sent = 0;
    std::map<std::string, std::map<named, std::vector<std::string>>> by_user;
    for (const device& one : devices_) {
      auto read = all_taken(in_.path(one.user + '-' + one.resource + ".db"));
      if (!read) throw gave_up{"a receiver's book cannot be read"};
      for (const auto& [name, contents] : *read) {
        if (contents.size() > 1) ++twice;
        auto& all = by_user[one.user][name];
        if (!all.empty()) ++elsewhere;
        all.insert(all.end(), contents.begin(), contents.end());
        ++taken;
      }
    }
    std::size_t i = 0;
    for (const std::string& to : receivers_) {
      const auto said =
          all_said(in_.path("alice-" + stacks_[i++ % stacks_.size()].name + "-phone.db"));
      if (!said) throw gave_up{"a sender's book cannot be read"};
      sent += said->size();
      for (const auto& one : *said) {
        const auto& at = by_user[to][one.name];
        if (at.empty()) ++none;
        for (const std::string& content : at)
          if (content != one.content) ++altered;
      }
    }
    std::printf(
        "| server | sent | taken at a device | of these at a second one too | taken twice at "
        "one | not taken | not as sent | carbon copies | archived copies | answered copies |\n"
        "|---|---|---|---|---|---|---|---|---|---|\n"
        "| %s | %zu | %lld | %lld | %lld | %lld | %lld | %lld | %lld | %lld |\n",
        asked_.server.c_str(), sent, taken, elsewhere, twice, none, altered, in_.seen.carbons,
        in_.seen.archived, in_.seen.answered_copies);
    good_ = sent == receivers_.size() * second && twice == 0 && none == 0 && altered == 0 &&
            in_.seen.answered_copies == 0 && in_.seen.carbons > 0 && in_.seen.archived > 0;
  }

  request asked_;
  world in_;
  std::vector<stack> stacks_;
  std::vector<device> devices_;
  std::set<std::string> receivers_;
  std::vector<child*> senders_;
  bool good_ = true;
};

}  // namespace

int run_copies(const request& of) { return copies(of).all(); }

}  // namespace real
