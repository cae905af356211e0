// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_EXPLORE_PARTIES_HPP
#define VIDIMUS_TESTS_EXPLORE_PARTIES_HPP

#include "party.hpp"

namespace explore {

/// What all books count.
struct lives {
  std::uint8_t crashes = 0, returns = 0, losses = 0;
  /// A backup was put in place, and what restoring it gave was not carried out to its end: the host
  /// says again that its image may be old.
  bool doubtful = false;
  bool restoring = false;  ///< during one step
  void append_lives(writer& w) const {
    for (std::uint8_t n : {crashes, returns, losses}) w.u8(n);
    w.u8(doubtful);
  }
};

struct sender_books : lives {
  struct message {
    message_name name;
    bool submitted = false;
    bool gone = false;      ///< never accepted: it was not durable, or is not in the backup
    std::uint8_t told = 0;  ///< outcomes reported, a bit each
  };
  std::array<message, 3> messages;
  std::uint8_t cuts = 0, closes = 0;
  bool link = false;
  int submitting = -1;  ///< during one step
  void calm() { submitting = -1, restoring = false; }
  void append(octets& to) const;
  std::size_t submitted() const;
};

struct server_books : lives {
  bool attached = false;
  std::uint8_t detaches = 0;
  void calm() { restoring = false; }
  void append(octets& to) const;
};

struct receiver_books : lives {
  /// What the application knows of a message under one memory of the endpoint.
  struct message {
    bool handed = false, waits = false, took = false, refused = false;
    // at an ordered endpoint
    bool given = false;    ///< in this life of the process
    bool skipped = false;  ///< told as skipped, with a message that is not answered
    bool told = false;     ///< with one that is
    bool passed = false;   ///< a higher one was handed over without a word: it is void
  };
  std::array<std::array<message, 3>, 3> by_life;  ///< by losses and returns, then by message
  std::array<message_name, 3> names;
  std::array<message, 3>& now() { return by_life[std::size_t(losses + returns)]; }
  bool took(std::size_t which) const;
  bool passed(std::size_t which) const;
  bool told_late(std::size_t which) const;
  void calm() { restoring = false; }
  void append(octets& to) const;
};

/// Place of an outcome in `sender_books::message::told`.
constexpr std::uint8_t bit_of(outcome o) {
  return static_cast<std::uint8_t>(1u << fsm::index_of(o));
}
constexpr std::uint8_t certain_negatives =
    bit_of(outcome::withdrawn) | bit_of(outcome::expired) | bit_of(outcome::failed);

class sender_machine final : public machine_of<reach::sender_role, sender_books, sender_output> {
 public:
  sender_machine(const world& in, wires& net);
  /// All that was submitted has been reported, and nothing is left to do.
  bool ended(std::uint32_t state) const;
  std::string text(std::uint32_t state, input what) const override;

 private:
  using role = reach::sender_role;
  std::shared_ptr<role> fresh() override;
  void append_hidden(const role& of, octets& to) const override;
  std::vector<nonce> open_questions(const role& of) const override;
  const char* told(party& now, const shelf& store, const sender_output& what) override;
  const char* claims(const party& now, const shelf& store,
                     const out::transmit& sent) const override;
  bool may_crash(const sender_books& books) const override {
    return books.crashes < in_.sender_crashes;
  }
  const char* died(sender_books& books, const shelf& store) override;
  bool above_bounds(const party& p) const override;
  void set_interval(role& of, bool over) override;
  result<outputs> bring_back(role& of, const std::vector<stored>& records, bool last) override {
    return of.restore(records, last, the_time);
  }
  void went_back(sender_books& books, const shelf& older) override;
  void list(std::uint32_t state, std::vector<move>& to) override;
  void list_commands(const party& from, std::vector<move>& to);
  void list_close(const party& from, std::vector<move>& to);
  void list_deadlines(const party& from, std::vector<move>& to);
};

class server_machine final : public machine_of<reach::server_role, server_books, server_output> {
 public:
  server_machine(const world& in, wires& net);
  /// Durably void, or below what is still to be sent.
  bool passes(std::uint32_t state, const message_name& name) const;
  std::string text(std::uint32_t state, input what) const override;

 private:
  using role = reach::server_role;
  std::shared_ptr<role> fresh() override;
  void append_hidden(const role& of, octets& to) const override;
  std::vector<nonce> open_questions(const role& of) const override;
  const char* told(party&, const shelf&, const server_output&) override { return nullptr; }
  const char* claims(const party& now, const shelf& store,
                     const out::transmit& sent) const override;
  bool may_crash(const server_books& books) const override {
    return books.crashes < in_.server_crashes;
  }
  const char* died(server_books& books, const shelf&) override {
    books.attached = false;
    return nullptr;
  }
  bool above_bounds(const party& p) const override;
  void set_interval(role& of, bool over) override;
  result<outputs> bring_back(role& of, const std::vector<stored>& records, bool last) override {
    return of.restore(records, last, the_time);
  }
  void went_back(server_books&, const shelf&) override {}
  void list(std::uint32_t state, std::vector<move>& to) override;
  void list_deadlines(const party& from, std::vector<move>& to);
};

class receiver_machine final
    : public machine_of<reach::receiver_role, receiver_books, receiver_output> {
 public:
  receiver_machine(const world& in, wires& net);
  std::string text(std::uint32_t state, input what) const override;

 private:
  using role = reach::receiver_role;
  std::shared_ptr<role> fresh() override;
  void append_hidden(const role&, octets&) const override {}
  std::vector<nonce> open_questions(const role&) const override { return {}; }
  const char* told(party& now, const shelf& store, const receiver_output& what) override;
  const char* claims(const party& now, const shelf& store,
                     const out::transmit& sent) const override;
  bool may_crash(const receiver_books& books) const override {
    return books.crashes < in_.receiver_crashes;
  }
  const char* died(receiver_books& books, const shelf&) override {
    for (auto& life : books.by_life)
      for (auto& m : life) m.given = false;
    return nullptr;
  }
  const char* told_in_order(party& now, const record::receiver_conversation& line,
                            const out::deliver& given) const;
  bool above_bounds(const party&) const override { return false; }
  void set_interval(role&, bool) override {}
  result<outputs> bring_back(role& of, const std::vector<stored>& records, bool last) override {
    return of.restore(records, last);
  }
  void went_back(receiver_books&, const shelf&) override {}
  void list(std::uint32_t state, std::vector<move>& to) override;
  void list_gap(const party& from, std::vector<move>& to);
};

}  // namespace explore

#endif
