// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_SUPPORT_XML_SAMPLES_HPP
#define VIDIMUS_TESTS_SUPPORT_XML_SAMPLES_HPP

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Messages as information sets, drawn from a seed, and the many ways to write each.
namespace support {

struct sample {
  std::string space, local;                                               ///< of an element
  std::map<std::pair<std::string, std::string>, std::string> attributes;  ///< (namespace, local)
  std::vector<sample> nodes;
  std::string text;  ///< of a text node, whose local name is empty

  bool is_text() const { return local.empty(); }
};

class chance {
 public:
  explicit chance(unsigned seed) : engine_(seed) {}
  std::size_t below(std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(engine_);
  }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <class Range>
  const auto& of(const Range& range) {
    return range[below(std::size(range))];
  }

 private:
  std::mt19937 engine_;
};

inline const std::vector<std::string> sample_spaces{"urn:a", "urn:b",         "jabber:client",
                                                    "",      "jabber:server", "urn:quote'\"&<>"};
inline const std::vector<std::string> sample_names{
    "x", "y", "url", "body", "message", "\xc3\xa9t\xc3\xa9", "a.b-c"};

inline std::string sample_text(chance& c) {
  static const std::vector<std::string> parts{"a",
                                              "hello ",
                                              "&",
                                              "<",
                                              ">",
                                              "'",
                                              "\"",
                                              "]]>",
                                              "\n",
                                              "\t",
                                              " ",
                                              "\xc3\xa9",
                                              "\xe2\x82\xac",
                                              "\xf0\x9f\x98\x80",
                                              "]]",
                                              "&amp;",
                                              "long enough for bulk loops to run"};
  std::string out;
  for (std::size_t n = 1 + c.below(5); n > 0; --n) out += c.of(parts);
  return out;
}

inline std::string sample_value(chance& c) {
  auto out = c.one_in(6) ? std::string() : sample_text(c);
  std::replace_if(
      out.begin(), out.end(), [](char ch) { return ch == '\n' || ch == '\t'; }, ' ');
  return out;
}

inline sample sample_element(chance& c, std::size_t depth) {
  sample out;
  out.space = c.of(sample_spaces);
  out.local = c.of(sample_names);
  for (std::size_t n = c.below(4); n > 0; --n) {
    static const std::vector<std::string> spaces{
        "", "", "urn:a", "urn:p", "jabber:client", "http://www.w3.org/XML/1998/namespace"};
    out.attributes[{c.of(spaces), c.of(sample_names)}] = sample_value(c);
  }
  bool text_before = true;
  for (std::size_t n = depth == 0 ? 0 : c.below(4); n > 0; --n) {
    if (!text_before && c.one_in(2)) {
      out.nodes.push_back({{}, {}, {}, {}, c.one_in(3) ? " \n " : sample_text(c)});
      text_before = true;
    } else {
      out.nodes.push_back(sample_element(c, depth - 1));
      text_before = false;
    }
  }
  if (out.nodes.empty() && c.one_in(2)) out.nodes.push_back({{}, {}, {}, {}, sample_text(c)});
  return out;
}

/// Children of a message: core elements and payloads, grouped as no writer needs to.
inline std::vector<sample> sample_message(chance& c) {
  const std::string content = "jabber:client", xml = "http://www.w3.org/XML/1998/namespace";
  auto core = [&](const std::string& local, const std::string& text) {
    return sample{content, local, {}, {{{}, {}, {}, {}, "t" + text}}, {}};
  };
  std::vector<sample> out;
  if (!c.one_in(4)) out.push_back(core("body", sample_text(c)));
  if (!out.empty() && c.one_in(3)) {
    out.push_back(core("body", sample_text(c)));
    out.back().attributes[{xml, "lang"}] = c.one_in(2) ? "de" : "fr";
  }
  if (c.one_in(3)) out.push_back(core("subject", sample_text(c)));
  if (c.one_in(3)) {
    out.push_back(core("thread", sample_text(c)));
    if (c.one_in(2)) out.back().attributes[{"", "parent"}] = sample_value(c);
  }
  for (std::size_t n = c.below(4); n > 0; --n) {
    auto payload = sample_element(c, 3);
    bool content_space = payload.space.empty() || payload.space.find("jabber:") == 0;
    if (content_space) payload.space = content;
    if (!(content_space && payload.local == "body")) out.push_back(std::move(payload));
  }
  return out;
}

/// How to write: every choice is drawn.
class sample_writer {
 public:
  explicit sample_writer(chance& c) : c_(c) {}

  /// A whole message. `space` is the stream's default namespace, a content namespace.
  std::string message(std::vector<sample> children, const std::string& space) {
    shuffle_groups(children);
    std::string out = "<message";
    if (c_.one_in(2)) out += attribute("xmlns", space);
    out += attribute("to", "bob@example.org") + attribute("id", std::to_string(c_.below(1000)));
    if (c_.one_in(3)) out += " xmlns:unused='urn:unused'";
    out += ">";
    for (const auto& child : children) {
      if (c_.one_in(3)) out += " \n";
      out += element(child, space, space, true);
      if (c_.one_in(8)) out += "stray";
    }
    return out + "</message>" + (c_.one_in(4) ? "\n" : "");
  }

