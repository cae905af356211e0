// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// Instances of one relay over one PostgreSQL database.
#include <algorithm>
#include <random>
#include <thread>
#include <vidimus/adapt/postgresql_server.hpp>

#include "support/catch.hpp"
#include "support/postgresql.hpp"
#include "support/postgresql_proxy.hpp"
#include "support/toy.hpp"

using namespace toy;

namespace {

/// Names from the time: whoever draws them, in whichever order, they are the same.
struct timed_entropy {
  const instant* now = nullptr;
  octet who = 0;
  void fill(std::span<octet> out) {
    octets name{who};
    writer(name).u64(static_cast<std::uint64_t>(now->at));
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = i < name.size() ? name[i] : 0xa5;
  }
};
using relay_env = environment<toy::crypto, preset_keys, timed_entropy, no_observer>;
using relay_role = server<relay_env>;
using instance = postgresql_server<relay_role>;

support::postgresql& database() {
  static support::postgresql one;
  return one;
}

postgresql_options schema_of(const std::string& name) {
  postgresql_options o;
  o.relay = relay;
  o.schema = name;
  return o;
}

/// Looks into a schema from aside.
class looking {
 public:
  explicit looking(const std::string& schema) : to_(PQconnectdb(database().where().c_str())) {
    PQclear(PQexec(to_, ("SET search_path TO " + schema).c_str()));
  }
  looking(const looking&) = delete;
  looking& operator=(const looking&) = delete;
  ~looking() { PQfinish(to_); }

  /// The first value; 0 if there is none.
  std::int64_t sql(const std::string& text) {
    PGresult* got = PQexec(to_, text.c_str());
    INFO(text << ": " << PQerrorMessage(to_));
    const auto is = PQresultStatus(got);
    CHECK((is == PGRES_TUPLES_OK || is == PGRES_COMMAND_OK));
    const std::int64_t first = PQntuples(got) > 0 ? std::atoll(PQgetvalue(got, 0, 0)) : 0;
    PQclear(got);
    return first;
  }
  /// As a role that was alone would have stored them.
  std::map<std::string, octets> records() {
    std::map<std::string, octets> to;
    each("SELECT key, image FROM vidimus_record", [&](std::string key, octets_view image) {
      if (!key.starts_with("ve/") && !key.starts_with("vs/"))
        to.emplace(std::move(key), octets(image.begin(), image.end()));
    });
    each("SELECT name, memory FROM vidimus_peer", [&](std::string name, octets_view memory) {
      record::server_peer peer{std::move(name), {}};
      std::copy(memory.begin(), memory.end(), peer.memory.octets.begin());
      to.emplace(peer.key(), image::save(peer));
    });
    return to;
  }

 private:
  template <class Do>
  void each(const char* text, Do what) {
    detail::postgresql_rows got(PQexecParams(to_, text, 0, nullptr, nullptr, nullptr, nullptr, 1));
    REQUIRE(got.good());
    for (int row = 0; row < got.count(); ++row) what(got.text(row, 0), got.bytes(row, 1));
  }

