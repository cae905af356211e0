// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// The whole method in one process, with everything going wrong that may: see README.md beside this
// file, and `example-exchange --help`.
#include <chrono>
#include <exception>
#include <fstream>

#include "exchange/picture.hpp"
#include "exchange/report.hpp"
#include "exchange/story.hpp"

namespace {

using namespace exchange;

bool write_picture(const options& asked, const world& of) {
  const auto count = asked.show;
  const std::string title = count == 1
                                ? "One message, step by step"
                                : "The first " + std::to_string(count) + " messages, step by step";
  const auto percent = [](share s) { return percent_text(s.of_10000) + " "; };
  const std::string subtitle = percent(asked.loss) + "lost, " + percent(asked.alter) + "altered, " +
                               percent(asked.duplicate) + "arrive twice, " +
                               percent(asked.reorder) + "overtaken; seed " +
                               std::to_string(asked.seed);
  std::ofstream file(asked.picture, std::ios::binary);
  file << picture(of.the_trace(), title, subtitle).draw();
  file.close();
  if (file.fail())
    std::fprintf(stderr, "example-exchange: cannot write %s\n", asked.picture.c_str());
  return !file.fail();
}

int run(const options& asked) {
  const paint colours(stdout);
  post office(std::string(VIDIMUS_TEST_DATA) + "/corpus", asked.seed);
  story steps(colours);
  const bool tells = !asked.quiet && asked.show != 0;
  if (tells) steps.begin();
  progress bar(asked.messages, !asked.quiet && asked.messages >= 500);
  world all(asked, office, [&](const trace& of, const moment& m) {
    bar.hide();
    if (tells) steps.tell(of, m);
  });
  const auto begun = std::chrono::steady_clock::now();
  while (all.step())
    if (all.told() >= asked.show) bar.at(all.told());
  bar.hide();
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begun;
  const tally ends = all.the_books().close();
  if (!asked.quiet) report(colours).print(asked, all, ends, taken.count());
  const bool drawn = asked.picture.empty() || write_picture(asked, all);
  const books& of = all.the_books();
  for (const std::string& one : of.complaints())
    std::fprintf(stderr, "promise broken: %s\n", one.c_str());
  if (of.violations() > of.complaints().size())
    std::fprintf(stderr, "and %s more\n",
                 grouped(of.violations() - of.complaints().size()).c_str());
  const auto delivered = ends.by_outcome[static_cast<std::size_t>(vidimus::outcome::delivered)];
  const bool enough = delivered * 10000 >= ends.submitted * asked.at_least.of_10000;
  if (!enough)
    std::fprintf(stderr, "example-exchange: %s of %s were delivered, fewer than asked for\n",
                 grouped(delivered).c_str(), grouped(ends.submitted).c_str());
  return of.violations() == 0 && drawn && enough ? 0 : 1;
}

}  // namespace

int main(int argc, char* argv[]) {
  const auto read = read_options(argc, argv);
  if (const auto* wrong = std::get_if<std::string>(&read)) {
    std::fprintf(stderr, "example-exchange: %s\nTry example-exchange --help\n", wrong->c_str());
    return 2;
  }
  const auto& asked = std::get<options>(read);
  if (asked.help) {
    std::fwrite(help_text.data(), 1, help_text.size(), stdout);
    return 0;
  }
  try {
    return run(asked);
  } catch (const std::exception& e) {  // the corpus cannot be read
    std::fprintf(stderr, "example-exchange: %s\n", e.what());
    return 1;
  }
}
