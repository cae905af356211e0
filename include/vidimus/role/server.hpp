// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_SERVER_HPP
#define VIDIMUS_ROLE_SERVER_HPP

#include "../check/part_prints.hpp"
#include "../model/key_use.hpp"
#include "brief.hpp"
#include "limits.hpp"
#include "outputs.hpp"
#include "server_state.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// The server role (relay): S2, S4 and S6 for any number of senders and receivers. Commands may be
/// refused and then change nothing; facts are only answered; questions are const. Carry every
/// batch of outputs out in order; a `persist` is durable before anything behind it.
template <an_environment Env>
class server : detail::server_books, detail::output_batch<server_outputs> {
 public:
  using answer_bucket = duty::bucket;

  /// `self`: the bare address of the relay, prepared (RFC 7622). `env` outlives the role.
  server(Env& env, std::string self, server_limits limits = {})
      : env_(&env), codes_(env), self_(std::move(self)), limits_(limits) {
    VIDIMUS_EXPECT(is_bare_address(self_), "the server needs its bare address");
    VIDIMUS_EXPECT(limits_.window >= credit_at_first, "a window holds at least the first credit");
  }

  /// Command, before all others: the records of earlier lives, in any order. `last_durable`
  /// false: they may be older than what was made durable (a backup, a lagging replica); then
  /// every memory gets a new name (protocol.md, name.memory). After a crash before all its
  /// outputs were carried out, `last_durable` is false again. Refused: not_fresh, bad_image,
  /// newer_image; beyond_limits if the window is smaller now than the records need.
  result<server_outputs> restore(const std::vector<stored>& records, bool last_durable,
                                 instant now);

  /// What `restore` would lack to go on as this role does: who is attached, what was asked, when
  /// timers fall due; as records of their own for `restore`. For hosts whose servers share records
  /// (adapt/postgresql_server.hpp): stored with the records of each batch, and given to `restore`
  /// with them, they make the new role answer as this one would. `restore` heeds them only if
  /// `last_durable`, but for who is attached. Without them nothing is lost but time.
  std::vector<stored> session() const;

  /// Fact: a stanza with an element of ours arrived. From senders: check, execute, withdraw, sync;
  /// from receivers: receipt, challenge. Outputs: persist, forget, wake, plain, transmit
  /// (receipt, challenge; check, sync to receivers).
  server_outputs receive(const incoming& stanza, instant now) {
    return batch([&] { take(stanza); }, now);
  }

  /// Fact: a receiver can be reached now. `address` as its stanzas bear it in `from`: mostly full.
  /// Deliveries held for its bare address begin with a sync (protocol.md, endpoint.probe).
  server_outputs attached(const std::string& address, instant now) {
    return batch([&] { attach(address); }, now);
  }

  /// Fact: it can be reached, but does not support urn:vidimus:0 (docs/hosting.md). Messages that
  /// permit it go there as `out::plain`, while none is attached (protocol.md, plain.permit).
  server_outputs without_support(const std::string& address, instant now) {
    return batch([&] { set_plain(address); }, now);
  }

  /// Fact: it cannot be reached any more (presence, or an error bounce). Ends no message.
  server_outputs detached(const std::string& address, instant now) {
    return batch([&] { detach(address); }, now);
  }

  /// Fact: nothing is known any more about who can be reached; as `detached` for every address.
  server_outputs all_detached(instant now) {
    return batch([&] { detach_all(); }, now);
  }

  /// Fact, for roles that share records: another one gave the peer's memory this name, and others
  /// hold so many conversations of the peer and octets in them, which count to the limits here.
  void peer_is(const std::string& peer, const memory_name& memory,
               std::uint32_t conversations_elsewhere, std::uint64_t octets_elsewhere);
  /// Fact, for such roles: all of them hold so many octets of messages.
  void all_hold(std::uint64_t in_all) noexcept;
  /// Octets of messages in custody (credit.octets), by the keys of conversations' records.
  std::map<std::string, std::uint64_t> octets_by_conversation() const;
  /// Whether the latest call found no room for a conversation that it was asked to open.
  bool lacked_room() const noexcept { return lacked_room_; }
  /// Command: forgets a conversation to make room, and renames the peer's memory. Nothing if there
  /// is no such conversation, or something of it is in custody.
  std::optional<server_outputs> evict(const std::string& peer, const conversation_name& name,
                                      instant now);
  /// Exchanges what may still be answered of what was not authenticated (flood.bucket): towards a
  /// peer, if it is known, or in all. For roles of one process that share the limit.
  void swap_answers(const std::string& peer, duty::bucket& with);
  void swap_answers_in_all(duty::bucket& with) { std::swap(answers_, with); }

