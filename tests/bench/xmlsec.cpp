// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// XML Signature: xmlsec verifies an enveloped HMAC-SHA-256 over the exclusive C14N of the stanza.
#include <libxml/parser.h>
#include <xmlsec/crypto.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/xmltree.h>

#include <memory>

#include "bench.hpp"

namespace {

const std::string signature_template =
    "<Signature xmlns='http://www.w3.org/2000/09/xmldsig#'><SignedInfo><CanonicalizationMethod "
    "Algorithm='http://www.w3.org/2001/10/xml-exc-c14n#'/><SignatureMethod "
    "Algorithm='http://www.w3.org/2001/04/xmldsig-more#hmac-sha256'/><Reference URI=''><Transforms>"
    "<Transform Algorithm='http://www.w3.org/2000/09/xmldsig#enveloped-signature'/><Transform "
    "Algorithm='http://www.w3.org/2001/10/xml-exc-c14n#'/></Transforms><DigestMethod "
    "Algorithm='http://www.w3.org/2001/04/xmlenc#sha256'/><DigestValue/></Reference></SignedInfo>"
    "<SignatureValue/></Signature>";

bool set_up() {
  static const bool good =
      xmlSecInit() == 0 && xmlSecCryptoAppInit(nullptr) == 0 && xmlSecCryptoInit() == 0;
  return good;
}

/// A parsed stanza and a context with the key; one operation.
class job {
 public:
  explicit job(const std::string& text)
      : document_(xmlReadMemory(text.data(), static_cast<int>(text.size()), nullptr, nullptr,
                                XML_PARSE_NONET | XML_PARSE_NOWARNING)),
        context_(xmlSecDSigCtxCreate(nullptr)) {
    if (document_ == nullptr || context_ == nullptr) bench::broken("xmlsec has no context");
    const auto& key = bench::preset_code();
    context_->signKey =
        xmlSecKeyReadMemory(xmlSecKeyDataHmacId, key.data(), static_cast<xmlSecSize>(key.size()));
    signature_ = xmlSecFindNode(xmlDocGetRootElement(document_), xmlSecNodeSignature, xmlSecDSigNs);
    if (context_->signKey == nullptr || signature_ == nullptr) bench::broken("xmlsec has no key");
  }
  job(const job&) = delete;
  ~job() {
    xmlSecDSigCtxDestroy(context_);
    xmlFreeDoc(document_);
  }

  std::string sign() {
    if (xmlSecDSigCtxSign(context_, signature_) != 0) bench::broken("xmlsec does not sign");
    xmlChar* out = nullptr;
    int size = 0;
    xmlDocDumpMemory(document_, &out, &size);
    std::string text(reinterpret_cast<const char*>(out), static_cast<std::size_t>(size));
    xmlFree(out);
    return text;
  }
  void verify() {
    if (xmlSecDSigCtxVerify(context_, signature_) != 0 ||
        context_->status != xmlSecDSigStatusSucceeded)
      bench::broken("xmlsec does not verify");
  }

 private:
  xmlDoc* document_;
  xmlSecDSigCtx* context_;
  xmlNode* signature_ = nullptr;
};

bench::operation verification(const std::string& stanza) {
  if (!set_up()) bench::broken("xmlsec does not start");
  const std::string open = stanza.substr(0, stanza.rfind("</message>"));
  auto text = std::make_shared<std::string>(job(open + signature_template + "</message>").sign());
  return [text] { job(*text).verify(); };
}

const bench::registered verify(41, "xmlsec, enveloped HMAC-SHA-256, verified", false, verification);

}  // namespace
