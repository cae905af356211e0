// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_WIRE_WRITE_HPP
#define VIDIMUS_ADAPT_WIRE_WRITE_HPP

#include "wire_ends.hpp"

namespace vidimus::inline VIDIMUS_ABI {
namespace wire {

/// Collects attributes and tokens. The first fault sticks.
class output {
 public:
  explicit output(flat_element& to) : to_(&to) {}

  bool good() const noexcept { return !fault_; }
  const wire_error& fault() const noexcept { return *fault_; }
  /// A value without a spelling: `what` says which, in a sentence.
  void refuse(bool when, std::string_view what) {
    if (when && !fault_) fault_ = wire_error{wire_fault::unwritable, std::string(what)};
  }

  void attribute(std::string_view name, std::string value) {
    to_->attributes.emplace_back(name, std::move(value));
  }
  void integer(std::string_view name, number value, number absent) {
    if (value != absent) attribute(name, std::to_string(value));
  }
  /// A name, nonce or code.
  void base64(std::string_view name, octets_view value) {
    attribute(name, to_base64(value, base64url_letters));
  }

  /// Begins a token; what follows is appended to it.
  std::string& token(std::string_view begin) {
    if (!to_->text.empty()) to_->text += ' ';
    return to_->text.append(begin);
  }
  void list(std::string_view letter, const ranges& value) {
    ranges copy;
    for (const range& one : value) {
      refuse(!copy.append_strictly(one), "ranges: above 64, or beyond 1 to 2^53-1");
      append(token(letter), one);
    }
  }
  static void append(std::string& to, const range& one) {
    to += std::to_string(one.first);
    if (one.last != one.first) to.append("-").append(std::to_string(one.last));
  }

  void finish() {
    refuse(to_->text.size() > wire_text_max, "text: more than 32768 octets");
    std::sort(to_->attributes.begin(), to_->attributes.end());
  }

