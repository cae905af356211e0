// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_TOOLS_EXAMPLES_STAGE_HPP
#define VIDIMUS_DOCS_TOOLS_EXAMPLES_STAGE_HPP

#include <deque>
#include <optional>
#include <vidimus/adapt/memory_store.hpp>
#include <vidimus/adapt/xmpp_bundle.hpp>
#include <vidimus/vidimus.hpp>

#include "layout.hpp"
#include "parties.hpp"

/// The three roles on a stage: what they send stands as text between them, and a script says what
/// becomes of each stanza. A script that expects what does not come ends the program.
namespace examples {

/// A stanza on its way.
struct flight {
  std::string from, to, text;
  out::transmit sent;
};

/// What a role asked to be made durable.
struct written {
  std::size_t batches = 0, records = 0, octets = 0;
};

class stage {
 public:
  explicit stage(sender_limits sl = strict(sender_limits{}),
                 server_limits vl = strict(server_limits{}))
      : server_limits_(vl) {
    alice_env_.entropy.first = 0x10;
    relay_env_.entropy.first = 0x20;
    bob_env_.entropy.first = 0x30;
    const octets code = run_of(0, 32);
    expect(alice_env_.keys.add(relay, "k1", code) && relay_env_.keys.add(alice, "k1", code) &&
               relay_env_.keys.add(bob, "k1", code) && bob_env_.keys.add(relay, "k1", code),
           "the keys are fit");
    bob_env_.keys.allow(relay, "@example.org");
    a_.emplace(alice_env_, alice, relay, sl);
    v_.emplace(relay_env_, relay, vl);
    b_.emplace(bob_env_, bob, strict(receiver_limits{}));
  }

  /// The key of section 5.6 between alice and bob.
  void give_ends(bool sealed) {
    constexpr auto rule = check_rule::hmac_sha_256_128;
    const octets code = run_of(0x40, 32);
    expect(alice_env_.keys.add_end_to_end(bob, "e1", code, rule, sealed) &&
               bob_env_.keys.add_end_to_end(alice, "e1", code, rule),
           "the key between the ends is fit");
  }

  // --- what happens besides stanzas ---

  void link_up() { alice_did(a_->link_restored(now_)); }
  void link_down() { alice_did(a_->link_lost(now_)); }
  void attach() { relay_did(v_->attached(bob_full, now_)); }
  void detach() { relay_did(v_->detached(bob_full, now_)); }
  void lose_server_store() {
    stores_[1].clear();
    v_.emplace(relay_env_, relay, server_limits_);
    relay_did(*v_->restore(stores_[1].all(), true, now_));
  }

  /// A message as the application wrote it.
  message_name submit(std::string_view body, const composing& how = {}, bool conditional = false,
                      std::string_view more = {}, const std::string& to = bob) {
    auto composed = compose("<message to='" + to + "' type='chat'>" + std::string(body) +
                                std::string(more) + "</message>",
                            how);
    expect(composed.has_value(), "the message can be submitted");
    composed->conditional = conditional;
    auto given = a_->submit(*composed, now_);
    expect(given.has_value(), "the message is submitted");
    alice_did(std::move(given->outputs));
    return given->name;
  }
  void withdraw(const message_name& name) { alice_did(*a_->withdraw(name, now_)); }

  /// Lets time pass up to the next deadline of anybody.
  void next_deadline() {
    now_ = std::max(now_, std::min(a_->next_deadline(), v_->next_deadline()));
    expect(now_ != never, "somebody has a deadline");
    alice_did(a_->tick(now_));
    relay_did(v_->tick(now_));
  }
  void pass(span_ms time) {
    now_ = now_ + time;
    alice_did(a_->tick(now_));
    relay_did(v_->tick(now_));
  }
  /// Up to the deadline after which something is on its way.
  void until_somebody_speaks() {
    for (int most = 100; air_.empty() && most > 0; --most) next_deadline();
  }

