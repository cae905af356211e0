// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_CRASH_CRASH_HPP
#define VIDIMUS_TESTS_CRASH_CRASH_HPP

#include <chrono>
#include <csignal>
#include <random>
#include <vidimus/adapt/cryptopp.hpp>
#include <vidimus/adapt/preset_keys.hpp>
#include <vidimus/adapt/sqlite_store.hpp>
#include <vidimus/adapt/xmpp_text.hpp>
#include <vidimus/vidimus.hpp>

/// Three processes, one role each, that a fourth one kills. See main.cpp.
namespace crash {

using namespace vidimus;
using environment = vidimus::environment<cryptopp, preset_keys, system_entropy>;

inline const std::string alice = "alice@example.org", alice_here = alice + "/phone";
inline const std::string relay = "relay.example.org";
inline const std::string bob = "bob@example.net", bob_here = bob + "/desk";

/// What the driver tells a process when it starts it.
struct life {
  std::string dir;
  std::uint64_t seed = 0;
  store_sync sync = store_sync::full;
  bool copies = false;        ///< the server makes copies of its store
  std::size_t instances = 1;  ///< of the server
  bool ordered = false;       ///< the receiver hands over in order
};

// Exit codes: 0 after `SIGTERM`, or for the sender when all has ended.
inline constexpr int exit_store_refused = 3;
inline constexpr int exit_failed = 4;

int run_sender(const life& of);
int run_server(const life& of);
int run_receiver(const life& of);

/// Ends the process as it is.
[[noreturn]] inline void stop(int code, const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::_Exit(code);
}

inline instant now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

inline retry_limits quick_retry() {
  return {milliseconds(200), milliseconds(1000), milliseconds(50), true, milliseconds(200)};
}

inline volatile std::sig_atomic_t asked_to_end = 0;
inline void end_when_asked() {
  std::signal(SIGTERM, [](int) { asked_to_end = 1; });
  std::signal(SIGPIPE, SIG_IGN);
}

class dice {
 public:
  explicit dice(std::uint64_t seed) : from_(seed) {}
  std::uint64_t below(std::uint64_t n) { return from_() % n; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }

 private:
  std::mt19937_64 from_;
};

/// A statement of the host's, with the file's transaction open.
class row {
 public:
  row(sqlite_file& in, const char* sql) : db_(in.handle()) {
    if (held_.prepare(db_, sql) != SQLITE_OK) fail();
  }
  row& text(std::string_view value) { return bound(held_.text(++at_, value)); }
  row& blob(octets_view value) { return bound(held_.blob(++at_, value)); }
  row& integer(std::uint64_t value) {
    return bound(held_.integer(++at_, static_cast<std::int64_t>(value)));
  }
  row& name(const message_name& of) { return blob(of.in.id.view()).integer(of.at); }
  void insert() {
    if (held_.run() != SQLITE_DONE) fail();
  }

 private:
  row& bound(int code) {
    if (code != SQLITE_OK) fail();
    return *this;
  }
  [[noreturn]] void fail() { stop(exit_failed, std::string("host: ") + sqlite3_errmsg(db_)); }

  sqlite3* db_;
  detail::sqlite_statement held_;
  int at_ = 0;
};

/// A role's store, which must work: a process that cannot store does not go on.
template <class Output>
class shelf {
 public:
  shelf(const life& of, const std::string& name, const char* tables = nullptr) {
    sqlite_options how;
    how.sync = of.sync;
    how.log_max = 10'000;  // so that the table is brought up to date now and then
    auto opened = sqlite_file::open(of.dir + '/' + name + ".db", how);
    if (!opened) {
      const auto kind = opened.error().kind;
      const bool refused = kind == store_fault::incomplete || kind == store_fault::damaged;
      stop(refused ? exit_store_refused : exit_failed, opened.error().what);
    }
    file_ = std::move(*opened);
    auto role = sqlite_store::open(*file_, name);
    if (!role) stop(exit_failed, role.error().what);
    store_.emplace(*role);
    group_.emplace(*store_);
    if (tables != nullptr &&
        sqlite3_exec(file_->handle(), tables, nullptr, nullptr, nullptr) != SQLITE_OK)
      stop(exit_failed, sqlite3_errmsg(file_->handle()));
  }

  sqlite_file& file() { return *file_; }
  sqlite_store& store() { return *store_; }
  std::vector<stored> all() {
    auto records = store_->all();
    if (!records) stop(exit_failed, records.error().what);
    return std::move(*records);
  }

  /// What a role gave, to be carried out by the next `commit`.
  void add(std::vector<Output> batch) { group_->add(std::move(batch)); }
  template <class Error>
  void add(result<std::vector<Output>, Error> batch) {
    if (batch) add(std::move(*batch));
  }
  /// After `restore`: makes its records durable; gives what is left to do, before all else.
  std::vector<Output> restored(result<std::vector<Output>> outputs) {
    if (!outputs)
      stop(exit_failed, std::string("restore: ") + std::string(sentence(outputs.error())));
    must(store_->restored(*outputs));
    std::erase_if(*outputs, [](const Output& one) { return is_for_store(one); });
    return std::move(*outputs);
  }

  void begin() { must(file_->begin()); }
  /// Makes durable what was added and what the host wrote since `begin`; gives what is left to do.
  std::vector<Output> commit() {
    auto left = group_->release();
    if (!left) stop(exit_failed, left.error().what);
    must(file_->commit());
    return std::move(*left);
  }
  /// All is told: what waited for that is forgotten, the file closed.
  void close() {
    must(store_->write(std::vector<Output>{}));
    file_.reset();
  }

 private:
  static void must(const store_done& done) {
    if (!done) stop(exit_failed, done.error().what);
  }

  std::unique_ptr<sqlite_file> file_;
  std::optional<sqlite_store> store_;
  std::optional<sqlite_group<Output>> group_;
};

}  // namespace crash

#endif
