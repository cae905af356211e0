// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_KEYRING_HPP
#define VIDIMUS_CHECK_KEYRING_HPP

#include <unordered_map>

#include "../concepts/environment.hpp"
#include "../model/elements.hpp"
#include "compute.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Keys derived from preset codes, one per purpose and direction, each derived once and kept keyed
/// (protocol.md, key.derive). Bounded: when full it starts anew.
template <an_environment Env>
class keyring {
 public:
  using mac_key = typename Env::crypto_type::mac_key;
  static constexpr std::size_t keys_max = 4096;

  /// The key for elements of purpose `p` with this header, exchanged with `peer` (a bare address);
  /// null if the key source has no such preset code, it is too short, or the rule is not accepted.
  /// Valid until the next call.
  const mac_key* find(const Env& env, std::string_view peer, const header& head, purpose p) {
    if (!env.keys.accepts(peer, head.rule)) return nullptr;
    const octets_view preset = env.keys.preset_code(peer, head.key_id);
    if (preset.size() < preset_code_size_min) return nullptr;
    write_info(head, p);
    lookup_.assign(as_text(info_));
    lookup_ += peer;
    auto known = keys_.find(lookup_);
    // the source may hold another code under this id by now: the one derived from must agree
    if (known != keys_.end() && equal_constant_time(known->second.from, preset))
      return &known->second.key;
    if (keys_.size() >= keys_max) keys_.clear();
    auto [at, fresh] = keys_.insert_or_assign(
        lookup_, entry(preset, Env::crypto_type::derive(head.rule, preset, info_)));
    return &at->second.key;
  }

  void clear() { keys_.clear(); }

 private:
  struct entry {
    entry(octets_view preset, mac_key derived)
        : from(preset.begin(), preset.end()), key(std::move(derived)) {}
    entry(const entry&) = default;
    entry& operator=(const entry&) = default;
    ~entry() { wipe(from.data(), from.size()); }

    octets from;
    mac_key key;
  };

  /// HKDF info: protocol, rule, purpose, issuer role, origin, destination, relay, key id, each with
  /// its length (protocol.md, key.derive).
  void write_info(const header& head, purpose p) {
    info_.clear();
    writer w(info_);
    w.sized(covered::protocol);
    w.sized(facts(head.rule).name);
    w.sized(name_of(p));
    w.sized(issuer_of(p));
    w.sized(head.conversation.along->origin);
    w.sized(head.conversation.along->destination);
    w.sized(head.conversation.along->relay);
    w.sized(head.key_id);
  }

  std::unordered_map<std::string, entry> keys_;
  octets info_;
  std::string lookup_;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
