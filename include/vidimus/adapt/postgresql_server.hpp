// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_POSTGRESQL_SERVER_HPP
#define VIDIMUS_ADAPT_POSTGRESQL_SERVER_HPP

#include <set>

#include "../model/key_use.hpp"
#include "postgresql_change.hpp"
#include "postgresql_store.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// One of many instances that are one relay, over one database (docs/hosting.md, many instances):
/// each may be told anything, in any order, and may die at any moment. It takes the place of a role
/// and its store: `receive` and the like make durable what the role wants, then give what is left
/// to send. `Role` is `server<Env>`.
///
/// If something is refused, nothing of it is in the database, or, after `unreachable`, perhaps all
/// of it; tell the same again, or let it be lost like a stanza: either is lawful. The next call
/// connects anew. `busy`: others were faster `tries_max` times, or keep a destination too long. An
/// observer hears again what is done again. Used by one thread at a time.
template <class Role>
class postgresql_server {
 public:
  using outputs = std::vector<server_output>;  ///< `out::transmit` and `out::plain` only
  using answer = result<outputs, store_error>;

  /// `fresh`: a role with the same limits and keys in all instances, that was told nothing yet.
  postgresql_server(Role fresh, postgresql_store store)
      : fresh_(std::move(fresh)), store_(std::move(store)) {
    fresh_.forgo_brief();  // which destination a stanza is for is asked before a role is there
  }

  /// Fact: a stanza with an element of ours arrived.
  answer receive(const incoming& stanza, instant now) {
    std::vector<incoming> one{stanza};
    outputs to;
    if (auto done = receive(one, now, to); !done) return done.error();
    return to;
  }

  /// Several: those for one destination share a transaction. Appends what is left to do to `to`.
  /// If it is refused, the stanzas that were not taken are still in `stanzas`.
  store_done receive(std::vector<incoming>& stanzas, instant now, outputs& to) {
    while (!stanzas.empty()) {
      const std::string destination = destination_of(stanzas.front());
      const auto others = std::stable_partition(
          stanzas.begin(), stanzas.end(),
          [&](const incoming& one) { return destination_of(one) == destination; });
      const std::vector<incoming> these(stanzas.begin(), others);
      if (destination.empty())  // known to be nobody's without asking
        for (const incoming& one : these) (void)Role(fresh_).receive(one, now);
      else if (auto done = take(destination, these, now); done)
        append(to, std::move(*done));
      else
        return done.error();
      stanzas.erase(stanzas.begin(), others);
    }
    return true;
  }

  /// Fact: a receiving resource can be reached. Once is enough, for all instances.
  answer attached(const std::string& address, instant now) {
    return work(std::string(bare(address)), {}, now,
                [&](Role& role) { return role.attached(address, now); });
  }
  /// Fact: it is there, but does not support this protocol.
  answer without_support(const std::string& address, instant now) {
    return work(std::string(bare(address)), {}, now,
                [&](Role& role) { return role.without_support(address, now); });
  }
  /// Fact: it cannot be reached any more.
  answer detached(const std::string& address, instant now) {
    return work(std::string(bare(address)), {}, now,
                [&](Role& role) { return role.detached(address, now); });
  }
  /// Fact: nothing is known any more about who can be reached, by any instance.
  answer all_detached(instant now) {
    auto names = store_.destinations(true);
    if (!names) return names.error();
    outputs to;
    for (const std::string& name : *names) {
      auto done = work(name, {}, now, [&](Role& role) { return role.all_detached(now); });
      if (!done) return given(std::move(to), done.error());
      append(to, std::move(*done));
    }
    return to;
  }

  /// Fact: time went on. What is due is done by one instance, whoever comes first; at most `most`
  /// destinations by this call. Call it again at once if `next_deadline` is not later than `now`.
  answer tick(instant now, std::size_t most = 64) {
    outputs to;
    for (; most > 0; --most) {
      auto name = store_.begin_due(now);
      if (!name) return given(std::move(to), name.error());
      if (!*name) break;
      auto done = work(
          **name, {}, now, [&](Role& role) { return role.tick(now); }, true);
      if (!done) return given(std::move(to), done.error());
      append(to, std::move(*done));
    }
    return to;
  }

  /// When something falls due next, at any destination; other instances may change it.
  result<instant, store_error> next_deadline() { return store_.next_deadline(); }

  /// The database may be older than what was made durable: a backup, or a copy that stood in and
  /// had lagged. Renames all memories, in one transaction that waits for those of all instances.
  /// Say it before anything else is told to any instance.
  answer doubt(instant now);

  /// `server::keys_in_use` over all destinations. Reads all of them.
  result<key_uses, store_error> keys_in_use(instant now) {
    key_uses out;
    auto names = store_.destinations(false);
    if (!names) return names.error();
    for (const std::string& name : *names) {
      auto done = work(name, {}, now, [&](Role& role) {
        out.merge(role.keys_in_use());
        return outputs();
      });
      if (!done) return done.error();
    }
    return out;
  }
  /// Fact: preset codes were removed, at this instance.
  void keys_changed() {
    fresh_.keys_changed();
    for (auto& [name, one] : cache_)
      if (one.role) one.role->keys_changed();
  }

  postgresql_store& store() noexcept { return store_; }

 private:
  /// A destination as this instance knew it last; believed only if its version is still the latest.
  struct held {
    detail::shared_destination is;
    std::optional<Role> role;
    std::uint64_t used = 0;
  };
  using bucket = typename Role::answer_bucket;

