// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_MODEL_RECORD_KEY_HPP
#define VIDIMUS_MODEL_RECORD_KEY_HPP

#include <algorithm>

#include "manner.hpp"
#include "name_text.hpp"

namespace vidimus::inline VIDIMUS_ABI::record {

/// The key of a record: its kind, the peer, the conversation and, unless it is 0, the number.
/// Unique text: bare addresses hold no '/'.
inline void append_key_of(std::string& key, std::string_view what, std::string_view peer,
                          const conversation_name& name, number at = 0) {
  const std::size_t before = key.size();
  std::size_t size = what.size() + peer.size() + 2 + text_size(name);
  if (at != 0) size += 1 + digits_of(at);
  key.resize(before + size);
  char* to = put_text(key.data() + before, what);
  *to++ = '/';
  to = put_text(to, peer);
  *to++ = '/';
  to = put_text(to, name);
  if (at == 0) return;
  *to++ = '/';
  put_decimal(to, at);
}
inline std::string key_of(std::string_view what, std::string_view peer,
                          const conversation_name& name, number at = 0) {
  std::string key;
  append_key_of(key, what, peer, name, at);
  return key;
}

/// Names a record without making its key; the key of a peer's record is its kind and the peer.
struct row_name {
  std::string_view what;  ///< two letters, of static storage
  shared_text peer;
  conversation_name name;
  number at = 0;

  row_name(std::string_view of_what, shared_text of_peer, conversation_name of_name,
           number of_number = 0)
      : what(of_what), peer(std::move(of_peer)), name(std::move(of_name)), at(of_number) {}
  void append_key(std::string& to) const {
    if (name.along)
      append_key_of(to, what, *peer, name, at);
    else
      (to.append(what) += '/') += *peer;
  }
  std::string key() const {
    std::string out;
    append_key(out);
    return out;
  }
};

/// Names the record of a payload. `role`: 's' sender, 'v' server.
inline row_name payload_row(char role, const shared_text& peer, const conversation_name& name,
                            number at) {
  return {role == 's' ? "sp" : "vp", peer, name, at};
}

}  // namespace vidimus::inline VIDIMUS_ABI::record

#endif