  PGconn* to_;
};

std::map<std::string, octets> of(const memory_store& store) {
  std::map<std::string, octets> to;
  for (stored& one : store.all()) to.emplace(std::move(one.key), std::move(one.image));
  return to;
}

const std::vector<std::string> people{"alice@example.org", "anna@example.org"};
const std::vector<std::string> goals{"bob@example.net", "carol@example.net", "dave@example.net"};

void relay_keys(preset_keys& to) {
  for (const std::string& one : people) (void)to.add(one, "k1", code_of("hop one " + one));
  for (const std::string& one : goals) (void)to.add(one, "k1", code_of("hop two " + one));
}

/// An instance with the environment that it needs.
struct running {
  running(const instant& clock, const postgresql_options& how, const server_limits& limits,
          const std::string& where = database().where())
      : env_{{}, {&clock, 9}, {}} {
    relay_keys(env_.keys);
    auto store = postgresql_store::open(where, how);
    if (!store) store = postgresql_store::open(where, how);  // a proxy cuts once
    INFO((store ? "" : store.error().what));
    REQUIRE(store);
    is.emplace(relay_role(env_, relay, limits), std::move(*store));
  }
  relay_env env_;
  std::optional<instance> is;
};

/// What identifies an element on its way: its code covers all that is in it.
std::string print_of(const out::transmit& t) {
  std::string out = *t.to + ' ' + t.type + ' ' + std::to_string(t.what.index()) + ' ';
  // behind an eviction an instance challenges the element, a role alone challenges as a sync
  if (const auto* c = std::get_if<challenge>(&t.what))
    return out + std::string(as_text(c->head.memory.view()));
  std::visit([&](const auto& e) { out += std::string(as_text(e.code.view())); }, t.what);
  return out + (t.payload ? *t.payload : std::string());
}
std::vector<std::string> prints_of(const server_outputs& outs) {
  std::vector<std::string> to;
  for (const auto& one : outs)
    if (const auto* t = std::get_if<out::transmit>(&one)) to.push_back(print_of(*t));
  return to;
}

/// Senders, endpoints and a network that loses, repeats, reorders and alters; between them the
/// instances, and one role in memory that is told the same.
class twin_world {
 public:
  twin_world(const std::string& schema, server_limits limits, std::uint64_t seed)
      : how_(schema_of(schema)), limits_(limits), chance_(seed), env_{{}, {&now_, 9}, {}} {
    relay_keys(env_.keys);
    limits_.brief = false;  // as at the instances
    one_.emplace(env_, relay, limits_);
    for (int i = 0; i < 3; ++i) start();
    for (std::size_t i = 0; i < people.size(); ++i) {
      auto& p = senders_.emplace_back();
      p.e.entropy.who = static_cast<octet>(i + 1);
      (void)p.e.keys.add(relay, "k1", code_of("hop one " + people[i]));
      p.address = people[i] + "/phone";
      p.role.emplace(p.e, people[i], relay, strict(sender_limits{}));
      carry(p, p.role->link_restored(now_));
    }
    for (std::size_t i = 0; i < goals.size(); ++i) {
      auto& p = receivers_.emplace_back();
      p.e.entropy.who = static_cast<octet>(i + 4);
      (void)p.e.keys.add(relay, "k1", code_of("hop two " + goals[i]));
      p.e.keys.allow(relay, "@example.org");
      p.address = goals[i] + "/desk";
      p.role.emplace(p.e, goals[i]);
    }
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) step(true);
    for (auto& p : receivers_) attach(p, true);
    for (int i = 0; i < 4000 && open() > 0; ++i) step(false);
    CHECK(open() == 0);
  }

  std::size_t compared = 0, evictions = 0, no_space = 0, restarts = 0, submitted = 0, reported = 0;

 private:
  template <class Role>
  struct party {
    env e;
    memory_store store{};
    std::string address{};
    std::optional<Role> role{};
  };
  struct flight {
    std::string from;
    out::transmit sent;
  };

