// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// Preset codes and what is derived from them do not stay behind in memory that is given back.
#include <memory>
#include <vidimus/adapt/cryptopp.hpp>

#include "../support/catch.hpp"
#include "../support/toy.hpp"
#include "support/heap_calls.hpp"

using namespace vidimus;

namespace {

using real = environment<cryptopp, preset_keys, system_entropy>;

/// Octets that are nowhere else in memory.
octets pattern(octet first, std::size_t size) {
  octets out(size);
  for (std::size_t i = 0; i < size; ++i)
    out[i] = static_cast<octet>(first + 37 * i + (i * i >> 3) + 1);
  return out;
}

class watch {
 public:
  explicit watch(octets_view what) { support::watch_freed(what.data(), what.size()); }
  watch(const watch&) = delete;
  watch& operator=(const watch&) = delete;
  ~watch() { support::watch_freed(nullptr, 0); }
  std::size_t seen() const { return support::freed_with_them(); }
};

bool holds(const volatile octet* at, std::size_t size, octets_view part) {
  for (std::size_t begin = 0; begin + part.size() <= size; ++begin) {
    std::size_t same = 0;
    while (same < part.size() && at[begin + same] == part[same]) ++same;
    if (same == part.size()) return true;
  }
  return false;
}

/// The sponge of SHA3-256 behind the block that HMAC makes of a key, as it lies in memory.
struct opened_sponge : CryptoPP::SHA3_256 {
  octets behind(octets_view key, octet pad) {
    octets block(key.begin(), key.end());
    block.resize(136);
    for (octet& one : block) one ^= pad;
    Update(block.data(), block.size());
    octets out(m_state.size() * 8);
    std::memcpy(out.data(), m_state.data(), out.size());
    return out;
  }
};

template <class Object, class... From>
void wiped_with_it(const std::vector<octets>& knows, const From&... from) {
  alignas(Object) std::array<octet, sizeof(Object)> memory{};
  const volatile octet* at = memory.data();
  auto* object = new (memory.data()) Object(from...);
  for (const octets& one : knows) CHECK(holds(at, memory.size(), one));
  object->~Object();
  for (const octets& one : knows)
    for (std::size_t i = 0; i + 8 <= one.size(); i += 8)
      CHECK_FALSE(holds(at, memory.size(), octets_view(one).subspan(i, 8)));
}

header head_of(check_rule rule) {
  header head;
  head.rule = rule;
  head.key_id = "k";
  head.conversation.along = make_route(toy::alice, toy::bob, toy::relay);
  return head;
}

}  // namespace

TEST_CASE("the watch sees what is given back unwiped", "[key.preset]") {
  if (!support::can_watch_freed()) return;
  const octets secret_octets = pattern(1, 40);
  watch on(secret_octets);
  { const octets copy = secret_octets; }
  CHECK(on.seen() == 1);
  {
    octets longer(9, 0);
    longer.insert(longer.end(), secret_octets.begin(), secret_octets.end());
  }
  CHECK(on.seen() == 2);
  { const secret held(secret_octets); }
  CHECK(on.seen() == 2);
}

TEST_CASE("a secret leaves nothing behind, however it goes", "[key.preset]") {
  if (!support::can_watch_freed()) return;
  const octets first = pattern(2, 40), second = pattern(77, 24);
  watch on(first);
  {
    secret a(first);
    secret b(a);
    secret c(std::move(b));
    CHECK(equal_constant_time(c.view(), first));
    CHECK(b.size() == 0);  // NOLINT(bugprone-use-after-move): moved from is empty
    a = secret(second);
    c = a;
    CHECK(equal_constant_time(c.view(), second));
    std::vector<secret> many;
    for (int i = 0; i < 40; ++i) many.emplace_back(first);
    many.erase(many.begin() + 3);
    many[0] = secret{};
  }
  CHECK(on.seen() == 0);
}

TEST_CASE("preset codes are wiped when removed and at the end", "[key.preset]") {
  if (!support::can_watch_freed()) return;
  const octets code = pattern(3, 64);
  watch on(code);
  {
    preset_keys keys;
    for (int i = 0; i < 20; ++i)  // the list grows out of its memory again and again
      REQUIRE(keys.add(toy::alice, std::to_string(i), code));
    REQUIRE(keys.add_accepted(toy::alice, "ahead", code));
    REQUIRE(keys.make_current(toy::alice, "3"));
    for (int i = 0; i < 10; ++i) REQUIRE(keys.remove(toy::alice, std::to_string(2 * i)));
    CHECK(on.seen() == 0);
    preset_keys other = keys;
    other = preset_keys{};
    preset_keys third = std::move(keys);
    third = other;
  }
  CHECK(on.seen() == 0);
}

