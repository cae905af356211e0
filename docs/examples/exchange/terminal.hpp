// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_EXCHANGE_TERMINAL_HPP
#define VIDIMUS_DOCS_EXAMPLES_EXCHANGE_TERMINAL_HPP

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "trace.hpp"

namespace exchange {

/// Colours, where they are wanted.
class paint {
 public:
  explicit paint(std::FILE* to) {
    const char* no_color = std::getenv("NO_COLOR");
    const char* kind = std::getenv("TERM");
    on_ = isatty(fileno(to)) != 0 && (no_color == nullptr || *no_color == '\0') &&
          (kind == nullptr || std::string_view(kind) != "dumb");
  }

  std::string operator()(std::string_view code, std::string_view words) const {
    if (!on_ || code.empty()) return std::string(words);
    return "\x1b[" + std::string(code) + "m" + std::string(words) + "\x1b[0m";
  }
  static constexpr std::string_view code_of(tone how) {
    constexpr std::string_view codes[] = {"", "32", "31;1", "33", "2"};
    return codes[static_cast<std::size_t>(how)];
  }
  static constexpr std::string_view bold = "1", dim = "2", red = "31;1", green = "32";

 private:
  bool on_ = false;
};

/// Columns that a text takes: characters, not octets.
inline std::size_t columns_of(std::string_view text) {
  std::size_t out = 0;
  for (char c : text)
    if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) ++out;
  return out;
}
inline std::string padded(std::string text, std::size_t width) {
  const std::size_t has = columns_of(text);
  return text.append(width > has ? width - has : 0, ' ');
}
inline std::string repeated(std::string_view what, std::size_t times) {
  std::string out;
  while (times-- > 0) out += what;
  return out;
}

/// 1234567 as "1,234,567".
inline std::string grouped(std::uint64_t value) {
  std::string out = std::to_string(value);
  for (std::size_t at = out.size(); at > 3;) out.insert(at -= 3, ",");
  return out;
}
/// "1 cut", "2 cuts".
inline std::string counted(std::uint64_t count, std::string_view one) {
  return grouped(count) + " " + std::string(one) + (count == 1 ? "" : "s");
}
/// A ratio with two decimals.
inline std::string ratio(std::uint64_t a, std::uint64_t b) {
  const std::uint64_t hundredths = b == 0 ? 0 : (a * 100 + b / 2) / b;
  const std::string rest = std::to_string(100 + hundredths % 100).substr(1);
  return grouped(hundredths / 100) + "." + rest;
}

/// Hundredths as a percentage, without zeros that say nothing.
inline std::string percent_text(std::uint64_t hundredths) {
  std::string out = ratio(hundredths, 100);
  while (out.back() == '0') out.pop_back();
  if (out.back() == '.') out.pop_back();
  return out + " %";
}

/// How far a long run has come, on a terminal.
class progress {
 public:
  explicit progress(std::uint64_t of, bool wanted)
      : of_(of), on_(wanted && isatty(fileno(stderr)) != 0) {}
  ~progress() { hide(); }
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  /// Makes room for other lines.
  void hide() {
    if (std::exchange(shown_, false)) std::fprintf(stderr, "\r\x1b[K");
  }

  void at(std::uint64_t done) {
    const std::uint64_t thousandth = done * 1000 / of_;
    if (!on_ || (shown_ && thousandth == last_)) return;
    last_ = thousandth;
    shown_ = true;
    const auto cells = static_cast<std::size_t>(thousandth * 40 / 1000);
    std::fprintf(stderr, "\r  %s%s %3d.%d %%  %s of %s messages have their outcome ",
                 repeated("█", cells).c_str(), repeated("░", 40 - cells).c_str(),
                 static_cast<int>(thousandth / 10), static_cast<int>(thousandth % 10),
                 grouped(done).c_str(), grouped(of_).c_str());
    std::fflush(stderr);
  }

 private:
  std::uint64_t of_, last_ = 0;
  bool on_, shown_ = false;
};

}  // namespace exchange

#endif
