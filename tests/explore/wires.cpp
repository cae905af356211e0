// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "wires.hpp"

namespace explore {

namespace {

constexpr std::array<std::string_view, 8> status_names{
    "verified", "pending", "executed", "delivered", "unconfirmed", "voided", "closed", "plain"};

std::string join(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (std::string_view part : parts) out.append(part);
  return out;
}

std::string text_of(const range& r) {
  const std::string first = std::to_string(r.first);
  return r.first == r.last ? first : join({first, "-", std::to_string(r.last)});
}

std::string text_of(const ranges& all) {
  std::string out;
  for (const range& r : all) out.append(out.empty() ? "" : ",").append(text_of(r));
  return out;
}

std::string marks(number low, const ranges& voids) {
  std::string out;
  if (low > 1) out.append(" low ").append(std::to_string(low));
  if (!voids.empty()) out.append(" void ").append(text_of(voids));
  return out;
}

std::string text_of(const check& e) {
  return join(
      {"check ", std::to_string(e.at), " try ", std::to_string(e.attempt), marks(e.low, e.voids)});
}

std::string text_of(const receipt& e) {
  std::string out = e.answers.empty() ? "news" : join({"snapshot for ", short_name(e.answers)});
  for (const auto& s : e.states) {
    out.append(join({" ", status_names[static_cast<std::size_t>(s.what)], " ", text_of(s.span)}));
    if (s.why != reason::none) out.append(join({" (", name_of(s.why), ")"}));
  }
  for (const auto& a : e.altered)
    out.append(join({" altered ", std::to_string(a.at), " try ", std::to_string(a.attempt)}));
  for (const auto& r : e.refused) out.append(join({" refused ", std::to_string(r.at)}));
  if (!e.missing.empty()) out.append(join({" missing ", text_of(e.missing)}));
  return out;
}

std::string text_of(const execute& e) {
  return join({"execute ", text_of(e.numbers), marks(e.low, e.voids)});
}
std::string text_of(const vidimus::withdraw& e) {
  return join({"withdraw ", text_of(e.numbers), marks(e.low, {})});
}
std::string text_of(const vidimus::sync& e) {
  return join({"sync ", short_name(e.asks), " top ", std::to_string(e.top), marks(e.low, e.voids),
               e.close ? " close" : ""});
}
std::string text_of(const challenge&) { return "challenge"; }

check_code code_of(const element& e) {
  return std::visit([](const auto& one) { return one.code; }, e);
}

who addressee(who from, const out::transmit& sent) {
  if (from != who::server) return who::server;
  return bare(sent.to) == toy::alice ? who::sender : who::receiver;
}

/// Stands for every question that is not open any more; nobody draws it.
nonce stale_question() {
  nonce out;
  out.octets.fill(0xff);
  return out;
}

}  // namespace

std::uint32_t wires::intern(who from, const out::transmit& sent) {
  // the toy code covers the purpose and all that is covered; the attempt and the payload are not
  octets key;
  writer w(key);
  w.u8(static_cast<octet>(from));
  w.u8(static_cast<octet>(sent.what.index()));
  w.sized(code_of(sent.what).view());
  if (const auto* c = std::get_if<check>(&sent.what)) w.u32(c->attempt);
  w.raw(header_of(sent.what).brief.view());
  if (sent.payload) w.sized(*sent.payload);
  const auto [at, fresh] = known_.try_emplace(print::of(key), size());
  if (fresh) {
    all_.push_back({from, addressee(from, sent), sent});
    nonce question;
    if (const auto* r = std::get_if<receipt>(&sent.what)) question = r->answers;
    if (const auto* s = std::get_if<vidimus::sync>(&sent.what))
      question = s->asks == stale_question() ? nonce() : s->asks;
    questions_.push_back(question);
  }
  return at->second;
}

/// An answer to a question that is not open any more is taken as news, and a question whose answer
/// will be taken so asks for news: which question it was makes no difference. So all such elements
/// of one content stand for each other.
std::uint32_t wires::stale_form(std::uint32_t id, toy::env& issuer) {
  if (const auto known = stale_.find(id); known != stale_.end()) return known->second;
  wire form = at(id);
  verifier<toy::env> codes(issuer);
  bool sealed = false;
  const std::string peer(form.from == who::receiver || form.from == who::sender ? toy::relay
                         : form.to == who::sender                               ? toy::alice
                                                                                : toy::bob);
  const bool hop_one = form.from == who::sender || form.to == who::sender;
  if (auto* r = std::get_if<receipt>(&form.sent.what)) {
    r->answers = {};
    r->covered = {};
    r->brief = false;
    sealed = codes.seal(*r, hop_one ? purpose::receipt : purpose::final_receipt, peer);
  } else if (auto* s = std::get_if<vidimus::sync>(&form.sent.what)) {
    s->asks = stale_question();
    sealed = codes.seal(*s, hop_one ? purpose::sync : purpose::deliver_sync, peer);
  }
  return stale_[id] = sealed ? intern(form.from, form.sent) : id;
}

std::string wires::text(std::uint32_t id) const {
  const element& e = at(id).sent.what;
  const header& head = header_of(e);
  return join({"[", std::visit([](const auto& one) { return text_of(one); }, e),
               head.brief.empty() ? " | " : " brief | ", short_name(head.conversation.id),
               " under ", short_name(head.memory), "]"});
}

incoming wires::arrival(std::uint32_t id, int altered) const {
  const wire& w = at(id);
  const std::string& from = w.from == who::sender   ? alice_full
                            : w.from == who::server ? toy::relay
                                                    : toy::bob_full;
  incoming in = toy::arrived(w.sent, from);
  if (altered > 0) in.body = toy::content_of("altered " + std::to_string(altered));
  return in;
}

}  // namespace explore
