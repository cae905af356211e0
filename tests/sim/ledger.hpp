// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_SIM_LEDGER_HPP
#define VIDIMUS_TESTS_SIM_LEDGER_HPP

#include <map>
#include <optional>
#include <unordered_map>

#include "sim.hpp"

namespace sim {

/// What one party's store holds at this moment, read from the images: the shadow against which all
/// that the party claims is held (P4).
class ledger {
 public:
  using line_key = std::pair<std::string, conversation_id>;  ///< see `line_of`
  using item_key = std::pair<line_key, number>;

  void persist(const out::persist& o);
  void forget(const std::string& key);
  void rebuild(const memory_store& from);

  std::map<line_key, record::sender_conversation> sender_lines;
  std::map<item_key, record::sender_message> messages;
  std::map<item_key, std::string> payloads;
  std::map<std::string, memory_name> memories;  ///< by peer, of server and receiver
  std::map<line_key, record::server_conversation> server_lines;
  std::map<item_key, record::server_custody> custody;
  std::map<line_key, record::receiver_conversation> receiver_lines;

  std::size_t size() const noexcept { return index_.size(); }

 private:
  struct place {
    char kind[2];
    item_key key;
  };

  std::unordered_map<std::string, place> index_;
};

/// A conversation's place: one id may be used on two routes, by somebody who stole it.
inline ledger::line_key line_of(const std::string& peer, const conversation_name& name) {
  return {peer + " " + name.along->destination, name.id};
}
inline ledger::line_key line_of(const conversation_name& name) {
  return line_of(name.along->origin, name);
}

/// The status that a server's record stands for; nothing: told to nobody.
std::optional<status> status_of(const record::server_custody& r) noexcept;

/// P4: what the element claims is durable at this moment. Throws `violation`.
void check_sender_claims(const ledger& held, const element& e, const payload_ref& payload);
void check_server_claims(const ledger& held, const element& e, const payload_ref& payload,
                         const std::string& to, std::uint32_t window);
void check_receiver_claims(const ledger& held, const element& e, std::uint32_t window);

}  // namespace sim

#endif