  std::uint64_t below(std::uint64_t n) { return chance_() % n; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  void start() { instances_.push_back(std::make_unique<running>(now_, how_, limits_)); }
  std::size_t open() const {
    std::size_t n = air_.size();
    for (const auto& p : senders_) n += p.role->unfinished();
    return n;
  }

  void step(bool faults) {
    now_ = now_ + milliseconds(1 + static_cast<std::int64_t>(below(30)));
    if (faults && one_in(40)) {
      instances_.erase(instances_.begin() + static_cast<std::ptrdiff_t>(below(3)));
      start();
      ++restarts;
    }
    if (faults) act();
    if (!air_.empty() && !one_in(6)) return arrive(faults);
    instant next = one_->next_deadline();
    for (auto& p : senders_) next = std::min(next, p.role->next_deadline());
    if (next != never && air_.empty()) now_ = std::max(now_, next);
    for (auto& p : senders_) carry(p, p.role->tick(now_));
    tick();
  }

  void act() {
    auto& p = senders_[below(2)];
    switch (below(24)) {
      case 0: return attach(receivers_[below(3)], !one_in(3));
      case 1:
        p.role.emplace(p.e, people[p.e.entropy.who - 1u], relay, strict(sender_limits{}));
        carry(p, p.role->restore(p.store.all(), true, now_).value());
        return carry(p, p.role->link_restored(now_));
      case 2:
        if (!names_.empty()) {
          auto done = p.role->withdraw(names_[below(names_.size())], now_);
          if (done) carry(p, std::move(*done));
        }
        return;
      default: break;
    }
    if (!one_in(3)) return;
    outgoing m = message("text " + std::to_string(++submitted), goals[below(3)]);
    m.report = !one_in(4);
    m.conditional = one_in(4);
    m.lifetime_s = one_in(5) ? 2 : 600;
    auto given = p.role->submit(m, now_);
    REQUIRE(given);
    names_.push_back(given->name);
    carry(p, std::move(given->outputs));
  }
  void attach(party<receiver<env>>& p, bool there) {
    relay_does(
        [&](auto& r) { return there ? r.attached(p.address, now_) : r.detached(p.address, now_); });
  }

  void arrive(bool faults) {
    const std::size_t which = faults ? below(std::min<std::size_t>(air_.size(), 4)) : 0;
    flight f = air_[which];
    if (!faults || !one_in(8)) air_.erase(air_.begin() + static_cast<std::ptrdiff_t>(which));
    if (faults && one_in(10)) return;
    incoming in = arrived(f.sent, f.from);
    if (faults && one_in(25) && in.body.canonical.size() > 1) in.body.canonical[0] ^= 1;
    if (f.sent.to == relay) return relay_does([&](auto& r) { return r.receive(in, now_); });
    for (auto& p : senders_)
      if (bare(f.sent.to) == bare(p.address)) carry(p, p.role->receive(in, now_));
    for (auto& p : receivers_)
      if (f.sent.to == p.address) carry(p, p.role->receive(in, now_));
  }

  /// One instance, whichever, and the role in memory give the same.
  template <class Do>
  void relay_does(Do what) {
    const server_outputs expected = what(*one_);
    auto given = what(*instances_[below(3)]->is);
    INFO((given ? "" : given.error().what));
    REQUIRE(given);
    REQUIRE(prints_of(*given) == prints_of(expected));
    agreed(expected);
  }
  void tick() {
    const server_outputs expected = one_->tick(now_);
    server_outputs given;
    while (instances_[below(3)]->is->next_deadline().value() <= now_) {
      const server_outputs some = instances_[below(3)]->is->tick(now_, 1).value();
      given.insert(given.end(), some.begin(), some.end());
    }
    auto a = prints_of(given), b = prints_of(expected);
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    REQUIRE(a == b);
    agreed(expected);
  }
  void agreed(const server_outputs& outs) {
    ++compared;
    for (const auto& o : outs) {
      if (const auto* p = std::get_if<out::persist>(&o)) store_.carry_out(*p);
      if (const auto* f = std::get_if<out::forget>(&o)) store_.carry_out(*f);
    }
    if (compared % 8 == 0) REQUIRE(look_.records() == of(store_));
    REQUIRE(instances_[below(3)]->is->next_deadline().value() == one_->next_deadline());
    for (const auto& o : outs) {
      if (const auto* t = std::get_if<out::transmit>(&o)) {
        air_.push_back({relay, *t});
        const auto* r = std::get_if<receipt>(&t->what);
        if (r != nullptr && !r->refused.empty() && r->refused.front().why == reason::no_space)
          ++no_space;
      }
      if (const auto* f = std::get_if<out::forget>(&o)) evictions += f->key().starts_with("vc/");
    }
  }

  template <class Party, class Outputs>
  void carry(Party& p, Outputs outs) {
    std::vector<message_name> taken;
    for (auto& one : outs)
      std::visit(
          [&](auto& o) {
            using kind = std::remove_cvref_t<decltype(o)>;
            if constexpr (std::is_same_v<kind, out::persist> || std::is_same_v<kind, out::forget>)
              p.store.carry_out(o);
            if constexpr (std::is_same_v<kind, out::transmit>) air_.push_back({p.address, o});
            if constexpr (std::is_same_v<kind, out::report>) ++reported;
            if constexpr (std::is_same_v<kind, out::deliver>) taken.push_back(o.name);
          },
          one);
    if constexpr (requires { p.role->accepted(message_name{}, now_); })
      for (const message_name& name : taken)
        if (auto done = p.role->accepted(name, now_)) carry(p, std::move(*done));
  }

  postgresql_options how_;
  server_limits limits_;
  std::mt19937_64 chance_;
  instant now_{1'000'000};
  relay_env env_;
  std::optional<relay_role> one_;
  memory_store store_;
  looking look_{how_.schema};
  std::vector<std::unique_ptr<running>> instances_;
  std::deque<party<sender<env>>> senders_;
  std::deque<party<receiver<env>>> receivers_;
  std::deque<flight> air_;
  std::vector<message_name> names_;
};

server_limits roomy() {
  server_limits l = strict(server_limits{});
  l.answers_per_peer =
      l.answers_in_all = {1'000'000, 1};  // one instance has one bucket, three three
  return l;
}

/// One sender, one endpoint, and an instance that may be lost; nothing else is.
class one_message {
 public:
  explicit one_message(std::uint64_t life) {
    a_.entropy = {life * 1000, 1};
    b_.entropy = {life * 1000, 4};
    (void)a_.keys.add(relay, "k1", code_of("hop one " + alice));
    (void)b_.keys.add(relay, "k1", code_of("hop two " + bob));
    b_.keys.allow(relay, "@example.org");
    alice_.emplace(a_, alice, relay, strict(sender_limits{}));
    bob_.emplace(b_, bob);
    carry(alice_->link_restored(now), alice + "/phone");
    carry(alice_->submit(message("one"), now).value().outputs, alice + "/phone");
  }

