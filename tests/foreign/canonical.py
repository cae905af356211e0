#!/usr/bin/env python3
# Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
"""Strict reading and canonical content of one stanza: section 4 of docs/protocol.md, from its text.

    canonical.py [-0] [--cover core|all|'{namespace}name'] [--space NS] [--declare PREFIX=NS] [FILE]

Prints the canonical octets as hex, or `refused: reason`. -0: many stanzas, a NUL behind each.
--space, --declare: default namespace and prefixes of the stream; `stream` is declared anyhow.
"""
import re
import sys

XML = 'http://www.w3.org/XML/1998/namespace'
XMLNS = 'http://www.w3.org/2000/xmlns/'
STREAM = 'http://etherx.jabber.org/streams'
CLIENT = 'jabber:client'
CONTENT = ('jabber:client', 'jabber:server', 'jabber:component:accept', '')
CORE = ('body', 'subject', 'thread')
OURS = 'urn:vidimus:0'

NEVER_ALL = {OURS, 'urn:xmpp:hints', 'urn:xmpp:receipts', 'urn:xmpp:chat-markers:0',
             'http://jabber.org/protocol/chatstates'}
NEVER = {('urn:xmpp:delay', 'delay'), ('jabber:x:delay', 'x'), ('urn:xmpp:sid:0', 'stanza-id'),
         ('urn:xmpp:sid:0', 'origin-id'), ('urn:xmpp:mam:tmp', 'archived'),
         ('urn:xmpp:occupant-id:0', 'occupant-id'), ('urn:xmpp:carbons:2', 'private'),
         ('http://jabber.org/protocol/muc#user', 'x'),
         ('http://jabber.org/protocol/nick', 'nick'), (CLIENT, 'error'),
         ('http://jabber.org/protocol/address', 'addresses')}

# limits of 4.2
STANZA, OPEN, ELEMENTS, CHILDREN, ATTRIBUTES = 262144, 64, 65536, 1024, 256
VALUE, DECLARED, NAMESPACE, CANONICAL = 65536, 256, 4096, 2097152

START = (':A-Z_a-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d'
         '\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff')
# names of XML 1.0, fifth edition
NAME = re.compile('[%s][%s.0-9\xb7\u0300-\u036f\u203f-\u2040-]*' % (START, START))
NCSTART = re.compile('[%s]' % START[1:])
BAD_CHAR = re.compile('[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]')
SPACE = re.compile('[ \t\r\n]*')
TEXT = re.compile('[^<&]*')
REFERENCE = re.compile(r'&(?:#([0-9]+)|#x([0-9a-fA-F]+)|([^;&<#\s\'"]+));')
ENTITIES = {'amp': '&', 'lt': '<', 'gt': '>', 'quot': '"', 'apos': "'"}
BLANKS = ' \t\r\n'


class Refused(Exception):
    """What the strict reading refuses; `at` is an offset in octets, or None."""

    def __init__(self, what, at=None):
        super().__init__(what if at is None else '%s (at %d)' % (what, at))


class Element:
    """namespace, local name, attributes {(namespace, name): value}, nodes (str or Element)."""
    __slots__ = ('namespace', 'name', 'attributes', 'nodes', 'qname', 'scope', 'in_force')

    def __init__(self, namespace, name, attributes, qname, scope, in_force):
        self.namespace, self.name, self.attributes = namespace, name, attributes
        self.nodes, self.qname, self.scope = [], qname, scope
        self.in_force = in_force        # around it

    def elements(self):
        return [n for n in self.nodes if isinstance(n, Element)]

    def text(self):
        return ''.join(n for n in self.nodes if isinstance(n, str))


def octets(text):
    return len(text.encode())


# ---------------------------------------------------------------- strict reading, 4.2