  /// Gives the room of a batch that was carried out back, for a later one: then most calls need no
  /// heap. Of no other effect.
  void reuse(server_outputs&& done) noexcept { give_back(std::move(done)); }

  /// Fact: time went on. Early, late or twice is harmless.
  server_outputs tick(instant now) {
    return batch([&] { pass_time(); }, now);
  }

  /// The one next deadline; `never` if there is none.
  instant next_deadline() const noexcept { return deadlines_.next(); }

  /// The keys that messages in custody were verified under, and those that deliveries without a
  /// final receipt were last transmitted under. What was restored from a record of version 0.1.0
  /// names none until it is heard of or transmitted again. Walks over all of them.
  key_uses keys_in_use() const;

  /// Command, before all others: elements in brief form are neither taken nor written, for hosts
  /// that must know the conversation of a stanza before the role does.
  void forgo_brief() noexcept { limits_.brief = false; }

  /// Fact: preset codes were removed. What was derived from them is wiped; it is never used again.
  void keys_changed() { codes_.drop_removed_keys(); }

  /// Numbers held, tombstones included.
  std::size_t held() const noexcept;

  /// Appends octets that are equal if the role would behave the same from here, but for the times
  /// at which deadlines fall. For tests and diagnosis.
  void append_state(octets& to) const;

 private:
  friend detail::output_batch<server_outputs>;
  using slot = detail::custody_slot;
  using cell = detail::delivery_cell;
  using conversation = detail::server_conversation;
  using channel = detail::channel;
  using endpoint = detail::endpoint;
  using input = duty::custody::input;
  using action = duty::custody::action;

  template <class Do>
  server_outputs batch(Do what, instant now);
  void finish();
  void take(const incoming& stanza);
  void take_whole(const incoming& stanza);
  bool resolve(incoming& to);
  void note_form(conversation& c, const header& head);
  void shorten(const conversation& c, receipt& r);
  void shorten(const conversation& c, check& e, const endpoint& to);

  // hop 1
  void take_check(const incoming& stanza, const check& e, const std::string& peer);
  void take_execute(const incoming& stanza, const execute& e, const std::string& peer);
  void take_withdraw(const incoming& stanza, const vidimus::withdraw& e, const std::string& peer);
  void take_sync(const incoming& stanza, const sync& e, const std::string& peer);
  bool admits(finding said);
  bool under_memory(const incoming& stanza, const header& head, const std::string& peer, purpose);
  detail::server_peer& known_peer(const std::string& peer);
  detail::server_peer& peer_of(const header& head, const std::string& peer);
  conversation* find(const header& head, const std::string& peer);
  conversation* open(const incoming& stanza, const header& head, const std::string& peer);
  void rename(const std::string& peer);
  bool has_room(const std::string& peer);
  bool evict_for(const std::string& peer);
  void forget_conversation(conversation& c);
  bool in_custody(const conversation& c) const;
  void note_key(conversation& c, number n, const key_name& key_id);
  void hold(conversation& c, number n, const check& e, const content& body, const digest& d);
  void reach(conversation& c, number n);
  void raise_low(conversation& c, number low);
  bool take_second(conversation& c, number n, const execute& e);
  void void_all(conversation& c, const ranges& numbers);
  void say_altered(const incoming& stanza, const check& e, const std::string& peer,
                   const digest& received);
  void say_busy(const incoming& stanza, const check& e, const std::string& peer,
                reason why = reason::busy);
  void say_snapshot(const shared_text& to, const sync& e, const std::string& peer, conversation* c);
  reason objection(const check& e, const content& body) const;
  number credit_of(const conversation& c, number base) const;

