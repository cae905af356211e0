// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_WIRE_INPUT_HPP
#define VIDIMUS_ADAPT_WIRE_INPUT_HPP

#include "wire_fields.hpp"

namespace vidimus::inline VIDIMUS_ABI::wire {

/// Takes attributes and tokens of an element one by one. The first fault sticks; what is taken
/// after it is worth nothing. What nobody takes is a fault at the end: nothing is ignored
/// (protocol.md, element.check).
class input {
 public:
  explicit input(const flat_element& from) : in_(&from) {
    if (from.attributes.size() > wire_attributes_max)
      fail(wire_fault::too_many, "the element has more attributes than any of ours");
    if (from.text.size() > wire_text_max)
      fail(wire_fault::too_long, "text: more than 32768 octets");
    for (std::size_t i = 0; i < from.attributes.size() && good(); ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (from.attributes[i].first == from.attributes[j].first)
          fail(wire_fault::doubled_attribute, about(from.attributes[i].first, "occurs twice"));
    rest_ = from.text;
    if (good()) cut_token();
  }

  bool good() const noexcept { return !fault_; }
  const wire_error& fault() const noexcept { return *fault_; }
  void fail(wire_fault kind, std::string what) {
    if (!fault_) fault_ = wire_error{kind, std::move(what)};
  }

  // --- attributes ---

  /// The value, or nothing if it is absent.
  std::optional<std::string_view> take(std::string_view name) {
    for (std::size_t i = 0; i < in_->attributes.size() && i < wire_attributes_max; ++i)
      if (in_->attributes[i].first == name) {
        taken_ |= 1u << i;
        return in_->attributes[i].second;
      }
    return std::nullopt;
  }
  std::string_view require(std::string_view name) {
    const auto value = take(name);
    if (!value) fail(wire_fault::missing_attribute, about(name, "is missing"));
    return value.value_or("");
  }
  void bad(std::string_view name, std::string_view value, std::string_view is_not) {
    fail(wire_fault::bad_attribute, about(name, said(value).append(" is not ").append(is_not)));
  }
  void spelled(std::string_view name, std::string_view value) {
    fail(wire_fault::default_spelled, about(name, said(value).append(" is what its absence says")));
  }

  /// A number from `least` to `most`; `absent` if the attribute is not there.
  number integer(std::string_view name, number least, number most, number absent) {
    const auto value = take(name);
    if (!value) return absent;
    const auto held = from_decimal(*value, most);
    if (!held || *held < least) return bad(name, *value, bounds(least, most)), absent;
    if (*held == absent) spelled(name, *value);
    return *held;
  }
  number required_number(std::string_view name) {
    const auto value = require(name);
    const auto held = from_decimal(value, number_max);
    if (good() && (!held || *held == 0)) bad(name, value, bounds(1, number_max));
    return held.value_or(0);
  }

  /// A 96-bit name or nonce; empty if the attribute is absent.
  template <class Name>
  Name random(std::string_view name, bool required) {
    Name out;
    const auto value = required ? std::optional(require(name)) : take(name);
    if (!good() || !value) return out;
    if (!from_base64(*value, out.octets, base64url_letters)) out = {};
    if (out.empty()) bad(name, *value, "16 characters of base64url, not all A");
    return out;
  }

  // --- tokens of the text ---

  bool has_token() const noexcept { return good() && !token_.empty(); }
  /// The token at hand begins with this letter.
  bool at(char letter) const noexcept { return has_token() && token_.front() == letter; }
  bool at_digit() const noexcept {
    return has_token() && token_.front() >= '0' && token_.front() <= '9';
  }
  std::string_view token() const noexcept { return token_; }
  void next() { cut_token(); }
  void bad_token(std::string_view is_not) {
    fail(wire_fault::bad_text, said(token_).insert(0, "text: ").append(" is not ").append(is_not));
  }

  /// FIRST or FIRST-LAST as part of the token at hand. Nothing, and a fault, on anything else.
  std::optional<range> span(std::string_view text) {
    const auto out = read_range(text);
    if (!out) bad_token("made with a range as in 3 or 3-5 of numbers from 1 to 2^53-1");
    return out;
  }

  /// A list of ranges whose tokens begin with `letter`, or with the digit if there is none.
  ranges list(char letter) {
    ranges out;
    while (letter == 0 ? at_digit() : at(letter)) {
      const auto one = span(token_.substr(letter == 0 ? 0 : 1));
      if (!one) break;
      if (out.size() >= ranges_per_element_max)
        too_many("ranges");
      else if (!out.append_strictly(*one))
        bad_token("behind and apart from the range before it");
      next();
    }
    return out;
  }
  void too_many(std::string_view things) {
    fail(wire_fault::too_many, said(token_)
                                   .insert(0, "text: ")
                                   .append(" is beyond the 64 ")
                                   .append(things)
                                   .append(" that an element may carry"));
  }

  /// Faults for what is left over.
  void finish() {
    for (std::size_t i = 0; i < in_->attributes.size() && good(); ++i)
      if ((taken_ >> i & 1) == 0)
        fail(wire_fault::unknown_attribute,
             about(in_->attributes[i].first, "has no meaning in " + printable(in_->name)));
    if (has_token()) bad_token("known in " + printable(in_->name) + " at this place");
  }

  static std::string about(std::string_view attribute, std::string_view sentence) {
    return std::string("attribute ").append(printable(attribute)).append(": ").append(sentence);
  }

 private:
  static std::string said(std::string_view value) {
    return std::string("'").append(printable(value)).append("'");
  }
  static std::string bounds(number least, number most) {
    return "a number from " + std::to_string(least) + " to " + std::to_string(most);
  }

  // one blank between tokens, none at the ends
  void cut_token() {
    if (rest_.empty()) return void(token_ = {});
    const auto size = rest_.find(' ');
    token_ = rest_.substr(0, size);
    const bool last = size == std::string_view::npos;
    rest_ = last ? std::string_view{} : rest_.substr(size + 1);
    if (token_.empty() || (!last && rest_.empty()))
      fail(wire_fault::bad_text, "text: a blank at an end, or two together");
  }

  const flat_element* in_;
  std::uint32_t taken_ = 0;
  std::string_view token_, rest_;
  std::optional<wire_error> fault_;
};

}  // namespace vidimus::inline VIDIMUS_ABI::wire

#endif
