// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_VERIFY_HPP
#define VIDIMUS_CHECK_VERIFY_HPP

#include "../model/output.hpp"
#include "keyring.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// What verification of an element said.
enum class finding : std::uint8_t {
  valid,
  unknown_key,  ///< no preset code, too short a one, or a rule that is not accepted
  wrong_code,   ///< the code is another than the one recomputed
};

/// Computes and verifies codes for one role. The only place where codes are compared, and the sole
/// maker of `checked<T>`. Copies share the derived keys and belong to one thread.
template <class Env>
class verifier {
 public:
  explicit verifier(Env& env) : env_(&env), ring_(std::make_shared<keyring<Env>>()) {}

  /// H of the rule over canonical content: D (protocol.md, code.digest).
  static digest digest_of(check_rule rule, octets_view canonical) {
    return Env::crypto_type::digest_of(rule, canonical);
  }

  /// Puts the key id and rule that are current towards `peer` into a header (protocol.md,
  /// key.current). False: there is none.
  [[nodiscard]] bool choose_key(header& head, std::string_view peer) const {
    auto choice = env_->keys.current(peer);
    if (!choice) return false;
    head.key_id = std::move(choice->key_id);
    head.rule = choice->rule;
    return true;
  }

  /// Puts key id, rule and code into an element for `peer`. False, and the element is not to be
  /// sent: the key source has no current key for the peer.
  template <class Element>
  [[nodiscard]] bool seal(Element& e, purpose p, std::string_view peer,
                          const digest* content_digest = nullptr) {
    if (!choose_key(e.head, peer)) return false;
    auto* key = ring_->find(*env_, peer, e.head, p);
    if (key == nullptr) return false;
    covered::write_input(input_, e, p, content_digest);
    e.code = key->code(input_);
    return true;
  }

  /// Recomputes the code of an element that came from `peer` and compares in constant time.
  template <class Element>
  [[nodiscard]] finding verify(const Element& e, purpose p, std::string_view peer,
                               const digest* content_digest = nullptr) {
    auto* key = ring_->find(*env_, peer, e.head, p);
    if (key == nullptr) return finding::unknown_key;
    covered::write_input(input_, e, p, content_digest);
    // the recomputed code stays here: of altered content it would be a forgery kit
    // (protocol.md, code.secret)
    return key->code(input_) == e.code ? finding::valid : finding::wrong_code;
  }

  /// A message whose check was found valid: what the application may be given. Nothing if not.
  [[nodiscard]] std::optional<checked<content>> admit(const check& e, purpose p,
                                                      std::string_view peer, const content& body,
                                                      digest& content_digest, finding& said) {
    content_digest = digest_of(e.head.rule, body.canonical);
    said = verify(e, p, peer, &content_digest);
    if (said != finding::valid) return std::nullopt;
    return checked<content>(body);
  }

  /// Of a check that arrived altered: 64 bits over all of it as received, its code included, under
  /// the purpose `as`, whose key verifies nothing else (protocol.md, altered.fingerprint). Equal
  /// only if all that is covered arrived alike.
  [[nodiscard]] std::optional<short_code> fingerprint(const check& e, purpose p, purpose as,
                                                      std::string_view peer,
                                                      const digest& received) {
    octets whole;
    covered::write_input(whole, e, p, &received);
    const octets_view code = e.code.view();
    whole.insert(whole.end(), code.begin(), code.end());
    return short_mac(e.head, as, peer, whole);
  }

  /// 64 bits of a MAC over something keyed for `p` under this header.
  [[nodiscard]] std::optional<short_code> short_mac(const header& head, purpose p,
                                                    std::string_view peer, octets_view over) {
    auto* key = ring_->find(*env_, peer, head, p);
    if (key == nullptr) return std::nullopt;
    input_.clear();
    covered::builder b(input_);
    b.head(head, p);
    b.field(covered::t_digest, over);
    return key->code(input_).first_octets();
  }

 private:
  Env* env_;
  std::shared_ptr<keyring<Env>> ring_;
  octets input_;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
