// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ROLE_OUTPUTS_HPP
#define VIDIMUS_ROLE_OUTPUTS_HPP

#include <type_traits>
#include <utility>

#include "../model/output.hpp"
#include "limits.hpp"

/// What the roles do alike with the outputs of a call.
namespace vidimus::inline VIDIMUS_ABI::detail {

/// Stands for what `make` gives, so that it is made where it stays.
template <class Make>
struct made_by {
  const Make& make;
  operator std::invoke_result_t<const Make&>() const { return make(); }  // NOLINT: it is that
};

/// The batch of the call at hand. Records and elements are large: they are made where they stay. A
/// record that changed is written as soon as something comes behind it, so that what changes twice
/// is written once.
template <class Outputs>
class output_batch {
 protected:
  /// In the room of an earlier batch, if one was given back.
  void begin_batch() {
    batch_.clear();
    batch_.reserve(outputs_at_first);
  }
  Outputs end_batch() {
    settle_records();
    return std::move(batch_);
  }
  void give_back(Outputs&& done) noexcept {
    batch_.swap(done);
    batch_.clear();
  }
  template <class Out>
  void emit(Out&& one) {
    settle_records();
    batch_.emplace_back(std::forward<Out>(one));
  }
  /// The record that `make` gives.
  template <class Make>
  void persist(const Make& make) {
    settle_records();
    write(make);
  }
  /// `what` has changed: `Role::write_record` writes it, before anything comes behind it. It finds
  /// it in `noted`. A role is no batch to others, so it names this class a friend.
  template <class Role, class What>
  void save_later(What& noted, const std::type_identity_t<What>& what) {
    if (noted != what) settle_records();
    noted = what;
    unwritten_ = [](output_batch& to) { static_cast<Role&>(to).write_record(); };
  }
  template <class Make>
  void write(const Make& make) {
    batch_.emplace_back(std::in_place_type<out::persist>,
                        std::in_place_type<std::invoke_result_t<const Make&>>, made_by<Make>{make});
  }
  void forget(std::string_view what, const shared_text& peer, const conversation_name& name,
              number at = 0) {
    settle_records();
    batch_.emplace_back(std::in_place_type<out::forget>, what, peer, name, at);
  }
  template <class Element>
  void emit(const shared_text& to, const stanza_type& type, Element&& what,
            const payload_ref& payload) {
    settle_records();
    batch_.emplace_back(std::in_place_type<out::transmit>, to, type, std::forward<Element>(what),
                        payload);
  }
  /// An element that is made where it stays. It goes, unless `take_back` comes next.
  template <class Make>
  auto& put_element(const shared_text& to, const stanza_type& type, const payload_ref& payload,
                    const Make& make) {
    using made = std::invoke_result_t<const Make&>;
    settle_records();
    auto& in = batch_.emplace_back(std::in_place_type<out::transmit>, to, type, payload,
                                   std::in_place_type<made>, made_by<Make>{make});
    return *std::get_if<made>(&std::get_if<out::transmit>(&in)->what);
  }
  void take_back() { batch_.pop_back(); }
  /// What `say` says comes before the output put last.
  template <class Say>
  void before_last(const Say& say) {
    auto last = std::move(batch_.back());
    batch_.pop_back();
    say();
    settle_records();
    batch_.push_back(std::move(last));
  }

  void settle_records() {
    if (unwritten_ != nullptr) std::exchange(unwritten_, nullptr)(*this);
  }

  Outputs batch_;

 private:
  void (*unwritten_)(output_batch&) = nullptr;
};

/// A number whose record is to be written before anything comes behind it.
template <class Conversation, class Slot>
struct unsaved_number {
  const Conversation* in = nullptr;
  number at = 0;
  const Slot* of = nullptr;  ///< null: there is none
  friend bool operator==(const unsaved_number&, const unsaved_number&) = default;
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
