// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "world_carry.hpp"

namespace sim {

namespace {

/// What a code that is given nowhere may not do: more than one bounded answer (P5).
constexpr std::uint64_t answers_to_invalid = 1;

}  // namespace

endpoint_party* world::endpoint_at(const std::string& address) {
  for (endpoint_party& p : endpoints_)
    if (p.full == address) return &p;
  return nullptr;
}

/// The device with this full address; of a bare one, or where there is none, the first.
sender_party* world::sender_at(std::string_view address) {
  for (sender_party& p : senders_)
    if (p.full == address) return &p;
  for (sender_party& p : senders_)
    if (p.bare == bare(address)) return &p;
  return nullptr;
}

/// What goes to a bare address goes to each of its devices.
bool world::fork_to_devices(const stanza& s) {
  std::vector<std::string> devices;
  for (const sender_party& p : senders_)
    if (p.bare == s.to) devices.push_back(p.full);
  if (devices.size() < 2) return false;
  for (const std::string& to : devices) {
    auto copy = std::make_shared<stanza>(s);
    copy->to = to;
    launch({std::move(copy)});
  }
  return true;
}

/// An element leaves its maker: what the network does to it is drawn here.
void world::send(const party& from, const std::string& from_address, const out::transmit& o) {
  stanza s{from_address, o.to, o.what, o.payload, ++ids_, {}, false, false, false, false};
  const header& head = header_of(o.what);
  const auto* message = std::get_if<check>(&o.what);
  if (message != nullptr) s.about = key_of({head.conversation, message->at});
  std::visit([&](const auto& e) { note(e.code.view().empty() ? 0 : e.code.view()[0]); }, o.what);
  ++sent_now_;
  say("  ", from.name, " -> ", o.to, "  ", print(o.what), "  (", s.id, ")");
  auto whole = std::make_shared<const stanza>(std::move(s));
  ever_.push_back(whole);
  if (const sender_party* p = sender_at(from_address); p != nullptr && !p->link) return;
  if (const endpoint_party* p = endpoint_at(from_address); p != nullptr && !p->online) return;
  if (!faulty(fault::bundle)) return pass({std::move(whole)}, {o.type});
  // what leaves for one address in one instant travels in one bundle
  bundle& open = bundles_[{from_address, o.to}];
  if (open.all.empty())
    after(0, [this, &open] {
      const bundle full = std::exchange(open, {});
      if (full.all.size() > 1) hit(fault::bundle);
      pass(full.all, full.types);
    });
  open.all.push_back(std::move(whole));
  open.types.emplace_back(o.type);
}

/// One stanza, or what is in a bundle: what happens to it happens to all of it.
void world::pass(load all, const std::vector<std::string>& types) {
  const auto changed = [&](fault f, auto how) {
    hit(f);
    load copies;
    for (const stanza_ref& one : all) {
      auto copy = std::make_shared<stanza>(*one);
      how(*copy);
      copies.push_back(std::move(copy));
    }
    return copies;
  };
  const stanza& first = *all.front();
  if (faulty(fault::copy) && net_.percent(static_cast<unsigned>(plan_.copy)))
    launch(changed(fault::copy, [](stanza& c) { c.copy_or_error = true; }));
  if (faulty(fault::fork) && net_.percent(static_cast<unsigned>(plan_.fork)))
    for (const endpoint_party& p : endpoints_)
      if (p.bare == bare(first.to) && p.full != first.to)
        launch(changed(fault::fork, [&](stanza& c) { c.to = p.full; }));
  if (faulty(fault::twice) && net_.percent(static_cast<unsigned>(plan_.twice)))
    launch(changed(fault::twice, [](stanza&) {}));
  const bool lost = faulty(fault::lose) && net_.percent(static_cast<unsigned>(plan_.lose));
  for (std::size_t i = 0; links_ && i < all.size(); ++i) links_->count(*all[i], types[i], lost);
  if (lost) return hit(fault::lose);
  const std::uint64_t hop =
      first.to == relay_.bare ? 0 : 50;  // a gateway stands on one of the hops
  bool mangled = false;
  for (stanza_ref& one : all) {
    const auto* message = std::get_if<check>(&one->what);
    const bool marked = message != nullptr && (message->at * 37 + plan_.seed + hop) % 100 <
                                                  static_cast<unsigned>(plan_.mangle);
    if (!faulty(fault::mangle) || !marked) continue;
    mangled = true;
    hit(fault::mangle);
    auto copy = std::make_shared<stanza>(*one);
    mangle(*copy);
    one = std::move(copy);
  }
  if (!mangled && faulty(fault::alter) && net_.percent(static_cast<unsigned>(plan_.alter)))
    alter_one(all);
  launch(std::move(all));
}

/// Of a bundle one message is altered, taken out or put elsewhere.
void world::alter_one(load& all) {
  hit(fault::alter);
  const bool several = all.size() > 1;
  const auto most = static_cast<std::int64_t>(all.size()) - 1;
  stanza_ref& one = all[several ? static_cast<std::size_t>(net_.between(0, most)) : 0];
  if (several && net_.one_in(4)) return void(all.erase(all.begin() + (&one - all.data())));
  if (several && net_.one_in(4)) return std::swap(one, all.front());
  auto copy = std::make_shared<stanza>(*one);
  alter(*copy, net_);
  one = std::move(copy);
}

void world::launch(load all) {
  if (plan_.devices)
    std::erase_if(all, [this](const stanza_ref& s) { return fork_to_devices(*s); });
  if (all.empty()) return;
  const stanza& first = *all.front();
  std::int64_t lag = links_ ? links_->lag(first, now_) : 20;
  if (faulty(fault::delay)) {
    lag += net_.between(0, 30);
    if (net_.percent(static_cast<unsigned>(plan_.delay))) {
      hit(fault::delay);
      lag = net_.between(20, plan_.lag_most);
    }
  }
  const sender_party* to = sender_at(first.to);
  const std::uint32_t session = to == nullptr ? 0 : to->session;
  after(lag, [this, all = std::move(all), session] {
    const sender_party* p = sender_at(all.front()->to);
    // what was on the way when a link broke may be lost, or be kept by a server and come late
    if (p != nullptr && p->session != session && phase_ == 1 && net_.one_in(2)) return;
    const auto all_arrive = [this, all] {
      for (const stanza_ref& one : all) arrive(*one);
    };
    if (p == nullptr || p->link) return all_arrive();
    if (net_.one_in(3)) after(5000, all_arrive);
  });
}

void world::arrive(const stanza& s) {
  if (s.to == relay_.bare) return arrive_at(relay_, s);
  if (sender_party* p = sender_at(s.to)) return arrive_at(*p, s);
  endpoint_party* p = endpoint_at(s.to);
  if (p != nullptr && p->online) return arrive_at(*p, s);
  if (!s.copy_or_error && s.from == relay_.bare) bounce(s);
}

/// Nobody is there: an error comes back, or nothing.
void world::bounce(const stanza& s) {
  if (net_.one_in(2)) return;
  auto back = std::make_shared<stanza>(s);
  std::swap(back->from, back->to);
  back->copy_or_error = true;
  launch({std::move(back)});
  if (net_.one_in(2)) tell_attached(s.to, false);
}

void world::arrive_at(sender_party& p, const stanza& s) {
  if (p.up && p.link) receive(p, s);
}

void world::arrive_at(relay_party& p, const stanza& s) {
  if (!p.up) return;
  hand_over(p);
  count_altered(s);
  receive(p, s);
}

void world::arrive_at(endpoint_party& p, const stanza& s) {
  if (!p.up) return;
  if (s.invalid) altered_hop_two_ = true;
  receive(p, s);
}

void world::count_altered(const stanza& s) {
  if (!s.invalid || !std::holds_alternative<check>(s.what)) return;
  if (submission* one = books_.find(s.about)) ++one->altered_on_hop_one;
}

/// The simulator's own token bucket: one more than the limit allows, for the first instant.
bool world::may_answer(party& p) {
  const std::int64_t most = (p.tokens.burst + 1) * 1000;
  if (p.filled_at == 0) p.milli_tokens = most;
  p.milli_tokens = std::min(most, p.milli_tokens + (now_ - p.filled_at) * p.tokens.per_second);
  p.filled_at = now_;
  if (p.milli_tokens < 1000) return false;
  p.milli_tokens -= 1000;
  return true;
}

template <class Party>
void world::receive(Party& p, const stanza& s) {
  incoming in{s.from, s.what, {}, s.copy_or_error, s.malformed};
  std::visit([](auto& e) { e.head = e.head.as_written(); }, in.what);
  if (std::holds_alternative<check>(s.what)) in.body = read_content(s.payload);
  const bool inert = s.invalid || s.copy_or_error || s.malformed;
  say(p.name, " <- ", s.from, "  ", print(s.what), "  (", s.id, ")", s.invalid ? " INVALID" : "",
      s.copy_or_error ? " COPY" : "", s.malformed ? " MALFORMED" : "");
  octets before, behind;
  if (inert) p.role->append_state(before);
  auto outs = p.role->receive(in, time_of(p));
  if (inert) {
    p.role->append_state(behind);
    std::uint64_t answers = 0;
    for (const auto& o : outs) {
      if (!std::holds_alternative<out::transmit>(o))
        broken("P5", "an element without a valid code had an effect at " + p.name);
      ++answers;
    }
    if (before != behind) broken("P5", "an element without a valid code changed " + p.name);
    if (answers > answers_to_invalid) broken("P5", "more than one answer from " + p.name);
    // per peer: here all of them are counted against twice the peers there are
    if (answers > 0 && plan_.senders == 1 && !may_answer(p))
      broken("P5", "more answers than the bucket holds, from " + p.name);
  }
  carry_out(p, std::move(outs));
}

}  // namespace sim
