// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_MODEL_KEEPING_HPP
#define VIDIMUS_MODEL_KEEPING_HPP

#include <variant>

#include "record_fields.hpp"

namespace vidimus::inline VIDIMUS_ABI::out {

/// Make a record durable before anything behind it (protocol.md, durable.first): write its image
/// under its key, in place of what was there. Holds the record as it is at this place of the batch;
/// key and image are made when asked for, by whoever stores them.
class persist {
 public:
  /// A record whose key and image are known already.
  persist(std::string key, octets image) : held_(stored{std::move(key), std::move(image)}) {}
  template <class Record>
  requires requires { Record::kind; }
  explicit persist(Record what) : held_(std::move(what)) {}
  /// A record that is made where it stays.
  template <class Record, class... From>
  explicit persist(std::in_place_type_t<Record> kind, From&&... from)
      : held_(kind, std::forward<From>(from)...) {}

  /// Appends the key: at most a few hundred octets.
  void append_key(std::string& to) const {
    std::visit(
        [&to](const auto& one) {
          if constexpr (requires { one.kind; })
            one.row().append_key(to);
          else
            to += one.key;
        },
        held_);
  }
  std::string key() const {
    std::string out;
    append_key(out);
    return out;
  }
  /// Appends the image: a few hundred octets, or the payload of one message.
  void append_image(octets& to) const {
    std::visit(
        [&to](const auto& one) {
          if constexpr (requires { one.kind; })
            vidimus::image::append(one, to);
          else
            to.insert(to.end(), one.image.begin(), one.image.end());
        },
        held_);
  }
  octets image() const {
    octets out;
    append_image(out);
    return out;
  }

 private:
  std::variant<stored, record::sender_conversation, record::sender_message, record::payload,
               record::server_peer, record::server_conversation, record::server_custody,
               record::receiver_peer, record::receiver_conversation>
      held_;
};

/// Erase what is stored under `key()`. May be lazy, but not reordered before anything in front.
class forget {
 public:
  explicit forget(std::string key) : held_(std::move(key)) {}
  explicit forget(record::row_name row) : held_(std::move(row)) {}
  /// Made where it stays.
  forget(std::string_view what, const shared_text& peer, const conversation_name& name, number at)
      : held_(std::in_place_type<record::row_name>, what, peer, name, at) {}

  void append_key(std::string& to) const {
    if (const auto* known = std::get_if<std::string>(&held_))
      to += *known;
    else
      std::get<record::row_name>(held_).append_key(to);
  }
  std::string key() const {
    std::string out;
    append_key(out);
    return out;
  }

 private:
  std::variant<std::string, record::row_name> held_;
};

}  // namespace vidimus::inline VIDIMUS_ABI::out

#endif
