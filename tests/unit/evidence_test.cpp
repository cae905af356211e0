// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// Evidence: what a party kept of a message convinces whoever holds the key, and nothing that was
// changed in it does.
#include <set>

#include "../support/catch.hpp"
#include "../support/trio.hpp"
#include "vidimus/adapt/cryptopp.hpp"

using namespace toy;

namespace {

/// A trio whose parties keep evidence.
struct keeping_trio : trio {
  keeping_trio() {
    for (auto [e, book] : {std::pair(&alice_env, &of_alice), std::pair(&relay_env, &of_relay),
                           std::pair(&bob_env, &of_bob)}) {
      e->watch.book = book;
      e->watch.clock = &now;
    }
  }
  evidence_book of_alice, of_relay, of_bob;
};

/// Who is shown evidence and holds one code.
env judge(std::string_view code, bool ends = false) {
  env out;
  const octets preset = code_of(code);
  if (ends)
    out.keys.add_end_to_end("x@y", "e1", preset).value();
  else
    out.keys.add("x@y", "k1", preset).value();
  return out;
}

std::size_t count(const std::vector<evidence_finding>& all, evidence_finding what) {
  return static_cast<std::size_t>(std::count(all.begin(), all.end(), what));
}

std::set<std::string> purposes(const evidence& of, bool made) {
  std::set<std::string> out;
  for (const attested& one : of.codes)
    if (one.made == made) out.emplace(name_of(covered_fields::read(as_octets(one.input))->what()));
  return out;
}

evidence shown_by_alice() {
  keeping_trio t;
  t.start();
  const auto name = t.submit("hello");
  t.run();
  t.of_alice.end(name, outcome::delivered, reason::none, t.now);
  return *t.of_alice.find(name);
}

}  // namespace

TEST_CASE("each party keeps the codes that it made and found valid", "[code.header]") {
  keeping_trio t;
  t.start();
  t.submit("another");
  const auto name = t.submit("hello");
  t.run();
  using names = std::set<std::string>;
  const evidence* a = t.of_alice.find(name);
  const evidence* v = t.of_relay.find(name);
  const evidence* b = t.of_bob.find(name);
  REQUIRE((a != nullptr && v != nullptr && b != nullptr));
  REQUIRE(purposes(*a, true) == names{"submit", "execute"});
  REQUIRE(purposes(*a, false) == names{"receipt"});
  REQUIRE(purposes(*v, true) == names{"receipt", "deliver"});
  REQUIRE(purposes(*v, false) == names{"submit", "execute", "final-receipt"});
  REQUIRE(purposes(*b, true) == names{"final-receipt"});
  REQUIRE(purposes(*b, false) == names{"deliver"});
  const auto of_a = check_evidence(judge("hop one"), "x@y", *a);
  REQUIRE(count(of_a, evidence_finding::valid) == a->codes.size());
  const auto of_b = check_evidence(judge("hop two"), "x@y", *b);
  REQUIRE(count(of_b, evidence_finding::valid) == b->codes.size());
  // of the server's, each key shows its hop
  const auto one = check_evidence(judge("hop one"), "x@y", *v);
  const auto two = check_evidence(judge("hop two"), "x@y", *v);
  for (std::size_t i = 0; i < one.size(); ++i)
    REQUIRE((one[i] == evidence_finding::valid) != (two[i] == evidence_finding::valid));
  REQUIRE(count(check_evidence(env{}, "x@y", *a), evidence_finding::unknown_key) ==
          a->codes.size());
}

TEST_CASE("a later receipt adds to the evidence and changes no end", "[outcome.once]") {
  keeping_trio t;
  t.start();
  const auto name = t.submit("hello");
  t.run();
  t.of_alice.end(name, outcome::delivered, reason::none, t.now);
  const evidence before = *t.of_alice.find(name);
  t.of_alice.end(name, outcome::failed, reason::expired, t.now);
  const flight first = *std::find_if(t.ever.begin(), t.ever.end(), [](const flight& f) {
    return f.as<check>() != nullptr && f.sent.to == relay;
  });
  t.submit("so that the server hears what has ended");
  t.run();
  t.arrive(first);  // it says of the number: closed
  t.run();
  const evidence after = *t.of_alice.find(name);
  REQUIRE(after.end == outcome::delivered);
  REQUIRE(after.ended_at == before.ended_at);
  REQUIRE(after.codes.size() > before.codes.size());
}

