// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_GLOOX_TEXT_HPP
#define VIDIMUS_ADAPT_GLOOX_TEXT_HPP

#include <gloox/tag.h>

#include <map>
#include <string>
#include <vector>

#include "../check/characters.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// The texts of a gloox tree, each with its place among the elements. `gloox::Tag` has no way to
/// ask for that but `xml()`, which is called once, and only if some element has elements and text
/// that is more than white space. Refers to the tree, which must not change; one thread.
class gloox_tree {
 public:
  explicit gloox_tree(const gloox::Tag& root) {
    std::vector<const gloox::Tag*> order;  // as the start tags follow each other
    std::vector<const gloox::Tag*> ahead{&root};
    while (!ahead.empty()) {
      const auto* tag = ahead.back();
      ahead.pop_back();
      order.push_back(tag);
      const auto& children = tag->children();
      if (!children.empty() && !is_blank(tag->cdata())) mixed_[tag].resize(children.size() + 1);
      for (auto child = children.rbegin(); child != children.rend(); ++child)
        ahead.push_back(*child);
    }
    if (!mixed_.empty()) good_ = split(root.xml(), order);
  }
  gloox_tree(const gloox_tree&) = delete;
  gloox_tree& operator=(const gloox_tree&) = delete;

  /// False if gloox wrote something that is not the tree: it is not to be read.
  bool good() const noexcept { return good_; }

  /// The text before element `gap` of a tag, counted from 0; behind the last for their number.
  /// Valid until the next call.
  std::string_view text(const gloox::Tag& of, std::size_t gap) const {
    const auto found = mixed_.find(&of);
    if (found != mixed_.end()) return found->second[gap];
    if (gap != 0) return {};
    all_ = of.cdata();
    return all_;
  }

 private:
  struct level {
    std::vector<std::string>* texts;  // null: not mixed
    std::size_t gap;
  };

  // gloox writes '<' and '>' for markup only, and five references
  bool split(std::string_view xml, const std::vector<const gloox::Tag*>& order) {
    std::vector<level> open;
    std::size_t next = 0;
    while (!xml.empty()) {
      if (xml.front() != '<') {
        const auto text = xml.substr(0, xml.find('<'));
        if (open.empty() || !keep(text, open.back())) return false;
        xml.remove_prefix(text.size());
        continue;
      }
      const auto end = xml.find('>');
      if (end == std::string_view::npos || end < 2) return false;
      const bool leaves = xml[1] == '/', empty = xml[end - 1] == '/';
      if (!leaves) {
        if (next == order.size()) return false;
        const auto found = mixed_.find(order[next++]);
        open.push_back({found == mixed_.end() ? nullptr : &found->second, 0});
      }
      if (leaves || empty) {
        if (open.empty()) return false;
        open.pop_back();
        if (!open.empty()) ++open.back().gap;
      }
      xml.remove_prefix(end + 1);
    }
    return open.empty() && next == order.size();
  }

  static bool keep(std::string_view text, level& at) {
    if (at.texts == nullptr) return true;
    if (at.gap >= at.texts->size()) return false;
    auto& to = (*at.texts)[at.gap];
    while (!text.empty()) {
      const auto plain = text.substr(0, text.find('&'));
      to += plain;
      text.remove_prefix(plain.size());
      if (!text.empty() && !reference(text, to)) return false;
    }
    return true;
  }

  static bool reference(std::string_view& text, std::string& to) {
    struct entity {
      std::string_view written;
      char meant;
    };
    for (const auto& [written, meant] :
         {entity{"&amp;", '&'}, entity{"&lt;", '<'}, entity{"&gt;", '>'}, entity{"&apos;", '\''},
          entity{"&quot;", '"'}}) {
      if (text.substr(0, written.size()) != written) continue;
      to += meant;
      text.remove_prefix(written.size());
      return true;
    }
    return false;
  }

  std::map<const gloox::Tag*, std::vector<std::string>> mixed_;
  mutable std::string all_;
  bool good_ = true;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