  /// Until the outcome is there, by way of `tell`, which tells an instance.
  template <class Tell>
  void run(Tell tell, int most = 400) {
    for (; ended.empty() && most > 0; --most) {
      now = now + milliseconds(1);
      if (air_.empty()) {
        now = std::max(now, std::min(alice_->next_deadline(), now + milliseconds(5000)));
        carry(alice_->tick(now), alice + "/phone");
        carry(tell([&](instance& r) { return r.tick(now); }), relay);
        continue;
      }
      const auto [from, sent] = air_.front();
      air_.pop_front();
      const incoming in = arrived(sent, from);
      if (sent.to == relay)
        carry(tell([&](instance& r) { return r.receive(in, now); }), relay);
      else if (bare(sent.to) == alice)
        carry(alice_->receive(in, now), alice + "/phone");
      else
        carry(bob_->receive(in, now), bob_full);
    }
  }
  template <class Outputs>
  void carry(const Outputs& outs, const std::string& from) {
    std::vector<message_name> to_accept;
    for (const auto& one : outs)
      std::visit(
          [&](const auto& o) {
            using kind = std::remove_cvref_t<decltype(o)>;
            if constexpr (std::is_same_v<kind, out::transmit>) air_.emplace_back(from, o);
            if constexpr (std::is_same_v<kind, out::report>) ended.push_back(o.ended);
            if constexpr (std::is_same_v<kind, out::deliver>) to_accept.push_back(o.name);
          },
          one);
    for (const message_name& name : to_accept) {
      ++taken;
      carry(bob_->accepted(name, now).value(), from);
    }
  }

  instant now{1'000'000};
  std::vector<outcome> ended;
  int taken = 0;

 private:
  env a_, b_;
  std::optional<sender<env>> alice_;
  std::optional<receiver<env>> bob_;
  std::deque<std::pair<std::string, out::transmit>> air_;
};

std::optional<store_fault> fault_at(const postgresql_options& how,
                                    const std::string& where = database().where()) {
  auto store = postgresql_store::open(where, how);
  return store ? std::nullopt : std::optional(store.error().kind);
}

}  // namespace

TEST_CASE("whichever instance is told, it answers as one role that was told all",
          "[durable.first][snapshot.replace][name.memory][timer.sync][credit.octets]") {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    server_limits limits = roomy();
    limits.conversations_per_peer = seed == 2 ? 4 : 64;
    if (seed == 2) limits.receipts = {milliseconds(40), 3};
    if (seed == 3) limits.octets_per_peer = 40;  // of four messages or so, at any destination
    twin_world w("law" + std::to_string(seed), limits, seed);
    w.run(160);
    CHECK(w.compared > 100);
    CHECK(w.submitted > 20);
    CHECK(w.reported >= w.submitted);
    CHECK(w.restarts > 0);
    CHECK((w.evictions > 0) == (seed == 2));
    CHECK((w.no_space > 0) == (seed == 3));
  }
}

