// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include <proton/connection.h>
#include <proton/delivery.h>
#include <proton/event.h>
#include <proton/link.h>
#include <proton/session.h>
#include <proton/transport.h>

#include "machines.hpp"

namespace {

/// One end: a connection with its transport, octets in and out.
struct end {
  pn_connection_t* connection = pn_connection();
  pn_transport_t* transport = pn_transport();
  pn_collector_t* collector = pn_collector();

  explicit end(const char* name) {
    pn_connection_collect(connection, collector);
    pn_connection_set_container(connection, name);
    pn_transport_bind(transport, connection);
    pn_connection_open(connection);
  }
  end(const end&) = delete;
  ~end() {
    pn_transport_unbind(transport);
    pn_transport_free(transport);
    pn_connection_free(connection);
    pn_collector_free(collector);
  }

  /// Calls `with` with each delivery that something happened to.
  template <class With>
  void deliveries(With with) {
    for (pn_event_t* e = nullptr; (e = pn_collector_peek(collector)) != nullptr;) {
      if (pn_event_type(e) == PN_DELIVERY) with(pn_event_delivery(e));
      pn_collector_pop(collector);
    }
  }
};

/// All octets that one end has for the other. False: there were none.
bool pass(end& from, end& to) {
  bool any = false;
  for (;;) {
    const ssize_t size = pn_transport_pending(from.transport);
    if (size <= 0) return any;
    const ssize_t taken = pn_transport_push(to.transport, pn_transport_head(from.transport),
                                            static_cast<std::size_t>(size));
    if (taken <= 0) bench::broken("Proton takes no octets");
    pn_transport_pop(from.transport, static_cast<std::size_t>(taken));
    any = true;
  }
}

class pair final : public bench::exactly_once {
 public:
  pair() {
    pn_session_t* session = pn_session(a_.connection);
    pn_session_open(session);
    out_ = pn_sender(session, "link");
    pn_link_set_snd_settle_mode(out_, PN_SND_UNSETTLED);
    pn_link_set_rcv_settle_mode(out_, PN_RCV_SECOND);
    pn_link_open(out_);
    exchange();
    pn_session_open(pn_session_head(b_.connection, PN_REMOTE_ACTIVE));
    in_ = pn_link_head(b_.connection, PN_REMOTE_ACTIVE);
    if (in_ == nullptr) bench::broken("Proton opens no link");
    pn_link_set_rcv_settle_mode(in_, PN_RCV_SECOND);
    pn_link_set_snd_settle_mode(in_, PN_SND_UNSETTLED);
    pn_link_open(in_);
    exchange();
  }

  void burst(std::size_t messages) override {
    settled_ = accepted_ = 0;
    pn_link_flow(in_, static_cast<int>(messages));
    exchange();
    for (std::size_t i = 0; i < messages; ++i) {
      ++tag_;
      pn_delivery(out_, pn_dtag(reinterpret_cast<const char*>(&tag_), sizeof tag_));
      pn_link_send(out_, payload_.data(), payload_.size());
      pn_link_advance(out_);
    }
    do {
      exchange();
      receiver_works();
      exchange();
      sender_works();
    } while (pass(a_, b_) || pass(b_, a_));
    receiver_works();
    if (settled_ != messages || accepted_ != messages || pn_link_unsettled(out_) != 0 ||
        pn_link_unsettled(in_) != 0)
      bench::broken("Proton has not settled all messages");
  }

 private:
  void exchange() {
    while (pass(a_, b_) || pass(b_, a_)) continue;
  }

  void receiver_works() {
    b_.deliveries([&](pn_delivery_t* d) {
      if (pn_delivery_readable(d) && !pn_delivery_partial(d)) {
        char octets[256];
        if (pn_link_recv(in_, octets, sizeof octets) != static_cast<ssize_t>(payload_.size()))
          bench::broken("a message of Proton has another size");
        pn_delivery_update(d, PN_ACCEPTED);
        pn_link_advance(in_);
        ++accepted_;
      }
      if (pn_delivery_settled(d)) pn_delivery_settle(d);
    });
  }

  void sender_works() {
    a_.deliveries([&](pn_delivery_t* d) {
      if (pn_delivery_remote_state(d) == 0) return;
      if (pn_delivery_remote_state(d) != PN_ACCEPTED) bench::broken("Proton does not accept");
      pn_delivery_settle(d);
      ++settled_;
    });
  }

  end a_{"a"}, b_{"b"};
  pn_link_t *out_ = nullptr, *in_ = nullptr;
  std::string payload_ = std::string(100, 'x');
  std::uint64_t tag_ = 0;
  std::size_t settled_ = 0, accepted_ = 0;
};

}  // namespace

std::unique_ptr<bench::exactly_once> bench::proton() { return std::make_unique<pair>(); }
