// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_PART_PRINTS_HPP
#define VIDIMUS_CHECK_PART_PRINTS_HPP

#include "explain.hpp"
#include "verify.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Makes the prints of parts: 64 bits, 32 of a MAC over the name and 32 of one over the part, under
/// a purpose whose key verifies nothing else (protocol.md, altered.parts).
template <class Env>
class part_printer {
 public:
  /// `as`: `altered` or `deliver_altered`. `peer`: as for all codes of that hop.
  part_printer(verifier<Env>& codes, const header& head, purpose as, std::string_view peer)
      : codes_(codes), head_(head), as_(as), peer_(peer) {}

  std::optional<short_code> print(octets_view name, octets_view whole) {
    const auto of_name = codes_.short_of(head_, as_, peer_, name);
    const auto of_part = codes_.short_of(head_, as_, peer_, whole);
    if (!of_name || !of_part) return std::nullopt;
    short_code out = *of_name;
    std::copy_n(of_part->begin(), 4, out.begin() + 4);
    return out;
  }
  std::optional<short_code> of(const content_part& part) { return print(part.name, part.whole); }

  /// Of the check itself: its header, number, type, flags, lifetime and coverage; what else it
  /// carries is not the same in each attempt, or not known to who asks.
  std::optional<short_code> of(const check& e, purpose p) {
    check alone = e;
    alone.low = 0;
    alone.voids = {};
    alone.second = {};

    octets input;
    covered::write_input(input, alone, p);
    return print(as_octets("check"), input);
  }

 private:
  verifier<Env>& codes_;
  const header& head_;
  purpose as_;
  std::string_view peer_;
};

/// The prints that an altered verdict carries. None if the content is not canonical or there is no
/// key.
template <class Env>
std::vector<short_code> part_prints(verifier<Env>& codes, const check& e, purpose p, purpose as,
                                    std::string_view peer, octets_view canonical) {
  std::vector<short_code> out;
  if (!content_view::parse(canonical)) return out;
  const auto parts = parts_of(canonical);
  part_printer<Env> printer(codes, e.head, as, peer);
  const auto first = printer.of(e, p);
  if (!first) return out;
  out.push_back(*first);
  for (std::size_t i = 0; i < parts.size() && out.size() < diagnosis_parts_max; ++i)
    if (const auto one = printer.of(parts[i])) out.push_back(*one);
  return out;
}

/// The parts of which only prints are known.
template <class Env>
class arrived_prints {
 public:
  arrived_prints(part_printer<Env>& printer, std::vector<short_code> prints)
      : printer_(printer),
        prints_(std::move(prints)),
        full_(prints_.size() >= diagnosis_parts_max) {}

  bool same(const content_part& part) const { return has(printer_.of(part)); }
  bool has(const std::optional<short_code>& print) const {
    return print && std::find(prints_.begin(), prints_.end(), *print) != prints_.end();
  }
  bool named(const content_part& part) const { return is_named(printer_.of(part)); }
  bool is_named(const std::optional<short_code>& print) const {
    return print && std::any_of(prints_.begin(), prints_.end(),
                                [&](const short_code& p) { return same_name(p, *print); });
  }
  bool is_whole() const noexcept { return !full_; }
  void explained(const content_part& part) {
    if (const auto print = printer_.of(part))
      std::erase_if(prints_, [&](const short_code& p) { return same_name(p, *print); });
  }
  /// Those that have the name of none of these.
  std::size_t strangers(std::span<const content_part> own) {
    for (const auto& part : own) explained(part);
    return prints_.size();
  }

 private:
  static bool same_name(const short_code& a, const short_code& b) {
    return std::equal(a.begin(), a.begin() + 4, b.begin());
  }

  part_printer<Env>& printer_;
  std::vector<short_code> prints_;
  bool full_;
};

/// Whether the check itself arrived as it was sent, and with which type if not.
template <class Env>
std::optional<part_change> check_change(part_printer<Env>& printer, const check& sent, purpose p,
                                        const arrived_prints<Env>& arrived) {
  if (arrived.has(printer.of(sent, p))) return std::nullopt;
  check other = sent;
  for (std::string_view type : {"", "chat", "groupchat", "headline"}) {
    other.type = type;
    if (arrived.has(printer.of(other, p)))
      return part_change{"check", alteration::type_changed,
                         type.empty() ? "normal" : std::string(type)};
  }
  return part_change{"check", alteration::changed, {}};
}

/// What an altered verdict tells about a message that was sent as `sent` with that canonical
/// content. Empty if it carries no parts, or those of another key, memory or element.
template <class Env>
diagnosis diagnose(verifier<Env>& codes, const check& sent, purpose p, purpose as,
                   std::string_view peer, octets_view canonical, const altered_part& said) {
  diagnosis out;
  part_printer<Env> printer(codes, sent.head, as, peer);
  if (said.parts.empty()) return out;
  arrived_prints<Env> arrived(printer, said.parts);
  // the name of the check is that of any check under this header: else the prints are not ours
  if (!arrived.is_named(printer.of(sent, p))) return out;
  if (auto change = check_change(printer, sent, p, arrived))
    out.parts.push_back(std::move(*change));
  for (auto& one : diagnosing<arrived_prints<Env>>(canonical, arrived).run())
    out.parts.push_back(std::move(one));
  const auto strangers = arrived.strangers(parts_of(canonical));
  const std::size_t of_check = 1;
  if (strangers > of_check)
    out.parts.push_back({"another part", alteration::added, {}});
  else if (out.parts.empty())  // all of these arrived: it was the code, low2 or a void range
    out.parts.push_back({"check", alteration::changed, {}});
  if (out.parts.size() > diagnosis_parts_max) out.parts.resize(diagnosis_parts_max);
  return out;
}

/// The same, where the canonical content has to be read from the payload again: the core keeps
/// only its digest. Empty also if the payload is not XML that gives this digest.
template <class Env>
diagnosis diagnose(verifier<Env>& codes, const check& sent, purpose p, purpose as,
                   std::string_view peer, const payload_ref& payload, const digest& content,
                   const altered_part& said) {
  if (payload == nullptr || said.parts.empty()) return {};
  const auto canonical = canonical_octets("<message>" + *payload + "</message>", sent.cover);
  if (!canonical || verifier<Env>::digest_of(*canonical) != content) return {};
  return diagnose(codes, sent, p, as, peer, *canonical, said);
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
