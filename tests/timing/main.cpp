// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// One comparison of codes, to be counted from outside, instruction by instruction (run.cmake):
//
//   timing <equal|verify|early> <octet|none> <mask>
//
// compares with a code that has `mask` in that octet altered. `early` is a comparison that stops at
// the first difference: the counting has to notice it.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vidimus/adapt/cryptopp.hpp>
#include <vidimus/adapt/preset_keys.hpp>
#include <vidimus/check/verify.hpp>

namespace {

using namespace vidimus;
using env = environment<cryptopp, preset_keys, system_entropy>;

struct world {
  env outer;
  verifier<env> codes{outer};
  check element;
  digest content{};
};

}  // namespace

// By these names the tool knows when to count.
extern "C" {
[[gnu::noinline]] bool measured_equal(const octet* a, const octet* b, std::size_t size) {
  return equal_constant_time({a, size}, {b, size});
}

[[gnu::noinline]] bool measured_early(const octet* a, const octet* b, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i)
    if (a[i] != b[i]) return false;
  return true;
}

[[gnu::noinline]] bool measured_verify(void* all) {
  auto& w = *static_cast<world*>(all);
  return w.codes.verify(w.element, purpose::submit, "alice@example.org", &w.content) ==
         finding::valid;
}
}

namespace {

bool verified(int at, int mask) {
  static world w;
  auto& e = w.element;
  e.head.conversation.along =
      make_route("alice@example.org", "bob@example.net", "relay.example.org");
  e.at = 42;
  if (!w.outer.keys.add("alice@example.org", "k", octets(32, 7)) ||
      !w.codes.seal(e, purpose::submit, "alice@example.org", &w.content))
    std::exit(2);
  if (!measured_verify(&w)) std::exit(2);  // all memory is there now
  octets code(e.code.view().begin(), e.code.view().end());
  if (at >= 0) code.at(static_cast<std::size_t>(at)) ^= static_cast<octet>(mask);
  e.code = check_code(code);
  return measured_verify(&w);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const std::string what = argv[1];
  const int at = std::string(argv[2]) == "none" ? -1 : std::atoi(argv[2]);
  const int mask = std::atoi(argv[3]);
  bool same = false;
  if (what == "verify") {
    same = verified(at, mask);
  } else {
    octets a(32, 0x5a), b = a;
    if (at >= 0) b.at(static_cast<std::size_t>(at)) ^= static_cast<octet>(mask);
    same = what == "equal" ? measured_equal(a.data(), b.data(), a.size())
                           : measured_early(a.data(), b.data(), a.size());
  }
  std::printf("%s\n", same ? "same" : "different");
  return same == (at < 0) ? 0 : 2;
}
