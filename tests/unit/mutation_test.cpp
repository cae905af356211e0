// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include <array>
#include <cstdio>
#include <map>
#include <numeric>
#include <utility>

#include "support/catch.hpp"
#include "support/corpus.hpp"
#include "vidimus/check/canonical.hpp"

using namespace vidimus;

namespace {

/// Why an octet may be another one and the canonical octets the same. Every rule is one of
/// docs/protocol.md, section 4; what none of them explains is a fault.
enum class rule : std::uint8_t {
  none,               ///< changes count, always
  message_attribute,  ///< 4.1: attributes of the message, as such
  message_text,       ///< 4.1: text directly in the message
  never_covered,      ///< 4.1: the list
  tag_space,          ///< white space in tags
  quote,              ///< one spelling of quotes is as good as the other
  prefix,             ///< 4.3, 1: prefixes and declarations
  folded_namespace,   ///< 4.3, 1: content namespaces count as one
  value_space,        ///< 4.3, 2: TAB, LF, CR and CR LF are one space
  line_end,           ///< 4.3, 3: CR LF and CR are LF
  reference,          ///< 4.3, 3: a character however it is spelled
  section,            ///< 4.3, 3: CDATA
  blank,              ///< 4.3, 3: nothing but white space is no text
  core_attribute,     ///< 4.3, 4: other attributes of core elements
  empty_core,         ///< 4.3, 4: one without text counts as absent
  count
};

constexpr std::array<std::string_view, static_cast<std::size_t>(rule::count)> rule_names{
    "none",       "message attribute", "message text",   "never covered", "space in tag", "quote",
    "prefix",     "content namespace", "space in value", "line end",      "reference",    "CDATA",
    "blank text", "core attribute",    "empty core"};

/// Finds for each octet of an accepted stanza the rule that may make a change of it meaningless.
class ruler {
 public:
  std::vector<rule> of(std::string_view in) {
    with_text_.clear();
    (void)pass(in);  // counts the core elements that have text
    return pass(in);
  }

 private:
  std::vector<rule> pass(std::string_view in) {
    in_ = in;
    counted_ = std::exchange(with_text_, {});
    scopes_.clear();

    rules_.assign(in.size(), rule::none);
    open_.clear();
    at_ = 0;
    while (at_ < in.size()) {
      if (in[at_] != '<')
        text();
      else if (in.substr(at_, 9) == "<![CDATA[")
        section();
      else if (in.substr(at_, 2) == "</")
        end_tag();
      else
        start_tag();
    }
    return rules_;
  }

  struct element {
    std::string_view local;
    std::string space;
    bool core = false, never = false;
    std::size_t from = 0;
    bool has_text = false, has_elements = false;
    std::vector<std::size_t> blanks;  // octets of runs of white space
  };

  void mark(std::size_t from, std::size_t end, rule as) {
    for (; from < end; ++from)
      if (rules_[from] == rule::none || as == rule::never_covered || as == rule::empty_core)
        rules_[from] = as;
  }
  bool in_never() const {
    for (const auto& e : open_)
      if (e.never) return true;
    return false;
  }

  void text() {
    const auto end = std::min(in_.find('<', at_), in_.size());
    const auto run = in_.substr(at_, end - at_);
    if (open_.size() < 2 || in_never()) {
      mark(at_, end, open_.size() < 2 ? rule::message_text : rule::never_covered);
    } else {
      if (is_blank(run))
        for (auto i = at_; i < end; ++i) open_.back().blanks.push_back(i);
      else
        open_.back().has_text = true;
      spellings(at_, end, rule::line_end);
    }
    at_ = end;
  }

  // references, and white space of which there are several spellings
  void spellings(std::size_t from, std::size_t end, rule space) {
    for (auto i = from; i < end; ++i) {
      const char c = in_[i];
      if (c == '\r' || c == '\n' || (space == rule::value_space && (c == ' ' || c == '\t')))
        mark(i, i + 1, space);
      if (c != '&') continue;
      const auto semicolon = std::min(in_.find(';', i), end - 1);
      mark(i, semicolon + 1, rule::reference);
    }
  }

  void section() {
    const auto end = std::min(in_.find("]]>", at_), in_.size() - 3) + 3;
    mark(at_, at_ + 9, rule::section);
    mark(end - 3, end, rule::section);
    spellings(at_ + 9, end - 3, rule::line_end);
    for (auto i = at_ + 9; i < end - 3; ++i)
      if (in_[i] == '&' || rules_[i] == rule::reference) rules_[i] = rule::none;
    if (!is_blank(in_.substr(at_ + 9, end - at_ - 12)) && !open_.empty())
      open_.back().has_text = true;
    at_ = end;
  }

