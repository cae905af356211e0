# Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
"""Seeded mutations of stanzas: octets, attributes, references, sections, white space, prefixes."""
import re

ENTITIES = [
    b'&amp;', b'&lt;', b'&#13;', b'&#10;', b'&#9;', b'&#13;&#10;', b'\r&#10;', b'&#13;\n',
    b'&#x0D;', b'&#0;', b'&#xFFFE;', b'&#xFFFD;', b'&#xD800;', b'&#x110000;', b'&#x10FFFF;',
    b'&#x;', b'&#;', b'&;', b'& ', b'&amp', b'&nbsp;', b'&#X41;', b'&#00065;',
    b'&apos;', b'&quot;', b'&gt;',
    b'&AMP;', b'&#x1;', b'&#127;', b'&#x85;', b'&#x2028;', b'&#32;', b'&#4294967361;',
    b'&#18446744073709551681;', b'&# 65;', b'&#6 5;', b'&#-1;', b'&#xa;', b'&#x2060;']
SECTIONS = [
    b'<![CDATA[]]>', b'<![CDATA[ ]]>', b'<![CDATA[x]]>', b'<![CDATA[\r]]>', b'<![CDATA[\n]]>',
    b'<![CDATA[]]]]>', b'<![CDATA[>]]>', b'<![CDATA[', b']]>', b'<![CDATA[&amp;<a>]]>',
    b'<![cdata[x]]>', b']]', b'<![CDATA[ x ]]>']
WHITE = [b' ', b'\t', b'\n', b'\r', b'\r\n', b'\n\r', b'\xc2\xa0', b'\xc2\x85', b'\xe2\x80\xa8',
         b'\x0b', b'\x0c', b'\xef\xbb\xbf']
DECLARATIONS = [
    b" xmlns:q='urn:q'", b" xmlns:q=''", b" xmlns=''", b" xmlns='jabber:server'",
    b" xmlns='jabber:client'", b" xmlns='jabber:component:accept'", b" xmlns='urn:vidimus:0'",
    b" xmlns:xml='http://www.w3.org/XML/1998/namespace'",
    b" xmlns:y='http://www.w3.org/XML/1998/namespace'", b" xmlns:xml='x'", b" xmlns:xmlns='x'",
    b" xmlns:y='http://www.w3.org/2000/xmlns/'", b" xmlns='http://www.w3.org/XML/1998/namespace'",
    b" xmlns='urn:x\ty'", b" xmlns='urn:x&#10;y'", b" xmlns='http://www.w3.org/2000/xmlns/'",
    b" xmlns:q.1='urn:q'", b" xmlns:1q='urn:q'", b" xmlns:='urn:q'", b" xmlns:stream='urn:s'",
    b" xmlns:sp='jabber:client'"]
ATTRIBUTES = [
    b" q='1'", b" parent='p'", b" parent=''", b" xml:lang='en'", b" xml:lang=''", b" xml:lang='EN'",
    b" xml:lang=' en '", b" sp:a='1'", b" a:b:c='1'", b" :a='1'", b" a:='1'", b" -a='1'", b" a",
    b" a=1", b" a=''b=''", b" a = '1'", b" a='<'", b" a='>'", b" a='\"'", b" a=\"'\"",
    b" a='\r\n\t'", b" xmlns:p1='urn:q' xmlns:p2='urn:q' p1:a='1' p2:a='1'", b" xml:parent='p'",
    b" xmlns:p1='jabber:client' p1:parent='p'", b" a='\xc2\x85'", b" \xc3\xa9='1'",
    b" xml:base='b'", b" xmlnsx='1'", b" stream:a='1'", b" a='&#13;\n'", b" a='\r&#10;'",
    b" a='&#13;&#10;'"]
CHILDREN = [
    b'<body>2</body>', b'<body/>', b'<body> </body>', b"<body xml:lang='en'>e</body>",
    b"<body xml:lang=''>e</body>", b"<body xml:lang='de'>d</body>", b'<subject>s</subject>',
    b"<subject xml:lang='en'>s</subject>", b'<thread>t</thread>', b"<thread parent='p'>t</thread>",
    b"<thread parent=''>t</thread>", b'<thread> </thread>', b'<thread><a/></thread>',
    b'<body><a/>x</body>', b"<body xmlns='jabber:server'>s</body>", b"<body xmlns=''>s</body>",
    b"<body xmlns='urn:b'>s</body>", b"<check xmlns='urn:vidimus:0'/>",
    b"<check xmlns='urn:vidimus:0'>a  b</check>", b"<check xmlns='urn:vidimus:0'><a/></check>",
    b"<v:check xmlns:v='urn:vidimus:0' v:a='1'/>", b"<v:check xmlns:v='urn:vidimus:0' a='1'/>",
    b"<check xmlns='urn:vidimus:0' long='1' xml:lang='x'/>",
    b"<x xmlns='u'><check xmlns='urn:vidimus:0'><b/></check></x>", b'<error/>',
    b"<error xmlns='jabber:server'/>", b"<error xmlns='urn:e'/>",
    b"<foo><bar xmlns=''/><baz xmlns='jabber:server'><in xmlns='urn:i'>"
    b"<k xmlns='jabber:server'/></in></baz></foo>",
    b"<x xmlns='urn:x'><y xmlns=''/><y xmlns='jabber:server'/><y xmlns='jabber:client'/></x>",
    b"<x xmlns='urn:x'> <y/> </x>", b"<x xmlns='urn:x'> <y/>t<y> </y> </x>", b'<!-- c -->',
    b'<?pi?>', b"<?xml version='1.0'?>", b'<!DOCTYPE a>', b"<x xmlns='urn:xmpp:delay'/>",
    b"<delay xmlns='urn:xmpp:delay'/>", b"<sent xmlns='urn:xmpp:carbons:2'/>", b'<a:b/>',
    b'<xml:a/>', b'<xmlns:a/>', b'<xml/>', b'</message>', b'<message/>',
    b'<thread>t<![CDATA[]]></thread>', b'<body><![CDATA[ ]]></body>']
