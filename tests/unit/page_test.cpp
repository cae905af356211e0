// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// Tables of docs/protocol.md and docs/hosting.md, read from the pages and computed by the library.
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <vidimus/adapt/cryptopp.hpp>
#include <vidimus/adapt/preset_keys.hpp>
#include <vidimus/adapt/xmpp_bundle.hpp>
#include <vidimus/check/part_prints.hpp>
#include <vidimus/role/limits.hpp>

#include "../support/catch.hpp"

using namespace vidimus;

namespace {

using real = environment<cryptopp, preset_keys, system_entropy>;
const std::string alice = "alice@example.org", bob = "bob@example.net", relay = "relay.example.org";

std::string page(const char* name = "protocol.md") {
  std::ifstream in(std::string(VIDIMUS_TEST_DATA "/../docs/") + name);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The cells of a line of a table.
std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> out;
  for (std::size_t at = 2; at < line.size();) {
    const auto end = line.find(" |", at);
    out.push_back(line.substr(at, end - at));
    at = end + 3;
  }
  return out;
}

/// The cells of the only row of the page whose first cell is `first`; none if there are others.
std::vector<std::string> row(const std::string& first) {
  std::vector<std::string> found;
  std::istringstream in(page());
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("| " + first + " |")) continue;
    if (!found.empty()) return {};
    found = cells_of(line);
  }
  return found;
}

/// What the table of a role's limits says of each: its default.
std::map<std::string, std::string> defaults_of(const std::string& role) {
  std::map<std::string, std::string> out;
  std::istringstream in(page("hosting.md"));
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line == "| " + role + " | default | bounds |") inside = true;
    if (line.empty()) inside = false;
    if (!inside || !line.starts_with("| `")) continue;
    const auto cells = cells_of(line);
    out[cells.at(0)] = cells.at(1);
  }
  return out;
}

/// As the page writes values: 1024, but 262,144; times in seconds unless they are shorter.
template <std::unsigned_integral Value>
requires(!std::same_as<Value, bool>) std::string shown(Value value) {
  std::string out = std::to_string(value);
  if (value >= 10000)
    for (std::size_t at = out.size(); at > 3;) out.insert(at -= 3, ",");
  return out;
}
std::string shown(span_ms time) {
  const auto count = static_cast<std::uint64_t>(time.count);
  return count % 1000 == 0 ? shown(count / 1000) + " s" : shown(count) + " ms";
}
std::string shown(bool value) { return value ? "yes" : "no"; }
std::string shown(const batch_limits& of) {
  return shown(of.delay) + ", " + shown(of.count) + ", " + shown(of.octets);
}
std::string shown(const duty::bucket_limits& of) {
  return std::to_string(of.burst) + ", then " + std::to_string(of.per_second) + " a second";
}

/// The stanzas of all examples, without comments.
std::vector<std::string> example_stanzas() {
  std::vector<std::string> out;
  std::istringstream in(page());
  bool inside = false, comment = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("```")) inside = line == "```xml";
    if (!inside || line == "```xml") continue;
    comment = comment || line.starts_with("<!--");
    if (!comment) {
      if (line.starts_with("<message")) out.emplace_back();
      if (out.empty()) return {};  // the page has something else than stanzas
      out.back() += line + "\n";
    }
    if (line.ends_with("-->")) comment = false;
  }
  return out;
}

/// `text` as the page writes octets.
std::string code_span(const std::string& text) { return "`" + text + "`"; }
template <class Octets>
std::string hex_span(const Octets& of) {
  return code_span(to_hex(octets_view(of)));
}

/// As the page writes it: CR and LF are octets, and so is what stands in backticks.
std::string written(const std::string& cell) {
  std::string out;
  std::istringstream in(cell);
  for (std::string word; in >> word;) {
    if (word == "CR")
      out += '\r';
    else if (word == "LF")
      out += '\n';
    else
      out += word.substr(1, word.size() - 2);
  }
  return out;
}

octets run(int first, std::size_t count) {
  octets out;
  while (out.size() < count) out.push_back(static_cast<octet>(first++));
  return out;
}

check first_check() {
  check out;
  out.head.conversation.along = make_route(alice, bob, relay);
  std::copy_n(run(0x10, 12).begin(), 12, out.head.conversation.id.octets.begin());
  std::copy_n(run(0x20, 12).begin(), 12, out.head.memory.octets.begin());
  out.at = 1;
  out.type = "chat";
  out.flags = check::report;
  out.lifetime_s = 86400;
  return out;
}

octets content_of(const std::string& body) {
  return canonical_octets("<message><body>" + body +
                          "</body>\n  <x xmlns='jabber:x:oob'><url>https://example.org/a</url></x>"
                          "</message>")
      .value();
}

octets key_of(const header& head, purpose p, octets_view preset) {
  octets info, key(32);
  covered::write_key_info(info, head, p);
  cryptopp::hkdf(preset, {}, info, key);
  return key;
}

}  // namespace

