// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// All of it at once: a message goes from alice over the relay to bob. The three would be three
// processes; here a queue of stanzas, as text, stands for the streams between them.
#include <array>
#include <cstdio>
#include <deque>
#include <vidimus/adapt/cryptopp.hpp>
#include <vidimus/adapt/memory_store.hpp>
#include <vidimus/adapt/preset_keys.hpp>
#include <vidimus/adapt/xmpp_text.hpp>
#include <vidimus/check/view.hpp>
#include <vidimus/vidimus.hpp>

using namespace vidimus;

namespace {

template <class... F>
struct overload : F... {
  using F::operator()...;
};
template <class... F>
overload(F...) -> overload<F...>;

/// What a host has besides: here a store in memory and a queue in place of streams.
struct stanza_to {
  std::string address, text;
};
std::array<memory_store, 3> stores;
std::deque<stanza_to> streams;
std::deque<message_name> accepted;
std::string text_for_bob;
outcome ended = outcome::uncertain;

/// Two peers get the same preset code, each under the address of the other.
bool share(preset_keys& a, const char* address_of_a, preset_keys& b, const char* address_of_b,
           const char* code) {
  return a.add(address_of_b, "key-1", as_octets(code)) &&
         b.add(address_of_a, "key-1", as_octets(code));
}

/// Carries out what a role asks for, in the order given.
template <class Outputs>
void carry_out(party self, const char* address, Outputs outputs) {
  auto& store = stores[static_cast<std::size_t>(self)];
  // clang-format off
  const overload each{
    [&](out::persist& o)  { store.carry_out(o); },  // durable before anything behind it
    [&](out::forget& o)   { store.carry_out(o); },
    [&](out::transmit& o) { streams.push_back({o.to, stanza_text(o, {self, address}).value()}); },
    [&](out::deliver& o)  { accepted.push_back(o.name);
                            const auto verified = content_view::parse(o.body->canonical);
                            text_for_bob = verified->body(); },
    [&](out::report& o)   { ended = o.ended; },
    [&](out::plain&)      {},  // nobody here is without support
    [&](out::wake&)       {}};  // a host sets its timer, and calls tick
  // clang-format on
  for (auto& one : outputs) std::visit(each, one);
}

}  // namespace

int main() {
  const char *alice = "alice@example.org", *relay = "relay.example.org", *bob = "bob@example.net";
  const char* bob_here = "bob@example.net/desk";
  const instant now{0};  // a host reads its clock

  environment<cryptopp, preset_keys, system_entropy> a, r, b;
  if (!share(a.keys, alice, r.keys, relay, "a preset code: 16 octets or more")) return 1;
  if (!share(r.keys, relay, b.keys, bob, "another one for the second hop")) return 1;
  b.keys.allow(relay, "@example.org");  // the origins that the relay may speak for

  sender from(a, alice, relay, strict(sender_limits{}));  // nothing waits for company here
  server via(r, relay, strict(server_limits{}));
  receiver to(b, bob, strict(receiver_limits{}));
  carry_out(party::server, relay, via.attached(bob_here, now));
  carry_out(party::sender, alice, from.link_restored(now));
  const char* message = "<message to='bob@example.net'><body>Hello, Bob!</body></message>";
  for (const auto& found : lint(message).findings) std::printf("%s\n", text(found).c_str());
  const auto hello = compose(message);
  carry_out(party::sender, alice, from.submit(hello.value(), now).value().outputs);  // S1

  for (; !streams.empty(); streams.pop_front()) {
    const stanza_to next = streams.front();
    const auto read = [&](party self) { return arrive(next.text, {self}).value().what; };
    if (next.address == alice)
      carry_out(party::sender, alice, from.receive(read(party::sender), now));  // S3
    else if (next.address == relay)
      carry_out(party::server, relay, via.receive(read(party::server), now));  // S2, S4, S6
    else
      carry_out(party::receiver, bob_here, to.receive(read(party::receiver), now));  // S5
    for (; !accepted.empty(); accepted.pop_front())
      carry_out(party::receiver, bob_here, to.accepted(accepted.front(), now).value());
  }
  std::printf("bob reads: %s\nalice's message: %s\n", text_for_bob.c_str(), name_of(ended).data());
  return ended == outcome::delivered ? 0 : 1;
}