  void end_tag() {
    const auto end = in_.find('>', at_) + 1;
    // `mark` keeps what the whole element says
    auto name_end = in_.find_first_of(" \t\r\n>", at_);
    mark(name_end, end - 1, rule::tag_space);
    at_ = end;
    leave();
    behind_tag();
  }

  // one more > behind a tag is text: directly in the message it is nobody's
  void behind_tag() {
    if (open_.size() == 1) mark(at_ - 1, at_, rule::message_text);
  }

  void leave() {
    const element done = open_.back();
    open_.pop_back();
    if (open_.empty()) return;
    if (done.never) mark(done.from, at_, rule::never_covered);
    if (done.core && !done.has_text) mark(done.from, at_, rule::empty_core);
    if (done.core && done.has_text) ++with_text_[std::string(done.local)];

    if (!done.has_text && !done.core)
      for (auto i : done.blanks) rules_[i] = rule::blank;
    open_.back().has_elements = true;
  }

  void start_tag() {
    element e;
    e.from = at_++;
    auto end = in_.find_first_of(" \t\r\n/>", at_);
    const auto name = in_.substr(at_, end - at_);
    const auto colon = name.find(':');
    if (colon != std::string_view::npos) mark(at_, at_ + colon + 1, rule::prefix);
    e.local = name.substr(colon == std::string_view::npos ? 0 : colon + 1);
    const auto prefix =
        colon == std::string_view::npos ? std::string_view{} : name.substr(0, colon);
    at_ = end;
    scopes_.resize(open_.size());
    scopes_.emplace_back(scopes_.empty() ? outer() : scopes_.back());
    struct written {
      std::size_t from, equals, value, end;
      std::string_view name;
    };
    std::vector<written> all;
    for (;;) {
      const auto gap = at_;
      at_ = in_.find_first_not_of(" \t\r\n", at_);
      mark(gap, at_, rule::tag_space);
      if (in_[at_] == '>' || in_[at_] == '/') break;
      written w;
      w.from = at_;
      w.equals = in_.find('=', at_);
      w.name = in_.substr(w.from, in_.find_first_of(" \t\r\n=", at_) - w.from);
      mark(w.from + w.name.size(), w.equals, rule::tag_space);
      w.value = in_.find_first_of("'\"", w.equals);
      mark(w.equals + 1, w.value, rule::tag_space);
      w.end = in_.find(in_[w.value], w.value + 1);
      if (w.name == "xmlns") scopes_.back()[""] = in_.substr(w.value + 1, w.end - w.value - 1);
      if (w.name.substr(0, 6) == "xmlns:")
        scopes_.back()[std::string(w.name.substr(6))] =
            in_.substr(w.value + 1, w.end - w.value - 1);
      all.push_back(w);
      at_ = w.end + 1;
    }
    const bool empty = in_[at_] == '/';
    at_ = in_.find('>', at_) + 1;
    e.space = scopes_.back()[std::string(prefix)];
    const bool child = open_.size() == 1, inside = in_never();
    e.core = child && is_core(fold(e.space), e.local);
    e.never = child && is_never_covered(fold(e.space), e.local);
    const bool core_tag = e.core;
    const bool thread = e.local == "thread";
    for (const auto& w : all) {
      if (inside || e.never) break;
      const bool declares = w.name.substr(0, 5) == "xmlns";
      mark(w.value, w.value + 1, rule::quote);
      mark(w.end, w.end + 1, rule::quote);
      if (open_.empty() && !declares) mark(w.from, w.end + 1, rule::message_attribute);
      if (declares && is_unused(w.name)) mark(w.from, w.end + 1, rule::prefix);
      if (w.name == "xmlns" && open_.empty()) mark(w.from, w.end + 1, rule::folded_namespace);
      const bool language = w.name == "xml:lang" && counted_[std::string(e.local)] > 1;
      if (core_tag && !(thread && w.name == "parent") && !language)
        mark(w.from, w.end + 1, rule::core_attribute);

      spellings(w.value + 1, w.end, rule::value_space);
    }
    open_.push_back(std::move(e));
    if (empty) leave();
    behind_tag();
  }

  // a declaration of a prefix that nothing bears
  bool is_unused(std::string_view name) const {
    if (name.size() < 7) return false;
    const std::string used = std::string(name.substr(6)) + ":";
    for (auto at = in_.find(used); at != std::string_view::npos; at = in_.find(used, at + 1))
      if (at == 0 || in_[at - 1] == '<' || in_[at - 1] == '/' || is_xml_space(in_[at - 1]))
        return false;
    return true;
  }

  static std::map<std::string, std::string> outer() { return {{"", "jabber:client"}}; }

  std::string_view in_;
  std::vector<rule> rules_;
  std::vector<element> open_;
  std::vector<std::map<std::string, std::string>> scopes_;

