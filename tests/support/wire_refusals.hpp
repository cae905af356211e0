// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_SUPPORT_WIRE_REFUSALS_HPP
#define VIDIMUS_TESTS_SUPPORT_WIRE_REFUSALS_HPP

#include <string>
#include <string_view>
#include <vector>
#include <vidimus/model/elements.hpp>

/// Elements that are refused by their shape, each with what has to be said of it.
namespace support {

/// Who else refuses it: docs/vidimus.xsd, or XML by itself. A schema cannot say what depends on the
/// hop or the stanza, or relates two values (docs/protocol.md, section 17).
enum class also { schema, xml, nobody };

struct wire_refusal {
  std::string_view element;
  std::string attributes;  ///< lines "name=value"
  std::string text;
  std::string says;  ///< part of the sentence
  also refused_by = also::schema;
  vidimus::hop on = vidimus::hop::one;
};

/// Names and code, fit for every element of the first hop but sync's nonce.
inline const std::string wire_names =
    "k=k1\nc=AAAAAAAAAAAAAAAB\nm=AAAAAAAAAAAAAAAC\nd=bob@example.net\n"
    "v=AAAAAAAAAAAAAAAAAAAAAA\n";

/// Those names with a part of them replaced.
inline std::string wire_names_with(std::string_view part, std::string_view by) {
  std::string out = wire_names;
  return out.replace(out.find(part), part.size(), by);
}

inline std::string times(std::size_t n, const std::string& one) {
  std::string out;
  while (n-- > 0) out += one;
  return out;
}

inline void refused_attributes(std::vector<wire_refusal>& to) {
  const auto add = [&](std::string_view element, const std::string& more, std::string says,
                       also by = also::schema, std::string text = {},
                       vidimus::hop on = vidimus::hop::one) {
    to.push_back({element, wire_names + more, std::move(text), std::move(says), by, on});
  };
  add("cheque", "n=1\n", "no element of ours is called cheque");
  add("check", "", "attribute n: is missing");
  for (const char* n : {"0", "01", "9007199254740992", "-1", "1 ", "", "+1", "0x1"})
    add("check", "n=" + std::string(n) + "\n", "attribute n: ");
  add("check", "n=1\nz=1\n", "attribute z: has no meaning in check");
  add("check", "n=1\nxml:lang=en\n", "attribute xml:lang: has no meaning", also::xml);
  add("check", "n=1\nn=1\n", "attribute n: occurs twice", also::xml);
  add("check", "n=1\nr=md5\n", "the rule 'md5' is not known here");
  add("check", "n=1\nr=hmac-sha-256-128\n", "is what its absence says");
  for (const char* more : {"l=86400", "y=1"})
    add("check", "n=1\n" + std::string(more) + "\n", "is what its absence says");
  for (const char* more : {"t=chat", "o=alice@example.org", "s=relay.example.org"})
    add("check", "n=1\n" + std::string(more) + "\n", "is what its absence says", also::nobody);
  for (const char* more : {"l=0", "l=4294967296", "y=0", "t=error", "t=", "f=", "f=qc", "f=cc",
                           "f=z", "o=", "o=a/b", "o=a b"})
    add("check", "n=1\n" + std::string(more) + "\n", " is not ");
  add("check", "n=1\ns=\x01\n", " is not ", also::xml);
  add("check", "n=1\no=" + std::string(201, 'x') + "\n", "belongs in the text");
  add("check", "n=1\nw=2\n", "attribute w: has no meaning on the first hop", also::nobody);
  add("execute", "", "no meaning on the second hop", also::nobody, "1", vidimus::hop::two);
  add("sync", "q=AAAAAAAAAAAAAAAB\nf=c\n", "attribute f: 'c' is not e");
  add("sync", "", "attribute q: is missing");
  add("challenge", "p=check\n", "attribute p: ");
  add("receipt", "g=1\n", "attributes q and g", also::nobody);
  add("receipt", "q=AAAAAAAAAAAAAAAB\n", "attributes q and g", also::nobody);
  add("receipt", "q=AAAAAAAAAAAAAAAB\ng=2-1\n", "attribute g: ", also::nobody);
  add("receipt", "b=262144\n", "is what its absence says");
}

inline void refused_names(std::vector<wire_refusal>& to) {
  const auto add = [&](std::string_view part, std::string_view by, std::string says) {
    // where a reference may stand instead, a schema cannot say that it is missing
    to.push_back({"check",
                  wire_names_with(part, by) + "n=1\n",
                  {},
                  std::move(says),
                  by.empty() ? also::nobody : also::schema});
  };
  add("k=k1\n", "", "attribute k: is missing");
  add("k=k1", "k=", "attribute k: ");
  add("k=k1", "k=" + std::string(33, 'k'), "attribute k: ");
  add("c=AAAAAAAAAAAAAAAB\n", "", "attribute c: is missing");
  for (const char* c : {"AAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAA+",
                        "AAAAAAAAAAAAAAABAA", "AAAAAAAAAAAAAAA="})
    add("AAAAAAAAAAAAAAAB", c, "attribute c: ");
  add("m=AAAAAAAAAAAAAAAC\n", "", "attribute m: is missing");
  add("m=AAAAAAAAAAAAAAAC", "m=AAAAAAAAAAAAAAAA", "attribute m: ");
  for (const char* v : {"", "AAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAB", "AAAA"})
    add("v=AAAAAAAAAAAAAAAAAAAAAA", "v=" + std::string(v), "attribute v: ");
}

inline void refused_ranges(std::vector<wire_refusal>& to) {
  const auto add = [&](std::string_view element, std::string text, std::string says,
                       also by = also::schema) {
    to.push_back({element, wire_names, std::move(text), std::move(says), by});
  };
  for (const char* bad : {" 1", "1 ", "1  3", "0", "1-", "-1", "1-3-5", "01", "9007199254740992",
                          "x", "1,2", "1\t2", "1\n3", "1 a2"})
    add("execute", bad, "text: ");
  for (const char* bad : {"2-2", "2-1", "1 2", "3 1", "1-3 3", "x1 x2"})
    add("execute", bad, "text: ", also::nobody);
  add("execute", "x1 2", "text: ");
  add("withdraw", "1 x3", "text: 'x3' is not known in withdraw");
  std::string list = "1";
  for (int i = 1; i < 65; ++i) list += ' ' + std::to_string(2 * i + 1);
  add("execute", list, "beyond the 64 ranges");
  add("execute", std::string(32769, '1'), "more than 32768");
}

inline void refused_statuses(std::vector<wire_refusal>& to) {
  const auto add = [&](std::string text, also by = also::schema, std::string says = "text: ") {
    to.push_back({"receipt", wire_names, std::move(text), std::move(says), by});
  };
  const std::string b = "AAAAAAAAAAA", verdict = "a1/" + b + "/" + b;
  for (const char* bad : {"v1", "v1/AA", "x1/none", "x1/", "x1/whim", "r1", "r1/none", "r1/busy/0",
                          "r1/busy/4294967296", "r1/busy e3", "m1 r2/busy", "k1", "e1 e"})
    add(bad);
  for (const char* bad : {"e1 e2", "e2 d1", "e1-3 d3", "x1/late x2/late", "m1 m2"})
    add(bad, also::nobody);
  add("e1/" + b);
  add("a1/" + b);
  for (const char* end : {"/1", "/", ":", ":AAAAAAAAAA_"}) add(verdict + end);
  add(verdict + ":" + b + "A");
  add(verdict + ":" + b + "/2");
  add(verdict + ":" + times(33, b));
  add("a2/" + b + "/" + b + " " + verdict, also::nobody);
  std::string states = "e1";
  for (int i = 1; i < 65; ++i) states += " e" + std::to_string(2 * i + 1);
  add(states, also::schema, "beyond the 64 statuses");
}

inline void refused_coverages(std::vector<wire_refusal>& to) {
  const auto add = [&](std::string text, also by = also::schema, std::string says = "text: ") {
    to.push_back({"check", wire_names + "n=1\n", std::move(text), std::move(says), by});
  };
  for (const char* bad : {"{} {urn:x}a", "{urn:x}a {}", "{urn:x}", "{urn:x", "{a%21}c", "{a%2}c",
                          "{a%}c", "{}a", "{urn:x}1"})
    add(bad);
  for (const char* bad : {"{urn:x}b {urn:x}a", "{urn:x}a {urn:x}a", "{jabber:client}body",
                          "{urn:xmpp:hints}no-copy", "{jabber:server}x"})
    add(bad, also::nobody);
  add("x1", also::nobody, "on the first hop");
  add("O" + std::string(200, 'o'), also::nobody);
  std::string names;
  for (int i = 0; i < 65; ++i)
    names += (i == 0 ? "{urn:x}n" : " {urn:x}n") + std::to_string(10 + i);
  add(names, also::schema, "beyond the 64 names");
}

/// Of elements in brief form.
inline void refused_references(std::vector<wire_refusal>& to) {
  const auto add = [&](std::string_view element, const std::string& more, std::string says,
                       also by = also::schema, std::string text = {}) {
    to.push_back(
        {element, "v=AAAAAAAAAAAAAAAAAAAAAA\n" + more, std::move(text), std::move(says), by});
  };
  const std::string i = "i=AAAAAAAB\n";
  for (const char* bad : {"", "AAAAAAA", "AAAAAAAA", "AAAAAABB=", "AAAAAAABB", "AAAAAA+B"})
    add("check", "n=1\ni=" + std::string(bad) + "\n", "attribute i: ");
  for (const char* more :
       {"k=k1", "r=ed25519", "c=AAAAAAAAAAAAAAAB", "m=AAAAAAAAAAAAAAAC", "o=a@b", "d=a@b", "s=r"})
    add("check", i + "n=1\n" + std::string(more) + "\n", "has no meaning in check", also::nobody);
  add("check", i + "n=1\n", "text: ", also::nobody, "O" + std::string(201, 'o'));
  add("check", i + "n=1\ny=2\n", "no meaning in a resend or a snapshot", also::nobody);
  add("receipt", i + "q=AAAAAAAAAAAAAAAB\ng=1\n", "no meaning in a resend or a snapshot",
      also::nobody);
  add("receipt", i + "f=i\n", "i has no meaning in news", also::nobody);
  add("receipt", i + "f=ib\n", "letters of bi");
  for (const char* kind : {"withdraw", "challenge"})
    add(kind, i + "k=k1\nc=AAAAAAAAAAAAAAAB\nm=AAAAAAAAAAAAAAAC\nd=bob@example.net\n",
        "an element that says its header");
  add("sync", i + "q=AAAAAAAAAAAAAAAB\nk=k1\nc=AAAAAAAAAAAAAAAB\nd=bob@example.net\n",
      "an element that says its header");
}

inline std::vector<wire_refusal> wire_refusals() {
  std::vector<wire_refusal> out;
  refused_attributes(out);
  refused_names(out);
  refused_ranges(out);
  refused_statuses(out);
  refused_coverages(out);
  refused_references(out);
  return out;
}

}  // namespace support

#endif
