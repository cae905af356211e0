# Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
"""Random elements of every purpose: what the stanza says, what `vidimus-inspect code` is told, and
the code by codes.py. The spelling is that of section 7 of docs/protocol.md."""
import hashlib

import canonical
import codes
from codes import base64url

LARGEST = 2 ** 53 - 1
MESSAGES = [
    "<message to='x' type='chat'><body>Hi \u00e9</body></message>",
    "<message><body>a</body><x xmlns='jabber:x:oob'><url>u</url></x></message>",
    "<message type='paint'><body xml:lang='de'>d</body><body>e</body><y/></message>"]
LISTABLE = [('jabber:x:oob', 'x'), ('jabber:client', 'y'), ('urn:a b%c', 'n'),
            ('urn:\u00e9', '\u00e9')]
STATUS_LETTERS = dict(v='verified', p='pending', e='executed', d='delivered', u='unconfirmed',
                      c='closed', x='void', b='plain')
CAUSES = {False: {'check': 'submit', 'sync': 'sync', 'execute': 'execute', 'withdraw': 'withdraw'},
          True: {'check': 'deliver', 'sync': 'deliver-sync'}}
FROM_SERVER = ('receipt', 'challenge')
PURPOSES = [p for p in codes.ISSUER if 'altered' not in p and 'e2e' not in p]


def spelled(span):
    return '%d' % span[0] if span[0] == span[1] else '%d-%d' % span


