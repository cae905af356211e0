// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_SPEC_CLAUSE_TEXTS_HPP
#define VIDIMUS_SPEC_CLAUSE_TEXTS_HPP

#include <array>

#include "clause_name.hpp"

namespace vidimus::inline VIDIMUS_ABI {

// clang-format off
inline constexpr std::array clauses{
#define VIDIMUS_CLAUSE_(name, id, quote) clause_facts{clause::name, id, level::must, quote}
  VIDIMUS_CLAUSE_(s1_durable, "s1.durable",
    "The name and its content are durable before the first transmission."),
  VIDIMUS_CLAUSE_(s1_transmit, "s1.transmit",
    "The sender computes the first check code and sends message and code to the relay."),
  VIDIMUS_CLAUSE_(s2_verify, "s2.verify",
    "The server recomputes the code; only if both agree it takes custody."),
  VIDIMUS_CLAUSE_(s2_receipt, "s2.receipt",
    "The server answers with a receipt after its custody is durable."),
  VIDIMUS_CLAUSE_(s2_repeat, "s2.repeat",
    "A repeat of a verified message gets its current status again."),
  VIDIMUS_CLAUSE_(s3_resend, "s3.resend", "On an altered verdict, or where a snapshot shows it "
    "missing, the sender sends the message again."),
  VIDIMUS_CLAUSE_(s3_execute, "s3.execute", "On a verified receipt whose bind agrees, the sender "
    "makes its decision durable and sends the execute command."),
  VIDIMUS_CLAUSE_(s3_stop, "s3.stop",
    "Two attempts altered alike, or too many altered, end the sending."),
  VIDIMUS_CLAUSE_(s3_again, "s3.again", "A snapshot that still shows verified after the execute "
    "command was sent gets the command again."),
  VIDIMUS_CLAUSE_(s4_forward, "s4.forward", "After the execute command the server sends message "
    "and code to an endpoint that is attached and known."),
  VIDIMUS_CLAUSE_(s4_hold, "s4.hold",
    "While no endpoint is attached the server holds the message."),
  VIDIMUS_CLAUSE_(s4_mark, "s4.mark",
    "That something was sent on hop 2 is durable before it is sent."),
  VIDIMUS_CLAUSE_(s5_hand, "s5.hand",
    "A verified message is marked handed, durably, and then given to the application."),
  VIDIMUS_CLAUSE_(s5_answer, "s5.answer",
    "The final receipt follows the application's answer, never precedes it."),
  VIDIMUS_CLAUSE_(s5_repeat, "s5.repeat",
    "A repeat gets the status again and never a second delivery."),
  VIDIMUS_CLAUSE_(s5_refuse, "s5.refuse", "The application may refuse a message; that is final."),
  VIDIMUS_CLAUSE_(s6_resend, "s6.resend", "On an altered verdict, or where a snapshot shows it "
    "missing, the server sends the message to the endpoint again."),
  VIDIMUS_CLAUSE_(s6_end, "s6.end",
    "The final receipt of an endpoint ends the server's duty towards it."),
  VIDIMUS_CLAUSE_(s6_stop, "s6.stop", "Attempts altered alike or too often end the resending on "
    "verdicts; only the next snapshot, at the pace of the timer, brings another attempt."),
  VIDIMUS_CLAUSE_(name_conversation, "name.conversation", "A conversation is what one life of the "
    "sending machine sends to one destination; after a restore new submissions open a new one."),
  VIDIMUS_CLAUSE_(name_close, "name.close", "A conversation that its application closes takes no "
    "more messages; those submitted before go on to their outcomes."),
  VIDIMUS_CLAUSE_(name_number, "name.number", "Messages of a conversation are numbered 1, 2, 3 to "
    "2^53 - 1; a number is bound to one content for ever."),
  VIDIMUS_CLAUSE_(name_memory, "name.memory",
    "A verifier's memory has a name, renewed whenever anything was forgotten that a replay "
    "could exploit; an element under another memory has no effect."),
  VIDIMUS_CLAUSE_(name_exposed, "name.exposed", "A number whose command may have been sent under "
    "another memory is exposed and never ends as a certain negative."),
  VIDIMUS_CLAUSE_(name_reused, "name.reused",
    "The same name with another digest under a valid code is an alarm, never a delivery."),
  VIDIMUS_CLAUSE_(content_canonical, "content.canonical",
    "The code covers the canonical octets of the content, exactly as section 4 defines them."),
  VIDIMUS_CLAUSE_(content_coverage, "content.coverage", "Covered are the core and, by default, "
    "every payload that is not on the never-covered list."),
  VIDIMUS_CLAUSE_(content_strict, "content.strict",
    "A stanza that is not well formed is refused, saying what and where."),
  VIDIMUS_CLAUSE_(content_view, "content.view",
    "What the application is given is a function of the canonical octets alone."),
  VIDIMUS_CLAUSE_(lint_known, "lint.known",
    "Before a message is submitted, lint says what in it which stack is known not to keep."),
  VIDIMUS_CLAUSE_(code_header, "code.header", "Every code covers protocol, rule, key id, purpose, "
    "origin, destination, relay, conversation and memory."),
  VIDIMUS_CLAUSE_(code_input, "code.input", "Every field has a tag and a length; everything an "
    "element carries is covered but the attempt number."),
  VIDIMUS_CLAUSE_(code_purpose, "code.purpose",
    "Purposes differ per hop and direction in every trust mode."),
  VIDIMUS_CLAUSE_(code_digest, "code.digest", "The digest of the canonical content is computed "
    "once per party; repeats are recognised by it, never by code."),
  VIDIMUS_CLAUSE_(code_compare, "code.compare", "Codes are compared whole and in constant time."),
  VIDIMUS_CLAUSE_(code_secret, "code.secret",
    "A code computed over content that did not match never leaves the verifier, is never "
    "stored and never logged."),
  VIDIMUS_CLAUSE_(key_preset, "key.preset",
    "A preset code has at least 16 octets and is named by a key id, looked up by peer and key "
    "id."),
  VIDIMUS_CLAUSE_(key_rule, "key.rule",
    "A key id belongs to one rule; a code that names another rule with it, or a rule that is "
    "not accepted from the peer, is refused."),
  VIDIMUS_CLAUSE_(key_derive, "key.derive",
    "Keys are derived by HKDF-SHA-256 for each rule, purpose, issuer role, route and key id."),
  VIDIMUS_CLAUSE_(key_current, "key.current",
    "Every transmission uses the key that is current then."),
  VIDIMUS_CLAUSE_(key_remove, "key.remove",
    "A key that is removed while unfinished messages name it turns them into resends, never into "
    "failures."),
  VIDIMUS_CLAUSE_(key_scope, "key.scope",
    "A peer speaks for itself; a relay speaks for the origins its key record lists."),
  VIDIMUS_CLAUSE_(receipt_status, "receipt.status",
    "A receipt names numbers as ranges by their highest status."),
  VIDIMUS_CLAUSE_(receipt_bind, "receipt.bind",
    "A verified range carries bind; the sender executes only ranges whose bind it recomputes "
    "from its own records."),
  VIDIMUS_CLAUSE_(news_raise, "news.raise",
    "A receipt without a nonce only raises what the peer believes."),
  VIDIMUS_CLAUSE_(snapshot_replace, "snapshot.replace",
    "A snapshot with the latest nonce replaces what was believed of unfinished numbers and "
    "may name a new memory; ends are never lowered."),
  VIDIMUS_CLAUSE_(altered_fingerprint, "altered.fingerprint",
    "An altered verdict carries the first 64 bits of the code received and a fingerprint "
    "under a key that verifies nothing else."),
  VIDIMUS_CLAUSE_(altered_count, "altered.count",
    "The sender counts an altered verdict only for a code and an attempt that it sent, once "
    "for each attempt."),
  VIDIMUS_CLAUSE_(altered_stateless, "altered.stateless", "A mismatch changes no stored state."),
  VIDIMUS_CLAUSE_(altered_parts, "altered.parts",
    "An altered verdict names the parts that arrived, each by 64 bits under the key of the "
    "fingerprint; what they tell decides nothing."),
  VIDIMUS_CLAUSE_(execute_once, "execute.once",
    "The execute command is idempotent; it is acknowledged by the status executed."),
  VIDIMUS_CLAUSE_(execute_conditional, "execute.conditional",
    "A check with the flag conditional is the execute command as well; the sender's decision is "
    "durable before it is sent."),
  VIDIMUS_CLAUSE_(credit_octets, "credit.octets", "The octets that a server holds of one sender, "
    "and in all, are bounded; beyond a bound it answers no-space, and takes no custody."),
  VIDIMUS_CLAUSE_(reply_follows, "reply.follows", "News of hop 1 go to the full address from where "
    "the sender last said something new in the conversation; a copy moves nothing."),
  VIDIMUS_CLAUSE_(batch_bound, "batch.bound",
    "Commands and statuses may wait for others to go with them, bounded in time, number and "
    "octets; what is durable, and in which order, does not change."),
  VIDIMUS_CLAUSE_(void_first, "void.first",
    "Of execute and void the first to be durable at the server wins."),
  VIDIMUS_CLAUSE_(void_expired, "void.expired",
    "At the end of its lifetime a number of which nothing was sent on hop 2 is void; else it "
    "is unconfirmed."),
  VIDIMUS_CLAUSE_(void_refused, "void.refused",
    "A number that every endpoint it was sent to has refused is void."),
  VIDIMUS_CLAUSE_(hold_forget, "hold.forget",
    "A verified message without a command is forgotten after the hold time; only a snapshot "
    "shows it."),
  VIDIMUS_CLAUSE_(outcome_once, "outcome.once",
    "Every accepted submission ends in exactly one reported outcome."),
  VIDIMUS_CLAUSE_(outcome_delivered, "outcome.delivered",
    "Delivered: an endpoint's final receipt was verified."),
  VIDIMUS_CLAUSE_(outcome_executed, "outcome.executed",
    "Executed: the server stated durable custody and command; no delivery report was asked, or "
    "the message left plainly."),
  VIDIMUS_CLAUSE_(outcome_withdrawn, "outcome.withdrawn",
    "Withdrawn: on request, not delivered and never will be."),
  VIDIMUS_CLAUSE_(outcome_expired, "outcome.expired",
    "Expired: the lifetime ended first, not delivered and never will be."),
  VIDIMUS_CLAUSE_(outcome_failed, "outcome.failed",
    "Failed: refused or given up for a reason, not delivered and never will be."),
  VIDIMUS_CLAUSE_(outcome_uncertain, "outcome.uncertain",
    "Uncertain: bounded waiting ended without proof either way."),
  VIDIMUS_CLAUSE_(stop_local, "stop.local",
    "Where no command was ever durable, the sender ends a message at once and without the "
    "network."),
  VIDIMUS_CLAUSE_(stop_void, "stop.void",
    "Where a command was durable, the sender asks for void and ends on an authenticated void, "
    "or uncertain after the grace time."),
  VIDIMUS_CLAUSE_(low_one, "low.one", "Low1: every number below it has its outcome at the sender."),
  VIDIMUS_CLAUSE_(low_two, "low.two",
    "Low2: every number below it has its stored final receipt, or is void, or is no longer "
    "sent; it never follows from low1."),
  VIDIMUS_CLAUSE_(credit_limit, "credit.limit",
    "Limit is the highest number the verifier will hold in this conversation and memory; it "
    "only rises."),
  VIDIMUS_CLAUSE_(credit_ask, "credit.ask",
    "Whoever has messages beyond the limit syncs as soon as its low has risen by half of the "
    "window since it told it last."),
  VIDIMUS_CLAUSE_(refusal_final, "refusal.final",
    "A final refusal is a durable void; busy and no-space say later."),
  VIDIMUS_CLAUSE_(timer_owed, "timer.owed", "Only the party that owes progress has a timer."),
  VIDIMUS_CLAUSE_(timer_sync, "timer.sync", "A timer sends sync, never a body."),
  VIDIMUS_CLAUSE_(timer_adaptive, "timer.adaptive",
    "The wait before a sync follows the measured round trip, backs off, and varies by chance."),
  VIDIMUS_CLAUSE_(timer_young, "timer.young",
    "What left less than a timeout before a sync is not sent again because of its answer."),
  VIDIMUS_CLAUSE_(timer_busy, "timer.busy",
    "What a peer refused for now is offered again after the time that it named."),
  VIDIMUS_CLAUSE_(link_cut, "link.cut",
    "A lost link stops retransmission, not lifetimes; a restored one brings one sync, one "
    "snapshot, then only what is missing."),
  VIDIMUS_CLAUSE_(accept_atomic, "accept.atomic",
    "The host makes its effect and the accepted image durable together, or answers a message "
    "marked again without repeating the effect."),
  VIDIMUS_CLAUSE_(restore_again, "restore.again",
    "After a restore a handed number is offered again when the server sends it again."),
  VIDIMUS_CLAUSE_(endpoint_memory, "endpoint.memory",
    "An endpoint is its memory name; a resource is only where it was last seen."),
  VIDIMUS_CLAUSE_(endpoint_probe, "endpoint.probe",
    "A body goes to an endpoint only after it answered a sync under its memory name."),
  VIDIMUS_CLAUSE_(challenge_one, "challenge.one",
    "A challenge is answered by at most one sync per interval."),
  VIDIMUS_CLAUSE_(flood_bucket, "flood.bucket",
    "Answers to what was not authenticated are limited by a bucket per peer and one for all; "
    "overflow is silence."),
  VIDIMUS_CLAUSE_(flood_order, "flood.order",
    "Size, shape, key, code, memory are looked at in this order; state follows only after all "
    "five."),
  VIDIMUS_CLAUSE_(element_flat, "element.flat",
    "Elements are flat: one element of urn:vidimus:0, unprefixed, short attributes and plain "
    "text."),
  VIDIMUS_CLAUSE_(element_ranges, "element.ranges",
    "An element carries at most 64 ranges, sorted, disjoint, not adjacent; otherwise it is "
    "refused whole."),
  VIDIMUS_CLAUSE_(element_check, "element.check",
    "A check carries name, type, flags, lifetime and coverage beside its code; an unknown "
    "attribute is refused."),
  VIDIMUS_CLAUSE_(element_brief, "element.brief",
    "A reference may stand for the header of a check, news or execute that says something for the "
    "first time, where its issuer knows that the verifier has conversation and memory and takes "
    "references; the code covers the whole header all the same."),
  VIDIMUS_CLAUSE_(brief_resolve, "brief.resolve",
    "A reference that stands for no conversation of the peer, or for two, has no effect, and "
    "nothing depends on its being understood."),
  VIDIMUS_CLAUSE_(bundle_split, "bundle.split",
    "Each message of a bundle is read as if it had come alone, from and to where the bundle did, "
    "in the order in which they stand."),
  VIDIMUS_CLAUSE_(bundle_shape, "bundle.shape",
    "A bundle has 1 to 64 messages without addresses and nothing else, and none within another; "
    "one that does not keep this is refused whole."),
  VIDIMUS_CLAUSE_(bundle_known, "bundle.known",
    "Bundles go only where they are known to be read; a message that has no company, or is sent "
    "again, goes alone."),
  VIDIMUS_CLAUSE_(copy_never, "copy.never",
    "Errors and copies are never verified as a delivery and never answered."),
  VIDIMUS_CLAUSE_(durable_first, "durable.first",
    "No element leaves before everything it claims, and every decision it discloses, is "
    "durable."),
  VIDIMUS_CLAUSE_(end_keys, "end.keys",
    "Keys between the ends are apart from those of the hops, named by the far end and the key "
    "id; no relay holds one."),
  VIDIMUS_CLAUSE_(end_code, "end.code",
    "A sender that holds a key for the destination sends a second code with every message; it "
    "covers what the sender says of the message and nothing that a server assigns."),
  VIDIMUS_CLAUSE_(end_sealed, "end.sealed",
    "The second code of a sealed message travels with its execute command; without it the "
    "command has no effect."),
  VIDIMUS_CLAUSE_(end_refuse, "end.refuse",
    "A receiver that holds a key for an origin hands over nothing of that origin without a "
    "valid second code, whichever relay brings it; it answers altered."),
  VIDIMUS_CLAUSE_(end_keep, "end.keep",
    "The server keeps a second code as durably as its message, and an endpoint's e2e-delivered "
    "as durably as the status, and passes both on unchanged."),
  VIDIMUS_CLAUSE_(end_delivered, "end.delivered",
    "Of a message with a second code only the endpoint's e2e-delivered makes delivered; a bare "
    "claim says no more than executed."),
  VIDIMUS_CLAUSE_(endpoint_able, "endpoint.able",
    "A message that asks for more than an endpoint verifies is not sent to it, and it refuses "
    "one that comes all the same: unsupported, finally, and never in part."),
  VIDIMUS_CLAUSE_(endpoint_all, "endpoint.all",
    "A message with the flag all is delivered when all endpoints have taken it that were attached "
    "when it could first be sent on; which these are is durable before anything leaves."),
  VIDIMUS_CLAUSE_(endpoint_divided, "endpoint.divided",
    "If some of them took it and the others refused, the number is unconfirmed at once."),
  VIDIMUS_CLAUSE_(plain_permit, "plain.permit",
    "A message leaves without a code only if its covered flag plain permits it, nothing of it was "
    "sent on hop 2, and no endpoint is attached."),
  VIDIMUS_CLAUSE_(plain_once, "plain.once",
    "A plain message leaves at most once, marked durably before; its outcome is executed, never "
    "delivered."),
  VIDIMUS_CLAUSE_(order_hand, "order.hand",
    "An ordered endpoint hands the messages of a conversation over in the order of their numbers; "
    "a number that is void or below low2 is passed."),
  VIDIMUS_CLAUSE_(order_wait, "order.wait",
    "What arrives early waits in bounded memory; beyond it is not taken, and none of it is told "
    "until it is handed over."),
  VIDIMUS_CLAUSE_(order_skip, "order.skip",
    "A number still missing when a higher one has waited for gap_wait is skipped, durably, and the "
    "application is told with the message handed over next."),
  VIDIMUS_CLAUSE_(order_late, "order.late",
    "A number that was skipped is refused, late, whenever it is asked for or arrives; that is "
    "final."),
  VIDIMUS_CLAUSE_(not_armed, "not.armed",
    "An input that cannot occur in a state is refused there: it would be an error of the "
    "library."),
#undef VIDIMUS_CLAUSE_
};
// clang-format on

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