 private:
  flat_element* to_;
  std::optional<wire_error> fault_;
};

inline void write_address(output& out, std::string_view name, std::string_view letter,
                          const std::string& address, std::string_view absent) {
  out.refuse(!is_wire_address(address), "addresses: one is not a bare address");
  if (address == absent) return;
  if (address.size() > wire_address_attribute_max)
    out.token(letter).append(address);
  else
    out.attribute(name, address);
}

inline void write_head(output& out, const header& h, const wire_place& place, std::size_t index) {
  out.refuse(!is_wire_key_id(h.key_id), "key id: not 1 to 32 octets without controls");
  out.attribute("k", h.key_id);
  if (h.rule != default_rule) out.attribute("r", std::string(facts(h.rule).name));
  const auto absent = implied(place, goes_forward(index));
  const route& along = *h.conversation.along;
  write_address(out, "o", "O", along.origin, absent.origin);
  write_address(out, "d", "D", along.destination, absent.destination);
  write_address(out, "s", "S", along.relay, absent.relay);
  out.refuse(h.conversation.id.empty(), "conversation: it has no name");
  out.base64("c", h.conversation.id.view());
  const bool may_be_empty = element_names[index] == "sync";
  out.refuse(h.memory.empty() && !may_be_empty, "memory: only a sync may leave it open");
  if (!h.memory.empty()) out.base64("m", h.memory.view());
}

inline void write_low(output& out, number low) {
  out.refuse(low < 1 || low > number_max, "low: not from 1 to 2^53-1");
  out.integer("w", low, 1);
}

inline void write_coverage(output& out, const coverage& cover) {
  out.refuse(!is_lawful(cover), "coverage: the list is unsorted or names what cannot be listed");
  out.refuse(cover.names.size() > wire_coverage_max, "coverage: above 64 names");
  if (cover.listed && cover.names.empty()) out.token("{}");
  std::size_t octets = 0;
  for (const auto& [space, local] : cover.names) {
    std::string& to = out.token("{");
    const std::size_t begin = to.size() - 1;
    for (char c : space) {
      if (c == ' ')
        to += "%20";
      else if (c == '%')
        to += "%25";
      else
        to += c;
    }
    to.append("}").append(local);
    octets += to.size() - begin;
  }
  out.refuse(octets > wire_coverage_octets_max, "coverage: the list is above 16384 octets");
}

inline void write_fields(output& out, const check& e, const wire_place& place) {
  out.refuse(e.at < 1 || e.at > number_max, "number: not from 1 to 2^53-1");
  out.attribute("n", std::to_string(e.at));
  out.refuse(folded_type(e.type) != e.type, "type: none of chat, groupchat, headline, or empty");
  if (e.type != folded_type(place.type)) out.attribute("t", e.type.empty() ? "normal" : e.type);
  std::string flags;
  for (const auto& [letter, flag] : flag_letters)
    if (((e.flags ^ check::report) & flag) != 0) flags += letter;
  out.refuse(e.flags > 31, "flags: one is unknown");
  if (!flags.empty()) out.attribute("f", std::move(flags));
  out.refuse(e.lifetime_s == 0, "lifetime: zero");
  out.integer("l", e.lifetime_s, default_lifetime_s);
  out.refuse(e.attempt == 0, "attempt: zero");
  out.integer("y", e.attempt, 1);
  write_coverage(out, e.cover);
  if (place.on == hop::one) {
    out.refuse(e.low != 0 || !e.voids.empty(), "low, voids: not on the first hop");
  } else {
    write_low(out, e.low);
    out.list("x", e.voids);
  }
  if (!e.second.empty())
    out.refuse(!append_end(out.token("z"), e.second), "second code: key id or length is wrong");
}

/// The number that a token of altered or refused begins with; they rise from one to the next.
inline std::string& write_rising(output& out, std::string_view letter, number at, number& before) {
  out.refuse(at <= before || at > number_max, "altered, refused, codes: numbers do not rise");
  before = at;
  return out.token(letter).append(std::to_string(at)).append("/");
}

inline void write_ends(output& out, const rare_list<end_part>& parts) {
  out.refuse(parts.size() > ranges_per_element_max, "codes between the ends: above 64");
  number before = 0;
  for (const end_part& one : parts) {
    std::string& to = write_rising(out, "z", one.at, before);
    out.refuse(!append_end(to, one.held), "codes between the ends: key id or length is wrong");
  }
}

inline void write_states(output& out, const receipt& e) {
  out.refuse(e.states.size() > ranges_per_element_max, "statuses: above 64");
  const status_range* before = nullptr;
  for (const status_range& one : e.states) {
    const auto& [first, last] = one.span;
    out.refuse(first < 1 || last < first || last > number_max, "statuses: a range is not lawful");
    const bool bound = one.what == status::verified;
    out.refuse(!bound && one.bind != short_code{}, "statuses: only verified has a bind");
    out.refuse(one.what != status::voided && one.why != reason::none,
               "statuses: only void has a reason");
    if (before != nullptr) {
      const bool joins = !bound && one.what == before->what && one.why == before->why;
      out.refuse(first <= before->span.last || (joins && first == before->span.last + 1),
                 "statuses: ranges are not sorted, disjoint and joined");
    }
    before = &one;
    const auto letter = static_cast<std::size_t>(one.what);
    std::string& to = out.token(status_letters.substr(letter, 1));
    output::append(to, one.span);
    if (bound) append_base64(to += '/', one.bind, base64url_letters);
    if (one.why != reason::none) to.append("/").append(name_of(one.why));
  }
}

inline void write_fields(output& out, const receipt& e, const wire_place& place) {
  out.refuse(e.body_only && place.on == hop::one, "body only: not on the first hop");
  out.refuse(e.brief && e.answers.empty(), "brief: only a snapshot says so");
  if (e.body_only || e.brief)
    out.attribute("f", std::string(e.body_only ? "b" : "").append(e.brief ? "i" : ""));
  out.refuse(e.limit > number_max, "limit: above 2^53-1");
  out.integer("u", e.limit, 0);
  out.integer("b", e.octets_max, default_octets_max);
  const bool covers = e.covered != range{};
  out.refuse(covers == e.answers.empty(), "snapshot: nonce and range go together");
  if (!e.answers.empty()) out.base64("q", e.answers.view());
  if (covers) {
    std::string text;
    output::append(text, e.covered);
    out.refuse(!read_range(text), "snapshot: what it covers is not a range");
    out.attribute("g", std::move(text));
  }
  write_states(out, e);
  out.refuse(e.altered.size() > ranges_per_element_max, "altered: above 64");
  number before = 0;
  for (const altered_part& one : e.altered) {
    std::string& to = write_rising(out, "a", one.at, before);
    append_base64(to, one.code, base64url_letters);
    append_base64(to += '/', one.fingerprint, base64url_letters);
    out.refuse(one.attempt == 0, "altered: attempt zero");
    if (one.attempt != 1) to.append("/").append(std::to_string(one.attempt));
    out.refuse(one.parts.size() > diagnosis_parts_max, "altered: above 32 parts");
    if (!one.parts.empty()) to += ':';
    for (const short_code& part : one.parts) append_base64(to, part, base64url_letters);
  }
  out.refuse(e.refused.size() > ranges_per_element_max, "refused: above 64");
  before = 0;
  for (const refused_part& one : e.refused) {
    std::string& to = write_rising(out, "r", one.at, before);
    out.refuse(one.why == reason::none, "refused: without reason");
    to += name_of(one.why);
    if (one.retry_after_s != 0) to.append("/").append(std::to_string(one.retry_after_s));
  }
  out.list("m", e.missing);
  write_ends(out, e.ends);
}

inline void write_fields(output& out, const execute& e, const wire_place&) {
  write_low(out, e.low);
  out.list({}, e.numbers);
  out.list("x", e.voids);
  write_ends(out, e.ends);
}

inline void write_fields(output& out, const withdraw& e, const wire_place&) {
  write_low(out, e.low);
  out.list({}, e.numbers);
}

inline void write_fields(output& out, const sync& e, const wire_place&) {
  out.refuse(e.asks.empty(), "sync: without nonce");
  out.base64("q", e.asks.view());
  write_low(out, e.low);
  out.refuse(e.top > number_max, "top: above 2^53-1");
  out.integer("h", e.top, 0);
  if (e.close) out.attribute("f", "e");
  out.list("x", e.voids);
}

inline void write_fields(output& out, const challenge& e, const wire_place& place) {
  const bool one = place.on == hop::one;
  if (e.cause == (one ? purpose::submit : purpose::deliver)) return;
  const bool known =
      one ? e.cause == purpose::execute || e.cause == purpose::withdraw || e.cause == purpose::sync
          : e.cause == purpose::deliver_sync;
  out.refuse(!known, "cause: no element of that purpose is answered by a challenge on this hop");
  out.attribute("p", std::string(one ? name_of(e.cause) : "sync"));
}

}  // namespace wire

/// The one spelling of an element at that place, attributes sorted by name (protocol.md,
/// element.flat). Reading it there gives the element again. Refused, as `unwritable`, only if a
/// value has no spelling: the sentence says which.
inline result<flat_element, wire_error> write_element(const element& e, const wire_place& place) {
  flat_element to;
  wire::output out(to);
  to.name = wire::element_names[e.index()];
  to.attributes.reserve(8);  // as many as most have
  std::visit(
      [&](const auto& one) {
        using kind = std::decay_t<decltype(one)>;
        constexpr bool first_only = std::is_same_v<kind, execute> || std::is_same_v<kind, withdraw>;
        out.refuse(first_only && place.on == hop::two, "the element is not for the second hop");
        if (wire::may_be_brief(one))
          out.base64("i", one.head.brief.view());
        else
          wire::write_head(out, one.head, place, e.index());
        wire::write_fields(out, one, place);
        out.refuse(!wire::fits(one.head, one.code.view().size()),
                   "code: not as long as the rule says");
        out.base64("v", one.code.view());
      },
      e);
  out.finish();
  if (!out.good()) return out.fault();
  return to;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