TEST_CASE("one of several instances makes the schema, and what is not theirs is refused",
          "[durable.first]") {
  const auto how = schema_of("first");
  std::vector<std::thread> all;
  std::atomic<int> good{0};
  for (int i = 0; i < 4; ++i) all.emplace_back([&] { good += fault_at(how) ? 0 : 1; });
  for (std::thread& one : all) one.join();
  CHECK(good == 4);
  looking look("first");
  CHECK(look.sql("SELECT count(*) FROM vidimus_store") == 1);

  auto other = how;
  other.relay = "other.example.org";
  CHECK(fault_at(other) == store_fault::not_ours);
  look.sql("UPDATE vidimus_store SET version = 3");
  CHECK(fault_at(how) == store_fault::newer);
  look.sql("UPDATE vidimus_store SET version = 0");
  CHECK(fault_at(how) == store_fault::damaged);
  // as the first version made it, with a message in custody
  look.sql("ALTER TABLE vidimus_conversation DROP octets");
  look.sql("INSERT INTO vidimus_conversation VALUES('vc/a', 'a', 'b', false)");
  look.sql(
      "INSERT INTO vidimus_record VALUES('b', 'vp/a/1', 1, 'four'), ('b', 'vp/ab/1', 1, 'none of "
      "it'), ('b', 'vr/a/1', 1, 'nor this'), ('c', 'vp/a/2', 1, 'nor that')");
  look.sql("UPDATE vidimus_store SET version = 1");
  CHECK(!fault_at(how));
  CHECK(look.sql("SELECT version FROM vidimus_store") == 2);
  CHECK(look.sql("SELECT octets FROM vidimus_conversation") == 4);
  CHECK(fault_at(how, database().where("/nowhere")) == store_fault::unreachable);
}

TEST_CASE("the octets of all messages in custody are bounded over all instances",
          "[credit.octets]") {
  instant now{1'000'000};
  server_limits limits = roomy();
  limits.octets_in_all = 10;
  std::deque<running> instances;
  for (int i = 0; i < 2; ++i) instances.emplace_back(now, schema_of("room"), limits);
  env e;
  (void)e.keys.add(relay, "k1", code_of("hop one " + people[0]));
  sender<env> role(e, people[0], relay, strict(sender_limits{}));
  std::size_t refused = 0;
  std::deque<sender_output> to_do;
  const auto add = [&](sender_outputs outs) {
    to_do.insert(to_do.end(), outs.begin(), outs.end());
  };
  const auto submit_at = [&](instance& at, const std::string& destination) {
    add(role.submit(message("eight or more", destination), now).value().outputs);
    for (; !to_do.empty(); to_do.pop_front()) {
      const auto* sent = std::get_if<out::transmit>(&to_do.front());
      if (sent == nullptr) continue;
      const auto answers = at.receive(arrived(*sent, people[0] + "/phone"), now);
      for (const auto& one : answers.value()) {
        const auto& answer = std::get<out::transmit>(one);
        const auto* r = std::get_if<receipt>(&answer.what);
        if (r != nullptr && !r->refused.empty()) ++refused;
        add(role.receive(arrived(answer, relay), now));
      }
    }
  };
  add(role.link_restored(now));
  submit_at(*instances[0].is, goals[0]);
  CHECK(refused == 0);
  now = now + seconds(2);
  submit_at(*instances[1].is, goals[1]);
  CHECK(refused == 1);
  looking look("room");
  CHECK(look.sql("SELECT count(*) FROM vidimus_record WHERE encode(key, 'escape') LIKE 'vp/%'") ==
        1);
  CHECK(look.sql("SELECT sum(octets) FROM vidimus_conversation") >= 8);
}

