// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_COMPUTE_HPP
#define VIDIMUS_CHECK_COMPUTE_HPP

#include "../model/elements.hpp"
#include "scratch.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// What a code covers, octet by octet (protocol.md, code.input). Each field is a tag (1 octet), a
/// length (4 octets, big-endian) and so many octets; integers are 8 octets big-endian. Fields are
/// in the order of their tags, all of an element's fields are present.
namespace covered {

inline constexpr std::string_view protocol = "urn:vidimus:0";

enum tag : octet {
  t_protocol = 0x01,
  t_rule,
  t_key_id,
  t_purpose,
  t_origin,
  t_destination,
  t_relay,
  t_conversation,
  t_memory,
  t_number = 0x10,
  t_type,
  t_flags,
  t_lifetime,
  t_coverage,
  t_low,
  t_voids,
  t_digest,
  t_second,
  t_states = 0x20,
  t_altered,
  t_refused,
  t_missing,
  t_limit,
  t_octets_max,
  t_nonce,
  t_covered,
  t_ends,
  t_body_only,
  t_brief,
  t_numbers = 0x30,
  t_top,
  t_close,
  t_cause,
};

/// Writes to `octets`, or without the cost of growing a vector to an `octet_buffer`.
template <class Out>
class basic_builder {
 public:
  using writer = basic_writer<Out>;
  explicit basic_builder(Out& out) : out_(out) {}

  void text(tag t, std::string_view value) { field(t, as_octets(value)); }
  void field(tag t, octets_view value) {
    if constexpr (std::same_as<Out, octet_buffer>) {
      out_.field(t, as_text(value));
    } else {
      writer w(out_);
      w.u8(t);
      w.sized(value);
    }
  }
  void integer(tag t, std::uint64_t value) {
    std::array<octet, 8> big;
    put_big_endian<8>(big.data(), value);
    field(t, big);
  }
  void list(tag t, const ranges& value) {
    writer w(out_);
    w.u8(t);
    w.u32(static_cast<std::uint32_t>(value.size() * 16));
    for (const range& r : value) {
      w.u64(r.first);
      w.u64(r.last);
    }
  }
  /// A field whose length is known once `write(writer&)` has run.
  template <class Write>
  void measured(tag t, Write write) {
    writer w(out_);
    w.u8(t);
    w.u32(0);
    const std::size_t start = out_.size();
    write(w);
    const std::size_t size = out_.size() - start;
    for (int i = 0; i < 4; ++i)
      out_[start - 4 + static_cast<std::size_t>(i)] = static_cast<octet>(size >> (24 - 8 * i));
  }

  void head(const header& h, purpose p) {
    opening(h, p);
    names(h);
  }
  /// What all inputs under one key begin with.
  void opening(const header& h, purpose p) {
    text(t_protocol, protocol);
    text(t_rule, facts(h.rule).name);
    text(t_key_id, h.key_id);
    text(t_purpose, name_of(p));
    text(t_origin, h.conversation.along->origin);
    text(t_destination, h.conversation.along->destination);
    text(t_relay, h.conversation.along->relay);
  }
  void names(const header& h) {
    field(t_conversation, h.conversation.id.view());
    field(t_memory, h.memory.empty() ? octets_view{} : h.memory.view());
  }

