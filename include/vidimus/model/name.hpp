// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_MODEL_NAME_HPP
#define VIDIMUS_MODEL_NAME_HPP

#include <algorithm>
#include <compare>
#include <string>

#include "../base/bytes.hpp"
#include "../base/inline_text.hpp"
#include "../base/same_text.hpp"
#include "../base/shared_value.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// A message's number in its conversation: 1 to `number_max`; 0 is "none".
using number = std::uint64_t;
inline constexpr number number_max = (number{1} << 53) - 1;

/// 96 random bits. `Of` only keeps the kinds apart.
template <class Of>
struct random_name {
  std::array<octet, 12> octets{};
  bool empty() const noexcept { return *this == random_name{}; }
  octets_view view() const noexcept { return octets; }
  // looked at so often that calls of memcmp would be felt
  friend bool operator==(const random_name& a, const random_name& b) noexcept {
    return a.first_eight() == b.first_eight() && a.last_eight() == b.last_eight();
  }
  friend std::strong_ordering operator<=>(const random_name& a, const random_name& b) noexcept {
    if (a == b) return std::strong_ordering::equal;
    return std::memcmp(a.octets.data(), b.octets.data(), a.octets.size()) <=> 0;
  }

 private:
  std::uint64_t first_eight() const noexcept { return eight_at(0); }
  std::uint64_t last_eight() const noexcept { return eight_at(4); }
  std::uint64_t eight_at(std::size_t from) const noexcept {
    std::uint64_t out;
    std::memcpy(&out, octets.data() + from, sizeof out);
    return out;
  }
};

/// What one life of the sending machine sends to one destination (protocol.md, name.conversation).
using conversation_id = random_name<struct of_conversation>;
/// Everything one verifier remembers of one peer (protocol.md, name.memory). Empty: not known yet.
using memory_name = random_name<struct of_memory>;
/// What a snapshot echoes of the sync it answers (protocol.md, snapshot.replace).
using nonce = random_name<struct of_nonce>;

/// What stands for a whole header in an element's brief form (protocol.md, element.brief): the
/// first 24 bits of the conversation's id, then 24 bits of a digest over all of the header.
struct head_reference {
  std::array<octet, 6> octets{};
  bool empty() const noexcept {
    std::uint32_t first;
    std::uint16_t last;
    std::memcpy(&first, octets.data(), sizeof first);
    std::memcpy(&last, octets.data() + sizeof first, sizeof last);
    return first == 0 && last == 0;
  }
  octets_view view() const noexcept { return octets; }
  /// The lowest id that it may stand for; the others follow it.
  conversation_id first() const noexcept {
    conversation_id out;
    std::copy_n(octets.begin(), of_id, out.octets.begin());
    return out;
  }
  bool begins(const conversation_id& id) const noexcept {
    return std::equal(octets.begin(), octets.begin() + of_id, id.octets.begin());
  }
  friend bool operator==(const head_reference&, const head_reference&) = default;
  static constexpr std::size_t of_id = 3;
};

/// The three bare addresses a message passes: origin and destination are the ends, on both hops;
/// relay is the server role.
struct route {
  std::string origin;
  std::string destination;
  std::string relay;
  friend bool operator==(const route&, const route&) = default;
  friend std::strong_ordering operator<=>(const route& a, const route& b) noexcept {
    if (const auto order = order_of(a.origin, b.origin); order != 0) return order;
    const auto order = order_of(a.destination, b.destination);
    return order != 0 ? order : order_of(a.relay, b.relay);
  }
};

/// Routes are shared, never changed; compare what they point to.
using route_ref = shared_value<route>;

inline route_ref make_route(std::string origin, std::string destination, std::string relay) {
  return route_ref(route{std::move(origin), std::move(destination), std::move(relay)});
}

/// A route that is not said; one for all.
inline const route_ref& unsaid_route() {
  static const route_ref one = make_route({}, {}, {});
  return one;
}

/// A conversation as all parties name it.
struct conversation_name {
  route_ref along;
  conversation_id id;

  friend std::strong_ordering operator<=>(const conversation_name& a, const conversation_name& b) {
    if (auto order = a.id <=> b.id; order != 0) return order;
    return a.along <=> b.along;
  }
  friend bool operator==(const conversation_name& a, const conversation_name& b) {
    return a.id == b.id && a.along == b.along;
  }
};

/// A message as all parties name it: the same content has the same name in every attempt, and a
/// name has one content (protocol.md, name.number).
struct message_name {
  conversation_name in;
  number at = 0;
  friend auto operator<=>(const message_name&, const message_name&) = default;
};

/// Most octets of a key id (protocol.md, key.current), and a key id.
inline constexpr std::size_t key_id_size_max = 32;
using key_name = inline_text<key_id_size_max>;

/// The bare address (RFC 6120 section 1.4, RFC 7622): what stands before the first '/'.
inline std::string_view bare(std::string_view address) noexcept {
  return address.substr(0, address.find('/'));
}

/// Whether that is the bare address of `address`.
inline bool is_bare_of(std::string_view that, std::string_view address) noexcept {
  return address.size() >= that.size() &&
         (address.size() == that.size() || address[that.size()] == '/') &&
         same_text({address.data(), that.size()}, that);
}

/// Longest address taken, in octets (RFC 7622 section 3.1: three parts of 1023 and two separators).
inline constexpr std::size_t address_size_max = 3071;

/// A bare address that may stand in a route. Preparation (case, RFC 7622) is the host's duty.
inline bool is_bare_address(std::string_view address) noexcept {
  return !address.empty() && address.size() <= address_size_max &&
         address.find('/') == std::string_view::npos;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
