// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// What the cases of the benchmark share. Each file of this folder registers cases; a case is made
// once for each stanza and then run in turns with all others.
#ifndef VIDIMUS_TESTS_BENCH_BENCH_HPP
#define VIDIMUS_TESTS_BENCH_BENCH_HPP

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "vidimus/base/bytes.hpp"

namespace bench {

/// The compiler may not leave out what made these octets.
inline void keep(const void* at) { asm volatile("" : : "r"(at) : "memory"); }

/// One operation on one stanza. It ends the program where the operation fails: a benchmark of
/// something that does not work is worth nothing.
using operation = std::function<void()>;

/// How something is done; `make` is given the stanza, which outlives the operation.
struct way {
  int order;         ///< of the row
  std::string name;  ///< of the row
  bool counts_heap;  ///< all of its heap calls go through `new`
  std::function<operation(const std::string&)> make;
};

inline std::vector<way>& ways() {
  static std::vector<way> all;
  return all;
}

struct registered {
  registered(int order, std::string name, bool counts_heap,
             std::function<operation(const std::string&)> make) {
    ways().push_back({order, std::move(name), counts_heap, std::move(make)});
  }
};

[[noreturn]] inline void broken(const char* what) {
  std::fprintf(stderr, "bench: %s\n", what);
  std::exit(2);
}

inline const vidimus::octets& preset_code() {
  static const vidimus::octets code(32, 7);
  return code;
}

}  // namespace bench

#endif
