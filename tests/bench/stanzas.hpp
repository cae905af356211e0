// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_BENCH_STANZAS_HPP
#define VIDIMUS_TESTS_BENCH_STANZAS_HPP

#include <string>
#include <vector>

namespace bench {

struct stanza {
  std::string name;
  std::string text;
};

inline std::string base64_like(std::size_t size) {
  static const std::string digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (unsigned state = 1; out.size() < size;) {
    state = state * 1103515245u + 12345u;
    out += digits[(state >> 16) % digits.size()];
  }
  return out;
}

inline std::string words(std::size_t size) {
  static const std::string text =
      "The quick brown fox jumps over the lazy dog and has seen the chancery's seal. ";
  std::string out;
  while (out.size() < size) out += text;
  out.resize(size);
  return out;
}

// the filler makes the size exact
inline std::string sized(std::size_t size, const std::string& before, const std::string& after,
                         std::string (*filler)(std::size_t)) {
  return before + filler(size - before.size() - after.size()) + after;
}

inline std::string repeated(std::size_t size, const std::string& before, const std::string& unit,
                            const std::string& after) {
  std::string out = before;
  while (out.size() + unit.size() + after.size() + 20 <= size) out += unit;
  out += "<t>";
  return sized(size, out, "</t>" + after, words);
}

inline std::vector<stanza> stanzas() {
  const std::string open =
      "<message xmlns='jabber:client' to='bob@example.net/phone' from='alice@example.org/desk' "
      "id='f3b1c2' type='chat'>";
  const std::string hints =
      "<active xmlns='http://jabber.org/protocol/chatstates'/><request xmlns='urn:xmpp:receipts'/>"
      "<markable xmlns='urn:xmpp:chat-markers:0'/><origin-id xmlns='urn:xmpp:sid:0' "
      "id='de305d54-75b4-431b-adb2-eb6b9e546013'/><store xmlns='urn:xmpp:hints'/><reply "
      "xmlns='urn:xmpp:reply:0' to='bob@example.net/phone' id='9c2f'/><thread "
      "parent='7edac73ab41e45c4aafa7b2d7b749080'>e0ffe42b28561960c6b12b944a092794</thread>";
  const std::string keys = [] {
    std::string out = "<header sid='27183'>";
    for (int i = 0; i < 8; ++i)
      out += "<key rid='" + std::to_string(31415 + i) + "'>" + base64_like(180) + "</key>";
    return out + "<iv>" + base64_like(16) + "</iv></header>";
  }();
  const std::string paragraph =
      "<p style='margin:0'>The <em>quick</em> brown <strong>fox</strong> jumps &amp; <span "
      "style='color:#aa2244'>runs</span> over <a href='https://example.org/?a=1&amp;b=2'>the lazy "
      "dog</a>, twice.</p>";
  const std::string item =
      "<item id='7' name='n'><field var='a' type='b'><value>1</value></field></item>";
  return {
      {"tiny", sized(186, open + "<body>", "</body></message>", words)},
      {"chat", sized(793, open + "<body>", "</body>" + hints + "</message>", words)},
      {"encrypted",
       sized(2958, open + "<encrypted xmlns='urn:xmpp:omemo:2'>" + keys + "<payload>",
             "</payload></encrypted><store xmlns='urn:xmpp:hints'/></message>", base64_like)},
      {"xhtml", repeated(10000,
                         open + "<html xmlns='http://jabber.org/protocol/xhtml-im'><body "
                                "xmlns='http://www.w3.org/1999/xhtml'>",
                         paragraph, "</body></html></message>")},
      {"markup", repeated(65536, open + "<x xmlns='urn:example:x'>", item, "</x></message>")},
      {"base64",
       sized(65536, open + "<data xmlns='urn:example:data'>", "</data></message>", base64_like)},
  };
}

}  // namespace bench

#endif
