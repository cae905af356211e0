// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_TOOLS_INSPECT_EVIDENCE_HPP
#define VIDIMUS_DOCS_TOOLS_INSPECT_EVIDENCE_HPP

#include <vidimus/check/evidence.hpp>

#include "code.hpp"

namespace inspect {

/// The command `evidence`: prints a record, and checks its codes if a key is given.
class evidence_command {
 public:
  explicit evidence_command(const options& given) : given_(given) {}

  int run() {
    const std::string file = octets_of_file(given_.files().empty() ? "" : given_.files().front());
    auto shown = image::load<evidence>(as_octets(file));
    if (!shown) {
      std::printf("refused: %s\n", std::string(sentence(shown.error())).c_str());
      return different_or_refused;
    }
    const bool checks = give_key();
    print_head(*shown);
    const auto found = check_evidence(env_, peer_, *shown);
    bool good = true;
    std::size_t valid = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
      const attested& one = shown->codes[i];
      evidence_finding what = found[i];
      const bool is_code = what == evidence_finding::valid || what == evidence_finding::wrong_code;
      if (is_code && !is_asked_for(one)) what = evidence_finding::unknown_key;
      print(i + 1, one, what);
      valid += what == evidence_finding::valid ? 1 : 0;
      good = good && (what == evidence_finding::valid || what == evidence_finding::unknown_key);
    }
    if (checks) std::printf("%zu of %zu codes valid under this key\n", valid, found.size());
    return good && (!checks || valid > 0) ? same_or_accepted : different_or_refused;
  }

 private:
  using env = environment<cryptopp, preset_keys, system_entropy, no_observer>;

  octets hex(const std::string& option) const {
    auto out = from_hex(given_.needed(option));
    if (!out) throw usage_error{option + ": not an even number of hex digits"};
    return *std::move(out);
  }

  /// Under ed25519 the public key of who made the codes is enough: beside it stands a seed of no
  /// meaning, with which nothing is made here.
  bool give_key() {
    const bool is_public = given_.has("--public-key-hex");
    if (!is_public && !given_.has("--preset-code-hex")) return false;
    const auto rule = rule_named(given_.text("--rule", is_public ? "ed25519" : "hmac-sha-256-128"));
    if (!rule) throw usage_error{"--rule: there is no '" + given_.text("--rule") + "'"};
    octets code = is_public ? octets(32) : hex("--preset-code-hex");
    if (is_public) {
      const octets key = hex("--public-key-hex");
      code.insert(code.end(), key.begin(), key.end());
    }
    const std::string id = given_.needed("--key-id");
    const bool added = env_.keys.add(peer_, id, code, *rule).has_value() &&
                       env_.keys.add_end_to_end(peer_, id, code, *rule).has_value();
    wipe(code.data(), code.size());
    if (!added) throw usage_error{"the key is not fit for the rule, or the key id is not lawful"};
    return true;
  }

  bool is_asked_for(const attested& one) const {
    const auto& wanted = given_.all("--purpose");
    const auto said = covered_fields::read(as_octets(one.input));
    return wanted.empty() ||
           (said && std::find(wanted.begin(), wanted.end(), name_of(said->what())) != wanted.end());
  }

  static void print_head(const evidence& of) {
    const route& along = *of.name.along;
    std::printf("message %llu of conversation %s\norigin %s\ndestination %s\nrelay %s\n",
                static_cast<unsigned long long>(of.at),
                to_base64(of.name.id.view(), base64url_letters).c_str(),
                quoted(along.origin).c_str(), quoted(along.destination).c_str(),
                quoted(along.relay).c_str());
    if (of.ended)
      std::printf("ended %s, reason %s, at %lld\n", std::string(name_of(of.end)).c_str(),
                  std::string(name_of(of.why)).c_str(), static_cast<long long>(of.ended_at.at));
    if (of.cut) std::printf("there was more than was kept\n");
  }

  void print(std::size_t place, const attested& one, evidence_finding found) const {
    const auto said = covered_fields::read(as_octets(one.input));
    const auto finding = evidence_finding_names[static_cast<std::size_t>(found)];
    std::printf("%zu: %s at %lld: %s by the %s, rule %s, key id %s: %s\n", place,
                one.made ? "made" : "found valid", static_cast<long long>(one.at.at),
                said ? std::string(name_of(said->what())).c_str() : "?",
                said ? std::string(issuer_of(said->what())).c_str() : "?",
                said ? std::string(facts(said->head().rule).name).c_str() : "?",
                said ? quoted(said->head().key_id).c_str() : "?", std::string(finding).c_str());
    std::printf("   code %s\n", to_base64(one.code.view(), base64url_letters).c_str());
    if (!said) return;
    if (const octets_view digest = said->field(covered::t_digest); !digest.empty())
      std::printf("   D %s\n", to_hex(digest).c_str());
    said->each_status([](status what, reason why, const range& span) {
      std::printf("   says %s of %llu to %llu, reason %s\n", status_word(what),
                  static_cast<unsigned long long>(span.first),
                  static_cast<unsigned long long>(span.last), std::string(name_of(why)).c_str());
    });
    if (given_.has("--explain")) print_fields(as_octets(one.input));
  }

  static const char* status_word(status what) {
    constexpr std::array words{"verified",    "pending", "executed", "delivered",
                               "unconfirmed", "void",    "closed",   "plain"};
    return words[static_cast<std::size_t>(what)];
  }

  const options& given_;
  const std::string peer_ = "peer.invalid";
  env env_;
};

}  // namespace inspect

#endif
