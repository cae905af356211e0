// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_EVIDENCE_HPP
#define VIDIMUS_CHECK_EVIDENCE_HPP

#include <deque>
#include <map>

#include "../model/evidence.hpp"
#include "keyring.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// The fields of what a code covers, read back strictly (protocol.md, code.input).
class covered_fields {
 public:
  /// Nothing if these octets are no input: fields in the order of their tags, each once, whole.
  static std::optional<covered_fields> read(octets_view input) {
    covered_fields out;
    reader r(input);
    while (r.ok() && r.left() > 0) {
      const octet tag = r.u8();
      if (!out.held_.empty() && tag <= out.held_.back().first) return std::nullopt;
      out.held_.emplace_back(tag, r.sized());
    }
    if (!r.done() || !out.read_head()) return std::nullopt;
    return out;
  }

  const header& head() const noexcept { return head_; }
  purpose what() const noexcept { return what_; }
  const std::vector<std::pair<octet, octets_view>>& all() const noexcept { return held_; }

  /// Empty if the field is not there.
  octets_view field(covered::tag tag) const noexcept {
    for (const auto& [known, value] : held_)
      if (known == tag) return value;
    return {};
  }

  /// The one message that a check, second code or proof is about; 0: it is another element.
  number message() const noexcept {
    const octets_view value = field(covered::t_number);
    return value.size() == 8 ? reader(value).u64() : 0;
  }

  /// Calls `with(status, reason, range)` for each status of a receipt.
  template <class With>
  void each_status(With with) const {
    for (reader r(field(covered::t_states)); r.left() >= 26;) {
      const std::size_t what = r.u8();
      const number first = r.u64(), last = r.u64();
      (void)r.raw(8);
      const std::size_t why = r.u8();
      if (what <= static_cast<std::size_t>(status::plain) && why < reason_names.size())
        with(static_cast<status>(what), static_cast<reason>(why), range{first, last});
    }
  }

  /// Whether the element says something of this number.
  bool names(number n) const {
    if (message() != 0) return message() == n;
    bool found = false;
    each_status([&](status, reason, const range& r) { found = found || r.contains(n); });
    for (const auto tag : {covered::t_numbers, covered::t_missing, covered::t_voids})
      for (reader r(field(tag)); r.left() >= 16;) {
        const number first = r.u64(), last = r.u64();
        found = found || range{first, last}.contains(n);
      }
    for (reader r(field(covered::t_altered)); r.left() >= 29;) {
      found = r.u64() == n || found;
      (void)r.raw(20);
      (void)r.raw(8 * std::size_t{r.u8()});
    }
    for (reader r(field(covered::t_refused)); r.left() >= 13; (void)r.raw(5))
      found = r.u64() == n || found;
    return found;
  }

 private:
  std::string text(covered::tag tag) const { return std::string(as_text(field(tag))); }

  template <class Name>
  bool name(covered::tag tag, Name& to) const {
    const octets_view value = field(tag);
    if (value.size() != to.octets.size()) return value.empty();
    std::copy(value.begin(), value.end(), to.octets.begin());
    return true;
  }

  bool read_head() {
    const auto rule = rule_named(text(covered::t_rule));
    const auto known =
        std::find(purpose_names.begin(), purpose_names.end(), as_text(field(covered::t_purpose)));
    if (!rule || known == purpose_names.end() || text(covered::t_protocol) != covered::protocol)
      return false;
    what_ = static_cast<purpose>(known - purpose_names.begin());
    auto along =
        make_route(text(covered::t_origin), text(covered::t_destination), text(covered::t_relay));
    if (!is_bare_address(along->origin) || !is_bare_address(along->destination) ||
        !is_bare_address(along->relay))
      return false;
    head_ = {*rule, text(covered::t_key_id), {std::move(along), {}}, {}};
    return name(covered::t_conversation, head_.conversation.id) &&
           name(covered::t_memory, head_.memory);
  }

  std::vector<std::pair<octet, octets_view>> held_;
  header head_;
  purpose what_ = purpose::submit;
};

