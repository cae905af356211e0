// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_EXCHANGE_POST_HPP
#define VIDIMUS_DOCS_EXAMPLES_EXCHANGE_POST_HPP

#include <cryptopp/sha.h>

#include <vidimus/adapt/xmpp_text.hpp>
#include <vidimus/check/compute.hpp>

#include "parties.hpp"
#include "support/corpus.hpp"
#include "trace.hpp"

namespace exchange {

/// A message the application wants to send.
struct letter {
  vidimus::outgoing message;
  std::size_t bare_octets = 0;  ///< of the stanza without anything of ours
  std::string name, description;
};

/// A fingerprint of all that was sent and all that was reported, and when.
class run_digest {
 public:
  void add(std::string_view text, vidimus::instant at) {
    const std::string when = std::to_string(at.at) + " " + std::to_string(text.size()) + " ";
    for (std::string_view part : {std::string_view(when), text})
      hash_.Update(reinterpret_cast<const CryptoPP::byte*>(part.data()), part.size());
  }
  std::string so_far() const {
    CryptoPP::SHA256 copy(hash_);
    vidimus::digest out;
    copy.Final(out.data());
    return vidimus::to_hex(vidimus::octets_view(out).first(16));
  }

 private:
  CryptoPP::SHA256 hash_;
};

/// Between values and the text of stanzas: what stands on the links is text and nothing else.
class post {
 public:
  /// The messages of tests/corpus that an application may send. Throws if they cannot be read.
  post(const std::string& corpus, std::uint64_t seed) : seed_(seed) {
    for (auto& one : support::corpus_messages(corpus))
      if (vidimus::compose(reader_, one.stanza)) designs_.push_back(std::move(one));
    if (designs_.empty()) throw std::runtime_error("no message in " + corpus + " can be sent");
  }

  /// The message of that serial number: any of the corpus, the first few always the same, with the
  /// number in an extension, so that no two have the same content.
  letter next(std::uint64_t serial) {
    constexpr std::array<std::string_view, 4> easy{"B04", "H15", "H03", "H16"};
    const auto* design = &designs_[chance(seed_, 1000 + serial).below(designs_.size())];
    if (serial <= easy.size())
      for (const auto& one : designs_)
        if (one.name == easy[serial - 1]) design = &one;
    std::string text = design->stanza;
    text.insert(text.rfind("</"),
                "<serial xmlns='urn:example:exchange'>" + std::to_string(serial) + "</serial>");
    letter out{{}, 0, design->name, design->description};
    auto composed = vidimus::compose(reader_, text);
    VIDIMUS_EXPECT(composed.has_value(), "a message with one more extension can be sent as well");
    out.message = std::move(*composed);
    out.message.destination = bob;
    vidimus::outgoing_stanza bare;
    bare.to = bob;
    bare.from = alice_here;
    bare.type = out.message.type;
    bare.payload = *out.message.body.whole;
    if (auto whole = vidimus::write_stanza(bare)) out.bare_octets = whole->size();
    return out;
  }

  /// The text of a stanza; empty if it could not be written.
  std::string write(const out::transmit& o, way by) {
    vidimus::sending how;
    how.self = start_of(by);
    how.from = how.self == party::sender   ? alice_here
               : how.self == party::server ? relay
                                           : bob_here;
    auto text = vidimus::stanza_text(o, how);
    return text ? std::move(*text) : std::string();
  }

  /// What arrived, for a role; or why no role is given it.
  vidimus::result<vidimus::incoming, std::string> read(const std::string& text, way by) {
    vidimus::reading at;
    at.self = end_of(by);
    auto read = vidimus::arrive(reader_, text, at);
    if (!read) return vidimus::explain(read.error());
    if (read->kind == vidimus::arrival_kind::plain) return std::string("it has no element of ours");
    if (read->kind == vidimus::arrival_kind::malformed) return std::move(read->why.what);
    return std::move(read->what);
  }

  /// Whether two stanzas say the same in all that a code covers, under the same code.
  static bool say_the_same(const vidimus::incoming& a, const vidimus::incoming& b) {
    if (a.what.index() != b.what.index() || a.body.canonical != b.body.canonical) return false;
    return covered(a.what) == covered(b.what);
  }

 private:
  static vidimus::octets covered(const vidimus::element& e) {
    vidimus::octets out;
    std::visit(
        [&out](const auto& one) {
          vidimus::covered::write_input(out, one, vidimus::purpose::submit);
          const auto reference = one.head.brief.view();
          out.insert(out.end(), reference.begin(), reference.end());
          const auto code = one.code.view();
          out.insert(out.end(), code.begin(), code.end());
        },
        e);
    return out;
  }

  std::uint64_t seed_;
  vidimus::stanza_reader reader_;
  std::vector<support::corpus_message> designs_;
};

}  // namespace exchange

#endif
