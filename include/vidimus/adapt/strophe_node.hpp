// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_STROPHE_NODE_HPP
#define VIDIMUS_ADAPT_STROPHE_NODE_HPP

#include <strophe.h>

#include <array>
#include <vector>

#include "../check/bundle.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Who made a libstrophe tree. The two read differently: see `strophe_place`.
enum class strophe_tree : unsigned char {
  received,  ///< libstrophe's parser: what a handler is given, or `xmpp_stanza_new_from_string`
  built,     ///< this program, by `xmpp_stanza_new` and the setters
};

/// A place in a tree of libstrophe (concepts/node.hpp; 0.12 was tried). Only the public interface
/// is used. The tree is lent: who holds it keeps it alive and unchanged while it is read.
///
/// In a `received` tree each element has its namespace as attribute `xmlns`; without one it is in
/// none. Names have no prefix. What libstrophe's parser has lost by then, and what comes of it:
///
/// - `xml:lang` is called `lang`. It is read as `xml:lang`, on every element; so an attribute that
///   was written `lang` without prefix is taken for `xml:lang`, and the code differs.
/// - Other prefixed attributes lost prefix and namespace; one that has the name of another replaced
///   it. Nothing brings them back: content that has them does not verify. `p:xmlns` on an element
///   that is in no namespace is taken for its namespace.
/// - Comments and processing instructions are gone, the text around them is joined. The octet entry
///   refuses such a stanza; here it is read without them, as the program sees it.
/// - `xmpp_stanza_new_from_string` reads the first element and ignores what is behind it.
///
/// In a `built` tree names and attributes count as they would be written: an element without
/// `xmlns` is in the namespace of its parent, a prefix in a name or attribute is one.
class strophe_place {
 public:
  /// `stanza` may be null: then there is nothing here.
  explicit strophe_place(xmpp_stanza_t* stanza, strophe_tree made = strophe_tree::received) noexcept
      : stanza_(stanza), made_(made) {}

  node_kind kind() const {
    if (stanza_ == nullptr) return node_kind::none;
    if (xmpp_stanza_is_text(stanza_) != 0) return node_kind::text;
    // one that was made and never given a name: a tag, whose empty name the walk refuses
    return node_kind::tag;
  }
  node_name name() const {
    const auto written = view_of(xmpp_stanza_get_name(stanza_));
    if (made_ == strophe_tree::built) return split_name(written);
    return {view_of(xmpp_stanza_get_ns(stanza_)), {}, written, true};
  }
  std::string_view text() const { return view_of(xmpp_stanza_get_text_ptr(stanza_)); }
  strophe_place first_child() const {
    return strophe_place(xmpp_stanza_get_children(stanza_), made_);
  }
  strophe_place next_sibling() const { return strophe_place(xmpp_stanza_get_next(stanza_), made_); }

  template <class Sink>
  void attributes(Sink&& sink) const {
    const int count = xmpp_stanza_get_attribute_count(stanza_);
    if (count <= 0) return;
    // names and values by turns
    std::array<const char*, 64> few;
    std::vector<const char*> many;
    const char** all = few.data();
    const int size = 2 * count;
    if (static_cast<std::size_t>(size) > few.size()) {
      many.resize(static_cast<std::size_t>(size));
      all = many.data();
    }
    const int got = xmpp_stanza_get_attributes(stanza_, all, size);
    for (int i = 0; i + 1 < got; i += 2)
      if (!give(view_of(all[i]), view_of(all[i + 1]), sink)) return;
  }

 private:
  static std::string_view view_of(const char* text) noexcept {
    return text == nullptr ? std::string_view{} : std::string_view(text);
  }

  template <class Sink>
  bool give(std::string_view name, std::string_view value, Sink& sink) const {
    if (made_ == strophe_tree::built) return sink(split_name(name), value);
    if (name == "xmlns") return true;  // the name has said it
    const bool language = name == "lang";
    return sink(node_name{language ? ns::xml : std::string_view{}, {}, name, true}, value);
  }

  xmpp_stanza_t* stanza_;
  strophe_tree made_;
};

static_assert(xml_node<strophe_place>);

/// Reads a message out of a libstrophe tree, wherever it stands in it, as `stanza_reader::read`
/// does from octets. Refuses with the same kinds; where is told as the number of elements before.
template <class Choose = default_coverage>
result<stanza, refusal> read_stanza(stanza_reader& reader, xmpp_stanza_t* message,
                                    strophe_tree made = strophe_tree::received,
                                    Choose choose = {}) {
  return reader.read_tree(strophe_place(message, made), {}, choose);
}

/// The same of a message or a bundle of them, as `bundle_reader::read_tree`: `each(result<stanza,
/// refusal>)` is called with each message as if it had come alone.
template <class Choose, class Each>
void read_each(bundle_reader& reader, xmpp_stanza_t* message, strophe_tree made, Choose choose,
               Each&& each) {
  reader.read_tree(strophe_place(message, made), {}, choose, each);
}

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