TEST_CASE("line ends become what the page says", "[content.canonical]") {
  for (const char* const cell :
       {"CR `&#10;`", "CR `<![CDATA[` LF `]]>`", "`&#13;` LF", "`&#13;&#10;`"}) {
    CAPTURE(cell);
    const auto cells = row(cell);
    REQUIRE(cells.size() == 3);
    const auto text = canonical_octets("<message><body>a" + written(cell) + "b</body></message>");
    REQUIRE(text);
    const bool two = cells[1] == "LF LF";
    CHECK((two || cells[1] == "LF"));
    const std::string wanted = two ? "a\n\nb" : "a\nb";
    CHECK(as_text(*text).ends_with(wanted));
    const auto value = canonical_octets("<message><x a='a" + written(cell) + "b'/></message>");
    CHECK(value.has_value() == (cells[2] != "not allowed"));
    if (!value) continue;
    CHECK((cells[2] == "one space" || cells[2] == "two spaces"));
    CHECK(as_text(*value).ends_with(cells[2] == "one space" ? "a b" : "a  b"));
  }
}

TEST_CASE("every example is a stanza that its addressee reads", "[element.flat][content.strict]") {
  std::size_t plain = 0, ours = 0;
  bundle_reader reader;
  for (const std::string& stanza : example_stanzas()) {
    CAPTURE(stanza);
    const bool from_relay = stanza.find(" from='" + relay) != std::string::npos;
    reading at{party::server, {}, {}, {}};
    if (from_relay && stanza.find(" to='" + alice) != std::string::npos) at.self = party::sender;
    if (from_relay && stanza.find(" to='" + bob) != std::string::npos) at.self = party::receiver;
    arrive_each(reader, stanza, at, [&](const result<arrival, refusal>& read) {
      REQUIRE(read);
      INFO(read->why.what);
      REQUIRE(read->kind != arrival_kind::malformed);
      ++(read->kind == arrival_kind::ours ? ours : plain);
    });
  }
  REQUIRE(plain == 1);  // the one of section 4.3
  REQUIRE(ours >= 80);
}

TEST_CASE("the altered verdict of the worked example",
          "[altered.fingerprint][altered.parts][code.input][key.derive]") {
  real at_relay;
  REQUIRE(at_relay.keys.add(alice, "k1", run(0, 32)));
  verifier<real> codes(at_relay);
  check e = first_check();
  const digest sent = codes.digest_of(content_of("Hello &amp; welcome"));
  REQUIRE(codes.seal(e, purpose::submit, alice, &sent));
  const octets came = content_of("Hello &amp; welcom");
  const digest d = codes.digest_of(came);
  REQUIRE(codes.verify(e, purpose::submit, alice, &d) == finding::wrong_code);

  CHECK(row("D of what arrived").at(1) == hex_span(d));
  CHECK(row("key of `altered`, issuer `server`").at(1) ==
        hex_span(key_of(e.head, purpose::altered, run(0, 32))));
  const auto print = codes.fingerprint(e, purpose::submit, purpose::altered, alice, d);
  REQUIRE(print);
  CHECK(row("fingerprint, over 441 octets: header 156, field of 264 and 16").at(1) ==
        hex_span(*print));
  octets input;
  covered::write_input(input, e, purpose::submit, &d);
  CHECK(input.size() == 264);
  const auto prints = part_prints(codes, e, purpose::submit, purpose::altered, alice, came);
  REQUIRE(prints.size() == 3);
  CHECK(row("part of the check").at(1) == hex_span(prints[0]));
  part_printer<real> printer(codes, e.head, purpose::altered, alice);
  const auto whole = content_of("Hello &amp; welcome");  // parts refer to it
  const auto own = printer.of(parts_of(whole).at(0));
  REQUIRE(own);
  CHECK(row("part of the body as it arrived, and as it was sent").at(1) ==
        hex_span(prints[1]) + ", " + hex_span(*own));
  CHECK(row("part of the payload").at(1) == hex_span(prints[2]));

  receipt r;
  r.head = e.head;
  r.limit = 1024;
  r.octets_max = 262144;
  altered_part said{1, {}, *print, 1, prints};
  std::copy_n(e.code.view().begin(), 8, said.code.begin());
  r.altered.push_back(said);
  REQUIRE(codes.seal(r, purpose::receipt, alice));
  covered::write_input(input, r, purpose::receipt);
  CHECK(row("code of the receipt, over 281 octets").at(1) == hex_span(r.code.view()));
  CHECK(input.size() == 281);
  const std::string field = row("field 0x21 of the receipt").at(1);
  CHECK(to_hex(input).find(field.substr(1, field.size() - 2)) != std::string::npos);
  const auto element = write_element(r, {hop::one, relay, alice, {}});
  REQUIRE(element);
  CHECK(row("token in the receipt").at(1) == code_span(element->text));
}

