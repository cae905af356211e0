// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_POSTGRESQL_STORE_HPP
#define VIDIMUS_ADAPT_POSTGRESQL_STORE_HPP

#include "postgresql_shared.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// The records of one relay in a PostgreSQL database, for many instances of its server
/// (adapt/postgresql_server.hpp, which most hosts use instead): a row for each destination, whose
/// lock and version order all that happens to it. One transaction at a time.
///
/// Whatever is refused, nothing of the transaction is in the database, but for `unreachable` from
/// `commit`: ask `has_committed`. The connection is made anew with the next transaction. Needs
/// libpq 14 and PostgreSQL 10. Used by one thread at a time; not in a child behind `fork`.
class postgresql_store {
 public:
  /// `where`: as libpq takes it ("host=... dbname=..."). What is missing of the schema is made.
  /// Refused: `unreachable` (a connection is not made, whatever the reason, a wrong password too;
  /// `what` has it), `denied`, `busy`, `not_ours`, `newer`, `damaged`, `full`, `io`.
  static result<postgresql_store, store_error> open(const std::string& where,
                                                    postgresql_options options) {
    VIDIMUS_EXPECT(is_bare_address(options.relay), "the store needs the relay's bare address");
    VIDIMUS_EXPECT(options.schema.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") ==
                       std::string::npos,
                   "a schema is named by small letters, digits and _");
    postgresql_store made(where, std::move(options));
    if (auto done = made.connect(); !done) return done.error();
    return made;
  }

  const postgresql_options& options() const noexcept { return options_; }

  /// Makes the connection if there is none. What was read over an earlier one may have been undone
  /// since, where the database has a copy that stands in. Refused: as `open`.
  store_done connect() {
    if (link_.is_open()) return true;
    ++connections_;
    return detail::make_ready(link_, options_);
  }
  std::uint64_t connections() const noexcept { return connections_; }

  /// Begins a transaction that owns the destination until its end, and brings `is` up to date, with
  /// these peers and those of its conversations. True: its records have changed.
  store_done begin(const std::string& name, const std::vector<std::string>& peers,
                   detail::shared_destination& is) {
    if (auto done = connect(); !done) return done;
    link_.add(detail::sql::begin);
    return load(name, peers, is);
  }

  /// Begins a transaction that owns a destination whose deadline is not after `now` and that no
  /// other instance owns, to be loaded next. Nothing, and no transaction: there is none.
  result<std::optional<std::string>, store_error> begin_due(instant now) {
    if (auto done = connect(); !done) return done.error();
    link_.add(detail::sql::begin);
    link_.add(detail::sql::claim, values().integer(now.at));
    auto got = link_.run("looking for what is due");
    if (!got) return got.error();
    if ((*got)[1].count() > 0) return std::optional((*got)[1].text(0, 0));
    if (auto done = rollback(); !done) return done.error();
    return std::optional<std::string>();
  }

  /// Begins a transaction that owns all destinations: `load` and `put` each, then `end`.
  store_done begin_all() {
    if (auto done = connect(); !done) return done;
    link_.add(detail::sql::begin);
    link_.add(detail::sql::lock_all);
    auto got = link_.run("owning all destinations");
    return got ? store_done(true) : store_done(got.error());
  }

  /// Reads a destination in the open transaction: see `begin`.
  store_done load(const std::string& name, const std::vector<std::string>& peers,
                  detail::shared_destination& is) {
    std::vector<octets_view> asked;
    for (const std::string& peer : peers) asked.push_back(as_octets(peer));
    link_.add(detail::sql::lock, values().text(name));
    link_.add(detail::sql::next);
    link_.add(detail::sql::rows, values().text(name).integer(is.version));
    link_.add(detail::sql::peers, values().text(name).list(asked));
    auto got = link_.run("reading a destination");
    if (!got) return got.error();
    const auto from = got->end() - 4;
    version_ = from[1].first_integer();
    const std::int64_t latest = from[0].first_integer();
    is.deadline = latest != 0 ? instant{from[0].integer(0, 1)} : never;
    is.attached = latest != 0 && from[0].truth(0, 2);
    const bool changed = latest != is.version;
    if (changed && !renew(is, latest, from[2])) return damaged("an image is missing");
    if (!read_peers(is, from[3])) return damaged("a memory has no name");
    return changed;
  }

  /// Makes a change durable, all or nothing, and ends the transaction; `is` shows it then. False,
  /// and nothing has changed: another instance was faster with what both wanted to make. Refused:
  /// `full`, `busy`, `io`, `denied`, `damaged`; and `unreachable`, if it is not known.
  store_done commit(const std::string& name, const detail::shared_change& change,
                    detail::shared_destination& is) {
    if (auto first = put(name, change, is); !first || !*first) return first;
    if (auto done = end(); !done) return done;
    change.apply(is, version_);
    return true;
  }

  /// Writes a change into the open transaction. False: as `commit`, and the transaction has ended.
  store_done put(const std::string& name, const detail::shared_change& change,
                 const detail::shared_destination& is) {
    const bool empties = change.empties(is);
    bool rivals = false;  // another instance may come before these
    if (is.version == 0 && !empties) {
      link_.add(detail::sql::add_destination, row_of(name, change));
      rivals = true;
    }
    for (const auto& [peer, row] : change.peers) {
      auto v = values().text(peer).integer(version_).integer(row.conversations);
      v.bytes(row.memory.view());
      if (row.version != 0) v.integer(row.version);
      link_.add(row.version == 0 ? detail::sql::add_peer : detail::sql::set_peer, std::move(v));
      rivals = true;
    }
    if (rivals) {
      auto got = link_.run("writing a peer");
      if (!got) return got.error();
      for (const auto& one : *got)
        if (one.wrote_none()) {
          if (auto done = rollback(); !done) return done;
          return false;
        }
    }
    detail::add_records(link_, name, change, version_);
    if (is.version != 0 && empties) link_.add(detail::sql::drop_destination, values().text(name));
    if (is.version != 0 && !empties) link_.add(detail::sql::set_destination, row_of(name, change));
    return true;
  }