PREFIXES = [b'q:', b'sp:', b'stream:', b'xml:', b'xmlns:', b'v:', b':']


class Mutator:
    def __init__(self, random):
        self.random = random
        self.kinds = [self.bit, self.octet, self.delete, self.slice, self.attribute_again,
                      self.entity, self.entity_in_text, self.section, self.white,
                      self.white_in_tag, self.declare, self.attribute, self.child, self.child,
                      self.prefix, self.move]

    def __call__(self, data):
        for _ in range(self.random.choice([1, 1, 1, 2, 2, 3, 5])):
            kind = self.random.choice(self.kinds)
            data = (kind(data) if data else b'<') or data
        return data

    def below(self, n):
        return self.random.randrange(n)

    def insert(self, data, at, piece):
        return data[:at] + piece + data[at:]

    def anywhere(self, data, pieces):
        return self.insert(data, self.below(len(data) + 1), self.random.choice(pieces))

    def found(self, data, pattern):
        all_ = list(re.finditer(pattern, data))
        return self.random.choice(all_) if all_ else None

    def behind(self, data, pattern, pieces):
        at = self.found(data, pattern)
        return at and self.insert(data, at.end(), self.random.choice(pieces))

    def inside(self, data, pattern, pieces):
        at = self.found(data, pattern)
        return at and self.insert(data, self.random.randrange(at.start() + 1, at.end()),
                                  self.random.choice(pieces))

    def bit(self, data):
        at = self.below(len(data))
        return data[:at] + bytes([data[at] ^ 1 << self.below(8)]) + data[at + 1:]

    def octet(self, data):
        at = self.below(len(data))
        return data[:at] + bytes([1 + self.below(255)]) + data[at + 1:]

    def delete(self, data):
        at = self.below(len(data))
        return data[:at] + data[at + 1 + self.below(3):]

    def slice(self, data):
        a, b = sorted((self.below(len(data)), self.below(len(data))))
        return self.insert(data, self.below(len(data)), data[a:min(b, a + 60)])

    def attribute_again(self, data):
        at = self.found(data, rb"\s[\w:.-]+\s*=\s*('[^']*'|\"[^\"]*\")")
        return at and self.insert(data, at.end(), at.group())

    def entity(self, data):
        return self.anywhere(data, ENTITIES)

    def entity_in_text(self, data):
        return self.inside(data, rb">[^<]*<|'[^'<>]*'", ENTITIES)

    def section(self, data):
        return self.inside(data, rb'>[^<]*<', SECTIONS)

    def white(self, data):
        return self.anywhere(data, WHITE)

    def white_in_tag(self, data):
        at = self.found(data, rb'[ \t\n=/>]')
        return at and self.insert(data, at.start() + self.below(2), self.random.choice(WHITE))

    def declare(self, data):
        return self.behind(data, rb'<[\w:.-]+', DECLARATIONS)

    def attribute(self, data):
        return self.behind(data, rb'<[\w:.-]+', ATTRIBUTES)

    def child(self, data):
        pattern = rb'>[^<]*<' if self.random.random() < .4 else rb'>(?=</message>|<body)'
        at = self.found(data, pattern)
        return at and self.insert(data, at.start() + 1, self.random.choice(CHILDREN))

    def prefix(self, data):
        """Before the name in one tag, or in all of that name."""
        at = self.found(data, rb'(</?)([\w:.-]+)')
        prefix = self.random.choice(PREFIXES)
        if not at:
            return None
        if self.random.random() < .5:
            return self.insert(data, at.start(2), prefix)
        return re.sub(rb'(</?)' + re.escape(at.group(2)) + rb'(?=[\s/>])',
                      lambda m: m.group(1) + prefix + at.group(2), data)

    def move(self, data):
        a, b = sorted((self.below(len(data)), self.below(len(data))))
        b = min(b, a + 40)
        rest = data[:a] + data[b:]
        return self.insert(rest, self.below(len(rest) + 1), data[a:b])
