// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// How fast: the same messages between the same two over one server, in turns, plain, with receipts
// (XEP-0184), verified with each message alone (single), and verified. As many as go through, and
// at an even pace that leaves all idle.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <numeric>

#include "world.hpp"

namespace real {

namespace {

/// What one run showed. Times in microseconds.
struct figures {
  double a_second = 0;  ///< first submitted to last taken
  double known_a_second =
      0;  ///< first submitted to last that the sender knows arrived; 0: it knows nothing
  long long taken_half = 0, taken_99 = 0;  ///< submitted to taken by the receiver
  long long known_half = 0, known_99 = 0;  ///< submitted to known by the sender
  std::map<std::string, double> used;      ///< of processor, for each message, by program
};

double middle(std::vector<double> of) {
  std::sort(of.begin(), of.end());
  return of.empty() ? 0 : of[of.size() / 2];
}

/// By number of message, when a line with `before` and the number came.
std::map<long long, long long> times_in(const std::string& file, const std::string& before,
                                        const std::string& after = {}) {
  std::map<long long, long long> out;
  std::ifstream from(file);
  for (std::string line; std::getline(from, line);) {
    const auto at = line.find(before);
    if (at == std::string::npos || (!after.empty() && !line.ends_with(after))) continue;
    out.emplace(std::atoll(line.c_str() + at + before.size()), std::atoll(line.c_str()));
  }
  return out;
}

long long last_of(const std::map<long long, long long>& of) {
  long long out = 0;
  for (const auto& [number, at] : of) out = std::max(out, at);
  return out;
}

/// The n-th hundredth of how long each took.
long long hundredth(const std::map<long long, long long>& from,
                    const std::map<long long, long long>& to, std::size_t n) {
  std::vector<long long> took;
  for (const auto& [number, at] : to)
    if (auto start = from.find(number); start != from.end()) took.push_back(at - start->second);
  if (took.empty()) return 0;
  std::sort(took.begin(), took.end());
  return took[std::min(took.size() - 1, took.size() * n / 100)];
}

class speed : public world {
 public:
  explicit speed(const request& of) : world(of), asked_(of) {}

  int all() {
    try {
      start_server();
      write_secrets();
      no_mischief();
      for (int round = 0; round < asked_.rounds; ++round)
        for (const char* way : ways)
          for (const bool full : {true, false}) {
            name_ = std::string(way) + '-' + std::to_string(round) + (full ? "-full" : "-even");
            run_one(way, full);
          }
      stop_server();
    } catch (const gave_up& e) {
      keep();
      std::printf("GAVE UP: %s (all of it in %s)\n", e.why.c_str(), dir().c_str());
      return 1;
    }
    print();
    return 0;
  }

 private:
  static constexpr const char* ways[] = {"plain", "receipts", "single", "verified"};
  static constexpr int even_pace = 50;

  long long count(bool full) const { return full ? asked_.count : std::min(asked_.count, 500LL); }
  std::vector<std::string> amount(bool full) const {
    std::vector<std::string> out{"--times", "--count", std::to_string(count(full))};
    if (!full) out.insert(out.end(), {"--pace", std::to_string(even_pace)});
    return out;
  }
  std::string file(const char* of) const { return name_ + '-' + of; }

  void run_one(const std::string& way, bool full) {
    figures f;
    std::map<std::string, child*> who{{"server", &server()}};
    if (way == "verified" || way == "single")
      run_verified(way == "single", full, who, f);
    else
      run_plain(way == "receipts", full, who, f);
    found_[way + (full ? " full" : " even")].push_back(f);
    std::fprintf(stderr, "%s: %.0f a second, known %.0f, taken %lld %lld us, known %lld %lld us",
                 name_.c_str(), f.a_second, f.known_a_second, f.taken_half, f.taken_99,
                 f.known_half, f.known_99);
    for (const auto& [program, us] : f.used)
      std::fprintf(stderr, ", %s %.0f us", program.c_str(), us);
    std::fputc('\n', stderr);
  }

  void run_verified(bool single, bool full, std::map<std::string, child*>& who, figures& f) {
    const auto store = [&](const char* of) -> std::vector<std::string> {
      std::vector<std::string> out{"--store", file(of)};
      if (single) out.push_back("--single");
      return out;
    };
    child relay = start_relay(store("relay.db"), file("relay.out"));
    must_go = {&relay};
    until("the relay is up", [&] { return relay.lines_with("-- up") > 0; });
    auto words = store("receiver.db");
    words.push_back("--times");
    child receiver = start_receiver(words, file("receive.out"));
    must_go = {&relay, &receiver};
    until("the relay knows the receiver", [&] { return relay.lines_with("-- here") > 0; });
    who["relay"] = &relay;
    who["receiver"] = &receiver;
    const auto before = used(who);
    words = store("sender.db");
    for (const auto& word : amount(full)) words.push_back(word);
    words.insert(words.end(), {"--window", "8192"});
    child sender = start_sender(words, file("send.out"));
    who["sender"] = &sender;
    until("the sender knows what became of all", [&] { return !sender.goes(); });
    if (sender.code() != 0) throw gave_up{"not all were delivered"};
    f.used = used_since(before, who, count(full));
    must_go.clear();
    for (child* one : {&receiver, &relay}) end(*one);
    fill(f, times_in(path(file("send.out")), "message ", "submitted"),
         times_in(path(file("receive.out")), "message "),
         times_in(path(file("send.out")), "message ", "delivered"), count(full));
  }