  static void append(outputs& to, outputs more) {
    for (auto& one : more) to.push_back(std::move(one));
  }
  /// What was made durable is given out, and the fault comes again with the next call.
  static answer given(outputs to, const store_error& e) {
    return to.empty() ? answer(e) : answer(std::move(to));
  }
  /// Empty: it is no element for this relay.
  std::string destination_of(const incoming& one) const {
    if (one.malformed || one.copy_or_error) return {};
    const route_ref& along = header_of(one.what).conversation.along;
    return along->relay == store_.options().relay ? along->destination : std::string();
  }

  /// What all destinations hold, as it was within the last second (credit.octets).
  store_done look_at_octets(instant now);

  /// Stanzas of one destination. Authentic elements may need room that other destinations take.
  answer take(const std::string& name, const std::vector<incoming>& stanzas, instant now);

  /// Makes room for a conversation of this peer, at whichever destination. False: all hold
  /// something in custody.
  store_done evict(const std::string& peer, instant now);
  std::optional<conversation_name> conversation_at(const std::string& name,
                                                   const std::string& key) const;

  /// Does something to the role of a destination, as often as it takes until nobody was faster.
  /// `begun`: the destination is owned already. `not_if`: nothing is made durable if it is not
  /// empty behind.
  template <class Do>
  answer work(const std::string& name, const std::vector<std::string>& peers, instant now, Do what,
              bool begun = false, const std::string* not_if = nullptr) {
    for (std::uint32_t tries = 0; tries < store_.options().tries_max; ++tries) {
      if (auto done = store_.connect(); !done) return done.error();
      held& one = at(name);
      auto changed = std::exchange(begun, false) ? store_.load(name, peers, one.is)
                                                 : store_.begin(name, peers, one.is);
      if (!changed) {
        forget(name);
        if (may_pass(changed.error().kind)) continue;  // nothing was begun
        return changed.error();
      }
      if (*changed) one.role.reset();
      outputs made;
      if (auto why = bring_up(one, now, made)) return fail(name, *why);
      lend(one, peers);
      append(made, what(*one.role));
      lend(one, peers);
      if (not_if != nullptr && !not_if->empty()) {
        forget(name);
        if (auto done = store_.rollback(); !done) return done.error();
        return outputs();
      }
      auto done = commit(name, one, made);
      if (!done || !*done || one.is.version == 0) forget(name);
      if (done && *done) return detail::left_to_do(std::move(made));
      if (!done && done.error().kind != store_fault::busy) return done.error();
    }
    return store_error{store_fault::busy, 0, "working on " + name + ": others were faster"};
  }

  static bool may_pass(store_fault f) {
    return f == store_fault::busy || f == store_fault::unreachable;
  }

  /// True: it is durable. False: another instance was faster.
  store_done commit(const std::string& name, held& one, const outputs& made) {
    const auto change = detail::change_of(one.is, made, *one.role);
    if (!change) return store_error{store_fault::damaged, 0, "a record cannot be read"};
    if (change->is_none(one.is)) return rolled_back();
    auto done = store_.commit(name, *change, one.is);
    if (done || done.error().kind != store_fault::unreachable) return done;
    const store_error lost = done.error();
    auto found = store_.has_committed(name);
    if (!found) return lost;
    one.is.version = 0;  // whatever it is, it is read anew
    return *found;
  }
  store_done rolled_back() {
    auto done = store_.rollback();
    return done ? store_done(true) : done;
  }

  /// The role as the records have it, if it is not that already. Why not, if they cannot be read.
  std::optional<store_error> bring_up(held& one, instant now, outputs& to) {
    if (!one.role) {
      one.role.emplace(fresh_);
      auto restored = one.role->restore(detail::records_of(one.is), true, now);
      if (!restored)
        return store_error{store_fault::damaged, 0,
                           "restoring: " + std::string(sentence(restored.error()))};
      to = std::move(*restored);
    }
    for (const auto& [peer, row] : one.is.peers) {
      const std::uint32_t here = detail::conversations_of(one.is, peer);
      one.role->peer_is(peer, row.memory, row.conversations - std::min(here, row.conversations),
                        row.octets_elsewhere);
    }
    one.role->all_hold(octets_in_all_);
    return std::nullopt;
  }
  answer undone(const store_done& done) {
    if (done) return store_error{store_fault::busy, 0, "renaming: others were faster"};
    (void)store_.rollback();
    return done.error();
  }
  answer fail(const std::string& name, const store_error& why) {
    forget(name);
    (void)store_.rollback();
    return why;
  }

  /// The limit on answers is this instance's, whatever roles come and go.
  void lend(held& to, const std::vector<std::string>& peers) {
    to.role->swap_answers_in_all(in_all_);
    for (const auto& [peer, row] : to.is.peers)  // nothing is kept of who is not known
      if (std::find(peers.begin(), peers.end(), peer) != peers.end())
        to.role->swap_answers(peer, answers_[peer]);
  }

  held& at(const std::string& name) {
    if (store_.connections() != connections_) {
      cache_.clear();
      connections_ = store_.connections();
    }
    if (!cache_.contains(name) && cache_.size() >= store_.options().cached_max) drop_oldest();
    held& one = cache_[name];
    one.used = ++uses_;
    return one;
  }
  void drop_oldest() {
    auto oldest = cache_.begin();
    for (auto one = cache_.begin(); one != cache_.end(); ++one)
      if (one->second.used < oldest->second.used) oldest = one;
    if (oldest != cache_.end()) cache_.erase(oldest);
  }
  void forget(const std::string& name) { cache_.erase(name); }

  Role fresh_;
  postgresql_store store_;
  std::map<std::string, held> cache_;
  std::uint64_t connections_ = 0, uses_ = 0;
  std::map<std::string, bucket> answers_;
  bucket in_all_;
  std::uint64_t octets_in_all_ = 0;
  instant looked_at_octets_ = long_ago;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#include "postgresql_room.hpp"

#endif
