// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// The three machines in one process, their values handed from one to the other, and nothing else:
// no XML, no store, codes that cost nothing.
#ifndef VIDIMUS_TESTS_BENCH_MACHINES_HPP
#define VIDIMUS_TESTS_BENCH_MACHINES_HPP

#include <memory>
#include <optional>
#include <vidimus/adapt/cryptopp.hpp>
#include <vidimus/adapt/xmpp_text.hpp>
#include <vidimus/vidimus.hpp>

#include "bench.hpp"

namespace bench {

using namespace vidimus;

inline const std::string alice = "alice@example.org", bob = "bob@example.net",
                         relay = "relay.example.org", phone = "alice@example.org/phone",
                         desk = "bob@example.net/desk";

inline const check_code one_code{octets(16, 1)};

/// Every code is the same, whatever it is over.
struct null_crypto {
  struct code_key {
    check_code code(octets_view) const { return one_code; }
    bool matches(octets_view, const check_code& given) const { return given == one_code; }
    short_code short_of(octets_view) const { return {}; }
  };
  static digest digest_of(octets_view) { return {}; }
  static code_key derive(check_rule, octets_view, octets_view) { return {}; }
};

/// One key for everybody.
struct one_key {
  std::optional<key_choice> current(std::string_view) const { return key_choice{"k1"}; }
  octets_view preset_code(std::string_view, std::string_view, check_rule) const {
    return bench::preset_code();
  }
  bool accepts(std::string_view, check_rule) const { return true; }
  bool speaks_for(std::string_view, std::string_view) const { return true; }
};

/// Names from a counter.
struct counter {
  std::uint64_t drawn = 0;
  void fill(std::span<octet> out) {
    std::fill(out.begin(), out.end(), octet{});
    ++drawn;
    std::memcpy(out.data(), &drawn, std::min(out.size(), sizeof drawn));
  }
};

/// The machines alone: a code is neither made nor looked at (see below).
struct machines_only : environment<null_crypto, one_key, counter> {};

/// The input of each code is written and its key is found, as for codes that are worth something.
struct with_inputs : environment<null_crypto, one_key, counter> {};

/// Codes as they are.
struct with_codes : environment<cryptopp, one_key, counter> {};

}  // namespace bench

/// What the roles ask of codes, for nothing.
template <>
class vidimus::verifier<bench::machines_only> {
 public:
  explicit verifier(bench::machines_only&) {}

  static digest digest_of(octets_view) { return {}; }
  bool choose_key(header& head, std::string_view) const {
    head.key_id = "k1";
    return true;
  }
  template <class Element>
  bool seal(Element& e, purpose, std::string_view peer, const digest* = nullptr, bool = true) {
    e.code = bench::one_code;
    return choose_key(e.head, peer);
  }
  template <class Element>
  finding verify(const Element& e, purpose, std::string_view, const digest* = nullptr) {
    return e.code.empty() ? finding::wrong_code : finding::valid;
  }
  std::optional<checked<content>> admit(const check& e, purpose p, std::string_view peer,
                                        const content& body, digest& content_digest,
                                        finding& said) {
    content_digest = {};
    said = verify(e, p, peer);
    return checked<content>(body);
  }
  std::optional<short_code> fingerprint(const check&, purpose, purpose, std::string_view,
                                        const digest&) {
    return short_code{};
  }
  std::optional<short_code> short_of(const header&, purpose, std::string_view, octets_view) {
    return short_code{};
  }
  head_reference reference_of(const header&, purpose) { return {}; }
  void drop_removed_keys() {}
  std::optional<end_choice> end_to_end(std::string_view) const { return std::nullopt; }
  std::optional<end_code> second_code(const check&, const conversation_name&, std::string_view,
                                      const digest&) {
    return std::nullopt;
  }
  finding verify_second(const check&, std::string_view, const digest&) {
    return finding::unknown_key;
  }
  std::optional<end_code> delivery_proof(const check&, std::string_view, const digest&) {
    return std::nullopt;
  }
  bool proves_delivery(const end_code&, const message_name&, std::string_view, const digest&) {
    return false;
  }
};

namespace bench {

/// How commands and statuses travel (docs/protocol.md, the policies).
enum class policy { strict, conditional_batched };

/// Elements on their way from one party to another, in order: a ring, so that each is moved once.
class link {
 public:
  explicit link(std::string from, party by = party::sender, party to = party::server)
      : from_(std::move(from)), by_(by), to_(to) {}
  /// From now on each is written as the text of a stanza, and read again.
  void go_as_text() { reader_ = std::make_unique<stanza_reader>(); }
  void put(out::transmit&& sent) {
    if (size_ == held_.size()) grow();
    incoming& to = held_[(first_ + size_++) % held_.size()];
    if (reader_ != nullptr) return go(sent, to);
    to.what = std::move(sent.what);
    to.body.whole = std::move(sent.payload);
  }
  bool empty() const noexcept { return size_ == 0; }
  std::size_t size() const noexcept { return size_; }
  /// The first; stays as it is until the next one is put in.
  const incoming& take() {
    const incoming& out = held_[first_];
    first_ = (first_ + 1) % held_.size();
    --size_;
    return out;
  }

