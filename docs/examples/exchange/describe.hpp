// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_EXCHANGE_DESCRIBE_HPP
#define VIDIMUS_DOCS_EXAMPLES_EXCHANGE_DESCRIBE_HPP

#include <algorithm>

#include "books.hpp"
#include "trace.hpp"

namespace exchange {

/// The first eight hexadecimal digits of a code.
inline std::string shortened(const vidimus::check_code& code) {
  const auto view = code.view();
  return vidimus::to_hex(view.first(std::min<std::size_t>(4, view.size())));
}

inline const vidimus::check_code& code_of(const vidimus::element& e) {
  return std::visit([](const auto& one) -> const vidimus::check_code& { return one.code; }, e);
}

inline bool is_check(const vidimus::element& e) {
  return std::holds_alternative<vidimus::check>(e);
}
inline bool is_sync(const vidimus::element& e) { return std::holds_alternative<vidimus::sync>(e); }
inline bool is_snapshot(const vidimus::element& e) {
  const auto* r = std::get_if<vidimus::receipt>(&e);
  return r != nullptr && !r->answers.empty();
}

/// Words for elements, from the point of view of the first few messages.
class describer {
 public:
  describer(const books& of, std::uint64_t first_messages) : books_(&of), most_(first_messages) {}

  /// The messages that an element names: those among the first few, by their serial numbers.
  std::vector<std::uint64_t> serials(const vidimus::element& e) const {
    std::vector<std::uint64_t> out;
    const auto& name = vidimus::header_of(e).conversation;
    const auto add = [&](vidimus::number first, vidimus::number last) {
      const auto some = serials_in(name, {first, last});
      out.insert(out.end(), some.begin(), some.end());
    };
    if (const auto* c = std::get_if<vidimus::check>(&e)) add(c->at, c->at);
    if (const auto* x = std::get_if<vidimus::execute>(&e))
      for (const auto& r : x->numbers) add(r.first, r.last);
    if (const auto* w = std::get_if<vidimus::withdraw>(&e))
      for (const auto& r : w->numbers) add(r.first, r.last);
    if (const auto* r = std::get_if<vidimus::receipt>(&e)) {
      for (const auto& s : r->states) add(s.span.first, s.span.last);
      for (const auto& a : r->altered) add(a.at, a.at);
      for (const auto& d : r->refused) add(d.at, d.at);
      for (const auto& m : r->missing) add(m.first, m.last);
    }
    return out;
  }

  std::vector<std::uint64_t> serials_in(const vidimus::conversation_name& name,
                                        const vidimus::range& span) const {
    std::vector<std::uint64_t> out;
    for (auto n = span.first; n <= span.last && n - span.first < 4096; ++n)
      if (auto s = books_->serial_of({name, n}); s != 0 && s <= most_) out.push_back(s);
    return out;
  }

  static std::string list(const std::vector<std::uint64_t>& serials) {
    std::string out;
    for (auto s : serials) out += (out.empty() ? "#" : ", #") + std::to_string(s);
    return out;
  }

  /// What a stanza on its way is called.
  leg name_leg(way by, const vidimus::element& e) const {
    leg out;
    out.by = by;
    out.code = shortened(code_of(e));
    const std::string about = list(serials(e));
    const bool one = is_hop_one(by);
    if (const auto* c = std::get_if<vidimus::check>(&e)) {
      out.step = one ? "S1" : "S4";
      out.label = "check " + about;
      out.again = c->attempt > 1;
    } else if (std::holds_alternative<vidimus::execute>(e)) {
      out.step = "S3";
      out.label = "execute " + about;
    } else if (std::holds_alternative<vidimus::withdraw>(e)) {
      out.step = "S3";
      out.label = "withdraw " + about;
    } else if (const auto* r = std::get_if<vidimus::receipt>(&e)) {
      name_receipt(*r, one, about, out);
    } else {
      out.label = is_sync(e) ? "sync" : "challenge";
    }
    return out;
  }