TEST_CASE("the codes between the ends of the worked example stand in the page",
          "[end.code][end.delivered][key.derive]") {
  real at_alice, at_bob;
  REQUIRE(at_alice.keys.add(relay, "k1", run(0, 32)));
  REQUIRE(at_alice.keys.add_end_to_end(bob, "e1", run(0x40, 32)));
  REQUIRE(at_bob.keys.add_end_to_end(alice, "e1", run(0x40, 32)));
  verifier<real> codes(at_alice), at_end(at_bob);
  check e = first_check();
  const digest d = codes.digest_of(content_of("Hello &amp; welcome"));
  header head = e.head;
  head.key_id = "e1";
  head.memory = {};
  CHECK(row("key of `e2e`").at(1) == hex_span(key_of(head, purpose::end_to_end, run(0x40, 32))));
  CHECK(row("key of `e2e-delivered`").at(1) ==
        hex_span(key_of(head, purpose::end_delivered, run(0x40, 32))));

  const auto second = codes.second_code(e, e.head.conversation, bob, d);
  REQUIRE(second);
  octets input;
  covered::write_second_input(input, e, head, d);
  CHECK(input.size() == 231);
  e.second = *second;
  REQUIRE(codes.seal(e, purpose::submit, relay, &d));
  const auto check_written = write_element(e, {hop::one, alice, relay, "chat"});
  REQUIRE(check_written);
  CHECK(row("second code, over 231 octets").at(1) ==
        hex_span(second->code.view()) + "; in the check " + code_span(check_written->text));
  covered::write_input(input, e, purpose::submit, &d);
  CHECK(input.size() == 315);
  CHECK(row("first check code with it, over 315 octets").at(1) == hex_span(e.code.view()));

  const auto proof = at_end.delivery_proof(e, alice, d);
  REQUIRE(proof);
  covered::write_delivered_input(input, head, 1, d);
  CHECK(input.size() == 200);
  receipt r;
  r.ends.push_back({1, *proof});
  r.head = e.head;
  r.states.push_back({status::delivered, {1, 1}, {}, reason::none});
  r.code = e.code;
  const auto said = write_element(r, {hop::two, bob, relay, {}});
  REQUIRE(said);
  REQUIRE(said->text.starts_with("d1 "));
  CHECK(row("e2e-delivered, over 200 octets").at(1) ==
        hex_span(proof->code.view()) + "; in receipts " + code_span(said->text.substr(3)));
}

TEST_CASE("the defaults of limits stand in the page about hosting",
          "[batch.bound][credit.octets]") {
  const sender_limits s;
  const std::map<std::string, std::string> of_sender{
      {"`unfinished_max`", shown(s.unfinished_max)},
      {"`conversations_max`", shown(s.conversations_max)},
      {"`payload_octets_max`", shown(s.payload_octets_max)},
      {"`lifetime_max_s`", shown(s.lifetime_max_s)},
      {"`altered_max`", shown(s.altered_max)},
      {"`grace`", shown(s.grace)},
      {"`retry.first`", shown(s.retry.first)},
      {"`retry.least`, `retry.most`", shown(s.retry.least) + ", " + shown(s.retry.most)},
      {"`retry.adaptive`", shown(s.retry.adaptive)},
      {"`retry.variation_pct`", shown(s.retry.variation_pct)},
      {"`retry.between_answers`", shown(s.retry.between_answers)},
      {"`commands`", shown(s.commands)},
      {"`brief`", shown(s.brief)}};
  CHECK(defaults_of("sender") == of_sender);

  const server_limits v;
  const std::map<std::string, std::string> of_server{
      {"`window`", shown(v.window)},
      {"`conversations_per_peer`", shown(v.conversations_per_peer)},
      {"`endpoints_per_destination`", shown(v.endpoints_per_destination)},
      {"`payload_octets_max`", shown(v.payload_octets_max)},
      {"`octets_per_peer`", shown(v.octets_per_peer)},
      {"`octets_in_all`", shown(v.octets_in_all)},
      {"`lifetime_max_s`", shown(v.lifetime_max_s)},
      {"`altered_max`", shown(v.altered_max)},
      {"`probes_max`", shown(v.probes_max)},
      {"`receipts`", shown(v.receipts)},
      {"`hold_for`", shown(v.hold_for)},
      {"`retry`", "as above"},
      {"`answers_per_peer`", shown(v.answers_per_peer)},
      {"`answers_in_all`", shown(v.answers_in_all)},
      {"`brief`", shown(v.brief)}};
  CHECK(defaults_of("server") == of_server);

  const receiver_limits r;
  const std::map<std::string, std::string> of_receiver{
      {"`window`", shown(r.window)},
      {"`conversations_per_peer`", shown(r.conversations_per_peer)},
      {"`payload_octets_max`", shown(r.payload_octets_max)},
      {"`ordered`", shown(r.ordered)},
      {"`gap_wait`", shown(r.gap_wait)},
      {"`early_max`, `early_octets_max`", shown(r.early_max) + ", " + shown(r.early_octets_max)},
      {"`body_only`", shown(r.body_only)},
      {"`receipts`", shown(r.receipts)},
      {"`answers_per_peer`, `answers_in_all`", "as above"},
      {"`brief`", shown(r.brief)}};
  CHECK(defaults_of("receiver") == of_receiver);
}
