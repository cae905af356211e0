// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_STREAM_SPLITTER_HPP
#define VIDIMUS_ADAPT_STREAM_SPLITTER_HPP

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "../spec/names.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// What stands in a stream.
enum class piece_kind : std::uint8_t {
  header,     ///< `text`: the start tag of the stream
  stanza,     ///< `text`: one child of the stream, as it stands there
  too_large,  ///< a child that is larger than the limit; it was passed over and not kept
  end,        ///< the end tag of the stream; nothing comes behind it
  fault,      ///< `text`: a sentence; the stream cannot be read any further
};

struct stream_piece {
  piece_kind kind = piece_kind::fault;
  std::string text;
};

/// Cuts the octets of an XMPP stream over TCP (RFC 6120) into the pieces above, however they come.
/// It finds where a child begins and ends, and no more: whether the child is well formed is for the
/// strict pass to say (check/scan.hpp), and a child that is not leaves the cuts behind it where
/// they are. What RFC 6120 forbids between tags is a fault: comments, processing instructions but
/// the declaration in front, document types, text that is not white space. Holds at most one
/// unfinished piece of the limit, and what was added and not taken yet.
class stream_splitter {
 public:
  /// `octets_max`: of one piece.
  explicit stream_splitter(std::size_t octets_max = reading_limits{}.octets) noexcept
      : most_(octets_max) {}

  /// What came, of any size.
  void add(std::string_view more) {
    in_.erase(0, at_);
    at_ = 0;
    in_ += more;
  }

  /// The next piece that is whole; nothing: more octets are needed, or the stream has ended.
  std::optional<stream_piece> next() {
    while (at_ < in_.size() && where_ != place::over) {
      if (pass_over()) continue;
      if (auto found = take(in_[at_++])) return found;
    }
    return std::nullopt;
  }

 private:
  enum class place : std::uint8_t {
    outside,  // between tags
    opened,   // behind '<'
    tag,
    slash,  // behind a '/' in a start tag
    end_tag,
    single_quoted,
    double_quoted,
    section_head,
    section,
    declaration,
    over,
  };

  /// Takes what is only kept, to the next octet that matters, in one piece; false: that is next.
  bool pass_over() {
    char until = '<';
    switch (where_) {
      case place::outside:
        if (depth_ < 2) return false;
        break;
      case place::end_tag: until = '>'; break;
      case place::single_quoted: until = '\''; break;
      case place::double_quoted: until = '"'; break;
      default: return false;
    }
    const std::string_view left = std::string_view(in_).substr(at_);
    const std::string_view run = left.substr(0, left.find(until));
    keep(run);
    at_ += run.size();
    return !run.empty();
  }

  std::optional<stream_piece> take(char c) {
    keep({&c, 1});
    switch (where_) {
      case place::outside: return outside(c);
      case place::opened: return opened(c);
      case place::tag:
      case place::slash: return in_tag(c);
      case place::end_tag: return c == '>' ? closed() : std::nullopt;
      case place::single_quoted:
        if (c == '\'') where_ = place::tag;
        return std::nullopt;
      case place::double_quoted:
        if (c == '"') where_ = place::tag;
        return std::nullopt;
      case place::section_head: return section_head(c);
      case place::section: return section(c);
      case place::declaration: return declaration(c);
      default: return std::nullopt;
    }
  }

  void keep(std::string_view more) {
    if (too_large_) return;
    held_ += more;
    if (held_.size() <= most_) return;
    too_large_ = true;
    held_ = {};
  }

  std::optional<stream_piece> outside(char c) {
    if (c == '<') {
      where_ = place::opened;
      return std::nullopt;
    }
    if (depth_ > 1) return std::nullopt;
    held_.clear();
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    return blank ? std::nullopt : fault("text between the stanzas of a stream");
  }

  std::optional<stream_piece> opened(char c) {
    switch (c) {
      case '/':
        if (depth_ == 0) return fault("an end tag before the stream began");
        where_ = place::end_tag;
        return std::nullopt;
      case '!':
        if (depth_ < 2) return fault("a comment, section or document type in a stream");
        matched_ = 1;
        where_ = place::section_head;
        return std::nullopt;
      case '?':
        if (depth_ != 0 || declared_) return fault("a processing instruction in a stream");
        where_ = place::declaration;
        return std::nullopt;
      default: where_ = place::tag; return in_tag(c);
    }
  }

  std::optional<stream_piece> in_tag(char c) {
    const bool empty = where_ == place::slash;
    where_ = place::tag;
    if (c == '\'') where_ = place::single_quoted;
    if (c == '"') where_ = place::double_quoted;
    if (c == '/') where_ = place::slash;
    if (c == '<') return fault("a tag in a tag");
    if (c != '>') return std::nullopt;
    where_ = place::outside;
    if (depth_++ == 0) {
      if (too_large_ || empty) return fault("a stream whose start tag is too long, or its end");
      return piece(piece_kind::header);
    }
    return empty ? closed() : std::nullopt;
  }

  std::optional<stream_piece> closed() {
    where_ = place::outside;
    --depth_;
    if (depth_ > 1) return std::nullopt;
    if (depth_ == 1) return piece(piece_kind::stanza);
    where_ = place::over;
    return stream_piece{piece_kind::end, {}};
  }

  std::optional<stream_piece> section_head(char c) {
    constexpr std::string_view head = "![CDATA[";
    if (c != head[matched_]) return fault("a comment or document type in a stream");
    if (++matched_ < head.size()) return std::nullopt;
    matched_ = 0;
    where_ = place::section;
    return std::nullopt;
  }
  std::optional<stream_piece> section(char c) {
    if (c == '>' && matched_ >= 2) where_ = place::outside;
    matched_ = c == ']' ? matched_ + 1 : 0;
    return std::nullopt;
  }
  std::optional<stream_piece> declaration(char c) {
    if (too_large_) return fault("a declaration that is too long");
    if (c != '>') return std::nullopt;
    declared_ = true;
    held_.clear();
    where_ = place::outside;
    return std::nullopt;
  }

  stream_piece piece(piece_kind kind) {
    declared_ = true;
    if (std::exchange(too_large_, false)) return {piece_kind::too_large, {}};
    return {kind, std::exchange(held_, {})};
  }
  std::optional<stream_piece> fault(const char* why) {
    where_ = place::over;
    held_ = {};
    return stream_piece{piece_kind::fault, why};
  }

  std::size_t most_;
  std::string in_;
  std::size_t at_ = 0;
  std::string held_;  ///< of the piece that is not whole yet
  bool too_large_ = false;
  bool declared_ = false;  ///< no declaration may come any more
  place where_ = place::outside;
  std::size_t depth_ = 0;  ///< open elements, the stream included
  std::size_t matched_ = 0;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
