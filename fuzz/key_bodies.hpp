// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_FUZZ_KEY_BODIES_HPP
#define VIDIMUS_FUZZ_KEY_BODIES_HPP

#include <cstdio>
#include <cstdlib>
#include <set>

#include "vidimus/adapt/cryptopp.hpp"
#include "vidimus/adapt/preset_keys.hpp"
#include "vidimus/check/verify.hpp"

/// Key material as a host reads it from somewhere: any octets, in any order of calls.
namespace fuzz {

inline void demand(bool good, const char* sentence) {
  if (good) return;
  std::fprintf(stderr, "fuzz: %s\n", sentence);
  std::abort();
}

class key_run {
 public:
  explicit key_run(std::string_view in) : in_(in) {}

  void run() {
    for (int i = 0; i < 40 && !in_.empty(); ++i) {
      const auto what = number();
      const std::string peer = peers[number() % 3];
      const std::string id(piece(number() % 40));
      switch (what % 6) {
        case 0: add(peer, id); break;
        case 1:
          if (a_.keys.remove(peer, id)) held_.erase({peer, id});
          break;
        case 2:
          demand(a_.keys.make_current(peer, id) == holds(peer, id), "current, and not held");
          break;
        case 3: restrict(peer); break;
        case 4: exchange(peer); break;
        default: forge(peer, id); break;
      }
    }
  }

 private:
  using env = vidimus::environment<vidimus::cryptopp, vidimus::preset_keys, vidimus::system_entropy,
                                   vidimus::no_observer>;
  static constexpr const char* peers[] = {"a@example.org", "b.example.org", "not/bare"};

  unsigned number() {
    if (in_.empty()) return 0;
    const auto out = static_cast<unsigned char>(in_.front());
    in_.remove_prefix(1);
    return out;
  }
  std::string_view piece(std::size_t most) {
    const auto out = in_.substr(0, most);
    in_.remove_prefix(out.size());
    return out;
  }
  bool holds(const std::string& peer, const std::string& id) const {
    return held_.contains({peer, id});
  }
  vidimus::check_rule rule() { return vidimus::rules[number() % vidimus::rules.size()].rule; }

  void add(const std::string& peer, const std::string& id) {
    const auto rule = this->rule();
    const auto code = vidimus::as_octets(piece(number() % 80));
    const auto added = a_.keys.add(peer, id, code, rule);
    if (!added) return;
    demand(!id.empty() && id.size() <= vidimus::key_id_size_max, "a key id that is not lawful");
    demand(used_.insert({peer, id}).second, "a key id was given to a second code");
    demand(code.size() >= 16, "a short preset code was taken");
    held_.insert({peer, id});
    const auto kept = a_.keys.preset_code(peer, id, rule);
    demand(vidimus::as_text(kept) == vidimus::as_text(code), "another code is kept");
    const auto now = a_.keys.current(peer);
    demand(now && now->key_id == id, "the code that was added last is not current");
  }
  void restrict(const std::string& peer) {
    const auto only = rule();
    a_.keys.accept_only(peer, {only});
    for (const auto& one : vidimus::rules)
      demand(one.rule == only || !a_.keys.accepts(peer, one.rule), "a rule that is shut out");
    const auto now = a_.keys.current(peer);
    demand(!now || now->rule == only, "the current key is of a rule that is shut out");
  }
  vidimus::execute element(const std::string& id) {
    vidimus::execute e;
    e.head.conversation = {vidimus::make_route("a@example.org", "d@example.net", "b.example.org"),
                           {}};
    e.head.conversation.id.octets[0] = 1;
    e.head.memory.octets[3] = 7;
    e.head.key_id = id;
    e.numbers.add(1 + number());
    return e;
  }
  /// What is sealed is valid for who holds the same key, and not with one bit changed.
  void exchange(const std::string& peer) {
    using vidimus::finding;
    const auto now = a_.keys.current(peer);
    vidimus::verifier<env> codes(a_);
    auto e = element({});
    const bool sealed = codes.seal(e, vidimus::purpose::execute, peer);
    demand(sealed == now.has_value(), "a current key that cannot be used");
    if (!sealed || !vidimus::facts(now->rule).derived)
      return;  // of a signature the peer has another half
    demand(codes.verify(e, vidimus::purpose::execute, peer) == finding::valid, "its own code");
    demand(codes.verify(e, vidimus::purpose::submit, peer) != finding::valid, "purposes");
    vidimus::octets bits(e.code.view().begin(), e.code.view().end());
    bits[number() % bits.size()] ^= static_cast<vidimus::octet>(1u << number() % 8);
    e.code = vidimus::check_code(bits);
    demand(codes.verify(e, vidimus::purpose::execute, peer) == finding::wrong_code,
           "a changed code");
  }
  /// A code made up by somebody without the key.
  void forge(const std::string& peer, const std::string& id) {
    auto e = element(id);
    e.head.rule = rule();
    e.code = vidimus::check_code(vidimus::as_octets(piece(number() % 70)));
    vidimus::verifier<env> codes(a_);
    demand(codes.verify(e, vidimus::purpose::execute, peer) != vidimus::finding::valid,
           "a code from nowhere is valid");
  }

  std::string_view in_;
  env a_;
  std::set<std::pair<std::string, std::string>> held_, used_;
};

inline void keys(std::string_view in) { key_run(in).run(); }

}  // namespace fuzz

#endif
