// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_WALK_HPP
#define VIDIMUS_CHECK_WALK_HPP

#include <array>
#include <bit>
#include <type_traits>
#include <vector>

#include "../concepts/node.hpp"
#include "characters.hpp"
#include "namespaces.hpp"
#include "scratch.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// The tree entry: walks the element at a node without recursion, trusts nothing the stack's
/// parser may have let through, and feeds a handler the same events as the scanner would.
/// The limit on octets counts names, values and texts. Keeps its memory, except for the path of
/// nodes of a type that cannot be kept as octets.
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
    open_.clear();
    return run(root, to);
  }

  const refusal& why() const noexcept { return why_; }

 private:
  // The open elements, innermost last. Small plain places are kept in memory of the walker.
  struct kept_place {
    alignas(alignof(void*)) std::array<std::byte, 2 * sizeof(void*)> octets;
  };
  template <class N>
  static constexpr bool is_plain = std::is_trivially_copyable_v<N> &&
                                   sizeof(N) <= sizeof(kept_place) && alignof(N) <= alignof(void*);
  template <class N>
  class path {
   public:
    explicit path(pile<kept_place>&) {}
    void push(const N& node) { held_.push_back(node); }
    N pop() {
      N out = std::move(held_.back());
      held_.pop_back();
      return out;
    }
    bool empty() const { return held_.empty(); }

   private:
    std::vector<N> held_;
  };
  template <class N>
  requires(is_plain<N>) class path<N> {
   public:
    explicit path(pile<kept_place>& held) : held_(held) {}
    void push(const N& node) { std::memcpy(held_.push().octets.data(), &node, sizeof node); }
    N pop() {
      std::array<std::byte, sizeof(N)> out;
      std::memcpy(out.data(), held_.back().octets.data(), sizeof out);
      held_.pop();
      return std::bit_cast<N>(out);
    }
    bool empty() const { return held_.empty(); }

   private:
    pile<kept_place>& held_;
  };

  template <class N, class H>
  bool run(const N& root, H& to) {
    if (!enter(root, to)) return false;
    path<N> open(open_);
    open.push(root);
    N at = root.first_child();
    for (;;) {
      const node_kind kind = at.kind();
      if (kind == node_kind::none) {
        if (auto why = to.close(); why != refusal_kind::none) return fail(why, to.what());
        last_was_cr_ = false;
        ns_.pop();
        const N done = open.pop();
        if (open.empty()) return true;
        at = done.next_sibling();
      } else if (kind == node_kind::tag) {
        if (!enter(at, to)) return false;
        open.push(at);
        at = at.first_child();
      } else {
        if (!other(at, kind, to)) return false;
        at = at.next_sibling();
      }
    }
  }

  bool fail(refusal_kind kind, std::string_view what = {}) {
    why_ = {kind, elements_ == 0 ? 0 : elements_ - 1, printable(what)};
    return false;
  }

  VIDIMUS_HOT bool take(std::string_view text) {
    taken_ += text.size();
    return taken_ <= limits_->octets || fail(refusal_kind::too_large, "stanza");
  }

  template <class N, class H>
  bool other(const N& node, node_kind kind, H& to) {
    switch (kind) {
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
    const auto given = node.name();
    node_name written;
    if (!read_name(given, written)) return false;
    if (ns_.depth() == limits_->depth) return fail(refusal_kind::too_deep, written.local);
    if (elements_ > limits_->elements) return fail(refusal_kind::too_many_elements, written.local);
    const auto name = keep<N>(written);
    last_was_cr_ = false;
    ns_.push();
    bool good = true;
    node.attributes(
        [&](const auto& n, std::string_view value) { return good = attribute<N>(n, value); });
    if (!good) return false;
    std::string_view space = name.space;
    auto kind = name.resolved ? ns_.resolve_attributes() : ns_.resolve(name.prefix, space);
    if (kind != refusal_kind::none) return fail(kind, ns_.what());
    if constexpr (asks_where<H>) to.begins(ns_.scope(), nullptr);
    kind = to.open(open_event{space, name.local, ns_.attributes()});
    return kind == refusal_kind::none || fail(kind, to.what());
  }

  VIDIMUS_HOT bool read_name(const node_name& written, node_name& out) {
    out = written;
    return check_name(out);
  }
  // ASCII without a colon, as most are; or else as any other
  VIDIMUS_HOT bool read_name(const name_as_written& written, node_name& out) {
    const char *const from = written.text, *p = from;
    while (has_class(*p, octet_class::name_part)) ++p;
    if (*p != '\0' || !has_class(*from, octet_class::name_start)) return read_odd_name(from, out);
    out.local = {from, static_cast<std::size_t>(p - from)};
    return take(out.local);
  }
  VIDIMUS_COLD bool read_odd_name(const char* written, node_name& out) {
    out = split_name(written);
    return check_name(out);
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

  VIDIMUS_HOT bool check_text(std::string_view text) {
    return is_printable(text.data(), text.size()) || check_odd_text(text);
  }

  bool check_odd_text(std::string_view text) {
    auto fault = check_characters(text);
    if (fault.kind == refusal_kind::none) return true;
    auto rest = text.substr(static_cast<std::size_t>(fault.at - text.data()));
    auto c = decode_utf8(rest.data(), rest.data() + rest.size());
    return fail(fault.kind, rest.substr(0, c.size == 0 ? 1 : c.size));
  }

  template <class N>
  VIDIMUS_HOT node_name keep(const node_name& name) {
    if constexpr (texts_stay_of<N>) return name;
    return {arena_.keep(name.space), arena_.keep(name.prefix), arena_.keep(name.local),
            name.resolved};
  }

  // the value is given as it came; what is kept of it has no TAB, LF or CR
  template <class N>
  VIDIMUS_HOT bool read_value(std::string_view value, std::string_view& out) {
    if (is_printable(value.data(), value.size())) {
      out = texts_stay_of<N> ? value : arena_.keep(value);
      return true;
    }
    if (!check_odd_text(value)) return false;
    out = keep_odd_value(value);
    return true;
  }

  template <class N, class Name>
  VIDIMUS_HOT bool attribute(const Name& given, std::string_view value) {
    node_name written;
    if (!read_name(given, written)) return false;
    if (!ns_.count()) return fail(refusal_kind::too_many_attributes, written.local);
    std::string_view kept;
    if (!take(value)) return false;
    const auto name = keep<N>(written);
    if (!read_value<N>(value, kept)) return false;
    if (kept.size() > limits_->attribute_octets)
      return fail(refusal_kind::attribute_too_long, name.local);
    if (name.resolved && name.space == ns::xmlns) return true;  // said in the names already
    bool plain = !name.resolved && name.prefix.empty() && equals(name.local, "xmlns");
    if (plain || (!name.resolved && equals(name.prefix, "xmlns"))) {
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
  VIDIMUS_COLD std::string_view keep_odd_value(std::string_view value) {
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
    if (!take(all)) return false;
    if (!is_printable(all.data(), all.size())) return odd_text(all, to);
    if (all.empty()) return true;
    last_was_cr_ = false;
    const auto kind = to.text(all);
    return kind == refusal_kind::none || fail(kind, to.what());
  }

  template <class H>
  bool odd_text(std::string_view all, H& to) {
    if (!check_odd_text(all)) return false;
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
  pile<kept_place> open_;
  refusal why_;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
