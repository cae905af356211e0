// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_RECEIVER_HPP
#define VIDIMUS_ROLE_RECEIVER_HPP

#include "../check/part_prints.hpp"
#include "../duty/deadlines.hpp"
#include "../model/key_use.hpp"
#include "brief.hpp"
#include "outputs.hpp"
#include "receiver_state.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// The receiver role (one endpoint): S5 for any number of relays and conversations. Final receipts
/// wait for others (`receiver_limits::receipts`), and an ordered endpoint waits for lower numbers:
/// the host asks for `next_deadline` after each call, and calls `tick` at that time. With
/// `strict(limits)` and without order there is none. Commands may be refused and then change
/// nothing; facts are only answered. Carry every batch of outputs out in order; a `persist` is
/// durable before anything behind it.
template <an_environment Env>
class receiver : detail::output_batch<receiver_outputs> {
 public:
  /// `self`: the bare address of this receiver, prepared (RFC 7622). `env` outlives the role.
  receiver(Env& env, std::string self, receiver_limits limits = {})
      : env_(&env), codes_(env), self_(std::move(self)), limits_(limits) {
    VIDIMUS_EXPECT(is_bare_address(self_), "the receiver needs its bare address");
    VIDIMUS_EXPECT(limits_.window >= credit_at_first, "a window holds at least the first credit");
    VIDIMUS_EXPECT(limits_.early_max >= 1, "one message may wait");
  }

  /// Command, before all others: the records of earlier lives, in any order. `last_durable`
  /// false: they may be older than what was made durable; then every memory gets a new name, and
  /// this is another endpoint (protocol.md, endpoint.memory). After a crash before all its
  /// outputs were carried out, `last_durable` is false again. Refused: not_fresh, bad_image,
  /// newer_image.
  result<receiver_outputs> restore(const std::vector<stored>& records, bool last_durable);

  /// Fact: a stanza with an element of ours arrived. Takes check and sync. Outputs: persist,
  /// deliver (at most one; at an ordered endpoint also what waited for it, in order), transmit
  /// (receipt, challenge), forget.
  receiver_outputs receive(const incoming& stanza, instant now) {
    return batch([&] { take(stanza); }, now);
  }

  /// Fact: these stanzas came together. As one behind the other, but one `persist` for each
  /// conversation, in front of what is delivered or transmitted.
  receiver_outputs receive(const std::vector<incoming>& stanzas, instant now);

  /// Command: the application has taken the message. Outputs: persist, transmit (final receipt, or
  /// by a later `tick` where it waits for others); at an ordered endpoint then persist and deliver
  /// of what had to wait for it, after a restart or with a window full of messages. To be atomic,
  /// make the effect and the first `persist` durable in one transaction (protocol.md,
  /// accept.atomic). Repeating it is harmless. Refused: not_handed.
  result<receiver_outputs> accepted(const message_name& name, instant now) {
    return answer(name, duty::acceptance::input::accepted, reason::none, now);
  }

  /// Command: the application has taken all of these; one `persist` and one final receipt for each
  /// conversation, or a few if the numbers lie apart. Refused: not_handed if any of them is not,
  /// and then nothing has changed.
  result<receiver_outputs> accepted(const std::vector<message_name>& names, instant now);

  /// Command: the application will not have it; final. Outputs and refusals as `accepted`.
  result<receiver_outputs> refused(const message_name& name, instant now,
                                   reason why = reason::refused_by_host) {
    VIDIMUS_EXPECT(is_final(why), "a refusal by the application is final");
    return answer(name, duty::acceptance::input::refused_by_host, why, now);
  }

  /// Fact: time went on. Early, late or twice is harmless. Outputs: persist and deliver where
  /// messages have waited for `gap_wait` at an ordered endpoint; transmit (final receipts) where
  /// these have waited for others.
  receiver_outputs tick(instant now) {
    return batch([&] { pass_time(); }, now);
  }

  /// Gives the room of a batch that was carried out back, for a later one: then most calls need no
  /// heap. Of no other effect.
  void reuse(receiver_outputs&& done) noexcept { give_back(std::move(done)); }

  /// The one next deadline; `never` if there is none, as always where the endpoint is not ordered
  /// and its receipts wait for nothing.
  instant next_deadline() const noexcept { return deadlines_.next(); }

  /// The keys that messages which wait for the application's answer were verified under. What was
  /// restored from a record of version 0.1.0 names none until it arrives again. Walks over all of
  /// them.
  key_uses keys_in_use() const;

  /// Fact: preset codes were removed. What was derived from them is wiped now; it is used no more
  /// in any case.
  void keys_changed() { codes_.drop_removed_keys(); }

  /// This endpoint's memory towards a relay; empty if the relay has not been heard yet.
  memory_name memory_towards(const std::string& relay) const {
    auto at = peers_.find(relay);
    return at == peers_.end() ? memory_name{} : at->second.memory;
  }

  /// Appends octets that are equal if the role would behave the same from here. For tests.
  void append_state(octets& to) const;

 private:
  friend detail::output_batch<receiver_outputs>;
  using state = duty::acceptance::state;
  using input = duty::acceptance::input;
  using action = duty::acceptance::action;
  using conversation = detail::receiver_conversation;

