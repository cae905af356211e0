// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_CONTENT_BUILDER_HPP
#define VIDIMUS_CHECK_CONTENT_BUILDER_HPP

#include <optional>

#include "encode.hpp"
#include "own_element.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// What the start tag of the message says, and what kind of message it is. None of it is covered
/// by the canonical content. Texts are valid until the next stanza is read.
struct message_head {
  std::optional<std::string_view> from, to, id, type;
  bool is_copy = false;  ///< carries a message of somebody else: carbon, archive, forwarded

  bool is_error() const noexcept { return type == "error"; }
};

/// A child of the message as encoded: name, language and value stand in one buffer.
struct encoded_child {
  std::size_t at;  // of the name; in document order
  std::uint32_t space_size, local_size, language_size;
  bool has_language;
  std::size_t value_at, value_size;
};

/// Takes the events of a message and keeps its children encoded, so that the coverage can be
/// chosen once our own element is known.
class content_builder {
 public:
  void begin(const reading_limits& limits) {
    limits_ = &limits;
    head_ = {};
    own_.clear();
    arena_.clear();
    out_.clear();
    encoder_.reset();
    children_.clear();
    depth_ = count_ = names_ = 0;
  }

  [[nodiscard]] VIDIMUS_HOT refusal_kind open(const open_event& e) {
    const auto kind = opened(e);
    // written only where it is wanted: a copy of what was just made stalls
    if (kind != refusal_kind::none) what_ = e.local;
    return kind;
  }

  [[nodiscard]] VIDIMUS_HOT refusal_kind text(std::string_view piece) {
    if (depth_ < 2 || role_ == role::uncovered) return refusal_kind::none;
    if (role_ == role::own) return own_.text(piece), refusal_kind::none;
    encoder_.text(out_, piece);
    const auto kind = size_within();
    if (kind != refusal_kind::none) what_ = "text";
    return kind;
  }

  [[nodiscard]] VIDIMUS_HOT refusal_kind close() {
    --depth_;
    if (depth_ == 0) return ended();
    if (role_ == role::own || role_ == role::uncovered) return refusal_kind::none;
    bool has_text = encoder_.close(out_);
    if (depth_ != 1) return refusal_kind::none;
    encoded_child& done = children_.back();
    if (role_ == role::core && !has_text) {  // counts as absent
      out_.cut_to(done.at);
      children_.pop_back();
      return refusal_kind::none;
    }
    done.value_size = out_.size() - done.value_at;
    names_ += done.value_at - done.at;
    const auto kind = size_within();
    if (kind != refusal_kind::none) what_ = local(done);
    return kind;
  }

  std::string_view what() const noexcept { return what_; }

  const message_head& head() const noexcept { return head_; }
  const own_element& own() const noexcept { return own_; }

  /// Sorted by (namespace, name, language), in document order where these are equal.
  std::span<const encoded_child> children() const noexcept { return children_; }
  std::string_view space(const encoded_child& c) const noexcept {
    return out_.text(c.at, c.space_size);
  }
  std::string_view local(const encoded_child& c) const noexcept {
    return out_.text(c.at + c.space_size, c.local_size);
  }
  std::string_view language(const encoded_child& c) const noexcept {
    return out_.text(c.at + c.space_size + c.local_size, c.language_size);
  }
  octets_view value(const encoded_child& c) const noexcept {
    return out_.view(c.value_at, c.value_size);
  }

  bool same_name(const encoded_child& a, const encoded_child& b) const noexcept {
    // the two texts stand side by side
    const auto size = a.space_size + a.local_size;
    return a.space_size == b.space_size && a.local_size == b.local_size &&
           out_.text(a.at, size) == out_.text(b.at, size);
  }

 private:
  enum class role : std::uint8_t { payload, core, uncovered, own };

  VIDIMUS_HOT refusal_kind opened(const open_event& e) {
    ++depth_;
    if (depth_ == 1) return root(e);
    if (depth_ == 2) return child(e);
    switch (role_) {
      case role::core: return refusal_kind::element_in_core;
      case role::own: return refusal_kind::own_not_flat;
      case role::uncovered: return refusal_kind::none;
      case role::payload: break;
    }
    encoder_.open(out_, e);
    return size_within();
  }

  refusal_kind root(const open_event& e) {
    if (!equals(e.local, "message") || !is_content_namespace(e.space))
      return refusal_kind::not_a_message;
    for (const auto& a : e.attributes) {
      if (!a.space.empty()) continue;
      if (equals(a.local, "from")) head_.from = arena_.keep(a.value);
      if (equals(a.local, "to")) head_.to = arena_.keep(a.value);
      if (equals(a.local, "id")) head_.id = arena_.keep(a.value);
      if (equals(a.local, "type")) head_.type = arena_.keep(a.value);
    }
    return refusal_kind::none;
  }

