// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "vidimus/check/octet_runs.hpp"

#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "vidimus/check/characters.hpp"
#include "vidimus/check/scratch.hpp"

using namespace vidimus;

namespace {

using search = std::function<const char*(const char*, const char*)>;
using ends = std::function<bool(unsigned char)>;

bool is_name_octet(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}
bool is_stop(unsigned char c) { return c < 0x20 || c >= 0x80 || c == '<' || c == '&'; }
bool is_value_stop(unsigned char c) { return is_stop(c) || c == '"' || c == '\''; }
bool is_text_stop(unsigned char c) { return is_stop(c) || c == ']'; }
bool is_unprintable(unsigned char c) { return c < 0x20 || c >= 0x80; }

/// Every octet at every place of every length up to some blocks, with another such behind it; the
/// octets stand in memory of just their size, so that a sanitizer sees who looks further.
void check_search(const search& found, const ends& stops) {
  std::size_t wrong = 0;
  for (std::size_t size = 0; size <= 40; ++size)
    for (std::size_t at = 0; at <= size; ++at)
      for (unsigned octet = 0; octet < (at == size ? 1u : 256u); ++octet) {
        const std::unique_ptr<char[]> text(new char[size]);
        std::fill_n(text.get(), size, 'n');
        if (at < size) text[at] = static_cast<char>(octet);
        if (at + 2 < size) text[at + 2] = '\0';
        const char* expected = text.get();
        const char* const end = text.get() + size;
        while (expected != end && !stops(static_cast<unsigned char>(*expected))) ++expected;
        wrong += found(text.get(), end) == expected ? 0 : 1;
      }
  CHECK(wrong == 0);
}

// as `is_printable`: no place, but whether there is one
search whether(bool (*printable)(const char*, std::size_t)) {
  return [printable](const char* p, const char* end) {
    const char* place = p;
    while (place != end && !is_unprintable(static_cast<unsigned char>(*place))) ++place;
    const bool all = printable(p, static_cast<std::size_t>(end - p));
    return all == (place == end) ? place : nullptr;
  };
}

}  // namespace

TEST_CASE("searches by words stop where an octet says so", "[runs]") {
  check_search(by_words::plain_end<'"', '\''>, is_value_stop);
  check_search(by_words::plain_end<']', '<'>, is_text_stop);
  check_search(by_words::printable_end, is_unprintable);
  check_search(by_words::name_run_end, [](unsigned char c) { return !is_name_octet(c); });
  check_search(whether(by_words::is_printable), is_unprintable);
}

#if defined(__SSE2__)
TEST_CASE("searches by sixteen octets stop where an octet says so", "[runs]") {
  check_search(by_sse2::plain_end<'"', '\''>, is_value_stop);
  check_search(by_sse2::plain_end<']', '<'>, is_text_stop);
  check_search(by_sse2::printable_end, is_unprintable);
  check_search(by_sse2::name_run_end, [](unsigned char c) { return !is_name_octet(c); });
  check_search(whether(by_sse2::is_printable), is_unprintable);
}
#endif

TEST_CASE("searches for short runs stop there too", "[runs]") {
  check_search(short_value_end, is_value_stop);
  const auto behind_first = [](const char* p, const char* end) {
    // the first octet was looked at by others
    return p == end || !is_name_octet(static_cast<unsigned char>(*p)) ? p : short_name_end(p, end);
  };
  check_search(behind_first, [](unsigned char c) { return !is_name_octet(c); });
}

TEST_CASE("names end where the grammar says so", "[runs]") {
  const auto behind_letter = [](const char* p, const char* end) {
    const std::string name = 'n' + std::string(p, end);
    return p + (ncname_end(name.data(), name.data() + name.size()) - name.data() - 1);
  };
  check_search(behind_letter, [](unsigned char c) { return !is_name_octet(c); });
  for (unsigned first = 0; first < 0x80; ++first) {
    const std::string name{static_cast<char>(first), 'n'};
    const bool begins = is_name_octet(static_cast<unsigned char>(first)) && first != '-' &&
                        first != '.' && !(first >= '0' && first <= '9');
    CHECK(is_ncname(name) == begins);
  }
}

TEST_CASE("octets are copied and compared alike at any size", "[runs]") {
  for (std::size_t size = 0; size <= 40; ++size) {
    std::string from;
    for (std::size_t i = 0; i < size; ++i) from += static_cast<char>(i + 1);
    std::string to(size, '\0');
    copy_octets(to.data(), from.data(), size);
    CHECK(to == from);
    CHECK(same_octets(to.data(), from.data(), size));
    for (std::size_t at = 0; at < size; ++at) {
      to[at] = static_cast<char>(to[at] ^ 0x40);
      CHECK_FALSE(same_octets(to.data(), from.data(), size));
      to[at] = from[at];
    }
  }
}

TEST_CASE("fields put into room are fields written one by one", "[runs]") {
  for (std::size_t size : {0u, 1u, 3u, 4u, 15u, 16u, 17u, 255u, 256u, 70'000u}) {
    const std::string value(size, 'v');
    octet_buffer a, b;
    for (int round = 0; round < 3; ++round) {
      a.field(7, value);
      octet* to = b.room(octet_buffer::head + size);
      b.end_at(octet_buffer::put(to, 7, value));
    }
    const octet_buffer copy(b);
    CHECK(as_text(a.view()) == as_text(copy.view()));
    REQUIRE(a.size() >= 5);
    CHECK(a.view()[0] == 7);
    CHECK((a.view()[2] << 16 | a.view()[3] << 8 | a.view()[4]) == static_cast<int>(size));
  }
}
