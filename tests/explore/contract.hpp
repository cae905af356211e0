// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_EXPLORE_CONTRACT_HPP
#define VIDIMUS_TESTS_EXPLORE_CONTRACT_HPP

/// Included before anything of Vidimus in every file of this program: a broken contract is a
/// finding with a trace, not an abort.
namespace explore {

struct broken_contract {
  const char* sentence;
};

[[noreturn]] inline void contract_broken(const char* sentence) { throw broken_contract{sentence}; }

}  // namespace explore

#define VIDIMUS_CONTRACT_FAILED(sentence, file, line) ::explore::contract_broken(sentence)

#endif