  refusal_kind child(const open_event& e) {
    if (++count_ > limits_->children) return refusal_kind::too_many_children;
    auto space = fold(e.space);
    if (equals(space, "urn:vidimus:0")) {
      role_ = role::own;
      return own_.open(e, arena_);
    }
    if (is_copy_wrapper(space, e.local)) head_.is_copy = true;
    bool core = is_core(space, e.local);
    role_ = core ? role::core : is_never_covered(space, e.local) ? role::uncovered : role::payload;
    if (role_ == role::uncovered) return refusal_kind::none;
    children_.push_back({out_.size(), static_cast<std::uint32_t>(space.size()),
                         static_cast<std::uint32_t>(e.local.size()), 0, false, 0, 0});
    out_.append(space);
    out_.append(e.local);
    const xml_attribute* covered = core ? core_attribute(e) : nullptr;
    children_.back().value_at = out_.size();
    if (core)
      encoder_.child(out_, space, {covered, covered == nullptr ? 0u : 1u});
    else
      encoder_.child(out_, space, e.attributes);
    return size_within();
  }

  // of thread `parent` is covered; of the others xml:lang counts, and is kept with the name
  const xml_attribute* core_attribute(const open_event& e) {
    bool thread = e.local == "thread";
    for (const auto& a : e.attributes) {
      if (thread && a.space.empty() && a.local == "parent") return &a;
      if (thread || a.space != ns::xml || a.local != "lang") continue;
      children_.back().has_language = true;
      children_.back().language_size = static_cast<std::uint32_t>(a.value.size());
      out_.append(a.value);
    }
    return nullptr;
  }

  // While reading: refuses what is certain to be too large, so that memory is bounded. Names of
  // children may be written once for many, blank runs not at all, nor a child of the core.
  refusal_kind size_within() const noexcept {
    if (out_.size() <= limits_->canonical_octets) return refusal_kind::none;
    const bool open = depth_ > 1;
    std::size_t uncertain = names_;
    if (open && role_ == role::core)
      uncertain += out_.size() - children_.back().at;
    else if (open)
      uncertain += children_.back().value_at - children_.back().at + encoder_.blank_octets(out_);
    return out_.size() - uncertain <= limits_->canonical_octets ? refusal_kind::none
                                                                : refusal_kind::content_too_large;
  }

  // At the end: the octets of the content under default coverage, exactly.
  std::size_t content_size() const noexcept {
    constexpr std::size_t head = octet_buffer::head;
    std::size_t out = head + 1;  // mode
    for (std::size_t i = 0, next = 0; i < children_.size(); i = next) {
      next = i + 1;
      while (next < children_.size() && same_name(children_[i], children_[next])) ++next;
      const encoded_child& first = children_[i];
      const std::size_t names = first.space_size + std::size_t{first.local_size};
      const bool core = is_core(space(first), local(first)), each = core && next - i > 1;
      out += (each ? next - i : 1) * (4 * head + 4 + names);  // group, namespace, name, count
      for (std::size_t j = i; j < next; ++j) {
        if (each && children_[j].has_language) out += head + children_[j].language_size;
        out += head + children_[j].value_size;
      }
    }
    return out;
  }

  bool before(const encoded_child& a, const encoded_child& b) const noexcept {
    if (int c = space(a).compare(space(b)); c != 0) return c < 0;
    if (int c = local(a).compare(local(b)); c != 0) return c < 0;
    if (a.has_language != b.has_language) return b.has_language;
    if (int c = language(a).compare(language(b)); c != 0) return c < 0;
    return a.at < b.at;
  }

  refusal_kind ended() {
    const auto kind = sort_children();
    if (kind != refusal_kind::none) return kind;
    if (content_size() <= limits_->canonical_octets) return kind;
    what_ = "message";
    return refusal_kind::content_too_large;
  }

  refusal_kind sort_children() {
    if (children_.size() < 2) return refusal_kind::none;
    std::sort(children_.begin(), children_.end(),
              [this](const auto& a, const auto& b) { return before(a, b); });
    for (std::size_t i = 1; i < children_.size(); ++i) {
      const auto &a = children_[i - 1], &b = children_[i];
      if (!same_name(a, b) || !is_core(space(b), local(b))) continue;
      what_ = local(b);
      if (what_ == "thread") return refusal_kind::two_threads;
      if (a.has_language == b.has_language && language(a) == language(b))
        return refusal_kind::two_of_one_language;
    }
    return refusal_kind::none;
  }

  const reading_limits* limits_ = nullptr;
  message_head head_;
  own_element own_;
  arena arena_;
  octet_buffer out_;
  element_encoder encoder_;
  std::vector<encoded_child> children_;
  std::size_t depth_ = 0;
  std::size_t count_ = 0;
  std::size_t names_ = 0;  // octets of `out_` that are names and languages of ended children
  role role_ = role::payload;
  std::string_view what_;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
