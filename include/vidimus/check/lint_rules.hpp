// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_LINT_RULES_HPP
#define VIDIMUS_CHECK_LINT_RULES_HPP

#include "../model/lint_report.hpp"
#include "canonical.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// What a host knows of its path.
struct lint_options {
  stream_scope scope{};  ///< what is declared above the message
  reading_limits limits{};
  /// Payloads that the typed messages of the stacks in use are known to keep.
  std::span<const table_name> registered{};
};

/// An attribute as written, or as a tree has it. `resolved`: `space` is its namespace.
struct lint_attribute {
  std::string_view space, prefix, local, value;
  bool resolved = false;

  bool declares() const noexcept {
    if (resolved) return space == ns::xmlns;
    return prefix == "xmlns" || (prefix.empty() && local == "xmlns");
  }
};

/// Applies the rules to the tags and texts of a message that the strict pass has accepted.
class linter {
 public:
  linter(const lint_options& with, lint_report& to) : with_(with), to_(to) {
    bind({}, with.scope.default_space);
    for (const auto& one : with.scope.prefixes) bind(one.prefix, one.space);
  }

  /// An element begins. `tag_octets`: of its start tag; 0 if not known. `raw`: values still have
  /// references in them.
  void open(const node_name& name, std::span<const lint_attribute> attributes, std::size_t at,
            std::size_t tag_octets, bool raw) {
    if (!frames_.empty()) frames_.back().has_elements = true;
    frames_.push_back({name.local, at, bound_.size(), {}, false});
    if (skipped_from_ != 0) return;
    raw_ = raw;
    for (const auto& a : attributes)
      if (a.declares() && !a.resolved)
        bind(a.prefix.empty() ? std::string_view{} : a.local,
             raw ? decoded(a.value) : keep(a.value));
    frame& f = frames_.back();
    f.space = name.resolved ? name.space : space_of(name.prefix);
    const bool inside = frames_.size() > 2;
    f.folds =
        is_content_namespace(f.space) && (frames_.size() < 2 || frames_[frames_.size() - 2].folds);
    if (tag_octets > 4096) say(lint_kind::long_start_tag, name.local);
    if (frames_.size() == 1) return message(attributes);
    if (frames_.size() == 2 && !child(name)) return;
    element(name);
    for (const auto& a : attributes)
      if (!a.declares()) attribute(a, inside);
  }

  /// A piece of text; `section`: written as CDATA.
  void text(std::string_view piece, std::size_t at, bool raw, bool section) {
    if (frames_.empty() || skipped_from_ != 0) return;
    frame& f = frames_.back();
    const bool blank = is_blank(piece);
    if (frames_.size() == 1) {
      if (!blank) say(lint_kind::text_in_message, {}, at);
      return;
    }
    if (raw && !section) references(piece, at);
    if (f.section && !section && !piece.empty() && !std::exchange(f.told_section, true))
      say(lint_kind::text_behind_cdata, {}, at);
    if (!f.has_run && piece.substr(0, 3) == "\xef\xbb\xbf") say(lint_kind::byte_order_mark, {}, at);
    f.section = f.section || section;
    f.has_run = f.has_run || !piece.empty();
    f.has_blank = f.has_blank || (blank && !piece.empty());
    f.has_text = f.has_text || !blank;
    if (!blank && is_no_break(piece)) say(lint_kind::no_break_space, {}, at);
  }

  void close() {
    if (skipped_from_ == 0 && frames_.size() > 1) closing(frames_.back());
    bound_.resize(frames_.back().bound);
    if (skipped_from_ == frames_.size()) skipped_from_ = 0;
    frames_.pop_back();
    if (frames_.empty() && (bodies_ > 1 || subjects_ > 1)) {
      frames_.push_back({"message", 0, 0, {}, true});
      say(lint_kind::several_languages, {});
      frames_.pop_back();
    }
  }

