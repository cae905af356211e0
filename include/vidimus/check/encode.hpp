// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_ENCODE_HPP
#define VIDIMUS_CHECK_ENCODE_HPP

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
    blank_octets_ = 0;
    run_ = no_run;
  }

  /// The child itself; its name is kept by others. `space` is folded.
  void child(octet_buffer& out, std::string_view space, std::span<const xml_attribute> with) {
    reset();
    frames_.push() = {out.size(), 0, space, is_content_namespace(space), false};
    out.end_at(put(out.room(size_of(with)), with));
  }

  VIDIMUS_HOT void open(octet_buffer& out, const open_event& e) {
    end_run(out);
    const frame& parent = frames_.back();
    bool folds = parent.folds && is_content_namespace(e.space);
    auto space = folds ? ns::content : e.space;
    // one declaration's text is one pointer: mostly there is nothing to compare
    bool same = space.size() == parent.space.size() &&
                (space.data() == parent.space.data() || space == parent.space);
    frame& f = frames_.push();
    f.at = out.size();
    f.blanks = blanks_.size();
    f.space = space;
    f.folds = folds;
    f.has_text = false;
    octet* to = out.room(2 * octet_buffer::head + (same ? 0 : octet_buffer::head + space.size()) +
                         e.local.size() + size_of(e.attributes));
    to = octet_buffer::put_open(to, same ? canonical_tag::same : canonical_tag::other);
    if (!same) to = octet_buffer::put(to, canonical_tag::space, space);
    to = octet_buffer::put(to, canonical_tag::name, e.local);
    out.end_at(put(to, e.attributes));
  }

  VIDIMUS_HOT void text(octet_buffer& out, std::string_view piece) {
    octet* to = out.room(octet_buffer::head + piece.size());
    if (run_ == no_run) {
      run_ = out.size();
      run_is_blank_ = true;
      to = octet_buffer::put_open(to, canonical_tag::text);
    }
    run_is_blank_ = run_is_blank_ && is_blank(piece);
    copy_octets(to, piece.data(), piece.size());
    out.end_at(to + piece.size());
  }

  /// Ends the innermost element; for the child itself says whether it had text.
  VIDIMUS_HOT bool close(octet_buffer& out) {
    end_run(out);
    const frame& done = frames_.back();
    frames_.pop();  // it stays where it is until the next push
    if (blanks_.size() != done.blanks) settle_blanks(out, done);
    if (!frames_.empty()) out.close_field(done.at);
    return done.has_text;
  }

  /// How many octets at the end of `out` are runs of white space that may still be taken out.
  std::size_t blank_octets(const octet_buffer& out) const noexcept {
    return blank_octets_ + (run_ != no_run && run_is_blank_ ? out.size() - run_ : 0);
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

  VIDIMUS_HOT static std::size_t size_of(std::span<const xml_attribute> all) noexcept {
    std::size_t size = 0;
    for (const auto& a : all)
      size += 3 * octet_buffer::head + a.space.size() + a.local.size() + a.value.size();
    return size;
  }

  VIDIMUS_HOT static octet* put(octet* to, std::span<const xml_attribute> all) noexcept {
    for (const auto& a : all) {
      if (!a.space.empty()) to = octet_buffer::put(to, canonical_tag::attribute_space, a.space);
      to = octet_buffer::put(to, canonical_tag::attribute_name, a.local);
      to = octet_buffer::put(to, canonical_tag::attribute_value, a.value);
    }
    return to;
  }

  VIDIMUS_HOT void end_run(octet_buffer& out) {
    if (run_ != no_run) end_open_run(out);
  }
  void end_open_run(octet_buffer& out) {
    out.close_field(run_);
    if (run_is_blank_) {
      blanks_.push() = {run_, out.size() - run_};
      blank_octets_ += out.size() - run_;
    } else {
      frames_.back().has_text = true;
    }
    run_ = no_run;
  }

  // the runs of an element that ended: they stand if it had other text
  void settle_blanks(octet_buffer& out, const frame& done) {
    for (std::size_t i = done.blanks; i < blanks_.size(); ++i) blank_octets_ -= blanks_[i].size;
    if (!done.has_text) drop_blanks(out, done.blanks);
    blanks_.cut_to(done.blanks);
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

  pile<frame> frames_;
  pile<blank> blanks_;            // runs of white space of the open elements
  std::size_t blank_octets_ = 0;  // of these runs
  std::size_t run_ = no_run;
  bool run_is_blank_ = true;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
