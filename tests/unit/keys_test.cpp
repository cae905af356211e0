// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// Keys that change, go and come while messages are under way.
#include <random>

#include "../support/catch.hpp"
#include "../support/trio.hpp"

using namespace toy;

namespace {

key_uses uses(std::initializer_list<key_use> all) { return key_uses(all); }

octets hex(std::string_view digits) { return from_hex(digits).value(); }

/// One hop whose two ends change from key to key, each at its own time.
struct hop_keys {
  preset_keys *near, *far;
  const std::string *near_name, *far_name;
  int added = 1;
  std::vector<std::string> held{"k1"};
};

bool names(const key_uses& uses, const std::string& peer, const std::string& id) {
  return uses.contains({peer, id});
}

/// A trio under rotation: nothing is removed while any end names it or has it as current.
struct rotation {
  trio t{[] {
    sender_limits l = strict(sender_limits{});
    l.unfinished_max = 100'000;
    return l;
  }()};
  std::mt19937_64 chance;
  std::array<hop_keys, 2> hops{{{&t.alice_env.keys, &t.relay_env.keys, &alice, &relay, 1, {"k1"}},
                                {&t.relay_env.keys, &t.bob_env.keys, &relay, &bob, 1, {"k1"}}}};
  std::size_t removed = 0;
  std::set<std::pair<check_rule, std::size_t>> seen;  ///< rule and kind of what was sent

  explicit rotation(std::uint64_t seed) : chance(seed) {}
  std::uint64_t below(std::uint64_t n) { return chance() % n; }

  void change_keys(hop_keys& h) {
    if (below(4) == 0) {  // accepted at both ends, at the far one first
      const auto id = "k" + std::to_string(++h.added);
      const auto rule = rules[below(4)].rule;
      REQUIRE(h.far->add_accepted(*h.near_name, id, code_of(id), rule));
      REQUIRE(h.near->add_accepted(*h.far_name, id, code_of(id), rule));
      h.held.push_back(id);
    }
    if (below(2) == 0) h.near->make_current(*h.far_name, h.held.back());
    if (below(2) == 0) h.far->make_current(*h.near_name, h.held.back());
    for (std::size_t i = 0; i < h.held.size(); ++i) {
      const std::string id = h.held[i];
      if (in_use(h, id)) continue;
      REQUIRE(h.near->remove(*h.far_name, id));
      REQUIRE(h.far->remove(*h.near_name, id));
      h.held.erase(h.held.begin() + static_cast<std::ptrdiff_t>(i));
      ++removed;
      t.a->keys_changed();
      t.v->keys_changed();
      t.b->keys_changed();
      return;
    }
  }

  bool in_use(const hop_keys& h, const std::string& id) {
    if (id == h.held.back()) return true;
    if (h.near->current(*h.far_name)->key_id == id) return true;
    if (h.far->current(*h.near_name)->key_id == id) return true;
    return names(t.a->keys_in_use(), relay, id) || names(t.v->keys_in_use(), alice, id) ||
           names(t.v->keys_in_use(), bob, id) || names(t.b->keys_in_use(), relay, id);
  }

  /// Carries some of what is in flight, in any order; loses and doubles part of it.
  void carry() {
    for (auto n = below(20); n > 0 && !t.air.empty(); --n) {
      std::swap(t.air.front(), t.air[below(t.air.size())]);
      const flight f = t.take();
      seen.insert({header_of(f.sent.what).rule, f.sent.what.index()});
      if (below(5) == 0) continue;
      if (below(8) == 0) t.air.push_back(f);
      t.arrive(f);
    }
  }
};

}  // namespace

