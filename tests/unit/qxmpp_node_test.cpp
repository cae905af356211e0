// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include <catch2/catch.hpp>

#include "support/bundle_trees.hpp"
#include "vidimus/adapt/qxmpp_stanza.hpp"

using namespace vidimus;

namespace {

std::string written(const std::string& stanza) {
  QByteArray out;
  QXmlStreamWriter writer(&out);
  qxmpp_stanza(stanza).toXml(&writer);
  return out.toStdString();
}

}  // namespace

TEST_CASE("QXmpp: a stanza made of text says the same") {
  const support::corpus all(VIDIMUS_TEST_DATA "/corpus");
  stanza_reader reader;
  int made = 0;
  auto check_one = [&](const std::string& stanza) {
    auto read = reader.read(stanza, support::tree_scope());
    if (!read) return;
    const std::string text = "<message to='a@b'>" + read->payload + "</message>";
    CHECK(*canonical_octets(written(text)) == read->canonical);
    ++made;
  };
  for (const auto& stanza : all.stanzas) check_one(stanza);
  CHECK(made > 150);
  for (unsigned seed = 0; seed < 500; ++seed) {
    support::chance c(seed);
    const auto message = support::sample_message(c);
    check_one(support::sample_writer(c).message(message, "jabber:client"));
  }
  CHECK(made > 600);
  check_one(
      "<message to='a@b'><body>\ufeffa</body><x xmlns='urn:x' a='\ufeffb'>\ufeff</x></message>");
  CHECK(written("<message>").empty());
  CHECK(written("<message/><message/>").empty());
}

TEST_CASE("QXmpp: a bundle can be made", "[bundle.split]") {
  for (const std::string& text : support::bundle_samples()) {
    CAPTURE(text);
    CHECK(support::bundle_by_octets(written(text)).all == support::bundle_by_octets(text).all);
  }
}