TEST_CASE("what a key of each rule knows is wiped with it", "[key.derive]") {
  const octets secret_octets = pattern(5, 32);
  wiped_with_it<blake2b_256>({}, octets_view(secret_octets));
  wiped_with_it<hmac_sha3_256>(
      {opened_sponge().behind(secret_octets, 0x36), opened_sponge().behind(secret_octets, 0x5c)},
      octets_view(secret_octets));
  wiped_with_it<ed25519_pair>({secret_octets}, octets_view(secret_octets),
                              octets_view(pattern(6, 32)));
  octets preset = secret_octets;
  const octets peer = pattern(9, 32);
  preset.insert(preset.end(), peer.begin(), peer.end());
  wiped_with_it<cryptopp::code_key>({secret_octets}, check_rule::ed25519, octets_view(preset));
  // of blake2b the block made of the key waits in the buffer of a copy that Crypto++ wipes
  alignas(cryptopp::code_key) std::array<octet, sizeof(cryptopp::code_key)> memory{};
  auto* key = new (memory.data()) cryptopp::code_key(check_rule::blake2b_256, secret_octets);
  const bool was_there = holds(memory.data(), memory.size(), secret_octets);
  key->~code_key();
  CHECK(was_there);
  CHECK_FALSE(holds(memory.data(), memory.size(), octets_view(secret_octets).first(8)));
}

TEST_CASE("derived keys are wiped when their code is removed, and at the end", "[key.remove]") {
  if (!support::can_watch_freed()) return;
  octets preset = pattern(7, 32);  // a seed, which stands in the key as it is
  const octets seed = preset;
  const octets peer = pattern(11, 32);
  preset.insert(preset.end(), peer.begin(), peer.end());
  watch on(seed);
  {
    real world;
    REQUIRE(world.keys.add(toy::alice, "k", preset, check_rule::ed25519));
    REQUIRE(world.keys.add(toy::bob, "k", preset, check_rule::ed25519));
    keyring<real> ring;
    const header head = head_of(check_rule::ed25519);
    std::size_t made = 0;
    for (std::size_t p = 0; p < purpose_names.size(); ++p) {
      if (is_between_ends(static_cast<purpose>(p))) continue;
      REQUIRE(ring.find(world, toy::alice, head, static_cast<purpose>(p)) != nullptr);
      REQUIRE(ring.find(world, toy::bob, head, static_cast<purpose>(p)) != nullptr);
      ++made;
    }
    REQUIRE(ring.size() == 2 * made);
    REQUIRE(world.keys.remove(toy::alice, "k"));
    // asked for, it goes at once; the rest goes when the source is compared
    CHECK(ring.find(world, toy::alice, head, purpose::submit) == nullptr);
    CHECK(ring.size() == 2 * made - 1);
    ring.drop_removed(world);
    CHECK(ring.size() == made);
    CHECK(ring.find(world, toy::bob, head, purpose::submit) != nullptr);
    world.keys.accept_only(toy::bob, {});
    ring.drop_removed(world);
    CHECK(ring.size() == 0);
    world.keys.accept_only(toy::bob, {check_rule::ed25519});
    CHECK(ring.find(world, toy::bob, head, purpose::submit) != nullptr);
  }
  CHECK(on.seen() == 0);
  support::watch_freed(nullptr, 0);
}

TEST_CASE("a role wipes what was derived from removed codes when it is told", "[key.remove]") {
  if (!support::can_watch_freed()) return;
  octets preset = pattern(13, 32);
  const octets seed = preset;
  const octets peer = pattern(17, 32);
  preset.insert(preset.end(), peer.begin(), peer.end());
  watch on(seed);
  {
    real world;
    sender<real> role(world, toy::alice, toy::relay, strict(sender_limits{}));
    REQUIRE(world.keys.add(toy::relay, "k", preset, check_rule::ed25519));
    outgoing m;
    m.destination = toy::bob;
    m.body = toy::content_of("hello");
    REQUIRE(role.submit(m, {1}));
    (void)role.link_restored({2});
    REQUIRE(world.keys.remove(toy::relay, "k"));
    role.keys_changed();
    CHECK(role.unfinished() == 1);
  }
  CHECK(on.seen() == 0);
}