TEST_CASE("what is altered is kept as a verdict, never as a code", "[code.secret]") {
  keeping_trio t;
  t.start();
  const auto name = t.submit("hello");
  REQUIRE(t.run_to<check>(relay));
  flight f = t.take();
  f.sent.payload = make_payload("hallo");
  t.arrive(f);
  REQUIRE(t.of_relay.find(name) == nullptr);
  t.run();
  bool verdict = false;
  for (const attested& one : t.of_alice.find(name)->codes)
    verdict =
        verdict || !covered_fields::read(as_octets(one.input))->field(covered::t_altered).empty();
  REQUIRE(verdict);
}

TEST_CASE("evidence between the ends", "[end.code][end.delivered]") {
  keeping_trio t;
  t.give_ends();
  t.start();
  const auto name = t.submit("hello");
  t.run();
  const evidence* a = t.of_alice.find(name);
  REQUIRE(purposes(*a, true).contains("e2e"));
  REQUIRE(purposes(*a, false).contains("e2e-delivered"));
  const auto found = check_evidence(judge("between the ends, e1", true), "x@y", *a);
  REQUIRE(count(found, evidence_finding::valid) == 2);
  REQUIRE(count(found, evidence_finding::valid) + count(found, evidence_finding::unknown_key) ==
          found.size());
}

TEST_CASE("an image of evidence gives it again; a damaged one is refused", "[code.input]") {
  const evidence of = shown_by_alice();
  const octets image = image::save(of);
  const auto again = image::load<evidence>(image);
  REQUIRE(again);
  REQUIRE(image::save(*again) == image);
  REQUIRE(again->name == of.name);
  REQUIRE(again->ended);
  for (std::size_t i = 0; i < image.size(); ++i) {
    octets bad = image;
    bad[i] ^= 1;
    REQUIRE_FALSE(image::load<evidence>(bad));
    REQUIRE_FALSE(image::load<evidence>(octets_view(image).first(i)));
  }
}

TEST_CASE("no field of evidence can be forged", "[code.input][code.compare]") {
  const evidence of = shown_by_alice();
  const env knows = judge("hop one");
  for (std::size_t code = 0; code < of.codes.size(); ++code)
    for (std::size_t i = 0; i < of.codes[code].input.size(); ++i) {
      evidence forged = of;
      forged.codes[code].input[i] = static_cast<char>(forged.codes[code].input[i] ^ 1);
      REQUIRE(check_evidence(knows, "x@y", forged)[code] != evidence_finding::valid);
    }
  evidence forged = of;
  octets other(of.codes[0].code.view().begin(), of.codes[0].code.view().end());
  other.back() ^= 1;
  forged.codes[0].code = check_code(other);
  REQUIRE(check_evidence(knows, "x@y", forged)[0] == evidence_finding::wrong_code);
  forged = of;
  forged.at = 2;
  REQUIRE(count(check_evidence(knows, "x@y", forged), evidence_finding::other_message) ==
          of.codes.size());
}

TEST_CASE("a code over other content under the same name is shown as that", "[name.reused]") {
  evidence of = shown_by_alice();
  attested second = of.codes.front();
  const auto said = covered_fields::read(as_octets(second.input));
  const auto digest_said = said->field(covered::t_digest);
  second.input[static_cast<std::size_t>(digest_said.data() - as_octets(second.input).data())] ^= 1;
  of.codes.push_back(second);
  REQUIRE(check_evidence(judge("hop one"), "x@y", of).back() == evidence_finding::other_content);
}