class Reader:
    def __init__(self, data, space='', declared=()):
        if len(data) > STANZA:
            raise Refused('more than %d octets' % STANZA)
        try:
            self.s = data.decode('utf-8', 'strict')
        except UnicodeDecodeError as e:
            raise Refused('not UTF-8', e.start) from None
        bad = BAD_CHAR.search(self.s)
        if bad:
            raise Refused('a character that XML does not allow', octets(self.s[:bad.start()]))
        self.i = 0
        self.count = 0
        self.in_force = len(dict(declared))     # declarations of prefixes, doubles included
        self.outer = {'': space, 'xml': XML, **dict(declared)}

    def refuse(self, what, i=None):
        raise Refused(what, octets(self.s[:self.i if i is None else i]))

    def space(self):
        m = SPACE.match(self.s, self.i)
        self.i = m.end()
        return m.group()

    def expect(self, what):
        if not self.s.startswith(what, self.i):
            self.refuse('expected ' + what)
        self.i += len(what)

    def qname(self):
        """A qualified name as (prefix, local name, as written)."""
        m = NAME.match(self.s, self.i)
        if not m:
            self.refuse('not a name')
        parts = m.group().split(':')
        if len(parts) > 2 or not all(NCSTART.match(p) for p in parts):
            self.refuse('not a qualified name')
        self.i = m.end()
        return (parts[0] if len(parts) == 2 else ''), parts[-1], m.group()

    def reference(self):
        m = REFERENCE.match(self.s, self.i)
        if not m:
            self.refuse('not a reference')
        if m.group(3) is not None:
            if m.group(3) not in ENTITIES:
                self.refuse('not one of the five entities')
            c = ENTITIES[m.group(3)]
        else:
            digits = (m.group(1) or m.group(2)).lstrip('0')
            if len(digits) > 7:
                self.refuse('reference to no character')
            n = int(digits or '0', 10 if m.group(1) else 16)
            if n > 0x10ffff or 0xd800 <= n < 0xe000 or BAD_CHAR.match(chr(n)):
                self.refuse('reference to a character that XML does not allow')
            c = chr(n)
        self.i = m.end()
        return c

    def value(self):
        """An attribute value: 4.3 rule 2."""
        quote = self.s[self.i:self.i + 1]
        if quote not in ('"', "'"):
            self.refuse('value without quotation mark')
        self.i += 1
        plain = re.compile('[^<&%s]*' % quote)
        out = []
        while True:
            m = plain.match(self.s, self.i)
            # what is written literally first, as XML does it
            out.append(re.sub('\r\n|[\t\r\n]', ' ', m.group()))
            self.i = m.end()
            c = self.s[self.i:self.i + 1]
            if c == quote:
                self.i += 1
                break
            if c == '&':
                out.append(self.reference())
            else:
                self.refuse('< in a value' if c else 'value without end')
        value = re.sub('\r\n|[\t\r\n]', ' ', ''.join(out))
        if octets(value) > VALUE:
            self.refuse('value too long')
        return value

    def start_tag(self, scope):
        """Behind `<`. The element, and whether the tag was empty."""
        at = self.i
        prefix, local, written = self.qname()
        attributes, declared, seen = [], {}, set()
        before = self.in_force
        while True:
            gap = self.space()
            if self.s.startswith('/>', self.i):
                self.i += 2
                empty = True
                break
            if self.s.startswith('>', self.i):
                self.i += 1
                empty = False
                break
            if not gap:
                self.refuse('expected white space, > or />')
            here = self.i
            p, n, w = self.qname()
            if w in seen:
                self.refuse('doubled attribute ' + w, here)
            seen.add(w)
            self.space()
            self.expect('=')
            self.space()
            v = self.value()
            if w == 'xmlns' or p == 'xmlns':
                self.declare(declared, n if p else '', v, here)
            else:
                attributes.append((p, n, v))
        if len(seen) > ATTRIBUTES:
            self.refuse('too many attributes', at)
        self.in_force += sum(1 for p in declared if p)
        if self.in_force > DECLARED:
            self.refuse('too many declarations', at)
        if declared:
            scope = {**scope, **declared}
        expanded = {}
        for p, n, v in attributes:
            key = (self.lookup(p, scope, at) if p else '', n)
            if key in expanded:
                self.refuse('doubled attribute ' + n, at)
            expanded[key] = v
        if prefix == 'xmlns':
            self.refuse('misuse of xmlns', at)
        namespace = self.lookup(prefix, scope, at)
        element = Element(namespace, local, expanded, written, scope, before)
        if empty:
            self.in_force = before
        return element, empty

    def declare(self, declared, prefix, namespace, at):
        if octets(namespace) > NAMESPACE:
            self.refuse('namespace too long', at)
        if prefix == 'xmlns' or namespace == XMLNS or (prefix == 'xml') != (namespace == XML):
            self.refuse('misuse of xml or xmlns', at)
        if prefix and not namespace:
            self.refuse('prefix without namespace', at)
        declared[prefix] = namespace

    def lookup(self, prefix, scope, at):
        if prefix not in scope:
            self.refuse('unbound prefix ' + prefix, at)
        return scope[prefix]

    def add_text(self, element, text):
        """Joins texts. The caller has made line ends LF where they are written literally; those
        by reference are made LF by written_text, behind the joining."""
        if not text:
            return
        if element.nodes and isinstance(element.nodes[-1], str):
            element.nodes[-1] += text
        else:
            element.nodes.append(text)

    def read(self):
        s = self.s
        self.space()
        if not s.startswith('<', self.i):
            self.refuse('no root element' if self.i == len(s) else 'text beside the root')
        root, stack = None, []
        while True:
            if s.startswith('</', self.i):
                at = self.i
                self.i += 2
                written = self.qname()[2]
                self.space()
                self.expect('>')
                if not stack or stack[-1].qname != written:
                    self.refuse('wrong end tag', at)
                self.in_force = stack.pop().in_force
            elif s.startswith('<![CDATA[', self.i) and stack:
                end = s.find(']]>', self.i + 9)
                if end < 0:
                    self.refuse('CDATA section without end')
                self.add_text(stack[-1], line_ends(s[self.i + 9:end]))
                self.i = end + 3
            elif s.startswith('<!', self.i):
                self.refuse('comment, document type or misplaced CDATA section')
            elif s.startswith('<?', self.i):
                self.refuse('processing instruction or XML declaration')
            elif s.startswith('<', self.i):
                at = self.i
                if root is not None and not stack:
                    self.refuse('a second root')
                self.i += 1
                element, empty = self.start_tag(stack[-1].scope if stack else self.outer)
                self.count += 1
                if self.count > ELEMENTS:
                    self.refuse('too many elements', at)
                if len(stack) + 1 > OPEN:
                    self.refuse('too deep', at)
                if stack:
                    stack[-1].nodes.append(element)
                    if len(stack) == 1 and len(stack[0].elements()) > CHILDREN:
                        self.refuse('too many children', at)
                else:
                    root = element
                    if root.name != 'message' or root.namespace not in CONTENT:
                        self.refuse('not a message', at)
                if not empty:
                    stack.append(element)
            elif s.startswith('&', self.i) and stack:
                self.add_text(stack[-1], self.reference())
            elif self.i < len(s) and stack:
                m = TEXT.match(s, self.i)
                bad = m.group().find(']]>')
                if bad >= 0:
                    self.refuse(']]> in text', self.i + bad)
                self.add_text(stack[-1], line_ends(m.group()))
                self.i = m.end()
            elif self.space():
                pass
            elif self.i < len(s):
                self.refuse('text beside the root')
            else:
                break
        if stack:
            self.refuse('missing end tag')
        return root


