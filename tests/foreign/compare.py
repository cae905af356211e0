#!/usr/bin/env python3
# Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
"""compare.py VIDIMUS_INSPECT CORPUS [--seed N] [--mutations N] [--codes N]

Whether canonical.py and codes.py, written from docs/protocol.md alone, say what the library says:
accepted or refused, canonical octets, codes. Each difference is printed; exit status 1 if any.
"""
import argparse
import os
import random
import subprocess
import sys

sys.dont_write_bytecode = True      # the folder is part of the source tree

import canonical  # noqa: E402
import codes  # noqa: E402
import elements  # noqa: E402
import mutations  # noqa: E402

STREAM = [('stream', canonical.STREAM), ('sp', 'urn:example:stream-prefix')]
LISTED = [('jabber:x:oob', 'x'), ('urn:example:v', 'x'), ('urn:none', 'y')]
SHOWN = 5


class Comparison:
    def __init__(self, inspect):
        self.inspect = inspect
        self.counts = {}

    def count(self, what, same, show):
        good, bad = self.counts.get(what, (0, 0))
        self.counts[what] = (good + same, bad + (not same))
        if not same and bad < SHOWN:
            print('DIFFERENT, %s: %s' % (what, show()))

    def stanzas(self, what, stanzas, space='jabber:client', declared=(), cover=None):
        """The answers of both for all stanzas, in one call of the tool."""
        command = [self.inspect, 'canonical', '-0', '--space', space]
        for prefix, namespace in declared:      # also `stream`, which is declared anyhow
            command += ['--declare', prefix + '=' + namespace]
        if cover is not None:
            command += ['--cover', 'core']
            for name in canonical.check_list(cover):
                command += ['--cover', '{%s}%s' % name]
        got = subprocess.run(command, input=b''.join(s + b'\0' for s in stanzas),
                             stdout=subprocess.PIPE, check=False)
        lines = got.stdout.decode().split('\n')[:-1]
        if len(lines) != len(stanzas):
            sys.exit('%s: %d answers to %d stanzas' % (what, len(lines), len(stanzas)))
        in_force = dict([('stream', canonical.STREAM), *declared])
        for stanza, theirs in zip(stanzas, lines):
            ours = canonical.answer(stanza, cover, space, in_force)
            both_refuse = ours.startswith('refused') and theirs.startswith('refused')
            self.count(what, both_refuse or ours == theirs, lambda: '%r\n  here: %s\n  tool: %s' % (
                stanza[:400], ours[:200], theirs[:200]))
        return sum(not line.startswith('refused') for line in lines)

    def code(self, case):
        got = subprocess.run([self.inspect, 'code', *case.arguments], input=case.data.encode(),
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        said = got.stdout.decode().strip()
        self.count('codes', said == case.code, lambda: '%s\n  here: %s\n  tool: %s\n  %s' % (
            case.data[:400], case.code, said[:200], ' '.join(case.arguments)))


def unescaped(line):
    r"""Octets of a line of the corpus: \\ \n \r \xHH are escapes."""
    out, pieces = b'', iter(line.split(b'\\'))
    out += next(pieces)
    for piece in pieces:
        if not piece:
            out += b'\\' + next(pieces, b'')
        elif piece[:1] == b'x':
            out += bytes([int(piece[1:3], 16)]) + piece[3:]
        else:
            out += {b'n': b'\n', b'r': b'\r'}[piece[:1]] + piece[1:]
    return out


def message(inside, attributes=''):
    return ('<message%s>%s</message>' % (attributes, inside)).encode()


def at_limits(more):
    """Stanzas so far above each limit: refused if `more` is positive."""
    yield message('a' * (canonical.STANZA + more - len(message(''))))
    open_ = canonical.OPEN + more - 1
    yield message("<x xmlns='u'>" * open_ + '</x>' * open_)
    yield message('<a/>' * (canonical.CHILDREN + more))
    yield message("<a xmlns='urn:xmpp:hints'/>" * (canonical.CHILDREN + more))
    count = canonical.ATTRIBUTES + more
    yield message('<x %s/>' % ' '.join("a%d=''" % i for i in range(count)))
    some = ' '.join("a%d=''" % i for i in range(count - 2))
    yield message("<x xmlns='u' xmlns:p='v' %s/>" % some)
    count = canonical.DECLARED + more - len(STREAM)
    half = ' '.join("xmlns:a%d='u'" % i for i in range(count // 2))
    rest = ' '.join("xmlns:%s%d='v'" % (c, i) for c in 'ab' for i in range(count))
    rest = ' '.join(rest.split()[:count - count // 2])
    yield message("<x xmlns='d' %s><y xmlns='e' %s/></x>" % (half, rest))
    if more <= 0:       # side by side they do not add up
        yield message('<x %s/><y %s/>' % (half, rest) * 2)
    value = canonical.VALUE + more
    for end in ('a', '&amp;', '\r\n', '&#13;&#10;'):
        yield message("<x a='%s%s'/>" % ('a' * (value - 1), end))
    yield message("<x a='%s\u00e9'/>" % ('a' * (value - 2)))
    yield message("<x xmlns='%s&amp;'/>" % ('a' * (canonical.NAMESPACE + more - 1)))
    yield canonical_of(canonical.CANONICAL + more)


def canonical_of(size):
    """A stanza whose canonical content has so many octets."""
    def filled(last):
        return message('<x>%s%s</x>' % ('<p:b/>' * 520, 'x' * last), " xmlns:p='%s'" % ('n' * 4000))
    return filled(1 + size - len(canonical.canonical(filled(1))))


def main():
    words = argparse.ArgumentParser()
    words.add_argument('inspect')
    words.add_argument('corpus')
    words.add_argument('--seed', type=int, default=1)
    words.add_argument('--mutations', type=int, default=5000)
    words.add_argument('--codes', type=int, default=500)
    given = words.parse_args()
    to = Comparison(given.inspect)
    for name, ours, text in codes.worked_example():
        to.count('worked examples', ours == text, lambda: '%s: %s, %s' % (name, ours, text))

    with open(os.path.join(given.corpus, 'stanzas.txt'), 'rb') as f:
        corpus = [unescaped(line) for line in f.read().split(b'\n')[:-1]]
    corpus = [s for s in corpus if b'\0' not in s]      # -0 ends a stanza there
    accepted = to.stanzas('corpus', corpus, declared=STREAM)
    accepted += to.stanzas('corpus, WebSocket', corpus, space='')
    accepted += to.stanzas('corpus, listed', corpus[::3], declared=STREAM, cover=LISTED)
    for more in (-1, 0, 1):
        stanzas = list(at_limits(more))
        got = to.stanzas('limits', stanzas, declared=STREAM)
        to.count('limits as in the text', got == (0 if more > 0 else len(stanzas)),
                 lambda: '%d of %d accepted at %+d' % (got, len(stanzas), more))

    chance = random.Random(given.seed)
    mutate = mutations.Mutator(chance)
    short = [s for s in corpus if len(s) < 4000]
    mutated = []
    while len(mutated) < given.mutations:
        one = mutate(chance.choice(short))
        if b'\0' not in one:
            mutated.append(one)
    of_mutated = to.stanzas('mutations', mutated, declared=STREAM)
    # each purpose by each rule, again and again
    pairs = [(rule, purpose) for rule in codes.RULES for purpose in elements.PURPOSES]
    for i in range(given.codes):
        to.code(elements.Case(chance, *pairs[i % len(pairs)]))

    for what, (good, bad) in to.counts.items():
        print('%-20s %6d alike, %d different' % (what, good, bad))
    print('accepted: %d, and %d mutations' % (accepted, of_mutated))
    if not accepted or not 0 < of_mutated < len(mutated):
        sys.exit('all were accepted, or all refused: this compared nothing')
    return 1 if any(bad for _, bad in to.counts.values()) else 0


if __name__ == '__main__':
    sys.exit(main())
