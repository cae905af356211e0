// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include <cstdio>
#include <vidimus/check/lint.hpp>

#include "books.hpp"
#include "messages.hpp"
#include "world.hpp"

namespace real {

namespace {

/// One message from one stack to another, in the order in which its sender is given them.
struct posted {
  const design* what = nullptr;
  std::size_t to = 0;     ///< which stack receives
  bool foretold = false;  ///< lint says that a stack on the way loses some of it
};

struct cell {
  long long sent = 0, verified = 0, delivered = 0, altered = 0, told_altered = 0;
  long long not_kept = 0;  ///< lost by a stack as lint had said, and not told delivered
  long long false_alarms = 0, missed = 0, wrong = 0;
};

/// Seconds that a message may take which a stack on its way does not keep.
constexpr int soon = 20;

class pairs {
 public:
  explicit pairs(const request& of)
      : asked_(of), texts_(all_designs(of.own, of.seed)), in_(of, false) {
    stacks_ = stacks_here(of.programs, missing_);
    posts_.resize(stacks_.size());
  }

  int all() {
    try {
      in_.start_relay();
      plan();
      run();
      in_.stop();
      judge();
    } catch (const gave_up& e) {
      in_.keep();
      std::printf("GAVE UP: %s (seed %llu; all of it in %s)\n", e.why.c_str(),
                  static_cast<unsigned long long>(asked_.seed), in_.where().c_str());
      return 1;
    }
    print();
    if (!good_) {
      in_.keep();
      std::printf("seed %llu; all of it in %s\n", static_cast<unsigned long long>(asked_.seed),
                  in_.where().c_str());
    }
    return good_ ? 0 : 1;
  }

 private:
  /// Whether lint warns of a stack that the message meets between these two.
  bool is_foretold(const design& of, const stack& from, const stack& to) const {
    const auto found = vidimus::lint("<message>" + of.payload + "</message>");
    for (const auto& names : {from.lint_sends, to.lint_reads})
      for (const std::string& one : names)
        if (found.concerns(one)) return true;
    return false;
  }

  /// Each sender's files: first what should arrive, then all, with what a stack will lose behind.
  void plan() {
    for (std::size_t from = 0; from < stacks_.size(); ++from) {
      auto& posts = posts_[from];
      for (const design& one : texts_.all)
        for (std::size_t to = 0; to < stacks_.size(); ++to)
          posts.push_back({&one, to, is_foretold(one, stacks_[from], stacks_[to])});
      if (asked_.bundles) std::erase_if(posts, [](const posted& one) { return one.foretold; });
      std::stable_partition(posts.begin(), posts.end(),
                            [](const posted& one) { return !one.foretold; });
      std::string sound, all;
      for (const posted& one : posts) {
        auto text = addressed(one.what->stanza, "bob-" + stacks_[one.to].name + '@' + host);
        text.push_back('\0');
        all += text;
        if (!one.foretold) sound += text;
      }
      in_.write(stacks_[from].name + ".sound", sound);
      in_.write(stacks_[from].name + ".all", all);
    }
  }

  void run() {
    std::vector<child*> receivers, senders;
    for (const stack& one : stacks_)
      receivers.push_back(
          &in_.start_client(one, side::receiver, "bob-" + one.name, "desk", !asked_.bundles, {}));
    for (const bool sound : {true, false}) {
      if (asked_.bundles && !sound) break;
      senders.clear();
      for (const stack& one : stacks_) {
        std::vector<std::string> more{"--file", one.name + (sound ? ".sound" : ".all")};
        if (!sound) more.insert(more.end(), {"--lifetime", std::to_string(soon)});
        senders.push_back(&in_.start_client(one, side::sender, "alice-" + one.name, "phone",
                                            !asked_.bundles, more));
      }
      in_.until(sound ? "all is delivered" : "all that is lost has ended", [&] {
        for (child* one : receivers)
          if (!one->goes()) throw gave_up{"a receiver ended by itself"};
        bool over = true;
        for (child* one : senders) over = !one->goes() && over;
        return over;
      });
      for (const child* one : senders)
        if (one->code() != 0 && one->code() != 1) throw gave_up{"a sender did not end well"};
    }
    for (child* one : senders) {
      as_text_.push_back(one->lines_with("-- sent as text"));
      shown_.push_back(one->lines_with(": altered on the way, sent again"));
    }
    for (child* one : receivers) in_.end(*one);
  }

