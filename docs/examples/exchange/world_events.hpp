// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_EXCHANGE_WORLD_EVENTS_HPP
#define VIDIMUS_DOCS_EXAMPLES_EXCHANGE_WORLD_EVENTS_HPP

#include "world.hpp"

/// What happens in the world: submissions, arrivals, answers of the application, faults.
namespace exchange {

inline void world::plan_submission(std::int64_t in_ms) {
  if (!std::exchange(planned_, true)) schedule(vidimus::milliseconds(in_ms), submit_one{});
}

/// The first messages go one after the other, so that they can be followed; the rest as they come.
inline void world::happen(submit_one&) {
  planned_ = false;
  if (submitted_ == asked_.messages || !sender_) return;  // a revived sender goes on
  letter one = post_.next(submitted_ + 1);
  auto given = sender_->submit(one.message, now_);
  if (!given) {
    if (given.error() != vidimus::errc::window_full)
      return books_.broken(3, std::string(vidimus::sentence(given.error())), submitted_ + 1);
    return plan_submission(250);
  }
  const vidimus::message_name name = given->name;
  ++submitted_;
  books_.submitted(name, submitted_, std::move(one.message.body.canonical), one.bare_octets);
  if (submitted_ <= asked_.show) {
    moment m;
    m.step = "S1";
    m.text = "#" + std::to_string(submitted_) + " submitted";
    m.detail = m.text + ": " + one.description;
    note(std::move(m));
  }
  if (doomed_[index(party::sender)]) unsure_ = name;
  carry_out(std::move(given->outputs));
  after_submission();
}

/// Faults are spread evenly over the submissions.
inline void world::after_submission() {
  if (submitted_ >= asked_.show) plan_submission(dice_.between(5, 35));  // else a report does
  while (cuts_planned_ < asked_.cuts &&
         submitted_ * (asked_.cuts + 1) >= (cuts_planned_ + 1) * asked_.messages)
    schedule(vidimus::milliseconds(dice_.between(0, 50)), cut_begins{++cuts_planned_ % 2 == 1});
  while (deaths_planned_ < asked_.crashes &&
         submitted_ * (asked_.crashes + 1) >= (deaths_planned_ + 1) * asked_.messages)
    doomed_[deaths_planned_++ % 3] = true;
}

inline void world::happen(packet& p) {
  const party who = end_of(p.by);
  if (!links_.comes_through(p)) {
    if (p.leg != SIZE_MAX) trace_.legs[p.leg].lost = true;
    counts_.never_read += p.altered() ? 1 : 0;
    return;
  }
  if (p.leg != SIZE_MAX) {
    moment m;
    m.is = what::arrives;
    m.by_leg = p.leg;
    note(std::move(m));
  }
  const bool alive = who == party::sender   ? sender_.has_value()
                     : who == party::server ? server_.has_value()
                                            : receiver_.has_value();
  if (!alive) {
    ++counts_.at_dead;
    counts_.never_read += p.altered() ? 1 : 0;
    return;
  }
  auto in = post_.read(p.text, p.by);
  if (in) return receive(p, *in, who);
  counts_.caught_unreadable += p.altered() ? 1 : 0;
  if (!p.altered()) books_.broken(3, "a stanza that nobody altered could not be read", 0);
  if (p.leg == SIZE_MAX) return;
  moment m;
  m.who = who;
  m.text = "not readable: dropped";
  m.detail = "dropped: " + in.error();
  m.how = tone::bad;
  note(std::move(m));
}

inline void world::receive(packet& p, vidimus::incoming& in, party who) {
  ear& heard = who == party::sender   ? env_.of_sender.watch
               : who == party::server ? env_.of_server.watch
                                      : env_.of_receiver.watch;
  heard.forget();
  vidimus::sender_outputs of_sender;
  vidimus::server_outputs of_server;
  vidimus::receiver_outputs of_receiver;
  reaction did;
  const auto see = [&did](const auto& outputs) {
    for (const auto& one : outputs) std::visit([&did](const auto& o) { did.see(o); }, one);
  };
  if (who == party::sender) see(of_sender = sender_->receive(in, now_));
  if (who == party::server) see(of_server = server_->receive(in, now_));
  if (who == party::receiver) see(of_receiver = receiver_->receive(in, now_));
  did.wrong_code = heard.has(vidimus::notice::wrong_code);
  did.other_memory = heard.has(vidimus::notice::other_memory);
  did.unresolved = heard.has(vidimus::notice::unresolved);
  const bool harmless = p.altered() && weigh_alteration(p, in);
  if (!vidimus::header_of(in.what).brief.empty())
    std::visit([&](auto& one) { one.head = p.head; }, in.what);
  if (const auto* c = std::get_if<vidimus::check>(&in.what);
      c != nullptr && !did.wrong_code && !did.unresolved)
    if (!arrived_.emplace(is_hop_one(p.by), vidimus::message_name{c->head.conversation, c->at})
             .second)
      ++counts_.repeats;
  if (p.leg != SIZE_MAX) {
    const auto serials = words_.serials(in.what);
    did.open = told_first_ < asked_.show && !serials.empty() && serials.back() > told_first_;
    moment said = verdict(who, in.what, did, describer::list(serials));
    if (said.text.empty() && p.copy) {
      said.text = "a copy: no effect";
      said.how = tone::faint;
    }
    if (harmless && !said.text.empty())
      said.detail = (said.detail.empty() ? said.text : said.detail) + " (no covered octet changed)";
    if (!said.text.empty()) note(std::move(said));
  }
  carry_out(std::move(of_sender));
  carry_out(std::move(of_server));
  carry_out(std::move(of_receiver));
}

/// An altered stanza must say what the one sent said (then true is returned), or be noticed by the
/// role that got it.
inline bool world::weigh_alteration(const packet& p, const vidimus::incoming& in) {
  const auto before = post_.read(*p.sent, p.by);
  const ear& heard = end_of(p.by) == party::sender   ? env_.of_sender.watch
                     : end_of(p.by) == party::server ? env_.of_server.watch
                                                     : env_.of_receiver.watch;
  const bool harmless = before && post::say_the_same(*before, in);
  if (harmless)
    ++counts_.changed_nothing;
  else if (heard.anything())
    ++counts_.caught_by_code;
  else
    books_.broken(1, "an altered stanza was taken for a good one", 0);
  return harmless;
}

inline void world::happen(accept& a) {
  if (!receiver_ || a.life != receiver_life_) return;
  const bool taken_before = books_.is_taken(a.name);
  auto outputs = receiver_->accepted(a.name, now_);
  if (!outputs)
    return books_.broken(2, "the answer of the application was refused", books_.serial_of(a.name));
  if (!taken_before) taking_ = &a.name;
  const std::uint64_t serial = books_.serial_of(a.name);
  if (serial != 0 && serial <= asked_.show && !taken_before) {
    moment m;
    m.who = party::receiver;
    m.step = "S5";
    m.text = "#" + std::to_string(serial) + " accepted";
    m.how = tone::good;
    m.detail = m.text + " by the application";
    note(std::move(m));
  }
  carry_out(std::move(*outputs));
}

inline void world::happen(cut_begins& c) {
  if (!links_.is_up(c.hop_one)) return schedule(vidimus::seconds(1), c);
  links_.cut(c.hop_one);
  const auto lasts = dice_.between(2000, 15000);
  schedule(vidimus::milliseconds(dice_.between(0, 1500)), cut_noticed{c.hop_one});
  schedule(vidimus::milliseconds(lasts), cut_ends{c.hop_one});
  if (!follows()) return;
  moment m;
  m.is = what::cut;
  m.hop_one = c.hop_one;
  m.text = "link cut for " + seconds_text(lasts, 1);
  m.how = tone::bad;
  note(std::move(m));
}

inline void world::happen(cut_noticed& c) {
  if (c.hop_one && sender_) carry_out(sender_->link_lost(now_));
  if (!c.hop_one && server_) carry_out(server_->detached(bob_here, now_));
}

inline void world::happen(cut_ends& c) {
  links_.mend(c.hop_one);
  if (follows()) {
    moment m;
    m.is = what::mended;
    m.hop_one = c.hop_one;
    m.text = "link restored";
    note(std::move(m));
  }
  if (c.hop_one && sender_) carry_out(sender_->link_restored(now_));
  if (!c.hop_one && server_) carry_out(server_->attached(bob_here, now_));
}

/// A new process with the old store.
inline void world::happen(revive& r) {
  moment m;
  m.is = what::restored;
  m.who = r.who;
  m.text = "restored from its store";
  if (follows()) note(std::move(m));
  const auto records = disks_[index(r.who)].all();
  const auto failed = [this](vidimus::errc why) {
    books_.broken(3, "restore failed: " + std::string(vidimus::sentence(why)), 0);
  };
  if (r.who == party::sender) {
    sender_.emplace(env_.of_sender, alice, relay, strict(vidimus::sender_limits{}));
    auto outputs = sender_->restore(records, true, now_);
    if (!outputs) return failed(outputs.error());
    if (unsure_ && !sender_->state_of(*unsure_)) {  // it never became durable: submit it again
      books_.retracted(*unsure_);
      --submitted_;
    }
    unsure_.reset();
    carry_out(std::move(*outputs));
    if (sender_ && links_.is_up(true)) carry_out(sender_->link_restored(now_));
    plan_submission(100);
  } else if (r.who == party::server) {
    server_.emplace(env_.of_server, relay, strict(vidimus::server_limits{}));
    auto outputs = server_->restore(records, true, now_);
    if (!outputs) return failed(outputs.error());
    carry_out(std::move(*outputs));
    if (server_ && links_.is_up(false)) carry_out(server_->attached(bob_here, now_));
  } else {
    receiver_.emplace(env_.of_receiver, bob, strict(vidimus::receiver_limits{}));
    auto outputs = receiver_->restore(records, true);
    if (!outputs) return failed(outputs.error());
    carry_out(std::move(*outputs));
  }
}

}  // namespace exchange

#endif
