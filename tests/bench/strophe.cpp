// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include <memory>
#include <vidimus/adapt/cryptopp.hpp>
#include <vidimus/adapt/strophe_node.hpp>

#include "bench.hpp"

namespace {

using namespace vidimus;

struct state {
  explicit state(const std::string& stanza)
      : context(xmpp_ctx_new(nullptr, nullptr)),
        tree(xmpp_stanza_new_from_string(context, stanza.c_str())) {}
  state(const state&) = delete;
  ~state() {
    if (tree != nullptr) xmpp_stanza_release(tree);
    xmpp_ctx_free(context);
  }

  canonicaliser reader;
  xmpp_ctx_t* context;
  xmpp_stanza_t* tree;
};

bench::operation by_tree(const std::string& stanza) {
  auto s = std::make_shared<state>(stanza);
  const auto key = cryptopp::derive(check_rule::hmac_sha_256_128, bench::preset_code(), {});
  return [s, key] {
    if (!s->reader.read_tree(strophe_place(s->tree))) bench::broken("a libstrophe tree is refused");
    const check_code out = key.code(*s->reader.content());
    bench::keep(&out);
  };
}

const bench::registered tree(31, "libstrophe tree at hand", false, by_tree);

}  // namespace
