// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_OUTPUTS_HPP
#define VIDIMUS_ROLE_OUTPUTS_HPP

#include <utility>

#include "../model/output.hpp"
#include "limits.hpp"

/// What the roles do alike with the outputs of a call.
namespace vidimus::inline VIDIMUS_ABI::detail {

/// The batch of the call at hand. Records and elements are large: they are made where they stay.
template <class Outputs>
class output_batch {
 protected:
  /// In the room of an earlier batch, if one was given back.
  Outputs begin_batch() {
    Outputs to = std::move(spare_);
    to.reserve(outputs_at_first);
    return to;
  }
  void give_back(Outputs&& done) noexcept {
    spare_ = std::move(done);
    spare_.clear();
  }
  template <class Out>
  void emit(Out&& one) {
    out_->emplace_back(std::forward<Out>(one));
  }
  template <class Record, class... From>
  Record& persist(const From&... from) {
    auto& made =
        out_->emplace_back(std::in_place_type<out::persist>, std::in_place_type<Record>, from...);
    return *std::get_if<out::persist>(&made)->template as<Record>();
  }
  void forget(std::string_view what, const shared_text& peer, const conversation_name& name,
              number at = 0) {
    out_->emplace_back(std::in_place_type<out::forget>, what, peer, name, at);
  }
  template <class Element>
  void emit(const shared_text& to, const stanza_type& type, Element&& what,
            const payload_ref& payload) {
    out_->emplace_back(std::in_place_type<out::transmit>, to, type, std::forward<Element>(what),
                       payload);
  }

  Outputs spare_;
  Outputs* out_ = nullptr;
};

/// Where something was found last. Nowhere in a copy: that has its own.
template <class T>
class found_last {
 public:
  found_last() = default;
  found_last(const found_last&) noexcept {}
  found_last& operator=(const found_last& from) noexcept {
    if (this != &from) at_ = nullptr;
    return *this;
  }
  ~found_last() = default;
  T* get() const noexcept { return at_; }
  T* set(T* at) noexcept { return at_ = at; }
  void forget() noexcept { at_ = nullptr; }

 private:
  T* at_ = nullptr;
};

}  // namespace vidimus::inline VIDIMUS_ABI::detail

#endif
