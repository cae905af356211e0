// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// The octet entry beside the tree of some stack: they say the same, or the stack lost something
// that is known and listed.
#ifndef VIDIMUS_TESTS_SUPPORT_TREES_HPP
#define VIDIMUS_TESTS_SUPPORT_TREES_HPP

#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "support/corpus.hpp"
#include "support/rewrite.hpp"
#include "support/xml_samples.hpp"
#include "vidimus/check/stanza.hpp"

namespace support {

/// Canonical octets, or why there are none.
struct reading {
  vidimus::octets canonical;
  vidimus::refusal_kind kind = vidimus::refusal_kind::none;
  bool refused() const { return kind != vidimus::refusal_kind::none; }
};

inline reading reading_of(vidimus::canonicaliser& from, bool good) {
  if (!good) return {{}, from.why().kind};
  auto out = from.content();
  if (!out) return {{}, out.error().kind};
  return {vidimus::octets(out->begin(), out->end())};
}

/// What a stanza has in it that a stack may lose.
struct traits {
  bool plain_lang = false;  ///< attribute `lang` in no namespace
  bool foreign = false;     ///< attribute in a namespace, but xml:lang
};

/// Collects traits of what is well-formed.
class traits_handler {
 public:
  vidimus::refusal_kind open(const vidimus::open_event& e) {
    for (const auto& a : e.attributes) {
      const bool language = a.space == vidimus::ns::xml && a.local == "lang";
      if (!a.space.empty() && !language) found.foreign = true;
      if (a.space.empty() && a.local == "lang") found.plain_lang = true;
    }
    return vidimus::refusal_kind::none;
  }
  vidimus::refusal_kind text(std::string_view) { return vidimus::refusal_kind::none; }
  vidimus::refusal_kind close() { return vidimus::refusal_kind::none; }
  std::string_view what() const { return {}; }

  traits found;
};

inline const vidimus::stream_scope& tree_scope() {
  static const std::vector<vidimus::prefix_binding> declared{
      {"stream", "http://etherx.jabber.org/streams"}, {"sp", "urn:example:stream-prefix"}};
  static const vidimus::stream_scope scope{"jabber:client", declared};
  return scope;
}

/// The stanza inside a stream that declares `tree_scope`.
inline std::string in_stream(const std::string& stanza) {
  return "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
         "xmlns:sp='urn:example:stream-prefix'>" +
         stanza + "</stream:stream>";
}

/// A spelling that the stack reads right: if what it made of a stanza differs, and what it makes of
/// the stanza spelled like this does not, then the difference comes of that spelling alone.
struct mend {
  std::string reason;
  rewrite_rules rules;
};

/// One comparison after the other; counts.
class tree_comparison {
 public:
  using tree_entry = std::function<reading(const std::string&)>;
  /// The name of the loss that explains a difference; empty: none does.
  using explanation =
      std::function<std::string(const traits&, const reading& octets, const reading& tree)>;

  tree_comparison(tree_entry tree, explanation why, std::vector<mend> mends = {})
      : tree_(std::move(tree)), why_(std::move(why)), mends_(std::move(mends)) {}

  void add(const std::string& stanza) {
    const auto a = of_octets(stanza);
    const auto b = tree_(stanza);
    if (a.refused() && b.refused()) return void(++both_refuse);
    if (same(a, b)) return void(++equal);
    explain(stanza, a, b);
  }

  /// What a server made of a stanza: the tree of what was received beside the octets sent.
  void add(const std::string& sent, const std::string& received) {
    const auto a = of_octets(sent), between = of_octets(received);
    if (!same(a, between)) return void(++changed_on_the_way);
    const auto b = tree_(received);
    if (same(a, b)) return void(++equal);
    explain(received, a, b);
  }

  void print(const char* stack, const char* what) const {
    std::printf("%s, %s: %d equal, %d refused by both, %d changed on the way\n", stack, what, equal,
                both_refuse, changed_on_the_way);
    for (const auto& [reason, count] : listed) std::printf("  %d: %s\n", count, reason.c_str());
    for (const auto& one : unlisted) std::printf("  NOT LISTED: %s\n", one.c_str());
  }

  int equal = 0, both_refuse = 0, changed_on_the_way = 0;
  std::map<std::string, int> listed;
  std::vector<std::string> unlisted;

 private:
  static std::string told(const reading& r) {
    return std::string(r.refused() ? vidimus::sentence(r.kind) : "read");
  }
  static bool same(const reading& a, const reading& b) {
    return !a.refused() && !b.refused() && a.canonical == b.canonical;
  }
  reading of_octets(const std::string& stanza) {
    return reading_of(octets_, octets_.read(stanza, tree_scope()));
  }

  void explain(const std::string& stanza, const reading& a, const reading& b) {
    traits_handler handler;
    vidimus::reading_limits wide;
    wide.depth = 1024;
    // of what is not well-formed the traits up to the fault
    (void)scanner_.scan(stanza, tree_scope(), wide, handler);
    auto reason = why_(handler.found, a, b);
    if (reason.empty() && !a.refused()) reason = mended(stanza, a);
    if (reason.empty())
      unlisted.push_back(told(a) + " / " + told(b) + ": " + stanza.substr(0, 600));
    else
      ++listed[reason];
  }

  // one mend alone, or all up to one
  std::string mended(const std::string& stanza, const reading& a) {
    for (const auto& m : mends_) {
      const auto text = rewritten(stanza, m.rules);
      if (!same(a, of_octets(text))) return {};  // the meaning was to stay
      if (same(a, tree_(text))) return m.reason;
    }
    std::string together = stanza, reason;
    for (const auto& m : mends_) {
      together = rewritten(together, m.rules);
      reason += (reason.empty() ? "" : " and ") + m.reason;
      if (same(a, of_octets(together)) && same(a, tree_(together))) return reason;
    }
    return {};
  }

  tree_entry tree_;
  explanation why_;
  std::vector<mend> mends_;
  vidimus::canonicaliser octets_;
  vidimus::scanner scanner_;
};

/// Each pair of the corpus between two sockets where the message arrived as such, not in a copy.
template <class Take>
void each_delivery(const corpus& all, Take take) {
  for (const auto& p : all.pairs) {
    auto has = [&](const char* part) { return p.path.find(part) != std::string::npos; };
    if (p.received == nullptr || p.path.back() == ']' || has("mam") || has("carbon")) continue;
    take(*p.sent, *p.received);
  }
}

/// The nodes of a sample without what a stack loses.
inline void simplify(std::vector<sample>& all, const std::function<void(sample&)>& change) {
  for (auto& one : all) {
    change(one);
    simplify(one.nodes, change);
  }
}

}  // namespace support

#endif
