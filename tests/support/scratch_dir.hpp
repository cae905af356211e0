// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_TESTS_SUPPORT_SCRATCH_DIR_HPP
#define VIDIMUS_TESTS_SUPPORT_SCRATCH_DIR_HPP

#include <stdlib.h>

#include <filesystem>
#include <string>

namespace support {

/// A directory of its own, gone with the object.
class scratch_dir {
 public:
  scratch_dir() {
    std::string name = (std::filesystem::temp_directory_path() / "vidimus-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  scratch_dir(const scratch_dir&) = delete;
  scratch_dir& operator=(const scratch_dir&) = delete;
  ~scratch_dir() {
    std::error_code ignored;
    if (!kept_) std::filesystem::remove_all(path_, ignored);
  }

  std::string operator/(const std::string& name) const { return path_ + '/' + name; }
  const std::string& path() const { return path_; }
  void keep() { kept_ = true; }

 private:
  std::string path_;
  bool kept_ = false;
};

/// What belongs to a database: a process that dies while it makes a new one leaves the rollback
/// journal, which SQLite would play back into whatever is put in its place.
inline constexpr const char* database_files[] = {"", "-wal", "-journal"};

/// A database with its logs, as a dying process would leave it.
inline void copy_database(const std::string& from, const std::string& to) {
  namespace fs = std::filesystem;
  for (const char* end : database_files) {
    std::error_code ignored;
    fs::remove(to + end, ignored);
    if (fs::exists(from + end)) fs::copy_file(from + end, to + end);
  }
}

}  // namespace support

#endif
