// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_EXCHANGE_PICTURE_HPP
#define VIDIMUS_DOCS_EXAMPLES_EXCHANGE_PICTURE_HPP

#include "picture_layout.hpp"

namespace exchange {

/// The sequence diagram of a trace, as SVG.
class picture {
 public:
  picture(const trace& of, std::string title, std::string subtitle)
      : of_(of), at_(lay_out(of)), title_(std::move(title)), subtitle_(std::move(subtitle)) {}

  std::string draw() {
    const double height = at_.bottom + 80;
    out_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1000 " + svg::px(height) +
           "\" width=\"1000\" height=\"" + svg::px(height) + "\" role=\"img\">\n<title>" +
           svg::escaped(title_) + "</title>\n" + std::string(style);
    out_ += svg::rect({0.5, 0.5}, 999, height - 1, 10, "paper");
    lanes();
    pauses();
    bands();
    times();
    arrows();
    notes();
    legend(at_.bottom + 30);
    return out_ + "</svg>\n";
  }

 private:
  static constexpr std::string_view style = R"(<style>
text { font-family: system-ui, "Segoe UI", "DejaVu Sans", Helvetica, Arial, sans-serif; }
text { fill: #24303c; }
.paper { fill: #fcfcfb; stroke: #e3e3de; }
.title { font-size: 17px; font-weight: 600; } .sub { font-size: 12px; fill: #66717c; }
.lane { fill: #eef3f8; stroke: #d6e0ea; } .head { fill: #2f5d8a; }
.who { font-size: 14px; font-weight: 600; fill: #ffffff; }
.time { font-size: 10px; fill: #7c868f; }
.pause { font-size: 11px; fill: #7c868f; font-style: italic; }
.pause { paint-order: stroke; stroke: #eef3f8; stroke-width: 6px; }
.gone { stroke: #c3c9cf; stroke-width: 1; stroke-dasharray: 1 4; stroke-linecap: round; }
.note, .label { font-size: 11px; } .step { font-weight: 700; }
.label { paint-order: stroke; stroke: #fcfcfb; stroke-width: 3px; stroke-linejoin: round; }
.code { fill: #7c868f; font-size: 9.5px; }
.code { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, monospace; }
.arrow { fill: none; stroke: #3c4a58; stroke-width: 1.3; } .tip { fill: #3c4a58; }
.arrow.again { stroke: #b26a00; } .tip.again { fill: #b26a00; } text.again { fill: #97590a; }
.arrow.bad { stroke: #c62f2f; } .tip.bad { fill: #c62f2f; } text.bad { fill: #b32424; }
.arrow.faint { stroke: #98a2ac; } .tip.faint { fill: #98a2ac; } text.faint { fill: #66717c; }
.arrow.copy { stroke-dasharray: 5 4; } text.good { fill: #17713a; }
.cross { fill: none; stroke: #c62f2f; stroke-width: 2.2; stroke-linecap: round; }
.band { fill: #f6d9d4; fill-opacity: 0.55; stroke: #dd9a90; stroke-dasharray: 4 3; }
.dead { fill: #d9d2e6; fill-opacity: 0.8; stroke: #a596c2; stroke-dasharray: 4 3; }
</style>
)";

  static std::string_view css_of(tone how) {
    constexpr std::array<std::string_view, 5> names{"", "good", "bad", "again", "faint"};
    return names[static_cast<std::size_t>(how)];
  }
  static std::string css_of(const leg& l) {
    if (l.altered) return "bad";
    if (l.again) return "again";
    return l.step.empty() ? "faint" : "";
  }

  void lanes() {
    constexpr std::array<std::string_view, 3> names{"sender", "server", "receiver"};
    out_ += svg::text({24, 34}, title_, "title");
    out_ += svg::text({24, 54}, subtitle_, "sub");
    out_ += svg::text({columns::right_of(party::receiver), 54}, "time goes down, not to scale",
                      "sub", "end");
    for (party who : {party::sender, party::server, party::receiver}) {
      const double x = columns::left_of(who);
      out_ += svg::rect({x, columns::top - 26}, columns::lane, at_.bottom - columns::top + 26, 7,
                        "lane");
      out_ += svg::rect({x, columns::top - 26}, columns::lane, 24, 7, "head");
      out_ += svg::text({columns::middle_of(who), columns::top - 9},
                        names[static_cast<std::size_t>(who)], "who", "middle");
    }
  }

  void pauses() {
    for (const pause& p : at_.pauses) {
      const double y = (p.from + p.to) / 2;
      out_ += svg::line({columns::time, y}, {columns::right_of(party::receiver), y}, "gone");
      out_ += svg::text({columns::middle_of(party::server), y + 4},
                        seconds_text(p.ms, 1) + " later", "pause", "middle");
    }
  }

  /// Cuts as bands over a gap, deaths as bands over a lane.
  void bands() {
    for (std::size_t i = 0; i < of_.moments.size(); ++i) {
      const moment& m = of_.moments[i];
      if (m.is != what::cut && m.is != what::died) continue;
      double end = at_.bottom - 6;
      for (std::size_t j = i + 1; j < of_.moments.size(); ++j) {
        const moment& n = of_.moments[j];
        const bool over = m.is == what::cut ? n.is == what::mended && n.hop_one == m.hop_one
                                            : n.is == what::restored && n.who == m.who;
        if (over) {
          end = at_.y[j];
          break;
        }
      }
      if (m.is == what::died) {
        out_ += svg::rect({columns::left_of(m.who), at_.y[i] - 13}, columns::lane,
                          end - at_.y[i] + 22, 4, "dead");
        continue;
      }
      const double x = columns::right_of(m.hop_one ? party::sender : party::server);
      out_ += svg::rect({x + 3, at_.y[i]}, columns::gap - 6, end - at_.y[i], 4, "band");
      out_ += svg::text({x + columns::gap / 2, at_.y[i] + 14}, m.text, "label bad", "middle");
    }
  }

  void times() {
    double last = 0;
    std::int64_t said = -1;
    for (std::size_t i = 0; i < of_.moments.size(); ++i) {
      const moment& m = of_.moments[i];
      if (m.at.at == said || at_.y[i] < last + 20) continue;
      last = at_.y[i];
      said = m.at.at;
      out_ += svg::text({columns::time - 8, last + 3.5}, seconds_text(m.at.at, 2), "time", "end");
    }
  }

  void arrows() {
    std::map<std::size_t, double> departed;
    for (std::size_t i = 0; i < of_.moments.size(); ++i) {
      const moment& m = of_.moments[i];
      if (m.is == what::departs) {
        departed[m.by_leg] = at_.y[i];
        if (of_.legs[m.by_leg].lost) lost(of_.legs[m.by_leg], at_.y[i]);
      } else if (m.is == what::arrives) {
        whole(of_.legs[m.by_leg], departed.at(m.by_leg), at_.y[i]);
      }
    }
    for (std::size_t i = 0; i < of_.moments.size(); ++i)  // words over all lines
      if (of_.moments[i].is == what::departs) label(of_.legs[of_.moments[i].by_leg], at_.y[i]);
  }

  static svg::point on(svg::point a, svg::point b, double part) {
    return {a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part};
  }

  void tip(svg::point at, svg::point from, const std::string& css) {
    const double dx = at.x > from.x ? -8 : 8;
    const double slope = (at.y - from.y) / (at.x - from.x) * dx;
    out_ += svg::path("M" + svg::px(at.x) + " " + svg::px(at.y) + " L" + svg::px(at.x + dx) + " " +
                          svg::px(at.y + slope - 3.8) + " L" + svg::px(at.x + dx) + " " +
                          svg::px(at.y + slope + 3.8) + " Z",
                      "tip " + css);
  }

  void whole(const leg& l, double from, double to) {
    const svg::point a{columns::edge(l.by, start_of(l.by)), from};
    const svg::point b{columns::edge(l.by, end_of(l.by)), to};
    const std::string css = css_of(l) + (l.copy ? " copy" : "");
    const auto go = [](svg::point p) { return " L" + svg::px(p.x) + " " + svg::px(p.y); };
    std::string data = "M" + svg::px(a.x) + " " + svg::px(a.y);
    if (l.altered)
      for (int k = 0; k <= 6; ++k) {
        svg::point p = on(a, b, 0.60 + 0.03 * k);
        if (k % 6 != 0) p.y += k % 2 == 0 ? 5 : -5;
        data += go(p);
      }
    const svg::point end = on(a, b, 0.97);
    out_ += svg::path(data + go(end), "arrow " + css);
    tip(b, a, css_of(l));
  }

  void lost(const leg& l, double from) {
    const svg::point a{columns::edge(l.by, start_of(l.by)), from};
    const svg::point b = on(a, {columns::edge(l.by, end_of(l.by)), from + 16}, 0.86);
    out_ += svg::path(
        "M" + svg::px(a.x) + " " + svg::px(a.y) + " L" + svg::px(b.x) + " " + svg::px(b.y),
        "arrow " + css_of(l));
    for (double d : {5.0, -5.0}) out_ += svg::line({b.x - 5, b.y - d}, {b.x + 5, b.y + d}, "cross");
  }

  void label(const leg& l, double y) {
    if (l.copy) return;
    const bool forth = is_forth(l.by);
    const double x = columns::edge(l.by, start_of(l.by)) + (forth ? 6 : -6);
    const std::string css = css_of(l);
    out_ += "<text x=\"" + svg::px(x) + "\" y=\"" + svg::px(y - 4) + "\"" +
            svg::attribute("class", "label " + css) + (forth ? "" : " text-anchor=\"end\"") + ">";
    if (!l.step.empty()) out_ += "<tspan class=\"step\">" + svg::escaped(l.step) + "</tspan> ";
    out_ += svg::escaped(l.label) + (l.again ? " again" : "");
    if (l.label.starts_with("check"))
      out_ += " <tspan class=\"code\">" + svg::escaped(l.code) + "</tspan>";
    out_ += "</text>\n";
  }

  void notes() {
    for (std::size_t i = 0; i < of_.moments.size(); ++i) {
      const moment& m = of_.moments[i];
      if (m.is != what::note && m.is != what::died && m.is != what::restored) continue;
      const std::string css = "note " + std::string(css_of(m.how));
      out_ += "<text x=\"" + svg::px(columns::left_of(m.who) + 10) + "\" y=\"" +
              svg::px(at_.y[i] + 4) + "\"" + svg::attribute("class", css) + ">";
      if (!m.step.empty()) out_ += "<tspan class=\"step\">" + svg::escaped(m.step) + "</tspan> ";
      out_ += svg::escaped(m.text) + "</text>\n";
    }
  }

  void legend(double y) {
    struct sample {
      std::string_view css, words;
      bool lost, altered, copy;
    };
    constexpr std::array samples{sample{"", "arrives", false, false, false},
                                 sample{"", "lost", true, false, false},
                                 sample{"bad", "altered", false, true, false},
                                 sample{"copy", "arrives twice", false, false, true},
                                 sample{"again", "sent again", false, false, false},
                                 sample{"faint", "outside S1 to S6", false, false, false}};
    double x = columns::time;
    for (const sample& s : samples) {
      const svg::point a{x, y}, b{x + 40, y};
      if (s.altered) {
        out_ += svg::path("M" + svg::px(x) + " " + svg::px(y) + " h14 l3 -5 l4 10 l4 -10 l3 5 h8",
                          "arrow bad");
      } else {
        out_ += svg::line(a, {b.x - (s.lost ? 6 : 4), y}, "arrow " + std::string(s.css));
      }
      if (s.lost)
        for (double d : {5.0, -5.0})
          out_ += svg::line({b.x - 11, y - d}, {b.x - 1, y + d}, "cross");
      else
        tip(b, a, s.copy ? "" : std::string(s.css));
      out_ += svg::text({x + 48, y + 4}, s.words, "note");
      x += 48 + svg::width_of(s.words, 11) + 26;
    }
    out_ += svg::rect({x, y - 7}, 26, 14, 3, "band");
    out_ += svg::text({x + 34, y + 4}, "link cut", "note");
    std::string steps;
    for (auto [step, words] :
         {std::pair{"S1", "first check code"}, std::pair{"S2", "re-check, receipt"},
          std::pair{"S3", "execute, or send again"}, std::pair{"S4", "sent on"},
          std::pair{"S5", "final check, receipt"}, std::pair{"S6", "end, or send again"}})
      steps += std::string("<tspan class=\"step\">") + step + "</tspan> " + words + "     ";
    out_ += "<text x=\"" + svg::px(columns::time) + "\" y=\"" + svg::px(y + 26) +
            "\" class=\"note\" xml:space=\"preserve\">" + steps + "</text>\n";
  }

  const trace& of_;
  layout at_;
  std::string title_, subtitle_;
  std::string out_;
};

}  // namespace exchange

#endif
