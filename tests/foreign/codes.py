#!/usr/bin/env python3
# Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
"""Keys, inputs and codes: section 5 of docs/protocol.md, from its text alone.

    codes.py        checks the worked examples of sections 5.5, 5.6 and 6.2
"""
import base64
import hashlib
import hmac
import sys

PROTOCOL = b'urn:vidimus:0'
RULES = {'hmac-sha-256-128': 16, 'hmac-sha-256': 32, 'hmac-sha3-256': 32, 'blake2b-256': 32,
         'ed25519': 64}
ISSUER = {'submit': 'sender', 'receipt': 'server', 'execute': 'sender', 'withdraw': 'sender',
          'sync': 'sender', 'challenge': 'server', 'altered': 'server', 'deliver': 'server',
          'final-receipt': 'receiver', 'deliver-sync': 'server', 'deliver-challenge': 'receiver',
          'deliver-altered': 'receiver', 'e2e': 'sender', 'e2e-delivered': 'receiver'}
STATUS = ('verified', 'pending', 'executed', 'delivered', 'unconfirmed', 'void', 'closed',
          'plain')
REASONS = ('', 'withdrawn', 'expired', 'altered', 'reused', 'too-large', 'unsupported', 'malformed',
           'no-such-destination', 'not-allowed', 'late', 'refused-by-host', 'busy', 'no-space')


def octets(value):
    return value.encode() if isinstance(value, str) else bytes(value)


def counted(value):
    return len(octets(value)).to_bytes(4, 'big') + octets(value)


def field(tag, value):
    return bytes([tag]) + counted(value)


def integer(n):
    return n.to_bytes(8, 'big')


def ranges(pairs):
    return b''.join(integer(a) + integer(b) for a, b in pairs)


# ---------------------------------------------------------------- keys and rules, 5 and 5.3

def hkdf(secret, info):
    """HKDF-SHA-256, empty salt, 32 octets: one block (RFC 5869)."""
    prk = hmac.new(bytes(32), secret, 'sha256').digest()
    return hmac.new(prk, info + b'\1', 'sha256').digest()


class Key:
    """What one party computes codes with: rule, preset code, key id and the route."""

    def __init__(self, rule, preset, key_id, origin, destination, relay):
        self.rule, self.preset, self.key_id = rule, preset, octets(key_id)
        self.origin, self.destination, self.relay = origin, destination, relay

    def info(self, purpose):
        return b''.join(map(counted, (PROTOCOL, self.rule, purpose, ISSUER[purpose], self.origin,
                                      self.destination, self.relay, self.key_id)))

    def derived(self, purpose):
        return hkdf(self.preset, self.info(purpose))

    def code(self, purpose, data):
        if self.rule == 'ed25519':
            return ed25519_sign(self.preset[:32], data)
        key = self.derived(purpose)
        if self.rule == 'hmac-sha-256-128':
            return hmac.new(key, data, 'sha256').digest()[:16]
        if self.rule == 'hmac-sha-256':
            return hmac.new(key, data, 'sha256').digest()
        if self.rule == 'hmac-sha3-256':
            return hmac.new(key, data, 'sha3_256').digest()
        if self.rule == 'blake2b-256':
            return hashlib.blake2b(data, key=key, digest_size=32).digest()
        raise ValueError('no such rule: ' + self.rule)

    def short(self, purpose, data):
        if self.rule == 'ed25519':
            return hashlib.sha256(data).digest()[:8]
        return self.code(purpose, data)[:8]

    def header(self, purpose, conversation, memory):
        return b''.join(field(tag, value) for tag, value in (
            (0x01, PROTOCOL), (0x02, self.rule), (0x03, self.key_id), (0x04, purpose),
            (0x05, self.origin), (0x06, self.destination), (0x07, self.relay),
            (0x08, conversation), (0x09, memory)))


def reference(header, conversation):
    """What stands for a header in the brief form, 7.6."""
    return conversation[:3] + hashlib.sha256(header).digest()[:3]


# ---------------------------------------------------------------- what a code covers, 5.4
# Each function gives the fields behind the header.

def coverage(cover):
    """None: default; else sorted (namespace, name) pairs."""
    if cover is None:
        return b'\0'
    return b'\1' + b''.join(counted(x) for pair in cover for x in pair)


def end_code(key_id, rule, code):
    return counted(key_id) + counted(rule) + counted(code)


def end_codes(ends):
    """ends: (number, key id, rule, code), rising; no field where there are none."""
    return field(0x28, b''.join(integer(e[0]) + end_code(*e[1:]) for e in ends)) if ends else b''