  std::map<std::string, std::size_t> with_text_, counted_;
  std::size_t at_ = 0;
};

struct tally {
  std::size_t tried = 0, refused = 0, changed = 0;
  std::array<std::size_t, static_cast<std::size_t>(rule::count)> survived{};
  std::size_t sensitive = 0, octets_seen = 0;  ///< octets no mutation of which survived
};

/// Mutations of one octet: each as a text, into `out`.
void mutations(const std::string& in, std::size_t at, std::vector<std::string>& out) {
  out.clear();
  const auto with = [&](char c) {
    if (c == in[at]) return;
    out.push_back(in);
    out.back()[at] = c;
  };
  for (unsigned bit = 0; bit < 8; ++bit)
    with(static_cast<char>(static_cast<unsigned char>(in[at]) ^ (1u << bit)));
  with(static_cast<char>(in[at] + 1));
  with(static_cast<char>(in[at] - 1));
  with(' ');
  with('\n');
  out.push_back(in);
  out.back().erase(at, 1);
  out.push_back(in);
  out.back().insert(at, 1, in[at]);
  if (at + 1 < in.size() && in[at] != in[at + 1]) {
    out.push_back(in);
    std::swap(out.back()[at], out.back()[at + 1]);
  }
}

/// The rule that explains why a mutation at an octet survived: of the octet, or of the next one if
/// the two were exchanged.
rule explanation(const std::vector<rule>& rules, std::size_t at, bool exchanged) {
  if (rules[at] != rule::none || !exchanged) return rules[at];
  return rules[at + 1];
}

void mutate(const std::string& stanza, std::size_t step, tally& to) {
  canonicaliser reader;
  if (!reader.read(stanza)) return;
  const auto view = *reader.content();
  const octets original(view.begin(), view.end());
  const auto rules = ruler().of(stanza);
  std::vector<std::string> all;
  for (std::size_t at = 0; at < stanza.size(); at += step) {
    mutations(stanza, at, all);
    bool sensitive = true;
    for (const auto& one : all) {
      ++to.tried;
      if (!reader.read(one)) {
        ++to.refused;
        continue;
      }
      const auto now = *reader.content();
      if (!std::equal(now.begin(), now.end(), original.begin(), original.end())) {
        ++to.changed;
        continue;
      }
      sensitive = false;
      const bool exchanged = at + 1 < stanza.size() && one.size() == stanza.size() &&
                             one[at] == stanza[at + 1] && one[at + 1] == stanza[at];
      const rule why = explanation(rules, at, exchanged);

      ++to.survived[static_cast<std::size_t>(why)];
      if (why == rule::none)
        FAIL_CHECK("at " << at << "\n" << stanza.substr(0, 1500) << "\n" << one.substr(0, 1500));
    }
    to.sensitive += sensitive ? 1 : 0;
    ++to.octets_seen;
  }
}

void print(const char* what, const tally& t) {
  std::printf("%s: %zu mutations of %zu octets: %zu refused, %zu changed what is covered\n", what,
              t.tried, t.octets_seen, t.refused, t.changed);
  for (std::size_t i = 0; i < t.survived.size(); ++i)
    if (t.survived[i] != 0)
      std::printf("  %-18s %zu\n", std::string(rule_names[i]).c_str(), t.survived[i]);
}

}  // namespace

TEST_CASE("every octet of every design counts, but for what a rule declares meaningless",
          "[content.canonical][content.strict][content.coverage]") {
  tally t;
  std::size_t small = 0;
  for (const auto& m : support::corpus_messages(VIDIMUS_TEST_DATA "/corpus")) {
    if (m.stanza.size() > 700) continue;
    ++small;
    mutate(m.stanza, 1, t);
  }
  print("designs", t);
  CHECK(small > 70);
  CHECK(t.survived[0] == 0);
  CHECK(t.sensitive * 3 > t.octets_seen);
  CHECK(t.tried == t.refused + t.changed +
                       std::accumulate(t.survived.begin(), t.survived.end(), std::size_t{0}));
}

TEST_CASE("so do sampled octets of large designs and of stanzas that servers delivered",
          "[content.canonical][content.strict][content.coverage]") {
  tally t;
  for (const auto& m : support::corpus_messages(VIDIMUS_TEST_DATA "/corpus"))
    if (m.stanza.size() > 700) mutate(m.stanza, 1 + m.stanza.size() / 61, t);
  const support::corpus all(VIDIMUS_TEST_DATA "/corpus");
  for (std::size_t i = 0; i < all.stanzas.size(); i += 13) {
    const auto& stanza = all.stanzas[i];
    if (stanza.size() < 20'000) mutate(stanza, 7 + stanza.size() / 97, t);
  }
  print("stanzas", t);
  CHECK(t.survived[0] == 0);
  CHECK(t.octets_seen > 10'000);
}
