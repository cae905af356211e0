// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_HOSTING_ATTENDANCE_HPP
#define VIDIMUS_DOCS_EXAMPLES_HOSTING_ATTENDANCE_HPP

#include <algorithm>

#include "shelf.hpp"

namespace hosting {

/// Who can be reached, as directed presence said. It is kept in the relay's file, because nobody
/// says it again when the relay was away. Few addresses for each peer, the latest; and only peers
/// that we hold a key of: others would fill it. What changes is within a transaction.
class attendance {
 public:
  static constexpr auto tables =
      "CREATE TABLE IF NOT EXISTS attendance(at INTEGER PRIMARY KEY, address TEXT UNIQUE,"
      " session TEXT)";
  static constexpr std::ptrdiff_t per_peer = 8;

  explicit attendance(sqlite_file& in) : file_(&in) {
    row(in, "SELECT address, session FROM attendance ORDER BY at").read([&](auto& r) {
      here_.push_back({r.column(0), r.column(1)});
    });
  }

  struct one {
    std::string address, session;
  };
  const std::vector<one>& all() const { return here_; }

  /// True if that is news: the address, or another session of it.
  bool came(const std::string& address, const std::string& session) {
    const auto at = find(address);
    if (at != here_.end() && at->session == session) return false;
    went(address);
    here_.push_back({address, session});
    row(*file_, "INSERT INTO attendance(address, session) VALUES(?1, ?2)")
        .text(address)
        .text(session)
        .run();
    return true;
  }
  bool is(const std::string& address) { return find(address) != here_.end(); }
  /// True if it was here.
  bool went(const std::string& address) {
    const auto at = find(address);
    if (at == here_.end()) return false;
    here_.erase(at);
    row(*file_, "DELETE FROM attendance WHERE address = ?1").text(address).run();
    return true;
  }
  /// The oldest address of a peer that has too many; empty: it has not. It has not gone by that.
  std::string beyond(std::string_view peer) const {
    const auto is_of = [&](const one& x) { return bare(x.address) == peer; };
    if (std::count_if(here_.begin(), here_.end(), is_of) <= per_peer) return {};
    return std::find_if(here_.begin(), here_.end(), is_of)->address;
  }

 private:
  std::vector<one>::iterator find(const std::string& address) {
    return std::find_if(here_.begin(), here_.end(),
                        [&](const one& x) { return x.address == address; });
  }

  sqlite_file* file_;
  std::vector<one> here_;
};

}  // namespace hosting

#endif
