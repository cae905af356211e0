// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_VERIFY_HPP
#define VIDIMUS_CHECK_VERIFY_HPP

#include "../model/evidence.hpp"
#include "../model/output.hpp"
#include "keyring.hpp"
#include "known_references.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// What verification of an element said.
enum class finding : std::uint8_t {
  valid,
  unknown_key,  ///< no preset code of that rule, one of no use, or a rule that is not accepted
  wrong_code,   ///< the code is another than the one recomputed
};

/// Computes and verifies codes for one role. The only place where codes are compared, and the sole
/// maker of `checked<T>`. Copies share the derived keys and references and belong to one thread.
template <class Env>
class verifier {
 public:
  explicit verifier(Env& env)
      : env_(&env),
        ring_(std::make_shared<keyring<Env>>()),
        references_(std::make_shared<known_references>()) {}

  /// SHA-256 over canonical content: D, the same under every rule (protocol.md, code.digest).
  static digest digest_of(octets_view canonical) { return Env::crypto_type::digest_of(canonical); }

  /// Puts the key id and rule that are current towards `peer` into a header (protocol.md,
  /// key.current). False: there is none, and the observer was told.
  [[nodiscard]] bool choose_key(header& head, std::string_view peer) const {
    auto choice = env_->keys.current(peer);
    if (!choice) return lacks_key();
    head.key_id = std::move(choice->key_id);
    head.rule = choice->rule;
    return true;
  }

  /// Puts key id, rule and code into an element for `peer`. False, and the element is not to be
  /// sent: the key source has no current key for the peer. `keep`: not for an answer to what was
  /// not authenticated.
  template <class Element>
  [[nodiscard]] bool seal(Element& e, purpose p, std::string_view peer,
                          const digest* content_digest = nullptr, bool keep = true) {
    if (!choose_key(e.head, peer)) return false;
    auto* found = ring_->find(*env_, peer, e.head, p, keep);
    if (found == nullptr) return lacks_key();
    covered::write_input(input_, found->opening, e, content_digest);
    e.code = found->key.code(input_.view());
    tell(true, e.code);
    return true;
  }

  /// Whether the code of an element that came from `peer` is that of its content (protocol.md,
  /// code.compare).
  template <class Element>
  [[nodiscard]] finding verify(const Element& e, purpose p, std::string_view peer,
                               const digest* content_digest = nullptr) {
    auto* found = ring_->find(*env_, peer, e.head, p, false);
    if (found == nullptr) return finding::unknown_key;
    covered::write_input(input_, found->opening, e, content_digest);
    return found_of(found->key, e.code);
  }

  /// A message whose check was found valid: what the application may be given. Nothing if not.
  [[nodiscard]] std::optional<checked<content>> admit(const check& e, purpose p,
                                                      std::string_view peer, const content& body,
                                                      digest& content_digest, finding& said) {
    content_digest = digest_of(body.canonical);
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
    return short_of(e.head, as, peer, whole);
  }

  /// 64 bits over something, under the key for `p` and this header: `bind` and fingerprints.
  [[nodiscard]] std::optional<short_code> short_of(const header& head, purpose p,
                                                   std::string_view peer, octets_view over) {
    auto* found = ring_->find(*env_, peer, head, p, false);
    if (found == nullptr) return std::nullopt;
    input_.clear();
    input_.append(as_text(found->opening));
    covered::basic_builder b(input_);
    b.names(head);
    b.field(covered::t_digest, over);
    return found->key.short_of(input_.view());
  }

  /// The reference that stands for a header in an element's brief form (protocol.md,
  /// element.brief).
  [[nodiscard]] head_reference reference_of(const header& head, purpose p) {
    return references_->of(head, p, [&] {
      input_.clear();
      covered::basic_builder(input_).head(head, p);
      const digest d = digest_of(input_.view());
      head_reference out;
      constexpr auto of_id = head_reference::of_id;
      std::copy_n(head.conversation.id.octets.begin(), of_id, out.octets.begin());
      std::copy_n(d.begin(), out.octets.size() - of_id, out.octets.begin() + of_id);
      return out;
    });
  }

