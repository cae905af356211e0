// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_EXPLORE_PARTY_HPP
#define VIDIMUS_TESTS_EXPLORE_PARTY_HPP

#include "machine.hpp"

namespace explore {

/// The time of every call but the end of a lifetime. Which deadlines are armed is part of a state;
/// when they fall is not: each may be the next one.
inline constexpr instant the_time{0};
inline constexpr std::uint32_t lifetime_s = 1000;
inline constexpr instant lifetime_over{1000 * 1000};
inline constexpr instant far_off{INT64_MAX / 2};
inline constexpr instant long_ago{-1000 * 1000 * 1000};
inline constexpr instant longer_ago{-2000 * 1000 * 1000};

/// Leaves one deadline of an index due at `at` and moves all others far off.
template <class Heap, class Entries, class Index>
void make_due(Index& index, std::uint32_t handle, instant at) {
  const auto handles = index.*open(Heap{});
  for (std::uint32_t h : handles) {
    const auto what = (index.*open(Entries{}))[h - 1].what;
    index.arm(h, h == handle ? at : far_off, what);
  }
}

/// Moves of numbers whose time comes are named from here on, in the order of `timed_in`; below are
/// the entries of the index.
inline constexpr std::uint8_t first_timed = 128;

/// A number at which something is to be done at a certain time.
template <class Key>
struct timed_number {
  Key conversation;
  number at = 0;
};

/// All of them that unfinished numbers of the conversations have.
template <class Conversations>
auto timed_in(const Conversations& all) {
  std::vector<timed_number<typename Conversations::key_type>> out;
  for (const auto& [key, c] : all)
    for (number n = c.base; n < c.top(); ++n)
      if (c.at(n).due() != never) out.push_back({key, n});
  return out;
}

/// The entry of the index that falls for a number.
template <class Heap, class Entries, class Index, class Is>
std::uint32_t entry_of(const Index& index, number n, Is of_conversation) {
  for (std::uint32_t h : index.*open(Heap{})) {
    const auto& what = (index.*open(Entries{}))[h - 1].what;
    if (what.at == duty::number_timers::last_of_group(n) && of_conversation(what)) return h;
  }
  return 0;
}

/// The armed deadlines of an index, in an order that depends on nothing else.
template <class Heap, class Entries, class Index, class Less>
std::vector<std::uint32_t> armed_in(const Index& index, Less less) {
  std::vector<std::uint32_t> handles(index.*open(Heap{}));
  std::sort(handles.begin(), handles.end(), [&](std::uint32_t a, std::uint32_t b) {
    return less((index.*open(Entries{}))[a - 1].what, (index.*open(Entries{}))[b - 1].what);
  });
  return handles;
}

/// A machine over one of the roles. `Books`: what the party's host and application remember,
/// and how often what is bounded has happened.
template <class Role, class Books, class Output>
class machine_of : public machine {
 public:
  using outputs = std::vector<Output>;

  /// One state of the party. No role: the process is down.
  struct party {
    std::shared_ptr<const Role> role;
    std::shared_ptr<const shelf> store, older;
    std::uint64_t drawn = 0;
    Books books;
  };

  machine_of(who is, const world& in, wires& net) : in_(in), net_(net), me_(is) {
    env_.entropy.who = static_cast<octet>("svr"[static_cast<std::size_t>(is)]);
  }

  const party& at(std::uint32_t state) const { return parties_[state]; }
  /// For codes of this party's elements.
  toy::env& environment() { return env_; }

  std::uint32_t start() {
    party p;
    p.role = fresh();
    p.store = std::make_shared<shelf>();
    return intern(std::move(p));
  }

 protected:
  virtual std::shared_ptr<Role> fresh() = 0;
  virtual void append_hidden(const Role& role, octets& to) const = 0;
  virtual std::vector<nonce> open_questions(const Role& role) const = 0;
  /// An output that is not for the store or the network.
  virtual const char* told(party& now, const shelf& store, const Output& what) = 0;
  /// Whether all that an element claims is durable.
  virtual const char* claims(const party& now, const shelf& store,
                             const out::transmit& sent) const = 0;
  virtual bool may_crash(const Books& books) const = 0;
  /// What the host's books make of the end of the process. Broken: a promise.
  virtual const char* died(Books& books, const shelf& store) = 0;
  virtual bool above_bounds(const party& p) const = 0;
  virtual void set_interval(Role& role, bool over) = 0;
  virtual result<outputs> bring_back(Role& role, const std::vector<stored>& records,
                                     bool last_durable) = 0;
  /// What the books make of a backup put in place of `p`'s store.
  virtual void went_back(Books& books, const shelf& older) = 0;

  std::uint32_t intern(party&& p) {
    octets key;
    writer w(key);
    w.u8(p.role != nullptr);
    if (p.role) {
      p.role->append_state(key);
      append_hidden(*p.role, key);
    }
    w.u32(0xfefefefe);
    p.store->append(key);
    w.u32(0xfefefefe);
    if (p.older) p.older->append(key);
    w.u64(p.drawn);
    p.books.append(key);
    const auto [at, isnew] =
        ids_.try_emplace(print::of(key), static_cast<std::uint32_t>(parties_.size()));
    if (isnew) {
      known_state(p.role ? open_questions(*p.role) : std::vector<nonce>());
      parties_.push_back(std::move(p));
    }
    return at->second;
  }

