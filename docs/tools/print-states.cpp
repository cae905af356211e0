// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// print-states DOCS: writes DOCS/states/<duty>.md from the tables that the library runs.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <vidimus/duty/acceptance.hpp>
#include <vidimus/duty/custody.hpp>
#include <vidimus/duty/delivery.hpp>
#include <vidimus/duty/submission.hpp>
#include <vidimus/fsm/render.hpp>

namespace {

namespace duty = vidimus::duty;

template <class Table>
bool print(const std::filesystem::path& folder, const Table& table) {
  std::string name(table.name());
  std::ofstream page(folder / (name + ".md"), std::ios::binary);
  page << "<!-- Printed by docs/tools/print-states.cpp from include/vidimus/duty/" << name
       << ".hpp. -->\n\n"
       << vidimus::fsm::markdown(table);
  page.close();
  if (!page) std::fprintf(stderr, "print-states: cannot write the page %s\n", name.c_str());
  return !page.fail();
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: print-states DOCS\n");
    return 2;
  }
  auto folder = std::filesystem::path(argv[1]) / "states";
  std::error_code ignored;  // a folder that cannot be made shows at the first page
  std::filesystem::create_directories(folder, ignored);
  bool written = print(folder, duty::submission::table);
  written = print(folder, duty::custody::table) && written;
  written = print(folder, duty::delivery::table) && written;
  written = print(folder, duty::acceptance::table) && written;
  return written ? 0 : 1;
}