def said_by_sender(number, kind, flags, lifetime, cover=None):
    """kind: '' for normal."""
    return (field(0x10, integer(number)) + field(0x11, kind) + field(0x12, integer(flags))
            + field(0x13, integer(lifetime)) + field(0x14, coverage(cover)))


def check(number, kind, flags, lifetime, digest, cover=None, low2=0, void=(), second=None):
    """hop 1: low2 0 and no void ranges. second: key id, rule, code."""
    return (said_by_sender(number, kind, flags, lifetime, cover)
            + field(0x15, integer(low2)) + field(0x16, ranges(void)) + field(0x17, digest)
            + (field(0x18, end_code(*second)) if second else b''))


def second(number, kind, flags, lifetime, digest, cover=None):
    """The input of a second code, behind the header with purpose e2e and no memory."""
    return said_by_sender(number, kind, flags, lifetime, cover) + field(0x17, digest)


def delivered(number, digest):
    """The input of e2e-delivered, likewise."""
    return field(0x10, integer(number)) + field(0x17, digest)


def status(name, first, last, bind=bytes(8), reason=''):
    return (bytes([STATUS.index(name)]) + integer(first) + integer(last) + bind
            + bytes([REASONS.index(reason)]))


def altered(number, code, print_, attempt=1, parts=()):
    return (integer(number) + code[:8] + print_ + attempt.to_bytes(4, 'big')
            + bytes([len(parts)]) + b''.join(parts))


def refused(number, reason, seconds=0):
    return integer(number) + bytes([REASONS.index(reason)]) + seconds.to_bytes(4, 'big')


def receipt(statuses=(), altereds=(), refuseds=(), missing=(), limit=0, largest=262144,
            nonce=b'', covered=(0, 0), ends=(), body_only=False, brief=False):
    return (field(0x20, b''.join(statuses)) + field(0x21, b''.join(altereds))
            + field(0x22, b''.join(refuseds)) + field(0x23, ranges(missing))
            + field(0x24, integer(limit)) + field(0x25, integer(largest)) + field(0x26, nonce)
            + field(0x27, ranges([covered])) + end_codes(ends)
            + (field(0x29, integer(1)) if body_only else b'')
            + (field(0x2a, integer(1)) if brief else b''))


def execute(numbers, low1=1, void=(), ends=()):
    return (field(0x15, integer(low1)) + field(0x16, ranges(void)) + end_codes(ends)
            + field(0x30, ranges(numbers)))


def withdraw(numbers, low1=1):
    return field(0x15, integer(low1)) + field(0x30, ranges(numbers))


def sync(nonce, top=0, low=1, void=(), close=False):
    return (field(0x15, integer(low)) + field(0x16, ranges(void)) + field(0x26, nonce)
            + field(0x31, integer(top)) + field(0x32, integer(int(close))))


def challenge(cause):
    """cause: the purpose of what caused it, of that hop: for a check `submit` or `deliver`."""
    return field(0x33, cause)


# ---------------------------------------------------------------- short codes, 5.4

def bind(key, conversation, memory, digests):
    data = key.header('receipt', conversation, memory) + field(0x17, b''.join(digests))
    return key.short('receipt', data)


def fingerprint(key, purpose, conversation, memory, arrived, code):
    """purpose: altered or deliver-altered; arrived: the whole input of the check as it arrived."""
    return key.short(purpose, key.header(purpose, conversation, memory)
                     + field(0x17, arrived + code))


def part(key, purpose, conversation, memory, name, itself):
    """Of a group: name is its fields 02, 03, 04, itself its field 06."""
    header = key.header(purpose, conversation, memory)
    return b''.join(key.short(purpose, header + field(0x17, x))[:4] for x in (name, itself))


def part_of_check(key, purpose, check_purpose, conversation, memory, **values):
    """values: what the sender of the check says of it."""
    data = (key.header(check_purpose, conversation, memory) + said_by_sender(**values)
            + field(0x15, integer(0)) + field(0x16, b''))
    return part(key, purpose, conversation, memory, b'check', data)


def base64url(value):
    return base64.urlsafe_b64encode(value).decode().rstrip('=')


# ---------------------------------------------------------------- Ed25519, RFC 8032 5.1

P = 2 ** 255 - 19
ORDER = 2 ** 252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(n, p):
    q = (0, 1, 1, 0)
    while n:
        if n & 1:
            q = add(q, p)
        p = add(p, p)
        n >>= 1
    return q


