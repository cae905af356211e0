// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_EXCHANGE_LINK_HPP
#define VIDIMUS_DOCS_EXAMPLES_EXCHANGE_LINK_HPP

#include <algorithm>
#include <array>
#include <memory>

#include "chance.hpp"
#include "trace.hpp"

namespace exchange {

/// A stanza on a link.
struct packet {
  way by = way::submit;
  vidimus::instant arrives;
  std::string text;
  std::shared_ptr<const std::string> sent;  ///< what was written, if other octets arrive
  std::uint64_t epoch = 0;                  ///< of the hop when it left
  std::size_t leg = SIZE_MAX;               ///< in the trace
  bool copy = false;
  vidimus::header head{};  ///< as its maker has it; the text may have a reference
  bool altered() const { return sent != nullptr; }
};

struct link_counts {
  std::uint64_t stanzas = 0, octets = 0, lost = 0, swallowed = 0, altered = 0, copies = 0,
                overtaken = 0, cuts = 0;
};

/// Changes one octet behind the start tag of the message (the addresses in it are written anew by
/// the servers of a real network): mostly a letter or digit into another, so that the text stays
/// XML and only a check code can tell; sometimes any octet into any other.
inline void alter(std::string& text, chance& dice) {
  const auto is_word = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  const std::size_t head = std::min(text.find('>'), text.size() - 1);
  for (;;) {
    char& c = text[head + dice.below(text.size() - head)];
    const char before = c;
    if (dice.below(5) == 0) {
      c = static_cast<char>(static_cast<unsigned char>(c) ^ (1u << dice.below(8)));
      return;
    }
    if (!is_word(c)) continue;
    while (c == before) c = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJ"[dice.below(46)];
    return;
  }
}

/// Both hops, both ways. Losses, repeats, changes of order and of octets come from a seed.
class links {
 public:
  links(const options& asked, std::uint64_t seed) : asked_(asked), dice_(seed, 1) {}

  /// What comes of a stanza: no packet if it is lost, two if it is repeated.
  std::vector<packet> send(way by, std::string text, vidimus::instant now) {
    ++counts_.stanzas;
    counts_.octets += text.size();
    std::vector<packet> out;
    const hop& on = hops_[is_hop_one(by) ? 0 : 1];
    const bool lost = dice_.hits(asked_.loss);
    const bool altered = dice_.hits(asked_.alter);
    const bool repeated = dice_.hits(asked_.duplicate);
    if (!on.up)
      ++counts_.swallowed;
    else if (lost)
      ++counts_.lost;
    if (!on.up || lost) return out;
    packet one{by, arrival(by, now), std::move(text), nullptr, on.epoch, SIZE_MAX, false};
    if (repeated) out.push_back(one);
    if (altered) {
      ++counts_.altered;
      one.sent = std::make_shared<const std::string>(one.text);
      alter(one.text, dice_);
    }
    out.insert(out.begin(), std::move(one));
    if (repeated) {
      ++counts_.copies;
      const bool late = dice_.below(10) == 0;
      out[1].copy = true;
      out[1].arrives = out[0].arrives + vidimus::milliseconds(late ? dice_.between(5000, 60000)
                                                                   : dice_.between(5, 300));
    }
    return out;
  }

  void cut(bool hop_one) {
    ++counts_.cuts;
    hops_[hop_one ? 0 : 1].up = false;
    ++hops_[hop_one ? 0 : 1].epoch;
  }
  void mend(bool hop_one) { hops_[hop_one ? 0 : 1].up = true; }
  bool is_up(bool hop_one) const { return hops_[hop_one ? 0 : 1].up; }

  /// False: the link was cut while it was on the way.
  bool comes_through(const packet& one) {
    const bool through = one.copy || hops_[is_hop_one(one.by) ? 0 : 1].epoch == one.epoch;
    if (!through) ++counts_.swallowed;
    return through;
  }

  const link_counts& counts() const { return counts_; }

 private:
  struct hop {
    bool up = true;
    std::uint64_t epoch = 0;
  };

  /// In order, as a stream keeps it, but for those that are overtaken.
  vidimus::instant arrival(way by, vidimus::instant now) {
    vidimus::instant at = now + vidimus::milliseconds(dice_.between(20, 60));
    if (dice_.hits(asked_.reorder)) {
      ++counts_.overtaken;
      return at + vidimus::milliseconds(dice_.between(50, 400));
    }
    vidimus::instant& last = last_[static_cast<std::size_t>(by)];
    return last = std::max(at, last);
  }

  options asked_;
  chance dice_;
  std::array<hop, 2> hops_;
  std::array<vidimus::instant, 4> last_{};
  link_counts counts_;
};

}  // namespace exchange

#endif