TEST_CASE("every role names the keys of what is unfinished", "[key.remove]") {
  trio t;
  t.accepts = false;
  REQUIRE(t.alice_env.keys.add(relay, "one", code_of("hop one")));
  REQUIRE(t.relay_env.keys.add(alice, "one", code_of("hop one")));
  REQUIRE(t.relay_env.keys.add(bob, "two", code_of("hop two")));
  REQUIRE(t.bob_env.keys.add(relay, "two", code_of("hop two")));
  CHECK(t.a->keys_in_use().empty());
  const auto name = t.submit("hello");
  CHECK(t.a->keys_in_use() == uses({{relay, "one"}}));  // parked: the key it will go under
  t.start();
  REQUIRE(t.run_to<receipt>(alice));
  t.run();
  CHECK(t.a->keys_in_use() == uses({{relay, "one"}}));
  CHECK(t.v->keys_in_use() == uses({{alice, "one"}, {bob, "two"}}));
  CHECK(t.b->keys_in_use() == uses({{relay, "two"}}));

  t.crash_sender();
  t.crash_server();
  t.crash_receiver();
  CHECK(t.a->keys_in_use() == uses({{relay, "one"}}));
  CHECK(t.v->keys_in_use() == uses({{alice, "one"}, {bob, "two"}}));
  CHECK(t.b->keys_in_use() == uses({{relay, "two"}}));

  t.accepts = true;
  t.start();
  t.pass(seconds(600));
  REQUIRE(t.outcome_of(name) == outcome::delivered);
  CHECK(t.a->keys_in_use().empty());
  CHECK(t.v->keys_in_use().empty());
  CHECK(t.b->keys_in_use().empty());
}

TEST_CASE("a record names a new key before anything leaves under it",
          "[key.remove][durable.first]") {
  trio t;
  t.accepts = false;
  t.start();
  (void)t.submit("hello");
  REQUIRE(t.run_to<check>(relay));
  t.air.clear();
  REQUIRE(t.alice_env.keys.add(relay, "k2", code_of("new")));
  REQUIRE(t.relay_env.keys.add(alice, "k2", code_of("new")));
  REQUIRE(t.relay_env.keys.add(bob, "k3", code_of("new too")));
  REQUIRE(t.bob_env.keys.add(relay, "k3", code_of("new too")));
  t.carry = false;
  for (int i = 0; i < 40; ++i) {
    t.pass(seconds(2));
    while (!t.air.empty()) {
      const flight f = t.take();
      if (const auto* e = f.as<check>()) {
        CAPTURE(e->head.key_id);
        const bool hop_one = f.sent.to == relay;
        bool named = false;
        for (const stored& one : (hop_one ? t.alice_store : t.relay_store).all()) {
          if (auto m = image::load<record::sender_message>(one.image))
            named = named || m->how->key_id == e->head.key_id;
          if (auto m = image::load<record::server_custody>(one.image))
            for (const auto& to : m->sent) named = named || *to.key_id == e->head.key_id;
        }
        REQUIRE(named);
        REQUIRE(e->head.key_id == (hop_one ? "k2" : "k3"));
      }
      t.arrive(f);
    }
  }
  CHECK(t.a->keys_in_use() == uses({{relay, "k2"}}));
  CHECK(t.v->keys_in_use() == uses({{alice, "k2"}, {bob, "k3"}}));
  CHECK(t.b->keys_in_use() == uses({{relay, "k3"}}));
}

TEST_CASE("a copy of an old element does not bring an old key back into use", "[key.remove]") {
  trio t;
  t.carry = false;
  t.start();
  (void)t.submit("hello");
  REQUIRE(t.run_to<check>(relay));
  const flight old = t.take();
  t.arrive(old);
  REQUIRE(t.v->keys_in_use().contains({alice, "k1"}));
  REQUIRE(t.alice_env.keys.add(relay, "k2", code_of("new")));
  REQUIRE(t.relay_env.keys.add(alice, "k2", code_of("new")));
  t.run();  // the execute command comes under k2
  REQUIRE(t.v->keys_in_use().empty());
  t.accepts = false;
  (void)t.submit("again");
  t.run();
  REQUIRE(t.v->keys_in_use().contains({alice, "k2"}));
  const auto records = t.relay_store.all().size();
  t.arrive(old);
  CHECK_FALSE(t.v->keys_in_use().contains({alice, "k1"}));
  CHECK(t.relay_store.all().size() == records);
}

