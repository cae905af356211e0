// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// The usual way: libxml2 parses, exclusive C14N writes, OpenSSL computes the MAC.
#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <openssl/evp.h>

#include <array>
#include <memory>

#include "bench.hpp"

namespace {

/// OpenSSL's HMAC-SHA-256, keyed once.
class openssl_hmac {
 public:
  openssl_hmac() {
    EVP_MAC* mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    context_ = EVP_MAC_CTX_new(mac);
    EVP_MAC_free(mac);
    char name[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string("digest", name, 0),
                                     OSSL_PARAM_construct_end()};
    const auto& key = bench::preset_code();
    if (EVP_MAC_init(context_, key.data(), key.size(), parameters) != 1)
      bench::broken("OpenSSL does not take the key");
  }
  openssl_hmac(const openssl_hmac&) = delete;
  ~openssl_hmac() { EVP_MAC_CTX_free(context_); }

  void over(const unsigned char* data, std::size_t size) {
    std::array<unsigned char, 32> out;
    std::size_t got = 0;
    if (EVP_MAC_init(context_, nullptr, 0, nullptr) != 1 ||
        EVP_MAC_update(context_, data, size) != 1 ||
        EVP_MAC_final(context_, out.data(), &got, out.size()) != 1)
      bench::broken("OpenSSL computes no MAC");
    bench::keep(out.data());
  }

 private:
  EVP_MAC_CTX* context_;
};

bench::operation mac_alone(const std::string& stanza) {
  auto mac = std::make_shared<openssl_hmac>();
  return [mac, &stanza] { mac->over(vidimus::as_octets(stanza).data(), stanza.size()); };
}

bench::operation c14n(const std::string& stanza) {
  auto mac = std::make_shared<openssl_hmac>();
  return [mac, &stanza] {
    xmlDoc* document = xmlReadMemory(stanza.data(), static_cast<int>(stanza.size()), nullptr,
                                     nullptr, XML_PARSE_NONET | XML_PARSE_NOWARNING);
    if (document == nullptr) bench::broken("libxml2 does not parse");
    xmlChar* out = nullptr;
    const int size =
        xmlC14NDocDumpMemory(document, nullptr, XML_C14N_EXCLUSIVE_1_0, nullptr, 0, &out);
    if (size <= 0) bench::broken("libxml2 writes no C14N");
    mac->over(out, static_cast<std::size_t>(size));
    xmlFree(out);
    xmlFreeDoc(document);
  };
}

const bench::registered mac(1, "MAC alone: OpenSSL HMAC-SHA-256", false, mac_alone);
const bench::registered usual(40, "libxml2, exclusive C14N, OpenSSL HMAC", false, c14n);

}  // namespace
