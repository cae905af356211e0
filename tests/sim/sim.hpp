// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_SIM_SIM_HPP
#define VIDIMUS_TESTS_SIM_SIM_HPP

#include <string>
#include <utility>

/// A promise was broken, or what the simulator takes for that. `promise`: P1 to P8, or another
/// word.
namespace sim {

struct violation {
  std::string promise;
  std::string what;
};

[[noreturn]] inline void broken(std::string promise, std::string what) {
  throw violation{std::move(promise), std::move(what)};
}

/// A contract of the library that broke is a violation like any other: the seed is what counts.
[[noreturn]] inline void contract_broken(const char* sentence, const char* file, int line) {
  std::string at(file);
  broken("contract", at.substr(at.rfind('/') + 1) + ":" + std::to_string(line) + ": " + sentence);
}

}  // namespace sim

#define VIDIMUS_CONTRACT_FAILED(sentence, file, line) ::sim::contract_broken(sentence, file, line)

#include "support/toy.hpp"

namespace sim {

using namespace vidimus;

/// A message as the simulator's own books know it.
/// The origin belongs to the name: two senders may draw one id, or one may take the other's.
using name_key = std::tuple<std::string, conversation_id, number>;

inline name_key key_of(const message_name& name) {
  return {name.in.along->origin, name.in.id, name.at};
}

}  // namespace sim

#endif
