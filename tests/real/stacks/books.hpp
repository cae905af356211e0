// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_REAL_STACKS_BOOKS_HPP
#define VIDIMUS_TESTS_REAL_STACKS_BOOKS_HPP

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "watch.hpp"

namespace real {

/// A message as its sender's file has it.
struct said {
  named name;
  std::string outcome;  ///< empty: none
  long long told = 0;
  std::string content;  ///< what the code covers
};

/// All messages of a sender, in the order in which they were written. Nothing: no such file.
std::optional<std::vector<said>> all_said(const std::string& file);

/// What a receiver took, each content that it took under a name. Nothing: no such file.
std::optional<std::map<named, std::vector<std::string>>> all_taken(const std::string& file);

}  // namespace real

#endif
