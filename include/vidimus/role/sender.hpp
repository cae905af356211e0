// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_SENDER_HPP
#define VIDIMUS_ROLE_SENDER_HPP

#include "../check/part_prints.hpp"
#include "../model/key_use.hpp"
#include "brief.hpp"
#include "limits.hpp"
#include "outputs.hpp"
#include "sender_state.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// What `submit` gives: the name under which the outcome will be reported, and the outputs.
struct submitted {
  message_name name;
  sender_outputs outputs;
};

/// The sender role: S1 and S3 for any number of messages to any number of destinations, through
/// one relay. Three kinds of method: commands may be refused and then change nothing; facts are
/// only answered; questions are const. Carry every batch of outputs out in order; a `persist` is
/// durable before anything behind it. Copies are allowed and share derived keys.
///
/// The execute policy is `batched` by default (protocol.md, batch.bound): the host calls `tick` at
/// `next_deadline`. With `strict(limits)` a command follows each verified receipt at once.
template <an_environment Env>
class sender : detail::output_batch<sender_outputs> {
 public:
  /// `self` and `relay` are bare addresses, prepared (RFC 7622). `env` outlives the role.
  sender(Env& env, std::string self, std::string relay, sender_limits limits = {})
      : env_(&env), codes_(env), self_(std::move(self)), relay_(std::move(relay)), limits_(limits) {
    VIDIMUS_EXPECT(is_bare_address(self_) && is_bare_address(relay_),
                   "the sender needs its own and the relay's bare address");
  }

  /// Command, S1. Outputs: persist (a new conversation, payload, message), then transmit (check or
  /// sync) if the link is up; of an idle conversation that is closed for room transmit (sync) and
  /// forget; wake. Refused: bad_address, bad_lifetime, too_large, no_key, window_full,
  /// too_many_conversations, unsupported (a type that messages do not have). After it, exactly one
  /// `report` comes (protocol.md, outcome.once).
  result<submitted> submit(const outgoing& message, instant now);

  /// Command. Before the execute command was decided: `report` at once, withdrawn. After: void is
  /// asked for, and the report says what came of it. Refused: unknown_name, already_ended.
  result<sender_outputs> withdraw(const message_name& name, instant now);

  /// Command, never refused. The conversation with a destination takes no more messages
  /// (protocol.md, name.close): the next `submit` to it opens another. What was submitted before
  /// goes on to its outcome; then the server is told, and keeps no more of the conversation than
  /// its name and watermark. The order of deliveries holds within a conversation only. Outputs,
  /// once nothing of it is open and the link is up: transmit (sync), forget; wake.
  sender_outputs close(const std::string& destination, instant now);

  /// Command, before all others: the records of this role's earlier lives, in any order.
  /// `last_durable` false: they may be older than what was made durable (a backup, a copied disk);
  /// then no unfinished message can end as a certain negative. Outputs: persist (what is decided or
  /// exposed from now on, void ranges), `report` marked again for messages that had ended,
  /// `forget`, wake. After a crash before all its outputs were carried out, `last_durable` is false
  /// again. Refused: not_fresh, bad_image, newer_image; beyond_limits if `unfinished_max` is
  /// smaller now than the records need.
  result<sender_outputs> restore(const std::vector<stored>& records, bool last_durable,
                                 instant now);

  /// Fact: a stanza with an element of ours arrived. Takes receipt and challenge; all else is
  /// noticed and has no effect. Outputs: persist, transmit (check, execute, withdraw, sync),
  /// report, forget, wake.
  sender_outputs receive(const incoming& stanza, instant now) {
    return batch([&] { take(stanza); }, now);
  }

  /// Fact: stanzas can be sent again. One sync for each conversation with unfinished messages, and
  /// one, with `forget`, for each that is over where the server was not told.
  sender_outputs link_restored(instant now);

  /// Fact: stanzas cannot be sent now. Nothing is transmitted until `link_restored`; lifetimes go
  /// on.
  sender_outputs link_lost(instant now);

  /// Fact: time went on. Early, late or twice is harmless.
  sender_outputs tick(instant now) {
    return batch([&] { pass_time(); }, now);
  }

  /// Gives the room of a batch that was carried out back, for a later one: then most calls need no
  /// heap. Of no other effect.
  void reuse(sender_outputs&& done) noexcept { give_back(std::move(done)); }

  /// The one next deadline; `never` if there is none.
  instant next_deadline() const noexcept { return deadlines_.next(); }

  /// Messages that have no outcome yet.
  std::size_t unfinished() const noexcept { return unfinished_; }

  /// The keys that unfinished messages were last transmitted under. A message restored from a
  /// record of version 0.1.0 names none until it is transmitted again. Walks over all of them.
  key_uses keys_in_use() const;

  /// Fact: preset codes were removed. What was derived from them is wiped now; it is used no more
  /// in any case.
  void keys_changed() { codes_.drop_removed_keys(); }

  /// The state of a message; nothing if it is not known (any more).
  std::optional<duty::submission::state> state_of(const message_name& name) const {
    auto at = conversations_.find(name.in.id);
    if (at == conversations_.end() || !at->second.owns(name.at)) return std::nullopt;
    return at->second.at(name.at).is;
  }

