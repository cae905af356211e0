// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_WIRE_ENDS_HPP
#define VIDIMUS_ADAPT_WIRE_ENDS_HPP

#include "wire_input.hpp"

/// The spelling of codes between the ends: CODE/KEY, or CODE/KEY/RULE where the rule is another
/// than the default. KEY is the key id in base64url: a key id may hold blanks.
namespace vidimus::inline VIDIMUS_ABI::wire {

inline end_code read_end(input& in, std::string_view text) {
  end_code out;
  const auto code = from_base64(cut_at(text, '/'), base64url_letters);
  const bool has_rule = text.find('/') != std::string_view::npos;
  const auto key = from_base64(cut_at(text, '/'), base64url_letters);
  const auto rule = has_rule ? rule_named(text) : std::optional(default_rule);
  const bool sound = code && key && rule && (!has_rule || *rule != default_rule) &&
                     code->size() == facts(*rule).code_size;
  if (!sound || !is_wire_key_id(as_text(*key))) {
    in.bad_token("made with CODE/KEY or CODE/KEY/RULE, each in its one spelling");
    return out;
  }
  out.key_id = as_text(*key);
  out.rule = *rule;
  out.code = check_code(*code);
  return out;
}

/// Tokens zNUMBER/CODE/KEY/RULE; the numbers rise.
inline void read_ends(input& in, rare_list<end_part>& to) {
  for (; in.at('z'); in.next()) {
    auto rest = in.token().substr(1);
    const auto at = from_decimal(cut_at(rest, '/'), number_max).value_or(0);
    if (at == 0)
      in.bad_token("made with a number from 1 to 2^53-1");
    else if (!to.empty() && at <= to.back().at)
      in.bad_token("behind the number before it");
    if (to.size() >= ranges_per_element_max) in.too_many("of its kind");
    if (!in.good()) return;
    to.push_back({at, read_end(in, rest)});
  }
}

/// Appends the spelling; false if there is none.
inline bool append_end(std::string& to, const end_code& e) {
  append_base64(to, e.code.view(), base64url_letters);
  append_base64(to += '/', as_octets(e.key_id), base64url_letters);
  if (e.rule != default_rule) to.append("/").append(facts(e.rule).name);
  return is_wire_key_id(e.key_id) && e.code.view().size() == facts(e.rule).code_size;
}

}  // namespace vidimus::inline VIDIMUS_ABI::wire

#endif