  /// Says something about the innermost element.
  void say(lint_kind kind, std::string_view what, std::size_t at = no_place) {
    ++to_.counts[static_cast<std::size_t>(kind)];
    if (to_.findings.size() == lint_report::findings_max) return;
    lint_finding found{kind, {}, at == no_place ? frames_.back().at : at, printable(what)};
    for (const auto& f : frames_) {
      if (!found.where.empty()) found.where += '/';
      found.where += found.where.size() > 200 ? std::string("...") : printable(f.local);
    }
    to_.findings.push_back(std::move(found));
  }

 private:
  static constexpr std::size_t no_place = static_cast<std::size_t>(-1);

  struct frame {
    std::string_view local;
    std::size_t at;
    std::size_t bound;  // declarations that were there before
    std::string_view space;
    bool folds;  // only content namespaces down to here
    bool has_elements = false, has_text = false, has_blank = false, has_run = false;
    bool section = false, told_section = false;
  };
  struct binding {
    std::string_view prefix, space;
    std::size_t depth;  // 1: on the message, 0: above
  };

  void bind(std::string_view prefix, std::string_view space) {
    bound_.push_back({prefix, space, frames_.size()});
  }
  const binding* find(std::string_view prefix) const {
    for (auto at = bound_.rbegin(); at != bound_.rend(); ++at)
      if (at->prefix == prefix) return &*at;
    return nullptr;
  }
  std::string_view space_of(std::string_view prefix) const {
    if (prefix == "xml") return ns::xml;
    const auto* found = find(prefix);
    return found == nullptr ? std::string_view{} : found->space;
  }
  std::string_view keep(std::string_view text) { return arena_.keep(text); }
  std::string_view decoded(std::string_view raw) {
    std::string out;
    const char *p = raw.data(), *end = p + raw.size();
    while (p != end) {
      if (*p != '&') {
        out += *p++;
        continue;
      }
      const auto ref = read_reference(p, end);
      if (ref.kind != refusal_kind::none) break;  // the strict pass has refused it
      char utf8[4];
      out.append(utf8, encode_utf8(ref.point, utf8));
      p = ref.end;
    }
    return keep(out);
  }

  void message(std::span<const lint_attribute> attributes) {
    for (const auto& a : attributes) {
      if (a.declares()) continue;
      const bool known =
          a.prefix.empty() && a.space.empty() &&
          (a.local == "from" || a.local == "to" || a.local == "id" || a.local == "type");
      const bool lang = a.local == "lang" && (a.prefix == "xml" || a.space == ns::xml);
      if (!known && !lang) say(lint_kind::message_attribute, a.local);
    }
  }

  // false: nothing in it counts
  bool child(const node_name& name) {
    const auto space = fold(frames_.back().space);
    core_ = is_core(space, name.local);
    if (core_ && name.local == "body") ++bodies_;
    if (core_ && name.local == "subject") ++subjects_;
    if (space == ns::content && name.local == "error") say(lint_kind::error_child, {});
    if (is_never_covered(space, name.local)) {
      skipped_from_ = frames_.size();
      return false;
    }
    bool known = core_;
    for (const auto& one : with_.registered)
      known = known || (one.space == space && (one.local.empty() || one.local == name.local));
    if (!known) say(lint_kind::unregistered_payload, name.local);
    return true;
  }

  void element(const node_name& name) {
    const frame& f = frames_.back();
    const frame& parent = frames_[frames_.size() - 2];
    // one of the stream's own namespace is taken away, whoever declared it
    if (!name.resolved && !name.prefix.empty() && name.prefix != "xml" && !f.folds)
      outer(name.prefix);
    if (frames_.size() > 2 && f.space.empty() && !parent.folds && !parent.space.empty())
      say(lint_kind::no_namespace, name.local);
    const bool content = is_content_namespace(f.space) && !f.space.empty();
    if (content && !f.folds && !name.prefix.empty())
      say(lint_kind::content_prefix_inside, name.prefix);
    if (f.space != parent.space) {
      if (f.space.size() > 1024) say(lint_kind::long_namespace, name.local);
      if (f.space.find_first_of("&<>\"'") != std::string_view::npos)
        say(lint_kind::markup_in_namespace, name.local);
    }
    if (frames_.size() == 31) say(lint_kind::deep_payload, name.local);
  }

