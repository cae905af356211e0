// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// The server role as a component (XEP-0114) beside an XMPP server that knows nothing of it, over a
// SQLite file, or as one of many instances over a PostgreSQL database. Killed and started again it
// goes on where it was. See README.md here.
#include <set>
#include <vidimus/adapt/xmpp_bundle.hpp>
#include <vidimus/vidimus.hpp>

#include "hosting/component_link.hpp"
#include "hosting/discovery.hpp"
#include "hosting/relay_place.hpp"
#ifdef VIDIMUS_EXAMPLE_WITH_POSTGRESQL
#include "hosting/shared_place.hpp"
#endif

using namespace hosting;

namespace {

constexpr auto usage =
    "relay --address ADDRESS --secret-file FILE --keys FILE --store FILE|--database WHERE\n"
    "      [--host HOST] [--port N] [--quick] [--whole] [--single]\n"
    "  --database WHERE  in place of --store, as libpq takes it (host=... dbname=...): then many "
    "of\n"
    "           these, all with the same keys, may be one relay, if the XMPP server takes many\n"
    "           streams of one component (ejabberd does, Prosody keeps the last one only)\n"
    "  --quick  asks again within seconds: for tests\n"
    "  --whole  no brief form: every element names its conversation, for whoever looks on\n"
    "  --single  sends no bundles: each message travels alone, for whoever looks on\n"
    "Goes on until it is asked to end.";

/// XEP-0106: an address as a local part of ours, so that who gets a plain message sees whom it is
/// from. A server stamps nothing else for a component than its own domain.
std::string local_part(std::string_view address) {
  constexpr std::string_view others = " \"&'/:<>@\\";
  std::string out;
  for (char c : address) {
    if (others.find(c) == std::string_view::npos) {
      out += c;
      continue;
    }
    constexpr std::string_view digits = "0123456789abcdef";
    const auto value = static_cast<unsigned char>(c);
    out += {'\\', digits[value >> 4], digits[value & 15]};
  }
  return out;
}

/// `Place`: `in_file` or `in_database`.
template <class Place>
class program {
 public:
  explicit program(const options& o)
      : pace_(pace_of(o)),
        place_(o, limits(o.has("--whole"))),
        link_(o, pace_),
        bundler_({o.has("--single") ? 0 : bundle_messages_max}) {
    do_the_rest(place_.restored());
  }

  int run() {
    end_when_asked();
    while (asked_to_end == 0) {
      std::vector<component_event> came;
      link_.run(wait(), [&](component_event e) { came.push_back(std::move(e)); });
      shelf_.begin();
      for (const component_event& e : came) take(e);
      shelf_.add(pass_time(role_));
      do_the_rest(shelf_.commit());
      for (const std::string& text : answers_) send(text);
      answers_.clear();
      std::fflush(stdout);
    }
    shelf_.close();
    return exit_good;
  }

 private:
  server_limits limits(bool whole) const {
    server_limits l;
    l.brief = !whole;
    l.retry = pace_.retry;
    l.receipts = together;
    l.window = under_way;
    return l;
  }

  span_ms wait() const {
    const span_ms most = std::min(pace_.ping, milliseconds(100));
    return std::clamp(role_.next_deadline() - now(), span_ms{0}, most);
  }

  void take(const component_event& e) {
    switch (e.kind) {
      case component_event_kind::up: return greet();
      case component_event_kind::down: std::printf("-- down: %s\n", e.text.c_str()); return;
      case component_event_kind::refused:
        std::printf("-- passed over, as it cannot be read: %s\n", e.text.c_str());
        return;
      default: break;
    }
    if (e.head.name == "message") return take_message(e);
    if (e.head.name == "presence") return take_presence(e.head);
    if (e.head.name == "iq") take_answer(e);
    if (e.head.name == "iq") answer_question(e.head);
  }

