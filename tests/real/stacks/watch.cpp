// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "watch.hpp"

namespace real {

using namespace vidimus;

namespace {

stream_scope scope() {
  static constexpr std::array<prefix_binding, 1> usual{
      prefix_binding{"stream", "http://etherx.jabber.org/streams"}};
  return {"jabber:client", usual};
}

bool says_received(status what) {
  return what == status::verified || what == status::pending || what == status::executed ||
         what == status::delivered;
}

}  // namespace

/// A client leaves `from` to its server.
std::string watch::readable(const std::string& child, bool towards_server) const {
  const auto head = child.substr(0, child.find('>'));
  if (!towards_server || head.find(" from=") != std::string::npos) return child;
  return "<message from='" + address_ + "'" + child.substr(8);
}

passage& watch::at(const header& of, number n) {
  const auto id = of.conversation.id.view();
  return to_.messages[{std::string(id.begin(), id.end()), n}][who_ == side::sender ? 0 : 1];
}

std::string watch::pass(bool towards_server, std::string child) {
  if (!child.starts_with("<message") || child.find("urn:vidimus:0") == std::string::npos)
    return child;
  reading how;
  how.scope = scope();
  how.self = who_ == side::sender ? party::sender : party::receiver;
  if (towards_server) how.self = party::server;
  if (child.find("<bundle ") != std::string::npos)
    return pass_bundle(how, towards_server, std::move(child));
  auto came = arrive(reader_, readable(child, towards_server), how);
  if (!came) return ++to_.unreadable, child;
  if (came->whole.is_copy || came->whole.is_error) {
    if (came->whole.is_copy)
      ++(child.find("urn:xmpp:mam:2") != std::string::npos ? to_.archived : to_.carbons);
    return child;
  }
  if (came->kind != arrival_kind::ours) return ++to_.unreadable, child;
  const std::string before = child;
  if (const auto* one = std::get_if<check>(&came->what.what)) {
    child = pass_check(*one, std::move(child), towards_server);
    return disorder(towards_server, std::move(child), child == before);
  }
  note_news(came->what.what);
  if (alters_ && ++others_ % 12 == 0 && alter(child, towards_server)) ++to_.others_altered;
  return disorder(towards_server, std::move(child), child == before);
}

/// As it is: bundles are altered in the simulator.
std::string watch::pass_bundle(const reading& how, bool towards_server, std::string child) {
  ++to_.bundles[address_];
  const auto each = [&](result<arrival, refusal> came) {
    ++to_.bundled;
    if (!came || came->kind != arrival_kind::ours) return void(++to_.unreadable);
    if (const auto* one = std::get_if<check>(&came->what.what)) {
      passage& here = at(one->head, one->at);
      here.seen = here.intact = true;
    }
    note_news(came->what.what);
  };
  arrive_each(bundle_reader_, readable(child, towards_server), how, each);
  return child;
}

/// What was altered is not replayed: two alike are for its sender a reason to give up.
std::string watch::disorder(bool towards_server, std::string child, bool whole) {
  if (!alters_) return child;
  auto& earlier = earlier_[towards_server ? 0 : 1];
  std::string& held = held_[towards_server ? 0 : 1];
  ++passed_;
  if (passed_ % 9 == 0 && !earlier.empty()) {
    child += earlier[to_.chance() % earlier.size()];
    ++to_.replayed;
  }
  if (whole && passed_ % 9 != 0) {
    if (earlier.size() < 64) earlier.emplace_back();
    (earlier.back().empty() ? earlier.back() : earlier[to_.chance() % 64]) = child;
  }
  if (passed_ % 13 == 0 && held.empty()) {
    ++to_.reordered;
    std::swap(held, child);
    return child;
  }
  return child + std::exchange(held, {});
}

std::string watch::pass_check(const check& of, std::string child, bool towards_server) {
  passage& here = at(of.head, of.at);
  const auto id = of.head.conversation.id.view();
  offered_.insert({std::string(id.begin(), id.end()), of.at});
  const bool first = !std::exchange(here.seen, true);
  if (who_ == side::receiver &&
      !to_.messages[{std::string(id.begin(), id.end()), of.at}][0].commanded)
    ++to_.obeyed;
  if (alters_ && first && ++checks_ % 5 == 0 && alter(child, towards_server)) {
    here.altered = true;
    ++to_.checks_altered;
  } else {
    if (alters_ && first && checks_ % 7 == 3) forge(of, child);
    here.intact = here.intact || !child.empty();
  }
  return child;
}

/// Its verifier's word that it was delivered, for a message that does not get there; or a command
/// for one that gets there, before its sender has decided.
void watch::forge(const check& of, std::string& child) {
  std::array<octet, check_code::size_max> drawn{};
  for (octet& one : drawn) one = static_cast<octet>(to_.chance() % 256);
  const check_code code(octets_view(drawn).first(of.code.view().size()));
  const std::string& relay = of.head.conversation.along->relay;
  if (who_ == side::receiver || (to_.forged_commands + to_.withheld) % 2 == 0) {
    receipt r;
    r.head = of.head;
    r.states.push_back({status::delivered, {of.at, of.at}});
    r.limit = of.at + 1000;
    r.code = code;
    back_ = who_ == side::sender ? forged(r, party::server, relay, address_)
                                 : forged(r, party::receiver, address_, relay);
    if (back_.empty()) return;
    ++to_.forged_receipts;
    ++to_.withheld;
    child.clear();
    return;
  }
  execute e;
  e.head = of.head;
  e.numbers.add(of.at);
  e.low = 1;
  e.code = code;
  const std::string text = forged(e, party::sender, address_, relay);
  if (text.empty()) return;
  ++to_.forged_commands;
  child += text;
}

std::string watch::forged(element what, party as, const std::string& from,
                          const std::string& to) const {
  sending how;
  how.self = as;
  how.from = from;
  how.stamps = as == party::server;
  const auto text = stanza_text(out::transmit{shared_text(to), {}, std::move(what), {}}, how);
  return text ? *text : std::string();
}

void watch::note_news(const element& of) {
  if (const auto* one = std::get_if<receipt>(&of)) note(*one);
  if (const auto* one = std::get_if<execute>(&of)) note(*one);
}

void watch::note(const execute& of) {
  for (const range& one : of.numbers)
    for (number n = one.first; n <= one.last; ++n) {
      passage& here = at(of.head, n);
      if (!here.verified) ++to_.obeyed;
      here.commanded = true;
    }
}

/// Before it is altered itself: what its issuer says.
void watch::note(const receipt& of) {
  const auto id = of.head.conversation.id.view();
  for (const status_range& one : of.states) {
    if (!says_received(one.what)) continue;
    for (number n = one.span.first; n <= one.span.last; ++n) {
      passage& here = at(of.head, n);
      here.verified = true;
      if (!here.intact) here.baseless = true;
      if (one.what == status::delivered) {
        here.confirmed = true;
        if (who_ == side::sender &&
            !to_.messages[{std::string(id.begin(), id.end()), n}][1].confirmed)
          ++to_.obeyed;
      }
      const bool was_here = offered_.count({std::string(id.begin(), id.end()), n}) != 0;
      if (who_ == side::receiver && !was_here) ++to_.answered_copies;
    }
  }
  for (const altered_part& one : of.altered) {
    passage& here = at(of.head, one.at);
    (here.altered ? here.told_altered : here.alarmed) = true;
  }
}

/// One letter, so that what a code covers is another: content, or the element itself.
bool watch::alter(std::string& child, bool towards_server) {
  const auto before = reader_.read(readable(child, towards_server), scope(), coverage_of);
  const auto places = places_to_alter(child);
  if (!before || !before->own || places.empty()) return false;
  for (int tries = 0; tries < 40; ++tries) {
    std::string other = child;
    char& c = other[places[to_.chance() % places.size()]];
    c = c == 'x' ? 'y' : 'x';
    const auto after = other_reader_.read(readable(other, towards_server), scope(), coverage_of);
    const bool same =
        after && after->own && after->canonical == before->canonical && *after->own == *before->own;
    if (same) continue;
    child = std::move(other);
    return true;
  }
  return false;
}

}  // namespace real
