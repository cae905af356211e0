// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_XMPP_BUNDLE_HPP
#define VIDIMUS_ADAPT_XMPP_BUNDLE_HPP

#include <algorithm>
#include <optional>

#include "../check/bundle.hpp"
#include "xmpp_text.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// As `arrive`, of a message or a bundle of them: `each(result<arrival, refusal>)` is called with
/// each message as if it had come alone, in order; once with why, if all of it was refused.
template <class Each>
void arrive_each(bundle_reader& reader, std::string_view message, const reading& at, Each&& each) {
  reader.read(message, at.scope, coverage_of, [&](result<stanza, refusal> read) {
    if (read)
      each(result<arrival, refusal>(arrival_of(std::move(*read), at)));
    else
      each(result<arrival, refusal>(read.error()));
  });
}

/// How much may go in one bundle. The octets are those of the stanza; servers refuse stanzas beyond
/// a size of their own, at worst 10,000 octets (RFC 6120, section 13.12), mostly 65,536 or more.
struct bundle_limits {
  std::size_t messages = bundle_messages_max;  ///< at most so many; below 2: none are made
  std::size_t octets = 32'768;
};

/// Gathers what goes to the same address in one flush of the run loop, and sends it as bundles
/// (protocol.md, bundle.known). What has no company goes as it is; so do a message that is sent
/// again, ahead of what waits, and what goes to an address that is not known to read bundles. All
/// else to one address keeps its order. Nothing is kept beyond `flush`; 64 addresses at a time are
/// waited for. The other members of `how` than `to` and `id` are the same for all.
class bundler {
 public:
  explicit bundler(const bundle_limits& limits = {}) : limits_(limits) {
    limits_.messages = std::min(limits_.messages, bundle_messages_max);
  }

  /// Takes what the role says; `reads`: the address is known to read bundles. `send` is called with
  /// a `std::string_view` of what can wait no longer. Nothing is returned if all is well; else as
  /// of `stanza_text`, and this one is not sent.
  template <std::invocable<std::string_view> Send>
  std::optional<text_error> add(const out::transmit& o, const sending& how, bool reads,
                                Send&& send) {
    const std::string_view to = how.to.empty() ? std::string_view(o.to) : how.to;
    const auto* message = std::get_if<check>(&o.what);
    const bool again = message != nullptr && message->attempt > 1;
    if (!reads || again || limits_.messages < 2) return alone(o, how, send);
    sending inside = how;
    inside.bundled = true;
    auto text = stanza_text(o, inside);
    box* at = text ? box_for(to, how, send) : nullptr;
    if (at == nullptr) {  // too deep for a bundle, or no lawful address
      if (box* waiting = find(to)) empty(*waiting, send);
      return alone(o, how, send);
    }
    const std::size_t most = std::min(limits_.octets, how.limits.octets);
    if (at->count != 0 && size_of(*at) + text->size() > most) empty(*at, send);
    at->inside += *text;
    at->has_hints = !std::holds_alternative<check>(o.what);
    if (++at->count == limits_.messages) empty(*at, send);
    return std::nullopt;
  }

  /// Sends all that waits: at the end of each flush.
  template <std::invocable<std::string_view> Send>
  void flush(Send&& send) {
    for (std::size_t i = 0; i < used_; ++i) empty(boxes_[i], send);
    used_ = 0;
  }

 private:
  static constexpr std::size_t addresses_max = 64;
  static constexpr std::string_view opening = "<message xmlns='jabber:client'";
  static constexpr std::string_view closing = "</message>";

  struct box {
    std::string to, head, hints, inside;
    std::size_t count = 0;
    bool has_hints = false;  ///< the last one in it, if it goes alone
  };

  template <class Send>
  std::optional<text_error> alone(const out::transmit& o, const sending& how, Send& send) {
    auto text = stanza_text(o, how);
    if (!text) return text.error();
    send(std::string_view(*text));
    return std::nullopt;
  }

  box* find(std::string_view to) {
    for (std::size_t i = used_; i-- != 0;)
      if (boxes_[i].to == to) return &boxes_[i];
    return nullptr;
  }
  template <class Send>
  box* box_for(std::string_view to, const sending& how, Send& send) {
    if (box* known = find(to)) return known;
    if (used_ == addresses_max) flush(send);
    if (used_ == boxes_.size()) boxes_.emplace_back();
    box& fresh = boxes_[used_];
    fresh.to = to;
    fresh.head = "<message";
    if (!how.space.empty()) append_attribute(fresh.head, "xmlns", how.space);
    append_attribute(fresh.head, "to", to);
    if (how.stamps && !how.from.empty()) append_attribute(fresh.head, "from", how.from);
    fresh.hints.clear();
    for (auto hint : how.hints) {
      fresh.hints.append("<").append(hint);
      append_attribute(fresh.hints, "xmlns", ns::hints);
      fresh.hints += "/>";
    }
    no_handler nobody;
    const std::string empty = fresh.head + '>' + fresh.hints + std::string(closing);
    if (!strict_.scan(empty, {}, how.limits, nobody)) return nullptr;
    ++used_;
    return &fresh;
  }

  static constexpr std::string_view begin = "><bundle xmlns='urn:vidimus:0'>", end = "</bundle>";
  static std::size_t size_of(const box& b) {
    return b.head.size() + begin.size() + b.inside.size() + end.size() + b.hints.size() +
           closing.size();
  }

  template <class Send>
  void empty(box& b, Send& send) {
    if (b.count == 0) return;
    text_ = b.head;
    if (b.count == 1) {
      text_.append(b.inside, opening.size());
      if (b.has_hints) text_.insert(text_.size() - closing.size(), b.hints);
    } else {
      text_.append(begin).append(b.inside).append(end).append(b.hints).append(closing);
    }
    b.inside.clear();
    b.count = 0;
    send(std::string_view(text_));
  }

  bundle_limits limits_;
  std::vector<box> boxes_;
  std::size_t used_ = 0;
  std::string text_;
  scanner strict_;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
