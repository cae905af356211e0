// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include <gloox/parser.h>
#include <gloox/taghandler.h>

#include <memory>
#include <vidimus/adapt/cryptopp.hpp>
#include <vidimus/adapt/gloox_node.hpp>

#include "bench.hpp"

namespace {

using namespace vidimus;

struct state : gloox::TagHandler {
  explicit state(const std::string& stanza) {
    gloox::Parser parser(this);
    std::string text = "<stream:stream xmlns:stream='http://etherx.jabber.org/streams'>" + stanza;
    parser.feed(text);
  }
  void handleTag(gloox::Tag* tag) override {
    if (tag->name() == "message") tree.reset(tag->clone());
  }

  canonicaliser reader;
  std::unique_ptr<gloox::Tag> tree;
};

bench::operation by_tree(const std::string& stanza) {
  auto s = std::make_shared<state>(stanza);
  if (s->tree == nullptr) bench::broken("gloox does not parse");
  const auto key = cryptopp::derive(check_rule::hmac_sha_256_128, bench::preset_code(), {});
  return [s, key] {
    const gloox_tree texts(*s->tree);
    if (!s->reader.read_tree(gloox_place(texts, *s->tree)))
      bench::broken("a gloox tree is refused");
    const check_code out = key.code(*s->reader.content());
    bench::keep(&out);
  };
}

const bench::registered tree(32, "gloox tree at hand", true, by_tree);

}  // namespace