TEST_CASE("what several instances are given at once is taken once, and what is due done once",
          "[void.expired][altered.stateless][name.number]") {
  constexpr int count = 24;
  auto how = schema_of("race");
  how.tries_max = 200;
  const instant now{1'000'000}, later{1'002'000};
  std::deque<running> instances;
  for (int i = 0; i < 3; ++i) instances.emplace_back(now, how, roomy());

  env e;
  e.entropy.who = 1;
  (void)e.keys.add(relay, "k1", code_of("hop one " + alice));
  sender<env> role(e, alice, relay, strict(sender_limits{}));
  std::vector<incoming> checks;  // of a memory that is known, not told yet
  std::deque<out::transmit> air;
  const auto keep = [&](const auto& outs) {
    for (const auto& one : outs)
      if (const auto* t = std::get_if<out::transmit>(&one)) air.push_back(*t);
  };
  keep(role.link_restored(now));
  for (int i = 0; i < count; ++i) {
    outgoing m = message("due", "d" + std::to_string(i) + "@example.net");
    m.lifetime_s = 1;
    keep(role.submit(m, now).value().outputs);
  }
  while (!air.empty()) {
    const incoming in = arrived(air.front(), alice + "/phone");
    air.pop_front();
    const auto* c = std::get_if<check>(&in.what);
    if (c != nullptr && !c->head.memory.empty()) {
      checks.push_back(in);
      continue;
    }
    const server_outputs given = instances[0].is->receive(in, now).value();
    for (const auto& one : given)
      keep(role.receive(arrived(std::get<out::transmit>(one), relay), now));
  }
  REQUIRE(checks.size() == count);

  std::array<std::vector<store_error>, 3> refused;
  std::array<std::size_t, 3> said{};
  const auto at_once = [&](auto what) {
    std::vector<std::thread> all;
    for (std::size_t i = 0; i < 3; ++i) all.emplace_back([&, i] { what(i); });
    for (std::thread& one : all) one.join();
    for (const auto& one : refused)
      for (const store_error& why : one) FAIL_CHECK(why.what);
  };
  at_once([&](std::size_t i) {
    auto mine = checks;
    std::shuffle(mine.begin(), mine.end(), std::mt19937_64(i));
    server_outputs to;
    if (auto done = instances[i].is->receive(mine, now, to); !done)
      refused[i].push_back(done.error());
  });
  looking look("race");
  CHECK(look.sql("SELECT count(*) FROM vidimus_record WHERE key LIKE 'vr/%'") == count);
  CHECK(look.sql("SELECT count(*) FROM vidimus_record WHERE key LIKE 'vp/%'") == count);
  CHECK(look.sql("SELECT conversations FROM vidimus_peer") == count);

  at_once([&](std::size_t i) {
    for (auto next = instances[i].is->next_deadline(); next && *next <= later;
         next = instances[i].is->next_deadline()) {
      auto done = instances[i].is->tick(later, 1);
      if (!done) return refused[i].push_back(done.error());
      said[i] += done->size();
    }
  });
  CHECK(said[0] + said[1] + said[2] == count);
  CHECK(look.sql("SELECT count(*) FROM vidimus_record WHERE key LIKE 'vp/%'") == 0);
}

TEST_CASE("wherever the connection is cut, the message is delivered once",
          "[durable.first][outcome.once]") {
  support::postgresql_proxy proxy(database());
  std::uint64_t lives = 0;
  for (const bool before : {true, false})
    for (int at = 1;; ++at) {
      INFO("message " << at << (before ? " is lost" : " is answered, and the answer is lost"));
      REQUIRE(at < 200);
      one_message m(++lives);
      std::optional<running> is;
      proxy.cut(at, before);
      if (fault_at(schema_of("cuts"), database().where(proxy.path()))) REQUIRE(proxy.was_cut());
      is.emplace(m.now, schema_of("cuts"), roomy(), database().where(proxy.path()));
      int faults = 0;
      const auto tell = [&](auto what) {
        for (;;) {
          auto done = what(*is->is);
          if (done) return *done;
          REQUIRE(done.error().kind == store_fault::unreachable);
          REQUIRE(++faults < 3);
        }
      };
      m.carry(tell([&](instance& r) { return r.attached(bob_full, m.now); }), relay);
      m.run(tell);
      REQUIRE(m.ended == std::vector{outcome::delivered});
      REQUIRE(m.taken == 1);
      if (!proxy.was_cut()) break;
    }
  CHECK(lives > 40);
}

TEST_CASE("doubt renames all memories, for all instances", "[name.memory][name.exposed]") {
  one_message m(1);
  std::deque<running> instances;
  for (int i = 0; i < 2; ++i) instances.emplace_back(m.now, schema_of("doubt"), roomy());
  std::size_t next = 0;
  const auto tell = [&](auto what) { return what(*instances[++next % 2].is).value(); };
  m.run(tell, 20);  // nobody is there: it waits at the server
  REQUIRE(m.ended.empty());
  looking look("doubt");
  const auto before = look.records();
  m.carry(tell([&](instance& r) { return r.doubt(m.now); }), relay);
  const auto after = look.records();
  CHECK(before.size() == after.size());
  for (const auto& [key, image] : before) {
    INFO(key);
    if (key.starts_with("vm/")) CHECK(after.at(key) != image);
    if (key.starts_with("vp/")) CHECK(after.at(key) == image);
  }
  CHECK(look.sql("SELECT count(*) FROM vidimus_record WHERE key LIKE 'vr/%'") == 1);
  m.carry(tell([&](instance& r) { return r.attached(bob_full, m.now); }), relay);
  m.run(tell);
  CHECK(m.ended == std::vector{outcome::delivered});
  CHECK(m.taken == 1);
}
