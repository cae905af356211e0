#!/usr/bin/env python3
# Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
"""Recomputes every value of the vector files, from docs/protocol.md alone: no code is shared with the library.

check.py [--fill] FILE ...   --fill writes the computed values instead of comparing them.
Needs nothing but the standard library of Python 3.8."""
import hashlib
import hmac
import re
import sys
import xml.etree.ElementTree as ET

# --- Ed25519, RFC 8032, section 5.1 ------------------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def x_of(y, sign):
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return x if x & 1 == sign else P - x


def plus(a, b):
    (x1, y1, z1, t1), (x2, y2, z2, t2) = a, b
    e, f = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    g, h = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    m, n, o, q = f - e, h - g, h + g, f + e
    return m * n % P, o * q % P, n * o % P, m * q % P


def times(k, point):
    out = (0, 1, 1, 0)
    while k:
        if k & 1:
            out = plus(out, point)
        point = plus(point, point)
        k >>= 1
    return out


def packed(point):
    x, y, z, _ = point
    inverse = pow(z, P - 2, P)
    x, y = x * inverse % P, y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def unpacked(octets):
    y = int.from_bytes(octets, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    x = None if y >= P else x_of(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (x_of(BASE_Y, 0), BASE_Y, 1, x_of(BASE_Y, 0) * BASE_Y % P)


def sha_512(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


def expanded(seed):
    h = hashlib.sha512(seed).digest()
    a = int.from_bytes(h[:32], "little") & (2**254 - 8) | 2**254
    return a, h[32:]


def public_key(seed):
    return packed(times(expanded(seed)[0], BASE))


def signature(seed, message):
    a, prefix = expanded(seed)
    own = packed(times(a, BASE))
    r = sha_512(prefix, message) % L
    first = packed(times(r, BASE))
    k = sha_512(first, own, message) % L
    return first + ((r + k * a) % L).to_bytes(32, "little")


def signed(key, message, code):
    point = unpacked(key)
    s = int.from_bytes(code[32:], "little")
    if point is None or len(code) != 64 or s >= L:
        return False
    k = sha_512(code[:32], key, message) % L
    minus = (P - point[0], point[1], 1, P - point[3])
    return packed(plus(times(s, BASE), times(k, minus))) == code[:32]


# --- the primitives behind the rules -----------------------------------------------------------------------


def hkdf(secret, salt, info, size):
    key = hmac.new(salt or bytes(32), secret, hashlib.sha256).digest()
    out = block = b""
    for i in range(1, 256):
        block = hmac.new(key, block + info + bytes([i]), hashlib.sha256).digest()
        out += block
        if len(out) >= size:
            return out[:size]
    raise ValueError("HKDF gives no more")


def blake2b(key, message):
    return hashlib.blake2b(message, key=key, digest_size=32).digest()


MACS = {
    "hmac-sha-256-128": lambda key, m: hmac.new(key, m, hashlib.sha256).digest()[:16],
    "hmac-sha-256": lambda key, m: hmac.new(key, m, hashlib.sha256).digest(),
    "hmac-sha3-256": lambda key, m: hmac.new(key, m, hashlib.sha3_256).digest(),
    "blake2b-256": blake2b,
}

# --- canonical content, section 4 --------------------------------------------------------------------------

CONTENT = ("jabber:client", "jabber:server", "jabber:component:accept", "")
NEVER = {("urn:vidimus:0", ""), ("urn:xmpp:hints", ""), ("urn:xmpp:receipts", ""), ("urn:xmpp:chat-markers:0", ""),
         ("http://jabber.org/protocol/chatstates", ""), ("urn:xmpp:delay", "delay"), ("jabber:x:delay", "x"),
         ("urn:xmpp:sid:0", "stanza-id"), ("urn:xmpp:sid:0", "origin-id"), ("urn:xmpp:mam:tmp", "archived"),
         ("urn:xmpp:occupant-id:0", "occupant-id"), ("urn:xmpp:carbons:2", "private"),
         ("http://jabber.org/protocol/muc#user", "x"), ("http://jabber.org/protocol/nick", "nick"),
         ("jabber:client", "error"), ("http://jabber.org/protocol/address", "addresses")}
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def field(tag, value):
    if isinstance(value, str):
        value = value.encode()
    return bytes([tag]) + len(value).to_bytes(4, "big") + value


def split(name):
    return tuple(name[1:].split("}")) if name.startswith("{") else ("", name)


def attributes(element):
    out = []
    for name, value in element.attrib.items():
        space, local = split(name)
        value = re.sub("\r\n|[\t\n\r]", " ", value)
        fields = (field(0x0A, space) if space else b"") + field(0x0B, local) + field(0x0C, value)
        out.append(((space.encode(), local.encode()), fields))
    return b"".join(fields for _, fields in sorted(out))


def nodes(element, space, inside):
    texts = [element.text or ""] + [child.tail or "" for child in element]
    texts = [re.sub("\r\n?", "\n", text) for text in texts]
    if not "".join(texts).strip(" \t\n"):
        texts = [""] * len(texts)
    out = field(0x0D, texts[0]) if texts[0] else b""
    for child, text in zip(element, texts[1:]):
        its, local = split(child.tag)
        still = inside and its in CONTENT
        its = "jabber:client" if still else its
        value = field(0x03, local) + attributes(child) + nodes(child, its, still)
        out += field(0x08, value) if its == space else field(0x09, field(0x02, its) + value)
        out += field(0x0D, text) if text else b""
    return out


def group(space, local, language, children):
    value = field(0x02, space) + field(0x03, local)
    value += b"" if language is None else field(0x04, language)
    value += field(0x05, len(children).to_bytes(4, "big"))
    return (space.encode(), local.encode(), (b"" if language is None else b"\1" + language.encode())), \
        field(0x06, value + b"".join(field(0x07, child) for child in children))


def canonical(stanza, listed, names):
    core, others, groups = {}, {}, []
    for child in ET.fromstring(stanza):
        space, local = split(child.tag)
        inside = space in CONTENT
        space = "jabber:client" if inside else space
        if inside and local in ("body", "subject", "thread"):
            text = nodes(child, space, True)
            parent = child.get("parent") if local == "thread" else None
            parent = b"" if parent is None else field(0x0B, "parent") + field(0x0C, parent)
            if text:
                core.setdefault(local, []).append((child.get(LANGUAGE), parent + text))
        elif (space, local) not in NEVER and (space, "") not in NEVER and (not listed or (space, local) in names):
            others.setdefault((space, local), []).append(attributes(child) + nodes(child, space, inside))
    for local, found in core.items():
        for language, value in found:
            groups.append(group("jabber:client", local, language if len(found) > 1 else None, [value]))
    for name in names if listed else others:
        groups.append(group(*name, None, others.get(name, [])))
    return field(0x01, bytes([listed])) + b"".join(octets for _, octets in sorted(groups))


# --- what a code covers, section 5 -------------------------------------------------------------------------

ISSUERS = {"submit": "sender", "execute": "sender", "withdraw": "sender", "sync": "sender", "e2e": "sender",
           "final-receipt": "receiver", "deliver-challenge": "receiver", "deliver-altered": "receiver",
           "e2e-delivered": "receiver"}
STATUSES = ["verified", "pending", "executed", "delivered", "unconfirmed", "void", "closed",
            "plain"]
REASONS = ["none", "withdrawn", "expired", "altered", "reused", "too-large", "unsupported", "malformed",
           "no-such-destination", "not-allowed", "late", "refused-by-host", "busy", "no-space"]


def integer(tag, value):
    return field(tag, int(value).to_bytes(8, "big"))


def number(value, size=8):
    return int(value).to_bytes(size, "big")


def sized(value):
    return len(value.encode()).to_bytes(4, "big") + value.encode()


def spans(text):
    out = b""
    for one in text.split():
        first, _, last = one.partition("-")
        out += number(first) + number(last or first)
    return out


def end_code(key_id, rule, code):
    code = bytes.fromhex(code)
    return sized(key_id) + sized(rule) + len(code).to_bytes(4, "big") + code


class Case:
    def __init__(self, lines):
        self.lines = lines
        self.all = {}
        for line in lines:
            name, _, value = line.partition(":")
            self.all.setdefault(name, []).append(value.strip())

    def text(self, name):
        return self.all.get(name, [""])[0]

    def octets(self, name):
        return bytes.fromhex(self.text(name))

    def names(self):
        return [tuple(one.split(" ")) for one in self.all.get("cover", [])]

    def head(self, purpose):
        out = field(0x01, "urn:vidimus:0") + field(0x02, self.text("rule")) + field(0x03, self.text("key-id"))
        out += field(0x04, purpose)
        for tag, name in ((0x05, "origin"), (0x06, "destination"), (0x07, "relay")):
            out += field(tag, self.text(name))
        return out + field(0x08, self.octets("conversation")) + field(0x09, self.octets("memory"))

    def message(self):
        cover = bytes([int(self.text("listed"))])
        cover += b"".join(sized(space) + sized(local) for space, local in self.names())
        out = integer(0x10, self.text("number")) + field(0x11, self.text("type")) + integer(0x12, self.text("flags"))
        return out + integer(0x13, self.text("lifetime")) + field(0x14, cover)

    def check(self, digest, low=None, voids=None):
        out = self.message() + integer(0x15, self.text("low") if low is None else low)
        out += field(0x16, spans(self.text("voids") if voids is None else voids))
        out += b"" if digest is None else field(0x17, digest)
        return out + (field(0x18, end_code(*self.text("second").split())) if "second" in self.all else b"")

    def ends(self):
        parts = (one.split() for one in self.all.get("end", []))
        out = b"".join(number(at) + end_code(*rest) for at, *rest in parts)
        return field(0x28, out) if out else b""

    def receipt(self):
        states = altered = refused = b""
        for one in self.all.get("state", []):
            what, span, bind, why = one.split()
            states += bytes([STATUSES.index(what)]) + spans(span) + bytes.fromhex(bind) + bytes([REASONS.index(why)])
        for one in self.all.get("altered", []):
            at, code, fingerprint, attempt, *parts = one.split()
            altered += number(at) + bytes.fromhex(code + fingerprint) + number(attempt, 4)
            altered += bytes([len(parts)]) + bytes.fromhex("".join(parts))
        for one in self.all.get("refused", []):
            at, why, seconds = one.split()
            refused += number(at) + bytes([REASONS.index(why)]) + number(seconds, 4)
        first, _, last = self.text("covered").partition("-")
        return (field(0x20, states) + field(0x21, altered) + field(0x22, refused)
                + field(0x23, spans(self.text("missing"))) + integer(0x24, self.text("limit"))
                + integer(0x25, self.text("octets-max")) + field(0x26, self.octets("nonce"))
                + field(0x27, number(first) + number(last)) + self.ends()
                + (integer(0x29, 1) if self.text("body-only") == "1" else b"")
                + (integer(0x2a, 1) if self.text("brief") == "1" else b""))

    def fields(self):
        kind = self.text("element")
        low = lambda: integer(0x15, self.text("low"))
        voids = lambda: field(0x16, spans(self.text("voids")))
        numbers = lambda: field(0x30, spans(self.text("numbers")))
        if kind == "check":
            return self.check(self.digest())
        if kind == "receipt":
            return self.receipt()
        if kind == "execute":
            return low() + voids() + self.ends() + numbers()
        if kind == "withdraw":
            return low() + numbers()
        if kind == "sync":
            return low() + voids() + field(0x26, self.octets("nonce")) + integer(0x31, self.text("top")) \
                + integer(0x32, self.text("close"))
        if kind == "challenge":
            return field(0x33, self.text("cause"))
        if kind == "second":
            return self.message() + field(0x17, self.digest())
        if kind == "proof":
            return integer(0x10, self.text("number")) + field(0x17, self.octets("content"))
        if kind == "bind":
            return field(0x17, b"".join(bytes.fromhex(one) for one in self.all["message"]))
        if kind == "fingerprint":
            arrived = self.head(self.text("checked-as")) + self.check(self.digest())
            return field(0x17, arrived + self.octets("arrived-code"))
        if kind == "part-of-check":
            return field(0x17, self.head(self.text("checked-as")) + self.check(None, 0, ""))
        raise ValueError("unknown element " + kind)

    def canonical(self):
        return canonical(self.text("stanza"), int(self.text("listed")), self.names())

    def digest(self):
        return hashlib.sha256(self.canonical()).digest()

    def computed(self):
        out = {}
        if "stanza" in self.all:
            out["canonical"], out["digest"] = self.canonical(), self.digest()
        rule, purpose, preset = self.text("rule"), self.text("purpose"), self.octets("preset-code")
        names = ("urn:vidimus:0", rule, purpose, ISSUERS.get(purpose, "server"), self.text("origin"),
                 self.text("destination"), self.text("relay"), self.text("key-id"))
        message = out["input"] = self.head(purpose) + self.fields()
        if rule == "ed25519":
            out["public-key"], code = public_key(preset[:32]), signature(preset[:32], message)
            verifier = self.octets("verifiers-preset-code")
            if verifier[32:] != out["public-key"] or preset[32:] != public_key(verifier[:32]):
                raise ValueError("the preset codes do not fit each other")
            if not signed(verifier[32:], message, code):
                raise ValueError("the signature does not verify")
            short = hashlib.sha256(message).digest()[:8]
        else:
            out["info"] = b"".join(sized(one) for one in names)
            out["key"] = hkdf(preset, b"", out["info"], 32)
            code = MACS[rule](out["key"], message)
            short = code[:8]
        if self.text("element") not in ("bind", "fingerprint", "part-of-check"):
            out["code"] = code
        out["short"] = short
        return out

    def primitive(self):
        key, message, kind = self.octets("key"), self.octets("message"), self.text("primitive")
        if self.text("message-times"):
            message *= int(self.text("message-times"))
        if kind == "ed25519":
            good = signed(self.octets("public-key"), message, self.octets("out"))
            if good != (self.text("valid") == "1"):
                raise ValueError("the signature is judged otherwise")
            return {"public-key": public_key(key), "out": signature(key, message)} if key else {}
        if kind == "hkdf-sha-256":
            return {"out": hkdf(key, self.octets("salt"), self.octets("info"), len(self.octets("out")))}
        if kind == "sha-256":
            return {"out": hashlib.sha256(message).digest()}
        if kind == "sha3-256":
            return {"out": hashlib.sha3_256(message).digest()}
        return {"out": MACS[kind](key, message)}


def cases(text):
    for block in re.split(r"\n\s*\n", text):
        lines = [line for line in block.split("\n") if line and not line.startswith("#")]
        if lines:
            yield Case(lines)


def main(arguments):
    fill, wrong, seen = "--fill" in arguments, 0, 0
    for path in (one for one in arguments if not one.startswith("--")):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for case in cases(text):
            seen += 1
            try:
                computed = case.computed() if "rule" in case.all else case.primitive()
            except Exception as why:  # a case that cannot be computed is a wrong case
                print(f"{path}: {case.text('case')}: {type(why).__name__}: {why}")
                wrong += 1
                continue
            if fill:
                lines = [one for one in case.lines if one.partition(":")[0] not in computed]
                lines += [f"{name}: {value.hex()}" for name, value in computed.items()]
                text = text.replace("\n".join(case.lines), "\n".join(lines), 1)
                continue
            for name, value in computed.items():
                if case.text(name) != value.hex():
                    print(f"{path}: {case.text('case')}: {name} is {value.hex()} here")
                    wrong += 1
        if fill:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
    print(f"{seen} cases, {wrong} wrong")
    return 1 if wrong or not seen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
