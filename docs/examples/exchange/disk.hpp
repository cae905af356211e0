// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_EXCHANGE_DISK_HPP
#define VIDIMUS_DOCS_EXAMPLES_EXCHANGE_DISK_HPP

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vidimus/adapt/memory_store.hpp>
#include <vidimus/model/record_fields.hpp>

namespace exchange {

namespace record = vidimus::record;
namespace out = vidimus::out;

/// A party's store, which outlives the party, and a way to look a record up in it.
class disk {
 public:
  void carry_out(const out::persist& o) {
    store_.carry_out(o);
    by_key_[o.key()] = o.image();
  }
  void carry_out(const out::forget& o) {
    store_.carry_out(o);
    by_key_.erase(o.key());
  }
  std::vector<vidimus::stored> all() const { return store_.all(); }

  template <class Record>
  std::optional<Record> find(const std::string& key) const {
    auto at = by_key_.find(key);
    if (at == by_key_.end()) return std::nullopt;
    auto loaded = vidimus::image::load<Record>(at->second);
    if (!loaded) return std::nullopt;
    return std::move(*loaded);
  }

 private:
  vidimus::memory_store store_;
  std::map<std::string, vidimus::octets> by_key_;
};

/// Promise P4, looked up: is everything durable that an element claims or discloses, at the moment
/// when it leaves? Returns what is not; empty if all is.
class auditor {
 public:
  explicit auditor(const disk& of) : disk_(&of) {}

  std::string sender_sends(const vidimus::element& e) const {
    const auto& name = vidimus::header_of(e).conversation;
    if (const auto* c = std::get_if<vidimus::check>(&e))
      return message(name, c->at) ? "" : "a check left before its name was durable";
    if (const auto* x = std::get_if<vidimus::execute>(&e))
      for (auto n : numbers(x->numbers)) {
        const auto m = message(name, n);
        if (!m || m->is == record::stage::undecided)
          return "an execute command left before the decision was durable";
      }
    if (const auto* w = std::get_if<vidimus::withdraw>(&e))
      for (auto n : numbers(w->numbers)) {
        const auto m = message(name, n);  // none: it has ended, and its end was durable
        if (m && m->is < record::stage::withdrawing)
          return "a withdrawal left before the decision was durable";
      }
    return {};
  }

  std::string sender_reports(const out::report& r) const {
    const auto m = message(r.name.in, r.name.at);
    return m && m->is == record::stage::ended && m->ended == r.ended
               ? ""
               : "an outcome was reported before it was durable";
  }

  std::string server_sends(const vidimus::element& e) const {
    const auto& name = vidimus::header_of(e).conversation;
    if (const auto* c = std::get_if<vidimus::check>(&e)) {
      const auto held = custody(name, c->at);
      bool marked = false;
      if (held)
        for (const auto& to : held->sent) marked = marked || to.endpoint == c->head.memory;
      const bool commanded = held && (held->is == record::custody_stage::executed ||
                                      held->is == record::custody_stage::unwatched);
      return commanded && marked ? "" : "S4 left before command and mark were durable";
    }
    const auto* r = std::get_if<vidimus::receipt>(&e);
    if (r == nullptr) return {};
    for (const auto& s : r->states)
      for (auto n = s.span.first; n <= s.span.last; ++n)
        if (!agrees(s.what, custody(name, n)))
          return "a receipt left before the status it names was durable";
    return {};
  }

  std::string receiver_sends(const vidimus::element& e) const {
    const auto* r = std::get_if<vidimus::receipt>(&e);
    if (r == nullptr || r->states.empty()) return {};
    const auto held = line(r->head.conversation);
    for (const auto& s : r->states)
      for (auto n = s.span.first; n <= s.span.last; ++n)
        if (!held || !agrees(s.what, *held, n))
          return "a final receipt left before the status it names was durable";
    return {};
  }

  std::string receiver_hands(const out::deliver& d) const {
    const auto held = line(d.name.in);
    if (held)
      for (const auto& one : held->handed)
        if (one.at == d.name.at) return {};
    return "a message was handed over before that was durable";
  }

 private:
  using custody_record = std::optional<record::server_custody>;

  static std::vector<vidimus::number> numbers(const vidimus::ranges& of) {
    std::vector<vidimus::number> out;
    for (const auto& r : of)
      for (auto n = r.first; n <= r.last; ++n) out.push_back(n);
    return out;
  }

  std::optional<record::sender_message> message(const vidimus::conversation_name& in,
                                                vidimus::number n) const {
    return disk_->find<record::sender_message>(record::key_of("sm", {}, in, n));
  }
  custody_record custody(const vidimus::conversation_name& in, vidimus::number n) const {
    return disk_->find<record::server_custody>(record::key_of("vr", in.along->origin, in, n));
  }
  std::optional<record::receiver_conversation> line(const vidimus::conversation_name& in) const {
    return disk_->find<record::receiver_conversation>(record::key_of("rc", in.along->relay, in));
  }

  static bool agrees(vidimus::status said, const custody_record& held) {
    using vidimus::status;
    using stage = record::custody_stage;
    if (said == status::closed) return true;
    if (!held) return false;
    switch (said) {
      case status::verified: return held->is == stage::verified;
      case status::executed: return held->is == stage::executed;
      case status::delivered: return held->is == stage::delivered;
      case status::unconfirmed: return held->is == stage::unconfirmed;
      case status::voided: return held->is == stage::voided;
      default: return false;
    }
  }

  static bool agrees(vidimus::status said, const record::receiver_conversation& held,
                     vidimus::number n) {
    using vidimus::status;
    const auto is_n = [n](const auto& one) { return one.at == n; };
    switch (said) {
      case status::closed: return n < held.low;
      case status::delivered: return held.delivered.contains(n);
      case status::pending: return std::any_of(held.handed.begin(), held.handed.end(), is_n);
      case status::voided: return std::any_of(held.refused.begin(), held.refused.end(), is_n);
      default: return false;
    }
  }

  const disk* disk_;
};

}  // namespace exchange

#endif
