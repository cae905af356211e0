// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// The three roles over a SQLite store each. One of them dies at one of its batches, before or
// behind the commit, for every batch that there is.
#include <deque>
#include <functional>
#include <set>
#include <vidimus/adapt/sqlite_store.hpp>

#include "support/catch.hpp"
#include "support/scratch_dir.hpp"
#include "support/toy.hpp"

using namespace toy;

namespace {

enum class side { at_alice, at_relay, at_bob };

struct death {
  side who = side::at_alice;
  int batch = 0;  ///< 0: nobody dies
  bool before = false;
};

template <class Role>
struct on_disk {
  side who;
  std::string name, address, path;
  std::unique_ptr<sqlite_file> file{};
  std::optional<sqlite_store> store{};
  std::optional<Role> role{};
  int batches = 0, deaths = 0;

  void open() {
    sqlite_options how;
    how.sync = store_sync::normal;
    how.check = false;
    file = std::move(sqlite_file::open(path, how).value());
    store.emplace(std::move(sqlite_store::open(*file, name).value()));
  }
  /// As a process would leave it: what was not committed is gone, nothing was closed.
  void die() {
    const std::string left = path + "." + std::to_string(++deaths);
    support::copy_database(path, left);
    role.reset();
    store.reset();
    file.reset();
    path = left;
    open();
  }
};

class disk_trio {
 public:
  disk_trio(const support::scratch_dir& dir, const death& d) : death_(d) {
    alice_env_.entropy.who = 1;
    relay_env_.entropy.who = 2;
    bob_env_.entropy.who = 3;
    give_keys(alice_env_.keys, relay_env_.keys, bob_env_.keys);
    a_.path = dir / "alice";
    v_.path = dir / "relay";
    b_.path = dir / "bob";
    a_.open();
    v_.open();
    b_.open();
    sql("CREATE TABLE effect(name TEXT, text TEXT)");
    a_.role.emplace(alice_env_, alice, relay, strict(sender_limits{}));
    v_.role.emplace(relay_env_, relay, strict(server_limits{}));
    b_.role.emplace(bob_env_, bob, strict(receiver_limits{}));
    carry(v_, v_.role->attached(bob_full, now_));
    carry(a_, a_.role->link_restored(now_));
  }

  void submit(const std::string& text, bool report) {
    outgoing m = message(text);
    m.report = report;
    m.lifetime_s = 3600;
    auto given = a_.role->submit(m, now_);
    const message_name name = given->name;
    carry(a_, std::move(given->outputs), [&, name] { submitted[name] = text; });
  }
  void withdraw_last() {
    const auto done = a_.role->withdraw(submitted.rbegin()->first, now_);
    if (done) carry(a_, *done);
  }

  /// Until all has ended and nothing is on the way.
  void run() {
    for (int i = 0; i < 3000; ++i) {
      if (!air_.empty()) {
        step();
        continue;
      }
      if (a_.role->unfinished() == 0 && v_.role->next_deadline() == never) return;
      now_ = std::max(now_, std::min(a_.role->next_deadline(), v_.role->next_deadline()));
      carry(a_, a_.role->tick(now_));
      carry(v_, v_.role->tick(now_));
      if (a_.role->unfinished() == 0 && now_ > instant{10'000'000}) return;
    }
    FAIL("no end in sight");
  }
  void step() {
    const auto [from, sent] = air_.front();
    air_.pop_front();
    now_ = now_ + milliseconds(1);
    const incoming in = arrived(sent, from);
    if (sent.to == relay)
      carry(v_, v_.role->receive(in, now_));
    else if (bare(sent.to) == alice)
      carry(a_, a_.role->receive(in, now_));
    else
      carry(b_, b_.role->receive(in, now_));
  }
  std::size_t in_flight() const { return air_.size(); }

  int effects(const message_name& name, const std::string& text) {
    detail::sqlite_statement s;
    REQUIRE(s.prepare(b_.file->handle(),
                      "SELECT count(*) FROM effect WHERE name = ?1 AND text = ?2") == SQLITE_OK);
    const std::string key = key_of(name);
    REQUIRE(s.text(1, key) == SQLITE_OK);
    REQUIRE(s.text(2, text) == SQLITE_OK);
    REQUIRE(s.step() == SQLITE_ROW);
    return static_cast<int>(s.integer(0));
  }
  int effects() {
    detail::sqlite_statement s;
    REQUIRE(s.prepare(b_.file->handle(), "SELECT count(*) FROM effect") == SQLITE_OK);
    REQUIRE(s.step() == SQLITE_ROW);
    return static_cast<int>(s.integer(0));
  }
  bool died() const { return a_.deaths + v_.deaths + b_.deaths > 0; }

  std::map<message_name, std::string> submitted;
  std::vector<out::report> reports;