 private:
  void go(const out::transmit& sent, incoming& to) {
    const auto text = stanza_text(sent, {.self = by_, .from = from_});
    if (!text) broken("an element has no text");
    reading at;
    at.self = to_;
    auto read = arrive(*reader_, *text, at);
    if (!read || read->kind != arrival_kind::ours) broken("an element is not read");
    to = std::move(read->what);
  }
  void grow() {
    std::vector<incoming> more(std::max<std::size_t>(8, 2 * held_.size()));
    for (std::size_t i = 0; i < size_; ++i) more[i] = std::move(held_[(first_ + i) % held_.size()]);
    for (incoming& one : more) one.from = from_;
    held_ = std::move(more);
    first_ = 0;
  }

  std::string from_;
  party by_, to_;
  std::unique_ptr<stanza_reader> reader_;  ///< null: values go as they are
  std::vector<incoming> held_;
  std::size_t first_ = 0, size_ = 0;
};

/// The batch of a call of any role.
using any_outputs = std::variant<sender_outputs, server_outputs, receiver_outputs>;

/// Sender, server and receiver. Final receipts wait until so many messages are in flight; then each
/// new message lets the oldest one go.
template <class Env>
class machines {
 public:
  machines(policy how, std::size_t in_flight, bool writes_records = false, bool as_text = false)
      : how_(how),
        in_flight_(in_flight),
        writes_records_(writes_records),
        whole_(std::string(100, 'x')) {
    const auto room = static_cast<std::uint32_t>(4 * in_flight + 1024);
    sender_limits sl = strict(sender_limits{});
    server_limits vl = strict(server_limits{});
    receiver_limits rl = strict(receiver_limits{});
    sl.brief = vl.brief = rl.brief = as_text;  // a matter of what is written, and of digests
    sl.unfinished_max = vl.window = rl.window = room;
    vl.octets_per_peer = std::uint64_t{200} * room;  // of a hundred octets each: all have room
    if (how == policy::conditional_batched)
      sl.commands.delay = vl.receipts.delay = milliseconds(100);
    else
      sl.retry.first = vl.retry.first = seconds(24 * 3600);  // nothing is lost: nobody asks
    sender_.emplace(env_, alice, relay, sl);
    server_.emplace(env_, relay, vl);
    receiver_.emplace(env_, bob, rl);
    if (as_text)
      for (link* one :
           {&to_server_, &to_alice_, &to_bob_, &to_server_from_bob_, &to_server_at_once_})
        one->go_as_text();
    server_did(server_->attached(desk, now_));
    sender_did(sender_->link_restored(now_));
    message_.destination = bob;
    message_.type = "chat";
    message_.body.whole = whole_;
    if (as_text) message_ = *compose(text_of_message);
    message_.conditional = how == policy::conditional_batched;
    message_.lifetime_s = 7 * 24 * 3600;
  }

  /// One more message; those that are not held run to their ends.
  void one() {
    if (++submitted_ % 1024 == 0) now_ = now_ + milliseconds(1);
    auto given = sender_->submit(message_, now_);
    if (!given) broken("a message is refused");
    sender_did(std::move(given->outputs));
    run();
    let_go();
    // what waits for others to go with it, or for credit, waits for its time
    while (sender_->unfinished() > in_flight_ + waiting_max) pass_time();
  }

  /// One more that stays in flight.
  void hold_one() {
    ++in_flight_;
    one();
  }

  /// Copies what the roles give from now on.
  void keep_outputs(std::vector<any_outputs>& in) { kept_ = &in; }

  std::uint64_t delivered() const noexcept { return reported_; }
  std::uint64_t submitted() const noexcept { return submitted_; }
  std::size_t in_flight() const noexcept { return sender_->unfinished(); }

  /// Ends one role, and then another: what each held is what the heap has got back.
  void drop_sender() { sender_.reset(); }
  void drop_server() { server_.reset(); }
  void drop_receiver() { receiver_.reset(); }

 private:
  static constexpr std::size_t waiting_max = 256;
  static constexpr std::string_view text_of_message =
      "<message to='bob@example.net' type='chat'><body>Pump 12 reports 4.2 bar and rising; "
      "please confirm before the next reading.</body></message>";

  void let_go() {
    while (to_server_from_bob_.size() >= in_flight_ && !to_server_from_bob_.empty()) {
      server_did(server_->receive(to_server_from_bob_.take(), now_));
      run();
    }
  }

  void pass_time() {
    now_ = std::max(now_, std::min(sender_->next_deadline(), server_->next_deadline()));
    sender_did(sender_->tick(now_));
    server_did(server_->tick(now_));
    run();
    let_go();
  }

  void run() {
    while (!to_server_.empty() || !to_alice_.empty() || !to_bob_.empty()) {
      while (!to_server_.empty()) server_did(server_->receive(to_server_.take(), now_));
      while (!to_alice_.empty()) sender_did(sender_->receive(to_alice_.take(), now_));
      while (!to_bob_.empty()) {
        receiver_did(receiver_->receive(to_bob_.take(), now_));
        while (!handed_.empty()) {
          const message_name name = std::move(handed_.back());
          handed_.pop_back();
          receiver_did(*receiver_->accepted(name, now_));
        }
      }
    }
  }

