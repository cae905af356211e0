// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_BASE_SHARED_TEXT_HPP
#define VIDIMUS_BASE_SHARED_TEXT_HPP

#include <concepts>
#include <string>
#include <string_view>

#include "same_text.hpp"
#include "shared_value.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// A text that many have alike: an address, a key id. Reads as a string; a copy costs no heap.
class shared_text : public shared_value<std::string> {
 public:
  shared_text() = default;
  shared_text(shared_value<std::string> from)  // NOLINT: the same value
      : shared_value<std::string>(std::move(from)) {}
  shared_text(std::string text) {  // NOLINT: the same text
    if (!text.empty()) shared_value<std::string>::operator=(shared_value(std::move(text)));
  }
  shared_text(const char* text) : shared_text(std::string(text)) {}  // NOLINT: the same text

  operator const std::string&() const noexcept { return **this; }  // NOLINT: the same text
  operator std::string_view() const noexcept { return **this; }    // NOLINT: the same text
  bool empty() const noexcept { return (**this).empty(); }

  /// Takes a text; keeps what it has if that is the same.
  void set(std::string_view text) {
    if (!same_text(**this, text)) *this = shared_text(std::string(text));
  }

  friend bool operator==(const shared_text& a, const shared_text& b) {
    return a.is(b) || same_text(*a, *b);
  }
  template <std::convertible_to<std::string_view> Text>
  requires(!std::same_as<Text, shared_text>) friend bool operator==(const shared_text& a,
                                                                    const Text& b) {
    return same_text(*a, b);
  }
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
