// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_CLIENTS_SENDER_HPP
#define VIDIMUS_DOCS_EXAMPLES_CLIENTS_SENDER_HPP

#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <deque>
#include <set>
#include <unordered_map>
#include <vidimus/check/view.hpp>

#include "../hosting/shelf.hpp"
#include "client.hpp"
#include "pacer.hpp"
#include "sender_words.hpp"

namespace clients {

/// The role of the sender and its host: each line is a message, and what becomes of it is said line
/// by line. `Client` is a class as in client.hpp.
template <class Client>
class sender_program {
 public:
  explicit sender_program(const options& o)
      : pace_(pace_of(o)),
        to_(o.has("--file") ? std::string() : o.needed("--to")),
        audit_(o.has("--audit")),
        permit_(o.has("--permit-plain")),
        lifetime_(static_cast<std::uint32_t>(o.number("--lifetime", 24 * 3600, 30 * 24 * 3600))),
        count_(o.number("--count", 0, 1'000'000)),
        window_(o.number("--window", 40, under_way)),
        times_(o.has("--times")),
        bundles_(!o.has("--single")),
        pacer_(o.number("--pace", 0, 100'000)),
        shelf_(o.needed("--store"), "sender", sender_tables),
        role_((read_keys(env_.keys, o.needed("--keys")), env_),
              std::string(bare(o.needed("--jid"))), o.needed("--relay"), limits()),
        link_(o, pace_, party::sender) {
    row(shelf_.file(), "SELECT count(*) FROM said").read([&](auto& r) {
      written_ = static_cast<std::uint64_t>(r.integer(0));
    });
    row(shelf_.file(), "SELECT conversation, number, at FROM said WHERE outcome IS NULL")
        .read([&](auto& r) {
          message_name of;
          if (r.raw(0).size() == of.in.id.octets.size())
            std::copy(r.raw(0).begin(), r.raw(0).end(), of.in.id.octets.begin());
          of.at = static_cast<number>(r.integer(1));
          open_[key_of(of)] = {static_cast<std::uint64_t>(r.integer(2)), {}};
        });
    do_the_rest(shelf_.restored(role_.restore(shelf_.all(), shelf_.last_durable(), now())));
    if (o.has("--file"))
      read_file(o.text("--file", {}));
    else if (count_ == 0)
      ::fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);
  }

  int run() {
    end_when_asked();
    say_outcomes();  // that were told by a former life, or just before its end
    while (asked_to_end == 0 && !(input_over_ && open_.empty())) {
      link_.run(milliseconds(more_ ? 0 : 10));
      shelf_.begin();
      note_outcomes();
      if (link_.session() != session_ && link_.is_up()) {
        session_ = link_.session();
        say_link("connected as " + link_.address());
        shelf_.add(role_.link_restored(now()));
        was_up_ = true;
      } else if (was_up_ && !link_.is_up()) {
        was_up_ = false;
        say_link("not connected: " + link_.why());
        shelf_.add(role_.link_lost(now()));
      }
      for (const incoming& one : link_.came.elements) {
        note_altered(one);
        shelf_.add(role_.receive(one, now()));
      }
      link_.came.elements.clear();
      shelf_.add(pass_time(role_));
      take_input();
      do_the_rest(shelf_.commit());
      altered_.clear();
      say_outcomes();
      if (!times_) say_changes();
      std::fflush(stdout);
    }
    shelf_.begin();
    note_outcomes();
    do_the_rest(shelf_.commit());
    const bool good = open_.empty() && all_delivered();
    shelf_.close();
    return good ? exit_good : exit_not_delivered;
  }

 private:
  using key = std::pair<decltype(conversation_id::octets), number>;
  struct key_hash {
    std::size_t operator()(const key& of) const noexcept {
      std::uint64_t id = 0;  // drawn at random
      std::memcpy(&id, of.first.data(), sizeof id);
      return static_cast<std::size_t>(id + of.second);
    }
  };
  struct shown {
    std::uint64_t at = 0;  ///< which message of this file, from 1
    std::string state;
  };
  struct told {
    out::report what;
    std::uint64_t at = 0;  ///< as above; 0: not known any more
  };

  sender_limits limits() const {
    sender_limits l;
    l.retry = pace_.retry;
    l.commands = together;
    l.unfinished_max = under_way;
    return l;
  }
  static key key_of(const message_name& of) { return {of.in.id.octets, of.at}; }

  /// Messages of a file; those of former lives were written already.
  void read_file(const std::string& name) {
    std::ifstream from(name, std::ios::binary);
    if (!from) stop(exit_usage, name + " cannot be read");
    for (std::string one; std::getline(from, one, '\0');) waiting_.push_back(std::move(one));
    waiting_.erase(waiting_.begin(),
                   waiting_.begin() + static_cast<std::ptrdiff_t>(
                                          std::min<std::uint64_t>(written_, waiting_.size())));
    from_file_ = true;
  }

  /// A part of what may be sent: the next station works while this one takes more.
  void take_input() {
    const std::uint64_t most = written_ + at_once;
    more_ = false;
    if (from_file_) {
      while (!waiting_.empty() && may_submit(most) && submit(waiting_.front()))
        waiting_.pop_front();
      input_over_ = waiting_.empty();
      return;
    }
    if (count_ != 0) {
      if (session_ == 0) return;  // else the first of them would wait for a login
      while (written_ < count_ && may_submit(most) &&
             submit(message_of("message " + std::to_string(written_ + 1)))) {
      }
      input_over_ = written_ >= count_;
      return;
    }
    char some[4096];
    const ssize_t n = input_over_ ? -1 : ::read(STDIN_FILENO, some, sizeof some);
    if (n == 0) input_over_ = true;
    if (n > 0) typed_.append(some, static_cast<std::size_t>(n));
    for (std::size_t end; (end = typed_.find('\n')) != std::string::npos;) {
      if (end > 0 && !submit(message_of(typed_.substr(0, end))))
        return;  // the window is full: later
      typed_.erase(0, end + 1);
    }
  }

  bool may_submit(std::uint64_t most) {
    more_ = written_ >= most;
    return !more_ && role_.unfinished() < window_ && pacer_.may();
  }

  std::string message_of(const std::string& text) const {
    std::string message = "<message";
    append_attribute(message, "to", to_);
    message += " type='chat'><body>";
    append_escaped(message, text, xml_place::text);
    return message + "</body></message>";
  }

  /// S1. The submission and the program's own note of it are one transaction. False: the window is
  /// full.
  bool submit(const std::string& message) {
    composing how;
    how.lifetime_s = lifetime_;
    how.plain = permit_;
    auto composed = compose(link_.came.reader.alone(), message, how);
    if (!composed) {
      std::printf("not sent: %s\n", composed.error().what.c_str());
      return true;
    }
    auto given = role_.submit(*composed, now());
    if (!given) {
      if (given.error() == errc::window_full) return false;
      std::printf("not sent: %s\n", std::string(sentence(given.error())).c_str());
      return true;
    }
    const auto view = content_view::parse(composed->body.canonical);
    row(shelf_.file(), "INSERT INTO said(at, conversation, number, text) VALUES(?1, ?2, ?3, ?4)")
        .integer(written_ + 1)
        .name(given->name)
        .text(view ? view->body() : std::string_view())
        .run();
    if (audit_)
      row(shelf_.file(), "INSERT INTO contents(conversation, number, octets) VALUES(?1, ?2, ?3)")
          .name(given->name)
          .blob(composed->body.canonical)
          .run();
    open_[key_of(given->name)] = {++written_, {}};
    if (times_) say(written_, "submitted");
    shelf_.add(std::move(given->outputs));
    return true;
  }

  auto to_link() {
    return [this](std::string_view text) { link_.send(std::string(text)); };
  }
  void do_the_rest(const sender_outputs& outputs) {
    for (const auto& one : outputs) {
      if (const auto* t = std::get_if<out::transmit>(&one)) send(*t);
      if (const auto* r = std::get_if<out::report>(&one)) {
        const auto at = open_.find(key_of(r->name));
        reports_.push_back({*r, at != open_.end() ? at->second.at : 0});
      }
    }
    bundler_.flush(to_link());
  }
  /// What a receipt says of messages that arrived altered; the role knows whether it is true.
  void note_altered(const incoming& one) {
    const auto* said = std::get_if<receipt>(&one.what);
    if (said == nullptr || one.malformed || one.copy_or_error) return;
    for (const altered_part& part : said->altered)
      altered_.insert(key_of({said->head.conversation, part.at}));
  }

  void send(const out::transmit& o) {
    if (!link_.is_up()) return;
    const auto* message = std::get_if<check>(&o.what);
    if (message != nullptr && message->attempt > 1) say_again(*message);
    sending how;
    how.self = party::sender;
    how.from = link_.address();
    how.stamps = false;
    (void)bundler_.add(o, how, bundles_, to_link());
  }

  void say_outcomes() {
    for (; said_ < reports_.size(); ++said_) {
      const out::report& r = reports_[said_].what;
      auto at = open_.find(key_of(r.name));
      if (at == open_.end()) continue;
      std::string why(r.why == reason::none ? "" : name_of(r.why));
      if (!why.empty()) why = " (" + why + ')';
      if (const auto parts = text(r.altered); !parts.empty()) why += ": " + parts;
      say(at->second.at, std::string(name_of(r.ended)) + why);
      open_.erase(at);
    }
  }
  /// In the next transaction, in which the role's records of them go: an outcome is given once more
  /// if this dies before, and `told` counts them.
  void note_outcomes() {
    for (const told& one : reports_) {
      const bool by_place = one.at != 0;  // else it had an outcome before: by its name, with a look
      row of(shelf_.file(),
             by_place ? "UPDATE said SET outcome = ?2, told = told + 1 WHERE at = ?1"
                      : "UPDATE said SET outcome = ?3, told = told + 1 WHERE conversation = ?1 "
                        "AND number = ?2");
      if (by_place)
        of.integer(one.at);
      else
        of.name(one.what.name);
      of.text(name_of(one.what.ended)).run();
    }
    reports_.clear();
    said_ = 0;
  }

  void say_changes() {
    std::map<std::uint64_t, std::string> changed;
    for (auto& [name, one] : open_) {
      message_name of;
      of.in.id.octets = name.first;
      of.at = name.second;
      const auto at = role_.state_of(of);
      if (!at || one.state == words_for(*at)) continue;
      changed[one.at] = one.state = words_for(*at);
    }
    for (const auto& [at, state] : changed) say(at, state);
  }
  void say_again(const check& message) {
    const auto name = key_of({message.head.conversation, message.at});
    const auto at = open_.find(name);
    if (at == open_.end()) return;
    say(at->second.at, altered_.erase(name) != 0 ? "altered on the way, sent again" : "sent again");
  }
  void say(std::uint64_t at, const std::string& what) const {
    std::printf("%smessage %llu: %s\n", stamp(times_).c_str(), static_cast<unsigned long long>(at),
                what.c_str());
  }
  void say_link(const std::string& what) {
    if (what != said_of_link_) std::printf("-- %s\n", what.c_str());
    said_of_link_ = what;
  }

  bool all_delivered() {
    bool all = true;
    row(shelf_.file(), "SELECT count(*) FROM said WHERE outcome <> 'delivered'").read([&](auto& r) {
      all = r.integer(0) == 0;
    });
    return all;
  }

  pace pace_;
  std::string to_;
  bool audit_, permit_;
  std::uint32_t lifetime_;
  std::uint64_t count_, window_;
  bool times_, bundles_;
  bundler bundler_;
  pacer pacer_;
  shelf<sender_output> shelf_;
  our_environment env_;
  sender<our_environment> role_;
  Client link_;
  bool from_file_ = false;
  std::deque<std::string> waiting_;                ///< of a file
  std::set<key> altered_;                          ///< told so, since the last transmissions
  std::vector<told> reports_;                      ///< not noted yet
  std::size_t said_ = 0;                           ///< of these
  std::unordered_map<key, shown, key_hash> open_;  ///< messages without outcome
  std::uint64_t written_ = 0, session_ = 0;
  bool was_up_ = false, input_over_ = false;
  bool more_ = false;  ///< input was left for the next turn
  std::string typed_, said_of_link_;
};

}  // namespace clients

#endif