  template <class Outputs>
  void keep(const Outputs& all) {
    if (kept_ != nullptr) kept_->emplace_back(all);
  }

  /// What a store does first: it makes keys and images.
  template <class Output>
  void note(const Output& one) {
    if (!writes_records_) return;
    if (auto* kept = std::get_if<out::persist>(&one))
      octets_ += kept->key().size() + kept->image().size();
    if (auto* gone = std::get_if<out::forget>(&one)) octets_ += gone->key().size();
  }

  void sender_did(sender_outputs all) {
    keep(all);
    for (auto& one : all) {
      note(one);
      if (auto* sent = std::get_if<out::transmit>(&one)) to_server_.put(std::move(*sent));
      if (auto* told = std::get_if<out::report>(&one)) {
        if (told->ended != outcome::delivered) broken("a message is not delivered");
        ++reported_;
      }
    }
    if (sender_) sender_->reuse(std::move(all));
  }
  void server_did(server_outputs all) {
    keep(all);
    for (auto& one : all) {
      note(one);
      if (auto* sent = std::get_if<out::transmit>(&one))
        (is_bare_of(alice, *sent->to) ? to_alice_ : to_bob_).put(std::move(*sent));
    }
    if (server_) server_->reuse(std::move(all));
  }
  void receiver_did(receiver_outputs all) {
    keep(all);
    for (auto& one : all) {
      note(one);
      if (auto* given = std::get_if<out::deliver>(&one)) handed_.push_back(std::move(given->name));
      if (auto* sent = std::get_if<out::transmit>(&one)) {
        const auto* r = std::get_if<receipt>(&sent->what);
        const bool held = r != nullptr && r->answers.empty() && !r->states.empty() &&
                          r->states.front().what == status::delivered;
        (held ? to_server_from_bob_ : to_server_at_once_).put(std::move(*sent));
      }
    }
    if (receiver_) receiver_->reuse(std::move(all));
    while (!to_server_at_once_.empty())
      server_did(server_->receive(to_server_at_once_.take(), now_));
  }

  policy how_;
  std::size_t in_flight_;
  bool writes_records_;
  std::uint64_t octets_ = 0;                  ///< of records written
  std::vector<any_outputs>* kept_ = nullptr;  ///< those of the roles, if they are wanted
  payload_ref whole_;
  Env env_;
  std::optional<sender<Env>> sender_;
  std::optional<server<Env>> server_;
  std::optional<receiver<Env>> receiver_;
  link to_server_{phone, party::sender, party::server},
      to_alice_{relay, party::server, party::sender},
      to_bob_{relay, party::server, party::receiver},
      to_server_from_bob_{desk, party::receiver, party::server},
      to_server_at_once_{desk, party::receiver, party::server};
  std::vector<message_name> handed_;
  outgoing message_;
  instant now_;
  std::uint64_t submitted_ = 0, reported_ = 0;
};

/// What machines gave for some messages, given again without any machine: copied, handed on and let
/// go. No machine that gives these values can take less.
class outputs_alone {
 public:
  outputs_alone(policy how, std::size_t in_flight) {
    machines<machines_only> all(how, in_flight);
    for (std::size_t i = 0; i < 4 * in_flight + warm; ++i) all.one();
    all.keep_outputs(kept_);
    for (std::size_t i = 0; i < messages; ++i) all.one();
    server_.reserve(most);
    sender_.reserve(most);
    receiver_.reserve(most);
  }
  /// As many messages as one turn of these makes.
  void turn() {
    for (const any_outputs& one : kept_) {
      if (const auto* s = std::get_if<sender_outputs>(&one)) give(*s, sender_);
      if (const auto* v = std::get_if<server_outputs>(&one)) give(*v, server_);
      if (const auto* r = std::get_if<receiver_outputs>(&one)) give(*r, receiver_);
    }
  }
  static constexpr std::size_t messages = 64;

 private:
  static constexpr std::size_t warm = 2000, most = 1024;

  template <class Outputs>
  void give(const Outputs& from, Outputs& to) {
    to.assign(from.begin(), from.end());
    for (auto& one : to)
      if (auto* sent = std::get_if<out::transmit>(&one)) {
        on_the_way_.put(std::move(*sent));
        if (header_of(on_the_way_.take().what).conversation.id.empty()) broken("no conversation");
      }
    to.clear();
  }

  std::vector<any_outputs> kept_;
  sender_outputs sender_;
  server_outputs server_;
  receiver_outputs receiver_;
  link on_the_way_{relay};
};

/// Two engines of Qpid Proton, wired back to back in memory: exactly once, the receiver settles
/// second. Null where the library is not installed.
class exactly_once {
 public:
  virtual ~exactly_once() = default;
  /// Sends so many messages of 100 octets at once, and settles them.
  virtual void burst(std::size_t messages) = 0;
};
std::unique_ptr<exactly_once> proton();

}  // namespace bench

#endif