  // --- what happens to stanzas ---

  /// The next stanza in flight is an `Element` to that bare address: shown, and it arrives.
  template <class Element>
  void arrives(std::string_view to, std::string_view words) {
    const flight f = next<Element>(to);
    show(words, f.text);
    deliver(f.to, f.text);
  }
  /// Shown, and lost.
  template <class Element>
  void is_lost(std::string_view to, std::string_view words) {
    show(words, next<Element>(to).text);
  }
  /// Shown as it was sent; `from` in it arrives as `into`.
  template <class Element>
  void is_altered(std::string_view to, std::string_view words, std::string_view from,
                  std::string_view into) {
    flight f = next<Element>(to);
    show(words, f.text);
    const auto at = f.text.find(from);
    expect(at != std::string::npos, "there is something to alter");
    deliver(f.to, f.text.replace(at, from.size(), into));
  }
  /// All that is in flight to that bare address travels in one bundle: shown, and it arrives.
  void arrives_together(std::string_view to, std::string_view words) {
    bundler gathered;
    std::string text;
    const auto keep = [&](std::string_view one) { text += one; };
    for (std::size_t i = 0; i < air_.size();) {
      if (bare(air_[i].to) != to) {
        ++i;
        continue;
      }
      sending how;
      how.self = to == relay ? party::sender : party::server;
      how.from = air_[i].from;
      expect(!gathered.add(air_[i].sent, how, true, keep), "it can be written");
      air_.erase(air_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    gathered.flush(keep);
    show(words, text);
    deliver(std::string(to), text);
  }
  /// All that is in flight, and what it causes, arrives and is not shown.
  void all_arrive() {
    for (int most = 1000; !air_.empty() && most > 0; --most) {
      const flight f = take();
      deliver(f.to, f.text);
    }
  }
  void all_are_lost() { air_.clear(); }
  void expect_silence() {
    expect(air_.empty(), "nobody says more, but there is " + (air_.empty() ? "" : air_[0].text));
  }

  // --- what is shown ---

  void say(std::string_view words) { shown_ += comment(words) + "\n"; }
  void expect_outcome(const message_name& name, outcome ended, reason why = reason::none) {
    for (const auto& [of, was, because] : reports_)
      if (of == name) {
        expect(was == ended && because == why,
               "the outcome is " + std::string(name_of(was)) + ", " +
                   std::string(reason_names[static_cast<std::size_t>(because)]));
        return;
      }
    broken("there is an outcome");
  }
  bool has_outcome(const message_name& name) const {
    for (const auto& one : reports_)
      if (one.of == name) return true;
    return false;
  }
  void expect_no_outcome(const message_name& name) {
    expect(!has_outcome(name), "there is no outcome yet");
  }
  std::size_t taken() const { return taken_; }
  const memory_store& store(party of) const { return stores_[static_cast<std::size_t>(of)]; }
  const written& wrote(party who) const { return written_[static_cast<std::size_t>(who)]; }
  std::string shown() const { return shown_; }

  bool accepts = true;  ///< bob's application takes what it is given; else it refuses

 private:
  struct ending {
    message_name of;
    outcome was;
    reason because;
  };

  flight take() {
    expect(!air_.empty(), "something is in flight");
    flight f = std::move(air_.front());
    air_.pop_front();
    return f;
  }
  /// The first stanza on its way to that address: each link keeps the order.
  template <class Element>
  flight next(std::string_view to) {
    const auto at =
        std::find_if(air_.begin(), air_.end(), [&](const flight& f) { return bare(f.to) == to; });
    expect(at != air_.end(), "a stanza is on its way to " + std::string(to));
    expect(std::holds_alternative<Element>(at->sent.what), "it is another one: " + at->text);
    flight f = std::move(*at);
    air_.erase(at);
    return f;
  }

  /// What stands in the page has to be read as the stanza that was sent.
  void show(std::string_view words, const std::string& text) {
    const std::string shown = laid_out(text);
    const auto one = read(text, party::sender), other = read(shown, party::sender);
    expect(one.size() == other.size(), "the layout keeps all: " + shown);
    for (std::size_t i = 0; i < one.size(); ++i)
      expect(one[i].whole.own == other[i].whole.own &&
                 one[i].whole.canonical == other[i].whole.canonical &&
                 one[i].what.body.canonical == other[i].what.body.canonical,
             "the layout changes nothing: " + shown);
    shown_ += comment(words) + "\n" + shown + "\n";
  }

  void deliver(const std::string& to, const std::string& text) {
    now_ = now_ + milliseconds(50);
    if (to == relay)
      for (const arrival& one : read(text, party::server)) relay_did(v_->receive(one.what, now_));
    else if (bare(to) == alice)
      for (const arrival& one : read(text, party::sender)) alice_did(a_->receive(one.what, now_));
    else
      for (const arrival& one : read(text, party::receiver)) bob_did(b_->receive(one.what, now_));
  }
  std::vector<arrival> read(std::string_view text, party self) {
    std::vector<arrival> out;
    arrive_each(reader_, text, {self, {}, {}, {}}, [&](result<arrival, refusal> one) {
      expect(one && (self != party::sender || one->kind != arrival_kind::plain),
             "the stanza is read: " + std::string(text));
      out.push_back(std::move(*one));
    });
    return out;
  }

  void alice_did(sender_outputs outs) { carry_out(outs, party::sender, alice_full); }
  void relay_did(server_outputs outs) { carry_out(outs, party::server, relay); }
  void bob_did(receiver_outputs outs) { carry_out(outs, party::receiver, bob_full); }

  template <class Outs>
  void carry_out(Outs& outs, party self, const std::string& from) {
    written& by_it = written_[static_cast<std::size_t>(self)];
    const auto before = by_it.records;
    std::vector<message_name> handed;
    for (auto& one : outs)
      std::visit([&](auto& o) { this->carry_one(o, self, from, handed); }, one);
    by_it.batches += by_it.records != before ? 1 : 0;
    for (const message_name& name : handed) {
      taken_ += accepts ? 1 : 0;
      bob_did(accepts ? *b_->accepted(name, now_) : *b_->refused(name, now_));
    }
  }
  template <class Out>
  void carry_one(Out& o, party self, const std::string& from, std::vector<message_name>& handed) {
    memory_store& store = stores_[static_cast<std::size_t>(self)];
    if constexpr (std::is_same_v<Out, out::persist>) {
      written& by_it = written_[static_cast<std::size_t>(self)];
      ++by_it.records;
      by_it.octets += o.key().size() + o.image().size();
      store.carry_out(o);
    } else if constexpr (std::is_same_v<Out, out::forget>) {
      store.carry_out(o);
    } else if constexpr (std::is_same_v<Out, out::transmit>) {
      sending how;
      how.self = self;
      how.from = from;
      auto text = stanza_text(o, how);
      expect(text.has_value(), "the stanza can be written");
      air_.push_back({from, o.to, std::move(*text), o});
    } else if constexpr (std::is_same_v<Out, out::report>) {
      reports_.push_back({o.name, o.ended, o.why});
    } else if constexpr (std::is_same_v<Out, out::deliver>) {
      handed.push_back(o.name);
    }
  }

  server_limits server_limits_;
  env alice_env_, relay_env_, bob_env_;
  std::array<memory_store, 3> stores_;  ///< by party
  std::array<written, 3> written_;
  std::optional<sender<env>> a_;
  std::optional<server<env>> v_;
  std::optional<receiver<env>> b_;
  bundle_reader reader_;
  instant now_{1000000};
  std::deque<flight> air_;
  std::vector<ending> reports_;
  std::size_t taken_ = 0;
  std::string shown_;
};

}  // namespace examples

#endif
