// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_FUZZ_RECORD_BODIES_HPP
#define VIDIMUS_FUZZ_RECORD_BODIES_HPP

#include <cstdio>
#include <cstdlib>

#include "support/toy.hpp"

/// Saved records that a store gives back: damaged, of another life, or made up.
namespace fuzz {

inline void require(bool good, const char* sentence) {
  if (good) return;
  std::fprintf(stderr, "fuzz: %s\n", sentence);
  std::abort();
}

/// Images as length (2 octets) and octets. Mark, format and checksum are put right, so that the
/// fields themselves are reached; the first octet of the input may leave them as they are.
inline std::vector<vidimus::stored> images_of(std::string_view in) {
  std::vector<vidimus::stored> out;
  const bool mend = in.empty() || (in[0] & 1) == 0;
  in.remove_prefix(std::min<std::size_t>(in.size(), 1));
  while (in.size() >= 2 && out.size() < 64) {
    const std::size_t size =
        static_cast<unsigned char>(in[0]) * 256u + static_cast<unsigned char>(in[1]);
    in.remove_prefix(2);
    const auto piece = vidimus::as_octets(in.substr(0, size));
    in.remove_prefix(std::min(size, in.size()));
    vidimus::octets image(piece.begin(), piece.end());
    if (mend) {
      if (image.size() < 3) image.resize(3);
      image[0] = vidimus::image::mark;
      image[1] = vidimus::image::format;
      vidimus::writer(image).u32(vidimus::crc32(image));
    }
    out.push_back({"key " + std::to_string(out.size()), std::move(image)});
  }
  return out;
}

/// A record that is read is written as it was.
template <class Record>
void one_to_one(const vidimus::octets& image) {
  const auto read = vidimus::image::load<Record>(image);
  if (read) require(vidimus::image::save(*read) == image, "a record has two images");
}

/// What a role does with records, and that what it then stores is restored without objection.
struct records_run {
  vidimus::memory_store store;
  vidimus::instant now{1000000};

  template <class Outs>
  void carry(const Outs& outs) {
    for (const auto& one : outs) {
      if (auto* kept = std::get_if<vidimus::out::persist>(&one)) store.carry_out(*kept);
      if (auto* gone = std::get_if<vidimus::out::forget>(&one)) store.carry_out(*gone);
    }
  }
  /// Restores, keeps the store in step, lets `live` happen, and restores what came of it.
  template <class Role, class Make, class Live>
  void run(const std::vector<vidimus::stored>& from, bool last, Make make, Live live) {
    store.clear();
    Role first = make();
    auto outs = restore(first, from, last);
    if (!outs) return;
    for (const auto& one : from) store.carry_out(vidimus::out::persist{one.key, one.image});
    carry(*outs);
    live(first);
    Role second = make();
    require(restore(second, store.all(), true).has_value(), "what a role stored is refused");
  }

 private:
  template <class Role>
  auto restore(Role& role, const std::vector<vidimus::stored>& from, bool last) {
    if constexpr (requires { role.restore(from, last, now); })
      return role.restore(from, last, now);
    else
      return role.restore(from, last);
  }
};

inline void records(std::string_view in) {
  using namespace vidimus;
  const bool last = in.empty() || (in[0] & 2) == 0;
  const auto images = images_of(in);
  for (const stored& one : images) {
    one_to_one<record::sender_conversation>(one.image);
    one_to_one<record::sender_message>(one.image);
    one_to_one<record::payload>(one.image);
    one_to_one<record::server_peer>(one.image);
    one_to_one<record::server_conversation>(one.image);
    one_to_one<record::server_custody>(one.image);
    one_to_one<record::receiver_peer>(one.image);
    one_to_one<record::receiver_conversation>(one.image);
  }
  toy::env a, v, b;
  toy::give_keys(a.keys, v.keys, b.keys);
  records_run world;
  const auto passes = [&](auto& role) {
    for (int i = 0; i < 4 && role.next_deadline() < never; ++i) {
      world.now = std::max(world.now, role.next_deadline());
      world.carry(role.tick(world.now));
    }
  };
  world.run<sender<toy::env>>(
      images, last, [&] { return sender<toy::env>(a, toy::alice, toy::relay); },
      [&](auto& role) {
        world.carry(role.link_restored(world.now));
        passes(role);
      });
  world.run<server<toy::env>>(
      images, last, [&] { return server<toy::env>(v, toy::relay); },
      [&](auto& role) {
        world.carry(role.attached(toy::bob_full, world.now));
        passes(role);
      });
  world.run<receiver<toy::env>>(
      images, last, [&] { return receiver<toy::env>(b, toy::bob); }, [](auto&) {});
}

}  // namespace fuzz

#endif