  /// Makes all that was put durable. Refused: as `commit`.
  store_done end() {
    link_.add(detail::sql::commit);
    auto got = link_.run("committing");
    return got ? store_done(true) : store_done(got.error());
  }

  /// Ends the transaction without a trace.
  store_done rollback() {
    link_.add(detail::sql::rollback);
    auto got = link_.run("rolling back");
    return got ? store_done(true) : store_done(got.error());
  }

  /// Whether a `commit` that was `unreachable` took place; waits until that transaction has ended.
  /// False also if another instance changed the destination since.
  store_done has_committed(const std::string& name) {
    const std::int64_t meant = version_;
    if (auto done = connect(); !done) return done;
    link_.add(detail::sql::begin);
    link_.add(detail::sql::lock, values().text(name));
    link_.add(detail::sql::rollback);
    auto got = link_.run("looking for a lost commit");
    if (!got) return got.error();
    return (*got)[1].first_integer() == meant;
  }

  /// When something falls due next, of any destination. Refused: `unreachable` and the like, as all
  /// questions.
  result<instant, store_error> next_deadline() {
    auto got = ask(detail::sql::next_due, {});
    if (!got) return got.error();
    return got->is_null(0, 0) ? never : instant{got->integer(0, 0)};
  }

  /// Octets of all messages in custody.
  result<std::uint64_t, store_error> octets_in_custody() {
    auto got = ask(detail::sql::in_custody, {});
    if (!got) return got.error();
    return static_cast<std::uint64_t>(got->first_integer());
  }

  /// Names of destinations: all, or those where somebody is attached.
  result<std::vector<std::string>, store_error> destinations(bool attached_only) {
    return names(detail::sql::destinations, values().truth(attached_only));
  }
  /// Names of all peers.
  result<std::vector<std::string>, store_error> peers() {
    return names(detail::sql::peer_names, {});
  }

  /// The conversations of a peer, those closed first, then the oldest: key and destination.
  result<std::vector<std::pair<std::string, std::string>>, store_error> conversations(
      const std::string& peer) {
    auto got = ask(detail::sql::conversations, values().text(peer));
    if (!got) return got.error();
    std::vector<std::pair<std::string, std::string>> out;
    for (int row = 0; row < got->count(); ++row)
      out.emplace_back(got->text(row, 0), got->text(row, 1));
    return out;
  }

 private:
  using values = detail::postgresql_values;
  using rows = detail::postgresql_rows;

  postgresql_store(const std::string& where, postgresql_options options)
      : options_(std::move(options)), link_(where) {}

  values row_of(const std::string& name, const detail::shared_change& change) const {
    return values().text(name).integer(version_).integer(change.deadline.at).truth(change.attached);
  }

  /// The records as of version `latest`: all keys are given, and the images that are new.
  static bool renew(detail::shared_destination& is, std::int64_t latest, const rows& from) {
    std::map<std::string, octets> records;
    for (int row = 0; row < from.count(); ++row) {
      std::string key = from.text(row, 0);
      if (from.is_null(row, 1)) {
        auto known = is.records.extract(key);
        if (known.empty()) return false;
        records.insert(std::move(known));
      } else {
        const auto image = from.bytes(row, 1);
        records.emplace(std::move(key), octets(image.begin(), image.end()));
      }
    }
    is.records = std::move(records);
    is.version = latest;
    return true;
  }
  static bool read_peers(detail::shared_destination& is, const rows& from) {
    is.peers.clear();
    for (int row = 0; row < from.count(); ++row) {
      detail::shared_peer one;
      one.version = from.integer(row, 1);
      one.conversations = static_cast<std::uint32_t>(from.integer(row, 2));
      one.octets_elsewhere = static_cast<std::uint64_t>(from.integer(row, 4));
      reader r(from.bytes(row, 3));
      one.memory.octets = r.array<std::tuple_size_v<decltype(one.memory.octets)>>();
      if (!r.done()) return false;
      is.peers.emplace(from.text(row, 0), one);
    }
    return true;
  }

  result<rows, store_error> ask(const char* statement, values with) {
    if (auto done = connect(); !done) return done.error();
    link_.add(statement, std::move(with));
    auto got = link_.run("asking the database");
    if (!got) return got.error();
    return std::move(got->back());
  }
  result<std::vector<std::string>, store_error> names(const char* statement, values with) {
    auto got = ask(statement, std::move(with));
    if (!got) return got.error();
    std::vector<std::string> out;
    for (int row = 0; row < got->count(); ++row) out.push_back(got->text(row, 0));
    return out;
  }
  store_error damaged(const char* why) {
    link_.close();
    return {store_fault::damaged, 0, "reading a destination: " + std::string(why)};
  }

  postgresql_options options_;
  detail::postgresql_link link_;
  std::uint64_t connections_ = 0;
  std::int64_t version_ = 0;  ///< of what the open transaction writes
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
