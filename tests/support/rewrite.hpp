// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// Writes well-formed stanzas anew, with other spelling and the same meaning.
#ifndef VIDIMUS_TESTS_SUPPORT_REWRITE_HPP
#define VIDIMUS_TESTS_SUPPORT_REWRITE_HPP

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vidimus/check/references.hpp"

namespace support {

/// Which spelling to change. Nothing but white space of tags changes with none of them.
struct rewrite_rules {
  bool declarations_first = false;  ///< in each tag, `xmlns` and `xmlns:p` before the others
  bool plain_tags = false;          ///< values in '"', with all five characters as references
  bool raw_astral = false;          ///< references above U+FFFF as the characters
  /// A text, references resolved: true if it is to be a CDATA section.
  std::function<bool(const std::string&)> to_section = nullptr;
};

namespace detail {

inline std::string resolved(std::string_view raw) {
  std::string out;
  const char *p = raw.data(), *end = p + raw.size();
  while (p != end) {
    auto ref = *p == '&' ? vidimus::read_reference(p, end) : vidimus::reference{};
    if (*p != '&' || ref.kind != vidimus::refusal_kind::none) {
      out += *p++;
      continue;
    }
    char octets[4];
    out.append(octets, vidimus::encode_utf8(ref.point, octets));
    p = ref.end;
  }
  return out;
}

inline std::string with_raw_astral(std::string_view raw) {
  std::string out;
  const char *p = raw.data(), *end = p + raw.size();
  while (p != end) {
    auto ref = *p == '&' ? vidimus::read_reference(p, end) : vidimus::reference{};
    if (*p != '&' || ref.kind != vidimus::refusal_kind::none || ref.point <= 0xffff) {
      out += *p++;
      continue;
    }
    char octets[4];
    out.append(octets, vidimus::encode_utf8(ref.point, octets));
    p = ref.end;
  }
  return out;
}

inline std::string escaped(std::string_view text) {
  static const std::string_view special = "&<>\"'";
  static const char* const written[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};
  std::string out;
  for (char c : text) {
    const auto at = special.find(c);
    if (at == std::string_view::npos)
      out += c;
    else
      out += written[at];
  }
  return out;
}

// what is between references stays as it is
inline std::string plain_value(std::string_view raw) {
  std::string out;
  for (char c : raw) out += c == '&' ? std::string(1, c) : escaped({&c, 1});
  return out;
}

inline std::string rewritten_tag(std::string_view tag, const rewrite_rules& rules) {
  const std::string_view blank = " \t\r\n";
  tag = tag.substr(1, tag.size() - 2);  // without < and >
  if (tag.front() == '/')
    return "<" + std::string(tag.substr(0, tag.find_last_not_of(blank) + 1)) + ">";
  const bool empty = tag.back() == '/';
  if (empty) tag.remove_suffix(1);
  auto cut = [&](std::size_t n) {
    auto out = tag.substr(0, n);
    tag.remove_prefix(out.size());
    tag.remove_prefix(std::min(tag.find_first_not_of(blank), tag.size()));
    return out;
  };
  std::string out = "<" + std::string(cut(tag.find_first_of(blank)));
  std::vector<std::pair<std::string, std::string>> all;
  while (!tag.empty()) {
    auto name = cut(tag.find_first_of(" \t\r\n="));
    cut(1);
    auto value = cut(tag.find(tag.front(), 1) + 1);
    auto raw = value.substr(1, value.size() - 2);
    std::string spelled(value);
    if (rules.raw_astral) spelled = value.front() + with_raw_astral(raw) + value.front();
    if (rules.plain_tags)
      spelled = '"' + plain_value(rules.raw_astral ? with_raw_astral(raw) : std::string(raw)) + '"';
    all.emplace_back(name, spelled);
  }
  if (rules.declarations_first)
    std::stable_partition(all.begin(), all.end(),
                          [](const auto& a) { return a.first.substr(0, 5) == "xmlns"; });
  for (const auto& [name, value] : all) out += " " + name + "=" + value;
  return out + (empty ? "/>" : ">");
}

inline std::size_t tag_size(std::string_view in) {
  char quote = 0;
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (quote != 0) {
      if (in[i] == quote) quote = 0;
    } else if (in[i] == '"' || in[i] == '\'') {
      quote = in[i];
    } else if (in[i] == '>') {
      return i + 1;
    }
  }
  return in.size();
}

}  // namespace detail

/// `in` is well-formed, without comments or instructions.
inline std::string rewritten(std::string_view in, const rewrite_rules& rules) {
  std::string out;
  std::size_t open = 0;
  while (!in.empty()) {
    if (in.substr(0, 9) == "<![CDATA[") {
      const auto end = in.find("]]>") + 3;
      out += in.substr(0, end);
      in.remove_prefix(end);
    } else if (in.front() == '<') {
      const auto end = detail::tag_size(in);
      if (in[1] == '/')
        --open;
      else if (in[end - 2] != '/')
        ++open;
      out += detail::rewritten_tag(in.substr(0, end), rules);
      in.remove_prefix(end);
    } else {
      const auto text = in.substr(0, in.find('<'));
      const auto meant = detail::resolved(text);
      if (open != 0 && rules.to_section && rules.to_section(meant))
        out += "<![CDATA[" + meant + "]]>";
      else
        out += rules.raw_astral ? detail::with_raw_astral(text) : std::string(text);
      in.remove_prefix(text.size());
    }
  }
  return out;
}

}  // namespace support

#endif
