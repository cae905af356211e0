// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "messages.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <vidimus/adapt/xmpp_text.hpp>

#include "support/corpus.hpp"

namespace real {

namespace {

/// The end of the start tag: its '>' or the '/' before it.
std::size_t end_of_start(const std::string& stanza) {
  char quote = 0;
  for (std::size_t i = 0; i < stanza.size(); ++i) {
    const char c = stanza[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '>') {
      return i > 0 && stanza[i - 1] == '/' ? i - 1 : i;
    }
  }
  return stanza.size();
}

std::string body_of(std::mt19937_64& chance) {
  static const std::array<std::string_view, 24> words{"a",
                                                      "Hello",
                                                      " ",
                                                      "  ",
                                                      "\n",
                                                      "\t",
                                                      "<&>\"'",
                                                      "]]>",
                                                      "\u00e9",
                                                      "e\u0301",
                                                      "\u4f60\u597d",
                                                      "\U0001F600",
                                                      "\u202e",
                                                      "\u00a0",
                                                      "\u05e9\u05dc\u05d5\u05dd",
                                                      "\ufffd",
                                                      "12345",
                                                      "true",
                                                      "http://example.org/?a=b&c=d",
                                                      "-",
                                                      "\u200b",
                                                      "\U0001F468\u200d\U0001F469",
                                                      "%20",
                                                      "0.10"};
  std::string out = "<message type='chat'><body>x";
  const std::size_t count = 1 + (chance() % 12 == 0 ? chance() % 4000 : chance() % 30);
  for (std::size_t i = 0; i < count; ++i)
    vidimus::append_escaped(out, words[chance() % words.size()], vidimus::xml_place::text);
  return out + "y</body></message>";
}

}  // namespace

std::string addressed(const std::string& stanza, const std::string& to) {
  std::string head = stanza.substr(0, end_of_start(stanza));
  const std::string rest = stanza.substr(head.size());
  for (std::size_t at = 0; (at = head.find("to", at)) != std::string::npos; ++at) {
    const auto sign = head.find_first_not_of(" \t\r\n", at + 2);
    const bool is_it =
        at > 0 && std::string_view(" \t\r\n").find(head[at - 1]) != std::string::npos;
    if (!is_it || sign == std::string::npos || head[sign] != '=') continue;
    const auto quote = head.find_first_of("'\"", sign);
    const auto end = head.find(head[quote], quote + 1);
    head.erase(at, end + 1 - at);
    break;
  }
  return head + " to='" + to + "'" + rest;
}

designs all_designs(std::size_t own, unsigned long long seed) {
  const std::string folder = VIDIMUS_TEST_DATA "/corpus";
  std::map<std::string, std::string> once;
  const support::corpus corpus(folder);
  for (const auto& pair : corpus.pairs)
    if (pair.sent_space == "jabber:client") once.emplace(pair.name, *pair.sent);
  for (const auto& one : support::corpus_messages(folder)) once.emplace(one.name, one.stanza);
  std::mt19937_64 chance(seed);
  for (std::size_t i = 0; i < own; ++i) once.emplace("own " + std::to_string(i), body_of(chance));

  designs out;
  for (const auto& [name, stanza] : once) {
    const auto composed = vidimus::compose(addressed(stanza, "bob@localhost"));
    if (!composed) {
      out.refused.push_back({name, composed.error().what});
      continue;
    }
    const std::string& payload = *composed->body.whole;
    const bool beyond = std::any_of(payload.begin(), payload.end(),
                                    [](char c) { return static_cast<unsigned char>(c) > 127; });
    out.all.push_back({name, stanza, payload, beyond});
  }
  return out;
}

}  // namespace real