  template <class Do>
  receiver_outputs batch(Do what, instant now) {
    begin_batch();
    now_ = now;
    used_ = true;
    what();
    return end_batch();
  }

  /// A message at hand while its row is carried out.
  struct arrival {
    const check* message = nullptr;
    const checked<content>* body = nullptr;
    digest of_body{};
    std::optional<end_code> proof;  ///< e2e-delivered, if the message came end to end
    reason why = reason::none;
  };

  void take(const incoming& stanza);
  void take_whole(const incoming& stanza);
  bool resolve(incoming& to);
  bool resolve_from(element& e, std::string_view relay);
  void note_form(conversation& c, const header& head);
  void shorten(receipt& r);
  void take_check(const incoming& stanza, const check& e);
  void take_sync(const incoming& stanza, const sync& e);
  bool admits(finding said);
  bool admits_second(const check& e, arrival& at);
  reason objection(const check& e, const content& body, const arrival& at) const;
  detail::receiver_peer& known_peer(const std::string& relay);
  conversation* find(const conversation_name& name);
  bool has_room(const std::string& relay);
  conversation* open(const incoming& stanza, const header& head);
  bool evict_for(const std::string& relay);
  bool raise_low(conversation& c, number low, const ranges& voids);
  state state_of(const conversation& c, number n) const;
  void set_state(conversation& c, number n, state to, const arrival& at);
  void feed(conversation& c, number n, input on, const arrival& at) {
    feed(c, n, state_of(c, n), on, at);
  }
  void feed(conversation& c, number n, state from, input on, const arrival& at);
  void act(conversation& c, number n, action what, const arrival& at);
  result<receiver_outputs> answer(const message_name& name, input on, reason why, instant now);
  void say(const conversation_name& name, const shared_text& to, receipt&& r,
           bool authenticated = true);
  bool complete(const conversation_name& name, receipt& r, bool authenticated = true);
  void say_status(conversation& c, number n);
  void tell(conversation& c, number n);
  void say_unless_it_waits(conversation& c);
  void say_all(conversation& c);
  void say_together(std::vector<message_name> names);
  bool can_answer(const message_name& name, input on);
  void note_key(conversation& c, number n, const key_name& key_id);
  void say_altered(const incoming& stanza, const check& e, const digest& received);
  void say_challenge(const incoming& stanza, const header& head, purpose cause);

  // the order (receiver_order.hpp)
  bool offers_below(const conversation& c, number n) const;
  bool held_up(const conversation& c) const;
  bool in_turn(const conversation& c, number n) const;
  input letter_of(conversation& c, number n, state is, bool same, bool able, const content& body);
  bool make_room(conversation& c, number n, std::size_t size);
  void keep(conversation& c, number n, const arrival& at);
  void drop_early(conversation& c, number n);
  void note_voids(conversation& c, const ranges& voids);
  void skip_below(conversation& c, number n);
  void settle(conversation& c, number past = 0);
  void set_timer(conversation& c);
  void pass_time();
  number answer_before(const conversation& c, number n) const;
  ranges skipped_before(const conversation& c, number n) const {
    if (c.held.untold.empty()) return {};
    return c.held.untold.between(answer_before(c, n), n);
  }
  void answered(conversation& c, number n);

  void append_status(const conversation& c, number n, receipt& r) const;
  void save(conversation& c) {
    if (saves_later_) {
      if (!std::exchange(c.changed, true)) changed_.push_back(&c);
      return;
    }
    save_later<receiver>(unsaved_, &c);
  }
  void write_record() {
    const conversation& c = *std::exchange(unsaved_, nullptr);
    write([&c]() -> record::receiver_conversation { return c.held; });
  }
  void save_changed();
  number credit_from(number low) const { return std::min(low + limits_.window - 1, number_max); }
  number credit_of(const conversation& c) const { return credit_from(c.held.low); }
  template <class Element>
  void transmit(const shared_text& to, Element& e, purpose p, std::string_view peer) {
    if (codes_.seal(e, p, peer)) emit(to, {}, std::move(e), nullptr);
  }

  Env* env_;
  verifier<Env> codes_;
  std::string self_;
  receiver_limits limits_;
  bool used_ = false;
  std::map<std::string, detail::receiver_peer> peers_;
  std::map<conversation_name, conversation> conversations_;
  detail::found_last<conversation> latest_;
  detail::found_last<std::pair<const std::string, detail::receiver_peer>> latest_peer_;
  duty::deadlines<conversation_name> deadlines_;
  sharer<std::string> key_ids_;
  duty::bucket answers_;
  std::uint64_t ages_ = 0;
  instant now_;
  bool together_ = false;                  ///< answers are stored and said at the end of the call
  bool saves_later_ = false;               ///< conversations are stored by `save_changed`
  std::vector<conversation*> changed_;     ///< these
  const conversation* unsaved_ = nullptr;  ///< to be stored before anything comes behind it
  std::size_t front_ = 0;                  ///< of the outputs, where they are stored
};

}  // namespace vidimus::inline VIDIMUS_ABI

#include "receiver_batch.hpp"
#include "receiver_brief.hpp"
#include "receiver_engine.hpp"
#include "receiver_order.hpp"
#include "receiver_receive.hpp"

#endif