  void judge() {
    cells_.resize(stacks_.size() * stacks_.size());
    std::vector<std::map<named, std::vector<std::string>>> taken;
    for (const stack& one : stacks_) {
      auto read = all_taken(in_.path("bob-" + one.name + "-desk.db"));
      if (!read) throw gave_up{"a receiver's book cannot be read"};
      taken.push_back(std::move(*read));
    }
    for (std::size_t from = 0; from < stacks_.size(); ++from) {
      const auto said = all_said(in_.path("alice-" + stacks_[from].name + "-phone.db"));
      if (!said || said->size() != posts_[from].size()) throw gave_up{"a book is not complete"};
      for (std::size_t i = 0; i < said->size(); ++i) {
        const posted& what = posts_[from][i];
        judge_one((*said)[i], what, taken[what.to], from);
        taken[what.to].erase((*said)[i].name);
      }
    }
    for (const auto& left : taken)
      if (!left.empty()) complain("taken and never sent", {}, 0);
    if (in_.seen.obeyed != 0) complain("something forged was obeyed", {}, 0);
    if (in_.seen.unreadable != 0) complain("elements of ours that cannot be read", {}, 0);
  }

  void judge_one(const said& s, const posted& what,
                 const std::map<named, std::vector<std::string>>& taken, std::size_t from) {
    cell& c = cells_[from * stacks_.size() + what.to];
    const auto& passed = in_.seen.messages[s.name];
    const auto at = taken.find(s.name);
    const bool is_taken = at != taken.end();
    ++c.sent;
    for (const passage& hop : passed) {
      c.altered += hop.altered ? 1 : 0;
      c.told_altered += hop.told_altered ? 1 : 0;
      if (hop.baseless) ++c.missed, complain("verified, and no intact copy had passed", what, from);
      if (!hop.alarmed || what.foretold || is_split(what)) continue;
      ++c.false_alarms;
      complain("called altered, and it was not", what, from);
    }
    c.verified += passed[0].verified && passed[1].verified ? 1 : 0;
    if (is_taken && (at->second.size() != 1 || at->second[0] != s.content)) {
      ++c.missed;
      complain("taken twice, or not as it was sent", what, from);
    }
    if (s.outcome == "delivered" && is_taken && s.told == 1) {
      ++c.delivered;
    } else if (what.foretold && !is_taken && s.told == 1 && s.outcome != "delivered" &&
               s.outcome != "executed") {
      ++c.not_kept;
      // what never got there intact within its short life has nobody to notice it
      if (passed[1].intact && !passed[1].alarmed && !passed[1].told_altered)
        complain("not kept, and nobody noticed" + told_of(passed[1]), what, from);
    } else {
      ++c.wrong;
      complain("ended " + (s.outcome.empty() ? "without outcome" : s.outcome), what, from);
    }
  }

  static std::string told_of(const passage& of) {
    return std::string(of.seen ? ", seen" : ", never seen") + (of.intact ? ", intact" : "") +
           (of.altered ? ", altered" : "");
  }

  /// QXmpp decodes what each read from the connection gives: characters of several octets may be
  /// cut in two, and are altered then.
  bool is_split(const posted& what) const {
    return stacks_[what.to].name == "qxmpp" && what.what->beyond_ascii;
  }

  void complain(const std::string& why, const posted& of, std::size_t from) {
    good_ = false;
    if (of.what == nullptr)
      std::printf("BROKEN: %s\n", why.c_str());
    else
      std::printf("BROKEN: %s -> %s, %s: %s\n", stacks_[from].shown.c_str(),
                  stacks_[of.to].shown.c_str(), of.what->name.c_str(), why.c_str());
  }

  void print() {
    std::printf(
        "| server | sender | receiver | %s | altered on the way | verified | delivered | not kept "
        "by a stack | false alarms | missed alterations |\n"
        "|---|---|---|---|---|---|---|---|---|---|\n",
        asked_.bundles ? "sent, in bundles" : "sent");
    cell sum;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      const cell& c = cells_[i];
      line(stacks_[i / stacks_.size()].shown, stacks_[i % stacks_.size()].shown, c);
      for (auto field : {&cell::sent, &cell::verified, &cell::delivered, &cell::altered,
                         &cell::told_altered, &cell::not_kept, &cell::false_alarms, &cell::missed})
        sum.*field += c.*field;
    }
    line("all", "all", sum);
    if (asked_.bundles)
      print_bundles();
    else
      print_mischief(sum);
    for (std::size_t from = 0; from < as_text_.size(); ++from)
      if (as_text_[from] != 0)
        std::printf("%s: %s sent %lld stanzas as text, as its tree cannot say them\n",
                    asked_.server.c_str(), stacks_[from].shown.c_str(),
                    static_cast<long long>(as_text_[from]));
    tell_what_is_left_out();
  }

