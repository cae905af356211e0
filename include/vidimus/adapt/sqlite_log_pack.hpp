// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_SQLITE_LOG_PACK_HPP
#define VIDIMUS_ADAPT_SQLITE_LOG_PACK_HPP

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "../base/bytes.hpp"

namespace vidimus::inline VIDIMUS_ABI::detail {

/// What a row of the log says of a record.
struct logged_change {
  bool lives = false;  ///< else it is forgotten
  std::string_view key;
  octets_view image;
  std::size_t size = 0;  ///< octets of it in the row
};

/// In a row stands for each change one octet, 1 if there is an image; the key; the image; each of
/// both behind its length in four octets. Nothing: not written so.
inline std::optional<logged_change> change_at(octets_view row, std::size_t at) {
  if (at >= row.size() || row[at] > 1) return std::nullopt;
  reader in(row.subspan(at + 1));
  logged_change out;
  out.lives = row[at] == 1;
  out.key = in.text();
  if (out.lives) out.image = in.sized();
  if (!in.ok()) return std::nullopt;
  out.size = row.size() - at - in.left();
  return out;
}

inline std::size_t shared_at_front(octets_view a, octets_view b) noexcept {
  const std::size_t most = std::min(a.size(), b.size());
  std::size_t n = 0;
  while (most - n >= 8 && std::memcmp(a.data() + n, b.data() + n, 8) == 0) n += 8;
  while (n < most && a[n] == b[n]) ++n;
  return n;
}

/// A row as it is stored: `mark`; its size unpacked, in four octets; and for each change one octet,
/// 1 if there is an image, and twice the kind of record; then the key and the image, each as how
/// much of its front is that of the last one of the kind, how much follows, and that. Keys of one
/// kind begin with the same two letters; a kind is named by its turn, `kinds_max` is none. Of most
/// batches more than half is the names of one conversation, again and again.
class packed_row {
 public:
  static constexpr octet mark = 2;

  static void pack(octets_view row, octets& to) {
    to.clear();
    writer w(to);
    w.u8(mark);
    w.u32(static_cast<std::uint32_t>(row.size()));
    kinds known;
    for (std::size_t at = 0; at < row.size();) {
      const logged_change one = *change_at(row, at);
      const std::size_t kind = known.find(as_octets(one.key));
      kinds::last& last = known[kind];
      w.u8(static_cast<octet>(2 * kind + (one.lives ? 1 : 0)));
      put(row, as_octets(one.key), last.key, to);
      if (one.lives) put(row, one.image, last.image, to);
      at += one.size;
    }
  }

  /// Nothing: not packed so.
  static std::optional<octets> unpack(octets_view from) {
    reader in(from);
    if (in.u8() != mark) return std::nullopt;
    const std::size_t size = in.u32();
    if (!in.ok() || size > most) return std::nullopt;
    octets row;
    row.reserve(std::min(size, 16 * from.size()));  // damaged, it may say anything
    kinds known;
    while (in.ok() && in.left() > 0 && row.size() < size) {
      const octet head = in.u8();
      const std::size_t kind = head / 2;
      if (kind > kinds_max || !known.may_be(kind)) return std::nullopt;
      const bool lives = (head & 1) != 0;
      kinds::last& last = known[kind];
      row.push_back(lives ? 1 : 0);
      if (!take(in, last.key, size, row)) return std::nullopt;
      if (lives && !take(in, last.image, size, row)) return std::nullopt;
    }
    if (!in.done() || row.size() != size) return std::nullopt;
    return row;
  }

 private:
  static constexpr std::size_t kinds_max = 16;
  static constexpr std::size_t most = 2'000'000'000;  ///< no row was longer before it was packed

  /// Places, since a row that is unpacked moves as it grows.
  struct piece {
    std::size_t at = 0, size = 0;
  };
  /// The key and the image that came last of each kind.
  class kinds {
   public:
    struct last {
      std::array<octet, 2> letters{};
      piece key, image;
    };
    /// That of a key; a new one; or none, if there are too many.
    std::size_t find(octets_view key) noexcept {
      std::array<octet, 2> letters{};
      std::copy_n(key.begin(), std::min(key.size(), letters.size()), letters.begin());
      for (std::size_t i = 0; i < used_; ++i)
        if (known_[i].letters == letters) return i;
      known_[used_].letters = letters;
      return used_;
    }
    bool may_be(std::size_t kind) const noexcept { return kind <= used_; }
    last& operator[](std::size_t kind) noexcept {
      if (kind == kinds_max) return known_[kinds_max] = last{};  // nothing comes before it
      used_ = std::max(used_, kind + 1);
      return known_[kind];
    }

   private:
    std::array<last, kinds_max + 1> known_{};
    std::size_t used_ = 0;
  };

  static void put_size(std::size_t n, octets& to) {
    for (; n >= 128; n >>= 7) to.push_back(static_cast<octet>(n | 128));
    to.push_back(static_cast<octet>(n));
  }
  static void put(octets_view row, octets_view what, piece& last, octets& to) {
    const std::size_t same = shared_at_front(what, row.subspan(last.at, last.size));
    put_size(same, to);
    put_size(what.size() - same, to);
    to.insert(to.end(), what.begin() + static_cast<std::ptrdiff_t>(same), what.end());
    last = {static_cast<std::size_t>(what.data() - row.data()), what.size()};
  }

  static std::size_t take_size(reader& in) {
    std::size_t out = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
      const std::size_t o = in.u8();
      out |= (o & 127) << shift;
      if (o < 128) return out;
    }
    return most + 1;
  }
  /// With its length in front.
  static bool take(reader& in, piece& last, std::size_t most_of_row, octets& row) {
    const std::size_t same = take_size(in), more = take_size(in);
    const octets_view rest = in.raw(more);
    if (!in.ok() || same > last.size || same + more + 4 > most_of_row - row.size()) return false;
    writer(row).u32(static_cast<std::uint32_t>(same + more));
    const std::size_t at = row.size();
    row.resize(at + same);
    std::copy_n(row.begin() + static_cast<std::ptrdiff_t>(last.at), same,
                row.begin() + static_cast<std::ptrdiff_t>(at));
    row.insert(row.end(), rest.begin(), rest.end());
    last = {at, same + more};
    return true;
  }
};

}  // namespace vidimus::inline VIDIMUS_ABI::detail

#endif
