// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_EXCHANGE_SVG_HPP
#define VIDIMUS_DOCS_EXAMPLES_EXCHANGE_SVG_HPP

#include <string>
#include <string_view>

namespace exchange::svg {

inline std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

/// Whole pixels and tenths, without a locale.
inline std::string px(double value) {
  const bool below = value < 0;
  const auto tenths = static_cast<long>((below ? -value : value) * 10 + 0.5);
  std::string out = (below && tenths != 0 ? "-" : "") + std::to_string(tenths / 10);
  if (tenths % 10 != 0) out += "." + std::to_string(tenths % 10);
  return out;
}

/// Appends ` name="value"`.
inline std::string attribute(std::string_view name, std::string_view value) {
  return " " + std::string(name) + "=\"" + escaped(value) + "\"";
}

struct point {
  double x = 0, y = 0;
};

inline std::string line(point a, point b, std::string_view css) {
  return "<line x1=\"" + px(a.x) + "\" y1=\"" + px(a.y) + "\" x2=\"" + px(b.x) + "\" y2=\"" +
         px(b.y) + "\"" + attribute("class", css) + "/>\n";
}

inline std::string rect(point at, double width, double height, double radius,
                        std::string_view css) {
  return "<rect x=\"" + px(at.x) + "\" y=\"" + px(at.y) + "\" width=\"" + px(width) +
         "\" height=\"" + px(height) + "\" rx=\"" + px(radius) + "\"" + attribute("class", css) +
         "/>\n";
}

inline std::string path(std::string_view data, std::string_view css) {
  return "<path" + attribute("d", data) + attribute("class", css) + "/>\n";
}

/// `anchor`: start, middle or end.
inline std::string text(point at, std::string_view words, std::string_view css,
                        std::string_view anchor = "start") {
  std::string out = "<text x=\"" + px(at.x) + "\" y=\"" + px(at.y) + "\"" + attribute("class", css);
  if (anchor != "start") out += attribute("text-anchor", anchor);
  return out + ">" + escaped(words) + "</text>\n";
}

/// Roughly how wide a text is in a sans-serif font of that size.
inline double width_of(std::string_view words, double size) {
  double out = 0;
  for (char c : words) {
    const auto u = static_cast<unsigned char>(c);
    if ((u & 0xc0) == 0x80) continue;  // within a UTF-8 sequence
    if (std::string_view(" .,:;'|!ijlt()").find(c) != std::string_view::npos)
      out += 0.31;
    else if (c == 'm' || c == 'w' || (c >= 'A' && c <= 'Z'))
      out += 0.72;
    else
      out += 0.565;
  }
  return out * size;
}

}  // namespace exchange::svg

#endif
