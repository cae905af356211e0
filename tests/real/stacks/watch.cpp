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
  auto came = arrive(reader_, readable(child, towards_server), how);
  if (!came) return ++to_.unreadable, child;
  if (came->whole.is_copy || came->whole.is_error) {
    if (came->whole.is_copy)
      ++(child.find("urn:xmpp:mam:2") != std::string::npos ? to_.archived : to_.carbons);
    return child;
  }
  if (came->kind != arrival_kind::ours) return ++to_.unreadable, child;
  if (const auto* one = std::get_if<check>(&came->what.what))
    return pass_check(*one, std::move(child), towards_server);
  if (const auto* one = std::get_if<receipt>(&came->what.what)) note(*one);
  if (alters_ && ++others_ % 12 == 0 && alter(child, towards_server)) ++to_.others_altered;
  return child;
}

std::string watch::pass_check(const check& of, std::string child, bool towards_server) {
  passage& here = at(of.head, of.at);
  const auto id = of.head.conversation.id.view();
  offered_.insert({std::string(id.begin(), id.end()), of.at});
  const bool first = !std::exchange(here.seen, true);
  if (alters_ && first && ++checks_ % 5 == 0 && alter(child, towards_server)) {
    here.altered = true;
    ++to_.checks_altered;
  } else {
    here.intact = true;
  }
  return child;
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