 private:
  Out& out_;
};

using builder = basic_builder<octets>;

template <class Writer>
void write_end(Writer& w, const end_code& e) {
  w.sized(e.key_id);
  w.sized(facts(e.rule).name);
  w.sized(e.code.view());
}

/// A field that stands only where there is something to say.
template <class Out>
void ends(basic_builder<Out>& b, const rare_list<end_part>& parts) {
  if (parts.empty()) return;
  b.measured(t_ends, [&](auto& w) {
    for (const end_part& one : parts) {
      w.u64(one.at);
      write_end(w, one.held);
    }
  });
}

/// What the sender of a message says of it; all but D, low2 and the void ranges.
template <class Out>
void message_fields(basic_builder<Out>& b, const check& e) {
  b.integer(t_number, e.at);
  b.text(t_type, e.type);
  b.integer(t_flags, e.flags);
  b.integer(t_lifetime, e.lifetime_s);
  b.measured(t_coverage, [&](auto& w) {
    w.u8(e.cover.listed ? 1 : 0);
    for (const auto& name : e.cover.names) {
      w.sized(name.space);
      w.sized(name.local);
    }
  });
}

template <class Out>
void fields(basic_builder<Out>& b, const check& e, const digest* content_digest) {
  message_fields(b, e);
  b.integer(t_low, e.low);
  b.list(t_voids, e.voids);
  if (content_digest != nullptr) b.field(t_digest, *content_digest);
  if (!e.second.empty()) b.measured(t_second, [&](auto& w) { write_end(w, e.second); });
}

template <class Out>
void fields(basic_builder<Out>& b, const receipt& e, const digest*) {
  b.measured(t_states, [&](auto& w) {
    for (const auto& s : e.states) {
      w.u8(static_cast<octet>(s.what));
      w.u64(s.span.first);
      w.u64(s.span.last);
      w.raw(octets_view(s.bind));
      w.u8(static_cast<octet>(s.why));
    }
  });
  b.measured(t_altered, [&](auto& w) {
    for (const auto& a : e.altered) {
      w.u64(a.at);
      w.raw(octets_view(a.code));
      w.raw(octets_view(a.fingerprint));
      w.u32(a.attempt);
      w.u8(static_cast<octet>(a.parts.size()));
      for (const short_code& one : a.parts) w.raw(octets_view(one));
    }
  });
  b.measured(t_refused, [&](auto& w) {
    for (const auto& r : e.refused) {
      w.u64(r.at);
      w.u8(static_cast<octet>(r.why));
      w.u32(r.retry_after_s);
    }
  });
  b.list(t_missing, e.missing);
  b.integer(t_limit, e.limit);
  b.integer(t_octets_max, e.octets_max);
  b.field(t_nonce, e.answers.empty() ? octets_view{} : e.answers.view());
  b.measured(t_covered, [&](auto& w) {
    w.u64(e.covered.first);
    w.u64(e.covered.last);
  });
  ends(b, e.ends);
  if (e.body_only) b.integer(t_body_only, 1);
  if (e.brief) b.integer(t_brief, 1);
}

template <class Out>
void fields(basic_builder<Out>& b, const execute& e, const digest*) {
  b.integer(t_low, e.low);
  b.list(t_voids, e.voids);
  ends(b, e.ends);
  b.list(t_numbers, e.numbers);
}

template <class Out>
void fields(basic_builder<Out>& b, const withdraw& e, const digest*) {
  b.integer(t_low, e.low);
  b.list(t_numbers, e.numbers);
}

template <class Out>
void fields(basic_builder<Out>& b, const sync& e, const digest*) {
  b.integer(t_low, e.low);
  b.list(t_voids, e.voids);
  b.field(t_nonce, e.asks.view());
  b.integer(t_top, e.top);
  b.integer(t_close, e.close ? 1 : 0);
}

template <class Out>
void fields(basic_builder<Out>& b, const challenge& e, const digest*) {
  b.text(t_cause, name_of(e.cause));
}

/// Replaces `out` by the info that HKDF makes a key of: protocol, rule, purpose, issuer role,
/// origin, destination, relay, key id, each with its length (protocol.md, key.derive).
template <class Out>
void write_key_info(Out& out, const header& head, purpose p) {
  out.clear();
  basic_writer<Out> w(out);
  w.sized(protocol);
  w.sized(facts(head.rule).name);
  w.sized(name_of(p));
  w.sized(issuer_of(p));
  w.sized(head.conversation.along->origin);
  w.sized(head.conversation.along->destination);
  w.sized(head.conversation.along->relay);
  w.sized(head.key_id);
}

/// Replaces `out` by the octets that the code of `e` covers under purpose `p`. `content_digest`:
/// D of the message, with a check only.
template <class Out, class Element>
void write_input(Out& out, const Element& e, purpose p, const digest* content_digest = nullptr) {
  out.clear();
  basic_builder<Out> b(out);
  b.head(e.head, p);
  fields(b, e, content_digest);
}

/// The same, where `opening` is what `basic_builder::opening` writes of its header.
template <class Element>
void write_input(octet_buffer& out, octets_view opening, const Element& e,
                 const digest* content_digest) {
  out.clear();
  out.append(as_text(opening));
  basic_builder<octet_buffer> b(out);
  b.names(e.head);
  fields(b, e, content_digest);
}

/// What the second code of a message covers: the message as its sender says it, and nothing that a
/// server assigns (protocol.md, end.code). Key id and rule are those of the key between the ends.
template <class Out>
void write_second_input(Out& out, const check& e, const header& head, const digest& d) {
  out.clear();
  basic_builder<Out> b(out);
  b.head(head, purpose::end_to_end);
  message_fields(b, e);
  b.field(t_digest, d);
}

/// What the proof of a delivery covers: name and content of the message (protocol.md,
/// end.delivered).
template <class Out>
void write_delivered_input(Out& out, const header& head, number at, const digest& d) {
  out.clear();
  basic_builder<Out> b(out);
  b.head(head, purpose::end_delivered);
  b.integer(t_number, at);
  b.field(t_digest, d);
}

}  // namespace covered
}  // namespace vidimus::inline VIDIMUS_ABI

#endif