TEST_CASE("a key removed early turns messages into resends, not into failures", "[key.remove]") {
  for (int moment = 0; moment < 12; ++moment) {
    CAPTURE(moment);
    trio t;
    t.carry = false;
    t.start();
    std::vector<message_name> all;
    for (int i = 0; i < 10; ++i) all.push_back(t.submit("m" + std::to_string(i)));
    for (int i = 0; i < moment * 6 && !t.air.empty(); ++i) t.step();
    // on both hops, with all that is in flight under it
    REQUIRE(t.alice_env.keys.remove(relay, "k1"));
    REQUIRE(t.relay_env.keys.remove(alice, "k1"));
    REQUIRE(t.relay_env.keys.remove(bob, "k1"));
    REQUIRE(t.bob_env.keys.remove(relay, "k1"));
    t.a->keys_changed();
    t.v->keys_changed();
    t.b->keys_changed();
    const bool under_way = !t.air.empty();
    t.run();
    t.pass(seconds(30));  // without any key nothing moves, and nothing ends but by its outcome
    REQUIRE(t.air.empty());
    const auto ignored =
        t.alice_env.watch.count(notice::unknown_key) +
        t.relay_env.watch.count(notice::unknown_key) + t.bob_env.watch.count(notice::unknown_key) +
        t.relay_env.watch.count(notice::unresolved) + t.bob_env.watch.count(notice::unresolved) +
        t.alice_env.watch.count(notice::unresolved);
    CHECK((ignored > 0) == under_way);
    for (auto* keys : {&t.alice_env.keys, &t.bob_env.keys})
      REQUIRE(keys->add(relay, "k2", code_of("new"), check_rule::blake2b_256));
    for (const auto* peer : {&alice, &bob})
      REQUIRE(t.relay_env.keys.add(*peer, "k2", code_of("new"), check_rule::blake2b_256));
    t.carry = true;
    t.pass(seconds(1300));
    for (const auto& name : all) {
      REQUIRE(t.outcome_of(name) == outcome::delivered);
      REQUIRE(t.taken(name) == 1);
    }
  }
}

TEST_CASE("keys and rules change under load on a line that loses, and no message is lost",
          "[key.current][key.remove][key.rule]") {
  std::size_t removed = 0;
  std::set<std::pair<check_rule, std::size_t>> seen;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    CAPTURE(seed);
    rotation r(seed);
    trio& t = r.t;
    t.carry = false;
    t.start();
    std::vector<message_name> all;
    std::size_t most = 0;
    for (int step = 0; step < 1500; ++step) {
      if (step < 300)
        for (auto n = r.below(6); n > 0; --n)
          all.push_back(t.submit("m" + std::to_string(all.size())));
      if (r.below(15) == 0) r.change_keys(r.hops[r.below(2)]);
      if (seed % 2 == 0 && r.below(300) == 0) {
        t.crash_sender();
        t.link_up();
      }
      if (seed % 2 == 0 && r.below(300) == 0) {
        t.crash_server();
        t.attach();
      }
      r.carry();
      t.pass(milliseconds(100));
      most = std::max(most, t.a->unfinished());
    }
    t.carry = true;
    t.run();
    t.pass(seconds(1300));
    CHECK(all.size() > 600);
    CHECK(most > 200);
    for (const auto& name : all) {
      REQUIRE(t.outcome_of(name) == outcome::delivered);
      REQUIRE(t.taken(name) == 1);
    }
    CHECK(t.relay_env.watch.count(notice::reused) == 0);
    CHECK(t.relay_env.watch.count(notice::wrong_code) == 0);
    CHECK(t.alice_env.watch.count(notice::wrong_code) == 0);
    CHECK(t.bob_env.watch.count(notice::wrong_code) == 0);
    removed += r.removed;
    seen.insert(r.seen.begin(), r.seen.end());
  }
  CHECK(removed > 20);
  for (std::size_t rule = 0; rule < 4; ++rule)  // check, receipt, execute and sync under each
    for (std::size_t kind : {0u, 1u, 2u, 4u}) CHECK(seen.contains({rules[rule].rule, kind}));
}