TEST_CASE("a book keeps within its bounds", "[code.header]") {
  evidence_book book(2, 1);
  const auto add = [&](number n, octet code) {
    check e;
    e.head = {check_rule::hmac_sha_256_128, "k1", {make_route(alice, bob, relay), {}}, {}};
    e.at = n;
    octets input;
    const digest d{};
    covered::write_input(input, e, purpose::submit, &d);
    const check_code made(octets(16, code));
    book.add({true, input, made}, instant{1});
    return message_name{e.head.conversation, n};
  };
  const auto one = add(1, 1);
  add(1, 1);
  REQUIRE_FALSE(book.find(one)->cut);
  add(1, 2);
  REQUIRE(book.find(one)->cut);
  REQUIRE(book.find(one)->codes.size() == 1);
  const auto two = add(2, 1), three = add(3, 1);
  REQUIRE(book.find(one) == nullptr);
  REQUIRE((book.find(two) != nullptr && book.find(three) != nullptr));
  book.forget(two);
  add(4, 1);
  REQUIRE(book.size() == 2);
}

TEST_CASE("no octet of an input can be another", "[code.input][code.compare]") {
  using real = environment<cryptopp, preset_keys, toy::entropy, no_observer>;
  real own;
  own.keys.add("x@y", "k1", code_of("hop one")).value();
  check e;
  e.head.conversation = {make_route(alice, bob, relay), {}};
  e.at = 1;
  const digest content = cryptopp::digest_of(as_octets("hello"));
  REQUIRE(verifier<real>(own).seal(e, purpose::submit, "x@y", &content));
  octets input;
  covered::write_input(input, e, purpose::submit, &content);
  evidence of;
  of.name = e.head.conversation;
  of.at = 1;
  of.codes.push_back({true, {}, std::string(as_text(input)), e.code});
  REQUIRE(check_evidence(own, "x@y", of).front() == evidence_finding::valid);
  for (char& c : of.codes.front().input) {
    const char before = std::exchange(c, static_cast<char>(c ^ 1));
    REQUIRE_FALSE(check_evidence(own, "x@y", of).front() == evidence_finding::valid);
    c = before;
  }
  // what stands in front of it, with a tag that nothing has
  of.codes.front().input.insert(0, 5, '\0');
  REQUIRE_FALSE(check_evidence(own, "x@y", of).front() == evidence_finding::valid);
}

TEST_CASE("under ed25519 the public key convinces a third party", "[code.compare]") {
  using real = environment<cryptopp, preset_keys, toy::entropy, no_observer>;
  const auto seed = [](octet first) {
    octets out(32);
    for (octet& o : out) o = first++;
    return out;
  };
  const auto pair_of = [](const octets& own, const octets& peer) {
    octets out = own;
    out.insert(out.end(), peer.begin(), peer.end());
    return out;
  };
  const octets sender_public =
      *from_hex("03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8");
  const octets relay_public =
      *from_hex("29acbae141bccaf0b22e1a94d34d0bc7361e526d0bfe12c89794bc9322966dd7");
  real own;
  own.keys.add("x@y", "k1", pair_of(seed(0), relay_public), check_rule::ed25519).value();
  check e;
  e.head.conversation = {make_route(alice, bob, relay), {}};
  e.at = 1;
  const digest content = cryptopp::digest_of(as_octets("hello"));
  REQUIRE(verifier<real>(own).seal(e, purpose::submit, "x@y", &content));
  octets input;
  covered::write_input(input, e, purpose::submit, &content);
  evidence of;
  of.name = e.head.conversation;
  of.at = 1;
  of.codes.push_back({true, {}, std::string(as_text(input)), e.code});
  for (const bool right : {true, false}) {
    real third;  // a seed of no meaning, and the public key in question
    third.keys
        .add("x@y", "k1", pair_of(octets(32), right ? sender_public : relay_public),
             check_rule::ed25519)
        .value();
    REQUIRE((check_evidence(third, "x@y", of).front() == evidence_finding::valid) == right);
  }
}