def line_ends(text):
    return text.replace('\r\n', '\n').replace('\r', '\n')


def written_text(element):
    """The nodes of an element by rule 3: white space alone is no text."""
    nodes = [n if isinstance(n, Element) else line_ends(n) for n in element.nodes]
    if not any(isinstance(n, str) and n.strip(BLANKS) for n in nodes):
        nodes = [n for n in nodes if isinstance(n, Element)]
    return nodes


# ---------------------------------------------------------------- canonical content, 4.3

def field(tag, value):
    if isinstance(value, str):
        value = value.encode()
    return bytes([tag]) + len(value).to_bytes(4, 'big') + value


def attribute(namespace, name, value):
    return (field(0x0a, namespace) if namespace else b'') + field(0x0b, name) + field(0x0c, value)


def inside(element, namespace, content):
    """attribute* node* of an element whose written namespace is `namespace`; `content`: no other
    namespace than those of content came between it and the message."""
    order = sorted(element.attributes.items(), key=lambda a: [x.encode() for x in a[0]])
    out = [attribute(ns, name, value) for (ns, name), value in order]
    for node in written_text(element):
        if isinstance(node, str):
            out.append(field(0x0d, node))
            continue
        same_kind = content and node.namespace in CONTENT
        ns = CLIENT if same_kind else node.namespace
        below = field(0x03, node.name) + inside(node, ns, same_kind)
        if ns == namespace:
            out.append(field(0x08, below))
        else:
            out.append(field(0x09, field(0x02, ns) + below))
    return b''.join(out)


def is_core(namespace, name):
    return namespace == CLIENT and name in CORE


def never(namespace, name):
    return namespace in NEVER_ALL or (namespace, name) in NEVER


def check_list(cover):
    """A coverage list as sorted pairs; no doubles, nothing of the core, nothing never covered."""
    if len(set(cover)) != len(cover):
        raise ValueError('a name twice in the list')
    for namespace, name in cover:
        written = NAME.fullmatch(name) and ':' not in name and octets(namespace) <= NAMESPACE \
            and not BAD_CHAR.search(namespace) and not re.search('[\t\n\r]', namespace)
        if not written or namespace in CONTENT and namespace != CLIENT \
                or is_core(namespace, name) or never(namespace, name):
            raise ValueError('{%s}%s cannot be listed' % (namespace, name))
    return sorted(cover, key=lambda c: (c[0].encode(), c[1].encode()))


