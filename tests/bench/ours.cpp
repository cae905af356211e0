// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include <cryptopp/hmac.h>

#include <memory>
#include <vidimus/adapt/cryptopp.hpp>
#include <vidimus/adapt/preset_keys.hpp>
#include <vidimus/adapt/pugixml.hpp>
#include <vidimus/check/verify.hpp>

#include "bench.hpp"

namespace {

using namespace vidimus;
using bench::operation;
using bench::registered;

using env = environment<cryptopp, preset_keys, system_entropy>;

const std::string alice = "alice@example.org", bob = "bob@example.net", relay = "relay.example.org";

/// A party with preset codes for both hops, and the element that came with a message.
struct party {
  env world;
  verifier<env> codes{world};
  check hop1, hop2;
  digest content_digest{};

  explicit party(octets_view canonical) {
    if (!world.keys.add(alice, "2026-a", bench::preset_code()) ||
        !world.keys.add(bob, "2026-b", octets(32, 9)))
      bench::broken("the preset codes are not taken");
    for (auto* e : {&hop1, &hop2}) {
      e->head.conversation.along = make_route(alice, bob, relay);
      e->head.conversation.id.octets.fill(3);
      e->head.memory.octets.fill(4);
      e->at = 42;
      e->type = "chat";
      e->lifetime_s = 3600;
    }
    content_digest = codes.digest_of(canonical);
    if (!codes.seal(hop1, purpose::submit, alice, &content_digest))
      bench::broken("no code is made");
  }

  void verify(octets_view canonical) {
    content_digest = codes.digest_of(canonical);
    if (codes.verify(hop1, purpose::submit, alice, &content_digest) != finding::valid)
      bench::broken("the code does not verify");
  }
  void pass_on() {
    if (!codes.seal(hop2, purpose::deliver, bob, &content_digest))
      bench::broken("no code is made for hop 2");
  }
};

octets canonical_of(const std::string& stanza) {
  auto read = canonical_octets(stanza);
  if (!read) bench::broken("a stanza is refused");
  return std::move(*read);
}

octets_view canonical_of(canonicaliser& reader, bool good) {
  if (!good) bench::broken("a stanza is refused");
  return *reader.content();
}

operation mac_alone(const std::string& stanza) {
  using hmac = CryptoPP::HMAC<CryptoPP::SHA256>;
  auto mac = std::make_shared<hmac>(bench::preset_code().data(), bench::preset_code().size());
  return [mac, &stanza] {
    digest out;
    mac->CalculateDigest(out.data(), as_octets(stanza).data(), stanza.size());
    bench::keep(out.data());
  };
}

/// The keys of the issuer and of the verifier.
std::pair<cryptopp::code_key, cryptopp::code_key> keys_of(check_rule rule) {
  const auto& preset = bench::preset_code();
  if (facts(rule).derived) {
    const auto key = cryptopp::derive(rule, preset, as_octets("bench"));
    return {key, key};
  }
  const octets other(32, 9);
  auto joined = [](octets seed, const octets& of_peer) {
    const auto key = ed25519_pair(of_peer, seed).own_public_key();
    seed.insert(seed.end(), key.begin(), key.end());
    return seed;
  };
  return {cryptopp::derive(rule, joined(preset, other), {}),
          cryptopp::derive(rule, joined(other, preset), {})};
}

/// A code straight over the canonical octets is verified: the job of the other ways too.
std::function<operation(const std::string&)> by_octets(check_rule rule) {
  return [rule](const std::string& stanza) -> operation {
    auto reader = std::make_shared<canonicaliser>();
    const auto keys = keys_of(rule);
    const check_code code = keys.first.code(canonical_of(stanza));
    return [reader, key = keys.second, code, &stanza] {
      if (!key.matches(canonical_of(*reader, reader->read(stanza)), code))
        bench::broken("a code does not verify");
    };
  };
}

operation by_code_key(const std::string& stanza) {
  const auto key = cryptopp::derive(check_rule::hmac_sha_256_128, bench::preset_code(), {});
  return [key, &stanza] {
    const check_code out = key.code(as_octets(stanza));
    bench::keep(&out);
  };
}

operation by_pugixml_tree(const std::string& stanza) {
  struct state {
    canonicaliser reader;
    pugi::xml_document document;
  };
  auto s = std::make_shared<state>();
  if (parse_strict(stanza, s->document).kind != refusal_kind::none)
    bench::broken("pugixml does not parse");
  const auto key = cryptopp::derive(check_rule::hmac_sha_256_128, bench::preset_code(), {});
  return [s, key] {
    const pugi_place root(s->document.document_element());
    const check_code out = key.code(canonical_of(s->reader, s->reader.read_tree(root)));
    bench::keep(&out);
  };
}

operation verification(const std::string& stanza) {
  auto reader = std::make_shared<canonicaliser>();
  auto who = std::make_shared<party>(canonical_of(stanza));
  return [reader, who, &stanza] { who->verify(canonical_of(*reader, reader->read(stanza))); };
}

operation server_step(const std::string& stanza) {
  auto reader = std::make_shared<canonicaliser>();
  auto who = std::make_shared<party>(canonical_of(stanza));
  return [reader, who, &stanza] {
    who->verify(canonical_of(*reader, reader->read(stanza)));
    who->pass_on();
  };
}

operation strict_pass(const std::string& stanza) {
  auto strict = std::make_shared<scanner>();
  return [strict, &stanza] {
    no_handler nobody;
    if (!strict->scan(stanza, {}, {}, nobody)) bench::broken("a stanza is refused");
  };
}

const registered mac(0, "MAC alone: Crypto++ HMAC-SHA-256", true, mac_alone);
const registered key(2, "MAC alone: `code_key::code`", true, by_code_key);
const registered pass(10, "strict pass alone", true, strict_pass);
const bool each_rule = [] {
  for (const auto& rule : rules)
    bench::ways().push_back({11 + static_cast<int>(rule.rule), "octets, " + std::string(rule.name),
                             true, by_octets(rule.rule)});
  return true;
}();
const registered tree(30, "pugixml tree at hand", true, by_pugixml_tree);
const registered whole(20, "octets, whole verification", true, verification);
const registered step(21, "octets, server's step: verify, code for hop 2", true, server_step);

}  // namespace
