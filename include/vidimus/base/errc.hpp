// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_BASE_ERRC_HPP
#define VIDIMUS_BASE_ERRC_HPP

#include <cstdint>
#include <string_view>

#include "../version.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Why a command of the host was refused. Nothing was changed and nothing was lost.
enum class errc : std::uint8_t {
  window_full,             ///< as many messages are unfinished as the limits allow
  too_many_conversations,  ///< as many destinations are in use as the limits allow
  too_large,               ///< the message is larger than the limits allow
  bad_address,             ///< an address is empty, too long or not a bare address
  bad_lifetime,            ///< the lifetime is zero or above the limit
  no_key,                  ///< no preset code is known for this peer
  bad_key,                 ///< a preset code, its key id or its rule cannot be used
  unknown_name,            ///< no unfinished message has this name
  already_ended,           ///< the message has its outcome already
  not_handed,              ///< no delivery with this name waits for an answer
  bad_image,               ///< a stored record cannot be read: damaged, cut, or of another role
  newer_image,             ///< a stored record was written by a newer version of the library
  beyond_limits,           ///< a stored record needs larger limits than the role was given
  not_fresh,               ///< restore needs a role that has done nothing yet
  unsupported,             ///< asked for something this version does not do
};

/// The sentence for a person.
constexpr std::string_view sentence(errc code) noexcept {
  switch (code) {
    case errc::window_full: return "as many messages are unfinished as the limits allow";
    case errc::too_many_conversations: return "as many destinations are in use as the limits allow";
    case errc::too_large: return "the message is larger than the limits allow";
    case errc::bad_address: return "an address is empty, too long or not a bare address";
    case errc::bad_lifetime: return "the lifetime is zero or above the limit";
    case errc::no_key: return "no preset code is known for this peer";
    case errc::bad_key: return "a preset code, its key id or its rule cannot be used";
    case errc::unknown_name: return "no unfinished message has this name";
    case errc::already_ended: return "the message has its outcome already";
    case errc::not_handed: return "no delivery with this name waits for an answer";
    case errc::bad_image: return "a stored record cannot be read: damaged, cut, or of another role";
    case errc::newer_image: return "a stored record was written by a newer version";
    case errc::beyond_limits: return "a stored record needs larger limits than the role was given";
    case errc::not_fresh: return "restore needs a role that has done nothing yet";
    case errc::unsupported: return "asked for something this version does not do";
  }
  return "unknown error";
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
