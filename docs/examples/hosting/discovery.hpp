// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_DOCS_EXAMPLES_HOSTING_DISCOVERY_HPP
#define VIDIMUS_DOCS_EXAMPLES_HOSTING_DISCOVERY_HPP

#include <string>
#include <vidimus/adapt/stanza_head.hpp>
#include <vidimus/adapt/xmpp_text.hpp>

/// What a program says when it is asked what it knows (XEP-0030), and what it asks others.
namespace hosting {

inline constexpr std::string_view disco_info = "http://jabber.org/protocol/disco#info";
inline constexpr std::string_view our_feature = "urn:vidimus:0";
inline constexpr std::string_view our_bundles = "urn:vidimus:0#bundle";  ///< bundle.known

/// Whether that is a question, which every program has to answer (RFC 6120, section 8.2.3).
inline bool is_question(const vidimus::stanza_head& head) {
  return head.name == "iq" && (head.type == "get" || head.type == "set");
}

/// The answer to it: XEP-0030 and XEP-0199; all other questions are none that we know. `category`
/// and `type` are what the program is.
inline std::string answer_to(const vidimus::stanza_head& question, const char* category,
                             const char* type) {
  using vidimus::append_attribute;
  std::string text = "<iq";
  if (!question.to.empty()) append_attribute(text, "from", question.to);
  if (!question.from.empty()) append_attribute(text, "to", question.from);
  append_attribute(text, "id", question.id);
  const bool asks = question.type == "get";
  if (asks && question.child_space == "urn:xmpp:ping") return text + " type='result'/>";
  if (!asks || question.child_space != disco_info)
    return text +
           " type='error'><error type='cancel'><service-unavailable "
           "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>";
  text += " type='result'><query";
  append_attribute(text, "xmlns", disco_info);
  text += "><identity";
  append_attribute(text, "category", category);
  append_attribute(text, "type", type);
  append_attribute(text, "name", "Vidimus");
  text += "/>";
  for (const std::string_view feature :
       {disco_info, std::string_view("urn:xmpp:ping"), our_feature, our_bundles}) {
    text += "<feature";
    append_attribute(text, "var", feature);
    text += "/>";
  }
  return text + "</query></iq>";
}

}  // namespace hosting

#endif
