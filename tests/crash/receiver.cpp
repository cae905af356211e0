// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include <vidimus/check/view.hpp>

#include "frames.hpp"

namespace crash {
namespace {

constexpr auto tables =
    "CREATE TABLE IF NOT EXISTS effect(conversation BLOB, number INTEGER, text TEXT)";

class program {
 public:
  explicit program(const life& of)
      : chance_(of.seed),
        shelf_(of, "receiver", tables),
        ordered_(of.ordered),
        role_((give_keys(), env_), bob, limits()),
        link_(of, bob_here, party::receiver) {
    do_the_rest(shelf_.restored(role_.restore(shelf_.all(), shelf_.store().last_durable())));
  }

  int run() {
    end_when_asked();
    while (asked_to_end == 0 || !waiting_.empty()) {
      link_.wait(10);
      shelf_.begin();
      while (auto stanza = link_.next()) shelf_.add(role_.receive(*stanza, now()));
      if (role_.next_deadline() <= now()) shelf_.add(role_.tick(now()));
      answer();
      do_the_rest(shelf_.commit());
      link_.flush();
    }
    shelf_.close();
    return 0;
  }

 private:
  receiver_limits limits() const {
    receiver_limits l = strict(receiver_limits{});
    l.window = 64;
    l.ordered = ordered_;
    l.gap_wait = seconds(3600);  // nothing is lost for good here
    return l;
  }
  void give_keys() {
    if (!env_.keys.add(relay, "hop-2", as_octets("what the relay and bob know"))) std::abort();
    env_.keys.allow(relay, "@example.org");
  }

  void do_the_rest(receiver_outputs outputs) {
    for (auto& one : outputs) {
      if (auto* t = std::get_if<out::transmit>(&one)) link_.send(*t);
      if (auto* d = std::get_if<out::deliver>(&one)) {
        const auto later = static_cast<std::int64_t>(chance_.one_in(4) ? chance_.below(80) : 0);
        instant when = now() + milliseconds(later);
        // the effects keep the order, also where this life ends in between
        if (ordered_ && !waiting_.empty()) when = std::max(when, waiting_.back().first);
        waiting_.push_back({when, std::move(*d)});
      }
    }
  }

  /// The effect and the record that it was accepted are one transaction (accept.atomic), also if
  /// the message was handed to a former life: that one had no effect then.
  void answer() {
    const instant by = now();
    std::erase_if(waiting_, [&](const auto& one) {
      if (one.first > by) return false;
      const out::deliver& d = one.second;
      const auto view = content_view::parse(d.body->canonical);
      if (!view) stop(exit_failed, "verified content cannot be read");
      const std::string text(view->body());
      if (text.starts_with("refused ")) {
        shelf_.add(role_.refused(d.name, now()));
        return true;
      }
      auto accepted = role_.accepted(d.name, now());
      if (!accepted) return true;
      row(shelf_.file(), "INSERT INTO effect VALUES(?1, ?2, ?3)").name(d.name).text(text).insert();
      shelf_.add(std::move(*accepted));
      return true;
    });
  }

  dice chance_;
  shelf<receiver_output> shelf_;
  environment env_;
  bool ordered_;
  receiver<environment> role_;
  uplink link_;
  std::vector<std::pair<instant, out::deliver>> waiting_;
};

}  // namespace

int run_receiver(const life& of) { return program(of).run(); }

}  // namespace crash
