// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_RENDER_HPP
#define VIDIMUS_CHECK_RENDER_HPP

#include "decode.hpp"
#include "xml_writer.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Writes decoded content as children of a message.
class render_handler {
 public:
  explicit render_handler(std::string& out) : writer_(out) {}

  void mode(bool) {}
  void group(const content_group& g) {
    group_ = g;
    depth_ = 0;
  }
  void open(const open_event& e) {
    bool lang = depth_++ == 0 && group_.language;
    const xml_attribute language{ns::xml, "lang", group_.language.value_or("")};
    if (lang)
      writer_.open(e.space, e.local, {&language, 1});
    else
      writer_.open(e.space, e.local, e.attributes);
  }
  void text(std::string_view run) { writer_.text(run); }
  void close() {
    --depth_;
    writer_.close();
  }

 private:
  xml_writer writer_;
  content_group group_;
  std::size_t depth_ = 0;
};

/// Canonical octets as XML that can stand in a message: reading it under the same coverage gives
/// the same octets. For an application that wants verified text, and nothing else, in its own
/// parser. Nothing if the octets are not canonical content.
inline std::optional<std::string> render(octets_view canonical, const reading_limits& limits = {}) {
  std::string out;
  render_handler handler(out);
  if (!decode_content(canonical, handler, limits)) return std::nullopt;
  return out;
}

/// Writes decoded content for a person: a line a thing, indented by depth.
class dump_handler {
 public:
  explicit dump_handler(std::string& out) : out_(out) {}

  void mode(bool listed) { out_ += listed ? "content, listed\n" : "content, default\n"; }
  void group(const content_group& g) {
    depth_ = 1;
    indent();
    out_.append("{").append(g.space).append("}").append(g.local);
    if (g.language) out_.append(" [").append(*g.language).append("]");
    out_.append(" x ").append(std::to_string(g.count)).append("\n");
  }
  void open(const open_event& e) {
    ++depth_;
    indent();
    out_.append("{").append(e.space).append("}").append(e.local).append("\n");
    for (const auto& a : e.attributes) {
      indent();
      out_.append("  @");
      if (!a.space.empty()) out_.append("{").append(a.space).append("}");
      quoted(out_.append(a.local).append(" = "), a.value);
    }
  }
  void text(std::string_view run) {
    indent();
    quoted(out_.append("  "), run);
  }
  void close() { --depth_; }

 private:
  void indent() { out_.append(2 * depth_, ' '); }

  static void quoted(std::string& out, std::string_view text) {
    out += '"';
    for (char c : text) {
      if (c == '\n')
        out += "\\n";
      else if (c == '"' || c == '\\')
        (out += '\\') += c;
      else
        out += c;
    }
    out += "\"\n";
  }

  std::string& out_;
  std::size_t depth_ = 0;
};

/// Canonical octets as text for tests and tools. Says so if they are not canonical content.
inline std::string dump(octets_view canonical, const reading_limits& limits = {}) {
  std::string out;
  dump_handler handler(out);
  if (!decode_content(canonical, handler, limits)) out = "not canonical content\n";
  return out;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