  /// Runs the role and carries its outputs out, with a crash before each that changes something
  /// durable. `what(Role&, Books&)` gives the outputs, or nothing where the role refuses.
  template <class Do>
  void step(const party& from, alternative how, bool crash_first, Do what,
            std::vector<alternative>& to) {
    party next = from;
    auto role = from.role ? std::make_shared<Role>(*from.role) : fresh();
    set_interval(*role, !how.quick);
    env_.entropy.drawn = from.drawn;
    std::optional<outputs> done;
    try {
      done = what(*role, next.books);
    } catch (const broken_contract& found) {
      how.broken = found.sentence;
      to.push_back(how);
      return;
    }
    if (!done) return;
    next.drawn = env_.entropy.drawn;
    next.role = std::move(role);
    carry_out(next, *done, how, crash_first, to);
  }

  void carry_out(party& next, const outputs& done, alternative how, bool crash_first,
                 std::vector<alternative>& to) {
    auto store = std::make_shared<shelf>(*next.store);
    how.beyond = above_bounds(next);
    bool changed = crash_first;
    for (std::size_t i = 0; i < done.size(); ++i) {
      if (const auto* sent = std::get_if<out::transmit>(&done[i])) {
        if (how.broken == nullptr) how.broken = claims(next, *store, *sent);
        how.sends.push_back(net_.intern(me_, *sent));
        changed = true;
        continue;
      }
      if (changed && may_crash(next.books)) add_crash(next, store, how, i + 1, to);
      changed = true;
      if (const auto* p = std::get_if<out::persist>(&done[i])) {
        store->carry_out(*p);
      } else if (const auto* f = std::get_if<out::forget>(&done[i])) {
        store->carry_out(*f);
      } else if (const char* broken = told(next, *store, done[i]); how.broken == nullptr) {
        how.broken = broken;
      }
    }
    next.store = std::move(store);
    if (next.books.restoring) next.books.doubtful = false;
    next.books.calm();
    how.to = intern(std::move(next));
    to.push_back(std::move(how));
  }

  void add_crash(const party& next, const std::shared_ptr<shelf>& store, alternative how,
                 std::size_t before, std::vector<alternative>& to) {
    party dead{nullptr, std::make_shared<shelf>(*store), next.older, next.drawn, next.books};
    ++dead.books.crashes;
    if (const char* broken = died(dead.books, *store); how.broken == nullptr) how.broken = broken;
    dead.books.calm();
    how.died_before = static_cast<std::uint8_t>(before);
    how.to = intern(std::move(dead));
    to.push_back(std::move(how));
  }

  /// An element arrives at a running process: unaltered, at leisure or soon after the latest
  /// answer, or altered.
  void arrive(std::uint32_t state, std::uint32_t element, std::vector<alternative>& to) override {
    const party from = parties_[state];
    if (!from.role) return;
    const bool is_check = std::holds_alternative<check>(net_.at(element).sent.what);
    for (int altered = 0; altered <= (is_check ? in_.altered : 0); ++altered)
      for (int quick = 0; quick <= (altered == 0 ? in_.quick : 0); ++quick) {
        alternative how;
        how.altered = static_cast<std::uint8_t>(altered);
        how.quick = quick != 0;
        step(
            from, how, false,
            [&](Role& role, Books&) {
              return std::optional(role.receive(net_.arrival(element, altered), the_time));
            },
            to);
      }
  }

  /// The inputs of every party: ends of the process, and what comes after them. `old`, `lost`: how
  /// often the world allows these.
  void list_lives(std::uint32_t state, int old, int lost, std::vector<move>& to) {
    const party from = parties_[state];
    if (from.role && may_crash(from.books)) {
      move& one = to.emplace_back(move{{kind::crash, 0}, {}});
      add_crash(from, std::make_shared<shelf>(*from.store), {}, 0, one.to);
    }
    if (!from.role) come_back(from, {kind::restore, 0}, to);
    if (from.books.returns < old && !from.older && !from.store->empty()) {
      party copied = from;
      copied.older = from.store;
      to.push_back({{kind::copy_store, 0}, {ends_as(std::move(copied))}});
    }
    if (from.books.returns < old && from.older) {
      party back{nullptr, from.older, nullptr, from.drawn, from.books};
      ++back.books.returns;
      (void)died(back.books, *from.store);
      went_back(back.books, *back.store);
      back.books.doubtful = true;
      come_back(back, {kind::restore_old, 0}, to);
    }
    if (from.books.losses < lost && !from.store->empty()) {
      party bare{fresh(), std::make_shared<shelf>(), from.older, from.drawn, from.books};
      ++bare.books.losses;
      (void)died(bare.books, *from.store);
      to.push_back({{kind::lose, 0}, {ends_as(std::move(bare))}});
    }
  }

  alternative ends_as(party&& p) {
    alternative how;
    p.books.calm();
    how.to = intern(std::move(p));
    return how;
  }

  void come_back(const party& down, input what, std::vector<move>& to) {
    party from = down;
    from.role = nullptr;
    move& one = to.emplace_back(move{what, {}});
    step(
        from, {}, false,
        [&](Role& role, Books& books) -> std::optional<outputs> {
          books.restoring = true;
          auto done = bring_back(role, from.store->all(), !books.doubtful);
          if (!done) throw broken_contract{"restore refused what the role itself had stored"};
          return std::move(*done);
        },
        one.to);
  }

  const world& in_;
  wires& net_;
  who me_;
  toy::env env_;
  std::deque<party> parties_;
  std::unordered_map<print, std::uint32_t, print_hash> ids_;
};

}  // namespace explore

#endif
