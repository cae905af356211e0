// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_TOOLS_INSPECT_INPUT_HPP
#define VIDIMUS_DOCS_TOOLS_INSPECT_INPUT_HPP

#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <vidimus/adapt/pugixml.hpp>
#include <vidimus/check/lint.hpp>
#include <vidimus/check/render.hpp>

#include "options.hpp"

namespace inspect {

/// All octets of a file; of standard input for "-" and for none.
inline std::string octets_of_file(const std::string& name) {
  if (name.empty() || name == "-")
    return {std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
  std::ifstream in(name, std::ios::binary);
  if (!in) throw usage_error{"cannot read " + name};
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// What stands between NULs; one at the very end ends the last piece and begins none.
inline std::vector<std::string> pieces_of(const std::string& all) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = std::min(all.find('\0', at), all.size());
    out.push_back(all.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

/// What the stream around the stanzas declares: `--space NAMESPACE`, `--declare PREFIX=NAMESPACE`.
/// The prefix "stream" is declared in every stream (RFC 6120 section 4.8.5); to say it again, or
/// anything twice, changes nothing.
class surroundings {
 public:
  explicit surroundings(const options& from) : space_(from.text("--space")) {
    texts_.emplace_back("stream", "http://etherx.jabber.org/streams");
    for (const std::string& word : from.all("--declare")) {
      const auto equals = word.find('=');
      if (equals == std::string::npos || equals == 0)
        throw usage_error{"--declare: '" + word + "' is not PREFIX=NAMESPACE"};
      declare(word.substr(0, equals), word.substr(equals + 1));
    }
    for (const auto& [prefix, space] : texts_) bindings_.push_back({prefix, space});
  }
  surroundings(const surroundings&) = delete;

  stream_scope scope() const { return {space_, bindings_}; }

 private:
  void declare(std::string prefix, std::string space) {
    for (const auto& [known, as] : texts_) {
      if (known != prefix) continue;
      if (as == space) return;
      throw usage_error{"--declare: '" + prefix + "' is declared as '" + as + "' already"};
    }
    texts_.emplace_back(std::move(prefix), std::move(space));
  }

  std::string space_;
  std::vector<std::pair<std::string, std::string>> texts_;
  std::vector<prefix_binding> bindings_;
};

/// Reads stanzas as the options say, `--inner`: the message inside a carbon or an archived result.
class stanza_source {
 public:
  explicit stanza_source(const options& from)
      : around_(from), cover_(coverage_in(from)), inner_(from.has("--inner")) {}

  const coverage& cover() const { return cover_; }
  lint_options linting() const { return {around_.scope(), {}, {}}; }
  const message_head& head() const { return reader_.head(); }
  flat_element own() const { return reader_.own(); }

  /// Canonical octets, valid until the next call; or why the stanza is refused.
  result<octets_view, refusal> read(const std::string& stanza) {
    if (inner_) return read_inner(stanza);
    if (!reader_.read(stanza, around_.scope())) return reader_.why();
    return reader_.content(cover_);
  }

 private:
  result<octets_view, refusal> read_inner(const std::string& stanza) {
    const refusal why = parse_strict(stanza, document_, around_.scope());
    if (why.kind != refusal_kind::none) return why;
    const auto root = document_.document_element();
    auto inside = root.find_node([&](pugi::xml_node one) {
      return one != root && split_name(one.name()).local == "message";
    });
    if (!inside) inside = root;
    const pugi_scope scope(inside, around_.scope());
    if (!reader_.read_tree(pugi_place(inside), scope.view())) return reader_.why();
    return reader_.content(cover_);
  }

  surroundings around_;
  coverage cover_;
  bool inner_;
  canonicaliser reader_;
  pugi::xml_document document_;
};

/// Text with everything that is no printable ASCII written as \n, \t, \r or \xHH, in quotes.
inline std::string quoted(std::string_view text) {
  std::ostringstream out;
  out << '"';
  for (const char one : text) {
    const auto value = static_cast<unsigned char>(one);
    if (one == '"' || one == '\\')
      out << '\\' << one;
    else if (one == '\n')
      out << "\\n";
    else if (one == '\r')
      out << "\\r";
    else if (one == '\t')
      out << "\\t";
    else if (value < 0x20 || value == 0x7f)
      out << "\\x" << to_hex({&value, 1});
    else
      out << one;
  }
  return out.str() + '"';
}

}  // namespace inspect

#endif
