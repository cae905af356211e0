// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_CHECK_OWN_ELEMENT_HPP
#define VIDIMUS_CHECK_OWN_ELEMENT_HPP

#include <string>
#include <utility>
#include <vector>

#include "../model/flat_element.hpp"
#include "events.hpp"
#include "scratch.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// Collects the element of urn:vidimus:0 of a message without touching the heap in steady state.
class own_element {
 public:
  void clear() noexcept {
    present_ = false;
    attributes_.clear();
    text_.clear();
  }

  bool present() const noexcept { return present_; }

  [[nodiscard]] refusal_kind open(const open_event& e, arena& keep) {
    if (present_) return refusal_kind::two_own;
    present_ = true;
    name_ = keep.keep(e.local);
    for (const auto& a : e.attributes) {
      if (!a.space.empty()) return refusal_kind::own_not_flat;
      attributes_.push_back({keep.keep(a.local), keep.keep(a.value)});
    }
    return refusal_kind::none;
  }

  void text(std::string_view piece) { text_.append(piece); }

  /// A copy that lives on its own.
  flat_element value() const {
    flat_element out;
    out.name = name_;
    out.attributes.reserve(attributes_.size());
    for (const auto& [name, value] : attributes_) out.attributes.emplace_back(name, value);
    out.text = as_text(text_.view());
    return out;
  }

 private:
  bool present_ = false;
  std::string_view name_;
  std::vector<std::pair<std::string_view, std::string_view>> attributes_;
  octet_buffer text_;
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
