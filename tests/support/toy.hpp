// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_SUPPORT_TOY_HPP
#define VIDIMUS_TESTS_SUPPORT_TOY_HPP

#include <vidimus/adapt/memory_store.hpp>
#include <vidimus/adapt/preset_keys.hpp>
#include <vidimus/check/evidence.hpp>
#include <vidimus/vidimus.hpp>

#include "rows.hpp"

/// A world small and fast enough to run millions of times: a mixing function in place of the
/// cryptography (no secrecy, but any change of key or input changes the code), random names from
/// a counter, an observer that remembers.
namespace toy {

using namespace vidimus;

inline std::uint64_t mix(std::uint64_t h, octets_view in) {
  for (octet o : in) {
    h = (h ^ o) * 0x9e3779b97f4a7c15ull;
    h ^= h >> 29;
  }
  return (h ^ in.size()) * 0xbf58476d1ce4e5b9ull;
}

struct crypto {
  struct code_key {
    check_rule rule = check_rule::hmac_sha_256_128;
    std::uint64_t ours = 0, theirs = 0;  ///< alike under a MAC
    std::uint64_t shared = 0;

    check_code code(octets_view in) const { return made(ours, in); }
    bool matches(octets_view in, const check_code& given) const {
      return made(theirs, in) == given;
    }
    short_code short_of(octets_view in) const { return made(shared, in).first_octets(); }

   private:
    check_code made(std::uint64_t k, octets_view in) const {
      octets out;
      writer w(out);
      for (std::uint64_t part = 0; out.size() < facts(rule).code_size; ++part)
        w.u64(mix(part % 2 == 0 ? k + part : ~k - part, in));
      return check_code(out);
    }
  };
  static digest digest_of(octets_view in) {
    digest out{};
    for (std::size_t i = 0; i < 4; ++i) {
      const std::uint64_t h = mix(i + 1, in);
      for (std::size_t j = 0; j < 8; ++j) out[8 * i + j] = static_cast<octet>(h >> (8 * j));
    }
    return out;
  }
  /// Under ed25519 a public key is the seed itself.
  static code_key derive(check_rule rule, octets_view preset, octets_view info) {
    if (!facts(rule).derived)
      return {rule, mix(1, seed_of(preset)), mix(1, public_key_of(preset)), 0};
    const std::uint64_t k = mix(mix(0, preset), info);
    return {rule, k, k, k};
  }
};

/// Names from a counter: the same counter, the same names.
struct entropy {
  std::uint64_t drawn = 0;
  octet who = 0;  ///< keeps the names of several parties apart
  void fill(std::span<octet> out) {
    ++drawn;
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = i == 0 ? who : static_cast<octet>(i <= 8 ? drawn >> (8 * (i - 1)) : 0xa5);
  }
};

/// Counts notices; the cells of the tables go to one account for the whole process.
struct watcher {
  std::array<std::uint64_t, notice_count> notices{};
  std::vector<std::pair<message_name, diagnosis>> found;
  void row(std::string_view table, std::size_t cell) {
    support::rows_of_process().mark(table, cell);
  }
  void noticed(notice what) { ++notices[static_cast<std::size_t>(what)]; }
  void altered(const message_name& name, const diagnosis& what) {
    if (!what.empty()) found.emplace_back(name, what);
  }
  void witnessed(const witness& w) {
    if (book != nullptr) book->add(w, *clock);
  }
  evidence_book* book = nullptr;  ///< if evidence is to be kept
  const instant* clock = nullptr;
  std::uint64_t count(notice what) const { return notices[static_cast<std::size_t>(what)]; }
};

using env = environment<crypto, preset_keys, entropy, watcher>;

inline const std::string alice = "alice@example.org";
inline const std::string relay = "relay.example.org";
inline const std::string bob = "bob@example.net";
inline const std::string bob_full = "bob@example.net/desk";

inline octets code_of(std::string_view text) {
  octets out(as_octets(text).begin(), as_octets(text).end());
  out.resize(std::max<std::size_t>(out.size(), preset_code_size_min), '.');
  return out;
}

/// Keys per hop: one between alice and the relay, one between the relay and bob.
inline void give_keys(preset_keys& a, preset_keys& r, preset_keys& b) {
  (void)a.add(relay, "k1", code_of("hop one"));
  (void)r.add(alice, "k1", code_of("hop one"));
  (void)r.add(bob, "k1", code_of("hop two"));
  (void)b.add(relay, "k1", code_of("hop two"));
  b.allow(relay, "@example.org");
}

/// A key between alice and bob, if there is to be one (protocol.md, end.keys).
inline void give_ends(preset_keys& a, preset_keys& b, bool any, bool sealed) {
  if (!any) return;
  constexpr auto rule = check_rule::hmac_sha_256_128;
  (void)a.add_end_to_end(bob, "e1", code_of("between the ends, e1"), rule, sealed);
  (void)b.add_end_to_end(alice, "e1", code_of("between the ends, e1"), rule);
}

inline content content_of(std::string_view text) {
  return {octets(as_octets(text).begin(), as_octets(text).end()), make_payload(text)};
}

inline outgoing message(std::string_view text, std::string to = bob) {
  outgoing m;
  m.destination = std::move(to);
  m.type = "chat";
  m.body = content_of(text);
  return m;
}

/// What a stanza that carries this looks like at its other end.
inline incoming arrived(const out::transmit& sent, std::string from) {
  incoming in{std::move(from), sent.what, {}, false, false};
  std::visit([](auto& e) { e.head = e.head.as_written(); }, in.what);
  if (sent.payload) in.body = content_of(*sent.payload);
  return in;
}

}  // namespace toy

// Programs of many files compile the roles once, in toy_roles.cpp.
#ifdef VIDIMUS_TESTS_ROLES_APART
extern template class vidimus::sender<toy::env>;
extern template class vidimus::server<toy::env>;
extern template class vidimus::receiver<toy::env>;
#endif

#endif
