// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_LINT_HPP
#define VIDIMUS_CHECK_LINT_HPP

#include "lint_rules.hpp"

namespace vidimus::inline VIDIMUS_ABI {

namespace detail {

/// Cuts octets that the strict pass has accepted into tags and texts.
class lint_lexer {
 public:
  lint_lexer(std::string_view in, linter& to) : in_(in), to_(to) {}

  void run() {
    while (at_ < in_.size()) {
      if (in_[at_] != '<')
        text();
      else if (in_.substr(at_, 9) == "<![CDATA[")
        section();
      else if (in_.substr(at_, 2) == "</")
        end_tag();
      else
        start_tag();
    }
  }

 private:
  std::size_t until(std::string_view what, std::size_t from) const {
    return std::min(in_.find(what, from), in_.size());
  }

  void text() {
    const auto end = until("<", at_);
    if (depth_ != 0) to_.text(in_.substr(at_, end - at_), at_, true, false);
    at_ = end;
  }
  void section() {
    const auto end = until("]]>", at_);
    to_.text(in_.substr(at_ + 9, end - at_ - 9), at_, true, true);
    at_ = end + 3;
  }
  void end_tag() {
    at_ = until(">", at_) + 1;
    leave();
  }
  void leave() {
    if (depth_ == 0) return;
    --depth_;
    to_.close();
  }

  std::string_view name() {
    const auto from = at_;
    at_ = std::min(in_.find_first_of(" \t\r\n=/>", at_), in_.size());
    return in_.substr(from, at_ - from);
  }
  void space() { at_ = std::min(in_.find_first_not_of(" \t\r\n", at_), in_.size()); }
  char here() const { return at_ < in_.size() ? in_[at_] : '>'; }

  void start_tag() {
    const auto from = at_++;
    const auto tag = split_name(name());
    attributes_.clear();
    for (space(); here() != '>' && here() != '/'; space()) {
      const auto written = split_name(name());
      space();
      ++at_;  // the equals sign
      space();
      if (at_ + 1 >= in_.size()) return;
      const auto end = until(in_.substr(at_, 1), at_ + 1);
      attributes_.push_back(
          {{}, written.prefix, written.local, in_.substr(at_ + 1, end - at_ - 1), false});
      at_ = end + 1;
    }
    const bool empty = here() == '/';
    at_ = until(">", at_) + 1;
    ++depth_;
    to_.open(tag, attributes_, from, at_ - from, true);
    if (empty) leave();
  }

  std::string_view in_;
  linter& to_;
  std::size_t at_ = 0, depth_ = 0;
  std::vector<lint_attribute> attributes_;
};

inline lint_report refused_by_lint(const refusal& why) {
  lint_report out;
  out.findings.push_back({lint_kind::refused, "message", why.at, explain(why)});
  out.counts[0] = 1;
  return out;
}

}  // namespace detail

/// What in a message, as an application wrote it, the strict pass refuses, or else what in it some
/// stack is known not to keep (protocol.md, lint.known). Findings are bounded; time and memory are
/// linear in the octets and bounded by the limits.
[[nodiscard]] inline lint_report lint(std::string_view message, const lint_options& with = {}) {
  canonicaliser strict(with.limits);
  if (!strict.read(message, with.scope)) return detail::refused_by_lint(strict.why());
  lint_report out;
  linter linting(with, out);
  detail::lint_lexer(message, linting).run();
  return out;
}

/// The same of a stack's tree; `with.scope` is what is declared above `root`. References and CDATA
/// sections cannot be seen in a tree, nor prefixes where it says namespaces itself.
template <xml_node N>
[[nodiscard]] lint_report lint_tree(const N& root, const lint_options& with = {}) {
  canonicaliser strict(with.limits);
  if (!strict.read_tree(root, with.scope)) return detail::refused_by_lint(strict.why());
  lint_report out;
  linter linting(with, out);
  std::vector<N> path;
  arena kept;
  std::size_t opened = 0;
  const auto enter = [&](const N& node) {
    const auto keep = [&](const node_name& n) {
      return node_name{kept.keep(n.space), kept.keep(n.prefix), kept.keep(n.local), n.resolved};
    };
    std::vector<lint_attribute> attributes;
    const auto tag = keep(node.name());
    node.attributes([&](const node_name& n, std::string_view value) {
      const auto name = keep(n);
      attributes.push_back({name.space, name.prefix, name.local, kept.keep(value), n.resolved});
      return true;
    });
    linting.open(tag, attributes, opened++, 0, false);
    path.push_back(node.first_child());
  };
  enter(root);
  while (!path.empty()) {
    if (path.back().kind() == node_kind::none) {
      linting.close();
      path.pop_back();
      if (!path.empty()) path.back() = path.back().next_sibling();
    } else if (path.back().kind() == node_kind::tag) {
      enter(N(path.back()));
    } else {
      linting.text(path.back().text(), opened - 1, false, false);
      path.back() = path.back().next_sibling();
    }
  }
  return out;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
