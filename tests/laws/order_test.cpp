// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// The laws of delivery in order, over random histories of one endpoint: arrivals in any order, more
// than once or never, voids, low2, time, answers of the application, and processes that die between
// any two outputs.
#include <random>
#include <set>

#include "../support/catch.hpp"
#include "../support/trio.hpp"

using namespace toy;

namespace {

constexpr number numbers = 20;
constexpr span_ms wait = seconds(10);

/// An endpoint, a relay that says what the history wants, and books over what they did.
class history {
 public:
  explicit history(std::uint64_t seed) : dice_(seed) {
    give_keys(alice_env_.keys, relay_env_.keys, bob_env_.keys);
    relay_env_.entropy.who = 2;
    bob_env_.entropy.who = 3;
    limits_.ordered = true;
    limits_.window = 16;
    limits_.gap_wait = wait;
    limits_.early_max = below(3) == 0 ? 2 : 64;
    if (below(3) == 0) limits_.early_octets_max = 60;
    if (below(3) == 0) limits_.payload_octets_max = 10;
    at_.along = make_route(alice, bob, relay);
    at_.id = fresh_name<conversation_id>(relay_env_.entropy);
    for (number n = 1; n <= numbers; ++n)
      if (below(4) == 0) void_.insert(n);
    patience_ = below(4);
    b_.emplace(bob_env_, bob, limits_);
    ask();
  }

  void run() {
    for (int i = 0; i < 120; ++i) step();
    deaths_ = false;
    settle();
  }

  std::size_t skips = 0, lates = 0, deaths = 0, waits = 0;

 private:
  std::uint64_t below(std::uint64_t n) { return dice_() % n; }

  void step() {
    switch (below(8)) {
      case 0: return ask();
      case 1:
        now_ = now_ + milliseconds(static_cast<std::int64_t>(below(6000)));
        return did(b_->tick(now_));
      case 2: return reveal();
      case 3:
        if (below(4) == 0) die();
        return;
      case 4: return answer_one();
      default: return send(1 + below(numbers));
    }
  }

  /// Whatever is left arrives, in order, and time goes on.
  void settle() {
    for (int round = 0; round < 3; ++round) {
      for (number n = 1; n <= numbers; ++n) send(n);
      now_ = now_ + wait;
      did(b_->tick(now_));
      while (!open_.empty()) answer_one();
    }
    REQUIRE(b_->next_deadline() == never);
    for (number n = low_; n <= std::min<number>(numbers, low_ + 15); ++n) {
      CAPTURE(n);
      const bool done =
          taken_.contains(n) || refused_.contains(n) || late_.contains(n) || void_.contains(n);
      REQUIRE(done);
    }
    for (number n : late_) REQUIRE((told_.contains(n) || void_.contains(n) || n < low_));
  }

  std::string text_of(number n) const { return std::string(1 + n % 3 * 8, char('a' + n)); }

  /// Low2 rises over what has its end; voids are revealed as they come to the relay.
  void reveal() {
    for (number n : void_)
      if (below(3) == 0) revealed_.insert(n);
    const number to = low_ + below(3);
    while (low_ < to && low_ <= numbers &&
           (revealed_.contains(low_) || ended_.contains(low_) || below(5) == 0))
      ++low_;
  }
  ranges voids() const {
    ranges out;
    for (number n : revealed_)
      if (n >= low_) out.add(n);
    return out;
  }

  /// A relay never sends what is void; a copy may come long after.
  void send(number n) {
    if (void_.contains(n)) return;
    check e;
    e.head.conversation = at_;
    e.head.memory = memory_;
    e.at = n;
    e.type = "chat";
    e.lifetime_s = 1000;
    e.low = low_;
    e.voids = voids();
    const auto payload = make_payload(text_of(n));
    const digest d = toy::crypto::digest_of(content_of(*payload).canonical);
    verifier<env> kit(relay_env_);
    REQUIRE(kit.seal(e, purpose::deliver, bob, &d));
    did(b_->receive(arrived({bob_full, "chat", e, payload}, relay), now_));
  }
  void ask() {
    vidimus::sync e;
    e.head.conversation = at_;
    e.head.memory = memory_;
    e.asks = fresh_name<nonce>(relay_env_.entropy);
    e.low = low_;
    e.top = numbers;
    e.voids = voids();
    verifier<env> kit(relay_env_);
    REQUIRE(kit.seal(e, purpose::deliver_sync, bob));
    did(b_->receive(arrived({bob_full, "", e, nullptr}, relay), now_));
  }

  void die() {
    ++deaths;
    open_.clear();
    given_in_life_ = 0;
    b_.emplace(bob_env_, bob, limits_);
    auto outs = b_->restore(store_.all(), true);
    REQUIRE(outs);
    did(std::move(*outs));
  }

  /// The application answers in the order in which it was given messages, or not.
  void answer_one() {
    if (open_.empty()) return;
    const std::size_t which = patience_ == 0 ? below(open_.size()) : 0;
    const number n = open_[which];
    open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(which));
    const bool takes = below(6) != 0 || taken_.contains(n);
    auto outs = takes ? b_->accepted({at_, n}, now_) : b_->refused({at_, n}, now_);
    REQUIRE(outs);
    taking_ = n;
    takes_ = takes;
    did(std::move(*outs));
    taking_ = 0;
  }

