// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_BUNDLE_HPP
#define VIDIMUS_CHECK_BUNDLE_HPP

#include <string>
#include <utility>
#include <vector>

#include "stanza.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Takes the events of a message and looks for a bundle among its children: what the envelope says,
/// where the messages in it stand, and what is declared around them (protocol.md, bundle.shape).
class bundle_handler {
 public:
  void begin(const reading_limits& limits) {
    limits_ = &limits;
    depth_ = tags_ = 0;
    found_ = in_bundle_ = own_ = is_copy_ = false;
    from_.clear();
    to_.clear();
    type_.clear();
    prefixes_.clear();
    messages_.clear();
  }

  void begins(const stream_scope& in, const char* at) noexcept {
    scope_ = in;
    at_ = at;
  }
  refusal_kind open(const open_event& e) {
    const auto kind = opened(e);
    if (kind != refusal_kind::none) what_ = e.local;
    return kind;
  }
  refusal_kind text(std::string_view piece) {
    if (!in_bundle_ || depth_ != 2) return refusal_kind::none;
    for (char c : piece)
      if (!is_xml_space(c)) return what_ = piece, refusal_kind::bundle_stray;
    return refusal_kind::none;
  }
  refusal_kind close() {
    if (--depth_ != 1 || !std::exchange(in_bundle_, false)) return refusal_kind::none;
    what_ = bundle_name;
    return messages_.empty() ? refusal_kind::bundle_empty : refusal_kind::none;
  }
  void ended(const char* at) {
    if (in_bundle_ && depth_ == 2) messages_.back().second = at;
  }
  std::string_view what() const noexcept { return what_; }

  bool found() const noexcept { return found_; }
  /// Which of the elements in the message it is, from 0.
  std::size_t place() const noexcept { return place_; }
  /// Texts of the messages in it, as they stand; of a tree null.
  std::span<const std::pair<const char*, const char*>> messages() const noexcept {
    return messages_;
  }
  /// What is declared where they stand.
  stream_scope scope() const noexcept { return {space_, prefixes_}; }

  /// What the envelope says goes for each message in it.
  void address(stanza& one) const {
    one.from = from_;
    one.to = to_;
    one.is_error = one.is_error || type_ == "error";
    one.is_copy = one.is_copy || is_copy_;
    one.bundled = true;
  }

 private:
  refusal_kind opened(const open_event& e) {
    switch (++depth_) {
      case 1: return root(e);
      case 2: return child(e);
      case 3: return in_bundle_ ? message(e) : refusal_kind::none;
      case 4: return in_bundle_ && is_bundle(e) ? refusal_kind::bundle_nested : refusal_kind::none;
      default: return refusal_kind::none;
    }
  }
  static bool is_bundle(const open_event& e) {
    return e.space == ns::vidimus && e.local == bundle_name;
  }
  static bool is_message(const open_event& e) {
    return equals(e.local, "message") && is_content_namespace(e.space);
  }

  refusal_kind root(const open_event& e) {
    if (!is_message(e)) return refusal_kind::not_a_message;
    for (const auto& a : e.attributes) {
      if (!a.space.empty()) continue;
      if (equals(a.local, "from")) from_ = a.value;
      if (equals(a.local, "to")) to_ = a.value;
      if (equals(a.local, "type")) type_ = a.value;
    }
    return refusal_kind::none;
  }
  refusal_kind child(const open_event& e) {
    if (++tags_ > limits_->children) return refusal_kind::too_many_children;
    if (is_copy_wrapper(e.space, e.local)) is_copy_ = true;
    if (e.space != ns::vidimus) return refusal_kind::none;
    if (found_ || (own_ && is_bundle(e))) return refusal_kind::two_own;
    own_ = true;
    if (!is_bundle(e)) return refusal_kind::none;
    found_ = in_bundle_ = true;
    if (!e.attributes.empty()) return refusal_kind::bundle_stray;
    place_ = tags_ - 1;
    keep_scope();
    return refusal_kind::none;
  }
  refusal_kind message(const open_event& e) {
    if (is_bundle(e)) return refusal_kind::bundle_nested;
    if (!is_message(e)) return refusal_kind::bundle_stray;
    if (messages_.size() == bundle_messages_max) return refusal_kind::bundle_too_many;
    for (const auto& a : e.attributes)
      if (a.space.empty() && (equals(a.local, "from") || equals(a.local, "to")))
        return refusal_kind::bundle_addressed;
    messages_.emplace_back(at_, nullptr);
    return refusal_kind::none;
  }