  /// Appends octets that are equal if the role would behave the same from here, but for the times
  /// at which deadlines fall. For tests and diagnosis.
  void append_state(octets& to) const;

 private:
  friend detail::output_batch<sender_outputs>;
  using slot = detail::sender_slot;
  using conversation = detail::sender_conversation;
  using input = duty::submission::input;
  using action = duty::submission::action;

  template <class Do>
  sender_outputs batch(Do what, instant now) {
    begin(now);
    what();
    finish();
    return end_batch();
  }
  void begin(instant now) {
    begin_batch();
    now_ = now;
  }
  void finish();

  // receipts and challenges (sender_receive.hpp)
  void take(const incoming& stanza);
  void take_whole(const incoming& stanza);
  bool resolve(incoming& to);
  template <class Element>
  bool may_be_brief(conversation& c, const Element& e);
  void take_receipt(conversation& c, const receipt& r);
  void take_states(conversation& c, const receipt& r, bool snapshot, ranges& named);
  void take_status(conversation& c, const status_range& s, number n, bool bind_agrees,
                   bool snapshot, const receipt& r);
  bool proved(const conversation& c, number n, const receipt& r);
  void take_altered(conversation& c, const receipt& r);
  diagnosis diagnose_verdict(conversation& c, const altered_part& said);
  void take_absent(conversation& c, const range& covered, const ranges& named);
  std::optional<bool> bind_agrees(conversation& c, const receipt& r, const status_range& s);
  void adopt_memory(conversation& c, const memory_name& memory);

  // the engine (sender_engine.hpp)
  void feed(conversation& c, number n, input on);
  void act(conversation& c, number n, slot& s, action what);
  void save(conversation& c, number n, const slot& s);
  void write_record();
  void save(const conversation& c);
  void end(conversation& c, number n, slot& s);
  void report(conversation& c, number n, const slot& s);
  void erase(conversation& c, number n);
  void set_time(conversation& c, number n, slot& s, instant at);
  void pass_times(conversation& c, number last);
  void note_key(conversation& c, const range& of, const key_name& key_id);
  bool add_command(const conversation& c, number n, execute& to);
  void transmit_message(conversation& c, number n, slot& s);
  check check_of(const conversation& c, number n) const;
  std::size_t octets_beside(const conversation& c, const slot& s) const;
  void transmit_execute(conversation& c);
  void flush(conversation& c);

  // when to ask (sender_timing.hpp)
  void speak(conversation& c, slot& s);
  void measure(conversation& c, const receipt& r);
  void put_off(conversation& c, const receipt& r);
  bool told_of(const conversation& c, const slot& s) const;
  duty::open_since open_since(const conversation& c) const;
  void send_sync(conversation& c);
  void want_sync(conversation& c);
  bool lacks_credit(const conversation& c) const;
  void set_timer(conversation& c);
  void ask_if_due(conversation& c);
  void touch(conversation& c);
  void settle(conversation& c);
  void release_parked(conversation& c);
  void pop_ended(conversation& c);
  void pass_time();
  using currents = std::map<std::string, conversation_id>;
  void stop_taking(typename currents::iterator at);
  bool close_idle();
  conversation* open(const std::string& destination);
  conversation* find(const conversation_id& id);
  conversation* find_current(const std::string& destination);
  bool adopt_record(const stored& from, bool last_durable, std::map<std::string, payload_ref>&,
                    errc& why);
  void adopt_message(const record::sender_message& r, bool last_durable, payload_ref payload);
  message_name name_of(const conversation& c, number n) const { return {c.name, n}; }
  template <class Make>
  void transmit(conversation& c, purpose p, const Make& make, stanza_type type = {},
                const digest* content = nullptr, const payload_ref& payload = nullptr);

  Env* env_;
  verifier<Env> codes_;
  std::string self_;
  shared_text relay_;
  sender_limits limits_;
  bool link_up_ = false;
  bool used_ = false;
  std::map<conversation_id, conversation> conversations_;
  detail::found_last<conversation> latest_;
  currents current_;          ///< by destination
  memory_name relay_memory_;  ///< as last confirmed in any conversation
  bool relay_brief_ = false;  ///< the relay takes the brief form, as its latest snapshot said
  key_name relay_key_;        ///< key id of its latest receipt
  duty::deadlines<detail::sender_due> deadlines_;
  duty::round_trip path_;  ///< to the relay and back
  std::size_t unfinished_ = 0;
  sharer<manner> manners_;
  instant woken_ = never;
  instant now_;
  std::vector<conversation*> touched_;  ///< during one call
  detail::unsaved_number<conversation, slot> unsaved_;
  octets digests_;  ///< room for those of one range
  detail::sender_slots::pool spare_;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#include "sender_batch.hpp"
#include "sender_brief.hpp"
#include "sender_commands.hpp"
#include "sender_ends.hpp"
#include "sender_engine.hpp"
#include "sender_receive.hpp"
#include "sender_timing.hpp"

#endif
