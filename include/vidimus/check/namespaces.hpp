// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_NAMESPACES_HPP
#define VIDIMUS_CHECK_NAMESPACES_HPP

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "../spec/names.hpp"
#include "events.hpp"
#include "scratch.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// The declarations in scope and the attributes of the element being opened. Shared by the octet
/// entry and the tree entry, so that both refuse the same.
class namespaces {
 public:
  [[nodiscard]] refusal_kind begin(const stream_scope& scope, const reading_limits& limits) {
    limits_ = &limits;
    bound_.clear();
    keys_.clear();
    marks_.clear();
    depth_ = marked_ = 0;
    default_ = scope.default_space;
    for (const auto& [prefix, space] : scope.prefixes)
      if (auto kind = declare(prefix, space); kind != refusal_kind::none) return kind;
    return refusal_kind::none;
  }

  /// An element begins: what is declared from now on is undone by `pop`.
  VIDIMUS_HOT void push() noexcept {
    ++depth_;
    attributes_.clear();
    prefixed_.clear();
    count_ = 0;
    ascending_ = true;
    first_octet_ = 0;
  }

  VIDIMUS_HOT void pop() noexcept {
    if (marked_ == depth_) undo();
    --depth_;
  }

  std::size_t depth() const noexcept { return depth_; }

  /// A declaration on the element being opened; an empty prefix is the default namespace.
  /// Both texts stay valid while the element is open.
  [[nodiscard]] refusal_kind declare(std::string_view prefix, std::string_view space) {
    what_ = prefix;
    if (space.size() > limits_->namespace_octets) return refusal_kind::namespace_too_long;
    if ((space == ns::xml) != equals(prefix, "xml") || space == ns::xmlns ||
        equals(prefix, "xmlns"))
      return refusal_kind::reserved_name;
    if (prefix.empty()) return declare_default(space);
    if (space.empty()) return refusal_kind::empty_binding;
    std::size_t own = depth_ == 0 ? 0 : here().bound;
    if (find(prefix, own) != nullptr) return refusal_kind::duplicate_attribute;
    if (bound_.size() == limits_->declarations) return refusal_kind::too_many_declarations;
    bound_.push_back({prefix, space});
    keys_.push_back(key_of(prefix));
    return refusal_kind::none;
  }

  /// An attribute of the element being opened that is not a declaration.
  VIDIMUS_HOT void add(std::string_view prefix, std::string_view local, std::string_view value) {
    if (!prefix.empty()) prefixed_.push_back({prefix, attributes_.size()});
    auto& a = attributes_.push();
    a.space = {};
    a.local = local;
    a.value = value;
    // names have at least one octet, and mostly differ in it
    const auto first = static_cast<unsigned char>(local[0]);
    ascending_ = ascending_ && first > first_octet_;
    first_octet_ = first;
  }
  /// The same where a tree has said the namespace.
  void add_resolved(const xml_attribute& attribute) {
    attributes_.push() = attribute;
    ascending_ = attributes_.size() == 1;
  }

  /// Counts an attribute or declaration; false if it is one too many.
  [[nodiscard]] bool count() noexcept { return ++count_ <= limits_->attributes; }
  /// False if the next would be one too many.
  bool may_count() const noexcept { return count_ < limits_->attributes; }

  /// Resolves the names of the element being opened, sorts its attributes, refuses doubles.
  [[nodiscard]] VIDIMUS_HOT refusal_kind resolve(std::string_view prefix, std::string_view& space) {
    if (prefix.empty()) {
      space = default_;
    } else if (!lookup(prefix, space)) {
      return what_ = prefix, where_ = nullptr, refusal_kind::unbound_prefix;
    }
    return resolve_attributes();
  }

  [[nodiscard]] VIDIMUS_HOT refusal_kind resolve_attributes() {
    if (prefixed_.empty() && ascending_) return refusal_kind::none;
    return resolve_several();
  }

  /// What is declared at this place; the texts stay as long as those that were given.
  stream_scope scope() const noexcept { return {default_, bound_}; }

  std::span<const xml_attribute> attributes() const noexcept { return attributes_.view(); }

  /// After a refusal: the prefix or name, and a pointer to where it is written (null: at the
  /// element).
  std::string_view what() const noexcept { return what_; }
  const char* where() const noexcept { return where_; }

 private:
  // of each open element that declares something
  struct mark {
    std::size_t depth;
    std::size_t bound;
    std::string_view outer_default;
    bool default_declared;
  };

  mark& here() {
    if (marked_ != depth_) {
      marked_ = depth_;
      marks_.push() = {depth_, bound_.size(), default_, false};
    }
    return marks_.back();
  }

