// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "frames.hpp"

namespace crash {
namespace {

constexpr auto tables =
    "CREATE TABLE IF NOT EXISTS submission(conversation BLOB, number INTEGER, text TEXT,"
    " kind TEXT, UNIQUE(conversation, number));"
    "CREATE TABLE IF NOT EXISTS report(conversation BLOB, number INTEGER, outcome TEXT,"
    " again INTEGER)";

class program {
 public:
  explicit program(const life& of)
      : of_(of),
        chance_(of.seed),
        shelf_(of, "sender", tables),
        role_((give_keys(), env_), alice, relay, limits()),
        link_(of, alice_here, party::sender) {
    do_the_rest(shelf_.restored(role_.restore(shelf_.all(), shelf_.store().last_durable(), now())));
  }

  int run() {
    end_when_asked();
    for (;;) {
      const auto event = link_.wait(10);
      shelf_.begin();
      if (event == uplink::event::up) shelf_.add(role_.link_restored(now()));
      if (event == uplink::event::down) shelf_.add(role_.link_lost(now()));
      while (auto stanza = link_.next()) shelf_.add(role_.receive(*stanza, now()));
      if (role_.next_deadline() <= now()) shelf_.add(role_.tick(now()));
      const bool stopping = ::access((of_.dir + "/stop").c_str(), F_OK) == 0;
      for (int i = 0; !stopping && i < 4 && role_.unfinished() < 40; ++i) submit();
      withdraw();
      for (const out::report& r : reports_) note(r);
      reports_.clear();
      do_the_rest(shelf_.commit());
      link_.flush();
      if (stopping && role_.unfinished() == 0 && reports_.empty()) break;
    }
    shelf_.close();
    return 0;
  }

 private:
  static sender_limits limits() {
    sender_limits l = strict(sender_limits{});
    l.unfinished_max = 64;
    l.grace = milliseconds(2000);
    l.retry = quick_retry();
    return l;
  }
  void give_keys() {
    if (!env_.keys.add(relay, "hop-1", as_octets("what alice and the relay know"))) std::abort();
  }

  void do_the_rest(sender_outputs outputs) {
    for (auto& one : outputs) {
      if (auto* t = std::get_if<out::transmit>(&one)) link_.send(*t);
      if (auto* r = std::get_if<out::report>(&one)) reports_.push_back(std::move(*r));
    }
  }

  /// A submission and the host's own note of it are one transaction: neither is without the other.
  void submit() {
    const std::uint64_t drawn = chance_.below(100);
    std::string kind = "usual";
    composing how;
    // of what it took an endpoint may say closed to a server that forgot: the lifetime ends it
    how.lifetime_s = of_.copies ? 15 : 600;
    if (drawn < 6) kind = "short", how.lifetime_s = 1;
    if (drawn >= 6 && drawn < 12) kind = "withdrawn";
    if (drawn >= 12 && drawn < 16) kind = "refused";
    if (drawn >= 16 && drawn < 24) kind = "unreported", how.report = false;
    std::string text = kind + ' ' + std::to_string(of_.seed) + ' ' + std::to_string(++count_) + ' ';
    text.append(chance_.one_in(20) ? chance_.below(30000) : chance_.below(300), 'x');
    auto composed = compose(
        reader_, "<message to='" + bob + "' type='chat'><body>" + text + "</body></message>", how);
    if (!composed) stop(exit_failed, composed.error().what);
    auto given = role_.submit(*composed, now());
    if (!given) return;  // window_full
    row(shelf_.file(), "INSERT INTO submission VALUES(?1, ?2, ?3, ?4)")
        .name(given->name)
        .text(text)
        .text(kind)
        .insert();
    if (kind == "withdrawn")
      to_withdraw_.emplace_back(now() + milliseconds(static_cast<std::int64_t>(chance_.below(120))),
                                given->name);
    shelf_.add(std::move(given->outputs));
  }

  void withdraw() {
    std::erase_if(to_withdraw_, [&](const auto& one) {
      if (one.first > now()) return false;
      shelf_.add(role_.withdraw(one.second, now()));  // refused: it has ended
      return true;
    });
  }

  void note(const out::report& r) {
    row(shelf_.file(), "INSERT INTO report VALUES(?1, ?2, ?3, ?4)")
        .name(r.name)
        .text(name_of(r.ended))
        .integer(r.again ? 1 : 0)
        .insert();
  }

  life of_;
  dice chance_;
  shelf<sender_output> shelf_;
  environment env_;
  sender<environment> role_;
  uplink link_;
  stanza_reader reader_;
  std::uint64_t count_ = 0;
  std::vector<std::pair<instant, message_name>> to_withdraw_;
  std::vector<out::report> reports_;  ///< given; the host notes them in its next transaction
};

}  // namespace

int run_sender(const life& of) { return program(of).run(); }

}  // namespace crash
