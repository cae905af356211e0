// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_XML_WRITER_HPP
#define VIDIMUS_CHECK_XML_WRITER_HPP

#include <string>
#include <vector>

#include "../spec/names.hpp"
#include "events.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Where a text is going to stand.
enum class xml_place : std::uint8_t { text, attribute };

namespace detail {

/// What an octet is written as in a text (1), in an attribute (2), or in both (3): not as it is.
inline constexpr auto escaped_in = [] {
  std::array<std::uint8_t, 256> out{};
  for (unsigned char c : {'&', '<', '>', '"', '\'', '\r'}) out[c] = 3;
  for (unsigned char c : {'\t', '\n'}) out[c] = 2;
  return out;
}();

}  // namespace detail

/// Appends a text so that a strict parser gives back the same, whichever quotes stand around it.
/// Characters that XML does not allow are not looked for: the strict pass refuses them.
inline void append_escaped(std::string& out, std::string_view text, xml_place place) {
  const std::uint8_t here = place == xml_place::text ? 1 : 2;
  const char *p = text.data(), *const end = p + text.size();
  for (;;) {
    const char* const begin = p;
    while (p != end && (detail::escaped_in[static_cast<unsigned char>(*p)] & here) == 0) ++p;
    out.append(begin, p);
    if (p == end) return;
    switch (*p++) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&apos;"; break;
      case '\r': out += "&#xD;"; break;
      case '\t': out += "&#x9;"; break;
      default: out += "&#xA;"; break;
    }
  }
}

inline void append_attribute(std::string& out, std::string_view name, std::string_view value) {
  out += ' ';
  out.append(name).append("='", 2);
  append_escaped(out, value, xml_place::attribute);
  out += '\'';
}

/// Writes children of a message in the form that servers and libraries keep best: no prefixes, a
/// default namespace declared wherever the namespace changes, no CDATA, everything escaped. Only
/// an attribute of a namespace gets a prefix, declared on its element; `xml:` needs none.
/// What is written can stand in a message of any content namespace.
class xml_writer {
 public:
  explicit xml_writer(std::string& out) noexcept : out_(&out) {}

  /// The namespace and local name stay valid until the element is closed.
  void open(std::string_view space, std::string_view local,
            std::span<const xml_attribute> attributes) {
    end_tag();
    bool folds = is_content_namespace(space) && (open_.empty() || open_.back().folds);
    bool inherits = folds || (!open_.empty() && !open_.back().folds && open_.back().space == space);
    bool by_xml = space == ns::xml;  // may not be declared as a default
    out_->append(by_xml ? "<xml:" : "<").append(local);
    if (!inherits && !by_xml) append_attribute(*out_, "xmlns", space);
    unsigned made = 0;
    for (std::size_t i = 0; i < attributes.size(); ++i) {
      const auto& a = attributes[i];
      bool same = i != 0 && attributes[i - 1].space == a.space;
      attribute(a, !same, made);
    }
    open_.push_back({space, local, folds});
    in_tag_ = true;
  }

  void text(std::string_view piece) {
    if (piece.empty()) return;
    end_tag();
    append_escaped(*out_, piece, xml_place::text);
  }

  void close() {
    if (in_tag_)
      out_->append("/>");
    else
      out_->append(by_xml() ? "</xml:" : "</").append(open_.back().local).append(">");
    in_tag_ = false;
    open_.pop_back();
  }

 private:
  struct opened {
    std::string_view space, local;
    bool folds;
  };

  bool by_xml() const noexcept { return open_.back().space == ns::xml; }

  void end_tag() {
    if (in_tag_) *out_ += '>';
    in_tag_ = false;
  }

  // attributes of one namespace stand together, so its prefix is made at the first of them
  void attribute(const xml_attribute& a, bool first, unsigned& made) {
    std::string name;
    if (a.space == ns::xml) {
      name = "xml:";
    } else if (!a.space.empty()) {
      if (first) ++made;
      name = "ns" + std::to_string(made);
      if (first) append_attribute(*out_, "xmlns:" + name, a.space);
      name += ':';
    }
    append_attribute(*out_, name.append(a.local), a.value);
  }

  std::string* out_;
  std::vector<opened> open_;
  bool in_tag_ = false;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