TEST_CASE("records of version 0.1.0 are read, and name no key", "[key.remove]") {
  // written by version 0.1.0
  const octets sent =
      hex("560102000000036140780000000362407900000003722e780505050505050505050505050000000000000003"
          "01050"
          "000020000003c000000000012d687ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
          "ddddd"
          "000000046368617401000000010000000575726e3a6100000001622284ebc2");
  const octets held =
      hex("56010600000003614078000000036140780000000362407900000003722e7805050505050505050505050500"
          "00000"
          "00000000301000200"
          "00003c000000000012d6870000000000000007dddddddddddddddddddddddddddddddddddd"
          "dddddddddddddddddddddddddddd000000046368617400000000000000000208080808080808080808080809"
          "0909090"
          "90909090909090958a4e19a");
  const octets handed =
      hex("56010800000003722e78000000036140780000000362407900000003722e7805050505050505050505050500"
          "000000"
          "0000000200000000010000000000000004000000000000000400000000000000020000000000000003dddddd"
          "dddddd"
          "dddddddddddddddddddddddddddddddddddddddddddddddddddd0000000000000005dddddddddddddddddddd"
          "dddddd"
          "dddddddddddddddddddddddddddddddddddddd88ad7151");
  const auto m = image::load<record::sender_message>(sent);
  REQUIRE(m);
  CHECK(m->at == 3);
  CHECK(m->is == record::stage::decided);
  CHECK(m->how->cover.names.size() == 1);
  CHECK(m->how->key_id.empty());
  const auto c = image::load<record::server_custody>(held);
  REQUIRE(c);
  CHECK(c->is == record::custody_stage::executed);
  REQUIRE(c->sent.size() == 2);
  CHECK(c->sent[1].endpoint.octets[0] == 9);
  CHECK(c->sent[1].key_id->empty());
  const auto r = image::load<record::receiver_conversation>(handed);
  REQUIRE(r);
  REQUIRE(r->handed.size() == 2);
  CHECK(r->handed[1].at == 5);
  CHECK(r->handed[1].key_id->empty());

  // written again they have the present format, and all that they had
  auto again = image::load<record::server_custody>(image::save(*c));
  REQUIRE(again);
  CHECK(again->sent.size() == 2);
  CHECK(image::save(*c)[1] == image::format);
  auto named = *m;
  named.how = shared_value(manner{m->how->type, m->how->cover, "k7"});
  CHECK(image::load<record::sender_message>(image::save(named))->how->key_id == "k7");
  // a format that is not there yet is refused, not guessed
  octets later = image::save(named);
  later[1] = image::format + 1;
  CHECK(image::load<record::sender_message>(later).error() == errc::newer_image);
}

TEST_CASE("what is not sent for want of a key is noticed", "[key.current]") {
  trio t;
  t.start();
  (void)t.submit("one");
  const auto lacks = [](const env& at) { return at.watch.count(notice::no_key) > 0; };
  SECTION("at the sender") {
    REQUIRE(t.alice_env.keys.remove(relay, "k1"));
    t.link_up();
    CHECK(lacks(t.alice_env));
  }
  SECTION("at the server, towards the endpoint") {
    REQUIRE(t.relay_env.keys.remove(bob, "k1"));
    t.run();
    CHECK(lacks(t.relay_env));
    CHECK_FALSE(lacks(t.alice_env));
  }
  SECTION("nowhere") {
    t.run();
    CHECK_FALSE((lacks(t.alice_env) || lacks(t.relay_env) || lacks(t.bob_env)));
  }
}
