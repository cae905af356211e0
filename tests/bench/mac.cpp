// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// What a check code costs beside Crypto++'s own HMAC, keyed once: both in turns in one process, so
// that the ratio means something on a machine that does other things too.
#include <cryptopp/hmac.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>
#include <vidimus/adapt/cryptopp.hpp>

namespace {

using namespace vidimus;

constexpr int rounds = 101;
constexpr int repeats = 2000;

/// The compiler may not leave out what made these octets.
void keep(const void* at) { asm volatile("" : : "r"(at) : "memory"); }

template <class Work>
double nanoseconds(Work work) {
  auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < repeats; ++i) work();
  std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - begin;
  return spent.count() / repeats;
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
  return values[values.size() / 2];
}

void compare(std::size_t size) {
  octets secret(32, 7), data(size, 'x');
  CryptoPP::HMAC<CryptoPP::SHA256> theirs(secret.data(), secret.size());
  const cryptopp::code_key ours(check_rule::hmac_sha_256_128, secret);
  std::vector<double> their_times, our_times, ratios;
  for (int round = 0; round < rounds; ++round) {
    double their_time = nanoseconds([&] {
      digest out;
      theirs.CalculateDigest(out.data(), data.data(), data.size());
      keep(out.data());
    });
    double our_time = nanoseconds([&] {
      check_code out = ours.code(data);
      keep(&out);
    });
    their_times.push_back(their_time);
    our_times.push_back(our_time);
    ratios.push_back(our_time / their_time);
  }
  std::printf("| %zu | %.0f | %.0f | %.2f |\n", size, median(their_times), median(our_times),
              median(ratios));
}

}  // namespace

int main() {
  std::printf("SHA-256 by %s\n\n", CryptoPP::SHA256().AlgorithmProvider().c_str());
  std::printf("| octets | HMAC<SHA256> keyed once, ns | code_key::code, ns | ratio |\n");
  std::printf("|---|---|---|---|\n");
  for (std::size_t size : {186u, 793u, 2958u}) compare(size);
}
