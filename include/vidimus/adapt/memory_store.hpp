// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_MEMORY_STORE_HPP
#define VIDIMUS_ADAPT_MEMORY_STORE_HPP

#include <map>
#include <string>
#include <vector>

#include "../model/output.hpp"
#include "../model/record_fields.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// A store in memory: for tests, and for programs whose promises need not outlive the process.
/// What it holds is gone with it; then every message in custody is too (docs/protocol.md, P7).
class memory_store {
 public:
  /// Carries out one `persist`: durable when it returns, as far as memory is.
  void carry_out(const out::persist& o) { held_[o.key()] = o.image(); }
  /// Carries out one `forget`.
  void carry_out(const out::forget& o) { held_.erase(o.key()); }

  /// All records, for `restore`.
  std::vector<stored> all() const {
    std::vector<stored> out;
    out.reserve(held_.size());
    for (const auto& [key, image] : held_) out.push_back({key, image});
    return out;
  }

  std::size_t size() const noexcept { return held_.size(); }
  void clear() noexcept { held_.clear(); }

  friend bool operator==(const memory_store&, const memory_store&) = default;

 private:
  std::map<std::string, octets> held_;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