def recover_x(y, sign):
    if y >= P:
        return None
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P:
        x = x * ROOT % P
    if (x * x - xx) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def compress(p):
    z = pow(p[2], P - 2, P)
    x, y = p[0] * z % P, p[1] * z % P
    return (y | (x & 1) << 255).to_bytes(32, 'little')


def decompress(data):
    y = int.from_bytes(data, 'little')
    sign, y = y >> 255, y & (1 << 255) - 1
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def sha512_number(*parts):
    return int.from_bytes(hashlib.sha512(b''.join(parts)).digest(), 'little') % ORDER


def expand(seed):
    h = hashlib.sha512(seed).digest()
    a = int.from_bytes(h[:32], 'little') & (1 << 254) - 8 | 1 << 254
    return a, h[32:]


def ed25519_public(seed):
    return compress(multiply(expand(seed)[0], BASE))


def ed25519_sign(seed, data):
    a, prefix = expand(seed)
    public = compress(multiply(a, BASE))
    r = sha512_number(prefix, data)
    point = compress(multiply(r, BASE))
    s = (r + sha512_number(point, public, data) * a) % ORDER
    return point + s.to_bytes(32, 'little')


def ed25519_key_is_good(public):
    """Refused: y not below p, not on the curve, small order."""
    point = decompress(public)
    return point is not None and compress(multiply(8, point)) != compress((0, 1, 1, 0))


def ed25519_verify(public, data, signature):
    """Strict: S below the order, R compared octet by octet."""
    point, s = decompress(public), int.from_bytes(signature[32:], 'little')
    if point is None or len(signature) != 64 or s >= ORDER:
        return False
    k = sha512_number(signature[:32], public, data)
    minus = (P - point[0], point[1], 1, P - point[3])
    return compress(add(multiply(s, BASE), multiply(k, minus))) == signature[:32]


# ---------------------------------------------------------------- worked examples, 5.5, 5.6 and 6.2

def worked_example():
    """(name, computed, as in the text)"""
    from canonical import canonical
    stanza = (b"<message to='bob@example.net' type='chat'><body>Hello &amp; welcome</body>\n"
              b"  <x xmlns='jabber:x:oob'><url>https://example.org/a</url></x></message>")
    digest = hashlib.sha256(canonical(stanza)).digest()
    key = Key('hmac-sha-256-128', bytes(range(32)), 'k1', 'alice@example.org', 'bob@example.net',
              'relay.example.org')
    conversation, server, endpoint, q1, q2 = (bytes(range(n, n + 12))
                                              for n in (0x10, 0x20, 0x30, 0x40, 0x50))

    def wire(purpose, memory, fields):
        return base64url(key.code(purpose, key.header(purpose, conversation, memory) + fields))

    submit = check(1, 'chat', 2, 86400, digest)
    first = key.header('submit', conversation, server) + submit
    bound = bind(key, conversation, server, [digest])
    yield 'D', digest.hex(), '99abccd9902452c1d498c226170a011cd009cbc09395db272564b88f2a7827ee'
    for purpose, text in (
            ('submit', 'b92a4ee7d24bfa8748d8f34c05b5f1ba2eca4aa03e5a73f1d5c8abe3db095012'),
            ('deliver', 'b8cfcaab22225d5634a612fff7bc35110b627060645cef9c482084be3cdcd62d'),
            ('receipt', 'e789b4b6649c4fa3a0e309101d96703b2f4a2ef93e886eb4318f9f987d87bac5')):
        yield 'key of ' + purpose, key.derived(purpose).hex(), text
    yield 'length of the first input', len(first), 264
    yield 'reference', base64url(reference(key.header('submit', conversation, server),
                                           conversation)), 'EBESRI8i'
    yield 'first code', key.code('submit', first).hex(), '4b8322bfdface8c4544a13beb8864998'
    yield 'S1', wire('submit', server, submit), 'S4Miv9-s6MRUShO-uIZJmA'
    yield 'S4', key.code('deliver', key.header('deliver', conversation, endpoint) + check(
        1, 'chat', 2, 86400, digest, low2=1)).hex(), 'd262b7a127939e9f9c50191bf46edb20'
    yield 'bind', bound.hex(), '48794411476ff5d7'
    yield 'bind on the wire', base64url(bound), 'SHlEEUdv9dc'
    yield 'S2', wire('receipt', server, receipt([status('verified', 1, 1, bound)], limit=1024)), \
        'Hv0-MDgpelWmW9o0UWvIhg'
    yield 'sync', wire('sync', server[:0], sync(q1, 1)), 'm_250eJZ-SyWQH2ud1sz4Q'
    yield 'snapshot', wire('receipt', server, receipt(limit=1024, nonce=q1, covered=(1, 1))), \
        '_XY-7GLo0fqflTrQ-EBCwA'
    yield 'S3', wire('execute', server, execute([(1, 1)])), '7QLOmDEOpCrZzDwG5Pn39g'
    yield 'acknowledgement', wire('receipt', server, receipt(
        [status('executed', 1, 1)], limit=1024)), 'W1VbCjJqJYZA880t2gjoEA'
    yield 'S5', wire('final-receipt', endpoint, receipt(
        [status('delivered', 1, 1)], limit=1024)), 'IZvhcaeNZm4PJHdaUA21ng'
    yield 'sync of hop 2', wire('deliver-sync', server[:0], sync(q2, 1)), '6nOvgqrG8EhnfOgRVUpwSw'
    yield 'withdraw', wire('withdraw', server, withdraw([(1, 1)])), '6ZshzmQEd0MYL8HQwRd59Q'
    yield 'challenge', wire('challenge', server, challenge('submit')), '4wTn42rvaaN-nyVkKug1lA'
    yield from altered_example(key, conversation, server, stanza, digest)
    yield from ends_example(key, conversation, server, digest)
    # RFC 8032, 7.1, test 1
    seed = bytes.fromhex('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60')
    yield 'ed25519 public key', ed25519_public(seed).hex(), \
        'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'
    yield 'ed25519', ed25519_verify(ed25519_public(seed), b'', ed25519_sign(seed, b'')), True


