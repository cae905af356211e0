// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_POSTGRESQL_CHANGE_HPP
#define VIDIMUS_ADAPT_POSTGRESQL_CHANGE_HPP

#include <algorithm>
#include <set>

#include "../model/output.hpp"
#include "../model/session.hpp"
#include "postgresql_shared.hpp"

/// Between the role of one destination and its rows.
namespace vidimus::inline VIDIMUS_ABI::detail {

inline bool is_session(const std::string& key) {
  return key.starts_with("vs/") || key.starts_with("ve/");
}

/// All of a destination, for `restore`.
inline std::vector<stored> records_of(const shared_destination& is) {
  std::vector<stored> out;
  for (const auto& [key, image] : is.records) out.push_back({key, image});
  for (const auto& [name, row] : is.peers) {
    const record::server_peer r{name, row.memory};
    out.push_back({r.key(), image::save(r)});
  }
  return out;
}

/// Conversations of a peer with this destination.
inline std::uint32_t conversations_of(const shared_destination& is, const std::string& peer) {
  const std::string begin = "vc/" + peer + '/';  // a bare address holds no '/'
  std::uint32_t n = 0;
  for (auto at = is.records.lower_bound(begin);
       at != is.records.end() && at->first.starts_with(begin); ++at)
    ++n;
  return n;
}

/// What is not for the store and not about time.
inline std::vector<server_output> left_to_do(std::vector<server_output> made) {
  std::erase_if(made, [](const server_output& one) {
    return !std::holds_alternative<out::transmit>(one) && !std::holds_alternative<out::plain>(one);
  });
  return made;
}

/// Conversations that come or go count for their peer. False: a record cannot be read.
inline bool count_conversations(const shared_destination& is, shared_change& to) {
  for (const auto& [key, image] : to.records) {
    const auto was = is.records.find(key);
    if (!is_conversation(key) || image.has_value() == (was != is.records.end())) continue;
    const auto line = image::load<record::server_conversation>(image ? *image : was->second);
    if (!line) return false;
    auto row = to.peers.find(*line->peer);
    if (row == to.peers.end()) {
      const auto known = is.peers.find(*line->peer);
      if (known == is.peers.end()) return false;
      row = to.peers.emplace(*line->peer, known->second).first;
    }
    if (image)
      ++row->second.conversations;
    else if (row->second.conversations > 0)
      --row->second.conversations;
  }
  return true;
}

/// The octets in custody of conversations whose payloads change.
template <class Role>
void count_octets(const Role& role, shared_change& to) {
  std::set<std::string> changed;
  for (const auto& [key, image] : to.records)
    if (is_payload(key)) changed.insert(conversation_of(key));
  if (changed.empty()) return;
  to.in_custody = role.octets_by_conversation();
  std::erase_if(to.in_custody, [&](const auto& one) { return !changed.contains(one.first); });
}

/// What `made`, the outputs of a role that was restored from `is`, and its session make of it.
/// Nothing: a record cannot be read.
template <class Role>
std::optional<shared_change> change_of(const shared_destination& is,
                                       const std::vector<server_output>& made, const Role& role) {
  shared_change to;
  to.deadline = role.next_deadline();
  for (const server_output& one : made) {
    if (const auto* f = std::get_if<out::forget>(&one)) to.records[f->key()] = std::nullopt;
    const auto* p = std::get_if<out::persist>(&one);
    if (p == nullptr) continue;
    octets image = p->image();
    if (const auto peer = image::load<record::server_peer>(image)) {
      const auto known = is.peers.find(peer->peer);
      to.peers[peer->peer] = known == is.peers.end() ? shared_peer{} : known->second;
      to.peers[peer->peer].memory = peer->memory;
    } else {
      to.records[p->key()] = std::move(image);
    }
  }
  for (const auto& [key, image] : is.records)
    if (is_session(key)) to.records.try_emplace(key, std::nullopt);
  for (stored& one : role.session()) {
    if (const auto seen = image::load<record::session_endpoints>(one.image))
      to.attached = std::any_of(seen->endpoints.begin(), seen->endpoints.end(),
                                [](const auto& e) { return e.attached || e.plain; });
    to.records[one.key] = std::move(one.image);
  }
  std::erase_if(to.records, [&](const auto& one) {
    const auto was = is.records.find(one.first);
    return one.second ? was != is.records.end() && was->second == *one.second
                      : was == is.records.end();
  });
  if (!count_conversations(is, to)) return std::nullopt;
  count_octets(role, to);
  return to;
}

}  // namespace vidimus::inline VIDIMUS_ABI::detail

#endif