class Case:
    """arguments and data: for the tool; code: what it has to print."""

    def __init__(self, random, rule, purpose):
        self.random, self.rule, self.purpose = random, rule, purpose
        self.hop2 = purpose.startswith('deliver') or purpose == 'final-receipt'
        preset = self.octets(64 if rule == 'ed25519' else random.choice([16, 17, 32, 64, 65, 100]))
        self.route = (random.choice(['a@b', 'alice@example.org', '\u00e9@b', 'host',
                                     'l' * 150 + '@x']),
                      random.choice(['bob@example.net', 'c@d']),
                      random.choice(['relay.example.org', 'r']))
        key_id = random.choice(['k', 'k1', 'x' * 32, '\u00e9', 'a b'])
        key = codes.Key(rule, preset, key_id, *self.route)
        self.conversation, self.memory = self.octets(12), self.octets(12)
        self.attributes = {'k': key_id, 'c': base64url(self.conversation)}
        if rule != 'hmac-sha-256-128':
            self.attributes['r'] = rule
        self.arguments, self.tokens, self.may_be_brief = [], [], False
        kind = 'check' if purpose in ('submit', 'deliver') else purpose.split('-')[-1]
        fields = getattr(self, kind)()
        if self.memory:
            self.attributes['m'] = base64url(self.memory)
        header = key.header(purpose, self.conversation, self.memory)
        self.brief = self.may_be_brief and random.random() < .5
        if self.brief:  # section 7.6
            for letter in 'kcmr':
                self.attributes.pop(letter, None)
            self.attributes['i'] = base64url(codes.reference(header, self.conversation))
        if kind != 'check':
            self.data = self.stanza(kind)
        self.arguments += [
            '--purpose', purpose, '--preset-code-hex', preset.hex(), '--key-id', key_id,
            '--origin', self.route[0], '--destination', self.route[1], '--relay', self.route[2],
            '--conversation', base64url(self.conversation), '--memory', base64url(self.memory),
            '--rule', rule]
        self.code = base64url(key.code(
            purpose, header + fields))

    def octets(self, size):
        return bytes(self.random.randrange(256) for _ in range(size))

    def number(self):
        r = self.random
        return r.choice([1, 2, r.randrange(1, 1000), r.randrange(1, LARGEST), LARGEST])

    def spans(self, count):
        last, out = 0, []
        for _ in range(count):
            first = last + 2 + self.random.randrange(50)
            last = first + self.random.choice([0, 0, self.random.randrange(1, 9)])
            out.append((first, last))
        return out

    def say(self, letter, value, default):
        if value != default:
            self.attributes[letter] = str(value)
        return value

    # ------------------------------------------------------------ each element gives its fields

    def check(self):
        r = self.random
        number, flags = self.number(), r.choice([0, 1, 2, 3, 6, 8, 15, 18, 31])
        lifetime = r.choice([86400, 1, 2 ** 32 - 1])
        low = self.number() if self.purpose == 'deliver' else 0
        kind = r.choice(['', 'chat', 'groupchat', 'headline', 'normal', 'paint'])
        cover = r.choice([None, None, [], r.sample(LISTABLE, r.randrange(1, 5))])
        self.data = r.choice(MESSAGES)
        self.arguments = ['--number', str(number), '--flags', str(flags),
                          '--lifetime', str(lifetime)]
        if kind:
            self.arguments += ['--type', kind]
        else:
            kind = 'chat' if "type='chat'" in self.data else ''
        if self.purpose == 'deliver':
            self.arguments += ['--low', str(low)]
        if cover is not None:
            cover = canonical.check_list(cover)
            self.arguments += ['--cover', 'core']
            for name in cover:
                self.arguments += ['--cover', '{%s}%s' % name]
        digest = hashlib.sha256(canonical.canonical(self.data.encode(), cover)).digest()
        folded = kind if kind in ('chat', 'groupchat', 'headline') else ''
        return codes.check(number, folded, flags, lifetime, digest, cover, low)

    def statuses(self):
        out, last = [], 0
        for _ in range(self.random.choice([0, 1, 1, 2, 3])):
            first = last + self.random.randrange(2, 9)
            last = first + self.random.choice([0, 0, 3])
            letter = self.random.choice('dx' if self.hop2 else 'vpeducxb')
            bind = self.octets(8) if letter == 'v' else bytes(8)
            reason = self.random.choice(codes.REASONS) if letter == 'x' else ''
            self.tokens.append(letter + spelled((first, last)) + ('/' + reason if reason else '')
                               + ('/' + base64url(bind) if letter == 'v' else ''))
            out.append(codes.status(STATUS_LETTERS[letter], first, last, bind, reason))
        return out

    def altereds(self):
        out, number = [], 0
        for _ in range(self.random.choice([0, 0, 1, 2])):
            number += self.random.randrange(1, 9)
            code, print_ = self.octets(8), self.octets(8)
            attempt = self.random.choice([1, 2, 2 ** 32 - 1])
            parts = [self.octets(8) for _ in range(self.random.choice([0, 0, 1, 3, 32]))]
            self.tokens.append('a%d/%s/%s' % (number, base64url(code), base64url(print_))
                               + ('/%d' % attempt if attempt != 1 else '')
                               + (':' + ''.join(map(base64url, parts)) if parts else ''))
            out.append(codes.altered(number, code, print_, attempt, parts))
        return out

    def refuseds(self):
        out, number = [], 0
        for _ in range(self.random.choice([0, 0, 1, 2])):
            number += self.random.randrange(1, 9)
            reason = self.random.choice(['busy', 'no-space', 'late', 'too-large'])
            seconds = self.random.choice([0, 0, 7, 2 ** 32 - 1])
            self.tokens.append('r%d/%s' % (number, reason) + ('/%d' % seconds if seconds else ''))
            out.append(codes.refused(number, reason, seconds))
        return out

    def ends(self):
        """Codes between the ends; the numbers rise."""
        out, number = [], 0
        for _ in range(self.random.choice([0, 0, 1, 2])):
            number += self.random.randrange(1, 9)
            rule = self.random.choice(list(codes.RULES))
            key_id, code = self.random.choice(['e1', '\u00e9']), self.octets(codes.RULES[rule])
            self.tokens.append('z%d/%s/%s' % (number, base64url(code), base64url(key_id.encode()))
                               + ('/' + rule if rule != 'hmac-sha-256-128' else ''))
            out.append((number, key_id, rule, code))
        return out

    def receipt(self):
        r = self.random
        statuses, altereds, refuseds = self.statuses(), self.altereds(), self.refuseds()
        missing = self.spans(r.choice([0, 0, 1, 2, 64]))
        self.tokens += ['m' + spelled(s) for s in missing]
        ends = self.ends()
        limit = self.say('u', r.choice([0, self.number()]), 0)
        largest = self.say('b', r.choice([262144, 0, 5, 2 ** 32 - 1]), 262144)
        nonce, covered = r.choice([b'', self.octets(12)]), (0, 0)
        if nonce:
            covered = r.choice(self.spans(3))
            self.attributes.update(q=base64url(nonce), g=spelled(covered))
        body_only = self.hop2 and r.random() < .3
        brief = bool(nonce) and r.random() < .5
        if body_only or brief:
            self.attributes['f'] = 'b' * body_only + 'i' * brief
        self.may_be_brief = not nonce
        return codes.receipt(statuses, altereds, refuseds, missing, limit, largest, nonce, covered,
                             ends, body_only, brief)

    def execute(self):
        numbers, void = self.spans(self.random.choice([1, 2, 20])), self.spans(
            self.random.choice([0, 1, 3]))
        self.may_be_brief = True
        self.tokens = [spelled(s) for s in numbers] + ['x' + spelled(s) for s in void]
        return codes.execute(numbers, self.say('w', self.number(), 1), void, self.ends())

    def withdraw(self):
        numbers = self.spans(self.random.choice([1, 2, 20]))
        self.tokens = [spelled(s) for s in numbers]
        return codes.withdraw(numbers, self.say('w', self.number(), 1))

    def sync(self):
        r = self.random
        nonce, close = self.octets(12), r.random() < .3
        void = self.spans(r.choice([0, 1, 2]))
        self.attributes['q'] = base64url(nonce)
        self.tokens = ['x' + spelled(s) for s in void]
        if close:
            self.attributes['f'] = 'e'
        if r.random() < .4:
            self.memory = b''
        top = self.say('h', r.choice([0, self.number()]), 0)
        return codes.sync(nonce, top, self.say('w', self.number(), 1), void, close)

    def challenge(self):
        cause = self.random.choice(list(CAUSES[self.hop2]))
        if cause != 'check':
            self.attributes['p'] = cause
        return codes.challenge(CAUSES[self.hop2][cause])

    # ------------------------------------------------------------ section 7.2

    def stanza(self, kind):
        """Addresses are written where the stanza does not imply them."""
        origin, destination, relay = self.route
        ends = (relay, destination) if self.hop2 else (origin, relay)
        sender, to = reversed(ends) if kind in FROM_SERVER and self.hop2 else ends
        if kind in FROM_SERVER and not self.hop2:
            sender, to = relay, origin
        if kind in FROM_SERVER:
            implied = (to, sender, to) if self.hop2 else (to, sender, sender)
        else:
            implied = (sender, to, sender) if self.hop2 else (sender, to, to)
        for letter, address, known in zip('ods', self.route, implied):
            if address != known and not self.brief:
                self.attributes[letter] = address
        self.attributes['v'] = base64url(self.octets(codes.RULES[self.rule]))
        return "<message from='%s' to='%s'><%s xmlns='urn:vidimus:0' %s>%s</%s></message>" % (
            sender, to, kind, ' '.join("%s='%s'" % a for a in sorted(self.attributes.items())),
            ' '.join(self.tokens), kind)
