// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_MODEL_IMAGE_HPP
#define VIDIMUS_MODEL_IMAGE_HPP

#include <optional>

#include "../base/crc32.hpp"
#include "../base/result.hpp"
#include "../base/text.hpp"
#include "check_code.hpp"
#include "content.hpp"
#include "coverage.hpp"
#include "end_code.hpp"
#include "manner.hpp"
#include "ranges.hpp"
#include "time.hpp"
#include "words.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Stored images: 'V', format version, record kind, the fields, CRC-32 of all before. One function
/// `fields(archive, record)` per record serves both ways, so they cannot drift.
namespace image {

inline constexpr octet mark = 'V';
/// 1: version 0.1.0. 2: the key ids of unfinished messages, and what trust modes end to end keep.
/// 3: the order of an ordered endpoint. 4: messages that leave plainly. 5: what an endpoint was
/// told of low2; which syncs came last.
inline constexpr octet format = 5;

/// A sink for a writer that only counts.
struct octet_count {
  std::size_t size = 0;
  void push_back(octet) noexcept { ++size; }
  const octet* end() const noexcept { return nullptr; }
  template <class From>
  void insert(const octet*, From first, From last) noexcept {
    size += static_cast<std::size_t>(last - first);
  }
};

/// A sink for a writer that has room for all of it.
struct octet_place {
  octet* at;
  void push_back(octet o) noexcept { *at++ = o; }
  const octet* end() const noexcept { return at; }
  template <class From>
  void insert(const octet*, From first, From last) noexcept {
    at = std::copy(first, last, at);
  }
};

/// What an image has as a count and so many fields.
template <class List>
concept a_list = requires(List& v) {
  v.emplace_back();
  v.clear();
};

template <class Sink>
class saving {
 public:
  explicit saving(Sink& out) : w_(out) {}

  static constexpr bool loads = false;

  void operator()(std::string_view v) { w_.sized(v); }
  void operator()(const std::string& v) { w_.sized(v); }
  void operator()(const shared_text& v) { w_.sized(*v); }
  template <std::size_t N>
  void operator()(const inline_text<N>& v) {
    w_.sized(v.view());
  }
  void operator()(const payload_ref& v) { w_.sized(v ? std::string_view(*v) : std::string_view()); }
  void operator()(std::uint64_t v) { w_.u64(v); }
  void operator()(std::uint32_t v) { w_.u32(v); }
  void operator()(std::uint8_t v) { w_.u8(v); }
  void operator()(bool v) { w_.u8(v ? 1 : 0); }
  void operator()(instant v) { w_.u64(static_cast<std::uint64_t>(v.at)); }
  template <class E>
  requires std::is_enum_v<E>
  void operator()(E v) { w_.u8(static_cast<std::uint8_t>(v)); }
  template <std::size_t N>
  void operator()(const std::array<octet, N>& v) {
    w_.raw(octets_view(v));
  }
  void operator()(const check_code& v) { w_.sized(v.view()); }
  void operator()(const end_code& v) {
    (*this)(v.key_id);
    (*this)(v.rule);
    (*this)(v.code);
  }
  void operator()(const end_ref& v) { (*this)(v ? *v : end_code{}); }
  template <class Of>
  void operator()(const random_name<Of>& v) {
    (*this)(v.octets);
  }
  void operator()(const route_ref& v) {
    (*this)(v->origin);
    (*this)(v->destination);
    (*this)(v->relay);
  }
  void operator()(const range& v) {
    (*this)(v.first);
    (*this)(v.last);
  }
  void operator()(const ranges& v) {
    w_.u32(static_cast<std::uint32_t>(v.size()));
    for (const range& r : v) (*this)(r);
  }
  template <a_list List>
  void operator()(const List& v) {
    w_.u32(static_cast<std::uint32_t>(v.size()));
    for (const auto& one : v) fields(*this, const_cast<std::remove_cvref_t<decltype(one)>&>(one));
  }
  /// A field that came with a later format than 1.
  template <class T>
  void since(octet, const T& v) {
    (*this)(v);
  }

 private:
  basic_writer<Sink> w_;
};

class loading {
 public:
  loading(octets_view in, octet of_format) : r_(in), format_(of_format) {}

  static constexpr bool loads = true;