  void print_bundles() {
    std::printf("%s: bundles, with %lld messages and elements of ours in them:",
                asked_.server.c_str(), in_.seen.bundled);
    bool all = true;
    for (const stack& one : stacks_)
      for (const std::string& at : {"alice-" + one.name + '@' + host + "/phone",
                                    "bob-" + one.name + '@' + host + "/desk"}) {
        const long long n = in_.seen.bundles[at];
        std::printf(" %lld at %s", n, at.c_str());
        all = all && n != 0;
      }
    std::printf("\n");
    good_ = good_ && all;
    if (!all) std::printf("BROKEN: each stack is to send and to read bundles\n");
  }

  void print_mischief(const cell& sum) {
    std::printf(
        "%s: %lld of %lld altered messages were told altered, in the others our element was "
        "altered; %lld other stanzas altered\n",
        asked_.server.c_str(), sum.told_altered, sum.altered, in_.seen.others_altered);
    for (std::size_t from = 0; from < stacks_.size(); ++from) {
      std::printf("%s: %s showed %lld messages to be altered on the way and sent again\n",
                  asked_.server.c_str(), stacks_[from].shown.c_str(), shown_[from]);
      if (shown_[from] == 0) complain("no altered message was shown to its sender", {}, from);
    }
    const ledger& seen = in_.seen;
    std::printf(
        "%s: %lld stanzas of ours replayed, %lld reordered, %lld messages withheld and a receipt "
        "forged for each, %lld execute commands forged: %lld had an effect\n",
        asked_.server.c_str(), seen.replayed, seen.reordered, seen.withheld, seen.forged_commands,
        seen.obeyed);
    if (seen.replayed == 0 || seen.reordered == 0 || seen.withheld == 0 ||
        seen.forged_commands == 0) {
      std::printf("too little was forged: the run shows too little\n");
      good_ = false;
    }
    if (sum.altered < sum.sent / 5 || sum.told_altered == 0 || in_.seen.others_altered == 0) {
      std::printf("too little was altered: the run shows too little\n");
      good_ = false;
    }
  }
  void line(const std::string& from, const std::string& to, const cell& c) const {
    std::printf("| %s | %s | %s | %lld | %lld | %lld | %lld | %lld | %lld | %lld |\n",
                asked_.server.c_str(), from.c_str(), to.c_str(), c.sent, c.altered, c.verified,
                c.delivered, c.not_kept, c.false_alarms, c.missed);
  }

  void tell_what_is_left_out() const {
    for (const std::string& one : missing_)
      std::printf("%s: left out, as its program was not built\n", one.c_str());
    if (asked_.bundles) return;  // the run without them tells
    std::map<std::string, std::string> refused;
    for (const unsendable& one : texts_.refused) {
      auto& names = refused[one.why];
      names += (names.empty() ? "" : " ") + one.name;
    }
    for (const auto& [why, names] : refused)
      std::printf("%s: refused by the library: %s: %s\n", asked_.server.c_str(), names.c_str(),
                  why.c_str());
    for (std::size_t to = 0; to < stacks_.size(); ++to) {
      std::string names;
      for (const posted& one : posts_[to])
        if (one.to == to && one.foretold) names += ' ' + one.what->name;
      std::printf("%s: as lint says, %s does not keep:%s\n", asked_.server.c_str(),
                  stacks_[to].shown.c_str(), names.empty() ? " nothing" : names.c_str());
    }
  }

  request asked_;
  designs texts_;
  world in_;
  std::vector<stack> stacks_;
  std::vector<std::string> missing_;
  std::vector<std::vector<posted>> posts_;  ///< of each sender
  std::vector<cell> cells_;
  std::vector<long long> shown_;    ///< messages that a sender showed to be altered on the way
  std::vector<long long> as_text_;  ///< lines of each sender that say so
  bool good_ = true;
};

}  // namespace

int run_pairs(const request& of) { return pairs(of).all(); }

}  // namespace real
