// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_TREE_WRITER_HPP
#define VIDIMUS_ADAPT_TREE_WRITER_HPP

#include <concepts>
#include <optional>
#include <string>
#include <vector>

#include "../base/result.hpp"
#include "../check/scan.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// What makes the nodes of a stack's tree, in document order. Names are as written: `body`,
/// `xml:lang`, `ns1:a`; declarations are attributes, `xmlns` and `xmlns:ns1`, and come before what
/// needs them. Texts are whole runs. False: the stack cannot say this; nothing more is called.
template <class M>
concept tree_maker = requires(M& to, const std::string& name, const std::string& value) {
  { to.open(name) } -> std::same_as<bool>;
  { to.attribute(name, value) } -> std::same_as<bool>;
  { to.text(value) } -> std::same_as<bool>;
  { to.close() } -> std::same_as<bool>;
};

namespace detail {

/// Takes the events of a stanza and drives a maker, in the form of check/xml_writer.hpp: no
/// prefixes on elements, a default namespace declared wherever it changes.
template <tree_maker M>
class tree_handler {
 public:
  explicit tree_handler(M& to) : to_(&to) {}

  refusal_kind open(const open_event& e) {
    const bool folds = is_content_namespace(e.space) && (open_.empty() || open_.back().folds);
    const bool same = !open_.empty() && !open_.back().folds && open_.back().space == e.space;
    const bool by_xml = e.space == ns::xml;
    good_ = good_ && flush() && to_->open((by_xml ? "xml:" : "") + std::string(e.local));
    if (!folds && !same && !by_xml) say("xmlns", e.space);
    unsigned made = 0;
    for (std::size_t i = 0; i < e.attributes.size(); ++i) {
      const auto& a = e.attributes[i];
      std::string prefix;
      if (a.space == ns::xml) {
        prefix = "xml:";
      } else if (!a.space.empty()) {
        const bool first = i == 0 || e.attributes[i - 1].space != a.space;
        made += first ? 1 : 0;
        prefix = "ns" + std::to_string(made);
        if (first) say("xmlns:" + prefix, a.space);
        prefix += ':';
      }
      say(prefix + std::string(a.local), a.value);
    }
    open_.push_back({e.space, folds});
    return refusal_kind::none;
  }
  refusal_kind text(std::string_view piece) {
    run_ += piece;
    return refusal_kind::none;
  }
  refusal_kind close() {
    good_ = good_ && flush() && to_->close();
    open_.pop_back();
    return refusal_kind::none;
  }
  std::string_view what() const { return {}; }

  bool good() const { return good_; }

 private:
  struct opened {
    std::string_view space;
    bool folds;
  };

  void say(const std::string& name, std::string_view value) {
    good_ = good_ && to_->attribute(name, std::string(value));
  }
  bool flush() {
    if (run_.empty()) return true;
    const bool good = to_->text(run_);
    run_.clear();
    return good;
  }

  M* to_;
  std::vector<opened> open_;
  std::string run_;
  bool good_ = true;
};

}  // namespace detail

/// Makes the tree of a stanza from its text, as `stanza_text` gives it (adapt/xmpp_text.hpp).
/// False: the strict pass refused the text, or the stack cannot say what is in it; what the maker
/// holds is worth nothing then.
template <tree_maker M>
[[nodiscard]] bool make_tree(std::string_view stanza, M& to, const reading_limits& limits = {}) {
  scanner strict;
  detail::tree_handler<M> events(to);
  return strict.scan(stanza, {}, limits, events) && events.good();
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
