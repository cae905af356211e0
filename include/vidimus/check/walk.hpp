// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_WALK_HPP
#define VIDIMUS_CHECK_WALK_HPP

#include <vector>

#include "../concepts/node.hpp"
#include "characters.hpp"
#include "namespaces.hpp"
#include "scratch.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// The tree entry: walks the element at a node without recursion, trusts nothing the stack's
/// parser may have let through, and feeds a handler the same events as the scanner would.
/// The limit on octets counts names, values and texts. Keeps its memory, except for the path of
/// nodes, whose type it does not know.
class tree_walker {
 public:
  /// `scope` is what is declared above `root`. As `scanner::scan`; places are counted in elements.
  template <xml_node N, xml_handler H>
  [[nodiscard]] bool walk(const N& root, const stream_scope& scope, const reading_limits& limits,
                          H& to) {
    limits_ = &limits;
    why_.kind = refusal_kind::none;
    arena_.clear();
    taken_ = elements_ = 0;
    last_was_cr_ = false;
    if (auto kind = ns_.begin(scope, limits); kind != refusal_kind::none)
      return fail(kind, ns_.what());
    if (root.kind() != node_kind::tag) return fail(refusal_kind::no_tree);
    std::vector<N> path;
    if (!enter(root, to)) return false;
    path.push_back(root.first_child());
    while (!path.empty()) {
      if (path.back().kind() == node_kind::none) {
        if (auto kind = to.close(); kind != refusal_kind::none) return fail(kind, to.what());
        last_was_cr_ = false;
        ns_.pop();
        path.pop_back();
        if (!path.empty()) path.back() = path.back().next_sibling();
        continue;
      }
      const N node = path.back();
      if (node.kind() == node_kind::tag) {
        if (!enter(node, to)) return false;
        path.push_back(node.first_child());
      } else {
        if (!other(node, to)) return false;
        path.back() = node.next_sibling();
      }
    }
    return true;
  }

  const refusal& why() const noexcept { return why_; }

 private:
  bool fail(refusal_kind kind, std::string_view what = {}) {
    why_ = {kind, elements_ == 0 ? 0 : elements_ - 1, printable(what)};
    return false;
  }

  bool take(std::string_view text) {
    taken_ += text.size();
    return taken_ <= limits_->octets || fail(refusal_kind::too_large, "stanza");
  }

  template <class N, class H>
  bool other(const N& node, H& to) {
    switch (node.kind()) {
      case node_kind::comment: return fail(refusal_kind::comment);
      case node_kind::instruction: return fail(refusal_kind::instruction);
      case node_kind::doctype: return fail(refusal_kind::doctype);
      case node_kind::declaration: return fail(refusal_kind::xml_declaration);
      default: return text(node.text(), to);
    }
  }

  template <class N, class H>
  bool enter(const N& node, H& to) {
    ++elements_;
    const node_name written = node.name();
    if (!check_name(written)) return false;
    if (ns_.depth() == limits_->depth) return fail(refusal_kind::too_deep, written.local);
    if (elements_ > limits_->elements) return fail(refusal_kind::too_many_elements, written.local);
    const auto name = keep(written);
    last_was_cr_ = false;
    ns_.push();
    bool good = true;
    node.attributes(
        [&](const node_name& n, std::string_view value) { return good = attribute(n, value); });
    if (!good) return false;
    std::string_view space = name.space;
    auto kind = name.resolved ? ns_.resolve_attributes() : ns_.resolve(name.prefix, space);
    if (kind != refusal_kind::none) return fail(kind, ns_.what());
    kind = to.open(open_event{space, name.local, ns_.attributes()});
    return kind == refusal_kind::none || fail(kind, to.what());
  }

  bool check_name(const node_name& name) {
    bool prefixed = !name.resolved && !name.prefix.empty();
    if (!is_ncname(name.local)) return bad_name(name.local);
    if (prefixed && !is_ncname(name.prefix)) return bad_name(name.prefix);
    if (name.resolved && !check_text(name.space)) return false;
    if (name.resolved && name.space.size() > limits_->namespace_octets)
      return fail(refusal_kind::namespace_too_long, name.local);
    return take(name.local) && take(name.prefix) && take(name.space);
  }

  bool bad_name(std::string_view name) {
    return check_text(name) && fail(refusal_kind::bad_name, name);
  }

  bool check_text(std::string_view text) {
    auto fault = check_characters(text);
    if (fault.kind == refusal_kind::none) return true;
    auto rest = text.substr(static_cast<std::size_t>(fault.at - text.data()));
    auto c = decode_utf8(rest.data(), rest.data() + rest.size());
    return fail(fault.kind, rest.substr(0, c.size == 0 ? 1 : c.size));
  }

  node_name keep(const node_name& name) {
    return {arena_.keep(name.space), arena_.keep(name.prefix), arena_.keep(name.local),
            name.resolved};
  }

  bool attribute(const node_name& written, std::string_view value) {
    if (!check_name(written)) return false;
    if (!ns_.count()) return fail(refusal_kind::too_many_attributes, written.local);
    if (!take(value) || !check_text(value)) return false;
    const auto name = keep(written);
    const auto kept = keep_value(value);
    if (kept.size() > limits_->attribute_octets)
      return fail(refusal_kind::attribute_too_long, name.local);
    if (name.resolved && name.space == ns::xmlns) return true;  // said in the names already
    bool plain = !name.resolved && name.prefix.empty() && name.local == "xmlns";
    if (plain || (!name.resolved && name.prefix == "xmlns")) {
      auto kind = ns_.declare(plain ? std::string_view{} : name.local, kept);
      return kind == refusal_kind::none || fail(kind, name.local);
    }
    if (name.resolved)
      ns_.add_resolved({name.space, name.local, kept});
    else
      ns_.add(name.prefix, name.local, kept);
    return true;
  }

  // a copy with one space for each TAB, LF, CR and CR LF
  std::string_view keep_value(std::string_view value) {
    if (value.empty()) return {};
    char* const to = arena_.room(value.size());
    char* o = to;
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (value[i] == '\n' && i != 0 && value[i - 1] == '\r') continue;
      *o++ = is_xml_space(value[i]) ? ' ' : value[i];
    }
    const auto size = static_cast<std::size_t>(o - to);
    arena_.give_back(value.size() - size);
    return {to, size};
  }

  template <class H>
  bool text(std::string_view all, H& to) {
    if (!take(all) || !check_text(all)) return false;
    while (!all.empty()) {
      if (last_was_cr_ && all.front() == '\n') all.remove_prefix(1);
      last_was_cr_ = false;
      auto cr = all.find('\r');
      auto piece = all.substr(0, cr);
      if (auto kind = piece.empty() ? refusal_kind::none : to.text(piece);
          kind != refusal_kind::none)
        return fail(kind, to.what());
      if (cr == std::string_view::npos) break;
      if (auto kind = to.text("\n"); kind != refusal_kind::none) return fail(kind, to.what());
      last_was_cr_ = true;
      all.remove_prefix(cr + 1);
    }
    return true;
  }

  const reading_limits* limits_ = nullptr;
  std::size_t taken_ = 0;
  std::size_t elements_ = 0;
  bool last_was_cr_ = false;
  namespaces ns_;
  arena arena_;
  refusal why_;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
