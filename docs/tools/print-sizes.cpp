// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
// The sizes in docs/hosting.md, measured on what the roles ask to be stored.
//
//   print-sizes DOCS      DOCS/hosting.md: the page of the tree it was built from, with the sizes
//                         as they are now
#include "examples/page.hpp"
#include "examples/stage.hpp"

namespace {

using namespace examples;

/// Octets of key and image of the records of a kind, "sm" say.
struct sizes {
  std::size_t records = 0, key = 0, image = 0;
};

sizes sizes_of(const memory_store& of, std::string_view kind) {
  sizes out;
  for (const stored& one : of.all()) {
    if (!one.key.starts_with(std::string(kind) + "/")) continue;
    ++out.records;
    out.key = std::max(out.key, one.key.size());
    out.image = std::max(out.image, one.image.size());
  }
  expect(out.records > 0, "there are records of that kind");
  return out;
}

std::string body_of(std::size_t octets) {
  return "<body>" + std::string(octets - 13, 'x') + "</body>";
}

/// A message of so many octets, held for an endpoint that is not there.
void hold(stage& s, std::size_t octets, bool ends) {
  if (ends) s.give_ends(false);
  s.link_up();
  (void)s.submit(body_of(octets));
  s.all_arrive();
}

std::string row(std::string_view role, std::string_view kind, std::string_view what,
                const std::string& key, const std::string& image) {
  return "| " + std::string(role) + " | `" + std::string(kind) + "/` | " + std::string(what) +
         " | " + key + " | " + image + " |\n";
}

std::string table_of_records() {
  stage small, large, ends, after;
  hold(small, 100, false);
  hold(large, 1100, false);
  hold(ends, 100, true);
  after.attach();
  after.link_up();
  for (int i = 0; i < 1000; ++i) {
    (void)after.submit(body_of(100));
    after.all_arrive();
  }
  expect(after.taken() == 1000, "all were taken");

  struct kind {
    party role;
    const char *role_name, *name, *what;
  };
  constexpr kind kinds[] = {
      {party::sender, "sender", "sc", "a conversation"},
      {party::sender, "sender", "sm", "a message without outcome"},
      {party::sender, "sender", "sp", "its payload"},
      {party::server, "server", "vm", "a peer"},
      {party::server, "server", "vc", "a conversation"},
      {party::server, "server", "vr", "a message in custody, or not yet below low1"},
      {party::server, "server", "vp", "its payload, while it may be sent"},
      {party::receiver, "receiver", "rm", "a relay"},
      {party::receiver, "receiver", "rc", "a conversation, 1000 messages delivered in order"},
  };
  std::string out = "| role | key begins | one for | key | image |\n|---|---|---|---|---|\n";
  for (const kind& k : kinds) {
    const bool at_end = k.role == party::receiver;
    const sizes of = sizes_of((at_end ? after : small).store(k.role), k.name);
    std::string image = std::to_string(of.image);
    if (!at_end) {
      const std::size_t more = sizes_of(large.store(k.role), k.name).image - of.image;
      expect(more % 1000 == 0, "the payload is held a whole number of times");
      if (more != 0)
        image = std::to_string(of.image - more / 1000 * 100) + ", and " +
                (more == 1000 ? "" : std::to_string(more / 1000) + " times ") + "the payload";
      const std::size_t second = sizes_of(ends.store(k.role), k.name).image - of.image;
      if (second != 0) image += "; end to end " + std::to_string(second) + " more";
    }
    out += row(k.role_name, k.name, k.what, std::to_string(of.key), image);
  }
  return out;
}

/// What one message more costs each store, memories being known.
std::string table_of_writes() {
  std::string out =
      "| role | transactions | records written | octets written |\n|---|---|---|---|\n";
  stage s;
  s.attach();
  s.link_up();
  (void)s.submit(body_of(100));
  s.all_arrive();
  constexpr std::pair<party, const char*> roles[] = {
      {party::sender, "sender"}, {party::server, "server"}, {party::receiver, "receiver"}};
  std::vector<written> before;
  for (const auto& [role, name] : roles) before.push_back(s.wrote(role));
  (void)s.submit(body_of(100));
  s.all_arrive();
  for (std::size_t i = 0; i < before.size(); ++i) {
    const written& now = s.wrote(roles[i].first);
    out += "| " + std::string(roles[i].second) + " | " +
           std::to_string(now.batches - before[i].batches) + " | " +
           std::to_string(now.records - before[i].records) + " | " +
           std::to_string(now.octets - before[i].octets) + " |\n";
  }
  return out;
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc != 2) return std::fprintf(stderr, "usage: print-sizes DOCS\n"), 2;
  const std::map<std::string, std::string> parts{{"records", table_of_records()},
                                                 {"writes", table_of_writes()}};
  return examples::page("hosting.md").write(argv[1], parts) ? 0 : 1;
}
