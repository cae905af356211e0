// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_EXCHANGE_REPORT_HPP
#define VIDIMUS_DOCS_EXAMPLES_EXCHANGE_REPORT_HPP

#include "terminal.hpp"
#include "world.hpp"

namespace exchange {

/// The table at the end.
class report {
 public:
  explicit report(const paint& colours) : paint_(colours) {}

  void print(const options& asked, world& of, const tally& ends, double seconds) {
    settings(asked);
    at_the_ends(ends);
    on_the_links(of.the_counts(), of.link_figures());
    octets(ends, of.link_figures());
    promises(of, ends);
    row("virtual time", seconds_text(of.last_outcome().at, 1), "until the last outcome");
    row("run", of.digest(), "the same options give the same digest");
    char speed[64];
    std::snprintf(speed, sizeof speed, "%.2f s, %.0f messages/s", seconds,
                  static_cast<double>(ends.submitted) / std::max(seconds, 1e-9));
    row("time taken", speed, "differs from run to run");
  }

 private:
  void head(std::string_view words) {
    std::printf("\n%s\n", paint_(paint::bold, "  " + std::string(words)).c_str());
  }
  void row(std::string_view name, const std::string& value, std::string_view remark = {},
           std::string_view colour = {}) {
    std::string text = "  " + padded(std::string(name), 28);
    text += paint_(colour, std::string(value.size() < 12 ? 12 - value.size() : 0, ' ') + value);
    if (!remark.empty()) text += "  " + paint_(paint::dim, remark);
    std::printf("%s\n", text.c_str());
  }
  static std::string percent(std::uint64_t part, std::uint64_t of) {
    return ratio(part * 100, of) + " %";
  }
  static std::string percent(share s) { return percent_text(s.of_10000); }

  void settings(const options& asked) {
    std::string words = "Asked for: " + percent(asked.loss) + " lost, " + percent(asked.alter) +
                        " altered, " + percent(asked.duplicate) + " repeated, " +
                        percent(asked.reorder) + " overtaken, " + counted(asked.cuts, "cut") +
                        ", " + grouped(asked.crashes) +
                        (asked.crashes == 1 ? " crash; " : " crashes; ");
    constexpr const char* modes[] = {"one code for all", "a code for each hop",
                                     "a code for each hop and one between the ends",
                                     "a code for each hop and one between the ends, sealed"};
    words += modes[static_cast<std::size_t>(asked.mode)];
    words += "; seed " + std::to_string(asked.seed);
    std::printf("\n  %s\n", paint_(paint::dim, words).c_str());
  }

  void at_the_ends(const tally& ends) {
    using vidimus::outcome;
    head("at the two ends");
    const auto delivered = ends.by_outcome[static_cast<std::size_t>(outcome::delivered)];
    row("submitted", grouped(ends.submitted));
    row("delivered", grouped(delivered), percent(delivered, ends.submitted), paint::green);
    for (const auto& [why, count] : ends.reasons)
      row(why, grouped(count), percent(count, ends.submitted), paint::red);
    if (ends.reasons.empty()) row("other outcomes", "0");
    row("taken by the application", grouped(ends.taken), "as the receiving end counted");
  }

  void on_the_links(const counts& c, const link_counts& l) {
    head("on the links");
    row("stanzas sent", grouped(l.stanzas), "both hops, both ways");
    row("lost", grouped(l.lost), percent(l.lost, l.stanzas));
    row("altered", grouped(l.altered), percent(l.altered, l.stanzas));
    row("  caught by a code", grouped(c.caught_by_code),
        "dropped, and resent where it was a message");
    row("  not readable any more", grouped(c.caught_unreadable), "dropped by the strict reader");
    row("  in what no code covers", grouped(c.changed_nothing), "hints, attempt numbers: no harm");
    if (c.never_read != 0) row("  never read", grouped(c.never_read), "nobody was there");
    row("arrived twice", grouped(l.copies), percent(l.copies, l.stanzas));
    row("overtaken", grouped(l.overtaken), percent(l.overtaken, l.stanzas));
    row("link cuts", grouped(l.cuts), counted(l.swallowed, "stanza") + " swallowed");
    if (c.deaths != 0)
      row("crashes and restores", grouped(c.deaths),
          counted(c.at_dead, "stanza") + " found nobody");
    head("what the library did about it");
    row("messages resent", grouped(c.resent), "of " + grouped(c.checks) + " sent on both hops");
    row("repeats suppressed", grouped(c.repeats), "messages that arrived whole once more");
    row("syncs", grouped(c.syncs));
    if (c.challenges != 0) row("challenges", grouped(c.challenges));
  }

  void octets(const tally& ends, const link_counts& l) {
    head("octets, both hops");
    const std::uint64_t bare = ends.bare_octets * 2;
    const std::uint64_t beyond = l.octets > bare ? l.octets - bare : 0;
    row("bare messages", grouped(bare), grouped(bare / ends.submitted) + " a message");
    row("beyond them", grouped(beyond),
        grouped(beyond / ends.submitted) + " a message, " + ratio(beyond, bare) +
            " times the bare ones");
  }

  void promises(world& of, const tally& ends) {
    head("promises, checked in the books of both ends");
    const std::string looked =
        grouped(of.the_counts().elements_looked_up) + " look-ups in the stores";
    const std::string compared = grouped(ends.compared) + " contents compared, octet by octet";
    const std::string handed = grouped(ends.taken) + " taken, none twice";
    promise(of, 1, "P1 same content", compared);
    promise(of, 2, "P2 at most once", handed);
    promise(of, 3, "P3 one true outcome", grouped(ends.submitted) + " outcomes");
    promise(of, 4, "P4 durable before sent", looked);
    std::printf("\n");
  }
  void promise(world& of, std::size_t number, std::string_view name, const std::string& how) {
    const bool kept = of.the_books().kept(number);
    row(name, kept ? "kept" : "BROKEN", kept ? how : "", kept ? paint::green : paint::red);
  }

  paint paint_;
};

}  // namespace exchange

#endif