  /// The key source changed: wipes what was derived from preset codes that are gone.
  void drop_removed_keys() { ring_->drop_removed(*env_); }

  /// The key held between this end and the far one, `peer`; nothing: none is (protocol.md,
  /// end.keys).
  std::optional<end_choice> end_to_end(std::string_view peer) const {
    if constexpr (end_key_source<decltype(env_->keys)>) return env_->keys.end_to_end(peer);
    return std::nullopt;
  }

  /// The second code of a message for `peer`, under the key that is current between the ends.
  /// Nothing: no key is held.
  [[nodiscard]] std::optional<end_code> second_code(const check& e, const conversation_name& in,
                                                    std::string_view peer, const digest& content) {
    auto choice = end_to_end(peer);
    if (!choice) {
      lacks_key();
      return std::nullopt;
    }
    return end_code_of(
        {choice->rule, std::move(choice->key_id), in, {}}, purpose::end_to_end, peer,
        [&](const header& h) { covered::write_second_input(input_, e, h, content); });
  }

  /// Recomputes the second code of a message that `peer` is the origin of.
  [[nodiscard]] finding verify_second(const check& e, std::string_view peer,
                                      const digest& content) {
    const header head{e.second.rule, e.second.key_id, e.head.conversation, {}};
    auto* found = ring_->find(*env_, peer, head, purpose::end_to_end, false);
    if (found == nullptr) return finding::unknown_key;
    covered::write_second_input(input_, e, head, content);
    return found_of(found->key, e.second.code);
  }

  /// The endpoint's proof for `peer`, the origin, that a message was delivered: under the key by
  /// which its second code was valid, which the sender holds (protocol.md, end.delivered).
  [[nodiscard]] std::optional<end_code> delivery_proof(const check& e, std::string_view peer,
                                                       const digest& content) {
    return end_code_of(
        {e.second.rule, e.second.key_id, e.head.conversation, {}}, purpose::end_delivered, peer,
        [&](const header& h) { covered::write_delivered_input(input_, h, e.at, content); });
  }

  /// Whether `proof` says that `peer`, the destination, delivered this content under this name.
  [[nodiscard]] bool proves_delivery(const end_code& proof, const message_name& name,
                                     std::string_view peer, const digest& content) {
    const header head{proof.rule, proof.key_id, name.in, {}};
    auto* found = ring_->find(*env_, peer, head, purpose::end_delivered, false);
    if (found == nullptr) return false;
    covered::write_delivered_input(input_, head, name.at, content);
    return found_of(found->key, proof.code) == finding::valid;
  }

 private:
  bool lacks_key() const {
    env_->watch.noticed(notice::no_key);
    return false;
  }

  /// The recomputed code stays here: of altered content it would be a forgery kit (protocol.md,
  /// code.secret).
  template <class Key>
  finding found_of(const Key& key, const check_code& given) {
    if (!key.matches(input_.view(), given)) return finding::wrong_code;
    ring_->keep_found();
    tell(false, given);
    return finding::valid;
  }

  /// Only for an observer that asks for it: evidence.
  void tell(bool made, const check_code& code) {
    if constexpr (requires(const witness& w) { env_->watch.witnessed(w); })
      env_->watch.witnessed(witness{made, input_.view(), code});
  }

  template <class Write>
  std::optional<end_code> end_code_of(header head, purpose p, std::string_view peer, Write write) {
    auto* found = ring_->find(*env_, peer, head, p, true);
    if (found == nullptr) return std::nullopt;
    write(head);
    end_code made{head.key_id, head.rule, found->key.code(input_.view())};
    tell(true, made.code);
    return made;
  }

  Env* env_;
  std::shared_ptr<keyring<Env>> ring_;
  std::shared_ptr<known_references> references_;
  octet_buffer input_;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
