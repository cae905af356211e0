// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_PRESET_KEYS_HPP
#define VIDIMUS_ADAPT_PRESET_KEYS_HPP

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "../base/result.hpp"
#include "../concepts/key_source.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// A key source in memory: preset codes by (peer, key id), one of them current for each peer, any
/// number accepted; scopes of relays. Preset codes are wiped when removed and at the end.
///
/// Trust mode `per hop`: give sender and server one code, server and receiver another. Trust mode
/// `shared`: give all three the same; every holder can then write as any other (docs/protocol.md,
/// the attacker table).
class preset_keys {
 public:
  preset_keys() = default;
  preset_keys(const preset_keys&) = default;
  preset_keys& operator=(const preset_keys&) = default;
  ~preset_keys() {
    for (auto& [peer, held] : peers_)
      for (auto& key : held.keys) wipe(key.code.data(), key.code.size());
  }

  /// Adds a code and makes it current. Refused, and nothing is changed: `no_key` if the code has
  /// fewer than 16 octets, the key id is empty or longer than 32 octets, or the id was used for
  /// another code before (an id is never reassigned, docs/protocol.md key.preset); `bad_address`
  /// if the peer is not a bare address.
  result<bool> add(const std::string& peer, const std::string& key_id, octets_view code,
                   check_rule rule = check_rule::hmac_sha_256_128) {
    if (peer.empty() || peer.find('/') != std::string::npos) return errc::bad_address;
    if (code.size() < preset_code_size_min || key_id.empty() || key_id.size() > key_id_size_max)
      return errc::no_key;
    peer_keys& held = peers_[peer];
    if (std::find(held.retired.begin(), held.retired.end(), key_id) != held.retired.end())
      return errc::no_key;
    for (const auto& known : held.keys)
      if (known.id == key_id) return errc::no_key;
    held.keys.push_back({key_id, rule, octets(code.begin(), code.end())});
    return true;
  }

  /// Removes a code. Messages that were sent under it are sent again under the current one. False
  /// if it was not there.
  bool remove(const std::string& peer, const std::string& key_id) {
    auto at = peers_.find(peer);
    if (at == peers_.end()) return false;
    for (auto key = at->second.keys.begin(); key != at->second.keys.end(); ++key) {
      if (key->id != key_id) continue;
      wipe(key->code.data(), key->code.size());
      at->second.keys.erase(key);
      at->second.retired.push_back(key_id);
      return true;
    }
    return false;
  }

  /// Lets a relay speak for an origin: a bare address, a domain as "@example.org", or "*" for any.
  void allow(const std::string& relay, std::string origin) {
    peers_[relay].scope.push_back(std::move(origin));
  }

  std::optional<key_choice> current(std::string_view peer) const {
    const peer_keys* held = find(peer);
    if (held == nullptr || held->keys.empty()) return std::nullopt;
    return key_choice{held->keys.back().id, held->keys.back().rule};
  }

  octets_view preset_code(std::string_view peer, std::string_view key_id) const {
    if (const peer_keys* held = find(peer))
      for (const auto& key : held->keys)
        if (key.id == key_id) return key.code;
    return {};
  }

  bool accepts(std::string_view peer, check_rule rule) const {
    const peer_keys* held = find(peer);
    if (held == nullptr) return false;
    return std::any_of(held->keys.begin(), held->keys.end(),
                       [rule](const auto& key) { return key.rule == rule; });
  }

  bool speaks_for(std::string_view peer, std::string_view origin) const {
    if (peer == origin) return true;
    const peer_keys* held = find(peer);
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
    octets code;
  };
  struct peer_keys {
    std::vector<preset> keys;  ///< the last one is current
    std::vector<std::string> retired;
    std::vector<std::string> scope;
  };

  const peer_keys* find(std::string_view peer) const {
    auto at = peers_.find(peer);
    return at == peers_.end() ? nullptr : &at->second;
  }

  std::map<std::string, peer_keys, std::less<>> peers_;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
