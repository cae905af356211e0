// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_POSTGRESQL_ROOM_HPP
#define VIDIMUS_ADAPT_POSTGRESQL_ROOM_HPP

#include "postgresql_server.hpp"

/// What concerns several destinations at once: room for messages and conversations, and doubt.
namespace vidimus::inline VIDIMUS_ABI {

template <class Role>
auto postgresql_server<Role>::look_at_octets(instant now) -> store_done {
  if (now >= looked_at_octets_ && now < looked_at_octets_ + seconds(1)) return true;
  auto all = store_.octets_in_custody();
  if (!all) return all.error();
  octets_in_all_ = *all;
  looked_at_octets_ = now;
  return true;
}

template <class Role>
auto postgresql_server<Role>::take(const std::string& name, const std::vector<incoming>& stanzas,
                                   instant now) -> answer {
  if (auto done = look_at_octets(now); !done) return done.error();
  std::vector<std::string> peers;
  for (const incoming& one : stanzas) peers.emplace_back(bare(one.from));
  std::string crowded;  // a peer whose conversations leave no room
  std::uint32_t tries = 0;
  for (bool may_evict = true;; may_evict = may_evict && ++tries < store_.options().tries_max) {
    auto done = work(
        name, peers, now,
        [&](Role& role) {
          outputs to;
          crowded.clear();
          for (const incoming& one : stanzas) {
            append(to, role.receive(one, now));
            if (!may_evict || !role.lacked_room()) continue;
            crowded = bare(one.from);
            return outputs();
          }
          return to;
        },
        false, &crowded);
    if (!done || crowded.empty()) return done;
    auto room = evict(crowded, now);
    if (!room) return room.error();
    may_evict = *room;
  }
}

template <class Role>
auto postgresql_server<Role>::evict(const std::string& peer, instant now) -> store_done {
  auto all = store_.conversations(peer);
  if (!all) return all.error();
  for (const auto& one : *all) {
    const std::string &key = one.first, &name = one.second;
    bool gone = false;
    auto done = work(name, {peer}, now, [&](Role& role) {
      const auto line = conversation_at(name, key);
      auto outs = line ? role.evict(peer, *line, now) : std::nullopt;
      gone = outs.has_value();
      return outs ? std::move(*outs) : outputs();
    });
    if (!done) return done.error();
    if (gone) return true;
  }
  return false;
}

template <class Role>
auto postgresql_server<Role>::conversation_at(const std::string& name, const std::string& key) const
    -> std::optional<conversation_name> {
  const auto& records = cache_.at(name).is.records;
  const auto at = records.find(key);
  if (at == records.end()) return std::nullopt;
  const auto line = image::load<record::server_conversation>(at->second);
  return line ? std::optional(line->name) : std::nullopt;
}

template <class Role>
auto postgresql_server<Role>::doubt(instant now) -> answer {
  cache_.clear();
  if (auto done = store_.begin_all(); !done) return done.error();
  auto names = store_.destinations(false);
  if (!names) return names.error();
  outputs to;
  std::set<std::string> renamed;
  const auto renew = [&](const std::string& name,
                         const std::vector<std::string>& peers) -> store_done {
    held one;
    if (auto done = store_.load(name, peers, one.is); !done) return done;
    Role role(fresh_);
    auto made = role.restore(detail::records_of(one.is), false, now);
    const auto change = made ? detail::change_of(one.is, *made, role) : std::nullopt;
    if (!change) return store_error{store_fault::damaged, 0, "a record cannot be read"};
    for (const auto& [peer, row] : change->peers) renamed.insert(peer);
    append(to, detail::left_to_do(std::move(*made)));
    return store_.put(name, *change, one.is);
  };
  for (const std::string& name : *names)
    if (auto done = renew(name, {}); !done || !*done) return undone(done);
  auto peers = store_.peers();
  if (!peers) return peers.error();
  for (const std::string& peer : *peers)  // those of whom nothing is left
    if (!renamed.contains(peer))
      if (auto done = renew({}, {peer}); !done || !*done) return undone(done);
  if (auto done = store_.end(); !done) return done.error();
  return to;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
