// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_KEYRING_HPP
#define VIDIMUS_CHECK_KEYRING_HPP

#include <array>
#include <optional>
#include <unordered_map>

#include "../base/secret.hpp"
#include "../concepts/environment.hpp"
#include "../model/elements.hpp"
#include "compute.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Keys derived from preset codes, one per purpose and direction, each derived once and kept keyed
/// (protocol.md, key.derive). Bounded: when full it starts anew. A key for what a peer sent is kept
/// only once a code under it was valid: anybody may name a route (protocol.md, flood.order).
template <an_environment Env>
class keyring {
 public:
  static constexpr std::size_t keys_max = 4096;

  /// A key, and what every input under it begins with.
  struct derived {
    typename Env::crypto_type::code_key key;
    octets opening;

    /// To be asked before the key is given an input that was not written here.
    bool begins(octets_view input) const noexcept {
      return input.size() >= opening.size() &&
             std::equal(opening.begin(), opening.end(), input.begin());
    }
  };

  keyring() = default;
  keyring(const keyring&) = delete;
  keyring& operator=(const keyring&) = delete;

  /// The key for elements of purpose `p` with this header, exchanged with `peer` (a bare address);
  /// null if the key source has no such preset code of this rule, it cannot be used, or the rule is
  /// not accepted. Valid until the next call. One that is derived anew is kept beside the others
  /// if `keep` says so, or by `keep_found`.
  const derived* find(const Env& env, std::string_view peer, const header& head, purpose p,
                      bool keep = true) {
    const octets_view preset = preset_of(env, peer, head.key_id, head.rule, p);
    if (const item* latest = latest_[static_cast<std::size_t>(p)];
        latest != nullptr && latest->second.is_for(peer, head) &&
        equal_constant_time(latest->second.from.view(), preset)) {
      found_passing_ = false;
      return &latest->second.made;
    }
    return find_named(peer, head, p, preset, keep);
  }

  /// Keeps the key that `find` gave last.
  const derived* keep_found() {
    if (!found_passing_) return nullptr;
    if (keys_.size() >= keys_max) clear_kept();
    const purpose p = passing_->used_for;
    const auto at =
        keys_.insert_or_assign(std::string(as_text(name_.view())), *std::move(passing_));
    drop_passing();
    latest_[static_cast<std::size_t>(p)] = &*at.first;
    return &at.first->second.made;
  }

  /// Wipes the keys whose preset code the source does not have any more.
  void drop_removed(const Env& env) {
    latest_ = {};
    drop_passing();
    std::erase_if(keys_, [&](const auto& one) {
      const entry& held = one.second;
      const octets_view now = preset_of(env, held.peer, held.key_id, held.rule, held.used_for);
      return !equal_constant_time(held.from.view(), now);
    });
  }

  std::size_t size() const noexcept { return keys_.size(); }
  void clear() {
    clear_kept();
    drop_passing();
  }

 private:
  struct entry {
    std::string peer;
    route_ref along;
    key_name key_id;
    check_rule rule;
    purpose used_for;
    secret from;
    derived made;

    bool is_for(std::string_view whom, const header& head) const {
      return rule == head.rule && key_id == head.key_id && along == head.conversation.along &&
             same_text(peer, whom);
    }
  };

  const derived* find_named(std::string_view peer, const header& head, purpose p,
                            octets_view preset, bool keep) {
    covered::write_key_info(name_, head, p);
    const std::size_t info_size = name_.size();
    name_.append(peer);
    item* known = look_up(p);
    found_passing_ = false;
    if (!is_usable(head.rule, preset)) {
      if (known != nullptr) erase_named();
      return nullptr;
    }
    // the source may hold another code under this id by now: the one derived from must agree
    if (known != nullptr && equal_constant_time(known->second.from.view(), preset))
      return &known->second.made;
    if (!passes(preset)) {
      passing_name_.clear();
      passing_name_.append(as_text(name_.view()));
      passing_.emplace(entry{std::string(peer), head.conversation.along, head.key_id, head.rule, p,
                             secret(preset), derive(preset, head, p, name_.view(0, info_size))});
    }
    found_passing_ = true;
    return keep ? keep_found() : &passing_->made;
  }

  static derived derive(octets_view preset, const header& head, purpose p, octets_view info) {
    derived out{Env::crypto_type::derive(head.rule, preset, info), {}};
    octet_buffer opening;
    covered::basic_builder(opening).opening(head, p);
    out.opening.assign(opening.view().begin(), opening.view().end());
    if constexpr (requires { out.key.begin_with(out.opening); }) out.key.begin_with(out.opening);
    return out;
  }

  static octets_view preset_of(const Env& env, std::string_view peer, std::string_view key_id,
                               check_rule rule, purpose p) {
    if (is_between_ends(p)) {
      if constexpr (end_key_source<decltype(env.keys)>)
        return env.keys.end_preset_code(peer, key_id, rule);
      return {};
    }
    if (!env.keys.accepts(peer, rule)) return {};
    return env.keys.preset_code(peer, key_id, rule);
  }

  struct hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const noexcept {
      return std::hash<std::string_view>{}(name);
    }
  };
  using keys = std::unordered_map<std::string, entry, hash, std::equal_to<>>;
  using item = typename keys::value_type;

  void clear_kept() {
    latest_ = {};
    keys_.clear();
  }

  bool passes(octets_view preset) const {
    return passing_ && as_text(passing_name_.view()) == as_text(name_.view()) &&
           equal_constant_time(passing_->from.view(), preset);
  }
  void drop_passing() {
    passing_.reset();
    found_passing_ = false;
  }

  // by `name_`; what was found for a purpose last is mostly asked for next
  item* look_up(purpose p) {
    item*& latest = latest_[static_cast<std::size_t>(p)];
    const auto name = as_text(name_.view());
    if (latest != nullptr && latest->first == name) return latest;
    const auto found = keys_.find(name);
    if (found == keys_.end()) return nullptr;
    return latest = &*found;
  }

  void erase_named() {
    latest_ = {};
    keys_.erase(keys_.find(as_text(name_.view())));
  }

  keys keys_;
  std::array<item*, purpose_names.size()> latest_{};  // they stay where they are while held
  octet_buffer name_;                                 // what the key is made for, and the peer
  std::optional<entry> passing_;  // derived last, for what nobody has shown to hold the code of
  octet_buffer passing_name_;
  bool found_passing_ = false;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
