// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_ENCODE_HPP
#define VIDIMUS_CHECK_ENCODE_HPP

#include <vector>

#include "../spec/names.hpp"
#include "characters.hpp"
#include "events.hpp"
#include "scratch.hpp"

namespace vidimus::inline VIDIMUS_ABI {

// Canonical content, exact to the octet (docs/protocol.md, content.canonical).
//
// A field is a tag (1 octet), a length (4 octets, big-endian) and so many octets of value. `x*` is
// any number of x, `[x]` none or one; nothing stands between fields.
//
//   content   = mode group*                   groups in the order of (namespace, name, language)
//   mode      = 01 (1)   00 default coverage, 01 listed coverage
//   group     = 06 (..)  namespace name [language] count child*      as many children as counted
//   child     = 07 (..)  attribute* node*     what bears the name of the group
//   node      = text / same / other
//   same      = 08 (..)  name attribute* node*             element in its parent's namespace
//   other     = 09 (..)  namespace name attribute* node*   element in another one
//   attribute = [0a (..) namespace] 0b (..) name  0c (..) value
//   namespace = 02 (..)  name = 03 (..)  language = 04 (..)  text = 0d (..)   UTF-8
//   count     = 05 (4)   big-endian
//
// - The namespaces jabber:client, jabber:server, jabber:component:accept and none are written
//   jabber:client for children of the message, and below such a child while no other namespace
//   has come between. Elsewhere, and in attributes, every namespace is written as it is.
// - Attributes stand in the order of (namespace, name), octet by octet, none before any; prefix
//   declarations are not attributes. TAB, LF, CR, CR LF in a value are one space each.
// - CR LF and CR in text are LF. Text is joined over CDATA sections and references. An element
//   with nothing but white space for text has no text; else every run of it that is not empty
//   stands, also those of white space. No two texts stand side by side.
// - Core (body, subject, thread in jabber:client): one text and nothing else, but that thread has
//   its unprefixed attribute `parent` if it is there. Without text it is left out. With two or
//   more bodies each is a group by itself, and the explicit xml:lang its language if it has one;
//   with a single body there is no language field. Subjects alike. Never two of one language,
//   never two threads.
// - Other children: all, in document order within the group; not those that are never covered;
//   under listed coverage only those listed, and a listed name without child has count 0.
namespace canonical_tag {
inline constexpr octet mode = 0x01, space = 0x02, name = 0x03, language = 0x04, count = 0x05,
                       group = 0x06, child = 0x07, same = 0x08, other = 0x09,
                       attribute_space = 0x0a, attribute_name = 0x0b, attribute_value = 0x0c,
                       text = 0x0d;
}  // namespace canonical_tag

/// What a content namespace is written as where content namespaces count as one.
constexpr std::string_view fold(std::string_view space) noexcept {
  return is_content_namespace(space) ? ns::content : space;
}

/// Encodes the attributes and content of one child of the message at the end of a buffer, which is
/// given to each call so that this object can be moved together with it.
class element_encoder {
 public:
  void reset() noexcept {
    frames_.clear();
    blanks_.clear();
    run_ = no_run;
  }

  /// The child itself; its name is kept by others. `space` is folded.
  void child(octet_buffer& out, std::string_view space, std::span<const xml_attribute> with) {
    reset();
    frames_.push_back({out.size(), 0, space, is_content_namespace(space), false});
    attributes(out, with);
  }

  void open(octet_buffer& out, const open_event& e) {
    end_run(out);
    const frame& parent = frames_.back();
    bool folds = parent.folds && is_content_namespace(e.space);
    auto space = folds ? ns::content : e.space;
    bool same = space == parent.space;
    auto at = out.open_field(same ? canonical_tag::same : canonical_tag::other);
    if (!same) out.field(canonical_tag::space, space);
    out.field(canonical_tag::name, e.local);
    frames_.push_back({at, blanks_.size(), space, folds, false});
    attributes(out, e.attributes);
  }

  void text(octet_buffer& out, std::string_view piece) {
    if (run_ == no_run) {
      run_ = out.open_field(canonical_tag::text);
      run_is_blank_ = true;
    }
    run_is_blank_ = run_is_blank_ && is_blank(piece);
    out.append(piece);
  }

  /// Ends the innermost element; for the child itself says whether it had text.
  bool close(octet_buffer& out) {
    end_run(out);
    const frame done = frames_.back();
    frames_.pop_back();
    if (!done.has_text && blanks_.size() != done.blanks) drop_blanks(out, done.blanks);
    blanks_.resize(done.blanks);
    if (!frames_.empty()) out.close_field(done.at);
    return done.has_text;
  }

 private:
  struct frame {
    std::size_t at;
    std::size_t blanks;  // of its own the first in `blanks_`
    std::string_view space;
    bool folds;  // only content namespaces from the message down to here
    bool has_text;
  };
  struct blank {
    std::size_t at, size;
  };
  static constexpr std::size_t no_run = static_cast<std::size_t>(-1);

  static void attributes(octet_buffer& out, std::span<const xml_attribute> all) {
    for (const auto& a : all) {
      if (!a.space.empty()) out.field(canonical_tag::attribute_space, a.space);
      out.field(canonical_tag::attribute_name, a.local);
      out.field(canonical_tag::attribute_value, a.value);
    }
  }

  void end_run(octet_buffer& out) {
    if (run_ == no_run) return;
    out.close_field(run_);
    if (run_is_blank_)
      blanks_.push_back({run_, out.size() - run_});
    else
      frames_.back().has_text = true;
    run_ = no_run;
  }

  // takes all runs of the innermost element out, in one sweep
  void drop_blanks(octet_buffer& out, std::size_t first) {
    std::size_t to = blanks_[first].at;
    for (std::size_t i = first; i < blanks_.size(); ++i) {
      std::size_t from = blanks_[i].at + blanks_[i].size;
      std::size_t until = i + 1 < blanks_.size() ? blanks_[i + 1].at : out.size();
      out.move_down(to, from, until - from);
      to += until - from;
    }
    out.cut_to(to);
  }

  std::vector<frame> frames_;
  std::vector<blank> blanks_;  // runs of white space of the open elements
  std::size_t run_ = no_run;
  bool run_is_blank_ = true;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
