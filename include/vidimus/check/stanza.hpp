// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_STANZA_HPP
#define VIDIMUS_CHECK_STANZA_HPP

#include "canonical.hpp"
#include "xml_writer.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// A message as read. Only `canonical` is what a code covers; all else is unverified by itself.
struct stanza {
  std::string from, to, id, type;   ///< of the start tag; empty if absent
  bool is_error = false;            ///< type='error': never verified as a delivery
  bool is_copy = false;             ///< carbon, archive, forwarded: never verified, never answered
  bool bundled = false;             ///< came in a bundle (check/bundle.hpp)
  std::optional<flat_element> own;  ///< the element of urn:vidimus:0
  octets canonical;                 ///< under the coverage that was chosen for `own`
  /// All other children, as XML that can be sent on; empty where `own` is said to have none.
  std::string payload;
};

/// Default coverage, whatever our element says.
struct default_coverage {
  coverage operator()(const flat_element&) const { return {}; }
};

/// Writes the children of a message but our element, as `xml_writer` does.
class payload_handler {
 public:
  payload_handler(std::string& out, const reading_limits& limits)
      : out_(out), writer_(out), most_(limits.canonical_octets) {}

  refusal_kind open(const open_event& e) {
    ++depth_;
    what_ = e.local;
    if (depth_ == 2) skips_ = e.space == ns::vidimus;
    if (depth_ == 1 || skips_) return refusal_kind::none;
    writer_.open(e.space, e.local, e.attributes);
    return within();
  }
  refusal_kind text(std::string_view piece) {
    if (depth_ < 2 || skips_) return refusal_kind::none;
    writer_.text(piece);
    return within();
  }
  refusal_kind close() {
    if (depth_-- > 1 && !skips_) writer_.close();
    return refusal_kind::none;
  }
  std::string_view what() const { return what_; }

 private:
  refusal_kind within() const {
    return out_.size() <= most_ ? refusal_kind::none : refusal_kind::content_too_large;
  }

  std::string& out_;
  xml_writer writer_;
  std::size_t most_;
  std::size_t depth_ = 0;
  bool skips_ = false;
  std::string_view what_;
};

/// Takes events and does nothing: for the strict pass alone.
struct no_handler {
  refusal_kind open(const open_event&) const { return refusal_kind::none; }
  refusal_kind text(std::string_view) const { return refusal_kind::none; }
  refusal_kind close() const { return refusal_kind::none; }
  std::string_view what() const { return {}; }
};

/// Reads message stanzas into values. One object per thread.
class stanza_reader {
 public:
  explicit stanza_reader(const reading_limits& limits = {}) : limits_(limits), reader_(limits) {}

  /// From octets. `choose(flat_element) -> coverage` is asked for the coverage if there is an
  /// element of ours; without one it is the default coverage. If `choose` has it,
  /// `has_payload(flat_element)` says whether anybody looks at what stands beside that element.
  template <class Choose = default_coverage>
  result<stanza, refusal> read(std::string_view text, const stream_scope& scope = {},
                               Choose choose = {}) {
    if (!reader_.read(text, scope)) return reader_.why();
    stanza out;
    if (begin(out, choose)) {
      payload_handler payload(out.payload, limits_);
      if (!scanner_.scan(text, scope, limits_, payload)) return scanner_.why();
    }
    return finish(out, choose);
  }

  /// From a tree; `scope` is what is declared above `root`.
  template <xml_node N, class Choose = default_coverage>
  result<stanza, refusal> read_tree(const N& root, const stream_scope& scope = {},
                                    Choose choose = {}) {
    if (!reader_.read_tree(root, scope)) return reader_.why();
    stanza out;
    if (begin(out, choose)) {
      payload_handler payload(out.payload, limits_);
      if (!walker_.walk(root, scope, limits_, payload)) return walker_.why();
    }
    return finish(out, choose);
  }

  /// The canonical octets of the last stanza under another coverage.
  result<octets_view, refusal> content(const coverage& which = {}) {
    return reader_.content(which);
  }

 private:
  /// Whether the payload is wanted.
  template <class Choose>
  bool begin(stanza& out, Choose& choose) {
    if (reader_.has_own()) out.own = reader_.own();
    if constexpr (requires { choose.has_payload(*out.own); })
      return !out.own || choose.has_payload(*out.own);
    return true;
  }

  template <class Choose>
  result<stanza, refusal> finish(stanza& out, Choose& choose) {
    const auto& head = reader_.head();
    out.from = head.from.value_or("");
    out.to = head.to.value_or("");
    out.id = head.id.value_or("");
    out.type = head.type.value_or("");
    out.is_error = head.is_error();
    out.is_copy = head.is_copy;
    auto octets_of = reader_.content(out.own ? choose(*out.own) : coverage{});
    if (!octets_of) return octets_of.error();
    out.canonical.assign(octets_of->begin(), octets_of->end());
    return std::move(out);
  }

  reading_limits limits_;
  canonicaliser reader_;
  scanner scanner_;
  tree_walker walker_;
};

/// One stanza, once. Who reads many keeps a `stanza_reader`.
template <class Choose = default_coverage>
result<stanza, refusal> read_stanza(std::string_view text, const stream_scope& scope = {},
                                    Choose choose = {}, const reading_limits& limits = {}) {
  return stanza_reader(limits).read(text, scope, choose);
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
