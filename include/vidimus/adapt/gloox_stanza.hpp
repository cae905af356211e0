// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_GLOOX_STANZA_HPP
#define VIDIMUS_ADAPT_GLOOX_STANZA_HPP

#include <gloox/tag.h>

#include <memory>

#include "tree_writer.hpp"

namespace vidimus::inline VIDIMUS_ABI {

namespace detail {

class gloox_maker {
 public:
  bool open(const std::string& name) {
    auto made = std::make_unique<gloox::Tag>(name);
    gloox::Tag* at = made.get();
    if (open_.empty())
      root = std::move(made);
    else
      open_.back()->addChild(made.release());
    open_.push_back(at);
    return true;
  }
  /// gloox has no attributes without a value, and no namespace without a name.
  bool attribute(const std::string& name, const std::string& value) {
    gloox::Tag& at = *open_.back();
    if (name == "xmlns") return at.setXmlns(value) && at.hasAttribute(name, value);
    if (name.starts_with("xmlns:")) return at.setXmlns(value, name.substr(6));
    return at.addAttribute(name, value) && at.hasAttribute(name, value);
  }
  bool text(const std::string& value) { return open_.back()->addCData(value); }
  bool close() {
    open_.pop_back();
    return true;
  }
  std::unique_ptr<gloox::Tag> root;

 private:
  std::vector<gloox::Tag*> open_;
};

}  // namespace detail

/// The tag of gloox for a stanza of ours, for `ClientBase::send(Tag*)`, which takes it over
/// (`release()`); from the text that `stanza_text` gives. Null: the text is no stanza, or has what
/// gloox cannot say: an attribute with an empty value, `xmlns=''`. Then
/// `ClientBase::send(const std::string&)` with the text itself does, which is protected: inherit
/// from `Client` to reach it (docs/examples/clients/gloox.hpp).
inline std::unique_ptr<gloox::Tag> to_gloox(std::string_view stanza) {
  detail::gloox_maker made;
  return make_tree(stanza, made) ? std::move(made.root) : nullptr;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
