// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// Octets on the wire beyond the bare messages, both hops, counted on what the roles send and the
// writer writes; beside them delivery receipts (XEP-0184) acknowledged by stream management
// (XEP-0198), counted by the same rule: addresses of 35 octets, ids of 36, numbers of five digits;
// clients write no `from`, servers stamp it. The test prints its table.
#include <cstdio>

#include "../support/catch.hpp"
#include "../support/trio.hpp"
#include "vidimus/adapt/xmpp_bundle.hpp"

using namespace toy;

namespace {

const std::string juliet = "juliet.capulet@example.org";
const std::string juliet_full = juliet + "/balcony7";
const std::string romeo = "romeo.montague@example.org";
const std::string romeo_full = romeo + "/orchard1";
const std::string uuid = "9b2f6f0e-3c47-4e53-8a3b-5f6f1d0c7a42";
constexpr number numbers_before = 12'000;

/// Where the server role lives: at an address of its own, or in the server between the ends.
enum class place { in_server, component };

struct policy {
  const char* name;
  bool conditional;
  bool batched;  ///< commands and statuses wait; the application answers ten at once
  bool brief = true;
  bool bundled = false;  ///< what leaves for one address at one time goes in one stanza
};

struct counted {
  std::size_t checks = 0;    ///< elements beside messages
  std::size_t controls = 0;  ///< stanzas without a message
  std::size_t stanzas = 0;   ///< how many of them
  std::string last_check;    ///< of hop 1
  std::string last_receipt;  ///< likewise, the whole stanza
};

std::string stanza_of(std::string_view to, std::string_view from, std::string_view id,
                      std::string_view payload) {
  outgoing_stanza parts;
  parts.to = to;
  parts.from = from;
  parts.id = id;
  parts.payload = payload;
  return *write_stanza(parts);
}

/// The conversation with names of usual length, and numbers as if many had come before.
class spelling {
 public:
  explicit spelling(place where)
      : where_(where), relay_(where == place::in_server ? "example.org" : "check.example.org") {}

  std::string address(const std::string& toy_address) const {
    if (toy_address == relay) return relay_;
    const bool full = bare(toy_address) != toy_address;
    if (bare(toy_address) == alice) return full ? juliet_full : juliet;
    return full ? romeo_full : romeo;
  }

  /// What is sent with these names, and how.
  out::transmit sent_of(const flight& f, sending& how) const {
    out::transmit o = f.sent;
    std::visit([&](auto& e) { spell(e); }, o.what);
    const bool forward = wire::goes_forward(o.what.index());
    how.self = bare(f.from) == alice ? party::sender
               : f.from == relay     ? party::server
                                     : party::receiver;
    how.from = address(f.from);
    how.stamps = how.self == party::server;
    const bool is_check = std::holds_alternative<check>(o.what);
    o.to = address(f.sent.to);
    if (where_ == place::in_server && how.self == party::sender && is_check) how.to = romeo;
    if (where_ == place::in_server && how.self == party::server && forward) how.from = juliet_full;
    return o;
  }
  /// Of the message without our element; nothing if it is none.
  std::size_t bare_message(const flight& f) const {
    if (f.as<check>() == nullptr) return 0;
    outgoing_stanza plain;
    plain.to = bare(f.from) == alice ? romeo : romeo_full;
    if (f.from == relay) plain.from = juliet_full;
    plain.type = f.sent.type;
    plain.payload = *f.sent.payload;
    return write_stanza(plain)->size();
  }
  /// The stanza's octets, less those of the message without our element.
  std::size_t beyond_message(const flight& f, std::string& written) const {
    sending how;
    const auto text = stanza_text(sent_of(f, how), how);
    INFO((text ? "" : text.error().what));
    REQUIRE(text);
    written = *text;
    return text->size() - bare_message(f);
  }

 private:
  static void later(ranges& all) {
    ranges out;
    for (const range& r : all)
      REQUIRE(out.append_strictly({r.first + numbers_before, r.last + numbers_before}));
    all = out;
  }
  template <class Element>
  void spell(Element& e) const {
    e.head.conversation.along = make_route(juliet, romeo, relay_);
    if constexpr (requires { e.at; }) e.at += numbers_before;
    if constexpr (requires { e.low; })
      if (e.low != 0) e.low += numbers_before;
    if constexpr (requires { e.top; }) e.top += numbers_before;
    if constexpr (requires { e.numbers; }) later(e.numbers);
    if constexpr (requires { e.voids; }) later(e.voids);
    if constexpr (requires { e.states; }) {
      e.limit += numbers_before;
      for (status_range& s : e.states)
        s.span = {s.span.first + numbers_before, s.span.last + numbers_before};
    }
  }

