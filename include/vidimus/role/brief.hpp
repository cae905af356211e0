// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_BRIEF_HPP
#define VIDIMUS_ROLE_BRIEF_HPP

#include "../check/verify.hpp"

/// Elements in brief form (protocol.md, element.brief): each role resolves the reference before it
/// looks at anything else, and then knows no difference.
namespace vidimus::inline VIDIMUS_ABI::detail {

/// Conversations looked at for one reference. More than one of a peer begin alike by chance once in
/// 2^24, so that this is reached only on purpose.
inline constexpr int brief_looks_max = 16;

/// Looks for the one header that a reference stands for, among those that the role offers
/// (protocol.md, brief.resolve).
template <class Env>
class brief_search {
 public:
  /// `peer`: of whom the element came; `as`: what elements of that kind are for here.
  brief_search(Env& env, verifier<Env>& codes, const element& e, purpose as, std::string_view peer)
      : codes_(&codes), wanted_(header_of(e).brief), as_(as) {
    const std::size_t size = std::visit([](const auto& one) { return one.code.view().size(); }, e);
    auto key = env.keys.current(peer);
    open_ = key && facts(key->rule).code_size == size;
    if (!open_) return;
    tried_.key_id = std::move(key->key_id);
    tried_.rule = key->rule;
  }

  /// Where to begin, and whether a conversation of that id is worth a look.
  conversation_id first() const noexcept { return wanted_.first(); }
  bool goes_on(const conversation_id& id) noexcept {
    return open_ && wanted_.begins(id) && looks_++ < brief_looks_max;
  }

  void offer(const conversation_name& in, const memory_name& memory) {
    if (memory.empty()) return;
    tried_.conversation = in;
    tried_.memory = memory;
    if (!(codes_->reference_of(tried_, as_) == wanted_)) return;
    if (found_ && found_->conversation == in && found_->memory == memory) return;
    twice_ = found_.has_value();
    found_ = tried_;
    if (twice_) open_ = false;
  }

  /// Gives the element its header. False: the reference stands for nothing, or for two.
  bool resolve(element& e) {
    if (!found_ || twice_) return false;
    found_->brief = wanted_;
    std::visit([&](auto& one) { one.head = std::move(*found_); }, e);
    return true;
  }

 private:
  verifier<Env>* codes_;
  head_reference wanted_;
  purpose as_;
  header tried_;
  std::optional<header> found_;
  bool open_ = false;
  bool twice_ = false;
  int looks_ = 0;
};

}  // namespace vidimus::inline VIDIMUS_ABI::detail

#endif
