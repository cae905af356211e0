// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_PRESET_KEYS_HPP
#define VIDIMUS_ADAPT_PRESET_KEYS_HPP

#include <algorithm>
#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "../base/result.hpp"
#include "../base/secret.hpp"
#include "../concepts/key_source.hpp"
#include "../model/name.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// A key source in memory: preset codes by (peer, key id), one of them current for each peer, any
/// number accepted; scopes of relays. Preset codes are wiped when removed and at the end.
///
/// Trust mode `per hop`: give sender and server one code, server and receiver another. Trust mode
/// `shared`: give all three the same; every holder can then write as any other (docs/protocol.md,
/// the attacker table). Trust modes `end to end` and `end to end, sealed`: besides,
/// `add_end_to_end` at both ends.
///
/// To change a key without a pause: `add_accepted` at both ends, then `make_current` at both, in
/// any order; `remove` the old one when it is current nowhere and no role's `keys_in_use()` names
/// it. After a `remove` tell the roles by `keys_changed()`.
class preset_keys {
 public:
  /// Adds a code and makes it current. Of the rule ed25519 a code is 64 octets, this party's seed
  /// and the peer's public key. Refused, and nothing is changed: `bad_address` if the peer is not a
  /// bare address; `bad_key` if the key id is empty or longer than 32 octets, if the id was used
  /// before (an id is never reassigned, docs/protocol.md key.preset), if the code has not the
  /// length of the rule or a public key of small order, or if the rule is excluded by
  /// `accept_only`.
  result<bool> add(const std::string& peer, const std::string& key_id, octets_view code,
                   check_rule rule = check_rule::hmac_sha_256_128) {
    return insert(peers_, peer, key_id, code, rule, true);
  }

  /// Adds a code that is accepted, and not used for sending unless it is the only one. Refused as
  /// `add`.
  result<bool> add_accepted(const std::string& peer, const std::string& key_id, octets_view code,
                            check_rule rule = check_rule::hmac_sha_256_128) {
    return insert(peers_, peer, key_id, code, rule, false);
  }

  /// Makes a code current that is held. False if it is not there.
  bool make_current(const std::string& peer, const std::string& key_id) {
    auto at = peers_.find(peer);
    if (at == peers_.end()) return false;
    auto& keys = at->second.keys;
    const auto key = position(keys, key_id);
    if (key == keys.end()) return false;
    std::rotate(key, key + 1, keys.end());
    return true;
  }

  /// Removes a code, which is wiped. Messages that were sent under it are sent again under the
  /// current one. False if it was not there.
  bool remove(const std::string& peer, const std::string& key_id) {
    return erase(peers_, peer, key_id);
  }

  /// The floor towards a peer: from now on its codes are taken, and ours are made, by these rules
  /// only, whatever keys are held. Keys of other rules stay, unused; a later call may let them in
  /// again. No rule is better than another in all respects, so this is a list and not a level.
  void accept_only(const std::string& peer, std::initializer_list<check_rule> these) {
    std::uint32_t allowed = 0;
    for (check_rule rule : these) allowed |= bit(rule);
    peers_[peer].allowed = allowed;
  }

  /// Lets a relay speak for an origin: a bare address, a domain as "@example.org", or "*" for any.
  void allow(const std::string& relay, std::string origin) {
    peers_[relay].scope.push_back(std::move(origin));
  }

  /// Adds a code between this end and the bare address of the other, and makes it current: trust
  /// mode `end to end`, or with `sealed` (which the sender's side decides) `end to end, sealed`.
  /// No relay may know it. From now on the sender sends messages to `peer` with a second code, and
  /// the receiver takes none of `peer` without: give the first one to the sender first, and later
  /// ones to the receiver first. Refused as `add`.
  result<bool> add_end_to_end(const std::string& peer, const std::string& key_id, octets_view code,
                              check_rule rule = check_rule::hmac_sha_256_128, bool sealed = false) {
    const auto added = insert(ends_, peer, key_id, code, rule, true);
    if (added) ends_[peer].sealed = sealed;
    return added;
  }

  /// Removes a code between the ends. What was sent under it and is not delivered yet cannot be
  /// proved any more and may end `uncertain`; `keys_in_use()` does not name such codes. After the
  /// last one messages go per hop again. False if it was not there.
  bool remove_end_to_end(const std::string& peer, const std::string& key_id) {
    return erase(ends_, peer, key_id);
  }