  /// Whoever was here is asked whether he still is: the role's sync comes back as an error if not.
  void greet() {
    std::printf("-- up as %s\n", link_.address().c_str());
    for (const auto& one : here_.all()) {
      if (Place::attaches_anew) shelf_.add(role_.attached(one.address, now()));
      answers_.push_back(presence_to(one.address));
      answers_.push_back(question_to(one.address));
    }
  }
  /// XEP-0030: does a program there know us?
  std::string question_to(const std::string& address) const {
    std::string text = "<iq type='get' id='support'";
    append_attribute(text, "from", link_.address());
    append_attribute(text, "to", address);
    return text + "><query xmlns='http://jabber.org/protocol/disco#info'/></iq>";
  }
  /// No error, and not the feature: it does not. Else the role's own sync shows.
  void take_answer(const component_event& e) {
    if (e.head.type != "result" || e.head.id != "support" || e.head.child_space != disco_info)
      return;
    if (!here_.is(e.head.from)) return;
    if (e.text.find(our_bundles) != std::string::npos) reads_bundles(e.head.from);
    if (e.text.find(our_feature) != std::string::npos) return;
    std::printf("-- without support: %s\n", e.head.from.c_str());
    shelf_.add(role_.without_support(e.head.from, now()));
  }
  std::string presence_to(const std::string& address) const {
    std::string text = "<presence";
    append_attribute(text, "from", link_.address());
    append_attribute(text, "to", address);
    return text + "/>";
  }

  void take_message(const component_event& e) {
    if (bare(e.head.to) != link_.address()) return;
    reading at;
    at.self = party::server;
    at.scope = component_stream::scope();
    if (e.head.type == "error") return gone(e.head.from);
    arrive_each(reader_, e.text, at, [this](result<arrival, refusal> read) {
      if (!read || read->kind == arrival_kind::plain) return;
      if (read->whole.bundled) reads_bundles(read->whole.from);
      shelf_.add(role_.receive(read->what, now()));
    });
  }

  /// Who sends bundles reads them. Who is forgotten gets messages one by one, until he sends more.
  void reads_bundles(const std::string& address) {
    if (bundling_.count(address) != 0 || !place_.env.keys.current(bare(address))) return;
    if (bundling_.size() == 4096) bundling_.clear();
    bundling_.insert(address);
  }

  /// What we sent there came back.
  void gone(const std::string& address) {
    bundling_.erase(address);
    if (here_.went(address)) shelf_.add(role_.detached(address, now()));
  }

  void take_presence(const stanza_head& head) {
    if (!place_.env.keys.current(bare(head.from))) return;  // a stranger
    if (head.type == "unavailable" || head.type == "error") return gone(head.from);
    if (!head.type.empty() || head.from.find('/') == std::string::npos) return;
    if (!here_.came(head.from, head.id)) return;
    gone(here_.beyond(bare(head.from)));
    std::printf("-- here: %s\n", head.from.c_str());
    shelf_.add(role_.attached(head.from, now()));
    answers_.push_back(question_to(head.from));
  }

  void answer_question(const stanza_head& head) {
    if (is_question(head) && head.from != link_.address())
      answers_.push_back(answer_to(head, "component", "generic"));
  }

  void do_the_rest(const server_outputs& outputs) {
    const auto to_link = [this](std::string_view text) { send(text); };
    for (const auto& one : outputs) {
      const auto* t = std::get_if<out::transmit>(&one);
      const auto* bare_one = std::get_if<out::plain>(&one);
      if ((t == nullptr && bare_one == nullptr) || !link_.is_up()) continue;
      sending how;
      how.self = party::server;
      how.from = link_.address();
      if (t == nullptr) {
        how.from = local_part(bare_one->name.in.along->origin) + '@' + how.from;
        if (auto text = stanza_text(*bare_one, how)) send(*text);
        continue;
      }
      const bool reads = bundling_.count(t->to) != 0;
      (void)bundler_.add(*t, how, reads, to_link);
    }
    bundler_.flush(to_link);
  }
  void send(std::string_view text) {
    if (!link_.send(text)) std::printf("-- kept back, as it is not fit to be sent\n");
  }

  pace pace_;
  Place place_;
  decltype(Place::shelf)& shelf_ = place_.shelf;
  decltype(Place::role)& role_ = place_.role;
  decltype(Place::here)& here_ = place_.here;
  component_link link_;
  bundle_reader reader_;
  bundler bundler_;
  std::set<std::string> bundling_;    ///< addresses that read bundles
  std::vector<std::string> answers_;  ///< of this program, not of the role
};

}  // namespace

int main(int argc, char** argv) {
  const options o(argc, argv, usage, "--quick --whole --single ");
  if (!o.has("--database")) return program<in_file>(o).run();
#ifdef VIDIMUS_EXAMPLE_WITH_POSTGRESQL
  return program<in_database>(o).run();
#else
  stop(exit_usage, "built without PostgreSQL");
#endif
}
