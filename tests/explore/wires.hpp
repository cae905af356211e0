// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_EXPLORE_WIRES_HPP
#define VIDIMUS_TESTS_EXPLORE_WIRES_HPP

#include <deque>
#include <unordered_map>

#include "reach.hpp"

namespace explore {

using namespace vidimus;

enum class who : std::uint8_t { sender, server, receiver };
inline constexpr std::array<std::string_view, 3> who_names{"sender", "server", "receiver"};

inline const std::string alice_full = "alice@example.org/phone";

/// What the application submits, in this order.
inline constexpr std::array<std::string_view, 3> texts{"first", "second", "third"};

/// 128 bits that stand for a long key.
struct print {
  std::uint64_t a = 0, b = 0;
  friend bool operator==(const print&, const print&) = default;
  static print of(octets_view in) { return {toy::mix(17, in), toy::mix(71, in)}; }
};
struct print_hash {
  std::size_t operator()(const print& p) const noexcept { return p.a; }
};

/// A durable store whose content can be copied, compared and looked up.
class shelf {
 public:
  void carry_out(const out::persist& o) { held_[o.key()] = o.image(); }
  void carry_out(const out::forget& o) { held_.erase(o.key()); }
  std::vector<stored> all() const {
    std::vector<stored> out;
    for (const auto& [key, image] : held_) out.push_back({key, image});
    return out;
  }
  void append(octets& to) const {
    writer w(to);
    for (const auto& [key, image] : held_) {
      w.sized(key);
      w.sized(image);
    }
  }
  bool empty() const { return held_.empty(); }
  bool has(const std::string& key) const { return held_.contains(key); }
  template <class Record>
  std::optional<Record> find(const std::string& key) const {
    auto at = held_.find(key);
    if (at == held_.end()) return std::nullopt;
    auto found = image::load<Record>(at->second);
    if (!found) return std::nullopt;
    return std::move(*found);
  }

 private:
  std::map<std::string, octets> held_;
};

/// An element that was sent: it stays in the network for ever.
struct wire {
  who from = who::sender, to = who::server;
  out::transmit sent;
};

/// All elements sent in any state, each once.
class wires {
 public:
  std::uint32_t intern(who from, const out::transmit& sent);
  const wire& at(std::uint32_t id) const { return all_[id]; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(all_.size()); }
  /// A line for people.
  std::string text(std::uint32_t id) const;
  /// The question that an element asks or answers; empty: none.
  const nonce& question(std::uint32_t id) const { return questions_[id]; }
  /// Elements that ask or answer one.
  bool asks_or_answers(std::uint32_t id) const { return !questions_[id].empty(); }
  /// The same element without its question (stale.cpp); `codes` are those of its issuer.
  std::uint32_t stale_form(std::uint32_t id, toy::env& issuer);
  /// What arrives; `altered` above 0: with another payload under the same code.
  incoming arrival(std::uint32_t id, int altered) const;

 private:
  std::deque<wire> all_;
  std::deque<nonce> questions_;
  std::unordered_map<std::uint32_t, std::uint32_t> stale_;
  std::unordered_map<print, std::uint32_t, print_hash> known_;
};

/// "s3": the third name drawn by the sender; "-" if empty.
template <class Of>
std::string short_name(const random_name<Of>& name) {
  if (name.empty()) return "-";
  if (name.octets[0] == 0xff) return "(old)";
  return static_cast<char>(name.octets[0]) + std::to_string(name.octets[1]);
}

}  // namespace explore

#endif
