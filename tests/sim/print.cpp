// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "alter.hpp"

namespace sim {

namespace {

constexpr std::string_view status_words[] = {"verified",    "pending", "executed", "delivered",
                                             "unconfirmed", "void",    "closed",   "plain"};

template <class Name>
std::string short_name(const Name& name) {
  if (name.empty()) return "-";
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (std::size_t i : {0u, 1u, 2u}) {
    out += digits[name.octets[i] >> 4];
    out += digits[name.octets[i] & 15];
  }
  return out;
}

std::string print(const range& r) {
  std::string out = std::to_string(r.first);
  if (r.last != r.first) out += "-" + std::to_string(r.last);
  return out;
}

std::string print(const ranges& all) {
  std::string out = "{";
  for (const range& r : all) out += (out.size() > 1 ? "," : "") + print(r);
  return out + "}";
}

std::string print_one(const check& e) {
  std::string out = "check #" + std::to_string(e.at) + " try " + std::to_string(e.attempt);
  if ((e.flags & check::report) == 0) out += " no report";
  if (e.low != 0) out += " low2 " + std::to_string(e.low);
  return out + (e.voids.empty() ? "" : " voids " + print(e.voids));
}

std::string print_one(const receipt& e) {
  std::string out = "receipt";
  for (const status_range& s : e.states)
    out +=
        " " + std::string(status_words[static_cast<std::size_t>(s.what) % 7]) + ":" + print(s.span);
  for (const altered_part& a : e.altered)
    out += " altered:" + std::to_string(a.at) + "/" + std::to_string(a.attempt);
  for (const refused_part& r : e.refused) out += " busy:" + std::to_string(r.at);
  if (!e.missing.empty()) out += " missing:" + print(e.missing);
  out += " limit " + std::to_string(e.limit);
  if (!e.answers.empty()) out += " answers " + short_name(e.answers) + " of " + print(e.covered);
  return out;
}

std::string print_one(const execute& e) {
  return "execute " + print(e.numbers) + " low1 " + std::to_string(e.low) + " voids " +
         print(e.voids);
}

std::string print_one(const vidimus::withdraw& e) {
  return "withdraw " + print(e.numbers) + " low1 " + std::to_string(e.low);
}

std::string print_one(const vidimus::sync& e) {
  return "sync " + short_name(e.asks) + " low " + std::to_string(e.low) + " top " +
         std::to_string(e.top) + " voids " + print(e.voids) + (e.close ? " close" : "");
}

std::string print_one(const challenge& e) { return "challenge " + std::string(name_of(e.cause)); }

}  // namespace

std::string print(const conversation_id& id) { return short_name(id); }

std::string print(const element& e) {
  const header& head = header_of(e);
  return std::visit([](const auto& one) { return print_one(one); }, e) + " [line " +
         short_name(head.conversation.id) + " memory " + short_name(head.memory) + "]";
}

}  // namespace sim