 private:
  void name_receipt(const vidimus::receipt& r, bool hop_one, const std::string& about,
                    leg& to) const {
    using vidimus::status;
    to.label = r.answers.empty() ? "receipt " : "snapshot ";
    if (about.empty()) {
      to.label += "(nothing new)";
      if (!r.answers.empty()) to.label = "snapshot";
      return;
    }
    to.label += about;
    if (!r.altered.empty()) {
      to.step = hop_one ? "S2" : "S5";
      to.label += " altered";
      return;
    }
    const auto state = std::find_if(r.states.begin(), r.states.end(), [&](const auto& s) {
      return !serials_in(r.head.conversation, s.span).empty();
    });
    if (state == r.states.end()) return;
    constexpr std::array<std::string_view, 8> words{
        "verified", "pending", "executed", "delivered", "unconfirmed", "void", "closed", "plain"};
    const status what = state->what;
    to.label += " " + std::string(words[static_cast<std::size_t>(what)]);
    if (!hop_one)
      to.step = "S5";
    else if (what == status::verified)
      to.step = "S2";
    else
      to.step = what == status::executed ? "S4" : "S6";
  }

  const books* books_;
  std::uint64_t most_;
};

/// What a role did with a stanza, seen from outside: by its notices and its outputs.
struct reaction {
  bool wrong_code = false;
  bool other_memory = false;
  bool unresolved = false;
  bool open = false;  ///< a message it names has no outcome yet
  bool persisted = false, sent_check = false, sent_execute = false, delivered = false;

  template <class Output>
  void see(const Output&) {}
  void see(const vidimus::out::persist&) { persisted = true; }
  void see(const vidimus::out::deliver&) { delivered = true; }
  void see(const vidimus::out::transmit& o) {
    sent_check = sent_check || is_check(o.what);
    sent_execute = sent_execute || std::holds_alternative<vidimus::execute>(o.what);
  }
};

/// The verdict of a party about a stanza that arrived; without text if it made nothing of it.
inline moment verdict(party who, const vidimus::element& e, const reaction& did,
                      const std::string& about) {
  moment out;
  out.who = who;
  const auto say = [&](std::string_view step, std::string_view text, tone how,
                       std::string_view detail = {}) {
    const std::string prefix = about.empty() ? "" : about + " ";
    out.step = step;
    out.text = prefix + std::string(text);
    out.detail = prefix + std::string(detail.empty() ? text : detail);
    out.how = how;
    return out;
  };
  const auto untouched = [&out](std::string_view text) {
    out.text = text;
    out.how = tone::faint;
    return out;
  };
  const std::string code = shortened(code_of(e));
  const bool server = who == party::server;
  if (did.unresolved) return say("", "reference not known: dropped", tone::bad);
  if (did.wrong_code && is_check(e))
    return server ? say("S2", "code differs: dropped", tone::bad, "re-check code differs: dropped")
                  : say("S5", "code differs: dropped", tone::bad, "final code differs: dropped");
  if (did.wrong_code) return say("", "code differs: ignored", tone::bad);
  if (did.other_memory) return untouched("another memory: asks");
  if (is_sync(e)) return untouched("is asked, answers");
  if (is_check(e)) {
    if (did.delivered)
      return say("S5", "code equal: handed over", tone::good,
                 "final check code " + code + " equal: handed over");
    if (server && did.persisted)
      return say("S2", "code equal: held", tone::good, "re-check code " + code + " equal: held");
    return say(server ? "S2" : "S5", server ? "known: status again" : "known: not handed again",
               tone::again);
  }
  if (std::holds_alternative<vidimus::execute>(e))
    return did.persisted ? say("S4", "command durable", tone::plain, "command durable, carried out")
                         : say("S4", "known: status again", tone::again);
  const auto* r = std::get_if<vidimus::receipt>(&e);
  if (r == nullptr) return out;
  if (did.sent_check && !r->altered.empty())
    return say(server ? "S6" : "S3", "altered: send again", tone::again);
  // the code itself was altered, or another attempt is under way
  if (!r->altered.empty() && did.open) return say("", "not a code it waits for", tone::faint);
  if (did.sent_execute && !about.empty())
    return say("S3", "verified: execute", tone::plain, "verified: command durable, sent");
  if (server && did.persisted && !did.sent_check && !about.empty())
    return say("S6", "final receipt: done", tone::good, "final receipt stored: done");
  if (did.sent_check) return untouched("what is missing is sent");
  for (const auto& s : r->states)
    if (!server && s.what == vidimus::status::executed && did.open)
      return say("", "is on its way", tone::faint);
  return out;
}

}  // namespace exchange

#endif
