// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// The examples of docs/protocol.md, by running the roles as scripts say.
//
//   print-examples DOCS      DOCS/protocol.md: the page of the tree it was built from, with the
//                            examples as the roles write them now
#include "examples/errors.hpp"
#include "examples/page.hpp"

int main(int argc, char* argv[]) {
  if (argc != 2) return std::fprintf(stderr, "usage: print-examples DOCS\n"), 2;
  using flow = std::string (*)();
  const std::map<std::string, flow> flows{
      {"delivered", examples::delivered},
      {"offline", examples::offline},
      {"altered", examples::altered},
      {"link lost", examples::link_lost},
      {"withdrawn", examples::withdrawn},
      {"conditional", examples::conditional},
      {"batched", examples::batched},
      {"bundled", examples::bundled},
      {"end to end", examples::end_to_end},
      {"sealed", examples::sealed},
      {"listed", examples::listed},
      {"altered alike", examples::altered_alike},
      {"store lost", examples::other_memory},
      {"challenged", examples::challenged},
      {"refused", examples::refused},
      {"not taken", examples::not_taken},
      {"busy", examples::busy},
      {"uncertain", examples::uncertain},
  };
  std::map<std::string, std::string> parts;
  for (const auto& [name, run] : flows) parts[name] = "```xml\n" + run() + "```\n";
  return examples::page("protocol.md").write(argv[1], parts) ? 0 : 1;
}
