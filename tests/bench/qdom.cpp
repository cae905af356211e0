// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include <QtXml/QDomDocument>
#include <memory>
#include <vidimus/adapt/cryptopp.hpp>
#include <vidimus/adapt/qdom_node.hpp>

#include "bench.hpp"

namespace {

using namespace vidimus;

struct state {
  canonicaliser reader;
  qdom_texts texts;
  QDomDocument document;
};

bench::operation by_tree(const std::string& stanza) {
  auto s = std::make_shared<state>();
  if (!s->document.setContent(QByteArray::fromStdString(stanza), true))
    bench::broken("Qt does not parse");
  const auto key = cryptopp::derive(check_rule::hmac_sha_256_128, bench::preset_code(), {});
  return [s, key] {
    if (!s->reader.read_tree(qdom_place(s->document.documentElement(), s->texts)))
      bench::broken("a Qt tree is refused");
    const check_code out = key.code(*s->reader.content());
    bench::keep(&out);
  };
}

const bench::registered tree(33, "Qt tree at hand", false, by_tree);

}  // namespace