 private:
  static std::string key_of(const message_name& name) {
    return record::key_of("", {}, name.in, name.at);
  }
  void sql(const std::string& text) {
    INFO(text);
    REQUIRE(sqlite3_exec(b_.file->handle(), text.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  }

  template <class Role, class Output>
  void carry(
      on_disk<Role>& at, const std::vector<Output>& outputs,
      const std::function<void()>& effect = [] {}) {
    if (outputs.empty()) return;
    ++at.batches;
    const bool dies = death_.who == at.who && death_.batch == at.batches;
    REQUIRE(at.file->begin());
    if (!(dies && death_.before)) effect();
    REQUIRE(at.store->write(outputs));
    if (dies && death_.before) return again(at);  // a transaction that nobody committed
    REQUIRE(at.file->commit());
    if (dies) return again(at);
    rest(at, outputs);
  }

  template <class Role, class Output>
  void rest(on_disk<Role>& at, const std::vector<Output>& outputs) {
    std::vector<out::deliver> to_answer;
    for (const auto& one : outputs)
      std::visit(
          [&](const auto& o) {
            using kind = std::remove_cvref_t<decltype(o)>;
            if constexpr (std::is_same_v<kind, out::transmit>) air_.emplace_back(at.address, o);
            if constexpr (std::is_same_v<kind, out::report>) reports.push_back(o);
            if constexpr (std::is_same_v<kind, out::deliver>) to_answer.push_back(o);
          },
          one);
    for (const out::deliver& d : to_answer)
      carry(b_, b_.role->accepted(d.name, now_).value(), [&] {
        sql("INSERT INTO effect VALUES('" + key_of(d.name) + "', '" + *d.body->whole + "')");
      });
  }

  template <class Role>
  void again(on_disk<Role>& at) {
    at.die();
    const auto records = at.store->all().value();
    REQUIRE(at.store->last_durable());
    const auto take = [&](auto outputs) {
      REQUIRE(at.store->restored(outputs));
      rest(at, outputs);
    };
    if constexpr (std::is_same_v<Role, sender<env>>) {
      at.role.emplace(alice_env_, alice, relay, strict(sender_limits{}));
      take(at.role->restore(records, true, now_).value());
      carry(at, at.role->link_restored(now_));
    } else if constexpr (std::is_same_v<Role, server<env>>) {
      at.role.emplace(relay_env_, relay, strict(server_limits{}));
      take(at.role->restore(records, true, now_).value());
      carry(at, at.role->attached(bob_full, now_));
    } else {
      at.role.emplace(bob_env_, bob, strict(receiver_limits{}));
      take(at.role->restore(records, true).value());
    }
  }

  death death_;
  env alice_env_, relay_env_, bob_env_;
  on_disk<sender<env>> a_{side::at_alice, "alice", alice + "/phone", {}};
  on_disk<server<env>> v_{side::at_relay, "relay", relay, {}};
  on_disk<receiver<env>> b_{side::at_bob, "bob", bob_full, {}};
  instant now_{1'000'000};
  std::deque<std::pair<std::string, out::transmit>> air_;
};

/// What became of it, against P1 to P3. Counts what was delivered.
int judge(disk_trio& t) {
  int delivered = 0, taken = 0;
  for (const auto& [name, text] : t.submitted) {
    INFO(text);
    std::set<outcome> ends;
    int first = 0;
    for (const out::report& r : t.reports)
      if (r.name == name) {
        ends.insert(r.ended);
        first += r.again ? 0 : 1;
      }
    REQUIRE(ends.size() == 1);
    REQUIRE(first <= 1);
    const outcome is = *ends.begin();
    const int effects = t.effects(name, text);
    taken += effects;
    if (is == outcome::delivered || is == outcome::executed) {
      REQUIRE(effects == 1);
      ++delivered;
    } else {
      REQUIRE(is == outcome::withdrawn);
      REQUIRE(effects == 0);
    }
  }
  REQUIRE(t.effects() == taken);  // nothing else was taken
  return delivered;
}

}  // namespace

TEST_CASE("whoever dies at whichever batch, each submission has one true outcome",
          "[outcome.once][accept.atomic][durable.first][restore.again]") {
  int deaths = 0, delivered = 0;
  for (const side who : {side::at_alice, side::at_relay, side::at_bob})
    for (const bool before : {true, false})
      for (int batch = 1;; ++batch) {
        INFO("party " << static_cast<int>(who) << " dies at batch " << batch
                      << (before ? ", before" : ", behind") << " its commit");
        REQUIRE(batch < 100);
        support::scratch_dir dir;
        disk_trio t(dir, {who, batch, before});
        t.submit("one", true);
        t.submit("two", false);
        for (int i = 0; i < 4 && t.in_flight() > 0; ++i) t.step();
        t.submit("three", true);
        if (!t.submitted.empty()) t.withdraw_last();
        t.run();
        delivered += judge(t);
        if (!t.died()) break;
        ++deaths;
      }
  REQUIRE(deaths > 40);
  REQUIRE(delivered > deaths);
}