  // hop 2
  void take_final_receipt(const incoming& stanza, const receipt& r);
  void take_final_challenge(const incoming& stanza, const challenge& e);
  void take_final_states(conversation& c, const receipt& r, bool snapshot, ranges& named);
  void take_final_altered(conversation& c, const receipt& r);
  void tell_altered(const conversation& c, const altered_part& said, cell to);
  void take_final_absent(conversation& c, const receipt& r, const channel& via,
                         const endpoint* from, const ranges& named);
  conversation* find_delivered(const header& head);
  endpoint* learn(conversation& c, const std::string& address, const receipt& said);
  void attach(const std::string& address);
  void detach(const std::string& address);
  void detach_all();
  void gone(detail::destination& d, const memory_name& memory);
  endpoint* place_for(const std::string& address);
  void leave(detail::destination& d, endpoint& at);
  void tidy(detail::destination& d);
  void set_plain(const std::string& address);
  void pass_all_plainly(const std::string& name);
  void pass_plainly(conversation& c, number n);
  void transmit_plain(conversation& c, number n);
  void renew(detail::destination& d, endpoint& at);
  void pump(conversation& c, const endpoint& to);
  void deliver_one(conversation& c, number n, const endpoint& to, channel& via);
  bool settled(conversation& c, const endpoint& to, channel& via);
  void take_final_status(conversation& c, number n, const status_range& s, const receipt& r,
                         bool snapshot);
  bool able_elsewhere(conversation& c, number n, const endpoint& than);
  void feed_unable(conversation& c, number n, cell one);
  cell cell_of(slot& s, const memory_name& at, bool create);
  void name_first(slot& s, const shared_value<manner>& how, const memory_name& first,
                  const shared_text& key_id);
  void set_key(slot& s, cell to, const key_name& key_id);
  endpoint* endpoint_at(const conversation& c, std::string_view address);
  endpoint* endpoint_at(std::string_view address);
  void feed_cell(conversation& c, number n, cell to, duty::delivery::input on);
  void transmit_message(conversation& c, number n, cell to);
  check check_of(const conversation& c, number n, const memory_name& to) const;
  void name_key(conversation& c, number n, cell to);
  void settle(conversation& c, number n, bool delivered);
  bool has_all(conversation& c, number n);
  void pump_all(conversation& c);
  number low_two(conversation& c);
  number low_two(conversation& c, const endpoint& to);
  void note_owed(conversation& c);
  detail::destination& destination_of(const conversation& c);
  channel& channel_to(conversation& c, const endpoint& to);
  channel* used_with(conversation& c, const endpoint& to);
  endpoint* user_of(conversation& c, std::string_view address, const channel& via);
  bool in_use(const conversation& c, std::string_view address, const channel& via) const;
  detail::destination* find_destination(std::string_view name);
  void forget_destination(std::string_view name);

  // when to ask
  void probe(conversation& c, const endpoint& to, bool at_once = false);
  retry_limits pace_of(const endpoint& to, const channel& via) const;
  void set_timer(conversation& c, const endpoint& to);
  duty::open_since open_since(const conversation& c, const endpoint& to) const;
  void ask_if_due(conversation& c, const std::string& address);

  // the engine
  void feed(conversation& c, number n, input on);
  void act(conversation& c, number n, slot& s, action what);
  void save(conversation& c, number n, const slot& s);
  void write_record();
  void save(const conversation& c, number base);
  void say(conversation& c);
  void tell(conversation& c, number n, const slot& s);
  bool may_wait(conversation& c);
  void say_status(const conversation& c, receipt& r, number n, status what);
  void fill_binds(const conversation& c, receipt& r);
  void set_deadline(conversation& c, number n, const slot& s, instant before);
  void pass_times(conversation& c, number last);
  static const shared_value<detail::due_owner>& due_of(conversation& c);
  static const shared_value<detail::due_owner>& due_of(const conversation& c, channel& via,
                                                       const std::string& address);
  void touch(conversation& c);
  bool pop_closed(conversation& c);
  void pass_time();
  struct rows;
  void restore_conversation(const record::server_conversation& line);
  void restore_numbers(rows& from, bool last_durable);
  void restore_custody(conversation& c, const record::server_custody& r, payload_ref payload);
  record::session_conversation session_of(const conversation& c) const;
  void restore_endpoints(const record::session_endpoints& r);
  bool restore_session(const record::session_conversation& r);
  template <class Element>
  void transmit(const shared_text& to, Element& e, purpose p, std::string_view peer,
                stanza_type type = {}, const digest* content = nullptr,
                const payload_ref& payload = nullptr);

  Env* env_;
  verifier<Env> codes_;
  std::string self_;
  server_limits limits_;
  bool used_ = false, lacked_room_ = false, progress_ = false;
  duty::deadlines<detail::server_due> deadlines_;
  duty::bucket answers_;
  std::uint64_t ages_ = 0, sessions_ = 0;
  std::vector<conversation*> touched_;
  detail::unsaved_number<conversation, slot> unsaved_;
  detail::found_last<conversation> latest_, delivered_;
  detail::found_last<std::pair<const std::string, detail::destination>> latest_destination_;
  std::string peer_;  ///< of the stanza at hand, if that is not the origin
  sharer<manner> manners_;
  std::array<sharer<detail::custody_manner>, 3> alongs_;
  sharer<std::string> key_ids_;
  instant woken_ = never, now_;
  octets digests_;  ///< room for those of one range
};

}  // namespace vidimus::inline VIDIMUS_ABI

#include "server_all.hpp"
#include "server_brief.hpp"
#include "server_call.hpp"
#include "server_delivery.hpp"
#include "server_destinations.hpp"
#include "server_engine.hpp"
#include "server_hop1.hpp"
#include "server_hop2.hpp"
#include "server_peers.hpp"
#include "server_plain.hpp"
#include "server_restore.hpp"
#include "server_session.hpp"
#include "server_timing.hpp"

#endif
