// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "ledger.hpp"

namespace sim {

namespace {

template <class Record>
Record loaded(const out::persist& o) {
  auto r = image::load<Record>(o.image());
  if (!r) broken("P7", "an image that cannot be read was stored under " + o.key());
  if (r->key() != o.key()) broken("P7", "an image under another key than its own: " + o.key());
  return std::move(*r);
}

}  // namespace

void ledger::persist(const out::persist& o) {
  const std::string key = o.key();
  place at{{key[0], key[1]}, {}};
  const std::string kind = key.substr(0, 2);
  const auto take = [&](auto r, auto& lines, const std::string& peer) {
    at.key.first = line_of(peer, r.name);
    lines[at.key.first] = std::move(r);
  };
  const auto take_item = [&](auto r, auto& items, const std::string& peer) {
    at.key = {line_of(peer, r.name), r.at};
    items[at.key] = std::move(r);
  };
  if (kind == "sc") {
    auto r = loaded<record::sender_conversation>(o);
    take(r, sender_lines, r.name.along->origin);
  } else if (kind == "sm") {
    auto r = loaded<record::sender_message>(o);
    take_item(r, messages, r.name.along->origin);
  } else if (kind == "sp" || kind == "vp") {
    auto r = loaded<record::payload>(o);
    at.key = {line_of(kind == "sp" ? r.name.along->origin : *r.peer, r.name), r.at};
    payloads[at.key] = *r.held;
  } else if (kind == "vm" || kind == "rm") {
    at.key.first.first = key.substr(3);
    memories[at.key.first.first] = kind == "vm" ? loaded<record::server_peer>(o).memory
                                                : loaded<record::receiver_peer>(o).memory;
  } else if (kind == "vc") {
    auto r = loaded<record::server_conversation>(o);
    take(r, server_lines, *r.peer);
  } else if (kind == "vr") {
    auto r = loaded<record::server_custody>(o);
    take_item(r, custody, *r.peer);
  } else if (kind == "rc") {
    auto r = loaded<record::receiver_conversation>(o);
    take(r, receiver_lines, r.name.along->origin);
  } else {
    broken("P7", "a key of no known kind: " + key);
  }
  index_.insert_or_assign(key, std::move(at));
}

void ledger::forget(const std::string& key) {
  auto found = index_.find(key);
  if (found == index_.end()) return;
  const place& at = found->second;
  const std::string_view kind(at.kind, 2);
  if (kind == "sc") sender_lines.erase(at.key.first);
  if (kind == "sm") messages.erase(at.key);
  if (kind == "sp" || kind == "vp") payloads.erase(at.key);
  if (kind == "vm" || kind == "rm") memories.erase(at.key.first.first);
  if (kind == "vc") server_lines.erase(at.key.first);
  if (kind == "vr") custody.erase(at.key);
  if (kind == "rc") receiver_lines.erase(at.key.first);
  index_.erase(found);
}

void ledger::rebuild(const memory_store& from) {
  *this = {};
  for (const stored& one : from.all()) persist({one.key, one.image});
}

std::optional<status> status_of(const record::server_custody& r) noexcept {
  using stage = record::custody_stage;
  switch (r.is) {
    case stage::verified: return status::verified;
    case stage::executed: return status::executed;
    case stage::unwatched: return std::nullopt;
    case stage::delivered: return status::delivered;
    case stage::unconfirmed: return status::unconfirmed;
    case stage::voided: return status::voided;
    case stage::passed: return status::plain;
  }
  return std::nullopt;
}

}  // namespace sim
