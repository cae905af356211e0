// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_POSTGRESQL_SCHEMA_HPP
#define VIDIMUS_ADAPT_POSTGRESQL_SCHEMA_HPP

#include "postgresql_link.hpp"

/// The statements of adapt/postgresql_store.hpp. Names are octets, versions come from one sequence,
/// so that no two transactions give a destination or peer the same.
namespace vidimus::inline VIDIMUS_ABI::detail::sql {

/// From nothing to the schema of this version, step by step; the store knows how many were done.
inline constexpr const char* step_1[] = {
    "CREATE TABLE vidimus_store(version int8 NOT NULL, relay bytea NOT NULL)",
    "CREATE SEQUENCE vidimus_version AS int8",
    "CREATE TABLE vidimus_destination(name bytea PRIMARY KEY, version int8 NOT NULL, "
    "deadline int8 NOT NULL, attached bool NOT NULL)",
    "CREATE INDEX ON vidimus_destination(deadline)",
    "CREATE TABLE vidimus_record(destination bytea NOT NULL, key bytea NOT NULL, "
    "version int8 NOT NULL, image bytea NOT NULL, PRIMARY KEY(destination, key)) "
    "WITH (fillfactor = 70)",
    "CREATE TABLE vidimus_peer(name bytea PRIMARY KEY, version int8 NOT NULL, "
    "conversations int8 NOT NULL, memory bytea NOT NULL)",
    "CREATE TABLE vidimus_conversation(key bytea PRIMARY KEY, peer bytea NOT NULL, "
    "destination bytea NOT NULL, closed bool NOT NULL, born bigserial)",
    "CREATE INDEX ON vidimus_conversation(peer)",
    "CREATE INDEX ON vidimus_conversation(destination, peer)",
};
/// What is in custody is counted at each conversation; of what is there already, never too little.
inline constexpr const char* step_2[] = {
    "ALTER TABLE vidimus_conversation ADD octets int8 NOT NULL DEFAULT 0",
    "UPDATE vidimus_conversation c SET octets = (SELECT coalesce(sum(length(r.image)), 0) FROM "
    "vidimus_record r WHERE r.destination = c.destination AND "
    "position('vp'::bytea || substring(c.key FROM 3) || '/'::bytea IN r.key) = 1)",
};
inline constexpr std::span<const char* const> steps[] = {step_1, step_2};
inline constexpr std::int64_t schema = std::size(steps);

inline constexpr auto begin = "BEGIN ISOLATION LEVEL READ COMMITTED";
inline constexpr auto commit = "COMMIT";
inline constexpr auto rollback = "ROLLBACK";
/// A first start of several instances is one after the other.
inline constexpr auto alone = "SELECT pg_advisory_xact_lock(1449747565, 1)";
inline constexpr auto set = "SELECT set_config($1, $2, false)";
inline constexpr auto has_schema = "SELECT count(*) FROM pg_namespace WHERE nspname = $1::text";
inline constexpr auto has_store =
    "SELECT count(*) FROM pg_class WHERE oid = to_regclass('vidimus_store')";
inline constexpr auto store = "SELECT version, relay FROM vidimus_store";
inline constexpr auto make_store = "INSERT INTO vidimus_store VALUES($1, $2)";
inline constexpr auto set_store = "UPDATE vidimus_store SET version = $1";

inline constexpr auto claim =
    "SELECT name FROM vidimus_destination WHERE deadline <= $1 ORDER BY deadline LIMIT 1 FOR "
    "UPDATE "
    "SKIP LOCKED";
inline constexpr auto lock =
    "SELECT version, deadline, attached FROM vidimus_destination WHERE name = $1 FOR UPDATE";
inline constexpr auto lock_all = "LOCK TABLE vidimus_destination IN EXCLUSIVE MODE";
inline constexpr auto next = "SELECT nextval('vidimus_version')";
/// Nothing if version $2 is still the latest; else all keys, and the images that are newer.
inline constexpr auto rows =
    "SELECT key, CASE WHEN version > $2::int8 THEN image END FROM vidimus_record WHERE "
    "destination = $1 AND $2::int8 <> (SELECT version FROM vidimus_destination WHERE name = $1)";
inline constexpr auto peers =
    "SELECT name, version, conversations, memory, (SELECT coalesce(sum(octets), 0)::int8 FROM "
    "vidimus_conversation WHERE peer = name AND destination <> $1) FROM vidimus_peer WHERE name IN "
    "(SELECT unnest($2::bytea[]) UNION SELECT peer FROM vidimus_conversation WHERE destination = "
    "$1)";

inline constexpr auto add_destination =
    "INSERT INTO vidimus_destination VALUES($1, $2, $3, $4) ON CONFLICT DO NOTHING";
inline constexpr auto set_destination =
    "UPDATE vidimus_destination SET version = $2, deadline = $3, attached = $4 WHERE name = $1";
inline constexpr auto drop_destination = "DELETE FROM vidimus_destination WHERE name = $1";
inline constexpr auto add_peer =
    "INSERT INTO vidimus_peer VALUES($1, $2, $3, $4) ON CONFLICT DO NOTHING";
inline constexpr auto set_peer =
    "UPDATE vidimus_peer SET version = $2, conversations = $3, memory = $4 WHERE name = $1 AND "
    "version = $5";
inline constexpr auto put_records =
    "INSERT INTO vidimus_record SELECT $1, k, $2::int8, i FROM unnest($3::bytea[], $4::bytea[]) AS "
    "t(k, i) ON CONFLICT(destination, key) DO UPDATE SET version = excluded.version, "
    "image = excluded.image";
inline constexpr auto drop_records =
    "DELETE FROM vidimus_record WHERE destination = $1 AND key = ANY($2::bytea[])";
inline constexpr auto put_conversation =
    "INSERT INTO vidimus_conversation(key, peer, destination, closed) VALUES($1, $2, $3, $4) "
    "ON CONFLICT(key) DO UPDATE SET closed = excluded.closed";
inline constexpr auto set_octets =
    "UPDATE vidimus_conversation SET octets = $2 WHERE key = $1 AND octets <> $2";
inline constexpr auto in_custody =
    "SELECT coalesce(sum(octets), 0)::int8 FROM vidimus_conversation WHERE octets > 0";
inline constexpr auto drop_conversation = "DELETE FROM vidimus_conversation WHERE key = $1";

inline constexpr auto next_due = "SELECT min(deadline) FROM vidimus_destination";
inline constexpr auto destinations =
    "SELECT name FROM vidimus_destination WHERE attached OR NOT $1::bool ORDER BY name";
inline constexpr auto conversations =
    "SELECT key, destination FROM vidimus_conversation WHERE peer = $1 ORDER BY NOT closed, born";
inline constexpr auto peer_names = "SELECT name FROM vidimus_peer ORDER BY name";

}  // namespace vidimus::inline VIDIMUS_ABI::detail::sql

#endif