  place where_;
  std::string relay_;
};

/// Hosts that take all that came, and send what the roles say of it in bundles.
class bundling {
 public:
  bundling(trio& t, place where) : trio_(t), spell_(where) { t.carry = false; }

  void run() {
    while (!trio_.air.empty()) {
      const auto leaving = std::exchange(trio_.air, {});
      std::map<std::string, bundler> hosts;
      const auto send = [&](std::string_view text) { octets += text.size(), ++stanzas; };
      for (const flight& f : leaving) {
        sending how;
        const auto sent = spell_.sent_of(f, how);
        REQUIRE_FALSE(hosts[f.from].add(sent, how, true, send));
        bare += spell_.bare_message(f);
      }
      for (auto& [from, host] : hosts) host.flush(send);
      for (const flight& f : leaving) trio_.arrive(f);
    }
  }
  void pass(span_ms time) {
    for (std::int64_t i = 0; i < time.count; i += 5, run()) trio_.pass(milliseconds(5));
  }
  std::size_t octets = 0, bare = 0, stanzas = 0;

 private:
  trio& trio_;
  spelling spell_;
};

/// A hundred messages, ten at a time, after the roles have got to know each other.
counted count(place where, const policy& as) {
  sender_limits sl = strict(sender_limits{});
  server_limits vl = strict(server_limits{});
  if (as.batched) {
    sl.commands = {milliseconds(50), 64};
    vl.receipts = {milliseconds(200), 64};
  }
  sl.brief = vl.brief = as.brief;
  trio t(sl, vl);
  t.start();
  t.submit("to get acquainted");
  t.run();
  t.pass(seconds(1));
  t.ever.clear();
  t.reports.clear();
  t.delivered.clear();
  t.accepts = !as.batched;
  std::optional<bundling> hosts;
  if (as.bundled) hosts.emplace(t, where);
  const auto run = [&] { hosts ? hosts->run() : t.run(); };
  const auto pass = [&](span_ms time) { hosts ? hosts->pass(time) : t.pass(time); };
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 10; ++i) {
      outgoing m = message("<body>a message</body>");
      m.conditional = as.conditional;
      t.alice_did(t.a->submit(m, t.now)->outputs);
    }
    run();
    pass(milliseconds(300));  // what waits goes; the application answers behind it
    while (as.batched && !t.delivered.empty()) {
      std::vector<message_name> names;
      for (const out::deliver& d : std::exchange(t.delivered, {})) names.push_back(d.name);
      t.bob_did(*t.b->accepted(names, t.now));
      run();
    }
  }
  pass(seconds(1));
  REQUIRE(t.reports.size() == 100);
  for (const out::report& r : t.reports) REQUIRE(r.ended == outcome::delivered);
  counted out;
  if (hosts) return {0, hosts->octets - hosts->bare, hosts->stanzas, {}, {}};
  const spelling spell(where);
  for (const flight& f : t.ever) {
    std::string written;
    const std::size_t beyond = spell.beyond_message(f, written);
    if (f.as<check>() != nullptr) {
      out.checks += beyond;
      if (f.sent.to == relay) out.last_check = written.substr(written.find("<check"));
    } else {
      out.controls += beyond;
      if (f.sent.to != relay && f.from == relay) out.last_receipt = written;
      ++out.stanzas;
    }
  }
  return out;
}

/// What each attribute of the check takes, as "c 21, ...".
std::string parts_of(const std::string& element) {
  std::string out;
  for (std::size_t at = element.find(' '); element[at] == ' ';) {
    const std::size_t equals = element.find('=', at);
    const std::size_t end = element.find('\'', equals + 2) + 1;
    out += element.substr(at + 1, equals - at - 1) + " " + std::to_string(end - at) + ", ";
    at = end;
  }
  return out + "name and end 8";
}

