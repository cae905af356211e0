// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_ADAPT_WIRE_HPP
#define VIDIMUS_ADAPT_WIRE_HPP

#include "wire_read.hpp"
#include "wire_write.hpp"

namespace vidimus::inline VIDIMUS_ABI {

// The wire form (protocol.md, element.flat). An element is flat: attributes of one letter without
// prefix, then text. The text is tokens with one blank between them. Every value has one spelling:
// what may be left out is left out, so the octets follow from the value and the value from the
// octets. Numbers are decimal without leading zeros. Names, nonces, codes are base64url without
// padding. Whatever is not in the table is refused, with attributes of other namespaces.
//
//   of all     i  reference, 8 characters, not all A: in place of k r c m o d s; in checks of the
//                 first attempt, news and executes only
//              k  key id: 1 to 32 octets, no controls
//              r  rule by name; absent: hmac-sha-256-128
//              c  conversation, 16 characters, not all A
//              m  memory, 16 characters, not all A; absent, in sync only: not known
//              o  origin, d destination, s relay; absent: as the stanza implies, see `implied`
//              v  code, as long as the rule says (22 characters)
//   check      n  number, 1 to 2^53-1
//              t  type: chat, groupchat, headline, normal; absent: that of the stanza
//              f  letters of acpqs in this order: all, conditional, plain, quiet (no report asked),
//                 sealed; absent: none of them
//              l  lifetime in seconds, 1 to 2^32-1; absent: 86400
//              w  low2, hop 2 only, 1 to 2^53-1; absent: 1
//              y  attempt, 1 to 2^32-1; absent: 1 (a hint, not covered)
//        text  {space}local ...  coverage list, sorted, at most 64 names and 16,384 octets; {}
//                 alone: the core only; none: default coverage. In a namespace blank and % are
//                 %20 and %25.
//              xRANGE ...  void ranges, hop 2 only
//              zCODE/KEY/RULE  second code, end to end; rule absent: hmac-sha-256-128
//   receipt    u  limit: highest number the issuer holds, 1 to 2^53-1; absent: not said
//              b  largest message in octets, 0 (not said) to 2^32-1; absent: 262144
//              q  nonce of the sync it answers, 16 characters, not all A; absent: news
//              g  range that a snapshot covers; with q and only with q
//              f  letters of bi in this order: the issuer verifies no payloads, hop 2 only; it
//                 takes references, snapshots only; absent: neither
//        text  statuses by number, at most 64, disjoint, adjacent ones joined unless verified:
//                 vRANGE/BIND pRANGE eRANGE dRANGE uRANGE xRANGE/REASON or xRANGE cRANGE bRANGE
//                 for verified, pending, executed, delivered, unconfirmed, void, closed, plain
//              aNUMBER/CODE/PRINT/ATTEMPT:PARTS ...  altered, rising, at most 64; attempt absent:
//                 1; parts, at most 32 of 11 characters side by side, absent with their colon: none
//              rNUMBER/REASON/SECONDS ...  refused, rising, at most 64; seconds absent: 0
//              mRANGE ...  missing
//              zNUMBER/CODE/KEY/RULE ...  e2e-delivered, rising, at most 64
//   execute    w  low1, 1 to 2^53-1; absent: 1          text  RANGE ... numbers, xRANGE ... void,
//              zNUMBER/CODE/KEY/RULE ...  second codes of sealed numbers, rising, at most 64
//   withdraw   w  as in execute                         text  RANGE ... numbers
//   sync       q  nonce, not absent; w as in execute    text  xRANGE ... void ranges
//              h  top: highest number there is, 1 to 2^53-1; absent: 0
//              f  e: last element of its life; absent: not so
//   challenge  p  what caused it: execute, withdraw (hop 1 only), sync; absent: a check
//
// RANGE is FIRST or FIRST-LAST with FIRST < LAST; lists of ranges are sorted, disjoint, not
// adjacent, at most 64 (protocol.md, element.ranges). An address above 200 octets is a token in
// front of all others instead of an attribute: OADDRESS, DADDRESS, SADDRESS in this order.

// `read_element`, `coverage_of`: adapt/wire_read.hpp; `write_element`: adapt/wire_write.hpp.

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