  void run_plain(bool receipts, bool full, std::map<std::string, child*>& who, figures& f) {
    std::vector<std::string> how{"--times"};
    if (receipts) how.push_back("--receipts");
    child to = start_plain("plain-receive", plain_client("bob@localhost/desk", bob_port, how),
                           file("receive.out"));
    must_go = {&to};
    until("the receiver is there", [&] { return to.lines_with("-- there") > 0; });
    who["receiver"] = &to;
    const auto before = used(who);
    how = amount(full);
    how.insert(how.end(), {"--to", "bob@localhost"});
    if (receipts) how.push_back("--receipts");
    child from = start_plain("plain-send", plain_client("alice@localhost/phone", alice_port, how),
                             file("send.out"));
    who["sender"] = &from;
    must_go = {&to};
    until("all have come", [&] { return to.lines_with(" message ") >= count(full); });
    if (receipts)
      until("all receipts have come", [&] { return from.lines_with(" receipt ") >= count(full); });
    f.used = used_since(before, who, count(full));
    must_go.clear();
    for (child* one : {&from, &to}) end(*one);
    fill(
        f, times_in(path(file("send.out")), "sent "),
        times_in(path(file("receive.out")), "message "),
        receipts ? times_in(path(file("send.out")), "receipt m") : std::map<long long, long long>(),
        count(full));
  }

  static std::map<std::string, long long> used(const std::map<std::string, child*>& who) {
    std::map<std::string, long long> out;
    for (const auto& [name, one] : who) out[name] = one->used_us();
    return out;
  }
  static std::map<std::string, double> used_since(std::map<std::string, long long> before,
                                                  const std::map<std::string, child*>& who,
                                                  long long messages) {
    std::map<std::string, double> out;
    for (const auto& [name, us] : used(who))
      out[name] = static_cast<double>(us - before[name]) / static_cast<double>(messages);
    return out;
  }

  static void fill(figures& f, const std::map<long long, long long>& submitted,
                   const std::map<long long, long long>& taken,
                   const std::map<long long, long long>& known, long long count) {
    const auto all = static_cast<std::size_t>(count);
    if (submitted.size() != all || taken.size() != all || (!known.empty() && known.size() != all))
      throw gave_up{"not all messages were counted"};
    const long long first = submitted.begin()->second;
    f.a_second = static_cast<double>(count) * 1e6 / static_cast<double>(last_of(taken) - first);
    if (!known.empty())
      f.known_a_second =
          static_cast<double>(count) * 1e6 / static_cast<double>(last_of(known) - first);
    f.taken_half = hundredth(submitted, taken, 50);
    f.taken_99 = hundredth(submitted, taken, 99);
    f.known_half = hundredth(submitted, known, 50);
    f.known_99 = hundredth(submitted, known, 99);
  }

  template <class Get>
  double of_rounds(const std::string& what, Get get) {
    std::vector<double> all;
    for (const figures& f : found_[what]) all.push_back(get(f));
    return middle(all);
  }
  void print() {
    std::printf(
        "| server | way | messages a second | of the plain | known a second | taken after, ms | "
        "99 of 100 | known after, ms | 99 of 100 | us of processor: server | relay | sender | "
        "receiver |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
    const double plain = of_rounds("plain full", [](const figures& f) { return f.a_second; });
    for (const std::string way : ways) {
      const std::string full = way + " full", even = way + " even";
      const double rate = of_rounds(full, [](const figures& f) { return f.a_second; });
      const auto ms = [&](auto get) {
        return of_rounds(even, [&](const figures& f) { return static_cast<double>(f.*get) / 1e3; });
      };
      const auto us = [&](const char* who) {
        return of_rounds(
            full, [&](const figures& f) { return f.used.contains(who) ? f.used.at(who) : 0.0; });
      };
      std::printf(
          "| %s | %s | %.0f | %.2f | %.0f | %.1f | %.1f | %.1f | %.1f | %.0f | %.0f | "
          "%.0f | %.0f |\n",
          asked_.server.c_str(), way.c_str(), rate, rate / plain,
          of_rounds(full, [](const figures& f) { return f.known_a_second; }),
          ms(&figures::taken_half), ms(&figures::taken_99), ms(&figures::known_half),
          ms(&figures::known_99), us("server"), us("relay"), us("sender"), us("receiver"));
    }
  }

  request asked_;
  std::string name_;
  std::map<std::string, std::vector<figures>> found_;
};

}  // namespace

int run_speed(const request& of) { return speed(of).all(); }

}  // namespace real
