// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_SUPPORT_FAILING_DISK_HPP
#define VIDIMUS_TESTS_SUPPORT_FAILING_DISK_HPP

#include <sqlite3.h>

#include <cstdint>
#include <cstring>

namespace support {

/// A disk for SQLite that fails at one write, sync or cut that a test chooses, and if asked at all
/// that follow. It stands in front of the real one while an object of this class lives.
class failing_disk {
 public:
  failing_disk() {
    real_ = sqlite3_vfs_find(nullptr);
    own_ = *real_;
    own_.zName = "vidimus-failing";
    own_.pAppData = real_;
    own_.szOsFile = static_cast<int>(sizeof(file)) + real_->szOsFile;
    own_.xOpen = &open;
    sqlite3_vfs_register(&own_, 1);
    current_ = this;
  }
  ~failing_disk() {
    sqlite3_vfs_unregister(&own_);
    sqlite3_vfs_register(real_, 1);
    current_ = nullptr;
  }
  failing_disk(const failing_disk&) = delete;
  failing_disk& operator=(const failing_disk&) = delete;

  /// The change that is `at` changes away fails, 1 the next one; `code` says how. 0: none fails.
  void fail(std::uint64_t at, int code, bool and_all_after) {
    at_ = at == 0 ? 0 : changes_ + at;
    code_ = code;
    after_ = and_all_after;
    failed_ = 0;
  }
  std::uint64_t failed() const { return failed_; }

 private:
  struct file {
    sqlite3_file base;
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  };
  static sqlite3_file* real(sqlite3_file* f) { return reinterpret_cast<file*>(f)->real(); }

  int next() {
    ++changes_;
    if (at_ == 0 || changes_ < at_ || (changes_ > at_ && !after_)) return SQLITE_OK;
    ++failed_;
    return code_;
  }

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* f, int flags, int* out) {
    static const sqlite3_io_methods methods = methods_here();
    auto* below = static_cast<sqlite3_vfs*>(vfs->pAppData);
    f->pMethods = nullptr;
    const int code = below->xOpen(below, name, real(f), flags, out);
    if (code == SQLITE_OK) f->pMethods = &methods;
    return code;
  }

  /// Version 1: without shared memory, which an exclusive lock does not need.
  static sqlite3_io_methods methods_here() {
    sqlite3_io_methods m;
    std::memset(&m, 0, sizeof m);
    m.iVersion = 1;
    m.xClose = [](sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); };
    m.xRead = [](sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
      return real(f)->pMethods->xRead(real(f), to, size, at);
    };
    m.xWrite = [](sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
      const int code = current_->next();
      return code != SQLITE_OK ? code : real(f)->pMethods->xWrite(real(f), from, size, at);
    };
    m.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) {
      const int code = current_->next();
      return code != SQLITE_OK ? code : real(f)->pMethods->xTruncate(real(f), size);
    };
    m.xSync = [](sqlite3_file* f, int flags) {
      const int code = current_->next();
      return code != SQLITE_OK ? code : real(f)->pMethods->xSync(real(f), flags);
    };
    m.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) {
      return real(f)->pMethods->xFileSize(real(f), size);
    };
    m.xLock = [](sqlite3_file* f, int how) { return real(f)->pMethods->xLock(real(f), how); };
    m.xUnlock = [](sqlite3_file* f, int how) { return real(f)->pMethods->xUnlock(real(f), how); };
    m.xCheckReservedLock = [](sqlite3_file* f, int* out) {
      return real(f)->pMethods->xCheckReservedLock(real(f), out);
    };
    m.xFileControl = [](sqlite3_file* f, int what, void* with) {
      return real(f)->pMethods->xFileControl(real(f), what, with);
    };
    m.xSectorSize = [](sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); };
    m.xDeviceCharacteristics = [](sqlite3_file* f) {
      return real(f)->pMethods->xDeviceCharacteristics(real(f));
    };
    return m;
  }

  static inline failing_disk* current_ = nullptr;
  sqlite3_vfs* real_ = nullptr;
  sqlite3_vfs own_{};
  std::uint64_t changes_ = 0, at_ = 0, failed_ = 0;
  int code_ = SQLITE_IOERR;
  bool after_ = false;
};

}  // namespace support

#endif