 private:
  // order across names is free, order within a name is not
  void shuffle_groups(std::vector<sample>& all) {
    for (std::size_t i = 0; i + 1 < all.size(); ++i)
      for (std::size_t j = 0; j + 1 < all.size(); ++j) {
        auto &a = all[j], &b = all[j + 1];
        bool same = a.space == b.space && a.local == b.local;
        bool core = a.space == "jabber:client" && a.local == "body";
        if ((!same || core) && c_.one_in(2)) std::swap(a, b);
      }
  }

  std::string space_in_tag() {
    static const std::vector<std::string> all{" ", " ", " ", "\n", "  ", "\t", "\r\n "};
    return c_.of(all);
  }

  std::string attribute(const std::string& name, const std::string& value) {
    const char quote = c_.one_in(2) ? '"' : '\'';
    std::string out = space_in_tag() + name + (c_.one_in(8) ? " = " : "=") + quote;
    for (std::size_t i = 0; i < value.size(); ++i) {
      const char ch = value[i];
      if (ch == '<')
        out += c_.one_in(2) ? "&lt;" : "&#x3c;";
      else if (ch == '&')
        out += c_.one_in(2) ? "&amp;" : "&#38;";
      else if (ch == quote)
        out += quote == '"' ? "&quot;" : "&#39;";
      else if (ch == ' ' && name.find("xmlns") != 0)
        out += blank_in_value();
      else
        out += ch;
    }
    return out + quote;
  }

  std::string blank_in_value() {
    static const std::vector<std::string> all{" ",     " ",          "\t",   "\n",   "&#9;",
                                              "&#10;", "&#13;&#10;", "\r\n", "&#xD;"};
    auto chosen = c_.of(all);
    // a line end that the next blank could complete would be one blank with it
    return chosen == "&#xD;" || chosen == "&#10;" ? " " : chosen;
  }

  std::string text(const std::string& value) {
    std::string out;
    for (std::size_t i = 0; i < value.size();) {
      std::size_t n = 1;
      while (i + n < value.size() && (static_cast<unsigned char>(value[i + n]) & 0xc0) == 0x80) ++n;
      out += character(value.substr(i, n));
      i += n;
    }
    return out;
  }

  std::string character(const std::string& ch) {
    if (ch == "\n") {
      static const std::vector<std::string> all{"\n", "&#10;", "\r\n", "\n", "&#xA;", "&#13;&#10;"};
      return c_.of(all);
    }
    bool section = c_.one_in(5);
    if (section) return "<![CDATA[" + ch + "]]>";
    if (ch == "<") return c_.one_in(2) ? "&lt;" : "&#60;";
    if (ch == "&") return c_.one_in(2) ? "&amp;" : "&#x26;";
    if (ch == ">") return c_.one_in(2) ? "&gt;" : "&#62;";
    if (ch == "\xe2\x82\xac" && c_.one_in(2)) return "&#x20AC;";
    if (ch == "\xf0\x9f\x98\x80" && c_.one_in(2)) return "&#x1F600;";
    return ch;
  }

  // `inherited`: default namespace here; `folds`: content namespaces still count as one
  std::string element(const sample& e, const std::string& inherited, const std::string& stream,
                      bool folds) {
    bool content = e.space.empty() || e.space.find("jabber:") == 0;
    bool folded = folds && content;
    std::string space = e.space;
    if (folded) {
      static const std::vector<std::string> any{"jabber:client", "jabber:server",
                                                "jabber:component:accept", ""};
      space = c_.one_in(3) ? c_.of(any) : stream;
    }
    std::vector<std::string> written;
    std::string prefix, inner = inherited;
    if (!space.empty() && c_.one_in(3)) {
      prefix = "p" + std::to_string(c_.below(3));
      written.push_back(attribute("xmlns:" + prefix, space));
    } else if (space != inherited || c_.one_in(4)) {
      written.push_back(attribute("xmlns", space));
      inner = space;
    }
    int made = 0;
    for (const auto& [name, value] : e.attributes) {
      std::string as = name.second;
      if (name.first == "http://www.w3.org/XML/1998/namespace") {
        as = "xml:" + as;
      } else if (!name.first.empty()) {
        auto p = "q" + std::to_string(made++);
        written.push_back(attribute("xmlns:" + p, name.first));
        as = p + ":" + as;
      }
      written.push_back(attribute(as, value));
    }
    for (std::size_t i = written.size(); i > 1; --i)
      std::swap(written[i - 1], written[c_.below(i)]);
    const std::string tag = prefix.empty() ? e.local : prefix + ":" + e.local;
    std::string out = "<" + tag;
    for (const auto& w : written) out += w;
    if (e.nodes.empty() && c_.one_in(2)) return out + (c_.one_in(3) ? " />" : "/>");
    out += ">";
    for (const auto& n : e.nodes)
      out += n.is_text() ? text(n.text) : element(n, inner, stream, folded);
    return out + "</" + tag + (c_.one_in(6) ? " >" : ">");
  }

  chance& c_;
};

}  // namespace support

#endif