def flat(element):
    """All else that section 7 asks of it is the business of who reads the element."""
    return not element.elements() and not any(namespace for namespace, _ in element.attributes)


def groups(message, cover=None):
    """The groups as {(namespace, name, language or None): [value of each child]}."""
    core = {name: [] for name in CORE}
    others, ours = {}, 0
    for child in message.elements():
        ns = CLIENT if child.namespace in CONTENT else child.namespace
        if is_core(ns, child.name):
            if child.elements():
                raise Refused('<%s/> with an element in it' % child.name)
            if written_text(child):
                core[child.name].append(child)
            continue
        if ns == OURS:
            ours += 1
            if not flat(child):
                raise Refused('an element of urn:vidimus:0 that is not flat')
        if not never(ns, child.name):
            value = inside(child, ns, ns == CLIENT)
            others.setdefault((ns, child.name, None), []).append(value)
    if ours > 1:
        raise Refused('two elements of urn:vidimus:0')
    if len(core['thread']) > 1:
        raise Refused('two threads')
    found = {}
    for name in CORE:
        for child in core[name]:
            language = child.attributes.get((XML, 'lang')) if len(core[name]) > 1 else None
            key = (CLIENT, name, language)
            if key in found:
                raise Refused('two <%s/> of one language' % name)
            parent = child.attributes.get(('', 'parent')) if name == 'thread' else None
            value = attribute('', 'parent', parent) if parent is not None else b''
            found[key] = [value + field(0x0d, ''.join(written_text(child)))]
    if cover is None:
        found.update(others)
    else:
        for ns, name in cover:
            found[(ns, name, None)] = others.get((ns, name, None), [])
    return found


def group_field(key, children):
    namespace, name, language = key
    return field(0x06, field(0x02, namespace) + field(0x03, name)
                 + (field(0x04, language) if language is not None else b'')
                 + field(0x05, len(children).to_bytes(4, 'big'))
                 + b''.join(field(0x07, c) for c in children))


def in_order(key):
    return key[0].encode(), key[1].encode(), key[2] is not None, (key[2] or '').encode()


def content(message, cover):
    found = groups(message, cover)
    out = [field(0x01, b'\0' if cover is None else b'\1')]
    out += [group_field(key, found[key]) for key in sorted(found, key=in_order)]
    if sum(map(len, out)) > CANONICAL:
        raise Refused('more than %d octets of canonical content' % CANONICAL)
    return b''.join(out)


def canonical(data, cover=None, space='', declared=()):
    """The canonical octets of a stanza. cover: None (default) or a list of (namespace, name)."""
    message = Reader(data, space, declared).read()
    whole = content(message, None)      # its limit binds whatever the list says
    return whole if cover is None else content(message, check_list(cover))


def answer(data, cover=None, space='', declared=()):
    try:
        return canonical(data, cover, space, declared).hex()
    except Refused as e:
        return 'refused: %s' % e


def main(args):
    cover, space, many, name = None, '', False, '-'
    declared = {'stream': STREAM}
    args = list(args)
    while args:
        a = args.pop(0)
        if a == '-0':
            many = True
        elif a == '--cover':
            c = args.pop(0)
            if c == 'core':
                cover = cover or []
            elif c != 'all':
                if not c.startswith('{') or '}' not in c:
                    print('--cover:', c, file=sys.stderr)
                    return 2
                namespace, _, local = c[1:].rpartition('}')
                cover = (cover or []) + [(namespace, local)]
        elif a == '--space':
            space = args.pop(0)
        elif a == '--declare':
            prefix, _, namespace = args.pop(0).partition('=')
            declared[prefix] = namespace
        elif a == '-' or not a.startswith('-'):
            name = a
        else:
            print(__doc__, file=sys.stderr)
            return 2
    try:
        check_list(cover or [])
    except ValueError as e:
        print(e, file=sys.stderr)
        return 2
    if name == '-':
        data = sys.stdin.buffer.read()
    else:
        with open(name, 'rb') as f:
            data = f.read()
    stanzas = [data]
    if many:
        stanzas = data.split(b'\0')
        if not stanzas[-1]:
            stanzas.pop()
    lines = [answer(s, cover, space, declared) for s in stanzas]
    print('\n'.join(lines))
    return 1 if any(line.startswith('refused') for line in lines) else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