  void did(receiver_outputs outs) {
    const bool dies = deaths_ && !outs.empty() && below(12) == 0;
    const std::size_t end = dies ? below(outs.size() + 1) : outs.size();
    for (std::size_t i = 0; i < end; ++i) std::visit([&](auto& one) { this->carry(one); }, outs[i]);
    if (dies) return die();
    waits += b_->next_deadline() != never ? 1 : 0;
    if (deaths_ && patience_ > 0)
      while (!open_.empty() && below(patience_) == 0) answer_one();
  }

  record::receiver_conversation stored_line() const {
    for (const stored& one : store_.all())
      if (auto line = image::load<record::receiver_conversation>(one.image)) return *line;
    return {};
  }

  void carry(out::persist& o) {
    store_.carry_out(o);
    if (taking_ == 0) return;
    // the effect, in one transaction with the record; and with it all that was told
    (takes_ ? taken_ : refused_).insert(taking_);
    for (number n : told_with_[taking_]) {
      CAPTURE(n, taking_);
      REQUIRE(told_.insert(n).second);  // each gap once
    }
    taking_ = 0;
  }
  void carry(out::forget& o) { store_.carry_out(o); }
  void carry(out::deliver& o) {
    const number n = o.name.at;
    const auto line = stored_line();
    CAPTURE(n, o.again, low_);
    REQUIRE(*o.body->whole == text_of(n));
    REQUIRE(std::any_of(line.handed.begin(), line.handed.end(),
                        [&](const auto& one) { return one.at == n; }));
    REQUIRE_FALSE((void_.contains(n) || late_.contains(n) || refused_.contains(n)));
    REQUIRE_FALSE(taken_.contains(n));
    REQUIRE(n > given_in_life_);  // strictly increasing, also what is given again
    given_in_life_ = n;
    REQUIRE((o.again || n > given_));
    given_ = std::max(given_, n);
    std::vector<number>& with = told_with_[n];
    with.clear();
    for (const range& r : o.skipped)
      for (number m = r.first; m <= r.last; ++m) {
        CAPTURE(m);
        REQUIRE(m < n);
        REQUIRE_FALSE(handed_.contains(m));
        REQUIRE_FALSE(told_.contains(m));
        with.push_back(m);
        gone_.insert(m);
        ++skips;
      }
    handed_.insert(n);
    for (const auto& one : line.handed) handed_.insert(one.at);
    for (number m = 1; m < n; ++m) {  // nothing is passed without a word
      CAPTURE(m);
      const bool refused = std::any_of(line.refused.begin(), line.refused.end(),
                                       [&](const auto& one) { return one.at == m; });
      const bool known = m < line.low || handed_.contains(m) || refused || refused_.contains(m) ||
                         gone_.contains(m) || revealed_.contains(m);
      REQUIRE(known);
    }
    open_.push_back(n);
  }
  void carry(out::transmit& o) {
    if (const auto* asked = std::get_if<challenge>(&o.what)) memory_ = asked->head.memory;
    const auto* said = std::get_if<receipt>(&o.what);
    if (said == nullptr) return;
    memory_ = said->head.memory;
    const auto line = stored_line();
    for (const status_range& s : said->states)
      for (number n = s.span.first; n <= s.span.last; ++n) {
        CAPTURE(n, static_cast<int>(s.what));
        if (s.what == status::voided && s.why == reason::late) {
          REQUIRE(line.skipped.contains(n));
          REQUIRE_FALSE(handed_.contains(n));
          late_.insert(n);
          ++lates;
        } else if (s.what == status::voided) {
          REQUIRE_FALSE(taken_.contains(n));
          refused_.insert(n);
        } else if (s.what == status::delivered) {
          REQUIRE(taken_.contains(n));
        } else if (s.what == status::pending) {
          REQUIRE(std::any_of(line.handed.begin(), line.handed.end(),
                              [&](const auto& one) { return one.at == n; }));
        } else {
          REQUIRE(s.what == status::closed);
          REQUIRE((n < line.low || n < line.next));
        }
        if (s.what == status::delivered || s.what == status::voided) ended_.insert(n);
      }
  }

  std::mt19937_64 dice_;
  env alice_env_, relay_env_, bob_env_;
  receiver_limits limits_;
  memory_store store_;
  std::optional<receiver<env>> b_;
  conversation_name at_;
  memory_name memory_;
  instant now_{1000};
  bool deaths_ = true;
  std::uint64_t patience_ = 1;
  number low_ = 1, given_ = 0, given_in_life_ = 0, taking_ = 0;
  bool takes_ = true;
  std::vector<number> open_;
  std::set<number> void_, revealed_, ended_, taken_, refused_, late_, handed_, told_, gone_;
  std::map<number, std::vector<number>> told_with_;
};

}  // namespace

TEST_CASE("whatever comes, an ordered endpoint hands over in order, once, and tells every gap once",
          "[order.hand][order.wait][order.skip][order.late]") {
  std::size_t skips = 0, lates = 0, deaths = 0, waits = 0;
  for (std::uint64_t seed = 1; seed <= 250; ++seed) {
    CAPTURE(seed);
    history h(seed);
    h.run();
    skips += h.skips;
    lates += h.lates;
    deaths += h.deaths;
    waits += h.waits;
  }
  CAPTURE(skips, lates, deaths, waits);
  REQUIRE(skips > 100);
  REQUIRE(lates > 100);
  REQUIRE(deaths > 1000);
  REQUIRE(waits > 1000);
}