  std::optional<end_choice> end_to_end(std::string_view peer) const {
    const peer_keys* held = find(ends_, peer);
    if (held == nullptr || held->keys.empty()) return std::nullopt;
    return end_choice{held->keys.back().id, held->keys.back().rule, held->sealed};
  }

  octets_view end_preset_code(std::string_view peer, std::string_view key_id,
                              check_rule rule) const {
    return code_in(find(ends_, peer), key_id, rule);
  }

  std::optional<key_choice> current(std::string_view peer) const {
    const peer_keys* held = find(peers_, peer);
    if (held == nullptr) return std::nullopt;
    for (auto key = held->keys.rbegin(); key != held->keys.rend(); ++key)
      if (held->allows(key->rule)) return key_choice{key->id, key->rule};
    return std::nullopt;
  }

  octets_view preset_code(std::string_view peer, std::string_view key_id, check_rule rule) const {
    return code_in(find(peers_, peer), key_id, rule);
  }

  bool accepts(std::string_view peer, check_rule rule) const {
    const peer_keys* held = find(peers_, peer);
    if (held == nullptr || !held->allows(rule)) return false;
    return std::any_of(held->keys.begin(), held->keys.end(),
                       [rule](const auto& key) { return key.rule == rule; });
  }

  bool speaks_for(std::string_view peer, std::string_view origin) const {
    if (peer == origin) return true;
    const peer_keys* held = find(peers_, peer);
    if (held == nullptr) return false;
    for (const std::string& one : held->scope) {
      if (one == "*" || one == origin) return true;
      if (one.starts_with('@') && origin.ends_with(one)) return true;
    }
    return false;
  }

 private:
  struct preset {
    std::string id;
    check_rule rule;
    secret code;
  };
  struct peer_keys {
    std::vector<preset> keys;  ///< the last one that is allowed is current
    std::vector<std::string> retired;
    std::vector<std::string> scope;
    std::uint32_t allowed = ~std::uint32_t{0};  ///< a bit for each rule
    bool sealed = false;                        ///< between ends only
    bool allows(check_rule rule) const { return (allowed & bit(rule)) != 0; }
  };

  using keys_by_peer = std::map<std::string, peer_keys, std::less<>>;

  static constexpr std::uint32_t bit(check_rule rule) {
    return std::uint32_t{1} << static_cast<unsigned>(rule);
  }

  static std::vector<preset>::iterator position(std::vector<preset>& keys, const std::string& id) {
    return std::find_if(keys.begin(), keys.end(), [&](const preset& key) { return key.id == id; });
  }

  static result<bool> insert(keys_by_peer& to, const std::string& peer, const std::string& key_id,
                             octets_view code, check_rule rule, bool as_current) {
    if (!is_bare_address(peer)) return errc::bad_address;
    if (!is_usable(rule, code) || key_id.empty() || key_id.size() > key_id_size_max)
      return errc::bad_key;
    peer_keys& held = to[peer];
    const bool retired =
        std::find(held.retired.begin(), held.retired.end(), key_id) != held.retired.end();
    if (retired || !held.allows(rule) || position(held.keys, key_id) != held.keys.end())
      return errc::bad_key;
    held.keys.insert(as_current ? held.keys.end() : held.keys.begin(),
                     {key_id, rule, secret(code)});
    return true;
  }

  static bool erase(keys_by_peer& from, const std::string& peer, const std::string& key_id) {
    auto at = from.find(peer);
    if (at == from.end()) return false;
    auto& keys = at->second.keys;
    const auto key = position(keys, key_id);
    if (key == keys.end()) return false;
    keys.erase(key);
    at->second.retired.push_back(key_id);
    return true;
  }

  static const peer_keys* find(const keys_by_peer& in, std::string_view peer) {
    auto at = in.find(peer);
    return at == in.end() ? nullptr : &at->second;
  }

  static octets_view code_in(const peer_keys* held, std::string_view key_id, check_rule rule) {
    if (held == nullptr || !held->allows(rule)) return {};
    for (const auto& key : held->keys)
      if (key.id == key_id && key.rule == rule) return key.code.view();
    return {};
  }

  keys_by_peer peers_;
  keys_by_peer ends_;  ///< by the far end
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