/// Tenths of octets for one message: receipts, with every tenth stanza of a stream acknowledged.
std::size_t tenths_of_receipts(bool acknowledged) {
  const std::string request = "<request xmlns='urn:xmpp:receipts'/>";
  const std::string received = "<received xmlns='urn:xmpp:receipts' id='" + uuid + "'/>";
  const std::string r = "<r xmlns='urn:xmpp:sm:3'/>", a = "<a xmlns='urn:xmpp:sm:3' h='12345'/>";
  const std::size_t message =
      stanza_of(romeo_full, "", uuid, request).size() - stanza_of(romeo_full, "", "", "").size();
  const std::size_t back_to_server = stanza_of(juliet_full, "", uuid, received).size();
  const std::size_t back_to_sender = stanza_of(juliet_full, romeo_full, uuid, received).size();
  const std::size_t octets = 2 * message + back_to_server + back_to_sender;
  return 10 * octets + (acknowledged ? 4 * (r.size() + a.size()) : 0);
}

}  // namespace

TEST_CASE("octets beyond the bare messages, both hops, beside receipts and stream management",
          "[element.flat][batch.bound]") {
  REQUIRE(juliet_full.size() == 35);
  REQUIRE(romeo_full.size() == 35);
  REQUIRE(tenths_of_receipts(true) == 5858);
  std::printf(
      "| octets for one delivered message | beside messages | other stanzas | of them for "
      "100 messages | in all |\n|---|---|---|---|---|\n");
  for (const place where : {place::in_server, place::component})
    for (const policy& as :
         {policy{"strict", false, false}, policy{"batched, 10 at a time", false, true},
          policy{"conditional, batched, 10 at a time", true, true},
          policy{"strict, bundled", false, false, true, true},
          policy{"batched, 10 at a time, bundled", false, true, true, true},
          policy{"conditional, batched, 10 at a time, bundled", true, true, true, true},
          policy{"strict, no brief form", false, false, false},
          policy{"batched, 10 at a time, no brief form", false, true, false},
          policy{"conditional, batched, 10 at a time, no brief form", true, true, false}}) {
      const counted c = count(where, as);
      std::printf("| %s, %s | %.1f | %.1f | %zu | %.1f |\n",
                  where == place::in_server ? "in the server" : "component", as.name,
                  static_cast<double>(c.checks) / 100, static_cast<double>(c.controls) / 100,
                  c.stanzas, static_cast<double>(c.checks + c.controls) / 100);
      if (as.batched && as.bundled) REQUIRE(c.checks + c.controls <= 100 * 200);
      if (as.bundled) continue;
      if (as.conditional)
        std::printf("| check of hop 1: %s | | | | |\n", parts_of(c.last_check).c_str());
      if (as.conditional && as.brief)
        std::printf("| last receipt of hop 1: `%s` | | | | |\n", c.last_receipt.c_str());
      if (!as.batched) continue;
      const std::size_t most = as.brief ? 240 : as.conditional ? 350 : 370;
      REQUIRE(c.checks + c.controls <= 100 * most);
    }
  std::printf("| XEP-0184 | | | | %.1f |\n| XEP-0184, XEP-0198 every 10 stanzas | | | | %.1f |\n",
              static_cast<double>(tenths_of_receipts(false)) / 10,
              static_cast<double>(tenths_of_receipts(true)) / 10);
}

TEST_CASE("several answers in one call are one record and one receipt", "[s5.answer]") {
  trio t;
  t.accepts = false;
  t.start();
  for (int i = 0; i < 10; ++i) t.submit("a message");
  t.run();
  REQUIRE(t.delivered.size() == 10);
  std::vector<message_name> names;
  for (const out::deliver& d : t.delivered) names.push_back(d.name);
  octets before, after;
  t.b->append_state(before);
  auto unknown = names;
  unknown.back().at = 11;
  REQUIRE(t.b->accepted(unknown, t.now).error() == errc::not_handed);
  t.b->append_state(after);
  REQUIRE(before == after);
  std::reverse(names.begin(), names.end());
  names.push_back(names.front());
  auto given = t.b->accepted(names, t.now);
  REQUIRE(given);
  REQUIRE(given->size() == 2);
  REQUIRE(std::holds_alternative<out::persist>(given->front()));
  const auto& said = std::get<receipt>(std::get<out::transmit>(given->back()).what);
  REQUIRE(said.states.size() == 1);
  REQUIRE(said.states.front().span == range{1, 10});
  REQUIRE(said.states.front().what == status::delivered);
  t.bob_did(std::move(*given));
  t.run();
  REQUIRE(t.reports.size() == 10);
}
