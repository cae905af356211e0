// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_STROPHE_STANZA_HPP
#define VIDIMUS_ADAPT_STROPHE_STANZA_HPP

#include <strophe.h>

#include <memory>

#include "tree_writer.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Releases a stanza of libstrophe.
struct strophe_release {
  void operator()(xmpp_stanza_t* stanza) const { xmpp_stanza_release(stanza); }
};
using strophe_stanza = std::unique_ptr<xmpp_stanza_t, strophe_release>;

namespace detail {

class strophe_maker {
 public:
  explicit strophe_maker(xmpp_ctx_t* context) : context_(context) {}

  bool open(const std::string& name) {
    strophe_stanza made(xmpp_stanza_new(context_));
    if (!made || xmpp_stanza_set_name(made.get(), name.c_str()) != XMPP_EOK) return false;
    return place(std::move(made));
  }
  bool attribute(const std::string& name, const std::string& value) {
    return xmpp_stanza_set_attribute(open_.back(), name.c_str(), value.c_str()) == XMPP_EOK;
  }
  bool text(const std::string& value) {
    strophe_stanza made(xmpp_stanza_new(context_));
    return made &&
           xmpp_stanza_set_text_with_size(made.get(), value.data(), value.size()) == XMPP_EOK &&
           xmpp_stanza_add_child(open_.back(), made.get()) == XMPP_EOK;
  }
  bool close() {
    open_.pop_back();
    return true;
  }
  strophe_stanza root;

 private:
  bool place(strophe_stanza made) {
    xmpp_stanza_t* at = made.get();
    if (open_.empty())
      root = std::move(made);
    else if (xmpp_stanza_add_child(open_.back(), at) != XMPP_EOK)  // which shares it
      return false;
    open_.push_back(at);
    return true;
  }

  xmpp_ctx_t* context_;
  std::vector<xmpp_stanza_t*> open_;
};

}  // namespace detail

/// The tree of libstrophe for a stanza of ours, for `xmpp_send`; from the text that `stanza_text`
/// gives. Null: the text is no stanza, or there is no memory. libstrophe writes TAB, LF and CR as
/// they are, so the other side reads other white space, which counts as the same (protocol.md,
/// content.canonical). `xmpp_send_raw` with the text itself does as well and costs less.
inline strophe_stanza to_strophe(xmpp_ctx_t* context, std::string_view stanza) {
  detail::strophe_maker made(context);
  return make_tree(stanza, made) ? std::move(made.root) : nullptr;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