  void attribute(const lint_attribute& a, bool inside) {
    if (raw_) references(a.value, no_place);
    if (a.value.find_first_of("\t\n\r") != std::string_view::npos)
      say(lint_kind::white_space_in_value, a.local);
    const bool by_xml = a.prefix == "xml" || a.space == ns::xml;
    if (core_ && !inside) {
      const bool thread = frames_.back().local == "thread";
      const bool parent = thread && a.local == "parent" && a.prefix.empty() && a.space.empty();
      if (parent) say(lint_kind::thread_parent, a.local);
      if (!parent && (thread || !by_xml || a.local != "lang"))
        say(lint_kind::core_attribute, a.local);
      return;
    }
    if (by_xml)
      say(lint_kind::xml_attribute, a.local);
    else if (!a.prefix.empty() || !a.space.empty())
      say(lint_kind::prefixed_attribute, a.local);
    if (a.value.empty()) say(lint_kind::empty_attribute, a.local);
    if (a.value.substr(0, 3) == "\xef\xbb\xbf") say(lint_kind::byte_order_mark, a.local);
    if (!by_xml && !a.resolved && !a.prefix.empty()) outer(a.prefix);
  }

  void outer(std::string_view prefix) {
    const auto* found = find(prefix);
    if (found != nullptr && found->depth <= 1) say(lint_kind::outer_prefix, prefix);
  }

  void references(std::string_view raw, std::size_t at) {
    const bool value = at == no_place;
    for (auto next = raw.find("&#"); next != std::string_view::npos;
         next = raw.find("&#", next + 2)) {
      const auto ref = read_reference(raw.data() + next, raw.data() + raw.size());
      if (ref.kind != refusal_kind::none) return;
      const std::size_t place = value ? no_place : at + next;
      if (ref.point > 0xffff) say(lint_kind::beyond_bmp_reference, ref.what, place);
      if (ref.point == '\r' && !value) say(lint_kind::carriage_return, ref.what, place);
      if (ref.point < 0x20 && value) say(lint_kind::white_space_in_value, ref.what, place);
    }
  }

  void closing(const frame& f) {
    if (core_ && frames_.size() == 2) {
      if (!f.has_text) say(lint_kind::core_without_text, {});
      return;
    }
    if (f.has_text && f.has_elements) say(lint_kind::text_beside_elements, {});
    if (f.has_text && f.has_blank && f.has_elements) say(lint_kind::blank_beside_text, {});
    if (!f.has_text && f.has_blank && !f.has_elements) say(lint_kind::blank_payload_text, {});
  }

  // white space and at least one U+00A0, as itself or as a reference
  static bool is_no_break(std::string_view piece) {
    for (std::size_t i = 0; i < piece.size();) {
      if (is_xml_space(piece[i])) {
        ++i;
      } else if (piece.substr(i, 2) == "\xc2\xa0") {
        i += 2;
      } else {
        const char *p = piece.data() + i, *end = piece.data() + piece.size();
        if (*p != '&') return false;
        const auto ref = read_reference(p, end);
        if (ref.kind != refusal_kind::none || ref.point != 0xa0) return false;
        i = static_cast<std::size_t>(ref.end - piece.data());
      }
    }
    return true;
  }

  const lint_options& with_;
  lint_report& to_;
  arena arena_;
  std::vector<frame> frames_;
  std::vector<binding> bound_;
  std::size_t skipped_from_ = 0;
  std::size_t bodies_ = 0, subjects_ = 0;
  bool core_ = false, raw_ = false;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
