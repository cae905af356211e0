// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_MODEL_OUTPUT_HPP
#define VIDIMUS_MODEL_OUTPUT_HPP

#include <string>
#include <variant>
#include <vector>

#include "content.hpp"
#include "elements.hpp"
#include "keeping.hpp"
#include "name_text.hpp"
#include "time.hpp"

namespace vidimus::inline VIDIMUS_ABI {

/// What a role hands its host. Carry out in the order given. A batch may be held back whole, never
/// reordered; if the process dies in the middle, `restore` with what was made durable is legal.
namespace out {

/// Send this element in a message stanza to `to`, with the payload beside it if there is one.
struct transmit {
  shared_text to;    ///< bare or full address
  stanza_type type;  ///< of the stanza, as the message has it
  element what;
  payload_ref payload;  ///< S1 and S4 only

  transmit() = default;
  transmit(shared_text to_whom, const stanza_type& of, element said, payload_ref with)
      : to(std::move(to_whom)), type(of), what(std::move(said)), payload(std::move(with)) {}
  /// Of one kind of element, moved once.
  template <class Element>
  transmit(shared_text to_whom, const stanza_type& of, Element&& said, payload_ref with)
      : to(std::move(to_whom)),
        type(of),
        what(std::forward<Element>(said)),
        payload(std::move(with)) {}
  /// Of one kind of element, made where it stays.
  template <class Element, class... From>
  transmit(shared_text to_whom, const stanza_type& of, payload_ref with,
           std::in_place_type_t<Element> kind, From&&... from)
      : to(std::move(to_whom)),
        type(of),
        what(kind, std::forward<From>(from)...),
        payload(std::move(with)) {}
};

/// Send this message to `to` as it is, without an element of ours: its sender permits that, and no
/// endpoint is there (protocol.md, plain.permit). It comes once at most; whoever reads it verifies
/// nothing, so the stanza should say whom it is from (docs/hosting.md).
struct plain {
  shared_text to;    ///< as `without_support` named it
  stanza_type type;  ///< of the stanza, as the message has it
  message_name name;
  payload_ref payload;
};

/// The one outcome of a submission (protocol.md, outcome.once). `again`: the same outcome as
/// before a restart that may have cut the first report off; the host knows it by name.
struct report {
  message_name name;
  outcome ended = outcome::uncertain;
  reason why = reason::none;
  bool again = false;
  /// Not delivered and altered on the way: which parts, as far as the last verdict tells
  /// (protocol.md, altered.parts). Empty with `again`.
  diagnosis altered{};
};

/// A verified message for the application (S5). Answer with `accepted` or `refused`. `again`:
/// handed
/// before a restart, not answered then; if the host's records show that it took this name, it
/// answers `accepted` without repeating the effect (protocol.md, accept.atomic).
struct deliver {
  message_name name;
  stanza_type type;
  checked<content> body;
  coverage cover;
  bool again = false;
  /// The second code was valid too: a holder of the key between the ends wrote it (protocol.md,
  /// end.refuse).
  bool end_to_end = false;
  /// At an ordered endpoint: numbers of this conversation below this one that did not come in time
  /// and will never be handed over (protocol.md, order.skip). Each is told with one message that
  /// is answered; again where the message is given again, or with the next one where the server
  /// passed it after a restart and before an answer.
  ranges skipped{};
};

/// Call `tick` at this time; in place of the time asked for before. `never`: no need.
struct wake {
  instant at;
};

}  // namespace out

using sender_output =
    std::variant<out::persist, out::forget, out::transmit, out::report, out::wake>;
using server_output = std::variant<out::persist, out::forget, out::transmit, out::plain, out::wake>;
using receiver_output = std::variant<out::persist, out::forget, out::transmit, out::deliver>;

using sender_outputs = std::vector<sender_output>;
using server_outputs = std::vector<server_output>;
using receiver_outputs = std::vector<receiver_output>;

/// A message to be submitted.
struct outgoing {
  std::string destination;  ///< bare address
  std::string type;         ///< "chat", "groupchat", "headline"; empty for normal
  content body;             ///< canonical under `cover`, and what is to be sent
  coverage cover;
  /// The check is the command as well: a round trip less, and after it was sent no certain negative
  /// without the server's word (protocol.md, execute.conditional). Not with a sealed message: that
  /// is sent as if it were false.
  bool conditional = false;
  bool report = true;  ///< false: `executed` is the best outcome asked for
  /// The relay may send it on without a code where the receiver has no support for this protocol;
  /// then it ends `executed`, also if a report is asked. Not where there is a key between the ends:
  /// that is sent as if it were false (protocol.md, plain.permit).
  bool plain = false;
  /// All endpoints that are there when it is sent on have to take it; otherwise one is enough
  /// (protocol.md, endpoint.all).
  bool all = false;
  std::uint32_t lifetime_s = 24 * 3600;  ///< seconds from now, 1 to the limit
};

/// A stanza as an adapter read it, for `receive`.
struct incoming {
  std::string from;  ///< full or bare address, as the stream's server stamped it
  element what;
  content body;                ///< with a `check` only: canonical under the check's coverage
  bool copy_or_error = false;  ///< type='error', or a carbon, archive or forwarded copy
  bool malformed = false;      ///< our element could not be read; `what` means nothing
  /// In-server mode, of a brief form: the relay that it came through if it is not from `from`.
  std::string through{};
};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
