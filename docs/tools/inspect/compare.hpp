// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_TOOLS_INSPECT_COMPARE_HPP
#define VIDIMUS_DOCS_TOOLS_INSPECT_COMPARE_HPP

#include <vidimus/check/explain.hpp>

#include "input.hpp"

namespace inspect {

/// Lines joined by "; ": many answers are a line each.
inline std::string in_one_line(std::string lines) {
  while (!lines.empty() && lines.back() == '\n') lines.pop_back();
  std::string out;
  for (const char one : lines) out += one == '\n' ? std::string("; ") : std::string(1, one);
  return out;
}

/// The command `compare`: whether two stanzas have the same canonical content; if not, which parts
/// differ and how.
inline int compare(stanza_source& source, const std::string& sent, const std::string& received,
                   bool in_a_line) {
  const auto refuse = [](const char* which, const refusal& why) {
    std::printf("refused: %s: %s\n", which, explain(why).c_str());
    return different_or_refused;
  };
  const auto first = source.read(sent);
  if (!first) return refuse("sent", first.error());
  const octets before(first->begin(), first->end());
  const auto second = source.read(received);
  if (!second) return refuse("received", second.error());
  if (as_text(before) == as_text(*second)) {
    std::printf("same\n");
    return same_or_accepted;
  }
  const std::string how = text(explain(before, *second));
  if (in_a_line)
    std::printf("different: %s\n", in_one_line(how).c_str());
  else
    std::printf("different\n%s", how.c_str());
  return different_or_refused;
}

/// The command `lint`: what refuses the message; else what of it some stack is known to lose. A
/// warning refuses nothing, unless `strict`; notes change no code.
inline int lint(const stanza_source& source, const std::string& stanza, bool strict,
                bool in_a_line) {
  const lint_report report = vidimus::lint(stanza, source.linting());
  std::string said;
  for (const lint_finding& one : report.findings) {
    if (one.kind == lint_kind::refused) {
      said += "refused: " + one.what + "\n";
      continue;
    }
    const bool warns = facts(one.kind).severity == lint_severity::warning;
    said += (warns ? "warning: " : "note: ") + text(one) + "\n";
  }
  std::size_t all = 0;
  for (const std::uint32_t count : report.counts) all += count;
  if (all > report.findings.size())
    said += "and " + std::to_string(all - report.findings.size()) + " more\n";
  if (said.empty()) said = "nothing found\n";
  std::printf("%s%s", (in_a_line ? in_one_line(said) : said).c_str(), in_a_line ? "\n" : "");
  const auto least = strict ? lint_severity::warning : lint_severity::refusal;
  return report.concerns({}, least) ? different_or_refused : same_or_accepted;
}

}  // namespace inspect

#endif