def altered_example(key, conversation, server, stanza, sent):
    from canonical import canonical
    came = canonical(stanza.replace(b'welcome', b'welcom'))
    digest = hashlib.sha256(came).digest()
    header = key.header('submit', conversation, server)
    code = key.code('submit', header + check(1, 'chat', 2, 86400, sent))
    arrived = header + check(1, 'chat', 2, 86400, digest)
    print_ = fingerprint(key, 'altered', conversation, server, arrived, code)
    yield 'D of what arrived', digest.hex(), \
        '5ac2d2614fd67823d5bcc851b9f38fe27c72f3f2dcb8e18df76e9637a4cf6bbb'
    yield 'fingerprint', print_.hex(), '8f064bb059008226'
    yield 'header of the fingerprint', len(key.header('altered', conversation, server)), 156

    def of_group(start, name_end, end):
        return part(key, 'altered', conversation, server, came[start + 5:name_end],
                    came[start:end])
    parts = [part_of_check(key, 'altered', 'submit', conversation, server, number=1, kind='chat',
                           flags=2, lifetime=86400)]
    body = 6 + 5 + int.from_bytes(came[7:11], 'big')
    parts.append(of_group(6, 6 + 5 + 18 + 9, body))
    parts.append(of_group(body, body + 5 + 17 + 6, len(came)))
    yield 'parts', ' '.join(p.hex() for p in parts), \
        '5701448f443662a5 942a907796003a1f a4379257aa2baf25'
    said = receipt(altereds=[altered(1, code, print_, 1, parts)], limit=1024)
    yield 'receipt of altered', key.code('receipt', key.header(
        'receipt', conversation, server) + said).hex(), '474696ce9ac06d0c78f64777fa7ebd32'


def ends_example(key, conversation, server, digest):
    ends = Key(key.rule, bytes(range(0x40, 0x60)), 'e1', key.origin, key.destination, key.relay)
    yield 'key of e2e', ends.derived('e2e').hex(), \
        'ce9110cd789dd1819a3e1559bea761c89252f40d14f952f5354a950da67ac2e7'
    made = ends.code('e2e', ends.header('e2e', conversation, b'')
                     + second(1, 'chat', 2, 86400, digest))
    yield 'second code', made.hex(), '72ceab8834f0a0a78ae9bf797c63443e'
    head = key.header('submit', conversation, server)
    yield 'first code with it', key.code('submit', head + check(
        1, 'chat', 2, 86400, digest, second=('e1', key.rule, made))).hex(), \
        'b995019886a75fa3ef37d4c2976433ca'
    yield 'e2e-delivered', ends.code('e2e-delivered', ends.header(
        'e2e-delivered', conversation, b'') + delivered(1, digest)).hex(), \
        '3c68450793beaa7050fa0f8a6cf22a86'


def main():
    bad = 0
    for name, mine, text in worked_example():
        print('ok  ' if mine == text else 'BAD ', name, mine if mine == text else (mine, text))
        bad += mine != text
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