  void operator()(std::string& v) { v = std::string(r_.text()); }
  void operator()(shared_text& v) { v = shared_text(std::string(r_.text())); }
  template <std::size_t N>
  void operator()(inline_text<N>& v) {
    const std::string_view held = r_.text();
    if (held.size() > N) sound_ = false;
    v = held;
  }
  void operator()(payload_ref& v) { v = payload_ref(std::string(r_.text())); }
  void operator()(std::uint64_t& v) { v = r_.u64(); }
  void operator()(std::uint32_t& v) { v = r_.u32(); }
  void operator()(std::uint8_t& v) { v = r_.u8(); }
  void operator()(bool& v) { v = up_to(1) != 0; }
  void operator()(instant& v) { v.at = static_cast<std::int64_t>(r_.u64()); }
  void operator()(outcome& v) { v = static_cast<outcome>(up_to(outcome_names.size() - 1)); }
  void operator()(reason& v) { v = static_cast<reason>(up_to(reason_names.size() - 1)); }
  void operator()(check_rule& v) { v = static_cast<check_rule>(up_to(rules.size() - 1)); }
  void operator()(check_code& v) {
    const octets_view held = r_.sized();
    if (held.size() > check_code::size_max) sound_ = false;
    v = check_code(held);
  }
  void operator()(end_code& v) {
    (*this)(v.key_id);
    (*this)(v.rule);
    (*this)(v.code);
  }
  void operator()(end_ref& v) {
    end_code held;
    (*this)(held);
    v = keep(held);
  }
  /// Enumerations of the records: each has `last_of(E)`.
  template <class E>
  requires std::is_enum_v<E>
  void operator()(E& v) { v = static_cast<E>(up_to(static_cast<std::size_t>(last_of(E{})))); }
  template <std::size_t N>
  void operator()(std::array<octet, N>& v) {
    v = r_.template array<N>();
  }
  template <class Of>
  void operator()(random_name<Of>& v) {
    (*this)(v.octets);
  }
  void operator()(route_ref& v) {
    std::string origin(r_.text()), destination(r_.text()), relay(r_.text());
    if (!is_bare_address(origin) || !is_bare_address(destination) || !is_bare_address(relay))
      sound_ = false;
    v = make_route(std::move(origin), std::move(destination), std::move(relay));
  }
  void operator()(range& v) {
    (*this)(v.first);
    (*this)(v.last);
    if (v.first < 1 || v.last > number_max || v.first > v.last) sound_ = false;
  }
  void operator()(ranges& v) {
    v.clear();
    for (std::uint32_t n = count(16); n > 0 && ok(); --n) {
      range r;
      (*this)(r);
      if (ok()) v.add(r);
    }
  }
  template <a_list List>
  void operator()(List& v) {
    v.clear();
    for (std::uint32_t n = count(1); n > 0 && ok(); --n) fields(*this, v.emplace_back());
  }
  /// An image of an earlier format leaves the field as it is.
  template <class T>
  void since(octet added, T& v) {
    if (format_ >= added) (*this)(v);
  }

  bool ok() const noexcept { return sound_ && r_.ok(); }
  bool done() const noexcept { return sound_ && r_.done(); }

 private:
  std::size_t up_to(std::size_t most) {
    std::size_t v = r_.u8();
    if (v > most) sound_ = false;
    return v > most ? 0 : v;
  }
  /// A count that the octets left can hold: no allocation on a promise.
  std::uint32_t count(std::size_t least_size) {
    std::uint32_t n = r_.u32();
    if (n > r_.left() / least_size) sound_ = false;
    return ok() ? n : 0;
  }

  reader r_;
  octet format_;
  bool sound_ = true;
};

template <class A>
void fields(A& a, expanded_name& v) {
  a(v.space);
  a(v.local);
}

template <class A>
void fields(A& a, coverage& v) {
  a(v.listed);
  a(v.names);
}

template <class A>
void fields(A& a, end_part& v) {
  a(v.at);
  a(v.held);
}

/// Appends the image of a record.
template <class Record>
void append(const Record& record, octets& to) {
  octet_count size;
  saving counts(size);
  fields(counts, const_cast<Record&>(record));
  const std::size_t before = to.size();
  to.resize(before + size.size + 7);
  octet_place at{to.data() + before};
  for (octet o : {mark, format, static_cast<octet>(Record::kind)}) at.push_back(o);
  saving writes(at);
  fields(writes, const_cast<Record&>(record));
  basic_writer<octet_place>(at).u32(crc32(octets_view(to).subspan(before, size.size + 3)));
}
template <class Record>
octets save(const Record& record) {
  octets out;
  append(record, out);
  return out;
}

/// The kind of an image that is whole: `bad_image` if damaged, cut or not ours, `newer_image` if a
/// later format.
inline result<std::uint8_t> kind_of(octets_view in) {
  if (in.size() < 7 || in[0] != mark) return errc::bad_image;
  if (in[1] > format) return errc::newer_image;
  reader tail(in.last(4));
  if (tail.u32() != crc32(in.first(in.size() - 4))) return errc::bad_image;
  return in[2];
}

/// The record in an image; `bad_image` if it is of another kind or its fields are not sound.
template <class Record>
result<Record> load(octets_view in) {
  auto kind = kind_of(in);
  if (!kind) return kind.error();
  if (*kind != static_cast<std::uint8_t>(Record::kind)) return errc::bad_image;
  Record record;
  loading a(in.subspan(3, in.size() - 7), in[1]);
  fields(a, record);
  if (!a.done()) return errc::bad_image;
  return record;
}

}  // namespace image
}  // namespace vidimus::inline VIDIMUS_ABI

#endif
