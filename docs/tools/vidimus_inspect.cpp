// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "inspect/code.hpp"
#include "inspect/compare.hpp"
#include "inspect/evidence.hpp"

namespace {

using namespace inspect;

constexpr const char* usage =
    R"(vidimus-inspect: what a check code covers, and why two messages have different ones

  vidimus-inspect canonical [READING] [--explain] [-0 | FILE]
      the canonical octets as hex; --explain: as a tree
  vidimus-inspect code --purpose P --preset-code-hex H --key-id K --origin A --destination B
      --relay S --conversation C --memory M [--rule R] [READING] [--explain] [FILE]
      the code as it stands on the wire (base64url); --explain: every field of its input.
      For submit and deliver FILE is the message, with --number N and perhaps --type T,
      --flags F (a sum: 1 conditional, 2 report, 4 plain, 8 sealed, 16 all; 2 if not given),
      --lifetime SECONDS, --low N. For the other purposes FILE is a stanza with the element.
  vidimus-inspect compare [READING] SENT RECEIVED
  vidimus-inspect compare [READING] -0 [FILE]
      whether both have the same code under the same key; if not, which parts differ and how
  vidimus-inspect lint [--space NAMESPACE] [--declare PREFIX=NAMESPACE] [--strict] [-0 | FILE]
      what refuses the message, and what of it some stack is known to destroy, by name;
      --strict: a warning counts as a refusal
  vidimus-inspect evidence [--preset-code-hex H | --public-key-hex H] [--key-id K] [--rule R]
      [--purpose P] [--explain] [FILE]
      what a party kept of a message. With the preset code, or under ed25519 the public key of
      who made the codes: whether they are the codes of what they are said to cover. A preset
      code belongs to one hop: --purpose, more than once, chooses the codes to check.

READING: --cover core | all | '{namespace}name', more than once; all if not given
         --inner  the message inside a carbon or an archived result
         --space NAMESPACE, --declare PREFIX=NAMESPACE  what the stream around it declares
FILE: standard input if none or -. -0: many stanzas (compare: pairs, sent and received in turn)
with a NUL behind each; one line of answer for each.
Exit status: 0 same or accepted, 1 different or refused, 2 not understood.
)";

const std::vector<std::string> reading_options{"--cover", "--space", "--declare"};

std::vector<std::string> with(std::vector<std::string> more) {
  more.insert(more.end(), reading_options.begin(), reading_options.end());
  return more;
}

std::string only_file(const options& given) {
  if (given.files().size() > 1) throw usage_error{"more than one file"};
  return given.files().empty() ? "" : given.files().front();
}

int canonical_of(stanza_source& source, const std::string& stanza, bool explains) {
  const auto content = source.read(stanza);
  if (!content) {
    std::printf("refused: %s\n", explain(content.error()).c_str());
    return different_or_refused;
  }
  std::printf("%s%s", (explains ? dump(*content) : to_hex(*content)).c_str(), explains ? "" : "\n");
  return same_or_accepted;
}

int run_canonical(std::vector<std::string> words) {
  const options given(std::move(words), {"-0", "--explain", "--inner"}, with({}));
  stanza_source source(given);
  const std::string all = octets_of_file(only_file(given));
  if (!given.has("-0")) return canonical_of(source, all, given.has("--explain"));
  int worst = same_or_accepted;
  for (const std::string& one : pieces_of(all))
    worst = std::max(worst, canonical_of(source, one, given.has("--explain")));
  return worst;
}

int run_code(std::vector<std::string> words) {
  const options given(std::move(words), {"--explain", "--inner"},
                      with({"--purpose", "--preset-code-hex", "--key-id", "--origin",
                            "--destination", "--relay", "--conversation", "--memory", "--rule",
                            "--number", "--type", "--flags", "--lifetime", "--low"}));
  (void)only_file(given);
  return code_command(given).run();
}

int run_compare(std::vector<std::string> words) {
  const options given(std::move(words), {"-0", "--inner"}, with({}));
  stanza_source source(given);
  if (!given.has("-0")) {
    if (given.files().size() != 2) throw usage_error{"compare needs two files, or -0"};
    return compare(source, octets_of_file(given.files()[0]), octets_of_file(given.files()[1]),
                   false);
  }
  const auto all = pieces_of(octets_of_file(only_file(given)));
  if (all.size() % 2 != 0) throw usage_error{"an odd number of stanzas: not pairs"};
  int worst = same_or_accepted;
  for (std::size_t i = 0; i < all.size(); i += 2)
    worst = std::max(worst, compare(source, all[i], all[i + 1], true));
  return worst;
}

int run_lint(std::vector<std::string> words) {
  const options given(std::move(words), {"-0", "--strict"}, {"--space", "--declare"});
  const stanza_source source(given);
  const bool strict = given.has("--strict");
  const std::string all = octets_of_file(only_file(given));
  if (!given.has("-0")) return lint(source, all, strict, false);
  int worst = same_or_accepted;
  for (const std::string& one : pieces_of(all))
    worst = std::max(worst, lint(source, one, strict, true));
  return worst;
}

int run_evidence(std::vector<std::string> words) {
  const options given(std::move(words), {"--explain"},
                      {"--preset-code-hex", "--public-key-hex", "--key-id", "--rule", "--purpose"});
  (void)only_file(given);
  return evidence_command(given).run();
}

}  // namespace

int main(int count, char** values) {
  std::vector<std::string> words(values + std::min(count, 1), values + count);
  try {
    if (words.empty()) throw usage_error{"no command"};
    const std::string command = words.front();
    words.erase(words.begin());
    if (command == "canonical") return run_canonical(std::move(words));
    if (command == "code") return run_code(std::move(words));
    if (command == "compare") return run_compare(std::move(words));
    if (command == "lint") return run_lint(std::move(words));
    if (command == "evidence") return run_evidence(std::move(words));
    if (command == "--help" || command == "help") return std::fputs(usage, stdout) < 0 ? 1 : 0;
    if (command == "--version")
      return std::printf("vidimus-inspect %d.%d.%d\n", version.major_part, version.minor_part,
                         version.patch_part) < 0;
    throw usage_error{"there is no command '" + command + "'"};
  } catch (const usage_error& e) {
    std::fprintf(stderr, "vidimus-inspect: %s\n(vidimus-inspect --help says more)\n",
                 e.what.c_str());
    return not_understood;
  }
}
