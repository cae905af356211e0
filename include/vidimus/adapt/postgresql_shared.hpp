// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_POSTGRESQL_SHARED_HPP
#define VIDIMUS_ADAPT_POSTGRESQL_SHARED_HPP

#include <map>
#include <optional>

#include "../model/record_fields.hpp"
#include "postgresql_schema.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// How a database is opened.
struct postgresql_options {
  std::string relay;               ///< the bare address whose records these are
  std::string schema = "vidimus";  ///< of SQL, made if missing; letters, digits and `_`
  std::uint32_t wait_ms = 5000;    ///< for another instance that works at the same; then `busy`
  std::uint32_t tries_max = 8;     ///< while others are faster; then `busy`
  std::size_t cached_max = 1024;   ///< destinations kept in memory
};

namespace detail {

/// A peer as all instances see it.
struct shared_peer {
  std::int64_t version = 0;  ///< 0: it has no row
  std::uint32_t conversations = 0;
  memory_name memory;
  std::uint64_t octets_elsewhere = 0;  ///< in custody, at other destinations; read only
};

/// All that the database holds of one destination, as of one version.
struct shared_destination {
  std::int64_t version = 0;  ///< 0: it has no row
  instant deadline = never;
  bool attached = false;
  std::map<std::string, octets> records;
  std::map<std::string, shared_peer> peers;  ///< of its conversations, and those asked for
};

/// What is to become of one.
struct shared_change {
  std::map<std::string, std::optional<octets>> records;  ///< nothing: it is to go
  std::map<std::string, shared_peer> peers;              ///< with the version that they had
  std::map<std::string, std::uint64_t> in_custody;       ///< octets, by conversation
  instant deadline = never;
  bool attached = false;

  bool is_none(const shared_destination& of) const {
    return records.empty() && peers.empty() && deadline == of.deadline && attached == of.attached;
  }
  /// No record of the destination is left.
  bool empties(const shared_destination& of) const {
    std::size_t left = of.records.size();
    for (const auto& [key, image] : records) {
      const bool is = of.records.contains(key);
      if (image && !is) ++left;
      if (!image && is) --left;
    }
    return left == 0;
  }
  /// `of` as it is when the change is durable.
  void apply(shared_destination& of, std::int64_t as) const {
    for (const auto& [key, image] : records)
      if (image)
        of.records[key] = *image;
      else
        of.records.erase(key);
    for (const auto& [name, peer] : peers) {
      of.peers[name] = peer;
      of.peers[name].version = as;
    }
    const bool none = of.records.empty();
    of.version = none ? 0 : as;
    of.deadline = none ? never : deadline;
    of.attached = !none && attached;
  }
};

/// A key of a conversation's record (`record::server_conversation`).
inline bool is_conversation(const std::string& key) { return key.starts_with("vc/"); }
/// A key of a message's payload.
inline bool is_payload(const std::string& key) { return key.starts_with("vp/"); }
/// The conversation that a payload's key is of.
inline std::string conversation_of(const std::string& payload) {
  return "vc" + payload.substr(2, payload.rfind('/') - 2);
}

/// Adds what writes the records of a change, all of one version.
inline void add_records(postgresql_link& to, const std::string& name, const shared_change& change,
                        std::int64_t as) {
  std::vector<octets_view> keys, images, gone;
  for (const auto& [key, image] : change.records) {
    (image ? keys : gone).push_back(as_octets(key));
    if (image) images.push_back(*image);
    if (!is_conversation(key)) continue;
    if (!image) {
      to.add(sql::drop_conversation, postgresql_values().text(key));
    } else if (const auto c = image::load<record::server_conversation>(*image)) {
      to.add(sql::put_conversation,
             postgresql_values().text(key).text(*c->peer).text(name).truth(c->closed));
    }
  }
  for (const auto& [key, held] : change.in_custody)
    to.add(sql::set_octets, postgresql_values().text(key).integer(static_cast<std::int64_t>(held)));
  if (!keys.empty())
    to.add(sql::put_records, postgresql_values().text(name).integer(as).list(keys).list(images));
  if (!gone.empty()) to.add(sql::drop_records, postgresql_values().text(name).list(gone));
}

/// Makes the schema, or brings it to this version; alone, in a transaction of its own.
inline store_done make_schema(postgresql_link& in, const postgresql_options& options) {
  const auto one = [&](const char* sql, postgresql_values values = {}) {
    in.add(sql, std::move(values));
    auto got = in.run("making the schema");
    return got ? result<std::int64_t, store_error>(got->back().first_integer())
               : result<std::int64_t, store_error>(got.error());
  };
  in.add(sql::begin);
  in.add(sql::alone);
  if (auto got = in.run("making the schema"); !got) return got.error();
  auto there = one(sql::has_schema, postgresql_values().text(options.schema));
  if (!there) return there.error();
  if (*there == 0) in.add("CREATE SCHEMA \"" + options.schema + '"');
  auto has = one(sql::has_store);
  if (!has) return has.error();
  auto found = *has == 0 ? has : one(sql::store);
  if (!found) return found.error();
  for (auto step = static_cast<std::size_t>(*found); step < std::size(sql::steps); ++step)
    for (const char* statement : sql::steps[step]) in.add(statement);
  if (*found == 0)
    in.add(sql::make_store, postgresql_values().integer(sql::schema).text(options.relay));
  else if (*found < sql::schema)
    in.add(sql::set_store, postgresql_values().integer(sql::schema));
  in.add(sql::commit);
  auto made = in.run("making the schema");
  return made ? store_done(true) : store_done(made.error());
}

/// Makes a connection ready for work, and the schema if it is not there.
inline store_done make_ready(postgresql_link& in, const postgresql_options& options) {
  const auto refusal = [&](store_fault kind, const char* why) {
    in.close();
    return store_error{kind, 0, std::string("opening the schema ") + options.schema + ": " + why};
  };
  if (auto done = in.open(); !done) return done;
  const auto set = [&](const char* what, const std::string& to) {
    in.add(sql::set, postgresql_values().text(what).text(to));
  };
  set("search_path", '"' + options.schema + '"');
  set("lock_timeout", std::to_string(options.wait_ms));
  set("idle_in_transaction_session_timeout", "30000");  // one that hangs lets go of its locks
  in.add(sql::has_store);
  auto got = in.run("opening");
  if (!got) return got.error();
  for (int tries = 0;; ++tries) {
    if (tries > 0 || got->back().first_integer() == 0)
      if (auto done = make_schema(in, options); !done) return done;
    in.add(sql::store);
    auto is = in.run("opening");
    if (!is) return is.error();
    if (is->front().count() != 1)
      return refusal(store_fault::damaged, "it does not say whose it is");
    if (is->front().text(0, 1) != options.relay)
      return refusal(store_fault::not_ours, "it holds the records of another relay");
    const std::int64_t made_by = is->front().integer(0, 0);
    if (made_by == sql::schema) return true;
    if (made_by > sql::schema)
      return refusal(store_fault::newer, "it was made by a newer version of the library");
    if (tries > 0 || made_by < 1) return refusal(store_fault::damaged, "it has no version");
  }
}

}  // namespace detail
}  // namespace vidimus::inline VIDIMUS_ABI

#endif