  // of a prefix that is there twice the later one
  void keep_scope() {
    space_ = scope_.default_space;
    for (const auto& one : scope_.prefixes) {
      bool known = false;
      for (auto& kept : prefixes_)
        if (kept.prefix == one.prefix) kept = one, known = true;
      if (!known) prefixes_.push_back(one);
    }
  }

  const reading_limits* limits_ = nullptr;
  stream_scope scope_;  // of the element at hand
  const char* at_ = nullptr;
  std::size_t depth_ = 0, tags_ = 0, place_ = 0;
  bool found_ = false, in_bundle_ = false, own_ = false, is_copy_ = false;
  std::string from_, to_, type_;
  std::string_view space_;
  std::vector<prefix_binding> prefixes_;
  std::vector<std::pair<const char*, const char*>> messages_;
  std::string_view what_;
};

/// Reads messages alone and in bundles: each message of a bundle as if it had come alone, from and
/// to where the bundle did (protocol.md, bundle.split). Keeps its memory; one object per thread.
class bundle_reader {
 public:
  explicit bundle_reader(const reading_limits& limits = {})
      : limits_(limits), envelope_(limits), reader_(limits) {
    envelope_.depth += 2;  // so that what may stand alone may stand in a bundle
  }

  /// From octets: as `stanza_reader::read`, but `each(result<stanza, refusal>)` is called with each
  /// message, in order; once with why, if the stanza or the bundle as a whole is refused.
  template <class Choose, class Each>
  void read(std::string_view text, const stream_scope& scope, Choose choose, Each&& each) {
    if (text.find(bundle_name) == std::string_view::npos)
      return each(reader_.read(text, scope, choose));
    shape_.begin(limits_);
    const bool good = scanner_.scan(text, scope, envelope_, shape_);
    if (!shape_.found()) return each(reader_.read(text, scope, choose));
    if (!good) return refused(scanner_.why(), each);
    for (const auto& [begin, end] : shape_.messages()) {
      const std::string_view one(begin, static_cast<std::size_t>(end - begin));
      give(reader_.read(one, shape_.scope(), choose), each);
    }
  }

  /// The same from a tree; `scope` is what is declared above `root`.
  template <xml_node N, class Choose, class Each>
  void read_tree(const N& root, const stream_scope& scope, Choose choose, Each&& each) {
    if (!may_be_bundle(root)) return each(reader_.read_tree(root, scope, choose));
    shape_.begin(limits_);
    const bool good = walker_.walk(root, scope, envelope_, shape_);
    if (!shape_.found()) return each(reader_.read_tree(root, scope, choose));
    if (!good) return refused(walker_.why(), each);
    N bundle = first_tag(root.first_child());
    for (std::size_t i = 0; i < shape_.place(); ++i) bundle = first_tag(bundle.next_sibling());
    for (N at = first_tag(bundle.first_child()); at.kind() == node_kind::tag;
         at = first_tag(at.next_sibling()))
      give(reader_.read_tree(at, shape_.scope(), choose), each);
  }

  /// For messages that are no bundles: those of the program itself.
  stanza_reader& alone() noexcept { return reader_; }

 private:
  template <class Each>
  static void refused(const refusal& why, Each& each) {
    each(result<stanza, refusal>(why));
  }
  template <class Each>
  void give(result<stanza, refusal> one, Each& each) {
    if (one) shape_.address(*one);
    each(std::move(one));
  }

  template <class N>
  static N first_tag(N at) {
    while (at.kind() != node_kind::none && at.kind() != node_kind::tag) at = at.next_sibling();
    return at;
  }
  template <class N>
  static bool may_be_bundle(const N& root) {
    if (root.kind() != node_kind::tag) return false;
    for (N at = first_tag(root.first_child()); at.kind() == node_kind::tag;
         at = first_tag(at.next_sibling()))
      if (static_cast<node_name>(at.name()).local == bundle_name) return true;
    return false;
  }

  reading_limits limits_, envelope_;
  stanza_reader reader_;
  bundle_handler shape_;
  scanner scanner_;
  tree_walker walker_;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
