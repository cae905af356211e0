// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <map>
#include <set>
#include <vidimus/adapt/sqlite_store.hpp>

#include "support/catch.hpp"
#include "support/failing_disk.hpp"
#include "support/scratch_dir.hpp"
#include "support/toy.hpp"

using namespace toy;
using support::copy_database;
using support::scratch_dir;

namespace {

using batch = server_outputs;
using records = std::vector<std::pair<std::string, octets>>;

records of(const std::vector<stored>& all) {
  records to;
  for (const stored& one : all) to.emplace_back(one.key, one.image);
  return to;
}
records of(sqlite_store& store) { return of(store.all().value()); }
records of(sqlite_store&& store) { return of(store); }
records of(const memory_store& store) { return of(store.all()); }

/// A file that must open, with one role in it.
struct opened_store {
  explicit opened_store(const std::string& path, const sqlite_options& how = {},
                        const std::string& role = "relay")
      : file(std::move(sqlite_file::open(path, how).value())),
        store(std::move(sqlite_store::open(*file, role).value())) {}
  std::unique_ptr<sqlite_file> file;
  sqlite_store store;
};

std::optional<store_fault> fault_at(const std::string& path, const sqlite_options& how = {}) {
  auto opened = sqlite_file::open(path, how);
  if (opened) return std::nullopt;
  return opened.error().kind;
}

void sql(sqlite3* db, const std::string& text) {
  INFO(text << ": " << sqlite3_errmsg(db));
  REQUIRE(sqlite3_exec(db, text.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
}
void sql(const std::string& path, const std::string& text) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  sql(db, text);
  sqlite3_close(db);
}

/// Batches of persist and forget over a few keys, with other outputs between; images of any size,
/// none and larger than a page included.
class batches_from {
 public:
  explicit batches_from(std::uint64_t seed) : state_(seed * 2 + 1) {}
  std::uint64_t below(std::uint64_t n) {
    state_ = state_ * 6364136223846793005ull + 1442695040888963407ull;
    return (state_ >> 33) % n;
  }
  batch next() {
    batch to;
    for (std::uint64_t n = below(5); n > 0; --n) {
      std::string key = "k/" + std::to_string(below(12));
      if (below(8) == 0) key += std::string("\0\xff", 2);  // any octets
      switch (below(4)) {
        case 0: to.push_back(out::forget{key}); break;
        case 1: to.push_back(out::wake{instant{static_cast<std::int64_t>(below(1000))}}); break;
        default: {
          octets image(below(6) == 0 ? 0 : below(below(10) == 0 ? 9000 : 60));
          for (octet& o : image) o = static_cast<octet>(below(256));
          to.push_back(out::persist{key, image});
        }
      }
    }
    return to;
  }

 private:
  std::uint64_t state_;
};

void carry_out(memory_store& to, const batch& from) {
  for (const auto& one : from) {
    if (const auto* p = std::get_if<out::persist>(&one)) to.carry_out(*p);
    if (const auto* f = std::get_if<out::forget>(&one)) to.carry_out(*f);
  }
}

store_done carry_out_one(sqlite_store& to, const server_output& one) {
  if (const auto* p = std::get_if<out::persist>(&one)) return to.carry_out(*p);
  if (const auto* f = std::get_if<out::forget>(&one)) return to.carry_out(*f);
  return true;
}

/// Does something in another process, which then dies without closing anything.
template <class Do>
int in_child(Do what) {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    what();  // calls _exit: nothing is closed or destroyed
    _exit(98);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/// What a store should have, with forgets that wait behind reports.
struct awaited {
  std::map<std::string, octets> committed{}, now{committed};
  std::set<std::string> waiting{}, left{}, noted{};
  bool told = false;  ///< in the open transaction

  void end(bool commits) {
    told = false;
    (commits ? committed : now) = commits ? now : committed;
    if (commits) (waiting = left).insert(noted.begin(), noted.end());
    left = waiting;
    noted.clear();
  }
  sender_outputs next(batches_from& from) {
    sender_outputs b;
    for (const std::string& key : std::exchange(left, {})) now.erase(key);
    for (auto n = from.below(from.below(8) == 0 ? 60 : 8); n > 0; --n) {
      const std::string key = std::string{'k', char('A' + from.below(20))} +
                              "/of one conversation/" + std::to_string(from.below(9));
      const auto what = from.below(12);
      if (what == 0) {
        told = true;
        b.push_back(out::report{});
      } else if (what > 6) {
        noted.erase(key);
        b.push_back(out::persist{key, now[key] = octets(from.below(70), octet(n))});
      } else {
        if (told)
          noted.insert(key);
        else
          now.erase(key);
        b.push_back(out::forget{key});
      }
    }
    return b;
  }
};

const batch one_record{out::persist{"a", {1, 2, 3}}};
const auto quick = [] {
  sqlite_options o;
  o.sync = store_sync::normal;
  return o;
}();

}  // namespace

TEST_CASE("the same outputs leave the same records as in memory, also after reopening",
          "[durable.first]") {
  scratch_dir dir;
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const std::string path = dir / std::to_string(seed);
    memory_store mirror;
    batches_from from(seed);
    sqlite_options how = quick;
    if (seed % 4 != 0) how.log_max = seed % 4 == 1 ? 0 : 100 * (seed % 4);
    for (int life = 0; life < 6; ++life) {
      opened_store o(path, how);
      REQUIRE(o.file->created() == (life == 0));
      REQUIRE(o.file->generation() == static_cast<std::uint64_t>(life) + 1);
      REQUIRE(of(o.store) == of(mirror));
      for (int i = 0; i < 25; ++i) {
        const batch b = from.next();
        REQUIRE(o.store.write(b).value());
        carry_out(mirror, b);
        REQUIRE(of(o.store) == of(mirror));
      }
    }
  }
}

TEST_CASE("roles in one file do not see each other", "[durable.first]") {
  scratch_dir dir;
  {
    opened_store relay_at(dir / "db");
    auto alice_at = std::move(sqlite_store::open(*relay_at.file, "alice").value());
    REQUIRE(relay_at.store.write(one_record));
    REQUIRE(alice_at.write(batch{out::persist{"a", {9}}, out::persist{"b", {}}}));
    REQUIRE(relay_at.store.carry_out(out::forget{"b"}));
    REQUIRE(relay_at.store.doubt());
  }
  auto file = std::move(sqlite_file::open(dir / "db").value());
  auto relay_at = std::move(sqlite_store::open(*file, "relay").value());
  auto alice_at = std::move(sqlite_store::open(*file, "alice").value());
  REQUIRE(of(relay_at) == records{{"a", {1, 2, 3}}});
  REQUIRE(of(alice_at) == records{{"a", {9}}, {"b", {}}});
  REQUIRE_FALSE(relay_at.last_durable());
  REQUIRE(alice_at.last_durable());
}

TEST_CASE("a process that dies inside a batch leaves all of it or nothing", "[durable.first]") {
  scratch_dir dir;
  const std::string path = dir / "db";
  memory_store mirror;
  batches_from from(77);
  sqlite_options quick_each = quick;  // each transaction brings the table up to date
  quick_each.log_max = 0;
  int kills = 0;
  for (int i = 0; i < 16; ++i) {
    const batch b = from.next();
    const sqlite_options& how = i % 2 == 0 ? quick : quick_each;
    for (std::size_t k = 0; k <= b.size(); ++k, ++kills)  // behind the first k, before the commit
      REQUIRE(in_child([&] {
                auto file = std::move(sqlite_file::open(path, how).value());
                auto store = std::move(sqlite_store::open(*file, "relay").value());
                if (!file->begin()) _exit(1);
                for (std::size_t n = 0; n < k; ++n)
                  if (!carry_out_one(store, b[n])) _exit(2);
                _exit(0);
              }) == 0);
    REQUIRE(of(opened_store(path, quick).store) == of(mirror));
    REQUIRE(in_child([&] {
              auto file = std::move(sqlite_file::open(path, how).value());
              auto store = std::move(sqlite_store::open(*file, "relay").value());
              if (!store.write(b)) _exit(1);
              _exit(i % 4 != 3 || store.write(b) ? 0 : 1);  // the same once more
            }) == 0);
    carry_out(mirror, b);
    REQUIRE(of(opened_store(path, quick).store) == of(mirror));
  }
  REQUIRE(kills > 30);
}

TEST_CASE("one process at a time has the file", "[durable.first]") {
  scratch_dir dir;
  const std::string path = dir / "db";
  int go[2], ready[2];
  REQUIRE(pipe(go) == 0);
  REQUIRE(pipe(ready) == 0);
  char one = 'x';
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {  // forked before anything is open: SQLite keeps locks by process
    if (read(go[0], &one, 1) != 1) _exit(99);
    auto second = sqlite_file::open(path);
    one = second ? 'o' : second.error().kind == store_fault::busy ? 'b' : 'e';
    if (write(ready[1], &one, 1) != 1 || read(go[0], &one, 1) != 1) _exit(99);
    auto third = sqlite_file::open(path);
    one = third ? 'o' : 'e';
    if (write(ready[1], &one, 1) != 1) _exit(99);
    pause();
    _exit(0);
  }
  {
    opened_store first(path);
    REQUIRE(fault_at(path) == store_fault::busy);
    REQUIRE(write(go[1], &one, 1) == 1);
    REQUIRE(read(ready[0], &one, 1) == 1);
    REQUIRE(one == 'b');
    REQUIRE(first.store.write(one_record));
  }
  REQUIRE(write(go[1], &one, 1) == 1);
  REQUIRE(read(ready[0], &one, 1) == 1);
  REQUIRE(one == 'o');
  REQUIRE(fault_at(path) == store_fault::busy);
  kill(child, SIGKILL);
  REQUIRE(waitpid(child, nullptr, 0) == child);
  REQUIRE(of(opened_store(path).store) == records{{"a", {1, 2, 3}}});
  for (int end : {go[0], go[1], ready[0], ready[1]}) close(end);
}

TEST_CASE("files of others, of the future and damaged ones are refused and not changed",
          "[durable.first]") {
  scratch_dir dir;
  const auto octets_of = [](const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const auto refused = [&](const std::string& path, store_fault kind) {
    const std::string before = octets_of(path);
    auto opened = sqlite_file::open(path);
    REQUIRE_FALSE(opened);
    INFO(opened.error().what);
    REQUIRE(opened.error().kind == kind);
    REQUIRE(opened.error().what.find(path) != std::string::npos);
    REQUIRE(octets_of(path) == before);
  };
  const auto make = [&](const std::string& name) {
    opened_store o(dir / name);
    for (int i = 0; i < 60; ++i)
      REQUIRE(o.store.carry_out(out::persist{std::to_string(i), octets(900, octet(i))}));
    return dir / name;
  };

  sql(dir / "other", "CREATE TABLE t(x)");
  refused(dir / "other", store_fault::not_ours);
  sql(dir / "other_id", "PRAGMA application_id = 7; CREATE TABLE t(x)");
  refused(dir / "other_id", store_fault::not_ours);
  const auto newer = make("newer");
  sql(newer, "PRAGMA user_version = 4");
  refused(newer, store_fault::newer);
  std::ofstream(dir / "text") << std::string(5000, 'x');
  refused(dir / "text", store_fault::damaged);
  REQUIRE(fault_at(dir.path()) == store_fault::denied);
  REQUIRE(fault_at(dir / "no/such/place") == store_fault::denied);
  REQUIRE(fault_at(":memory:") == store_fault::denied);

  std::ofstream(dir / "empty");
  REQUIRE(fault_at(dir / "empty") == std::nullopt);

  const auto locked = make("locked");
  REQUIRE(::chmod(locked.c_str(), 0444) == 0);
  REQUIRE(::chmod(dir.path().c_str(), 0777) == 0);
  const bool root = ::geteuid() == 0;  // who may write everything
  if (root) REQUIRE(::seteuid(65534) == 0);
  const auto of_locked = fault_at(locked);
  if (root) REQUIRE(::seteuid(0) == 0);
  REQUIRE(of_locked == store_fault::denied);

  // cut, or a page overwritten: each page but the first, one at a time
  const auto whole = make("whole");
  sql(whole, "VACUUM");  // a page that nothing stands in may be whatever it is
  const auto pages = std::filesystem::file_size(whole) / 4096;
  REQUIRE(pages > 10);
  std::size_t found = 0;
  for (std::size_t page = 1; page < pages; ++page) {
    copy_database(whole, dir / "bad");
    std::fstream(dir / "bad", std::ios::in | std::ios::out | std::ios::binary)
        .seekp(static_cast<std::streamoff>(page * 4096))
        .write(std::string(4096, '\x5a').data(), 4096);
    if (const auto fault = fault_at(dir / "bad")) {
      REQUIRE(fault == store_fault::damaged);
      ++found;
    }
  }
  REQUIRE(found == pages - 1);
  copy_database(whole, dir / "cut");
  std::filesystem::resize_file(dir / "cut", (pages - 3) * 4096);
  REQUIRE(fault_at(dir / "cut") == store_fault::damaged);
}

TEST_CASE("a file that was parted from its write-ahead log is refused", "[durable.first]") {
  scratch_dir dir;
  const std::string path = dir / "db";
  REQUIRE(in_child([&] {
            auto file = std::move(sqlite_file::open(path).value());
            auto store = std::move(sqlite_store::open(*file, "relay").value());
            _exit(store.write(one_record) ? 0 : 1);
          }) == 0);
  copy_database(path, dir / "with");
  std::filesystem::copy_file(path, dir / "without");
  std::filesystem::copy_file(path, dir / "looked");
  std::ofstream(dir / "looked-wal");  // an empty log says nothing
  REQUIRE(fault_at(dir / "without") == store_fault::incomplete);
  REQUIRE(fault_at(dir / "without") == store_fault::incomplete);  // looking mends nothing
  REQUIRE(fault_at(dir / "looked") == store_fault::incomplete);
  REQUIRE(of(opened_store(dir / "with").store) == records{{"a", {1, 2, 3}}});
  // closed properly, it needs no log
  REQUIRE_FALSE(std::filesystem::exists(dir / "with-wal"));
  REQUIRE(of(opened_store(dir / "with").store) == records{{"a", {1, 2, 3}}});

  // a crashed file that is refused for another reason is not parted from its log by that
  const std::string later = dir / "later";
  sqlite3* db = nullptr;
  copy_database(path, dir / "open");
  REQUIRE(sqlite3_open((dir / "open").c_str(), &db) == SQLITE_OK);
  sql(db, "PRAGMA user_version = 4");
  copy_database(dir / "open", later);
  sqlite3_close(db);
  const auto log_size = [&] { return std::filesystem::file_size(later + "-wal"); };
  const auto before = log_size();
  REQUIRE(fault_at(later) == store_fault::newer);
  REQUIRE(std::filesystem::exists(later + "-wal"));
  REQUIRE(log_size() == before);
  REQUIRE(fault_at(later) == store_fault::newer);

  // a death at any moment of opening or closing leaves a file that opens
  for (int killed_at = 0; killed_at < 3; ++killed_at) {
    REQUIRE(in_child([&] {
              auto file = std::move(sqlite_file::open(path).value());
              if (killed_at == 1) (void)file->begin();
              if (killed_at == 2) file.reset();
              _exit(0);
            }) == 0);
    REQUIRE(fault_at(path) == std::nullopt);
  }
}

TEST_CASE("a full disk takes a batch whole or not at all, and the same batch later",
          "[durable.first]") {
  scratch_dir dir;
  sqlite_options small = quick;
  small.pages_max = 40;
  opened_store o(dir / "db", small);
  memory_store mirror;
  int n = 0;
  batch last;
  for (store_done done = true; done; ++n) {
    REQUIRE(n < 1000);
    last = {out::persist{"shared", {octet(n)}},
            out::persist{"k" + std::to_string(n), octets(3000, octet(n))}, out::wake{instant{n}}};
    done = o.store.write(last);
    // what was refused brings the table up to date first, and may find space by that
    if (!done) done = o.store.write(last);
    if (done) carry_out(mirror, last);
    if (!done) REQUIRE(done.error().kind == store_fault::full);
  }
  REQUIRE(of(o.store) == of(mirror));
  REQUIRE_FALSE(o.file->failed());
  REQUIRE_FALSE(o.store.write(last));  // it stays full
  REQUIRE(o.store.carry_out(out::forget{"k0"}));
  REQUIRE(o.store.carry_out(out::forget{"k1"}));
  mirror.carry_out(out::forget{"k0"});
  mirror.carry_out(out::forget{"k1"});
  REQUIRE(o.store.write(last));
  carry_out(mirror, last);
  REQUIRE(of(o.store) == of(mirror));

  // in a transaction of the host's: what came before is gone too, and commit says so
  REQUIRE(o.file->begin());
  REQUIRE(o.store.write(one_record));
  store_done done = true;
  for (int i = 0; done && i < 100; ++i)
    done = o.store.carry_out(out::persist{"x" + std::to_string(i), octets(3000)});
  REQUIRE(done.error().kind == store_fault::full);
  REQUIRE_FALSE(o.store.write(one_record));  // not outside of the transaction either
  REQUIRE(o.file->commit().error().kind == store_fault::full);
  REQUIRE(of(o.store) == of(mirror));
}

TEST_CASE("whatever the disk fails at, no batch is half carried out", "[durable.first]") {
  scratch_dir dir;
  const std::string path = dir / "db";
  const batch before{out::persist{"a", octets(5000, 1)}, out::persist{"b", {2}}};
  const batch then{out::persist{"a", octets(9000, 3)}, out::persist{"c", {4}}, out::forget{"b"}};
  memory_store old_records, new_records;
  carry_out(old_records, before);
  new_records = old_records;
  carry_out(new_records, then);
  { REQUIRE(opened_store(path).store.write(before)); }
  copy_database(path, dir / "begin");

  int refusals = 0, kept_old = 0;
  for (const bool in_log : {false, true})  // what was before
    for (const int code : {SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC, SQLITE_FULL})
      for (const bool and_after : {false, true})
        for (std::uint64_t at = 1;; ++at) {
          copy_database(dir / "begin", path);
          support::failing_disk disk;
          sqlite_options how;
          if (in_log) how.log_max = 0;
          opened_store o(path, how);
          if (in_log) REQUIRE(o.store.write(before));
          disk.fail(at, code, and_after);
          const auto done = o.store.write(then);
          if (disk.failed() == 0) {
            REQUIRE(done);
            break;
          }
          REQUIRE(at < 100);
          if (done && in_log && code == SQLITE_FULL) {  // there was no space for the table alone
            REQUIRE(of(o.store) == of(new_records));
            continue;
          }
          REQUIRE_FALSE(done);
          ++refusals;
          if (code == SQLITE_FULL) {
            REQUIRE(done.error().kind == store_fault::full);
            disk.fail(0, 0, false);
            REQUIRE(of(o.store) == of(old_records));
            REQUIRE(o.store.write(then));
            REQUIRE(of(o.store) == of(new_records));
            continue;
          }
          REQUIRE(done.error().kind == store_fault::io);
          REQUIRE(o.file->failed());
          REQUIRE_FALSE(o.store.write(then));  // final, even though the disk works again
          REQUIRE_FALSE(o.store.all());
          copy_database(path, dir / "left");
          disk.fail(0, 0, false);
          auto found = of(opened_store(dir / "left").store);
          REQUIRE((found == of(old_records) || found == of(new_records)));
          kept_old += found == of(old_records) ? 1 : 0;
        }
  REQUIRE(refusals >= 12);
  REQUIRE(kept_old >= 4);
}

TEST_CASE("several batches share a commit, and nothing overtakes", "[durable.first]") {
  scratch_dir dir;
  sqlite_options small = quick;
  small.pages_max = 40;
  opened_store o(dir / "db", small);
  sqlite_group<server_output> group(o.store);
  memory_store mirror;
  batches_from from(5);
  std::vector<std::int64_t> wakes, let_go;
  for (int i = 0; i < 60; ++i) {
    const batch b = from.next();
    carry_out(mirror, b);
    for (const auto& one : b)
      if (const auto* w = std::get_if<out::wake>(&one)) wakes.push_back(w->at.at);
    group.add(b);
    if (i % 7 != 6) continue;
    const auto before = of(o.store);
    REQUIRE(group.batches() == 7);
    REQUIRE(before != of(mirror));  // nothing is written before
    const auto left = group.release().value();
    REQUIRE(of(o.store) == of(mirror));
    for (const auto& one : left) {
      REQUIRE(std::holds_alternative<out::wake>(one));
      let_go.push_back(std::get<out::wake>(one).at.at);
    }
  }
  const auto rest = group.release().value();
  for (const auto& one : rest) let_go.push_back(std::get<out::wake>(one).at.at);
  REQUIRE(wakes == let_go);
  REQUIRE(wakes.size() > 20);

  // refused: all is held on, and goes later
  const auto before = of(o.store);
  group.add({out::wake{instant{1}}, out::persist{"big", octets(200000)}});
  group.add({out::persist{"small", {1}}, out::wake{instant{2}}});
  REQUIRE(group.release().error().kind == store_fault::full);
  REQUIRE(group.batches() == 2);
  REQUIRE(of(o.store) == before);
  sql(o.file->handle(), "PRAGMA max_page_count = 1000");
  REQUIRE(group.release().value().size() == 2);
  REQUIRE(of(o.store).size() == before.size() + 2);
}

TEST_CASE("of what a batch writes again and again the last is written", "[durable.first]") {
  scratch_dir dir;
  opened_store o(dir / "s.db");
  batch all;
  for (octet i = 0; i < 100; ++i) {
    all.push_back(out::persist{"k/one", octets{i}});
    if (i == 50) all.push_back(out::forget{"k/two"});
    all.push_back(out::persist{"k/two", octets{i}});
  }
  all.push_back(out::forget{"k/two"});
  const int before = sqlite3_total_changes(o.file->handle());
  REQUIRE(o.store.write(all));
  CHECK(of(o.store) == records{{"k/one", octets{99}}});
  CHECK(sqlite3_total_changes(o.file->handle()) - before <= 3);
}

TEST_CASE("the table gets what is left when the log is full or the file is closed",
          "[durable.first]") {
  scratch_dir dir;
  const std::string path = dir / "db";
  const auto rows = [](sqlite3* db, const std::string& of_table) {
    detail::sqlite_statement s;
    REQUIRE(s.prepare(db, ("SELECT count(*) FROM " + of_table).c_str()) == SQLITE_OK);
    REQUIRE(s.step() == SQLITE_ROW);
    return s.integer(0);
  };
  const batch two{out::persist{"a", octets(600, 1)}, out::persist{"b", octets(600, 2)}};
  sqlite_options how = quick;
  how.log_max = 1500;
  {
    opened_store o(path, how);
    sqlite3* db = o.file->handle();
    REQUIRE(o.store.write(two));
    REQUIRE(o.store.write(batch{out::persist{"c", octets(300, 3)}, out::forget{"a"}}));
    REQUIRE(rows(db, "vidimus_log") == 2);
    REQUIRE(rows(db, "vidimus_record") == 0);
    REQUIRE(o.file->begin());  // which brings the older row there, and is taken back
    REQUIRE(rows(db, "vidimus_record") == 1);
    o.file->rollback();
    REQUIRE(rows(db, "vidimus_log") == 2);
    REQUIRE(o.store.write(batch{out::forget{"b"}}));
    REQUIRE(rows(db, "vidimus_log") == 2);
    REQUIRE(rows(db, "vidimus_record") == 1);
    REQUIRE(of(o.store) == records{{"c", octets(300, 3)}});
    // what is not needed any more leaves from the front, and never sees the table
    for (int i = 0; i < 8; ++i) {
      REQUIRE(o.store.write(batch{out::persist{"c", octets(300, octet(i))}, out::forget{"b"}}));
      REQUIRE(rows(db, "vidimus_log") <= 4);
    }
    REQUIRE(of(o.store) == records{{"c", octets(300, 7)}});
    REQUIRE(o.store.write(two));
    REQUIRE(o.store.write(batch{out::forget{"c"}}));
    copy_database(path, dir / "died");
  }
  const records left{{"a", octets(600, 1)}, {"b", octets(600, 2)}};
  REQUIRE(of(opened_store(dir / "died").store) == left);
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  REQUIRE(rows(db, "vidimus_log") == 0);
  REQUIRE(rows(db, "vidimus_record") == 2);
  sqlite3_close(db);

  // a file of a version that had no log; and a log that nobody wrote so
  sql(path, "DROP TABLE vidimus_log; PRAGMA user_version = 1");
  REQUIRE(of(opened_store(path).store) == left);
  for (const char* changes :
       {"x'02'", "x'01'", "x'0100000001'", "x'0000000001'", "x'010000000161'",
        "x'01000000016100000002ff'", "x'00ffffffff61'", "x'02'", "x'02ffffffff'",
        "x'02000000060000016100'", "x'020000000600010061'", "x'02000000060200016100'"}) {
    sql(path, std::string("INSERT INTO vidimus_log(role, changes) VALUES(1, ") + changes + ")");
    REQUIRE(fault_at(path) == store_fault::damaged);
    sql(path, "DELETE FROM vidimus_log");
  }
  // a file of a version whose rows were not packed
  sql(path,
      "INSERT INTO vidimus_log(role, changes) VALUES(1, x'0000000001610100000001620000000105');"
      "PRAGMA user_version = 2");
  REQUIRE(of(opened_store(path).store) == records{{"b", {5}}});
}

TEST_CASE("a row of the log is unpacked as it was packed, and a damaged one is not taken",
          "[durable.first]") {
  using detail::packed_row;
  batches_from from(5);
  octets row, packed;
  std::size_t unpacked_octets = 0, packed_octets = 0, refused = 0;
  for (int n = 0; n < 300; ++n) {
    row.clear();
    writer w(row);
    const auto kinds = from.below(4) == 0 ? 40 : 4;
    for (auto left = from.below(60); left > 0; --left) {
      const bool lives = from.below(3) != 0;
      // kinds by their letters, some shorter than those; more of them than are remembered
      std::string key = from.below(9) == 0
                            ? std::string(from.below(3), 'x')
                            : std::string{'k', char('A' + from.below(kinds))} +
                                  "/a long name that all have/" + std::to_string(from.below(500));
      octets image(from.below(5) == 0 ? 0 : 40, 7);
      for (auto more = from.below(30); more > 0; --more)
        image.push_back(static_cast<octet>(from.below(256)));
      w.u8(lives ? 1 : 0);
      w.sized(key);
      if (lives) w.sized(image);
    }
    packed_row::pack(row, packed);
    REQUIRE(packed_row::unpack(packed) == row);
    unpacked_octets += row.size();
    packed_octets += packed.size();
    for (std::size_t cut = 0; cut < packed.size() && n < 20; ++cut)
      REQUIRE_FALSE(packed_row::unpack(octets_view(packed).first(cut)));
    for (int i = 0; i < 40; ++i) {
      octets other = packed;
      other[from.below(other.size())] ^= static_cast<octet>(1 + from.below(255));
      const auto read = packed_row::unpack(other);  // whatever it says, of the size it says
      REQUIRE((!read || read->size() <= 1'000'000'000));
      refused += read ? 0 : 1;
    }
  }
  CHECK(packed_octets * 4 < unpacked_octets * 3);
  CHECK(refused > 1000);
}

TEST_CASE("what is forgotten behind a report waits until the report was given",
          "[outcome.once][durable.first]") {
  scratch_dir dir;
  const std::string path = dir / "db";
  const out::report report{};
  const sender_outputs ending{out::persist{"a", {2}}, out::forget{"early"}, report,
                              out::forget{"a"}, out::forget{"b"}};
  const records before{{"a", {1}}, {"b", {1}}, {"c", {1}}, {"early", {1}}};
  const records ended{{"a", {2}}, {"b", {1}}, {"c", {1}}}, after{{"c", {1}}};
  const auto died = [&] {
    copy_database(path, dir / "died");
    return of(opened_store(dir / "died").store);
  };
  opened_store o(path);
  for (const auto& [key, image] : before) REQUIRE(o.store.carry_out(out::persist{key, image}));

  // several batches in one transaction, rolled back, and again
  for (const bool commits : {false, true}) {
    REQUIRE(o.file->begin());
    REQUIRE(o.store.write(ending));
    REQUIRE(o.store.write(sender_outputs{out::forget{"not there"}}));
    if (commits)
      REQUIRE(o.file->commit());
    else
      o.file->rollback();
    REQUIRE(of(o.store) == (commits ? ended : before));
  }
  REQUIRE(died() == ended);  // the report was not given: it comes again

  // the next transaction, rolled back, and again
  REQUIRE(o.file->begin());
  REQUIRE(o.store.write(sender_outputs{}));
  o.file->rollback();
  REQUIRE(of(o.store) == ended);
  REQUIRE(o.store.write(sender_outputs{}));
  REQUIRE(of(o.store) == after);
  REQUIRE(died() == after);

  // written anew meanwhile, it is not what was to be forgotten
  REQUIRE(o.store.write(sender_outputs{report, out::forget{"c"}, out::persist{"c", {3}}}));
  REQUIRE(o.store.write(sender_outputs{report, out::forget{"c"}}));
  REQUIRE(of(o.store) == records{{"c", {3}}});
  REQUIRE(o.store.write(sender_outputs{out::persist{"c", {4}}}));
  REQUIRE(of(o.store) == records{{"c", {4}}});
  REQUIRE(o.store.write(sender_outputs{}));
  REQUIRE(of(o.store) == records{{"c", {4}}});

  // in a group too, where a report of one batch may stand in front of a forget of the next
  sqlite_group<sender_output> group(o.store);
  group.add({report});
  group.add({out::forget{"c"}});
  REQUIRE(group.release().value().size() == 1);
  REQUIRE(died() == records{{"c", {4}}});
  REQUIRE(group.release().value().empty());
  REQUIRE(died().empty());
}

TEST_CASE("whatever happens in between, there is what was committed last", "[durable.first]") {
  for (std::uint64_t seed = 0; seed < 16; ++seed) {
    scratch_dir dir;
    batches_from from(seed);
    std::string path = dir / "0";
    awaited model;
    std::optional<opened_store> o;
    for (int step = 1; step < 160; ++step) {
      INFO("seed " << seed << ", step " << step);
      const auto what = o ? from.below(16) : 0;
      const bool open = o && o->file->in_transaction();
      if (what == 0) {  // it dies or is closed
        if (const std::string to = dir / std::to_string(step); o && from.below(2) == 0)
          copy_database(std::exchange(path, to), to);
        o.reset();
        sqlite_options how = quick;
        how.log_max = std::array<std::size_t, 4>{0, 400, 3000, 1u << 24}[from.below(4)];
        o.emplace(path, how);
        model = awaited{model.committed};
      } else if (what < 6 && open) {
        if (what > 2) REQUIRE(o->file->commit());
        if (what <= 2) o->file->rollback();
        model.end(what > 2);
      } else if (what < 3) {
        REQUIRE(o->file->begin());
      } else {
        REQUIRE(o->store.write(model.next(from)));
        if (!open) model.end(true);
      }
      if (!o->file->in_transaction())
        REQUIRE(of(o->store) == records(model.committed.begin(), model.committed.end()));
    }
  }
}

TEST_CASE("a full store forgets, and has space for others then", "[durable.first]") {
  for (const std::size_t size : {20u, 100u, 700u}) {
    INFO("images of " << size);
    scratch_dir dir;
    sqlite_options small = quick;
    small.pages_max = 40;
    opened_store o(dir / "db", small);
    int n = 0;
    const auto fill = [&](int refusals) {
      for (int refused = 0; refused < refusals && n < 9999;)
        ++(o.store.write(batch{out::persist{"k/" + std::to_string(n), octets(size, 7)}}) ? n
                                                                                         : refused);
    };
    fill(5);
    REQUIRE(n > 20);
    REQUIRE(o.store.all().value().size() == static_cast<std::size_t>(n));
    for (int i = 0; i < n; ++i)
      REQUIRE(o.store.write(batch{out::forget{"k/" + std::to_string(i)}}));
    REQUIRE(of(o.store).empty());
    const int first = std::exchange(n, 0);
    fill(1);
    REQUIRE(n > first / 2);
  }
}

TEST_CASE("a record that one output writes anew is not what was to be forgotten",
          "[outcome.once]") {
  scratch_dir dir;
  opened_store o(dir / "db");
  const out::report report{};
  REQUIRE(o.store.carry_out(out::persist{"c", {1}}));
  REQUIRE(o.store.write(sender_outputs{report, out::forget{"c"}}));
  REQUIRE(o.store.carry_out(out::persist{"c", {2}}));
  REQUIRE(o.store.write(sender_outputs{}));
  REQUIRE(of(o.store) == records{{"c", {2}}});

  // in one transaction a report of one write stands in front of the next one's forget
  REQUIRE(o.file->begin());
  REQUIRE(o.store.write(sender_outputs{report}));
  REQUIRE(o.store.write(sender_outputs{out::forget{"c"}}));
  REQUIRE(o.file->commit());
  REQUIRE(of(o.store).size() == 1);
  REQUIRE(o.store.write(sender_outputs{}));
  REQUIRE(of(o.store).empty());
}

TEST_CASE("a transaction that the host ended is seen anew, however it goes on", "[durable.first]") {
  const out::report report{};
  for (const bool folds : {false, true}) {
    scratch_dir dir;
    sqlite_options how = quick;
    if (folds) how.log_max = 0;
    opened_store o(dir / "db", how);
    REQUIRE(o.store.write(sender_outputs{out::persist{"a", {1}}, out::persist{"b", {1}}}));
    REQUIRE(o.store.write(sender_outputs{report, out::forget{"a"}}));
    REQUIRE(o.file->begin());
    REQUIRE(o.store.write(sender_outputs{out::persist{"a", {2}}, out::persist{"c", {1}}}));
    sql(o.file->handle(), "COMMIT");
    o.file->rollback();
    REQUIRE(of(o.store) == records{{"a", {2}}, {"b", {1}}, {"c", {1}}});
    REQUIRE(o.store.write(sender_outputs{out::persist{"c", {2}}}));
    REQUIRE(of(o.store) == records{{"a", {2}}, {"b", {1}}, {"c", {2}}});
    copy_database(dir / "db", dir / "died");
    REQUIRE(of(opened_store(dir / "died").store) == of(o.store));
  }
}

TEST_CASE("an effect and a record go into one transaction", "[accept.atomic]") {
  scratch_dir dir;
  opened_store o(dir / "db");
  sqlite3* db = o.file->handle();
  sql(db, "CREATE TABLE effect(x UNIQUE)");
  const auto effects = [&] {
    detail::sqlite_statement s;
    REQUIRE(s.prepare(db, "SELECT count(*) FROM effect") == SQLITE_OK);
    REQUIRE(s.step() == SQLITE_ROW);
    return s.integer(0);
  };
  REQUIRE(o.file->begin());
  sql(db, "INSERT INTO effect VALUES(1)");
  REQUIRE(o.store.write(one_record));
  copy_database(dir / "db", dir / "died");
  REQUIRE(of(opened_store(dir / "died").store).empty());
  o.file->rollback();
  REQUIRE(effects() == 0);
  REQUIRE(of(o.store).empty());

  REQUIRE(o.file->begin());
  sql(db, "INSERT INTO effect VALUES(1)");
  REQUIRE(o.store.write(one_record));
  REQUIRE(o.file->commit());
  REQUIRE(effects() == 1);
  REQUIRE(of(o.store).size() == 1);

  // a statement of the host's that ends the transaction does not let the record in alone
  REQUIRE(o.file->begin());
  const char* twice = "INSERT OR ROLLBACK INTO effect VALUES(1)";
  REQUIRE(sqlite3_exec(db, twice, nullptr, nullptr, nullptr) == SQLITE_CONSTRAINT_UNIQUE);
  REQUIRE(o.store.carry_out(out::persist{"b", {1}}).error().kind == store_fault::rolled_back);
  REQUIRE(o.file->commit().error().kind == store_fault::rolled_back);
  REQUIRE(of(o.store).size() == 1);
  REQUIRE(o.store.carry_out(out::persist{"b", {1}}));

  // one that commits it is told as an end without a trace; what it left is known all the same
  REQUIRE(o.file->begin());
  REQUIRE(o.store.carry_out(out::persist{"c", {1}}));
  sql(db, "COMMIT");
  REQUIRE(o.store.carry_out(out::persist{"d", {1}}).error().kind == store_fault::rolled_back);
  REQUIRE(o.file->commit().error().kind == store_fault::rolled_back);
  REQUIRE(of(o.store) == records{{"a", {1, 2, 3}}, {"b", {1}}, {"c", {1}}});
}

TEST_CASE("a store knows when its records may be old, until they were restored",
          "[name.memory][name.exposed]") {
  scratch_dir dir;
  const std::string path = dir / "db";
  sqlite_options full, first = quick, second = quick, unnamed = quick;
  first.boot = "first run of the machine";
  second.boot = "second run of the machine";
  unnamed.boot.clear();
  const auto dies = [&](const sqlite_options& how) {
    REQUIRE(in_child([&] {
              auto file = std::move(sqlite_file::open(path, how).value());
              auto store = std::move(sqlite_store::open(*file, "relay").value());
              _exit(store.write(one_record) ? 0 : 1);
            }) == 0);
  };
  const auto sure = [&](const sqlite_options& how) {
    opened_store o(path, how);
    const bool is = o.store.last_durable();
    REQUIRE(o.store.restored(batch{}));
    REQUIRE(o.store.last_durable());
    return is;
  };
  dies(full);
  REQUIRE(sure(second));
  dies(first);
  REQUIRE(sure(first));  // the process died, the machine did not
  dies(first);
  REQUIRE_FALSE(sure(second));
  REQUIRE(sure(second));
  dies(unnamed);
  REQUIRE_FALSE(sure(unnamed));
  { opened_store closed(path, first); }
  REQUIRE(sure(second));
  dies(first);
  { opened_store o(path, second); }  // not restored: still in doubt
  REQUIRE_FALSE(sure(full));

  { REQUIRE(opened_store(path).store.doubt()); }
  {
    opened_store o(path);
    REQUIRE_FALSE(o.store.last_durable());
    sql(o.file->handle(), "PRAGMA max_page_count = 1");
    REQUIRE_FALSE(o.store.restored(batch{out::persist{"c", octets(90000)}}));
    REQUIRE_FALSE(o.store.last_durable());
  }
  REQUIRE_FALSE(sure(full));
  REQUIRE(sure(full));
}

TEST_CASE("a copy made by the store is whole and knows that it is one", "[name.memory]") {
  scratch_dir dir;
  opened_store o(dir / "db");
  auto alice_at = std::move(sqlite_store::open(*o.file, "alice").value());
  REQUIRE(o.store.write(one_record));
  REQUIRE(alice_at.carry_out(out::persist{"z", {7}}));
  REQUIRE(o.file->back_up(dir / "copy"));
  REQUIRE(o.store.carry_out(out::persist{"later", {1}}));  // the original goes on
  const auto twice = o.file->back_up(dir / "copy");
  REQUIRE(twice.error().kind == store_fault::io);
  REQUIRE(twice.error().what.find(dir / "copy") != std::string::npos);
  REQUIRE(o.file->back_up(dir / "no/such/place").error().kind == store_fault::denied);
  REQUIRE_FALSE(o.file->failed());
  REQUIRE(o.store.carry_out(out::persist{"later still", {1}}));
  REQUIRE(o.store.last_durable());
  opened_store copy(dir / "copy");
  REQUIRE_FALSE(copy.store.created());
  REQUIRE(sqlite_store::open(*copy.file, "aliec").value().created());
  REQUIRE(of(copy.store) == records{{"a", {1, 2, 3}}});
  REQUIRE_FALSE(copy.store.last_durable());
  REQUIRE_FALSE(sqlite_store::open(*copy.file, "alice").value().last_durable());
}
