// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// Bundles in the tree of some stack beside the octets: the same messages, or the same refusal.
#ifndef VIDIMUS_TESTS_SUPPORT_BUNDLE_TREES_HPP
#define VIDIMUS_TESTS_SUPPORT_BUNDLE_TREES_HPP

#include <string>
#include <tuple>
#include <vector>

#include "support/trees.hpp"
#include "vidimus/check/bundle.hpp"

namespace support {

/// What is said of one message: why it was refused; else what it holds, and what kind it is.
using said_of_one = std::tuple<vidimus::refusal_kind, vidimus::octets, std::string, bool, bool>;

/// Takes what a reader of bundles gives.
struct bundle_said {
  std::vector<said_of_one> all;
  void operator()(const vidimus::result<vidimus::stanza, vidimus::refusal>& one) {
    if (!one) return void(all.emplace_back(one.error().kind, vidimus::octets(), "", false, false));
    all.emplace_back(vidimus::refusal_kind::none, one->canonical,
                     one->from + ' ' + one->to + ' ' + one->id + ' ' + one->type + ' ' +
                         (one->own ? one->own->name + one->own->text : ""),
                     one->is_error || one->is_copy, one->bundled);
  }
};

inline bundle_said bundle_by_octets(std::string_view text) {
  vidimus::bundle_reader reader;
  bundle_said said;
  reader.read(text, tree_scope(), vidimus::default_coverage{}, [&](const auto& one) { said(one); });
  return said;
}

/// Bundles of every kind, lawful or not.
inline std::vector<std::string> bundle_samples() {
  const std::string one =
      "<message xmlns='jabber:client' type='chat' id='m1'><body>one</body>"
      "<check xmlns='urn:vidimus:0' k='a'>x 1-2</check></message>";
  const std::string two =
      "<message xmlns='jabber:client'><subject>two</subject><x xmlns='urn:x' a='1'>&lt;<y/></x>"
      "</message>";
  const std::string bad = "<message xmlns='jabber:client'><body>a</body><body>b</body></message>";
  const std::string open = "<bundle xmlns='urn:vidimus:0'>", close = "</bundle>";
  const auto in = [&](const std::string& inside, const std::string& beside = {},
                      const std::string& more = {}) {
    return "<message from='a@example.org/x' to='b@example.net'" + more + ">" + open + inside +
           close + beside + "</message>";
  };
  std::string most;
  for (std::size_t i = 0; i < vidimus::bundle_messages_max; ++i) most += two;
  return {
      in(one + two),
      in(two + bad + one),
      in(most),
      in(one, "<no-copy xmlns='urn:xmpp:hints'/>"),
      in(one + two, "<error type='cancel'/>", " type='error'"),
      in(one, "<sent xmlns='urn:xmpp:carbons:2'/>"),
      "<message from='a@example.org'><body>a bundle</body><bundle xmlns='urn:other'/></message>",
      in(""),
      in(most + one),
      in(one + "x"),
      in(one + "<presence xmlns='jabber:client'/>"),
      in("<message/>"),
      in("<message xmlns='jabber:client' from='c@example.org'/>"),
      in(open + one + close),
      in("<message xmlns='jabber:client'>" + open + one + close + "</message>"),
      in(one, "<check xmlns='urn:vidimus:0'/>"),
  };
}

}  // namespace support

#endif
