// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_CANONICAL_HPP
#define VIDIMUS_CHECK_CANONICAL_HPP

#include "../base/result.hpp"
#include "../model/coverage.hpp"
#include "content_builder.hpp"
#include "scan.hpp"
#include "walk.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// True if a list says one thing in one way: sorted, no doubles, and no name that is covered or
/// not covered whatever the list says. Default coverage is lawful if it has no names.
inline bool is_lawful(const coverage& which, const reading_limits& limits = {}) {
  if (!which.listed) return which.names.empty();
  for (std::size_t i = 0; i < which.names.size(); ++i) {
    const auto& [space, local] = which.names[i];
    if (i != 0 && !(which.names[i - 1] < which.names[i])) return false;
    if (is_core(space, local) || is_never_covered(space, local)) return false;
    if (fold(space) != space || space.size() > limits.namespace_octets) return false;
    if (!is_ncname(local) || check_characters(space).kind != refusal_kind::none) return false;
    if (space.find_first_of("\t\n\r") != std::string::npos) return false;
  }
  return true;
}

/// Reads messages, one after the other, and gives their canonical octets. Two entries, the octets
/// of the stanza and the tree of some stack, that agree. One object per thread; keeps its memory,
/// bounded by the limits, so that reading does not touch the heap in steady state.
class canonicaliser {
 public:
  explicit canonicaliser(const reading_limits& limits = {}) : limits_(limits) {
    VIDIMUS_EXPECT(limits.canonical_octets < 0x80000000u, "canonical_octets is beyond 2^31 - 1");
  }

  /// Reads one stanza from octets. False if it is refused: `why()` has the reason.
  [[nodiscard]] bool read(std::string_view stanza, const stream_scope& scope = {}) {
    builder_.begin(limits_);
    good_ = scanner_.scan(stanza, scope, limits_, builder_);
    from_tree_ = false;
    return good_;
  }

  /// Reads one stanza from a tree; `scope` is what is declared above `root`.
  template <xml_node N>
  [[nodiscard]] bool read_tree(const N& root, const stream_scope& scope = {}) {
    builder_.begin(limits_);
    good_ = walker_.walk(root, scope, limits_, builder_);
    from_tree_ = true;
    return good_;
  }

  /// Why the last stanza was refused; `none` if it was not.
  const refusal& why() const noexcept { return from_tree_ ? walker_.why() : scanner_.why(); }

  const message_head& head() const noexcept { return builder_.head(); }
  bool has_own() const noexcept { return builder_.own().present(); }
  /// The element of urn:vidimus:0; empty if there is none.
  flat_element own() const { return has_own() ? builder_.own().value() : flat_element{}; }

  /// The canonical octets under a coverage, valid until the next call of this or of a read.
  /// Refused: `bad_coverage`, `content_too_large`, or whatever the stanza was refused for.
  result<octets_view, refusal> content(const coverage& which = {}) {
    if (!good_) return nothing();
    if (!is_lawful(which, limits_)) return refusal{refusal_kind::bad_coverage, 0, "coverage"};
    const octet mode = which.listed ? 1 : 0;
    out_.clear();
    out_.field(canonical_tag::mode, as_text({&mode, 1}));
    const auto all = builder_.children();
    auto listed = which.names.begin();
    for (std::size_t i = 0, next = 0; i < all.size(); i = next) {
      next = i + 1;
      while (next < all.size() && builder_.same_name(all[i], all[next])) ++next;
      const auto space = builder_.space(all[i]), local = builder_.local(all[i]);
      bool core = is_core(space, local);
      if (which.listed) {
        while (listed != which.names.end() && order(*listed, space, local) < 0) empty(*listed++);
        bool hit = listed != which.names.end() && order(*listed, space, local) == 0;
        if (hit) ++listed;
        if (!hit && !core) continue;
      }
      if (!core || next - i == 1)
        group(all.subspan(i, next - i), false);
      else
        for (; i < next; ++i) group(all.subspan(i, 1), true);
    }
    while (listed != which.names.end()) empty(*listed++);
    if (out_.size() > limits_.canonical_octets)  // by names without a child
      return refusal{refusal_kind::content_too_large, 0, "coverage"};
    return octets_view(out_.view());
  }

 private:
  refusal nothing() const {
    bool none = why().kind == refusal_kind::none;  // nothing was read yet
    return none ? refusal{refusal_kind::cut, 0, {}} : why();
  }

  static int order(const expanded_name& a, std::string_view space, std::string_view local) {
    if (int c = std::string_view(a.space).compare(space); c != 0) return c;
    return std::string_view(a.local).compare(local);
  }

  void group(std::span<const encoded_child> members, bool with_language) {
    const auto& first = members.front();
    auto at = out_.open_field(canonical_tag::group);
    name(builder_.space(first), builder_.local(first));
    if (with_language && first.has_language)
      out_.field(canonical_tag::language, builder_.language(first));
    count(members.size());
    for (const auto& member : members)
      out_.field(canonical_tag::child, as_text(builder_.value(member)));
    out_.close_field(at);
  }

  void empty(const expanded_name& listed) {
    auto at = out_.open_field(canonical_tag::group);
    name(listed.space, listed.local);
    count(0);
    out_.close_field(at);
  }

  void name(std::string_view space, std::string_view local) {
    out_.field(canonical_tag::space, space);
    out_.field(canonical_tag::name, local);
  }

  void count(std::size_t value) {
    std::array<octet, 4> out;
    for (unsigned i = 0; i < 4; ++i) out[i] = static_cast<octet>(value >> (24 - 8 * i));
    out_.field(canonical_tag::count, as_text(out));
  }

  reading_limits limits_;
  scanner scanner_;
  tree_walker walker_;
  content_builder builder_;
  octet_buffer out_;
  bool good_ = false;
  bool from_tree_ = false;
};

/// One stanza, once: its canonical octets, or why it is refused. Who reads many keeps a
/// `canonicaliser`.
inline result<octets, refusal> canonical_octets(std::string_view stanza, const coverage& which = {},
                                                const stream_scope& scope = {},
                                                const reading_limits& limits = {}) {
  canonicaliser reader(limits);
  if (!reader.read(stanza, scope)) return reader.why();
  auto content = reader.content(which);
  if (!content) return content.error();
  return octets(content->begin(), content->end());
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