/// Keeps evidence of the messages that its environment's role is about. Give it what the observer
/// is told: `witnessed(w)` calls `add(w, now)`. It must not outgrow its bounds: of more messages
/// the oldest goes, of a message further codes are left out.
class evidence_book {
 public:
  explicit evidence_book(std::size_t messages_max = 1024, std::size_t codes_max = 32)
      : messages_max_(messages_max), codes_max_(codes_max) {}

  /// A check opens the record of its message; all else is added where it names an open one.
  void add(const witness& seen, instant now) {
    const auto said = covered_fields::read(seen.input);
    if (!said) return;
    const conversation_name& in = said->head().conversation;
    if (said->message() != 0) {
      put(open({in, said->message()}), seen, now);
      return;
    }
    for (auto at = held_.lower_bound({in, 0}); at != held_.end() && at->first.in == in; ++at)
      if (said->names(at->first.at)) put(at->second, seen, now);
  }

  /// Notes how the message ended here. Only the first end counts.
  void end(const message_name& name, outcome how, reason why, instant now) {
    auto at = held_.find(name);
    if (at == held_.end() || at->second.ended) return;
    at->second.ended = true;
    at->second.end = how;
    at->second.why = why;
    at->second.ended_at = now;
  }

  /// The record so far; null if there is none (any more).
  const evidence* find(const message_name& name) const {
    auto at = held_.find(name);
    return at == held_.end() ? nullptr : &at->second;
  }
  void forget(const message_name& name) {
    held_.erase(name);
    std::erase(order_, name);
  }
  std::size_t size() const noexcept { return held_.size(); }

 private:
  evidence& open(const message_name& name) {
    if (auto known = held_.find(name); known != held_.end()) return known->second;
    if (held_.size() >= messages_max_) forget(message_name(order_.front()));
    order_.push_back(name);
    evidence& made = held_[name];
    made.name = name.in;
    made.at = name.at;
    return made;
  }
  void put(evidence& to, const witness& seen, instant now) const {
    const std::string_view input = as_text(seen.input);
    for (const attested& one : to.codes)  // a repeat shows nothing new
      if (one.made == seen.made && one.code == seen.code && one.input == input) return;
    if (to.codes.size() >= codes_max_)
      to.cut = true;
    else
      to.codes.push_back({seen.made, now, std::string(input), seen.code});
  }

  std::size_t messages_max_;
  std::size_t codes_max_;
  std::map<message_name, evidence> held_;
  std::deque<message_name> order_;
};

/// What can be said of one code in evidence.
enum class evidence_finding : std::uint8_t {
  valid,
  wrong_code,     ///< it is not the code of these fields under the key that is held
  unknown_key,    ///< no key of that id and rule is held
  unreadable,     ///< these are not the fields of any element
  other_message,  ///< it is about another message
  other_content,  ///< its digest is another than that of the first check
};

inline constexpr std::array<std::string_view, 6> evidence_finding_names{
    "valid",      "wrong code",    "not checked: no key of that id and rule",
    "unreadable", "other message", "other content"};

/// Checks each code in the record under the keys that `env` holds for `peer`, as a third party may:
/// under ed25519 the public key is enough. In the order of the record.
template <an_environment Env>
std::vector<evidence_finding> check_evidence(const Env& env, std::string_view peer,
                                             const evidence& shown) {
  keyring<Env> ring;
  std::vector<evidence_finding> out;
  octets_view content;
  for (const attested& one : shown.codes) {
    const octets_view input = as_octets(one.input);
    const auto said = covered_fields::read(input);
    if (!said) {
      out.push_back(evidence_finding::unreadable);
      continue;
    }
    const octets_view digest_said = said->field(covered::t_digest);
    if (content.empty()) content = digest_said;
    const auto* found = ring.find(env, peer, said->head(), said->what());
    if (!(said->head().conversation == shown.name) || !said->names(shown.at))
      out.push_back(evidence_finding::other_message);
    else if (!digest_said.empty() && as_text(digest_said) != as_text(content))
      out.push_back(evidence_finding::other_content);
    else if (found == nullptr)
      out.push_back(evidence_finding::unknown_key);
    else
      out.push_back(found->begins(input) && found->key.matches(input, one.code)
                        ? evidence_finding::valid
                        : evidence_finding::wrong_code);
  }
  return out;
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
