"""Bytes made wrong in the ways that break parsers, from samples that are right.

Everything comes from one `Random`, so that a seed repeats it. It knows no format: what is worth putting
in stands in the tokens it is given.
"""

from __future__ import annotations

import re
from itertools import islice, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

NUMBERS = (
    b"0", b"-1", b"+1", b"00", b"1e3", b"0x10", b"2147483648", b"4294967296", b"9223372036854775808",
    b"18446744073709551616", b"9" * 30, b"9" * 400, b"\xb2", b"1_0", b" 1", b"1 ", b"",
)  # fmt: skip
_DIGITS = re.compile(rb"\d+")
_LONGEST_COPY = 200


class Mutator:
    """Gives one wrong sample after another."""

    def __init__(self, random: Random, corpus: Sequence[bytes], tokens: Sequence[bytes]) -> None:
        self._random = random
        self._corpus = corpus
        self._tokens = tokens
        self._ways = (
            self._other_byte,
            self._insert,
            self._insert_line,
            self._overwrite,
            self._delete,
            self._repeat,
            self._splice,
            self._cut,
            self._other_number,
        )

    def sample(self) -> bytes:
        """One of the corpus as it is."""
        return self._random.choice(self._corpus)

    def mutated(self) -> bytes:
        """One of the corpus, changed in one way or several."""
        data = self.sample()
        for _ in range(min(6, 1 + int(self._random.expovariate(0.8)))):
            data = self._random.choice(self._ways)(data)
        return data

    def _at(self, data: bytes) -> int:
        return self._random.randint(0, len(data))

    def _other_byte(self, data: bytes) -> bytes:
        at = self._at(data)
        return data[:at] + bytes([self._random.randrange(256)]) + data[at + 1 :]

    def _insert(self, data: bytes) -> bytes:
        at = self._at(data)
        return data[:at] + self._random.choice(self._tokens) + data[at:]

    def _insert_line(self, data: bytes) -> bytes:
        """At the beginning of one of the first lines, where headers stand."""
        begins = [found.end() for found in islice(re.finditer(rb"\n", data), 10)]
        at = self._random.choice(begins or [0])
        return data[:at] + self._random.choice(self._tokens) + data[at:]

    def _overwrite(self, data: bytes) -> bytes:
        at, token = self._at(data), self._random.choice(self._tokens)
        return data[:at] + token + data[at + len(token) :]

    def _delete(self, data: bytes) -> bytes:
        at = self._at(data)
        return data[:at] + data[at + self._random.randint(1, 20) :]

    def _repeat(self, data: bytes) -> bytes:
        at = self._at(data)
        part = data[at : at + self._random.randint(1, _LONGEST_COPY)]
        return data[:at] + part * self._random.randint(2, 4) + data[at + len(part) :]

    def _splice(self, data: bytes) -> bytes:
        other = self.sample()
        return data[: self._at(data)] + other[self._at(other) :]

    def _cut(self, data: bytes) -> bytes:
        return data[: self._at(data)]

    def _other_number(self, data: bytes) -> bytes:
        found = list(_DIGITS.finditer(data))
        if not found:
            return data
        spot = self._random.choice(found)
        return data[: spot.start()] + self._random.choice(NUMBERS) + data[spot.end() :]


def chopped(random: Random, data: bytes) -> list[bytes]:
    """The same bytes in pieces: one, a few anywhere, or a byte at a time where there are not too many."""
    way = random.randrange(4)
    if way == 0 or len(data) < 2:
        return [data]
    if way == 1 and len(data) < 3000:
        return [data[at : at + 1] for at in range(len(data))]
    if way == 2:
        return [piece for piece in re.split(rb"(?<=\n)", data) if piece]
    cuts = sorted({0, len(data), *(random.randrange(len(data)) for _ in range(random.randint(1, 8)))})
    return [data[begin:end] for begin, end in pairwise(cuts)]