  void undo() noexcept {
    const mark& last = marks_.back();
    if (bound_.size() != last.bound) {
      bound_.resize(last.bound);
      keys_.resize(last.bound);
    }
    default_ = last.outer_default;
    marks_.pop();
    marked_ = marks_.empty() ? 0 : marks_.back().depth;
  }

  [[nodiscard]] refusal_kind declare_default(std::string_view space) {
    what_ = "xmlns";
    if (depth_ == 0) return refusal_kind::reserved_name;
    mark& own = here();
    if (own.default_declared) return refusal_kind::duplicate_attribute;
    own.default_declared = true;
    default_ = space;
    return refusal_kind::none;
  }

  [[nodiscard]] refusal_kind resolve_several() {
    for (const auto& [prefix, index] : prefixed_)
      if (!lookup(prefix, attributes_[index].space))
        return what_ = prefix, where_ = prefix.data(), refusal_kind::unbound_prefix;
    if (in_order()) return refusal_kind::none;
    if (attributes_.size() == 2)
      std::swap(attributes_[0], attributes_[1]);
    else
      sort_attributes();
    for (std::size_t i = 1; i < attributes_.size(); ++i)
      if (order(attributes_[i - 1], attributes_[i]) == 0)
        return duplicate(attributes_[i - 1].local, attributes_[i].local);
    return refusal_kind::none;
  }

  // eight octets of the prefix: the search compares integers, and texts only where they are equal
  static std::uint64_t key_of(std::string_view prefix) noexcept {
    std::uint64_t key = 0;
    for (std::size_t i = 0; i < prefix.size() && i < 8; ++i)
      key = key << 8 | static_cast<unsigned char>(prefix[i]);
    return key;
  }

  const prefix_binding* find(std::string_view prefix, std::size_t down_to) const noexcept {
    auto key = key_of(prefix);
    for (std::size_t i = bound_.size(); i-- > down_to;)
      if (keys_[i] == key && bound_[i].prefix == prefix) return &bound_[i];
    return nullptr;
  }

  bool lookup(std::string_view prefix, std::string_view& space) const noexcept {
    if (equals(prefix, "xml")) {
      space = ns::xml;
      return true;
    }
    const auto* found = find(prefix, 0);
    if (found == nullptr) return false;
    space = found->space;
    return true;
  }

  // of two in one text the later
  refusal_kind duplicate(std::string_view a, std::string_view b) {
    where_ = b.data() < a.data() ? a.data() : b.data();
    return what_ = b, refusal_kind::duplicate_attribute;
  }

  bool in_order() const noexcept {
    for (std::size_t i = 1; i < attributes_.size(); ++i)
      if (order(attributes_[i - 1], attributes_[i]) >= 0) return false;
    return true;
  }

  void sort_attributes() {
    auto before = [](const xml_attribute& a, const xml_attribute& b) { return order(a, b) < 0; };
    if (attributes_.size() > 16) return std::sort(attributes_.begin(), attributes_.end(), before);
    for (std::size_t i = 1; i < attributes_.size(); ++i) {
      const auto moving = attributes_[i];
      std::size_t to = i;
      for (; to != 0 && before(moving, attributes_[to - 1]); --to)
        attributes_[to] = attributes_[to - 1];
      attributes_[to] = moving;
    }
  }

  // one declaration's text is one pointer: long namespace names are rarely compared in full
  VIDIMUS_HOT static int order(const xml_attribute& a, const xml_attribute& b) noexcept {
    bool same = a.space.data() == b.space.data() && a.space.size() == b.space.size();
    if (int c = same ? 0 : a.space.compare(b.space); c != 0) return c;
    const auto x = static_cast<unsigned char>(a.local[0]),
               y = static_cast<unsigned char>(b.local[0]);
    return x != y ? x - y : a.local.compare(b.local);
  }

  const reading_limits* limits_ = nullptr;
  std::vector<prefix_binding> bound_;
  std::vector<std::uint64_t> keys_;
  pile<mark> marks_;
  std::size_t depth_ = 0;   // open elements
  std::size_t marked_ = 0;  // depth of the last mark; 0: none
  std::string_view default_;
  pile<xml_attribute> attributes_;
  struct prefixed {
    std::string_view prefix;
    std::size_t index;
  };
  std::vector<prefixed> prefixed_;  // attributes whose namespace is still to be found
  std::size_t count_ = 0;
  bool ascending_ = true;  // the attributes without prefix, by their first octets alone
  unsigned char first_octet_ = 0;
  std::string_view what_;
  const char* where_ = nullptr;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
