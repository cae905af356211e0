// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_SUPPORT_TRANSIT_HPP
#define VIDIMUS_TESTS_SUPPORT_TRANSIT_HPP

#include <optional>

#include "vidimus/check/compute.hpp"
#include "vidimus/check/stanza.hpp"
#include "xml_samples.hpp"

/// A stanza under way: what it says, and how the last serialiser spells it.
namespace support {

using vidimus::ns::xml;

/// Each on its own, so that one row of the table is one change of spelling.
struct spelling {
  bool shuffle = false;  ///< attributes in any order
  bool double_quotes = false;
  bool entities = false;    ///< references and CDATA where none are needed
  bool open_empty = false;  ///< <x></x>
  bool prefixes = false;
  bool repeat_spaces = false;  ///< xmlns also where it is inherited
  bool loose_tags = false;     ///< white space in tags
  bool line_ends = false;      ///< CR LF, CR by reference; TAB and LF in values
  bool raw_greater = false;    ///< > as itself
  std::string space = "jabber:client";
};

struct transit {
  sample message;
  spelling how;
};

/// Builds the tree of a stanza.
class tree_builder {
 public:
  sample root;

  vidimus::refusal_kind open(const vidimus::open_event& e) {
    sample made{std::string(e.space), std::string(e.local), {}, {}, {}};
    for (const auto& a : e.attributes)
      made.attributes[{std::string(a.space), std::string(a.local)}] = a.value;
    if (open_.empty()) {
      root = std::move(made);
      open_.push_back(&root);
    } else {
      open_.back()->nodes.push_back(std::move(made));
      open_.push_back(&open_.back()->nodes.back());
    }
    return vidimus::refusal_kind::none;
  }
  vidimus::refusal_kind text(std::string_view piece) {
    auto& nodes = open_.back()->nodes;
    if (nodes.empty() || !nodes.back().is_text()) nodes.push_back({});
    nodes.back().text += piece;
    return vidimus::refusal_kind::none;
  }
  vidimus::refusal_kind close() {
    open_.pop_back();
    return vidimus::refusal_kind::none;
  }
  std::string_view what() const { return {}; }

 private:
  std::vector<sample*> open_;
};

/// Nothing if the strict pass refuses it.
inline std::optional<sample> tree_of(std::string_view stanza) {
  vidimus::scanner scanner;
  tree_builder builder;
  if (!scanner.scan(stanza, {}, {}, builder)) return std::nullopt;
  return std::move(builder.root);
}

/// Spells a stanza as asked; what is left open is drawn.
class transit_writer {
 public:
  transit_writer(const spelling& how, chance& c) : how_(how), c_(c) {}

  std::string write(const sample& message) {
    std::string out;
    element(out, message, "jabber:client", true);  // of the stream
    return out;
  }

 private:
  static bool content(std::string_view space) { return vidimus::is_content_namespace(space); }

  std::string gap() { return how_.loose_tags && c_.one_in(2) ? "\n\t " : " "; }

  void attribute(std::vector<std::string>& to, const std::string& name, std::string_view value) {
    const char quote = how_.double_quotes ? '"' : '\'';
    std::string out = gap() + name + (how_.loose_tags && c_.one_in(3) ? " = " : "=") + quote;
    const bool declares = name.substr(0, 5) == "xmlns";
    for (char ch : value) {
      if (ch == ' ' && how_.line_ends && !declares)
        out += c_.one_in(2) ? "\t" : c_.one_in(2) ? "&#10;" : "\n";
      else
        character(out, ch, quote, false);
    }
    to.push_back(out + quote);
  }

  void character(std::string& out, char ch, char quote, bool in_text) {
    const bool any = how_.entities && c_.one_in(3);
    if (ch == '<')
      out += any ? "&#x3C;" : "&lt;";
    else if (ch == '&')
      out += any ? "&#038;" : "&amp;";
    else if (ch == '>')
      out += how_.raw_greater && !in_text ? ">" : any ? "&#62;" : "&gt;";
    else if (ch == quote)
      out += quote == '"' ? "&quot;" : "&apos;";
    else if (any && ch > ' ' && ch < 0x7f)
      out.append("&#").append(std::to_string(static_cast<int>(ch))).append(";");
    else
      out += ch;
  }

  void text(std::string& out, std::string_view all) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      const char ch = all[i];
      const bool printable = ch >= ' ' && ch < 0x7f;
      if (ch == '\n' && how_.line_ends)
        out += c_.one_in(2) ? "\r\n" : "&#13;&#10;";
      else if (ch == '>' && how_.raw_greater && (i < 2 || all[i - 1] != ']'))
        out += '>';
      else if (how_.entities && printable && ch != '>' && ch != ']' && c_.one_in(4))
        out.append("<![CDATA[").append(1, ch).append("]]>");
      else
        character(out, ch, '\'', true);
    }
  }

  void element(std::string& out, const sample& e, const std::string& inherited, bool folds) {
    const bool folded = folds && content(e.space);
    const std::string space = folded ? how_.space : e.space;
    std::vector<std::string> written;
    std::string prefix, inner = inherited;
    const bool by_xml = space == xml;
    if (by_xml) {
      prefix = "xml:";
    } else if (how_.prefixes && !space.empty() && c_.one_in(2)) {
      prefix = "p" + std::to_string(c_.below(3));
      attribute(written, "xmlns:" + prefix, space);
      prefix += ':';
    } else if (space != inherited || how_.repeat_spaces) {
      attribute(written, "xmlns", space);
      inner = space;
    }
    int made = 0;
    for (const auto& [name, value] : e.attributes) {
      std::string as = name.second;
      if (name.first == xml) {
        as = "xml:" + as;
      } else if (!name.first.empty()) {
        const auto p = (how_.prefixes ? "other" : "ns") + std::to_string(++made);
        attribute(written, "xmlns:" + p, name.first);
        as = p + ":" + as;
      }
      attribute(written, as, value);
    }
    for (std::size_t i = written.size(); how_.shuffle && i > 1; --i)
      std::swap(written[i - 1], written[c_.below(i)]);
    out.append("<").append(prefix).append(e.local);
    for (const auto& one : written) out += one;
    if (how_.loose_tags) out += ' ';
    if (e.nodes.empty() && !how_.open_empty) return void(out += "/>");
    out += '>';
    for (const auto& n : e.nodes)
      if (n.is_text())
        text(out, n.text);
      else
        element(out, n, inner, folded);
    out.append("</").append(prefix).append(e.local).append(how_.loose_tags ? "\n>" : ">");
  }

  const spelling& how_;
  chance& c_;
};

/// All that a check code covers of a stanza, as octets: the canonical content, and the fields that
/// come from its start tag. Nothing if it is refused, or is no delivery by itself.
inline std::optional<vidimus::octets> covered_of(std::string_view stanza) {
  auto read = vidimus::read_stanza(stanza);
  if (!read || read->is_error || read->is_copy) return std::nullopt;
  const std::string from(vidimus::bare(read->from)), to(vidimus::bare(read->to));
  if (!vidimus::is_bare_address(from) || !vidimus::is_bare_address(to)) return std::nullopt;
  vidimus::check e;
  e.head.conversation = {vidimus::make_route(from, to, to), {}};
  const bool known = read->type == "chat" || read->type == "groupchat" || read->type == "headline";
  e.type = known ? read->type : "";
  vidimus::octets out;
  vidimus::covered::write_input(out, e, vidimus::purpose::submit);
  out.insert(out.end(), read->canonical.begin(), read->canonical.end());
  return out;
}

}  // namespace support

#endif
