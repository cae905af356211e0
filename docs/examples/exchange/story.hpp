// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_EXCHANGE_STORY_HPP
#define VIDIMUS_DOCS_EXAMPLES_EXCHANGE_STORY_HPP

#include <array>

#include "terminal.hpp"

namespace exchange {

/// The steps of the first messages, a line each, as they happen: the time, the step, three lanes
/// with what is on its way between them, and in words what it means.
///
///     0.131 s  S1  │─ check #1 ─────────────▶│                         │  code 5f0c1e77
class story {
 public:
  explicit story(const paint& colours) : paint_(colours) {}

  void begin() {
    std::printf("%s\n", paint_(paint::bold, std::string(left, ' ') + padded("sender", gap - 1) +
                                                padded("server", gap) + "receiver")
                            .c_str());
  }

  void tell(const trace& all, const moment& m) {
    if (m.is == what::arrives) return;
    const auto passed = (m.at - before_).count;
    if (told_ && passed >= 1000) {
      const std::string later = seconds_text(passed, 1) + " later";
      std::printf("%s\n",
                  paint_(paint::dim, padded("", left) + row({"┊", "┊", "┊"}) + later).c_str());
    }
    before_ = m.at;
    told_ = true;
    if (m.is == what::departs) return departure(all.legs[m.by_leg], m);
    std::array<std::string, 3> marks{"│", "│", "│"};
    std::array<std::string, 2> gaps;
    if (m.is == what::cut || m.is == what::mended) {
      gaps[m.hop_one ? 0 : 1] = m.is == what::cut ? repeated("╳", gap) : repeated("·", gap);
    } else {
      const std::string_view mark = m.is == what::died ? "†" : m.how == tone::bad ? "✗" : "●";
      marks[static_cast<std::size_t>(m.who)] = paint_(paint::code_of(m.how), mark);
    }
    line(m, row(marks, gaps), m.detail.empty() ? m.text : m.detail, m.how);
  }

 private:
  static constexpr std::size_t left = 16, gap = 25;

  void line(const moment& m, const std::string& picture, const std::string& words, tone how) {
    const std::string time = seconds_text(m.at.at);
    std::printf("%s  %s%s%s\n",
                paint_(paint::dim, std::string(time.size() < 10 ? 10 - time.size() : 0, ' ') + time)
                    .c_str(),
                paint_(paint::bold, padded(m.step, 4)).c_str(), picture.c_str(),
                paint_(paint::code_of(how), words).c_str());
  }

  static std::string row(const std::array<std::string, 3>& marks,
                         const std::array<std::string, 2>& gaps = {}) {
    const auto filled = [](const std::string& one) {
      return one.empty() ? std::string(gap, ' ') : one;
    };
    return marks[0] + filled(gaps[0]) + marks[1] + filled(gaps[1]) + marks[2] + "  ";
  }

  static tone tone_of(const leg& l) {
    if (l.lost || l.altered) return tone::bad;
    if (l.again || l.copy) return tone::again;
    return l.step.empty() ? tone::faint : tone::plain;
  }

  /// `─ check #1 ──────▶`, or from the other side; cut short by a cross if it is lost.
  std::string arrow(const leg& l) const {
    const std::size_t words = columns_of(l.label) + 4;  // a stroke, two blanks, the tip
    const std::size_t strokes = words < gap ? gap - words : 0;
    const std::string_view stroke = l.altered ? "~" : l.copy ? "╌" : "─";
    const std::size_t until = l.lost ? strokes * 2 / 3 : strokes;
    const std::string blank(strokes - until, ' ');
    std::string out;
    if (is_forth(l.by))
      out = "─ " + l.label + " " + repeated(stroke, until) + (l.lost ? "✗" : "▶") + blank;
    else
      out = blank + (l.lost ? "✗" : "◀") + repeated(stroke, until) + " " + l.label + " ─";
    return paint_(paint::code_of(tone_of(l)), out);
  }

  void departure(const leg& l, const moment& m) {
    std::array<std::string, 2> gaps;
    gaps[is_hop_one(l.by) ? 0 : 1] = arrow(l);
    std::string words = "code " + l.code + ", " + grouped(l.octets) + " octets";
    if (l.again) words += ", again";
    if (l.copy) words = "and the same once more";
    if (l.lost) words += ": lost";
    if (l.altered) words += ": altered";
    moment with_step = m;
    with_step.step = l.step;
    line(with_step, row({"│", "│", "│"}, gaps), words, tone_of(l));
  }

  paint paint_;
  vidimus::instant before_;
  bool told_ = false;
};

}  // namespace exchange

#endif
